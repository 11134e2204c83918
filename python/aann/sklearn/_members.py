"""The members of an ensemble: searched one after the other or side by side, to the same bits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np

from aann._elsewhere import Encoded, encoded, outcomes
from aann._library import CData, Interruption, ffi
from aann._phases import Phase, Recipe, phase_count
from aann.data import Data
from aann.network import Network
from aann.options import Options, read_options
from aann.result import Destroyer
from aann.running import Progress, Run, _bar, no_progress
from aann.sklearn._tasks import Tasks

if TYPE_CHECKING:
    from numpy.typing import NDArray

POLL_SECONDS = 0.05
"""time between two looks at whether Ctrl-C was pressed"""


@dataclass(frozen=True)
class Stopping:
    """When a search ends before its last candidate."""

    patience: int
    """hundredths of the search without a better validation loss"""
    tolerance: float
    """by how much it has to be better"""


@dataclass
class Member:
    """What the search for one member found."""

    network: Network
    options: Options
    loss_curve: NDArray[np.float64]
    """training loss at each hundredth of the search"""
    validation_curve: NDArray[np.float64]
    """the same for the validation loss; empty without early stopping"""
    loss: float
    """validation loss with early stopping, else training loss, of this network"""
    steps: int
    """candidates decided"""


class Job:
    """All searches of one call of fit."""

    def __init__(
        self,
        data: Data,
        recipe: Recipe,
        starts: Sequence[Network | None],
        *,
        stopping: Stopping | None,
        verbose: bool = False,
        tasks: Tasks | None = None,
    ) -> None:
        self.data = data
        self.recipe = recipe
        self.starts = starts
        self.stopping = stopping
        self.tasks = tasks
        self.spec, self._plan = recipe.spec, recipe.plan()
        self._options = ffi.addressof(self._plan, "search")
        self.interrupted: BaseException | None = None
        self._cancelled = threading.Event()
        self._meter = _Meter(len(starts), self._options.steps) if verbose else None

    def run(self, n_jobs: int | None, executor: Any = None) -> list[Member]:
        """The members, or after Ctrl-C those whose search had begun; `interrupted` says so."""
        workers = min(joblib.effective_n_jobs(n_jobs), len(self.starts))
        try:
            if executor is not None:
                return self._run_elsewhere(executor)
            return self._run_alone() if workers <= 1 else self._run_together(workers)
        finally:
            if self._meter is not None:
                self._meter.close()

    def _run_alone(self) -> list[Member]:
        found = []
        try:
            for number in range(len(self.starts)):
                member = self._search(number)
                if member is not None:
                    found.append(member)
                if self._cancelled.is_set():
                    break
        except KeyboardInterrupt as exception:  # pressed between two searches
            self._cancel(exception)
        return found

    def _run_together(self, workers: int) -> list[Member]:
        """Threads: the library runs without the interpreter's lock and shares the samples."""
        with ThreadPoolExecutor(workers) as pool:
            futures = [pool.submit(self._search, i) for i in range(len(self.starts))]
            waiting = set(futures)
            while waiting:
                try:
                    done, waiting = wait(waiting, timeout=POLL_SECONDS)
                except KeyboardInterrupt as exception:
                    self._cancel(exception)
                else:
                    if any(future.exception() is not None for future in done):
                        self._cancelled.set()
        results = [future.result() for future in futures]
        return [member for member in results if member is not None]

    def _run_elsewhere(self, executor: Any) -> list[Member]:
        """By the workers of an executor; after Ctrl-C those that have come back."""
        found: dict[int, Member] = {}
        common = {
            "samples": encoded(self.data), "recipe": self.recipe, "stopping": self.stopping,
        }  # fmt: skip
        try:
            for outcome in outcomes(executor, _search_encoded, enumerate(self.starts), common):
                member, number = outcome.result(), outcome.number
                found[number] = member
                if self._meter is not None:
                    nothing = no_progress(self._options.steps, len(self.spec.layers))
                    self._meter.tell(number, replace(nothing, step=member.steps))
                if self.tasks is not None:
                    self.tasks.begin(number)
                    if self.tasks.end(number, member.network):
                        break
        except KeyboardInterrupt as exception:
            self._cancel(exception)
        return [found[number] for number in sorted(found)]

    def _cancel(self, exception: BaseException) -> None:
        self.interrupted = exception
        self._cancelled.set()

    def _search(self, number: int) -> Member | None:
        """One member; None if it was cancelled before it began."""
        if self._cancelled.is_set():
            return None
        watch = _Watch(self, number)
        if self.tasks is not None:
            self.tasks.begin(number)
        last = self._run_phases(number, watch)
        if last is None:
            return None
        if self.tasks is not None and self.tasks.end(number, watch.network()):
            self._cancelled.set()
        return watch.member(last)

    def _run_phases(self, number: int, watch: _Watch) -> Progress | None:
        """All phases of a member, or those before the end; None: it was cancelled before the
        first."""
        start, last = self.starts[number], None
        if start is None and self._plan.phase_count > 0:
            start = Network(self.spec, seed=self._options.seed, member=number)
        for place in range(phase_count(self._plan)):
            phase = Phase(self._plan, self.spec, place)
            waiting = Interruption(self._cancelled.is_set)
            try:
                begun = phase.begin(start, self.data, number, waiting)
            except KeyboardInterrupt as exception:
                self._cancel(exception)
                begun = None
            if begun is None:
                break
            run = self._run_of(phase, number, begun[0], watch, last)
            watch.run, watch.develops = run, phase.develops
            last = run.run()
            if run.interrupted is not None:
                if not isinstance(run.interrupted, KeyboardInterrupt):
                    raise run.interrupted
                self._cancel(run.interrupted)
            if run.stopped:
                break
            start = run.network()
        return last

    def _run_of(
        self, phase: Phase, number: int, start: Network | None, watch: _Watch, last: Progress | None
    ) -> Run:
        search: CData = ffi.gc(
            phase.search(start, self.data, number), Destroyer(self.data, phase.options)
        )
        return Run(
            search,
            steps=phase.options.steps,
            layers=len(self.spec.layers),
            classes=self.data.classes is not None,
            progress=watch.report,
            seconds=None,
            history=[],
            on_mark=watch.mark,
            before=last,
            total=self._options.steps,
        )


