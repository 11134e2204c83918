#!/bin/bash
# One family as a job array: every job searches its share of the members into its own study, and none
# of them knows the others. When all have ended: aann merge family.aann parts/*.aann
#
#   sbatch --array=1-100 array.sh                                              Slurm
#   for i in 1 2 3; do JOB=$i JOBS=3 bash array.sh; done                       any shell
#
# A job that is sent away (time limit, preemption) and comes again goes on where it was: the script
# resumes the study that is there. The result is the same to the bit.
#
#SBATCH --job-name=aann
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --signal=B:TERM@60
#SBATCH --output=parts/%a.log
set -euo pipefail

job=${SLURM_ARRAY_TASK_ID:-${JOB:?the number of this job, from 1}}
jobs=${SLURM_ARRAY_TASK_MAX:-${JOBS:?the number of jobs}}
threads=${SLURM_CPUS_PER_TASK:-1}

# What is searched. All jobs must have the same line; `aann merge` refuses parts that had not.
search=(${SEARCH:-mnist --sparsity-per-layer 50,90,90 --steps 150000 --members 1000})

mkdir -p parts
part=parts/$(printf %05d "$job").aann
# A job that was killed before it had begun leaves a study without a family: it begins again.
if [[ -e $part && $(${AANN:-aann} list "$part" --json 2>/dev/null) == *'"members"'* ]]; then
    exec ${AANN:-aann} resume "$part" --threads "$threads" --quiet
fi
exec ${AANN:-aann} search "${search[@]}" --shard "$job/$jobs" --study "$part" --threads "$threads" --quiet
