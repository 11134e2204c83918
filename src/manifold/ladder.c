/* Replica exchange (R. H. Swendsen and J.-S. Wang, 1986; C. J. Geyer, 1991). A round is a sweep of
 * candidates at every temperature, evaluated in parallel because replicas do not know of each other,
 * and then an offer to exchange to every second pair of neighbours, the odd and the even ones
 * alternately. Not the networks but the temperatures change places.
 *
 * At infinite temperature there is no chain: every round draws a new random network, which is what a
 * chain there would draw if it ran for ever. So whatever arrives in the cold has come from a network
 * that is independent of all others. */
#include "manifold/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

aann_status aann_ladder_create(const aann_spec *spec, const aann_samples *samples,
                               const aann_sampler_options *options, const double *beta,
                               int32_t rungs, aann_random_key key, aann_threads *threads,
                               aann_ladder *ladder, aann_error *error)
{
    *ladder = (aann_ladder){
        .spec = *spec,
        .threads = threads,
        .key = key,
        .rule = aann_proposal_rule_make(spec, options->layer_share, options->within_unit),
        .sweep = options->sweep,
    };
    const aann_loss_options loss = {
        options->regression, options->regression ? options->output_scale : options->loss_scale,
        options->target_weight};
    ladder->replicas = aann_allocate_zeroed((size_t)rungs, sizeof *ladder->replicas);
    if (ladder->replicas == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a ladder");
    }
    aann_status status = aann_network_create(spec, &ladder->fresh, error);
    for (int32_t i = 0; status == AANN_OK && i < rungs; i++) {
        ladder->beta[i] = beta[i];
        ladder->at[i] = i;
        ladder->rungs = i + 1;
        status =
            aann_replica_create(spec, samples, &loss, options->isa, &ladder->replicas[i], error);
    }
    return status;
}

void aann_ladder_destroy(aann_ladder *ladder)
{
    for (int32_t i = 0; i < ladder->rungs; i++) {
        aann_replica_destroy(&ladder->replicas[i]);
    }
    free(ladder->replicas);
    aann_network_destroy(ladder->fresh);
    *ladder = (aann_ladder){0};
}

static aann_replica *replica_at(const aann_ladder *ladder, int32_t rung)
{
    return &ladder->replicas[ladder->at[rung]];
}

/* Loads random network `number` of the round that begins. */
static aann_status load_random(aann_ladder *ladder, int32_t rung, uint64_t number,
                               aann_error *error)
{
    aann_random_stream stream =
        aann_random_start(ladder->key, ladder->round, AANN_PURPOSE_LADDER_FRESH);
    const uint64_t high = aann_random_u32(&stream);
    const uint64_t seed = high << 32 | aann_random_u32(&stream);
    aann_network_randomise(ladder->fresh, seed, number);
    return aann_replica_load(replica_at(ladder, rung), ladder->fresh, error);
}

aann_status aann_ladder_start(aann_ladder *ladder, aann_error *error)
{
    aann_status status = AANN_OK;
    ladder->round = 0;
    for (int32_t i = 0; status == AANN_OK && i < ladder->rungs; i++) {
        status = load_random(ladder, i, (uint64_t)i + 1, error);
    }
    return status;
}

/* ---- a round --------------------------------------------------------------------------------- */

typedef struct round_job {
    aann_ladder *ladder;
    aann_sweep *sweeps; /* [rungs] */
    int32_t *correct;   /* [rungs]; NULL: nobody asks */
    aann_status *statuses;
    aann_error *errors;
} round_job;

static void move_rung(void *context, int32_t worker, int64_t index)
{
    (void)worker;
    const round_job *job = context;
    aann_ladder *ladder = job->ladder;
    aann_replica *replica = replica_at(ladder, (int32_t)index);
    aann_sweep *sweep = &job->sweeps[index];
    *sweep = (aann_sweep){
        .rule = &ladder->rule,
        .key = ladder->key,
        .first =
            (ladder->round * (uint64_t)ladder->rungs + (uint64_t)index) * (uint64_t)ladder->sweep,
        .count = ladder->sweep,
        .beta = ladder->beta[index],
    };
    if (sweep->beta > 0.0) {
        job->statuses[index] = aann_replica_sweep(replica, sweep, &job->errors[index]);
    }
    if (job->correct != NULL && job->statuses[index] == AANN_OK) {
        job->correct[index] = aann_replica_correct(replica);
    }
}

