"""Data for a search: split into training, validation and test samples, and encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from aann import errors
from aann._arrays import (
    arrange,
    array_of,
    as_int32,
    as_labels,
    class_names,
    count_samples,
    find_classes,
    for_outputs,
    framed,
    is_frame,
    label_numbers,
    make_dataset,
    numeric,
    target_matrix,
    unboxed,
)
from aann._library import CData, c_text, call, ffi, lib, natural, positive, text
from aann.encoding import Encoding, encoding_kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Data", "Samples", "Score"]

Task = Literal["auto", "classification", "regression"]

SPLITS = {
    "auto": lib.AANN_SPLIT_AUTOMATIC,
    "last": lib.AANN_SPLIT_LAST,
    "shuffled": lib.AANN_SPLIT_SHUFFLED,
    "blocks": lib.AANN_SPLIT_BLOCKS,
}
CONSTANTS = {
    None: lib.AANN_CONSTANT_AUTOMATIC,
    False: lib.AANN_CONSTANT_OFF,
    True: lib.AANN_CONSTANT_ON,
}
TEST_TUPLE = 2
PICTURE_DIMENSIONS = 3


@dataclass(frozen=True)
class Score:
    """How good a network is on some samples."""

    count: int
    loss: float
    """mean cross-entropy, or of a regression the mean squared error of the outputs"""
    correct: int
    accuracy: float
    """correct / count; NaN for a regression"""


class Samples:
    """The samples of one split, encoded. Arrays are read-only views."""

    __slots__ = ("_c", "_owner")

    def __init__(self, pointer: CData, owner: Any) -> None:
        self._c = pointer
        self._owner = owner

    def __len__(self) -> int:
        return int(self._c.count)

    @property
    def shape(self) -> tuple[int, int, int]:
        """channels, height, width"""
        return (self._c.shape.channels, self._c.shape.height, self._c.shape.width)

    @property
    def inputs(self) -> NDArray[np.int8]:
        """int8 [samples, channels, height, width]"""
        full = (len(self), *self.shape)
        view: NDArray[np.int8] = array_of(self._c.inputs, "int8_t", full, np.int8, self._owner)
        return view

    @property
    def labels(self) -> NDArray[np.int32] | None:
        """The number of each sample's class; None for a regression."""
        if self._c.labels == ffi.NULL:
            return None
        view: NDArray[np.int32] = array_of(
            self._c.labels, "int32_t", (len(self),), np.int32, self._owner
        )
        return view

    @property
    def targets(self) -> NDArray[np.float32] | None:
        """What the outputs shall be, [samples, outputs]; None for a classification."""
        if self._c.targets == ffi.NULL:
            return None
        full = (len(self), self._c.target_count)
        view: NDArray[np.float32] = array_of(
            self._c.targets, "float", full, np.float32, self._owner
        )
        return view

    def score(
        self, logits: NDArray[np.int32], scale: float, weights: Sequence[float] | None = None
    ) -> Score:
        """Scores logits int32 [samples, outputs].

        `scale` is the option loss_scale, or of a regression output_scale; `weights` is the option
        target_weight.
        """
        scale = positive("scale", scale)
        matrix = as_int32(logits, "logits")
        if matrix.ndim != 2 or len(matrix) != len(self):
            raise errors.ArgumentError(
                f"logits of shape {matrix.shape}: expected ({len(self)}, outputs)"
            )
        score = ffi.new("aann_score *")
        memory = ffi.from_buffer("int32_t[]", matrix)
        listed = ffi.NULL
        if weights is not None:
            listed = for_outputs(weights, matrix.shape[1], "weights")
        call(lib.aann_logits_score, self._c, memory, matrix.shape[1], scale, listed, score)
        return Score(score.count, score.loss, score.correct, score.accuracy)

    def __repr__(self) -> str:
        kind = "targets" if self._c.targets != ffi.NULL else "classes"
        return f"<aann.Samples {len(self)} of {self.shape} with {kind}>"


