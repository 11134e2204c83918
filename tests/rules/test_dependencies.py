"""The dependency rule of CONTRIBUTING.md, checked from the #include lines.

A folder of src/ includes its own headers and those of the folders below it; the program (src/cli) includes only
the public headers and its own; a third-party header is included only in the folder that wraps it. The first thing
the test does is to check itself on a small tree with every kind of violation.

Usage: test_dependencies.py [ROOT]
"""
import os
import pathlib
import re
import sys
import tempfile

# Folder -> folders whose internal headers ("folder/x.h") it may include, besides its own.
INTERNAL = {
    "core": [],
    "network": ["core"],
    "data": ["network", "core"],
    "engine": ["network", "core"],
    "search": ["engine", "network", "core"],
    "study": ["network", "core"],
    "car": ["core"],
    "drive": ["search", "engine", "car", "network", "core"],
    "geometry": ["study", "network", "core"],
    "picture": ["core"],
    "family": ["drive", "search", "study", "data", "engine", "car", "network", "core"],
    "cli": [],
}

# Folder -> folders whose public headers ("aann/x.h") it may include, besides its own. The engine and the search
# read samples, which are a plain public struct; how they were loaded does not concern them.
PUBLIC = {
    "core": [],
    "network": ["core"],
    "data": ["network", "core"],
    "engine": ["data", "network", "core"],
    "search": ["engine", "data", "network", "core"],
    "study": ["network", "core"],
    "car": ["core"],
    "drive": ["search", "engine", "data", "car", "network", "core"],
    "geometry": ["engine", "study", "data", "network", "core"],
    "picture": ["core"],
    "family": ["drive", "search", "study", "data", "engine", "car", "network", "core"],
    "cli": list(INTERNAL),
}

# Public header -> the folder that implements it, where the names differ.
HEADER_FOLDER = {"benchmark": "search", "car_driver": "car", "status": "core", "version": "core", "evaluate": "engine", "ensemble": "geometry", "walk": "family", "path": "family",
                 "lesion": "geometry"}

# Third-party header (a prefix of the path) -> folders that may include it.
THIRD_PARTY = {
    "sqlite3.h": ["study"],
    "zlib.h": ["data", "study"],
    "archive.h": ["data"],
    "archive_entry.h": ["data"],
    "curl/": ["data"],
    "openssl/": ["data"],
    "jansson.h": ["data", "family", "cli"],
    "xxhash.h": ["network", "search", "geometry"],
    "png.h": ["cli"],
    "webp/": ["cli"],
    "cairo": ["picture"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def includes(path):
    """(line number, is quoted, path) of every #include of a file."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(1) == '"', match.group(2)


def judge(folder, quoted, target):
    """Why `folder` may not include `target`; None if it may."""
    first, _, rest = target.partition("/")
    if first == "aann":
        name = rest.removesuffix(".h")
        owner = HEADER_FOLDER.get(name, name)
        if owner not in INTERNAL:
            return f'public header "{target}" belongs to no folder: add it to HEADER_FOLDER of this test'
        if owner != folder and owner not in PUBLIC[folder]:
            return f'{folder} may not include "{target}", the public header of {owner}'
        return None
    if quoted:
        if first not in INTERNAL or not rest:
            return f'"{target}": own headers are included as "folder/name.h" or "aann/name.h"'
        if first != folder and first not in INTERNAL[folder]:
            return f'{folder} may not include "{target}"'
        return None
    for prefix, folders in THIRD_PARTY.items():
        if target.startswith(prefix) and folder not in folders:
            return f"<{target}> is for {' and '.join(folders)}, not for {folder}"
    return None


def violations(root):
    """One line per include that breaks the rule, in the order of the files."""
    found = []

    def check(path, folder):
        for number, quoted, target in includes(path):
            reason = judge(folder, quoted, target)
            if reason:
                found.append(f"{path.relative_to(root)}:{number}: {reason}")

    for path in sorted((root / "src").rglob("*.[ch]")):
        folder = path.relative_to(root / "src").parts[0]
        if folder not in INTERNAL:
            found.append(f"{path.relative_to(root)}: folder {folder} is not part of the rule")
        else:
            check(path, folder)
    for path in sorted((root / "include" / "aann").glob("*.h")):
        owner = HEADER_FOLDER.get(path.stem, path.stem)
        if owner not in INTERNAL:
            found.append(f"{path.relative_to(root)}: belongs to no folder: add it to HEADER_FOLDER of this test")
            continue
        for number, quoted, target in includes(path):
            if quoted and not target.startswith("aann/"):
                found.append(f"{path.relative_to(root)}:{number}: a public header includes only public ones")
        check(path, owner)
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
        write(root, "src/engine/samples.c", '#include "aann/data.h"\n#include "network/network.h"\n')
        write(root, "src/engine/loader.c", '#include "data/loader.h"\n')
        write(root, "src/search/study.c", '#  include "aann/study.h"\n')
        write(root, "src/network/database.c", "#include <sqlite3.h>\n")
        write(root, "src/cli/inside.c", '#include "cli/options.h"\n#include "aann/study.h"\n#include "core/error.h"\n')
        write(root, "src/core/short.c", '#include "error.h"\n')
        write(root, "src/extra/new.c", "\n")
        write(root, "include/aann/network.h", '#include "aann/status.h"\n#include "core/error.h"\n')
        expected = [
            "src/cli/inside.c:3", "src/core/short.c:1", "src/core/upwards.c:1", "src/engine/loader.c:1", "src/extra/new.c",
            "src/network/database.c:1", "src/search/study.c:1", "include/aann/network.h:2",
        ]
        found = violations(root)
        places = [line.split(": ")[0] for line in found]
        if places != expected:
            sys.exit(f"the checker is broken: expected {expected}, found {found}")


def main():
    check_the_checker()
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AANN_SOURCE_DIR", "."))
    found = violations(root.resolve())
    for line in found:
        print(line)
    if found:
        sys.exit(f"{len(found)} includes break the dependency rule of CONTRIBUTING.md")
    print("the dependency rule holds")


if __name__ == "__main__":
    main()
