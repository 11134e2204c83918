#!/usr/bin/env bash
# From a sensor's recordings to a chip: search, export, compile for a Cortex-M4, classify a stream in QEMU.
# Options are handed on to "aann search".
set -euo pipefail
cd "$(dirname "$0")"
root=${AANN_SOURCE_DIR:-$(cd ../.. && pwd)}
program=${AANN:-$root/build/aann}
for tool in arm-none-eabi-gcc qemu-system-arm; do
    command -v "$tool" >/dev/null || { echo "no $tool: scripts/setup.sh chips installs it" >&2; exit 1; }
done

python3 make_recordings.py .
rm -f activity.aann activity.aann-*
"$program" search --data recordings.csv --window 32 --window-step 16 --group-column session \
    --drop-columns time --validation 0.25 \
    --net 8C1x7-MP1x4-16@80-3 --steps 60k --members 1 --study activity.aann "$@"

"$program" export c activity.aann 1 --out activity.h --per-unit 1000

chips=$root/tests/export/chips
arm-none-eabi-gcc -std=c99 -Os -ffreestanding -mthumb -mcpu=cortex-m4 -DTICK_NS=40 -I "$chips" stream.c \
    "$chips/cortex_m.c" -nostdlib -lgcc -T "$chips/cortex_m.ld" -Wl,--defsym=FLASH=0 -Wl,--defsym=RAM=0x20000000 \
    -Wl,--no-warn-rwx-segments -o stream.elf
arm-none-eabi-size stream.elf

echo "what the chip says of live.csv:"
qemu-system-arm -M mps2-an386 -nographic -monitor none -semihosting-config enable=on,target=native \
    -kernel stream.elf </dev/null 2>&1 | tee answers.txt | uniq -c

"$program" predict activity.aann 1 --data live.csv --window 32 --window-step 16 >expected.txt
cmp answers.txt expected.txt && echo "the same as aann predict"
