#!/bin/bash
# Installs what is missing to build aann (`scripts/setup.sh build`), to check it (`scripts/setup.sh check`), to run
# exported C on an emulated chip (`scripts/setup.sh chips`, 62 MB to fetch), to look at web pages as a browser shows
# them (`scripts/setup.sh browser`), or to run several processes (`scripts/setup.sh mpi`: Open MPI and MPICH).
#
# A requirement is a line "Debian package | how to tell that it is there". What is there already, however it was
# installed, is left alone; nothing is upgraded. Needs root or sudo only if something is missing.
set -euo pipefail

# command NAME: a program on the PATH.  module NAME: found by pkg-config.  file PATTERN: exists.
# python MODULE: Python can import it.  header NAME: Python's own C headers are there.
requirements_to_build="
gcc             | command cc
libc6-dev       | file /usr/include/stdio.h
make            | command make
cmake           | command cmake
pkgconf         | command pkg-config
ca-certificates | file /etc/ssl/certs/ca-certificates.crt
zlib1g-dev      | module zlib
libsqlite3-dev  | module sqlite3
libarchive-dev  | module libarchive
libcurl4-openssl-dev | module libcurl
libjansson-dev  | module jansson
libxxhash-dev   | module libxxhash
libpng-dev      | module libpng
libjpeg62-turbo-dev | module libjpeg
libwebp-dev     | module libwebpmux
libcairo2-dev   | module cairo
libcmocka-dev   | module cmocka
"
requirements_to_check="$requirements_to_build
git             | command git
python3         | command python3
python3-numpy   | python numpy
sqlite3         | command sqlite3
python3-dev     | header Python.h
python3-venv    | python ensurepip
tcl             | command tclsh
clang-format    | command clang-format
clang-tidy      | command clang-tidy
ninja-build     | command ninja
ccache          | command ccache
"
requirements_for_chips="
gcc-arm-none-eabi | command arm-none-eabi-gcc
qemu-system-arm | command qemu-system-arm
"
requirements_for_mpi="
libopenmpi-dev  | command mpicc.openmpi
openmpi-bin     | command mpirun.openmpi
libmpich-dev    | command mpicc.mpich
mpich           | command mpirun.mpich
"
requirements_for_browser="
chromium        | command chromium
nodejs          | command node
fonts-dejavu-core | file /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
"

say()
{
    printf '%s\n' "$*" >&2
}

# Is requirement "$1 $2" (kind and name) met?
is_there()
{
    case $1 in
    command) command -v "$2" >/dev/null 2>&1 ;;
    module) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$2" ;;
    file) compgen -G "$2" >/dev/null ;;
    header) "$(command -v python3)" -c "import sysconfig, pathlib, sys; sys.exit(not pathlib.Path(sysconfig.get_path('include'), '$2').exists())" >/dev/null 2>&1 ;;
    python) python3 -c "import $2" >/dev/null 2>&1 || /usr/bin/python3 -c "import $2" >/dev/null 2>&1 ;;
    esac
}

# The packages, among the lines in $1, whose requirement is not met; one a line.
missing_packages()
{
    local package separator kind name
    while read -r package separator kind name; do
        if [ -n "$package" ] && [ "$separator" = "|" ] && ! is_there "$kind" "$name"; then
            printf '%s\n' "$package"
        fi
    done <<<"$1"
}

# Runs a command as root; its output appears only if it fails.
quietly_as_root()
{
    local log status=0
    log=$(mktemp)
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null || status=$?
    else
        # shellcheck disable=SC2024 # the log is the user's own file
        sudo env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || status=$?
    fi
    [ "$status" -eq 0 ] || cat "$log" >&2
    rm -f "$log"
    return "$status"
}

# Installs the packages given. Package lists are fetched first: minimal images come without, and old ones name
# files that are gone.
install_packages()
{
    if ! command -v apt-get >/dev/null 2>&1; then
        say "Missing, by the names of their Debian packages: $*"
        say "There is no apt-get here. Install them your system's way and run this again."
        return 1
    fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        say "Missing: $*"
        say "As root: apt-get install $*"
        return 1
    fi
    say "Installing: $*"
    quietly_as_root apt-get -q update || say "apt-get update failed; trying with the package lists that are here"
    quietly_as_root apt-get -q -y --no-install-recommends install "$@"
}

main()
{
    local requirements missing
    case ${1:-build} in
    build) requirements=$requirements_to_build ;;
    check) requirements=$requirements_to_check ;;
    chips) requirements=$requirements_for_chips ;;
    browser) requirements=$requirements_for_browser ;;
    mpi) requirements=$requirements_for_mpi ;;
    packages)
        # For another script: install these, if they are missing. $2... are "package=command".
        requirements=$(printf '%s\n' "${@:2}" | sed 's/=/ | command /')
        ;;
    *)
        say "usage: scripts/setup.sh [build|check|chips|browser|mpi|packages PACKAGE=COMMAND ...]"
        return 2
        ;;
    esac
    missing=$(missing_packages "$requirements")
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086 # one word per package
        install_packages $missing
        missing=$(missing_packages "$requirements")
    fi
    if [ -n "$missing" ]; then
        say "Installed, but still not found: ${missing//$'\n'/ }"
        return 1
    fi
}

main "$@"
