"""Takes the pictures of docs/report.md with the browser of the tests, from real studies:

    aann report mnist.aann --json > mnist.json
    aann report drives.aann --json > drives.json
    python3 tests/web/report_pictures.py docs/pictures mnist.json drives.json

The first file is a family of classifiers, the second one of drivers.
"""

from __future__ import annotations

import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "web" / "report")]
import preview  # noqa: E402 (the path comes first)
from browser import Browser  # noqa: E402


def main(target: pathlib.Path, classifiers: pathlib.Path, drivers: pathlib.Path) -> None:
    """Writes report-*.webp into the folder."""
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        pages = {}
        for name, source in (("classifiers", classifiers), ("drivers", drivers)):
            pages[name] = pathlib.Path(folder) / f"{name}.html"
            pages[name].write_text(
                preview.page(source.read_text(encoding="utf-8")), encoding="utf-8"
            )
        browser.open(pages["classifiers"])
        browser.screenshot(target / "report-light.webp")
        browser.click("#wiring .node:nth-of-type(27)")
        browser.screenshot(target / "report-wiring.webp", selector="#wiring", margin=12)
        browser.look("dark")
        browser.size(1400, 1240)
        browser.open(pages["classifiers"])
        browser.evaluate("scrollTo(0, 0)")  # a page that is opened again keeps its place
        browser.screenshot(target / "report-dark.webp", whole=False)
        browser.size(360, 760, scale=2, touch=True)
        browser.look("light")
        browser.open(pages["classifiers"])
        browser.evaluate("scrollTo(0, 0)")
        browser.screenshot(target / "report-phone.webp", whole=False)
        browser.size(1400, 2000)  # the whole card below the head of the page
        browser.open(pages["drivers"])
        browser.evaluate("document.querySelector('#drive input').focus()")
        browser.key("PageUp", times=6)
        browser.screenshot(target / "report-drive.webp", selector="#drive", margin=12)
        browser.check()


if __name__ == "__main__":
    if len(sys.argv) != 4:  # noqa: PLR2004
        sys.exit("usage: report_pictures.py FOLDER CLASSIFIERS.json DRIVERS.json")
    main(*[pathlib.Path(argument) for argument in sys.argv[1:]])
