"""The cases of the list that test_own_data.py comes from (T numbers) which the library's tests hold in parts, and nobody
held with the program as a whole: each gives the right result, or one line that says what to do.

Where the others are: T4, T5, T7 to T9, T11, T12, T14 to T20, T27 to T29, T33, T38 to T41, T43 to T46 in test_own_data.py;
T21 to T26, T32, T55 to T58 in test_tables.py; T48, T49 in tests/data/test_formats.py; T52, T53, T59 in test_command_line.py;
T13 in both of the first; T60 in test_car.py; T61 in tests/export.

ctest-timeout: 300
"""
import fcntl
import gzip
import os
import pathlib
import random
import shutil
import struct

from program import answer, main, refused, run
from test_own_data import arrays_of, csv, npy, npz, rows, searched

FAILED = 1
HEAD = "a,b,label\n"
ROWS = "".join(f"{i},{i % 5},{'xy'[i % 2]}\n" for i in range(20))


def write(name, content):
    pathlib.Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


def test_ways_of_writing_one_table():
    """T1, T2, T3, T30: byte order marks, Latin-1, UTF-16, blank lines, CRLF, quoted newlines, no final newline."""
    plain = answer("data", "show", write("plain.csv", HEAD + ROWS))
    assert plain["count"] == 20 and [column["name"] for column in plain["columns"]] == ["a", "b"]
    tabs = ("\ufeff" + HEAD + ROWS).replace(",", "\t")
    for content in ("\ufeff" + HEAD + ROWS, tabs.encode("utf-16-le"), tabs.encode("utf-16-be"),
                    HEAD + "\n" + ROWS.replace("\n", "\n\n", 3), (HEAD + ROWS)[:-1], (HEAD + ROWS).replace("\n", "\r\n")):
        found = answer("data", "show", write("other.csv", content))
        assert found["sha256"] == plain["sha256"] and found["columns"] == plain["columns"], content[:20]
    for header, name in (("größe,b,label\n".encode("latin-1"), "größe"), (b'"a\nb",b,label\n', "a\nb")):
        found = answer("data", "show", write("other.csv", header + ROWS.encode()))
        assert found["sha256"] == plain["sha256"] and found["columns"][0]["name"] == name


def test_cells():
    """T10, T30, T31: what is a number, what is missing, what is refused with its place."""
    def column(cell):
        return answer("data", "show", write("cell.csv", f"{HEAD}{ROWS}{cell},3,x\n"))["columns"][0]

    for cell in ("", "NA", "?", "nan", "NaN", "null", "-"):
        assert column(cell)["missing"] == 1, cell
    for cell, value in (("1e5", 1e5), ("+21.5", 21.5), ("1.25E2", 125)):
        assert column(cell)["missing"] == 0 and column(cell)["maximum"] == value, cell
    assert column("-.5")["minimum"] == -0.5
    for cell in ("inf", "1D+00", "0x1F", "12%", '"1,234.5"', "True", "2024-05-01"):
        write("cell.csv", f"{HEAD}{ROWS}{cell},3,x\n")
        shown = cell.strip('"').replace("+", r"\+")
        refused(FAILED, f"cell.csv: line 22, column 'a': '{shown}' is not a finite number, as 20 of the 20 other cells",
                "data", "show", "cell.csv")


def test_damaged_tables():
    """T6, T30: one line says where, and what to do."""
    for content, message in ((f"a,a,label\n{ROWS}", "line 1: columns 1 and 2 are both called 'a'; rename one, or leave the names "
                              "out: --skip-lines 1 --header no"),
                             (HEAD + ROWS + "1,2\n", "line 22: 2 cells; the header has 3 columns"),
                             (HEAD + ROWS + '"1,2,x\n', "line 22, column 'a': the file ends inside the quotes"),
                             (HEAD + ROWS + "1,\x002,x\n", "byte 142: 00 in what looks like a table")):
        refused(FAILED, "bad.csv: " + message, "data", "show", write("bad.csv", content))
    # What the message says does it.
    write("twice.csv", f"# made today\na,a,label\n{ROWS}")
    refused(FAILED, "twice.csv: line 2: .*--skip-lines 2 --header no", "data", "show", "twice.csv")
    shown = answer("data", "show", "twice.csv", "--skip-lines", 2, "--header", "no")
    assert shown["count"] == 20 and [column["name"] for column in shown["columns"]] == ["column 1", "column 2"], shown


def test_many_columns():
    """T34: 20,000 columns of twelve rows."""
    width = 20000
    write("wide.csv", ",".join(f"c{i}" for i in range(width)) + ",label\n" + "".join(
        ",".join(str(i * j % 7) for j in range(width)) + f",{'xy'[i % 2]}\n" for i in range(12)))
    result = answer("search", "--data", "wide.csv", "--net", "4-2", "--steps", 50, "--quiet", "--study", "w.aann")
    assert result["members"][0]["steps"] == 50


def packed(values, kind):
    """npy's array [40, 3] of values that are bytes already."""
    unknown = "?" * len(kind)
    return npy(values, (40, 3), unknown).replace(unknown.encode(), kind.encode(), 1)


