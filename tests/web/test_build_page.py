"""web/build_page.py removes what is no file of the page from its folder, and from no other one."""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["AANN_SOURCE_DIR"])


def build(folder: pathlib.Path, file: pathlib.Path) -> subprocess.CompletedProcess[str]:
    script, source = ROOT / "web/build_page.py", ROOT / "web/playground"
    command = [sys.executable, script, source, folder, file]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> None:
    with tempfile.TemporaryDirectory() as work:
        folder, file = pathlib.Path(work, "my folder"), pathlib.Path(work, "page.html")
        folder.mkdir()
        (folder / "letter.txt").write_text("mine")
        result = build(folder, file)
        assert result.returncode == 1 and "has no aann.wasm" in result.stderr, result
        assert [path.name for path in folder.iterdir()] == ["letter.txt"] and not file.exists()
        (folder / "aann.wasm").write_bytes(b"a module")
        result = build(folder, file)
        assert result.returncode == 0, result
        assert not (folder / "letter.txt").exists() and (folder / "js/main.js").exists()
        assert "</script>" in file.read_text(encoding="utf-8")
    print("web/test_build_page: passed")


if __name__ == "__main__":
    main()
