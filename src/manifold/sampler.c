/* A pilot ladder, then the ladders, one after the other.
 *
 * The pilot finds the temperatures: it starts with equal ratios, and after each of its stages places
 * them anew by the mean losses that it found (spacing.c). Then they are frozen, and its networks are
 * forgotten: what the ladders do depends on the temperatures alone, so a chain never adapts to
 * itself.
 *
 * Only one ladder is in memory at a time. Its temperatures keep all threads busy, and what is needed
 * of it afterwards, its record, is small. */
#include "manifold/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "manifold/spacing.h"
#include "search/target_loss.h"

int64_t aann_sampler_stage_rounds(const aann_sampler_options *options)
{
    return options->rungs == 1 ? 0 : options->pilot_rounds / AANN_PILOT_STAGES;
}

int32_t aann_sampler_pilot_rungs(const aann_sampler_options *options)
{
    return options->rungs == 0 ? AANN_PILOT_RUNGS : options->rungs;
}

static int64_t ladder_rounds(const aann_sampler *sampler)
{
    return sampler->options.burn_in + sampler->options.rounds;
}

/* ---- creation -------------------------------------------------------------------------------- */

/* Every layer's swaps must be proposed, or not every network can be reached. */
static aann_status check_shares(const aann_spec *spec, const aann_sampler_options *options,
                                aann_error *error)
{
    double sum = 0.0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        sum += options->layer_share[i];
    }
    for (int32_t i = 0; sum > 0.0 && i < spec->layer_count; i++) {
        if (!(options->layer_share[i] > 0.0)) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "layer_share: layer %d gets no candidates, so not every network can "
                             "be reached; expected shares above 0 for all %d layers",
                             i + 1, spec->layer_count);
        }
    }
    return AANN_OK;
}

