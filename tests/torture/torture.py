"""Disturbs every command that writes, in every way, and looks whether it kept its promises.

    torture.py --aann build/aann --fault build/libfault.so --seconds 60 --seed 1 [--only KIND] [--verbose]

Kinds: kill (SIGKILL at a random moment), signal (SIGINT, SIGTERM, SIGHUP), fault (the n-th write, read, sync,
rename, open or allocation fails), place (the study is moved, deleted or replaced while it is written), writers
(two at once), mutant (bytes of finished files changed). What must hold afterwards:

- the program was not ended by a signal that nobody sent it, and a failure is one line that begins with "aann: ";
- the study passes SQLite's integrity check, and members that were finished are there with the same weights;
- the same command, or `aann resume`, then ends with the same weights and files as if nothing had happened;
- nothing is left behind but the files that the command is for.

The last line is "N passed, N failed". A failure names the seed of its round: --seed S --rounds 1 repeats it.
"""

import argparse
import collections
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from tasks import (
    LIMIT,
    SEARCH,
    SOURCE,
    TRAIN,
    Bench,
    Broken,
    lasting_bytes,
    names_below,
    tasks,
    words,
)

FAULTS = ("write", "read", "sync", "rename", "open", "memory")


# ---- what must hold -----------------------------------------------------------------------------------------------


def check_messages(status, messages, allowed):
    """A failure is one line; what the program was not told to do, it does not die of."""
    if status not in allowed:
        raise Broken(
            f"exit status {status}, expected one of {sorted(allowed)}: {messages.strip()[-300:]}"
        )
    lines = [line for line in messages.splitlines() if line.startswith("aann: ")]
    if status == 1 and not lines and "Out of memory" in messages:
        return  # libarchive's own last words, when it finds no memory for a name
    if status == 1 and not lines:
        raise Broken(f"failed without a word: {messages.strip()[-300:]!r}")
    if re.search(r"Sanitizer|runtime error:", messages):
        raise Broken(messages.strip()[-2000:])


def check_study(bench, task, folder):
    """Whole, and what was finished is there."""
    path = os.path.join(folder, task.study)
    if not os.path.exists(path):
        if task.before:
            raise Broken("the study is gone")
        return
    if os.path.getsize(path) == 0 and not task.before:
        return  # killed between creating the file and its tables: an empty file, which the next search fills
    connection = sqlite3.connect(path)
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchall()
    except sqlite3.DatabaseError as reason:
        answer = reason
    finally:
        connection.close()
    if answer != [("ok",)]:
        raise Broken(f"integrity: {answer}")
    if os.path.getsize(path) == 0:
        return
    now = bench.members(task.study, folder) if has_tables(path) else {}
    for member, (state, weights) in task.before.items():
        if state == "done" and now.get(member) != (state, weights):
            raise Broken(f"member {member} was done with {weights}, and is {now.get(member)} now")


def has_tables(path):
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] > 0
    finally:
        connection.close()


def check_files(task, folder):
    """Each file is as it was before, or as it is in the end."""
    for name in task.files:
        path = pathlib.Path(folder) / name
        if path.exists() and lasting_bytes(path) != task.expected[name]:
            raise Broken(f"{name} is neither there nor whole")


def go_on(bench, task, folder):
    """The same outcome in the end, and nothing left behind."""
    started = task.study is None or bool(task.before) or has_members(bench, task, folder)
    bench.good(task.again if started else task.command, folder)
    found = task.outcome(bench, folder)
    if found != task.expected:
        different = [key for key in task.expected if found.get(key) != task.expected[key]]
        raise Broken(
            f"another outcome: {different}: {found.get('members')} instead of {task.expected.get('members')}"
        )
    left = names_below(folder) - task.names
    if task.name == "import":
        left.discard("i.aann-lock")  # stale and harmless; readers leave it to the next writer
    if left:
        raise Broken(f"left behind: {sorted(left)}")


def has_members(bench, task, folder):
    """Whether there is something to resume; else the command is given once more from the start."""
    path = os.path.join(folder, task.study)
    if not os.path.exists(path) or os.path.getsize(path) == 0 or not has_tables(path):
        return False
    found = bench.members(task.study, folder)
    if task.again != task.command and not found:
        os.remove(path)
    return bool(found)


# ---- kinds of disturbance -----------------------------------------------------------------------------------------


