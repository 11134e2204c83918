"""Networks: a spec and its weights, and what the network answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann._arrays import arrange, array_of, refuse_masks
from aann._library import CData, call, fail, ffi, lib, natural, take_bytes
from aann.spec import Counts, Spec

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Network"]


class Network:
    """A network with weights -1, 0 and +1. Immutable: changes make new networks.

    Parameters
    ----------
    spec:
        Layers and counts.
    weights:
        An array for each layer, of the shape ``spec.layers[i].weight_shape`` or flat. Values other
        than -1, 0 and 1 are refused; counts other than the spec's are allowed, as after a lesion.
        None: random weights with exactly the spec's counts.
    seed, member:
        Which random weights: those from which member `member` of a search with this seed starts.

    Networks compare by their hash (of layers and weights), pickle, and may be used by several
    threads at once.

    >>> import aann
    >>> network = aann.Network(aann.Spec("3", 4), seed=1)
    >>> network.logits([[127, -127, 0, 64]])
    array([[-191,  191,    0]], dtype=int32)
    """

    __slots__ = ("__weakref__", "_c", "_evaluators", "_hash", "_weights", "spec")

    def __init__(
        self,
        spec: Spec,
        weights: Sequence[ArrayLike] | None = None,
        *,
        seed: int = 1,
        member: int = 0,
    ) -> None:
        out = ffi.new("aann_network **")
        call(lib.aann_network_create, spec._c, out)
        pointer = ffi.gc(out[0], lib.aann_network_destroy)
        if weights is None:
            lib.aann_network_randomise(
                pointer, natural("seed", seed, bits=64), natural("member", member, bits=64)
            )
        else:
            _set_weights(pointer, spec, weights)
        self._adopt(pointer, spec)

    def _adopt(self, pointer: CData, spec: Spec) -> None:
        self.spec = spec
        self._c = pointer
        self._hash: int = lib.aann_network_hash(pointer)
        self._weights: list[NDArray[np.int8]] | None = None
        self._evaluators: dict[int, list[_Evaluator]] = {}

    @classmethod
    def _copy_of(cls, pointer: CData) -> Network:
        """A network with a copy of an aann_network that somebody else owns."""
        out = ffi.new("aann_network **")
        call(lib.aann_network_copy, pointer, out)
        return cls._owning(out[0])

    @classmethod
    def _owning(cls, pointer: CData) -> Network:
        """A network that owns an aann_network from now on."""
        network = cls.__new__(cls)
        owned = ffi.gc(pointer, lib.aann_network_destroy)
        network._adopt(owned, Spec._from_c(lib.aann_network_spec(owned)))
        return network

    # ---- what it is

    @property
    def hash(self) -> int:
        """64 bits of layers and weights: equal networks have equal hashes on every machine."""
        return self._hash

    @property
    def weights(self) -> list[NDArray[np.int8]]:
        """The weights of each layer: read-only views of the library's memory.

        They stay valid for as long as anybody holds them.
        """
        if self._weights is None:
            self._weights = [
                self._view(index, layer.weight_shape)
                for index, layer in enumerate(self.spec.layers)
            ]
        return list(self._weights)

    def _view(self, index: int, shape: tuple[int, ...]) -> NDArray[np.int8]:
        memory = lib.aann_network_weights(self._c, index)
        view: NDArray[np.int8] = array_of(memory, "int8_t", shape, np.int8, self._c)
        return view

    @property
    def counts(self) -> list[Counts]:
        """How many weights of each value every layer has: counted, not those of the spec."""
        counted = (lib.aann_network_counts(self._c, i) for i in range(len(self.spec.layers)))
        return [Counts(found.minus, found.zero, found.plus) for found in counted]

    def replace(self, layer: int, weights: ArrayLike) -> Network:
        """This network with other weights in one layer."""
        count = len(self.spec.layers)
        if not -count <= layer < count:
            raise errors.ArgumentError(f"layer {layer}: the network has {count} layers")
        changed: list[ArrayLike] = list(self.weights)
        changed[layer] = weights
        return Network(self.spec, changed)

    def lesion(
        self, percent: float, *, layer: int | None = None, seed: int = 0, draw: int = 0
    ) -> Network:
        """This network without `percent` of its synapses, which (seed, draw) selects.

        They become 0: of one layer (0, 1, ...), or of the whole network if that is None. A smaller
        lesion of the same (seed, draw) removes a part of what a larger one removes.
        """
        changed = Network._copy_of(self._c)
        call(
            lib.aann_lesion_apply,
            changed._c,
            self._layer_or_all(layer),
            percent,
            natural("seed", seed, bits=64),
            natural("draw", draw, bits=64),
            ffi.NULL,
        )
        changed._hash = lib.aann_network_hash(changed._c)
        return changed

    def shuffle(self, *, layer: int | None = None, seed: int = 0, draw: int = 0) -> Network:
        """The null model: this network with the weights of a layer, or of each, in random order."""
        changed = Network._copy_of(self._c)
        number, drawn = natural("seed", seed, bits=64), natural("draw", draw, bits=64)
        lib.aann_network_shuffle(changed._c, self._layer_or_all(layer), number, drawn)
        changed._hash = lib.aann_network_hash(changed._c)
        return changed

    def _layer_or_all(self, layer: int | None) -> int:
        if layer is None:
            return int(lib.AANN_EVERY_LAYER)
        if not 0 <= layer < len(self.spec.layers):
            raise errors.ArgumentError(
                f"layer {layer}: the network has {len(self.spec.layers)} layers, counted from 0"
            )
        return layer

    # ---- what it answers

    def logits(
        self, X: ArrayLike, *, threads: int = 1, out: NDArray[np.int32] | None = None
    ) -> NDArray[np.int32]:
        """The outputs for encoded samples: int32 [samples, outputs].

        Parameters
        ----------
        X:
            int8 in -127..127, [samples, ...] with as many values in each sample as the network
            reads. Other integers are accepted if they are in that range, floats never: a
            `Model` or an `Encoding` turns measured values into inputs. An int8 array in C order is
            read in place.
        threads:
            Never changes the result. With one thread nothing is started.
        out:
            An array for the result, in C order.
        """
        inputs = self._inputs(X)
        count = inputs.shape[0]
        outputs = self.spec.outputs
        if out is None:
            out = np.empty((count, outputs), dtype=np.int32)
        else:
            _check_out(out, (count, outputs))
        if count == 0:
            return out
        evaluator = self._evaluator(threads)
        told = evaluator.inputs
        values = ffi.from_buffer("int8_t[]", inputs)
        told.values, told.count, told.sample_size = values, count, inputs.size // count
        status = lib.aann_python_logits(
            evaluator.c, told, ffi.from_buffer("int32_t[]", out), evaluator.error
        )
        if status != 0:
            fail(status, evaluator.error)
        self._evaluators[threads].append(evaluator)
        return out

    def predict(self, X: ArrayLike, *, threads: int = 1) -> NDArray[np.int64]:
        """The class of each encoded sample: the first largest logit."""
        return largest(self.logits(X, threads=threads))

    def activations(self, X: ArrayLike, layer: int, *, threads: int = 1) -> NDArray[np.int8]:
        """What hidden layer `layer` passes on, after pooling and HardTanh.

        int8 [samples, channels, height, width] in -127..127.
        """
        hidden = len(self.spec.layers) - 1
        if not 0 <= layer < hidden:
            raise errors.ArgumentError(
                f"layer {layer}: the network has {hidden} hidden layers, counted from 0"
            )
        inputs = self._inputs(X)
        if np.any(inputs == -128):
            raise errors.ArgumentError("an input is -128: inputs are -127 to 127")
        shape = self.spec.layers[layer].output
        out = np.empty((inputs.shape[0], *shape), dtype=np.int8)
        if len(out) > 0:
            samples = ffi.new("aann_samples *")
            channels, height, width = self.spec.input
            samples.shape.channels, samples.shape.height = channels, height
            samples.shape.width = width
            samples.count = inputs.shape[0]
            memory = ffi.from_buffer("int8_t[]", inputs)
            samples.inputs = memory
            evaluator = self._evaluator(threads)
            call(
                lib.aann_evaluator_activations,
                evaluator.c,
                samples,
                0,
                inputs.shape[0],
                layer,
                ffi.from_buffer("int8_t[]", out),
            )
            self._evaluators[threads].append(evaluator)
        return out

    def _inputs(self, X: ArrayLike) -> NDArray[np.int8]:
        """X as int8 in C order, [samples, ...] with the network's number of values."""
        refuse_masks(X, "inputs")
        array = X if isinstance(X, np.ndarray) else np.asarray(X)
        if array.dtype != np.int8:
            array = _as_int8(array)
        spec = self.spec._c
        size = spec.input.channels * spec.input.height * spec.input.width
        if array.ndim < 2 or array.size != array.shape[0] * size:
            raise errors.ArgumentError(
                f"inputs of shape {array.shape}: expected (samples, {size}) "
                f"or (samples, {', '.join(map(str, self.spec.input))})"
            )
        array = arrange(array, shape=self.spec.input)
        return array if array.flags.c_contiguous else np.ascontiguousarray(array)

    def _evaluator(self, threads: int) -> _Evaluator:
        """An evaluator that nobody else uses now; append it to _evaluators[threads] afterwards."""
        try:
            return self._evaluators[threads].pop()
        except (KeyError, IndexError):
            self._evaluators.setdefault(threads, [])
            return _Evaluator(self._c, threads)

    # ---- memory and files

    def to_bytes(self) -> bytes:
        """The network as the bytes of a model file without encoding; see `from_bytes`."""
        description = ffi.new("aann_model_description *", lib.aann_model_description_default())
        out = ffi.new("aann_model **")
        _check_packable(self)
        call(lib.aann_model_create, self._c, description, out)
        model = ffi.gc(out[0], lib.aann_model_destroy)
        memory, size = ffi.new("void **"), ffi.new("size_t *")
        call(lib.aann_model_write, model, memory, size)
        return take_bytes(memory[0], size[0])

    @classmethod
    def from_bytes(cls, data: bytes) -> Network:
        """The network of a model file's bytes. Nothing in them is trusted."""
        out = ffi.new("aann_model **")
        call(lib.aann_model_read, ffi.from_buffer(data), len(data), out)
        model = ffi.gc(out[0], lib.aann_model_destroy)
        return cls._copy_of(lib.aann_model_network(model))

    def __reduce__(self) -> tuple[Any, ...]:
        weights = [np.array(layer) for layer in self.weights]
        return (Network, (self.spec, weights))

    # ---- as an object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self._hash == other._hash

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"<aann.Network {self.spec.text} hash {self._hash:016x}>"

    def _repr_html_(self) -> str:
        from aann._html import network_html

        return network_html(self)


