"""What a search is made of: the network, the options, and the phases in which it is searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from aann import errors
from aann._library import (
    CData,
    Interruption,
    c_text,
    call,
    call_interruptible,
    ffi,
    lib,
    natural,
    take_text,
)
from aann.network import Network
from aann.options import Options, as_text, read_options
from aann.spec import Spec

if TYPE_CHECKING:
    from aann.data import Data

Phases: TypeAlias = "str | Sequence[Mapping[str, Any]]"
"""Several searches, one after the other, as `aann.search` takes them."""


def set_phases(
    plan: CData,
    spec: Spec,
    data: Data,
    given: Options,
    *,
    phases: Phases | None,
    effort: int | None,
) -> None:
    """Sets the phases of an aann_family_plan: those that are given, or those of an effort."""
    if (phases is not None) + (effort is not None) + ("steps" in given) > 1:
        raise TypeError("steps, phases, effort: expected one of them")
    if effort is not None:
        call(lib.aann_effort_plan, natural("effort", effort, bits=31), data._c, spec._c, plan)
        for i in range(plan.phase_count):
            given.apply(ffi.addressof(plan.phases[i]))
    if phases is not None:
        call(lib.aann_phases_set, plan, c_text(phases_text(phases), "phases"))
        if plan.phase_count == 0:
            raise errors.ArgumentError("phases: there is none; expected steps=N ... in it")


def phases_text(phases: Phases) -> str:
    """Phases as the text from which the library sets them."""
    if isinstance(phases, str):
        return phases
    words = [
        " ".join(f"{name}={as_text(name, value)}" for name, value in phase.items())
        for phase in phases
    ]
    return "; ".join(words)


@dataclass(frozen=True)
class Recipe:
    """What determines a search besides the samples, the member and its start. It pickles."""

    spec: Spec
    options: Options
    """those that were given, and those that differ from the defaults"""
    phases: str = ""
    """as a text; empty: one search"""

    @classmethod
    def of(cls, spec: Spec, plan: CData, given: Options) -> Recipe:
        """That of an aann_family_plan."""
        out = ffi.new("char **")
        call(lib.aann_phases_format, plan, out)
        return cls(spec, read_options(ffi.addressof(plan, "search"), given), take_text(out[0]))

    def plan(self, threads: int | None = None) -> CData:
        """The aann_family_plan."""
        plan = ffi.new("aann_family_plan *", lib.aann_family_plan_default())
        self.options.apply(ffi.addressof(plan, "search"))
        if self.phases:
            call(lib.aann_phases_set, plan, c_text(self.phases, "phases"))
        if threads is not None:
            plan.search.threads = threads
        return plan


class Phase:
    """One phase of a plan."""

    def __init__(self, plan: CData, spec: Spec, number: int) -> None:
        self.number = number
        self._whole = ffi.new("aann_search_options *", lib.aann_phases_options(plan, number))
        self._alone = plan.phase_count == 0
        density = list(self._whole.density)
        while density and density[-1] == 0.0:
            density.pop()
        self.develops = bool(density)
        """its networks have other counts than the spec"""
        self.spec = _with_density(spec, density) if density else spec
        self.options = ffi.new("aann_search_options *", self._whole[0])
        """what its search is given: no density, which is for its beginning"""
        self.options.by_use = 0.0
        for i in range(len(self.options.density)):
            self.options.density[i] = 0.0

    def begin(
        self, network: Network | None, data: Data, member: int, interruption: Interruption
    ) -> tuple[Network | None, int] | None:
        """The network to begin with, from that of the phase before, and the samples evaluated to
        make it. A search without phases begins with the given network, or with None. None: it was
        stopped."""
        if self._alone:
            return network, 0
        assert network is not None
        development = ffi.new("aann_development *", lib.aann_development_default())
        development.by_use = self._whole.by_use
        development.samples, development.options = data.train._c, self._whole
        development.seed, development.member = self._whole.seed, member
        development.interrupted = lib.aann_python_interrupted
        development.context = interruption.context
        out, evaluated = ffi.new("aann_network **"), ffi.new("uint64_t *")
        finished = call_interruptible(
            lib.aann_development_apply,
            network._c,
            self.spec._c,
            development,
            out,
            evaluated,
            interruption=interruption,
        )
        return (Network._owning(out[0]), int(evaluated[0])) if finished else None

    def search(self, network: Network | None, data: Data, member: int) -> CData:
        """A new aann_search, which the caller frees; None begins at random."""
        out = ffi.new("aann_search **")
        call(
            lib.aann_search_create,
            self.spec._c,
            data.train._c,
            self.options,
            member,
            network._c if network is not None else ffi.NULL,
            out,
        )
        return out[0]


def phase_count(plan: CData) -> int:
    return max(1, int(plan.phase_count))


def _with_density(spec: Spec, density: list[float]) -> Spec:
    layers = len(spec.layers)
    each = density * layers if len(density) == 1 else density
    changed = ffi.new("aann_spec *", spec._c[0])
    sparsities = ffi.new("double[]", [100.0 - share for share in each])
    call(lib.aann_spec_set_sparsity, changed, -1.0, sparsities, layers)
    return Spec._from_c(changed)
