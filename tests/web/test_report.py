"""The report's page in a real browser: what it shows equals its data, it reacts to mouse and
keyboard, fits every window, is light and dark, keeps its place when it reloads, and text stays
text.

The pages are made of the parts in web/report and of made-up data (report_data.py).

ctest-labels: release
ctest-timeout: 300
"""

import json
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = pathlib.Path(os.environ.get("AANN_SOURCE_DIR", HERE.parent.parent))
sys.path[:0] = [str(HERE), str(ROOT / "web" / "report")]
import browser as harness  # noqa: E402 (the path comes first)
import preview  # noqa: E402
import report_data  # noqa: E402

THIN = "\u202f"


class Pages:
    """Pages of every kind, made when a test wants one."""

    def __init__(self, folder):
        self.folder = folder
        self.data = {}

    def open(self, browser, kind, change=None):
        """Opens the page of this kind in a window of its own history. Its data."""
        path = self.folder / f"{kind}.html"
        if kind not in self.data or change:
            data = report_data.KINDS[kind]()
            if change:
                change(data)
            path.write_text(preview.page(json.dumps(data)), encoding="utf-8")
            self.data[kind] = data
            if change:
                del self.data[kind]
                browser.open("about:blank")
                browser.open(path)
                return data
        browser.open("about:blank")
        browser.open(path)
        return self.data[kind]


def prepare(folder):
    return Pages(folder)


def percent(share, digits=2):
    return f"{100 * share:.{digits}f}{THIN}%"


def open_table(browser, section):
    """Opens the table of numbers behind a drawing."""
    browser.click(f"{section} details summary")
    browser.wait(f"document.querySelector('{section} details table') !== null")


def chosen(browser):
    return int(re.sub(r"\D", "", browser.text(".chooser output")))


# Contrast of every colour of texts and lines with the cards (WCAG's formula): {name: ratio}.
CONTRASTS = """(() => {
    const probe = document.createElement('span');
    document.body.append(probe);
    const light = name => {
        probe.style.color = `var(${name})`;
        const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g).map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const names = ['--ink', '--soft', '--pick', ...[1, 2, 3, 4, 5, 6, 7, 8].map(k => `--c${k}`)];
    const card = light('--card');
    const found = names.map(name => [name, light(name)])
        .map(([name, value]) => [name, Math.max(value, card) / Math.min(value, card)]);
    probe.remove();
    return Object.fromEntries(found);
})()"""


# What is shown.


def test_every_kind_opens_without_an_error(browser, pages):
    for kind in report_data.KINDS:
        pages.open(browser, kind)
        browser.check()
        assert browser.overflow() == [], (kind, browser.overflow())
        text = browser.text("main")
        assert "could not be drawn" not in text, kind
        for word in ("undefined", "NaN", "[object", "null"):
            assert word not in text, (kind, word)