aann_status aann_sampler_prepare(const aann_spec *spec, const aann_samples *samples,
                                 const aann_sampler_options *options, aann_sampler **result,
                                 aann_error *error)
{
    *result = NULL;
    aann_status status = aann_sampler_options_check(options, error);
    if (status == AANN_OK) {
        status = check_shares(spec, options, error);
    }
    if (status == AANN_OK) {
        status = aann_engine_check_samples(spec, samples, options->regression, error);
    }
    if (status == AANN_OK && options->regression) {
        status = aann_targets_check(options->target_weight, samples, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    aann_sampler *sampler = aann_allocate_zeroed(1, sizeof *sampler);
    if (sampler == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a sampler");
    }
    sampler->spec = *spec;
    sampler->samples = samples;
    sampler->options = *options;
    sampler->packed = aann_network_packed_size(spec);
    const int32_t threads = options->threads > 0 ? options->threads : aann_processor_count();
    status = aann_threads_create(threads, &sampler->threads, error);
    if (status != AANN_OK) {
        aann_sampler_destroy(sampler);
        return status;
    }
    *result = sampler;
    return AANN_OK;
}

aann_status aann_sampler_make_ladder(aann_sampler *sampler, aann_error *error)
{
    const bool pilot = sampler->running == AANN_PILOT;
    const int32_t rungs = pilot ? aann_sampler_pilot_rungs(&sampler->options) : sampler->rungs;
    const uint64_t number = pilot ? UINT64_MAX : (uint64_t)sampler->running;
    const aann_random_key key = aann_random_key_create(sampler->options.seed, number);
    aann_status status =
        aann_ladder_create(&sampler->spec, sampler->samples, &sampler->options, sampler->beta,
                           rungs, key, sampler->threads, &sampler->ladder, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_ladder_record *record = pilot ? &sampler->pilot : &sampler->records[sampler->running];
    return aann_ladder_record_create(pilot ? aann_sampler_stage_rounds(&sampler->options)
                                           : ladder_rounds(sampler),
                                     rungs, pilot ? 0 : sampler->packed, record, error);
}

/* The first temperatures of the pilot, from the losses of the random networks that it begins with. */
static void guess(aann_sampler *sampler)
{
    aann_ladder *ladder = &sampler->ladder;
    const double units = (double)sampler->samples->count * AANN_LOSS_UNIT;
    double sum = 0.0;
    double squares = 0.0;
    for (int32_t i = 0; i < ladder->rungs; i++) {
        const double loss = (double)aann_ladder_loss(ladder, i) / units;
        sum += loss;
        squares += loss * loss;
    }
    const double mean = sum / ladder->rungs;
    const double variance = squares / ladder->rungs - mean * mean;
    aann_spacing_guess(variance > 0.0 ? sqrt(variance) : 0.0, 1.0 / sampler->options.temperature,
                       ladder->beta, ladder->rungs);
}

static aann_status begin(aann_sampler *sampler, aann_error *error)
{
    aann_status status = aann_sampler_make_ladder(sampler, error);
    if (status == AANN_OK) {
        status = aann_ladder_start(&sampler->ladder, error);
    }
    if (status == AANN_OK && sampler->running == AANN_PILOT) {
        guess(sampler);
    }
    return status;
}

aann_status aann_sampler_create(const aann_spec *spec, const aann_samples *samples,
                                const aann_sampler_options *options, aann_sampler **result,
                                aann_error *error)
{
    aann_status status = aann_sampler_prepare(spec, samples, options, result, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_sampler *sampler = *result;
    sampler->running = AANN_PILOT;
    if (options->rungs == 1) {
        sampler->running = 0;
        sampler->rungs = 1;
        sampler->beta[0] = 1.0 / options->temperature;
    }
    status = begin(sampler, error);
    if (status != AANN_OK) {
        aann_sampler_destroy(sampler);
        *result = NULL;
    }
    return status;
}

void aann_sampler_destroy(aann_sampler *sampler)
{
    if (sampler == NULL) {
        return;
    }
    aann_ladder_destroy(&sampler->ladder);
    aann_ladder_record_clear(&sampler->pilot);
    for (int32_t i = 0; i < AANN_LADDER_LIMIT; i++) {
        aann_ladder_record_clear(&sampler->records[i]);
    }
    aann_threads_destroy(sampler->threads);
    free(sampler);
}

/* ---- the pilot ------------------------------------------------------------------------------- */

/* Mean losses of the second half of a stage: loss[rungs]. */
static void stage_losses(const aann_sampler *sampler, double *loss)
{
    const aann_ladder_record *record = &sampler->pilot;
    const int32_t rungs = sampler->ladder.rungs;
    const int64_t first = record->rounds / 2;
    const double units = (double)sampler->samples->count * AANN_LOSS_UNIT;
    for (int32_t i = 0; i < rungs; i++) {
        double sum = 0.0;
        for (int64_t round = first; round < record->rounds; round++) {
            sum += (double)record->losses[round * rungs + i] / units;
        }
        loss[i] = sum / (double)(record->rounds - first);
    }
}

/* Ends a stage: places the temperatures anew, and after the last one freezes them. */
static aann_status end_stage(aann_sampler *sampler, aann_error *error)
{
    double loss[AANN_RUNG_LIMIT];
    aann_ladder *ladder = &sampler->ladder;
    stage_losses(sampler, loss);
    sampler->stage++;
    sampler->pilot.rounds = 0;
    if (sampler->stage < AANN_PILOT_STAGES) {
        aann_spacing_even(ladder->beta, loss, ladder->rungs, ladder->beta, ladder->rungs);
        return AANN_OK;
    }
    sampler->rungs =
        sampler->options.rungs != 0
            ? ladder->rungs
            : aann_spacing_rungs(ladder->beta, loss, ladder->rungs, AANN_CHOSEN_RUNG_LIMIT);
    aann_spacing_even(ladder->beta, loss, ladder->rungs, sampler->beta, sampler->rungs);
    aann_ladder_destroy(ladder);
    aann_ladder_record_clear(&sampler->pilot);
    sampler->running = 0;
    return begin(sampler, error);
}

/* ---- the run --------------------------------------------------------------------------------- */

int32_t aann_sampler_snapshots(const aann_sampler_options *options, int64_t rounds)
{
    const int64_t done = rounds - options->burn_in;
    return done < 0 ? 0 : (int32_t)(((done + 1) * AANN_SNAPSHOTS - 1) / options->rounds);
}

/* Keeps the networks of all temperatures if this round is one of the moments for it. */
static void keep_snapshot(aann_sampler *sampler, aann_ladder_record *record)
{
    if (record->snapshot_count == aann_sampler_snapshots(&sampler->options, record->rounds)) {
        return;
    }
    uint8_t *to = record->snapshots +
                  (size_t)record->snapshot_count * (size_t)sampler->rungs * sampler->packed;
    for (int32_t i = 0; i < sampler->rungs; i++, to += sampler->packed) {
        aann_network_pack(aann_ladder_network(&sampler->ladder, i), to);
    }
    record->snapshot_count++;
}

static aann_status run_ladder(aann_sampler *sampler, aann_error *error)
{
    aann_ladder_record *record = &sampler->records[sampler->running];
    if (record->rounds ==
        ladder_rounds(sampler)) { /* the next begins where its first round is due */
        aann_ladder_destroy(&sampler->ladder);
        sampler->running++;
        const aann_status status = begin(sampler, error);
        if (status != AANN_OK) {
            return status;
        }
        record = &sampler->records[sampler->running];
    }
    const bool counts = record->rounds >= sampler->options.burn_in;
    const aann_status status = aann_ladder_round(&sampler->ladder, counts, record, error);
    if (status == AANN_OK) {
        keep_snapshot(sampler, record);
    }
    return status;
}

static aann_status run_round(aann_sampler *sampler, aann_error *error)
{
    const int32_t moving = sampler->ladder.beta[0] == 0.0 ? sampler->ladder.rungs - 1 : 1;
    aann_status status;
    if (sampler->running == AANN_PILOT) {
        status = aann_ladder_round(&sampler->ladder, false, &sampler->pilot, error);
        if (status == AANN_OK &&
            sampler->pilot.rounds == aann_sampler_stage_rounds(&sampler->options)) {
            status = end_stage(sampler, error);
        }
    } else {
        status = run_ladder(sampler, error);
    }
    sampler->candidates +=
        status == AANN_OK ? (uint64_t)moving * (uint64_t)sampler->options.sweep : 0;
    return status;
}

aann_status aann_sampler_run(aann_sampler *sampler, uint64_t round,
                             aann_sampler_interrupted interrupted, void *context, aann_error *error)
{
    aann_sampler_progress progress;
    aann_status status = AANN_OK;
    aann_sampler_progress_get(sampler, &progress);
    const uint64_t end = round < progress.rounds ? round : progress.rounds;
    for (uint64_t done = progress.round; status == AANN_OK && done < end; done++) {
        status = interrupted != NULL && interrupted(context) ? AANN_INTERRUPTED
                                                             : run_round(sampler, error);
    }
    return status;
}

/* ---- questions ------------------------------------------------------------------------------- */

void aann_sampler_progress_get(const aann_sampler *sampler, aann_sampler_progress *progress)
{
    const aann_ladder *ladder = &sampler->ladder;
    const uint64_t stage = (uint64_t)aann_sampler_stage_rounds(&sampler->options);
    const uint64_t pilot = stage * AANN_PILOT_STAGES;
    const bool piloting = sampler->running == AANN_PILOT;
    const int64_t own =
        piloting ? sampler->pilot.rounds : sampler->records[sampler->running].rounds;
    uint64_t done = piloting ? (uint64_t)sampler->stage * stage : pilot;
    done += piloting ? 0 : (uint64_t)sampler->running * (uint64_t)ladder_rounds(sampler);
    *progress = (aann_sampler_progress){
        .round = done + (uint64_t)own,
        .rounds = pilot + (uint64_t)sampler->options.ladders * (uint64_t)ladder_rounds(sampler),
        .ladder = sampler->running,
        .ladder_round = piloting ? done + (uint64_t)own : (uint64_t)own,
        .candidates = sampler->candidates,
        .rungs = sampler->rungs,
        .loss = NAN,
    };
    if (ladder->round > 0) {
        const double units = (double)sampler->samples->count * AANN_LOSS_UNIT;
        progress->loss = (double)aann_ladder_loss(ladder, ladder->rungs - 1) / units;
    }
    for (int32_t i = 0; i < ladder->rungs; i++) {
        progress->bytes += aann_engine_bytes(ladder->replicas[i].engine);
    }
}

const aann_network *aann_sampler_network(const aann_sampler *sampler, int32_t rung)
{
    const bool there = sampler->running != AANN_PILOT && rung >= 0 && rung < sampler->ladder.rungs;
    return there ? aann_ladder_network(&sampler->ladder, rung) : NULL;
}
