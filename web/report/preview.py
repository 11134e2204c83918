"""Joins the page's parts and a file of data, as the program does: preview.py DATA.json > page.html

The parts are listed in parts.txt; template.html says where style, script and data go. The C library
holds the same two texts, before and after the data (cmake/embed_page.cmake).
"""

from __future__ import annotations

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
STYLE, SCRIPT, DATA = "/*AANN-STYLE*/", "/*AANN-SCRIPT*/", "<!--AANN-DATA-->"


def template() -> str:
    """The page with everything but the data."""
    names = (HERE / "parts.txt").read_text(encoding="utf-8").split()
    texts = {name: (HERE / name).read_text(encoding="utf-8") for name in names}
    page = (HERE / "template.html").read_text(encoding="utf-8")
    for mark, ending in ((STYLE, ".css"), (SCRIPT, ".js")):
        page = page.replace(
            mark, "".join(texts[name] + "\n" for name in names if name.endswith(ending))
        )
    return page


def page(data: str) -> str:
    """The page of a report, from its data as JSON text."""
    return template().replace(DATA, data.replace("<", "\\u003c"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: preview.py DATA.json > page.html")
    sys.stdout.write(page(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")))
