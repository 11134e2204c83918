"""The playground in a real browser: draws, cuts, searches, races; what it shows equals what the
program says.

With AANN_PICTURES=FOLDER in the environment, the screenshots of the documentation are written
there.

ctest-labels: release slow
ctest-timeout: 600
"""

import base64
import functools
import gzip
import http.server
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import browser as harness  # noqa: E402 (the path comes first)

ROOT = pathlib.Path(__file__).resolve().parents[2]
AANN = os.environ.get("AANN", str(ROOT / "build/aann"))
BUILT = ROOT / "build-web"
SKIPPED = 77
MEMBERS = 12
READY = (
    "document.documentElement.dataset.ready === 'yes' || !document.getElementById('problem').hidden"
)
SEVEN = [(0.28, 0.26), (0.45, 0.22), (0.72, 0.23), (0.62, 0.42), (0.5, 0.62), (0.42, 0.86)]
ZERO = [
    (0.5, 0.2),
    (0.35, 0.3),
    (0.3, 0.5),
    (0.36, 0.72),
    (0.5, 0.8),
    (0.65, 0.7),
    (0.7, 0.48),
    (0.63, 0.28),
    (0.5, 0.2),
]


class Server:
    """Python's file server, quiet, that notes what it was asked for and can lose a file."""

    def __init__(self, folder):
        self.asked = []
        self.lost = None
        server = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                server.asked.append(self.path)
                if self.path == server.lost:
                    self.send_error(404)
                else:
                    super().do_GET()

        handler = functools.partial(Handler, directory=str(folder))
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/index.html"


