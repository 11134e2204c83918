"""What goes wrong: one line that says what, the right exit status, and nothing lost.

Formats themselves are tested in tests/data, the study file in tests/study; here it is what the user sees of it.
"""
import gzip
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import zipfile

from program import NET, PROGRAM, SEARCH, TEST, TRAIN, answer, good, hashes, main, refused, run

USAGE, FAILED = 2, 1


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)
    return path


def no_study(*arguments, **options):
    """A search that is refused, and leaves no study behind."""
    line = refused(*arguments, "--study", "never.aann", **options)
    assert not os.path.exists("never.aann"), arguments
    return line


# ---- arguments --------------------------------------------------------------------------------------------


def test_usage():
    refused(USAGE, "missing command")
    refused(USAGE, "'serch'; did you mean 'search'", "serch")
    refused(USAGE, "no command 'xyzzy'", "xyzzy")
    refused(USAGE, "unknown option --member; did you mean --members", "search", "mnist", "--member", 3)
    refused(USAGE, "unknown option --sparsty; did you mean --sparsity", "search", "mnist", "--sparsty=3")
    refused(USAGE, "unknown option --jsn; did you mean --json", "list", "a.aann", "--jsn")
    refused(USAGE, "unknown option --qqqqqqq; see aann search --help", "search", "mnist", "--qqqqqqq")
    refused(USAGE, "unknown option -x", "list", "-x")
    refused(USAGE, "unexpected argument 'three'", "show", "one", "two", "three")
    refused(USAGE, "a.aann is no model: the ID of a member is missing", "eval", "a.aann")
    refused(USAGE, "too few arguments; usage: aann eval", "eval")
    refused(USAGE, "--steps needs a value", "search", "mnist", "--steps")
    refused(USAGE, "--no-adapt-layers takes no value", "search", "mnist", "--no-adapt-layers=yes")
    refused(USAGE, "expected fetch or show", "data", "get", "mnist")
    refused(USAGE, "--npz FILE is missing", "weights", "a.aann", 1)
    refused(USAGE, "--data FILE is missing", "predict", "a.aann", 1)
    refused(USAGE, "ID: 'one' is not a whole number", "show", "a.aann", "one")


def test_numbers():
    for option, value in (("--members", 0), ("--members", "2x"), ("--members", 1.5), ("--members", ""), ("--steps", 0),
                          ("--steps", -5), ("--steps", "1e20"), ("--steps", 99999999999999999999), ("--seed", -1), ("--threads", 0),
                          ("--threads", 100000), ("--seconds", 0), ("--seconds", "nan"), ("--sparsity", 101),
                          ("--sparsity", "many"), ("--sparsity-per-layer", "50,,90"), ("--sparsity-per-layer", "50,x"),
                          ("--excitatory", 2), ("--threshold", 101), ("--temperature", "inf"), ("--cooling", 4),
                          ("--strata", 0), ("--checkpoint-seconds", 0), ("--shifts", 25), ("--validation", -1)):
        line = no_study(USAGE, f"{option}: '.*' is not a (whole )?number in range", *SEARCH, option, value)
        assert "expected" in line


def test_tasks():
    with open("few.csv", "w", encoding="utf-8") as file:
        file.write("a,b,label\n" + "1,2,x\n2,1,y\n" * 20)
    no_study(USAGE, "no task given", "search")
    no_study(USAGE, "no task 'cifar'", "search", "cifar")
    no_study(USAGE, "--data needs --net", "search", "--data", TRAIN)
    no_study(USAGE, "has its own data", "search", "mnist", "--data", TRAIN)
    no_study(USAGE, "--input: '28x28'", *SEARCH, "--input", "28x28")
    no_study(USAGE, "--encoding: 'bits'", *SEARCH, "--encoding", "bits")
    no_study(USAGE, "--layer-share: 2 numbers for 3 layers", *SEARCH, "--layer-share", "1,2")
    no_study(USAGE, "--shifts", *SEARCH, "--shifts", "0.5,0,0")
    no_study(USAGE, "are for --copies", *SEARCH, "--copy-warp", "0.2")
    no_study(USAGE, "features have no places", "search", "--data", "few.csv", "--net", "2", "--copies", 2)
    for option in (("--jitter", 1), ("--warp", 0.1)):
        no_study(USAGE, f"search: {option[0]}: samples of [0-9]+x1x1 have no places to move to; expected a signal or a picture",
                 "search", "--data", "few.csv", "--net", "2", *option)
    no_study(USAGE, "instruction set|isa", *SEARCH, "--isa", "abacus", "--steps", 10)


