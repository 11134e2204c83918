"""Phases on the command line: text, file and standard input; stored, listed, resumed to the same bits.

ctest-timeout: 300
"""
import json
import signal
import subprocess
import time

from program import PROGRAM, SANITIZED, SEARCH, answer, good, hashes, main, refused, run, without_sanitizers

LONG = 1000 if SANITIZED else 8000
PHASES = f"steps={LONG} jitter=1; steps={LONG} temperature=2e-5 copies=2; steps=1k first-samples=0 warp=0.05"
FLAGS = ["--members", "2", "--threads", "2", "--quiet"]


def wait_for_members(study):
    """Until the search has stored what it needs to go on."""
    for _ in range(500):
        if run("list", study, "--json").stdout.count('"hash"') == 2:
            return
        time.sleep(0.02)
    raise AssertionError("the search stores nothing")


def test_text_file_and_input():
    text = "steps=1.5k jitter=1; steps=500 temperature=1e-5"
    result = answer(*SEARCH, "--phases", text, "--quiet", "--study", "text.aann")
    assert result["options"]["steps"] == 2000
    assert result["options"]["phases"] == [{"steps": 1500, "jitter": 1},
                                           {"steps": 500, "temperature": 1e-05, "first_samples": 0}]
    assert result["members"][0]["steps"] == 2000
    with open("plan.txt", "w", encoding="utf-8") as file:
        file.write("# a plan\nsteps=1500 jitter=1   # moved\n\nsteps=500\ttemperature=0.00001\n")
    answer(*SEARCH, "--phases", "plan.txt", "--quiet", "--study", "file.aann")
    assert hashes("file.aann") == hashes("text.aann")
    with open("plan.txt", encoding="utf-8") as file:
        answer(*SEARCH, "--phases", "-", "--quiet", "--study", "input.aann", stdin=file)
    assert hashes("input.aann") == hashes("text.aann")
    # Options that no phase names are those of the command line, in all phases.
    other = answer(*SEARCH, "--phases", text, "--within-unit", "0.5", "--quiet", "--study", "other.aann")
    assert other["options"]["within_unit"] == 0.5 and "within_unit" not in other["options"]["phases"][0]
    assert hashes("other.aann") != hashes("text.aann")


def test_lists_and_pages():
    answer(*SEARCH, "--phases", "steps=600 jitter=1; steps=400 copies=2", "--quiet", "--study", "lists.aann")
    for command in (["list", "lists.aann"], ["show", "lists.aann", "1"]):
        lines = good(*command).splitlines()
        assert "  phase 1: steps=600 jitter=1" in lines, lines
        assert "  phase 2: steps=400 copies=2" in lines, lines
    trace = answer("show", "lists.aann", "1")["trace"]
    assert [row["step"] for row in trace] == list(range(10, 1001, 10))
    assert trace[59]["temperature"] < trace[60]["temperature"]
    assert all(a["accepted"] <= b["accepted"] for a, b in zip(trace, trace[1:]))
    page = json.loads(good("report", "lists.aann", "--json").splitlines()[-1])
    assert ["phases", "steps=600 jitter=1; steps=400 copies=2"] in page["family"]["options"], page["family"]


def test_progress_names_the_phase():
    result = run(*SEARCH, "--phases", PHASES, "--study", "progress.aann")
    assert result.returncode == 0, result.stderr
    slow = run(*SEARCH, "--phases", "steps=100M jitter=1; steps=1k", "--seconds", "11", "--study", "slow.aann")
    assert slow.returncode == 0 and "  phase 1/2  " in slow.stderr, slow.stderr