def kill(bench, task, folder, generator):
    process = bench.start(task.command, folder)
    time.sleep(generator.uniform(0.0, task.duration))
    process.kill()
    _, messages = process.communicate()
    check_messages(process.returncode, messages, {0, -signal.SIGKILL})
    finish(bench, task, folder)
    return "before the end" if process.returncode != 0 else "after the end"


def polite(bench, task, folder, generator):
    number = generator.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    process = bench.start(task.command, folder)
    time.sleep(generator.uniform(0.0, task.duration))
    process.send_signal(number)
    if generator.random() < 0.3:
        time.sleep(generator.uniform(0.0, 0.05))
        process.send_signal(
            number
        )  # `timeout` sends it to the group and to the process: twice within a moment
    try:
        _, messages = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Broken(f"does not stop at {number.name}") from None
    # Commands of a moment, and every command before it has begun, may be ended by the signal itself.
    check_messages(process.returncode, messages, {0, 1, -number})
    finish(bench, task, folder)
    return number.name


def fault(bench, task, folder, generator, kind=None, call=None, then_on=None):
    kind = kind or generator.choice([name for name in FAULTS if task.counts.get(name, 0) > 0])
    call = call or generator.randint(1, max(1, task.counts[kind]))
    then_on = generator.random() < 0.3 if then_on is None else then_on
    environment = {
        "LD_PRELOAD": bench.fault,
        "AANN_FAULT": f"{kind}:{call}{'+' if then_on else ''}",
    }
    status, _, messages = bench.run(task.command, folder, environment)
    check_messages(status, messages, {0, 1, 2})
    if (
        status != 0
        and len([line for line in messages.splitlines() if line.startswith("aann: ")]) > 2
    ):
        raise Broken(f"many lines: {messages}")
    if status == 0 and "note: the page lacks" in messages:  # said, so it may be another page
        (pathlib.Path(folder) / "page.html").unlink()
    finish(bench, task, folder)
    return f"{kind}:{call}"


def stored_members(path):
    """How many members a study has that somebody is writing."""
    if not os.path.exists(path):
        return 0
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT count(*) FROM member").fetchone()[0]
    except sqlite3.Error:
        return 0
    finally:
        connection.close()


def place(bench, task, folder, generator):
    """The study is moved, deleted or replaced by another under a running search."""
    how = generator.choice(["move", "delete", "replace"])
    other = os.path.join(folder, "other.aann")
    shutil.copy(OTHER["path"], other)
    how_long = words("--members 2 --steps 30000000 --study s.aann")
    process = bench.start([*SEARCH, *how_long], folder)
    path = os.path.join(folder, "s.aann")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not stored_members(path):
        time.sleep(0.01)
    time.sleep(generator.uniform(0.0, 0.3))
    if how == "move":
        os.rename(path, os.path.join(folder, "moved.aann"))
    elif how == "delete":
        os.remove(path)
    else:
        os.rename(other, path)
    try:
        _, messages = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Broken(f"{how}: goes on for ever") from None
    check_messages(process.returncode, messages, {1})
    if how == "replace":
        if bench.members("s.aann", folder) != OTHER["members"]:
            raise Broken("the study that took the name was changed")
        if (
            bench.good(["resume", "s.aann", "--quiet"], folder) is None
            or bench.members("s.aann", folder) != OTHER["members"]
        ):
            raise Broken("the study that took the name was changed when it was resumed")
    elif os.path.exists(path):
        raise Broken(f"{how}: the study was made again")
    if how == "move" and not bench.members("moved.aann", folder):
        raise Broken("what was moved lost its members")
    left = [
        name
        for name in os.listdir(folder)
        if name.startswith("s.aann-") and os.path.getsize(os.path.join(folder, name)) > 0
    ]
    if [name for name in left if not name.endswith("-unsaved") and not name.endswith("-shm")]:
        raise Broken(f"{how}: left behind: {left}")
    return how


def writers(bench, task, folder, generator):
    """Two at once: one does it, the other says that somebody else is writing."""
    first = bench.start(task.command, folder)
    time.sleep(generator.uniform(0.0, 0.5 * task.duration))
    status, _, messages = bench.run(task.again, folder)
    _, first_messages = first.communicate(timeout=LIMIT)
    check_messages(status, messages, {0, 1})
    check_messages(first.returncode, first_messages, {0, 1})
    if first.returncode != 0 and status != 0 and "writing" not in first_messages + messages:
        raise Broken(f"both failed: {first_messages} {messages}")
    finish(bench, task, folder)
    return "both" if status == 0 else "one"


