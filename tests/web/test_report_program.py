"""The program's page in a real browser: a search writes it, the page shows what the program prints,
and it follows a search that goes on.

ctest-labels: release
ctest-needs: cli
ctest-timeout: 300
"""

import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = pathlib.Path(os.environ.get("AANN_SOURCE_DIR", HERE.parent.parent))
sys.path[:0] = [str(HERE), str(ROOT / "web" / "report")]
import browser as harness  # noqa: E402 (the path comes first)
import preview  # noqa: E402

THIN = "\u202f"
PROGRAM = os.environ.get("AANN", str(ROOT / "build" / "aann"))
MNIST = ROOT / "tests" / "fixtures" / "mnist"
SEARCH = [
    *("search", "--data", MNIST / "train-images-idx3-ubyte.gz"),
    *("--test", MNIST / "t10k-images-idx3-ubyte.gz", "--net", "4C5-MP2-8C5-MP2-10"),
    *("--sparsity", "60", "--threads", "2", "--quiet"),
]


def run(*arguments):
    """What the program prints."""
    command = [PROGRAM, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command}: {result.stderr}"
    return result.stdout


def prepare(folder):
    os.chdir(folder)
    run(*SEARCH, "--members", 3, "--steps", 600, "--study", "s.aann", "--report", "s.html")
    return folder


def percent(share):
    return f"{100 * share:.2f}{THIN}%"


def test_the_page_shows_what_the_program_prints(browser, folder):
    browser.open(folder / "s.html")
    browser.check()
    shown = browser.evaluate("JSON.parse(document.getElementById('report-data').textContent)")
    report = json.loads(run("report", "s.aann", "--json"))
    families = json.loads(run("list", "s.aann", "--json"))["families"]
    for key in report:
        if key not in ("made", "live"):
            assert shown[key] == report[key], key
    members = families[0]["members"]
    assert browser.count(".members tbody tr") == len(members) == 3
    browser.click("#members .tools button")
    for member in members:
        row = f".members tr[data-id='{member['id']}'] "
        for split in ("validation", "test", "train"):
            text = browser.text(row + f"td[data-key={split}]")
            assert text == percent(member[f"{split}_accuracy"]), (member["id"], split, text)
        assert browser.text(row + "td[data-key=accepted]") == f"{member['accepted']:,}"
        assert browser.text(row + ".hash") == member["hash"][:6]
    votes = json.loads(run("ensemble", "s.aann", "--json"))["vote"]
    browser.click("#votes details summary")
    browser.wait("document.querySelector('#votes details table') !== null")
    assert browser.texts("#votes tbody td:last-child") == [percent(mean) for mean in votes["mean"]]
    distances = json.loads(run("geometry", "s.aann", "--restarts", "0", "--json", "--matrices"))["measures"]
    browser.click("#distances details summary")
    browser.wait("document.querySelector('#distances details table') !== null")
    matrix = distances["distance"]["matrix"]
    expected = [
        "" if i == j else f"{d:,.0f}" for i, r in enumerate(matrix) for j, d in enumerate(r)
    ]
    assert browser.texts("#distances tbody td:not(:first-child)") == expected
    first = json.loads(run("show", "s.aann", 1, "--json"))
    browser.click(".members tr[data-id='1']")
    browser.click("#confusion details summary")
    browser.wait("document.querySelector('#confusion details table') !== null")
    counts = [f"{count:,}" for row in first["confusion"] for count in row]
    assert browser.texts("#confusion tbody td:not(:first-child)") == counts
    layers = [[str(layer[key]) for key in ("minus", "zero", "plus")] for layer in first["layers"]]
    cells = browser.texts("#layers tbody td:nth-child(n + 3)")
    assert [cell.replace(",", "") for cell in cells] == [value for row in layers for value in row]


def test_c_joins_the_page_as_preview_does(browser, folder):
    page = (folder / "s.html").read_text(encoding="utf-8")
    before, after = preview.template().split(preview.DATA)
    assert page.startswith(before) and page.endswith(after), "web/report changed: build again"


def test_a_page_follows_its_search(browser, folder):
    command = [*SEARCH, "--members", 2, "--steps", 400000, "--study", "t.aann"]
    run(*SEARCH, "--members", 1, "--steps", 200, "--study", "t.aann", "--report", "t.html")
    search = subprocess.Popen(
        [PROGRAM, *map(str, command), "--report", "t.html"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        for _ in range(200):
            browser.open(folder / "t.html")
            if browser.count(".pulse"):
                break
            browser.pause(0.1)
        assert browser.text(".running span:nth-of-type(2)") == "searching"
        at = browser.evaluate("window.mark = 1, window.scrollTo(0, 200), Math.round(scrollY)")
        browser.wait(
            "window.mark === undefined && document.querySelector('footer span') !== null", 60
        )
        assert browser.evaluate("Math.round(scrollY)") == at
    finally:
        search.terminate()
        search.communicate(timeout=60)
    browser.wait("document.querySelector('.running')?.innerText === 'search ended'", 60)


if __name__ == "__main__":
    harness.run(
        [
            test_the_page_shows_what_the_program_prints,
            test_c_joins_the_page_as_preview_does,
            test_a_page_follows_its_search,
        ],
        prepare,
    )