def _search_encoded(
    number: int,
    start: Network | None,
    *,
    samples: Encoded,
    recipe: Recipe,
    stopping: Stopping | None,
) -> Member:
    """One member, in another process."""
    starts = [None] * number + [start]
    job = Job(samples.data(), recipe, starts, stopping=stopping)
    member = job._search(number)
    if member is None or job.interrupted is not None:
        raise KeyboardInterrupt
    return member


class _Watch:
    """Follows one search: keeps the best network, and ends the search when it gets no better."""

    def __init__(self, job: Job, number: int) -> None:
        self.job = job
        self.number = number
        self.run: Any = None
        self.develops = False
        """the network has other counts than a member"""
        self.losses: list[float] = []
        self.validation: list[float] = []
        self.best: Network | None = None
        self.best_loss = float("inf")
        self._reference = float("inf")
        self._since = 0

    def report(self, progress: Progress) -> bool:
        """About ten times a second."""
        if self.job._meter is not None:
            self.job._meter.tell(self.number, progress)
        return not self.job._cancelled.is_set()

    def mark(self, progress: Progress) -> bool:
        """At each hundredth of the search, so that the time taken changes nothing."""
        self.losses.append(progress.train_loss)
        goes_on = True
        if self.job.stopping is not None and not self.develops:
            goes_on = self._validate(self.job.stopping)
        if self.job.tasks is not None:
            last = not goes_on or progress.step == progress.steps
            goes_on = not self.job.tasks.mark(self.number, self.network(), last) and goes_on
        return goes_on

    def _validate(self, stopping: Stopping) -> bool:
        network = self.run.network()
        loss = self.validation_loss(network)
        self.validation.append(loss)
        if loss < self.best_loss:
            self.best, self.best_loss = network, loss
        if loss < self._reference - stopping.tolerance:
            self._reference, self._since = loss, 0
        else:
            self._since += 1
        return self._since < stopping.patience

    def validation_loss(self, network: Network) -> float:
        samples = self.job.data.validation
        assert samples is not None
        return self._loss(samples, network)

    def _loss(self, samples: Any, network: Network) -> float:
        options = self.job._options
        scale = options.output_scale if options.regression else options.loss_scale
        weights = [options.target_weight[i] or 1.0 for i in range(self.job.spec.outputs)]
        loss: float = samples.score(
            network.logits(samples.inputs), scale, weights if options.regression else None
        ).loss
        return loss

    def network(self) -> Network:
        """The network to keep if the search ended now."""
        found: Network = self.best if self.best is not None else self.run.network()
        return found

    def member(self, last: Progress) -> Member:
        network = self.network()
        loss = self.best_loss
        if self.best is None:  # no early stopping, or stopped before the first mark
            loss = self._loss(self.job.data.train, network)
        return Member(
            network=network,
            options=read_options(self.job._options),
            loss_curve=np.array(self.losses),
            validation_curve=np.array(self.validation),
            loss=loss,
            steps=last.step,
        )


class _Meter:
    """One bar for all members."""

    def __init__(self, members: int, steps: int) -> None:
        self._steps = [0] * members
        self._total = members * steps
        self._lock = threading.Lock()
        self._bar = _bar()

    def tell(self, number: int, progress: Progress) -> None:
        with self._lock:
            self._steps[number] = progress.step
            self._bar(replace(progress, step=sum(self._steps), steps=self._total))

    def close(self) -> None:
        self._bar.close()
