"""search: the same bits as the program, interruptions, pickling, bad input."""

import copy
import logging
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future

import numpy as np
import pytest
from conftest import signs

import aann

NET = "16-2"


def found(**arguments):
    X, y = signs()
    return aann.search(X, y, NET, steps=6000, **arguments)


# ---- the program's bits


def members(program, path):
    listed = program("list", str(path), "--json")
    return {member["index"]: member for member in listed["families"][0]["members"]}


def test_pictures_give_the_programs_hashes(program, digits, mnist_folder, tmp_path):
    X, y, X_test, y_test = digits
    study = tmp_path / "digits.aann"
    program(
        "search",
        *("--data", mnist_folder / "train-images-idx3-ubyte.gz"),
        *("--test", mnist_folder / "t10k-images-idx3-ubyte.gz"),
        *("--net", "4C5-MP2-10", "--sparsity", "80", "--steps", "4000", "--members", "2"),
        *("--seed", "7", "--jitter", "1", "--study", study, "--quiet"),
    )
    told = members(program, study)
    for index in range(2):
        result = aann.search(
            X,
            y,
            "4C5-MP2-10",
            sparsity=80,
            steps=4000,
            seed=7,
            member=index,
            jitter=1,
            test=(X_test, y_test),
        )
        member = told[index]
        assert f"{result.network.hash:016x}" == member["hash"]
        assert result.train.loss == pytest.approx(member["train_loss"], rel=1e-12)
        assert result.validation.accuracy == member["validation_accuracy"]
        assert result.test.accuracy == member["test_accuracy"]
        assert result.test.loss == pytest.approx(member["test_loss"], rel=1e-12)
        assert result.progress.accepted == member["accepted"]


def write_table(path, with_targets=False):
    rng = np.random.default_rng(3)
    lines = ["length,colour,open,answer"]
    for _ in range(300):
        length, colour = rng.normal(20, 5), rng.choice(["red", "green", "blue"])
        is_open = rng.random() < 0.5
        answer = "long" if (length > 20) ^ is_open else "short"
        target = f"{length * (2 if colour == 'red' else 1):.4f}"
        cell = "" if rng.random() < 0.1 else f"{length:.3f}"
        lines.append(f"{cell},{colour},{str(is_open).lower()},{target if with_targets else answer}")
    path.write_text("\n".join(lines) + "\n")


def test_tables_give_the_programs_hashes(program, tmp_path):
    pandas = pytest.importorskip("pandas")
    path, study = tmp_path / "things.csv", tmp_path / "things.aann"
    write_table(path)
    program("search", str(path), "--steps", "4000", "--study", study, "--quiet")
    frame = pandas.read_csv(path)
    X, y = frame.drop(columns="answer"), frame["answer"]
    told = members(program, study)
    for index in (0, 4):
        result = aann.search(X, y, steps=4000, member=index)
        assert f"{result.network.hash:016x}" == told[index]["hash"]
        assert result.validation.accuracy == told[index]["validation_accuracy"]
    names = program("predict", study, "1", "--data", path).split()
    assert list(aann.search(X, y, steps=4000).predict(X)) == names


def test_regressions_give_the_programs_hashes(program, tmp_path):
    pandas = pytest.importorskip("pandas")
    path, study = tmp_path / "things.csv", tmp_path / "things.aann"
    write_table(path, with_targets=True)
    program(
        "search",
        "--data",
        path,
        "--target-columns",
        "answer",
        "--net",
        "8-1",
        "--steps",
        "3000",
        *("--study", study, "--quiet"),
    )
    frame = pandas.read_csv(path)
    result = aann.search(
        frame.drop(columns="answer"), frame["answer"], "8-1", steps=3000, task="regression"
    )
    member = members(program, study)[0]
    assert f"{result.network.hash:016x}" == member["hash"]
    assert result.validation.loss == pytest.approx(member["validation_loss"], rel=1e-12)


# ---- interruptions


