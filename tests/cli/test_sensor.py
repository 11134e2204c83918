"""A sensor engineer's path, as docs/tutorial-sensor.md walks it: recordings as CSV, windows cut by option, search,
confusion, answers to a stream while it runs.

ctest-timeout: 300
"""
import math
import os
import random
import re
import select
import struct
import subprocess
import time

from program import PROGRAM, SOURCE, TRAIN, answer, good, main, refused, run
from test_own_data import npy, npz

FAILED, USAGE = 1, 2
PEOPLE = ["anna", "ben", "carla", "dora", "eva", "finn"]
RATES = {"still": (0.0, 0.05), "walk": (0.11, 0.8), "run": (0.27, 1.2)}


def recording(path, sessions, seed, label=True, rows=160):
    """Three axes of an accelerometer, 50 readings a second: how fast and how far they swing is the activity."""
    numbers = random.Random(seed)
    with open(path, "w", encoding="utf-8") as file:
        file.write("time,session,ax,ay,az" + (",activity\n" if label else "\n"))
        now = 0
        for session in sessions:
            for activity, (rate, size) in RATES.items():
                phase = numbers.random()
                for i in range(rows):
                    swing = [size * math.sin(2 * math.pi * (rate * i + phase + axis / 3)) + numbers.gauss(0, 0.1)
                             for axis in range(3)]
                    cells = [f"{now}", session, f"{swing[0]:.3f}", f"{swing[1]:.3f}", f"{9.81 + swing[2]:.3f}"]
                    file.write(",".join(cells + ([activity] if label else [])) + "\n")
                    now += 20
    return path


WINDOWS = ["--window", 32, "--window-step", 16, "--group-column", "session", "--drop-columns", "time"]
NET = ["--net", "8C1x5-MP1x4-3", "--steps", "20k", "--validation", 0.25, "--quiet"]


def searched():
    recording("train.csv", PEOPLE, 1, rows=320)
    return answer("search", "--data", "train.csv", *WINDOWS, *NET, "--study", "s.aann")


def test_the_path():
    result = searched()
    assert result["input"] == [3, 1, 32], result["input"]
    split = result["data"]["split"]
    # A session has 3 activities of 320 rows: 19 windows each. Two of six sessions are nearest to a quarter.
    assert split["rule"] == "groups" and split["train"] == [0, 228] and split["validation"] == [228, 114], split
    assert result["members"][0]["validation_accuracy"] > 0.9, result["members"]
    recording("new.csv", ["emil"], 2)
    judged = answer("eval", "s.aann", 1, "--data", "new.csv")
    assert judged["count"] == 27 and judged["accuracy"] > 0.9 and judged["balanced_accuracy"] > 0.9, judged
    assert "still" in good("eval", "s.aann", 1, "--data", "new.csv")
    answers = good("predict", "s.aann", 1, "--data", "new.csv").split()
    assert len(answers) == 29, "480 rows: without labels a window may cross from one activity to the next"


def test_what_there_is_to_look_at():
    """A window is drawn channel by channel; one member is not members."""
    recording("train.csv", PEOPLE, 1)
    shown = good("data", "show", "train.csv", *WINDOWS, "--sample", 12).splitlines()
    assert shown.count("  channel 2") == 1 and "sample 12, label 2 walk:" in shown, shown
    drawn = [line for line in shown if line.startswith("  |")]
    assert len(drawn) == 3 * 7 and all(len(line) == 3 + 32 for line in drawn), drawn
    for channel in range(3):  # a value for each reading; ax and ay swing, az has gravity besides
        rows = drawn[7 * channel:7 * channel + 7]
        assert sum(line.count("*") for line in rows) == 32 and sum("*" in line for line in rows) > 2, rows
    searched()
    assert "  1 member: 1 done" in good("list", "s.aann")


