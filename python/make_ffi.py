"""Writes the C source of aann._aann: the declarations of the public headers, for cffi.

usage: make_ffi.py INCLUDE_FOLDER OUTPUT.c

There is no second description of the library: the headers are read as they are, without comments
and preprocessor lines. The C compiler then checks every struct and call against the real ones.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import cffi

# In this order: what a header uses is declared before it. Pictures are matplotlib's job in Python.
HEADERS = [
    *("status", "version", "network", "samples", "task", "search", "options", "objective"),
    *("dale", "development"),
    *("evaluate", "model", "export_c", "export_onnx", "car", "car_driver", "cars", "data", "study"),
    *("geometry", "intervals", "nulls", "family_data", "family"),
    *("lesion", "ensemble", "measures", "ablation"),
    *("walk", "path", "connect", "merge", "excerpt"),
    *("phases", "drive", "recording", "dagger", "report", "sampler", "sample", "volume"),
]

# Functions of a build without files (AANN_FILES=OFF): NumPy and pandas read and write files here.
LEFT_OUT = re.compile(
    r"^\w[\w *]*?\b(aann_npz_binarise|aann_npy_write_int32|aann_npz_write|aann_dataset_load|"
    r"aann_data_folder|aann_file_sha256|aann_stream_\w+|aann_family_stream_open|"
    r"aann_family_encode)\(.*?\);\n",
    re.MULTILINE | re.DOTALL,
)

# What a C preprocessor would have known.
CONSTANTS = "static const uint64_t AANN_CARS_NO_SEED;\n"


def declarations(header: Path) -> str:
    """The header's declarations: no comments, no preprocessor lines, no extern "C"."""
    text = header.read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"//.*", "", text)
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.DOTALL)
    text = re.sub(r"^\s*#(\\\n|.)*", "", text, flags=re.MULTILINE)
    return re.sub(r"\n\s*\n+", "\n", text.replace("AANN_API ", ""))


def main() -> None:
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    here = Path(__file__).parent
    public = "".join(declarations(folder / f"{name}.h") for name in HEADERS)
    public = LEFT_OUT.sub("", public)
    ffi = cffi.FFI()
    callbacks = re.sub(r"/\*.*?\*/", "", (here / "callbacks.cdef").read_text(encoding="utf-8"))
    ffi.cdef(public + CONSTANTS + declarations(here / "glue.h") + callbacks)
    includes = "".join(f'#include "aann/{name}.h"\n' for name in HEADERS)
    ffi.set_source("aann._aann", f'{includes}#include "glue.h"\n', py_limited_api=True)
    ffi.emit_c_code(str(output))


if __name__ == "__main__":
    main()
