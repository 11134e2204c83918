"""Data and files that were once taken for something else without a word: each gives the right result, or one line.

ctest-timeout: 300
"""
import os
import pathlib
import re
import resource

from program import answer, good, main, refused, run
from test_own_data import arrays_of, csv, npy, npz, rows, searched

USAGE, FAILED = 2, 1


def write(name, content):
    pathlib.Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


def little_room():
    """Files of at most a kilobyte, like a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


def test_a_cut_table():
    """UTF-16 that ends inside a character is refused wherever the blocks that it is read in end."""
    for more in range(12):
        text = f"a{'x' * more},b,label\r\n" + "".join(f"{i % 9},{i % 7},{'pq'[i % 2]}\r\n" for i in range(12000))
        whole = text.encode("utf-16")
        assert answer("data", "show", write("whole.csv", whole))["count"] == 12000
        refused(FAILED, "cut.csv .*ends inside a character of UTF-16", "data", "show", write("cut.csv", whole + b"1"))


def test_long_numbers():
    """Whole numbers that one double stands for are told apart by their digits, or refused."""
    first, second = 900000000000000001, 900000000000000002
    table = "s,v,label\n" + "".join(f"{first if i < 12 else second},{i % 5},{'pq'[i < 12]}\n" for i in range(24))
    windows = answer("data", "show", write("groups.csv", table), "--group-column", "s", "--window", 8)
    assert windows["count"] == 2, windows["count"]  # one of each subject, and none of both
    labels = "v,label\n" + "".join(f"{i % 5},{first if i % 3 else second}\n" for i in range(24))
    shown = answer("data", "show", write("labels.csv", labels))
    assert [(one["name"], one["count"]) for one in shown["classes"]] == [(str(first), 16), (str(second), 8)], shown["classes"]
    words = "w,v,label\n" + "".join(f"{['k', first, second][i % 3]},{i % 5},{'pq'[i % 2]}\n" for i in range(60))
    column = answer("data", "show", write("words.csv", words))["columns"][0]
    assert column["kind"] == "words" and column["distinct"] == 3, column
    late = "w,v,label\n" + "".join(f"{[first, second, 'k'][i // 20]},{i % 5},{'pq'[i % 2]}\n" for i in range(60))
    refused(FAILED, "late.csv: .*column 'w': words among numbers of more than 15 digits", "data", "show",
            write("late.csv", late))


def test_several_labels():
    """Eight columns are QMNIST's labels in its own format only; in others they are several labels, which is refused."""
    x, _ = arrays_of(rows(24))
    many = npy([(i >> k) & 1 for i in range(24) for k in range(8)], (24, 8), "<i8")
    refused(FAILED, r"labels have 2 dimension\(s\) \(24 x 8\)", "data", "show", npz("many.npz", x=x, y=many))


def test_names_of_arrays_that_are_not_there():
    x, y = arrays_of(rows(20))
    npz("named.npz", feat=x, kinds=y)
    assert answer("data", "show", "named.npz", "--arrays", "x=feat,y=kinds")["classes"]
    refused(USAGE, "named.npz: no array is called 'kindz'", "data", "show", "named.npz", "--arrays", "x=feat,y=kindz")
    for part in ("Y=kinds", "label=kinds", "kinds"):
        refused(USAGE, f"named.npz: arrays '{part}': expected x=NAME, y=NAME", "data", "show", "named.npz", "--arrays",
                f"x=feat,{part}")


def test_sizes_beyond_an_integer():
    csv("train.csv", rows())
    for text in ("1x1x4294967298", "1x1x99999999999", "1x1x-3", "1x1x 3", "1x1x3y", "1x1"):
        refused(USAGE, "--input: '.*' is not channels x height x width", "search", "--data", "train.csv", "--net", "2",
                "--input", text, "--study", "never.aann")


def test_scales_that_are_none():
    x, _ = arrays_of(rows(20))
    targets = npy([i / 20 for i in range(20)], (20, 1))
    for scale in (0.0, -2.0):
        npz("scaled.npz", x=x, targets=targets, target_mean=npy([0.0], (1,)), target_scale=npy([scale], (1,)))
        refused(FAILED, "target_scale.*: number 0 is .*; expected one above 0", "data", "show", "scaled.npz")


def test_a_comma_in_a_name():
    """A study whose label column has a comma in its name is continued and judged like any other."""
    table = '"force, N",b,"Class, final"\n' + "".join(f"{i % 7},{i % 5},{'pq'[i % 7 > 3]}\n" for i in range(200))
    searched(write("comma.csv", table))
    good("resume", "s.aann", "--members", 2, "--quiet")
    assert answer("eval", "s.aann", 1, "--data", "comma.csv")["accuracy"] >= 0.0
    named = answer("data", "show", "comma.csv", "--label-column", "Class, final", "--drop-columns", "force, N")
    assert [column["name"] for column in named["columns"]] == ["b"]


