#!/bin/bash
# A family of drivers, from nothing to the figures of docs/carracing.md: demonstrations, imitation, and three rounds of corrections
# (DAgger), the last two by a faster expert; then reward. What is there is not made again, and a search that was
# interrupted goes on, so the script can be stopped and started as one likes.
#
#     bench/drivers.sh FOLDER [MEMBERS [THREADS]]
#
# Settings: AANN (the program), STEPS (candidates of each search on pictures: four numbers), CANDIDATES (of the search for reward, 0:
# none), TRACKS (that it drives), SPARSITY, SHIFTS (layer by layer).
set -eu

folder=${1:?where to? bench/drivers.sh FOLDER [MEMBERS [THREADS]]}
members=${2:-8}
threads=${3:-2}
aann=${AANN:-build/aann}
read -r -a steps <<< "${STEPS:-400000 300000 300000 300000}"
candidates=${CANDIDATES:-2000}
steady=(--teacher --lateral 100 --widest 2)
fast=(--teacher --top-speed 100 --lateral 150 --widest 2.2)
network=(--sparsity-per-layer "${SPARSITY:-50,90,90,50}" --shifts "${SHIFTS:-0,0,0,0}")
ids=$(seq -s, "$members")
# Demonstrations and corrections together are more than the program's limit of a file.
limit=(--data-limit 4000000000)
mkdir -p "$folder"

# Searches the study of this name, with the rest of the arguments, and lets all of its members drive the tracks for choosing, 500 to
# 599; those of the figures, 1000 to 1099, are driven once, at the end.
search() {
    local study=$folder/$1.aann results=$folder/$1.txt
    shift
    if [[ -e $study ]]; then
        "$aann" resume "$study" "${limit[@]}" --threads "$threads" > /dev/null
    else
        "$aann" search carracing "$@" --threads "$threads" --study "$study" > /dev/null
    fi
    if [[ ! -e $results ]]; then
        drive "$study" 500:600 > "$results.part"
        mv "$results.part" "$results"
    fi
    echo "${study##*/}, tracks 500 to 599:"
    cat "$results"
}

# A line for each member.
drive() {
    local id
    for id in ${ids//,/ }; do
        echo "$id $("$aann" drive "$1" "$id" --tracks "$2" --threads "$threads" | tail -1)"
    done
}

# The member that did best: "3 mean 911.6, sd ...".
best() {
    sort -k3 -g -r "$folder/$1.txt" | head -1 | cut -d' ' -f1
}

# Pictures of the expert and of the best member of a study, corrected by the expert.
correct() {
    local file=$folder/$1.npz by=$2
    shift 2
    [[ -e $file ]] || "$aann" car record "$@" --driver "$folder/$by.aann:$(best "$by")" --driver-episodes 240 --out "$file"
}

[[ -e $folder/demonstrations.npz ]] || "$aann" car record "${steady[@]}" --out "$folder/demonstrations.npz"
search imitation --data "$folder/demonstrations.npz" "${limit[@]}" --members "$members" --steps "${steps[0]}" "${network[@]}"
last=imitation
for round in 1 2 3; do
    if [[ $round == 1 ]]; then expert=("${steady[@]}"); else expert=("${fast[@]}" --episodes 180); fi
    correct "corrections$round" "$last" "${expert[@]}"
    search "corrected$round" --start "$folder/$last.aann:$ids" --data "$folder/corrections$round.npz" "${limit[@]}" --steps "${steps[$round]}" \
        --temperature 4e-5 --first-samples 16384
    last=corrected$round
done
if [[ $candidates != 0 ]]; then
    search rewarded --start "$folder/$last.aann:$ids" --reward --tracks "${TRACKS:-2000:2128}" --steps "$candidates"
    last=rewarded
fi

echo "tracks 1000 to 1099, on which nothing was chosen:"
drive "$folder/$last.aann" 1000:1100 | tee "$folder/unseen.txt"
if [[ $members != 1 ]]; then
    echo "all together $("$aann" drive "$folder/$last.aann" --ensemble "$ids" --tracks 1000:1100 --threads "$threads" | tail -1)"
    "$aann" geometry "$folder/$last.aann" --json > "$folder/geometry.json"
fi