static aann_status move(aann_ladder *ladder, bool counts, aann_ladder_record *record,
                        aann_error *error)
{
    aann_sweep sweeps[AANN_RUNG_LIMIT];
    aann_status statuses[AANN_RUNG_LIMIT] = {AANN_OK};
    const size_t rungs = (size_t)ladder->rungs;
    aann_error *errors = aann_allocate_zeroed(rungs, sizeof *errors);
    if (errors == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a round");
    }
    int32_t *correct =
        record->correct == NULL ? NULL : record->correct + record->rounds * ladder->rungs;
    round_job job = {ladder, sweeps, correct, statuses, errors};
    aann_status status = ladder->beta[0] == 0.0 ? load_random(ladder, 0, 0, error) : AANN_OK;
    if (status == AANN_OK) {
        aann_threads_run(ladder->threads, 0, ladder->rungs, move_rung, &job);
    }
    for (int32_t i = 0; status == AANN_OK && i < ladder->rungs; i++) {
        record->losses[record->rounds * ladder->rungs + i] = replica_at(ladder, i)->loss;
        record->accepted[i] += counts ? (uint64_t)sweeps[i].accepted : 0;
        status = statuses[i];
        if (status != AANN_OK && error != NULL) {
            *error = errors[i];
        }
    }
    free(errors);
    return status;
}

/* Offers an exchange to rung i and the colder i + 1. */
static void offer(aann_ladder *ladder, int32_t i, bool counts, aann_ladder_record *record)
{
    const int64_t gain = replica_at(ladder, i)->loss - replica_at(ladder, i + 1)->loss;
    aann_random_stream stream =
        aann_random_start(ladder->key, ladder->round * (uint64_t)AANN_RUNG_LIMIT + (uint64_t)i,
                          AANN_PURPOSE_LADDER_EXCHANGE);
    /* The hotter one would have to be at least as good, or nearly so. */
    const int64_t limit =
        aann_replica_limit(replica_at(ladder, i), ladder->beta[i + 1] - ladder->beta[i], &stream);
    const bool exchanges = gain <= limit;
    if (exchanges) {
        const int32_t kept = ladder->at[i];
        ladder->at[i] = ladder->at[i + 1];
        ladder->at[i + 1] = kept;
    }
    record->offered[i] += counts ? 1 : 0;
    record->exchanged[i] += counts && exchanges ? 1 : 0;
}

/* Notes which replicas come from the infinite temperature, and counts those that have arrived. */
static void follow(aann_ladder *ladder, bool counts, aann_ladder_record *record)
{
    aann_replica *coldest = replica_at(ladder, ladder->rungs - 1);
    replica_at(ladder, 0)->from_above = true;
    if (coldest->from_above && ladder->rungs > 1) {
        coldest->from_above = false;
        record->descents += counts ? 1 : 0;
    }
}

aann_status aann_ladder_round(aann_ladder *ladder, bool counts, aann_ladder_record *record,
                              aann_error *error)
{
    const aann_status status = move(ladder, counts, record, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t i = (int32_t)(ladder->round % 2); i + 1 < ladder->rungs; i += 2) {
        offer(ladder, i, counts, record);
    }
    follow(ladder, counts, record);
    ladder->round++;
    record->rounds++;
    return AANN_OK;
}

/* ---- questions ------------------------------------------------------------------------------- */

const aann_network *aann_ladder_network(const aann_ladder *ladder, int32_t rung)
{
    return aann_engine_network(replica_at(ladder, rung)->engine);
}

int64_t aann_ladder_loss(const aann_ladder *ladder, int32_t rung)
{
    return replica_at(ladder, rung)->loss;
}

aann_status aann_ladder_record_create(int64_t rounds, int32_t rungs, size_t packed,
                                      aann_ladder_record *record, aann_error *error)
{
    *record = (aann_ladder_record){.capacity = rounds};
    size_t count = 0;
    size_t bytes = 0;
    const bool fits = aann_multiply_sizes((size_t)rounds, (size_t)rungs, &count) &&
                      aann_multiply_sizes(packed, (size_t)rungs * AANN_SNAPSHOTS, &bytes);
    record->losses = fits ? aann_allocate_zeroed(count, sizeof *record->losses) : NULL;
    record->correct = fits ? aann_allocate_zeroed(count, sizeof *record->correct) : NULL;
    record->snapshots = fits ? aann_allocate_zeroed(bytes, 1) : NULL;
    if (record->losses == NULL || record->correct == NULL || record->snapshots == NULL) {
        aann_ladder_record_clear(record);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the record of %lld rounds",
                         (long long)rounds);
    }
    return AANN_OK;
}

void aann_ladder_record_clear(aann_ladder_record *record)
{
    free(record->losses);
    free(record->correct);
    free(record->snapshots);
    *record = (aann_ladder_record){0};
}
