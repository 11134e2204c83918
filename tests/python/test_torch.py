"""PyTorch: modules that give the integers of their networks, networks from trained modules."""

from __future__ import annotations

import copy
import io

import numpy as np
import pytest

import aann

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import aann.torch as at  # noqa: E402 - needs PyTorch

torch.set_num_threads(1)  # on a busy machine two are slower

NETWORKS = [
    ("10", 7),
    ("16-8-3", 30),
    ("8C3-MP2-4", (1, 8, 8)),
    ("4C5s2-6C3v-MP3-5", (3, 19, 23)),
    ("MP2-4C4-MP2x3-7>>2", (2, 16, 20)),
    ("5C2x3s3>>1-9-2>>3", (1, 11, 14)),
    ("6C1x5-MP1x2-4C1x3v-3", (2, 1, 31)),
    ("3C1-MP5-2C9x9-4", (2, 24, 17)),
    ("8C6x6v-5", (1, 6, 6)),
    ("2C24-3", (1, 30, 30)),
]


def inputs(spec, count=9, seed=0):
    X = np.random.default_rng(seed).integers(-127, 128, (count, *spec.input)).astype(np.int8)
    X[0] = 127
    X[1] = -127
    return X


# ---- to_module


@pytest.mark.parametrize(("text", "shape"), NETWORKS)
@pytest.mark.parametrize("sparsity", [0, 70])
def test_the_same_integers(text, shape, sparsity):
    spec = aann.Spec(text, shape, sparsity=sparsity)
    X = inputs(spec)
    for seed in (1, 2):
        network = aann.Network(spec, seed=seed)
        for dtype in (None, torch.float32, torch.float64):
            module = at.to_module(network, dtype=dtype)
            answer = module(torch.from_numpy(X))
            assert answer.dtype == (dtype or torch.float32)
            assert np.array_equal(answer.numpy(), network.logits(X))
        assert module.network() == network


def random_text(rng):
    """A network with what the notation has; some do not fit their input."""
    elements = [f"MP{rng.integers(1, 3)}"] if rng.random() < 0.3 else []
    for _ in range(rng.integers(0, 4)):
        kernel = f"{rng.integers(1, 8)}x{rng.integers(1, 8)}"
        suffix = "v" * (rng.random() < 0.4) + f"s{rng.integers(2, 5)}" * (rng.random() < 0.4)
        suffix += f">>{rng.integers(0, 6)}" * (rng.random() < 0.4)
        elements.append(f"{rng.integers(1, 9)}C{kernel}{suffix}")
        if rng.random() < 0.5:
            elements.append(f"MP{rng.integers(1, 4)}x{rng.integers(1, 4)}")
    elements += [str(rng.integers(1, 20)) for _ in range(rng.integers(1, 4))]
    return "-".join(elements)


def test_random_networks():
    rng = np.random.default_rng(11)
    done = 0
    while done < 120:
        shape = tuple(int(size) for size in rng.integers(1, [5, 25, 25]))
        try:
            spec = aann.Spec(random_text(rng), shape, sparsity=float(rng.integers(0, 90)))
        except ValueError:
            continue
        network = aann.Network(spec, seed=done)
        X = inputs(spec, 4, seed=done)
        found = at.to_module(network)(torch.from_numpy(X)).numpy()
        assert np.array_equal(found, network.logits(X)), spec
        done += 1


def test_all_types_of_inputs_and_shapes():
    network = aann.Network(aann.Spec("8C3-MP2-4", (1, 8, 8)))
    X = inputs(network.spec)
    module = at.to_module(network)
    for kind in (torch.int8, torch.int64, torch.float32, torch.float64):
        found = module(torch.from_numpy(X).to(kind).reshape(9, 64))
        assert np.array_equal(found.numpy(), network.logits(X))


def test_large_sums_need_float64():
    """132,105 synapses of a unit reach 2^24; float32 has gaps above that."""
    spec = aann.Spec("2", (10, 100, 140), sparsity=0, excitatory_share=1.0)
    network = aann.Network(spec)
    X = np.full((1, 140_000), 127, np.int8)
    X[0, 0] = 126
    module = at.to_module(network)
    assert module(torch.from_numpy(X)).dtype == torch.float64
    assert np.array_equal(module(torch.from_numpy(X)).numpy(), network.logits(X))
    with pytest.raises(ValueError, match="sums of this network reach 17780000"):
        at.to_module(network, dtype=torch.float32)


