#!/bin/bash
# Makes everything that a release hands out, in dist/: the tarball of the sources, the Debian packages, the Python
# source distribution and wheels, and SHA256SUMS of all of them. It publishes nothing.
#
#     scripts/release.sh [--no-chroot] [--no-python]
#
# The folder then has
#   aann-VERSION-src.tar.gz             the sources
#   aann_VERSION.orig.tar.gz and *.dsc  the same, and Debian's source package of them
#   *.deb                               Debian's packages, for this machine's architecture
#   aann-VERSION.tar.gz, *.whl          the Python package, for PyPI
#   SHA256SUMS
#
#   --no-chroot  do not try the Debian packages in a fresh Debian
#   --no-python  leave out the Python package
#
# Files have the time of the commit (SOURCE_DATE_EPOCH), so the same commit gives the same bytes with the same tools.
set -euo pipefail
cd "$(dirname "$0")/.."

debian_arguments=()
python=yes
for argument in "$@"; do
    case $argument in
    --no-chroot) debian_arguments+=(--no-chroot) ;;
    --no-python) python=no ;;
    --help | -h) sed -n '2,/^set/{s/^# \{0,1\}//;/^set/d;p}' "$0"; exit 0 ;;
    *) echo "release.sh: unknown argument $argument; see --help" >&2; exit 2 ;;
    esac
done

if [ -n "$(git status --porcelain)" ]; then
    echo "release.sh: a release is a commit, and there is something uncommitted; see git status" >&2
    exit 1
fi
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf dist
mkdir dist "$work/again"

# The tarball twice: the same bytes, or something of this machine is in it.
tarball=$(scripts/make_tarball.sh dist)
cmp "$tarball" "$(scripts/make_tarball.sh "$work/again")"

scripts/build_debian.sh "${debian_arguments[@]}"
cp build-debian/packages/*.{deb,dsc,tar.*} dist/

if [ "$python" = yes ]; then
    scripts/build_wheels.sh --manylinux --out dist
fi
cmp "$tarball" "$work/again/$(basename "$tarball")" # nothing has taken its name

(cd dist && sha256sum -- * >SHA256SUMS)
echo
cat dist/SHA256SUMS
