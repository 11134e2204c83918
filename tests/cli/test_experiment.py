"""`aann experiment paper` on the small sample: every number of tables and report computed again with numpy from exported
weights, the same bytes whenever and however it runs, and all that can be wrong with its settings.

ctest-timeout: 300
"""
import copy
import csv
import json
import math
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "geometry"))

try:
    import numpy as np
except ImportError:
    print("no numpy: skipped")
    sys.exit(77)

from program import NET, PROGRAM, SAMPLES, SOURCE, TEST, TRAIN, answer, good, main, refused, run  # noqa: E402
from test_numpy import forward, read_idx  # noqa: E402

USAGE, FAILED = 2, 1
JUDGED = 200
SETTINGS = {
    "task": {"data": TRAIN, "test": TEST, "net": NET, "sparsity": [60, 60, 60]},
    "seed": 5,
    "small": {
        "search": {"steps": 100 if os.environ.get("AANN_SANITIZE") else 400, "first_samples": 200},
        "judge": {"split": "test", "samples": JUDGED},
        "existence": {"members": 3, "threshold": 20},
        "sparsity": {"members": 2, "percent": [20, 90]},
        "excitatory": {"members": 1, "share": [0, 0.8]},
        "null": {"draws": 2},
        "lesions": {"draws": 2, "from": 0, "to": 50, "step": 25},
        "shared_weight": [0.25, -1],
        "baselines": {"members": 2, "hill": {}, "random": {"steps": 60}, "genetic": {"steps": 60, "population": 10}},
    },
}
TABLES = ["members.csv", "intact.csv", "nulls.csv", "lesions.csv", "shared_weight.csv"]
PICTURES = ["existence", "learning", "sparsity", "excitatory", "nulls", "lesions", "shared_weight", "baselines",
            "baselines_learning"]


def settings(path="settings.json", **small):
    """A file of the settings above with some sections of the scale replaced (None: left out)."""
    changed = copy.deepcopy(SETTINGS)
    for name, value in small.items():
        changed["small"].pop(name, None)
        if value is not None:
            changed["small"][name] = value
    with open(path, "w", encoding="utf-8") as file:
        json.dump(changed, file)
    return path


def experiment(out, *more, path=None):
    return ["experiment", "paper", "--settings", path or settings(), "--out", out, "--quiet", *more]


def everything(folder):
    """All files of a finished experiment but the study."""
    result = {}
    for place, _, names in os.walk(folder):
        for name in names:
            if not name.startswith("study.aann"):
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    result[os.path.relpath(path, folder)] = file.read()
    return result


def table(folder, name):
    with open(os.path.join(folder, name), encoding="ascii") as file:
        return list(csv.DictReader(file))


def markdown(report, title):
    """The rows of the first table after a heading, as lists of cells."""
    part = report.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| \n").split(" |") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def summary(values):
    values = np.array(values, float)
    deviation = f"{values.std(ddof=1):.2f}" if len(values) > 1 else "-"
    return [f"{values.mean():.2f}", deviation, f"{values.min():.2f}", f"{values.max():.2f}"]


def close(found, expected):
    """Printed numbers with two decimals, whose last may be rounded the other way."""
    assert len(found) == len(expected), (found, expected)
    for a, b in zip(found, expected):
        assert a == b or abs(float(a) - float(b)) < 0.0101, (found, expected)


IMAGES, LABELS = read_idx(TEST)[:JUDGED], read_idx(SAMPLES / "t10k-labels-idx1-ubyte.gz").astype(int)[:JUDGED]


def exported(study, member, *options):
    good("weights", study, member, "--npz", "out.npz", *options)
    with np.load("out.npz") as file:
        return [file[f"layer{i}"] for i in range(3)]


def accuracy(layers):
    return np.mean(forward(layers, IMAGES)[2].argmax(1) == LABELS)


def options_of(row):
    layer = [] if row["layer"] == "all" else ["--layer", row["layer"]]
    return ["--draw", row["draw"], "--draw-seed", SETTINGS["seed"], *layer]


def check_nulls(study):
    rows = table("paper", "nulls.csv")
    assert len(rows) == 3 * 4 * 2
    for row in rows:
        found = exported(study, row["member"], "--shuffle", *options_of(row))
        whole = exported(study, row["member"])
        for i, (a, b) in enumerate(zip(found, whole)):
            assert np.array_equal(np.sort(a, None), np.sort(b, None))
            assert np.array_equal(a, b) == (row["layer"] not in ("all", str(i)))
        assert abs(float(row["accuracy"]) - accuracy(found)) < 1e-12, row


