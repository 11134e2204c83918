"""Models and encodings: files of the program and back, data frames, bad input."""

import pickle

import numpy as np
import pytest
from conftest import signs

import aann


def test_models_travel_between_python_and_the_program(program, tmp_path):
    pytest.importorskip("pandas")
    import pandas

    X, y = signs()
    frame = pandas.DataFrame(X, columns=["left", "right"])
    result = aann.search(frame, y, "16-2", steps=4000)
    path, table = tmp_path / "signs.aannm", tmp_path / "signs.csv"
    result.model.save(path)
    frame.assign(answer=y).to_csv(table, index=False)
    names = program("predict", path, "--data", table).split()
    assert names == list(result.predict(frame))
    study = tmp_path / "signs.aann"
    program(
        "search", "--data", table, "--net", "16-2", "--steps", "4000", "--study", study, "--quiet"
    )
    program("save", study, "1", "--out", tmp_path / "program.aannm")
    model = aann.Model.load(tmp_path / "program.aannm")
    assert model.network == result.network
    assert model.encoding == result.encoding
    assert list(model.predict(frame[["right", "left"]])) == names
    assert model.class_names == ["other", "same"]
    assert model.provenance is not None and "seed" in model.provenance


def test_names_of_targets_and_windows(program, tmp_path):
    """What `aann save` knows of a regression, and of windows of a table."""
    draw = np.random.default_rng(3)
    values = draw.normal(size=(80, 2))
    lines = [f"{a:.4f},{b:.4f},{3 * a + 50:.4f},{7 - b:.4f}" for a, b in values]
    (tmp_path / "two.csv").write_text("a,b,heat,load\n" + "\n".join(lines) + "\n")
    wave = np.sin(np.arange(400) * np.where(np.arange(400) < 200, 0.3, 0.9))
    lines = [f"{v:.4f},{v * v:.4f},{'ab'[i // 200]}" for i, v in enumerate(wave)]
    (tmp_path / "wave.csv").write_text("x,power,label\n" + "\n".join(lines) + "\n")
    models = {}
    for name, net, more in (
        ("two", "8-2", ["--target-columns", "heat,load"]),
        ("wave", "8-2", ["--window", "20"]),
    ):
        data, study = tmp_path / f"{name}.csv", tmp_path / f"{name}.aann"
        program(
            *("search", "--data", data, "--net", net, "--steps", "500", "--study", study),
            *("--quiet", *more),
        )
        program("save", study, "1", "--out", tmp_path / f"{name}.aannm")
        models[name] = aann.Model.load(tmp_path / f"{name}.aannm")
    two, windows = models["two"], models["wave"]
    assert two.target_names == ["heat", "load"] and two.window_columns is None
    assert two.columns == ["a", "b"] and two.regression
    assert windows.window_columns == ["x", "power"] and windows.target_names is None
    assert windows.network.spec.input[2] == 20 and windows.class_names == ["a", "b"]
    for model in (two, windows):
        again = pickle.loads(pickle.dumps(model))
        assert again.target_names == model.target_names
        assert again.window_columns == model.window_columns
    cut = np.stack([wave, wave**2])[:, :60].reshape(2, 3, 20).transpose(1, 0, 2)
    rows = np.round(cut, 4)
    given = tmp_path / "head.csv"
    lines = [f"{v:.4f},{v * v:.4f}" for v in wave[:60]]
    given.write_text("x,power\n" + "\n".join(lines) + "\n")
    names = program("predict", tmp_path / "wave.aannm", "--data", given).split()
    assert list(windows.predict(rows[:, :, None])) == names
    plain = aann.search(*signs(), "4-2", steps=10).model
    assert plain.target_names is None and plain.window_columns is None


def test_models_pickle():
    X, y = signs()
    model = aann.search(X, y, "16-2", steps=1000).model
    again = pickle.loads(pickle.dumps(model))
    assert again.to_bytes() == model.to_bytes()
    assert np.array_equal(again.predict(X), model.predict(X))
    shares = model.probabilities(X)
    assert np.allclose(shares.sum(1), 1) and np.array_equal(
        shares.argmax(1), model.answers(model.logits(X))
    )


