"""A family searched in shards and merged: the study of one machine, row by row; parts that do not fit are refused.

ctest-timeout: 300
"""
import os
import shutil
import sqlite3
import subprocess

from program import PROGRAM, SEARCH, SOURCE, answer, good, made_study, main, refused, run, without_sanitizers

STEPS = 1500
FAMILY = [*SEARCH, "--steps", STEPS, "--threads", "1", "--quiet"]
MEMBERS = ["--members", "7"]

# Everything that a study records but seconds and the time of creation.
QUERIES = (
    "SELECT id, name, task, spec, input_channels, input_height, input_width, excitatory_share, data, options,"
    " software FROM family",
    "SELECT id, family, member_index, seed, state, origin, parent, swaps_from_parent, steps, accepted, hash, train_loss,"
    " train_accuracy, validation_loss, validation_accuracy, test_loss, test_accuracy FROM member",
    "SELECT member, packed FROM weights",
    "SELECT member, state FROM checkpoint",
    "SELECT member, step, temperature, train_loss, train_accuracy, validation_loss, validation_accuracy, accepted,"
    " evaluated_samples, layers FROM trace ORDER BY member, step",
)


def content(study):
    database = sqlite3.connect(study)
    try:
        return [database.execute(query).fetchall() for query in QUERIES]
    finally:
        database.close()


def same(study, other):
    for found, expected in zip(content(study), content(other)):
        assert found == expected, (study, other)


def change(study, statement):
    database = sqlite3.connect(study)
    database.execute(statement)
    database.commit()
    database.close()


def parts(count=3, *, extra=()):
    names = []
    for i in range(1, count + 1):
        names.append(f"part{i}.aann")
        if os.path.exists(names[-1]):
            os.remove(names[-1])
        made_study(names[-1], *FAMILY, *MEMBERS, "--shard", f"{i}/{count}", *extra)
    return names


def test_same_as_one_machine():
    made_study("one.aann", *FAMILY, *MEMBERS)
    names = parts()
    result = answer("merge", "whole.aann", *names)
    assert (result["members"], result["finished"], result["taken"], result["again"]) == (7, 7, 7, 0), result
    same("whole.aann", "one.aann")
    answer("merge", "other.aann", *reversed(names))
    same("other.aann", "one.aann")
    for shards in (7, 1):  # as many as members, and one
        answer("merge", f"of{shards}.aann", *parts(shards))
        same(f"of{shards}.aann", "one.aann")
    # What is merged grows as what one machine has searched.
    for study in ("whole.aann", "one.aann"):
        good("resume", study, "--members", 9, "--threads", 1, "--quiet")
    same("whole.aann", "one.aann")


@without_sanitizers
def test_starts():
    """Members that start from given networks: no study but the start's has these."""
    made_study("start.aann", *FAMILY, "--members", "2")
    family = ["search", "--start", "start.aann:1,2", "--members", "5", "--steps", 600, "--temperature", "1e-5", "--threads", "1",
              "--quiet"]
    answer(*family, "--study", "one.aann")
    for i in (1, 2):
        answer(*family, "--study", f"part{i}.aann", "--shard", f"{i}/2")
    refused(2, "missing members start from networks", "merge", "whole.aann", "part2.aann", "--partial")
    answer("merge", "whole.aann", "part2.aann", "part1.aann")
    same("whole.aann", "one.aann")


def test_stopped_before_the_first_candidate():
    """Parts whose members have a checkpoint and no step yet: the time was over when their samples were ready."""
    made_study("start.aann", *FAMILY, "--members", "2")
    for i in (1, 2):
        good(*SEARCH, "--start", "start.aann:1,2", "--members", "2", "--steps", STEPS, "--copies", "60", "--copy-warp", "0.1",
             "--first-samples", "0", "--threads", "1", "--quiet", "--seconds", "0.1", "--study", f"part{i}.aann", "--shard", f"{i}/2")
        database = sqlite3.connect(f"part{i}.aann")
        assert database.execute("SELECT steps FROM member JOIN checkpoint ON member = id").fetchall() == [(0,)]
        database.close()
    assert answer("merge", "whole.aann", "part1.aann", "part2.aann")["members"] == 2


