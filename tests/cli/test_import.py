"""Float networks from numpy as members, and searches that start from a member, with everything that can be wrong."""
import json
import os
import sys
import zipfile

try:
    import numpy as np
except ImportError:
    print("no numpy: skipped")
    sys.exit(77)

from program import NET, SEARCH, TEST, TRAIN, answer, good, hashes, main, refused, run

USAGE, FAILED = 2, 1
SHAPES = [(4, 1, 5, 5), (6, 4, 3, 3), (10, 54)]
TASK = ["--data", TRAIN, "--test", TEST, "--net", NET]


def floats(seed=1, **changed):
    generator = np.random.default_rng(seed)
    arrays = {f"layer{i}": generator.normal(size=shape) for i, shape in enumerate(SHAPES)}
    arrays.update(changed)
    return {name: array for name, array in arrays.items() if array is not None}


def save(path, arrays):
    np.savez(path, **arrays)
    return path


def plainly(values, plus, minus):
    """The plus largest are +1, the minus smallest -1; of equal ones the first."""
    flat = np.asarray(values, float).ravel()
    result = np.zeros(flat.size, int)
    result[np.argsort(-flat, kind="stable")[:plus]] = 1
    left = np.flatnonzero(result == 0)
    result[left[np.argsort(flat[left], kind="stable")[:minus]]] = -1
    return result.reshape(np.shape(values))


def weights(study, member):
    good("weights", study, member, "--npz", "out.npz")
    with np.load("out.npz") as file:
        return [file[f"layer{i}"] for i in range(len(SHAPES))]


def check(arrays, *options):
    result = answer("import", save("in.npz", arrays), *TASK, "--study", "a.aann", *options)
    member = result["members"][-1]
    assert member["origin"] == "import" and member["steps"] == 0, member
    for i, found in enumerate(weights("a.aann", member["id"])):
        counts = result["layers"][i]
        values = np.asarray(arrays[f"layer{i}"], float).reshape(SHAPES[i])
        assert np.array_equal(found, plainly(values, counts["plus"], counts["minus"])), i
        synapses = counts["plus"] + counts["minus"]
        free = np.zeros(values.size, int)
        order = np.argsort(-np.abs(values.ravel()), kind="stable")[:synapses]
        free[order] = np.where(values.ravel()[order] < 0, -1, 1)
        pruned = result["by_magnitude"][i]
        assert pruned["plus"] == np.sum(free == 1) and pruned["minus"] == np.sum(free == -1), pruned
        assert pruned["different"] == np.sum(free != found.ravel()), pruned
    return result


def test_import():
    result = check(floats(), "--sparsity", 60)
    member = result["members"][0]
    for split in ("train", "validation", "test"):
        score = answer("eval", "a.aann", member["id"], "--split", split)
        assert score["accuracy"] == member[f"{split}_accuracy"] and abs(score["loss"] - member[f"{split}_loss"]) < 1e-12
    assert member["state"] == "done"
    assert check(floats(), "--sparsity", 60)["members"][0]["hash"] == member["hash"]
    assert "import" in good("list", "a.aann")
    assert "by magnitude" in good("import", "in.npz", *TASK, "--study", "b.aann")


def test_counts():
    """Other sparsities and shares; ties; other types and orders; a dense layer as [out][c][h][w]."""
    check(floats(2), "--sparsity-per-layer", "0,50,90", "--excitatory", "0.8")
    check(floats(3), "--sparsity", 95, "--excitatory", 1)
    check(floats(3), "--sparsity", 95, "--excitatory", 0)
    ties = np.random.default_rng(4).integers(-1, 2, SHAPES[1])
    check(floats(4, layer1=ties, layer0=np.zeros(SHAPES[0])), "--sparsity", 70)
    check(floats(5, layer1=ties.astype(np.int8), layer0=np.asfortranarray(np.float32(floats()["layer0"]))), "--sparsity", 70)
    check(floats(6, layer2=floats()["layer2"].reshape(10, 6, 3, 3)), "--sparsity", 50)
    check(floats(7, history=np.zeros(3)), "--sparsity", 50)  # other arrays do no harm


def test_round_trip():
    """What `aann weights` writes comes back as it was."""
    answer(*SEARCH, "--steps", 300, "--study", "s.aann")
    good("weights", "s.aann", 1, "--npz", "w.npz")
    back = answer("import", "w.npz", *TASK, "--sparsity", 60, "--study", "a.aann")
    assert hashes("s.aann") == [back["members"][0]["hash"]]
    assert all(layer["different"] == 0 for layer in back["by_magnitude"])