def test_results_pickle_as_clusters_do():
    """Ray pickles with cloudpickle, which copies what it does not find by its name."""
    cloudpickle = pytest.importorskip("cloudpickle")
    X, y = signs()
    result = aann.search(X, y, "16-2", steps=300)
    again = pickle.loads(cloudpickle.dumps(result))
    assert again.network == result.network and again.model.to_bytes() == result.model.to_bytes()
    assert pickle.loads(cloudpickle.dumps(result.options)) == result.options


def test_bad_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing.aannm"):
        aann.Model.load(tmp_path / "nothing.aannm")
    (tmp_path / "text.aannm").write_text("no model")
    with pytest.raises(ValueError, match="text.aannm"):
        aann.Model.load(tmp_path / "text.aannm")
    X, y = signs()
    model = aann.search(X, y, "4-2", steps=10).model
    with pytest.raises(OSError, match="folder"):
        model.save(tmp_path / "folder" / "x.aannm")


def test_frames_are_matched_by_name():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "size": [1.0, 2, None, 4] * 20,
            "kind": ["x", "y", None, "z"] * 20,
            "open": [True, False] * 40,
        }
    )
    data = aann.Data(frame, [1, 2] * 40)
    encoding = data.encoding
    assert encoding.columns == ["size", "kind", "open"]
    assert np.array_equal(encoding.encode(frame), encoding.encode(frame[["open", "size", "kind"]]))
    with pytest.raises(ValueError, match="no column 'kind'"):
        encoding.encode(frame[["size", "open"]])
    with pytest.raises(ValueError, match="does not read: 'more'"):
        encoding.encode(frame.assign(more=1))
    with pytest.raises(TypeError, match="words"):
        encoding.encode(frame.to_numpy())
    unknown = frame.assign(kind="w")
    assert encoding.encode(unknown).shape == encoding.encode(frame).shape
    assert pickle.loads(pickle.dumps(encoding)) == encoding


def test_frames_of_other_things_are_refused():
    pandas = pytest.importorskip("pandas")
    times = pandas.DataFrame({"t": pandas.to_datetime(["2020-01-01"] * 4)})
    with pytest.raises(TypeError, match="column 't' is of type datetime"):
        aann.Data(times, [0, 1, 0, 1])
    mixed = pandas.DataFrame({"m": ["a", 1, "b", 2]})
    with pytest.raises(TypeError, match="holds words and int"):
        aann.Data(mixed, [0, 1, 0, 1])
    twice = pandas.DataFrame(np.ones((4, 2)), columns=["a", "a"])
    with pytest.raises(ValueError, match="same name"):
        aann.Data(twice, [0, 1, 0, 1])


@pytest.mark.parametrize("kind", ["byte", "global", "feature", "auto"])
def test_encodings_keep_the_range(kind):
    X = np.random.default_rng(0).integers(0, 256, (50, 3, 4)).astype(np.uint8)
    encoding = aann.Encoding.fit(X, kind)
    encoded = encoding.encode(X)
    assert encoded.dtype == np.int8 and encoded.min() >= -127 and encoded.shape == (50, 1, 3, 4)
    constant = aann.Encoding.fit(X, kind, constant=True)
    assert constant.input == (2, 3, 4) and (constant.encode(X)[:, 1] == 127).all()
    with pytest.raises(ValueError, match="expected samples of 12 values"):
        encoding.encode(X[:, :2])


def test_bytes_encode_as_documented():
    X = np.arange(256, dtype=np.uint8)[:, None]
    assert np.array_equal(
        aann.Encoding.fit(X, "byte").encode(X)[:, 0], np.floor(127.0 * X[:, 0] / 255 + 0.5)
    )


