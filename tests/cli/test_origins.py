"""Statistics over pairs take independent members, and say which were left out.

ctest-timeout: 300
"""
from program import SEARCH, answer, good, made_study, main, refused

STEPS = ["--steps", "3000", "--threads", "2", "--quiet"]


def test_origins():
    made_study("a.aann", *SEARCH, *STEPS, "--members", 3)
    alone = answer("geometry", "a.aann", "--no-keep")
    assert alone["left_out"] == 0 and alone["members"] == [1, 2, 3]
    path = answer("path", "a.aann", 1, 2, "--points", 3, "--repairs", 5, "--candidates", 4, "--draws", 1, "--quiet")
    walk = answer("walk", "a.aann", 1, "--loss", 5, "--members", 2, "--every", 20, "--quiet")
    tops = answer("connect", "a.aann", "--repairs", 2, "--doublings", 0, "--quiet")["attempts"]
    mixed = answer("geometry", "a.aann", "--no-keep")
    others = path["stored"] + len(walk["members"]) + tops
    assert mixed["left_out"] == others and {**mixed, "left_out": 0} == alone
    assert f"{others} members of other origins" in good("geometry", "a.aann", "--no-keep")
    everything = answer("geometry", "a.aann", "--no-keep", "--origin", "all", "--samples", 0, "--no-match")
    assert len(everything["members"]) == 3 + others and everything["left_out"] == 0
    assert everything["measures"]["distance"]["mean"] < alone["measures"]["distance"]["mean"]
    walked = answer("geometry", "a.aann", "--no-keep", "--origin", "walk", "--samples", 0)
    assert walked["members"] == [member["id"] for member in walk["members"]]
    refused(1, "family 1 has 0 finished members; at least 2 are needed.*--origin all", "geometry", "a.aann",
            "--origin", "genetic")
    ensemble = answer("ensemble", "a.aann", "--no-keep")
    assert ensemble["members"] == [1, 2, 3], ensemble["members"]
    assert len(answer("ensemble", "a.aann", "--no-keep", "--origin", "all")["members"]) == 3 + others


def test_references():
    """Null models and random networks beside what was found; fewer by request."""
    made_study("a.aann", *SEARCH, *STEPS, "--members", 3)
    found = answer("geometry", "a.aann", "--no-keep")["measures"]
    assert sorted(found["distance"]["nulls"]) == ["degrees", "kernels", "places", "uniform", "units"]
    assert sorted(found["matched"]["nulls"]) == ["places"]
    uniform = found["distance"]["nulls"]["uniform"]
    assert abs(uniform["mean"] - found["distance"]["chance_mean"]) < 5 * found["distance"]["chance_deviation"]
    for layer in range(3):
        similarity = found[f"similarity_layer{layer}"]
        assert 0 < similarity["random_mean"] <= 1 and 0 < similarity["found_with_random_mean"] <= 1
    text = good("geometry", "a.aann", "--no-keep")
    assert "shuffled members" in text and "random ones" in text
    few = answer("geometry", "a.aann", "--no-keep", "--no-nulls", "--restarts", 0)["measures"]
    assert few["distance"]["nulls"] == {} and few["matched"]["mean"] >= found["matched"]["mean"]
    assert few["distance"]["mean"] == found["distance"]["mean"]
    refused(2, "--restarts: '-1'", "geometry", "a.aann", "--restarts", -1)


if __name__ == "__main__":
    main(globals())