@without_sanitizers
def test_resuming():
    """Ctrl-C and kill -9 in any phase."""
    answer(*SEARCH, *FLAGS, "--phases", PHASES, "--study", "whole.aann")
    whole = answer("list", "whole.aann")["families"][0]["members"]
    process = subprocess.Popen([PROGRAM, *map(str, SEARCH), *FLAGS, "--phases", PHASES, "--study", "pieces.aann",
                                "--checkpoint-seconds", "0.02"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen = set()
    for kill in range(400):
        if kill == 0:
            wait_for_members("pieces.aann")
        time.sleep(0.15 + 0.01 * kill)  # a busy machine starts slowly
        process.send_signal(signal.SIGKILL if kill % 2 else signal.SIGINT)
        process.communicate(timeout=60)
        members = answer("list", "pieces.aann")["families"][0]["members"]
        seen |= {member["steps"] // LONG for member in members if member["state"] == "running"}
        if all(member["state"] == "done" for member in members):
            break
        process = subprocess.Popen([PROGRAM, "resume", "pieces.aann", "--quiet", "--threads", str(1 + kill % 3),
                                    "--checkpoint-seconds", "0.02"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    pieces = answer("list", "pieces.aann")["families"][0]["members"]
    for a, b in zip(whole, pieces):
        for name in ("hash", "state", "steps", "accepted", "train_loss", "validation_loss", "test_loss"):
            assert a[name] == b[name], (name, a, b)
    assert len(seen) > 1 or SANITIZED, seen  # which phases depends on how busy the machine is
    # More members of the same plan.
    answer("resume", "pieces.aann", "--members", "3", "--quiet")
    assert len(hashes("pieces.aann")) == 3


@without_sanitizers
def test_efforts():
    quick = answer(*SEARCH, "--effort", "1", "--quiet", "--study", "quick.aann")
    assert quick["options"]["phases"] == [{"steps": 40000, "arrange_interval": 5000, "jitter": 1}]
    # What is typed stands above the plan.
    other = answer(*SEARCH, "--effort", "1", "--jitter", "2", "--temperature", "2e-4", "--quiet", "--seconds", "0.2",
                   "--study", "other.aann")["options"]
    assert other["jitter"] == 2 and other["temperature"] == 2e-4
    assert other["phases"] == [{"steps": 40000, "arrange_interval": 5000}]
    refused(2, r"--effort plans the steps; leave --steps away", *SEARCH, "--effort", "3", "--steps", "5")
    refused(2, r"--effort plans the steps; leave --phases away", *SEARCH, "--effort", "3", "--phases", "steps=5")
    refused(2, r"--effort", *SEARCH, "--effort", "10")
    with open("table.csv", "w", encoding="utf-8") as file:
        file.write("a,b,kind\n" + "".join(f"{i % 7},{i % 3},{'xy'[i % 2]}\n" for i in range(200)))
    table = answer("search", "--data", "table.csv", "--effort", "2", "--quiet", "--study", "table.aann")
    assert table["options"]["steps"] == 6250 and "phases" not in table["options"]


@without_sanitizers
def test_seconds_plan_phases():
    """A time chooses the numbers of steps; the same numbers give the same bits."""
    planned = answer(*SEARCH, "--seconds", "2", "--quiet", "--study", "planned.aann")
    phases = planned["options"]["phases"]
    assert phases[0]["jitter"] == 1, phases
    if not planned["complete"]:  # on a machine that is busy with other things it stopped, resumably
        planned = answer("resume", "planned.aann", "--quiet")
    assert planned["members"][0]["steps"] == planned["options"]["steps"] == sum(one["steps"] for one in phases)
    text = "; ".join(" ".join(f"{name}={value}" for name, value in one.items()) for one in phases)
    answer(*SEARCH, "--phases", text, "--quiet", "--study", "again.aann")
    assert hashes("again.aann") == hashes("planned.aann")
    # A word about the samples, and it is one annealing, as ever.
    plain = answer(*SEARCH, "--seconds", "1", "--jitter", "1", "--quiet", "--study", "plain.aann")
    assert "phases" not in plain["options"] and plain["complete"]


def test_refusals():
    begin = [*SEARCH, "--quiet", "--study", "refused.aann", "--phases"]
    refused(2, r"--dagger is one search: it goes not with --phases", *begin, "steps=10", "--dagger", "1")
    refused(2, r"--phases: phase 2: has no steps", *begin, "steps=10; jitter=1")
    refused(2, r"--phases: phase 1: there is no option 'jiter'", *begin, "steps=10 jiter=1")
    refused(2, r"--phases: phase 1: seed is the same in all phases", *begin, "steps=10 seed=3")
    refused(2, r"--phases: phase 1: steps: '0' is not a whole number in range", *begin, "steps=0")
    refused(2, r"--phases: '=' has none|not NAME=VALUE", *begin, "=")
    refused(2, r"'missing' is neither a file nor a text", *begin, "missing")
    refused(2, r"--phases: '\.' is neither a file", *begin, ".")
    refused(2, r"leave --steps away", *begin, "steps=10", "--steps", "5")
    refused(2, r"phases of the method genetic", *begin, "steps=10", "--method", "genetic")
    refused(2, r"phase 1: cooling is 1.5", *begin, "steps=10 cooling=1.5")
    with open("empty.txt", "w", encoding="utf-8") as file:
        file.write("# nothing\n")
    refused(2, r"--phases: empty.txt has none", *begin, "empty.txt")
    with open("binary.txt", "wb") as file:
        file.write(b"steps=1\0\0")
    refused(2, r"binary.txt is no text", *begin, "binary.txt")
    with open("table.csv", "w", encoding="utf-8") as file:
        file.write("a,b,kind\n" + "".join(f"{i % 7},{i % 3},{i % 2}\n" for i in range(200)))
    refused(2, r"--jitter: samples of .* have no places to move to", "search", "--data", "table.csv", "--quiet",
            "--phases", "steps=10; steps=10 jitter=1", "--study", "refused.aann")
    assert run("list", "refused.aann").returncode != 0


if __name__ == "__main__":
    main(globals())
