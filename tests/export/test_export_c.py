"""Exported C on this machine: it compiles everywhere without a warning, and its logits are those of predict."""
# ctest-timeout: 600
# ctest-needs: cli
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess

import numpy

from networks import PICTURES, TABLES, WIDE, answer, good, make, make_table, predict
from program import main, refused, without_sanitizers

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
TESTS = 30
CHECKED = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover"]
# Reads inputs, writes logits.
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
USAGE, FAILED = 2, 1


def build(name, compiler, standard, *flags):
    """The program of an exported header, compiled strictly."""
    source = pathlib.Path(f"{name}.cpp" if "++" in standard else f"{name}.c")
    freestanding = [] if "++" in standard else ["-ffreestanding"]  # in C++ that would rename main
    source.write_text(PROGRAM.format(name=name, capitals=name.upper()), encoding="utf-8")
    subprocess.run([compiler, f"-std={standard}", *STRICT, *flags, *freestanding, source, "-o",
                    f"./{name}"], check=True, timeout=60)


def logits(name, inputs):
    """What the built program answers to inputs."""
    done = subprocess.run([f"./{name}"], input=inputs.tobytes(), capture_output=True, check=True, timeout=60)
    return numpy.frombuffer(done.stdout, numpy.int32).reshape(len(inputs), -1)


@without_sanitizers
def test_logits_are_those_of_predict():
    """Each kind of table with each kernel, all in one program."""
    variants = [("rice", 0), ("rice", 1), ("delta", 1), ("index", 0), ("index", 1)]
    for name, *network in PICTURES + WIDE:
        inputs, expected = make(name, *network)
        parts, calls = ["#include <stdio.h>"], []
        for tables, words in variants:
            variant = f"{name}_{tables}{words}"
            good("export", "c", f"{name}.aannm", "--out", f"{variant}.h", "--tables", tables)
            parts += [f"#define {variant.upper()}_WORDS {words}", f'#include "{variant}.h"']
            calls += [f"{variant}_run(input, logits);", "fwrite(logits, sizeof logits, 1, stdout);"]
        parts += ["int main(void)", "{", f"static uint8_t input[{inputs[0].size}];", f"int32_t logits[{expected.shape[1]}];",
                  "while (fread(input, sizeof input, 1, stdin) == 1) {", *calls, "}", "return 0;", "}"]
        pathlib.Path("all.c").write_text("\n".join(parts) + "\n", encoding="utf-8")
        compiler = os.environ.get("CC", "gcc")
        subprocess.run([compiler, "-std=c99", *STRICT, *CHECKED, "all.c", "-o", f"./{name}"], check=True, timeout=60)
        found = logits(name, inputs).reshape(len(inputs), len(variants), -1)
        for i, variant in enumerate(variants):
            assert (found[:, i] == expected).all(), f"{name}, {variant}"


@without_sanitizers
def test_every_compiler():
    compilers = [("gcc", "c99", "-Os"), ("clang", "c99", "-O3"), ("g++", "c++11", "-O3"), ("clang++", "c++17", "-Os")]
    for name, *network in (PICTURES[0], PICTURES[2]):
        inputs, expected = make(name, *network)
        good("export", "c", f"{name}.aannm", "--out", f"{name}.h")
        for compiler, standard, optimise in compilers:
            if shutil.which(compiler):
                build(name, compiler, standard, optimise)
                assert (logits(name, inputs) == expected).all(), f"{name}, {compiler} {optimise}"


@without_sanitizers
def test_no_call_is_left():
    """Freestanding compilers still make calls of memset and memcpy where they see one."""
    name, *network = PICTURES[0]
    make(name, *network)
    for tables in ("rice", "delta", "index"):
        good("export", "c", f"{name}.aannm", "--out", f"{name}.h", "--tables", tables, "--data", f"{name}.npz",
             "--self-test", 3)
        text = f'#include "{name}.h"\nlong f(void);\nlong f(void) {{ return {name}_self_test(); }}\n'
        pathlib.Path("alone.c").write_text(text, encoding="utf-8")
        for compiler, optimise in itertools.product(("gcc", "clang"), ("-Os", "-O3")):
            if shutil.which(compiler):
                subprocess.run([compiler, "-std=c99", "-ffreestanding", "-fno-stack-protector", "-fno-pic", optimise, "-c",
                                "alone.c"], check=True, timeout=60)
                missing = subprocess.run(["nm", "-u", "alone.o"], capture_output=True, text=True, check=True).stdout
                assert missing == "", f"{compiler} {optimise} {tables}: {missing}"


