"""Every number of `aann geometry` and `aann ensemble` against a plain computation in numpy, on a small family.

The networks are evaluated in numpy, too, from the weights that `aann weights` writes, and compared with the logits of
`aann predict`, so that nothing of the library is taken for granted.

ctest-needs: cli
"""
import csv
import gzip
import itertools
import math
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

try:
    import numpy as np
except ImportError:
    print("no numpy: skipped")
    sys.exit(77)

from program import SAMPLES, SEARCH, TEST, TRAIN, answer, good, main, refused  # noqa: E402

MEMBERS = 7
HOME = tempfile.TemporaryDirectory(prefix="aann-geometry-")  # every test has a folder of its own; this is for all
STUDY = os.path.join(HOME.name, "family.aann")


def near(found, expected, tolerance=1e-9):
    found = np.array([[math.nan if x is None else x for x in row] for row in np.atleast_2d(np.array(found, object))],
                     float)
    expected = np.atleast_2d(np.asarray(expected, float))
    assert found.shape == expected.shape, (found.shape, expected.shape)
    difference = np.abs(found - expected)
    assert np.array_equal(np.isnan(found), np.isnan(expected)), "not a number in different places"
    assert np.nanmax(difference, initial=0) <= tolerance, np.nanmax(difference)


# ---- the family, once for all tests -------------------------------------------------------------------


def read_idx(path):
    with gzip.open(path) as file:
        data = file.read()
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def encode(images):
    return np.floor(images.astype(float) * 127 / 255 + 0.5).astype(np.int64)[:, None]


def convolve(x, weights, stride):
    """Zero padding that keeps the size at stride 1; 3x3 and 5x5 kernels."""
    size = weights.shape[2]
    pad = (size - 1) // 2
    # What a stride leaves over is not padded at the far end: positions are multiples of the stride.
    x = np.pad(x, ((0, 0), (0, 0), (pad, size - 1 - pad), (pad, size - 1 - pad)))
    rows = (x.shape[2] - size) // stride + 1
    columns = (x.shape[3] - size) // stride + 1
    result = np.zeros((len(x), len(weights), rows, columns), np.int64)
    for ky, kx in itertools.product(range(size), range(size)):
        part = x[:, :, ky:ky + stride * rows:stride, kx:kx + stride * columns:stride]
        result += np.einsum("ncyx,uc->nuyx", part, weights[:, :, ky, kx].astype(np.int64))
    return result


