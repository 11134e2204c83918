"""A study from a stranger: whatever its names hold, a terminal sees printable characters and line ends alone."""
import json
import re
import sqlite3
import subprocess

from program import PROGRAM, answer, good, main

ESCAPE = "\x1b]0;owned\x07\x1b[2J"
# What a name may hold: escapes, line breaks that forge a line, C1 controls, marks that turn the writing, bytes that
# are not UTF-8 (stray, cut off, longer than necessary, a surrogate), and text in many scripts, which stays.
NAMES = [
    (ESCAPE.encode(), r"\x1b]0;owned\x07\x1b[2J"),
    (b"ann\naann: all is well\r", r"ann\x0aaann: all is well\x0d"),
    ("\u009b2J\u0085".encode(), r"\xc2\x9b2J\xc2\x85"),
    ("a\u202egnp.exe\u2066".encode(), r"a\xe2\x80\xaegnp.exe\xe2\x81\xa6"),
    (b"\xff\xc3(\xe0\x80\x9b\xed\xa0\x80\xf0\x9f", r"\xff\xc3(\xe0\x80\x9b\xed\xa0\x80\xf0\x9f"),
    ("Grüße, 網路, сеть \U0001f642".encode(), "Grüße, 網路, сеть \U0001f642"),
]
HARMLESS = re.compile("[^\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]*")


def study(name):
    """A study of two members and a walk, from words as labels, of a family that is called `name` (bytes)."""
    with open("train.csv", "w", encoding="utf-8") as file:
        file.write("a,b,c,kind\n" + "".join(
            f"{i % 7},{i % 5},{(i * 3) % 11},{'high' if i % 7 > 3 else 'low'}\n" for i in range(200)))
    answer("search", "--data", "train.csv", "--net", "8-2", "--sparsity", "30", "--steps", 300, "--study", "s.aann",
           "--label-column", "kind", "--members", 2)
    with sqlite3.connect("s.aann") as database:
        database.execute("UPDATE family SET name = CAST(? AS TEXT), task = 'classification'", (name,))
        database.execute("UPDATE member SET origin = CAST(? AS TEXT) WHERE id = 2", (name,))
    database.close()


def output(*arguments):
    """Both outputs of a run, as bytes."""
    result = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, timeout=100, check=False)
    return result.returncode, result.stdout + result.stderr


def check_text(data, command):
    text = data.decode("utf-8")  # fails where it is not UTF-8
    assert HARMLESS.fullmatch(text), (command, data)
    return text


COMMANDS = [("list",), ("show", 1), ("show", 2), ("eval", 1), ("geometry", "--all", "--origin", "all"), ("ensemble",), ("path", 1, 2, "--no-store"),
            ("walk", 1, "--loss", 5, "--members", 1, "--every", 1, "--steps", 50, "--quiet"), ("resume",),
            ("weights", 1, "--npz", "w.npz"), ("predict", 1, "--data", "train.csv")]


def test_names():
    for name, shown in NAMES:
        study(name)
        for command, *rest in COMMANDS:
            status, data = output(command, "s.aann", *rest)
            assert status == 0, (command, data)
            text = check_text(data, command)
            if command in ("list", "show", "geometry", "ensemble", "eval"):
                assert shown in text, (command, text)
        # JSON holds the name itself; where it is not UTF-8, what the terminal sees.
        try:
            expected = name.decode()
        except UnicodeDecodeError:
            expected = shown
        status, data = output("list", "s.aann", "--json")
        assert status == 0 and re.fullmatch(rb"[ -~]*\n", data), data
        listed = answer("list", "s.aann")["families"][0]
        assert listed["name"] == expected and listed["members"][1]["origin"] == expected
        assert answer("show", "s.aann", 1)["name"] == expected


def test_class_names():
    """Words of classes, from a study and from a CSV file."""
    study(b"plain")
    with sqlite3.connect("s.aann") as database:
        data = json.loads(database.execute("SELECT data FROM family").fetchone()[0])
        data["classes"] = [ESCAPE, "low\n0 1 2"]
        database.execute("UPDATE family SET data = ?", (json.dumps(data),))
    database.close()
    status, printed = output("predict", "s.aann", 1, "--data", "train.csv")
    lines = check_text(printed, "predict").splitlines()
    assert status == 0 and len(lines) == 200 and set(lines) <= {r"\x1b]0;owned\x07\x1b[2J", r"low\x0a0 1 2"}, set(lines)
    with open("words.csv", "w", encoding="utf-8") as file:
        file.write("a,kind\n" + "".join(f"{i},{ESCAPE if i % 2 else 'plain'}\n" for i in range(20)))
    for command in (("data", "show", "words.csv"), ("data", "show", "words.csv", "--sample", "1"),
                    ("data", "show", f"{ESCAPE}.csv"), (ESCAPE,), ("show", "s.aann", ESCAPE)):
        _, printed = output(*command)
        check_text(printed, command)


def test_widths_count_characters():
    """A name with accents takes the columns that one sees."""
    study(b"plain")
    with sqlite3.connect("s.aann") as database:
        data = json.loads(database.execute("SELECT data FROM family").fetchone()[0])
        data["classes"] = ["öä", "oa"]
        database.execute("UPDATE family SET data = ?", (json.dumps(data),))
    database.close()
    rows = [line for line in good("eval", "s.aann", 1, "--split", "train").splitlines() if re.match(r"  +[01] (öä|oa)", line)]
    assert len(rows) == 2 and len({line.index("%") for line in rows}) == 1, rows


if __name__ == "__main__":
    main(globals())
