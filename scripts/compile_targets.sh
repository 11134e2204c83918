#!/bin/bash
# Compiles the core of the library for other systems, file by file, with zig as the compiler: nothing is linked or run.
#
#     scripts/compile_targets.sh                     all targets, the core's folders
#     scripts/compile_targets.sh aarch64-macos       only these targets
#
# The core is what needs libc, libm and threads alone. zig comes with pip (`pip install ziglang`); $ZIG names another one.
# Exit status: 0 all compiled, 1 something did not, 77 skipped because zig is not installed.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 1

folders=(core network samples engine search manifold car drive geometry)
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    targets=(x86_64-linux-gnu aarch64-linux-gnu x86_64-linux-musl aarch64-macos x86_64-macos x86_64-windows-gnu aarch64-windows-gnu)
fi

. scripts/find_zig.sh
if ! find_zig; then
    echo "compile_targets: skipped, zig is not installed (pip install ziglang)"
    exit 77
fi

# The one header of the system's that is needed beyond a C library; it needs nothing else itself.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/include"
if [ -f /usr/include/xxhash.h ]; then
    cp /usr/include/xxhash.h "$work/include/"
fi

flags=(-std=c17 -O2 -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-enum-float-conversion -Werror -Iinclude -Isrc -isystem "$work/include"
       -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64)

# The kernels' instruction sets of a target, one a line: the flags of cmake/kernels.cmake.
kernel_sets() {
    case "$1" in
        x86_64-*)
            echo "baseline"
            echo "avx2 -mavx2 -mbmi2"
            echo "avx512 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mbmi2 -mprefer-vector-width=512"
            ;;
        *) echo "neon" ;;
    esac
}

# The flags that tell src/engine/dispatch.c which kernels there are.
have_flags() {
    kernel_sets "$1" | while read -r isa _; do echo "-DAANN_HAVE_${isa^^}=1"; done
}

failed=0
compile() { # target, description, file, flags ...
    local target=$1 what=$2 file=$3
    shift 3
    if ! "${zig[@]}" cc -target "$target" "${flags[@]}" "$@" -c "$file" -o "$work/object.o"; then
        echo "compile_targets: $what does not compile for $target"
        failed=$((failed + 1))
    fi
}

for target in "${targets[@]}"; do
    count=0
    before=$failed
    mapfile -t have < <(have_flags "$target")
    for folder in "${folders[@]}"; do
        for file in src/"$folder"/*.c; do
            [ -e "$file" ] || continue
            compile "$target" "$file" "$file" "${have[@]}"
            count=$((count + 1))
        done
    done
    while read -r isa isa_flags; do
        for file in src/engine/kernels/*.c src/car/kernels/*.c; do
            # shellcheck disable=SC2086  # several flags in one word
            compile "$target" "$file ($isa)" "$file" "-DAANN_ISA=$isa" "-DAANN_ISA_${isa^^}=1" $isa_flags
            count=$((count + 1))
        done
    done < <(kernel_sets "$target")
    echo "compile_targets: $target: $((count - failed + before)) of $count files compile"
done
[ "$failed" -eq 0 ]
