#!/usr/bin/env bash
# Four networks that find heartbeats in an electrocardiogram. Options are handed on to "aann search".
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../run_example.sh"
run_example "$here" 8C1x9-MP1x2-16C1x5-MP1x4-2 --members 4 --sparsity 50 --seed 1 --steps 100000 "$@"
