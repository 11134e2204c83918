"""aann-mpi under the mpirun of Open MPI and of MPICH, whichever is installed: any number of ranks, killed and resumed in
every way, has the result of one process. Skipped where there is neither.

ctest-timeout: 600
ctest-labels: release slow
"""
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from program import PROGRAM, SANITIZED, SEARCH, SOURCE, answer, good, main, refused
from test_merge import QUERIES, content, same

BUILD = pathlib.Path(os.environ.get("AANN_BINARY_DIR", pathlib.Path(PROGRAM).parent))
MPIS = {name: paths for name in ("openmpi", "mpich")
        if all(paths := (shutil.which(f"mpicc.{name}"), shutil.which(f"mpirun.{name}")))}
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_btl_base_warn_component_unused": "0",
               "OMPI_MCA_mpi_yield_when_idle": "1", "AANN_GALLERY": str(SOURCE / "gallery")}
FAMILY = [*SEARCH, "--steps", 1500, "--members", 7, "--threads", "1", "--quiet"]


def compiled(name):
    """aann-mpi for this MPI, from the library that is built."""
    path = BUILD / "tests" / f"aann-mpi-{name}"
    parts = [BUILD / "libaann_cli.a", BUILD / "libaann.a"]
    newest = max(part.stat().st_mtime for part in [*parts, *(SOURCE / "src" / "mpi").iterdir()])
    if not path.exists() or path.stat().st_mtime < newest:
        modules = "sqlite3 zlib jansson libarchive libcurl libpng libjpeg libwebp libwebpmux cairo".split()
        libraries = subprocess.run(["pkg-config", "--libs", *modules], capture_output=True, text=True, check=True).stdout.split()
        subprocess.run([MPIS[name][0], "-std=c17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-I", SOURCE / "include",
                        "-I", SOURCE / "src", *sorted((SOURCE / "src" / "mpi").glob("*.c")), *parts, *libraries, "-lpthread", "-lm",
                        "-o", path], check=True)
    return str(path)


def command(name, ranks, *arguments):
    return [MPIS[name][1], "-n", str(ranks), compiled(name), *map(str, arguments)]


def under(name, ranks, *arguments):
    result = subprocess.run(command(name, ranks, *arguments), capture_output=True, text=True, timeout=400, env=ENVIRONMENT,
                            check=False)
    assert result.returncode == 0, (name, ranks, arguments, result)
    return result.stdout