def test_types_of_arrays():
    """T35, T36, T37, T42: every type that is a number gives the same samples; others are refused with a way out."""
    lines = [[i % 7, i % 5, i % 3, i % 2] for i in range(40)]
    values = [value for line in lines for value in line[:3]]
    y = arrays_of(lines)[1]
    codes = {"<f4": "<f", "<f8": "<d", ">f8": ">d", "<f2": "<e", "<i8": "<q", ">i2": ">h", "|u1": "B"}
    shown = {}
    for kind, code in codes.items():
        x = packed([struct.pack(code, value) for value in values], kind)
        shown[kind] = answer("data", "show", npz("x.npz", x=x, y=y))
        assert shown[kind]["count"] == 40 and shown[kind]["shape"] == [3, 1, 1], kind
        hashes = {searched("x.npz", "--net", "8-2", study=f"{i}{kind[1:]}.aann")["members"][0]["hash"] for i in (1, 2)}
        shown[kind] = hashes
    # Whole numbers of one byte are pictures' bytes; all others are encoded alike.
    assert len(set().union(*(shown[kind] for kind in codes if kind != "|u1"))) == 1, shown
    fortran = npy([value for j in range(3) for value in (line[j] for line in lines)], (40, 3))
    fortran = fortran.replace(b"'fortran_order': False", b"'fortran_order': True ")
    assert searched(npz("f.npz", x=fortran, y=y), study="f.aann")["members"][0]["hash"] == \
        searched(npz("c.npz", x=npy(values, (40, 3)), y=y), study="c.aann")["members"][0]["hash"]
    for kind, size, message in (("|O", 8, r"type is '\|O'.*astype"), ("<c8", 8, "type is '<c8'; expected")):
        refused(FAILED, message, "data", "show", npz("x.npz", x=packed([b"\0" * size] * 120, kind), y=y))
    big = packed([struct.pack("<d", 1e300 if i == 4 else value) for i, value in enumerate(values)], "<f8")
    refused(FAILED, "big.npz: sample 1, feature 1 is inf: a finite number is expected, below 3.4e38 as a float of 32 bits; scale "
            "the values first, or leave the sample out", "search", "--data", npz("big.npz", x=big, y=y), "--net", "4-2",
            "--study", "never.aann")


def test_idx_files():
    """T47: cut, packed, named with a dot."""
    pixels = bytes(random.Random(4).randrange(256) for _ in range(30 * 16))
    content = struct.pack(">IIII", 0x803, 30, 4, 4) + pixels
    write("t-labels.idx1-ubyte", struct.pack(">II", 0x801, 30) + bytes(i % 3 for i in range(30)))
    expected = answer("data", "show", write("t-images.idx3-ubyte", content))
    assert expected["count"] == 30 and [one["count"] for one in expected["classes"]] == [10, 10, 10]
    with gzip.open("p-images-idx3-ubyte.gz", "wb") as file:
        file.write(content)
    shutil.copy("t-labels.idx1-ubyte", "p-labels-idx1-ubyte")
    assert answer("data", "show", "p-images-idx3-ubyte.gz", "--labels", "p-labels-idx1-ubyte")["sha256"] == expected["sha256"]
    refused(FAILED, "cut-images-idx3-ubyte: ", "data", "show", write("cut-images-idx3-ubyte", content[:-7]))


def test_many_groups():
    """More names of groups than a column of words may have, numbers among them; each group on one side."""
    count = 70000
    names = [f"{i}" if i % 3 == 0 else f"p{i}" for i in range(count)]
    with open("groups.csv", "w", encoding="utf-8") as file:
        file.write("who,a,b,label\n" + "".join(f"{name},{i % 7},{i % 5},{i % 2}\n" for i, name in enumerate(names)))
    result = answer("search", "--data", "groups.csv", "--group-column", "who", "--net", "4-2", "--steps", 50, "--quiet", "--study",
                    "g.aann")
    split = result["data"]["split"]
    assert split["rule"] == "groups" and split["train"] == [0, 63000] and split["validation"] == [63000, 7000], split


def test_two_writers():
    """T50: the second one is told who writes; readers are not kept out."""
    searched(csv("train.csv", rows()))
    with open("s.aann-lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused(FAILED, "s.aann.*one writer at a time", "search", "--data", "train.csv", "--net", "4-3", "--steps", 10,
                "--study", "s.aann", "--quiet")
        assert len(answer("list", "s.aann")["families"]) == 1
    searched("train.csv")


def test_damaged_studies():
    """T51: cut, or with something behind it."""
    searched(csv("train.csv", rows()))
    whole = pathlib.Path("s.aann").read_bytes()
    write("cut.aann", whole[:len(whole) // 2 + 100])
    refused(FAILED, "cut.aann: .*damaged or cut short", "list", "cut.aann")
    assert pathlib.Path("cut.aann").read_bytes() == whole[:len(whole) // 2 + 100]


def test_data_that_have_changed():
    """T54: moved, other labels, other names of columns."""
    lines = rows()
    searched(csv("train.csv", lines))
    expected = answer("eval", "s.aann", 1, "--split", "train")
    os.rename("train.csv", "moved.csv")
    refused(FAILED, "train.csv", "eval", "s.aann", 1, "--split", "train")
    csv("train.csv", [line[:3] + [(line[3] + 1) % 3] for line in lines])
    assert run("eval", "s.aann", 1, "--split", "train").returncode == FAILED
    csv("train.csv", lines, "u,v,w,label")  # the same numbers in the same order
    assert answer("eval", "s.aann", 1, "--split", "train") == expected
    os.rename("moved.csv", "train.csv")
    assert answer("eval", "s.aann", 1, "--split", "train") == expected


if __name__ == "__main__":
    main({name: value for name, value in globals().items() if getattr(value, "__module__", "") == __name__})