@without_sanitizers
def test_interrupted_parts():
    """A part with checkpoints: the whole goes on from them, or gets the rest later."""
    made_study("one.aann", *FAMILY, *MEMBERS)
    first, second, third = parts()
    long = [*SEARCH, "--steps", STEPS * 40, "--members", "3", "--threads", "1", "--quiet", "--checkpoint-seconds", "0.05"]
    good(*long, "--seconds", "0.1", "--study", "a.aann", "--shard", "1/2")
    answer(*long, "--study", "b.aann", "--shard", "2/2")
    result = answer("merge", "half.aann", "a.aann", "b.aann")
    assert result["finished"] < 3, result
    shutil.copy("half.aann", "later.aann")
    good("resume", "half.aann", "--quiet", "--threads", "1")
    good("resume", "a.aann", "--quiet", "--threads", "1")
    result = answer("merge", "later.aann", "a.aann")
    assert result["finished"] == 3, result
    answer(*long, "--study", "whole.aann")
    same("half.aann", "whole.aann")
    same("later.aann", "whole.aann")
    # A part that is not there at all.
    result = answer("merge", "partial.aann", first, third, "--partial")
    assert (result["missing"], result["finished"]) == (2, 5), result
    shutil.copy("partial.aann", "resumed.aann")
    good("resume", "resumed.aann", "--quiet", "--threads", "1")
    same("resumed.aann", "one.aann")
    refused(1, r"missing: shards 2 of 3", "merge", "partial.aann", third)
    answer("merge", "partial.aann", second)
    same("partial.aann", "one.aann")


@without_sanitizers
def test_duplicates():
    made_study("one.aann", *FAMILY, *MEMBERS)
    names = parts()
    shutil.copy(names[0], "copy.aann")
    result = run("merge", "whole.aann", *names, "copy.aann", "--json")
    assert result.returncode == 0 and result.stderr == "aann: copy.aann: nothing new, its members are there already\n", result
    same("whole.aann", "one.aann")
    # Again into the same, and with itself among the parts.
    answer("merge", "whole.aann", "whole.aann", *names, "--quiet")
    same("whole.aann", "one.aann")
    # Two results for one member: one of them is wrong.
    change("copy.aann", "UPDATE member SET accepted = accepted + 1 WHERE id = 1")
    refused(1, "copy.aann: member 1 has hash .* one of them is wrong", "merge", "new.aann", *names, "copy.aann")
    assert not os.path.exists("new.aann")


def test_other_plans():
    names = parts()
    answer(*FAMILY[:-3], "--steps", STEPS + 1, "--threads", 1, "--quiet", *MEMBERS, "--shard", "2/3", "--study", "steps.aann")
    answer(*FAMILY, *MEMBERS, "--shard", "2/3", "--study", "samples.aann", "--samples", "300")
    answer(*FAMILY, "--members", "8", "--shard", "2/3", "--study", "members.aann")
    answer(*FAMILY, *MEMBERS, "--shard", "2/4", "--study", "shards.aann")
    answer(*FAMILY, *MEMBERS, "--shard", "2/3", "--study", "threshold.aann", "--threshold", "0.01")
    shutil.copy(names[1], "two.aann")
    answer(*FAMILY, *MEMBERS, "--shard", "2/3", "--study", "two.aann")
    for study, word in (("steps", "options.steps is 1501, not 1500"), ("samples", "data.split.train is"),
                        ("members", "options.members is 8, not 7"), ("shards", "one of 4 shards, the others are of 3"),
                        ("threshold", "options.threshold is"), ("two", "has 2 families; expected")):
        refused(2, f"{study}.aann: .*{word}", "merge", "whole.aann", names[0], f"{study}.aann", names[2])
        assert not os.path.exists("whole.aann")
    answer("merge", "whole.aann", *names)
    before = content("whole.aann")
    refused(2, "options.steps is 1501", "merge", "whole.aann", "steps.aann")
    assert content("whole.aann") == before


def test_part_as_whole():
    """The name of the whole was forgotten: no part is changed."""
    names = parts(2)
    before = content(names[0])
    refused(2, r"part1.aann: is itself shard 1 of 2; expected a new study", "merge", *names)
    refused(2, r"part1.aann: is itself shard 1 of 2; expected a new study", "merge", *names, "--partial")
    assert content(names[0]) == before


