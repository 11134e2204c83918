"""ONNX files in ONNX Runtime against 'aann predict': every logit, answer and output the same, for every kind of layer,
encoding and input, with the engine's optimiser off and on, sample by sample and many at once."""
# ctest-timeout: 600
# ctest-labels: slow release
# ctest-needs: cli
import csv
import json
import os
import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent.parent / "cli")]
import onnx_environment  # noqa: E402

onnx_environment.ensure()

import gzip  # noqa: E402

import numpy  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402

from networks import gallery, gallery_samples  # noqa: E402
from program import TEST, TRAIN, answer, good, main, refused  # noqa: E402

OPTIMISERS = [onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL]
COUNT = 200


# ---- the two sides ------------------------------------------------------------------------------------------------


def search(name, spec, *arguments):
    """A model NAME.aannm with a network that little was searched for."""
    good("search", "--net", spec, "--steps", 60, "--members", 1, "--quiet", "--study", f"{name}.aann", "--threshold", 0,
         *arguments)
    good("save", f"{name}.aann", 1, "--out", f"{name}.aannm")


def expected(name, data, *arguments):
    """Logits, answers and values of the program."""
    good("predict", f"{name}.aannm", "--data", data, "--logits", "logits.npy", *arguments)
    said = answer("predict", f"{name}.aannm", "--data", data, *arguments)
    values = numpy.array(said["values"]) if said["values"] is not None else None
    return numpy.load("logits.npy"), said["answers"], values


def session(path, optimiser):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = optimiser
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def outputs(path, optimiser, samples, batch):
    """All outputs by name, of samples given `batch` at a time."""
    engine = session(path, optimiser)
    names = [output.name for output in engine.get_outputs()]
    parts = [engine.run(names, {"input": samples[first:first + batch]}) for first in range(0, len(samples), batch)]
    return {name: numpy.concatenate([part[i] for part in parts]) for i, name in enumerate(names)}