def test_windows_of_one_quantity():
    """A channel is scaled as a whole: gravity on one axis does not squeeze the others."""
    searched()
    encoding = answer("list", "s.aann")["families"][0]["data"]["encoding"]
    assert encoding["kind"] == "feature" and len(encoding["minimum"]) == 96
    for channel in range(3):
        assert len(set(encoding["minimum"][32 * channel:32 * channel + 32])) == 1, encoding
    assert encoding["minimum"][64] > 5 > encoding["maximum"][0]


def test_windows_that_are_cut_already():
    """A family, or a model, from windows of a table takes arrays of windows: channels first, or time first."""
    searched()
    good("save", "s.aann", 1, "--out", "m.aannm")
    recording("new.csv", ["emil"], 2)
    labels = sorted(RATES)
    cut = {"window": [], "label": []}
    with open("new.csv", encoding="utf-8") as file:
        rows = [line.rstrip().split(",") for line in file][1:]
    for activity in RATES:
        own = [row for row in rows if row[5] == activity]
        for first in range(0, len(own) - 31, 16):
            cut["window"].append([[float(cell) for cell in row[2:5]] for row in own[first:first + 32]])
            cut["label"].append(labels.index(activity))
    count = len(cut["window"])
    by_time = [value for window in cut["window"] for row in window for value in row]
    by_channel = [row[axis] for window in cut["window"] for axis in range(3) for row in window]
    y = npy([labels[label].encode("utf-32-le").ljust(20, b"\0") for label in cut["label"]], (count,), "<U5")
    npz("channels.npz", x=npy(by_channel, (count, 3, 1, 32)), y=y)
    npz("signals.npz", x=npy(by_channel, (count, 3, 32)), y=y)
    npz("times.npz", x=npy(by_time, (count, 32, 3)), y=y)
    npz("bare.npz", x=npy(by_time, (count, 32, 3)))
    judged = answer("eval", "s.aann", 1, "--data", "new.csv")
    assert judged["count"] == count == 27 and judged["accuracy"] > 0.9, judged
    for name in ("channels.npz", "signals.npz", "times.npz"):
        for saved in (["s.aann", 1], ["m.aannm"]):
            assert answer("eval", *saved, "--data", name)["confusion"] == judged["confusion"], (name, saved)
    given = good("predict", "m.aannm", "--data", "bare.npz")
    assert given == good("predict", "s.aann", 1, "--data", "bare.npz") == good("predict", "s.aann", 1, "--data", "channels.npz")
    assert len(given.split()) == count
    refused(USAGE, "their values would be mixed", "predict", "s.aann", 1, "--data",
            npz("mixed.npz", x=npy(by_time, (count, 8, 12))))
    refused(USAGE, "only a CSV file has named columns", "search", "--data", "channels.npz", "--window", 4, *NET, "--study",
            "never.aann")