def test_mixed_tables_and_names():
    name, *network = PICTURES[0]
    inputs, expected = make(name, *network)
    shown = answer("export", "c", f"{name}.aann", 1, "--out", "other name-2.h", "--tables", "index,auto,delta")
    assert [layer["table"] for layer in shown["flash"]["layers"]][::2] == ["index", "delta"], shown
    text = pathlib.Path("other name-2.h").read_text(encoding="utf-8")
    assert "other_name_2_run" in text and "OTHER_NAME_2_INPUTS" in text
    assert good("export", "c", f"{name}.aannm", "--out", "-", "--name", "other_name_2", "--tables",
                "index,auto,delta") == text, "a file and a member give different texts"
    pathlib.Path("other_name_2.h").write_text(text, encoding="utf-8")
    build("other_name_2", "gcc", "c99", "-O1")
    assert (logits("other_name_2", inputs) == expected).all()
    memory = int(re.search(r"bytes\[(\d+)\]", text).group(1))
    assert shown["ram"] == memory and f"RAM     {memory} bytes" in text


def test_encoded_inputs():
    name, *network = PICTURES[4]
    inputs, expected = make(name, *network)
    good("export", "c", f"{name}.aannm", "--out", f"{name}.h", "--input", "encoded")
    build(name, "gcc", "c99", *CHECKED)
    assert (logits(name, (inputs >> 1).astype(numpy.int8)) == expected).all()


# ---- tables ----------------------------------------------------------------------------------------------------------

READING = ("--label-column", "--target-columns", "--drop-columns", "--window")


def export_table(name, arguments, *more):
    """Exports with a self-test; returns the JSON."""
    reading = [word for key, value in zip(arguments[::2], arguments[1::2]) if key in READING for word in (key, value)]
    return answer("export", "c", f"{name}.aannm", "--out", f"{name}.h", "--data", f"{name}.csv", "--self-test", TESTS,
                  "--example", *reading, *more)