def check_lesions(study):
    rows = table("paper", "lesions.csv")
    assert len(rows) == 3 * 4 * 2 * 3
    previous = None
    for row in rows:
        found = exported(study, row["member"], "--lesion", row["percent"], *options_of(row))
        whole = exported(study, row["member"])
        touched = range(3) if row["layer"] == "all" else [int(row["layer"])]
        synapses = sum(np.count_nonzero(whole[i]) for i in touched)
        lost = 0
        for i, (a, b) in enumerate(zip(found, whole)):
            assert np.all((a == b) | (a == 0)) and (i in touched or np.array_equal(a, b))
            lost += np.sum(a != b)
            if previous is not None and float(row["percent"]) > 0:  # lesions of a draw are nested
                assert np.all(previous[i][a != 0] != 0)
        assert lost == int(row["deleted"]) == math.floor(float(row["percent"]) / 100 * synapses + 0.5), row
        assert abs(float(row["accuracy"]) - accuracy(found)) < 1e-12, row
        previous = found


def share(layers, weight, signs):
    """Weights are real numbers here, activations integers: floor and clamp as HardTanh after a shift does."""
    return [(a if signs == "own" else (a != 0).astype(int)) * (1 if weight > 0 else -1) for a in layers]


def shifted_accuracy(layers, shift):
    from test_numpy import convolve, encode, pool  # pylint: disable=import-outside-toplevel
    first = (pool(convolve(encode(IMAGES), layers[0], 2)) >> shift).clip(-127, 127)
    second = (pool(convolve(first, layers[1], 1)) >> shift).clip(-127, 127)
    logits = (second.reshape(len(second), -1) @ layers[2].reshape(10, -1).T.astype(np.int64)) >> shift
    return np.mean(logits.argmax(1) == LABELS)


def check_shared(study):
    rows = table("paper", "shared_weight.csv")
    assert len(rows) == 3 * 2 * 2
    for row in rows:
        weight = float(row["weight"])
        layers = share(exported(study, row["member"]), weight, row["signs"])
        keep = ["--keep-signs"] if row["signs"] == "own" else []
        for a, b in zip(layers, exported(study, row["member"], "--shared-weight", weight, *keep)):
            assert np.array_equal(a, b)
        assert abs(float(row["accuracy"]) - shifted_accuracy(layers, round(-math.log2(abs(weight))))) < 1e-12, row


def check_report(study):
    with open("paper/report.md", encoding="utf-8") as file:
        report = file.read()
    members = table("paper", "members.csv")
    listed = answer("list", study)["families"]
    assert [row["hash"] for row in members] == [m["hash"] for family in listed for m in family["members"]]

    def of(name, column="test_accuracy"):
        return [100 * float(row[column]) for row in members if row["name"] == name]
    close(markdown(report, "Is there a family?")[0][1:], summary(of("existence")))
    for row, percent in zip(markdown(report, "At which sparsities?"), (20, 90)):
        assert row[0] == str(percent)
        close(row[2:], summary(of(f"sparsity {percent}")))
        counts = next(family["layers"] for family in listed if family["name"] == f"sparsity {percent}")
        assert int(row[1]) == sum(layer["minus"] + layer["plus"] for layer in counts)
    for row, shares in zip(markdown(report, "At which share of +1?"), ("0", "0.8")):
        close(row[2:], summary(of(f"excitatory {shares}")))

    def chosen(name, **columns):
        return [100 * float(row["accuracy"]) for row in table("paper", name)
                if all(row[key] == value for key, value in columns.items())]
    nulls = markdown(report, "Is it the wiring?")
    close(nulls[0][1:], summary(chosen("intact.csv")))
    for row, layer in zip(nulls[1:], ("0", "1", "2", "all")):
        close(row[1:], summary(chosen("nulls.csv", layer=layer)))
    assert nulls[-1][1] == f"{100 * np.bincount(LABELS).max() / JUDGED:.2f}"
    for row, percent in zip(markdown(report, "How much can be lost?"), ("0", "25", "50")):
        values = [chosen("lesions.csv", layer=layer, percent=percent) for layer in ("all", "0", "1", "2")]
        close(row[1:], summary(values[0])[:2] + [summary(v)[0] for v in values[1:]])
    for row, weight in zip(markdown(report, "One weight for all synapses"), ("0.25", "-1")):
        close(row[1:], [summary(chosen("shared_weight.csv", weight=weight, signs=signs))[0] for signs in ("same", "own")])
    for row, name in zip(markdown(report, "Is the search any better than simpler methods?"),
                         ("existence", "baseline hill", "baseline random", "baseline genetic")):
        validation = of(name, "validation_accuracy")
        close(row[6:], [summary(validation)[0], f"{of(name)[int(np.argmax(validation))]:.2f}"])
        steps = [int(r["steps"]) for r in members if r["name"] == name]
        assert int(row[2]) == steps[0]
        effort = [float(r["samples_evaluated"]) for r in members if r["name"] == name]
        assert math.isclose(float(row[3]), np.mean(effort), rel_tol=6e-3)
    check_distances(report, study)
    return report


