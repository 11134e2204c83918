"""aann bench search: the account of a search, for any task and any start.

ctest-needs: data
"""
from program import NET, TEST, TRAIN, answer, good, main, refused

TASK = ["--data", TRAIN, "--net", NET, "--sparsity", "60"]
STEPS = ["--steps", "1500", "--first-samples", "0", "--arrange-interval", "500"]


def test_account():
    """What is counted adds up, and is what the search did."""
    result = answer("bench", "search", *TASK, *STEPS)
    assert result["candidates"] == 1500 and 0 < result["accepted"] < 1500
    assert sum(layer["candidates"] for layer in result["layers"]) == 1500
    assert sum(layer["accepted"] for layer in result["layers"]) == result["accepted"]
    account = result["account"]
    assert account["ranked"] == 3 * result["samples"], account
    assert account["together"] + account["alone"] > 0 and account["replayed"] > 0, account
    assert account["renewed"] > 0 and result["seconds"] > 0
    assert abs(result["milliseconds_per_accepted"] - 1e3 * result["seconds"] / result["accepted"]) < 1e-9
    copied = answer("bench", "search", *TASK, *STEPS, "--copies", "2")
    assert copied["samples"] == 2 * result["samples"]


def test_same_search():
    """It accepts what `aann search` accepts; a start and text are understood."""
    found = answer("search", *TASK, "--test", TEST, *STEPS, "--threads", "1", "--study", "a.aann", "--quiet")
    assert answer("bench", "search", *TASK, *STEPS)["accepted"] == found["members"][0]["accepted"]
    text = good("bench", "search", *TASK, *STEPS, "--start", "a.aann:1", "--temperature", "0")
    assert "candidates together" in text and "ms per accepted candidate" in text


def test_refused():
    """Mistakes are told apart."""
    refused(2, "steps.*1 to", "bench", "search", *TASK, "--steps", "0")
    refused(2, "layer-share", "bench", "search", *TASK, *STEPS, "--layer-share", "1,2")
    refused(1, "nobody.aann", "bench", "search", *TASK, "--start", "nobody.aann:1")
    refused(2, "engine, forward, machine or search", "bench", "nothing")


if __name__ == "__main__":
    main(globals())
