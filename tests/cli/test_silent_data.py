"""Data and files that were once taken for something else without a word: each gives the right result, or one line.

ctest-timeout: 300
"""
import os
import pathlib
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


if __name__ == "__main__":
    main(globals())
