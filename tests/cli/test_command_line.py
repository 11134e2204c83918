"""The command line's manners: units, percent, repeated options, "-", help, completion, exit statuses."""
import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
import zipfile

from program import PROGRAM, answer, good, main, refused, run

FAILED, USAGE, MISSED = 1, 2, 3
SHORT = ["--net", "8-3", "--steps", "2k", "--quiet"]


def table(path="owls.csv", rows=90, label=True):
    """Three classes that three columns tell apart."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("a,b,c,label\n" if label else "a,b,c\n")
        for i in range(rows):
            kind = i % 3
            values = [((i * 7) % 11) / 10 + (3 if kind == j else 0) for j in range(3)]
            cells = [f"{value:.2f}" for value in values] + ([["cat", "dog", "owl"][kind]] if label else [])
            file.write(",".join(cells) + "\n")
    return path


def study(members=1, *more):
    answer("search", "--data", table(), *SHORT, "--members", members, "--study", "s.aann", *more)
    return "s.aann"


def test_units():
    data = table()
    for text, steps in (("2k", 2000), ("1.5k", 1500), ("1e3", 1000), ("0.002M", 2000)):
        result = answer("search", "--data", data, "--net", "8-3", "--quiet", "--study", "u.aann", "--steps", text)
        assert result["options"]["steps"] == steps, (text, result["options"]["steps"])
    assert answer("search", "--data", data, "--net", "8-3", "--quiet", "--study", "u.aann", "--steps", "2k",
                  "--seconds", "5m")["complete"]
    for text in ("10K", "1kk", "1e3k", "k", "1 k", "10k "):
        refused(USAGE, f"--steps: '{text}' is not a whole number", "search", "--data", data, "--net", "8-3", "--steps", text)
    refused(USAGE, "--seconds: '5min' is not a number in range", "search", "--data", data, "--net", "8-3", "--seconds", "5min")
    refused(USAGE, "--seconds: '0.001m' is not a number in range", "search", "--data", data, "--net", "8-3", "--seconds", "0.001m")


def test_percent():
    """T: --sparsity 0.9 was 0.9 percent, silently a dense network."""
    data = table()
    for option in ("--sparsity", "--sparsity-per-layer"):
        refused(USAGE, "0.9 is less than one percent; write 90 for 90 percent, or 0.9%", "search", "--data", data, *SHORT,
                option, "0.9")
    made = answer("search", "--data", data, *SHORT, "--study", "p.aann", "--sparsity", "75%")
    layer = made["layers"][0]
    assert layer["zero"] == 3 * (layer["minus"] + layer["plus"]), made["layers"]
    thin = answer("search", "--data", data, *SHORT, "--study", "p.aann", "--sparsity", "0.9%")
    layer = thin["layers"][0]
    assert layer["zero"] < 0.02 * (layer["minus"] + layer["zero"] + layer["plus"]), layer
    listed = answer("search", "--data", data, *SHORT, "--study", "p.aann", "--sparsity-per-layer", "50%,25")
    zeros = [layer["zero"] / (layer["minus"] + layer["zero"] + layer["plus"]) for layer in listed["layers"]]
    assert zeros == [0.5, 0.25], listed["layers"]


def test_repeated():
    refused(USAGE, "--data is given twice", "search", "--data", "a", "--data", "b", "--net", "8-3")
    refused(USAGE, "--test is given twice", "search", "--data", "a", "--test=b", "--test=b")
    made = answer("search", "--data", table(), *SHORT, "--steps", 1500, "--study", "r.aann")
    assert made["options"]["steps"] == 1500, "of numbers the last one counts"


def test_words():
    assert good("-V") == good("--version") == good("version")
    assert good("help", "search") == good("search", "--help")
    assert good("help", "car", "bench") == good("car", "bench", "--help")
    refused(USAGE, "'serch'; did you mean 'search'", "help", "serch")
    refused(USAGE, "did you mean '--version'", "--verison")
    refused(USAGE, "no task 'minst'; did you mean 'mnist'", "search", "minst")
    refused(USAGE, "there is no file 'owls.csv', nor a task of that name", "search", "owls.csv")
    os.mkdir("owls.d")
    refused(USAGE, "'owls.d' is no task; a file is given as --data owls.d", "search", "owls.d")
    refused(USAGE, "no task 'xyzzyq'; expected mnist", "search", "xyzzyq")


def test_next():
    """The hints work as they are typed."""
    data = table()
    for more, split in (([], "validation"), (["--validation", "0"], "train"), (["--test", data], "test")):
        printed = good("search", "--data", data, *SHORT, "--study", "n.aann", *more)
        hints = [line.split() for line in printed.splitlines() if line.startswith("  aann ")]
        assert len(hints) == 4 and hints[1][-2:] == ["--split", split], hints
        good(*hints[0][1:4])
        good(*hints[1][1:])
        good(*hints[2][1:])
        good(*hints[3][1:])
        assert pathlib.Path(hints[3][-1]).stat().st_size > 10000


def test_missed_threshold():
    data = table()
    arguments = ["search", "--data", data, *SHORT, "--seed", "1", "--study", "t.aann"]
    result = run("search", "--data", data, "--net", "1-3", "--steps", "200", "--quiet", "--study", "t.aann", "--threshold", 100)
    assert result.returncode == MISSED, result
    assert "1 of 1 members missed the threshold" in result.stderr, result.stderr
    assert run("resume", "t.aann", "--quiet").returncode == MISSED
    assert run(*arguments, "--threshold", "1").returncode == 0


def test_standard_output():
    """- is the standard output: only bytes there, the words elsewhere, nothing left behind."""
    name = study()
    os.mkdir("temporary")
    surroundings = dict(os.environ, TMPDIR=os.path.abspath("temporary"))
    for arguments, file in ((["weights", name, 1, "--npz"], "w.npz"), (["save", name, 1, "--out"], "m.aannm"),
                            (["export", "onnx", name, 1, "--out"], "m.onnx"),
                            (["predict", name, 1, "--data", "owls.csv", "--logits"], "l.npy")):
        good(*arguments, file)
        piped = subprocess.run([PROGRAM, *map(str, arguments), "-"], capture_output=True, check=True, env=surroundings)
        with open(file, "rb") as content:
            expected = content.read()
        if file.endswith(".npz"):
            with open("again.npz", "wb") as again:
                again.write(piped.stdout)
            with zipfile.ZipFile("again.npz") as one, zipfile.ZipFile(file) as two:
                assert one.namelist() == two.namelist() and one.read("layer0.npy") == two.read("layer0.npy")
        else:
            assert piped.stdout == expected, file
        assert piped.stderr.startswith(b"standard output: "), piped.stderr
        assert not os.path.exists("-") and os.listdir("temporary") == [], os.listdir("temporary")
        refused(USAGE, "cannot take both the file and --json", *arguments, "-", "--json")
    refused(USAGE, "-: the standard output has the tables", "ensemble", study(2), "--csv", "-")


def test_standard_input():
    """T53: a pipe or - gives what the file gives, and what came from it is said to be in no file."""
    name = study()
    expected = good("predict", name, 1, "--data", table("new.csv", 30, label=False), "--label-column", "")
    with open("new.csv", "rb") as file:
        content = file.read()
    for path in ("-", "/dev/stdin"):
        done = subprocess.run([PROGRAM, "predict", name, "1", "--data", path, "--label-column", ""], input=content,
                              capture_output=True, check=True)
        assert done.stdout.decode() == expected, path
    with open("owls.csv", "rb") as file:
        content = file.read()
    done = subprocess.run([PROGRAM, "search", "--data", "-", *SHORT, "--study", "i.aann"], input=content,
                          capture_output=True, check=True)
    refused(FAILED, "came from memory or a pipe .*give it again", "eval", "i.aann", 1)
    assert answer("eval", "i.aann", 1, "--data", "owls.csv")["count"] == 90
    bad = subprocess.run([PROGRAM, "data", "show", "-"], input=b"a,b\n1,\n", capture_output=True, text=False, check=False)
    assert bad.stderr.startswith(b"aann: standard input: line 2"), bad.stderr


def test_several_members():
    """Several members answer side by side, and together."""
    name = study(3)
    data = table("new.csv", 30)
    single = [good("predict", name, i, "--data", data).splitlines() for i in (1, 2, 3)]
    together = [line.split("\t") for line in good("predict", name, "1,2,3", "--data", data).splitlines()]
    assert together == [list(row) for row in zip(*single)]
    objects = answer("predict", name, "2,3", "--data", data)
    assert [one["id"] for one in objects["members"]] == [2, 3]
    assert objects["members"][0]["names"] == single[1], "T59: the names of classes are in the JSON"
    assert [["cat", "dog", "owl"][i] for i in objects["members"][1]["answers"]] == single[2]
    refused(USAGE, "--logits is for one member", "predict", name, "1,2", "--data", data, "--logits", "l.npy")
    vote = answer("ensemble", name, "--data", data, "--method", "vote")
    for i, found in enumerate(vote["names"]):
        counts = {word: [row[i] for row in single].count(word) for word in ("cat", "dog", "owl")}
        assert counts[found] == max(counts.values()), (i, counts, found)
    total = good("ensemble", name, "--data", data).splitlines()
    assert len(total) == 30 and total == answer("ensemble", name, "--data", data)["names"]
    study(1)
    refused(USAGE, "are of different families", "predict", name, "1,4", "--data", data)
    refused(USAGE, "--method is for --data", "ensemble", name, "--method", "sum")
    refused(USAGE, "expected sum or vote", "ensemble", name, "--data", data, "--method", "mean")


def test_signals():
    """T52: `timeout` signals the group and then the process again; everything is stored every time."""
    data = table()
    for number, pause in ((signal.SIGTERM, 0.0), (signal.SIGINT, 0.01), (signal.SIGTERM, 0.1)):
        search = subprocess.Popen([PROGRAM, "search", "--data", data, "--net", "64-32-3", "--steps", "1G", "--quiet",
                                   "--study", "k.aann"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.7)
        search.send_signal(number)
        time.sleep(pause)
        search.send_signal(number)
        _, stderr = search.communicate(timeout=60)
        assert search.returncode == FAILED and b"stopped, everything is stored" in stderr, (search.returncode, stderr)
        members = answer("list", "k.aann")["families"][-1]["members"]
        assert members[0]["state"] == "running", members  # begun or not, on a busy machine
        os.remove("k.aann")


# ---- completion -------------------------------------------------------------------------------------------


def complete(line):
    """What bash offers for the last word of a line."""
    script = (f'source <("{PROGRAM}" completion bash)\nread -ra COMP_WORDS <<<"$1"\n'
              '[[ $1 == *" " ]] && COMP_WORDS+=("")\nCOMP_WORDS[0]=$0\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n'
              'compopt() { :; }\n_aann\nprintf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, PROGRAM, line], capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return [word for word in done.stdout.split("\n") if word]


def test_completion():
    assert set(complete("aann s")) == {"sample", "search", "show", "save"}
    assert set(complete("aann search --sparsity")) == {"--sparsity", "--sparsity-per-layer"}
    assert set(complete("aann search --method ")) == {"sense", "hill", "random", "genetic"}
    assert set(complete("aann search m")) == {"mnist"}
    assert set(complete("aann car b")) == {"bench"}
    assert "--cars" in complete("aann car bench --c")
    table()
    assert complete("aann search --data ow") == ["owls.csv"]
    os.mkdir("folder")
    assert complete("aann ensemble s.aann --pictures ") == ["folder"]
    assert complete("aann search --steps ") == []
    for command in good("--help").splitlines():
        words = command.split()
        if command.startswith("  ") and words[0] != "aann":
            lines = good("completion", "words", words[0]).splitlines()
            assert len(lines) >= 1 and all(line.count("\t") == 2 for line in lines), (words[0], lines)
            if words[0] != "car":
                options = {line.split("\t")[0] for line in lines if line.startswith("--")}
                printed = good(words[0], "--help")
                missing = [name for name in options if f"  {name} " not in printed and f"  {name}\n" not in printed]
                assert not missing, (words[0], missing)
    refused(USAGE, "expected bash, zsh or fish, not 'tcsh'", "completion", "tcsh")


def test_other_shells():
    for shell, check in (("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])):
        if shutil.which(shell) is None:
            print(f"{shell} is not here: its script is not checked", file=sys.stderr)
            continue
        with open(f"script.{shell}", "w", encoding="utf-8") as file:
            file.write(good("completion", shell))
        done = subprocess.run([shell, *check, f"script.{shell}"], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and done.stderr == "", (shell, done.stderr)
    if shutil.which("fish") is not None:
        folder = os.path.dirname(os.path.abspath(PROGRAM))
        surroundings = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}")
        done = subprocess.run(["fish", "--no-config", "-c", "source script.fish; complete -C 'aann search --method '"],
                              capture_output=True, text=True, check=True, env=surroundings)
        assert set(done.stdout.split()) == {"sense", "hill", "random", "genetic"}, done.stdout


def typed(shell, setup, line):
    """What a shell on a terminal shows after a line is typed and the tabulator pressed twice."""
    folder = os.path.dirname(os.path.abspath(PROGRAM))
    surroundings = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", TERM="xterm", COLUMNS="200", LINES="60", HOME=os.getcwd())
    master, slave = pty.openpty()
    with subprocess.Popen(shell, stdin=slave, stdout=slave, stderr=slave, env=surroundings, start_new_session=True) as process:
        os.close(slave)
        seen = b""
        for keys, wait in ((setup + "; echo re''ady\n", "ready"), (line + "\t\t", None)):
            end, before = time.monotonic() + (20 if wait else 4), seen
            os.write(master, keys.encode())
            while time.monotonic() < end and (wait is None or wait.encode() not in seen[len(before):]):
                if select.select([master], [], [], 0.2)[0]:
                    seen += os.read(master, 65536)
        process.kill()
        os.close(master)
    return seen[len(before):].decode(errors="replace")


def test_shells_on_a_terminal():
    """zsh -n finds no mistake that shows only when a line is completed."""
    for shell, setup in ((["bash", "--norc", "-i"], "source <(aann completion bash)"),
                         (["zsh", "-f", "-i"], "autoload -Uz compinit; compinit -u -D; source <(aann completion zsh)")):
        if shutil.which(shell[0]) is None:
            print(f"{shell[0]} is not here: it is not tried", file=sys.stderr)
            continue
        shown = typed(shell, setup, "aann search --method ")
        assert "not found" not in shown and all(word in shown for word in ("sense", "hill", "random", "genetic")), (shell, shown)
        if shell[0] == "zsh":
            with open("_aann", "w", encoding="utf-8") as file:
                file.write(good("completion", "zsh"))
            found = typed(shell, "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D", "aann search --method ")
            assert "not found" not in found and all(word in found for word in ("sense", "hill", "random", "genetic")), found
        shown = typed(shell, setup, "aann volume --")
        assert "not found" not in shown and "--accuracy" in shown and "--ladders" in shown, (shell, shown)


if __name__ == "__main__":
    main(globals())