class Data:
    """Samples ready for a search. `aann.search` makes it from X and y; make it yourself to search
    several times on the same data.

    Parameters
    ----------
    X:
        [samples, features], [samples, rows, columns], [samples, channels, rows, columns], of any
        type of numbers, or a data frame of pandas, Polars or PyArrow (numbers, booleans, words,
        missing values). Channels that come last are recognised where the sizes say it: pictures
        with at most four, and signals [samples, time, channels] with at most four that are at least
        four times as long. Other arrays that may be several things are refused: see `layout`.
    y:
        Classification: words, integers or booleans, one for each sample. Regression: floats,
        [samples] or [samples, outputs], in any units.
    validation:
        What is kept from the search to choose and stop by: a share below 1, a number of samples,
        or a pair (X, y). None: a tenth. 0: nothing.
    test:
        A pair (X, y), looked at only at the end.
    encoding:
        See `Encoding.fit`; ``"int8"``: X is int8 in -127..127, the inputs themselves, of which the
        last are for validation.
    constant:
        Whether there is an input that is always 127. None: tables have it.
    task:
        ``"auto"``: floats as y are targets, everything else is classes.
    table:
        Whether the columns of X are a table, in which each has its own unit and NaN is a missing
        value. None: data frames and matrices of floats are.
    layout:
        ``"channels-first"``: X is [samples, channels, rows, columns] or [samples, channels, time];
        ``"channels-last"``, ``"time-major"``: [samples, rows, columns, channels] or
        [samples, time, channels]. None: as the sizes say.
    columns:
        Names of the values of a sample; those of a data frame are known.
    classes:
        All classes, where y may lack some. None: those that occur in y.
    split, split_seed:
        Which samples are for validation: ``"last"``, ``"shuffled"`` (of each class its share),
        ``"blocks"`` (the last of each class); ``"auto"``: shuffled for tables, else last.
    balanced:
        Repeat samples of rarer classes until all classes have equally many.
    train_limit:
        Search only on this many samples; 0: on all.
    certification:
        Leave so many out of the search, for certifying what it finds (0); instead of train_limit,
        where the split is last or shuffled.
    target_range:
        Regression: (mean, scale) of each output, if y is from -1 to 1 and stands for
        mean + scale * y.

    Everything is copied; the arrays may be changed afterwards.
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        validation: float | tuple[Any, Any] | None = None,
        test: tuple[Any, Any] | None = None,
        encoding: str = "auto",
        constant: bool | None = None,
        task: Task = "auto",
        table: bool | None = None,
        layout: str | None = None,
        columns: Sequence[str] | None = None,
        classes: Any = None,
        split: str = "auto",
        split_seed: int = 1,
        balanced: bool = False,
        train_limit: int = 0,
        certification: int = 0,
        target_range: tuple[Sequence[float], Sequence[float]] | None = None,
        provenance: str | None = None,
    ) -> None:
        X = framed(X)
        self.task = _find_task(y, task)
        """``"classification"`` or ``"regression"``"""
        self.classes: NDArray[Any] | None = None
        """The classes as they were in y, sorted; None for a regression."""
        if self.task == "classification":
            self.classes = find_classes(y if classes is None else classes)
        self._target_range = target_range
        if target_range is not None and (self.task != "regression" or encoding == "int8"):
            raise TypeError("target_range is for a regression on measured values")
        self.columns = list(columns) if columns is not None else _columns(X)
        extra = _pair(validation, "validation")
        _check_lengths(X, y, "X", "y")
        self._test_pair = None if test is None else _pair_of(test, "test")
        for name, pair in (("validation", extra), ("test", self._test_pair)):
            if pair is not None:
                _check_lengths(*pair, f"{name}[0]", f"{name}[1]")
        if extra is not None:
            if split not in ("auto", "last"):
                raise TypeError(f"split={split!r}: validation is given as a pair, so none is split")
            X, y = _join(X, extra[0]), _join_answers(y, extra[1], self.task)
            split, validation = "last", len(extra[0])
        if layout is not None:
            X = _laid_out(X, layout, "X")
            if self._test_pair is not None:
                self._test_pair = (
                    _laid_out(self._test_pair[0], layout, "test[0]"),
                    self._test_pair[1],
                )
        self._train_set: CData | None = None
        self._test_set: CData | None = None
        if encoding == "int8":
            _refuse(
                constant=constant is not None,
                table=bool(table),
                split=split not in ("auto", "last"),
                balanced=bool(balanced),
                train_limit=train_limit != 0,
                certification=certification != 0,
                provenance=provenance is not None,
            )
            self._c = self._encoded(X, y, validation)
            self.shape = self.train.shape
            self.encoding: Encoding | None = None
            return
        source = ffi.new("aann_family_source *", lib.aann_family_source_default())
        try:
            source.split = SPLITS[split]
        except KeyError:
            raise errors.ArgumentError(
                f"split {split!r}: expected one of {', '.join(SPLITS)}"
            ) from None
        source.validation = -1.0 if validation is None else _share(validation)
        source.split_seed = natural("split_seed", split_seed, bits=64)
        source.balanced = balanced
        source.train_limit = natural("train_limit", train_limit, bits=63)
        source.certification = natural("certification", certification, bits=63)
        source.encoding = encoding_kind(encoding)
        source.constant = _constant(constant)
        self._train_set = self._dataset(X, y, table)
        source.train_set = self._train_set
        if self._test_pair is not None:
            self._test_set = self._dataset(*self._test_pair, table)
            source.test_set = self._test_set
        kept = c_text(provenance, "provenance") if provenance is not None else ffi.NULL
        source.provenance = kept
        out = ffi.new("aann_family_data **")
        call(lib.aann_family_data_load, source, out)
        self._c = ffi.gc(out[0], lib.aann_family_data_destroy)
        shape = lib.aann_dataset_shape(self._train_set)
        self.shape = (shape.channels, shape.height, shape.width)
        """channels, height, width of a measured sample"""
        row = ffi.new("aann_family_row *")
        row.data = lib.aann_family_data_json(self._c)
        fitted = ffi.new("aann_encoding *")
        call(lib.aann_family_encoding, row, fitted)
        self.encoding = Encoding._copy_of(ffi.gc(fitted, lib.aann_encoding_destroy), self.shape)
        """How X becomes inputs; None if X was inputs already."""

    def _dataset(self, X: Any, y: Any, table: bool | None) -> CData:
        """A data set with labels or targets."""
        if self.classes is not None:
            return make_dataset(
                X,
                table=table,
                columns=None if is_frame(X) else self.columns,
                labels=label_numbers(y, self.classes),
                classes=class_names(self.classes),
            )
        return make_dataset(
            X,
            table=table,
            columns=None if is_frame(X) else self.columns,
            targets=target_matrix(y),
            target_range=self._target_range,
        )

    def _encoded(self, X: Any, y: Any, validation: Any) -> CData:
        """Family data of inputs that are encoded already."""
        inputs = _int8_inputs(X, "X")
        count = len(inputs)
        share = 0.1 if validation is None else _share(validation)
        held = round(share * count) if share < 1 else int(share)
        if held >= count:
            raise errors.ArgumentError(f"validation {held}: there are {count} samples")
        parts = ffi.new("aann_family_samples *", lib.aann_family_samples_default())
        answers = self._answers(y)
        kept = [answers]
        pieces = {"train": slice(0, count - held), "validation": slice(count - held, count)}
        for name, piece in pieces.items():
            if piece.start < piece.stop:
                view = self._view(inputs[piece], answers[piece])
                kept.append(view)
                setattr(parts, name, view[0])
        if self._test_pair is not None:
            view = self._view(
                _int8_inputs(self._test_pair[0], "test[0]"), self._answers(self._test_pair[1])
            )
            kept.append(view)
            parts.test = view[0]
        names = class_names(self.classes) if self.classes is not None else None
        if names is not None:
            texts = [c_text(name, "a class") for name in names]
            listed = ffi.new("char *[]", texts)
            parts.class_names, parts.class_count = listed, len(names)
        out = ffi.new("aann_family_data **")
        call(lib.aann_family_data_create, parts, out)
        return ffi.gc(out[0], lib.aann_family_data_destroy)

    def _answers(self, y: Any) -> NDArray[Any]:
        if self.classes is not None:
            return label_numbers(y, self.classes)
        return target_matrix(y)

    def _view(self, inputs: NDArray[np.int8], answers: NDArray[Any]) -> Any:
        """aann_samples of arrays, and what must live as long."""
        samples = ffi.new("aann_samples *")
        samples.shape.channels, samples.shape.height, samples.shape.width = inputs.shape[1:]
        samples.count = len(inputs)
        answers = np.ascontiguousarray(answers)
        memory = ffi.from_buffer("int8_t[]", inputs)
        samples.inputs = memory
        if self.classes is not None:
            told = ffi.from_buffer("int32_t[]", answers)
            samples.labels, samples.class_count = told, len(self.classes)
        else:
            told = ffi.from_buffer("float[]", answers)
            samples.targets, samples.target_count = told, answers.shape[1]
        return samples, memory, told, answers

    # ---- what is in it

    @property
    def train(self) -> Samples:
        return Samples(lib.aann_family_data_train(self._c), self._c)

    @property
    def validation(self) -> Samples | None:
        """None if nothing was kept for validation."""
        return self._split(lib.aann_family_data_validation(self._c))

    @property
    def certification(self) -> Samples | None:
        """Samples of X that neither the search nor a choice has seen; None if there are none."""
        return self._split(lib.aann_family_data_certification(self._c))

    @property
    def test(self) -> Samples | None:
        """None if there is no test data."""
        return self._split(lib.aann_family_data_test(self._c))

    def _split(self, pointer: CData) -> Samples | None:
        return None if pointer == ffi.NULL else Samples(pointer, self._c)

    @property
    def input(self) -> tuple[int, int, int]:
        """channels, height, width of an encoded sample: what the network reads"""
        return self.train.shape

    @property
    def outputs(self) -> int:
        """How many outputs a network needs: the number of classes, or of targets."""
        samples = self.train._c
        return int(samples.class_count if self.classes is not None else samples.target_count)

    @property
    def notes(self) -> list[str]:
        """What should be known before a search: absent classes, splits that are too small."""
        return text(lib.aann_family_data_notes(self._c)).splitlines()

    @property
    def class_names(self) -> list[str] | None:
        """Names of the classes; None if they are the plain numbers 0, 1, 2, ..."""
        return None if self.classes is None else class_names(self.classes)

    def target_range(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """(mean, scale) with which an output becomes a target in the user's units."""
        mean, scale = np.zeros(self.outputs), np.ones(self.outputs)
        known = lib.aann_family_data_target_range(
            self._c,
            self.outputs,
            ffi.from_buffer("double[]", mean),
            ffi.from_buffer("double[]", scale),
        )
        return (mean, scale) if known else None

    def __repr__(self) -> str:
        sizes = ", ".join(
            f"{len(samples)} {name}"
            for name, samples in (
                ("training", self.train),
                ("validation", self.validation),
                ("test", self.test),
            )
            if samples is not None
        )
        return f"<aann.Data {self.task}: {sizes}; inputs {self.input}, {self.outputs} outputs>"

    def __reduce__(self) -> Any:
        raise TypeError("aann.Data does not pickle: keep X and y, and make it again")


