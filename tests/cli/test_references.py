"""bench/references.py: every reference runs at a tiny scale, has the counts that it promises, and is judged as ours are;
bench/robustness.py: what is lost is what it says.

ctest-needs: data
ctest-labels: release
ctest-timeout: 900

What is trained by gradient is left out where there is no PyTorch.
"""
import importlib.util
import json
import pathlib
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("no numpy: skipped")
    sys.exit(77)

from program import SAMPLES, SOURCE, answer, main

sys.path.insert(0, str(SOURCE / "bench"))
import reference_common as common  # noqa: E402
import reference_growth as growth  # noqa: E402
import robustness  # noqa: E402

SCRIPT = SOURCE / "bench" / "references.py"
TORCH = importlib.util.find_spec("torch") is not None
NET, PERCENT = "4C5s2-MP2-6C3-MP2-10", "60"  # of the scale `tiny`


def references(*words, status=0, script=SCRIPT):
    done = subprocess.run([sys.executable, str(script), "--scale", "tiny", "--data", str(SAMPLES), "--seeds", "1", *words],
                          capture_output=True, text=True, check=False)
    assert done.returncode == status, f"{words}: exit status {done.returncode}: {done.stderr}"
    return done


def fixture_task():
    return common.load_task(SAMPLES, ".gz", 100)


def zeros_of(net, percent):
    return [int(np.prod(layer.shape)) - layer.synapses for layer in common.layers_of(net, 28, percent)]


def test_everything():
    """One run of all; the table again without computing; a second run computes nothing."""
    done = references("--out", "r.json")
    rows = json.loads(pathlib.Path("r.json").read_text(encoding="utf-8"))["rows"]
    methods = {row["method"] for row in rows}
    assert {"random network", "our search", "grown, real", "grown, signs", "our search, 10", "our search, 32-10",
            "weight-agnostic, mean of six weights", "weight-agnostic, its best weight"} <= methods, methods
    trained = [row for row in rows if row["key"]["what"] in ("wiring", "pruning", "dropout", "lesioned training")]
    assert len({row["method"] for row in trained}) == (2 + 6 + 5 + 1 if TORCH else 0), trained
    assert "our search, lesion noise 5 %" in methods, methods
    for row in rows:
        assert 0 <= row["validation"] <= 100 and 0 <= row["test"] <= 100 and row["seconds"] >= 0, row
        if "sparsity" in row["key"]:
            dense = row["method"] == "dense floats"
            assert row["zeros"] == ([0, 0, 0] if dense else zeros_of(NET, row["key"]["sparsity"])), row
        if "budget" in row["key"]:
            assert 0 < row["samples"] <= row["key"]["budget"], row
        if "synapses" in row["key"]:
            assert abs(row["synapses"] - row["key"]["synapses"]) <= 2, row
    assert "chosen by validation" in done.stdout and "Selected by validation and synapses" in done.stdout
    assert ("no PyTorch" in done.stderr) == (not TORCH), done.stderr
    again = references("--out", "r.json")
    assert again.stdout == done.stdout and "validation" not in again.stderr, again.stderr
    assert references("--out", "r.json", "--what", "table").stdout == done.stdout


def test_front():
    """A point is selected exactly if no other has as few synapses and as many right answers."""
    done = references("--out", "f.json", "--what", "search,front", "--front", "50,90")
    lines = [line.split("|")[1:-1] for line in done.stdout.splitlines() if line.startswith("| ") and "our search" in line]
    front = [cells for cells in lines if cells[0].strip().replace(",", "").isdigit()]  # not the table of methods
    points = [(int(cells[0].replace(",", "")), float(cells[4].split()[0]), cells[7].strip()) for cells in front]
    if not TORCH:
        assert len(points) == 2, done.stdout
    for synapses, right, said in points:
        dominated = any(s <= synapses and r >= right for s, r, _ in points if (s, r) != (synapses, right))
        assert said == "no" or not dominated, points
        assert said == "yes" or dominated or TORCH, points


def test_robustness():
    """Whole networks answer as bench/references.py found; nothing is measured twice; every loss is a loss of that size."""
    references("--out", "l.json", "--what", "search,lesions,straight-through,pruning")
    script = SOURCE / "bench" / "robustness.py"
    words = ("--from", "l.json", "--out", "r.json", "--draws", "2")
    done = references(*words, script=script)
    rows = json.loads(pathlib.Path("r.json").read_text(encoding="utf-8"))["rows"]
    whole = {row["method"]: row["test"] for row in json.loads(pathlib.Path("l.json").read_text(encoding="utf-8"))["rows"]}
    assert len(rows) == (7 if TORCH else 2), done.stdout
    for row in rows:
        assert abs(row["test"]["0"][0] - whole[row["method"]]) < 1e-9 and len(row["test"]["0"]) == 1, row
        assert all(len(row["test"][str(lost)]) == 2 for lost in robustness.LOST[1:]), row
    names = ("our search", "our search, lesion noise 5 %")
    assert [row["method"] for row in rows][:2] == list(names), rows
    assert done.stdout.count("| our search, lesion noise 5 % |") == 2, done.stdout
    before = pathlib.Path("r.json").read_bytes()
    assert references(*words, script=script).stdout == done.stdout and pathlib.Path("r.json").read_bytes() == before
    assert "has no such networks" in references("--from", "none.json", script=script, status=2).stderr


