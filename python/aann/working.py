"""Runs the long calls of families: reports of members, bars, log lines, time limits, Ctrl-C."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aann._library import (
    CData,
    Interruption,
    call_interruptible,
    ffi,
    keep_exception,
    lib,
    natural,
    time_limit,
)
from aann.member import STATES, State
from aann.running import is_false

if TYPE_CHECKING:
    from typing import TypeAlias

__all__ = ["MemberProgress", "Work"]

log = logging.getLogger("aann")


@dataclass(frozen=True)
class MemberProgress:
    """Where the search of a member is. Numbers that are not known yet are NaN."""

    id: int
    index: int
    state: State
    stopped: bool
    """this is the last report of this member in this run"""
    step: int
    """candidates decided, of `steps`; of a walk, swaps; of a path, distance"""
    steps: int
    accepted: int
    phase: int
    """that is searched, from 0, of `phases`"""
    phases: int
    candidates_per_second: float
    samples_per_second: float
    temperature: float
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    test_loss: float
    test_accuracy: float
    reward: float
    seconds: float
    seconds_left: float


ReportCall: TypeAlias = "Callable[[Sequence[MemberProgress]], object]"
"""Called about ten times a second with the members that run or have just stopped; returning False
stops the run."""

FIELDS = tuple(MemberProgress.__dataclass_fields__)


class Work(Interruption):
    """How a run is done; nothing here changes a bit of its result."""

    def __init__(
        self,
        *,
        unit: str = "member",
        total: int = 1,
        seconds: float | None = None,
        threads: int = 0,
        parallel: int = 0,
        checkpoint_seconds: float = 30.0,
        progress: bool | ReportCall = False,
    ) -> None:
        super().__init__(lambda: self._stop)
        self._stop = False
        self._report = progress if callable(progress) else _bar(unit, total) if progress else None
        self.interrupted = False
        """Ctrl-C ended the run"""
        self.c = ffi.new("aann_family_work *", lib.aann_family_work_default())
        self.c.threads = natural("threads", threads, bits=31)
        self.c.parallel = natural("parallel", parallel, bits=31)
        self.c.seconds = time_limit(seconds) or 0.0
        self.c.checkpoint_seconds = checkpoint_seconds
        self.c.report = lib.aann_python_members
        self.c.interrupted = lib.aann_python_interrupted
        self.c.waits = lib.aann_python_waits
        self.c.context = self.context

    def run(self, function: Callable[..., int], *arguments: Any) -> bool:
        """Calls a function that works as `self.c` says; False: it was stopped before the end.

        What a progress function raised is raised here, except Ctrl-C: see `interrupted`.
        """
        try:
            return call_interruptible(function, *arguments, interruption=self)
        except KeyboardInterrupt:
            self.interrupted = True
            return False
        finally:
            self.close()

    @property
    def stopped(self) -> bool:
        """A progress function wants the run to end."""
        return self._stop

    def close(self) -> None:
        """Ends the bar."""
        close = getattr(self._report, "close", None)
        if close is not None:
            close()

    def report(self, members: Sequence[MemberProgress]) -> None:
        """Called by the library's reports."""
        for member in members:
            if member.stopped:
                _log_member(member)
        if self._report is not None and self.exception is None:
            self._stop = is_false(self._report(members)) or self._stop


def _log_member(member: MemberProgress) -> None:
    word = "stopped" if member.state == "running" else member.state
    log.info(
        "member %d %s after %d of %d steps in %.1f s, loss %.6g, validation accuracy %.6g",
        member.id,
        word,
        member.step,
        member.steps,
        member.seconds,
        member.train_loss,
        member.validation_accuracy,
    )


# ---- what the library calls


@ffi.def_extern(onerror=keep_exception)  # type: ignore[untyped-decorator]
def aann_python_members(context: CData, members: CData, count: int) -> None:
    work: Work = ffi.from_handle(context)
    work.report([_progress(members[i]) for i in range(count)])


@ffi.def_extern(onerror=keep_exception)  # type: ignore[untyped-decorator]
def aann_python_waits(context: CData) -> None:
    log.warning("another program has a transaction open on the study: waiting for its end")


def _progress(report: CData) -> MemberProgress:
    values = {name: getattr(report, name) for name in FIELDS}
    values["state"] = STATES[report.state]
    return MemberProgress(**values)


# ---- bars


def fmax(left: float, right: float) -> float:
    """The larger number; the other one where one is NaN."""
    return right if math.isnan(left) else left if math.isnan(right) else max(left, right)


class _Counter:
    """How many members are through, the running ones in parts."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.finished = 0
        self.running: dict[int, float] = {}
        self.best = math.nan
        self.loss = math.nan

    def add(self, members: Sequence[MemberProgress]) -> None:
        for member in members:
            self.running[member.id] = member.step / max(1, member.steps)
            self.loss = member.train_loss
            if member.stopped and member.state != "running":
                del self.running[member.id]
                self.finished += 1
            self.best = fmax(self.best, member.validation_accuracy)

    @property
    def done(self) -> float:
        return min(self.finished + sum(self.running.values()), float(self.total))

    def summary(self) -> str:
        best = f", best validation {100 * self.best:.2f} %" if self.best >= 0 else ""
        return f"loss {self.loss:.4f}{best}"


def _bar(unit: str, total: int) -> Any:
    """A progress bar: tqdm's if it is installed, else a line on the standard error."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Line(unit, total)
    return _Bar(tqdm, unit, total)


class _Bar:
    """tqdm, also in notebooks."""

    def __init__(self, tqdm: Any, unit: str, total: int) -> None:
        self._counter = _Counter(total)
        self._bar = tqdm(
            total=total,
            unit=unit,
            bar_format="{l_bar}{bar}| {n:.2f}/{total} {unit} [{elapsed}<{remaining}{postfix}]",
        )

    def __call__(self, members: Sequence[MemberProgress]) -> None:
        self._counter.add(members)
        self._bar.set_postfix_str(self._counter.summary(), refresh=False)
        self._bar.update(self._counter.done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


class _Line:
    """A line that is written again and again; on a file only the last."""

    def __init__(self, unit: str, total: int) -> None:
        self._counter = _Counter(total)
        self._unit = unit
        self._last = ""

    def __call__(self, members: Sequence[MemberProgress]) -> None:
        counter = self._counter
        counter.add(members)
        self._last = f"{counter.done:.2f}/{counter.total} {self._unit}, {counter.summary()}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{self._last}")
            sys.stderr.flush()

    def close(self) -> None:
        if self._last:
            sys.stderr.write("\n" if sys.stderr.isatty() else self._last + "\n")
