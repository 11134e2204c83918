"""Networks: weights as views, what they answer, pickling, threads, bad input."""

import gc
import multiprocessing
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aann

CONVOLUTIONS = aann.Spec("4C3-MP2-6C3s2v-8-3", (2, 11, 9), sparsity=50)


def inputs(spec, count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(-127, 128, (count, *spec.input)).astype(np.int8)


def plain_logits(network, X):
    """The definition, in NumPy: padding, sums, pools, shifts, clamps."""
    x = X.astype(np.int64)
    layers = network.spec.layers
    for index, (layer, weights) in enumerate(zip(layers, network.weights, strict=True)):
        if layer.kind == "dense":
            sums = x.reshape(len(x), -1) @ weights.astype(np.int64).T
            sums = sums[:, :, None, None]
        else:
            sums = convolve(x, weights.astype(np.int64), layer)
        sums >>= layer.shift
        height, width = sums.shape[2] // layer.pool[0], sums.shape[3] // layer.pool[1]
        sums = sums[:, :, : height * layer.pool[0], : width * layer.pool[1]]
        x = sums.reshape(len(x), -1, height, layer.pool[0], width, layer.pool[1]).max((3, 5))
        if index < len(layers) - 1:
            x = np.clip(x, -127, 127)
    return x.reshape(len(x), -1)


def convolve(x, weights, layer):
    kernel_height, kernel_width = layer.kernel
    same = "v" not in layer.name
    top, left = ((kernel_height - 1) // 2, (kernel_width - 1) // 2) if same else (0, 0)
    bottom = kernel_height - 1 - top if same else 0
    right = kernel_width - 1 - left if same else 0
    padded = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, layer.kernel, (2, 3))
    windows = windows[:, :, :: layer.stride, :: layer.stride]
    return np.einsum("nchwkl,uckl->nuhw", windows, weights)


@pytest.mark.parametrize(
    "spec",
    [
        aann.Spec("3", 7),
        aann.Spec("16-8>>2-5", 40, sparsity=70),
        aann.Spec("5C1x5-MP1x3-4", (3, 1, 20)),
        CONVOLUTIONS,
        aann.Spec("4C5s2>>1-MP3-10", (1, 28, 28), sparsity=80),
    ],
)
def test_logits_are_those_of_the_definition(spec):
    network = aann.Network(spec, seed=5)
    X = inputs(spec, 70)
    expected = plain_logits(network, X)
    assert np.array_equal(network.logits(X), expected)
    assert np.array_equal(network.logits(X, threads=2), expected)
    assert np.array_equal(network.logits(X[3:4]), expected[3:4])
    assert np.array_equal(network.predict(X), expected.argmax(1))
    flat = X.reshape(len(X), -1)
    assert np.array_equal(network.logits(flat.astype(np.int64)), expected)
    assert np.array_equal(network.logits(np.asfortranarray(flat)), expected)
    assert network.logits(X[:0]).shape == (0, spec.outputs)


def test_activations():
    network = aann.Network(CONVOLUTIONS, seed=2)
    X = inputs(CONVOLUTIONS, 5)
    assert network.activations(X, 0).shape == (5, 4, 5, 4)
    first = network.activations(X, 2)
    rest = aann.Network(aann.Spec("3", 8), [network.weights[3]])
    assert np.array_equal(rest.logits(first.reshape(5, 8)), network.logits(X))
    with pytest.raises(ValueError, match="3 hidden layers"):
        network.activations(X, 3)


def test_weights_are_views_that_outlive_the_network():
    network = aann.Network(CONVOLUTIONS, seed=2)
    weights, copies = network.weights, [np.array(layer) for layer in network.weights]
    assert all(not layer.flags.writeable and not layer.flags.owndata for layer in weights)
    with pytest.raises(ValueError, match="read-only"):
        weights[0][0] = 1
    del network
    gc.collect()
    _ = [aann.Network(CONVOLUTIONS, seed=seed) for seed in range(20)]
    assert all(np.array_equal(a, b) for a, b in zip(weights, copies, strict=True))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**64 - 1), member=st.integers(0, 2**64 - 1))
def test_networks_pickle(seed, member):
    network = aann.Network(CONVOLUTIONS, seed=seed, member=member)
    assert network.counts == CONVOLUTIONS.counts
    again = pickle.loads(pickle.dumps(network))
    assert again == network and hash(again) == hash(network) and again.hash == network.hash
    assert aann.Network.from_bytes(network.to_bytes()) == network


def test_a_share_survives_pickling():
    spec = aann.Spec("8-2", 10, excitatory_share=0.25)
    network = aann.Network(spec, seed=1)
    assert pickle.loads(pickle.dumps(network)).spec == spec
    assert aann.Network.from_bytes(network.to_bytes()).spec == spec


