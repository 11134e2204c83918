"""What the torture disturbs: commands of each kind that write, what they start from, their outcomes."""

import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import time

SOURCE = pathlib.Path(
    os.environ.get("AANN_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2])
)
MNIST = SOURCE / "tests" / "fixtures" / "mnist"
TRAIN, TEST = str(MNIST / "train-images-idx3-ubyte.gz"), str(MNIST / "t10k-images-idx3-ubyte.gz")
TASK = ["--data", TRAIN, "--test", TEST, "--net", "4C5s2-MP2-6C3-MP2-10", "--sparsity", "60"]
SEARCH = ["search", *TASK, *"--seed 3 --threads 1 --checkpoint-seconds 0.02 --quiet".split()]
LIMIT = 120  # seconds that no command may take


def words(command):
    """A command line; one that has no spaces within its words can be a text."""
    return command.split() if isinstance(command, str) else command


class Broken(Exception):
    """A promise that was not kept."""


class Bench:
    """The program, and how it is called."""

    def __init__(self, program, fault):
        self.program, self.fault = str(program), str(fault)

    def start(self, arguments, folder, environment=None):
        return subprocess.Popen(
            [self.program, *map(str, arguments)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **(environment or {})},
            errors="backslashreplace",
        )

    def run(self, arguments, folder, environment=None):
        process = self.start(arguments, folder, environment)
        try:
            output, messages = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Broken(f"{arguments[0]}: not finished after {LIMIT} s") from None
        return process.returncode, output, messages

    def good(self, arguments, folder):
        status, output, messages = self.run(arguments, folder)
        if status != 0:
            raise Broken(
                f"{' '.join(map(str, arguments))}: exit status {status}: {messages.strip()}"
            )
        return output

    def members(self, study, folder):
        """id -> (state, hash) of all members of a study."""
        said = json.loads(self.good(["list", study, "--json"], folder).splitlines()[-1])
        return {
            member["id"]: (member["state"], member["hash"])
            for family in said["families"]
            for member in family["members"]
        }


def names_below(folder):
    """All files and folders in it, by their paths."""
    found = [path.relative_to(folder) for path in pathlib.Path(folder).rglob("*")]
    return set(map(str, found))


def lasting_bytes(path):
    """A file without the moment at which a report was made."""
    return re.sub(rb'"made":"[^"]{20}"', b'"made":""', path.read_bytes())


class Task:
    """A command that writes: what it starts from, how one goes on after a disturbance, and what counts in the end."""

    def __init__(self, name, command, again=None, study=None, files=(), prepare=None):
        self.name, self.command, self.again = name, words(command), words(again or command)
        self.study, self.files, self.prepare = study, files, prepare
        self.base = None  # a folder with what it starts from
        self.expected = None  # the outcome of an undisturbed run
        self.before = {}  # members that were there before
        self.duration = 0.0
        self.counts = {}  # calls of each kind that a fault can hit
        self.names = set()  # files in the folder afterwards

    def outcome(self, bench, folder):
        """What the user has in the end."""
        found = {name: lasting_bytes(pathlib.Path(folder) / name) for name in self.files}
        if self.study:
            found["members"] = bench.members(self.study, folder)
        return found

    def measure(self, bench, folder):
        """Runs it undisturbed."""
        self.base = os.path.join(folder, self.name)
        os.mkdir(self.base)
        if self.prepare:
            self.prepare(bench, self.base)
        if self.study and os.path.exists(os.path.join(self.base, self.study)):
            self.before = bench.members(self.study, self.base)
        work = self.copy(folder, "undisturbed")
        began = time.monotonic()
        bench.good(self.command, work)
        self.duration = time.monotonic() - began
        self.expected = self.outcome(bench, work)
        self.names = names_below(work)
        counted = self.copy(folder, "counted")
        counts = os.path.join(folder, self.name + ".counts")
        bench.run(self.command, counted, {"LD_PRELOAD": bench.fault, "AANN_FAULT_COUNTS": counts})
        with open(counts, encoding="ascii") as lines:
            self.counts = {kind: int(count) for kind, count in map(str.split, lines)}
        if self.name == "experiment":
            self.counts["memory"] = 0  # fontconfig crashes or hangs where it finds no memory

    def copy(self, folder, name):
        target = os.path.join(folder, f"{self.name}-{name}")
        shutil.copytree(self.base, target)
        return target


def stopped_study(bench, folder):
    """A study whose second member is unfinished."""
    status, _, messages = bench.run(
        [*SEARCH, *words("--members 2 --steps 60000 --seconds 0.3 --study s.aann")], folder
    )
    if status != 0:
        raise Broken(messages)


def whole_study(bench, folder):
    bench.good([*SEARCH, *words("--members 2 --steps 2500 --study s.aann")], folder)


def two_parts(bench, folder):
    for part in ("1/2", "2/2"):
        how = f"--members 2 --steps 600 --shard {part} --study p{part[0]}.aann"
        bench.good([*SEARCH, *words(how)], folder)


def study_to_certify(bench, folder):
    how = "--members 2 --steps 2500 --certification 100 --study s.aann"
    bench.good([*SEARCH, *words(how)], folder)


def small_table(bench, folder):
    generator = random.Random(1)
    lines = ["a,b,word,label"]
    for _ in range(400):
        a, b = generator.gauss(0, 1), generator.gauss(0, 1)
        word = generator.choice(["red", "green", ""])
        lines.append(f"{a:.3f},{b:.3f},{word},{'same' if a * b > 0 else 'other'}")
    (pathlib.Path(folder) / "t.csv").write_text("\n".join(lines), encoding="ascii")


def actions_and_place(bench, folder):
    (pathlib.Path(folder) / "actions.json").write_text(json.dumps([[0.1, 0.3, 0]] * 60))
    os.mkdir(os.path.join(folder, "frames"))


def driving_study(bench, folder):
    bench.good(words("car record --episodes 1 --every 40 --out d.npz"), folder)
    bench.good(
        words("search carracing --data d.npz --net 8-3 --steps 300 --threads 1 --quiet")
        + words("--study first.aann"),
        folder,
    )


def study_and_weights(bench, folder):
    whole_study(bench, folder)
    bench.good(words("weights s.aann 1 --npz member.npz"), folder)


def small_experiment(bench, folder):
    settings = {
        "task": {"data": TRAIN, "test": TEST, "net": "10", "sparsity": [60]},
        "seed": 1,
        "small": {
            "search": {"steps": 800},
            "existence": {"members": 2, "threshold": 0.3},
            "sparsity": {"members": 1, "percent": [50, 90]},
            "null": {"draws": 2},
            "lesions": {"draws": 1, "from": 10, "to": 30, "step": 10},
            "shared_weight": [1, 0.5],
        },
    }
    (pathlib.Path(folder) / "settings.json").write_text(json.dumps(settings), encoding="ascii")


def tasks():
    again = "resume s.aann --quiet"
    here = {"study": "s.aann"}
    whole = {"prepare": whole_study}
    return [
        Task("search", [*SEARCH, *words("--members 2 --steps 4000 --study s.aann")], again, **here),
        Task("resume", "resume s.aann --quiet --threads 1", **here, prepare=stopped_study),
        Task("grow", "resume s.aann --members 4 --quiet", **here, **whole),
        Task(
            "walk",
            "walk s.aann 1 --members 3 --every 15 --steps 3000 --threshold 20 --quiet --threads 1",
            **here,
            **whole,
        ),
        Task(
            "path",
            "path s.aann 1 2 --points 3 --candidates 8 --repairs 20 --draws 1 --quiet --threads 1",
            **here,
            **whole,
        ),
        Task("connect", "connect s.aann --repairs 5 --doublings 1 --quiet", **here, **whole),
        Task(
            "sample",
            ["sample", *TASK]
            + words("--samples 256 --members 2 --ladders 2 --rungs 1 --burn-in 5 --rounds 40")
            + words("--threads 1 --quiet --study s.aann"),
            again,
            **here,
        ),
        Task("merge", "merge w.aann p1.aann p2.aann --quiet", study="w.aann", prepare=two_parts),
        Task(
            "phases",
            [*SEARCH, *words("--members 2 --study s.aann --phases")]
            + ["steps=1500 first_samples=100; steps=1500 jitter=1 informed_steps=50"],
            again,
            **here,
        ),
        Task(
            "table",
            "search --data t.csv --net 16-2 --members 2 --seed 3 --steps 4000 --threads 1"
            " --checkpoint-seconds 0.02 --quiet --study s.aann",
            again,
            **here,
            prepare=small_table,
        ),
        Task(
            "reward",
            "search carracing --data d.npz --net 8-3 --reward --start first.aann:1"
            " --tracks 2000:2001 --steps 4 --threads 1 --checkpoint-seconds 0.02 --quiet"
            " --study s.aann",
            again,
            **here,
            prepare=driving_study,
        ),
        Task(
            "certify",
            "certify s.aann --threshold 0.01 --threads 1",
            **here,
            prepare=study_to_certify,
        ),
        Task(
            "volume",
            ["volume", *TASK]
            + words("--samples 64 --ladders 2 --rungs 3 --rounds 24 --burn-in 4 --pilot-rounds 12")
            + words("--loss 2 --threads 1 --checkpoint-seconds 0.02 --quiet")
            + words("--keep v.ladders --csv v.csv"),
            files=["v.csv"],
        ),
        Task(
            "replay",
            "car replay --seed 3 --actions actions.json --frames 0,20,40 --out frames",
            files=[f"frames/frame_{step}.npy" for step in (0, 20, 40)],
            prepare=actions_and_place,
        ),
        Task(
            "import",
            ["import", "member.npz", *TASK, *words("--study i.aann --name imported")],
            "list i.aann",
            study="i.aann",
            prepare=study_and_weights,
        ),
        Task(
            "geometry",
            "geometry s.aann --threads 1 --csv pairs.csv",
            **here,
            files=["pairs.csv"],
            **whole,
        ),
        Task("ensemble", "ensemble s.aann --threads 1", **here, **whole),
        Task("weights", "weights s.aann 1 --npz w.npz", files=["w.npz"], **whole),
        Task(
            "predict",
            ["predict", "s.aann", "1", "--data", TEST, "--logits", "l.npy"],
            files=["l.npy"],
            **whole,
        ),
        Task("save", "save s.aann 1 --out m.aannm", files=["m.aannm"], **whole),
        Task("export-c", "export c s.aann 1 --out member.h", files=["member.h"], **whole),
        Task(
            "export-onnx", "export onnx s.aann 1 --out member.onnx", files=["member.onnx"], **whole
        ),
        Task("gallery", "gallery signal --out g.aannm", files=["g.aannm"]),
        Task(
            "report", "report s.aann --html page.html --threads 1", files=["page.html"], **whole
        ),
        Task(
            "search-report",
            [*SEARCH, *words("--members 2 --steps 4000 --report page.html --study s.aann")],
            again,
            **here,
        ),
        Task(
            "drive", "drive gallery:driver --track 3 --every 100 --out d.webp", files=["d.webp"]
        ),
        Task("record", "car record --episodes 1 --every 40 --out d.npz", files=["d.npz"]),
        Task(
            "experiment",
            "experiment paper --settings settings.json --out paper --threads 1 --quiet",
            study="paper/study.aann",
            prepare=small_experiment,
        ),
    ]