def test_a_stopped_search_goes_on_to_the_same_bits():
    whole = found()
    stopped = found(progress=lambda now: now.step < 3000)
    assert stopped.stopped and 0 < stopped.progress.step < 6000 and stopped.state
    for again in (stopped, pickle.loads(pickle.dumps(stopped)), copy.deepcopy(stopped)):
        X, y = signs()
        finished = again.resume(X, y)
        assert not finished.stopped and finished.state is None
        assert finished.network == whole.network
        marks = [(mark.step, mark.train_loss, mark.accepted) for mark in finished.history]
        assert marks == [(mark.step, mark.train_loss, mark.accepted) for mark in whole.history]
    assert stopped.resume().network == whole.network
    assert whole.resume() is whole


def test_a_stopped_search_with_lesion_noise_goes_on_to_the_same_bits():
    noise = {"lesion_noise": 10.0, "lesion_masks": 3}
    whole = found(**noise)
    assert whole.network != found().network
    stopped = found(progress=lambda now: now.step < 3000, **noise)
    assert stopped.stopped and stopped.state
    again = pickle.loads(pickle.dumps(stopped)).resume(*signs())
    assert again.network == whole.network


def test_a_time_limit_stops():
    began = time.monotonic()
    result = aann.search(*signs(), NET, steps=10**9, seconds=0.2)
    assert result.stopped and time.monotonic() - began < 10


def test_other_data_are_refused():
    stopped = pickle.loads(pickle.dumps(found(progress=lambda now: now.step < 3000)))
    with pytest.raises(TypeError, match="give X and y again"):
        stopped.resume()
    X, y = signs(seed=1)
    with pytest.raises(ValueError, match="not the data of the search"):
        stopped.resume(X, y)


def test_an_exception_of_a_callback_comes_out_and_nothing_is_lost():
    whole = found()

    def fail(now):
        if now.step > 2000:
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine") as caught:
        found(progress=fail)
    assert caught.value.result.stopped
    assert caught.value.result.resume().network == whole.network


def interrupt_soon():
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


def test_ctrl_c_keeps_the_result(caplog):
    timer = interrupt_soon()
    with caplog.at_level(logging.WARNING, logger="aann"):
        result = aann.search(*signs(), NET, steps=10**9)
    timer.join()
    assert result.stopped and result.progress.step > 0
    assert "result.resume() goes on" in caplog.text


def test_ctrl_c_can_be_raised():
    timer = interrupt_soon()
    with pytest.raises(KeyboardInterrupt) as caught:
        aann.search(*signs(), NET, steps=10**9, raise_on_interrupt=True)
    timer.join()
    assert caught.value.result.progress.step > 0


def test_ctrl_c_inside_a_callback_is_not_swallowed():
    def interrupt(now):
        if now.step > 1000:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)

    result = aann.search(*signs(), NET, steps=10**9, progress=interrupt)
    assert result.stopped


def test_other_threads_run_meanwhile():
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1
            time.sleep(0.001)

    worker = threading.Thread(target=count)
    worker.start()
    aann.search(*signs(), NET, steps=10**9, seconds=1.0)
    done.set()
    worker.join()
    assert counted[0] > 50


def test_threads_and_instruction_sets_change_nothing():
    whole = found()
    assert found(threads=2).network == whole.network
    assert found(isa="baseline").network == whole.network
    results = [None] * 3

    def work(place):
        results[place] = found()

    workers = [threading.Thread(target=work, args=(place,)) for place in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(result.network == whole.network for result in results)


# ---- what a result knows


def test_results_pickle_without_their_data():
    result = found()
    text = str(result)
    again = pickle.loads(pickle.dumps(result))
    assert again.data is None and again.network == result.network
    assert str(again) == text
    X, _ = signs()
    assert np.array_equal(again.predict(X), result.predict(X))
    assert again.train == result.train


def test_classes_keep_their_type():
    X, y = signs()
    for classes in (["same", "other"], [10, 30], [True, False], [0, 1], [2.0, 3.0]):
        answers = np.array([classes[word == "same"] for word in y])
        result = aann.search(X, answers, NET, steps=3000, task="classification")
        predicted = result.predict(X)
        assert predicted.dtype == answers.dtype
        assert (predicted == answers).mean() > 0.8


def test_regression_in_the_users_units():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3))
    y = 293 + 3 * X[:, 0] - 2 * np.abs(X[:, 1])
    result = aann.search(X, y, "24-1", steps=30_000)
    assert np.mean((result.predict(X)[:, 0] - y) ** 2) < 0.35 * y.var()
    two = aann.search(X, np.column_stack([y, -y]), "24-2", steps=30_000)
    assert np.corrcoef(two.predict(X)[:, 1], -y)[0, 1] > 0.7