def test_stream():
    """Each window is answered as soon as its last row has come, and the answers are those of the file."""
    searched()
    recording("new.csv", ["emil"], 2)
    lines = open("new.csv", encoding="utf-8").read().splitlines(keepends=True)
    expected = good("predict", "s.aann", 1, "--data", "new.csv").split()
    with subprocess.Popen([PROGRAM, "predict", "s.aann", "1", "--data", "-", "--stream", "--drop-columns", "time,session"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1) as process:
        found = []
        for i, line in enumerate(lines):
            process.stdin.write(line)
            process.stdin.flush()
            if i >= 32 and i % 16 == 0:
                ready, _, _ = select.select([process.stdout], [], [], 20)
                assert ready, f"no answer after row {i}"
                found.append(process.stdout.readline().strip())
            if i == 200:
                break
        process.stdin.close()
        assert process.wait(timeout=20) == 0, process.stderr.read()
    assert len(found) == 11 and found == expected[:11], (found, expected)


def test_stream_as_it_comes():
    """Other orders of columns, decimal commas, no header; what is wrong is said with its line."""
    searched()
    recording("new.csv", ["emil"], 2)
    rows = [line.split(",") for line in open("new.csv", encoding="utf-8").read().splitlines()]
    expected = good("predict", "s.aann", 1, "--data", "new.csv")

    def stream(text, *more):
        return subprocess.run([PROGRAM, "predict", "s.aann", "1", "--data", "-", "--stream", *more], input=text,
                              capture_output=True, text=True, check=False, timeout=60)

    other = "".join(f"{r[4]};{r[2]};{r[3]}\n" for r in rows).replace(".", ",")
    done = stream(other)
    assert done.returncode == 0 and done.stdout == expected, done
    bare = "".join(f"{r[2]},{r[3]},{r[4]}\n" for r in rows[1:])
    done = stream(bare, "--header", "no")
    assert done.returncode == 0 and done.stdout == expected, done
    assert "names of columns" in stream(bare).stderr
    done = stream("ax,ay,az\n" + "1,2,3\n" * 40 + "1,oops,3\n" + "1,2,3\n" * 40)
    assert done.returncode == FAILED and "standard input: " not in done.stdout and len(done.stdout.split()) == 1, done
    assert re.search(r"line 42, column 'ay': 'oops' is not a finite number", done.stderr), done.stderr
    assert "lacks columns that the training data had: az" in stream("ax,ay\n1,2\n").stderr
    refused(USAGE, "--stream goes with neither --json nor --logits", "predict", "s.aann", 1, "--data", "-", "--stream",
            "--json")
    refused(USAGE, "--window-step is for --window", "search", "--data", "train.csv", "--window-step", 4, "--net", "4-3")


def test_rows_of_a_table():
    """Without windows each row is a sample."""
    with open("rows.csv", "w", encoding="utf-8") as file:
        file.write("a,b,label\n" + "".join(f"{i % 7},{i % 5},{'low' if i % 7 < 3 else 'high'}\n" for i in range(80)))
    answer("search", "--data", "rows.csv", "--net", "8-2", "--steps", "5k", "--quiet", "--study", "r.aann")
    expected = good("predict", "r.aann", 1, "--data", "rows.csv")
    text = open("rows.csv", encoding="utf-8").read()
    done = subprocess.run([PROGRAM, "predict", "r.aann", "1", "--data", "-", "--stream"], input=text, capture_output=True,
                          text=True, check=True)
    assert done.stdout == expected
    for window in (1000, 2):
        done = subprocess.run([PROGRAM, "predict", "r.aann", "1", "--data", "-", "--stream", "--window", str(window)],
                              input=text, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode in (FAILED, USAGE) and done.stdout == "" and done.stderr.count("\n") == 1, done
        assert f"2 x {window} values" in done.stderr, done


def mixed_table(name, label=True):
    """Words, booleans, numbers among words, and gaps."""
    numbers = random.Random(8)
    with open(name, "w", encoding="utf-8") as file:
        file.write("colour,flag,size,number" + (",label\n" if label else "\n"))
        for i in range(150):
            colour = numbers.choice(["red", "green", "blue", "", "violet" if i == 3 else "red"])
            flag, size = numbers.choice(["True", "false", "TRUE"]), numbers.choice(["0", "1", "2", "3+", "1.0", "NA"])
            number = "" if i % 9 == 4 else f"{numbers.gauss(0, 1):.3f}"
            kind = "yes" if (colour == "red" and flag.lower() == "true") or size == "3+" else "no"
            file.write(",".join([colour, flag, size, number] + ([kind] if label else [])) + "\n")
    return name


def test_words():
    """Words, booleans and gaps in a stream mean what they mean in a file, also those that the training data had not."""
    result = answer("search", mixed_table("mixed.csv"), "--members", 3, "--quiet", "--study", "w.aann", "--steps", "5k")
    kinds = [column["kind"] for column in result["data"]["encoding"]["columns"]]
    assert kinds == ["words", "boolean", "words", "number"], kinds
    text = open("mixed.csv", encoding="utf-8").read()
    expected = good("predict", "w.aann", 1, "--data", "mixed.csv")
    assert len(set(expected.split())) == 2
    assert good("predict", "w.aann", 1, "--data", "-", "--stream", input=text) == expected
    odd = ["colour,flag,size,number", "RED,True,3+,1", "indigo,FALSE,1.00,", "red,true,+1,-2", "red,?,3+,0.5", "None,false,,1e3",
           "7,True,01,2"]
    with open("odd.csv", "w", encoding="utf-8") as file:
        file.write("\n".join(odd) + "\n")
    assert good("predict", "w.aann", 1, "--data", "-", "--stream", stdin=open("odd.csv", encoding="utf-8")) == \
        good("predict", "w.aann", 1, "--data", "odd.csv")
    done = run("predict", "w.aann", 1, "--data", "-", "--stream", input="colour,flag,size,number\nred,maybe,1,2\n")
    assert done.returncode == FAILED and "line 2, column 'flag': 'maybe' is not true or false" in done.stderr, done
    done = run("predict", "w.aann", 1, "--data", "-", "--stream", input="colour,flag,size,number\nred,true,1,red\n")
    assert done.returncode == FAILED and "line 2, column 'number': 'red' is not a finite number" in done.stderr, done
    # Numbers but 0 and 1 are neither true nor false.
    header = "colour,flag,size,number\n"
    for data in (["flags.csv"], ["-"], ["-", "--stream"]):
        with open("flags.csv", "w", encoding="utf-8") as file:
            file.write(header + "red,1,1,2\nred,7,1,2\n")
        with open("flags.csv", encoding="utf-8") as flags:
            done = run("predict", "w.aann", 1, "--data", *data, stdin=flags)
        assert done.returncode == FAILED and "flag" in done.stderr and "7" in done.stderr, done
        assert "true or false" in done.stderr and done.stderr.count("\n") == 1, done
    with open("flags.csv", "w", encoding="utf-8") as file:
        file.write(header + "red,true,1,2\nred,7,1,2\n")
    done = run("predict", "w.aann", 1, "--data", "flags.csv")
    assert done.returncode == FAILED and "those of the training data are true and false, or 1 and 0" in done.stderr, done
    # A model file needs no study, and knows the words.
    good("save", "w.aann", 2, "--out", "w.aannm")
    assert good("predict", "w.aannm", "--data", "-", "--stream", "--label-column", "label", input=text) == \
        good("predict", "w.aann", 2, "--data", "mixed.csv")


def test_several_members():
    """Side by side, or together: the same lines as for a file."""
    recording("train.csv", PEOPLE, 1, rows=320)
    answer("search", "--data", "train.csv", *WINDOWS, *NET, "--steps", "2k", "--members", 3, "--study", "m.aann")
    recording("new.csv", ["emil"], 2)
    mixed_table("mixed.csv")
    answer("search", "mixed.csv", "--members", 3, "--quiet", "--study", "w.aann", "--steps", 300)
    with open("mixed.csv", encoding="utf-8") as file:
        rows = [line.split(",") for line in file.read().splitlines()[1:]]
    with open("regression.csv", "w", encoding="utf-8") as file:
        file.write("a,t\n" + "".join(f"{i},{0.5 + float(row[3] or 0)}\n" for i, row in enumerate(rows)))
    answer("search", "regression.csv", "--target-columns", "t", "--members", 3, "--quiet", "--study", "r.aann", "--steps", 500)
    for study, file, more in (("m.aann", "new.csv", ["--drop-columns", "time,session"]), ("w.aann", "mixed.csv", []),
                              ("r.aann", "regression.csv", [])):
        text = open(file, encoding="utf-8").read()
        found = good("predict", study, "1,3,2", "--data", "-", "--stream", *more, input=text)
        assert found == good("predict", study, "1,3,2", "--data", file) and found.count("\t") == 2 * found.count("\n"), study
        assert any(len(set(line.split("\t"))) > 1 for line in found.splitlines()), f"{study}: the members differ"
        for method in ("sum", "vote"):
            assert good("ensemble", study, "--data", "-", "--stream", "--method", method, *more, input=text) == \
                good("ensemble", study, "--data", file, "--method", method), (study, method)
    refused(USAGE, "--stream is for --data", "ensemble", "m.aann", "--stream")
    refused(USAGE, "--stream goes not with --json", "ensemble", "m.aann", "--data", "-", "--stream", "--json")
    good("save", "m.aann", 1, "--out", "m.aannm")
    # A model file knows its windows and their columns.
    text = open("new.csv", encoding="utf-8").read()
    expected = good("predict", "m.aann", 1, "--data", "new.csv")
    refused(FAILED, "had not: time, session, activity; if they mean nothing here: --drop-columns time,session,activity$",
            "predict", "m.aannm", "--data", "new.csv")
    for more in ([], ["--stream"]):
        assert good("predict", "m.aannm", "--data", "-", "--drop-columns", "time,session,activity", *more, input=text) == expected
    assert answer("show", "m.aannm")["windows"] == {"rows": 32, "step": 16, "columns": ["ax", "ay", "az"]}
    assert answer("eval", "m.aannm", "--data", "new.csv", "--drop-columns", "time,session")["accuracy"] == \
        answer("eval", "m.aann", 1, "--data", "new.csv")["accuracy"]
    # Targets keep their names, so that a model is judged without naming them again.
    good("save", "r.aann", 1, "--out", "r.aannm")
    assert answer("show", "r.aannm")["targets"] == ["t"]
    judged = answer("eval", "r.aannm", "--data", "regression.csv")
    assert judged["fits"] == answer("eval", "r.aann", 1, "--data", "regression.csv")["fits"] and judged["fits"][0]["target"] == "t"
    assert good("eval", "r.aannm", "--data", "regression.csv").splitlines()[1].startswith("  t: R2 ")
    assert "accuracy" not in good("eval", "r.aann", 1, "--split", "train")
    # A network of arrays knows no columns.
    answer("search", "--data", TRAIN, "--net", "10", "--steps", 50, "--quiet", "--study", "p.aann")
    good("save", "p.aann", 1, "--out", "p.aannm")
    refused(USAGE, "p.aannm: --stream answers the rows of a table", "predict", "p.aannm", "--data", "-", "--stream")


def test_missing_cells():
    """A stream of a table may have cells without a value, as a file may: the answers are the same."""
    head = "a,b,label\n"
    full = [[i % 7, i % 5, "low" if i % 7 < 3 else "high"] for i in range(80)]
    gaps = [["" if i % 9 == 4 else row[0], "NA" if i % 11 == 3 else row[1], row[2]] for i, row in enumerate(full)]
    texts = {}
    for name, rows in (("full", full), ("gaps", gaps)):
        texts[name] = head + "".join(",".join(map(str, row)) + "\n" for row in rows)
        with open(name + ".csv", "w", encoding="utf-8") as file:
            file.write(texts[name])
    answer("search", "--data", "gaps.csv", "--net", "16-2", "--steps", "5k", "--quiet", "--study", "g.aann")
    for name, text in texts.items():
        found = good("predict", "g.aann", 1, "--data", "-", "--stream", input=text)
        assert found == good("predict", "g.aann", 1, "--data", name + ".csv") and len(set(found.split())) == 2, name
    done = run("predict", "g.aann", 1, "--data", "-", "--stream", input=head + "1,2,low\n1,oops,low\n")
    assert done.returncode == FAILED and re.search(
        r"line 3, column 'b': 'oops' is not a finite number; a missing value is an empty cell", done.stderr), done
    # Trained without gaps, or on windows: a file with gaps and the stream have the same fate.
    answer("search", "--data", "full.csv", "--net", "16-2", "--steps", "5k", "--quiet", "--study", "f.aann")
    file = run("predict", "f.aann", 1, "--data", "gaps.csv")
    stream = run("predict", "f.aann", 1, "--data", "-", "--stream", input=texts["gaps"])
    assert (file.returncode, file.stdout) == (stream.returncode, stream.stdout), (file, stream)
    searched()
    done = run("predict", "s.aann", 1, "--data", "-", "--stream", input="ax,ay,az\n" + "1,2,3\n" * 40 + "1,,3\n")
    assert "line 42, column 'ay': '' is not a finite number" in done.stderr, done


def test_values_at_thresholds():
    """A stream reads numbers as a file is read: no value changes sides of a threshold by rounding."""
    numbers = [0.1 * i + 1e-9 * (i % 3) for i in range(90)]
    with open("t.csv", "w", encoding="utf-8") as file:
        file.write("v,w,label\n" + "".join(f"{v!r},{-v!r},{'odd' if i % 2 else 'even'}\n" for i, v in enumerate(numbers)))
    answer("search", "--data", "t.csv", "--net", "32-2", "--steps", "5k", "--quiet", "--study", "t.aann")
    columns = answer("list", "t.aann")["families"][0]["data"]["encoding"]["columns"]
    near = [value for column in columns for t in column["thresholds"] for value in
            (t, math.nextafter(t, -math.inf), math.nextafter(t, math.inf), t - 1e-9, t + 1e-9)]
    assert len(near) > 100 and any(struct.unpack("f", struct.pack("f", value))[0] != value for value in near)
    with open("near.csv", "w", encoding="utf-8") as file:
        file.write("v,w\n" + "".join(f"{v!r},{w!r}\n" for v in near for w in (-v, 1.0)))
    expected = good("predict", "t.aann", 1, "--data", "near.csv")
    with open("near.csv", encoding="utf-8") as file:
        found = good("predict", "t.aann", 1, "--data", "-", "--stream", stdin=file)
    assert found == expected and len(set(expected.split())) == 2


def test_each_row_is_answered_at_once():
    """Whatever the first lines are: with a header that is not announced, comments, or none."""
    with open("rows.csv", "w", encoding="utf-8") as file:
        file.write("a,b,label\n" + "".join(f"{i % 7},{i % 5},{'low' if i % 7 < 3 else 'high'}\n" for i in range(80)))
    answer("search", "--data", "rows.csv", "--net", "8-2", "--steps", "5k", "--quiet", "--study", "r.aann")
    for head, more in ((["a,b\n"], []), (["# board 7\n", "# b,a are swapped, here\n", "b,a\n"], []), (["# a,b\n"], []),
                       (["a;b\n"], []), (["a,b,\n"], []), ([], ["--header", "no"]), (["a,b\n"], ["--header", "yes"])):
        with subprocess.Popen([PROGRAM, "predict", "r.aann", "1", "--data", "-", "--stream", *more], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1) as process:
            for line in head:
                process.stdin.write(line)
                process.stdin.flush()
                time.sleep(0.05)
            for i in range(5):
                row = "1;2" if head == ["a;b\n"] else "1,2"
                process.stdin.write(row + "\n")
                process.stdin.flush()
                ready, _, _ = select.select([process.stdout], [], [], 20)
                assert ready, f"no answer after row {i} of {head}"
                assert process.stdout.readline().strip() in ("low", "high"), head
            process.stdin.close()
            assert process.wait(timeout=20) == 0, process.stderr.read()


def test_the_tutorial():
    """Every command of the tutorial works as it is written."""
    os.symlink(SOURCE / "examples", "examples")
    page = (SOURCE / "docs" / "tutorial-sensor.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ ((?:.*\\\n)*.*)$", page, re.MULTILINE)
    assert len(commands) >= 6, commands
    for command in commands:
        done = subprocess.run(["bash", "-c", command.replace("aann ", f"{PROGRAM} ", 1) if command.startswith("aann ")
                               else command.replace("| aann ", f"| {PROGRAM} ")],
                              capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, (command, done.stderr)
        if command.startswith("head "):
            assert done.stdout in page, done.stdout
    assert run("list", "activity.aann").returncode == 0


if __name__ == "__main__":
    main({name: value for name, value in globals().items() if getattr(value, "__module__", "") == __name__})
