#!/bin/bash
# Builds, installs and uses the library in every variant: parts left out, static and shared, with MPI.
#
#     scripts/build_variants.sh                  all variants
#     scripts/build_variants.sh core core-shared only these
#
# Each variant is installed into a scratch folder; then another project finds it through CMake and through pkg-config,
# links it, runs, and sees the parts that it should see. A build without any part needs libc and libm only. Shared
# libraries export what the headers declare. Optimisation is off: how it is linked is the question here.
# The environment may name the compiler (CC), the processes at once (JOBS), and a folder to build in that is kept (WORK).
set -eu -o pipefail
cd "$(dirname "$0")/.." || exit 1
root=$PWD
compiler=${CC:-cc}
jobs=${JOBS:-$(nproc)}

# Name, kind of library, and the parts that it has.
all_variants="
core           static
core-shared    shared
files          static files
study-shared   shared study
pictures       static pictures
data-study     static files study
all            static files study pictures
all-shared     shared files study pictures
openmpi        static files study pictures
mpich          static files study pictures
"
# The last two have aann-mpi as well, with that MPI; skipped where it is not installed.

if [ -n "${WORK:-}" ]; then
    work=$WORK
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

# Most variants compile the same files with the same options: with ccache, only the first of them does.
if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache CCACHE_DEPEND=1 CCACHE_NOCOMPRESS=1 CCACHE_DIR=${CCACHE_DIR:-$work/ccache}
fi

fail()
{
    echo "FAILED: $1" >&2
    [ ! -f "$work/log" ] || tail -n 30 "$work/log" >&2
    exit 1
}

# Runs a command; what it says is kept for fail.
quietly()
{
    "$@" >"$work/log" 2>&1
}

# "ON" if the word $1 is among the rest.
switch()
{
    local part=$1
    shift
    case " $* " in
    *" $part "*) echo ON ;;
    *) echo OFF ;;
    esac
}

is_mpi()
{
    [ "$1" = openmpi ] || [ "$1" = mpich ]
}

build()
{
    local name=$1 kind=$2 shared=OFF mpi=()
    shift 2
    [ "$kind" = static ] || shared=ON
    ! is_mpi "$name" || mpi=(-DAANN_MPI=ON "-DMPI_C_COMPILER=mpicc.$name")
    quietly cmake -S "$root" -B "$work/$name" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=None \
        -DCMAKE_C_FLAGS=-O0 "-DAANN_KERNEL_ISAS=baseline;neon" -DAANN_BUILD_TESTS=OFF -DBUILD_SHARED_LIBS="$shared" \
        -DAANN_FILES="$(switch files "$@")" -DAANN_STUDY="$(switch study "$@")" \
        -DAANN_PICTURES="$(switch pictures "$@")" -DAANN_WARNINGS_AS_ERRORS=OFF "${mpi[@]}" || fail "$name: configuring"
    quietly cmake --build "$work/$name" -j "$jobs" || fail "$name: building"
    quietly cmake --install "$work/$name" --prefix "$work/$name/prefix" || fail "$name: installing"
}

# What a program of another project needs besides itself: names of shared libraries, those that every program has aside.
needs()
{
    ldd "$1" | sed -E 's/^\s*//; s/ .*//' | grep -Ev '^(linux-vdso|/lib.*/ld-linux|ld-linux)' | sort | tr '\n' ' '
}

# The program at $2 runs, and sees the parts $3... of variant $1.
try()
{
    local name=$1 program=$2 said
    shift 2
    said=$("$program" 2>"$work/log") || fail "$name: $program"
    said=${said//$'\n'/ }
    [ "$said" = "$*" ] || fail "$name: has '$said' instead of '$*'"
    if [ "$#" -eq 0 ]; then
        local found
        found=$(needs "$program")
        case $found in
        "libc.so.6 libm.so.6 " | "libc.so.6 ") [ "$name" = core ] || fail "$name: $found" ;;
        "libaann.so.0.2 libc.so.6 " | "libaann.so.0.2 libc.so.6 libm.so.6 ") ;;
        *) fail "$name: needs $found" ;;
        esac
    fi
}