def test_small_types_are_refused_where_they_are_wrong():
    network = aann.Network(aann.Spec("4", 64))
    with pytest.raises(ValueError, match="bfloat16: sums of this network reach"):
        at.to_module(network, dtype=torch.bfloat16)
    with pytest.raises(TypeError, match="expected a type of floats"):
        at.to_module(network, dtype=torch.int32)
    small = aann.Network(aann.Spec("4", 16))
    X = inputs(small.spec)
    found = at.to_module(small, dtype=torch.float16)(torch.from_numpy(X))
    assert np.array_equal(found.float().numpy(), small.logits(X))


def test_modules_are_frozen_copied_and_saved():
    network = aann.Network(aann.Spec("8C3-MP2-4", (1, 8, 8)))
    module = at.to_module(network)
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert copy.deepcopy(module).network() == network
    file = io.BytesIO()
    torch.save(module.state_dict(), file)
    file.seek(0)
    other = at.to_module(aann.Network(network.spec, seed=2))
    other.load_state_dict(torch.load(file, weights_only=True))
    assert other.network() == network


def test_state_dict():
    network = aann.Network(aann.Spec("8C3-MP2-6-4", (2, 8, 8)))
    saved = at.state_dict(network)
    assert all(tensor.dtype == torch.int8 for tensor in saved.values())
    assert {name: tensor.shape for name, tensor in saved.items()} == {
        name: tensor.shape for name, tensor in at.to_module(network).state_dict().items()
    }
    other = at.to_module(aann.Network(network.spec, seed=2))
    other.load_state_dict(saved)
    assert other.network() == network
    saved["layers.0.weight"][:] = 0  # a copy
    assert np.count_nonzero(network.weights[0]) > 0


def test_a_module_with_other_weights_is_no_network():
    module = at.to_module(aann.Network(aann.Spec("4", 8)))
    with torch.no_grad():
        module.layers[0].weight[0, 0] = 0.5
    with pytest.raises(ValueError, match="expected -1, 0 and 1"):
        module.network()


# ---- from_module


def ternary(network, *, convolutions=False):
    """A module of standard layers with the weights of a network without shifts and strides."""
    parts = []
    last = len(network.spec.layers) - 1
    for i, (layer, weights) in enumerate(zip(network.spec.layers, network.weights, strict=True)):
        if layer.kind == "dense":
            parts.append(nn.Flatten())
            part = nn.Linear(layer.fan_in, layer.units, bias=False)
        else:
            part = nn.Conv2d(layer.input[0], layer.units, layer.kernel, bias=False, padding="same")
        part.weight.data = torch.from_numpy(weights.astype(np.float32))
        parts.append(part)
        if layer.pool != (1, 1):
            parts.append(nn.MaxPool2d(layer.pool))
        if i < last:
            parts.append(nn.Hardtanh())
    return nn.Sequential(*parts)


@pytest.mark.parametrize(
    ("text", "shape"),
    [("4", 6), ("16-8-3", 30), ("8C3-MP2-4", (1, 8, 8)), ("4C4-3C3x1-2", (2, 9, 7))],
)
def test_weights_that_are_ternary_stay_as_they_are(text, shape):
    network = aann.Network(aann.Spec(text, shape, sparsity=40), seed=5)
    found, reports = at.from_module(ternary(network), shape, sparsity=40)
    assert found == network
    for report, layer in zip(reports, network.spec.layers, strict=True):
        assert (report.different, report.scale, report.shift) == (0, 1.0, 0)
        assert report.counts == layer.counts == report.by_magnitude


def test_counts_and_reports():
    torch.manual_seed(3)
    model = nn.Sequential(
        nn.Linear(50, 20, bias=False), nn.Hardtanh(), nn.Linear(20, 4, bias=False)
    )
    model[0].weight.data += 0.05  # more positive weights than the spec allows
    network, reports = at.from_module(model, 50, sparsity=[80, 50])
    assert network.counts == network.spec.counts
    first = model[0].weight.detach().double().numpy()
    kept = np.sort(np.abs(first).ravel())[-200:]
    by_magnitude = np.where(np.abs(first) >= kept[0], np.sign(first), 0)
    assert reports[0].by_magnitude.plus == (by_magnitude == 1).sum()
    assert reports[0].different == (by_magnitude != network.weights[0]).sum() > 0
    assert reports[0].scale == pytest.approx(np.abs(first[network.weights[0] != 0]).mean())
    assert [report.layer for report in reports] == ["0", "2"]
    # The largest are +1, the smallest -1.
    assert first[network.weights[0] == 1].min() > first[network.weights[0] == 0].max()
    assert first[network.weights[0] == -1].max() < first[network.weights[0] == 0].min()