def test_networks():
    def refuse(pattern, net, *more):
        no_study(USAGE, pattern, "search", "--data", TRAIN, "--net", net, *more)
    refuse("at character 6", "16C5-Mx2-10")
    refuse("", "")
    refuse("", "30C33v-10")                                    # a kernel larger than its input
    refuse("", "4C5-MP30-10")                                  # a pool larger than its map
    refuse("classes up to 9, but the network has 5 outputs", "5")
    refuse("leaves none of its 16 weights", "4C2-10", "--sparsity", "99")  # 16 weights, none left
    refuse("sparsity", "10", "--sparsity-per-layer", "50,90")
    refuse("sparsity", "10", "--sparsity", "100")
    no_study(USAGE, "cannot be seen as 1 x 30 x 30", "search", "--data", TRAIN, "--net", "10", "--input", "1x30x30")


# ---- data -------------------------------------------------------------------------------------------------


def test_files():
    def refuse(pattern, *more):
        no_study(FAILED, pattern, "search", *more, "--net", "10")
    raw = gzip.decompress(read(TRAIN))
    refuse("nowhere.npz", "--data", "nowhere.npz")
    refuse("empty", "--data", write("empty", b""))
    refuse("begins no known format", "--data", write("noise", bytes(range(256))))
    refuse("ends inside", "--data", write("short", raw[:5000]))
    refuse("bytes? after|after the|more", "--data", write("long", raw + b"x"))
    refuse("", "--data", write("lying", raw[:4] + b"\xff" * 4 + raw[8:]))
    refuse("", "--data", write("gzip", read(TRAIN)[:3000]))
    refuse("", "--data", write("magic", b"\x00\x00\x77\x03" + raw[4:]))
    refuse("", "--data", write("npy", b"\x93NUMPY\x01\x00\x10\x00{'descr': lies}\n"))
    with zipfile.ZipFile("empty.npz", "w"):
        pass
    refuse("", "--data", "empty.npz")
    write("word.csv", b"a,b,label\n1,2,0\n3,x4,1\n5,6,0\n")
    refuse("word.csv: line 3, column 'b'", "--data", "word.csv")
    write("columns.csv", b"a,b\n1,2\n3,4\n")
    no_study(USAGE, "no column is called 'kind'; there are: a, b", "search", "--data", "columns.csv", "--label-column", "kind",
             "--net", "10")
    write("other-images-idx3-ubyte", raw)
    no_study(USAGE, "neither labels nor targets", "search", "--data", "other-images-idx3-ubyte", "--net", "10")
    no_study(USAGE, "validation split", *SEARCH, "--validation", 512)
    no_study(USAGE, "1000 training samples wanted", *SEARCH, "--samples", 1000)
    write("small.csv", b"a,b,label\n1,2,0\n3,4,1\n")
    no_study(USAGE, "samples of 2x1x1", *SEARCH[:3], "--test", "small.csv", "--net", NET)
    refused(FAILED, "nowhere", "data", "show", "nowhere")


# ---- studies ----------------------------------------------------------------------------------------------


def make_study():
    answer(*SEARCH, "--members", 2, "--steps", 100, "--study", "a.aann")
    return hashes("a.aann")


def everything(pattern, study):
    """Every command refuses this study."""
    for command in (("list", study), ("show", study, 1), ("eval", study, 1), ("weights", study, 1, "--npz", "w.npz"),
                    ("predict", study, 1, "--data", TEST), ("resume", study), (*SEARCH, "--steps", 10, "--study", study)):
        refused(FAILED, pattern, *command)
    assert not os.path.exists("w.npz")


def test_not_a_study():
    refused(FAILED, "nowhere.aann", "list", "nowhere.aann")
    assert not os.path.exists("nowhere.aann")
    for name, content in (("text.aann", b"dear diary\n" * 100), ("short.aann", b"SQLite format 3\0")):
        write(name, content)
        everything(name, name)
        assert read(name) == content
    with sqlite3.connect("other.aann") as database:
        database.execute("CREATE TABLE t (x)")
    before = read("other.aann")
    everything("other.aann", "other.aann")
    assert read("other.aann") == before


def test_newer_version():
    make_study()
    with sqlite3.connect("a.aann") as database:
        database.execute("PRAGMA user_version = 1000")
    database.close()
    before = read("a.aann")
    everything("newer", "a.aann")
    assert read("a.aann") == before


