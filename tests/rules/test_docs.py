"""The documentation holds together: links lead somewhere, the index names every page, prose has 100 columns.

Usage: test_docs.py [ROOT]
"""
import os
import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COLUMNS = 100


def pages(root):
    """The Markdown files of the project, without builds and what git ignores."""
    places = [root.glob("*.md"), (root / "docs").rglob("*.md"), (root / "examples").rglob("*.md"), (root / ".github").rglob("*.md")]
    return sorted(path for place in places for path in place)


def anchors(text):
    """The names that a forge gives to the headings of a page."""
    names = set()
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        names.add(name)
    return names


def prose(text):
    """(line number, line) of what is neither code nor a table nor a line of one long link."""
    code = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("```"):
            code = not code
        elif not code and not line.startswith(("|", "    ", "![")) and " " in line.strip():
            yield number, line


def faults(root):
    found = []
    for path in pages(root):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(root)
        for target in LINK.findall(text):
            place, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            file = (path.parent / place).resolve() if place else path
            if not file.exists():
                found.append(f"{name}: the link {target} leads nowhere")
            elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
                found.append(f"{name}: {target}: no such heading")
        found += [f"{name}:{number}: {len(line)} columns" for number, line in prose(text) if len(line) > COLUMNS]
    for folder in ("docs", "docs/notes"):
        index = (root / folder / "README.md").read_text(encoding="utf-8")
        found += [f"{folder}/README.md does not name {path.name}" for path in sorted((root / folder).glob("*.md"))
                  if path.name != "README.md" and f"({path.name})" not in index]
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AANN_SOURCE_DIR", ".")).resolve()
    found = faults(root)
    for line in found:
        print(line)
    if found:
        sys.exit(f"{len(found)} faults in the documentation")
    print("links, index and columns are right")


if __name__ == "__main__":
    main()
