"""Runs a search of the C library: marks of its progress, bars, time limits, Ctrl-C."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aann._library import CData, Interruption, call, call_interruptible, ffi, lib, take_bytes
from aann.network import Network

if TYPE_CHECKING:
    from typing import TypeAlias

    import pandas

__all__ = ["Progress", "Run", "history_frame"]

log = logging.getLogger("aann")

MARKS = 100
"""lines of history in a whole search"""

REPORT_SECONDS = 0.1
"""time between two calls of a progress function"""


@dataclass(frozen=True)
class Progress:
    """Where a search is."""

    step: int
    """candidates decided, of `steps`"""
    steps: int
    accepted: int
    temperature: float
    samples: int
    """training samples in use, or cases of an objective"""
    train_loss: float
    """mean loss of those; an estimate while the search runs"""
    train_accuracy: float
    """the same for the share of right answers; NaN where there are no classes"""
    evaluated_samples: int
    """samples evaluated so far, over all candidates"""
    layer_candidates: tuple[int, ...]
    layer_accepted: tuple[int, ...]
    seconds: float
    """time of the search, over all its runs"""


def no_progress(steps: int, layers: int) -> Progress:
    """That of a search before its first candidate."""
    nothing = (0,) * layers
    nan = float("nan")
    return Progress(0, steps, 0, nan, 0, nan, nan, 0, nothing, nothing, 0.0)


ProgressCall: TypeAlias = "Callable[[Progress], object]"
"""Called about ten times a second; returning False stops the search."""


class Run:
    """One run of a search: from where it is to its end, or to an interruption.

    The search itself is a function of its arguments; nothing here changes a bit of it.
    """

    def __init__(
        self,
        search: CData,
        *,
        steps: int,
        layers: int,
        classes: bool,
        progress: bool | ProgressCall,
        seconds: float | None,
        history: list[Progress],
        target: float | None = None,
        on_mark: Callable[[Progress], bool] | None = None,
        before: Progress | None = None,
        total: int | None = None,
    ) -> None:
        self.search = search
        self.before = before
        """at the end of the phases before; what follows is counted on from there"""
        self.first = 0 if before is None else before.step
        self.end = self.first + steps
        """of this run"""
        self.steps = steps if total is None else total
        """of all phases"""
        self.layers = layers
        self.classes = classes
        self.history = history
        self.target = target
        self.on_mark = on_mark
        """called at each hundredth, whatever the time; False ends the run"""
        self.stopped = False
        """the run ended before the end of the search"""
        self.interrupted: BaseException | None = None
        """what ended it: KeyboardInterrupt, or what a callback raised"""
        self._earlier = before.seconds if before is not None else 0.0
        if history:
            self._earlier = max(self._earlier, history[-1].seconds)
        self._began = time.monotonic()
        self._deadline = None if seconds is None else self._began + seconds
        self._report = progress if callable(progress) else _bar() if progress else None
        self._reported = self._began
        self._interruption = Interruption(self._stops)

    @property
    def interruption(self) -> Interruption:
        """For callbacks of the same search: an objective."""
        return self._interruption

    def progress(self) -> Progress:
        """Where the search is now."""
        found = ffi.new("aann_search_progress *")
        lib.aann_search_progress_get(self.search, found)
        accuracy = float("nan")
        if self.classes and found.samples > 0:
            accuracy = lib.aann_search_correct(self.search) / found.samples
        before = self.before if self.before is not None else no_progress(self.steps, self.layers)
        each = range(self.layers)
        return Progress(
            step=before.step + found.step,
            steps=self.steps,
            accepted=before.accepted + found.accepted,
            temperature=found.temperature,
            samples=found.samples,
            train_loss=found.train_loss,
            train_accuracy=accuracy,
            evaluated_samples=before.evaluated_samples + found.evaluated_samples,
            layer_candidates=tuple(
                before.layer_candidates[i] + found.layer_candidates[i] for i in each
            ),
            layer_accepted=tuple(before.layer_accepted[i] + found.layer_accepted[i] for i in each),
            seconds=self._earlier + time.monotonic() - self._began,
        )

    def run(self) -> Progress:
        """Runs; afterwards `stopped` and `interrupted` say how it ended."""
        now = self.progress()
        try:
            while now.step < self.end and not self._reached(now):
                mark = self._next_mark(now.step)
                finished = self._run_to(min(self.end, mark) - self.first)
                now = self.progress()
                if not finished:
                    self.stopped = True
                    break
                if now.step == self.end < min(mark, self.steps):  # of a phase, between two marks
                    break
                self.history.append(now)
                told_to_stop = self._tell(now)
                if self.on_mark is not None:
                    told_to_stop = not self.on_mark(now) or told_to_stop
                if told_to_stop:
                    # Also at the end of a phase: the next one must not begin.
                    self.stopped = now.step < self.steps
                    break
        except BaseException as exception:  # Ctrl-C, or what a callback raised: nothing is lost
            self.interrupted = exception
            self.stopped = True
            now = self.progress()
        self._close(now)
        return now

    def _run_to(self, step: int) -> bool:
        if self.target is None:
            return call_interruptible(
                lib.aann_search_run,
                self.search,
                step,
                lib.aann_python_interrupted,
                self._interruption.context,
                interruption=self._interruption,
            )
        limits = ffi.new("aann_search_limits *", lib.aann_search_limits_default())
        limits.step = step
        limits.loss = self.target
        return call_interruptible(
            lib.aann_search_run_until,
            self.search,
            limits,
            lib.aann_python_interrupted,
            self._interruption.context,
            interruption=self._interruption,
        )

    def _reached(self, now: Progress) -> bool:
        return self.target is not None and now.train_loss <= self.target

    def _next_mark(self, step: int) -> int:
        """The first step after `step` that is a whole number of hundredths."""
        mark = step * MARKS // self.steps + 1
        return -(-mark * self.steps // MARKS)

    def _stops(self) -> bool:
        """Asked by the library every few milliseconds."""
        now = time.monotonic()
        if self._deadline is not None and now >= self._deadline:
            return True
        if self._report is None or now - self._reported < REPORT_SECONDS:
            return False
        return self._tell(self.progress())

    def _tell(self, progress: Progress) -> bool:
        """Calls the progress function; True: it wants the search to stop."""
        if self._report is None:
            return False
        self._reported = time.monotonic()
        if is_false(self._report(progress)):
            lib.aann_search_stop(self.search)
            return True
        return False

    def _close(self, now: Progress) -> None:
        close = getattr(self._report, "close", None)
        if close is not None:
            close()
        log.info(
            "search %s after %d of %d candidates in %.1f s, loss %.6g",
            "stopped" if self.stopped else "finished",
            now.step,
            now.steps,
            now.seconds,
            now.train_loss,
        )

    def network(self) -> Network:
        """The network that the search has now."""
        return Network._copy_of(lib.aann_search_network(self.search))

    def state(self) -> bytes:
        """What a resumed search needs besides the network."""
        memory, size = ffi.new("void **"), ffi.new("size_t *")
        call(lib.aann_search_save, self.search, memory, size)
        return take_bytes(memory[0], size[0])


def is_false(answer: object) -> bool:
    """Whether a progress function returned False, that of Python or of NumPy."""
    return isinstance(answer, (bool, np.bool_)) and not answer


def bar_of(progress: bool | ProgressCall) -> ProgressCall | None:
    """The function that is told of the progress; it may have a `close`."""
    found: ProgressCall | None = progress if callable(progress) else _bar() if progress else None
    return found


def _bar() -> Any:
    """A progress bar: tqdm's if it is installed, else a line on the standard error."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Line()
    return _Bar(tqdm)


