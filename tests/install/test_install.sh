#!/bin/bash
# ctest-timeout: 300
# What `cmake --install` puts down is complete: another project finds the library through CMake and through
# pkg-config, compiles, links and runs; the program and the man page are there.
set -eu

consumer=$AANN_SOURCE_DIR/tests/install/consumer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

fail()
{
    echo "FAILED: $1" >&2
    exit 1
}

cmake --install "$AANN_BINARY_DIR" --prefix "$prefix" >"$work/install.log" || fail "cmake --install"

for file in "$prefix"/include/aann/{status,network,data,study}.h; do
    [ -f "$file" ] || fail "$file is missing"
done
for header in "$AANN_SOURCE_DIR"/include/aann/*.h; do
    [ -f "$prefix/include/aann/$(basename "$header")" ] || fail "$(basename "$header") is not installed"
done

# Each public header stands by itself, and may be included twice.
for header in "$prefix"/include/aann/*.h; do
    name=aann/$(basename "$header")
    printf '#include <%s>\n#include <%s>\nint a_program(void);\n' "$name" "$name" >"$work/alone.c"
    "$CC" -std=c17 -Wall -Wextra -Wpedantic -Werror -I "$prefix/include" -fsyntax-only "$work/alone.c" \
        2>"$work/header.log" || { cat "$work/header.log"; fail "$header does not compile by itself"; }
done

# Through CMake. Nothing from the build tree may be needed.
cmake -S "$consumer" -B "$work/consumer" -DCMAKE_C_COMPILER="$CC" -DCMAKE_PREFIX_PATH="$prefix" >"$work/cmake.log" 2>&1 ||
    { cat "$work/cmake.log"; fail "find_package(aann)"; }
cmake --build "$work/consumer" >"$work/build.log" 2>&1 || { cat "$work/build.log"; fail "building with CMake"; }
"$work/consumer/consumer" || fail "the program built with CMake"

# Through pkg-config.
pc=$(find "$prefix" -name aann.pc)
[ -n "$pc" ] || fail "aann.pc is missing"
export PKG_CONFIG_PATH=${pc%/aann.pc}
flags=$(pkg-config --cflags --libs aann) || fail "pkg-config aann"
# shellcheck disable=SC2086 # flags are several words
"$CC" -std=c17 "$consumer/consumer.c" -o "$work/by_pkg_config" $flags "-Wl,-rpath,${pc%/pkgconfig/aann.pc}" ||
    fail "building with pkg-config"
"$work/by_pkg_config" || fail "the program built with pkg-config"

# The examples, as a stranger builds them: examples/c/README.md.
cmake -S "$AANN_SOURCE_DIR/examples/c" -B "$work/examples" -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS=-Werror \
    -DCMAKE_PREFIX_PATH="$prefix" >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; fail "configuring the examples"; }
cmake --build "$work/examples" >"$work/build.log" 2>&1 || { cat "$work/build.log"; fail "building the examples"; }

# An example prints a line that matches $2 when it is run as $1...
expect()
{
    local pattern=$1
    shift
    "$@" >"$work/said" 2>&1 || { cat "$work/said"; fail "$*"; }
    grep -Eq "$pattern" "$work/said" || { cat "$work/said"; fail "$* says nothing like '$pattern'"; }
}

expect '^8 of 8 lines are recognised$' "$work/examples/first_network"
expect '^member 3: 8[0-9]\.[0-9] % of unseen leaves' "$work/examples/own_data" train "$work/leaves.aannm"
expect '^90 x 15 mm: willow$' "$work/examples/own_data" predict "$work/leaves.aannm"
expect '^in the end it is 0\.[012][0-9]*, ' "$work/examples/objective"
expect '^the expert: [89][0-9][0-9]\.[0-9] in [0-9]+ steps$' "$work/examples/driving"
[ "$(find "$work/examples" -maxdepth 1 -type f -executable | wc -l)" -eq \
    "$(find "$AANN_SOURCE_DIR/examples/c" -name '*.c' | wc -l)" ] || fail "an example is not built"

if [ -x "$AANN" ]; then
    [ -x "$prefix/bin/aann" ] || fail "the program is not installed"
    "$prefix/bin/aann" --help >/dev/null || fail "the installed program does not run"
    # The gallery goes with the tree, wherever it is put.
    mv "$prefix" "$work/moved"
    "$work/moved/bin/aann" gallery --json >"$work/gallery" || fail "the installed program finds no gallery"
    grep -q "moved/share/aann/gallery" "$work/gallery" || fail "the gallery is not that of the installed tree"
    mv "$work/moved" "$prefix"
fi
man=$AANN_SOURCE_DIR/docs/man/aann.1
if [ -f "$man" ]; then
    [ -f "$prefix/share/man/man1/aann.1" ] || fail "the man page is not installed"
fi
echo "installed, found and used through CMake and pkg-config"
