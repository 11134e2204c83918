"""Data as people have them. Every case was reported publicly about a comparable tool, and went wrong here once, too;
the inputs are written anew. T numbers are those of the list that the cases were collected in.

Delimiters, headers and classes are tested in tests/data/test_csv_dialects.c, packed and foreign files in
tests/data/test_formats.py, splits in tests/family/test_split.c, the command line in test_command_line.py.

ctest-timeout: 300
"""
import gzip
import random
import re
import struct
import zipfile

from program import answer, good, main, refused, run

FAILED, USAGE = 1, 2
NET = ["--net", "16-3", "--steps", "6k", "--quiet"]
WORDS = ["cat", "dog", "owl"]


def rows(count=120, seed=1):
    """Three features near one of three corners, and the number of the corner."""
    numbers = random.Random(seed)
    made = []
    for i in range(count):
        kind = numbers.randrange(3)
        made.append([round(numbers.gauss(4 if kind == j else 0, 0.7), 3) for j in range(3)] + [kind])
    return made


def csv(name, lines, header="a,b,c,label"):
    with open(name, "w", encoding="utf-8") as file:
        file.write((header + "\n" if header else "") + "".join(",".join(map(str, line)) + "\n" for line in lines))
    return name


def npy(values, shape, kind="<f4"):
    """An array as numpy stores it."""
    code = {"<f4": "f", "<i8": "q", "<u8": "Q", "|u1": "B"}.get(kind)
    data = b"".join(values) if code is None else struct.pack("<" + code * len(values), *values)
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def npz(name, **arrays):
    with zipfile.ZipFile(name, "w") as archive:
        for key, content in arrays.items():
            archive.writestr(key + ".npy", content)
    return name


def arrays_of(lines):
    return (npy([value for line in lines for value in line[:3]], (len(lines), 3)),
            npy([line[3] for line in lines], (len(lines),), "<i8"))


def searched(data, *more, study="s.aann"):
    return answer("search", "--data", data, *NET, "--study", study, *more)


# ---- tables -----------------------------------------------------------------------------------------------


def test_the_same_table_gives_the_same_members():
    """T4 to T9, T12, T14, T31, T33: however it is written, and whatever its classes are called."""
    plain = rows()
    hashes = {searched(csv("plain.csv", plain))["members"][0]["hash"]}
    words = [line[:3] + [WORDS[line[3]]] for line in plain]
    for name, lines, header in (
            ("words.csv", words, "a,b,c,label"), ("bare.csv", words, None), ("numbers.csv", plain, None),
            ("from_10.csv", [line[:3] + [10 * line[3] + 10] for line in plain], "a,b,c,label"),
            ("signs.csv", [line[:3] + [line[3] - 1] for line in plain], "a,b,c,label"),
            ("letters.csv", [line[:3] + [line[3] + 1] for line in plain], "a,b,c,label"),
            ("thousands.csv", [line[:3] + [1000 * (line[3] + 1)] for line in plain], "a,b,c,label"),
            ("index.csv", [[i] + line for i, line in enumerate(plain)], ",a,b,c,label"),
            ("trailing.csv", [line + [""] for line in plain], "a,b,c,label"),
            ("trailing_all.csv", [line + [""] for line in plain], "a,b,c,label,"),
            ("comment.csv", plain, "# recorded by board 7\n# it's raw\na,b,c,label"),
            ("first.csv", [[line[3]] + line[:3] for line in words], "class,a,b,c"),
            ("capital.csv", [line[3:] + line[:3] for line in plain], "Label,a,b,c")):
        hashes.add(searched(csv(name, lines, header))["members"][0]["hash"])
        assert answer("data", "show", name)["count"] == 120, name
    for delimiter in ";\t|":
        with open("other.csv", "w", encoding="utf-8") as file:
            file.write(delimiter.join(["a", "b", "c", "label"]) + "\n")
            file.writelines(delimiter.join(map(str, line)).replace(".", ",") + "\n" for line in plain)
        hashes.add(searched("other.csv")["members"][0]["hash"])
    assert len(hashes) == 1, hashes