# What `search`, `Study.family`, `Result.resume`, ... pass on to `Data`, with its defaults.
PASSED_ON: dict[str, Any] = {
    "validation": None,
    "test": None,
    "encoding": "auto",
    "constant": None,
    "task": "auto",
    "table": None,
    "split": "auto",
    "balanced": False,
    "provenance": None,
}


def data_of(X: Any, y: Any, split_seed: int, arguments: Mapping[str, Any]) -> Data:
    """X if it is a `Data`, to which nothing can be added; else the `Data` of X, y and arguments."""
    if not isinstance(X, Data):
        return Data(X, y, **{"split_seed": split_seed, **arguments})
    if y is not None:
        raise TypeError("X is a Data, which holds its y already")
    for name, value in arguments.items():
        if not _is_default(value, PASSED_ON.get(name)):
            raise TypeError(f"X is a Data: give {name} to that")
    return X


def _is_default(value: Any, default: Any) -> bool:
    """Whether an argument was left as it is: None, a text or a truth value."""
    return value is default or (isinstance(value, (str, bool)) and value == default)


def _find_task(y: Any, task: Task) -> str:
    if task not in ("auto", "classification", "regression"):
        raise errors.ArgumentError(f"task {task!r}: expected auto, classification or regression")
    if y is None:
        raise TypeError("y is missing: a search needs classes or targets")
    if task != "auto":
        return task
    return "regression" if unboxed(y).dtype.kind == "f" else "classification"


