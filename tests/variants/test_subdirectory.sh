#!/bin/bash
# ctest-labels: slow
# ctest-timeout: 300
# Another project has aann as a part of itself: add_subdirectory builds the library and nothing else, and the
# project's program runs; FetchContent finds the same target.
set -eu

if [ -n "${AANN_SANITIZE:-}" ]; then
    echo "skipped: builds without the sanitizers, as the release preset has done already"
    exit 77
fi

# What the variants have compiled with the same options need not be compiled again.
if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache CCACHE_DEPEND=1 CCACHE_NOCOMPRESS=1 CCACHE_DIR=$AANN_BINARY_DIR/tests/ccache
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail()
{
    cat "$work/log"
    echo "FAILED: $1" >&2
    exit 1
}

configure()
{
    cmake -S "$AANN_SOURCE_DIR/tests/variants/subdirectory" -B "$work/$1" -DAANN_SOURCE="$AANN_SOURCE_DIR" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS=-O0 "-DAANN_KERNEL_ISAS=baseline;neon" "${@:2}" >"$work/log" 2>&1
}

configure added || fail "add_subdirectory"
cmake --build "$work/added" -j 2 >"$work/log" 2>&1 || fail "building with add_subdirectory"
[ -z "$("$work/added/consumer" 2>"$work/log")" ] || fail "parts that were switched off are there"
"$work/added/consumer" >"$work/log" 2>&1 || fail "the program built with add_subdirectory"
# Installing the project installs nothing of aann.
cmake --install "$work/added" --prefix "$work/prefix" >"$work/log" 2>&1 || fail "installing the project"
[ -z "$(find "$work/prefix" -type f 2>/dev/null)" ] || fail "aann installs itself into the project's folder"
configure fetched -DUSE_FETCH_CONTENT=ON || fail "FetchContent"
echo "aann is part of another project"
