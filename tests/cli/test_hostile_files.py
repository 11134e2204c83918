"""Files that are none, and small files that hold enormous data: the program answers soon, in little memory."""
import gzip
import json
import os
import resource
import socket
import sqlite3
import subprocess
import threading
import time

from program import PROGRAM, answer, good, hashes, main, refused, run, without_sanitizers

USAGE, FAILED = 2, 1
SEARCH = ["search", "--net", "4-2", "--sparsity", 50, "--steps", 100, "--quiet", "--threads", 1]


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)
    return path


def table(rows=60, labels=True):
    head = b"a,b,label\n" if labels else b"a,b\n"
    return head + b"".join(b"%d.5,%d" % (i * 7 % 11, i * 5 % 13) + (b",%d\n" % (i % 2) if labels else b"\n")
                           for i in range(rows))


def fed(path, content):
    """A named pipe, into which a thread writes once somebody reads it."""
    os.mkfifo(path)

    def feed():
        with open(path, "wb") as pipe:
            pipe.write(content)

    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    return path


def small_memory():
    """All that the program may have, its code and libraries included."""
    if not os.environ.get("AANN_SANITIZE"):  # whose shadow memory is terabytes of addresses
        resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))


def soon(*arguments, **options):
    start = time.monotonic()
    line = refused(*arguments, **options)
    assert time.monotonic() - start < 10, arguments
    return line


def column(study, name):
    """A column of the only family."""
    connection = sqlite3.connect(study)
    value = connection.execute(f"SELECT {name} FROM family").fetchone()[0]
    connection.close()
    return value


def test_bombs():
    """A table of 30 million columns in less than a hundred kilobytes, an endless cell, and gigabytes of zeros."""
    with gzip.open("columns.csv.gz", "wb", 6) as file:
        for _ in range(60):
            file.write(b"a," * 500000)
    with gzip.open("cell.csv.gz", "wb", 6) as file:
        file.write(b'x,y\n"')
        for _ in range(100):
            file.write(b"1" * 1000000)
    with gzip.open("zeros.npy.gz", "wb", 6) as file:
        header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1250000, 1000), }"
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        for _ in range(1250):
            file.write(bytes(1000000))
    assert max(os.path.getsize(name) for name in os.listdir(".")) < 2000000
    for name, pattern, more in (("columns.csv.gz", "more than 65536 columns", []),
                                ("cell.csv.gz", "longer than 16777216 bytes", []),
                                ("zeros.npy.gz", "more than 100000000 bytes when decompressed.*--data-limit",
                                 ["--data-limit", 100000000])):
        soon(FAILED, pattern, "data", "show", name, *more, preexec_fn=small_memory)
        soon(FAILED, pattern, *SEARCH, "--data", name, "--study", "never.aann", *more, preexec_fn=small_memory)
    line = refused(FAILED, "out of memory|more than 1073741824 bytes when decompressed", "data", "show",
                   "zeros.npy.gz", preexec_fn=small_memory)
    assert "zeros.npy.gz" in line
    assert not os.path.exists("never.aann")


@without_sanitizers
def test_raised_limit():
    """A family whose files need more than the limit is searched and resumed, and the limit said each time: the study,
    where it is kept as well, may be a stranger's."""
    with gzip.open("big.csv.gz", "wb", 1) as file:
        file.write(table(2000))
        for _ in range(1100):
            file.write(b"\n" * 1000000)  # empty lines are skipped
    refused(FAILED, "more than 1073741824 bytes", *SEARCH, "--data", "big.csv.gz", "--study", "no.aann")
    good(*SEARCH, "--data", "big.csv.gz", "--data-limit", 2000000000, "--study", "big.aann")
    limit = json.loads(column("big.aann", "data"))["data_limit"]
    assert limit == 2000000000
    refused(FAILED, "more than 1073741824 bytes.*--data-limit", "resume", "big.aann", "--quiet", "--members", 2)
    good("resume", "big.aann", "--data-limit", limit, "--quiet")
    assert len(hashes("big.aann")) == 2


def test_the_readers_limit():
    """Every command that reads a family's data again obeys its own limit."""
    write("d.csv", table())
    good(*SEARCH, "--data", "d.csv", "--members", 2, "--study", "s.aann", "--data-limit", 10**12)
    assert json.loads(column("s.aann", "data"))["data_limit"] == 10**12
    size = len(table())
    for command in (["resume", "s.aann", "--members", 3, "--quiet"], ["eval", "s.aann", 1], ["geometry", "s.aann"],
                    ["ensemble", "s.aann"],
                    ["walk", "s.aann", 1, "--threshold", 20, "--members", 1, "--every", 5, "--steps", 500, "--quiet"],
                    ["path", "s.aann", 1, 2, "--points", 2, "--draws", 1, "--quiet"],
                    ["search", "--start", "s.aann:1", "--study", "t.aann", "--steps", 100, "--quiet"]):
        refused(FAILED, f"d.csv: .*more than {size - 1} bytes.*--data-limit", *command, "--data-limit", size - 1)
        good(*command, "--data-limit", size)


