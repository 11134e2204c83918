#!/bin/bash
# Disturbs every command that writes: kills, signals, failing calls, moved files, two writers, changed bytes.
#
#   scripts/torture.sh [--seconds 60] [--seed 1] [--only kill] [--tasks search,walk] [--verbose]
#
# Builds what it needs in build/. tests/torture/torture.py says what must hold; docs/reliability.md, what came of it.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
cmake --build --preset release --target aann_program aann_fault -j "$(nproc)" >/dev/null
exec python3 tests/torture/torture.py --aann build/aann --fault build/tests/libaann_fault.so "$@"
