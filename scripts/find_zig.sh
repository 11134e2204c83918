# shellcheck shell=bash disable=SC2034
# Finds zig, for scripts that compile with it: `. scripts/find_zig.sh` defines find_zig.

# Sets the array `zig` to the words that start zig: $ZIG (words are split), else one on the PATH, else
# `python3 -m ziglang`. Status 1: there is none.
find_zig()
{
    if [ -n "${ZIG:-}" ]; then
        read -r -a zig <<<"$ZIG"
    elif command -v zig >/dev/null; then
        zig=(zig)
    elif python3 -c 'import ziglang' 2>/dev/null; then
        zig=(python3 -m ziglang)
    else
        return 1
    fi
}
