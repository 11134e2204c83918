#!/usr/bin/env bash
# Four networks that read 8x8 digits. Options are handed on to "aann search": ./run.sh --seconds 60
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../run_example.sh"
run_example "$here" 64-10 --members 4 --sparsity 50 --seed 1 --steps 200000 "$@"