class World:
    """What every test needs: the server, a folder for files, the program."""

    def __init__(self, folder):
        status = subprocess.run(["bash", ROOT / "scripts/build_web.sh"], check=False).returncode
        if status != 0:
            sys.exit(SKIPPED if status == SKIPPED else 1)
        self.server = Server(BUILT / "playground")
        self.folder = folder

    def aann(self, *options):
        command = [AANN, *map(str, options)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def aann_json(self, *options):
        return json.loads(self.aann(*options, "--json").strip().splitlines()[-1])

    def write_idx(self, name, dimensions, data):
        path = self.folder / name
        path.write_bytes(
            struct.pack(f">{1 + len(dimensions)}I", 0x800 + len(dimensions), *dimensions) + data
        )
        return path

    def logits(self, model, pixels):
        """What the program computes for one picture."""
        images = self.write_idx("one-images-idx3-ubyte", (1, 28, 28), bytes(pixels))
        out = self.folder / "logits.npy"
        self.aann("predict", model, "--data", images, "--logits", out)
        return list(struct.unpack("<10i", out.read_bytes()[-40:]))


def open_page(browser, world):
    browser.size(1400, 900)
    browser.look()
    browser.open(world.server.url)
    browser.wait(READY)
    problem = browser.evaluate("document.getElementById('problem').textContent")
    assert problem == "", problem


def pixels(browser):
    return browser.evaluate("Array.from(playground.board.pixels)")


def page_bytes(browser, expression):
    """An array of bytes of the page, without a number for each."""
    text = browser.evaluate(f"""(() => {{
        const bytes = {expression}, parts = [];
        for (let at = 0; at < bytes.length; at += 30000)
            parts.push(String.fromCharCode(...bytes.subarray(at, at + 30000)));
        return btoa(parts.join(""));
    }})()""")
    return base64.b64decode(text)


def shown_outputs(browser):
    return [int(text.replace("\u2212", "-")) for text in browser.texts("#outputs .number")]


def set_slider(browser, percent):
    """By keys, as somebody without a mouse does."""
    browser.evaluate("document.getElementById('cut').focus()")
    browser.key("Home")
    browser.key("ArrowRight", times=percent)
    assert browser.text("#cut-percent") == f"{percent} %"


# ---- how it opens --------------------------------------------------------------------------------


def test_opens_from_a_file_server(browser, world):
    open_page(browser, world)
    assert browser.count("#members button") == MEMBERS
    assert browser.text("#answer") in browser.text("#label"), "it begins with a digit"
    assert browser.text("#version") == world.aann("--version").strip()
    browser.wait("playground.lesion.points.length > 0", 60)  # the worker has its files
    asked = {path.split("?")[0] for path in world.server.asked}
    there = {
        f"/{path.relative_to(BUILT / 'playground')}"
        for path in (BUILT / "playground").rglob("*")
        if path.is_file()
    }
    # The worker of the search starts with the search.
    assert there - asked <= {"/js/search_worker.js", "/js/search.js"}, there - asked
    assert asked <= there, asked - there


def test_opens_by_a_double_click(browser, world):
    browser.open(BUILT / "playground.html")
    browser.wait(READY)
    world.server.asked.clear()
    browser.drag(SEVEN, "#board")
    assert browser.text("#answer") == "7"
    browser.wait("playground.lesion.points.length > 2", 60)
    browser.click("#search-run")
    browser.wait("playground.search.rows.length > 2", 60)
    browser.click("#search-stop")
    assert world.server.asked == []


def test_is_small():
    def compressed(path):
        return len(gzip.compress(path.read_bytes(), 9))

    files = [path for path in (BUILT / "playground").rglob("*") if path.is_file()]
    assert sum(map(compressed, files)) <= 300_000
    assert compressed(BUILT / "playground.html") <= 300_000


def test_may_connect_to_nobody(browser, world):
    other = Server(world.folder)
    for page in (world.server.url, BUILT / "playground.html"):
        browser.open(page)
        browser.wait(READY)
        said = browser.evaluate(f"fetch('{other.url}').then(() => 'connected', () => 'refused')")
        assert said == "refused" and other.asked == []
        assert any("Content Security Policy" in problem for problem in browser.problems)
        browser.problems.clear()  # of the attempt, as they should be


def test_says_which_file_is_missing(browser, world):
    world.server.lost = "/driver.aannm"
    browser.open(world.server.url)
    browser.wait(READY)
    assert "driver.aannm" in browser.text("#problem") and "404" in browser.text("#problem")
    world.server.lost = None
    browser.problems.clear()  # of the lost file, as they should be


# ---- drawing and voting --------------------------------------------------------------------------


def test_what_is_drawn_is_answered_as_the_program_answers(browser, world):
    open_page(browser, world)
    for digit, points in ((7, SEVEN), (0, ZERO)):
        browser.click("#clear")
        browser.drag(points, "#board")
        picture = pixels(browser)
        assert max(picture) == 255
        answers = []
        for member in range(1, MEMBERS + 1):
            browser.click(f"#members button:nth-child({member})")
            expected = world.logits(ROOT / f"web/playground/members/{member:02}.aannm", picture)
            assert shown_outputs(browser) == expected, f"network {member}"
            answers.append(expected.index(max(expected)))
            assert browser.text(f"#members button:nth-child({member}) b") == str(answers[-1])
        assert browser.text("#answer") == str(digit)
        assert browser.text("#verdict") == f"{answers.count(digit)} of 12 networks answer {digit}."
    browser.click("#clear")
    assert browser.text("#answer") == "?" and max(pixels(browser)) == 0


def test_draws_by_keys(browser, world):
    open_page(browser, world)
    browser.evaluate("document.getElementById('board').focus()")
    browser.key("ArrowUp", times=3)
    browser.key(" ")
    browser.key("ArrowDown", times=16)
    browser.key(" ")
    browser.key("ArrowRight", times=3)  # the pen is up: nothing is drawn
    assert browser.text("#answer") == "1", browser.text("#answer")
    assert browser.evaluate("playground.board.strokes.length") == 1
    browser.key("Delete")
    assert browser.text("#answer") == "?"


def test_draws_by_finger(browser, world):
    open_page(browser, world)
    browser.size(360, 780, 2, touch=True)
    box = browser.show("#board")
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    for kind, place in [("touchStart", places[0]), *(("touchMove", place) for place in places[1:])]:
        browser.call(
            "Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": place[0], "y": place[1]}]
        )
    browser.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    assert browser.text("#answer") == "7"
    assert "says 7" in browser.text("#verdict-here")
    browser.size(1400, 900)


def test_clears_during_a_stroke(browser, world):
    """The stroke is gone; the next one is drawn. Messages on the console would fail this test."""
    open_page(browser, world)
    browser.drag(SEVEN[:2], "#board")
    box = browser.show("#board")
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    press = {"type": "mousePressed", "button": "left", "buttons": 1, "clickCount": 1}
    browser.call("Input.dispatchMouseEvent", **press, **at)
    browser.key("Delete")
    move = {"type": "mouseMoved", "button": "left", "buttons": 1}
    browser.call("Input.dispatchMouseEvent", **move, x=at["x"] + 20, y=at["y"])
    release = {"type": "mouseReleased", "button": "left", "clickCount": 1}
    browser.call("Input.dispatchMouseEvent", **release, **at)
    assert browser.evaluate("playground.board.strokes.length") == 0
    assert browser.text("#answer") == "?"
    browser.drag(SEVEN, "#board")
    assert browser.text("#answer") == "7"