def check_distances(report, study):
    weights = [exported(study, member) for member in (1, 2, 3)]
    pairs = [sum(np.sum(a != b) for a, b in zip(weights[i], weights[j])) for i, j in ((0, 1), (0, 2), (1, 2))]
    found = re.search(r"differ in ([\d.]+) weights on average \((\d+) to (\d+)\)", report).groups()
    close(found, [f"{np.mean(pairs):.1f}", str(min(pairs)), str(max(pairs))])


def check_commands(report):
    """The commands of the report find the same families."""
    searches = re.findall(r"^(?:\$ )?aann (search .*)$", report, re.MULTILINE)
    assert len(searches) == 6, searches
    for line in searches:
        arguments = [text.strip("'") for text in re.findall(r"'[^']*'|\S+", line)]
        result = answer(*arguments, "--quiet")
        members = [row["hash"] for row in table("paper", "members.csv") if row["name"] == result["name"]]
        assert [m["hash"] for m in result["members"]] == members, line
    for line in re.findall(r"^\$ aann (eval .*)$", report, re.MULTILINE):
        good(*line.replace("study.aann", "paper/study.aann").split())


def check_page(report):
    """The web page answers the same questions with the same numbers."""
    with open("paper/report.html", encoding="utf-8") as file:
        data = json.loads(re.search(r'id="report-data">(.*?)</script>', file.read(), re.S).group(1))
    assert data["family"]["kind"] == "experiment" and data["family"]["name"] == "existence"
    stored = answer("report", "paper/study.aann")
    assert stored["experiment"] == data["experiment"] and stored["family"] == data["family"], "the study has them, too"
    questions = {question["question"]: question for question in data["experiment"]}
    assert list(questions) == re.findall(r"^## (.*)$", report, re.MULTILINE)

    def numbers(question, first=1):
        return [["-" if cell is None else cell for cell in row[first:]] for row in questions[question]["table"]["rows"]]
    for question, leave_out in (("At which sparsities?", 2), ("At which share of +1?", 2), ("Is it the wiring?", 1)):
        for row, cells in zip(markdown(report, question), numbers(question)):
            close(row[leave_out:], cells)
    for row, cells in zip(markdown(report, "How much can be lost?"), numbers("How much can be lost?", 0)):
        close(row[:2] + row[3:], cells)
    for question in ("How much can be lost?", "One weight for all synapses", "At which sparsities?"):
        lines, rows = questions[question]["lines"], questions[question]["table"]["rows"]
        assert lines["x"]["values"] == [row[0] for row in rows] and lines["y"]["share"]
        for index, series in enumerate(lines["series"]):
            assert all(abs(100 * y - row[1 + index]) < 1e-9 for y, row in zip(series["y"], rows)), question


