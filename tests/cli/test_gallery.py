"""The networks of gallery/: each is what its index and its README say, and usable wherever a model is.

ctest-timeout: 300
"""
import json
import os
import pathlib
import re
import shutil
import subprocess

import numpy

from program import PROGRAM, SOURCE, SAMPLES, TEST, answer, good, main, refused, run

GALLERY = SOURCE / "gallery"
INDEX = json.loads((GALLERY / "index.json").read_text(encoding="utf-8"))
README = (GALLERY / "README.md").read_text(encoding="utf-8")
NAMES = [item["name"] for item in INDEX]
BYTES_LIMIT = 200_000
COLUMNS = 78 - 12
USAGE, FAILED = 2, 1

# Where examples/signal/make_data.py finds its recording, if the package is installed.
RECORDING = pathlib.Path("/usr/lib/python3/dist-packages/scipy/misc/ecg.dat")
MNIST = pathlib.Path(os.environ.get("AANN_DATA", pathlib.Path.home() / ".local/share/aann")) / "mnist"


def test_files_index_and_readme_agree():
    files = list(GALLERY.glob("*.aannm"))
    assert sorted(NAMES) == sorted(file.stem for file in files) and len(set(NAMES)) == len(NAMES) >= 4
    assert sum(file.stat().st_size for file in files) <= BYTES_LIMIT
    for item in INDEX:
        shown = answer("show", GALLERY / f"{item['name']}.aannm")
        assert shown["hash"] == item["hash"], item["name"]
        assert item["hash"] in README and f"`{item['name']}`" in README, item["name"]
        for number in re.findall(r"\d+\.\d+", item["figure"]):
            assert number in README, f"{item['name']}: {number} is not explained"
        assert item["use"].startswith("aann ") and f"gallery:{item['name']}" in item["use"]
        assert all(len(item[key]) <= COLUMNS for key in ("title", "figure", "use")), item


def test_list():
    listed = answer("gallery")
    assert [item["name"] for item in listed["gallery"]] == NAMES
    for item, known in zip(listed["gallery"], INDEX):
        assert {key: item[key] for key in known} == known
        assert item["bytes"] == (GALLERY / f"{item['name']}.aannm").stat().st_size
        assert pathlib.Path(item["path"]).read_bytes() == (GALLERY / f"{item['name']}.aannm").read_bytes()
        counts = [(layer["zero"], layer["minus"] + layer["zero"] + layer["plus"])
                  for layer in answer("show", f"gallery:{item['name']}")["layers"]]
        assert abs(item["zeros"] - 100 * sum(zero for zero, _ in counts) / sum(all for _, all in counts)) < 1e-9
    text = good("gallery")
    assert all(known[key] in text for known in INDEX for key in ("name", "title", "figure", "use"))
    assert max(map(len, text.splitlines())) <= 78


def test_one():
    for name in NAMES:
        assert answer("gallery", name)["hash"] == answer("show", f"gallery:{name}")["hash"]
        assert "from: " in good("gallery", name)
        answer("gallery", name, "--out", f"{name}.copy")
        original = (GALLERY / f"{name}.aannm").read_bytes()
        assert pathlib.Path(f"{name}.copy").read_bytes() == original
    piped = subprocess.run([PROGRAM, "gallery", NAMES[0], "--out", "-"], capture_output=True, check=True)
    assert piped.stdout == (GALLERY / f"{NAMES[0]}.aannm").read_bytes() and b"hash" in piped.stderr


def test_exports():
    for name in NAMES:
        good("export", "c", f"gallery:{name}", "--out", f"{name}.h")
        good("export", "onnx", f"gallery:{name}", "--out", f"{name}.onnx")
        assert pathlib.Path(f"{name}.onnx").stat().st_size > 500
        good("export", "c", GALLERY / f"{name}.aannm", "--out", "other.h", "--name", name.replace("-", "_"))
        first, second = (pathlib.Path(file).read_text(encoding="utf-8") for file in (f"{name}.h", "other.h"))
        assert first == second


def test_drivers_drive_as_stated():
    """With the rewards that the index states, on every machine."""
    drivers = [item for item in INDEX if "laps" in item]
    assert drivers
    for item in drivers:
        first, rewards = item["laps"]["first"], item["laps"]["rewards"]
        assert len(rewards) == 3
        laps = answer("drive", f"gallery:{item['name']}", "--tracks", f"{first}:{first + 3}")
        assert laps["finished"] == [True] * 3, laps
        assert [round(reward, 1) for reward in laps["rewards"]] == rewards, laps


