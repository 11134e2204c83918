#!/bin/bash
# Checks the Python package: builds its source distribution and from that the wheel, runs the tests against the wheel,
# installs the wheel into an empty environment, and runs ruff and mypy. $AANN is the built program, with which the
# tests compare. Needs PyPI and what python/fetch.sh needs.
#
# usage: scripts/check_python.sh [FOLDER]   (build-python: environment and wheel; the environment is kept)
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mkdir -p "${1:-build-python}" && cd "${1:-build-python}" && pwd)
export AANN=${AANN:-$PWD/build/aann}
environment=$folder/environment
wheel_limit=2097152

# The environment is made anew when the list of packages has changed.
stamp=$folder/requirements.sha256
if [ ! -x "$environment/bin/python" ] || ! sha256sum --status --check "$stamp" 2>/dev/null; then
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" -q install --disable-pip-version-check -r tests/python/requirements.txt
    sha256sum tests/python/requirements.txt >"$stamp"
fi
python=$environment/bin/python

"$python" -m ruff format --check -q python tests/python
"$python" -m ruff check -q python tests/python

# A fresh checkout, before fetch.sh has been there: `pip install .` must accept what pyproject.toml says.
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
tar -c --exclude='*.txt' pyproject.toml LICENSE include/aann/version.h python/README.md python/licenses | tar -x -C "$fresh"
"$environment/bin/pip" -q install --disable-pip-version-check --no-build-isolation --no-deps --dry-run "$fresh"

rm -rf "$folder/dist"
scripts/build_wheels.sh --out "$folder/dist" >/dev/null
wheel=$(echo "$folder"/dist/*.whl)
size=$(stat -c %s "$wheel")
[ "$size" -le "$wheel_limit" ] || { echo "$wheel has $size bytes, more than $wheel_limit" >&2; exit 1; }
echo "wheel: $size bytes"

"$environment/bin/pip" -q install --disable-pip-version-check --force-reinstall --no-deps "$wheel"
(cd python && "$python" -m mypy --config-file ../pyproject.toml)

# Repaired: named after the oldest C library that has what it needs, and refused if it needs any other library.
empty=$(mktemp -d)
trap 'rm -rf "$empty" "$fresh"' EXIT
PATH="$environment/bin:$PATH" auditwheel repair --wheel-dir "$empty/repaired" "$wheel" >"$empty/log" 2>&1 ||
    { cat "$empty/log" >&2; exit 1; }
repaired=$(echo "$empty"/repaired/*.whl)
python3 -m zipfile -l "$repaired" | grep -q '\.libs/' && { echo "$repaired has libraries of this machine in it" >&2; exit 1; }
echo "repaired: ${repaired##*/}"
python3 -m venv "$empty/environment"
"$empty/environment/bin/pip" -q install --disable-pip-version-check "$repaired"
(cd "$empty" && "$empty/environment/bin/python" "$OLDPWD/tests/python/first_family.py")

# As many files of tests at once as there are processors.
"$python" -m pytest tests/python -n auto --dist loadfile
