/* What the finished ladders say about themselves.
 *
 * Distances of wirings are between networks as they are, without matching units: hidden units can
 * change places, so a chain that never did so has networks nearer to each other than to those of
 * other ladders. That is harmless for counting, since the copies under exchanged units are equally
 * many everywhere; the numbers are there to be looked at, not to judge. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "manifold/chains.h"
#include "manifold/record.h"

/* ---- wirings --------------------------------------------------------------------------------- */

/* The number of two-bit codes in which two packed networks differ. */
static int64_t packed_distance(const uint8_t *a, const uint8_t *b, size_t size)
{
    int64_t differing = 0;
    for (size_t i = 0; i < size; i++) {
        const uint32_t bits = (uint32_t)(a[i] ^ b[i]);
        const uint32_t codes = (bits | bits >> 1) & 0x55U;
        differing += (codes & 1U) + (codes >> 2 & 1U) + (codes >> 4 & 1U) + (codes >> 6 & 1U);
    }
    return differing;
}

/* The mean distance of two random networks. */
static double chance_distance(const aann_spec *spec)
{
    double sum = 0.0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const aann_counts counts = aann_spec_counts(spec, i);
        const double all = (double)spec->layers[i].weight_count;
        const double minus = (double)counts.minus;
        const double zero = (double)counts.zero;
        const double plus = (double)counts.plus;
        sum += all - (minus * minus + zero * zero + plus * plus) / all;
    }
    return sum;
}

typedef struct distance_mean {
    double sum;
    int64_t count;
} distance_mean;

static const uint8_t *snapshot(const aann_sampler *sampler, int32_t ladder, int32_t moment,
                               int32_t rung)
{
    const size_t place = (size_t)moment * (size_t)sampler->rungs + (size_t)rung;
    return sampler->records[ladder].snapshots + place * sampler->packed;
}

/* Between the networks of two ladders, or with a == b between those of one, at least half of it
 * apart. */
static void add_distances(const aann_sampler *sampler, int32_t a, int32_t b, int32_t rung,
                          distance_mean *mean)
{
    for (int32_t i = 0; i < AANN_SNAPSHOTS; i++) {
        for (int32_t k = a == b ? i + AANN_SNAPSHOTS / 2 : 0; k < AANN_SNAPSHOTS; k++) {
            mean->sum += (double)packed_distance(snapshot(sampler, a, i, rung),
                                                 snapshot(sampler, b, k, rung), sampler->packed);
            mean->count++;
        }
    }
}

static void measure_wirings(const aann_sampler *sampler, int32_t ladders, int32_t rung,
                            aann_rung_diagnosis *diagnosis)
{
    distance_mean between = {0.0, 0};
    distance_mean within = {0.0, 0};
    for (int32_t a = 0; a < ladders; a++) {
        add_distances(sampler, a, a, rung, &within);
        for (int32_t b = a + 1; b < ladders; b++) {
            add_distances(sampler, a, b, rung, &between);
        }
    }
    const double chance = chance_distance(&sampler->spec);
    diagnosis->distance_between =
        ladders > 1 && chance > 0.0 ? between.sum / (double)between.count / chance : NAN;
    diagnosis->distance_within =
        ladders > 1 && chance > 0.0 ? within.sum / (double)within.count / chance : NAN;
}

/* ---- rates ----------------------------------------------------------------------------------- */

static void measure_rates(const aann_sampler *sampler, int32_t ladders, int32_t rung,
                          aann_rung_diagnosis *diagnosis)
{
    uint64_t accepted = 0;
    uint64_t exchanged = 0;
    uint64_t offered = 0;
    for (int32_t i = 0; i < ladders; i++) {
        accepted += sampler->records[i].accepted[rung];
        exchanged += sampler->records[i].exchanged[rung];
        offered += sampler->records[i].offered[rung];
    }
    const double candidates =
        (double)ladders * (double)sampler->options.rounds * (double)sampler->options.sweep;
    diagnosis->acceptance =
        sampler->beta[rung] > 0.0 ? (double)accepted / candidates : 1.0; /* all are drawn anew */
    diagnosis->exchange = offered > 0 ? (double)exchanged / (double)offered : NAN;
}

