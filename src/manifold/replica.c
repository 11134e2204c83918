/* Metropolis's rule, exactly.
 *
 * The energy of a network is the sum of its losses on all samples: an integer, a function of the
 * network alone, equal on every machine. A candidate is accepted if the energy rises by at most
 *     floor(-ln(u) samples 2^20 / beta),
 * u uniform in (0, 1], that is, with probability exp(-beta * rise of the mean loss). The logarithm
 * is core/exact_math.h's; everything after it is a comparison of integers.
 *
 * The engine finds a candidate's change relative to the present network's largest outputs
 * (kernels/loss.c), which rounds otherwise than the energy of the network that it becomes. A rule
 * that took it as it is would depend a little on where a network was reached from, and its
 * probabilities would not be those above. So the change only screens: what it rejects by more than
 * the bound of that rounding is rejected, everything else is committed, its energy is found, and
 * where that is too high after all, the swap is taken back.
 *
 * The bound. Losses are single-precision numbers of at most 60 powers of two, multiplied by 726,817.
 * Rounding the exponent, the label's term, their difference and the product costs at most 9 units,
 * the sum of powers 4 and 1/16 for each output, once for the candidate and once for the network; 32
 * and 1/4 for each output are more. Outside of the range in which outputs are not clamped (losses
 * above 41), this does not hold: an accepted change that differs by more is an error. Where all
 * outputs of a sample fall by more than that range at once, by 5,282 loss_scale and more, a good
 * candidate can be screened out unseen; no network of usual size and scale gets there. Squared
 * errors have no reference, and their changes are exact.
 *
 * Candidates are evaluated in batches against the same network and decided in order. The first that
 * is committed ends the batch, so neither batches nor threads change what is decided. */
#include "manifold/replica.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/exact_math.h"
#include "engine/dispatch.h"

/* Of a sum over samples: so large that differences still fit 64 bits. */
static const double largest_limit = 2305843009213693952.0; /* 2^61 */

aann_status aann_replica_create(const aann_spec *spec, const aann_samples *samples,
                                const aann_loss_options *loss, const char *isa,
                                aann_replica *replica, aann_error *error)
{
    memset(replica, 0, sizeof *replica);
    aann_kernels kernels;
    aann_status status = aann_kernels_choose(isa, &kernels, error);
    if (status == AANN_OK) {
        status = aann_threads_create(1, &replica->threads, error);
    }
    if (status == AANN_OK) {
        status = aann_engine_create(spec, samples, samples->count, loss, &kernels, replica->threads,
                                    &replica->engine, error);
    }
    replica->samples = samples->count;
    replica->slack = loss->regression ? 0 : samples->count * (32 + spec->output_count / 4);
    replica->accepting = 0.5;
    return status;
}

void aann_replica_destroy(aann_replica *replica)
{
    for (int32_t i = 0; i < AANN_REPLICA_BATCH; i++) {
        aann_candidate_clear(&replica->candidates[i]);
    }
    aann_engine_destroy(replica->engine);
    aann_threads_destroy(replica->threads);
    memset(replica, 0, sizeof *replica);
}

static int64_t block_count(const aann_replica *replica)
{
    return (replica->samples + AANN_BLOCK - 1) / AANN_BLOCK;
}

static int64_t energy(aann_replica *replica)
{
    int64_t sum = 0;
    for (int64_t block = 0; block < block_count(replica); block++) {
        sum += aann_engine_block_loss(replica->engine, block);
    }
    return sum;
}

aann_status aann_replica_load(aann_replica *replica, const aann_network *network, aann_error *error)
{
    const aann_status status =
        aann_engine_load(replica->engine, network, NULL, NULL, replica->samples, error);
    replica->loss = status == AANN_OK ? energy(replica) : 0;
    return status;
}

int32_t aann_replica_correct(aann_replica *replica)
{
    int32_t correct = 0;
    for (int64_t block = 0; block < block_count(replica); block++) {
        correct += aann_engine_block_correct(replica->engine, block);
    }
    return correct;
}

int64_t aann_replica_limit(const aann_replica *replica, double beta, aann_random_stream *stream)
{
    const double scale = (double)replica->samples * AANN_LOSS_UNIT / beta;
    const double limit = -aann_log(aann_random_unit(stream)) * scale;
    return (int64_t)floor(limit < largest_limit ? limit : largest_limit);
}

/* A batch: swaps for the present network, and what they may cost. */
typedef struct sweep_batch {
    int32_t count;
    aann_swap swaps[AANN_REPLICA_BATCH];
    int64_t limits[AANN_REPLICA_BATCH];
    int64_t changes[AANN_REPLICA_BATCH];
    int32_t which[AANN_REPLICA_BATCH]; /* [found]: those for which a swap was found */
    int32_t found;
} sweep_batch;