def test_report():
    result = answer(*experiment("paper"))
    assert result["study"] == "paper/study.aann" and len(result["families"]) == 8
    first = everything("paper")
    assert set(first) == {"report.md", "report.html", *TABLES, *(f"pictures/{name}.{end}" for name in PICTURES for end in ("png", "svg"))}
    for row in table("paper", "intact.csv"):
        assert abs(float(row["accuracy"]) - accuracy(exported("paper/study.aann", row["member"]))) < 1e-12
    check_nulls("paper/study.aann")
    check_lesions("paper/study.aann")
    check_shared("paper/study.aann")
    report = check_report("paper/study.aann")
    check_page(report)
    other = answer("report", "paper/study.aann", "--family", 2)
    assert "experiment" not in other and other["family"]["kind"] == "search"
    check_commands(report)
    # The same study gives the same bytes; nothing is searched again.
    answer(*experiment("paper", "--threads", 1))
    assert everything("paper") == first
    for name in (*TABLES, "report.md", "report.html"):
        os.remove(os.path.join("paper", name))
    assert good(*experiment("paper")) == "paper/report.md\n"
    assert everything("paper") == first


def without_seconds(files):
    """Tables without the column of seconds: two runs take different times."""
    rows = [line.split(",") for line in files["members.csv"].decode().splitlines()]
    return [row[:9] + row[10:] for row in rows], [files[name] for name in TABLES[1:]]


