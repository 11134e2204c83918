/* A sampler as bytes: 64-bit words, little-endian, and packed networks.
 *
 *     version | identity of what determines the result | where it is | temperatures |
 *     records of the ladders so far | the running ladder: round, places, networks | checksum
 *
 * A state may come from a stranger: the checksum only finds damage. So every number is compared with
 * what the settings and the number of rounds leave possible, and networks must have the spec's
 * counts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"
#include "manifold/sampler.h"
#include "samples/checksum.h"

enum { SAVED_VERSION = 1 };

/* ---- bytes ----------------------------------------------------------------------------------- */

/* Memory that grows, or that is read. */
typedef struct saved_bytes {
    uint8_t *memory;
    size_t size;     /* written, or there */
    size_t capacity; /* or read so far */
    bool failed;     /* no memory, or not enough bytes */
} saved_bytes;

static void put_bytes(saved_bytes *to, const void *bytes, size_t size)
{
    uint8_t *memory = to->failed ? NULL : aann_grow(to->memory, &to->capacity, to->size, size);
    if (memory == NULL) {
        to->failed = true;
        return;
    }
    to->memory = memory;
    memcpy(memory + to->size, bytes, size);
    to->size += size;
}

static void put(saved_bytes *to, uint64_t value)
{
    uint8_t word[8];
    for (int32_t i = 0; i < 8; i++) {
        word[i] = (uint8_t)(value >> (8 * i));
    }
    put_bytes(to, word, sizeof word);
}

static void put_real(saved_bytes *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(to, bits);
}

static const uint8_t *take_bytes(saved_bytes *from, size_t size)
{
    if (from->failed || from->size - from->capacity < size) {
        from->failed = true;
        return NULL;
    }
    const uint8_t *bytes = from->memory + from->capacity;
    from->capacity += size;
    return bytes;
}