def test_pipes_are_read():
    """Through a pipe, gunzipped by another program: the same members as from the file."""
    write("d.csv", table())
    answer(*SEARCH, "--data", "d.csv", "--study", "file.aann")
    answer(*SEARCH, "--data", fed("p1", gzip.compress(table())), "--study", "pipe.aann")
    assert hashes("file.aann") == hashes("pipe.aann")
    plain = good("predict", "file.aann", 1, "--data", "d.csv")
    assert good("predict", "file.aann", 1, "--data", fed("p2", table())) == plain
    unlabelled = good("predict", "file.aann", 1, "--data", fed("p3", table(labels=False)), "--label-column", "")
    assert unlabelled == plain
    assert good("predict", "file.aann", 1, "--data", fed("p4", table(labels=False))) == plain, "columns have names"
    shell = subprocess.run(["bash", "-c", f"gzip -c d.csv > d.gz; {PROGRAM} data show <(zcat d.gz)"],
                           capture_output=True, text=True, check=False, timeout=60)
    assert shell.returncode == 0 and "60 samples" in shell.stdout, shell.stderr


def test_a_study_that_names_a_pipe():
    write("d.csv", table())
    good(*SEARCH, "--data", "d.csv", "--study", "s.aann")
    os.remove("d.csv")
    os.mkfifo("d.csv")
    soon(FAILED, "d.csv: is a pipe into which nobody writes", "resume", "s.aann", "--members", 2)
    soon(FAILED, "d.csv: is a pipe into which nobody writes", "eval", "s.aann", 1, "--split", "validation")
    run("show", "s.aann", 1)  # within run's limit of time, with or without a confusion matrix
    os.remove("d.csv")
    os.symlink("/dev/zero", "d.csv")
    soon(FAILED, "d.csv: is a device", "resume", "s.aann")


def test_what_is_no_file():
    write("d.csv", table())
    good(*SEARCH, "--data", "d.csv", "--study", "s.aann")
    os.mkfifo("pipe")
    os.mkdir("folder")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for name in ("pipe", "folder", "socket", "/dev/zero", "/dev/null"):
            soon(FAILED, "is a", *SEARCH, "--data", name, "--study", "never.aann")
            soon(FAILED, "is a", "import", name, "--data", "d.csv", "--net", "4-2", "--study", "never.aann")
            if name != "pipe":  # three seconds each
                soon(FAILED, "is a", *SEARCH, "--data", "d.csv", "--test", name, "--study", "never.aann")
                soon(FAILED, "is a", "eval", "s.aann", 1, "--data", name)
                soon(FAILED, "is a", "predict", "s.aann", 1, "--data", name)
                soon(FAILED, "is a", "data", "show", name)
            for command in (["list", name], ["show", name, 1], ["eval", name, 1], ["resume", name],
                            ["weights", name, 1, "--npz", "o.npz"], ["geometry", name], ["walk", name, 1],
                            ["path", name, 1, 2], ["ensemble", name], ["save", name, 1, "--out", "o.aannm"],
                            ["experiment", "paper", "--settings", name, "--out", "never"],
                            ["car", "replay", "--seed", 1, "--actions", name],
                            [*SEARCH, "--data", "d.csv", "--study", name]):
                soon(FAILED, "is not a file", *command)
    assert not os.path.exists("never.aann") and not os.path.exists("never")


def test_a_study_in_memory():
    """What would be gone at the end is no place for a search."""
    write("d.csv", table())
    refused(USAGE, "--study :memory: would be gone at the end", *SEARCH, "--data", "d.csv", "--study", ":memory:")
    refused(USAGE, "--study :memory: would be gone at the end", "import", "w.npz", "--data", "d.csv", "--net", "4-2",
            "--study", ":memory:")
    for command in (["list", ":memory:"], ["show", ":memory:", 1], ["resume", ":memory:"]):
        refused(USAGE, "a study in memory can only be created", *command)
    good(*SEARCH, "--data", "d.csv", "--study", "./:memory:")
    assert len(hashes("./:memory:")) == 1


if __name__ == "__main__":
    main(globals())