def mutant(bench, task, folder, generator):
    """Bytes of a finished file changed: whatever reads it says so, or answers; nothing dies."""
    name = task.study or task.files[0]
    for file in [name] if os.path.exists(os.path.join(folder, name)) else []:
        os.remove(os.path.join(folder, file))
    shutil.copy(
        os.path.join(FINISHED[task.name], name), os.path.join(folder, os.path.basename(name))
    )
    path = pathlib.Path(folder) / os.path.basename(name)
    content = bytearray(path.read_bytes())
    for _ in range(generator.choice([1, 1, 2, 8, 64])):
        content[generator.randrange(len(content))] = generator.randrange(256)
    if generator.random() < 0.2:
        del content[generator.randrange(len(content)) :]
    path.write_bytes(content)
    readers = [
        ["list", path.name],
        ["show", path.name, "1"],
        ["eval", path.name, "1"],
        ["resume", path.name, "--quiet", "--seconds", "1"],
        ["geometry", path.name, "--no-keep"],
        ["walk", path.name, "1", "--members", "1", "--every", "2", "--steps", "50", "--quiet"],
    ]
    if not task.study:
        readers = [
            ["data", "show", path.name],
            ["import", path.name, "--data", TRAIN, "--net", "10", "--study", "new.aann"],
        ]
    for arguments in readers:
        status, _, messages = bench.run(arguments, folder)
        check_messages(status, messages, {0, 1, 2})
    return name


def finish(bench, task, folder):
    if task.study:
        check_study(bench, task, folder)
    check_files(task, folder)
    go_on(bench, task, folder)


KINDS = {
    "kill": kill,
    "signal": polite,
    "fault": fault,
    "place": place,
    "writers": writers,
    "mutant": mutant,
}
OTHER, FINISHED = {}, {}


def suits(kind, task):
    return {
        "place": task.name == "search",
        "writers": task.study is not None
        and task.name not in ("experiment", "import", "merge"),
        "mutant": task.name in ("search", "walk", "weights", "predict"),
    }.get(kind, True)


# ---- rounds -------------------------------------------------------------------------------------------------------


def one_round(bench, everything, folder, seed, only):
    """Returns (kind, task, what was done) of a round that went well."""
    generator = random.Random(seed)
    kinds = [
        kind
        for kind in ([only] if only in KINDS else KINDS)
        if any(suits(kind, task) for task in everything)
    ]
    kind = generator.choice(kinds)
    task = generator.choice([task for task in everything if suits(kind, task)])
    work = task.copy(folder, "round")
    try:
        return kind, task.name, KINDS[kind](bench, task, work, generator)
    except Broken as reason:
        raise Broken(f"seed {seed}: {kind} {task.name}: {reason}") from None
    finally:
        shutil.rmtree(work)


def measure_all(bench, folder, wanted):
    everything = [task for task in tasks() if not wanted or task.name in wanted]
    for task in everything:
        task.measure(bench, folder)
        FINISHED[task.name] = os.path.join(folder, f"{task.name}-undisturbed")
    other = os.path.join(folder, "other")
    os.mkdir(other)
    how = words("--members 1 --steps 500 --name other --study other.aann")
    bench.good([*SEARCH, *how], other)
    OTHER.update(path=os.path.join(other, "other.aann"), members=bench.members("other.aann", other))
    return everything


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--aann", default=os.environ.get("AANN", str(SOURCE / "build" / "aann")))
    parser.add_argument("--fault", required=True, help="the shared library made of fault.c")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--tasks", default="", help="names, separated by commas")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    bench = Bench(os.path.abspath(arguments.aann), os.path.abspath(arguments.fault))
    done, failed = collections.Counter(), 0
    end = time.monotonic() + arguments.seconds
    with tempfile.TemporaryDirectory(prefix="aann-torture-") as folder:
        everything = measure_all(bench, folder, set(filter(None, arguments.tasks.split(","))))
        for number in range(arguments.rounds):
            if number > 0 and time.monotonic() > end:
                break
            try:
                kind, name, what = one_round(
                    bench, everything, folder, arguments.seed + number, arguments.only
                )
                done[kind, name] += 1
                if arguments.verbose:
                    print(f"seed {arguments.seed + number}: {kind} {name}: {what}", flush=True)
            except Broken as reason:
                failed += 1
                print(f"FAILED: {reason}", flush=True)
    for kind in KINDS:
        names = {name: count for (other, name), count in sorted(done.items()) if other == kind}
        print(
            f"{kind:8} {sum(names.values()):6}   "
            + ", ".join(f"{name} {count}" for name, count in names.items())
        )
    print(f"{sum(done.values())} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
