#!/bin/bash
# Prints the address of the Debian mirror that this machine installs from; $AANN_DEBIAN_MIRROR names another one.
set -euo pipefail

mirror=${AANN_DEBIAN_MIRROR:-}
if [ -z "$mirror" ]; then
    # shellcheck disable=SC1091 # every Debian has it
    suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    # shellcheck disable=SC2016 # apt-get fills these in
    # awk reads to the end: a pipe that closes early would count as a failure of apt-get.
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $suite" 'Component: main' |
        awk 'NR == 1')
fi
if [ -z "$mirror" ]; then
    echo "debian_mirror.sh: apt knows no mirror of this Debian; name one in AANN_DEBIAN_MIRROR" >&2
    exit 1
fi
printf '%s\n' "$mirror"