def test_shifts_follow_the_scale():
    torch.manual_seed(0)
    layers = [
        nn.Linear(64, 32, bias=False),
        nn.Linear(32, 16, bias=False),
        nn.Linear(16, 4, bias=False),
    ]
    for layer, scale in zip(layers, (0.25, 0.0625, 0.5), strict=True):
        layer.weight.data = torch.sign(layer.weight.data) * scale
    model = nn.Sequential(layers[0], nn.Hardtanh(), layers[1], nn.Hardtanh(), layers[2])
    network, reports = at.from_module(model, 64, sparsity=0)
    assert [layer.shift for layer in network.spec.layers] == [2, 4, 0]
    assert [report.shift for report in reports] == [2, 4, 0]
    model = nn.Sequential(layers[0], nn.Hardtanh(-2, 2), layers[1], nn.Hardtanh(), layers[2])
    network, _ = at.from_module(model, 64, sparsity=0)
    assert [layer.shift for layer in network.spec.layers] == [3, 3, 0]
    network, _ = at.from_module(model, 64, sparsity=0, shifts=None)
    assert [layer.shift for layer in network.spec.layers] == [0, 0, 0]
    network, _ = at.from_module(model, 64, sparsity=0, shifts=[1, 2, 3])
    assert [layer.shift for layer in network.spec.layers] == [1, 2, 3]
    for layer in layers:
        layer.weight.data[:] *= 1e-30
    network, _ = at.from_module(model, 64, sparsity=0)
    assert [layer.shift for layer in network.spec.layers] == [24, 24, 0]


def test_what_the_module_computes_is_what_the_network_computes():
    """With scales that are powers of two, but for the rounding down of the shift."""
    torch.manual_seed(1)
    conv, dense = nn.Conv2d(1, 6, 5, padding=2, stride=2, bias=False), nn.Linear(24, 3, bias=False)
    model = nn.Sequential(conv, nn.MaxPool2d(2), nn.Hardtanh(), nn.Flatten(), dense)
    for part, scale in ((conv, 0.25), (dense, 1.0)):
        signs = np.resize([1.0, -1.0], part.weight.numel())
        part.weight.data = torch.from_numpy(signs.reshape(part.weight.shape) * scale).float()
    network, _ = at.from_module(model, (1, 8, 8), sparsity=0)
    X = inputs(network.spec, 50)
    wanted = model(torch.from_numpy(X).float() / 127).detach().numpy() * 127
    assert np.abs(network.logits(X) - wanted).max() <= 24 * 0.75 + 1e-3


def test_one_dimension():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv1d(3, 8, 5, padding=2, bias=False),
        nn.MaxPool1d(2),
        nn.Hardtanh(),
        nn.Conv1d(8, 4, 3, stride=2, bias=False),
        nn.Hardtanh(),
        nn.Dropout(),
        nn.Flatten(),
        nn.Linear(4 * 9, 2, bias=False),
        nn.LogSoftmax(1),
    )
    network, _ = at.from_module(model, (3, 1, 40), sparsity=60, shifts=None)
    assert network.spec.text == "8C1x5@60-MP1x2-4C1x3vs2@60-2@60"
    assert network.spec.layers[1].output == (4, 1, 9)


def test_nested_and_lists():
    linear = [nn.Linear(8, 4, bias=False), nn.Hardtanh(), nn.Linear(4, 2, bias=False)]
    nested = nn.Sequential(nn.Sequential(*linear[:2]), nn.Sequential(nn.Identity(), linear[2]))
    first, reports = at.from_module(nested, 8)
    assert first == at.from_module(linear, 8)[0]
    assert [report.layer for report in reports] == ["0.0", "1.1"]
    assert at.from_module(linear[0], 8)[0].spec.text == "4@50"


L = {"bias": False}