static uint64_t take(saved_bytes *from)
{
    const uint8_t *bytes = take_bytes(from, 8);
    uint64_t value = 0;
    for (int32_t i = 0; bytes != NULL && i < 8; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

static double take_real(saved_bytes *from)
{
    const uint64_t bits = take(from);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A number of at most `limit`; a larger one is a failure. */
static uint64_t take_below(saved_bytes *from, uint64_t limit)
{
    const uint64_t value = take(from);
    from->failed = from->failed || value > limit;
    return from->failed ? 0 : value;
}

/* ---- identity -------------------------------------------------------------------------------- */

static void put_options(saved_bytes *to, const aann_sampler_options *options)
{
    const uint64_t numbers[] = {options->seed,
                                (uint64_t)options->ladders,
                                (uint64_t)options->rungs,
                                (uint64_t)options->sweep,
                                (uint64_t)options->pilot_rounds,
                                (uint64_t)options->burn_in,
                                (uint64_t)options->rounds,
                                options->regression ? 1 : 0};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        put(to, numbers[i]);
    }
    put_real(to, options->temperature);
    put_real(to, options->within_unit);
    put_real(to, options->loss_scale);
    put_real(to, options->output_scale);
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        put_real(to, options->layer_share[i]);
    }
    for (int32_t i = 0; i < AANN_MAX_TARGETS; i++) {
        put_real(to, options->target_weight[i]);
    }
}

/* A hash of all that determines the result. */
static aann_status find_identity(const aann_sampler *sampler, uint64_t *identity, aann_error *error)
{
    saved_bytes bytes = {0};
    char text[AANN_MAX_SPEC_LENGTH];
    char checksum[AANN_SHA256_TEXT_SIZE];
    aann_status status = aann_spec_format(&sampler->spec, text, sizeof text, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_samples_checksum(sampler->samples, checksum);
    put_options(&bytes, &sampler->options);
    put_bytes(&bytes, text, strlen(text) + 1);
    put_bytes(&bytes, checksum, strlen(checksum));
    for (int32_t i = 0; i < sampler->spec.layer_count; i++) {
        const aann_counts counts = aann_spec_counts(&sampler->spec, i);
        put(&bytes, (uint64_t)counts.plus);
        put(&bytes, (uint64_t)counts.zero);
    }
    if (bytes.failed) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a sampler's state");
    } else {
        *identity = aann_hash64(bytes.memory, bytes.size);
    }
    free(bytes.memory);
    return status;
}

/* ---- records --------------------------------------------------------------------------------- */

static void put_record(saved_bytes *to, const aann_ladder_record *record, int32_t rungs,
                       size_t packed)
{
    put(to, (uint64_t)record->rounds);
    for (int64_t i = 0; i < record->rounds * rungs; i++) {
        put(to, (uint64_t)record->losses[i]);
        put(to, (uint64_t)record->correct[i]);
    }
    for (int32_t i = 0; i < rungs; i++) {
        put(to, record->accepted[i]);
        put(to, record->exchanged[i]);
        put(to, record->offered[i]);
    }
    put(to, record->descents);
    put(to, (uint64_t)record->snapshot_count);
    put_bytes(to, record->snapshots, (size_t)record->snapshot_count * (size_t)rungs * packed);
}

/* Of the first `rounds` rounds those in which rung i is offered an exchange: every second one. */
static uint64_t rounds_of_offers(int64_t rounds, int32_t i)
{
    return (uint64_t)(rounds + 1 - i % 2) / 2;
}

/* Whether a ladder that was asked for this can have such a record. `counts`: not the pilot's. */
static bool is_record(const aann_sampler *sampler, const aann_ladder_record *record, int32_t rungs,
                      bool counts)
{
    const aann_sampler_options *options = &sampler->options;
    const int64_t first = counts ? options->burn_in : record->rounds;
    const uint64_t counted = record->rounds > first ? (uint64_t)(record->rounds - first) : 0;
    const int32_t snapshots = counts ? aann_sampler_snapshots(options, record->rounds) : 0;
    bool right = record->snapshot_count == snapshots && record->descents <= counted;
    for (int32_t i = 0; i < rungs; i++) {
        const uint64_t offers = counted > 0 && i + 1 < rungs ? rounds_of_offers(record->rounds, i) -
                                                                   rounds_of_offers(first, i)
                                                             : 0;
        right = right && record->accepted[i] <= counted * (uint64_t)options->sweep &&
                record->offered[i] == offers && record->exchanged[i] <= offers;
    }
    for (int64_t i = 0; right && i < record->rounds * rungs; i++) {
        right = record->correct[i] <= sampler->samples->count;
    }
    return right;
}

/* Reads into a record that has its memory; packed 0: the pilot's, which counts nothing. */
static void take_record(saved_bytes *from, const aann_sampler *sampler, int32_t rungs,
                        size_t packed, aann_ladder_record *record)
{
    record->rounds = (int64_t)take_below(from, (uint64_t)record->capacity);
    for (int64_t i = 0; !from->failed && i < record->rounds * rungs; i++) {
        record->losses[i] = (int64_t)take_below(from, UINT64_C(1) << 61);
        record->correct[i] = (int32_t)take_below(from, INT32_MAX);
    }
    for (int32_t i = 0; i < rungs; i++) {
        record->accepted[i] = take(from);
        record->exchanged[i] = take(from);
        record->offered[i] = take(from);
    }
    record->descents = take(from);
    record->snapshot_count = (int32_t)take_below(from, AANN_SNAPSHOTS);
    if (from->failed || !is_record(sampler, record, rungs, packed > 0)) {
        from->failed = true;
        return;
    }
    const size_t size = (size_t)record->snapshot_count * (size_t)rungs * packed;
    const uint8_t *bytes = take_bytes(from, size);
    if (bytes != NULL) {
        memcpy(record->snapshots, bytes, size);
    }
}

/* ---- the running ladder ---------------------------------------------------------------------- */

static const aann_ladder_record *last_record(const aann_sampler *sampler)
{
    return sampler->running == AANN_PILOT ? &sampler->pilot : &sampler->records[sampler->running];
}

static aann_status put_ladder(saved_bytes *to, const aann_sampler *sampler, aann_error *error)
{
    const aann_ladder *ladder = &sampler->ladder;
    uint8_t *packed = aann_allocate(sampler->packed, 1);
    if (packed == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a sampler's state");
    }
    put(to, ladder->round);
    for (int32_t i = 0; i < ladder->rungs; i++) {
        put_real(to, ladder->beta[i]);
        put(to, ladder->replicas[ladder->at[i]].from_above ? 1 : 0);
        aann_network_pack(aann_ladder_network(ladder, i), packed);
        put_bytes(to, packed, sampler->packed);
    }
    free(packed);
    return AANN_OK;
}

/* Whether rung i of `rungs` can have this inverse temperature, the ones before it being beta[i]: a
 * ladder leads from infinity, where networks are counted, to the temperature that is wanted. */
static bool is_rung(const aann_sampler_options *options, const double *beta, int32_t rungs,
                    int32_t i)
{
    const double coldest = 1.0 / options->temperature;
    if (i == rungs - 1) {
        return beta[i] == coldest;
    }
    return i == 0 ? beta[i] == 0.0 : beta[i] > beta[i - 1] && beta[i] < coldest;
}

/* Whether the rounds and candidates that were counted are those up to the record's end. */
static bool is_moment(const aann_sampler *sampler)
{
    const aann_sampler_options *options = &sampler->options;
    const bool pilot = sampler->running == AANN_PILOT;
    const uint64_t sweep = (uint64_t)options->sweep;
    const uint64_t own = (uint64_t)last_record(sampler)->rounds;
    const uint64_t stages = (uint64_t)sampler->stage * (uint64_t)aann_sampler_stage_rounds(options);
    const uint64_t piloted = stages + (pilot ? own : 0);
    const uint64_t each = (uint64_t)(options->burn_in + options->rounds);
    const uint64_t rounds = pilot ? 0 : (uint64_t)sampler->running * each + own;
    const uint64_t moving = sampler->rungs > 1 ? (uint64_t)sampler->rungs - 1 : 1;
    const uint64_t pilots = (uint64_t)aann_sampler_pilot_rungs(options) - 1;
    return sampler->ladder.round == (pilot ? piloted : own) &&
           sampler->candidates == (piloted * pilots + rounds * moving) * sweep;
}

static aann_status take_ladder(saved_bytes *from, aann_sampler *sampler, aann_error *error)
{
    const bool pilot = sampler->running == AANN_PILOT;
    aann_ladder *ladder = &sampler->ladder;
    aann_status status = AANN_OK;
    ladder->round = take(from);
    from->failed = from->failed || !is_moment(sampler);
    for (int32_t i = 0; status == AANN_OK && i < ladder->rungs; i++) {
        const double beta = take_real(from);
        const bool above = take_below(from, 1) == 1;
        const uint8_t *packed = take_bytes(from, sampler->packed);
        ladder->beta[i] = beta;
        const bool right = pilot ? is_rung(&sampler->options, ladder->beta, ladder->rungs, i)
                                 : beta == sampler->beta[i];
        if (packed == NULL || !right) {
            from->failed = true;
            return AANN_OK; /* the caller says what is wrong */
        }
        ladder->replicas[i].from_above = above;
        status = aann_network_unpack(ladder->fresh, packed, sampler->packed, error);
        if (status == AANN_OK) {
            status = aann_replica_load(&ladder->replicas[i], ladder->fresh, error);
        }
    }
    return status;
}

/* ---- the sampler ----------------------------------------------------------------------------- */

aann_status aann_sampler_save(const aann_sampler *sampler, void **state, size_t *size,
                              aann_error *error)
{
    saved_bytes to = {0};
    uint64_t identity = 0;
    *state = NULL;
    aann_status status = find_identity(sampler, &identity, error);
    if (status != AANN_OK) {
        return status;
    }
    put(&to, SAVED_VERSION);
    put(&to, identity);
    put(&to, (uint64_t)(sampler->running + 1));
    put(&to, (uint64_t)sampler->stage);
    put(&to, sampler->candidates);
    put(&to, (uint64_t)sampler->rungs);
    for (int32_t i = 0; i < sampler->rungs; i++) {
        put_real(&to, sampler->beta[i]);
    }
    for (int32_t i = 0; i < sampler->running; i++) {
        put_record(&to, &sampler->records[i], sampler->rungs, sampler->packed);
    }
    put_record(&to, last_record(sampler), sampler->ladder.rungs,
               sampler->running == AANN_PILOT ? 0 : sampler->packed);
    status = put_ladder(&to, sampler, error);
    put(&to, aann_hash64(to.memory, to.size));
    if (status == AANN_OK && to.failed) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a sampler's state");
    }
    if (status != AANN_OK) {
        free(to.memory);
        return status;
    }
    *state = to.memory;
    *size = to.size;
    return AANN_OK;
}