static double mean_accuracy(const aann_sampler *sampler, int32_t ladders, int32_t rung)
{
    double sum = 0.0;
    for (int32_t i = 0; i < ladders; i++) {
        const aann_ladder_record *record = &sampler->records[i];
        for (int64_t round = sampler->options.burn_in; round < record->rounds; round++) {
            sum += record->correct[round * sampler->rungs + rung];
        }
    }
    return sampler->options.regression ? NAN
                                       : sum / ((double)ladders * (double)sampler->options.rounds *
                                                (double)sampler->samples->count);
}

/* ---- the diagnosis --------------------------------------------------------------------------- */

int32_t aann_sampler_finished(const aann_sampler *sampler)
{
    int32_t finished = 0;
    while (finished < sampler->options.ladders &&
           sampler->records[finished].rounds ==
               sampler->options.burn_in + sampler->options.rounds) {
        finished++;
    }
    return finished;
}

void aann_sampler_losses(const aann_sampler *sampler, int32_t ladder, int32_t rung, double *losses)
{
    const aann_ladder_record *record = &sampler->records[ladder];
    const double units = (double)sampler->samples->count * AANN_LOSS_UNIT;
    for (int64_t i = 0; i < sampler->options.rounds; i++) {
        const int64_t round = sampler->options.burn_in + i;
        losses[i] = (double)record->losses[round * sampler->rungs + rung] / units;
    }
}

static void diagnose_rung(const aann_sampler *sampler, int32_t ladders, int32_t rung,
                          double *losses, double *work, aann_rung_diagnosis *diagnosis)
{
    const int64_t rounds = sampler->options.rounds;
    for (int32_t i = 0; i < ladders; i++) {
        aann_sampler_losses(sampler, i, rung, losses + i * rounds);
    }
    const aann_chains chains = {losses, ladders, rounds};
    const double beta = sampler->beta[rung];
    *diagnosis = (aann_rung_diagnosis){
        .temperature = beta > 0.0 ? 1.0 / beta : INFINITY,
        .beta = beta,
        .loss = aann_chains_mean(&chains),
        .loss_deviation = aann_chains_deviation(&chains),
        .accuracy = mean_accuracy(sampler, ladders, rung),
        .r_hat = aann_chains_r_hat(&chains),
        .autocorrelation = aann_chains_autocorrelation(&chains, work),
    };
    diagnosis->effective_samples = (double)ladders * (double)rounds / diagnosis->autocorrelation;
    measure_rates(sampler, ladders, rung, diagnosis);
    measure_wirings(sampler, ladders, rung, diagnosis);
}

/* Whether the chains of a temperature can be trusted, if those of the hotter ones can. A chain
 * without a ladder whose loss never changes shows nothing, however well it agrees with itself. */
static bool mixes(const aann_sampler_diagnosis *diagnosis, int32_t ladders, int32_t rung)
{
    const aann_rung_diagnosis *here = &diagnosis->rung[rung];
    const bool connected = rung == 0 ? here->beta == 0.0 || here->loss_deviation > 0.0
                                     : diagnosis->rung[rung - 1].exchange >= AANN_EXCHANGE_MINIMUM;
    return here->r_hat <= AANN_R_HAT_LIMIT && connected &&
           here->effective_samples >= (double)ladders * AANN_EFFECTIVE_MINIMUM;
}

aann_status aann_sampler_diagnose(const aann_sampler *sampler, aann_sampler_diagnosis *diagnosis,
                                  aann_error *error)
{
    const int32_t ladders = aann_sampler_finished(sampler);
    memset(diagnosis, 0, sizeof *diagnosis);
    if (ladders == 0) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "no ladder has finished yet");
    }
    const size_t rounds = (size_t)sampler->options.rounds;
    double *losses = aann_allocate(rounds, (size_t)ladders * sizeof *losses);
    double *work = aann_allocate(rounds, sizeof *work);
    if (losses == NULL || work == NULL) {
        free(losses);
        free(work);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a diagnosis");
    }
    diagnosis->rungs = sampler->rungs;
    diagnosis->mixed = -1;
    for (int32_t i = 0; i < sampler->rungs; i++) {
        diagnose_rung(sampler, ladders, i, losses, work, &diagnosis->rung[i]);
        diagnosis->mixed += diagnosis->mixed == i - 1 && mixes(diagnosis, ladders, i) ? 1 : 0;
    }
    for (int32_t i = 0; i < ladders; i++) {
        diagnosis->descents += sampler->records[i].descents;
    }
    free(losses);
    free(work);
    return AANN_OK;
}