through_cmake()
{
    local name=$1
    shift
    quietly cmake -S "$root/tests/install/consumer" -B "$work/$name/consumer" -DCMAKE_C_COMPILER="$compiler" \
        -DCMAKE_PREFIX_PATH="$work/$name/prefix" "-DAANN_COMPONENTS=$(echo "$*" | tr ' ' ';')" ||
        fail "$name: find_package(aann 0.2 COMPONENTS $*)"
    quietly cmake --build "$work/$name/consumer" || fail "$name: building with CMake"
    try "$name" "$work/$name/consumer/consumer" "$@"
    # A part that is not there is refused.
    local part
    for part in files study pictures; do
        if [ "$(switch "$part" "$@")" = OFF ] && quietly cmake -S "$root/tests/install/consumer" \
            -B "$work/$name/refused" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$work/$name/prefix" \
            -DAANN_COMPONENTS="$part"; then
            fail "$name: find_package(aann COMPONENTS $part) should fail"
        fi
    done
}

through_pkg_config()
{
    local name=$1 pc flags
    shift
    pc=$(find "$work/$name/prefix" -name aann.pc)
    if { [ "$#" -eq 0 ] || [[ $name == *-shared ]]; } &&
        [ -n "$(PKG_CONFIG_PATH=${pc%/aann.pc} pkg-config --print-requires --print-requires-private aann)" ]; then
        fail "$name: aann.pc requires something"
    fi
    flags=$(PKG_CONFIG_PATH=${pc%/aann.pc} pkg-config --cflags --libs aann 2>"$work/log") || fail "$name: pkg-config aann"
    # shellcheck disable=SC2086 # flags are several words
    quietly "$compiler" -std=c17 "$root/tests/install/consumer/consumer.c" -o "$work/$name/by_pkg_config" $flags \
        "-Wl,-rpath,${pc%/pkgconfig/aann.pc}" || fail "$name: building with pkg-config"
    try "$name" "$work/$name/by_pkg_config" "$@"
}

# A shared library exports what it should; a program starts wherever its tree was moved to.
check_shared()
{
    local name=$1 library
    library=$(find "$work/$name" -maxdepth 1 -name 'libaann.so.*.*.*' | head -n 1)
    AANN_BINARY_DIR=$work/$name AANN_SOURCE_DIR=$root quietly python3 "$root/tests/rules/test_exports.py" "$library" ||
        fail "$name: exports"
    if [ -x "$work/$name/aann" ]; then
        mv "$work/$name/prefix" "$work/$name/moved"
        [ "$("$work/$name/moved/bin/aann" --version)" = "aann $("$work/$name/aann" --version | cut -d ' ' -f 2)" ] ||
            fail "$name: the installed program does not start"
        mv "$work/$name/moved" "$work/$name/prefix"
    fi
}

# The installed aann-mpi on two ranks, members each and one member together, finds what aann finds.
check_mpi()
{
    local name=$1 way
    local bin=$work/$name/prefix/bin data=$root/tests/fixtures/mnist/train-images-idx3-ubyte.gz
    local search=(search --data "$data" --net 4C5s2-MP2-10 --members 2 --steps 100 --threads 1 --quiet)
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
    rm -f "$work/$name"/*.aann
    quietly "$bin/aann" "${search[@]}" --study "$work/$name/alone.aann" || fail "$name: aann search"
    for way in "" --together; do
        # shellcheck disable=SC2086 # $way is a word or nothing
        quietly timeout 900 "mpirun.$name" -n 2 "$bin/aann-mpi" "${search[@]}" --study "$work/$name/ranks$way.aann" $way ||
            fail "$name: mpirun aann-mpi search $way"
        [ "$(hashes "$bin" "$work/$name/ranks$way.aann")" = "$(hashes "$bin" "$work/$name/alone.aann")" ] ||
            fail "$name: two ranks have other members than one process ($way)"
    done
}

hashes()
{
    "$1/aann" list "$2" --json | grep -o '"hash": *"[0-9a-f]*"'
}

wanted=" $* "
while read -r name kind parts; do
    [ -n "$name" ] || continue
    [ "$wanted" = "  " ] || [[ $wanted == *" $name "* ]] || continue
    if is_mpi "$name" && ! { command -v "mpicc.$name" && command -v "mpirun.$name"; } >/dev/null; then
        echo "$name: skipped: no mpicc.$name or mpirun.$name"
        continue
    fi
    # shellcheck disable=SC2086 # parts are several words
    {
        build "$name" "$kind" $parts
        through_cmake "$name" $parts
        through_pkg_config "$name" $parts
    }
    [ "$kind" = static ] || check_shared "$name"
    ! is_mpi "$name" || check_mpi "$name"
    echo "$name: built, installed, used ($kind${parts:+, with $parts}) ($SECONDS s so far)"
    [ -n "${WORK:-}" ] || rm -rf "${work:?}/$name"
done <<<"$all_variants"
