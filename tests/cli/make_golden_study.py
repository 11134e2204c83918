"""Writes tests/cli/golden/VERSION.aann and .json: a study as the program of this version leaves it.

    AANN=build/aann python3 tests/cli/make_golden_study.py 0.2.0

Done once for each release, with that release's program; test_golden_studies.py opens all of them for ever. The study has
finished members, members stopped in the middle (by the search and by the genetic algorithm), and a walk that has not
ended. The JSON has the hashes of all members as they are, and as they are once everything is finished, which the same
program finds out here on a copy.
"""
import json
import os
import pathlib
import shutil
import sys
import tempfile

from program import SEARCH, SOURCE, TEST, TRAIN, answer, run

PLACE = pathlib.Path("/tmp/golden")
FOLDER = SOURCE / "tests" / "cli" / "golden"


def members(study):
    return {str(member["id"]): [member["state"], member["steps"], member["hash"]]
            for family in answer("list", study)["families"] for member in family["members"]}


def finish(study):
    """Everything that is unfinished, with the data where they are now; returns what the members are then."""
    for family in answer("list", study)["families"]:
        answer("resume", study, "--family", family["family"], "--data", TRAIN, "--test", TEST, "--quiet")
    return members(study)


def copied_data():
    """The search on copies at a place that says nothing of this machine: a study keeps the full paths of its data."""
    PLACE.mkdir(exist_ok=True)
    words = []
    for word in SEARCH:
        if word in (TRAIN, TEST):
            for name in (word, word.replace("images-idx3", "labels-idx1")):
                shutil.copy(name, PLACE)
            word = str(PLACE / os.path.basename(word))
        words.append(word)
    return words


def main():
    version = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        search = copied_data()
        answer(*search, "--members", 2, "--steps", 3000, "--quiet", "--study", "s.aann")
        answer(*search, "--members", 2, "--steps", 100000, "--seconds", 0.4, "--name", "stopped", "--quiet", "--study", "s.aann")
        answer(*search, "--method", "genetic", "--steps", 20000, "--seconds", 0.4, "--name", "bred", "--quiet", "--study", "s.aann")
        run("walk", "s.aann", 1, "--members", 40, "--every", 12, "--steps", 20000, "--threshold", 20, "--seconds", 0.5, "--quiet")
        now = members("s.aann")
        assert {"done", "running"} <= {state for state, _, _ in now.values()}, now
        shutil.copy("s.aann", FOLDER / f"{version}.aann")
        recorded = {"version": version, "members": now, "finished": finish("s.aann")}
        (FOLDER / f"{version}.json").write_text(json.dumps(recorded, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