def _refuse(**given: bool) -> None:
    """Arguments that mean nothing for inputs that are encoded already."""
    for name, is_given in given.items():
        if is_given:
            raise TypeError(f"{name}: with encoding='int8', X is taken as it is, in its order")


def _columns(X: Any) -> list[str] | None:
    return [str(name) for name in X.columns] if is_frame(X) else None


def _pair(value: Any, name: str) -> tuple[Any, Any] | None:
    """(X, y), or None if the value is a number or missing."""
    if value is None or isinstance(value, (int, float, np.number)):
        return None
    return _pair_of(value, name)


def _pair_of(value: Any, name: str) -> tuple[Any, Any]:
    if not isinstance(value, (tuple, list)) or len(value) != TEST_TUPLE:
        raise TypeError(f"{name}: expected a pair (X, y)")
    return framed(value[0]), value[1]


def _constant(constant: Any) -> int:
    if constant is None:
        return int(CONSTANTS[None])
    if isinstance(constant, (int, np.integer, np.bool_)) and constant in (0, 1):
        return int(CONSTANTS[bool(constant)])
    raise errors.ArgumentError(f"constant {constant!r}: expected True, False or None")


def _share(validation: Any) -> float:
    share = float(validation)
    whole = share < 1 or share.is_integer()
    if validation is True or not 0 <= share < float("inf") or not whole:
        raise errors.ArgumentError(
            f"validation {validation}: expected a share below 1 or a whole number of samples"
        )
    return share


