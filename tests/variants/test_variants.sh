#!/bin/bash
# ctest-labels: slow
# ctest-timeout: 600
# The library with parts left out, static and shared: builds, installs, is found, linked and run, and exports what its
# headers declare. scripts/build_variants.sh without arguments tries the rest of the variants.
set -eu

if [ -n "${AANN_SANITIZE:-}" ]; then
    echo "skipped: builds without the sanitizers, as the release preset has done already"
    exit 77
fi
export CCACHE_DIR=$AANN_BINARY_DIR/tests/ccache JOBS=2
exec "$AANN_SOURCE_DIR/scripts/build_variants.sh" core core-shared study-shared all-shared
