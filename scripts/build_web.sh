#!/bin/bash
# Builds the playground: the library compiled to WebAssembly, and the page around it.
#
#     scripts/build_web.sh                  everything, into build-web/playground/ and build-web/playground.html
#     scripts/build_web.sh --module         only the module, build-web/playground/aann.wasm
#     scripts/build_web.sh --sizes          says also what each part takes, plain and compressed
#
# The compiler is zig: $ZIG names one (words are split), else one on the PATH is taken, else `python3 -m ziglang`, else
# ziglang is installed from PyPI into build-web/venv (100 MB, once). What is up to date is not compiled again.
# Exit status: 0 built, 1 something is wrong, 77 there is no zig and none can be installed.
set -eu -o pipefail
cd "$(dirname "$0")/.." || exit 1

ZIG_VERSION=0.17.1
out=$PWD/build-web
jobs=${JOBS:-$(nproc)}
sizes=no
module_only=no
for argument in "$@"; do
    case $argument in
    --sizes) sizes=yes ;;
    --module) module_only=yes ;;
    *)
        sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
    esac
done
mkdir -p "$out/objects" "$out/include" "$out/playground"
# Two tests that build at the same time: the second waits, and finds everything done.
exec 9>"$out/lock"
flock 9

. scripts/find_zig.sh

# Sets the array `zig`; installs it where there is none.
find_or_install_zig()
{
    find_zig && return
    zig=("$out/venv/bin/python" -m ziglang)
    [ ! -e "$out/venv/installed" ] || return 0
    if ! { python3 -m venv --clear "$out/venv" && "$out/venv/bin/pip" install --quiet --disable-pip-version-check \
        "ziglang==$ZIG_VERSION" && touch "$out/venv/installed"; } >"$out/pip.log" 2>&1; then
        tail -n 3 "$out/pip.log" >&2
        echo "build_web: skipped, zig is not installed and cannot be (pip install ziglang)" >&2
        exit 77
    fi
}

# What is compiled: the core, but for what needs threads, files or clocks, and for exact pictures, which the page does not
# draw; web/wasm/ has what stands in for threads and for these.
sources()
{
    local folder
    for folder in core network samples engine model search car drive geometry; do
        printf '%s\n' src/"$folder"/*.c
    done | grep -v -x -e src/core/threads.c -e src/core/atomic_file.c -e src/core/processors.c -e src/core/clock.c \
        -e src/model/load.c -e 'src/search/benchmark.*' -e 'src/car/exact_.*'
    printf '%s\n' web/wasm/*.c
}

kernels()
{
    printf '%s\n' src/engine/kernels/*.c src/car/kernels/*.c | grep -v exact
}

object_of()
{
    printf '%s/objects/%s.o' "$out" "${1//\//_}"
}

flags=(-target wasm32-wasi -mexec-model=reactor -msimd128 -std=c17 -ffp-contract=off -fvisibility=hidden
       -ffunction-sections -fdata-sections -DNDEBUG -DAANN_HAVE_BASELINE=1 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
       -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-enum-float-conversion -Werror
       -Iinclude -Isrc -isystem "$out/include")

# The source files on standard input that are newer than their objects.
outdated()
{
    local file object
    while read -r file; do
        object=$(object_of "$file")
        [ "$object" -nt "$file" ] || printf '%s\n' "$file"
    done
}

# Compiles the files on standard input, several at a time; "$@" are flags.
compile()
{
    # shellcheck disable=SC2016 # expanded by the inner shell
    outdated | xargs -r -d '\n' -n 1 -P "$jobs" bash -c 'objects=$1 file=${!#}; shift
        "$@" -o "$objects/${file//\//_}.o"' compile "$out/objects" "${zig[@]}" cc "${flags[@]}" "$@" -c
}

# The one header of the system's that is needed beyond a C library; it needs nothing else itself.
copy_xxhash()
{
    local header=${XXHASH:-/usr/include/xxhash.h}
    if [ ! -f "$header" ]; then
        echo "build_web: there is no $header (Debian: libxxhash-dev)" >&2
        exit 1
    fi
    cmp -s "$header" "$out/include/xxhash.h" || cp "$header" "$out/include/"
}

build_module()
{
    local objects=() file
    find_or_install_zig
    copy_xxhash
    # A header, or this script, has changed: everything is compiled again.
    if [ ! -e "$out/stamp" ] || [ -n "$(find include src web/wasm scripts/build_web.sh -newer "$out/stamp" \
        \( -name '*.h' -o -name build_web.sh \) -print -quit)" ]; then
        rm -f "$out"/objects/*.o
        touch "$out/stamp"
    fi
    # The kernels of forward passes and of swaps are what takes the time; everything else had better be small.
    sources | compile -Os
    kernels | grep -E "units|forward" | compile -O2 -DAANN_ISA=baseline -DAANN_ISA_BASELINE=1
    kernels | grep -v -E "units|forward" | compile -Os -DAANN_ISA=baseline -DAANN_ISA_BASELINE=1
    while read -r file; do
        objects+=("$(object_of "$file")")
    done < <(sources; kernels)
    "${zig[@]}" cc "${flags[@]}" -Os -s -Wl,--gc-sections "${objects[@]}" -o "$out/aann.wasm"
    cmp -s "$out/aann.wasm" "$out/playground/aann.wasm" || cp "$out/aann.wasm" "$out/playground/"
    chmod 644 "$out/playground/aann.wasm"
}

compressed()
{
    gzip -9 -c "$1" | wc -c
}

report_sizes()
{
    local file plain total=0 total_compressed=0 small
    while read -r file; do
        plain=$(wc -c <"$file")
        small=$(compressed "$file")
        total=$((total + plain))
        total_compressed=$((total_compressed + small))
        printf '%9d %9d  %s\n' "$plain" "$small" "${file#"$out"/}"
    done < <(find "$out/playground" -type f | sort)
    printf '%9d %9d  all of them (plain, compressed)\n' "$total" "$total_compressed"
    printf '%9d %9d  playground.html\n' "$(wc -c <"$out/playground.html")" "$(compressed "$out/playground.html")"
}

build_module
if [ "$module_only" = no ]; then
    python3 web/build_page.py web/playground "$out/playground" "$out/playground.html"
fi
if [ "$sizes" = yes ]; then
    report_sizes
fi