def pool(x):
    x = x[:, :, :x.shape[2] // 2 * 2, :x.shape[3] // 2 * 2]
    return x.reshape(*x.shape[:2], x.shape[2] // 2, 2, x.shape[3] // 2, 2).max((3, 5))


def forward(layers, images):
    """Representations of 4C5s2-MP2-6C3-MP2-10: two hidden layers and the logits."""
    first = pool(convolve(encode(images), layers[0], 2)).clip(-127, 127)
    second = pool(convolve(first, layers[1], 1)).clip(-127, 127)
    flat = second.reshape(len(second), -1)
    return [first.reshape(len(first), -1), flat, flat @ layers[2].reshape(10, -1).T.astype(np.int64)]


class Family:
    def __init__(self):
        good(*SEARCH, "--members", MEMBERS, "--steps", 800, "--validation", 60, "--study", STUDY)
        listed = answer("list", STUDY)["families"][0]
        self.counts = listed["layers"]
        self.ids = [member["id"] for member in listed["members"]]
        self.images = read_idx(TEST)
        self.labels = read_idx(SAMPLES / "t10k-labels-idx1-ubyte.gz").astype(int)
        self.weights, self.layers, self.validation = [], [], []
        train = read_idx(TRAIN)
        self.validation_labels = read_idx(SAMPLES / "train-labels-idx1-ubyte.gz").astype(int)[-60:]
        for member in self.ids:
            good("weights", STUDY, member, "--npz", "weights.npz")
            with np.load("weights.npz") as file:
                weights = [file[f"layer{i}"] for i in range(3)]
            self.weights.append(weights)
            self.layers.append(forward(weights, self.images))
            self.validation.append(forward(weights, train[-60:])[2])
            good("predict", STUDY, member, "--data", TEST, "--logits", "logits.npy")
            assert np.array_equal(np.load("logits.npy"), self.layers[-1][2]), "numpy evaluates another network"
        self.logits = np.array([layers[2] for layers in self.layers])
        self.answers = self.logits.argmax(2)
        self.validation = np.array(self.validation)


FAMILY = None


def family():
    global FAMILY
    if FAMILY is None:
        FAMILY = Family()
    return FAMILY


def pairs(function):
    return np.array([[function(i, j) for j in range(MEMBERS)] for i in range(MEMBERS)], float)


# ---- tests --------------------------------------------------------------------------------------------


def check_distances(f, measures):
    for layer in range(3):
        found = measures[f"distance_layer{layer}"]
        near(found["matrix"], pairs(lambda i, j: np.sum(f.weights[i][layer] != f.weights[j][layer])), 0)
        counts = np.array([f.counts[layer][name] for name in ("minus", "zero", "plus")], float)
        total = counts.sum()
        # Probabilities of two positions having values v and w in one network; equal pairs in two networks.
        both = np.outer(counts, counts) - np.diag(counts)
        same = np.sum(counts**2) / total
        variance = np.sum(both**2) / (total * (total - 1)) + same - same**2
        near(found["chance_mean"], total - same, 1e-9)
        near(found["chance_deviation"], math.sqrt(variance), 1e-9)
    near(measures["distance"]["matrix"], sum(np.array(measures[f"distance_layer{i}"]["matrix"]) for i in range(3)), 0)
    near(measures["distance"]["chance_deviation"]**2,
         sum(measures[f"distance_layer{i}"]["chance_deviation"]**2 for i in range(3)))


def least_matched(a, b):
    """The least distance over all names of both hidden layers: all of the first, with the best of the second to each."""
    names = np.array(list(itertools.permutations(range(6))))
    dense = [w[2].reshape(10, 6, -1) for w in (a, b)]
    outgoing = np.array([[np.sum(dense[0][:, i] != dense[1][:, j]) for j in range(6)] for i in range(6)])
    least = math.inf
    for first in itertools.permutations(range(4)):
        own = np.sum(a[0] != b[0][list(first)])
        renamed = b[1][:, list(first)]
        incoming = np.array([[np.sum(a[1][i] != renamed[j]) for j in range(6)] for i in range(6)])
        costs = (incoming + outgoing)[np.arange(6), names].sum(1)
        least = min(least, own + costs.min())
    return least


def check_matched(f, measures):
    matched = np.array(measures["matched"]["matrix"])
    raw = np.array(measures["distance"]["matrix"])
    near(matched, sum(np.array(measures[f"matched_layer{i}"]["matrix"]) for i in range(3)), 0)
    exact = 0
    for i, j in itertools.combinations(range(MEMBERS), 2):
        least = least_matched(f.weights[i], f.weights[j])
        assert least <= matched[i, j] == matched[j, i] <= raw[i, j], (least, matched[i, j], raw[i, j])
        exact += least == matched[i, j]
    print(f"  matching found the least distance of {exact} of {MEMBERS * (MEMBERS - 1) // 2} pairs")
    assert exact > 0
    assert matched.max() < measures["distance"]["chance_mean"] and measures["matched"]["chance_mean"] < raw.mean() * 2


def kappa(observed, expected):
    return (observed - expected) / (1 - expected)


def check_answers(f, measures):
    answers, wrong = f.answers, f.answers != f.labels
    share = np.array([np.bincount(a, minlength=10) / a.size for a in answers])
    right = 1 - wrong.mean(1)
    agreement = pairs(lambda i, j: np.mean(answers[i] == answers[j]))
    near(measures["agreement"]["matrix"], agreement)
    near(measures["answer_kappa"]["matrix"], kappa(agreement, share @ share.T))
    near(measures["error_overlap"]["matrix"],
         pairs(lambda i, j: np.sum(wrong[i] & wrong[j]) / np.sum(wrong[i] | wrong[j])))
    near(measures["error_kappa"]["matrix"],
         kappa(pairs(lambda i, j: np.mean(wrong[i] == wrong[j])),
               np.outer(right, right) + np.outer(1 - right, 1 - right)))


def cka(x, y, unbiased):
    n = len(x)
    if not unbiased:
        x, y = x - x.mean(0), y - y.mean(0)
        return np.sum((y.T @ x)**2) / np.sqrt(np.sum((x.T @ x)**2) * np.sum((y.T @ y)**2))

    def hsic(a, b):
        k, l = a @ a.T, b @ b.T
        np.fill_diagonal(k, 0)
        np.fill_diagonal(l, 0)
        return (np.trace(k @ l) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * np.sum(k @ l)) / (n * (n - 3))

    return hsic(x, y) / np.sqrt(hsic(x, x) * hsic(y, y))


def check_similarity(f, measures, samples, unbiased):
    for layer in range(3):
        x = [layers[layer][:samples].astype(float) for layers in f.layers]
        near(measures[f"similarity_layer{layer}"]["matrix"], pairs(lambda i, j: cka(x[i], x[j], unbiased)))


def check_summaries(measures):
    upper = np.triu_indices(MEMBERS, 1)
    for key, measure in measures.items():
        values = np.array(measure["matrix"], float)[upper]
        near(measure["mean"], values.mean())
        near(measure["deviation"], values.std(ddof=1))
        near(measure["median"], np.median(values))
        assert (measure["minimum"], measure["maximum"]) == (values.min(), values.max()), key


def check_map(found, distances):
    centring = np.eye(MEMBERS) - 1 / MEMBERS
    values, vectors = np.linalg.eigh(-0.5 * centring @ distances @ centring)  # the distances are squares already
    order = np.argsort(-values)
    near(found["eigenvalues"], values[order[:2]], 1e-8)
    near(found["share"], values[order[:2]].sum() / values[values > 0].sum())
    coordinates = np.array(found["coordinates"])
    for axis in range(2):
        expected = vectors[:, order[axis]] * math.sqrt(values[order[axis]])
        expected *= np.sign(expected[np.argmax(np.abs(expected))])
        near(coordinates[:, axis], expected, 1e-6)


def check_clusters(result, distances):
    clusters = {i: [i] for i in range(MEMBERS)}
    for step, (left, right, height, size) in enumerate(result["merges"]):
        heights = {(a, b): distances[np.ix_(clusters[a], clusters[b])].mean()
                   for a, b in itertools.combinations(sorted(clusters), 2)}
        near(height, min(heights.values()))
        near(heights[tuple(sorted((left, right)))], height)
        clusters[MEMBERS + step] = clusters.pop(left) + clusters.pop(right)
        assert len(clusters[MEMBERS + step]) == size
    assert [result["members"][i] for i in clusters[2 * MEMBERS - 2]] == result["order"]


def test_geometry():
    f = family()
    result = answer("geometry", STUDY, "--matrices", "--csv", "pairs.csv")
    assert result["members"] == f.ids and result["split"] == "test" and result["samples"] == len(f.labels)
    near(result["accuracy"], (f.answers == f.labels).mean(1))
    measures = result["measures"]
    check_distances(f, measures)
    check_matched(f, measures)
    check_answers(f, measures)
    check_similarity(f, measures, min(256, len(f.labels)), False)
    check_summaries(measures)
    distances = np.array(measures["distance"]["matrix"])
    check_map(result["map"], distances)
    check_clusters(result, distances)
    with open("pairs.csv", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == MEMBERS * (MEMBERS - 1) // 2
    for row in rows:
        i, j = f.ids.index(int(row["member"])), f.ids.index(int(row["other"]))
        for key, measure in measures.items():
            near(float(row[key]), measure["matrix"][i][j], 1e-6)
    unbiased = answer("geometry", STUDY, "--matrices", "--unbiased", "--samples", 40, "--no-match")
    check_similarity(f, unbiased["measures"], 40, True)
    assert "matched" not in unbiased["measures"]


def plain_accuracy(logits, labels, members, method):
    chosen = logits[list(members)]
    scores = chosen.sum(0).astype(float)
    if method == "vote":
        votes = np.zeros_like(scores)
        for member in chosen:
            votes[np.arange(len(member)), member.argmax(1)] += 1
        scores = votes * 1e9 + scores
    return np.mean(scores.argmax(1) == labels)


def test_ensemble():
    f = family()
    result = answer("ensemble", STUDY, "--draws", 400, "--csv", "ensemble.csv")
    near(result["single"], (f.answers == f.labels).mean(1))
    for method in ("vote", "sum"):
        found = result[method]
        order = [f.ids.index(member) for member in found["greedy_order"]]
        assert sorted(order) == list(range(MEMBERS))
        alone = [plain_accuracy(f.validation, f.validation_labels, [m], method) for m in range(MEMBERS)]
        for size in range(1, MEMBERS + 1):
            near(found["greedy"][size - 1], plain_accuracy(f.logits, f.labels, order[:size], method))
            left = [m for m in range(MEMBERS) if m not in order[:size - 1]]
            values = {m: plain_accuracy(f.validation, f.validation_labels, order[:size - 1] + [m], method) for m in left}
            best = max(left, key=lambda m: (values[m], alone[m], -m))
            assert order[size - 1] == best, (method, size, order, values)
            near(found["greedy_validation"][size - 1], values[best])
            # All subsets: what the random draws' mean and extremes estimate.
            subsets = [plain_accuracy(f.logits, f.labels, s, method) for s in itertools.combinations(range(MEMBERS), size)]
            deviation = np.std(subsets)
            assert abs(found["mean"][size - 1] - np.mean(subsets)) <= 4.5 * deviation / math.sqrt(400) + 1e-12
            assert min(subsets) - 1e-12 <= found["minimum"][size - 1] <= found["maximum"][size - 1] <= max(subsets) + 1e-12
            if size < MEMBERS:
                assert 0.7 < found["deviation"][size - 1] / deviation < 1.3
    with open("ensemble.csv", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    near([float(row["greedy"]) for row in rows], result["vote"]["greedy"] + result["sum"]["greedy"])


def test_again():
    """Predictions are computed once; the same study gives the same bytes, pictures included."""
    family()
    first = answer("geometry", STUDY)
    second = answer("geometry", STUDY)
    assert second["forward_passes"] == 0 and first["forward_passes"] in (0, MEMBERS)
    assert answer("geometry", STUDY, "--split", "validation", "--no-keep")["forward_passes"] in (0, MEMBERS)
    for folder, threads in (("one", 1), ("two", 2)):
        with open(folder + ".txt", "w", encoding="utf-8") as file:
            file.write(good("geometry", STUDY, "--pictures", folder, "--threads", threads))
            file.write(good("ensemble", STUDY, "--pictures", folder, "--threads", threads))
    names = sorted(os.listdir("one"))
    assert names == sorted(os.listdir("two"))
    expected = {"distance_matrix", "matched_histogram", "agreement_matrix", "similarity_layer2_matrix", "map", "learning",
                "accuracy_histogram", "ensemble"}
    assert expected <= {name.rsplit(".")[0] for name in names} and {name[-3:] for name in names} == {"png", "svg"}
    for name in [*(f"{folder}/{name}" for name in names for folder in ("one",)), "one.txt"]:
        with open(name, "rb") as a, open(name.replace("one", "two", 1), "rb") as b:
            assert a.read() == b.read(), name


def test_refused():
    family()
    refused(2, "--samples", "geometry", STUDY, "--samples", 2)
    refused(1, "no train2 split|split", "geometry", STUDY, "--split", "train2")
    refused(1, "family 9", "ensemble", STUDY, "--family", 9)
    refused(1, "/nonexistent/x.csv", "geometry", STUDY, "--csv", "/nonexistent/x.csv")
    refused(1, "missing.aann", "geometry", "missing.aann")
    good(*SEARCH, "--members", 1, "--steps", 10, "--study", "one.aann")
    refused(1, "at least 2 are needed", "geometry", "one.aann")
    assert len(answer("ensemble", "one.aann")["vote"]["mean"]) == 1


if __name__ == "__main__":
    main(globals())