def test_lesions_of_floats():
    """So many synapses of all layers together are lost, others stay as they are, and a larger loss contains a smaller."""
    random = np.random.default_rng(5)
    weights = [random.normal(size=(4, 1, 5, 5)), random.normal(size=(10, 30))]
    weights[0][0] = 0
    synapses = 75 + 300
    order = random.permutation(synapses)
    smaller, larger = (robustness.without(weights, percent, order) for percent in (10, 50))
    for left, lost in ((smaller, 38), (larger, 188)):
        assert sum(np.count_nonzero(values) for values in left) == synapses - lost
        assert all(((values == before) | (values == 0)).all() for values, before in zip(left, weights))
        assert all(np.count_nonzero(values) < np.count_nonzero(before) for values, before in zip(left, weights))
    assert all((b[a == 0] == 0).all() for a, b in zip(smaller, larger))


def test_refused():
    """Mistakes are said in one line."""
    assert "--what nonsense: expected random" in references("--what", "nonsense", status=2).stderr
    assert "no train-images-idx3-ubyte" in references("--data", "nowhere", status=2).stderr


def test_counts():
    """Counts, and the rule that prunes and binarises, are the program's."""
    task, random = fixture_task(), np.random.default_rng(1)
    for percent in ("60", "90", "97.3", "50,80,95"):
        layers = common.layers_of(NET, 28, percent)
        floats = [random.normal(size=layer.shape).astype(np.float32) for layer in layers]
        promised = [[layer.minus, int(np.prod(layer.shape)) - layer.synapses, layer.plus] for layer in layers]
        as_floats = common.score(task, NET, percent, floats)
        as_signs = common.score(task, NET, percent, [common.ternary(*pair) for pair in zip(floats, layers)])
        assert as_floats == as_signs and as_floats["counts"] == promised, (percent, as_floats, as_signs)


def test_encoding():
    """A dense ternary layer in NumPy gives the program's losses and answers: same split, same bytes, same encoding."""
    reduced = common.smaller(fixture_task(), 8, ".")
    answer("search", *reduced.words, "--net", "6-10", "--sparsity", "70", "--steps", "500", "--loss-scale", "8",
           "--study", "a.aann")
    answer("weights", "a.aann", "1", "--npz", "w.npz")
    with np.load("w.npz") as file:
        genome = growth.genome_of_layers([file[f"layer{i}"].reshape(len(file[f"layer{i}"]), -1) for i in range(2)])
    member = answer("show", "a.aann", "1")
    for split in ("validation", "test"):
        logits = genome.logits(growth.columns(reduced, split))
        loss = growth.losses(logits / 8, reduced.labels[split])[0]
        own = growth.accuracies(genome, growth.columns(reduced, split), reduced.labels[split])[0]
        assert abs(loss - member[f"{split}_loss"]) < 1e-5, (split, loss, member[f"{split}_loss"])
        assert abs(own - 100 * member[f"{split}_accuracy"]) < 1e-9, (split, own, member[f"{split}_accuracy"])


def test_ranks():
    """Fronts in order; the ends of a front first."""
    points = [(3, 3), (1, 4), (2, 2), (4, 1), (5, 5), (2.1, 1.9)]
    order = growth.sorted_by_rank(points)
    assert set(order[:4]) == {1, 2, 3, 5} and set(order[:2]) == {1, 3} and order[4:] == [0, 4], order


def test_growth():
    """A child differs by one change; its nodes keep an order of evaluation, and its weights are its kind's."""
    random = np.random.default_rng(3)
    images = random.random((20, 7)).astype(np.float32)
    for name in ("weight-agnostic", "grown, real", "grown, signs"):
        kind = growth.Kind(name)
        genome = kind.first(20, 3, 0.3, random)
        for step in range(300):
            child = kind.child(genome, f"h{step}", random)
            assert abs(child.connections - genome.connections) <= 1 and len(child.order) - len(genome.order) in (0, 1)
            for node, sources in child.into.items():
                place = child.order.index(node) if node in child.order else len(child.order)
                assert all(isinstance(s, int) or child.order.index(s) < place for s in sources), child.into
            weights = {abs(weight) for sources in child.into.values() for weight in sources.values()}
            assert name == "grown, real" or weights == {1.0}, weights
            genome = child
        logits = genome.logits(images, kind.shared)
        assert logits.shape == (3, len(kind.shared or (1,)), 7) and np.isfinite(logits).all()


def test_signs():
    """Straight-through weights have the exact counts, and gradients pass."""
    if not TORCH:
        print("no PyTorch: not tried")
        return
    import torch

    import reference_gradient as gradient
    layer = common.layers_of(NET, 28, PERCENT)[1]
    values = torch.randn(layer.shape, generator=torch.Generator().manual_seed(1), requires_grad=True)
    mask = torch.zeros(values.numel(), dtype=torch.bool)
    mask[:layer.synapses] = True
    for chosen in (None, mask.view_as(values)):
        used = gradient.straight_through(values, layer, chosen)
        rounded = used.detach().round()
        assert torch.allclose(used.detach(), rounded, atol=1e-6)
        assert (int((rounded == 1).sum()), int((rounded == -1).sum())) == (layer.plus, layer.minus)
        assert chosen is None or not bool(rounded[~chosen].any())
        values.grad = None
        (used * 3).sum().backward()
        assert bool((values.grad == 3).all())
    assert np.array_equal(gradient.signs(values.detach(), layer).numpy(), common.ternary(values.detach().numpy(), layer))


if __name__ == "__main__":
    main(globals())
