"""The dependency rule of CONTRIBUTING.md, checked from the #include lines.

A folder of src/ includes its own headers and those of the folders below it; the program (src/cli) includes only
the public headers and its own; a third-party header is included only in the folder that wraps it; no two files need
each other, directly or through others (a header and its source file count as one). The first thing
the test does is to check itself on a small tree with every kind of violation.

Usage: test_dependencies.py [ROOT]
"""
import os
import pathlib
import re
import sys
import tempfile

# Folder -> folders whose headers it may include besides its own: internal ones ("folder/x.h") and public ones
# ("aann/x.h"). The order is that of the house, from the ground up. The program includes public headers only.
BELOW = {
    "core": [],
    "network": ["core"],
    "samples": ["network", "core"],
    "engine": ["samples", "network", "core"],
    "model": ["engine", "samples", "network", "core"],
    "search": ["engine", "samples", "network", "core"],
    "manifold": ["search", "engine", "samples", "network", "core"],
    "car": ["core"],
    "drive": ["model", "search", "engine", "samples", "car", "network", "core"],
    "geometry": ["engine", "samples", "network", "core"],
    "export": ["model", "engine", "samples", "network", "core"],
    "picture": ["core"],
    "data": ["samples", "network", "core"],
    "study": ["network", "core"],
    "family": ["study", "data", "model", "geometry", "drive", "manifold", "search", "engine", "samples", "car", "network", "core"],
    "report": ["family", "study", "data", "model", "geometry", "drive", "search", "engine", "samples", "car", "network",
               "core"],
    "distributed": ["family", "study", "data", "model", "geometry", "drive", "search", "engine", "samples", "car", "network",
                    "core"],
    "cli": [],
    "mpi": ["cli", "distributed", "core"],
}

# Rooms of the program, from the ground up: what each may include besides its own ("cli/room/x.h").
PROGRAM = {
    "fetch": [],
    "shared": ["fetch"],
    "car": ["shared"],
    "paper": ["shared"],
    "commands": ["shared", "car", "paper", "fetch"],
}

# Public header -> the folder that implements it, where the names differ.
HEADER_FOLDER = {
    "aann": "core", "status": "core", "version": "core", "visibility": "core",
    "evaluate": "engine",
    "connect": "family", "nulls": "geometry", "intervals": "geometry",
    "export_c": "export", "export_onnx": "export",
    "dale": "network", "task": "network",
    "benchmark": "search", "development": "search", "objective": "search", "options": "search",
    "car_driver": "car", "cars": "car",
    "ensemble": "geometry", "lesion": "geometry", "measures": "geometry",
    "ablation": "geometry",
    "sampler": "manifold", "volume": "manifold",
    "sample": "family", "walk": "family", "path": "family", "recording": "family", "dagger": "family",
    "excerpt": "family", "family_data": "family", "merge": "family", "phases": "family", "ranks": "distributed",
}

