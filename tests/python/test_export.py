"""Export: what C and ONNX answer is what the network answers, to the bit."""

from __future__ import annotations

import os
import shutil
import subprocess

import numpy as np
import pytest

import aann
from aann import export

COMPILER = shutil.which("cc") or shutil.which("gcc")
RNG = np.random.default_rng(0)

LOOP = """
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


@pytest.fixture(scope="module")
def pictures():
    """A model of pictures, bytes 0..255, and new pictures."""
    X = RNG.integers(0, 256, (200, 9, 8), dtype=np.uint8)
    y = (X[:, :4].mean(axis=(1, 2)) > X[:, 4:].mean(axis=(1, 2))).astype(int)
    result = aann.search(X, y, "4C3-MP2-2", steps=300)
    return result, RNG.integers(0, 256, (40, 9, 8), dtype=np.uint8)


@pytest.fixture(scope="module")
def table():
    """A model of a table with two decimals."""
    X = np.round(RNG.normal(size=(300, 5)), 2)
    return aann.search(X, np.where(X[:, 0] > X[:, 1], "left", "right"), "6-2", steps=300), X


def run(folder, source, values):
    """What the compiled program answers."""
    if COMPILER is None:
        pytest.skip("there is no C compiler")
    (folder / f"{source.name}.h").write_text(source.text)
    main = folder / "loop.c"
    main.write_text(LOOP.format(name=source.name, capitals=source.name.upper()))
    subprocess.run(
        [COMPILER, "-std=c99", "-Wall", "-Wextra", "-Werror", main, "-o", folder / "loop"],
        check=True,
    )
    done = subprocess.run(
        [folder / "loop"], input=values.tobytes(), capture_output=True, check=True
    )
    return np.frombuffer(done.stdout, np.int32).reshape(len(values), -1)


# ---- C


@pytest.mark.parametrize("tables", ["automatic", "rice", "delta", ["index", "rice"]])
def test_a_network_in_c(tmp_path, tables):
    network = aann.Network(aann.Spec("4C3-MP2-5>>1", (2, 7, 9), sparsity=60), seed=4)
    X = RNG.integers(-127, 128, (50, 126)).astype(np.int8)
    source = export.to_c(network, name="net", tables=tables)
    assert np.array_equal(run(tmp_path, source, X), network.logits(X))
    assert source.input == "encoded" and source.input_count == 126
    if tables == ["index", "rice"]:
        assert source.tables == ("index", "rice")


def test_a_model_of_pictures_in_c(tmp_path, pictures):
    result, X = pictures
    for given in (result, result.model):
        source = export.to_c(given, tmp_path / "my-pictures.h", test=X[:3])
        assert source.name == "my_pictures" and source.input == "bytes"
        assert (tmp_path / "my-pictures.h").read_text() == source.text
    assert np.array_equal(run(tmp_path, source, X), result.logits(X))


def test_the_self_test_of_the_example(tmp_path, table):
    result, X = table
    source = export.to_c(result, name="table", test=X[:20], per_unit=100)
    assert source.input == "numbers"
    numbers = np.round(X * 100).astype(np.int32)
    assert np.array_equal(run(tmp_path, source, numbers), result.logits(X))
    (tmp_path / "main.c").write_text(source.files["example"])
    subprocess.run([COMPILER, "-std=c99", tmp_path / "main.c", "-o", tmp_path / "main"], check=True)
    assert subprocess.run([tmp_path / "main"], check=False, capture_output=True).returncode == 0
    assert "table" in source.files["arduino"] and "table" in source.files["platformio"]


def test_what_it_needs(pictures):
    large = aann.Network(aann.Spec("64-10", 500, sparsity=90))
    small, fast = export.to_c(large, tables="rice"), export.to_c(large, tables="index")
    assert small.tables == ("rice", "rice") and fast.tables == ("index", "index")
    assert sum(small.table_bytes) < 0.6 * sum(fast.table_bytes)
    assert small.flash_bytes == sum(small.table_bytes) + small.code_bytes
    assert f"{small.memory_bytes:,} bytes of RAM" in str(small)
    result, X = pictures
    tested, untested = export.to_c(result, test=X[:9]), export.to_c(result)
    assert tested.self_test_bytes == 9 * (72 + 2 * 4) and untested.self_test_bytes == 0
    assert tested.flash_bytes == untested.flash_bytes


# ---- ONNX


def test_onnx(tmp_path, pictures, table):
    runtime = pytest.importorskip("onnxruntime")

    def answers(data, X):
        session = runtime.InferenceSession(data, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(None, {session.get_inputs()[0].name: X}), strict=True))

    result, X = pictures
    large = aann.Network(aann.Spec("64-10", 500))
    sizes = [len(export.to_onnx(large, form=form)) for form in ("float", "integer")]
    assert sizes[1] < 0.4 * sizes[0]
    for form in ("float", "integer"):
        found = answers(export.to_onnx(result, form=form), X.reshape(40, 1, 9, 8))
        assert np.array_equal(found["logits"], result.logits(X))
        assert np.array_equal(found["answer"], result.model.answers(result.logits(X)))
    result, X = table
    data = export.to_onnx(result, tmp_path / "table.onnx", probabilities=True)
    assert (tmp_path / "table.onnx").read_bytes() == data
    found = answers(data, X)
    assert np.array_equal(found["logits"], result.logits(X))
    assert np.allclose(found["probabilities"], result.model.probabilities(X), atol=1e-6)
    network = aann.Network(aann.Spec("4C3-MP2-5>>1", (2, 7, 9), sparsity=60), seed=4)
    X = RNG.integers(-127, 128, (50, 2, 7, 9)).astype(np.int8)
    assert np.array_equal(answers(export.to_onnx(network), X)["logits"], network.logits(X))


def test_the_same_bytes_as_the_program(tmp_path, program, pictures):
    result, _ = pictures
    result.model.save(tmp_path / "model.aannm")
    program("export", "onnx", tmp_path / "model.aannm", "--out", tmp_path / "theirs.onnx")
    assert (tmp_path / "theirs.onnx").read_bytes() == export.to_onnx(result)
    program("export", "c", tmp_path / "model.aannm", "--out", tmp_path / "net.h", "--name", "net")
    assert (tmp_path / "net.h").read_text() == export.to_c(result, name="net").text


def test_results_of_minimize_and_estimators():
    result = aann.minimize(lambda weights: float(weights[0].sum()), aann.Spec("3", 8), steps=20)
    assert export.to_onnx(result) == export.to_onnx(result.network)
    pytest.importorskip("sklearn")
    from aann.sklearn import SenseClassifier

    X = RNG.normal(size=(60, 3))
    fitted = SenseClassifier("4", steps=100, random_state=0).fit(X, X[:, 0] > 0)
    assert export.to_onnx(fitted) == export.to_onnx(fitted.model_)


# ---- what is refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "3net"}, "name"),
        ({"name": "a b"}, "name"),
        ({"tables": "fast"}, "tables 'fast': expected one of automatic, rice, delta, index"),
        ({"tables": ["rice"] * 7}, "tables"),
        ({"input": "bytes"}, "the model does not read bytes"),
        ({"input": "words"}, "input 'words': expected one of automatic, bytes"),
        ({"per_unit": 0}, "per_unit 0"),
        ({"test": [[1] * 8]}, "test: samples need a model with an encoding"),
    ],
)
def test_refused_for_c(arguments, message):
    network = aann.Network(aann.Spec("6-3", 8))
    with pytest.raises(ValueError, match=message):
        export.to_c(network, **arguments)


def test_refused(pictures, tmp_path):
    network = aann.Network(aann.Spec("6-3", 8))
    with pytest.raises(ValueError, match="form 'int4'"):
        export.to_onnx(network, form="int4")
    with pytest.raises(ValueError):
        export.to_onnx(network, input="uint8")
    with pytest.raises(TypeError, match="expected a Network, a Model or a result.*not str"):
        export.to_c("net.aannm")
    result, _ = pictures
    with pytest.raises(ValueError, match="expected samples of 72 values"):
        export.to_c(result, test=np.zeros((3, 9, 9), np.uint8))
    with pytest.raises(FileNotFoundError, match=r"nowhere/net\.h"):
        export.to_c(network, tmp_path / "nowhere" / "net.h")


def test_a_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    network = aann.Network(aann.Spec("6-3", 8))
    path = tmp_path / "net.h"
    path.write_text("mine")
    path.chmod(0o640)

    def full(*_):
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("pathlib.Path.replace", full)
        with pytest.raises(OSError, match="No space"):
            export.to_c(network, path)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() != export.to_c(network, path).text != "mine"
    assert path.stat().st_mode & 0o777 == 0o640
    link = tmp_path / "link.onnx"
    link.symlink_to(tmp_path / "net.onnx")
    assert export.to_onnx(network, link) == (tmp_path / "net.onnx").read_bytes()
    assert link.is_symlink()


def test_a_file_is_written_beside_the_one_that_a_link_names(tmp_path, monkeypatch):
    """A rename from the folder of the link would fail where that is on another disk."""
    network = aann.Network(aann.Spec("6-3", 8))
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    (here / "net.onnx").symlink_to(there / "net.onnx")
    opened = []
    system_open = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *more: opened.append(path) or system_open(path, *more)
    )
    export.to_onnx(network, here / "net.onnx")
    assert [path.parent for path in opened] == [there]
    assert [path.name for path in there.iterdir()] == ["net.onnx"]


def test_the_mask_of_the_process_is_obeyed_and_never_changed(tmp_path, monkeypatch):
    """It is that of all threads: another one's new file would have been open to everybody."""
    network = aann.Network(aann.Spec("6-3", 8))
    before = os.umask(0o027)
    try:
        with monkeypatch.context() as watched:
            watched.setattr(os, "umask", lambda mask: pytest.fail("the mask was changed"))
            export.to_onnx(network, tmp_path / "net.onnx")
    finally:
        os.umask(before)
    assert (tmp_path / "net.onnx").stat().st_mode & 0o777 == 0o640
    longest = tmp_path / ("n" * 250 + ".onnx")
    assert export.to_onnx(network, longest) == longest.read_bytes()