/* The words before the records; false if they make no sense. */
static bool take_place(saved_bytes *from, aann_sampler *sampler)
{
    const aann_sampler_options *options = &sampler->options;
    const bool pilot = aann_sampler_stage_rounds(options) > 0;
    sampler->running = (int32_t)take_below(from, (uint64_t)options->ladders) - 1;
    sampler->stage = (int32_t)take_below(from, AANN_PILOT_STAGES);
    sampler->candidates = take(from);
    sampler->rungs = (int32_t)take_below(from, AANN_RUNG_LIMIT);
    for (int32_t i = 0; i < sampler->rungs; i++) {
        sampler->beta[i] = take_real(from);
        from->failed = from->failed || !is_rung(options, sampler->beta, sampler->rungs, i);
    }
    if (sampler->running == AANN_PILOT) {
        return !from->failed && pilot && sampler->rungs == 0 && sampler->stage < AANN_PILOT_STAGES;
    }
    const bool wanted =
        options->rungs == 0 ? sampler->rungs >= 3 : sampler->rungs == options->rungs;
    return !from->failed && wanted && sampler->stage == (pilot ? AANN_PILOT_STAGES : 0);
}

static aann_status take_records(saved_bytes *from, aann_sampler *sampler, aann_error *error)
{
    const int64_t rounds = sampler->options.burn_in + sampler->options.rounds;
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < sampler->running; i++) {
        aann_ladder_record *record = &sampler->records[i];
        status = aann_ladder_record_create(rounds, sampler->rungs, sampler->packed, record, error);
        if (status == AANN_OK) {
            take_record(from, sampler, sampler->rungs, sampler->packed, record);
            from->failed = from->failed || record->rounds != rounds;
        }
    }
    if (status == AANN_OK && !from->failed) {
        status = aann_sampler_make_ladder(sampler, error);
    }
    if (status == AANN_OK && !from->failed) {
        const bool pilot = sampler->running == AANN_PILOT;
        take_record(from, sampler, sampler->ladder.rungs, pilot ? 0 : sampler->packed,
                    pilot ? &sampler->pilot : &sampler->records[sampler->running]);
        /* A stage of the pilot that is over has made room for the next. */
        from->failed = from->failed || (pilot && sampler->pilot.rounds == sampler->pilot.capacity);
    }
    return status;
}