def test_changes_make_new_networks():
    network = aann.Network(CONVOLUTIONS, seed=2)
    before = network.hash
    small, large = network.lesion(10, seed=1), network.lesion(30, seed=1)
    assert network.hash == before != small.hash
    for kept, less, least in zip(network.weights, small.weights, large.weights, strict=True):
        assert np.all((less == kept) | (less == 0)) and np.all((least == less) | (least == 0))
    with pytest.raises(ValueError, match="layer 1"):
        small.to_bytes()
    assert pickle.loads(pickle.dumps(small)) == small
    assert network.shuffle(seed=3).counts == network.counts
    zeros = network.replace(-1, np.zeros((3, 8), dtype=int))
    assert not zeros.logits(inputs(CONVOLUTIONS, 2)).any()


def test_out_is_filled():
    network = aann.Network(CONVOLUTIONS, seed=2)
    X = inputs(CONVOLUTIONS, 6)
    out = np.empty((6, 3), dtype=np.int32)
    assert network.logits(X, out=out) is out
    assert np.array_equal(out, network.logits(X))
    with pytest.raises(ValueError, match="out of shape"):
        network.logits(X, out=np.empty((5, 3), dtype=np.int32))
    with pytest.raises(TypeError, match="int32"):
        network.logits(X, out=np.empty((6, 3)))
    out.flags.writeable = False
    with pytest.raises(ValueError, match="writeable"):
        network.logits(X, out=out)


def test_many_threads_use_one_network():
    network = aann.Network(CONVOLUTIONS, seed=2)
    X = inputs(CONVOLUTIONS, 200)
    expected, wrong = network.logits(X), []

    def work(threads):
        for _ in range(30):
            if not np.array_equal(network.logits(X, threads=threads), expected):
                wrong.append(threads)

    workers = [threading.Thread(target=work, args=(1 + i % 2,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def _in_child(network, X, queue):
    queue.put(network.logits(X, threads=2))


def test_a_forked_child_answers_too():
    network = aann.Network(CONVOLUTIONS, seed=2)
    X = inputs(CONVOLUTIONS, 200)
    expected = network.logits(X, threads=2)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_in_child, args=(network, X, queue))
    child.start()
    assert np.array_equal(queue.get(timeout=60), expected)
    child.join()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda X: X.astype(float), TypeError, "float64"),
        (lambda X: X[:, :, :10], ValueError, "expected .samples, 198."),
        (lambda X: X[0], ValueError, "expected"),
        (lambda X: np.full_like(X, -128), ValueError, "-128"),
        (lambda X: X.astype(int) * 2, ValueError, "expected -127 to 127"),
        (lambda X: X.astype(str), TypeError, "type <U"),
        (lambda _: None, TypeError, "object"),
    ],
)
def test_bad_inputs_are_refused(change, error, message):
    network = aann.Network(CONVOLUTIONS, seed=2)
    with pytest.raises(error, match=message):
        network.logits(change(inputs(CONVOLUTIONS, 3)))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([[[1, 2, 0, 0]] * 3], "expected -1, 0 or 1"),
        ([[[0.5, 0, 0, 0]] * 3], "expected -1, 0 and 1"),
        ([[[300, 0, 0, 0]] * 3], "expected -1, 0 and 1"),
        ([[[1, 0, 0]] * 3], "expected .3, 4."),
        ([], "weights of 0 layers"),
    ],
)
def test_bad_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        aann.Network(aann.Spec("3", 4), weights)


def test_bytes_of_strangers_are_refused():
    good = aann.Network(aann.Spec("3", 4), seed=1).to_bytes()
    for cut in range(len(good)):
        with pytest.raises(ValueError, match=r".+"):
            aann.Network.from_bytes(good[:cut])
    for place in range(len(good)):
        changed = bytearray(good)
        changed[place] ^= 0x41
        with pytest.raises((ValueError, RuntimeError)):
            aann.Network.from_bytes(bytes(changed))


def test_notebooks_show_a_table():
    html = aann.Network(aann.Spec("2C3-3", (1, 5, 5)), seed=1)._repr_html_()
    assert "<table>" in html and "<svg" in html


@pytest.mark.parametrize(
    "call",
    [
        lambda network: aann.Network(network.spec, seed=-1),
        lambda network: aann.Network(network.spec, member=-1),
        lambda network: network.shuffle(seed=2**64),
        lambda network: network.lesion(10, draw=-1),
    ],
)
def test_a_number_that_c_cannot_hold_is_named(call):
    with pytest.raises(ValueError, match=r"(seed|member|draw) -?\d+: expected a whole number from"):
        call(aann.Network(aann.Spec("3", 4)))


def test_a_number_that_is_none_is_refused():
    with pytest.raises(TypeError, match=r"seed 1.5: expected a whole number"):
        aann.Network(aann.Spec("3", 4), seed=1.5)


def test_weights_stay_read_only():
    """NumPy allows to write after all where the memory below could be written."""
    weights = aann.Network(aann.Spec("3", 4)).weights[0]
    with pytest.raises(ValueError, match="WRITEABLE"):
        weights.flags.writeable = True
