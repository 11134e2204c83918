"""Every command, once, on the small sample: what it prints, and what its JSON holds."""
import json
import math
import re

from program import NET, SEARCH, SOURCE, TEST, TRAIN, answer, good, main, run


def search(*more):
    return answer(*SEARCH, "--members", 2, "--steps", 400, "--study", "a.aann", *more)


def test_search():
    result = search()
    assert set(result) >= {"study", "spec", "task", "layers", "members"}, result.keys()
    assert result["study"] == "a.aann" and result["task"] == "classification" and result["complete"] is True
    assert result["spec"] == "4C5s2@60-MP2-6C3@60-MP2-10@60"
    assert [set(layer) for layer in result["layers"]] == [{"name", "minus", "zero", "plus"}] * 3
    assert result["layers"][0] == {"name": "4C5s2", "minus": 20, "zero": 60, "plus": 20}
    assert len(result["members"]) == 2
    for index, member in enumerate(result["members"]):
        assert set(member) >= {"id", "seed", "steps", "hash", "train_loss", "validation_accuracy", "test_accuracy",
                               "seconds"}
        assert member["id"] == index + 1 and member["seed"] == 3 and member["steps"] == 400
        assert re.fullmatch("[0-9a-f]{16}", member["hash"])
        assert 0 < member["train_loss"] < 3 and 0 <= member["test_accuracy"] <= 1 and member["seconds"] > 0
    assert result["members"][0]["hash"] != result["members"][1]["hash"]


def test_json_is_the_last_line():
    lines = good(*SEARCH, "--steps", 50, "--study", "a.aann", "--json").splitlines()
    assert json.loads(lines[-1])["study"] == "a.aann"


def test_text():
    output = good(*SEARCH, "--steps", 100, "--study", "a.aann")
    assert "aann show a.aann 1" in output and "4C5s2" in output
    assert "family 1" in good("list", "a.aann")
    shown = good("show", "a.aann", 1)
    assert "first layer, 4 of 4 units" in shown and "confusion" in shown and "course of the search" in shown
    filters = re.findall(r"^(?:  (?: [-+.]){5}){4}$", shown, re.MULTILINE)
    assert len(filters) == 5, shown
    text = "".join(filters)
    assert (text.count("+"), text.count("-"), text.count(".")) == (20, 20, 60)


def test_a_second_family():
    search()
    result = search("--seed", 4)
    assert [member["id"] for member in result["members"]] == [3, 4]
    listed = answer("list", "a.aann")
    assert [family["family"] for family in listed["families"]] == [1, 2]
    assert listed["families"][1]["members"] == result["members"]
    assert listed["families"][0]["options"]["seed"] == 3 and listed["families"][1]["options"]["seed"] == 4


def test_eval():
    member = search()["members"][0]
    result = answer("eval", "a.aann", 1, "--split", "test")
    assert set(result) == {"accuracy", "loss", "count", "confusion", "balanced_accuracy", "majority",
                           "interval"}
    low, high = result["interval"]
    assert 0 < low < result["accuracy"] < high < 1
    assert result["count"] == 256 and math.isclose(result["accuracy"], member["test_accuracy"])
    assert len(result["confusion"]) == 10 and sum(map(sum, result["confusion"])) == 256
    right = sum(result["confusion"][i][i] for i in range(10))
    assert math.isclose(right / 256, result["accuracy"])
    assert answer("eval", "a.aann", 1) == result
    validation = answer("eval", "a.aann", 1, "--split", "validation")
    assert validation["count"] == 51 and math.isclose(validation["accuracy"], member["validation_accuracy"])
    train = answer("eval", "a.aann", 1, "--split", "train")
    assert train["count"] == 461 and math.isclose(train["accuracy"], member["train_accuracy"])
    assert math.isclose(train["loss"], member["train_loss"], rel_tol=1e-3)
    assert answer("eval", "a.aann", 1, "--data", TEST) == result
    assert answer("eval", "a.aann", 1, "--threads", 3, "--isa", "baseline") == result


def test_predict_and_weights():
    search()
    result = answer("predict", "a.aann", 2, "--data", TEST, "--logits", "out.npy")
    assert result["count"] == 256 and result["outputs"] == 10 and len(result["answers"]) == 256
    printed = good("predict", "a.aann", 2, "--data", TEST).split()
    assert list(map(int, printed)) == result["answers"]
    arrays = answer("weights", "a.aann", 2, "--npz", "w.npz")["arrays"]
    assert arrays == [{"name": "layer0", "shape": [4, 1, 5, 5]}, {"name": "layer1", "shape": [6, 4, 3, 3]},
                      {"name": "layer2", "shape": [10, 54]}]


def test_show():
    member = search()["members"][1]
    shown = answer("show", "a.aann", 2)
    assert {key: shown[key] for key in member} == member
    assert len(shown["trace"]) == 100 and shown["trace"][-1]["step"] == 400
    assert sum(map(sum, shown["confusion"])) == 256


def test_data():
    result = answer("data", "show", TRAIN)
    assert result["count"] == 512 and result["shape"] == [1, 28, 28]
    assert sum(entry["count"] for entry in result["classes"]) == 512
    assert "class   9" in good("data", "show", TRAIN, "--sample", 3)