def check_structure(path):
    """The file is what ONNX says a file is, and the shapes of all values follow."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    known = {value.name for value in [*inferred.graph.value_info, *inferred.graph.output]}
    assert known >= {node.output[0] for node in model.graph.node}, path
    assert (model.ir_version, model.opset_import[0].version, model.producer_name) == (7, 13, "aann")
    assert len({node.name for node in model.graph.node}) == len(model.graph.node)
    return {pair.key: pair.value for pair in model.metadata_props}


def compare(name, samples, wanted, *arguments):
    """Both forms, both optimisers, one and 64 at a time, against the wanted logits, answers and values."""
    logits, answers, values = wanted
    assert len(samples) == len(logits) > 0
    for form in ("float", "integer"):
        path = f"{name}-{form}.onnx"
        good("export", "onnx", f"{name}.aannm", "--out", path, "--arithmetic", form, *arguments)
        about = check_structure(path)
        assert about["aann.arithmetic"] == form and about["aann.hash"] == answer("show", f"{name}.aannm")["hash"]
        for optimiser in OPTIMISERS:
            for batch in (1, 64) if len(samples) < 1000 else (64,):
                found = outputs(path, optimiser, samples, batch)
                where = f"{name} {form} {optimiser} batch {batch} {arguments}"
                assert found["logits"].dtype == numpy.int32 and found["logits"].shape == logits.shape, where
                different = int((found["logits"] != logits).sum())
                assert different == 0, f"{where}: {different} of {logits.size} logits differ"
                if values is None:
                    assert list(found["answer"]) == answers, where
                    assert "output" not in found, where
                else:
                    assert found["output"].dtype == numpy.float64 and (found["output"] == values).all(), where
                    assert "answer" not in found, where
    assert len(numpy.unique(logits)) > 2 or name == "nothing", f"{name}: the network says nothing"


def pictures(path, count=COUNT):
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read()[16:], numpy.uint8).reshape(-1, 1, 28, 28)[:count]


# ---- networks ---------------------------------------------------------------------------------------------------------


def test_layers():
    """Every kind of layer, on pictures as bytes."""
    samples = pictures(TEST)
    for i, spec in enumerate(("10", "4C5s2-MP2-6C3-MP2-10", "16C5@50-MP2-32C5@90-MP2-10@90",
                              "3C3v-MP3-4C4s2>>2-20-10>>1", "MP2-5C2-MP2x3-10", "MP3x2-4C4vs3-10@90",
                              "8C7vs4@50>>4-MP2-20@80>>3-30>>2-10", "6C1x5s3-MP1x4-5C6x1>>1-MP5x2-10", "12>>24-10",
                              "20-8C1-10", "20-6C5s2>>2-10>>3")):
        name = f"layers{i}"
        search(name, spec, "--data", TRAIN, "--seed", i)
        compare(name, samples, expected_prefix(name))


def expected_prefix(name):
    """What the program says about the first samples of the test pictures."""
    logits, answers, values = expected(name, TEST)
    return logits[:COUNT], answers[:COUNT], values


def test_the_gallery():
    """What comes with aann, on digits, an electrocardiogram, and pictures of a drive."""
    for name in gallery():
        good("gallery", name, "--out", f"{name}.aannm")
        path = gallery_samples(name, COUNT)
        logits, answers, values = expected(name, path)
        samples = pictures(TEST) if path == TEST else numpy.load(path)
        samples = samples["inputs"] if path.endswith(".npz") else samples
        shape = answer("show", f"{name}.aannm")["input"]
        count = min(COUNT, len(samples))
        compare(name, samples[:count].reshape(-1, *shape),
                (logits[:count], None if answers is None else answers[:count], None if values is None else values[:count]),
                *(("--input", "float64") if samples.dtype == numpy.float64 else ()))


def test_real_network():
    """A network that was really searched for answers as well in ONNX Runtime as here."""
    good("search", "--data", TRAIN, "--net", "8C5@50-MP2-16C5@80-MP2-10@80", "--steps", 4000, "--members", 1, "--quiet",
         "--study", "real.aann", "--threshold", 0)
    good("save", "real.aann", 1, "--out", "real.aannm")
    samples = pictures(TEST, None)
    wanted = expected("real", TEST)
    compare("real", samples, wanted)
    with gzip.open(TEST.replace("images-idx3", "labels-idx1")) as file:
        labels = numpy.frombuffer(file.read()[8:], numpy.uint8)
    accuracy = float((numpy.array(wanted[1]) == labels).mean())
    assert accuracy > 0.5 and abs(accuracy - answer("eval", "real.aannm", "--data", TEST)["accuracy"]) < 1e-12


def test_every_byte():
    """All 256 values of a byte: in a float they are scaled as in a byte."""
    search("bytes", "3-2>>1", "--data", make_npz("bytes.npz", numpy.arange(512, dtype=numpy.uint8).reshape(256, 2),
                                               numpy.arange(256) % 2), "--sparsity", 0)
    values = numpy.stack([numpy.arange(256), numpy.arange(256)[::-1]], axis=1).astype(numpy.uint8)
    wanted = expected("bytes", make_npz("all.npz", values))
    compare("bytes", values, wanted)
    compare("bytes", values.astype(numpy.float32), wanted, "--input", "float32")
    fractions = numpy.random.default_rng(1).uniform(0, 255, (500, 2)).astype(numpy.float32)
    compare("bytes", fractions, expected("bytes", make_npz("fractions.npz", fractions)), "--input", "float32")


def test_small_bytes():
    """Bytes that are counts, which are scaled by the largest of the training data."""
    counts = numpy.random.default_rng(2).integers(0, 17, (300, 1, 6, 5)).astype(numpy.uint8)
    search("counts", "4C3-MP2-3", "--data", make_npz("counts.npz", counts, numpy.arange(300) % 3))
    fresh = (counts[:100] * 2).astype(numpy.uint8)
    wanted = expected("counts", make_npz("fresh.npz", fresh))
    compare("counts", fresh.astype(numpy.float32), wanted)
    compare("counts", fresh, wanted, "--input", "uint8")


def test_windows():
    """Windows of a recording: each channel has one range for all its times."""
    draw = numpy.random.default_rng(4)
    walk = numpy.cumsum(draw.normal(size=(800, 3)), axis=0) * [0.01, 1, 30]
    with open("recording.csv", "w", encoding="utf-8") as file:
        file.write("x,y,z,kind\n" + "".join(f"{a:.4f},{b:.4f},{c:.4f},{'ab'[i // 100 % 2]}\n"
                                            for i, (a, b, c) in enumerate(walk)))
    search("windows", "5C1x5-MP1x2-2", "--data", "recording.csv", "--label-column", "kind", "--window", 16,
           "--window-step", 4)
    good("export", "onnx", "windows.aannm", "--out", "w.onnx")
    constants = {tensor.name: list(tensor.dims) for tensor in onnx.load("w.onnx").graph.initializer}
    assert constants["encoding.above.features"] == [3, 1, 1], constants
    samples = draw.normal(size=(100, 3, 1, 16)) * [[[0.1]], [[9]], [[300]]]
    samples = samples.astype(numpy.float32)
    compare("windows", samples, expected("windows", make_npz("fresh.npz", samples)))


def make_npz(path, x, y=None, **more):
    numpy.savez(path, x=x, **({} if y is None else {"y": y}), **more)
    return path


def test_random_networks():
    """A dozen networks with layers by chance, on signals and maps of several channels, scaled as a whole and by
    feature, with and without a constant input."""
    draw = numpy.random.default_rng(7)
    for i in range(12):
        channels = int(draw.integers(1, 4))
        shape = (channels, 1, int(draw.integers(20, 60))) if i % 2 else (channels, *map(int, draw.integers(9, 20, 2)))
        x = (draw.normal(size=(300, *shape)) * 10.0 ** draw.integers(-3, 4)).astype(numpy.float32)
        x[:, 0, 0, :2] = 3.25  # these never change
        spec = "-".join([*random_layer(draw, shape), f"{draw.integers(3, 20)}>>{draw.integers(0, 4)}", "3"])
        name = f"random{i}"
        search(name, spec, "--data", make_npz(f"{name}.npz", x, draw.integers(0, 3, 300)), "--seed", i,
               "--encoding", ("feature", "global")[i % 3 == 0], "--constant", ("off", "on")[i // 2 % 2], "--sparsity",
               int(draw.integers(0, 80)))
        fresh = (x[:100] * numpy.float32(1.7)).astype(numpy.float32)  # beyond the range of the training data, too
        compare(name, fresh, expected(name, make_npz("fresh.npz", fresh)))
        compare(name, fresh.astype(numpy.float64), expected(name, "fresh.npz"), "--input", "float64")


def random_layer(draw, shape):
    """A convolution and perhaps a pool that fit."""
    height = 1 if shape[1] == 1 else int(draw.integers(1, 6))
    layer = f"{draw.integers(2, 9)}C{height}x{draw.integers(1, 7)}"
    layer += "v" * int(draw.integers(0, 2)) + f"s{draw.integers(1, 4)}" * int(draw.integers(0, 2) and shape[1] > 1)
    layer += f"@{draw.integers(10, 80)}>>{draw.integers(0, 3)}"
    pool = [f"MP1x{draw.integers(2, 4)}"] if shape[1] == 1 else []
    return [layer, *pool]


# ---- tables and units ------------------------------------------------------------------------------------------------


COLUMNS = ["width", "colour", "open", "weight"]


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*COLUMNS, "kind"][:len(rows[0])], *rows])


def write_table(path, count, draw):
    """Numbers, words, booleans, with gaps."""
    rows = []
    for _ in range(count):
        width = draw.normal()
        colour = draw.choice(["red", "green", "blue, dark", 'a "b"'])
        weight = "" if draw.random() < 0.2 else f"{draw.integers(0, 400) / 20}"
        rows.append([f"{width:.3f}", colour if draw.random() < 0.9 else "", ["false", "true"][int(draw.integers(0, 2))],
                     weight, ["low", "high"][int(width + (colour == "red") > 0)]])
    write_rows(path, rows)
    return rows


def as_numbers(rows, about):
    """Rows as the graph reads them: words by their numbers, what is missing as NaN."""
    words = json.loads(about["aann.words"])

    def number(text, names):
        if text == "":
            return numpy.nan
        if names is not None:
            return names.index(text) if text in names else -1
        return {"false": 0.0, "true": 1.0}[text] if text in ("false", "true") else float(text)
    return numpy.array([[number(text, names) for text, names in zip(row, words)] for row in rows])


def test_table():
    """Numbers, words, booleans and gaps as inputs of a table."""
    draw = numpy.random.default_rng(3)
    write_table("train.csv", 400, draw)
    rows = write_table("test.csv", 150, draw)
    rows[0][1] = "violet"  # no word of the training data
    write_rows("test.csv", rows)
    for name, spec in (("table", "12-2"), ("map", "4C1-6C3>>1-2")):
        search(name, spec, "--data", "train.csv", "--label-column", "kind", "--sparsity", 30)
        good("export", "onnx", f"{name}.aannm", "--out", "t.onnx")
        about = check_structure("t.onnx")
        assert json.loads(about["aann.columns"]) == COLUMNS, about
        assert json.loads(about["aann.words"]) == [None, sorted({"red", "green", "blue, dark", 'a "b"'}), None, None]
        assert json.loads(about["aann.classes"]) == ["high", "low"]
        assert about["aann.input"] == "4x1x1" and about["aann.encoding"] == "table"
        values = as_numbers(rows, about)
        assert numpy.isnan(values).any() and (values == -1).any()
        wanted = expected(name, "test.csv")
        compare(name, values, wanted)
        # The same numbers as 32-bit floats, in the program too: some are on the other side of a threshold now.
        single = values.astype(numpy.float32)
        write_rows("single.csv", [[text if names is not None or text in ("", "false", "true") else repr(float(number))
                                   for text, names, number in zip(row, json.loads(about["aann.words"]), numbers)]
                                  for row, numbers in zip(rows, single)])
        compare(name, single, expected(name, "single.csv"), "--input", "float32")


def test_thresholds_at_their_edge():
    """Values on thresholds, and the 32-bit floats next to them, are on the side that the program says."""
    x = numpy.array([[value / 10] for value in range(100)] * 3)
    numpy.savetxt("edge.csv", numpy.column_stack([x, (x[:, 0] * 10 % 7 > 3)]), fmt=["%.1f", "%d"], delimiter=",",
                  header="a,y", comments="")
    search("edge", "20-2", "--data", "edge.csv", "--label-column", "y", "--sparsity", 0)
    middles = numpy.arange(0, 10, 0.05)
    singles = middles.astype(numpy.float32)
    beside = numpy.concatenate([singles, numpy.nextafter(singles, numpy.float32(99)),
                                numpy.nextafter(singles, numpy.float32(-99))])
    for values, kind in ((middles, "float64"), (beside, "float32")):
        with open("x.csv", "w", encoding="utf-8") as file:
            file.write("a\n" + "".join(f"{float(value)!r}\n" for value in values))
        compare("edge", values.reshape(-1, 1), expected("edge", "x.csv"), "--input", kind)


def test_regression():
    """Outputs in the user's units, to the last bit."""
    draw = numpy.random.default_rng(5)
    x = draw.normal(size=(300, 3))
    y = numpy.column_stack([100 + 20 * x[:, 0], x[:, 1] * x[:, 2] * 1e-3])
    numpy.savetxt("r.csv", numpy.column_stack([x, y]), delimiter=",", header="a,b,c,mass,length", comments="")
    search("units", "12-2", "--data", "r.csv", "--target-columns", "mass,length", "--sparsity", 20)
    numpy.savetxt("new.csv", x, delimiter=",", header="a,b,c", comments="", fmt="%.17g")
    wanted = expected("units", "new.csv")
    assert wanted[2].std() > 1
    compare("units", x, wanted)
    search("plain", "12-1", "--data", make_npz("plain.npz", x.astype(numpy.float32), targets=x[:, 0].clip(-1, 1)))
    compare("plain", x.astype(numpy.float32), expected("plain", make_npz("only.npz", x.astype(numpy.float32))))
    refused(2, "a regression has no probabilities", "export", "onnx", "plain.aannm", "--out", "x", "--probabilities")


