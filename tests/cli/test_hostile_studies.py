"""Studies that a stranger changed, each by every command: weights and saved searches of other counts with right
hashes, triggers, a view that never ends in the place of a table, a pipe as data. Every command answers, or says in one
line what is wrong, within seconds; nothing dies. (Numbers of saved searches: tests/family/test_strange_states.c.)

ctest-timeout: 300
ctest-labels: slow
"""
import os
import shutil
import sqlite3
import subprocess
import time

from program import PROGRAM, answer, good, hashes, main

SECONDS = 20  # that no command may take here
NET = ["--net", "6-3", "--threads", 1, "--quiet"]
COMMANDS = [
    ["list", "S"], ["show", "S", 1], ["show", "S", 3], ["eval", "S", 1], ["eval", "S", 3],
    ["save", "S", 1, "--out", "m.aannm"], ["weights", "S", 1, "--npz", "w.npz"], ["predict", "S", 1, "--data", "d.csv"],
    ["geometry", "S", "--family", 1], ["ensemble", "S", "--family", 1, "--all"],
    ["path", "S", 1, 2, "--points", 2, "--draws", 1, "--quiet"],
    ["walk", "S", 1, "--threshold", 1e-9, "--members", 1, "--every", 2, "--steps", 50, "--quiet"],
    ["search", "--start", "S:1", "--study", "t.aann", "--steps", 50, "--quiet"],
    ["resume", "S", "--quiet", "--seconds", 0.1, "--family", 3],
    ["resume", "S", "--quiet", "--seconds", 0.1, "--family", 4],
    ["resume", "S", "--quiet", "--family", 1, "--members", 4],
    ["search", "--data", "d.csv", *NET, "--sparsity", 50, "--steps", 50, "--study", "S"],
]


def base():
    """Family 1: members 1 and 2 with half of their weights 0. Family 2: members 3 and 4 all +1, of the same size. Then
    members 5 and 6 of families 3 and 4, the same two kinds, stopped in the middle."""
    with open("d.csv", "w", encoding="ascii") as file:
        file.write("a,b,c,d,label\n")
        file.writelines(f"{i % 7},{i % 5},{i * 3 % 11},{i * i % 13},{i % 3}\n" for i in range(150))
    search = ["search", "--data", "d.csv", "--test", "d.csv", *NET, "--study", "base.aann"]
    half, plus = ["--sparsity", 50], ["--sparsity", 0, "--excitatory", 1]
    good(*search, *half, "--members", 2, "--steps", 300, "--name", "half")
    good(*search, *plus, "--members", 2, "--steps", 1, "--name", "plus")
    for kind in (half, plus):
        good(*search, *kind, "--steps", 100000000, "--seconds", 0.3, "--name", "stopped")


def changed(*statements):
    """The base study with these changes, as s.aann."""
    for name in os.listdir():
        if name not in ("d.csv", "base.aann"):
            os.remove(name)
    shutil.copy("base.aann", "s.aann")
    connection = sqlite3.connect("s.aann")
    connection.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def by_every_command(says=None, commands=COMMANDS):
    """The commands on s.aann; returns what those said that failed. `says`: what each of them says."""
    shutil.copy("s.aann", "kept.aann")
    said = {}
    for command in commands:
        arguments = [str(word).replace("S", "s.aann") if str(word).startswith("S") else str(word) for word in command]
        shutil.copy("kept.aann", "s.aann")
        began = time.monotonic()
        result = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=100,
                                stdin=subprocess.DEVNULL)
        assert time.monotonic() - began < SECONDS, command
        lines = result.stderr.splitlines()
        assert result.returncode in (0, 1, 2), (command, result.returncode, result.stderr)
        assert "Sanitizer" not in result.stderr and "runtime error" not in result.stderr, result.stderr
        if result.returncode != 0:
            assert lines and lines[-1].startswith("aann: "), (command, result.stderr)
            said[" ".join(arguments)] = lines[-1]
        for name in ("t.aann", "m.aannm", "w.npz"):
            if os.path.exists(name):
                os.remove(name)
    if says is not None:
        assert len(said) == len(commands), said
        wrong = [line for line in said.values() if says not in line]
        assert not wrong, wrong
    return said


