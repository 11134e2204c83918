"""The harness of the browser tests sees what goes wrong in a page: errors, requests, workers; and it
clicks, types, resizes, prints like a person. Every other test in this folder stands on this.

ctest-labels: release
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import browser as harness  # noqa: E402 (the path comes first)

PAGE = """<!doctype html><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>a page</title>
<style>body { margin: 0 } @media (prefers-color-scheme: dark) { body { background: #000 } }
@media print { button { display: none } }</style>
<button id="one" style="position: absolute; top: 100px; width: 80px; height: 40px">press</button>
<button id="two" style="position: absolute; top: 3000px">far below</button>
<input style="position: absolute; top: 200px">
<script>
one.addEventListener("click", event => {
    const y = event.clientY - one.getBoundingClientRect().y;
    one.textContent = `${event.clientX},${y},${event.isTrusted}`;
});
two.addEventListener("click", () => { two.textContent = "found"; });
</script>"""
# Each page, and what the harness must say about it.
BAD = {
    "console.error('one bad thing')": "console, error: one bad thing",
    "console.warn('odd')": "console, warning: odd",
    "setTimeout(() => { throw new Error('late') }, 0)": "exception: Error: late",
    "Promise.reject(new Error('nobody waits'))": "exception: Error: nobody waits",
    "fetch('http://example.invalid/data').catch(() => 0)": "request: http://example.invalid/data",
    "new Image().src = 'https://example.invalid/x.png'": "request: https://example.invalid/x.png",
    "document.write('<link rel=stylesheet href=other.css>')": "other.css",
    "new Worker(URL.createObjectURL(new Blob(['throw new Error(7)'])))": "Error: 7",
    "alert('hello')": "dialog: hello",
}


def write(folder, text):
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_page_has_no_problems(browser, folder):
    browser.open(write(folder, PAGE))
    browser.check()
    assert browser.evaluate("document.title") == "a page"
    assert browser.evaluate("Promise.resolve([1, {a: null}])") == [1, {"a": None}]


def test_what_goes_wrong_is_seen(browser, folder):
    for script, expected in BAD.items():
        browser.open(write(folder, f"<!doctype html><script>{script}</script>"))
        browser.pause(0.1)
        try:
            browser.check()
        except harness.PageError as error:
            assert expected in str(error), f"{script}: {error}"
        else:
            raise AssertionError(f"nothing was seen of {script}")
    try:
        browser.evaluate("undefined.x")
    except harness.PageError:
        pass
    else:
        raise AssertionError("an expression that throws must raise")


def test_mouse_and_keys_are_a_persons(browser, folder):
    browser.open(write(folder, PAGE))
    browser.click("#one", 0.25, 0.5)
    assert browser.text("#one") == "20,20,true", browser.text("#one")
    browser.click("#two")  # scrolls there
    assert browser.text("#two") == "found"
    browser.click("input")
    browser.type("Twö 2")
    browser.key("ArrowLeft")
    browser.key("x")
    assert browser.evaluate("document.querySelector('input').value") == "Twö x2"
    browser.key("Tab", harness.SHIFT, times=2)
    assert browser.evaluate("document.activeElement.id") == "one"


def test_sizes_schemes_pictures_paper(browser, folder):
    browser.open(write(folder, PAGE))
    browser.size(360, 640, scale=2, touch=True)
    assert browser.evaluate("[innerWidth, innerHeight, devicePixelRatio]") == [360, 640, 2]
    browser.look("dark", reduced_motion=True)
    assert browser.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert browser.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    dark = browser.screenshot(whole=False)
    browser.look("light", media="print")
    assert browser.evaluate("getComputedStyle(one).display") == "none"
    browser.look("light")
    light = browser.screenshot(whole=False)
    assert dark[:8] == b"\x89PNG\r\n\x1a\n" and dark != light
    assert browser.print_pdf()[:5] == b"%PDF-"
    browser.size(1400, 900)


def test_nothing_is_kept(browser, folder):
    browser.open(write(folder, "<script>for (let i = 0; i < 3; i++) console.log(i)</script>"))
    browser.log.clear()
    browser.reload()
    assert browser.log == ["log: 0", "log: 1", "log: 2"], browser.log
    other = harness.Browser()
    profile = other.folder
    assert profile.exists()
    other.close()
    assert not profile.exists() and other.pipe.process.returncode is not None


if __name__ == "__main__":
    harness.run(
        [
            test_a_good_page_has_no_problems,
            test_what_goes_wrong_is_seen,
            test_mouse_and_keys_are_a_persons,
            test_sizes_schemes_pictures_paper,
            test_nothing_is_kept,
        ],
        prepare=lambda folder: folder,
    )