def test_a_second_finger_draws_nothing(browser, world):
    open_page(browser, world)
    browser.click("#clear")
    browser.size(360, 780, 2, touch=True)
    box = browser.show("#board")
    one = {"x": box["x"] + 0.3 * box["width"], "y": box["y"] + 0.5 * box["height"], "id": 0}
    other = {"x": box["x"] + 0.7 * box["width"], "y": box["y"] + 0.5 * box["height"], "id": 1}
    for kind, points in (("touchStart", [one]), ("touchStart", [one, other]), ("touchEnd", [])):
        browser.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)
    assert browser.evaluate("playground.board.strokes.length") == 1
    browser.size(1400, 900)


def test_takes_a_digit_of_mnist(browser, world):
    open_page(browser, world)
    browser.click("#sample")  # the second: the page begins with the first
    label = browser.evaluate("playground.digits.labels[playground.digits.training + 1]")
    assert browser.text("#label") == f"A digit of MNIST: a {label}."
    assert browser.text("#answer") == str(label)
    browser.drag(SEVEN, "#board")
    assert browser.text("#label") == "" and browser.text("#answer") == "7"


# ---- cutting -------------------------------------------------------------------------------------


def test_cuts_and_heals(browser, world):
    open_page(browser, world)
    browser.drag(SEVEN, "#board")
    before = shown_outputs(browser)
    set_slider(browser, 35)
    cut = round(0.35 * 3048)
    assert browser.text("#cut-count").startswith(f"{cut:,} synapses"), browser.text("#cut-count")
    assert f"{3048 - cut:,} synapses left" in browser.text("#inside-about")
    lesioned = shown_outputs(browser)
    assert lesioned != before
    browser.click("#cut-again")
    assert "--draw 1" in browser.text("#cut-count")
    assert shown_outputs(browser) not in (lesioned, before)
    browser.evaluate("""(() => {
        const layer = document.getElementById("cut-layer");
        layer.value = "2";
        layer.dispatchEvent(new Event("change"));
    })()""")
    assert browser.text("#cut-count").startswith(f"{round(0.35 * 1568)} synapses")
    assert "--layer 2" in browser.text("#cut-count")
    # With little of their last layer they disagree; each card shows its network's answer.
    set_slider(browser, 85)
    answers = browser.texts("#members button b")
    assert len(set(answers)) > 1, answers
    for member, answer in enumerate(answers, start=1):
        browser.click(f"#members button:nth-child({member})")
        outputs = shown_outputs(browser)
        assert outputs.index(max(outputs)) == int(answer)
    votes = max(answers.count(answer) for answer in answers)
    assert browser.text("#verdict").startswith(f"{votes} of 12"), browser.text("#verdict")
    browser.click("#members button:nth-child(1)")
    set_slider(browser, 0)
    assert shown_outputs(browser) == before


def test_the_curve_of_cuts_is_what_the_networks_do(browser, world):
    """Its first point equals the program's on the same digits; at the last nothing is left."""
    open_page(browser, world)
    browser.wait("playground.lesion.points.length === 17", 120)
    points = browser.evaluate("playground.lesion.points")
    training = browser.evaluate("playground.digits.training")
    images = page_bytes(browser, "playground.digits.pixels")[training * 784 :]
    labels = page_bytes(browser, "playground.digits.labels")[training:]
    data = world.write_idx("held-images-idx3-ubyte", (len(labels), 28, 28), images)
    answers = world.write_idx("held-labels-idx1-ubyte", (len(labels),), labels)
    for member in (1, 6, 12):
        model = ROOT / f"web/playground/members/{member:02}.aannm"
        accuracy = world.aann_json("eval", model, "--data", data, "--labels", answers)["accuracy"]
        assert points[0]["members"][member - 1] == accuracy
    # Without synapses all logits are 0, and the answer is 0.
    assert points[-1]["percent"] == 100 and points[-1]["vote"] == list(labels).count(0) / len(
        labels
    )
    assert points[0]["vote"] >= sum(points[0]["members"]) / MEMBERS


# ---- searching -----------------------------------------------------------------------------------


