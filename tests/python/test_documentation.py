"""What the documentation shows runs: docstrings, pages, notebooks; and the site builds.

Pages are text with blocks of Python: sessions with ">>>", which are doctested, and plain ones,
which are executed in order. "python notest" is for what takes hours.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SOURCES

import aann

PAGES = SOURCES / "docs" / "python"
NOTEBOOKS = sorted((PAGES / "notebooks").glob("*.md"))
FLAGS = doctest.NORMALIZE_WHITESPACE
TESTED_ELSEWHERE = {"family-study.md", "scikit-learn.md"}  # by the tests of what they describe

NEEDS = {
    "index.md": ["sklearn"],
    "tour.md": ["sklearn"],
    "driving.md": ["gymnasium"],
    "pytorch.md": ["torch"],
    "notebooks/family-study.md": ["sklearn", "matplotlib", "pandas"],
    "notebooks/scikit-learn.md": ["sklearn"],
    "notebooks/driving.md": ["gymnasium", "matplotlib"],
    "notebooks/objective.md": ["matplotlib"],
    "notebooks/pytorch.md": ["torch", "sklearn"],
    "notebooks/export.md": ["sklearn", "pandas"],
}


def modules():
    """All modules of the package but the compiled one."""
    found = pkgutil.walk_packages(aann.__path__, "aann.", onerror=lambda name: None)
    return sorted({"aann", *(module.name for module in found)} - {"aann._aann"})


def need(names):
    for name in names:
        pytest.importorskip(name)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder for the files that examples write, and no windows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    return tmp_path


@pytest.mark.parametrize("name", modules())
def test_docstrings(name, elsewhere):
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("aann"):
            raise
        pytest.skip(f"{missing.name} is not installed")
    failed, _ = doctest.testmod(module, optionflags=FLAGS)
    assert failed == 0


def blocks(text):
    """(first line, info, code) of each block of Python."""
    pattern = re.compile(
        r"^```(python(?: notest)?|\{code-cell\} ipython3)\n(.*?)^```$", re.DOTALL | re.MULTILINE
    )
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 2, match[1], match[2]


def run(path):
    """Runs the blocks of a page in one namespace; returns how many there were."""
    text = path.read_text(encoding="utf-8")
    space = {"__name__": "__page__"}
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    count = 0
    for line, info, code in blocks(text):
        if info == "python notest":
            continue
        count += 1
        if code.startswith(">>>"):
            test = doctest.DocTestParser().get_doctest(code, space, path.name, str(path), line - 1)
            test.globs = space  # what a session defines, the next one knows
            runner.run(test, clear_globs=False)
        else:
            padded = "\n" * (line - 1) + code
            exec(compile(padded, str(path), "exec"), space)
    assert runner.failures == 0
    return count


PAGE_NAMES = sorted(path.name for path in PAGES.glob("*.md") if path.name != "api.md")


@pytest.mark.parametrize("name", sorted(set(PAGE_NAMES) - TESTED_ELSEWHERE))
def test_pages(name, elsewhere):
    need(NEEDS.get(name, []))
    assert run(PAGES / name) > 0 or "```" not in (PAGES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks(path, elsewhere):
    need(NEEDS[f"notebooks/{path.name}"])
    assert run(path) > 1


def test_the_start_in_the_readme(elsewhere):
    need(["sklearn"])
    text = (SOURCES / "README.md").read_text(encoding="utf-8")
    found = [code for _, _, code in blocks(text)]
    assert len(found) == 1
    space = {}
    exec(compile(found[0], "README.md", "exec"), space)
    assert space["result"].validation.accuracy > 0.9


def test_the_reference_names_everything_public():
    text = (PAGES / "api.md").read_text(encoding="utf-8")
    missing = [
        name
        for name in aann.__all__
        if f"aann.{name}" not in text and name not in ("__version__", "isa_names")
    ]
    assert missing == []
    modules = "datasets errors executors export gallery geometry gym nulls plot torch"
    for name in modules.split():
        assert f"automodule:: aann.{name}\n" in text


def test_a_wrong_example_is_noticed(elsewhere):
    page = elsewhere / "page.md"
    page.write_text("```python\n>>> 1 + 1\n3\n\n```\n")
    with pytest.raises(AssertionError):
        run(page)
    page.write_text("```{code-cell} ipython3\nraise KeyError\n```\n")
    with pytest.raises(KeyError):
        run(page)


@pytest.mark.slow
def test_the_site_builds(tmp_path):
    """Every notebook in a kernel, every docstring through autodoc, warnings are errors."""
    need(["sphinx", "myst_nb", "ipykernel", "sklearn", "gymnasium", "matplotlib", "pandas"])
    script = SOURCES / "scripts" / "build_docs.sh"
    if not script.exists():
        pytest.skip("no scripts here")
    done = subprocess.run(
        [script, "--python", sys.executable, "--out", tmp_path / "site"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "docs" / "python" / "api.html").read_text(encoding="utf-8")
    assert "aann.minimize" in page and "SenseClassifier" in page
    notebooks = tmp_path / "site" / "docs" / "python" / "notebooks"
    notebook = (notebooks / "objective.html").read_text(encoding="utf-8")
    assert "the pole stands" in notebook
    assert Path(tmp_path / "site" / "index.html").exists()