def test_lines_that_begin_with_a_hash():
    """Comments are left out, data never: what cannot be told apart is refused."""
    def shown(text, *more):
        with open("h.csv", "w", encoding="utf-8") as file:
            file.write(text)
        return answer("data", "show", "h.csv", *more)

    def said(text, pattern):
        with open("h.csv", "w", encoding="utf-8") as file:
            file.write(text)
        refused(FAILED, pattern, "data", "show", "h.csv")

    head = "colour,text,n,label\n"
    data = [f"#{i:03},w{i % 3},{i},{'xy'[i % 2]}\n" for i in range(60)]
    assert shown(head + "".join(data))["count"] == 60
    quoted = [f'"#{i:03}","w, {i % 3}",{i},{"xy"[i % 2]}\n' for i in range(60)]
    assert shown(head + "".join(quoted))["count"] == 60
    # Quotes in a row that begins with # are those of cells, within the first 32 lines and behind.
    for place in (3, 50):
        mixed = data[:place] + ['#999,"a, b",7,x\n'] + data[place:]
        result = shown(head + "".join(mixed))
        assert result["count"] == 61, (place, result)
    # A table that begins with such a row, without a header.
    assert shown("".join(f"#{i:03},{i},{'xy'[i % 2]}\n" for i in range(40)))["count"] == 40
    # Comments: above, below, with quotes that are none.
    plain = [f"{i},{i % 5},{'xy'[i % 2]}\n" for i in range(60)]
    for place in (0, 10, 50):
        for comment in ("# pause\n", '# at 12, it said "stop\n', '#"unfinished, a\n', '#,"a" b,c\n', "# a, b, c, d\n"):
            text = "a,b,label\n" + "".join(plain[:place] + [comment] + plain[place:])
            assert shown(text)["count"] == 60, (place, comment)
            assert shown(comment + text)["count"] == 60, (place, comment)
    assert shown("# a, b, label\n" + "".join(plain))["count"] == 60
    assert [one["name"] for one in shown("# a b label\n" + "".join(plain).replace(",", " "))["columns"]][:2] == ["a", "b"]
    # One meaning in one table: a row with a cell too few is no comment.
    for place in (5, 45):
        said(head + "".join(data[:place] + ["#999,w,1\n"] + data[place:]),
             f"line {place + 2}: begins with # and has not as many cells as a row, line 2 begins with # and has; put the cell in "
             "quotes")
        said("a,b,label\n" + "".join(plain[:2] + ["# pause\n"] + plain[2:place] + ["#1,2,x\n"] + plain[place:]),
             f"line {place + 3}: begins with # and has as many cells as a row, line 4 begins with # and has not")


def test_a_sorted_file():
    """T15, T16: the validation split has all classes."""
    lines = sorted((line[:3] + [WORDS[line[3]]] for line in rows()), key=lambda line: line[3])
    searched(csv("sorted.csv", lines))
    confusion = answer("eval", "s.aann", 1, "--split", "validation")["confusion"]
    assert all(sum(row) >= 3 for row in confusion), confusion
    assert searched("sorted.csv", "--split-by", "last")["data"]["split"]["validation"] == [108, 12]
    confusion = answer("eval", "s.aann", 2, "--split", "validation")["confusion"]
    assert sum(confusion[0]) == sum(confusion[1]) == 0
    assert "no sample of the validation split is of class 'cat', 'dog'" in \
        run("search", "--data", "sorted.csv", "--net", "4-3", "--steps", 100, "--split-by", "last", "--study", "n.aann").stderr