def test_hostile_parts():
    names = parts()
    for statement, status, word in (
            ("UPDATE member SET member_index = 1", 1, "is damaged"),
            ("UPDATE member SET member_index = 99 WHERE id = 1", 1, "member 1 is none that its search can have"),
            ("UPDATE member SET member_index = -3 WHERE id = 1", 1, "none that its search"),
            ("UPDATE member SET member_index = 3 WHERE id = 1", 1, "has the index of another"),
            ("UPDATE member SET seed = 4", 1, "none that its search"),
            ("UPDATE member SET steps = 100000 WHERE id = 2", 1, "none that its search"),
            ("UPDATE member SET steps = 0 WHERE id = 2", 1, "none that its search"),
            ("UPDATE member SET accepted = steps + 1 WHERE id = 2", 1, "none that its search"),
            ("UPDATE member SET validation_accuracy = 7.5 WHERE id = 2", 1, "none that its search"),
            ("UPDATE member SET train_loss = 9e999 WHERE id = 2", 1, "none that its search"),
            ("UPDATE member SET seconds = -5 WHERE id = 2", 1, "none that its search"),
            ("UPDATE trace SET step = 999999 WHERE member = 2 AND step = 1500", 1, "member 2 has a history beyond"),
            ("UPDATE member SET state = 'running' WHERE id = 2", 1, "member 2 has no checkpoint"),
            ("INSERT INTO checkpoint VALUES (2, 0, x'00')", 1, "member 2 has a needless checkpoint"),
            ("UPDATE member SET hash = '0123456789abcdef' WHERE id = 2", 1, "member 2 are damaged"),
            ("UPDATE weights SET packed = x'00'", 1, "is damaged"),
            ("UPDATE member SET origin = 'walk', parent = 1 WHERE id = 2", 2, "member 2 comes from a walk"),
            ("UPDATE member SET parent = 1 WHERE id = 2", 2, "member 2 comes from member 1 of the same study"),
            ("UPDATE family SET options = json_insert(options, '$.walks', json('[{\"start\":1,\"seed\":1,\"members\":5,"
             "\"every\":10,\"steps\":100,\"threshold\":0.1,\"loss\":0.0}]'))", 2, "has a walk from member 1"),
            ("UPDATE family SET options = json_set(options, '$.shard', json('[0,3]'))", 1, "shard is damaged"),
            ("UPDATE family SET options = json_set(options, '$.shard', json('[1,1000000000000]'))", 1, "shard is damaged"),
            ("UPDATE family SET options = json_set(options, '$.members', 1000000)", 2, "options.members is 1000000"),
            ("UPDATE family SET options = 'x'", 1, "damaged"),
            ("DELETE FROM family", 2, "part1.aann: has 0 families|is damaged|expected")):
        shutil.copy(names[0], "bad.aann")
        change("bad.aann", "PRAGMA foreign_keys = OFF")
        change("bad.aann", statement)
        result = run("merge", "whole.aann", names[1], names[2], "bad.aann")
        lines = result.stderr.splitlines()
        assert result.returncode == status and len(lines) == 1 and "bad.aann" in lines[0], (statement, result)
        assert any(w in lines[0] for w in word.split("|")), (statement, lines)
        assert not os.path.exists("whole.aann")
    # A plan of a million members and a few rows: refused before anything is made.
    change("bad.aann", "PRAGMA user_version = 1")
    shutil.copy(names[0], "bad.aann")
    change("bad.aann", "UPDATE family SET options = json_set(options, '$.members', 1000000)")
    refused(1, "missing: shards 2-3 of 3 .* with 999997 of 1000000 members", "merge", "whole.aann", "bad.aann")
    # One member of a shard is not there, and it is not the first.
    shutil.copy(names[0], "bad.aann")
    change("bad.aann", "DELETE FROM member WHERE id = 2")
    refused(1, "missing: shards 1 of 3 .* with 1 of 7 members", "merge", "whole.aann", *names[1:], "bad.aann")
    with open("text.aann", "w", encoding="utf-8") as file:
        file.write("no study\n" * 100)
    refused(1, "text.aann: ", "merge", "whole.aann", *names, "text.aann")
    refused(1, "none.aann: there is no such study", "merge", "whole.aann", *names, "none.aann")
    with open(names[2], "rb") as whole, open("cut.aann", "wb") as cut:
        cut.write(whole.read()[:-5000])
    refused(1, "cut.aann", "merge", "whole.aann", *names[:2], "cut.aann")
    assert not os.path.exists("whole.aann")


def test_bad_shards():
    for shard in ("0/3", "4/3", "3", "a/3", "1/3x", "-1/3", "1/0", "1/", "/3", "0x1/3", "1/99999999999999999999"):
        refused(2, "--shard", *FAMILY, *MEMBERS, f"--shard={shard}")
    refused(2, "shard 8 of 9 of a family of 7", *FAMILY, *MEMBERS, "--shard", "8/9")
    refused(2, "cannot choose its steps by the clock", *SEARCH, "--seconds", "1", "--members", "3", "--shard", "1/3", "--quiet")
    refused(2, "goes not with --shard", *FAMILY, *MEMBERS, "--shard", "1/3", "--dagger", "2")
    refused(2, "missing|expected|usage", "merge", "whole.aann")


@without_sanitizers
def test_job_array():
    """The script of examples/cluster, run as a shell runs it; one job comes again, one was killed as it began."""
    script = str(SOURCE / "examples" / "cluster" / "array.sh")
    made_study("one.aann", *FAMILY, *MEMBERS)
    environment = {**os.environ, "AANN": PROGRAM, "JOBS": "3", "SEARCH": " ".join(map(str, [*FAMILY[1:], *MEMBERS]))}
    os.mkdir("parts")
    with open("parts/00003.aann", "wb"):
        pass
    for job in ("1", "2", "3", "2"):
        subprocess.run(["bash", script], env={**environment, "JOB": job}, check=True, stdout=subprocess.DEVNULL, timeout=120)
    answer("merge", "whole.aann", *sorted(f"parts/{name}" for name in os.listdir("parts")))
    same("whole.aann", "one.aann")


if __name__ == "__main__":
    main(globals())
