"""Lesion noise on the command line: in a search and in a phase, stopped and resumed; what walks and paths make of such
a family; what is refused.

ctest-timeout: 300
"""
from program import SEARCH, answer, good, hashes, main, refused

USAGE = 2
STEPS = ["--steps", "6000", "--threads", "2", "--quiet"]
NOISE = ["--lesion-noise", "10", "--lesion-masks", "3"]


def test_a_search():
    plain = answer(*SEARCH, *STEPS, "--study", "plain.aann")
    noisy = answer(*SEARCH, *STEPS, *NOISE, "--study", "noisy.aann")
    assert noisy["members"][0]["hash"] != plain["members"][0]["hash"]
    listed = answer("list", "noisy.aann")["families"][0]
    assert listed["options"]["lesion_noise"] == 10.0 and listed["options"]["lesion_masks"] == 3
    assert listed["layers"] == answer("list", "plain.aann")["families"][0]["layers"]
    # The figures of a finished member are those of the whole network.
    member = answer("show", "noisy.aann", 1)
    scored = answer("eval", "noisy.aann", 1, "--split", "validation")
    assert abs(scored["accuracy"] - member["validation_accuracy"]) < 1e-12
    once_more = answer(*SEARCH, "--steps", 6000, "--threads", 1, "--isa", "baseline", "--quiet", *NOISE, "--study",
                       "again.aann")
    assert once_more["members"][0]["hash"] == noisy["members"][0]["hash"]


def test_phases():
    phases = ["--phases", "steps=3000; steps=3000 lesion-noise=10 lesion-masks=3", "--threads", "1", "--quiet"]
    good(*SEARCH, *phases, "--study", "whole.aann")
    phases[1] = phases[1].replace("lesion-noise=10 lesion-masks=3", "")
    good(*SEARCH, *phases, "--study", "without.aann")
    assert hashes("whole.aann") != hashes("without.aann")


def test_walks_and_paths():
    """They are of whole networks: their losses are those of an evaluation."""
    good(*SEARCH, *STEPS, *NOISE, "--members", 2, "--study", "a.aann")
    walk = answer("walk", "a.aann", 1, "--threshold", "30", "--members", 2, "--every", 20, "--quiet")
    assert walk["state"] == "complete" and len(walk["members"]) == 2
    path = answer("path", "a.aann", 1, 2, "--quiet")
    assert path["worst"]["loss"] > 0.0


def test_refused():
    refused(USAGE, "lesion_noise is 10 and informed_steps 20", *SEARCH, *STEPS, *NOISE, "--informed-steps", "20",
            "--study", "a.aann")
    refused(USAGE, "expected a search on samples by sense or hill", *SEARCH, *STEPS, *NOISE, "--method", "random",
            "--study", "a.aann")
    refused(USAGE, "--lesion-noise.*expected.*0 to 90", *SEARCH, *STEPS, "--lesion-noise", "95", "--study", "a.aann")


if __name__ == "__main__":
    main(globals())
