"""A Python with the packages of requirements-onnx.txt: a venv, made once in the build folder.

The exit status is 77 (the test is skipped) where PyPI cannot be reached.
"""
import hashlib
import os
import pathlib
import subprocess
import sys

REQUIREMENTS = pathlib.Path(__file__).with_name("requirements-onnx.txt")


def python():
    """The path of that Python."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = pathlib.Path(os.environ["AANN_BINARY_DIR"]) / f"venv-onnx-{key}"
    program = folder / "bin" / "python"
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        done = subprocess.run([str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                               "--only-binary", ":all:", "--requirement", str(REQUIREMENTS)],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"skipped: {REQUIREMENTS.name} cannot be installed:\n{done.stderr}")
            sys.exit(77)
        (folder / "complete").touch()
    return program


def ensure():
    """Goes on with that Python instead of this one, if this one lacks the packages."""
    if os.environ.get("AANN_SANITIZE"):
        print("skipped: the release build compares with ONNX Runtime")
        sys.exit(77)
    if os.environ.get("AANN_ONNX_PYTHON") != "1":
        program = python()
        os.environ["AANN_ONNX_PYTHON"] = "1"
        os.execv(program, [str(program), *sys.argv])