def test_digits_are_recognised():
    """On the few test images that are here, and if MNIST was fetched on all of them, to the figure that is stated."""
    assert answer("eval", "gallery:mnist", "--data", TEST)["accuracy"] > 0.96
    if (MNIST / "t10k-images-idx3-ubyte").exists():
        item = INDEX[NAMES.index("mnist")]
        accuracy = answer("eval", "gallery:mnist", "--data", "mnist:test")["accuracy"]
        assert f"{100 * accuracy:.2f} %" in item["figure"], accuracy


def test_heartbeats_are_found():
    if not RECORDING.exists():
        print("skipped: python3-scipy's recording is not installed")
        return
    shutil.copytree(SOURCE / "examples", "examples")
    subprocess.run(["/usr/bin/python3", "examples/signal/make_data.py", "."], check=True)
    found = answer("eval", "gallery:signal", "--data", "test.npz")
    assert f"{100 * found['accuracy']:.2f} %" in INDEX[NAMES.index("signal")]["figure"], found


def test_predictions_are_those_of_the_file():
    good("gallery", "mnist", "--out", "m.aannm")
    assert good("predict", "gallery:mnist", "--data", TEST) == good("predict", "m.aannm", "--data", TEST)
    good("predict", "gallery:mnist", "--data", TEST, "--logits", "l.npy")
    assert numpy.load("l.npy").shape == (len(good("predict", "m.aannm", "--data", TEST).split()), 10)
    assert SAMPLES.exists()


def test_where_it_is():
    """AANN_GALLERY comes first, then the folder beside the program, then share/aann/gallery of an installed tree."""
    program = pathlib.Path(os.environ.get("AANN", SOURCE / "build" / "aann")).resolve()
    pathlib.Path("mine").mkdir()
    shutil.copy(GALLERY / "signal.aannm", "mine/own.aannm")
    own = [{"name": "own", "title": "t", "figure": "f", "use": "u", "hash": "h"}]
    pathlib.Path("mine/index.json").write_text(json.dumps(own), encoding="utf-8")
    here = {**os.environ, "AANN_GALLERY": "mine"}
    assert [item["name"] for item in answer("gallery", env=here)["gallery"]] == ["own"]
    assert answer("show", "gallery:own", env=here)["hash"] == INDEX[NAMES.index("signal")]["hash"]
    os.makedirs("tree/bin")
    shutil.copytree("mine", "tree/share/aann/gallery")
    shutil.copy(program, "tree/bin/aann")
    moved = run("gallery", "--json", executable=str(pathlib.Path("tree/bin/aann").resolve()),
                env={**os.environ, "LD_LIBRARY_PATH": str(program.parent)})
    assert [item["name"] for item in json.loads(moved.stdout)["gallery"]] == ["own"], moved


def test_mistakes():
    refused(USAGE, "did you mean 'mnist'", "gallery", "mnits")
    refused(USAGE, "has no 'x'; 'aann gallery' lists", "show", "gallery:x")
    refused(USAGE, "--out needs a NAME", "gallery", "--out", "x")
    refused(USAGE, "no ID is expected", "drive", "gallery:driver", 1)
    refused(USAGE, "no ID is expected", "drive", "gallery:driver", "--ensemble", "1,2")
    refused(USAGE, "no driver: its input is not 1x96x96", "drive", "gallery:mnist")
    refused(USAGE, "no driver", "car", "record", "--driver", "gallery:mnist", "--out", "x.npz")
    refused(FAILED, "none.*index.json is missing", "gallery", env={**os.environ, "AANN_GALLERY": "none"})
    pathlib.Path("bad").mkdir()
    item = {"name": "own", "title": "t", "figure": "f", "use": "u", "hash": "h"}
    for text, words in [("[", "line 1"), ("{}", "no index of a gallery"), ("[1]", "no index"),
                        (json.dumps([{**item, "name": "../own"}]), "no index"), (json.dumps([{**item, "title": 3}]), "no index")]:
        pathlib.Path("bad/index.json").write_text(text, encoding="utf-8")
        refused(FAILED, words, "gallery", env={**os.environ, "AANN_GALLERY": "bad"})
    pathlib.Path("bad/index.json").write_text(json.dumps([item]), encoding="utf-8")
    refused(FAILED, "own.aannm", "gallery", env={**os.environ, "AANN_GALLERY": "bad"})
    damaged = bytearray((GALLERY / "signal.aannm").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    pathlib.Path("bad/own.aannm").write_bytes(damaged)
    refused(FAILED, "own.aannm", "gallery", "own", "--out", "copy", env={**os.environ, "AANN_GALLERY": "bad"})
    assert not pathlib.Path("copy").exists(), "a damaged file is not copied"


if __name__ == "__main__":
    main(globals())
