#!/bin/bash
# Builds the documentation as a site, with Sphinx: the pages of docs/ and docs/python/, the reference of the Python
# package, the notebooks, which are executed. Warnings are errors.
#
# usage: scripts/build_docs.sh [--python PYTHON] [--out FOLDER]   (python3; build-docs)
#
# PYTHON has aann and what tests/python/requirements.txt lists installed.
set -euo pipefail
cd "$(dirname "$0")/.."

python=python3
out=build-docs
while [ $# -gt 0 ]; do
    case $1 in
    --python) python=${2:?--python needs a path}; shift ;;
    --out) out=${2:?--out needs a folder}; shift ;;
    *) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
    esac
    shift
done

"$python" -m sphinx -q -W --keep-going -b html -c docs/python -d "$out.doctrees" . "$out"
rm -rf "$out.doctrees"
printf '<meta http-equiv="refresh" content="0; url=docs/python/index.html">\n' >"$out/index.html"
echo "$out/docs/python/index.html"