def test_a_start_is_where_it_starts():
    result = found()
    still = found(start=result, temperature=0.0, seed=2)
    assert still.progress.train_loss <= result.progress.train_loss + 1e-12
    same = aann.search(*signs(), NET, steps=1, start=result.network, temperature=0.0)
    different = sum(
        int(np.count_nonzero(a != b))
        for a, b in zip(same.network.weights, result.network.weights, strict=True)
    )
    assert different <= 2


def test_the_input_arrays_may_change_afterwards():
    X, y = signs()
    data = aann.Data(X, y)
    before = aann.search(data, net=NET, steps=2000).network
    X[:] = 0
    assert aann.search(data, net=NET, steps=2000).network == before


def test_a_frame_of_progress():
    pytest.importorskip("pandas")
    trace = found().trace()
    assert len(trace) == 100 and trace.step.is_monotonic_increasing


# ---- bad input


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"net": "16-1"}, ValueError, "1 outputs, the data have 2 classes"),
        ({"net": aann.Spec("2", 7)}, ValueError, "reads .7, 1, 1."),
        ({"net": aann.Spec("2", 65), "sparsity": 50}, TypeError, "belong into the Spec"),
        ({"nothing": 3}, TypeError, "no option 'nothing'"),
        ({"steps": 0}, ValueError, "steps"),
        ({"start": "x"}, TypeError, "expected a Network"),
        ({"start": aann.Network(aann.Spec("3", 2))}, ValueError, "expected 16-2"),
        ({"threads": -1}, ValueError, "thread"),
        ({"encoding": "magic"}, ValueError, "expected one of"),
        ({"validation": 500}, ValueError, "validation"),
        ({"split": "magic"}, ValueError, "expected one of"),
        ({"temperature": float("inf")}, ValueError, "temperature"),
    ],
)
def test_bad_arguments_are_refused(arguments, error, message):
    X, y = signs()
    with pytest.raises(error, match=message):
        aann.search(X, y, **{"net": NET, "steps": 10, **arguments})


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (np.ones((4, 2)), [0, 1], ValueError, "X has 4 samples, y has 2"),
        (np.ones((0, 2)), [], ValueError, "no samples"),
        (np.ones((4, 2)), None, TypeError, "y is missing"),
        (np.full((4, 2), np.inf), [0, 1, 0, 1], ValueError, "finite|infinite"),
        (np.ones((4, 2)) * 1j, [0, 1, 0, 1], TypeError, "complex"),
        (np.array([["a", "b"]] * 4), [0, 1, 0, 1], TypeError, "data frame"),
        (np.ones((4, 2)), [0, 1, None, 1], ValueError, "missing"),
        (np.ones((4, 2)), [0, 1, np.nan, 1], ValueError, "NaN"),
        (np.ones((4, 2)), [[1, 0]] * 4, ValueError, "one-hot"),
        (np.ones((300, 2)), list(range(300)), ValueError, "256 classes"),
        (np.ma.masked_array(np.ones((4, 2))), [0, 1, 0, 1], TypeError, "masked"),
        (np.ones((4, 2, 2, 2, 2)), [0, 1, 0, 1], ValueError, "inputs"),
        (np.ones((4, 28, 28)) * -1, [0, 1, 0, 1], ValueError, "net is missing"),
    ],
)
def test_bad_data_are_refused(X, y, error, message):
    with pytest.raises(error, match=message):
        aann.search(X, y, steps=10)