def largest(logits: NDArray[np.int32]) -> NDArray[np.int64]:
    """The place of the first largest in each row of logits, a matrix in C order."""
    places = np.empty(len(logits), dtype=np.int64)
    if len(logits) > 0:
        lib.aann_python_answers(
            ffi.from_buffer("int32_t[]", logits),
            len(logits),
            logits.shape[1],
            ffi.from_buffer("int64_t[]", places),
        )
    return places


class _Evaluator:
    """A C evaluator with its error, for one call at a time."""

    __slots__ = ("c", "error", "inputs")

    def __init__(self, network: CData, threads: int) -> None:
        out = ffi.new("aann_evaluator **")
        call(lib.aann_evaluator_create, network, _threads(threads), ffi.NULL, out)
        self.c = ffi.gc(out[0], lib.aann_evaluator_destroy)
        self.error = ffi.new("aann_error *")
        self.inputs = ffi.new("aann_python_inputs *")
        self.inputs.threads = _threads(threads)
        self.inputs.outputs = lib.aann_network_spec(network).output_count


def _threads(threads: int) -> int:
    """The number of threads; 0 stands for all processors."""
    return natural("threads", threads, bits=31) or int(lib.aann_processor_count())


def _as_int8(array: NDArray[Any]) -> NDArray[np.int8]:
    """Other integers as int8, if they fit."""
    if array.dtype.kind not in "iub":
        raise TypeError(
            f"inputs of type {array.dtype}: a network reads int8 in -127..127; "
            "aann.Model and aann.Encoding turn measured values into those"
        )
    if array.size > 0 and (array.min() < -127 or array.max() > 127):
        raise errors.ArgumentError(
            f"inputs of {array.min()} to {array.max()}: expected -127 to 127; "
            "aann.Model and aann.Encoding turn measured values into those"
        )
    return array.astype(np.int8)


