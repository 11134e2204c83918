#!/usr/bin/env bash
# What the run.sh of every example shares: find the program and a Python with numpy, make the data, search.
#
#     run_example FOLDER NET [further options of "aann search"]
#
# AANN and PYTHON choose another program or Python.

run_example() {
    local folder=$1 net=$2 root program python candidate
    shift 2
    root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
    program=${AANN:-$root/build/aann}
    if [ ! -x "$program" ]; then
        echo "no program at $program: build it with 'cmake --preset release && cmake --build --preset release'" >&2
        return 1
    fi
    for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
        if "$candidate" -c 'import numpy' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
    if [ -z "${python:-}" ]; then
        echo "numpy is needed to make the data: apt install python3-numpy" >&2
        return 1
    fi
    cd "$folder" || return 1
    if [ ! -f train.npz ] || [ ! -f test.npz ]; then
        "$python" make_data.py . || return 1
    fi
    rm -f study.aann study.aann-*
    "$program" search --data train.npz --test test.npz --net "$net" --study study.aann --name "$(basename "$folder")" "$@"
}
