"""Headless Chromium for tests of web pages, spoken to through a pipe in the DevTools protocol.

A `Browser` has a private profile, no network, and notes what a good page never has: errors and
warnings on the console, exceptions, and requests for anything that the test did not allow. Clicks,
keys and movements go through the browser's own input path, so what covers an element or takes the
focus matters as it does for a person.

    with Browser() as browser:
        browser.open(path)             # a file, or an address that `allow` accepts
        browser.click("#members tr:nth-child(2)")
        assert browser.evaluate("document.title") == "..."
        browser.check()                                  # raises if there were problems

Nothing but Python's library and Chromium (Debian: chromium) is needed. `run(tests)` is the main of
a test file: one browser for all its tests, exit status 77 where there is no Chromium.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import inspect
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

SKIPPED = 77
# Seconds. Machines that run all tests at once are slow; a page that is stuck fails all the same.
ANSWER_LIMIT = 60.0
WAIT_LIMIT = 20.0

FLAGS = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    "--disable-breakpad",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--lang=en-US",
    "--disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider",
    # Names are looked up nowhere; a test's own server has a number.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

# name: (code, Windows virtual key, text)
KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Tab": ("Tab", 9, ""),
    "Escape": ("Escape", 27, ""),
    " ": ("Space", 32, " "),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "Home": ("Home", 36, ""),
    "End": ("End", 35, ""),
    "PageUp": ("PageUp", 33, ""),
    "PageDown": ("PageDown", 34, ""),
    "Delete": ("Delete", 46, ""),
}
SHIFT, CONTROL, ALT = 8, 2, 1


def find_chromium() -> str | None:
    """The browser's path: $AANN_CHROMIUM, or Chromium or Chrome on the PATH."""
    names = [os.environ.get("AANN_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


class PageError(AssertionError):
    """A script that failed in the page, or an element that is not there."""


class Pipe:
    """Messages of the DevTools protocol: JSON texts, each ended by a zero byte."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: int) -> None:
        to_browser, self.writer = os.pipe()
        self.reader, from_browser = os.pipe()

        def place_descriptors() -> None:
            # The browser reads from descriptor 3 and writes to 4. Copies far above make room.
            high_in = fcntl.fcntl(to_browser, fcntl.F_DUPFD, 20)
            high_out = fcntl.fcntl(from_browser, fcntl.F_DUPFD, 20)
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)
            os.close(high_in)
            os.close(high_out)

        self.process = subprocess.Popen(
            arguments,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            close_fds=False,
            preexec_fn=place_descriptors,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.rest = b""

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.writer, data) :]

    def receive(self, deadline: float) -> dict[str, Any] | None:
        """The next message; None when the deadline passed first."""
        while b"\0" not in self.rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.reader], [], [], left)[0]:
                return None
            data = os.read(self.reader, 1 << 20)
            if not data:
                raise RuntimeError("the browser ended")
            self.rest += data
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def close(self) -> None:
        os.close(self.writer)
        os.close(self.reader)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        # What Chromium started is in its session; whatever is left of it goes.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Browser:
    """One page in a private browser. `allow(url)` says which other requests are expected."""

    def __init__(
        self, width: int = 1400, height: int = 900, allow: Callable[[str], bool] = lambda url: False
    ) -> None:
        path = find_chromium()
        if path is None:
            raise RuntimeError("no Chromium on this machine; on Debian: apt-get install chromium")
        self.allow = allow
        self.problems: list[str] = []
        self.log: list[str] = []  # everything that pages wrote to the console
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aann-browser-"))
        flags = [
            *FLAGS,
            f"--user-data-dir={self.folder / 'profile'}",
            f"--window-size={width},{height}",
        ]
        if os.geteuid() == 0:
            flags.append(
                "--no-sandbox"
            )  # Chromium's sandbox refuses to be root's, as in a container
        environment = {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder),
            "TZ": "UTC",
        }
        with open(self.folder / "log", "wb") as log:
            self.pipe = Pipe([path, *flags, "about:blank"], environment, log.fileno())
        self.next_id = 0
        self.mouse = (0.0, 0.0)
        self.loaded = False
        self.address = ""
        self.answers: dict[int, dict[str, Any]] = {}
        self.session: str | None = None
        self._attach()
        self.size(width, height)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser and removes its profile."""
        self.pipe.close()
        for _ in range(20):  # a process of the browser's may still write
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.1)

    # The protocol.

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The answer to one command, given to the page unless `session` says otherwise."""
        self.next_id += 1
        number = self.next_id
        message = {"id": number, "method": method, "params": parameters}
        if session or self.session:
            message["sessionId"] = session or self.session
        self.pipe.send(message)
        deadline = time.monotonic() + ANSWER_LIMIT
        while number not in self.answers:
            if not self._pump(deadline):
                raise RuntimeError(f"{method}: no answer within {ANSWER_LIMIT:.0f} s")
        answer = self.answers.pop(number)
        if "error" in answer:
            raise PageError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def _send(self, method: str, session: str, **parameters: Any) -> None:
        """A command whose answer does not matter."""
        self.next_id += 1
        self.pipe.send(
            {"id": -self.next_id, "method": method, "params": parameters, "sessionId": session}
        )

    def _pump(self, deadline: float) -> bool:
        """Takes one message; False when there was none until the deadline."""
        message = self.pipe.receive(deadline)
        if message is None:
            return False
        if "id" in message:
            if message["id"] > 0:
                self.answers[message["id"]] = message
        else:
            self._event(message["method"], message.get("params", {}), message.get("sessionId", ""))
        return True

    def _attach(self) -> None:
        deadline = time.monotonic() + ANSWER_LIMIT
        while True:
            pages = [
                target
                for target in self.call("Target.getTargets")["targetInfos"]
                if target["type"] == "page"
            ]
            if pages:
                break
            if time.monotonic() > deadline:
                raise RuntimeError("the browser opened no page")
            time.sleep(0.05)
        self.session = self.call(
            "Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True
        )["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.call(f"{domain}.enable")
        # Workers and frames too: what goes wrong there counts as well.
        self.call(
            "Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True
        )

    def _event(self, method: str, event: dict[str, Any], session: str) -> None:
        """Notes what goes wrong in the page and its workers."""
        if method == "Runtime.consoleAPICalled":
            text = " ".join(
                str(part.get("value", part.get("description", ""))) for part in event["args"]
            )
            self.log.append(f"{event['type']}: {text}")
            if event["type"] in ("error", "warning", "assert"):
                self.problems.append(f"console, {event['type']}: {text}")
        elif method == "Runtime.exceptionThrown":
            details = event["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details.get("text", "")
            self.problems.append(f"exception: {text}")
        elif method == "Log.entryAdded":
            entry = event["entry"]
            if entry["level"] in ("error", "warning"):
                self.problems.append(
                    f"log, {entry['level']}: {entry['text']} {entry.get('url', '')}"
                )
        elif method == "Network.requestWillBeSent":
            url = event["request"]["url"]
            if (
                not url.startswith(("data:", "blob:", "about:"))
                and url.partition("#")[0] != self.address
                and not self.allow(url)
            ):
                self.problems.append(f"request: {url}")
        elif method == "Target.attachedToTarget":
            child = event["sessionId"]
            for domain in ("Runtime", "Network", "Log"):
                self._send(f"{domain}.enable", child)
            self._send("Runtime.runIfWaitingForDebugger", child)
        elif method == "Page.loadEventFired" and session == self.session:
            self.loaded = True
        elif method == "Page.javascriptDialogOpening":
            self.problems.append(f"dialog: {event['message']}")
            self._send("Page.handleJavaScriptDialog", session, accept=True)

    # Pages.

    def open(self, where: str | os.PathLike[str]) -> float:
        """Opens a file or an address and waits until it is loaded. Seconds that it took."""
        text = os.fspath(where)
        self.address = (
            text
            if "://" in text or text.startswith(("data:", "about:"))
            else pathlib.Path(text).resolve().as_uri()
        )
        start = time.monotonic()
        self.loaded = False
        answer = self.call("Page.navigate", url=self.address)
        if answer.get("errorText"):
            raise PageError(f"{self.address}: {answer['errorText']}")
        self.address = self.address.partition("#")[0]
        self.wait_loaded()
        return time.monotonic() - start

    def wait_loaded(self) -> None:
        """Waits for the end of a load that began (`loaded` was set to False before)."""
        deadline = time.monotonic() + WAIT_LIMIT
        while not self.loaded:
            if not self._pump(deadline):
                raise PageError(f"{self.address}: not loaded within {WAIT_LIMIT:.0f} s")

    def reload(self) -> None:
        """What F5 does."""
        self.loaded = False
        self.call("Page.reload")
        self.wait_loaded()

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, waiting for a promise; what it throws is raised."""
        answer = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise PageError(
                f"{expression}: "
                f"{details.get('exception', {}).get('description', details.get('text'))}"
            )
        return answer["result"].get("value")

    def wait(self, expression: str, seconds: float = WAIT_LIMIT) -> Any:
        """Evaluates until the value is true (in JavaScript's sense) and returns it."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                value = self.evaluate(expression)
            except PageError as error:
                if "navigated" not in str(error) and "context" not in str(error):
                    raise
                value = None  # the page is just being left for the next one
            if value:
                return value
            if time.monotonic() > deadline:
                raise PageError(f"not true within {seconds:g} s: {expression}")
            time.sleep(0.03)

    def pause(self, seconds: float) -> None:
        """Lets time pass while events are still taken."""
        deadline = time.monotonic() + seconds
        while self._pump(deadline):
            pass

    def check(self) -> None:
        """Raises if the page had problems since the last check."""
        self.evaluate("new Promise(done => setTimeout(done, 0))")
        problems, self.problems = self.problems, []
        if problems:
            raise PageError("the page had problems:\n    " + "\n    ".join(problems))

    # How the page is looked at.

    def size(self, width: int, height: int, scale: float = 1, touch: bool = False) -> None:
        """The viewport in CSS pixels, device pixels for each, and whether it is a phone's."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=touch,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=touch)

    def look(
        self,
        scheme: str = "light",
        reduced_motion: bool = False,
        media: str = "",
        forced_colors: bool = False,
    ) -> None:
        """Colour scheme, less movement, and the medium ("print", or "" for the screen)."""
        self.call(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[
                {"name": "prefers-color-scheme", "value": scheme},
                {
                    "name": "prefers-reduced-motion",
                    "value": "reduce" if reduced_motion else "no-preference",
                },
                {"name": "forced-colors", "value": "active" if forced_colors else "none"},
            ],
        )

    def screenshot(
        self,
        path: str | os.PathLike[str] | None = None,
        selector: str = "",
        whole: bool = True,
        margin: float = 0,
        scale: float = 1,
    ) -> bytes:
        """The whole page, the viewport, or the first element that matches, as a PNG; as WebP if
        the path ends so.
        """
        options: dict[str, Any] = {
            "format": "png",
            "captureBeyondViewport": whole or bool(selector),
        }
        if path is not None and os.fspath(path).endswith(".webp"):
            options.update(format="webp", quality=80)
        if selector:
            box = self.box(selector, page=True)
            options["clip"] = {
                "x": box["x"] - margin,
                "y": box["y"] - margin,
                "width": box["width"] + 2 * margin,
                "height": box["height"] + 2 * margin,
                "scale": scale,
            }
        elif whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            options["clip"] = {
                "x": 0,
                "y": 0,
                "width": size["width"],
                "height": size["height"],
                "scale": scale,
            }
        data = base64.b64decode(self.call("Page.captureScreenshot", **options)["data"])
        if path is not None:
            pathlib.Path(path).write_bytes(data)
        return data

    def print_pdf(
        self, path: str | os.PathLike[str] | None = None, landscape: bool = False
    ) -> bytes:
        """The page printed on A4, in PDF."""
        data = base64.b64decode(
            self.call(
                "Page.printToPDF",
                landscape=landscape,
                printBackground=True,
                paperWidth=8.27,
                paperHeight=11.69,
            )["data"]
        )
        if path is not None:
            pathlib.Path(path).write_bytes(data)
        return data

    # What a person does.

    def box(self, selector: str, page: bool = False) -> dict[str, float]:
        """The rectangle of the first element that matches, in the viewport or in the whole page."""
        box = self.evaluate(f"""(() => {{
            const element = document.querySelector({json.dumps(selector)});
            if (!element) return null;
            const box = element.getBoundingClientRect();
            const at = {json.dumps(page)} ? [scrollX, scrollY] : [0, 0];
            return {{x: box.x + at[0], y: box.y + at[1], width: box.width, height: box.height}};
        }})()""")
        if box is None:
            raise PageError(f"no element matches {selector}")
        return box

    def show(self, selector: str) -> dict[str, float]:
        """Scrolls the element into view; its rectangle in the viewport."""
        self.evaluate(
            f"document.querySelector({json.dumps(selector)})"
            "?.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'})"
        )
        return self.box(selector)

    def _point(self, selector: str, x: float, y: float) -> tuple[float, float]:
        box = self.show(selector)
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def _mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)
        self.mouse = (x, y)

    def hover(self, selector: str, x: float = 0.5, y: float = 0.5) -> None:
        """Moves the mouse over the element; x and y are shares of its width and height."""
        self._mouse("mouseMoved", *self._point(selector, x, y))

    def click(
        self, selector: str, x: float = 0.5, y: float = 0.5, times: int = 1, modifiers: int = 0
    ) -> None:
        """Clicks at a share of the element's width and height; what covers it gets the click."""
        at = self._point(selector, x, y)
        self._mouse("mouseMoved", *at)
        for count in range(1, times + 1):
            self._mouse(
                "mousePressed", *at, button="left", buttons=1, clickCount=count, modifiers=modifiers
            )
            self._mouse("mouseReleased", *at, button="left", clickCount=count, modifiers=modifiers)

    def drag(self, points: Iterable[tuple[float, float]], selector: str = "") -> None:
        """Presses at the first point, moves through all, releases at the last. Points are shares
        of the element if one is given, else CSS pixels in the viewport.
        """
        places = list(points)
        if selector:
            box = self.show(selector)
            places = [
                (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places
            ]
        self._mouse("mouseMoved", *places[0])
        self._mouse("mousePressed", *places[0], button="left", buttons=1, clickCount=1)
        for place in places[1:]:
            self._mouse("mouseMoved", *place, button="left", buttons=1)
        self._mouse("mouseReleased", *places[-1], button="left", clickCount=1)

    def key_down(self, name: str, modifiers: int = 0) -> None:
        """Holds a key: a name of KEYS, or one character."""
        self.call("Input.dispatchKeyEvent", type="keyDown", modifiers=modifiers, **self._key(name))

    def key_up(self, name: str, modifiers: int = 0) -> None:
        """Lets it go."""
        key = {part: value for part, value in self._key(name).items() if part != "text"}
        self.call("Input.dispatchKeyEvent", type="keyUp", modifiers=modifiers, **key)

    def key(self, name: str, modifiers: int = 0, times: int = 1) -> None:
        """Presses a key: a name of KEYS, or one character."""
        for _ in range(times):
            self.key_down(name, modifiers)
            self.key_up(name, modifiers)

    def type(self, text: str) -> None:
        """Types the text into what has the focus."""
        for character in text:
            self.key(character)

    @staticmethod
    def _key(name: str) -> dict[str, Any]:
        code, number, text = KEYS.get(name) or (f"Key{name.upper()}", ord(name.upper()), name)
        key: dict[str, Any] = {"key": name, "code": code, "windowsVirtualKeyCode": number}
        return {**key, "text": text} if text else key

    # What tests ask for all the time.

    def text(self, selector: str) -> str:
        """The text of the first element that matches, as it is shown."""
        text = self.evaluate(f"""(() => {{
            const element = document.querySelector({json.dumps(selector)});
            return element ? element.innerText ?? element.textContent : null;
        }})()""")
        if text is None:
            raise PageError(f"no element matches {selector}")
        return text

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that match."""
        return self.evaluate(
            f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.textContent.trim())"
        )

    def count(self, selector: str) -> int:
        """How many elements match."""
        return self.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")

    def overflow(self) -> list[str]:
        """Elements that stick out to the right, so that a phone would scroll sideways."""
        return self.evaluate("""(() => {
            const limit = document.documentElement.clientWidth, found = [];
            if (document.documentElement.scrollWidth <= limit) return found;
            for (const element of document.body.querySelectorAll("*")) {
                if (element.getBoundingClientRect().right > limit + 1)
                    found.push(element.tagName + "." + element.getAttribute("class"));
            }
            return found.slice(0, 8);
        })()""")


def run(
    tests: Iterable[Callable[..., None]],
    prepare: Callable[[pathlib.Path], Any] | None = None,
    **options: Any,
) -> None:
    """The main of a test file. Each test gets the browser, and what `prepare(folder)` made if it
    takes two arguments. Words on the command line choose tests by a part of their name. Ends the
    program.
    """
    if find_chromium() is None:
        print("skipped: no Chromium on this machine (scripts/setup.sh browser)")
        sys.exit(SKIPPED)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="aann-web-") as folder, Browser(**options) as browser:
        made = prepare(pathlib.Path(folder)) if prepare else None
        for test in tests:
            if sys.argv[1:] and not any(word in test.__name__ for word in sys.argv[1:]):
                continue
            start = time.monotonic()
            try:
                test(*[browser, made][: len(inspect.signature(test).parameters)])
                browser.check()
                result = "passed"
            except Exception:  # a browser that died is told like a failed assertion
                traceback.print_exc()
                for problem in browser.problems:
                    print("   ", problem, file=sys.stderr)
                browser.problems.clear()
                failed += 1
                result = "FAILED"
            print(f"{result}: {test.__name__} ({time.monotonic() - start:.2f} s)", flush=True)
    sys.exit(1 if failed else 0)