def test_truncated():
    make_study()
    whole = read("a.aann")
    for size in (50, len(whole) // 2, len(whole) - 4096):
        write("cut.aann", whole[:size])
        result = run("resume", "cut.aann", "--quiet")
        assert result.returncode == FAILED and len(result.stderr.splitlines()) == 1, (size, result)


def test_no_such_member():
    make_study()
    refused(FAILED, "3", "show", "a.aann", 3)
    refused(FAILED, "3", "eval", "a.aann", 3)
    refused(USAGE, "--split", "eval", "a.aann", 1, "--split", "exam")
    write("two.csv", b"a,b,label\n1,2,0\n3,4,1\n")
    refused(USAGE, "two.csv", "eval", "a.aann", 1, "--data", "two.csv")
    refused(USAGE, "two.csv", "predict", "a.aann", 1, "--data", "two.csv")
    refused(FAILED, "nowhere", "predict", "a.aann", 1, "--data", "nowhere")


def test_locked():
    before = make_study()
    process = subprocess.Popen([PROGRAM, *SEARCH, "--steps", "100000000", "--study", "a.aann", "--quiet"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while len(hashes("a.aann")) != 1:  # the second family
            assert process.poll() is None
        refused(FAILED, f"process {process.pid} is writing", *SEARCH, "--steps", 10, "--study", "a.aann")
        refused(FAILED, f"process {process.pid} is writing", "resume", "a.aann")
    finally:
        process.kill()
        process.wait()
    families = answer("list", "a.aann")["families"]
    assert [member["hash"] for member in families[0]["members"]] == before


def test_read_only():
    """Looking works, writing is refused."""
    before = make_study()
    os.mkdir("fixed")
    shutil.move("a.aann", "fixed/a.aann")
    os.chmod("fixed/a.aann", 0o444)
    os.chmod("fixed", 0o555)
    try:
        if os.access("fixed", os.W_OK):
            return  # root may write everywhere; tests/study covers it
        assert hashes("fixed/a.aann") == before
        refused(FAILED, "fixed/a.aann", "resume", "fixed/a.aann")
        refused(FAILED, "", *SEARCH, "--steps", 10, "--study", "fixed/a.aann")
        refused(FAILED, "", *SEARCH, "--steps", 10, "--study", "fixed/new.aann")
        refused(FAILED, "", "weights", "fixed/a.aann", 1, "--npz", "fixed/w.npz")
    finally:
        os.chmod("fixed", 0o755)
    assert hashes("fixed/a.aann") == before


def limited(size):
    """Files of this process may not grow beyond `size`. SIGXFSZ is as usual, and would end a program that does not
    provide for it."""
    def apply():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return apply


def test_full_disk():
    make_study()
    whole = read("a.aann")
    before = answer("list", "a.aann")
    refused(FAILED, "", *SEARCH, "--members", 500, "--steps", 10, "--quiet", "--study", "a.aann",
            preexec_fn=limited(len(whole) + 8192))
    assert answer("list", "a.aann")["families"][0] == before["families"][0]
    write("w.npz", b"older")
    refused(FAILED, "w.npz", "weights", "a.aann", 1, "--npz", "w.npz", preexec_fn=limited(100))
    refused(FAILED, "o.npy", "predict", "a.aann", 1, "--data", TEST, "--logits", "o.npy", preexec_fn=limited(100))
    assert read("w.npz") == b"older" and not os.path.exists("o.npy")
    assert not [name for name in os.listdir() if name.startswith((".w", ".o", "w.npz.", "o.npy."))], os.listdir()
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = subprocess.run([PROGRAM, "list", "a.aann", "--json"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == FAILED and "cannot write to the standard output" in result.stderr, result
    # Nobody reads: SIGPIPE would end a program that does not provide for it.
    for arguments in (["list", "a.aann"], ["list", "a.aann", "--json"], ["eval", "a.aann", "1"],
                      ["weights", "a.aann", "1", "--npz", "-"], ["predict", "a.aann", "1", "--data", TEST]):
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run([PROGRAM, *arguments], stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
                                preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
        os.close(writer)
        assert result.returncode == FAILED, (arguments, result)
        said = [line for line in result.stderr.splitlines() if line.startswith("aann: ")]
        assert len(said) == 1 and "Broken pipe" in said[0], (arguments, result.stderr)
    # With room again everything goes on.
    assert answer("resume", "a.aann")["complete"]
    good("weights", "a.aann", 1, "--npz", "w.npz")


if __name__ == "__main__":
    main(globals())