def test_numbers_among_words():
    """A label is found in other data by its number, too, where its text is another."""
    def labelled(*labels):
        return "a,b,label\n" + "".join(f"{i % 7},{i % 5},{labels[i % len(labels)]}\n" for i in range(120))
    searched(write("mixed.csv", labelled("1.0", "2.0", "unknown")))
    found = answer("eval", "s.aann", 1, "--data", write("numbers.csv", labelled("1.0", "2.0")))
    assert sum(map(sum, found["confusion"])) == 120, found
    refused(FAILED, "is labelled '3', which is none of the 3 classes", "eval", "s.aann", 1, "--data",
            write("more.csv", labelled("1.0", "3")))


def test_without_room():
    """A full disk takes nothing that is there, and the same command works again."""
    searched(csv("train.csv", rows()), "--members", 2)
    good("geometry", "s.aann", "--pictures", "pictures")
    before = {path.name: path.read_bytes() for path in pathlib.Path("pictures").iterdir()}
    result = run("geometry", "s.aann", "--pictures", "pictures", preexec_fn=little_room)
    assert result.returncode == FAILED and len(result.stderr.splitlines()) == 1, result.stderr
    assert before and before == {path.name: path.read_bytes() for path in pathlib.Path("pictures").iterdir()}
    command = ("export", "c", "s.aann", 1, "--out", "exported/net.h", "--example", "--data", "train.csv", "--self-test", 100)
    os.mkdir("exported")
    result = run(*command, preexec_fn=little_room)
    assert result.returncode == FAILED and "File too large" in result.stderr, result.stderr
    good(*command)
    assert sorted(os.listdir("exported")) == ["main.c", "net.h"]


def test_points_beside_decimal_commas():
    """1.234 is another number where commas are the decimal marks: whoever wrote it is asked."""
    def table(late, number="999,5"):
        return "a;b;label\n" + "".join(f"{late if i > 70 else number};{i % 9},5;{'pq'[i % 2]}\n" for i in range(90))
    for option in ((), ("--decimal", ",")):
        refused(FAILED, r"late.csv: line 73, column 'a': 1.234 has a point, and the decimal mark is a comma; expected no",
                "data", "show", write("late.csv", table("1.234")), *option)
    refused(FAILED, "line 73, column 'a': '1.234' has a point", "data", "show", "late.csv", "--target-columns", "a",
            "--label-column",
            "")
    shown = answer("data", "show", "late.csv", "--drop-columns", "a")
    assert shown["columns"][0]["minimum"] == 0.5 and shown["columns"][0]["maximum"] == 8.5, shown
    words = answer("data", "show", write("words.csv", table("v1.2", "1.3")), "--decimal", ",", "--drop-columns",
            "b")["columns"][0]
    assert words["kind"] == "words" and words["distinct"] == 2, words
    # Marks for thousands, which no number has.
    for mark, decimals, delimiter in ((",", ".", ","), (".", ",", ";"), (" ", ".", ","), ("'", ",", ";")):
        lines = [delimiter.join((f'"{1 + i % 9}{mark}{200 + i}{decimals}5"',
                f"0{decimals}{i}" if delimiter == ";" else "1", "pq"[i % 2]))
                 for i in range(60)]
        write("marks.csv", delimiter.join("abl") + "\n" + "\n".join(lines) + "\n")
        refused(FAILED, r"marks.csv: column 'a': '1.200[.,]5' is a number with marks for thousands", "data", "show",
                "marks.csv")
    assert answer("data", "show", "marks.csv", "--decimal", ",")["columns"][0]["kind"] == "words"
    # A stream cannot look ahead: a comma after points, or a point after commas.
    searched(write("train.csv", "a,b,label\n" + "".join(f"{i % 7},{i % 5},{'pqr'[i % 3]}\n" for i in range(120))))
    for one, two in (("1,5", "1.5"), ("1.5", "1,5")):
        result = run("predict", "s.aann", 1, "--data", "-", "--stream", input=f"a;b\n{one};2\n{two};2\n")
        assert result.returncode == FAILED and "line 3, column 'a': '1.5' is not a number: some" in result.stderr, result


def test_times_in_no_order():
    """Texts are in the order of time only if they are of one form, and of one time zone."""
    def timed(*times):
        table = "t,a,label\n" + "".join(f"{times[i % len(times)]},{i % 7},{'pq'[i % 2]}\n" for i in range(40))
        return ("data", "show", write("timed.csv", table), "--time-column", "t")
    for times in (("2024-Jan-01", "2024-Feb-01"), ("2024-01-01 09:30 AM", "2024-01-01 09:30 PM"), ("2024-01-01 12:30 am",),
                  ("2024-01-01T12:00+00:00", "2024-01-01T12:30+02:00"), ("2024-2-15", "2024-12-1")):
        refused(FAILED, "column 't': '2024-.*' is no time that can be sorted", *timed(*times))
    for times in (("2024-01-01", "2025-12-31"), ("2024-01-01T12:00+02:00", "2024-01-01T12:30+02:00"),
            ("2024-01-01 09:30:11.25Z",),
                  ("20240101", "20231231"), ("2024/03/01 10:00", "2024/03/01 11:59")):
        assert answer(*timed(*times))["count"] == 40