def test_threshold():
    arrays = save("in.npz", floats())
    result = run("import", arrays, *TASK, "--study", "a.aann", "--threshold", 99, "--json")
    assert result.returncode == 3 and json.loads(result.stdout.splitlines()[-1])["members"][0]["state"] == "failed"
    assert answer("import", arrays, *TASK, "--study", "a.aann", "--threshold", 0.01)["members"][0]["state"] == "done"


def test_start():
    """Searching on from an import, and from a member that was found; stopped and resumed or not."""
    task = [*TASK, "--sparsity", 60]
    imported = answer("import", save("in.npz", floats()), *task, "--study", "a.aann")["members"][0]
    search = ["search", "--data", TRAIN, "--test", TEST, "--steps", 500, "--seed", 3, "--start"]
    result = answer(*search, "a.aann:1", "--study", "a.aann", "--members", 2)
    assert result["spec"] == "4C5s2@60-MP2-6C3@60-MP2-10@60" and result["options"]["starts"] == [imported["hash"]]
    assert [member["parent"] for member in result["members"]] == [1, 1]
    assert len({member["hash"] for member in result["members"]} | {imported["hash"]}) == 3
    assert result["members"][0]["train_loss"] < imported["train_loss"]
    elsewhere = answer(*search, "a.aann:1", "--study", "b.aann", "--members", 2, "--threads", 1)
    assert hashes("a.aann") == hashes("b.aann") and elsewhere["members"][0]["parent"] == 0
    chained = answer(*search, "b.aann:2", "--study", "b.aann", "--method", "genetic")["members"][0]
    assert chained["parent"] == 2 and chained["origin"] == "genetic"
    # With --as-start the import itself is searched on, and at 0 degrees never gets worse.
    begun = answer("import", "in.npz", *task, "--study", "c.aann", "--as-start", "--steps", 400, "--temperature", 0)
    assert begun["members"][0]["state"] == "running"
    ended = answer("resume", "c.aann", "--quiet")["members"][0]
    assert ended["state"] == "done" and ended["steps"] == 400 and ended["train_loss"] < imported["train_loss"]


def test_growing():
    """Families of every method grow as others do; one with a start needs it in its study; an import does not grow."""
    answer("import", save("in.npz", floats()), *TASK, "--sparsity", 60, "--study", "a.aann")
    refused(USAGE, "family 1 was not searched .*origin import", "resume", "a.aann", "--members", 3, "--quiet")
    search = ["search", "--data", TRAIN, "--test", TEST, "--steps", 200, "--start", "a.aann:1", "--study"]
    answer(*search, "whole.aann", "--members", 3)
    answer(*search, "a.aann", "--members", 1)
    grown = answer("resume", "a.aann", "--family", 2, "--members", 3, "--quiet")
    assert grown["complete"] and [member["parent"] for member in grown["members"]] == [1, 1, 1]
    assert [member["hash"] for member in grown["members"]] == hashes("whole.aann")
    refused(FAILED, "started from a network that is not in this study", "resume", "whole.aann", "--members", 4, "--quiet")
    assert answer("resume", "whole.aann", "--quiet")["complete"] and len(hashes("whole.aann")) == 3
    for method in ("hill", "random", "genetic"):
        search = [*SEARCH, "--steps", 60, "--method", method, "--population", 10, "--study"]
        answer(*search, "three.aann", "--members", 3)
        answer(*search, f"{method}.aann", "--members", 1)
        grown = answer("resume", f"{method}.aann", "--members", 3, "--quiet")
        assert [member["hash"] for member in grown["members"]] == hashes("three.aann"), method


def refuse(status, pattern, arrays, *more):
    path = arrays if isinstance(arrays, str) else save("bad.npz", arrays)
    refused(status, pattern, "import", path, *TASK, "--study", "never.aann", *more)
    assert not os.path.exists("never.aann")


