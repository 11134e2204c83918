"""The network, the options and the phases of a search on given data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aann import errors
from aann._library import CData, ffi, lib, text
from aann._phases import Phases, set_phases
from aann.data import Data
from aann.options import Options
from aann.spec import Spec

__all__ = ["check_fit", "check_places", "family_plan", "plan", "settle_options"]


def settle_options(options: Options | None, more: Mapping[str, Any], **parameters: Any) -> Options:
    """The options, with those that were given by name, and with parameters that are not None."""
    if options is not None and not isinstance(options, Options):
        raise TypeError(
            f"options: expected aann.Options, not {type(options).__name__}; a dict is given as "
            "keyword arguments: **options"
        )
    named = {name: value for name, value in parameters.items() if value is not None}
    return (options or Options()).replace(**{**more, **named})


def plan(
    data: Data,
    net: str | Spec | None,
    *,
    sparsity: float | Sequence[float] | None,
    excitatory_share: float,
    shifts: Sequence[int] | None,
    options: Options,
) -> tuple[Spec, CData]:
    """The network and the options of a search on these data, as the program chooses them."""
    spec, family = family_plan(
        data,
        net,
        sparsity=sparsity,
        excitatory_share=excitatory_share,
        shifts=shifts,
        options=options,
    )
    return spec, ffi.new("aann_search_options *", family.search)


def family_plan(
    data: Data,
    net: str | Spec | None,
    *,
    sparsity: float | Sequence[float] | None,
    excitatory_share: float,
    shifts: Sequence[int] | None,
    options: Options,
    phases: Phases | None = None,
    effort: int | None = None,
) -> tuple[Spec, CData]:
    """The network and the aann_family_plan of a search of several members."""
    family = ffi.new("aann_family_plan *", lib.aann_family_plan_default())
    named = net is not None
    if net is None:
        chosen = ffi.new("char[]", lib.AANN_MAX_SPEC_LENGTH)
        known = lib.aann_family_data_choose_network(
            data._c, chosen, lib.AANN_MAX_SPEC_LENGTH, family
        )
        if not known:
            raise errors.ArgumentError(
                "net is missing: only for tables a network is known, "
                "such as net='64-10' or '16C5-MP2-10'"
            )
        net = text(chosen)
    if isinstance(net, Spec):
        if sparsity is not None or shifts is not None or excitatory_share != 0.5:
            raise TypeError("sparsity, shifts and excitatory_share belong into the Spec")
        spec = net
    else:
        spec = Spec(
            net, data.input, sparsity=sparsity, excitatory_share=excitatory_share, shifts=shifts
        )
    check_fit(spec, data)
    search = ffi.addressof(family, "search")
    if named:
        lib.aann_search_options_choose_loss_scale(search, data.train._c, spec._c)
    lib.aann_family_data_choose_plan(data._c, spec._c, family)
    options.apply(search)
    search.regression = data.task == "regression"
    check_places(spec, search)
    set_phases(family, spec, data, options, phases=phases, effort=effort)
    for i in range(family.phase_count):
        check_places(spec, family.phases[i])
    return spec, family


def check_places(spec: Spec, search: CData) -> None:
    """Refuses to move samples that have one place only."""
    channels, height, width = spec.input
    name = "jitter" if search.jitter > 0 else "warp"
    if (search.jitter > 0 or search.warp > 0) and height == 1 and width == 1:
        raise errors.ArgumentError(
            f"{name}: samples of {channels}x1x1 have no places to move to; expected a signal or a "
            f"picture: X of shape (samples, channels, height, width)"
        )


def check_fit(spec: Spec, data: Data) -> None:
    """Refuses a network that does not fit the data."""
    if spec.input != data.input:
        raise errors.ArgumentError(
            f"the network reads {spec.input}, the encoded samples are {data.input}"
        )
    what = "classes" if data.classes is not None else "targets"
    if spec.outputs < data.outputs or (data.classes is None and spec.outputs != data.outputs):
        raise errors.ArgumentError(
            f"the network {spec.text} has {spec.outputs} outputs, the data have "
            f"{data.outputs} {what}"
        )