def test_names_that_are_numbers():
    """Years are names where the label has one, in whatever place; and data where nothing says so."""
    def table(*names):
        return write("years.csv", ",".join(names) + "\n" + "".join(f"0.{i},0.{i % 7},{'pq'[i % 2]}\n" for i in range(40)))
    for label in ("label", "Class", "TARGET", "y"):
        shown = answer("data", "show", table("2019", "2020", label))
        assert shown["count"] == 40 and [one["name"] for one in shown["columns"]] == ["2019", "2020"], shown
    assert answer("data", "show", table("2019", "2020", "p"))["count"] == 41
    assert answer("data", "show", table("2019", "2020", "kind"))["count"] == 41
    assert answer("data", "show", table("2019", "2020", "kind"), "--label-column", "kind")["count"] == 40
    # A class may be called so, too.
    write("class.csv", "".join(f"0.{i},0.{i % 7},{['target', 'other'][i % 2]}\n" for i in range(40)))
    assert answer("data", "show", "class.csv")["count"] == 40
    write("hash.csv", "".join(f"{['# x', 'y z'][i % 2]},{i % 7},{'pq'[i % 2]}\n" for i in range(40)))
    column = answer("data", "show", "hash.csv", "--header", "no")["columns"][0]
    assert column["distinct"] == 2, column


def test_columns_by_place():
    """Without names, a column more than the features is the label only if it was the last one in training."""
    numbers = [(i % 7, i % 5) for i in range(120)]
    write("last.csv", "a,b,label\n" + "".join(f"{a},{b},{int(a > b)}\n" for a, b in numbers))
    write("first.csv", "label,a,b\n" + "".join(f"{int(a > b)},{a},{b}\n" for a, b in numbers))
    write("bare_last.csv", "".join(f"{a},{b},{int(a > b)}\n" for a, b in numbers))
    write("bare_first.csv", "".join(f"{int(a > b)},{a},{b}\n" for a, b in numbers))
    write("bare.csv", "".join(f"{a},{b}\n" for a, b in numbers))
    for name in ("last", "first"):
        searched(f"{name}.csv", study=f"{name}.aann")
        expected = good("predict", f"{name}.aann", 1, "--data", "last.csv")
        assert good("predict", f"{name}.aann", 1, "--data", "bare.csv", "--header", "no") == expected
    assert good("predict", "last.aann", 1, "--data", "bare_last.csv", "--header", "no") == good("predict",
            "last.aann", 1, "--data", "first.csv")
    for command in (("predict", "first.aann", 1), ("eval", "first.aann", 1)):
        refused(FAILED, "bare_first.csv: 3 columns without names; expected the 2 features alone, because in the training",
                *command, "--data", "bare_first.csv", "--header", "no")


def test_long_labels_in_arrays():
    """Whole numbers that one double stands for are different classes, in arrays as in tables."""
    x, _ = arrays_of(rows(24))
    for kind, first in (("<i8", -2**60), ("<u8", 2**63)):
        labels = npz("long.npz", x=x, y=npy([first + i % 3 for i in range(24)], (24,), kind))
        shown = answer("data", "show", labels)["classes"]
        assert sorted((one["name"], one["count"]) for one in shown) == sorted((str(first + i), 8) for i in range(3)), shown


def test_what_a_search_says_of_its_data():
    """That windows overlap on both sides of a split, and that a column has no input."""
    table = write("walk.csv",
            "who,a,code,label\n" + "".join(f"s{i // 60},{i % 7},{i},{'pq'[i % 120 > 59]}\n" for i in range(480)))
    def notes(*options):
        return run("search", "--data", table, "--net", "4-2", "--steps", 100, *options).stderr
    windows = ("--drop-columns", "who,code", "--window", 20)
    assert "note: windows overlap" in notes(*windows, "--window-step", 5)
    assert "note: windows overlap" not in notes(*windows)
    assert "note: windows overlap" not in notes("--drop-columns", "code", "--window", 20, "--window-step", 5,
            "--group-column", "who")
    write(table, "name,a,one,label\n" + "".join(f"n{i},{i % 7},1,{'pq'[i % 2]}\n" for i in range(60)))
    assert re.search("note: 2 columns have no input, .* every word occurs once: 'name', 'one'\n", notes())


if __name__ == "__main__":
    main(globals())