def _check_lengths(X: Any, y: Any, left: str, right: str) -> None:
    if np.ndim(y) == 0:
        raise TypeError(f"{right}: expected one answer for each sample")
    count, answers = count_samples(X, left), count_samples(y, right)
    if count != answers:
        raise errors.ArgumentError(f"{left} has {count} samples, {right} has {answers}")
    if count == 0:
        raise errors.ArgumentError(f"{left} has no samples")


def _join(first: Any, second: Any) -> Any:
    """Two sets of samples, one after the other."""
    if is_frame(first) != is_frame(second):
        raise TypeError("validation: X must be a data frame exactly if the training X is one")
    if is_frame(first):
        import pandas

        if list(first.columns) != list(second.columns):
            raise errors.FormatError("validation: X has other columns than the training X")
        return pandas.concat([first, second], ignore_index=True)
    left, right = numeric(first, "X"), numeric(second, "validation[0]")
    if left.shape[1:] != right.shape[1:]:
        raise errors.ArgumentError(
            f"validation: samples of shape {right.shape[1:]}, the training samples are "
            f"{left.shape[1:]}"
        )
    return np.concatenate([left, right])


def _join_answers(first: Any, second: Any, task: str) -> NDArray[Any]:
    """Two sets of classes or targets, each in any form that y may have."""
    left, right = (
        as_labels(y) if task == "classification" else target_matrix(y) for y in (first, second)
    )
    if left.shape[1:] != right.shape[1:] or (left.dtype.kind == "U") != (right.dtype.kind == "U"):
        raise errors.ArgumentError("validation: y is of another kind than the training y")
    return np.concatenate([left, right])


def _laid_out(X: Any, layout: str, name: str) -> NDArray[Any]:
    """X as [samples, channels, rows, columns]. Refuses what a prediction, which knows the shape of
    a sample but no layout, would take for something else."""
    if is_frame(X) or np.ndim(X) < PICTURE_DIMENSIONS:
        raise TypeError(f"layout={layout!r}: {name} has no channels")
    array = numeric(X, name)
    found = arrange(array, layout=layout)
    (sizes, steps), (new_sizes, new_steps) = _order(array), _order(found)
    if sizes == new_sizes and steps != new_steps:
        raise errors.ArgumentError(
            f"layout={layout!r}: {name} of shape {array.shape} has equal sizes, so nothing would "
            "tell it from its transpose later; move the channels to the front yourself, "
            "np.moveaxis(X, -1, 1)"
        )
    return found


def _order(array: NDArray[Any]) -> tuple[list[int], list[int]]:
    """Sizes and strides of a sample, without dimensions of size 1."""
    kept = [axis for axis in range(1, array.ndim) if array.shape[axis] != 1]
    return [array.shape[axis] for axis in kept], [array.strides[axis] for axis in kept]


def _int8_inputs(X: Any, name: str) -> NDArray[np.int8]:
    """X as [samples, channels, height, width]."""
    array = numeric(X, name)
    if array.dtype != np.int8:
        raise TypeError(f"{name} of type {array.dtype}: encoding='int8' takes int8 in -127..127")
    array = array[:, :, None, None] if array.ndim == 2 else arrange(array)
    if array.ndim != 4:
        raise errors.ArgumentError(
            f"{name} of shape {array.shape}: expected [samples, features], "
            "[samples, rows, columns] or [samples, channels, rows, columns]"
        )
    return np.ascontiguousarray(array)