def test_stopped():
    """Ctrl-C, again and again, and the same command: as if nothing had happened."""
    path = settings(search={"steps": 4000})
    began = time.monotonic()
    answer(*experiment("whole", path=path))
    took = time.monotonic() - began
    stops = 0
    for attempt in range(40):
        process = subprocess.Popen([PROGRAM, *experiment("parts", "--threads", str(1 + attempt % 2), path=path)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(took * (0.15 + 0.1 * attempt))
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=100)
        if process.returncode == 0 or process.returncode == -signal.SIGINT:
            stops += process.returncode != 0
            if process.returncode == 0:
                break
            continue
        assert process.returncode == 1 and "stopped" in message, message
        stops += 1
    print(f"  stopped {stops} times")
    answer(*experiment("parts", path=path))
    assert stops > 0 and without_seconds(everything("parts")) == without_seconds(everything("whole"))


def test_parts():
    """Questions can be left out; one member is enough; other splits and no test set."""
    rest = {name: None for name in ("sparsity", "excitatory", "null", "lesions", "shared_weight", "baselines")}
    path = settings(existence={"members": 1}, judge=None, **rest)
    answer(*experiment("least", path=path))
    assert set(everything("least")) == {"report.md", "report.html", "members.csv", "intact.csv", "pictures/existence.png",
                                        "pictures/existence.svg", "pictures/learning.png", "pictures/learning.svg"}
    path = settings(judge={"split": "validation"}, **{**rest, "null": {"draws": 1}})
    answer(*experiment("validation", path=path))
    assert len(table("validation", "nulls.csv")) == 12


def test_regression():
    with open("train.csv", "w", encoding="ascii") as file:
        file.write("a,b,y\n" + "".join(f"{i % 9},{i % 4},{(i % 9) / 8 - 0.5}\n" for i in range(200)))
    changed = copy.deepcopy(SETTINGS)
    changed["task"] = {"data": "train.csv", "target_columns": "y", "net": "6-1"}
    changed["small"]["judge"] = {"split": "validation"}
    with open("regression.json", "w", encoding="ascii") as file:
        json.dump(changed, file)
    answer(*experiment("regression", path="regression.json"))
    rows = table("regression", "lesions.csv")
    assert rows and all(row["accuracy"] == "" and float(row["loss"]) >= 0 for row in rows)
    with open("regression/report.md", encoding="utf-8") as file:
        assert "loss on the validation split" in file.read()


def test_default_settings():
    printed = good("experiment", "paper", "--print-settings")
    assert printed == (SOURCE / "examples" / "paper" / "settings.json").read_text(encoding="utf-8")
    assert set(json.loads(printed)) == {"task", "seed", "small", "full"}


def refuse(status, pattern, change):
    changed = copy.deepcopy(SETTINGS)
    change(changed)
    with open("bad.json", "w", encoding="utf-8") as file:
        json.dump(changed, file)
    refused(status, pattern, *experiment("never", path="bad.json"))
    assert not os.path.exists("never"), pattern


def put(*keys):
    """A change that sets settings[key]...[key] to the last of the arguments."""
    *path, last, value = keys

    def change(document):
        for key in path:
            document = document[key]
        document[last] = value
    return change


def test_bad_settings():
    for status, pattern, *change in (
            (FAILED, "colour: expected no such name", "colour", 1),
            (FAILED, "task: expected an object", "task", 3),
            (FAILED, "task.colour", "task", "colour", 1),
            (FAILED, "task.net: expected a text", "task", "net", 5),
            (FAILED, "task.sparsity: expected a list of 1 to 64 numbers", "task", "sparsity", [50] * 65),
            (FAILED, "layer_sparsity: expected a list of 1 to 64 numbers", "small", "layer_sparsity", [50] * 65),
            (FAILED, "seed: expected a number from 0", "seed", -1),
            (FAILED, "seed: expected a whole number", "seed", 1.5),
            (FAILED, "small: expected an object", "small", []),
            (FAILED, "lesion: expected no such name", "small", "lesion", {}),
            (FAILED, "search.stops: expected the name of a search option", "small", "search", {"stops": 5}),
            (FAILED, "search: .*steps", "small", "search", {"steps": "many"}),
            (FAILED, "search: .*steps", "small", "search", {"steps": 0}),
            (FAILED, "search.method", "small", "search", {"method": "hill"}),
            (FAILED, "judge.split: expected validation or test", "small", "judge", {"split": "train"}),
            (FAILED, "judge.samples", "small", "judge", {"samples": -3}),
            (FAILED, "existence.members: expected a number from 1", "small", "existence", {"members": 0}),
            (FAILED, "existence.threshold", "small", "existence", {"members": 1, "threshold": 101}),
            (FAILED, "sparsity.percent: expected a list", "small", "sparsity", {"members": 1}),
            (FAILED, "sparsity.percent: expected a list", "small", "sparsity", {"members": 1, "percent": []}),
            (FAILED, "sparsity.percent: expected a list", "small", "sparsity", {"members": 1, "percent": [100]}),
            (USAGE, "leaves none", "small", "sparsity", {"members": 1, "percent": [99.9]}),
            (FAILED, "excitatory.share: expected a list", "small", "excitatory", {"members": 1, "share": ["half"]}),
            (FAILED, "null.draws", "small", "null", {"draws": 0}),
            (FAILED, "lesions.step: expected fewer", "small", "lesions", {"draws": 1, "step": 0.1}),
            (FAILED, "lesions.to", "small", "lesions", {"draws": 1, "from": 30, "to": 20}),
            (FAILED, "shared_weight: expected a list", "small", "shared_weight", [2]),
            (FAILED, "shared_weight: expected numbers that differ", "small", "shared_weight", [0.5, -1, 0.5]),
            (FAILED, "sparsity.percent: expected numbers that differ", "small", "sparsity",
             {"members": 1, "percent": [50, 50.0]}),
            (USAGE, "sparsity 50: asked for twice", "small", "sparsity",
             {"members": 1, "percent": [50, 50.00000001]}),
            # What the network cannot do is found before any search, too.
            (USAGE, "a shared weight of 0.3", "small", "shared_weight", [0.5, 0.3]),
            (USAGE, "a shared weight of 0;", "small", "shared_weight", [0]),
            (USAGE, "a shared weight of 2.98", "small", "shared_weight", [2**-25]),
            (USAGE, r"judge.samples: 1000000000 samples; expected 10 to 256", "small", "judge", {"samples": 10**9}),
            (USAGE, "judge.samples: 3 samples; expected 10 to 256", "small", "judge", {"samples": 3}),
            (USAGE, "1000000000 training samples wanted, but .* has 461", "small", "train_samples", 10**9),
            (USAGE, "train_samples: 3 samples; expected 10 to", "small", "train_samples", 3),
            (FAILED, "baselines.random: expected an object", "small", "baselines", {"members": 1, "random": 5}),
            (FAILED, "baselines.annealing", "small", "baselines", {"members": 1, "annealing": {}}),
            (FAILED, "baselines.genetic: .*population", "small", "baselines", {"genetic": {"population": 1}}),
            (USAGE, "experiment: there is no task 'cifar'", "task", {"name": "cifar"}),
            (USAGE, "--data needs --net", "task", {"data": TRAIN}),
            (FAILED, "nowhere.npz", "task", {"data": "nowhere.npz", "net": "10"}),
            (USAGE, "no test split", "task", {"data": TRAIN, "net": NET})):
        refuse(status, pattern, put(*change))


def test_bad_arguments():
    refused(USAGE, "too few arguments", "experiment")
    refused(USAGE, "experiment: there is no 'people'", "experiment", "people")
    refused(USAGE, "--out DIR is missing", "experiment", "paper")
    refused(USAGE, "--scale: 'huge'", "experiment", "paper", "--out", "x", "--scale", "huge")
    refused(FAILED, "nowhere.json", *experiment("x", path="nowhere.json"))
    with open("broken.json", "w", encoding="ascii") as file:
        file.write('{"task": {\n"name": }')
    refused(FAILED, "broken.json: line 2", *experiment("x", path="broken.json"))
    refused(FAILED, "full: expected an object", *experiment("x", "--scale", "full"))
    assert not os.path.exists("x")
    with open("file", "w", encoding="ascii") as file:
        file.write("something else")
    refused(FAILED, "file", *experiment("file"))


def test_other_settings():
    """A folder is for one set of settings; a study of something else is left alone."""
    rest = {name: None for name in ("sparsity", "excitatory", "null", "lesions", "shared_weight", "baselines")}
    answer(*experiment("paper", path=settings(**rest)))
    before = everything("paper")
    for changes, pattern in (({"search": {"steps": 500}}, "another search options"),
                             ({"train_samples": 300}, "another data"),
                             ({"layer_sparsity": [50, 50, 50]}, "another network")):
        refused(USAGE, pattern, *experiment("paper", path=settings(**{**rest, **changes})))
    assert everything("paper") == before
    more = answer(*experiment("paper", path=settings(**{**rest, "null": {"draws": 1}})))  # another question is no harm
    assert more["families"][0]["family"] == 1 and "nulls.csv" in everything("paper")


def test_refused_before_the_first_search():
    """What a folder or its study cannot take is found before anything is searched."""
    rest = {name: None for name in ("excitatory", "null", "lesions", "shared_weight", "baselines")}
    answer(*experiment("paper", path=settings(**rest)))
    changed = settings(**{**rest, "existence": {"members": 4}, "sparsity": {"members": 3, "percent": [90]}})
    began = answer("list", "paper/study.aann")
    refused(USAGE, "'existence' is there with another search options", *experiment("paper", path=changed))
    # The first family is the same, the last one is not: the one between is not searched.
    changed = settings(**{**rest, "sparsity": {"members": 2, "percent": [30, 40, 90]}, "train_samples": None})
    with open(changed, encoding="utf-8") as file:
        document = json.load(file)
    document["small"]["sparsity"] = {"members": 5, "percent": [30, 40, 90]}
    with open(changed, "w", encoding="utf-8") as file:
        json.dump(document, file)
    refused(USAGE, "'sparsity 90' is there with another search options", *experiment("paper", path=changed))
    assert answer("list", "paper/study.aann") == began
    os.mkdir("blocked")
    with open("blocked/pictures", "w", encoding="ascii") as file:
        file.write("not a folder")
    refused(FAILED, "blocked/pictures", *experiment("blocked", path=settings(**rest)))
    assert os.listdir("blocked") == ["pictures"]


def test_alterations():
    answer(*experiment("paper", path=settings(baselines=None, sparsity=None, excitatory=None)))
    study = "paper/study.aann"
    for options, pattern in ((["--lesion", 10, "--shuffle"], "expected one of them"), (["--shuffle", "--layer", 3], "there are 0 to 2"),
                             (["--shared-weight", 0.3], "a shared weight of 0.3"), (["--lesion", 101], "--lesion"),
                             (["--shared-weight", 2], "--shared-weight"), (["--lesion", 10, "--draw", -1], "--draw"),
                             (["--layer", 0], "say which --lesion or --shuffle"), (["--draw", 0], "say which"), (["--draw-seed", 1], "say which"),
                             (["--shared-weight", 1, "--layer", 0], "say which"), (["--keep-signs"], "needs --shared-weight"),
                             (["--shared-weight", 0], "a shared weight of 0;"), (["--lesion", 10, "--keep-signs"], "needs --shared-weight")):
        refused(USAGE, pattern, "eval", study, 1, *options)
    assert answer("eval", study, 1, "--lesion", 0) == answer("eval", study, 1)
    assert answer("eval", study, 1, "--shared-weight", 1, "--keep-signs") == answer("eval", study, 1)
    assert answer("eval", study, 1, "--lesion", 100)["confusion"][0][0] > 0
    assert run("eval", study, 1, "--lesion", 30).stdout != run("eval", study, 1, "--lesion", 30, "--draw", 1).stdout


if __name__ == "__main__":
    main(globals())