def test_every_numeric_type_gives_the_same_samples():
    values = np.arange(60).reshape(20, 3) % 50
    y = [0, 1] * 10
    expected = aann.Data(values.astype(np.float64), y, table=False).train.inputs
    for kind in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", ">i4", ">f8"):
        data = aann.Data(values.astype(kind), y, table=False, encoding="global")
        assert np.array_equal(data.train.inputs, expected), kind
    for turned in (
        np.asfortranarray(values),
        np.repeat(values, 2, axis=0)[::2],
        values[:, ::-1][:, ::-1],
    ):
        data = aann.Data(turned, y, table=False, encoding="global")
        assert np.array_equal(data.train.inputs, expected)


def test_inputs_can_be_encoded_already():
    X = np.random.default_rng(0).integers(-127, 128, (100, 2, 5, 5)).astype(np.int8)
    data = aann.Data(X, np.arange(100) % 3, encoding="int8", test=(X[:7], [0] * 7))
    assert np.array_equal(data.train.inputs, X[:90]) and len(data.validation) == 10
    assert data.encoding is None
    model = aann.search(data, net="4C3-3", steps=500).model
    assert np.array_equal(model.predict(X), model.network.predict(X))
    with pytest.raises(TypeError, match="int8"):
        aann.Data(X.astype(int), np.arange(100) % 3, encoding="int8")
    with pytest.raises(ValueError, match="-128"):
        aann.Data(np.full_like(X, -128), np.arange(100) % 3, encoding="int8")


def test_lists_have_a_number_for_each_output():
    # The library reads as many numbers as there are outputs, so a short list is refused here.
    network = aann.Network(aann.Spec("8-3", 4))
    for more in (
        {"target_range": ([0.0], [1.0])},
        {"target_range": ([0.0] * 3, [1.0])},
        {"target_weights": [1.0, 2.0]},
    ):
        with pytest.raises(ValueError, match="there are 3 outputs"):
            aann.Model(network, regression=True, **more)
    X = np.zeros((20, 4), dtype=np.int8)
    samples = aann.Data(X, np.zeros((20, 3)), encoding="int8", validation=0).train
    logits = network.logits(X)
    with pytest.raises(ValueError, match="weights with 2 numbers"):
        samples.score(logits, 1.0, [1.0, 2.0])
    assert samples.score(logits, 1.0, np.ones(3)).loss == samples.score(logits, 1.0).loss


def test_logits_are_not_cut_off():
    model = aann.Model(aann.Network(aann.Spec("2", 4)))
    samples = aann.Data(
        np.zeros((2, 4), dtype=np.int8), [0, 1], encoding="int8", validation=0
    ).train
    assert model.answers([[1, 2], [3, 0]]).tolist() == [1, 0]
    for function in (model.answers, lambda logits: samples.score(logits, 8.0)):
        with pytest.raises(TypeError, match="expected integers"):
            function([[0.1, 0.9], [0.9, 0.1]])
        with pytest.raises(ValueError, match="int32"):
            function([[2**32, 1], [0, 1]])


def test_no_samples_give_no_answers():
    pandas = pytest.importorskip("pandas")
    X, y = signs()
    model = aann.search(X, y, "8-2", steps=10).model
    assert model.predict(X[:0]).shape == (0,)
    assert model.probabilities(X[:0]).shape == (0, 2)
    with pytest.raises(ValueError, match="samples of 2 values"):
        model.predict(X[:0, :1])
    frame = pandas.DataFrame({"a": X[:, 0], "b": X[:, 1]})
    model = aann.search(frame, y, "8-2", steps=10).model
    assert model.predict(frame.iloc[:0]).shape == (0,)
    with pytest.raises(ValueError, match="no column 'b'"):
        model.predict(frame.iloc[:0, :1])


def test_an_output_beyond_the_classes_has_its_number_as_its_name():
    X, y = signs()
    result = aann.search(X, y, "8-4", steps=1)
    answers = result.model.answers(result.logits(X))
    assert answers.max() > 1  # such a network answers so before it has learnt anything
    names = np.array([*result.model.class_names, "2", "3"])
    assert (result.predict(X) == names[answers]).all()
    assert (result.model.predict(X) == names[answers]).all()