def test_searches_as_the_program_does(browser, world):
    open_page(browser, world)
    browser.drag(SEVEN, "#board")
    browser.evaluate(
        "document.getElementById('search-steps').add(new Option('4,000', '4000', true, true))"
    )
    browser.click("#search-seed", times=3)
    browser.type("5")
    browser.click("#search-run")
    browser.wait("playground.search.rows.length > 3", 60)
    browser.click("#search-run")  # pause
    assert browser.text("#search-run") == "Continue"
    browser.wait("document.getElementById('search-say').textContent === 'Paused.'", 60)
    step = browser.text("#search-step")
    browser.pause(0.7)
    assert browser.text("#search-step") == step
    browser.click("#search-run")  # continue
    browser.wait("document.getElementById('search-say').textContent.startsWith('Found')", 120)
    hash_shown = browser.text("#search-say").split("hash ")[1].split(":")[0]
    images = page_bytes(browser, "playground.digits.pixels")
    labels = page_bytes(browser, "playground.digits.labels")
    data = world.write_idx("all-images-idx3-ubyte", (len(labels), 28, 28), images)
    answers = world.write_idx("all-labels-idx1-ubyte", (len(labels),), labels)
    found = world.aann_json(
        "search", "--data", data, "--labels", answers, "--validation", 500,
        "--net", "16C5@50-MP2-32C5@90-MP2-10@90", "--steps", 4000, "--seed", 5, "--jitter", 1,
        "--study", world.folder / "search.aann", "--quiet",
    )["members"][0]  # fmt: skip
    assert hash_shown == found["hash"]
    assert browser.text("#search-accuracy") == f"{100 * found['validation_accuracy']:.1f}\u00a0%"
    assert browser.text("#search-kept") == f"{found['accepted']:,}"
    # It votes.
    assert browser.count("#members button") == MEMBERS + 1
    assert browser.text("#verdict").split()[2] == "13"
    browser.click("#members button:nth-child(13)")
    assert found["hash"] in browser.text("#inside-about")
    browser.click("#show-accuracy")
    assert browser.count("#search-chart polyline") == 2
    assert browser.text("#key-training") == "right answers, 2,000 moved digits"


# ---- racing --------------------------------------------------------------------------------------


def fast(browser):
    """Ten times as fast as it is, so that a lap takes seconds."""
    browser.evaluate("document.getElementById('speed').add(new Option('fast', '10', true, true))")


def test_the_network_drives_as_in_the_program(browser, world):
    open_page(browser, world)
    fast(browser)
    browser.click("#race-watch")
    browser.wait("playground.race.race.isOver", 120)
    native = world.aann_json("drive", ROOT / "gallery/driver.aannm", "--tracks", "1007:1008")
    assert browser.text("#network-reward") == f"{native['rewards'][0]:.1f}"
    assert browser.evaluate("playground.race.race.network.state.steps") == native["steps"][0]
    assert "finished" in browser.text("#race-say")


def test_races_by_keys_and_buttons(browser, world):
    open_page(browser, world)
    browser.click("#race-start")
    browser.pause(0.3)
    person = "playground.race.race.person.state"
    assert browser.evaluate(f"{person}.steps") == 0, "the race waits for the first key"
    browser.key_down("ArrowUp")
    browser.wait(f"{person}.steps > 20", 60)
    browser.key_up("ArrowUp")
    assert browser.evaluate(f"Math.hypot({person}.velocityX, {person}.velocityY)") > 1
    browser.key_down("a")
    browser.wait("playground.race.race.person.action.steer < -0.2", 60)
    browser.key_up("a")
    browser.click("#race-pause")
    steps = browser.evaluate(f"{person}.steps")
    browser.pause(0.3)
    assert browser.evaluate(f"{person}.steps") == steps
    assert browser.text("#race-pause") == "Continue"
    browser.click("#race-pause")
    box = browser.show("#hold-right")
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    browser.call("Input.dispatchMouseEvent", type="mousePressed", button="left", clickCount=1, **at)
    browser.wait("playground.race.race.person.action.steer > 0.2", 60)
    browser.call(
        "Input.dispatchMouseEvent", type="mouseReleased", button="left", clickCount=1, **at
    )
    browser.wait("playground.race.race.person.action.steer === 0", 60)
    # The network's car is where it is without the person.
    assert browser.evaluate("playground.race.race.network.state.steps > 0")
    browser.click("#race-other")
    assert browser.evaluate(f"{person}.steps") == 0
    # Letters typed into a field are letters.
    browser.click("#search-seed", times=3)
    browser.type("12")
    assert browser.evaluate("document.getElementById('search-seed').value") == "12"


def test_tracks_that_are_no_numbers(browser, world):
    open_page(browser, world)
    for typed, expected in (
        ("-3", "0"),
        ("99999999999", "0"),
        ("12.7", "12"),
        ("4294967295", "4294967295"),
    ):
        browser.evaluate(f"document.getElementById('track').value = '{typed}'")
        browser.evaluate("document.getElementById('track').dispatchEvent(new Event('change'))")
        assert browser.evaluate("document.getElementById('track').value") == expected
        browser.click("#race-pause") if not browser.evaluate(
            "document.getElementById('race-pause').disabled"
        ) else None


