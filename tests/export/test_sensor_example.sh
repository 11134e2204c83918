#!/bin/bash
# ctest-labels: slow release
# ctest-timeout: 300
# ctest-needs: cli
# examples/chip: recordings, search, export, a program for a chip, a stream in QEMU; the answers are those of predict.
set -eu

for tool in arm-none-eabi-gcc qemu-system-arm; do
    command -v "$tool" >/dev/null || { echo "skipped: there is no $tool"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$AANN_SOURCE_DIR"/examples/chip/* "$work"
"$work/run.sh" --quiet >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
tail -n 1 "$work/log" | grep -q "the same as aann predict" || { cat "$work/log"; exit 1; }
[ "$(sort -u "$work/answers.txt" | tr '\n' ' ')" = "run still walk " ] || { cat "$work/answers.txt"; exit 1; }