def compiled_example(flags):
    """The output of main.c."""
    subprocess.run(["gcc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *flags, "main.c"], check=True, timeout=60)
    done = subprocess.run(["./a.out"], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.splitlines()


def test_tables():
    for name, regression, arguments in TABLES:
        make_table(name, regression, arguments)
        reading = [word for key, value in zip(arguments[::2], arguments[1::2]) if key in READING[2:] for word in (key, value)]
        for tables in ("rice", "index"):
            pathlib.Path("main.c").unlink(missing_ok=True)
            export_table(name, arguments, "--tables", tables)
            said = compiled_example(CHECKED)
            assert said[0] == f"self-test: {TESTS} samples, 0 logits are wrong", f"{name}: {said}"
        if regression:
            value = float(said[-1])
            exact = float(good("predict", f"{name}.aannm", "--data", f"{name}.csv", *reading).splitlines()[0])
            bits = int(re.search(r"_FRACTION_BITS (\d+)", pathlib.Path(f"{name}.h").read_text(encoding="utf-8")).group(1))
            assert bits >= 8 and abs(value - exact) <= 2.0 ** -bits + 5e-5, f"{name}: {value}, {exact}, {bits} bits"
        else:
            assert said[-1] in ('yes "?/*x*/??/', "no ä"), said


def test_odd_columns():
    """Several ranges of one column, and names that would end a comment or turn the direction of writing: the text that
    export_export_c_api's model gives."""
    program = pathlib.Path(os.environ["AANN_BINARY_DIR"]) / "tests" / "export_export_c_api"
    subprocess.run([program], env={**os.environ, "AANN_WRITE_MODELS": os.getcwd()}, capture_output=True, check=True,
                   timeout=100)
    units = numpy.array([10, 1, 10])
    draw = numpy.random.default_rng(3)
    inputs = numpy.stack([draw.integers(-50, 60, 600), draw.integers(0, 3, 600), draw.integers(-1100, 300, 600)], 1)
    inputs[:200, 2] = draw.integers(-15, 15, 200)
    numpy.save("columns.npy", inputs / units)
    expected = predict("columns", "columns.npy")
    good("export", "c", "columns.aannm", "--out", "columns.h", "--per-unit", "10,1,10")
    build("columns", "gcc", "c99", *CHECKED)
    assert (logits("columns", inputs.astype(numpy.int32)) == expected).all()
    assert len(numpy.unique(expected)) > 100, "the samples tell nothing"
    text = pathlib.Path("columns.h").read_bytes().decode("utf-8")
    assert "_#error\u00e4: value x 10" in text and "a_*_" in text, text[:2000]
    assert not re.search("[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", text)


def test_a_wrong_logit_is_found():
    name, regression, arguments = TABLES[0]
    make_table(name, regression, arguments)
    export_table(name, arguments)
    text = pathlib.Path(f"{name}.h").read_text(encoding="utf-8")
    first = re.search(r"_test_logits\[\].*\n +(-?\d+)", text)
    pathlib.Path(f"{name}.h").write_text(text[:first.start(1)] + "77777" + text[first.end(1):], encoding="utf-8")
    assert compiled_example([])[0] == f"self-test: {TESTS} samples, 1 logits are wrong"


def test_units():
    name, regression, arguments = TABLES[0]
    make_table(name, regression, arguments)
    good("export", "c", f"{name}.aannm", "--out", f"{name}.h", "--per-unit", "10,1000,1,1000000,1")
    assert "length: value x 10\n" in pathlib.Path(f"{name}.h").read_text(encoding="utf-8")
    # A threshold between two counts is the upper one, in units of 1: many values are exactly at it.
    export_table(name, arguments, "--per-unit", "10,1000,1,1000000,1")
    assert compiled_example(CHECKED)[0] == f"self-test: {TESTS} samples, 0 logits are wrong"
    refused(FAILED, "sample 1, value 2 is no whole number of 1/10", "export", "c", f"{name}.aannm", "--out", "x.h",
            "--per-unit", "10,10,1,1000000,1", "--data", f"{name}.csv", "--self-test", 3)
    refused(USAGE, "column 5 holds words", "export", "c", f"{name}.aannm", "--out", "x.h", "--per-unit", "10")
    refused(USAGE, "3 numbers per unit for 5 values", "export", "c", f"{name}.aannm", "--out", "x.h", "--per-unit", "1,1,1")
    refused(USAGE, "whole numbers", "export", "c", f"{name}.aannm", "--out", "x.h", "--per-unit", "1.5")
    assert not pathlib.Path("x.h").exists()


# ---- the rest --------------------------------------------------------------------------------------------------------

def test_files_beside():
    name, *network = PICTURES[0]
    make(name, *network)
    folder = pathlib.Path("library")
    folder.mkdir()
    good("export", "c", f"{name}.aannm", "--out", folder / "net.h", "--data", f"{name}.npz", "--self-test", 4, "--example",
         "--arduino")
    assert sorted(path.name for path in folder.iterdir()) == ["library.json", "library.properties", "main.c", "net.h"]
    assert json.loads((folder / "library.json").read_text(encoding="utf-8"))["headers"] == "net.h"
    assert "includes=net.h\n" in (folder / "library.properties").read_text(encoding="utf-8")
    done = subprocess.run("gcc main.c && ./a.out", shell=True, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("self-test: 4 samples, 0 logits are wrong\n"), done
    before = (folder / "main.c").read_bytes()
    refused(FAILED, "main.c: is there already", "export", "c", f"{name}.aannm", "--out", folder / "net.h", "--example")
    assert (folder / "main.c").read_bytes() == before
    (folder / "main.c").unlink()
    (folder / "library.properties").unlink()
    refused(FAILED, "library.json: is there already", "export", "c", f"{name}.aannm", "--out", folder / "net.h",
            "--example", "--arduino")
    assert not (folder / "main.c").exists() and not (folder / "library.properties").exists()
    refused(USAGE, "--out is -", "export", "c", f"{name}.aannm", "--out", "-", "--example")
    for option in ("--example", "--arduino"):
        refused(USAGE, "would include my_net.h, not my-net.h", "export", "c", f"{name}.aannm", "--out", "my-net.h", option)
        refused(USAGE, "would include b.h, not a.h", "export", "c", f"{name}.aannm", "--out", "a.h", "--name", "b", option)
        refused(USAGE, "would include main.h, not main.c", "export", "c", f"{name}.aannm", "--out", "main.c", option)


def test_bad_input():
    name, *network = PICTURES[0]
    make(name, *network)
    model = f"{name}.aannm"
    for pattern, *arguments in (
            ("--out FILE is missing", model),
            ("expected auto, rice, delta or index", model, "--out", "x.h", "--tables", "huffman"),
            ("2 kinds of tables for 3 layers", model, "--out", "x.h", "--tables", "rice,delta"),
            ("expected auto, bytes, numbers or encoded", model, "--out", "x.h", "--input", "floats"),
            ("does not read numbers: expected bytes or encoded", model, "--out", "x.h", "--input", "numbers"),
            ("for an input of numbers only", model, "--out", "x.h", "--per-unit", "10"),
            ("name '1x'", model, "--out", "x.h", "--name", "1x"),
            ("belong together", model, "--out", "x.h", "--self-test", "3"),
            ("belong together", model, "--out", "x.h", "--data", f"{name}.npz"),
            ("41 samples are asked for; there are 40", model, "--out", "x.h", "--data", f"{name}.npz", "--self-test", "41"),
            ("no ID is expected", model, "1", "--out", "x.h"),
            ("is no model", f"{name}.npz", "--out", "x.h")):
        refused(USAGE, pattern, "export", "c", *arguments)
    refused(FAILED, "nowhere", "export", "c", model, "--out", "nowhere/x.h")
    assert not pathlib.Path("x.h").exists()


if __name__ == "__main__":
    main(globals())