def test_import_needs_little():
    code = (
        "import sys; import aann; "
        "print(sorted({'pandas', 'sklearn', 'matplotlib', 'tqdm', 'torch', 'gymnasium', 'scipy',"
        " 'http.client', 'multiprocessing'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- places


@pytest.mark.parametrize("option", [{"jitter": 1}, {"warp": 0.1}])
def test_samples_of_one_place_are_not_moved(option):
    X, y = signs()
    with pytest.raises(ValueError, match="have no places to move to; expected a signal"):
        aann.search(X, y, NET, steps=1000, **option)
    signals = np.repeat(np.asarray(X, dtype=float)[:, :, None, None], 8, axis=3)
    assert aann.search(signals, y, NET, steps=1000, **option).network is not None


@pytest.mark.parametrize("which", ["validation", "test"])
@pytest.mark.parametrize("encoding", ["auto", "int8"])
def test_pairs_have_equally_many(encoding, which):
    X = np.ones((20, 2), dtype=np.int8)
    with pytest.raises(ValueError, match=rf"{which}\[0\] has 20 samples, {which}\[1\] has 3"):
        aann.Data(X, [0, 1] * 10, encoding=encoding, **{which: (X, [0, 1, 0])})


@pytest.mark.parametrize(
    "more",
    [
        {"constant": True},
        {"table": True},
        {"split": "shuffled"},
        {"balanced": True},
        {"train_limit": 5},
        {"provenance": "{}"},
    ],
)
def test_what_encoded_inputs_cannot_have_is_refused(more):
    X = np.ones((20, 2), dtype=np.int8)
    with pytest.raises(TypeError, match=next(iter(more))):
        aann.Data(X, [0, 1] * 10, encoding="int8", **more)


def test_a_pair_is_not_split():
    X, y = signs()
    with pytest.raises(TypeError, match="split='shuffled'"):
        aann.Data(X, y, validation=(X, y), split="shuffled")


@pytest.mark.parametrize(
    "more",
    [
        {"validation": 0.5},
        {"validation": 0},
        {"test": signs()},
        {"encoding": "feature"},
        {"constant": False},
        {"task": "classification"},
        {"table": False},
        {"split": "last"},
        {"balanced": True},
    ],
)
def test_arguments_beside_a_data_are_refused(more):
    X, y = signs()
    data = aann.Data(X, y)
    name = next(iter(more))
    with pytest.raises(TypeError, match=f"give {name} to that"):
        aann.search(data, None, "8-2", steps=10, **more)
    with aann.Study() as study, pytest.raises(TypeError, match=f"give {name} to that"):
        study.family(data, None, "8-2", steps=10, **more)
    result = aann.search(data, None, "8-2", steps=100_000, seconds=0.0)
    with pytest.raises(TypeError, match=f"give {name} to that"):
        result.resume(data, **more)
    with pytest.raises(TypeError, match=f"{name} without X"):
        result.resume(**more)
    with pytest.raises(TypeError, match="holds its y"):
        result.resume(data, y)
    if set(more) & {"validation", "test", "encoding", "table"}:
        with aann.Study() as study:
            family = study.family(data, None, "8-2", steps=10)
            with pytest.raises(TypeError, match=f"give {name} to that"):
                family.attach(data, **more)


def test_options_are_not_overridden_by_defaults():
    X, y = signs()
    options = aann.Options(seed=5, steps=300, threads=2)
    result = aann.search(X, y, "8-2", options=options)
    assert result.options == options.replace(loss_scale=1.0)  # chosen by the network
    assert result.network == aann.search(X, y, "8-2", seed=5, steps=300).network
    assert aann.search(X, y, "8-2", seed=1, options=options).options.seed == 1
    with aann.Study() as study:
        assert study.family(X, y, "8-2", options=options).options.seed == 5
    spec = aann.Spec("4", 8)
    options = aann.Options(seed=5, steps=30, temperature=0.5)
    found = aann.minimize(lambda weights: 0.5, spec, options=options)
    assert found.options == options
    found = aann.minimize(lambda weights: 0.5, spec, steps=20, options=options)
    assert found.options == options.replace(steps=20)


def test_the_options_of_a_result_give_it_again():
    X, y = signs()
    result = aann.search(X, y, steps=300, loss_scale=8.0)  # for this table, 4 would be chosen
    assert result.options == aann.Options(steps=300, loss_scale=8.0)
    again = aann.search(X, y, options=result.options)
    assert again.network == result.network
    assert aann.search(X, y, steps=300).options.loss_scale == 4.0


def test_the_loss_scale_follows_the_network():
    X, y = signs()
    narrow = aann.search(X, y, "32-2", sparsity=75, steps=300)  # 8 synapses of an output
    wide = aann.search(X, y, "64-2", sparsity=0, steps=300)
    assert (narrow.options.loss_scale, wide.options.loss_scale) == (1.0, 4.0)
    assert aann.search(X, y, "32-2", steps=300, loss_scale=3.0).options.loss_scale == 3.0


@pytest.mark.parametrize("raises", [False, True])
def test_ctrl_c_ends_the_search_for_several_members(raises, monkeypatch):
    def pressed(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("aann.running.Run._stops", pressed)
    arguments = {"steps": 10**9, "members": 3, "seconds": 20, "raise_on_interrupt": raises}
    try:
        results = aann.search(*signs(), NET, **arguments)
        assert not raises
    except KeyboardInterrupt as exception:
        assert raises
        results = exception.result
    assert [result.member for result in results] == [0] and results[0].stopped


class Interrupting:
    """An executor whose second worker is interrupted."""

    def submit(self, function, *arguments, **named):
        future = Future()
        try:
            if arguments[0] == 1:
                raise KeyboardInterrupt
            future.set_result(function(*arguments, **named))
        except KeyboardInterrupt as exception:
            future.set_exception(exception)
        return future


def test_ctrl_c_keeps_what_workers_have_found():
    results = found(members=3, executor=Interrupting())
    assert [result.member for result in results] == [0]
    with pytest.raises(KeyboardInterrupt) as caught:
        found(members=3, executor=Interrupting(), raise_on_interrupt=True)
    assert caught.value.result[0].network == results[0].network


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"member": -1}, "member -1: expected a whole number"),
        ({"threads": 2**40}, "threads 1099511627776: expected a whole number"),
        ({"seconds": math.nan}, "seconds nan"),
        ({"seconds": -1}, "seconds -1"),
        ({"validation": 1.5}, "validation 1.5"),
        ({"validation": True}, "validation True"),
    ],
)
def test_numbers_out_of_range_are_named(wrong, said):
    with pytest.raises(ValueError, match=said):
        found(**wrong)


def test_what_encoded_samples_hold_back_is_whole():
    X, y = np.zeros((20, 2), dtype=np.int8), np.arange(20) % 2
    for wrong in (1.5, True):
        with pytest.raises(ValueError, match="validation"):
            aann.Data(X, y, encoding="int8", validation=wrong)
    data = aann.Data(X, y, encoding="int8")
    for scale in (0.0, math.nan):
        with pytest.raises(ValueError, match="scale"):
            data.train.score(np.zeros((18, 2), dtype=np.int32), scale)


def test_false_of_numpy_stops_a_search_too():
    X, y = signs()
    began = time.monotonic()
    result = aann.search(X, y, NET, steps=10**9, seconds=20, progress=lambda _: np.False_)
    assert result.stopped and time.monotonic() - began < 15


def test_numbers_as_objects_are_targets():
    X, _ = signs()
    assert aann.Data(X, X[:, 0].astype(object)).task == "regression"
    assert aann.Data(X, np.arange(len(X), dtype=object) % 2).task == "classification"


def test_a_class_that_is_na_is_missing():
    X, y = signs()
    y = y.astype(object)
    y[3] = pytest.importorskip("pandas").NA
    with pytest.raises(ValueError, match="a class is missing"):
        aann.Data(X, y)
