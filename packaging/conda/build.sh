#!/bin/bash
set -eu
# shellcheck disable=SC2086 # CMAKE_ARGS is several words
cmake -S . -B build-conda ${CMAKE_ARGS:-} -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$PREFIX" \
    -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=ON -DAANN_BUILD_TESTS=OFF
cmake --build build-conda -j "${CPU_COUNT:-1}"
cmake --install build-conda