def test_columns_by_name():
    """T17 to T20: eval, predict and --test find columns by their names, or name what is wrong."""
    plain = rows()
    searched(csv("train.csv", plain))
    expected = answer("eval", "s.aann", 1, "--data", "train.csv")
    assert expected["accuracy"] > 0.9
    csv("reordered.csv", [[line[2], line[3], line[0], line[1]] for line in plain], "c,label,a,b")
    assert answer("eval", "s.aann", 1, "--data", "reordered.csv") == expected
    predicted = good("predict", "s.aann", 1, "--data", "train.csv")
    assert good("predict", "s.aann", 1, "--data", "reordered.csv") == predicted
    assert good("predict", "s.aann", 1, "--data", csv("bare.csv", [line[:3] for line in plain], "a,b,c")) == predicted
    good("save", "s.aann", 1, "--out", "m.aannm")
    assert good("predict", "m.aannm", "--data", "reordered.csv") == predicted
    assert answer("eval", "m.aannm", "--data", "reordered.csv")["accuracy"] == expected["accuracy"]
    csv("renamed.csv", plain, "u,v,w,label")
    csv("more.csv", [[7] + line[:3] for line in plain], "id,a,b,c")
    csv("fewer.csv", [line[1:] for line in plain], "b,c,label")
    for command in (("eval", "s.aann", 1, "--data"), ("predict", "s.aann", 1, "--data"), ("predict", "m.aannm", "--data"),
                    ("search", "--data", "train.csv", *NET, "--study", "never.aann", "--test")):
        refused(FAILED, "renamed.csv: has other columns than the training data: a, b, c missing, u, v, w(, label)? not known",
                *command, "renamed.csv")
        refused(FAILED, "fewer.csv: (lacks columns that the training data had: a|.* a missing, label not known)", *command, "fewer.csv")
    refused(FAILED, "more.csv: has columns that the training data had not: id; .*--drop-columns id", "predict", "s.aann", 1,
            "--data", "more.csv")
    assert good("predict", "s.aann", 1, "--data", "more.csv", "--drop-columns", "id") == predicted
    refused(USAGE, "bare.csv: no column is called 'label'", "eval", "s.aann", 1, "--data", "bare.csv")