@pytest.mark.parametrize(
    ("parts", "shape", "message"),
    [
        ([nn.Linear(8, 4)], 8, "0: networks have no biases; train with bias=False"),
        ([nn.Linear(8, 4, **L), nn.Linear(4, 2, **L)], 8, "1: expected Hardtanh between"),
        ([nn.Linear(8, 4, **L), nn.ReLU(), nn.Linear(4, 2, **L)], 8, "1: ReLU has no equi"),
        ([nn.Linear(8, 4, **L), nn.BatchNorm1d(4)], 8, "1: BatchNorm1d .* no normalisation"),
        ([nn.Linear(8, 4, **L), nn.LSTM(4, 4)], 8, "1: LSTM has no equivalent in a network"),
        ([nn.Linear(8, 4, **L), nn.Hardtanh(0, 1)], 8, "a Hardtanh from 0 to 1"),
        ([nn.Linear(8, 4, **L), nn.Softmax(1), nn.Hardtanh()], 8, "2: Hardtanh after the softmax"),
        ([nn.Linear(8, 4, **L)], (2, 2, 2), "0: expected Flatten"),
        ([nn.Conv2d(1, 2, 3, **L)], 9, "0: Conv2d reads maps"),
        ([nn.Conv2d(2, 2, 3, groups=2, **L)], (2, 9, 9), "neither groups"),
        ([nn.Conv2d(1, 2, 3, dilation=2, **L)], (1, 9, 9), "neither groups, dilation"),
        ([nn.Conv2d(1, 2, 3, padding=2, **L)], (1, 9, 9), r"padding \(2, 2\).* \(1, 1\)"),
        ([nn.Conv2d(1, 2, 4, padding=2, **L)], (1, 9, 9), "padding .2, 2."),
        ([nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect", **L)], (1, 9, 9), "than zeros"),
        ([nn.Conv2d(1, 2, 3, stride=(1, 2), **L)], (1, 9, 9), r"stride \(1, 2\)"),
        ([nn.MaxPool2d(3, 2)], (1, 9, 9), "pools have neither overlap"),
        ([nn.MaxPool2d(2, ceil_mode=True)], (1, 9, 9), "nor ceil_mode"),
        ([nn.Flatten(2)], (1, 9, 9), r"expected Flatten\(1, -1\)"),
        ([nn.Hardtanh(-0.5, 0.5), nn.Linear(8, 4, **L)], 8, "0: a Hardtanh to 0.5 of values"),
        ([nn.Linear(8, 4, **L), nn.Hardtanh(), nn.Hardtanh(-0.5, 0.5)], 8, "2: a Hardtanh to 0.5"),
        ([nn.Hardtanh()], 9, "no layers with weights"),
        ([nn.Linear(9, 4, **L)], 8, "layer 0 has 36 weights, but an input of .* gives it 32"),
        ([nn.Conv2d(1, 2, 3, **L)], (1, 9, 9), "dense"),
    ],
)  # fmt: skip
def test_refused(parts, shape, message):
    with pytest.raises(ValueError, match=message):
        at.from_module(nn.Sequential(*parts), shape)


def test_refused_weights_and_modules():
    linear = nn.Linear(8, 4, bias=False)
    linear.weight.data[1, 2] = float("nan")
    with pytest.raises(ValueError, match="0: a weight is NaN"):
        at.from_module(linear, 8)

    class Mine(nn.Module):
        pass

    with pytest.raises(TypeError, match="Mine does not say in which order"):
        at.from_module(Mine(), 8)
    with pytest.raises(TypeError, match="1: expected an nn.Module, not int"):
        at.from_module([nn.Identity(), 3], 8)
    with pytest.raises(TypeError, match="module.network"):
        at.from_module(at.to_module(aann.Network(aann.Spec("4", 8))), 8)


def test_search_repairs_what_binarising_cost():
    """Train in floats, binarise, repair: the whole way."""
    rng = np.random.default_rng(0)
    X = rng.integers(-127, 128, (600, 16)).astype(np.int8)
    y = (X[:, :3].astype(int) @ [2, 2, -3] > 0).astype(np.int64)
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(16, 24, bias=False), nn.Hardtanh(), nn.Linear(24, 2, bias=False)
    )
    inputs_, answers = torch.from_numpy(X).float() / 127, torch.from_numpy(y)
    for _ in range(300):
        model.zero_grad()
        nn.functional.cross_entropy(model(inputs_), answers).backward()
        for parameter in model.parameters():
            parameter.data -= parameter.grad
    network, _ = at.from_module(model, 16, sparsity=50)
    data = aann.Data(X, y, encoding="int8")
    how = aann.Options(temperature=0.0, loss_scale=1.0)
    repaired = aann.search(data, net=network.spec, start=network, steps=20_000, options=how)
    before = data.train.score(network.logits(data.train.inputs), repaired.options.loss_scale)
    assert before.accuracy > 0.8
    assert repaired.train.loss < 0.9 * before.loss
