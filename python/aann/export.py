"""Export: networks as C for chips, and as ONNX graphs for other engines.

Both take a `Network`, a `Model`, or what has one: a result of `search` or `minimize`, a fitted
estimator of `aann.sklearn`. A model encodes measured values itself; a network reads -127 to 127.

>>> import aann, aann.export
>>> network = aann.Network(aann.Spec("16-3", 8, sparsity=80))
>>> exported = aann.export.to_c(network, name="net")
>>> exported.text.splitlines()[0].startswith("/*")
True
>>> len(aann.export.to_onnx(network)) > 100
True
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aann import errors
from aann._arrays import Borrowed
from aann._files import write_whole
from aann._library import CData, c_text, call, ffi, lib, take_bytes, take_text
from aann.model import Model
from aann.network import Network

__all__ = ["CSource", "to_c", "to_onnx"]

TABLES = {
    "automatic": lib.AANN_EXPORT_C_AUTOMATIC,
    "rice": lib.AANN_EXPORT_C_RICE,
    "delta": lib.AANN_EXPORT_C_DELTA,
    "index": lib.AANN_EXPORT_C_INDEX,
}
INPUTS = {
    "automatic": lib.AANN_EXPORT_C_INPUT_AUTOMATIC,
    "bytes": lib.AANN_EXPORT_C_INPUT_BYTES,
    "numbers": lib.AANN_EXPORT_C_INPUT_NUMBERS,
    "encoded": lib.AANN_EXPORT_C_INPUT_ENCODED,
}
FILES = {
    "example": lib.AANN_EXPORT_C_EXAMPLE,
    "arduino": lib.AANN_EXPORT_C_ARDUINO,
    "platformio": lib.AANN_EXPORT_C_PLATFORMIO,
}
FORMS = {
    "automatic": lib.AANN_ONNX_AUTOMATIC,
    "float": lib.AANN_ONNX_FLOAT,
    "integer": lib.AANN_ONNX_INTEGER,
}
ONNX_INPUTS = {
    "automatic": lib.AANN_ONNX_INPUT_AUTOMATIC,
    "uint8": lib.AANN_ONNX_INPUT_UINT8,
    "int8": lib.AANN_ONNX_INPUT_INT8,
    "float32": lib.AANN_ONNX_INPUT_FLOAT32,
    "float64": lib.AANN_ONNX_INPUT_FLOAT64,
}


@dataclass(frozen=True)
class CSource:
    """A network as C source text, and what it needs on a chip."""

    text: str = field(repr=False)
    """a header: C99, C++ and Arduino compile it"""
    name: str
    """what all names in it begin with"""
    tables: tuple[str, ...]
    """how each layer's synapses are stored"""
    table_bytes: tuple[int, ...]
    """what they take in flash"""
    other_bytes: int
    """tables of the input and of the outputs"""
    self_test_bytes: int
    """samples of the self-test, which a chip needs only if it runs that"""
    code_bytes: int
    """machine code on a Cortex-M0+, estimated: others differ by a quarter"""
    memory_bytes: int
    """RAM: one static array, exact"""
    input: str
    """what the function takes: bytes, numbers or encoded"""
    input_count: int
    """values of a sample"""
    files: dict[str, str] = field(repr=False)
    """more files by what they are for: an example with a main, Arduino, PlatformIO"""

    @property
    def flash_bytes(self) -> int:
        """All tables and the code, without the self-test."""
        return sum(self.table_bytes) + self.other_bytes + self.code_bytes

    def __str__(self) -> str:
        return (
            f"{self.name}: about {self.flash_bytes:,} bytes of flash, {self.memory_bytes:,} bytes "
            f"of RAM; input: {self.input_count:,} {self.input}"
        )


