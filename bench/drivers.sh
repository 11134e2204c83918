#!/bin/bash
# A family of drivers, from nothing to the figures of docs/carracing.md: demonstrations, imitation, corrections (DAgger),
# imitation again, reward. Every step is skipped if its result is there, so an interrupted run goes on where it was.
#
#     bench/drivers.sh FOLDER [MEMBERS [THREADS]]
#
# Settings: AANN (the program), STEPS (candidates of the first imitation), MORE (of the second), CANDIDATES (of the search
# for reward), SPARSITY, SHIFTS.
set -eu

folder=${1:?where to? bench/drivers.sh FOLDER [MEMBERS [THREADS]]}
members=${2:-8}
threads=${3:-2}
aann=${AANN:-build/aann}
steps=${STEPS:-600000}
more=${MORE:-400000}
candidates=${CANDIDATES:-3000}
expert=(--teacher --lateral "${LATERAL:-100}" --widest "${WIDEST:-2}")
network=(--sparsity-per-layer "${SPARSITY:-50,90,90,50}" --shifts "${SHIFTS:-0,0,0,0}")

mkdir -p "$folder"
ids=$(seq -s, "$members")

# Runs the rest of the arguments unless the study is there; goes on with one that was interrupted.
study() {
    local name=$1
    shift
    if [[ -e $folder/$name.aann ]]; then
        "$aann" resume "$folder/$name.aann" --threads "$threads" --quiet > /dev/null
    else
        "$aann" search carracing "$@" --threads "$threads" --quiet --study "$folder/$name.aann" > /dev/null
    fi
    for id in ${ids//,/ }; do
        echo "$name $id: $("$aann" drive "$folder/$name.aann" "$id" --tracks 500:600 --threads "$threads" | tail -1)"
    done | tee "$folder/$name.txt"
}

# The driver that did best on the tracks for choosing (500 to 599; those of the figures are never looked at here).
best() {
    sort -t' ' -k4 -g -r "$folder/$1.txt" | head -1 | sed 's/^[^ ]* \([0-9]*\):.*/\1/'
}

[[ -e $folder/drives.npz ]] || "$aann" car record "${expert[@]}" --out "$folder/drives.npz"
study imitation --data "$folder/drives.npz" --members "$members" --steps "$steps" "${network[@]}"
[[ -e $folder/corrected.npz ]] ||
    "$aann" car record "${expert[@]}" --driver "$folder/imitation.aann:$(best imitation)" --driver-episodes 240 --out "$folder/corrected.npz"
study corrected --start "$folder/imitation.aann:$ids" --data "$folder/corrected.npz" --steps "$more" --temperature 5e-5
study rewarded --start "$folder/corrected.aann:$ids" --reward --tracks 2000:2128 --steps "$candidates"

echo "on 100 tracks that nothing was chosen on:"
for id in ${ids//,/ }; do
    echo "$id: $("$aann" drive "$folder/rewarded.aann" "$id" --tracks 1000:1100 --threads "$threads" | tail -1)"
done | tee "$folder/unseen.txt"
echo "all together: $("$aann" drive "$folder/rewarded.aann" --ensemble "$ids" --tracks 1000:1100 --threads "$threads" | tail -1)"
"$aann" geometry "$folder/rewarded.aann" --json > "$folder/geometry.json"