def start(name, ranks, *arguments):
    return subprocess.Popen(command(name, ranks, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=ENVIRONMENT, start_new_session=True)


def ranks_of(process, name):
    """The processes of the program below mpirun."""
    found, parents = [], {}
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            pass
    for pid in parents:
        ancestor = pid
        while ancestor in parents and ancestor != process.pid:
            ancestor = parents[ancestor]
        try:
            if ancestor == process.pid and os.readlink(f"/proc/{pid}/exe") == compiled(name):
                found.append(pid)
        except OSError:
            pass
    return sorted(found)


def running(study):
    """How many members have begun and not ended."""
    try:
        database = sqlite3.connect(f"file:{study}?mode=ro", uri=True)
        try:
            return database.execute("SELECT count(*) FROM member WHERE steps > 0 AND state = 'running'").fetchone()[0]
        finally:
            database.close()
    except sqlite3.Error:
        return 0


def wait_until(condition, seconds=60):
    end = time.time() + seconds
    while not condition():
        assert time.time() < end, "waited for too long"
        time.sleep(0.01)


def test_any_number_of_ranks():
    """Any number is distributed_ranks' affair, without MPI; here the first MPI has several, another has three."""
    answer(*FAMILY, "--study", "plain.aann")
    for place, name in enumerate(MPIS):
        for ranks in (1, 2, 4) if place == 0 else (3,):
            study = f"{name}{ranks}.aann"
            under(name, ranks, *FAMILY, "--study", study)
            same(study, "plain.aann")


def test_together():
    """One member over the ranks: killed and resumed with others, the hash of one process."""
    family = [*SEARCH, "--steps", 500, "--members", 2, "--threads", "1", "--quiet", "--jitter", "1"]
    answer(*family, "--study", "plain.aann")
    for place, name in enumerate(MPIS):
        study = f"{name}-whole.aann"
        under(name, 2 + place, *family, "--study", study, "--together")
        same(study, "plain.aann")
        study = f"{name}.aann"
        process = start(name, 3, *family, "--study", study, "--together", "--checkpoint-seconds", "0.02")
        wait_until(lambda study=study, process=process: process.poll() is not None or running(study) > 0)
        for pid in ranks_of(process, name)[1:2]:
            os.kill(pid, signal.SIGKILL)
        process.wait(timeout=100)
        under(name, 2, "resume", study, "--together", "--threads", "1", "--quiet")
        same(study, "plain.aann")
    refused(2, "--together is for several processes", *family, "--study", "no.aann", "--together")


def test_members_are_shared():
    """Two members that take long begin at the same time on two ranks of one thread, and both report."""
    for name in MPIS:
        study = f"{name}.aann"
        process = start(name, 2, *SEARCH, "--steps", 5000000, "--members", 2, "--threads", 1, "--study", study, "--quiet",
                        "--checkpoint-seconds", "0.1")
        wait_until(lambda study=study: running(study) == 2)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def test_kills():
    """kill -9 of one rank and of all, SIGTERM: the study goes on with any number of ranks, and ends the same."""
    steps = 60000
    family = [*SEARCH, "--steps", steps, "--members", 4, "--threads", "1", "--quiet"]
    answer(*family, "--study", "plain.aann")
    generator = random.Random(1)
    for name in MPIS:
        study = f"{name}.aann"
        fast = ["--checkpoint-seconds", "0.05"]
        process = start(name, 3, *family, *fast, "--study", study)
        wait_until(lambda study=study: running(study) > 0)
        kills = 0
        before = None
        for how in ("last", "all", "first", "term", "middle"):
            wait_until(lambda study=study, process=process, before=before:
                       process.poll() is not None or content(study)[3] != before)
            time.sleep(generator.uniform(0.0, 0.3))
            pids = ranks_of(process, name)
            if process.poll() is not None:
                break
            kills += 1
            if how == "term":
                process.send_signal(signal.SIGTERM)
            else:
                pick = {"last": pids[-1:], "first": pids[:1], "middle": pids[1:2], "all": [*pids, process.pid]}[how]
                for pid in pick:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            process.wait(timeout=60)
            wait_until(lambda process=process: not ranks_of(process, name))
            before = content(study)[3]
            process = start(name, generator.randint(1, 4), "resume", study, "--threads", "1", "--quiet", *fast)
        process.wait(timeout=200)
        assert kills >= 1, "it ended before the first kill"
        good("resume", study, "--threads", "1", "--quiet")
        same(study, "plain.aann")


def chains(study):
    """Of each walk what its members are, whatever their ids."""
    database = sqlite3.connect(study)
    rows = database.execute("SELECT id, parent, seed, member_index, state, steps, accepted, swaps_from_parent, hash, train_loss,"
                            " validation_accuracy, test_loss FROM member WHERE origin = 'walk' ORDER BY id").fetchall()
    database.close()
    walks = {}
    for row in rows:
        walks.setdefault(row[2], []).append(row)
    for walk in walks.values():
        assert all(later[1] == earlier[0] for earlier, later in zip(walk, walk[1:])), walk
        walk[:] = [row[2:] for row in walk]
    return walks


def test_walks():
    """Walks that were begun go on at the same time on several ranks, and are those that one process goes."""
    answer(*SEARCH, "--steps", 3000, "--members", 1, "--threads", "1", "--quiet", "--study", "begun.aann")
    for seed in (1, 2, 3):
        good("walk", "begun.aann", 1, "--seed", seed, "--members", 6, "--every", 10, "--loss", 1.6, "--seconds", "0.1",
             "--checkpoint-seconds", "0.05", "--threads", "1", "--quiet")
    shutil.copy("begun.aann", "plain.aann")
    good("resume", "plain.aann", "--threads", "1", "--quiet")
    expected = chains("plain.aann")
    assert set(expected) == {1, 2, 3} and all(len(walk) == 6 for walk in expected.values()), expected
    for name in MPIS:
        study = f"{name}.aann"
        shutil.copy("begun.aann", study)
        process = start(name, 3, "resume", study, "--threads", "1", "--quiet", "--checkpoint-seconds", "0.05")
        # MPI has started when something is stored; to kill a rank before can leave mpirun waiting for it.
        wait_until(lambda study=study, process=process: process.poll() is not None or content(study)[1] != content("begun.aann")[1])
        for pid in ranks_of(process, name)[-1:]:
            os.kill(pid, signal.SIGKILL)
        process.wait(timeout=100)
        under(name, 2, "resume", study, "--threads", "1", "--quiet")
        assert chains(study) == expected


def test_connect():
    """The paths of a round are found at the same time, and after a kill the rest of them: those of one process."""
    few = ["--candidates", 4, "--repairs", 4, "--doublings", 2, "--tolerance", "0.02", "--threads", "1", "--quiet"]
    answer(*SEARCH, "--steps", 3000, "--members", 4, "--threads", "1", "--quiet", "--study", "begun.aann")
    shutil.copy("begun.aann", "plain.aann")
    good("connect", "plain.aann", *few)

    def paths(study):
        found = answer("connect", study, "--show", *few[:-3])
        assert found["complete"]
        return [{**path, "top": 0} for path in found["paths"]], [level["loss"] for level in found["levels"]]

    for name in MPIS:
        study = f"{name}.aann"
        shutil.copy("begun.aann", study)
        before = content(study)[1]
        process = start(name, 3, "connect", study, *few)
        wait_until(lambda study=study, process=process, before=before: process.poll() is not None or content(study)[1] != before)
        for pid in ranks_of(process, name)[-1:]:
            os.kill(pid, signal.SIGKILL)
        process.wait(timeout=100)
        under(name, 2, "connect", study, *few)
        assert paths(study) == paths("plain.aann")


def test_experiment():
    """The questions of an experiment: tables and report of one process."""
    try:
        from test_experiment import TABLES, everything, experiment, settings, without_seconds
    except SystemExit:
        print("  skipped: no numpy")
        return
    path = os.path.abspath(settings(baselines=None))  # whose table in the report has seconds
    answer(*experiment("plain", path=path))
    expected = without_seconds(everything("plain"), [*TABLES[1:], "report.md"])
    for name in MPIS:
        under(name, 3, *experiment(name, "--threads", "1", path=path))
        assert without_seconds(everything(name), [*TABLES[1:], "report.md"]) == expected, name


def test_drive():
    """The tracks of a drive: the same laps."""
    drive = ["drive", "gallery:driver", "--tracks", "1000:1034", "--json"]
    expected = answer(*drive)
    for name in MPIS:
        assert json.loads(under(name, 3, *drive).splitlines()[-1]) == expected


def test_moved_data():
    """The ranks find data that have moved since the family was stored, and a failure there is told in one line."""
    shutil.copytree(pathlib.Path(SEARCH[2]).parent, "first")
    train = pathlib.Path(SEARCH[2]).name
    family = ["search", "--data", f"first/{train}", *SEARCH[3:], "--steps", 2000, "--members", 4, "--threads", "1", "--quiet"]
    answer(*family, "--study", "plain.aann")
    for name in MPIS:
        study = f"{name}.aann"
        good(*family, "--study", study, "--members", 1)
        os.rename("first", "second")
        under(name, 3, "resume", study, "--data", f"second/{train}", "--members", 4, "--threads", "1", "--quiet")
        assert content(study)[1] == content("plain.aann")[1]
        os.rename("second", "first")


if __name__ == "__main__":
    if not MPIS or SANITIZED:
        print("skipped: no MPI (mpicc.openmpi or mpicc.mpich), or a sanitizer's build")
        sys.exit(77)
    assert QUERIES
    main(globals())
