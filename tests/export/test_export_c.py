"""Exported C on this machine: it compiles everywhere without a warning, and its logits are those of predict."""
# ctest-timeout: 300
# ctest-needs: cli
import itertools
import os
import pathlib
import shutil
import subprocess

import numpy

import networks
from networks import PICTURES, good, make
from program import main

STRICT = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-ffreestanding"]
# Reads inputs, writes logits, with what a hosted program has.
PROGRAM = """
#include <stdio.h>
#include "{name}.h"
int main(void)
{{
    static {name}_input input[{capitals}_INPUTS];
    int32_t logits[{capitals}_OUTPUTS];
    while (fread(input, sizeof input, 1, stdin) == 1) {{
        {name}_run(input, logits);
        fwrite(logits, sizeof logits, 1, stdout);
    }}
    return 0;
}}
"""


def compilers():
    """gcc and clang, and as C++."""
    return [name for name in ("gcc", "clang") if shutil.which(name)]


def build(name, compiler, *flags):
    """The program of an exported header, compiled strictly."""
    pathlib.Path(f"{name}.c").write_text(PROGRAM.format(name=name, capitals=name.upper()), encoding="utf-8")
    subprocess.run([compiler, *STRICT, *flags, f"{name}.c", "-o", f"./{name}"], check=True, timeout=60)


def logits(name, inputs):
    """What the built program answers to inputs."""
    done = subprocess.run([f"./{name}"], input=inputs.tobytes(), capture_output=True, check=True, timeout=60)
    return numpy.frombuffer(done.stdout, numpy.int32).reshape(len(inputs), -1)


def test_logits_are_those_of_predict():
    for name, *network in PICTURES:
        inputs, expected = make(name, *network)
        for tables, words in itertools.product(("rice", "delta", "index"), (0, 1)):
            good("export", "c", f"{name}.aannm", "--out", f"{name}.h", "--tables", tables)
            build(name, os.environ.get("CC", "gcc"), f"-D{name.upper()}_WORDS={words}", "-fsanitize=address,undefined",
                  "-fno-sanitize-recover")
            assert (logits(name, inputs) == expected).all(), f"{name}, {tables}, words {words}"


def test_compilers():
    for name, *network in PICTURES[:4]:
        inputs, expected = make(name, *network)
        good("export", "c", f"{name}.aannm", "--out", f"{name}.h")
        for compiler in compilers():
            build(name, compiler, "-O3")
            assert (logits(name, inputs) == expected).all(), f"{name}, {compiler}"


if __name__ == "__main__":
    assert networks
    main(globals())