def _check_out(out: NDArray[np.int32], shape: tuple[int, int]) -> None:
    if not isinstance(out, np.ndarray) or out.dtype != np.int32:
        raise TypeError("out: expected an int32 array")
    if out.shape != shape or not out.flags.c_contiguous or not out.flags.writeable:
        raise errors.ArgumentError(
            f"out of shape {out.shape}: expected a writeable array {shape} in C order"
        )


def _check_packable(network: Network) -> None:
    """A model holds exactly the counts of its spec; a lesioned network has others."""
    call(lib.aann_network_check_counts, network._c)


def _set_weights(pointer: CData, spec: Spec, weights: Sequence[ArrayLike]) -> None:
    if len(weights) != len(spec.layers):
        raise errors.ArgumentError(
            f"weights of {len(weights)} layers: {spec.text} has {len(spec.layers)}"
        )
    for index, (layer, given) in enumerate(zip(spec.layers, weights, strict=True)):
        refuse_masks(given, f"weights of layer {index}")
        values = np.asarray(given)
        if values.shape != layer.weight_shape and values.shape != (layer.weight_count,):
            raise errors.ArgumentError(
                f"weights of layer {index} of shape {values.shape}: expected {layer.weight_shape}"
            )
        with np.errstate(invalid="ignore"):  # NaN: refused in the next line
            small = np.ascontiguousarray(values, dtype=np.int8)
        if values.dtype != np.int8 and not np.array_equal(small, values):
            raise errors.ArgumentError(f"weights of layer {index}: expected -1, 0 and 1")
        call(lib.aann_network_set_weights, pointer, index, ffi.from_buffer("int8_t[]", small))
