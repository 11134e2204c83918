"""Files as they come: packed in every way, in UTF-16, and formats that are named with how to convert them.

ctest-timeout: 300
"""
import bz2
import gzip
import io
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(os.environ["AANN_SOURCE_DIR"]) / "tests" / "cli"))
from program import PROGRAM, answer, main, refused  # pylint: disable=wrong-import-position

FAILED = 1
TABLE = "a;b;label\n1,5;2;cat\n2,5;3;dög\n0,5;1;cat\n"


def write(name, content):
    with open(name, "wb") as file:
        file.write(content)
    return name


def zipped(*entries):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return memory.getvalue()


def checksum(name, *options):
    return answer("data", "show", name, *options)["sha256"]


def test_packed():
    """T3, T48, T49: whatever is around the table, it is the same table."""
    plain = TABLE.encode()
    expected = checksum(write("plain.csv", plain))
    for name, content in (("t.csv.gz", gzip.compress(plain)), ("t.csv.bz2", bz2.compress(plain)),
                          ("t.csv.xz", lzma.compress(plain)), ("t.csv.zip", zipped(("t.csv", plain))),
                          ("mac.zip", zipped(("data/", ""), ("data/t.csv", plain), ("__MACOSX/._t.csv", b"\0\5"))),
                          ("gz.zip", zipped(("t.csv.gz", gzip.compress(plain)))),
                          ("zip.zip", zipped(("t.csv.zip", zipped(("t.csv", plain))))),
                          ("u16.csv", TABLE.encode("utf-16")), ("u16le.csv", TABLE.encode("utf-16-le")),
                          ("u16be.csv", b"\xfe\xff" + TABLE.encode("utf-16-be")), ("u8bom.csv", TABLE.encode("utf-8-sig")),
                          ("u16.gz", gzip.compress(TABLE.encode("utf-16")))):
        assert checksum(write(name, content)) == expected, name
        piped = subprocess.run(f"cat {name} | {PROGRAM} data show - --json", shell=True, capture_output=True, check=True, text=True)
        assert expected in piped.stdout, name


def test_packed_badly():
    plain = TABLE.encode()
    refused(FAILED, "two.zip: the zip archive holds several files, 'b.csv' among them; unzip it|two.zip .unpacked.: .*several files",
            "data", "show", write("two.zip", zipped(("a.csv", plain), ("b.csv", plain))))
    for name, content in (("cut.xz", lzma.compress(plain * 50)[:-20]), ("cut.bz2", bz2.compress(plain * 50)[:-9]),
                          ("cut.zip", zipped(("t.csv", plain * 90))[:80])):
        refused(FAILED, f"{name}.*(damaged|truncated|ends)", "data", "show", write(name, content))
    refused(FAILED, "odd.csv.*ends inside a character of UTF-16", "data", "show", write("odd.csv", b"\xff\xfea\0,\0b\0\n\0" + b"1"))
    refused(FAILED, "nested.*packed more than 4 times", "data", "show",
            write("nested.gz", gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(plain))))))))
    bomb = write("bomb.xz", lzma.compress(b"a,b\n" + b"1,2\n" * 3000000))
    assert os.path.getsize(bomb) < 100000
    refused(FAILED, "more than 1000000 bytes when decompressed", "data", "show", bomb, "--data-limit", 1000000)


