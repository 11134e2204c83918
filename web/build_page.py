"""Puts the playground together: a folder for a file server, and the same in one file for a double
click.

    python3 web/build_page.py SOURCE FOLDER FILE     (scripts/build_web.sh does this)

SOURCE is web/playground; FOLDER has the module aann.wasm already, and what else is in it is
replaced by the sources as they are. In the one file, scripts and workers are joined, and everything
else is there as text (gzip, base64), because a page that was opened from a disk may fetch nothing.

Joining is simple because the sources are: a module imports names from "./name.js" in the first
lines, and exports by writing `export` before a function, class or constant. Each module becomes a
function that returns its exports.
"""

from __future__ import annotations

import base64
import gzip
import json
import pathlib
import re
import shutil
import sys

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
# Comments that begin a line: who reads the page finds them in its sources.
COMMENT = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
EXPORT = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)
WORKERS = ("search_worker", "lesion_worker")
# What the page may load: its own files; in the one file, what is inside. It connects to nobody.
FOLDER_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src data:"
)
FILE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data:"
)
DRIVER = pathlib.Path("gallery/driver.aannm")


def fail(message: str) -> None:
    sys.exit(f"build_page: {message}")


# ---- joining modules -----------------------------------------------------------------------------


def module_order(
    folder: pathlib.Path, name: str, done: list[str], waiting: tuple[str, ...] = ()
) -> list[str]:
    """The modules that `name` needs, and itself, each after what it needs."""
    if name in waiting:
        fail(f"js/{name}.js needs itself, through {', '.join(waiting)}")
    if name not in done:
        text = (folder / f"{name}.js").read_text(encoding="utf-8")
        for _, needed in IMPORT.findall(text):
            module_order(folder, needed, done, (*waiting, name))
        done.append(name)
    return done


def as_function(folder: pathlib.Path, name: str) -> str:
    """The module as `modules.name = (() => { ... return { exports }; })();`"""
    text = COMMENT.sub("", (folder / f"{name}.js").read_text(encoding="utf-8"))
    names = [exported for _, exported in EXPORT.findall(text)]
    text = IMPORT.sub(lambda found: f"const {{{found[1]}}} = modules.{found[2]};\n", text)
    text = EXPORT.sub(r"\1 \2", text)
    if re.search(r"^(import|export)\b", text, re.MULTILINE):
        fail(f"js/{name}.js imports or exports in a way that cannot be joined")
    return f"modules.{name} = (() => {{\n{text}return {{ {', '.join(names)} }};\n}})();\n"


def join(folder: pathlib.Path, entry: str) -> str:
    parts = [as_function(folder, name) for name in module_order(folder, entry, [])]
    return '(() => {\n"use strict";\nconst modules = {};\n' + "".join(parts) + "})();\n"


# ---- the folder ----------------------------------------------------------------------------------


def assets(source: pathlib.Path) -> dict[str, pathlib.Path]:
    """What the page loads besides scripts, by the path from the page; the module is in FOLDER."""
    found = {
        "data/digits.bin": source / "data/digits.bin",
        "driver.aannm": source.parents[1] / DRIVER,
    }
    found |= {f"members/{path.name}": path for path in sorted((source / "members").glob("*.aannm"))}
    return found


def copy(path: pathlib.Path, to: pathlib.Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def write_folder(source: pathlib.Path, folder: pathlib.Path) -> None:
    wanted = {"index.html": source / "index.html", "style.css": source / "style.css"}
    wanted |= {f"js/{path.name}": path for path in (source / "js").glob("*.js")} | assets(source)
    for name, path in wanted.items():
        copy(path, folder / name)
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_file() and name not in wanted and name != "aann.wasm":
            path.unlink()


# ---- the one file --------------------------------------------------------------------------------


def script(text: str) -> str:
    """Inside a page, a script must not seem to end."""
    return "<script>\n" + text.replace("</", "<\\/") + "</script>"


def packed(path: pathlib.Path) -> str:
    return base64.b64encode(gzip.compress(path.read_bytes(), 9, mtime=0)).decode("ascii")


def replace_once(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        fail(f"index.html should contain {old} once")
    return text.replace(old, new)


def write_file(source: pathlib.Path, folder: pathlib.Path, to: pathlib.Path) -> None:
    inside = {name: packed(path) for name, path in assets(source).items()}
    inside["aann.wasm"] = packed(folder / "aann.wasm")
    scripts = source / "js"
    workers = {name: join(scripts, name) for name in WORKERS}
    parts = [
        script(
            f"globalThis.aannAssets = {json.dumps(inside)};\n"
            f"globalThis.aannWorkers = {json.dumps(workers)};\n"
        ),
        script(join(scripts, "main")),
    ]
    page = (source / "index.html").read_text(encoding="utf-8")
    style = (source / "style.css").read_text(encoding="utf-8")
    page = replace_once(page, FOLDER_POLICY, FILE_POLICY)
    page = replace_once(page, '<script type="module" src="js/main.js"></script>\n', "")
    page = replace_once(
        page, '<link rel="stylesheet" href="style.css">', f"<style>\n{style}</style>"
    )
    page = replace_once(page, "</body>", "\n".join(parts) + "\n</body>")
    to.write_text(page, encoding="utf-8")


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit("usage: build_page.py SOURCE FOLDER FILE")
    source, folder, to = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    for name, path in assets(source).items():
        if not path.is_file():
            fail(f"{name}: there is no {path}")
    if not (folder / "aann.wasm").is_file():
        # Files that are not the page's are removed there: it had better be the right folder.
        fail(f"{folder} has no aann.wasm; expected the folder of scripts/build_web.sh")
    write_folder(source, folder)
    write_file(source, folder, to)


if __name__ == "__main__":
    main()