def test_models_by_hand():
    """Encodings that no search chooses, and values at the halves where programs round differently: models, values and
    logits as export_onnx_model writes them."""
    here = os.getcwd()
    done = subprocess.run([pathlib.Path(os.environ["AANN_BINARY_DIR"]) / "tests" / "export_onnx_model"], check=False,
                          env={**os.environ, "AANN_WRITE_MODELS": here}, capture_output=True)
    assert done.returncode == 0, done
    names = sorted(path.stem for path in pathlib.Path().glob("*.logits"))
    assert len(names) == 5, names
    for name in names:
        good("export", "onnx", f"{name}.aannm", "--out", "shape.onnx")
        shape = session("shape.onnx", OPTIMISERS[0]).get_inputs()[0].shape[1:]
        values = numpy.fromfile(f"{name}.values", numpy.float32).reshape(-1, *shape)
        logits = numpy.fromfile(f"{name}.logits", numpy.int32).reshape(len(values), -1)
        wanted = logits, list(logits.argmax(axis=1)), None
        if name == "encoded":
            compare(name, values.astype(numpy.int8), wanted)
        else:
            compare(name, values, wanted, "--input", "float32")


# ---- options, and what is refused --------------------------------------------------------------------------------------


def test_probabilities():
    search("p", "6C5s3-10", "--data", TRAIN, "--loss-scale", 20)
    samples = pictures(TEST)
    logits = expected_prefix("p")[0]
    scaled = logits / (127 * 20.0)
    wanted = numpy.exp(scaled - scaled.max(axis=1, keepdims=True))
    wanted /= wanted.sum(axis=1, keepdims=True)
    for form in ("float", "integer"):
        good("export", "onnx", "p.aannm", "--out", "p.onnx", "--probabilities", "--arithmetic", form)
        check_structure("p.onnx")
        found = outputs("p.onnx", OPTIMISERS[1], samples, 64)
        assert numpy.abs(found["probabilities"] - wanted).max() < 1e-5 and (found["logits"] == logits).all()