def to_c(
    model: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    name: str | None = None,
    tables: str | Sequence[str] = "automatic",
    input: Literal["automatic", "bytes", "numbers", "encoded"] = "automatic",  # noqa: A002
    per_unit: int | Sequence[int] | None = None,
    test: Any = None,
) -> CSource:
    """A network as one C header: no floats, no heap, no multiplication, no library.

    Its logits are those of `Model.logits`, to the bit, on every chip.

    Parameters
    ----------
    model:
        See the module.
    path:
        Where to write the header, such as ``"digits.h"``; None: nowhere.
    name:
        What all names in the text begin with. None: the file's name, or ``"aann"``.
    tables:
        How synapses are stored, for all layers or one for each: ``"rice"`` (smallest),
        ``"delta"``, ``"index"`` (fastest) or ``"automatic"``.
    input:
        What the function takes: ``"bytes"``, measured ``"numbers"`` (times `per_unit`), or values
        that are ``"encoded"`` already.
    per_unit:
        With numbers: what is passed is a measured value times this, one for all or one for each.
    test:
        Measured samples with which the exported network tests itself; needs a model with an
        encoding.
    """
    chosen = _model(model)
    if name is None:
        name = "aann" if path is None else re.sub(r"\W", "_", Path(path).stem)
    borrowed = Borrowed()
    options = ffi.new("aann_export_c_options *", lib.aann_export_c_options_default())
    options.name = borrowed.keep(c_text(name, "name"))
    kinds = [tables] if isinstance(tables, str) else list(tables)
    options.tables = borrowed.keep(
        ffi.new("aann_export_c_table[]", [_choice(TABLES, kind, "tables") for kind in kinds])
    )
    options.table_count = len(kinds)
    options.input = _choice(INPUTS, input, "input")
    if per_unit is not None:
        units = [per_unit] if isinstance(per_unit, int) else [int(unit) for unit in per_unit]
        if any(not 0 < unit < 2**31 for unit in units):
            raise errors.ArgumentError(f"per_unit {per_unit}: expected whole numbers of 1 and more")
        options.per_unit = borrowed.keep(ffi.new("int32_t[]", units))
        options.per_unit_count = len(units)
    if test is not None:
        if chosen.encoding is None:
            raise errors.ArgumentError(
                "test: samples need a model with an encoding, such as result.model"
            )
        samples = borrowed.keep(chosen.encoding._dataset(test))
        options.self_test, options.self_test_count = samples, lib.aann_dataset_count(samples)
    source = _source(chosen, options, name)
    if path is not None:
        write_whole(path, source.text.encode())
    return source


def _source(model: Model, options: CData, name: str) -> CSource:
    out, report = ffi.new("char **"), ffi.new("aann_export_c_report *")
    call(lib.aann_model_export_c, model._c, options, out, report)
    header = take_text(out[0])
    files = {}
    for file, number in FILES.items():
        call(lib.aann_model_export_c_file, model._c, options, number, out)
        files[file] = take_text(out[0])
    layers = range(report.layer_count)
    return CSource(
        text=header,
        name=name,
        tables=tuple(_name_of(TABLES, report.tables[i]) for i in layers),
        table_bytes=tuple(report.table_bytes[i] for i in layers),
        other_bytes=report.input_bytes + report.output_bytes,
        self_test_bytes=report.self_test_bytes,
        code_bytes=report.code_bytes,
        memory_bytes=report.memory_bytes,
        input=_name_of(INPUTS, report.input),
        input_count=report.input_count,
        files=files,
    )


def to_onnx(
    model: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    form: Literal["automatic", "float", "integer"] = "automatic",
    input: Literal["automatic", "uint8", "int8", "float32", "float64"] = "automatic",  # noqa: A002
    probabilities: bool = False,
) -> bytes:
    """A network as an ONNX graph, whose logits are those of `Model.logits`, to the bit.

    Parameters
    ----------
    model:
        See the module.
    path:
        Where to write the file; None: nowhere.
    form:
        ``"float"``: Conv and MatMul of floats, where they are exact; ``"integer"``: ConvInteger and
        MatMulInteger, a quarter of the size.
    input:
        The type of the values that the graph reads.
    probabilities:
        One more output of a classification.

    The bytes are the file: ``onnxruntime.InferenceSession(data)`` and ``onnx.load_from_string``
    take them. Outputs are ``logits`` and ``answer``, of a regression ``logits`` and ``output``.
    """
    options = ffi.new("aann_onnx_options *", lib.aann_onnx_options_default())
    options.form = _choice(FORMS, form, "form")
    options.input = _choice(ONNX_INPUTS, input, "input")
    options.probabilities = bool(probabilities)
    memory, size = ffi.new("void **"), ffi.new("size_t *")
    call(lib.aann_model_export_onnx, _model(model)._c, options, memory, size, ffi.NULL)
    data = take_bytes(memory[0], size[0])
    if path is not None:
        write_whole(path, data)
    return data


def _model(given: Any) -> Model:
    """The model of anything that has one."""
    for name in ("", "model", "model_", "network"):
        found = given if name == "" else getattr(given, name, None)
        if isinstance(found, Model):
            return found
        if isinstance(found, Network):
            return Model(found)
    raise TypeError(
        f"model: expected a Network, a Model or a result that has one, not {type(given).__name__}"
    )


def _choice(choices: dict[str, int], wanted: str, name: str) -> int:
    if not isinstance(wanted, str) or wanted not in choices:
        raise errors.ArgumentError(f"{name} {wanted!r}: expected one of {', '.join(choices)}")
    return choices[wanted]


def _name_of(choices: dict[str, int], number: int) -> str:
    return next(name for name, value in choices.items() if value == number)