def test_named():
    """T48, T49: a file that cannot be read is called by its name, with what to do."""
    cases = ((b"PAR1\x15\x04", "is a Parquet file; convert it: .*read_parquet"),
             (b"ARROW1\0\0", "is an Arrow .Feather. file; convert it"), (b"FEA1\0", "is a Feather file"),
             (b"MATLAB 5.0 MAT-file, Platform", "is a MATLAB file; convert it: .*loadmat"),
             (b"\x89HDF\r\n\x1a\n\0", "is an HDF5 file"), (b"\x80\x04\x95\x10\0", "is a pickle of Python"),
             (b"SQLite format 3\0", "is an SQLite database"), (b"\xd0\xcf\x11\xe0\xa1", "is an old Excel file"),
             (b"\x89PNG\r\n\x1a\n", "is a picture; name the folder"), (b"\xff\xd8\xff\xe0", "is a picture; name the folder"),
             (b"GIF89a", r"is a picture \(GIF\)"), (b"RIFF\x10\0\0\0WEBP", r"is a picture \(WebP\)"), (b"%PDF-1.7", "is a PDF"),
             (zipped(("archive/data.pkl", b"\x80\x02")), "is a PyTorch file"),
             (zipped(("[Content_Types].xml", b"<x/>")), "is an office document"),
             (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a pointer of Git LFS.*git lfs pull"),
             (b"<!DOCTYPE html>\n<html>404</html>", "is an HTML page"), (b"\n<html><body>", "is an HTML page"),
             (b"% comment\n@RELATION iris\n@ATTRIBUTE a NUMERIC\n@DATA\n1\n", "is an ARFF file"),
             (b"1 1:0.5 3:2\n-1 2:1\n", "format of libsvm"), (b'{"a": [1, 2]}', "is JSON"), (b'[{"a": 1}]', "is JSON"),
             (b"%%MatrixMarket matrix coordinate", "is a Matrix Market file"), (b"\x7fELF\x02", "begins no known format"),
             (b"a,b\n1,\0" + b"2\n", "byte 6: 00 in what looks like a table"))
    for content, pattern in cases:
        refused(FAILED, f"f.bin: .*{pattern}", "data", "show", write("f.bin", content))


def test_tables_that_look_like_others():
    """Names and cells that begin as the marks of other formats do."""
    rows = "1,2,3,x\n4,5,6,y\n7,8,9,x\n"
    for header in ("PAR1,PAR2,c,label", "ARROW1,b,c,label", "FEA1,b,c,label", "a,b,c,dd,WAVE,label", "a,b,c,dd,WEBP,label",
                   "GIF8,b,c,label", "BZh,b,c,label", "BZh9,b,c,label", "SQLite format 3,b,c,label", "[mm],[V],c,label",
                   '[mm],"b",c:d,label', "{a},b:c,d,label"):
        wide = "".join("1,2," + row + "\n" for row in rows.split()) if header.startswith("a,b,c,dd") else rows
        shown = answer("data", "show", write("t.csv", (header + "\n" + wide).encode()))
        assert shown["count"] == 3 and [one["name"] for one in shown["classes"]] == ["x", "y"], (header, shown)
    # Times of day are no pairs of libsvm.
    for text, columns in (("2024-01-01 12:30,1.5,x\n2024-01-01 12:31,2.5,y\n", 2), ("1 12:30 0.5 x\n2 12:31 0.7 y\n", 3),
                          ("1 12:30\n2 12:31\n1 12:32\n", 1), ("1 10:5 9:5\n2 10:6 9:7\n", 2)):
        name = write("t.csv", text.encode())
        shown = answer("data", "show", name, "--header", "no", "--label-column", "")
        assert shown["count"] == text.count("\n") and len(shown["columns"]) >= columns, (text, shown)
    for text in ("1 1:0.5\n-1 2:1\n", "+1 12:30 13:31\n", "3 qid:1 1:0.5\n", "1 1:0.5 3:2 # note\r\n0 2:1\r\n", "0.5 7:1e-3\n",
                 "1 " + " ".join(f"{i}:0.25" for i in range(1, 200)) + "\n"):
        refused(FAILED, "format of libsvm", "data", "show", write("t.txt", text.encode()))
    assert answer("data", "show", write("t.zip", zipped(("data.pkl.csv", TABLE.encode()))))["count"] == 3


def test_half_characters():
    """Half of a character in UTF-16 is one unknown character, and what follows it stays."""
    for code in ("utf-16-le", "utf-16-be"):
        mark = "\ufeff".encode(code)
        for half in ("\ud83d", "\ude00", "\ud83d\ud83d"):
            text = "a,b,label\n1,2,cat" + half + "\n2,3,dog\n3,4,cat" + half + "\n"
            shown = answer("data", "show", write("u.csv", mark + text.encode(code, "surrogatepass")))
            assert [one["name"] for one in shown["classes"]] == ["cat" + "\ufffd" * len(half), "dog"], (half, shown)
        whole = answer("data", "show", write("u.csv", mark + "a,label\n1,\U0001f600\n2,x\n".encode(code)))
        assert [one["name"] for one in whole["classes"]] == ["x", "\U0001f600"], whole
        cut = answer("data", "show", write("u.csv", mark + "a,label\n1,x\n2,\ud83d".encode(code, "surrogatepass")))
        assert [one["name"] for one in cut["classes"]] == ["x", "\ufffd"], cut


if __name__ == "__main__":
    main(globals())