/* As many candidates as have about even odds that one is accepted. */
static int32_t batch_size(const aann_replica *replica, int32_t left)
{
    const double size = 0.7 / (replica->accepting + 0.7 / AANN_REPLICA_BATCH);
    const int32_t wanted = size < 1.0 ? 1 : (int32_t)size;
    return wanted < left ? wanted : left;
}

static aann_status draw(aann_replica *replica, const aann_sweep *sweep, int32_t done,
                        sweep_batch *batch, aann_error *error)
{
    const aann_network *network = aann_engine_network(replica->engine);
    aann_status status = AANN_OK;
    batch->count = batch_size(replica, sweep->count - done);
    batch->found = 0;
    for (int32_t i = 0; i < batch->count; i++) {
        const uint64_t number = sweep->first + (uint64_t)(done + i);
        aann_random_stream stream =
            aann_random_start(sweep->key, number, AANN_PURPOSE_LADDER_ACCEPT);
        batch->limits[i] = aann_replica_limit(replica, sweep->beta, &stream);
        if (aann_proposal_draw(network, sweep->rule, sweep->key, number, &batch->swaps[i])) {
            batch->which[batch->found++] = i;
        }
    }
    for (int32_t i = 0; status == AANN_OK && i < batch->found; i++) {
        status = aann_engine_admit(replica->engine, &batch->swaps[batch->which[i]], error);
    }
    for (int32_t i = 0; status == AANN_OK && i < batch->found; i++) {
        const int32_t index = batch->which[i];
        status = aann_engine_prepare(replica->engine, &batch->swaps[index],
                                     &replica->candidates[index], error);
    }
    return status;
}

static void evaluate(aann_replica *replica, sweep_batch *batch)
{
    aann_block_change results[AANN_REPLICA_BATCH];
    memset(batch->changes, 0, sizeof batch->changes);
    if (batch->found == 0) {
        return;
    }
    aann_engine_ready(replica->engine, NULL, block_count(replica), false);
    for (int64_t block = 0; block < block_count(replica); block++) {
        aann_engine_changes(replica->engine, 0, replica->candidates, batch->which, batch->found,
                            block, results);
        for (int32_t i = 0; i < batch->found; i++) {
            batch->changes[batch->which[i]] += results[i].sum;
        }
    }
}

/* Commits a candidate that the screen let through, and takes it back if its energy is too high. */
static aann_status try_candidate(aann_replica *replica, const sweep_batch *batch, int32_t index,
                                 bool *accepted, aann_error *error)
{
    const aann_swap *swap = &batch->swaps[index];
    aann_engine_commit(replica->engine, &replica->candidates[index]);
    const int64_t after = energy(replica);
    const int64_t change = after - replica->loss;
    const int64_t off = change - batch->changes[index];
    if (off > replica->slack || off < -replica->slack) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a swap moves a sample's outputs, or its loss is, beyond the range in "
                         "which losses are exact (60 powers of two, a loss of 41): a loss_scale "
                         "larger than the present one makes all losses smaller");
    }
    *accepted = change <= batch->limits[index];
    if (*accepted) {
        replica->loss = after;
        return AANN_OK;
    }
    aann_swap back = *swap;
    back.changes[0].value = swap->changes[1].value;
    back.changes[1].value = swap->changes[0].value;
    aann_status status = aann_engine_admit(replica->engine, &back, error);
    if (status == AANN_OK) {
        status = aann_engine_prepare(replica->engine, &back, &replica->candidates[index], error);
    }
    if (status == AANN_OK) {
        aann_engine_commit(replica->engine, &replica->candidates[index]);
    }
    return status;
}

aann_status aann_replica_sweep(aann_replica *replica, aann_sweep *sweep, aann_error *error)
{
    sweep_batch batch;
    sweep->accepted = 0;
    for (int32_t done = 0; done < sweep->count;) {
        aann_status status = draw(replica, sweep, done, &batch, error);
        if (status != AANN_OK) {
            return status;
        }
        evaluate(replica, &batch);
        bool committed = false;
        for (int32_t i = 0, next = 0; i < batch.count && !committed; i++, done++) {
            bool accepted = false;
            if (next < batch.found && batch.which[next] == i) {
                next++;
                committed = batch.changes[i] <= batch.limits[i] + replica->slack;
            }
            if (committed) {
                status = try_candidate(replica, &batch, i, &accepted, error);
                if (status != AANN_OK) {
                    return status;
                }
            }
            sweep->accepted += accepted ? 1 : 0;
            replica->accepting += 0.02 * ((committed ? 1.0 : 0.0) - replica->accepting);
        }
    }
    return AANN_OK;
}
