"""Data sets by name: from the data folder, from a mirror, and what is refused."""

import gzip
import hashlib
import http.client
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aann
from aann import datasets

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}


def idx(array):
    """An array as an IDX file."""
    code = next(code for code, name in TYPES.items() if np.dtype(name) == array.dtype)
    head = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A set "tiny" on a mirror of its own, and an empty data folder."""
    arrays = {
        "train-images-idx3-ubyte": np.arange(5 * 4, dtype=np.uint8).reshape(5, 2, 2),
        "train-labels-idx1-ubyte": np.arange(5, dtype=np.uint8),
        "t10k-images-idx3-ubyte": np.ones((3, 2, 2), dtype=np.uint8),
        "t10k-labels-idx1-ubyte": np.arange(3, dtype=np.uint8),
    }
    mirror = tmp_path / "mirror" / "tiny"
    mirror.mkdir(parents=True)
    files = {}
    for name, array in arrays.items():
        content = idx(array)
        files[name] = datasets._File(len(content), hashlib.sha256(content).hexdigest())
        (mirror / f"{name}.gz").write_bytes(gzip.compress(content))
    monkeypatch.setitem(datasets._SETS, "tiny", datasets._Set(files, ("file:///nowhere",)))
    monkeypatch.setenv("AANN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("AANN_MIRROR", f"file://{mirror.parent}")
    return mirror


def test_fetch(tiny, tmp_path, monkeypatch):
    X, y = datasets.fetch("tiny")
    assert X.tolist() == np.arange(20).reshape(5, 2, 2).tolist() and y.tolist() == [0, 1, 2, 3, 4]
    assert X.dtype == y.dtype == np.uint8
    monkeypatch.setenv("AANN_MIRROR", "file:///nowhere")
    again, _ = datasets.fetch("tiny", "train")  # it is in the folder now
    assert np.array_equal(again, X)
    assert sorted(path.name for path in (tmp_path / "data" / "tiny").iterdir()) == [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
    ]
    with pytest.raises(OSError, match="no source worked"):
        datasets.fetch("tiny", "test")
    with pytest.raises(KeyError, match="downloads it"):
        datasets.fetch("tiny", "test", download=False)


def test_mirrors_are_tried_in_turn(tiny, monkeypatch):
    monkeypatch.delenv("AANN_MIRROR")
    known = datasets._SETS["tiny"]
    places = ("file:///nowhere", f"file://{tiny}")
    monkeypatch.setitem(datasets._SETS, "tiny", datasets._Set(known.files, places))
    assert len(datasets.fetch("tiny", "test")[1]) == 3


def test_an_answer_that_breaks_off_is_no_end(tiny, monkeypatch):
    monkeypatch.delenv("AANN_MIRROR")
    known = datasets._SETS["tiny"]
    places = ("http://broken", f"file://{tiny}")
    monkeypatch.setitem(datasets._SETS, "tiny", datasets._Set(known.files, places))
    get = datasets._get

    def breaks_off(url, size):
        if "broken" in url:
            raise http.client.IncompleteRead(b"")
        return get(url, size)

    monkeypatch.setattr(datasets, "_get", breaks_off)
    assert len(datasets.fetch("tiny", "test")[1]) == 3


@pytest.mark.parametrize("how", ["other", "longer", "shorter", "bomb", "no gzip", "scheme"])
def test_a_wrong_file_is_not_kept(tiny, tmp_path, monkeypatch, how):
    path = tiny / "train-images-idx3-ubyte.gz"
    content = gzip.decompress(path.read_bytes())
    wrong = {
        "other": gzip.compress(content[:-1] + b"x"),
        "longer": gzip.compress(content + b"x"),
        "shorter": gzip.compress(content[:-1]),
        "bomb": gzip.compress(bytes(50_000_000)),
        "no gzip": content,
        "scheme": path.read_bytes(),
    }
    path.write_bytes(wrong[how])
    if how == "scheme":
        monkeypatch.setenv("AANN_MIRROR", "ftp://somewhere")
    with pytest.raises(aann.errors.InputOutputError, match="no source worked"):
        datasets.fetch("tiny")
    assert not (tmp_path / "data" / "tiny").exists()


def test_a_damaged_folder_is_refused(tiny, tmp_path):
    datasets.fetch("tiny")
    path = tmp_path / "data" / "tiny" / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\7")
    with pytest.raises(ValueError, match="SHA-256"):
        datasets.fetch("tiny")


def test_names():
    with pytest.raises(KeyError, match="there are: mnist, fashion-mnist"):
        datasets.fetch("cifar")
    with pytest.raises(ValueError, match="train or test"):
        datasets.fetch("mnist", "validation")
    assert datasets.class_names("mnist") is None
    assert datasets.class_names("fashion-mnist")[-1] == "Ankle boot"


def test_the_folder_is_the_programs(monkeypatch, tmp_path):
    for variable in ("AANN_DATA", "XDG_DATA_HOME", "HOME"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ValueError, match="AANN_DATA"):
        datasets.folder()
    monkeypatch.setenv("HOME", "/h")
    assert str(datasets.folder()) == "/h/.local/share/aann"
    monkeypatch.setenv("XDG_DATA_HOME", "/x")
    assert str(datasets.folder()) == "/x/aann"
    monkeypatch.setenv("AANN_DATA", str(tmp_path))
    assert datasets.folder() == tmp_path


def test_the_sets_are_the_programs():
    """Sizes, check sums and mirrors are those in the program's source."""
    from conftest import SOURCES

    text = (SOURCES / "src" / "cli" / "fetch" / "sets.c").read_text()
    for name, known in datasets._SETS.items():
        part = text[text.index(f'.name = "{name}"') :]
        for file_name, file in known.files.items():
            assert f'"{file_name}", {file.size},' in part
            assert file.sha256 in part
        for mirror in known.mirrors:
            assert mirror in part
    names = (SOURCES / "src" / "data" / "catalog.c").read_text()
    for name in datasets.class_names("fashion-mnist"):
        assert f'"{name}"' in names


