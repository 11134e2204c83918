"""`aann experiment paper` on the small sample: every number of tables and report computed again with numpy from exported
weights, the same bytes whenever and however it runs, and all that can be wrong with its settings.

ctest-timeout: 300
ctest-labels: slow
"""
import copy
import csv
import functools
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

from program import (NET, PROGRAM, SAMPLES, SANITIZED, SOURCE, TEST, TRAIN, answer, good, main, refused,  # noqa: E402
                     run, without_sanitizers)
from test_numpy import forward, read_idx  # noqa: E402

USAGE, FAILED = 2, 1
JUDGED = 200
SETTINGS = {
    "task": {"data": TRAIN, "test": TEST, "net": NET, "sparsity": [60, 60, 60]},
    "seed": 5,
    "small": {
        "search": {"steps": 100 if SANITIZED else 400, "first_samples": 200},
        "judge": {"split": "test", "samples": JUDGED},
        "existence": {"members": 3, "threshold": 20},
        "sparsity": {"members": 2, "percent": [20, 90]},
        "excitatory": {"members": 1, "share": [0, 0.5, 0.8]},
        "null": {"draws": 2},
        "lesions": {"draws": 2, "from": 0, "to": 50, "step": 25},
        "shared_weight": [0.25, -1],
        "relations": {"restarts": 2, "samples": 40},
        "connect": {"members": 2, "doublings": 0},
        "baselines": {"members": 2, "hill": {}, "random": {"steps": 60}, "genetic": {"steps": 60, "population": 10}},
        "driving": {"net": "4C9s8-MP2-3", "layer_sparsity": [50, 50], "members": 2, "percent": [20], "episodes": 2,
                    "search": {"steps": 50, "first_samples": 100}, "tracks": 2, "first_track": 77, "draws": 2,
                    "lesions": [10, 60]},
    },
}
TABLES = ["members.csv", "intact.csv", "nulls.csv", "nulls_kept.csv", "lesions.csv", "shared_weight.csv", "drives.csv"]
PICTURES = ["existence", "learning", "sparsity", "excitatory", "nulls", "lesions", "lesions_layers", "shared_weight",
            "baselines", "baselines_learning", "distances", "ensemble", "drivers", "drivers_changed"]
OPTIONAL = ("sparsity", "excitatory", "null", "lesions", "shared_weight", "baselines", "relations", "connect", "driving")
STUDENT = {2: 12.706205, 3: 4.302653}  # of 95 %, by the number of members


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
            if not name.startswith(("study.aann", "drives-")):
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


def summary(values, digits=2):
    """Of one value of each member: members, mean, its interval, deviation, minimum, maximum."""
    values = np.array(values, float)
    rest = ["-", "-", "-"]
    if len(values) > 1:
        deviation = values.std(ddof=1)
        half = STUDENT[len(values)] * deviation / math.sqrt(len(values))
        rest = [f"{x:.{digits}f}" for x in (values.mean() - half, values.mean() + half, deviation)]
    return [str(len(values)), f"{values.mean():.{digits}f}", *rest, f"{values.min():.{digits}f}", f"{values.max():.{digits}f}"]


def by_member(rows, column="accuracy", scale=100):
    """The mean over the draws of each member, which is what members count with."""
    values = {}
    for row in rows:
        values.setdefault(row["member"], []).append(scale * float(row[column]))
    return [np.mean(draws) for draws in values.values()]


def close_to(found, expected, limit):
    assert len(found) == len(expected), (found, expected)
    for a, b in zip(found, expected):
        assert a == b or abs(float(a) - float(b)) < limit, (found, expected)


def close(found, expected):
    """Printed numbers with two decimals, whose last may be rounded the other way."""
    close_to(found, expected, 0.0101)


IMAGES, LABELS = read_idx(TEST)[:JUDGED], read_idx(SAMPLES / "t10k-labels-idx1-ubyte.gz").astype(int)[:JUDGED]


def exported(study, member, *options):
    good("weights", study, member, "--npz", "out.npz", *options)
    with np.load("out.npz") as file:
        return [file[f"layer{i}"] for i in range(3)]


@functools.cache
def whole_weights(study, member):
    return exported(study, member)