# ---- how it looks --------------------------------------------------------------------------------


def test_themes_and_widths(browser, world):
    open_page(browser, world)
    browser.drag(SEVEN, "#board")
    background = "getComputedStyle(document.body).backgroundColor"
    light = browser.evaluate(background)
    browser.click("#theme")
    dark = browser.evaluate(background)
    assert dark != light and browser.text("#theme") == "Light"
    browser.click("#theme")
    assert browser.evaluate(background) == light
    browser.look("dark")  # the button was pressed: it is stronger than the system
    assert browser.evaluate(background) == light
    open_page(browser, world)
    browser.look("dark")
    browser.wait(f"{background} === '{dark}'")
    for width in (1400, 1000, 640, 360):
        browser.size(width, 800, touch=width < 700)
        browser.pause(0.1)
        assert browser.overflow() == [], f"{width} wide"
    browser.size(1400, 900)


def test_canvases_begin_in_the_systems_colours(browser, world):
    for scheme in ("dark", "light"):
        browser.look(scheme)
        browser.open(world.server.url)
        browser.wait(READY)
        browser.click("#clear")
        # A hidden map of a network that sees nothing has the colour of 0 everywhere.
        found = browser.evaluate("""(() => {
            const data = document.querySelector("#maps canvas").getContext("2d")
                .getImageData(0, 0, 1, 1).data;
            const zero = getComputedStyle(document.documentElement).getPropertyValue("--zero");
            return [[...data.slice(0, 3)], zero.trim()];
        })()""")
        assert found[0] == [int(found[1][at : at + 2], 16) for at in (1, 3, 5)], (
            f"{scheme}: {found}"
        )


def test_colours_are_the_reports():
    def colours(path):
        text = (ROOT / "web" / path / "style.css").read_text(encoding="utf-8")
        themes = re.findall(r":root(?:\[[^]]*\])? \{(.*?)\}", text, re.DOTALL)
        return [dict(re.findall(r"--(\w+): ([^;]*);", theme)) for theme in themes[:2]]

    for ours, reports in zip(colours("playground"), colours("report"), strict=True):
        assert len(ours) >= 10
        assert ours.items() <= reports.items(), ours.items() - reports.items()


def test_less_motion(browser, world):
    open_page(browser, world)
    browser.look(reduced_motion=True)
    fast(browser)
    browser.click("#race-watch")
    browser.wait("playground.race.race.network.state.steps > 200", 60)
    browser.click("#race-pause")
    assert browser.evaluate("playground.race.view.camera.turn") == 0


def test_everything_has_a_name_and_a_place_in_the_order_of_tab(browser, world):
    open_page(browser, world)
    nameless = browser.evaluate("""[...document.querySelectorAll("button, input, select, canvas")]
        .filter(e => !(e.getAttribute("aria-label") || e.textContent.trim() || e.closest("label")
            || document.querySelector(`label[for="${e.id}"]`))).map(e => e.outerHTML)""")
    assert nameless == [], nameless
    reached = set()
    for _ in range(60):
        browser.key("Tab")
        reached.add(
            browser.evaluate("document.activeElement.id || document.activeElement.className")
        )
    wanted = {
        "board",
        "sample",
        "clear",
        "member",
        "cut",
        "cut-layer",
        "cut-again",
        "search-run",
        "race-start",
        "theme",
    }
    assert wanted <= reached, wanted - reached


def test_pictures_for_the_documentation(browser, world):
    folder = os.environ.get("AANN_PICTURES")
    if not folder:
        return
    open_page(browser, world)
    browser.drag(SEVEN, "#board")
    set_slider(browser, 35)
    browser.wait("playground.lesion.points.length === 17", 120)
    browser.evaluate("document.activeElement.blur()")
    browser.size(1400, 1370)
    browser.pause(0.5)
    browser.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    top = {"x": 0, "y": 0, "width": 1400, "height": 1370, "scale": 0.75}
    data = browser.call("Page.captureScreenshot", format="png", clip=top)["data"]
    (pathlib.Path(folder) / "playground-vote.png").write_bytes(base64.b64decode(data))
    browser.click("#theme")
    browser.click("#race-start")
    browser.key_down("ArrowUp")
    browser.wait("playground.race.race.network.state.steps > 70", 60)
    browser.click("#race-pause")
    browser.key_up("ArrowUp")
    browser.screenshot(pathlib.Path(folder) / "playground-race.png", selector="#race", scale=0.75)


def main():
    tests = [test for name, test in globals().items() if name.startswith("test_")]
    harness.run(tests, World, allow=lambda url: url.startswith("http://127.0.0.1:"))


if __name__ == "__main__":
    main()
