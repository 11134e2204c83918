"""Studies that released programs left open, list, and finish with the weights that those programs found.

ctest-timeout: 300
ctest-labels: release
"""
import json
import os
import shutil

from make_golden_study import FOLDER, finish, members
from program import answer, good, main


def golden():
    found = sorted(FOLDER.glob("*.json"))
    assert found, "no golden studies"
    return [json.loads(path.read_text(encoding="ascii")) for path in found]


def test_they_open():
    for study in golden():
        shutil.copy(FOLDER / f"{study['version']}.aann", "s.aann")
        assert members("s.aann") == study["members"], study["version"]
        good("show", "s.aann", 1)
        assert answer("weights", "s.aann", 1, "--npz", "w.npz")["arrays"]


def test_they_finish_with_the_same_weights():
    if os.environ.get("AANN_SANITIZE"):  # minutes, for what test_resume.py and test_walk.py run there
        return
    for study in golden():
        shutil.copy(FOLDER / f"{study['version']}.aann", "s.aann")
        found = finish("s.aann")
        different = {number: (found.get(number), wanted) for number, wanted in study["finished"].items() if found.get(number) != wanted}
        assert found == study["finished"], (study["version"], different)


if __name__ == "__main__":
    main(globals())