def test_mnist_if_it_is_there():
    if not (datasets.folder() / "mnist" / "train-images-idx3-ubyte").is_file():
        pytest.skip("MNIST is not in the data folder")
    X, y = datasets.fetch("mnist", "train", download=False)
    assert X.shape == (60000, 28, 28) and y[:3].tolist() == [5, 0, 4]
    assert datasets.fetch("mnist", "test", download=False)[0].shape == (10000, 28, 28)


# ---- IDX


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(TYPES)),
    st.lists(st.integers(0, 4), min_size=1, max_size=4),
    st.booleans(),
    st.integers(0, 1 << 32),
)
def test_idx_round_trip(tmp_path_factory, code, shape, packed, seed):
    values = np.random.default_rng(seed).integers(-100, 100, shape)
    array = values.astype(TYPES[code])
    content = idx(array)
    path = tmp_path_factory.mktemp("idx") / "array"
    path.write_bytes(gzip.compress(content) if packed else content)
    found = datasets.read_idx(path)
    assert found.dtype == array.dtype and np.array_equal(found, array)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), st.sampled_from([b"", b"\0\0", b"\0\0\x08\1", b"\x1f\x8b"]))
def test_idx_of_a_stranger(tmp_path_factory, content, head):
    path = tmp_path_factory.mktemp("idx") / "array"
    path.write_bytes(head + content)
    try:
        datasets.read_idx(path)
    except aann.errors.FormatError as error:
        assert str(path) in str(error)


def test_a_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "SIZE_LIMIT", 1000)
    path = tmp_path / "array"
    path.write_bytes(gzip.compress(idx(np.zeros(900, dtype=np.uint8))))
    assert len(datasets.read_idx(path)) == 900
    path.write_bytes(gzip.compress(idx(np.zeros(2000, dtype=np.uint8))))
    with pytest.raises(aann.errors.FormatError, match="more than 1000"):
        datasets.read_idx(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "begins with two bytes 0"),
        (b"\0\0\x0a\1\0\0\0\0", "0x0a"),
        (b"\0\0\x08\5" + bytes(20), "5 dimensions"),
        (b"\0\0\x08\2\0\0\0\1", "within the IDX header"),
        (b"\0\0\x08\1\0\0\0\3ab", "2 bytes of data"),
        (b"\0\0\x08\1\0\0\0\1ab", "2 bytes of data"),
        (b"\0\0\x08\4" + b"\xff" * 16, "bytes of data"),
        (b"\x1f\x8bnonsense", "gzip"),
    ],
)
def test_bad_idx(tmp_path, content, what):
    path = tmp_path / "array"
    path.write_bytes(content)
    with pytest.raises(aann.errors.FormatError, match=what):
        datasets.read_idx(path)