def test_bad_files():
    refuse(FAILED, "nowhere.npz", "nowhere.npz")
    with open("text.npz", "w", encoding="ascii") as file:
        file.write("layer0")
    refuse(FAILED, "text.npz", "text.npz")
    with zipfile.ZipFile("empty.npz", "w"):
        pass
    refuse(FAILED, "empty.npz: ", "empty.npz")
    refuse(FAILED, "no array layer0; the network has 3 layers; there is: x.npy", {"x": np.zeros(2)})
    refuse(FAILED, "no array layer1; .*; there is: other.npy", floats(layer1=None, other=np.zeros(2)))
    refuse(USAGE, "more layers than the network's 3", floats(layer3=np.zeros((2, 2))))
    refuse(USAGE, "layer0 is 4 x 5 x 5, but layer 4C5s2 has 4 x 1 x 5 x 5", floats(layer0=np.zeros((4, 5, 5))))
    refuse(USAGE, "layer2 is 54 x 10, but layer 10 has 10 x 54 weights", floats(layer2=np.zeros((54, 10))))
    refuse(USAGE, "layer1 is 3, but", floats(layer1=np.zeros(3)))
    refuse(USAGE, "layer1 is 6 x 4 x 3 x 0", floats(layer1=np.zeros((6, 4, 3, 0))))
    for value in (np.nan, np.inf, -np.inf):
        array = floats()["layer1"]
        array.flat[17] = value
        refuse(FAILED, "layer1: element 17 is not a finite number", floats(layer1=array))
    refuse(FAILED, "array layer1.npy", floats(layer1=np.array(["a"] * 216)))
    refuse(FAILED, "array layer1.npy", floats(layer1=np.zeros(SHAPES[1], complex)))
    with open(save("whole.npz", floats()), "rb") as file:
        content = file.read()
    for length in (10, len(content) // 2, len(content) - 1):
        with open("cut.npz", "wb") as file:
            file.write(content[:length])
        refuse(FAILED, "cut.npz", "cut.npz")


def test_bad_arguments():
    path = save("in.npz", floats())
    refused(USAGE, "too few arguments", "import")
    refused(USAGE, "import: no task given", "import", path)
    refused(USAGE, "no task 'cifar'", "import", path, "cifar")
    refuse(USAGE, "--sparsity", path, "--sparsity", 100.5)
    refuse(USAGE, "leaves none", path, "--sparsity", 99.99)
    refuse(USAGE, "a threshold needs a validation split", path, "--threshold", 50, "--validation", 0)
    answer("import", path, *TASK, "--study", "a.aann")
    start = ["search", "--data", TRAIN, "--steps", 10, "--study", "never.aann", "--start"]
    for status, pattern, text in ((USAGE, "STUDY:ID", "a.aann"), (USAGE, "ID: 'x'", "a.aann:x"), (FAILED, "no member|not found", "a.aann:7"),
                                  (FAILED, "nowhere", "nowhere.aann:1")):
        refused(status, pattern, *start, text)
    refused(USAGE, "the start is", *start, "a.aann:1", "--net", NET, "--sparsity", 60)
    refused(USAGE, "the start is", *start, "a.aann:1", "--sparsity-per-layer", "60,50,60")
    with open("small.csv", "w", encoding="ascii") as file:
        file.write("a,b,label\n" + "1,2,0\n3,4,1\n" * 20)
    refused(USAGE, "samples are 3x1x1", "search", "--data", "small.csv", "--study", "never.aann", "--start", "a.aann:1")
    assert not os.path.exists("never.aann")
    refused(USAGE, "--method: 'annealing'", *SEARCH, "--study", "never.aann", "--method", "annealing")


def test_methods():
    """Every method's families are stored, listed, compared and evaluated as any other."""
    for method in ("sense", "hill", "random", "genetic"):
        study = method + ".aann"
        search = [*SEARCH, "--steps", 60, "--members", 2, "--method", method, "--population", 10]
        result = answer(*search, "--study", study)
        assert result["options"]["method"] == method
        assert [member["origin"] for member in result["members"]] == ["search" if method == "sense" else method] * 2
        other = answer(*search, "--study", "other.aann", "--threads", 1, "--isa", "baseline", "--checkpoint-seconds", 0.01)
        assert [m["hash"] for m in other["members"]] == [m["hash"] for m in result["members"]]
        for member in result["members"]:
            assert answer("eval", study, member["id"])["accuracy"] == member["test_accuracy"]
            assert abs(answer("eval", study, member["id"], "--split", "train")["loss"] - member["train_loss"]) < 1e-3
        assert answer("geometry", study, "--samples", 0)["members"] == [1, 2]
        stopped = answer(*SEARCH, "--steps", 10**7, "--members", 2, "--method", method, "--study", "t.aann", "--seconds", 0.3)
        assert stopped["complete"] is False
        os.remove("t.aann")


if __name__ == "__main__":
    main(globals())