def test_your_own_csv():
    """Words as labels, a test set that lacks one, and prediction from a file without labels."""
    rows = [f"{i % 7},{i % 5},{(i * 3) % 11},{'high' if i % 7 > 3 else 'low'}" for i in range(200)]
    for name, lines in (("train.csv", ["a,b,c,kind", *rows]), ("test.csv", ["a,b,c,kind", "6,0,1,high", "5,2,2,high"])):
        with open(name, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    with open("plain.csv", "w", encoding="utf-8") as file:
        file.write("a,b,c\n6,0,1\n0,2,2\n")
    result = answer("search", "--data", "train.csv", "--test", "test.csv", "--net", "8-2", "--sparsity", "30", "--steps",
                    3000, "--study", "own.aann", "--label-column", "kind")
    assert result["members"][0]["validation_accuracy"] > 0.8, result
    assert good("predict", "own.aann", 1, "--data", "plain.csv").split() == ["high", "low"]
    assert answer("eval", "own.aann", 1, "--data", "test.csv")["count"] == 2


def test_regression():
    """y is the first column; the network that does it has one weight."""
    with open("train.csv", "w", encoding="utf-8") as file:
        file.write("a,b,y\n" + "".join(f"{i % 9},{i % 4},{(i % 9) / 4 - 1}\n" for i in range(100)))
    result = answer("search", "--data", "train.csv", "--target-columns", "y", "--net", "1", "--sparsity", "50", "--steps",
                    100, "--study", "r.aann", "--encoding", "feature", "--constant", "off", "--output-scale", 1)
    assert result["task"] == "regression" and result["members"][0]["test_accuracy"] is None
    assert result["members"][0]["train_loss"] < 0.001, result
    assert answer("eval", "r.aann", 1, "--split", "train")["accuracy"] is None
    outputs = list(map(float, good("predict", "r.aann", 1, "--data", "train.csv").split()))
    assert len(outputs) == 100 and abs(outputs[0] + 1) < 0.05 and abs(outputs[8] - 1) < 0.05, outputs[:9]


def test_options_that_change_the_network():
    spec = answer(*SEARCH[:-4], "--sparsity-per-layer", "0,50,90", "--excitatory", "1", "--shifts", "2,3,0", "--steps", 20,
                  "--study", "n.aann")
    assert spec["spec"] == "4C5s2@0>>2-MP2-6C3@50>>3-MP2-10@90", spec["spec"]
    assert spec["layers"] == [{"name": "4C5s2>>2", "minus": 0, "zero": 0, "plus": 100},
                              {"name": "6C3>>3", "minus": 0, "zero": 108, "plus": 108},
                              {"name": "10", "minus": 0, "zero": 486, "plus": 54}]


def test_threads():
    """The same members with any number of threads, at a time or each, on any instruction set, with any data limit."""
    def hashes(*more):
        result = answer(*SEARCH, "--members", 2, "--steps", 600, "--study", f"{len(more)}{''.join(map(str, more))}.aann", *more)
        return [member["hash"] for member in result["members"]]
    first = hashes("--threads", 1)
    for more in (("--threads", 2), ("--threads", 3), ("--threads", 2, "--parallel", 1), ("--isa", "baseline"),
                 ("--checkpoint-seconds", 0.01)):
        assert hashes(*more) == first, more
    assert hashes("--samples", 300) != first
    assert hashes("--seed", 5) != first


def test_time():
    """--seconds alone: a budget of steps that is stored, and done, or left resumable where the machine was slower than
    when its rate was measured; with --steps: left resumable."""
    result = answer(*SEARCH, "--seconds", 1.5, "--study", "t.aann")
    assert result["members"][0]["seconds"] < 10, result
    if not result["complete"]:
        good("resume", "t.aann", "--quiet")
        result = answer("list", "t.aann")["families"][0]
    member = result["members"][0]
    assert member["state"] == "done" and 0 < member["steps"] == result["options"]["steps"], result
    result = answer(*SEARCH, "--seconds", 0.5, "--steps", 100000000, "--study", "u.aann")
    assert not result["complete"] and result["members"][0]["state"] == "running"


def test_help():
    overview = good("--help")
    commands = re.findall(r"^  ([a-z]+)  ", overview, re.MULTILINE)
    assert {"search", "resume", "list", "show", "eval", "predict", "weights", "data"} <= set(commands), commands
    for command in commands:
        help_text = good(command, "--help")
        assert help_text.startswith(f"usage: aann {command}"), help_text[:100]
    assert re.fullmatch(r"aann \d+\.\d+\.\d+\n", good("--version"))
    assert NET not in overview


def test_manual_page():
    """The manual page names every command, and every option of search, walk and path that `aann options` does not."""
    page = (SOURCE / "docs" / "man" / "aann.1").read_text(encoding="utf-8").replace("\\-", "-")
    for command in re.findall(r"^  ([a-z]+)  ", good("--help"), re.MULTILINE):
        assert re.search(rf'^\.BI? "?{command}\b', page, re.MULTILINE), command
    table = {"--" + row["name"].replace("_", "-") for row in answer("options")["options"]}
    for command in ("search", "walk", "path"):
        for option in re.findall(r"^  (--[a-z-]+)", good(command, "--help"), re.MULTILINE):
            if option.replace("--no-", "--") in table:
                continue
            assert re.search(rf"^\.BI? {option}\b", page, re.MULTILINE), (command, option)


def test_quiet():
    result = run(*SEARCH, "--steps", 50, "--study", "q.aann", "--quiet")
    assert result.returncode == 0 and result.stderr == ""


if __name__ == "__main__":
    main(globals())