def test_as_it_is():
    base()
    changed()
    said = by_every_command()
    assert not said, said


def test_odd_weights():
    """Weights of other counts, with their right hash: each of the first three was a way to write beyond a buffer."""
    base()
    take = "UPDATE weights SET packed = (SELECT packed FROM weights WHERE member = {0}) WHERE member = {1}"
    name = "UPDATE member SET hash = (SELECT hash FROM member WHERE id = {0}) WHERE id = {1}"
    for source, target in ((3, 1), (1, 3), (6, 5)):
        changed(take.format(source, target), name.format(source, target))
        said = by_every_command()
        wrong = [line for line in said.values() if f"the weights of member {target}: layer 1 (6) has" not in line]
        assert said and not wrong, wrong


def test_odd_checkpoints():
    """The state of a search of other counts, with its right check sum; and half of one, and none."""
    base()
    take = "UPDATE checkpoint SET state = (SELECT state FROM checkpoint WHERE member = {0}) WHERE member = {1}"
    odd, cut = "the checkpoint is damaged: layer 1 (6) has", "substr(state, 1, length(state) / 2)"
    for change, says in ((take.format(6, 5), f"member 5: {odd}"), (take.format(5, 6), f"member 6: {odd}"),
                         (f"UPDATE checkpoint SET state = {cut}", "the checkpoint is damaged"),
                         ("UPDATE checkpoint SET state = zeroblob(length(state))", "the checkpoint is damaged"),
                         ("UPDATE checkpoint SET state = x''", "the checkpoint is")):
        changed(change)
        said = by_every_command()
        assert said and all(command.startswith("resume ") and says in line for command, line in said.items()), said


def test_triggers():
    base()
    for name, change in (("t", "AFTER UPDATE ON member BEGIN DELETE FROM family"),
                         ("t2", "AFTER INSERT ON weights BEGIN UPDATE member SET hash = '0000000000000000'")):
        changed(f"CREATE TRIGGER {name} {change}; END")
        by_every_command(f"s.aann: is not an aann study: the trigger {name} is no part of one")


def test_a_view_that_never_ends():
    """In the place of the members: whoever reads them counts for ever."""
    base()
    columns = sqlite3.connect("base.aann").execute("SELECT * FROM member").description
    values = ", ".join("n AS id" if name == "id" else f"1 AS {name}" for name, *_ in columns)
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
    changed("ALTER TABLE member RENAME TO m2", f"CREATE VIEW member AS {endless} SELECT {values} FROM r")
    by_every_command("s.aann: is not an aann study: the ")


def test_a_pipe_as_data():
    """A study that names a pipe into which nobody writes, in the place of its data."""
    base()
    changed("UPDATE family SET data = replace(data, 'd.csv', 'pipe')")
    os.mkfifo("pipe")
    readers = [command for command in COMMANDS if command[0] in ("eval", "walk", "resume")]
    by_every_command("pipe: is a pipe into which nobody writes", readers[1:4])  # each waits for three seconds


def test_numbers_of_rows():
    """Rows that refer to nothing, or to each other in a circle."""
    base()
    for change in ("UPDATE member SET parent = id", "UPDATE member SET parent = 3 - id, origin = 'walk' WHERE id < 3",
                   "UPDATE member SET family = 99 WHERE id = 2", "DELETE FROM weights WHERE member = 1",
                   "DELETE FROM family",
                   "UPDATE member SET steps = 9223372036854775807, accepted = -1 WHERE id IN (1, 5)",
                   "UPDATE OR IGNORE member SET member_index = 2147483647 WHERE id = 1"):
        changed("PRAGMA ignore_check_constraints = ON", change)
        by_every_command()
    changed("DELETE FROM checkpoint")
    said = by_every_command()
    assert not said, said
    assert len(hashes("s.aann")) == 1 and len(answer("list", "s.aann")["families"]) >= 4


main(globals())