# Third-party header (a prefix of the path) -> folders that may include it.
THIRD_PARTY = {
    "sqlite3.h": ["study"],
    "zlib.h": ["data", "study"],
    "archive.h": ["data", "cli"],
    "archive_entry.h": ["data", "cli"],
    "curl/": ["cli"],
    "jansson.h": ["family", "report", "cli"],
    "xxhash.h": ["core"],
    "png.h": ["data", "cli"],
    "jpeglib.h": ["data"],
    "webp/": ["cli"],
    "cairo": ["picture"],
    "mpi.h": ["mpi"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def includes(path):
    """(line number, is quoted, path) of every #include of a file."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(1) == '"', match.group(2)


def judge(folder, room, quoted, target):
    """Why a file of `folder` (of the program: of its `room`) may not include `target`; None if it may."""
    first, _, rest = target.partition("/")
    if first == "aann":
        name = rest.removesuffix(".h")
        owner = HEADER_FOLDER.get(name, name)
        if owner not in BELOW:
            return f'public header "{target}" belongs to no folder: add it to HEADER_FOLDER of this test'
        if owner != folder and folder != "cli" and owner not in BELOW[folder]:
            return f'{folder} may not include "{target}", the public header of {owner}'
        return None
    if quoted:
        if first not in BELOW or not rest:
            return f'"{target}": own headers are included as "folder/name.h" or "aann/name.h"'
        if first != folder and first not in BELOW[folder]:
            return f'{folder} may not include "{target}"'
        if folder == "cli" and room != "main.c":
            other = rest.partition("/")[0]
            if other != room and other not in PROGRAM.get(room, []):
                return f'cli/{room} may not include "{target}"'
        return None
    for prefix, folders in THIRD_PARTY.items():
        if target.startswith(prefix) and folder not in folders:
            return f"<{target}> is for {' and '.join(folders)}, not for {folder}"
    return None


def unit(path):
    """A header and its source file are one place: the path without its ending."""
    return path.rsplit(".", 1)[0]


def circles(root):
    """Groups of files that need each other, through headers; one line for each group."""
    edges = {}
    for path in sorted((root / "src").rglob("*.[ch]")):
        here = unit(str(path.relative_to(root / "src")))
        targets = edges.setdefault(here, set())
        targets.update(unit(target) for _, quoted, target in includes(path)
                       if quoted and not target.startswith("aann/") and unit(target) != here)
    reach = {}
    for start in edges:
        seen, waiting = set(), list(edges[start])
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting.extend(edges.get(place, ()))
        reach[start] = seen
    groups = {tuple(sorted({start} | {other for other in reach[start] if start in reach.get(other, ())}))
              for start in edges if start in reach[start]}
    return [f"{', '.join(group)}: these files need each other" for group in sorted(groups)]


def violations(root):
    """One line per include that breaks the rule, in the order of the files, and one per circle."""
    found = []

    def check(path, folder, room=None):
        for number, quoted, target in includes(path):
            reason = judge(folder, room, quoted, target)
            if reason:
                found.append(f"{path.relative_to(root)}:{number}: {reason}")

    for path in sorted((root / "src").rglob("*.[ch]")):
        parts = path.relative_to(root / "src").parts
        if parts[0] not in BELOW:
            found.append(f"{path.relative_to(root)}: folder {parts[0]} is not part of the rule")
        else:
            check(path, parts[0], parts[1])
    for path in sorted((root / "include" / "aann").glob("*.h")):
        owner = HEADER_FOLDER.get(path.stem, path.stem)
        if owner not in BELOW:
            found.append(f"{path.relative_to(root)}: belongs to no folder: add it to HEADER_FOLDER of this test")
            continue
        for number, quoted, target in includes(path):
            if quoted and not target.startswith("aann/"):
                found.append(f"{path.relative_to(root)}:{number}: a public header includes only public ones")
        if path.stem != "aann":  # the one that includes all
            check(path, owner)
    return found + circles(root)


def contributing(text, below, program):
    """How the tables of CONTRIBUTING.md differ from these; one line for each difference. A row of the rule is
    "| `folder` | `below`, `below` |", one of the layout begins with "| `src/folder/`"."""
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 2:
            name = cells[0].strip("`")
            # Words are not compared, so a cell with words is a row of the layout.
            if re.fullmatch(r"(`[a-z]+`(, )?)*|nothing", cells[1]):
                rows[name] = re.findall(r"`([a-z]+)`", cells[1])
    expected = {**below, **{f"cli/{room}": rooms for room, rooms in program.items()}}
    expected.pop("cli")  # words: the public headers
    found = []
    for name, folders in expected.items():
        if name not in rows:
            found.append(f"CONTRIBUTING.md: the dependency rule has no row for {name}")
        elif rows[name] != folders:
            found.append(f"CONTRIBUTING.md: {name} may include {folders}, the row says {rows[name]}")
    found += [f"CONTRIBUTING.md: {name} is no folder" for name in rows if name not in expected]
    found += [f"CONTRIBUTING.md: the layout has no row for src/{name}/" for name in below
              if f"| `src/{name}/` |" not in text]
    return found


def write(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def check_the_checker():
    """Every kind of violation is found, and nothing else."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        write(root, "src/core/good.c", '#include "core/good.h"\n#include <stdio.h>\n#include "aann/status.h"\n')
        write(root, "src/core/upwards.c", '#include "network/network.h"\n')
        write(root, "src/engine/view.c", '#include "aann/samples.h"\n#include "network/network.h"\n')
        write(root, "src/engine/loader.c", '#include "data/loader.h"\n')
        write(root, "src/search/study.c", '#  include "aann/study.h"\n')
        write(root, "src/network/database.c", "#include <sqlite3.h>\n")
        write(root, "src/cli/shared/inside.c",
              '#include "cli/shared/options.h"\n#include "aann/study.h"\n#include "core/error.h"\n')
        write(root, "src/cli/shared/upwards.c", '#include "cli/commands/command.h"\n')
        write(root, "src/core/short.c", '#include "error.h"\n')
        write(root, "src/car/a.h", '#include "car/b.h"\n')
        write(root, "src/car/b.c", '#include "car/b.h"\n#include "car/a.h"\n')
        write(root, "src/car/b.h", "\n")
        write(root, "src/extra/new.c", "\n")
        write(root, "include/aann/network.h", '#include "aann/status.h"\n#include "core/error.h"\n')
        expected = [
            "src/cli/shared/inside.c:3", "src/cli/shared/upwards.c:1", "src/core/short.c:1", "src/core/upwards.c:1",
            "src/engine/loader.c:1", "src/extra/new.c", "src/network/database.c:1", "src/search/study.c:1",
            "include/aann/network.h:2", "car/a, car/b",
        ]
        table = "| `src/a/` | words |\n| `src/b/` | words |\n| `src/cli/` | words |\n| `a` | nothing |\n| `b` | `a` |\n"
        below = {"a": [], "b": ["a"], "cli": []}
        if contributing(table + "| `cli/room` | `a` |\n", below, {"room": ["a"]}) or \
                len(contributing(table + "| `c` | `a` |\n", {**below, "b": []}, {"room": []})) != 3:
            sys.exit("the checker is broken: it misreads the table of CONTRIBUTING.md")
        found = violations(root)
        places = [line.split(": ")[0] for line in found]
        if places != expected:
            sys.exit(f"the checker is broken: expected {expected}, found {found}")


def main():
    check_the_checker()
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AANN_SOURCE_DIR", "."))
    found = violations(root.resolve())
    found += contributing((root / "CONTRIBUTING.md").read_text(encoding="utf-8"), BELOW, PROGRAM)
    for line in found:
        print(line)
    if found:
        sys.exit(f"{len(found)} lines break the dependency rule of CONTRIBUTING.md")
    print("the dependency rule holds")


if __name__ == "__main__":
    main()
