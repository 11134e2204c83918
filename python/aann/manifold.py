"""The manifold of all networks with the same counts: random samples of it, and how large it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aann._library import (
    CData,
    Interruption,
    c_text,
    call,
    call_interruptible,
    ffi,
    lib,
    natural,
)
from aann._library import text as c_string
from aann._planning import plan, settle_options
from aann.data import Task, data_of
from aann.options import Options
from aann.working import ReportCall, Work

if TYPE_CHECKING:
    from aann.family import Family
    from aann.spec import Spec

__all__ = ["Answer", "Temperature", "Volume", "sample", "volume"]


@dataclass(frozen=True)
class Answer:
    """How many networks there are, as decimal logarithms."""

    loss: float | None
    """those of at most this training loss, or ..."""
    accuracy: float | None
    """... of at least this training accuracy"""
    log10_count: float
    """NaN if there is no answer"""
    log10_error: float
    """standard error, from the ladders; NaN with one ladder"""
    effective_networks: float
    r_hat: float
    silence: str | None
    """why there is no answer; None: there is one"""


@dataclass(frozen=True)
class Temperature:
    """The chains of one temperature, over all ladders."""

    temperature: float
    loss: float
    loss_deviation: float
    accuracy: float
    r_hat: float
    autocorrelation: float
    effective_samples: float
    acceptance: float
    exchange: float
    distance_between: float
    distance_within: float


@dataclass(frozen=True)
class Volume:
    """What `volume` counted."""

    log10_total: float
    """of all networks with the counts"""
    temperatures: list[Temperature]
    """from infinity down"""
    mixed: int
    """so many of them mix, from the first on"""
    answers: list[Answer]


def volume(
    X: Any,
    y: Any = None,
    net: str | Spec | None = None,
    *,
    loss: Sequence[float] = (),
    accuracy: Sequence[float] = (),
    temperature: float = 1e-3,
    ladders: int = 4,
    rungs: int = 0,
    rounds: int = 2000,
    burn_in: int = 500,
    pilot_rounds: int = 600,
    sweep: int = 256,
    seed: int = 1,
    threads: int = 0,
    sparsity: float | Sequence[float] | None = None,
    excitatory_share: float = 0.5,
    encoding: str = "auto",
    task: Task = "auto",
    options: Options | None = None,
) -> Volume:
    """Counts the networks with the same counts of -1, 0 and +1 that are good.

    Chains draw networks at temperatures from infinity, where their number is known, down to
    `temperature`; the error comes from independent ladders. Where chains do not mix, there is no
    answer. docs/sampling.md explains it.

    Parameters
    ----------
    X, y, net, sparsity, excitatory_share, encoding, task, options:
        As in `search`; of the options, those of the loss count.
    loss, accuracy:
        Count the networks with at most these training losses, and with at least these training
        accuracies (shares).
    temperature, ladders, rungs, rounds, burn_in, pilot_rounds, sweep, seed:
        As in ``aann volume``; they and the data determine the result.
    threads:
        Never changes the result; 0: all processors.

    >>> import numpy as np, aann
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 6))
    >>> y = X[:, 0] > X[:, 1]
    >>> found = aann.volume(X, y, "2", loss=[0.69], temperature=0.1, rungs=4, rounds=400,
    ...                     burn_in=50, pilot_rounds=60, sweep=32)
    >>> bool(0 < found.answers[0].log10_count < found.log10_total)
    True
    """
    # One scale for all networks, as in the program: losses of several are compared.
    given = Options(**{"loss_scale": Options().loss_scale, **settle_options(options, {}).as_dict()})
    given = given.replace(seed=seed)
    data = data_of(X, y, seed, {"encoding": encoding, "task": task})
    spec, search = plan(
        data,
        net,
        sparsity=sparsity,
        excitatory_share=excitatory_share,
        shifts=None,
        options=given,
    )
    chosen = ffi.new("aann_sampler_options *", lib.aann_sampler_options_default())
    _set(chosen, temperature, ladders, rungs, rounds, burn_in, pilot_rounds, sweep, seed)
    chosen.threads = natural("threads", threads)
    chosen.regression = search.regression
    chosen.loss_scale, chosen.output_scale = search.loss_scale, search.output_scale
    chosen.target_weight = search.target_weight
    out = ffi.new("aann_sampler **")
    call(lib.aann_sampler_create, spec._c, data.train._c, chosen, out)
    sampler = ffi.gc(out[0], lib.aann_sampler_destroy)
    interruption = Interruption()
    call_interruptible(
        lib.aann_sampler_run,
        sampler,
        2**64 - 1,
        lib.aann_python_interrupted,
        interruption.context,
        interruption=interruption,
    )
    samples = int(data.train._c.count)
    return _ask(sampler, spec, [float(value) for value in loss], list(accuracy), samples)


def _set(
    chosen: CData,
    temperature: float,
    ladders: int,
    rungs: int,
    rounds: int,
    burn_in: int,
    pilot_rounds: int,
    sweep: int,
    seed: int,
) -> None:
    chosen.temperature = float(temperature)
    chosen.ladders = natural("ladders", ladders)
    chosen.rungs = natural("rungs", rungs)
    chosen.rounds = natural("rounds", rounds)
    chosen.burn_in = natural("burn_in", burn_in)
    chosen.pilot_rounds = natural("pilot_rounds", pilot_rounds)
    chosen.sweep = natural("sweep", sweep)
    chosen.seed = natural("seed", seed, bits=63)


def _ask(
    sampler: CData, spec: Spec, losses: list[float], accuracies: list[float], samples: int
) -> Volume:
    diagnosis = ffi.new("aann_sampler_diagnosis *")
    call(lib.aann_sampler_diagnose, sampler, diagnosis)
    count = len(losses) + len(accuracies)
    questions = ffi.new("aann_volume_question[]", max(count, 1))
    answers = ffi.new("aann_volume_answer[]", max(count, 1))
    for i, value in enumerate(losses):
        questions[i].loss = value
    for i, value in enumerate(accuracies):
        correct = math.ceil(float(value) * samples - 1e-9)
        questions[len(losses) + i].by_accuracy = True
        questions[len(losses) + i].correct = correct
    call(lib.aann_volume_measure, sampler, questions, count, answers)
    fields = Temperature.__dataclass_fields__
    return Volume(
        log10_total=lib.aann_volume_total(spec._c) / math.log(10.0),
        temperatures=[
            Temperature(**{name: getattr(diagnosis.rung[i], name) for name in fields})
            for i in range(diagnosis.rungs)
        ],
        mixed=diagnosis.mixed + 1,
        answers=[_answer(answers[i], samples) for i in range(count)],
    )


def _answer(answer: CData, samples: int) -> Answer:
    asks = answer.question.by_accuracy
    silent = answer.silence != ffi.NULL
    return Answer(
        loss=None if asks else answer.question.loss,
        accuracy=answer.question.correct / samples if asks else None,
        log10_count=math.nan if silent else answer.log10_count,
        log10_error=math.nan if silent else answer.log10_error,
        effective_networks=answer.effective_networks,
        r_hat=answer.r_hat,
        silence=c_string(answer.silence) if silent else None,
    )


def sample(
    family: Family,
    *,
    members: int = 40,
    name: str | None = None,
    temperature: float = 1e-3,
    ladders: int = 4,
    rungs: int = 0,
    rounds: int = 2000,
    burn_in: int = 500,
    pilot_rounds: int = 600,
    sweep: int = 256,
    seed: int = 1,
    seconds: float | None = None,
    threads: int = 0,
    progress: bool | ReportCall = False,
    raise_on_interrupt: bool = False,
) -> Family:
    """Draws a new family at random from the manifold on which a family lies.

    Its members have the same counts, and each is drawn with a probability proportional to
    exp(-loss / temperature) (origin ``"sample"``). The new family is in the same study; it is
    stopped and continued as `Family.run` is. Parameters: as in `volume` and `Family.run`.
    """
    from aann.family import Family

    handle = family._handle
    handle.check_writable("sample")
    chosen = ffi.new("aann_sample_plan *", lib.aann_sample_plan_default())
    chosen.members = natural("members", members)
    _set(chosen.sampler, temperature, ladders, rungs, rounds, burn_in, pilot_rounds, sweep, seed)
    plan = family._plan()
    called = c_text(name or family.name, "name")
    plan.name = called
    data = family.data
    created = ffi.new("int64_t *")
    handle.call(lib.aann_sample_add, family.spec._c, data._c, plan, chosen, created)
    work = Work(total=members, seconds=seconds, threads=threads, progress=progress)
    drawn = Family(handle, created[0], data)
    with handle.use() as study:
        work.run(lib.aann_sample_run, study, drawn.id, data._c, work.c)
    drawn._end(work, raise_on_interrupt)
    return drawn
