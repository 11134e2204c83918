#!/bin/bash
# What scripts/build_debian.sh runs inside of a fresh Debian that has the packages in /packages: installs them, uses
# the program and the library as a stranger would, and removes them.
set -euo pipefail

version=$1
cd "$(mktemp -d)"

fail()
{
    echo "FAILED: $1" >&2
    exit 1
}

quietly()
{
    "$@" >log 2>&1 </dev/null || { tail -n 40 log >&2; fail "$*"; }
}

install()
{
    quietly apt-get -q -y --no-install-recommends install "$@"
}

# The program alone, with what it depends on.
install /packages/libaann0.2_*.deb /packages/aann_*.deb
[ "$(aann --version)" = "aann $version" ] || fail "aann --version says $(aann --version)"
used=$(ldd "$(command -v aann)" | grep aann)
[[ $used =~ "=> "(/usr)?/lib/[^/]+/libaann\.so\.0\.2" " ]] || fail "the program does not use the packaged library: $used"
{
    echo "a,b,kind"
    for ((i = 0; i < 200; i++)); do
        echo "$((i % 7)),$((i % 5)),$([ $((i % 7)) -gt 3 ] && echo high || echo low)"
    done
} >table.csv
quietly aann search --data table.csv --net 8-2 --steps 2000 --members 2 --study table.aann
[ "$(printf 'a,b\n6,1\n0,1\n' | aann predict table.aann 1 --data - | tr '\n' ' ')" = "high low " ] ||
    fail "aann predict answers something else"
quietly aann geometry table.aann --pictures pictures
[ -n "$(find pictures -name '*.png' -size +1k)" ] || fail "there are no pictures"
quietly aann save table.aann 1 --out table.aannm
quietly aann export onnx table.aannm --out table.onnx
[ -s table.onnx ] || fail "there is no table.onnx"
[ -f /usr/share/man/man1/aann.1.gz ] || fail "there is no manual page"
bash -c 'source /usr/share/bash-completion/completions/aann && complete -p aann' >/dev/null || fail "completion for bash"

# The library, through pkg-config. Its headers need no others.
install gcc libc6-dev pkgconf /packages/libaann-dev_*.deb
# shellcheck disable=SC2046 # flags are several words
quietly gcc -std=c17 -Wall -Werror /usr/share/doc/libaann-dev/examples/first_network.c $(pkg-config --cflags --libs aann) \
    -o first_network
said=$(./first_network)
[[ $said == *"8 of 8 lines are recognised"* ]] || fail "the example answers something else: $said"

# The Python module.
install /packages/python3-aann_*.deb
cat >try.py <<'END'
import numpy
import aann
values = numpy.array([[i % 7, i % 5] for i in range(200)], float)
result = aann.search(values, values[:, 0] > 3, "8-2", steps=2000)
print(aann.__version__, result.network.weights[0].shape[0], "units")
END
[ "$(python3 try.py)" = "$version 8 units" ] || fail "the Python module says $(python3 try.py 2>&1)"

# What was installed goes away again.
quietly apt-get -q -y purge libaann0.2 aann libaann-dev python3-aann
left=$(find / -xdev -name '*aann*' -not -path '/packages*' -not -path "$PWD*" -not -path '/proc/*' -not -path '/var/log/*')
[ -z "$left" ] || fail "left behind: $left"
echo "installed, used and removed: aann, libaann0.2, libaann-dev, python3-aann $version"
