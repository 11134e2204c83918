"""The report of a stranger's study: names of any length and direction stay in their places, axes
end where the data end, signals and tables look like what they are.

ctest-labels: release
ctest-timeout: 300
"""

import pathlib
import re
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]
import browser as harness  # noqa: E402 (the path comes first)
import report_data  # noqa: E402
from test_report import open_table, prepare  # noqa: E402

LONG = [
    "x" * 300,
    "W" * 300,
    "界" * 300,
    "👩‍🔬" * 100,
    "two words " * 30,
    "ab",
    "שלום",
    "7",
    "8",
    "9",
]
OUTSIDE = """(() => [...document.querySelectorAll("section.card")].flatMap((card) => {
    const place = card.getBoundingClientRect();
    return [...card.querySelectorAll("svg text, figcaption, button, h2")].filter((part) => {
        const own = part.getBoundingClientRect();
        return own.width && (own.left < place.left - 1 || own.right > place.right + 1);
    }).map((part) => `${card.id}: ${part.textContent.slice(0, 40)}`);
}))()"""


def test_long_names_stay_in_their_places(browser, pages):
    def rename(data):
        data["family"].update(classes=LONG, name="n" * 200)

    for width in (1400, 700, 360):
        browser.size(width, 900)
        pages.open(browser, "four", rename)
        outside = browser.evaluate(OUTSIDE)
        assert outside == [], (width, outside)
        tallest = browser.evaluate(
            "Math.max(...[...document.querySelectorAll('.samples figcaption')]"
            ".map(text => text.clientHeight))"
        )
        assert tallest < 200, (width, tallest)
        # Half of a letter that takes two units is no letter.
        halves = "[...document.body.textContent].filter(l => l >= '\\ud800' && l <= '\\udfff')"
        assert browser.evaluate(f"{halves}.filter(l => l.length === 1).length") == 0
    browser.size(1400, 900)


def test_a_name_turns_nothing_around(browser, pages):
    def rename(data):
        data["family"].update(name="\u202egood", classes=[f"\u2066{i}\u202e" for i in range(10)])

    pages.open(browser, "four", rename)
    assert browser.text("h1") == "\ufffdgood family 1"
    found = browser.evaluate("/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText)")
    assert found is False


def test_shares_stay_shares(browser, pages):
    """Votes that are all right have an axis that ends at 100 %, at their largest number."""

    def all_right(data):
        votes = data["votes"]
        for key in ("mean", "low", "high"):
            votes[key] = [1] * len(votes["count"])

    pages.open(browser, "four", all_right)
    texts = browser.texts("#votes text")
    ticks = [float(text[:-2]) for text in texts if re.fullmatch(r"[\d.]+\u202f%", text)]
    assert max(ticks) == 100 and min(ticks) >= 95 and len(ticks) > 2, ticks
    data = pages.open(browser, "hundred")
    assert data["votes"]["count"][-1] > 30
    assert f"{data['votes']['count'][-1]} members" in browser.texts("#votes text")


def test_a_path_counts_its_swaps(browser, pages):
    data = pages.open(browser, "path")
    assert "2,000 swaps" in browser.texts("#path svg text"), browser.texts("#path svg text")
    open_table(browser, "#path")
    last = browser.texts("#path tbody tr:last-child td")
    assert last[0] == f"{data['path']['swaps'][-1]:,}", last
    pages.open(browser, "path", lambda data: data["path"].update(to=None))
    assert "the end is not known here" in browser.text("#path p")


def test_few_curves_of_many_members_are_seen(browser, pages):
    """Members that a walk or a path recorded have no curve; those that have one are not pale."""

    def keep_two(data):
        data["traces"]["members"] = data["traces"]["members"][:2]
        data["traces"]["bands"] = None

    pages.open(browser, "hundred", keep_two)
    assert not browser.evaluate("document.querySelector('#curves svg').matches('.many')")


def signal(data):
    """Eight filters that read five values of three channels."""
    layers = [
        report_data.layer("8C1x5", "convolution", 8, 3, [1, 5], 0.5),
        report_data.layer("4", "dense", 4, 8, [1, 8], 0.5),
    ]
    names = ["ax", "ay", "<b>az</b>"]
    data["family"]["input"] = {"channels": 3, "height": 1, "width": 32, "names": names}
    data["family"].update(layers=layers, classes=["a", "b", "c", "d"])
    rng = np.random.default_rng(3)
    networks = [report_data.network(rng, layers) for _ in data["members"]["list"]]
    ids = [member["id"] for member in data["members"]["list"]]
    first, second = ([packed[i] for packed in networks] for i in (0, 1))
    data["weights"] = {"id": ids, "layers": [{"layer": 0, "packed": first}]}
    data["wiring"] = {
        "id": ids,
        "layers": [{"layer": 0, "packed": first}, {"layer": 1, "packed": second}],
    }


def test_a_row_for_each_channel(browser, pages):
    pages.open(browser, "four", signal)
    box = "document.querySelector('#filters svg.filter').getAttribute('viewBox')"
    assert browser.evaluate(box) == "0 0 5 3"
    assert "Rows, from the top: ax, ay, <b>az</b>." in browser.text("#filters p")
    plate = browser.box("#wiring .plate")
    assert plate["width"] > plate["height"] > 20, plate


def test_equal_lines_are_everywhere(browser, pages):
    """Of more lines than are drawn, all of one synapse, every unit gets some."""

    def wide(data):
        layers = [
            report_data.layer("64", "dense", 64, 60, [1, 1], 0.2),
            report_data.layer("1", "dense", 1, 64, [1, 1], 0.5),
        ]
        data["family"]["layers"] = layers
        names = ["temperature", "<b>pressure</b>"]
        data["family"]["input"] = {"channels": 60, "height": 1, "width": 1, "names": names}
        data["family"]["input"]["column_of"] = [0] * 30 + [1] * 29 + [None]
        packed = report_data.network(np.random.default_rng(4), layers)
        data["wiring"] = {
            "id": [1],
            "layers": [{"layer": i, "packed": [one]} for i, one in enumerate(packed)],
        }
        data["weights"] = None

    pages.open(browser, "regression", wide)
    ends = browser.evaluate(
        "[...document.querySelectorAll('#wiring .links path')].slice(0, 700)"
        ".map(path => path.getAttribute('d').split(' ').at(-2))"
    )
    counts = [ends.count(end) for end in set(ends)]
    assert len(counts) == 64 and min(counts) > 3, counts
    # A column's name once, not at each of its inputs.
    assert browser.texts("#wiring .column text") == ["temperature", "<b>pressure</b>"]


def test_a_regression_is_judged_by_its_validation_loss(browser, pages):
    def losses(data):
        for place, member in enumerate(data["members"]["list"]):
            member.update(loss=0.5 + 0.1 * place, validation_loss=0.9 - 0.1 * place)
        for trace in data["traces"]["members"]:
            trace["validation_loss"] = [0.9] * len(trace["step"])

    data = pages.open(browser, "regression", losses)
    figures = dict(zip(browser.texts(".figures dt"), browser.texts(".figures dd"), strict=True))
    assert figures["lowest validation loss"] == "0.5000", figures
    best = data["members"]["list"][-1]["id"]
    cell = f".members tr[data-id='{best}'].on td[data-key=validation_loss]"
    assert browser.text(cell) == "0.5000"
    browser.click("#curves button[data-name=validation_loss]")
    assert "which the search does not see" in browser.text("#curves p")


if __name__ == "__main__":
    tests = [function for name, function in list(globals().items()) if name.startswith("test_")]
    harness.run(tests, prepare)
