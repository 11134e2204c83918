"""The files that name the version agree with include/aann/version.h: man page, citation, changelog, packages.

Usage: test_release.py [ROOT]
"""
import os
import pathlib
import re
import sys

PLACES = {
    "docs/man/aann.1": r'^\.TH AANN 1 "[^"]*" "aann ([0-9.]+)"',
    "CITATION.cff": r"^version: ([0-9.]+)$",
    "CHANGELOG.md": r"^## ([0-9.]+)",  # the first section
    "debian/changelog": r"^aann \(([0-9.]+)-[0-9]+\)",  # the first entry
    "packaging/conda/meta.yaml": r'^{% set version = "([0-9.]+)" %}$',
}


def complaints(root):
    def first(path, pattern):
        match = re.search(pattern, (root / path).read_text(encoding="utf-8"), flags=re.MULTILINE)
        return match.group(1) if match else None

    version = first("include/aann/version.h", r'#define AANN_VERSION "([0-9.]+)"')
    if version is None:
        return ["include/aann/version.h: no AANN_VERSION"]
    # A tarball comes without debian/ (scripts/make_tarball.sh).
    places = {path: pattern for path, pattern in PLACES.items()
              if not path.startswith("debian/") or (root / "debian").is_dir()}
    return [f"{path}: version {first(path, pattern)}, include/aann/version.h has {version}"
            for path, pattern in places.items() if first(path, pattern) != version]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AANN_SOURCE_DIR", "."))
    found = complaints(root)
    if found:
        sys.exit("\n".join(found))
    print("one version everywhere")


if __name__ == "__main__":
    main()
