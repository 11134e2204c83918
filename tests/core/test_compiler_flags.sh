#!/bin/bash
# Flags under which sums would have other last bits stop the build, and say what to do.
set -eu -o pipefail
cd "$AANN_SOURCE_DIR"

compiles()
{
    "${CC:-cc}" -std=c17 -Isrc -fsyntax-only "$@" src/core/trigonometry.c 2>&1
}

fail()
{
    printf 'FAILED: %s\n' "$1" >&2
    exit 1
}

compiles -O3 || fail "it does not compile with ordinary flags"
for flag in -ffast-math -Ofast; do
    found=$(compiles "$flag") && fail "$flag is not refused"
    grep -q "compile without -ffast-math" <<<"$found" || fail "$flag: $found"
done
# gcc can use the x87's registers of 80 bits on x86-64 as well.
if [[ $("${CC:-cc}" -dumpmachine) == x86_64-* ]] && "${CC:-cc}" --version | grep -q "Free Software"; then
    found=$(compiles -mfpmath=387) && fail "-mfpmath=387 is not refused"
    grep -q "compile with -msse2" <<<"$found" || fail "-mfpmath=387: $found"
fi
echo "core/test_compiler_flags: passed"
