"""What classifier and regressor have in common: from samples and weights to networks."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from aann._arrays import is_frame
from aann._phases import Phases, Recipe
from aann._planning import family_plan
from aann.data import Data
from aann.encoding import Encoding
from aann.model import Model
from aann.network import Network
from aann.options import Options
from aann.sklearn._members import Job, Member, Stopping
from aann.sklearn._rows import check_rows, count_rows, picture_shape, sorted_order, take
from aann.sklearn._tasks import Tasks
from aann.sklearn._versions import CallbackSupportMixin, callback_context
from aann.sklearn._weights import copies
from aann.spec import Counts, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

Self = TypeVar("Self", bound="Sense")

PARTIAL_SHARE = 20
"""partial_fit searches one candidate for each so many of a fit"""
SEED_STRIDE = 0x9E3779B97F4A7C15
"""from the seed of one fit to that of the fit that goes on with it"""
FOUND_PRIVATELY = ("_frames", "_rounds", "_flat")
RESERVED_OPTIONS = ("seed", "steps", "threads", "regression", "loss_scale")


class Sense(CallbackSupportMixin, BaseEstimator):
    """A family of networks found by stochastic search, and what it answers together."""

    # Parameters of both estimators, which their constructors set.
    hidden: str | int | Sequence[int]
    sparsity: float | Sequence[float]
    steps: int
    phases: Phases | None
    effort: int | None
    members: int
    input_shape: Sequence[int] | None
    encoding: str
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    tol: float
    warm_start: bool
    n_jobs: int | None
    executor: Any
    random_state: Any
    verbose: int
    options: Mapping[str, Any] | Options | None

    # What a fit sets; the last two are whether X was a data frame, and fits that went on so far.
    models_: list[Model]
    encoding_: Encoding
    n_features_in_: int
    n_iter_: int
    best_member_: int
    _frames: bool
    _rounds: int

    # ---- what was found

    @property
    def networks_(self) -> list[Network]:
        """The networks of all members."""
        return [model.network for model in self.models_]

    @property
    def model_(self) -> Model:
        """The best member, to save and to use elsewhere.

        That with the lowest validation loss, or without early stopping the lowest training loss.
        """
        return self.models_[self.best_member_]

    @property
    def network_(self) -> Network:
        """The network of the best member."""
        return self.model_.network

    @property
    def counts_(self) -> list[Counts]:
        """How many weights of -1, 0 and +1 each layer has; they are the same in all members."""
        return self.network_.counts

    @property
    def loss_curve_(self) -> NDArray[np.float64]:
        """The best member's training loss at each hundredth of its search."""
        return self.loss_curves_[self.best_member_]

    @property
    def validation_loss_curve_(self) -> NDArray[np.float64]:
        """The best member's validation loss at each hundredth; empty without early stopping."""
        return self.validation_loss_curves_[self.best_member_]

    # ---- fit

    def _begin(self, X: Any, y: Any, going_on: bool, partial: bool) -> Any:
        """X, checked; forgets everything unless the search goes on."""
        self._check_parameters()
        if partial and (self.phases is not None or self.effort is not None):
            name = "phases" if self.phases is not None else "effort"
            raise ValueError(
                f"{name} is not possible in partial_fit, which is one short search at temperature "
                f"0; set_params({name}=None) goes on with a twentieth of steps"
            )
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, "
                "but the target y is None."
            )
        frames = self._frames if going_on else True
        rows = check_rows(self, X, reset=not going_on, frames=frames)
        if not going_on and count_rows(rows) < 2:
            raise ValueError("n_samples = 1: there is nothing to tell apart")
        if not going_on:
            self._frames = is_frame(rows)
            self._rounds = 0
        return rows

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """What fails leaves the last fit as it was."""
        kept = {name: value for name, value in vars(self).items() if _is_found(name)}
        try:
            yield
        except BaseException:
            for name in [name for name in vars(self) if _is_found(name)]:
                delattr(self, name)
            self.__dict__.update(kept)
            raise

    def _goes_on(self) -> bool:
        return bool(self.warm_start) and hasattr(self, "models_")

    def _search(
        self,
        X: Any,
        answers: NDArray[Any],
        weights: NDArray[np.float64],
        *,
        outputs: int,
        going_on: bool,
        partial: bool = False,
        told: Mapping[str, Any],
    ) -> None:
        """Searches for all members. X, answers and weights are checked; `told` is for callbacks."""
        random = check_random_state(self.random_state)
        seed, split_seed = random.randint(2**31 - 1, size=2).tolist()
        present = np.nonzero(weights)[0]
        order, new = sorted_order(take(X, present), answers[present])
        rows = present[order]
        X, answers, weights = take(X, rows), answers[rows], weights[rows]
        groups = np.cumsum(new, dtype=np.intp)
        held = np.zeros(len(rows), dtype=bool)
        stopping = None
        if self.early_stopping and not partial:
            stopping = Stopping(self.n_iter_no_change, self.tol)
            held = self._hold_back(answers, split_seed)
        train = _repeat(np.nonzero(~held)[0], weights, groups)
        validation = _repeat(np.nonzero(held)[0], weights, groups)

        if not going_on:
            shape = picture_shape(self.input_shape)
            self.encoding_ = Encoding.fit(take(X, train), self.encoding, table=shape is None)
        inputs = _encode(self.encoding_, X)
        answers = self._as_outputs(answers, train, going_on)
        data = Data(
            inputs[train],
            answers[train],
            encoding="int8",
            validation=(inputs[validation], answers[validation]) if stopping else 0,
            **self._data_arguments(outputs),
        )
        spec = Spec(
            "-".join([*_layers(self.hidden), str(outputs)]),
            self.encoding_.input,
            sparsity=self.sparsity,
        )
        starts = self._starts(spec, going_on)
        options = self._options((seed + self._rounds * SEED_STRIDE) % 2**64, partial)
        recipe = self._recipe(data, spec, options)
        self._run(data, recipe, starts, stopping=stopping, told=None if partial else told)
        self._rounds += 1

    def _recipe(self, data: Data, spec: Spec, options: Options) -> Recipe:
        """Network, options and phases of the searches."""
        spec, family = family_plan(
            data,
            spec,
            sparsity=None,
            excitatory_share=0.5,
            shifts=None,
            options=options,
            phases=self.phases,
            effort=self.effort,
        )
        return Recipe.of(spec, family, options)

    def _run(
        self,
        data: Data,
        recipe: Recipe,
        starts: list[Network | None],
        *,
        stopping: Stopping | None,
        told: Mapping[str, Any] | None,
    ) -> None:
        """Runs the searches; callbacks are told if `told` says what."""
        context = None if told is None else callback_context(self, len(starts))
        tasks = None
        if context is not None and told is not None:
            context.call_on_fit_task_begin(estimator=self, **told)
            options = recipe.options
            tasks = Tasks(context, self, told, options.steps, self._rebuilder(options))
        job = Job(
            data,
            recipe,
            starts,
            stopping=stopping,
            verbose=bool(self.verbose),
            tasks=tasks,
        )
        found = job.run(self.n_jobs, self.executor)
        if not found:
            raise job.interrupted or KeyboardInterrupt
        if job.interrupted is not None:
            warnings.warn(
                f"stopped by Ctrl-C: {len(found)} of {len(starts)} members are kept as they are",
                stacklevel=4,
            )
        self._keep(found)
        if context is not None:
            context.call_on_fit_task_end(estimator=self, **(told or {}))

    def _rebuilder(self, options: Options) -> Any:
        """What a callback needs to use a network that is still being searched for."""

        def rebuild(network: Network) -> dict[str, Any]:
            return {"models_": [self._model(network, options)], "best_member_": 0}

        return rebuild

    def _keep(self, found: list[Member]) -> None:
        self.models_ = [self._model(member.network, member.options) for member in found]
        self.loss_curves_ = [member.loss_curve for member in found]
        self.validation_loss_curves_ = [member.validation_curve for member in found]
        self.losses_ = np.array([member.loss for member in found])
        self.best_member_ = int(np.argmin(self.losses_))
        self.n_iter_ = max(member.steps for member in found)

    def _hold_back(self, answers: NDArray[Any], seed: int) -> NDArray[np.bool_]:
        """Which samples are for validation: of each class its share, where that is possible.

        This is decided before weights repeat samples, so no copy of a training sample is among
        them. (So with early stopping a weight of 3 is not quite the same as three samples, of which
        one may be held back.)
        """
        kinds = self._strata(answers)
        sizes = {"test_size": self.validation_fraction, "random_state": seed}
        rows = np.arange(len(answers))
        try:
            _, chosen = train_test_split(rows, stratify=kinds, **sizes)
        except ValueError:  # classes of one sample, more classes than samples held back
            _, chosen = train_test_split(rows, **sizes)
        held = np.zeros(len(rows), dtype=bool)
        held[chosen] = True
        return held

    def _starts(self, spec: Spec, going_on: bool) -> list[Network | None]:
        if not going_on:
            return [None] * self.members
        known = self.networks_
        if len(known) > self.members:
            raise ValueError(
                f"members={self.members}: there are {len(known)} from the last fit, and a warm "
                "start can only add some"
            )
        if known[0].spec != spec:
            raise ValueError(
                f"a warm start goes on with the network {known[0].spec.text}, which cannot become "
                f"{spec.text}"
            )
        return [*known, *[None] * (self.members - len(known))]

    def _options(self, seed: int, partial: bool) -> Options:
        given = self.options
        if not isinstance(given, (Mapping, Options)) and given is not None:
            raise ValueError(f"options={given!r}: expected a dict, aann.Options or None")
        more = given.as_dict() if isinstance(given, Options) else dict(given or {})
        for name in RESERVED_OPTIONS:
            if name in more:
                raise ValueError(
                    f"options: {name!r} does not belong there; it is a parameter of the "
                    "estimator, or follows from the data"
                )
        steps, chosen = self.steps, {**self._default_options(), **more}
        if partial:
            steps = -(-steps // PARTIAL_SHARE)
            chosen["temperature"] = 0.0
        elif self.phases is not None or self.effort is not None:
            return Options(seed=seed, **chosen)
        return Options(seed=seed, steps=steps, **chosen)

    # ---- what the two kinds do differently

    def _default_options(self) -> dict[str, Any]:
        raise NotImplementedError

    def _data_arguments(self, outputs: int) -> dict[str, Any]:
        raise NotImplementedError

    def _as_outputs(
        self, answers: NDArray[Any], train: NDArray[np.intp], going_on: bool
    ) -> NDArray[Any]:
        raise NotImplementedError

    def _strata(self, answers: NDArray[Any]) -> NDArray[Any] | None:
        raise NotImplementedError

    def _model(self, network: Network, options: Options) -> Model:
        raise NotImplementedError

    # ---- use

    def _logits(self, X: Any) -> list[NDArray[np.int32]]:
        """The outputs of every member."""
        check_is_fitted(self, "models_")
        inputs = _encode(self.encoding_, check_rows(self, X, reset=False, frames=self._frames))
        return [model.network.logits(inputs) for model in self.models_]

    def _column_names(self) -> list[str] | None:
        names = getattr(self, "feature_names_in_", None)
        if names is None and self._frames:
            return self.encoding_.columns
        return None if names is None else [str(name) for name in names]

    def __sklearn_clone__(self) -> Any:
        """A clone has the same executor, which cannot be copied."""
        shell = copy.copy(self)
        shell.executor = None
        clone = super(Sense, shell).__sklearn_clone__()
        clone.executor = self.executor
        return clone

    def __getstate__(self) -> dict[str, Any]:
        """An executor stays in its process; elsewhere members are searched as without one."""
        state: dict[str, Any] = dict(super().__getstate__())
        return {**state, "executor": None}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.input_shape is None
        tags.input_tags.categorical = self.input_shape is None
        return tags

    def _more_tags(self) -> dict[str, Any]:
        """Tags of scikit-learn before 1.6."""
        return {"allow_nan": self.input_shape is None}

    def _check_parameters(self) -> None:
        _check_whole(self, "steps", 1)
        _check_whole(self, "members", 1)
        _check_whole(self, "n_iter_no_change", 1)
        share = self.validation_fraction
        if not isinstance(share, Real) or not 0 < share < 1:
            raise ValueError(f"validation_fraction={share!r}: expected a share between 0 and 1")
        if not isinstance(self.tol, Real) or not self.tol >= 0:
            raise ValueError(f"tol={self.tol!r}: expected a number of at least 0")
        if self.phases is not None and self.effort is not None:
            raise ValueError("phases, effort: expected one of them")
        picture_shape(self.input_shape)
        _layers(self.hidden)


def _is_found(name: str) -> bool:
    """Whether an attribute is set by a fit."""
    return name in FOUND_PRIVATELY or (name.endswith("_") and not name.startswith("_"))


def _check_whole(estimator: Any, name: str, minimum: int) -> None:
    value = getattr(estimator, name)
    if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < minimum:
        raise ValueError(f"{name}={value!r}: expected a whole number of at least {minimum}")


def _layers(hidden: Any) -> list[str]:
    """The layers before the last: "16C5-MP2-64" as it is, 32 and (64, 32) as dense layers."""
    if isinstance(hidden, str):
        return [hidden] if hidden else []
    several = isinstance(hidden, Iterable) and not isinstance(hidden, bytes)
    units: list[Any] = list(hidden) if several else [hidden]
    if not all(
        isinstance(count, Integral) and not isinstance(count, bool) and int(count) > 0
        for count in units
    ):
        raise ValueError(
            f"hidden={hidden!r}: expected a text such as '16C5-MP2-64', or numbers of units"
        )
    return [str(count) for count in units]


def _encode(encoding: Encoding, X: Any) -> NDArray[np.int8]:
    """X as inputs [samples, channels, rows, columns]."""
    return encoding.encode(X).reshape(count_rows(X), *encoding.input)


def _repeat(
    rows: NDArray[np.intp], weights: NDArray[np.float64], groups: NDArray[np.intp]
) -> NDArray[np.intp]:
    """The rows, each as often as its weight says.

    Equal samples are in the same group. What all groups have in common is left out: if every
    sample is there twice, once is enough. So only the distribution of the samples matters.
    """
    if len(rows) == 0:
        return rows
    wanted = copies(weights[rows])
    _, first, group = np.unique(groups[rows], return_index=True, return_inverse=True)
    totals = np.bincount(group, weights=wanted).astype(np.int64)
    common = np.gcd.reduce(totals)
    if common > 1:
        wanted = np.zeros_like(wanted)
        wanted[first] = totals // common
    return np.repeat(rows, wanted)