def judged(rows):
    """Rows whose weights are exported: each is a run of the program, so under sanitizers those of one member."""
    return [row for row in rows if not SANITIZED or row["member"] == rows[0]["member"]]


def accuracy(layers):
    return np.mean(forward(layers, IMAGES)[2].argmax(1) == LABELS)


def options_of(row):
    layer = [] if row["layer"] == "all" else ["--layer", row["layer"]]
    return ["--draw", row["draw"], "--draw-seed", SETTINGS["seed"], *layer]


def check_nulls(study):
    rows = table("paper", "nulls.csv")
    assert len(rows) == 3 * 4 * 2
    for row in judged(rows):
        found = exported(study, row["member"], "--shuffle", *options_of(row))
        whole = whole_weights(study, row["member"])
        for i, (a, b) in enumerate(zip(found, whole)):
            assert np.array_equal(np.sort(a, None), np.sort(b, None))
            assert np.array_equal(a, b) == (row["layer"] not in ("all", str(i)))
        assert abs(float(row["accuracy"]) - accuracy(found)) < 1e-12, row


def check_lesions(study):
    rows = table("paper", "lesions.csv")
    assert len(rows) == 3 * 4 * 2 * 3
    assert {(row["member"], row["draw"]) for row in rows} == {(str(1 + k // 2), str(k)) for k in range(6)}, "a draw each"
    previous = None
    for row in judged(rows):
        found = exported(study, row["member"], "--lesion", row["percent"], *options_of(row))
        whole = whole_weights(study, row["member"])
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
    for row in judged(rows):
        weight = float(row["weight"])
        layers = share(whole_weights(study, row["member"]), weight, row["signs"])
        keep = ["--keep-signs"] if row["signs"] == "own" else []
        for a, b in zip(layers, exported(study, row["member"], "--shared-weight", weight, *keep)):
            assert np.array_equal(a, b)
        assert abs(float(row["accuracy"]) - shifted_accuracy(layers, round(-math.log2(abs(weight))))) < 1e-12, row


def check_report(study):
    with open("paper/report.md", encoding="utf-8") as file:
        report = file.read()
    members = table("paper", "members.csv")
    listed = answer("list", study)["families"]
    assert [row["hash"] for row in members] == [m["hash"] for family in listed for m in family["members"]
                                                 if m["origin"] != "top"]

    def of(name, column="test_accuracy"):
        return [100 * float(row[column]) for row in members if row["name"] == name]
    existence = markdown(report, "Is there a family?")
    close(existence[0][1:], summary(of("existence")))
    close(existence[1][1:], summary(of("existence", "validation_accuracy")))
    close(existence[2][1:], summary(np.array(of("existence", "validation_accuracy")) - of("existence")))
    for row, percent in zip(markdown(report, "At which sparsities?"), (20, 90)):
        assert row[0] == str(percent)
        close(row[2:], summary(of(f"sparsity {percent}")))
        counts = next(family["layers"] for family in listed if family["name"] == f"sparsity {percent}")
        assert int(row[1]) == sum(layer["minus"] + layer["plus"] for layer in counts)
    for row, shares in zip(markdown(report, "At which share of +1?"), ("0", "0.5", "0.8")):
        close(row[2:], summary(of(f"excitatory {shares}")))

    def chosen(name, **columns):
        return by_member([row for row in table("paper", name) if all(row[key] == value for key, value in columns.items())])
    nulls = markdown(report, "Is it the wiring?")
    close(nulls[0][1:], summary(chosen("intact.csv")))
    for row, layer in zip(nulls[1:], ("0", "1", "2", "all")):
        close(row[1:], summary(chosen("nulls.csv", layer=layer)))
    for row, kept in zip(nulls[5:], ("units", "kernels", "places", "degrees")):
        close(row[1:], summary(chosen("nulls_kept.csv", kept=kept)))
    assert nulls[-1][2] == f"{100 * np.bincount(LABELS).max() / JUDGED:.2f}"
    for row, percent in zip(markdown(report, "How much can be lost?"), ("0", "25", "50")):
        values = [summary(chosen("lesions.csv", layer=layer, percent=percent)) for layer in ("all", "0", "1", "2")]
        close(row[1:], [*values[0][1:4], *(cell for v in values[1:] for cell in (v[1], v[4]))])
    for row, weight in zip(markdown(report, "One weight for all synapses"), ("0.25", "-1")):
        values = [summary(chosen("shared_weight.csv", weight=weight, signs=signs)) for signs in ("same", "own")]
        close(row[1:], [cell for v in values for cell in (v[1], v[4])])
    # Whole members and changed ones are not judged on the same samples here, and the report says so.
    assert f"accuracy on the first {JUDGED} samples of the test split" in report
    check_methods(report, study, members)
    check_distances(report, study)
    return report


def score_at(study, member, samples):
    """Validation accuracy in percent at the last mark of a member that is within so many samples evaluated."""
    trace = answer("show", study, member)["trace"]
    scores = [m["validation_accuracy"] for m in trace if m["evaluated_samples"] <= samples]
    return 100 * [math.nan, *(score for score in scores if score is not None)][-1]


def check_methods(report, study, members):
    """Equal sets, equal budgets: the same starts in all methods, and scores at equal candidates and samples."""
    rows = markdown(report, "Is the search any better than simpler methods?")
    compared = {}
    names = ("existence", "baseline hill", "baseline random", "baseline genetic")
    budget = min(float(r["samples_evaluated"]) for name in names for r in [m for m in members if m["name"] == name][:2])
    for row, name in zip(rows, names):
        mine = [r for r in members if r["name"] == name][:2]
        assert row[1] == "2" and int(row[2]) == int(mine[0]["steps"])
        assert abs(float(row[3]) - np.mean([float(r["samples_evaluated"]) for r in mine])) <= 0.5
        validation = [100 * float(r["validation_accuracy"]) for r in mine]
        compared[name] = [score_at(study, r["member"], budget) for r in mine]
        if int(row[2]) < SETTINGS["small"]["search"]["steps"]:  # it ended before the search: its end is in a note
            assert row[6:11] == 5 * ["-"] and f"candidates, with {np.mean(validation):.2f}: its columns" in report
        else:
            close(row[6:7], [f"{np.mean(validation):.2f}"])
        whole = not np.isnan(compared[name]).any()
        close(row[11:12], [f"{np.mean(compared[name]):.2f}" if whole else "-"])
        assert (f"`{row[0]}` has members that were first measured" in report) == (not whole)
        best = max(mine, key=lambda r: (float(r["validation_accuracy"]), -float(r["validation_loss"])))
        close(row[16:17], [f"{100 * float(best['test_accuracy']):.2f}"])
    starts = {r["index"] for r in members if r["name"].startswith("baseline")}
    assert starts == {"0", "1"}, "the same starts as the search's first members"
    pairs = np.array(compared["baseline random"]) - np.array(compared["existence"])
    close(rows[2][13:16], summary(pairs)[1:4])
    hill, sense = ([100 * float(r["validation_accuracy"]) for r in members if r["name"] == name][:2] for name in
                   ("baseline hill", "existence"))
    close(rows[1][8:11], summary(np.array(hill) - np.array(sense))[1:4])  # at equal candidates
    assert "`random` ended after" in report and "of the samples that the search evaluated" in report


def check_drives():
    """Rewards of the table are those that `aann drive` measures; draws are means of a member."""
    rows = table("paper", "drives.csv")
    with open("paper/report.md", encoding="utf-8") as file:
        report = file.read()
    drivers = [row for row in rows if row["family"] == "drivers"]
    ids = sorted({row["member"] for row in drivers}, key=int)
    for options, wanted in (([], {"change": "none"}), (["--domain-randomize"], {"change": "colours"}),
                            (["--lesion", 60, "--draw", 1, "--draw-seed", 5], {"change": "lesion", "percent": "60", "draw": "1"}),
                            (["--shuffle", "--draw", 0, "--draw-seed", 5], {"change": "shuffle", "draw": "0"})):
        for index, member in enumerate(ids):
            if "draw" in wanted:  # each member has two draws of its own
                options[options.index("--draw") + 1] = wanted["draw"] = str(int(wanted["draw"]) + 2 * min(index, 1))
            found = answer("drive", "paper/study.aann", member, "--tracks", "77:79", *options)["rewards"]
            stored = [float(row["reward"]) for row in drivers
                      if row["member"] == member and all(row[k] == v for k, v in wanted.items())]
            assert stored == found, (member, options, stored, found)
    expert = [float(row["reward"]) for row in rows if row["family"] == "teacher"]
    assert expert == answer("car", "expert", "--teacher", "--lateral", 100, "--widest", 2, "--tracks", "77:79")["rewards"]
    families = markdown(report, "Is there a family of drivers?")
    for row, name in zip(families, ("drivers", "drivers 20")):
        mine = [r for r in rows if r["family"] == name and r["change"] == "none"]
        close_to(row[2:9], summary(by_member(mine, "reward", 1), 1), 0.101)
    lost = markdown(report, "What can a driver lose?")
    assert [row[0] for row in lost] == ["as found", "other colours on each track", "all wirings shuffled",
                                        "10 % of the synapses deleted", "60 % of the synapses deleted"]
    for row, wanted in zip(lost[2:], ({"change": "shuffle"}, {"percent": "10"}, {"percent": "60"})):
        mine = [r for r in drivers if all(r[k] == v for k, v in wanted.items())]
        assert len(mine) == 2 * 2 * 2
        close_to(row[1:8], summary(by_member(mine, "reward", 1), 1), 0.101)


def check_distances(report, study):
    weights = [whole_weights(study, str(member)) for member in (1, 2, 3)]
    pairs = [sum(np.sum(a != b) for a, b in zip(weights[i], weights[j])) for i, j in ((0, 1), (0, 2), (1, 2))]
    found = re.search(r"differ in ([\d.]+) weights on average \((\d+) to (\d+)\)", report).groups()
    close_to(found, [f"{np.mean(pairs):.1f}", str(min(pairs)), str(max(pairs))], 0.101)
    row = [row for row in markdown(report, "How different are the members?") if row[0] == "all layers"][0]
    close_to(row[6:], [f"{np.mean(pairs):.1f}", f"{np.std(pairs, ddof=1):.1f}"], 0.101)
    geometry = answer("geometry", study, "--family", 1, "--restarts", 2, "--no-keep")
    chance = geometry["distances"][-1]["chance"]["mean"] if isinstance(geometry.get("distances"), list) else None
    assert chance is None or abs(float(row[1]) - chance) < 0.06


def check_commands(report):
    """The commands of the report find the same families."""
    searches = re.findall(r"^(?:\$ )?aann (search .*)$", report, re.MULTILINE)
    assert len(searches) == 7, searches
    for line in searches:
        arguments = [text.strip("'").replace("drives-2.npz", "paper/drives-2.npz")
                     for text in re.findall(r"'[^']*'|\S+", line)]
        result = answer(*arguments, "--quiet")
        members = [row["hash"] for row in table("paper", "members.csv") if row["name"] == result["name"]]
        assert [m["hash"] for m in result["members"]] == members, line
    for line in re.findall(r"^\$ aann ((?:eval|drive|show|ensemble|connect) .*)$", report, re.MULTILINE):
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
    for question in questions:
        if "table" in questions[question] and questions[question]["table"]["rows"]:
            for row, cells in zip(markdown(report, question), numbers(question, 0)):
                for printed, cell in zip(row, cells):
                    assert printed == str(cell) or abs(float(printed) - float(cell)) <= 0.5, (question, printed, cell)
    for question, first in (("How much can be lost?", 1), ("At which sparsities?", 3)):
        lines, rows = questions[question]["lines"], questions[question]["table"]["rows"]
        assert lines["x"]["values"] == [row[0] for row in rows] and lines["y"]["share"]
        for key, column in (("y", first), ("low", first + 1), ("high", first + 2)):
            assert all(abs(100 * y - row[column]) < 1e-9 for y, row in zip(lines["series"][0][key], rows)), question


def check_independence(first):
    """Walks in the study change no statistic; what is searched for once is found again."""
    good("walk", "paper/study.aann", 1, "--members", 2, "--every", 3, "--loss", 9, "--threshold", 0.01, "--quiet")
    members = [m for f in answer("list", "paper/study.aann")["families"] for m in f["members"]]
    assert {m["origin"] for m in members} >= {"search", "top", "walk"}
    answer(*experiment("paper"))
    again = everything("paper")
    assert {k: v for k, v in again.items() if k != "report.html"} == {k: v for k, v in first.items() if k != "report.html"}
    hashes = {}
    for row in table("paper", "members.csv"):
        assert row["origin"] not in ("top", "walk")
        hashes.setdefault(row["hash"], set()).add(row["name"])
    shared = [names for names in hashes.values() if len(names) > 1]
    assert all("existence" in names or all(n.startswith("baseline") for n in names) for names in shared), "no two points"
    assert not any(name.startswith(("sparsity", "excitatory")) for names in shared for name in names)


def test_report():
    result = answer(*experiment("paper"))
    assert result["study"] == "paper/study.aann" and len(result["families"]) == 11
    first = everything("paper")
    assert set(first) == {"report.md", "report.html", *TABLES, *(f"pictures/{name}.{end}" for name in PICTURES for end in ("png", "svg"))}
    for row in table("paper", "intact.csv"):
        assert abs(float(row["accuracy"]) - accuracy(whole_weights("paper/study.aann", row["member"]))) < 1e-12
    check_nulls("paper/study.aann")
    check_lesions("paper/study.aann")
    check_shared("paper/study.aann")
    report = check_report("paper/study.aann")
    check_page(report)
    check_drives()
    check_independence(first)
    first = everything("paper")  # the page shows walks, too, as what they are
    other = answer("report", "paper/study.aann", "--family", 2)
    assert "experiment" not in other and other["family"]["kind"] == "search"
    if not SANITIZED:
        check_commands(report)
        check_same_bytes(first)


def check_same_bytes(first):
    """The same study gives the same bytes; nothing is searched again."""
    answer(*experiment("paper", "--threads", 1))
    assert everything("paper") == first
    for name in (*TABLES, "report.md", "report.html"):
        os.remove(os.path.join("paper", name))
    assert good(*experiment("paper")) == "paper/report.md\n"
    assert everything("paper") == first


def without_seconds(files, names=tuple(TABLES[1:])):
    """Tables without the column of seconds: two runs take different times."""
    rows = [line.split(",") for line in files["members.csv"].decode().splitlines()]
    return [row[:9] + row[10:] for row in rows], [files[name] for name in names]


@without_sanitizers
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
    rest = {name: None for name in OPTIONAL}
    path = settings(existence={"members": 1}, judge=None, **rest)
    answer(*experiment("least", path=path))
    assert set(everything("least")) == {"report.md", "report.html", "members.csv", "intact.csv", "pictures/existence.png",
                                        "pictures/existence.svg", "pictures/learning.png", "pictures/learning.svg"}
    path = settings(judge={"split": "validation"}, **{**rest, "null": {"draws": 1}})
    answer(*experiment("validation", path=path))
    assert len(table("validation", "nulls.csv")) == 12


@without_sanitizers
def test_shards():
    """Parts that are merged give the report of the whole."""
    path = settings(connect=None, relations=None, null=None, lesions=None, shared_weight=None, sparsity=None, excitatory=None)
    for part in (1, 2):
        found = good(*experiment(f"part{part}", "--shard", f"{part}/2", path=path))
        assert found == f"part{part}/study.aann\n" and not os.path.exists(f"part{part}/report.md")
    os.mkdir("merged")
    good("merge", "merged/study.aann", "part1/study.aann", "part2/study.aann")
    answer(*experiment("merged", path=path))
    answer(*experiment("whole", path=path))
    assert without_seconds(everything("merged"), ["intact.csv", "drives.csv"]) \
        == without_seconds(everything("whole"), ["intact.csv", "drives.csv"])
    refused(USAGE, "--shard 3/2: expected I/N", *experiment("never", "--shard", "3/2", path=path))
    refused(USAGE, "shard 3 of 3 of a family of 2", *experiment("never", "--shard", "3/3", path=path))
    assert not os.path.exists("never")


def test_plan():
    """What it will cost: every stage, nothing stored, no folder."""
    bill = answer("experiment", "paper", "--settings", settings(), "--plan", "--threads", 2, "--quiet")
    stages = {row["stage"]: row for row in bill["stages"]}
    for name in ("existence", "sparsity 90", "excitatory 0.8", "baseline random", "drivers", "drivers 20", "drives",
                 "matching", "paths, at least", "nulls, lesions, shared weights"):
        assert stages[name]["seconds"] >= 0, name
    assert stages["existence"]["count"] == 3 and stages["existence"]["each"] == SETTINGS["small"]["search"]["steps"]
    assert math.isclose(3600 * bill["processor_hours"], sum(row["seconds"] for row in bill["stages"]))
    assert not os.path.exists("paper")
    if SANITIZED:  # as above, with other numbers
        return
    more = settings(existence={"members": 30})
    other = answer("experiment", "paper", "--settings", more, "--plan", "--quiet")
    assert {row["stage"]: row["count"] for row in other["stages"]}["existence"] == 30
    assert "processor hours; " in good("experiment", "paper", "--settings", settings(driving=None), "--plan", "--quiet")


def test_regression():
    with open("train.csv", "w", encoding="ascii") as file:
        file.write("a,b,y\n" + "".join(f"{i % 9},{i % 4},{(i % 9) / 8 - 0.5}\n" for i in range(200)))
    changed = copy.deepcopy(SETTINGS)
    changed["task"] = {"data": "train.csv", "target_columns": "y", "net": "6-1"}
    changed["small"]["judge"] = {"split": "validation"}
    del changed["small"]["driving"]
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
            (USAGE, "excitatory 0.500001: has the seed of the family 'excitatory 0.5'", "small", "excitatory",
             {"members": 1, "share": [0.5, 0.500001]}),
            # What the network cannot do is found before any search, too.
            (USAGE, "a shared weight of 0.3", "small", "shared_weight", [0.5, 0.3]),
            (USAGE, "a shared weight of 0;", "small", "shared_weight", [0]),
            (USAGE, "a shared weight of 2.98", "small", "shared_weight", [2**-25]),
            (USAGE, r"judge.samples: 1000000000 samples; expected 10 to 256", "small", "judge", {"samples": 10**9}),
            (USAGE, "judge.samples: 3 samples; expected 10 to 256", "small", "judge", {"samples": 3}),
            (USAGE, "1000000000 training samples wanted, but .* has 461", "small", "train_samples", 10**9),
            (USAGE, "train_samples: 3 samples; expected 10 to", "small", "train_samples", 3),
            (FAILED, "baselines.random: expected an object", "small", "baselines", {"members": 1, "random": 5}),
            (FAILED, "relations.samples: expected a number", "small", "relations", {"samples": 1}),
            (FAILED, "connect.members: expected a number from 2", "small", "connect", {"members": 1}),
            (USAGE, "existence.members: 1; expected 2 and more", "small", "existence", {"members": 1}),
            (USAGE, "connect.members: 4; expected at most the 3", "small", "connect", {"members": 4}),
            (USAGE, "driving.first_track: 1; expected 2 and more", "small", "driving",
             {"episodes": 2, "tracks": 1, "first_track": 1}),
            (FAILED, "driving.episodes: expected a number", "small", "driving", {"tracks": 1}),
            (FAILED, "driving.speed: expected no such name", "small", "driving", {"episodes": 2, "tracks": 1, "speed": 1}),
            (FAILED, "driving.lesions: expected numbers that differ", "small", "driving",
             {"episodes": 2, "tracks": 1, "lesions": [5, 5]}),
            (USAGE, "5Q", "small", "driving", {"episodes": 2, "tracks": 1, "net": "5Q-3"}),
            (USAGE, "leaves none", "small", "driving", {"episodes": 2, "tracks": 1, "percent": [99.99]}),
            (FAILED, "driving.search: .*steps", "small", "driving", {"episodes": 2, "tracks": 1, "search": {"steps": 0}}),
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
    rest = {name: None for name in OPTIONAL}
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
    rest = {name: None for name in OPTIONAL if name != "sparsity"}
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
    answer(*experiment("paper", path=settings(**{name: None for name in OPTIONAL})))
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