static aann_status resume(aann_sampler *sampler, const void *state, size_t size, aann_error *error)
{
    saved_bytes from = {.memory = (uint8_t *)state, .size = size};
    uint64_t identity = 0;
    aann_status status = find_identity(sampler, &identity, error);
    if (status != AANN_OK) {
        return status;
    }
    if (take(&from) != SAVED_VERSION) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "the state of a sampler is of another version of aann, or damaged");
    }
    if (take(&from) != identity) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the state is of a sampler with another network, other samples or other "
                         "options; expected the same as when it was begun");
    }
    from.failed = !take_place(&from, sampler);
    if (!from.failed) {
        status = take_records(&from, sampler, error);
    }
    if (status == AANN_OK && !from.failed) {
        status = take_ladder(&from, sampler, error);
    }
    if (status == AANN_OK && (from.failed || from.capacity != from.size)) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "the state of a sampler is damaged");
    }
    return status;
}

aann_status aann_sampler_resume(const aann_spec *spec, const aann_samples *samples,
                                const aann_sampler_options *options, const void *state, size_t size,
                                aann_sampler **result, aann_error *error)
{
    *result = NULL;
    saved_bytes end = {.memory = (uint8_t *)state, .size = size};
    end.capacity = size < 8 ? size : size - 8;
    if (size < 8 || aann_hash64(state, size - 8) != take(&end)) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the state of a sampler is damaged");
    }
    aann_status status = aann_sampler_prepare(spec, samples, options, result, error);
    if (status == AANN_OK) {
        status = resume(*result, state, size - 8, error);
    }
    if (status != AANN_OK) {
        aann_sampler_destroy(*result);
        *result = NULL;
    }
    return status;
}