def test_it_opens_within_a_second(browser, pages):
    pages.open(browser, "thousand")
    # Processor time: the machine may run other tests beside this one.
    browser.call("Performance.enable", timeDomain="threadTicks")

    def busy():
        metrics = browser.call("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    times = []
    for _ in range(3):
        browser.reload()  # in a process of its own, which has counted nothing yet
        times.append(busy())
    browser.call("Performance.disable")
    assert 0.01 < min(times) < 1, times
    print("    1,000 members: opened with", f"{min(times):.2f} s of processor time")
    size = (pages.folder / "thousand.html").stat().st_size
    assert size < 3_000_000, size
    # A thousand rows, of which only some exist.
    assert (
        browser.evaluate("document.querySelector('.members').getAttribute('aria-rowcount')")
        == "1001"
    )
    assert browser.count(".members tbody tr") < 120


def test_figures_are_those_of_the_data(browser, pages):
    data = pages.open(browser, "four")
    members = data["members"]["list"]
    figures = dict(zip(browser.texts(".figures dt"), browser.texts(".figures dd"), strict=True))
    assert figures["members found"] == "4 of 4"
    best = max(members, key=lambda m: m["validation"])
    assert figures["test, best by validation"] == percent(best["test"])
    assert chosen(browser) == best["id"]
    assert figures["all 4 vote, test"] == percent(data["votes"]["all"])
    equal = [{"validation": 0.5, "validation_loss": 9 - m["id"]} for m in members]
    pages.open(
        browser,
        "four",
        lambda data: [m.update(e) for m, e in zip(data["members"]["list"], equal, strict=True)],
    )
    assert chosen(browser) == max(m["id"] for m in members)
    data = pages.open(browser, "four")
    assert figures["synapses of 28,880"] == f"{data['family']['synapses']:,}"
    assert browser.evaluate("document.title") == "digits · aann"
    for member in members:
        row = f".members tr[data-id='{member['id']}'] "
        assert browser.text(row + "td[data-key=test]") == percent(member["test"])
        assert browser.text(row + "td[data-key=validation]") == percent(member["validation"])
        assert float(browser.text(row + "td[data-key=loss]")) == float(f"{member['loss']:.4g}")
    browser.click("#members .tools button")
    wrong = data["errors"]["count"]
    assert browser.texts(".members td[data-key=count]") == [f"{count:,}" for count in wrong]
    assert browser.texts(".members td[data-key=accepted]") == [
        f"{m['accepted']:,}" for m in members
    ]
    # Tables behind the drawings hold every number.
    open_table(browser, "#confusion")
    best = max(members, key=lambda m: m["test"])
    counts = data["confusion"]["counts"][best["id"] - 1]
    assert browser.texts("#confusion tbody td:not(:first-child)") == [f"{c:,}" for c in counts]
    open_table(browser, "#distances")
    raw = data["distances"]["raw"]
    shown = browser.texts("#distances tbody td:not(:first-child)")
    assert shown == ["" if k % 5 == 0 else f"{d:,.0f}" for k, d in enumerate(raw)]
    open_table(browser, "#curves")
    trace = data["traces"]["members"][0]
    first = browser.texts("#curves tbody tr:first-child td")
    assert first[0] == f"{trace['step'][0]:,}" and float(first[1]) == float(
        f"{trace['loss'][0]:.4g}"
    )
    assert browser.count("#curves tbody tr") == len(trace["step"])
    open_table(browser, "#votes")
    assert browser.texts("#votes tbody td:last-child") == [
        percent(m) for m in data["votes"]["mean"]
    ]


def test_the_test_set_chooses_nothing(browser, pages):
    """The page opens with the best by validation, also if another is better on the test set."""

    def turn(data):
        for place, member in enumerate(data["members"]["list"]):
            member.update(test=0.90 + 0.01 * place, validation=0.95 - 0.01 * place, train=0.9)
        data["votes"]["all"] = 0.99

    data = pages.open(browser, "four", turn)
    first = data["members"]["list"][0]["id"]
    assert chosen(browser) == first
    figures = dict(zip(browser.texts(".figures dt"), browser.texts(".figures dd"), strict=True))
    assert figures["test, best by validation"] == percent(0.90)
    assert "best by validation" in browser.text("#votes svg"), browser.text("#votes svg")

    def losses(data):  # neither accuracies, nor a loss of the first one
        for place, member in enumerate(data["members"]["list"]):
            member["loss"] = None if place == 0 else 1.0 - 0.1 * place
            member["validation_loss"] = None

    data = pages.open(browser, "regression", losses)
    assert chosen(browser) == data["members"]["list"][-1]["id"]


def test_inputs_are_called_after_their_columns(browser, pages):
    """A column of a table is read by several inputs."""

    def encode(data):
        columns = {"names": ["first", "second"], "column_of": [0, 0, 0, 1, 1, 1, None]}
        data["family"]["input"].update(columns)

    def inputs():
        texts = "[...document.querySelectorAll('#wiring .node')].slice(0, 7)"
        return browser.evaluate(texts + ".map(node => node.getAttribute('aria-label'))")

    pages.open(browser, "regression", encode)
    found = [name.split(", ")[:2] for name in inputs()]
    assert found[0] == ["input 1", "first"] and found[2] == ["input 3", "first"], found
    assert found[3] == ["input 4", "second"] and found[6] == ["input 7", "constant"], found
    pages.open(browser, "regression", lambda data: data["family"]["input"].update(names=["a", "b"]))
    assert inputs()[0].startswith("input 1, speaks"), inputs()[0]


def test_weights_are_drawn_as_they_are(browser, pages):
    data = pages.open(browser, "four")
    weights = browser.evaluate("""
        [...document.querySelectorAll('#filters .family:nth-child(1) .filter')]
        .map(svg => ['plus', 'minus', 'zero']
            .map(name => svg.querySelector('.' + name)?.getAttribute('d') ?? '')
            .map(path => path.split('M').length - 1))""")
    layer = data["family"]["layers"][0]
    totals = [sum(counts[k] for counts in weights) for k in range(3)]
    assert totals == [layer["plus"], layer["minus"], layer["zero"]], totals
    sums = [plus - minus for plus, minus, _ in weights]
    assert sums == sorted(sums)
    # Every link of the wiring is there: what the units hear together is all synapses of the layer.
    open_table(browser, "#wiring")
    rows = browser.evaluate(
        "[...document.querySelectorAll('#wiring tbody tr')]"
        ".map(row => [...row.cells].map(cell => cell.textContent))"
    )
    for one in data["family"]["layers"]:
        if one["kind"] != "pool":
            mine = [row for row in rows if row[0].startswith(one["name"] + ",")]
            assert len(mine) == one["units"]
            assert sum(int(row[1].replace(",", "")) for row in mine) == one["plus"]
            assert sum(int(row[2].replace(",", "")) for row in mine) == one["minus"]


# What one does with it.


def test_a_choice_is_a_choice_everywhere(browser, pages):
    data = pages.open(browser, "four")
    shown = """(() => {
        const find = selector => document.querySelector(selector);
        return [find('.members tr.on').dataset.id, find('.family.on h3').innerText,
            find('#wiring-title').innerText, find('#confusion-title').innerText,
            find('.answers button.on').dataset.id, find('#map .mark.on') !== null].join();
    })()"""

    def everywhere(number):
        expected = (
            f"{number},member {number},Wiring of member {number},"
            f"Confusion of member {number},{number},true"
        )
        assert browser.evaluate(shown) == expected, (number, browser.evaluate(shown))
        assert chosen(browser) == number

    browser.click(".members tr[data-id='1']")
    everywhere(1)
    browser.click(".families .family:nth-child(3) h3 button")
    everywhere(3)
    browser.click(".answers button[data-id='4']")
    everywhere(4)
    browser.click(".chooser button:last-child")
    everywhere(1)
    browser.click(".chooser button:first-child")
    everywhere(4)
    place = data["map"]["id"].index(2)
    browser.click(f"#map circle.mark:nth-of-type({place + 1})")
    everywhere(2)
    browser.click("#distances svg", 0.5, 0.9)
    everywhere(4)
    browser.wait("document.getElementById('live').textContent.includes('Member 4 chosen')")


def test_tables_sort_in_both_directions(browser, pages):
    data = pages.open(browser, "hundred")
    members = data["members"]["list"]
    value = (
        "[...document.querySelectorAll('.members tbody tr:not(.gap)')]"
        ".slice(0, 10).map(row => Number(row.dataset.id))"
    )
    best = sorted(members, key=lambda m: (-m["validation"], m["id"]))
    assert browser.evaluate(value) == [m["id"] for m in best[:10]]
    browser.click(".members th[data-key=test] button")
    browser.click(".members th[data-key=test] button")
    worst = sorted(members, key=lambda m: (m["test"], m["id"]))
    assert browser.evaluate(value) == [m["id"] for m in worst[:10]]
    assert browser.evaluate("document.querySelector('th[data-key=test]').ariaSort") == "ascending"
    browser.click(".members th[data-key=id] button")
    assert browser.evaluate(value) == list(range(1, 11))
    browser.evaluate("document.querySelector('#members .scroller').scrollTop = 60 * 36")
    browser.wait("document.querySelector('.members tr[data-id=\"64\"]') !== null")
    assert browser.evaluate("document.querySelector('.members th[aria-sort]').dataset.key") == "id"


def test_tabs_change_what_is_drawn(browser, pages):
    pages.open(browser, "four")

    def path():
        return browser.evaluate(
            "[...document.querySelectorAll('#curves .line')].map(p => p.getAttribute('d')).join()"
        )

    seen = [path()]
    for name in ("accuracy", "validation", "temperature", "acceptance", "layers"):
        browser.click(f"#curves button[data-name={name}]")
        seen.append(path())
        assert (
            browser.evaluate(
                f"document.querySelector('#curves button[data-name={name}]').ariaPressed"
            )
            == "true"
        )
    browser.click("#curves button[data-name=loss]")
    browser.click("#curves button[data-name=linear]")
    seen.append(path())
    assert len(set(seen)) == 7, "two tabs draw the same"
    texts = []
    for name in ("raw", "matched", "answers", "errors"):
        browser.click(f"#distances button[data-name={name}]")
        texts.append(
            browser.evaluate(
                "[...document.querySelectorAll('#distances text.in')]"
                ".map(text => text.textContent).join()"
            )
        )
    assert len(set(texts)) == 4 and "%" in texts[3]
    browser.click("#confusion button[data-name=all]")
    assert browser.text("#confusion-title") == "Confusion of all members, voting"


def test_pointing_tells_the_values(browser, pages):
    data = pages.open(browser, "four")
    browser.hover("#curves svg", 0.5, 0.5)
    tip = browser.text("#tip")
    assert re.match(r"member \d\nloss 0\.\d+\nat [\d,]+ steps", tip), tip
    browser.hover("#map svg", 0.01, 0.01)
    assert browser.evaluate("document.getElementById('tip').hidden")
    browser.hover("#confusion svg", 0.5, 0.5)
    assert "taken for" in browser.text("#tip") or "answered right" in browser.text("#tip")
    browser.hover("#wiring .node:nth-of-type(3)")
    assert browser.evaluate("document.querySelector('#wiring svg').classList.contains('following')")
    # A click keeps what is followed; the links are those of the weights.
    unit = data["family"]["layers"][0]["units"]
    browser.click(f"#wiring .node:nth-of-type({2 + unit + 5})")
    browser.hover("h1")
    assert "unit 5 of 32C5" in browser.text("#wiring .caption")
    # It stays where the drawing is made anew for another width.
    browser.screenshot(selector="#wiring", margin=12)
    assert "unit 5 of 32C5" in browser.text("#wiring .caption")
    heard = int(re.search(r"hears (\d+) of 16", browser.text("#wiring .caption")).group(1))
    spoken = int(re.search(r"speaks to (\d+) of 10", browser.text("#wiring .caption")).group(1))
    assert (
        browser.evaluate("document.querySelectorAll('#wiring svg > g:nth-of-type(2) .link').length")
        == heard + spoken
    )


def test_samples_are_filtered(browser, pages):
    data = pages.open(browser, "four")
    samples = data["samples"]
    browser.click(".members tr[data-id='2']")
    browser.click("#samples button[data-name=wrong]")
    wrong = sum(
        answers[1] != label
        for answers, label in zip(samples["answer"], samples["label"], strict=True)
    )
    assert browser.count("#samples figure:not([hidden])") == wrong
    browser.click("#samples button[data-name=vote]")
    wrong = sum(
        vote != label for vote, label in zip(samples["vote"], samples["label"], strict=True)
    )
    assert browser.count("#samples figure:not([hidden])") == wrong
    browser.click("#samples button[data-name=all]")
    browser.click("#samples .more")
    assert browser.evaluate(
        "[...document.querySelectorAll('#samples figure')].every(f => f.offsetHeight > 0)"
    )
    # The pixels are those of the data.
    import base64

    pixels = list(base64.b64decode(samples["value"])[: 28 * 28])
    drawn = browser.evaluate("""[...document.querySelector('#samples canvas').getContext('2d')
        .getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 3)""")
    assert drawn == pixels


def test_the_keyboard_reaches_everything(browser, pages):
    pages.open(browser, "four")
    browser.key("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    browser.key("Enter")
    assert browser.evaluate("document.activeElement.id") == "content"
    browser.evaluate("document.querySelector('.members tbody').focus()")
    browser.key("Home")
    assert chosen(browser) == 1
    browser.key("ArrowDown", times=2)
    assert chosen(browser) == 3
    browser.key("End")
    assert chosen(browser) == 4
    browser.evaluate("document.querySelector('#curves svg').focus()")
    browser.key("End")
    browser.wait("document.getElementById('live').textContent.includes('at 150,000 steps')")
    browser.key("ArrowUp")
    browser.key("Enter")
    assert chosen(browser) != 4
    browser.evaluate("document.querySelector('#distances svg').focus()")
    browser.key("ArrowRight", times=2)
    browser.wait("document.getElementById('live').textContent.includes('members 1 and 2')")
    browser.evaluate("document.querySelector('#map svg').focus()")
    browser.key("Home")
    browser.key("Enter")
    assert chosen(browser) == 1
    browser.evaluate("document.querySelector('#wiring .node').focus()")
    browser.key("ArrowDown", times=2)
    assert "answer" in browser.text("#wiring .caption")
    # Whatever can be clicked can be reached, and says what it is.
    nameless = browser.evaluate("""
        [...document.querySelectorAll('button, a, input, [tabindex="0"]')]
        .filter(e => !(e.innerText || e.textContent || e.getAttribute('aria-label')))
        .map(e => e.outerHTML.slice(0, 90))""")
    assert nameless == [], nameless
    silent = browser.evaluate("""[...document.querySelectorAll('svg')].filter(e =>
        !e.closest('[aria-hidden=true]') &&
        !(e.getAttribute('role') && e.getAttribute('aria-label'))).length""")
    assert silent == 0


def test_light_dark_and_auto(browser, pages):
    ground = "getComputedStyle(document.body).backgroundColor"
    browser.look("light")
    pages.open(browser, "four")
    light = browser.evaluate(ground)
    browser.look("dark")
    browser.wait("document.documentElement.dataset.theme === 'dark'")
    dark = browser.evaluate(ground)
    assert light != dark
    browser.click("button[data-name=light]")
    assert browser.evaluate(ground) == light
    browser.reload()
    assert browser.evaluate(ground) == light, "a choice of colours survives a reload"
    browser.click("button[data-name=auto]")
    assert browser.evaluate(ground) == dark
    browser.look("light")
    browser.wait("document.documentElement.dataset.theme === 'light'")
    # Texts stand out from their ground (WCAG AA: 4.5 to 1).
    for theme in ("light", "dark"):
        browser.click(f"button[data-name={theme}]")
        ratios = browser.evaluate(CONTRASTS)
        # Lines and dots need 3 to 1.
        weak = {
            name: ratio
            for name, ratio in ratios.items()
            if ratio < (4.5 if name in ("--ink", "--soft", "--pick") else 3)
        }
        assert not weak, (theme, weak)
    browser.click("button[data-name=auto]")


def test_every_width_and_paper(browser, pages):
    for kind in ("four", "thousand", "driving"):
        pages.open(browser, kind)
        for width in (1600, 1100, 900, 700, 360, 320) if kind == "four" else (900, 320):
            browser.size(width, 800, touch=width < 500)
            browser.wait(f"document.documentElement.clientWidth === {width}")
            browser.evaluate(
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            assert browser.overflow() == [], (kind, width, browser.overflow())
            wide = browser.evaluate("""
                [...document.querySelectorAll('.card .body > div > svg')].filter(s =>
                Math.abs(s.viewBox.baseVal.width - s.parentNode.clientWidth) > 2).length""")
            assert wide == 0, f"{kind}: {wide} drawings are not drawn for a width of {width}"
        browser.size(1400, 900)
    assert browser.print_pdf()[:5] == b"%PDF-"
    browser.look("dark", media="print")
    assert browser.evaluate("getComputedStyle(document.getElementById('bar')).display") == "none"
    browser.look()


def test_a_reload_keeps_the_place(browser, pages):
    def hold(data):
        data["live"]["refresh_seconds"] = 3

    pages.open(browser, "running", hold)
    browser.evaluate("document.querySelector('.running button').click()")
    browser.click(".members tr[data-id='1']")
    browser.click("#distances button[data-name=matched]")
    browser.click(".members th[data-key=test] button")
    open_table(browser, "#map")
    browser.wait("document.querySelector('#map details table') !== null")
    browser.evaluate("window.scrollTo(0, 700)")
    browser.evaluate("document.querySelector('#curves svg').focus({preventScroll: true})")
    # The file on the disk changes, as a search rewrites it; the page reads it again by itself.
    data = report_data.running()
    hold(data)
    data["family"]["finished"] = 3
    (pages.folder / "running.html").write_text(preview.page(json.dumps(data)), encoding="utf-8")
    browser.evaluate("window.mark = 1, document.querySelector('.running button').click()")
    browser.wait("window.mark === undefined && document.querySelector('footer span') !== null", 15)
    assert browser.text(".figures dd") == "3 of 6"
    assert browser.evaluate("Math.round(window.scrollY)") == 700, browser.evaluate("scrollY")
    assert chosen(browser) == 1
    assert (
        browser.evaluate(
            "document.querySelector('#distances button[data-name=matched]').ariaPressed"
        )
        == "true"
    )
    assert browser.evaluate("document.querySelector('th[aria-sort]').dataset.key") == "test"
    assert browser.evaluate("document.querySelector('#map details').open")
    assert browser.evaluate("document.activeElement === document.querySelector('#curves svg')")
    # Somebody who wants to read in peace holds it.
    browser.click(".running button")
    browser.evaluate("window.mark = 1")
    browser.pause(3.2)
    assert browser.evaluate("window.mark") == 1
    # The last page that a search writes stays.
    data["live"] = {"running": False, "refresh_seconds": 1}
    (pages.folder / "running.html").write_text(preview.page(json.dumps(data)), encoding="utf-8")
    browser.click(".running button")
    browser.wait(
        "window.mark === undefined && "
        "document.querySelector('.running')?.innerText === 'search ended'",
        15,
    )


def test_a_drive_plays(browser, pages):
    data = pages.open(browser, "driving")
    replay = data["drive"]["replay"]
    slider = "Number(document.querySelector('#drive input').value)"
    browser.click("#drive button[data-name='4']")
    browser.click("#drive .controls button")
    browser.wait(f"{slider} > 40")
    browser.click("#drive .controls button")
    at = browser.evaluate(slider)
    browser.pause(0.3)
    assert browser.evaluate(slider) == at, "it stands still after a pause"
    browser.evaluate("document.querySelector('#drive input').focus()")
    browser.key("End")
    assert browser.evaluate(slider) == len(replay["x"]) - 1
    seconds = (len(replay["x"]) - 1) * replay["dt"]
    assert browser.text("#drive .controls .mono") == f"{seconds:.1f} of {seconds:.1f}{THIN}s"
    before = browser.screenshot(selector="#drive canvas")
    browser.click("#drive button[data-name=whole]")
    assert browser.screenshot(selector="#drive canvas") != before
    open_table(browser, "#rewards")
    reward = data["drive"]["reward"]
    assert browser.texts("#rewards tbody td:not(:first-child)") == [
        f"{v:.1f}" for row in reward for v in row
    ]


def test_walks_paths_regression_questions(browser, pages):
    data = pages.open(browser, "path")
    assert browser.text("#path svg text.strong") == f"barrier {data['path']['barrier']:.4g}"
    assert browser.count("#path svg") == 3
    data = pages.open(browser, "path", lambda data: data["path"].update(to=None))
    assert browser.text("#path h2") == f"The path from member {data['path']['from']}"
    data = pages.open(browser, "walk")
    assert f"{data['walk']['distance'][-1]:,} weights" in browser.text("#walk p")
    assert "no learning curve" in browser.text("#missing")
    data = pages.open(browser, "regression")
    open_table(browser, "#scatter")
    cells = browser.evaluate(
        "[...document.querySelectorAll('#scatter tbody td:last-child')]"
        ".map(cell => Number(cell.textContent))"
    )
    assert cells == [float(f"{v:.4g}") for v in data["scatter"][0]["predicted"]]
    browser.click("#scatter button[data-name=member]")
    browser.click(".members tr[data-id='2']")
    cells = browser.evaluate(
        "[...document.querySelectorAll('#scatter tbody td:last-child')]"
        ".map(cell => Number(cell.textContent))"
    )
    assert cells == [float(f"{v:.4g}") for v in data["scatter"][0]["member"][0]]
    pages.open(browser, "regression", lambda data: data["scatter"][0].update(samples=2 * 78))
    assert "78 of 156 samples of the" in browser.text("#scatter p")
    open_table(browser, "#scatter")
    assert browser.texts("#scatter tbody td:first-child")[:3] == ["1", "3", "5"]
    data = pages.open(browser, "experiment")
    assert browser.texts(".question h3") == [q["question"] for q in data["experiment"]]
    assert browser.texts(".question:nth-child(1) td") == [
        "found",
        "4",
        "0.9745",
        "0.0852",
        "shuffled",
        "20",
        "0.1013",
        "2.4129",
        "shuffled within units",
        "20",
        "0.1127",
        "–",
    ]


def test_what_is_missing_is_said(browser, pages):
    data = pages.open(browser, "empty")
    for key in ("votes", "map"):
        assert data[key]["absent"] in browser.text("#missing")
    assert "first member is being found" in browser.text("#missing")

    def newer(data):
        data["format"] = 2

    pages.open(browser, "one", newer)
    assert "format 2" in browser.text("main")


def test_text_stays_text(browser, pages):
    pages.open(browser, "hostile")
    assert report_data.HOSTILE in browser.evaluate("document.title")
    assert browser.count("img") == 0
    assert browser.count("script") == 2
    assert report_data.HOSTILE in browser.text("h1")
    assert report_data.HOSTILE in browser.text("#missing")
    browser.hover("#wiring .node:nth-of-type(3)")
    assert browser.count("#tip img") == 0
    # Nothing in the page can make markup of data, or load anything.
    page = preview.page("{}")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
        "XMLHttpRequest",
        "import(",
        '<link rel="stylesheet',
        "srcset",
        "url(",
    ):
        assert word not in page, word
    assert re.search(r"\son[a-z]+=", page) is None
    assert set(re.findall(r"https?://[^\s\"'`)]+", page)) == {"http://www.w3.org/2000/svg"}


def test_parts_fit_together(browser, pages):
    names = (ROOT / "web/report/parts.txt").read_text(encoding="utf-8").split()
    there = {
        path.name for path in (ROOT / "web/report").iterdir() if path.suffix in (".js", ".css")
    }
    assert set(names) == there and len(names) == len(there)
    marks = (preview.STYLE, preview.SCRIPT, preview.DATA)
    template = (ROOT / "web/report/template.html").read_text(encoding="utf-8")
    assert all(template.count(mark) == 1 for mark in marks)
    declared = []
    for name in names:
        text = (ROOT / "web/report" / name).read_text(encoding="utf-8")
        assert not any(mark in text for mark in marks), name
        declared += re.findall(r"^(?:function|const|let) (\w+)", text, re.M)
    twice = {name for name in declared if declared.count(name) > 1}
    assert not twice, f"declared in two files: {twice}"


if __name__ == "__main__":
    tests = [function for name, function in list(globals().items()) if name.startswith("test_")]
    harness.run(tests, prepare)
