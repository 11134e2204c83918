"""Dale's law on the command line: in a search, in phases with other densities, in a walk; by numpy; what is refused.

ctest-timeout: 300
"""
from program import SEARCH, answer, good, hashes, main, refused

USAGE = 2
STEPS = ["--steps", "6000", "--threads", "1", "--quiet"]
LAW = ["--dale", "0.5"]


def obeys(study, member):
    """Whether the weights, as exported, have one sign a unit: half of the units +1, the others -1."""
    import numpy
    good("weights", study, member, "--npz", "w.npz")
    arrays = numpy.load("w.npz")
    weights = [arrays[name] for name in arrays.files]
    conv = next(w for w in weights if w.shape[0] == 6)
    dense = next(w for w in weights if w.shape[0] == 10)
    channels = dense.reshape(10, 6, -1)
    return bool((conv[:, :2] >= 0).all() and (conv[:, 2:] <= 0).all() and (channels[:, :3] >= 0).all()
                and (channels[:, 3:] <= 0).all())


def test_searches_and_walks():
    try:
        import numpy  # noqa: F401
    except ImportError:
        print("numpy is missing: weights are not looked at")
        return
    good(*SEARCH, *STEPS, "--study", "free.aann")
    assert not obeys("free.aann", 1)
    lawful = answer(*SEARCH, *STEPS, *LAW, "--study", "a.aann")
    assert obeys("a.aann", 1)
    assert lawful["layers"] == answer("list", "free.aann")["families"][0]["layers"]
    walk = answer("walk", "a.aann", 1, "--threshold", "30", "--members", 2, "--every", 20, "--quiet")
    assert all(obeys("a.aann", member["id"]) for member in walk["members"])
    phases = ["--phases", "steps=2000 density=70; steps=2000 density=30 by-use=0.5; steps=2000", "--threads", "1", "--quiet"]
    good(*SEARCH, *phases, *LAW, "--study", "phases.aann")
    assert obeys("phases.aann", 1)


def test_the_same_bits():
    good(*SEARCH, *STEPS, *LAW, "--study", "a.aann")
    good(*SEARCH, "--steps", "6000", "--threads", "3", "--isa", "baseline", "--quiet", *LAW, "--study", "b.aann")
    assert hashes("a.aann") == hashes("b.aann")


def test_refused():
    good(*SEARCH, *STEPS, "--study", "free.aann")
    refused(USAGE, r"Dale's law for a share of 0.5 of the units: layer 2, unit \d+, weight \d+ is .1", "search", "--start",
            "free.aann:1", "--steps", "100", *LAW, "--study", "b.aann", "--quiet")
    refused(USAGE, r"layer 2 .* weights -1 and 0 places for them", *SEARCH, *STEPS, "--dale", "1", "--study", "c.aann")
    refused(USAGE, "phase 2: dale is 0.5, that of the search 0", *SEARCH, "--phases", "steps=100; steps=100 dale=0.5",
            "--study", "d.aann")
    refused(USAGE, "with the method genetic", *SEARCH, *STEPS, *LAW, "--method", "genetic", "--study", "e.aann")


if __name__ == "__main__":
    main(globals())
