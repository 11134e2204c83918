#!/bin/bash
# Writes the sources of the checked-out commit to FOLDER/aann-VERSION-src.tar.gz and prints the path. The same commit
# gives the same bytes: names, order and times come from git, and gzip notes neither name nor time. Debian's packages are
# made from this file and the folder debian/, which is therefore not in it. (aann-VERSION.tar.gz is what PyPI calls the
# source distribution of the Python package.)
#
#     scripts/make_tarball.sh FOLDER
set -euo pipefail

folder=$(cd "${1:?usage: scripts/make_tarball.sh FOLDER}" && pwd)
cd "$(dirname "$0")/.."

version=$(sed -n 's/^#define AANN_VERSION "\(.*\)"$/\1/p' include/aann/version.h)
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    echo "make_tarball.sh: a tarball is made from a commit, and this is no git checkout" >&2
    exit 1
fi
if [ -n "$(git status --porcelain)" ]; then
    echo "make_tarball.sh: note: what is not committed is left out" >&2
fi
tarball=$folder/aann-$version-src.tar.gz
git -c tar.umask=0022 archive --format=tar --prefix="aann-$version/" HEAD -- . ':(exclude)debian' |
    gzip -9 --no-name >"$tarball.part"
mv "$tarball.part" "$tarball"
echo "$tarball"