def test_sums_beyond_floats():
    """Sums that 32-bit floats do not hold: the integer form, by itself, and the float form is refused."""
    x = numpy.full((40, 1, 400, 400), 255, numpy.uint8)
    x[::2, :, :, :130] = 0
    search("wide", "2@1", "--data", make_npz("wide.npz", x, numpy.arange(40) % 2), "--excitatory", 1)
    refused(2, "the sums of layer 1 reach [0-9]+, 32-bit floats are exact up to 16777216", "export", "onnx", "wide.aannm",
            "--out", "x.onnx", "--arithmetic", "float")
    assert not pathlib.Path("x.onnx").exists()
    said = answer("export", "onnx", "wide.aannm", "--out", "wide.onnx")
    assert said["arithmetic"] == "integer" and said["input"] == "uint8", said
    assert said["bytes"] == pathlib.Path("wide.onnx").stat().st_size
    check_structure("wide.onnx")
    logits = expected("wide", "wide.npz")[0]
    assert abs(logits).max() > 2 ** 24
    assert (outputs("wide.onnx", OPTIMISERS[1], x, 20)["logits"] == logits).all()


def test_same_bytes():
    """From the member and from its file, twice: the same bytes; nothing of this machine in them."""
    search("same", "8-10", "--data", TRAIN, "--name", 'a "name"\\')
    for source in (["same.aann", 1], ["same.aannm"], ["same.aannm"]):
        good("export", "onnx", *source, "--out", f"{len(os.listdir())}.onnx")
    files = [path.read_bytes() for path in pathlib.Path().glob("*.onnx")]
    assert len(files) == 3 and len(set(files)) == 1
    assert os.getcwd().encode() not in files[0]
    about = check_structure(str(next(pathlib.Path().glob("*.onnx"))))
    assert json.loads(about["aann.provenance"])["family"] == 'a "name"\\', about


def test_refused():
    search("r", "8-10", "--data", TRAIN)
    refused(2, "export: missing format; expected", "export")
    refused(2, "there is no format 'h5'", "export", "h5", "r.aannm")
    refused(2, "--out FILE is missing", "export", "onnx", "r.aannm")
    refused(2, "the ID of a member is missing", "export", "onnx", "r.aann", "--out", "x")
    refused(2, "no ID is expected", "export", "onnx", "r.aannm", 1, "--out", "x")
    refused(1, "has no member 7", "export", "onnx", "r.aann", 7, "--out", "x")
    refused(2, "--arithmetic: expected float or integer, not 'half'", "export", "onnx", "r.aannm", "--out", "x",
            "--arithmetic", "half")
    refused(2, "--input: expected uint8, float32 or float64, not 'text'", "export", "onnx", "r.aannm", "--out", "x",
            "--input", "text")
    refused(2, "inputs of int8 are those of a model without an encoding", "export", "onnx", "r.aannm", "--out", "x",
            "--input", "int8")
    refused(1, "No such file", "export", "onnx", "r.aannm", "--out", "nowhere/x.onnx")
    assert not pathlib.Path("x").exists()


if __name__ == "__main__":
    main(globals())
