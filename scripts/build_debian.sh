#!/bin/bash
# Builds the Debian packages of the checked-out commit, asks lintian, installs them into a fresh Debian and uses them
# there. They are then in build-debian/packages.
#
#     scripts/build_debian.sh [--tests] [--no-chroot]
#
#   --tests      run the quick tests during the build, as Debian's machines do
#   --no-chroot  do not make a fresh Debian (which takes root, and some hundred megabytes from the mirror)
#
# AANN_DEBIAN_MIRROR names another mirror than the one that this machine installs from. Installs what is needed to build
# (as root, or with sudo).
set -euo pipefail
cd "$(dirname "$0")/.."

options="parallel=$(nproc) noautodbgsym nocheck"
profiles=nocheck
chroot=yes
for argument in "$@"; do
    case $argument in
    --tests) options=${options% nocheck}; profiles= ;;
    --no-chroot) chroot=no ;;
    --help | -h) sed -n '2,/^set/{s/^# \{0,1\}//;/^set/d;p}' "$0"; exit 0 ;;
    *) echo "build_debian.sh: unknown argument $argument; see --help" >&2; exit 2 ;;
    esac
done

source_folder=$PWD
work=$PWD/build-debian
version=$(sed -n 's/^#define AANN_VERSION "\(.*\)"$/\1/p' include/aann/version.h)
# shellcheck disable=SC1091 # every Debian has it
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)

say()
{
    printf '\n== %s (%s s so far)\n' "$1" "$SECONDS"
}

# Runs a command; its output appears only if it fails, and then this script ends.
quietly()
{
    local status=0
    "$@" >"$work/log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 0 ] || { tail -n 60 "$work/log" >&2; echo "build_debian.sh: failed: $*" >&2; exit 1; }
}

unpack()
{
    say "sources"
    rm -rf "$work/packages" "${work:?}/build"
    mkdir -p "$work/packages" "$work/build"
    local tarball
    tarball=$("$source_folder/scripts/make_tarball.sh" "$work/build")
    mv "$tarball" "$work/build/aann_$version.orig.tar.gz"
    tar -xzf "$work/build/aann_$version.orig.tar.gz" -C "$work/build"
    git archive HEAD debian | tar -x -C "$work/build/aann-$version"
}

build()
{
    say "packages"
    quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
        ${profiles:+--build-profiles $profiles} build-dep "$work/build/aann-$version"
    (
        cd "$work/build/aann-$version"
        DEB_BUILD_OPTIONS=$options DEB_BUILD_PROFILES=$profiles quietly dpkg-buildpackage --unsigned-source \
            --unsigned-changes
    )
    cp "$work"/build/*.{deb,dsc,changes,buildinfo,tar.*} "$work/packages"
    (cd "$work/packages" && ls -1 ./*.deb)
}

check_with_lintian()
{
    say "lintian"
    # There is no bug report that asks Debian for this package.
    lintian --allow-root --tag-display-limit 0 --fail-on error,warning \
        --suppress-tags initial-upload-closes-no-bugs "$work"/packages/*.changes
    echo "nothing to complain about"
}

# ---- a fresh Debian -------------------------------------------------------------------------------------------------

in_root()
{
    "${as_root[@]}" chroot "$work/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

make_root()
{
    local mirror
    mirror=$("$source_folder/scripts/debian_mirror.sh")
    say "a fresh Debian $suite"
    "${as_root[@]}" rm -rf "$work/root"
    quietly "${as_root[@]}" debootstrap --variant=minbase "$suite" "$work/root" "$mirror"
    "${as_root[@]}" cp /etc/resolv.conf /etc/hosts "$work/root/etc/"
    "${as_root[@]}" mkdir "$work/root/packages"
    "${as_root[@]}" cp "$work"/packages/*.deb "$work/root/packages"
    "${as_root[@]}" cp "$source_folder/scripts/try_debian.sh" "$work/root/packages"
    quietly in_root apt-get -q update
}

use_packages()
{
    say "installing and using the packages"
    in_root bash /packages/try_debian.sh "$version" </dev/null
    "${as_root[@]}" rm -rf "$work/root"
}

main()
{
    mkdir -p "$work"
    [ -n "$suite" ] || { echo "build_debian.sh: this is no Debian" >&2; exit 1; }
    scripts/setup.sh packages dpkg-dev=dpkg-buildpackage debhelper=dh fakeroot=fakeroot lintian=lintian git=git
    unpack
    build
    check_with_lintian
    if [ "$chroot" = yes ]; then
        scripts/setup.sh packages debootstrap=debootstrap
        make_root
        use_packages
    fi
    say "done: build-debian/packages"
}

main