def test_unequal_classes():
    """T28: it is said that always answering the large class is as good, and what can be done."""
    numbers = random.Random(3)
    lines = [[round(numbers.gauss(0, 1), 3) for _ in range(3)] + [1 if i % 60 == 7 else 0] for i in range(300)]
    lines = [line[:2] + [5.0 if line[3] else line[2], line[3]] for line in lines]
    result = run("search", "--data", csv("few.csv", lines), "--net", "8-2", "--steps", "4k", "--study", "s.aann")
    assert result.returncode == 0 and re.search(r"note: 98.* % of the training samples are of class 0", result.stderr), result
    assert "balanced accuracy" in good("eval", "s.aann", 1, "--data", "few.csv")
    balanced = answer("search", "--data", "few.csv", "--net", "8-2", "--steps", "4k", "--quiet", "--study", "s.aann",
                      "--class-weights", "balanced")
    train = balanced["data"]["split"]["train"][1]
    judged = answer("eval", "s.aann", 2, "--split", "train")
    assert [sum(row) for row in judged["confusion"]] == [train // 2] * 2
    plain, fair = (answer("eval", "s.aann", i, "--data", "few.csv")["balanced_accuracy"] for i in (1, 2))
    assert fair >= plain and fair > 0.5, (plain, fair)


def test_numbers_that_look_like_classes():
    """Whole numbers of many values are classes; that they may be none is said."""
    lines = [[i, i % 7, (i * 37) % 23] for i in range(100)]
    for name, told in (("counts.csv", True), ("long.csv", False), ("words.csv", False)):
        many = lines if name == "counts.csv" else lines * 3 if name == "long.csv" else [line[:2] + [f"w{line[2]}"] for line in lines]
        result = run("search", "--data", csv(name, many, "a,b,label"), "--net", "4-23", "--steps", 50, "--study", "n.aann")
        assert result.returncode == 0, result
        assert ("the labels are 23 different numbers, of few samples each" in result.stderr) == told, (name, result.stderr)


def test_labels_that_are_none():
    """T11, T27, T29: a label that is missing or unknown is named with its line."""
    lines = [line[:3] + [WORDS[line[3]]] for line in rows(30)]
    bad = [line[:] for line in lines]
    bad[4][3] = "nan"
    refused(FAILED, "bad.csv: line 6, column 'label': 'nan' is no class", "search", "--data", csv("bad.csv", bad), *NET,
            "--study", "never.aann")
    searched(csv("train.csv", lines))
    lines[0][3] = "emu"
    refused(FAILED, "emu.csv: .*is labelled 'emu', which is none of the 3 classes", "eval", "s.aann", 1, "--data",
            csv("emu.csv", lines))
    assert len(good("predict", "s.aann", 1, "--data", "emu.csv").split()) == 30, "predict does not look at labels"
    refused(FAILED, "label 0 is .*different numbers, with decimals; numbers to be predicted are targets", "search", "--data",
            csv("decimals.csv", [[i, i * 1.37 + 0.1] for i in range(40)], "a,price"), *NET, "--study", "never.aann")


def test_show():
    """T41 and the table of conventions: what data show says before one trains."""
    lines = [[i, 1700000000 + 7 * i, 5, "x" if i % 2 else "y", 1e6 if i == 9 else i % 7, "" if i % 3 else 1, f"name{i}", i % 2]
             for i in range(60)]
    shown = good("data", "show", csv("odd.csv", lines, "id,when,same,kind,wild,gaps,who,label"))
    for pattern in (r"id .*counts the rows: an index\? --drop-columns", r"when .*times or numbers of things\? --time-column",
                    r"same .*constant: it tells nothing", r"kind +words +2 words: x, y +0", r"wild .*1 value far from all others",
                    r"gaps .* 40 +.*", r"who .*every word occurs once", "label: column 'label'", "cells separated by commas"):
        assert re.search(pattern, shown), (pattern, shown)
    columns = answer("data", "show", "odd.csv")["columns"]
    assert [column["name"] for column in columns] == ["id", "when", "same", "kind", "wild", "gaps", "who"]
    assert columns[5]["missing"] == 40 and columns[2]["distinct"] == 1 and columns[4]["maximum"] == 1e6
    # A last column that is no label is no reason not to look.
    prices = csv("prices.csv", [[i, i % 7, i * 1.37 + 0.1] for i in range(40)], "a,b,price")
    shown = good("data", "show", prices)
    assert re.search(r"price +number +0.1 to 53.53", shown), shown
    assert re.search(r"a search would refuse this: .*'price': label 0 is 0.1.*--target-columns; .*--label-column", shown), shown
    found = answer("data", "show", prices)
    assert len(found["columns"]) == 3 and "--target-columns" in found["refused"] and found["classes"] == [], found
    assert answer("data", "show", prices, "--target-columns", "price")["refused"] is None
    refused(FAILED, "label 0 is 0.1", "data", "show", prices, "--label-column", "price")
    unknown = csv("unknown.csv", [[i, i % 7, "NA" if i == 3 else "xy"[i % 2]] for i in range(40)], "a,b,kind")
    assert "line 5, column 'kind': 'NA' is no class; leave out" in good("data", "show", unknown)
    refused(FAILED, "line 5, column 'kind': 'NA' is no class", "search", unknown, "--study", "never.aann")
    one = csv("one.csv", [[1, 2, 3, "x"]])
    assert "1 sample of" in good("data", "show", one)
    x, y = arrays_of(rows(20))
    bad = bytearray(x)
    bad[-4:] = struct.pack("<f", float("nan"))
    assert "a search would refuse this: sample 19, feature 2 is nan" in good("data", "show", npz("nan.npz", x=bytes(bad), y=y))
    refused(FAILED, "nan.npz: sample 19, feature 2 is nan", "search", "--data", "nan.npz", *NET, "--study", "never.aann")


# ---- arrays -----------------------------------------------------------------------------------------------


def test_names_of_arrays():
    """T38, T39, T40: the usual names, others by --arrays, words, one-hot rows."""
    lines = rows()
    x, y = arrays_of(lines)
    expected = answer("data", "show", npz("plain.npz", x=x, y=y))["sha256"]
    onehot = npy([float(line[3] == k) for line in lines for k in range(3)], (120, 3))
    words = npy([WORDS[line[3]].encode("utf-32-le") for line in lines], (120,), "<U3")
    short = npy([WORDS[line[3]].encode() for line in lines], (120,), "|S3")
    for arrays in ({"X": x, "y": y}, {"X": x, "Y": y}, {"data": x, "target": y}, {"features": x, "labels": y},
                   {"arr_0": x, "arr_1": y}, {"x_train": x, "y_train": y, "x_test": y, "y_test": y},
                   {"X_train": x, "y_train": y}, {"train_images": x, "train_labels": y}, {"x": x, "y": onehot},
                   {"x": x, "y": words}, {"x": x, "y": short}):
        assert answer("data", "show", npz("other.npz", **arrays))["sha256"] == expected, list(arrays)
    npz("odd.npz", readings=x, kinds=y, x=y)
    assert answer("data", "show", "odd.npz", "--arrays", "x=readings,y=kinds")["sha256"] == expected
    refused(FAILED, "no array x, images or inputs; there is: kinds, readings|readings, kinds; --arrays x=NAME,y=NAME",
            "data", "show", npz("unknown.npz", readings=x, kinds=y))
    assert [one["name"] for one in answer("data", "show", npz("w.npz", x=x, y=words))["classes"]] == WORDS
    searched("odd.npz", "--arrays", "x=readings,y=kinds")
    assert answer("eval", "s.aann", 1, "--split", "train")["count"] == 108, "the study knows the names"
    both = {"x_train": x, "y_train": y, "x_test": arrays_of(rows(30, 2))[0], "y_test": arrays_of(rows(30, 2))[1]}
    result = searched(npz("both.npz", **both), "--test", "both.npz")
    assert result["members"][0]["test_accuracy"] > 0.8 and answer("eval", "s.aann", 2, "--split", "test")["count"] == 30
    decimals = npy([line[0] for line in lines], (120,))
    refused(FAILED, "numbers to be predicted are targets, not labels .*an array called targets", "data", "show",
            npz("r.npz", x=x, y=decimals))
    assert answer("data", "show", "r.npz", "--arrays", "x=x,targets=y")["targets"] == 1
    objects = npy([b"\0" * 8] * 4, (4,), "|O")
    refused(FAILED, r"type is '\|O'.*astype", "data", "show", npz("o.npz", x=x, y=objects))


def test_layouts():
    """T43, T44: channels that come last are moved, never mixed; what is not clear is asked for."""
    count, height, width, channels = 6, 7, 9, 3
    first = [n * 1000 + c * 100 + i * 10 + j / 10 for n in range(count) for c in range(channels) for i in range(height)
             for j in range(width)]
    last = [n * 1000 + c * 100 + i * 10 + j / 10 for n in range(count) for i in range(height) for j in range(width)
            for c in range(channels)]
    y = npy([n % 2 for n in range(count)], (count,), "<i8")
    npz("first.npz", x=npy(first, (count, channels, height, width)), y=y)
    npz("last.npz", x=npy(last, (count, height, width, channels)), y=y)
    expected = answer("data", "show", "first.npz")
    assert expected["shape"] == [3, 7, 9]
    for more in ([], ["--input", "3x7x9"], ["--layout", "channels-last"]):
        assert answer("data", "show", "last.npz", *more)["sha256"] == expected["sha256"], more
    assert answer("data", "show", "last.npz", "--layout", "channels-first")["shape"] == [7, 9, 3]
    refused(USAGE, "their values would be mixed; expected these sizes in this order", "data", "show", "last.npz", "--input",
            "9x3x7")
    refused(USAGE, "their values would be mixed", "data", "show", "first.npz", "--layout", "channels-first", "--input", "7x9x3")
    signal = [n * 100 + t + c / 10 for n in range(count) for t in range(12) for c in range(channels)]
    turned = [n * 100 + t + c / 10 for n in range(count) for c in range(channels) for t in range(12)]
    npz("time.npz", x=npy(signal, (count, 12, channels)), y=y)
    wanted = answer("data", "show", npz("signal.npz", x=npy(turned, (count, channels, 1, 12)), y=y))
    assert wanted["shape"] == [3, 1, 12]
    for more in (["--input", "3x1x12"], ["--layout", "time-major"]):
        assert answer("data", "show", "time.npz", *more)["sha256"] == wanted["sha256"], more
    # Without a word: the sizes say it, and it is said back; two sizes that do not are asked for.
    assert answer("data", "show", "time.npz")["sha256"] == wanted["sha256"]
    assert answer("data", "show", "time.npz", "--input", "1x12x3")["shape"] == [1, 12, 3]
    result = run("search", "--data", "time.npz", "--net", "4C1x3-2", "--steps", 50, "--study", "t.aann")
    assert result.returncode == 0, result
    assert "note: samples of 12 x 3 values are read as signals of 3 channels, 12 long; --input says otherwise" in result.stderr
    assert answer("eval", "t.aann", 1, "--data", "time.npz") == answer("eval", "t.aann", 1, "--data", "signal.npz")
    unclear = npy([n * 1000 + i for n in range(count) for i in range(64 * 9)], (count, 64, 9))
    for command in (("data", "show"), ("search", "--net", "4-2", "--study", "never.aann", "--data")):
        refused(USAGE, r"long.npz: array x.npy: count x 64 x 9 values may be signals of 9 channels, 64 long \(--layout channels-last\), "
                r"signals of 64 channels, 9 long \(--layout channels-first\), or pictures of one channel \(--input 1x64x9\)",
                *command, npz("long.npz", x=unclear, y=y))
    shapes = [answer("data", "show", "long.npz", *more)["shape"] for more in (
        ["--layout", "channels-last"], ["--layout", "channels-first"], ["--input", "1x64x9"], ["--input", "9x1x64"])]
    assert shapes == [[9, 1, 64], [64, 1, 9], [1, 64, 9], [9, 1, 64]]
    # A family knows the layout that it was given.
    searched("long.npz", "--layout", "channels-last", "--net", "4-2", study="l.aann")
    assert answer("eval", "l.aann", 1, "--data", "long.npz")["count"] == count
    assert answer("resume", "l.aann", "--members", 2, "--quiet")["complete"]
    # A saved model has no layout, but a shape.
    good("save", "l.aann", 1, "--out", "l.aannm")
    assert good("predict", "l.aannm", "--data", "long.npz") == good("predict", "l.aann", 1, "--data", "long.npz")
    refused(USAGE, "--layout: expected channels-first, channels-last or time-major, not 'nhwc'", "data", "show", "time.npz",
            "--layout", "nhwc")


def test_letters():
    """T45, T46: classes from 1 on need no output for nobody; QMNIST's labels have eight columns."""
    pixels = bytes(random.Random(4).randrange(256) for _ in range(30 * 16))
    labels = [i % 3 + 1 for i in range(30)]
    with gzip.open("em-images-idx3-ubyte.gz", "wb") as file:
        file.write(struct.pack(">IIII", 0x803, 30, 4, 4) + pixels)
    with gzip.open("em-labels-idx1-ubyte.gz", "wb") as file:
        file.write(struct.pack(">II", 0x801, 30) + bytes(labels))
    result = answer("search", "--data", "em-images-idx3-ubyte.gz", "--net", "8-3", "--steps", 500, "--quiet", "--study", "e.aann")
    assert result["data"]["classes"] == ["1", "2", "3"]
    with open("q-labels", "wb") as file:
        file.write(struct.pack(">III", 0xc02, 30, 8) + b"".join(struct.pack(">8i", label - 1, *range(7)) for label in labels))
    shown = answer("data", "show", "em-images-idx3-ubyte.gz", "--labels", "q-labels")
    assert [one["count"] for one in shown["classes"]] == [10, 10, 10]


def test_an_older_study():
    """A study keeps the rules by which its files were read: old ones mean what they meant."""
    searched(csv("train.csv", rows()))
    data = answer("list", "s.aann")["families"][0]["data"]
    assert data["rules"] == 2 and data["columns"] == ["a", "b", "c"] and data["label_column"] == "label", data
    assert data["found"] == {"delimiter": ",", "decimal": ".", "header": "yes"}, data["found"]
    assert data["split"]["rule"] == "shuffled" and data["split"]["seed"] == "1", data["split"]


if __name__ == "__main__":
    main(globals())