class _Bar:
    """tqdm, also in notebooks."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None

    def __call__(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = self._tqdm(total=progress.steps, unit="candidate", unit_scale=True)
        self._bar.set_postfix_str(_summary(progress), refresh=False)
        self._bar.update(progress.step - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class _Line:
    """A line that is written again and again; on a file only the last."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, progress: Progress) -> None:
        share = 100 * progress.step // progress.steps
        self._last = f"{share:3d}% {progress.step:,} candidates, {_summary(progress)}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{self._last}")
            sys.stderr.flush()

    def close(self) -> None:
        if self._last:
            end = "\n" if sys.stderr.isatty() else self._last + "\n"
            sys.stderr.write(end)


def _summary(progress: Progress) -> str:
    loss = f"loss {progress.train_loss:.4f}"
    if progress.train_accuracy != progress.train_accuracy:
        return loss
    return f"{loss}, {100 * progress.train_accuracy:.2f} % right"


def history_frame(history: list[Progress]) -> pandas.DataFrame:
    """A row for each mark of a search (needs pandas)."""
    import pandas

    columns = [
        "step",
        "seconds",
        "temperature",
        "train_loss",
        "train_accuracy",
        "accepted",
        "evaluated_samples",
    ]
    rows = [[getattr(mark, name) for name in columns] for mark in history]
    frame: pandas.DataFrame = pandas.DataFrame(rows, columns=columns)
    return frame
