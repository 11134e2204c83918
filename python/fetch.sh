#!/bin/bash
# Fetches the sources of the libraries that the wheel has compiled in to python/third_party, and their licences to
# python/licenses: SQLite, zlib, jansson and xxHash, from Debian's source packages, which apt verifies. Needs apt-get,
# tclsh (SQLite's one-file form is generated) and a network; nothing on the system is changed.
set -euo pipefail
cd "$(dirname "$0")"

release=bookworm
target=third_party
[ ! -e "$target/sqlite3/sqlite3.c" ] || [ ! -e licenses/xxhash.txt ] || exit 0

for program in apt-get tclsh make cc tar; do
    command -v "$program" >/dev/null || { echo "fetch.sh: needs $program (Debian: apt, tcl, make, gcc, tar)" >&2; exit 1; }
done

mirror=$(../scripts/debian_mirror.sh)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/source"
echo "deb-src $mirror $release main" >"$work/sources.list"

# apt-get with lists of its own: the machine may have no source packages configured.
private_apt()
{
    (cd "$work/source" && apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root \
        -o Acquire::Retries=3 "$@")
}
private_apt update
private_apt source --download-only sqlite3 zlib jansson xxhash

for archive in "$work"/source/*.orig.tar.*; do
    tar -xf "$archive" -C "$work"
done

rm -rf "$target.new"
mkdir -p "$target.new"/{sqlite3,zlib,jansson,libxxhash}
(cd "$work"/sqlite3-*/ && ./configure --disable-tcl --disable-readline --disable-load-extension >/dev/null && make -s sqlite3.c sqlite3.h >/dev/null)
cp "$work"/sqlite3-*/sqlite3.[ch] "$target.new/sqlite3/"
cp "$work"/zlib-*/*.[ch] "$target.new/zlib/"
cp "$work"/jansson-*/src/*.[ch] "$target.new/jansson/"
cp "$work"/xxHash-*/xxhash.h "$target.new/libxxhash/"

# jansson asks its configure script about the compiler; every compiler that can build aann has all of this.
sed -e 's/@json_inline@/inline/' -e 's/@json_have_long_long@/1/' -e 's/@json_have_localeconv@/1/' \
    -e 's/@json_have_atomic_builtins@/1/' -e 's/@json_have_sync_builtins@/1/' \
    "$work"/jansson-*/src/jansson_config.h.in >"$target.new/jansson/jansson_config.h"
cat >"$target.new/jansson/jansson_private_config.h" <<'CONFIG'
/* Made by fetch.sh. */
#define HAVE_STDINT_H 1
#define HAVE_UNISTD_H 1
#define HAVE_LOCALE_H 1
#define HAVE_SETLOCALE 1
#define HAVE_STRTOLL 1
#define HAVE_LONG_LONG_INT 1
#define HAVE_FCNTL_H 1
#define HAVE_SCHED_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_OPEN 1
#define HAVE_CLOSE 1
#define HAVE_READ 1
#define HAVE_GETPID 1
#define HAVE_GETTIMEOFDAY 1
#define HAVE_SCHED_YIELD 1
#define HAVE_ATOMIC_BUILTINS 1
#define USE_URANDOM 1
#define INITIAL_HASHTABLE_ORDER 3
CONFIG
rm -rf "$target"
mv "$target.new" "$target"
cp "$work"/zlib-*/README licenses/zlib.txt
cp "$work"/jansson-*/LICENSE licenses/jansson.txt
cp "$work"/xxHash-*/LICENSE licenses/xxhash.txt
