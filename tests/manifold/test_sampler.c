/* A sampler is a function of what determines it: threads, instruction sets, interruptions and
 * saving change nothing, and it draws the same networks as when this was written. Chains at one
 * temperature have the probabilities that they should have. Damaged states are refused.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include <math.h>
#include <string.h>

#include "aann/sampler.h"
#include "aann/volume.h"
#include "core/hash64.h"
#include "manifold/support_count.h"
#include "support/test.h"

enum { SAMPLES = 200 };

/* Convolutions and pools, several sparsities: what candidates of each layer take differs. */
static aann_spec layered_spec(void)
{
    aann_error error;
    aann_spec spec;
    assert_ok(aann_spec_parse("4C3@30-MP2-8C3@70-MP2-2@50", (aann_shape){1, 8, 8}, &spec, &error));
    return spec;
}

static aann_sampler_options ladder_options(void)
{
    aann_sampler_options options = aann_sampler_options_default();
    options.seed = 5;
    options.ladders = 2;
    options.rungs = 4;
    options.temperature = 5e-3;
    options.sweep = 48;
    options.pilot_rounds = 12;
    options.burn_in = 5;
    options.rounds = 16;
    options.threads = 1;
    return options;
}

/* A hash of all that the sampler has, and so of all that it ever did. */
static uint64_t state_hash(const aann_sampler *sampler)
{
    aann_error error;
    void *state;
    size_t size;
    assert_ok(aann_sampler_save(sampler, &state, &size, &error));
    const uint64_t hash = aann_hash64(state, size);
    aann_free(state);
    return hash;
}

/* Runs to the end, interrupted, saved and resumed after every `stride` rounds. */
static uint64_t run_in_pieces(const aann_samples *samples, const aann_sampler_options *options,
                              uint64_t stride)
{
    aann_error error;
    const aann_spec spec = layered_spec();
    aann_sampler *sampler;
    aann_sampler_progress progress;
    assert_ok(aann_sampler_create(&spec, samples, options, &sampler, &error));
    aann_sampler_progress_get(sampler, &progress);
    while (progress.round < progress.rounds) {
        assert_ok(aann_sampler_run(sampler, progress.round + stride, NULL, NULL, &error));
        void *state;
        size_t size;
        assert_ok(aann_sampler_save(sampler, &state, &size, &error));
        aann_sampler_destroy(sampler);
        assert_ok(aann_sampler_resume(&spec, samples, options, state, size, &sampler, &error));
        aann_free(state);
        aann_sampler_progress_get(sampler, &progress);
    }
    const uint64_t hash = state_hash(sampler);
    aann_sampler_destroy(sampler);
    return hash;
}

static uint64_t run_at_once(const aann_samples *samples, const aann_sampler_options *options)
{
    aann_error error;
    const aann_spec spec = layered_spec();
    aann_sampler *sampler;
    assert_ok(aann_sampler_create(&spec, samples, options, &sampler, &error));
    assert_ok(aann_sampler_run(sampler, UINT64_MAX, NULL, NULL, &error));
    const uint64_t hash = state_hash(sampler);
    aann_sampler_destroy(sampler);
    return hash;
}

static void same_bits(void **state)
{
    (void)state;
    aann_samples *samples = small_samples((aann_shape){1, 8, 8}, 2, SAMPLES, 1);
    aann_sampler_options options = ladder_options();
    const uint64_t golden = UINT64_C(0x9ac30bbd52f773a);
    options.threads = 3;
    assert_int_equal(run_at_once(samples, &options), golden);
    if (under_thread_sanitizer) {
        free_small_samples(samples);
        return;
    }
    options.threads = 1;
    assert_int_equal(run_at_once(samples, &options), golden);
    options.threads = 3;
    options.isa = plainest_instruction_set();
    assert_int_equal(run_at_once(samples, &options), golden);
    options = ladder_options();
    assert_int_equal(run_in_pieces(samples, &options, 1), golden);
    assert_int_equal(run_in_pieces(samples, &options, 7), golden);
    free_small_samples(samples);
}

/* Without a ladder, and with a regression, whose losses have no reference. */
static void other_kinds(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_samples *samples = small_samples((aann_shape){1, 8, 8}, 2, SAMPLES, 1);
    aann_sampler_options options = ladder_options();
    options.rungs = 1;
    const uint64_t alone = run_at_once(samples, &options);
    assert_int_equal(alone, UINT64_C(0x39d6c8a36f5acf29));
    assert_int_equal(run_in_pieces(samples, &options, 3), alone);
    options = ladder_options();
    options.regression = true;
    const uint64_t regression = run_at_once(samples, &options);
    assert_int_equal(regression, UINT64_C(0xc11f109a7718cc9b));
    assert_int_equal(run_in_pieces(samples, &options, 5), regression);
    free_small_samples(samples);
}

/* The losses of one chain at one temperature against the sum over all networks of a small problem,
 * each weighted by exp(-loss / temperature). */
static void weights_of_networks(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_spec spec;
    assert_ok(aann_spec_parse("2-2", (aann_shape){2, 1, 1}, &spec, &error));
    aann_samples *samples = small_samples(spec.input, 2, 50, 9);
    aann_sampler_options options = aann_sampler_options_default();
    options.rungs = 1;
    options.ladders = 1;
    options.temperature = 0.05;
    options.sweep = 16;
    options.burn_in = 100;
    options.rounds = 20000;
    options.loss_scale = 1.0;
    options.threads = 1;
    aann_sampler *sampler;
    assert_ok(aann_sampler_create(&spec, samples, &options, &sampler, &error));
    size_t count = 0;
    counted_network *networks = count_all(&spec, samples, options.loss_scale, &count);
    double sum = 0.0, mean = 0.0, squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double weight = exp(-networks[i].loss / options.temperature);
        sum += weight;
        mean += weight * networks[i].loss;
        squares += weight * networks[i].loss * networks[i].loss;
    }
    mean /= sum;
    const double deviation = sqrt(squares / sum - mean * mean);
    assert_ok(aann_sampler_run(sampler, UINT64_MAX, NULL, NULL, &error));
    aann_sampler_diagnosis diagnosis;
    assert_ok(aann_sampler_diagnose(sampler, &diagnosis, &error));
    const aann_rung_diagnosis *rung = &diagnosis.rung[0];
    const double error_of_mean = deviation / sqrt(rung->effective_samples);
    assert_true(rung->acceptance > 0.01 && rung->acceptance < 0.9);
    assert_true(fabs(rung->loss - mean) < 4.0 * error_of_mean);
    assert_true(fabs(rung->loss_deviation / deviation - 1.0) < 0.05);
    assert_true(rung->r_hat < 1.01);
    aann_sampler_destroy(sampler);
    free(networks);
    free_small_samples(samples);
}

static void damaged_states(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    const aann_spec spec = layered_spec();
    aann_samples *samples = small_samples((aann_shape){1, 8, 8}, 2, SAMPLES, 1);
    aann_sampler_options options = ladder_options();
    aann_sampler *sampler;
    assert_ok(aann_sampler_create(&spec, samples, &options, &sampler, &error));
    assert_ok(aann_sampler_run(sampler, 20, NULL, NULL, &error));
    uint8_t *saved;
    void *memory;
    size_t size;
    assert_ok(aann_sampler_save(sampler, &memory, &size, &error));
    aann_sampler_destroy(sampler);
    saved = memory;
    for (size_t cut = 0; cut < size; cut += 1 + size / 40) {
        assert_int_equal(
            aann_sampler_resume(&spec, samples, &options, saved, cut, &sampler, &error),
            AANN_ERROR_FORMAT);
    }
    /* With a new checksum, as a stranger would make it: every word in turn to all ones. */
    for (size_t place = 0; place + 8 < size; place += 8) {
        uint8_t *changed = malloc(size);
        memcpy(changed, saved, size);
        memset(changed + place, 0xff, 8);
        const uint64_t hash = aann_hash64(changed, size - 8);
        for (int32_t i = 0; i < 8; i++) {
            changed[size - 8 + (size_t)i] = (uint8_t)(hash >> (8 * i));
        }
        if (aann_sampler_resume(&spec, samples, &options, changed, size, &sampler, &error) ==
            AANN_OK) { /* a counter, say */
            aann_sampler_destroy(sampler);
        }
        free(changed);
        place += place > 400 ? size / 200 / 8 * 8 : 0;
    }
    options.seed++;
    assert_int_equal(aann_sampler_resume(&spec, samples, &options, saved, size, &sampler, &error),
                     AANN_ERROR_ARGUMENT);
    aann_free(saved);
    free_small_samples(samples);
}

/* Every answer of a regression with one target would count as right. */
static void right_numbers(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_spec spec;
    assert_ok(aann_spec_parse("1", (aann_shape){6, 1, 1}, &spec, &error));
    aann_samples *samples = small_samples(spec.input, 1, 50, 9);
    aann_sampler_options options = ladder_options();
    options.regression = true;
    aann_sampler *sampler;
    assert_ok(aann_sampler_create(&spec, samples, &options, &sampler, &error));
    assert_ok(aann_sampler_run(sampler, UINT64_MAX, NULL, NULL, &error));
    const aann_volume_question questions[2] = {{.loss = 1.0}, {.by_accuracy = true, .correct = 45}};
    aann_volume_answer answers[2];
    assert_ok(aann_volume_measure(sampler, questions, 1, answers, &error));
    assert_int_equal(aann_volume_measure(sampler, questions, 2, answers, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "regression"));
    aann_sampler_destroy(sampler);
    free_small_samples(samples);
}

/* ---- states of strangers --------------------------------------------------------------------- */

enum { WORD = 8, PLACE_WORDS = 6 };

static void put_word(uint8_t *to, uint64_t word)
{
    for (int32_t i = 0; i < WORD; i++) {
        to[i] = (uint8_t)(word >> (8 * i));
    }
}

static uint64_t word_at(const uint8_t *from)
{
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i++) {
        word |= (uint64_t)from[i] << (8 * i);
    }
    return word;
}

static uint64_t word_of(double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

/* A state after so many rounds, with room for `more` bytes behind it; for free(). */
static uint8_t *state_after(const aann_samples *samples, const aann_sampler_options *options,
                            uint64_t rounds, size_t more, size_t *size)
{
    aann_error error;
    const aann_spec spec = layered_spec();
    aann_sampler *sampler;
    void *state;
    assert_ok(aann_sampler_create(&spec, samples, options, &sampler, &error));
    assert_ok(aann_sampler_run(sampler, rounds, NULL, NULL, &error));
    assert_ok(aann_sampler_save(sampler, &state, size, &error));
    aann_sampler_destroy(sampler);
    uint8_t *copy = malloc(*size + more);
    memcpy(copy, state, *size);
    aann_free(state);
    return copy;
}

/* What a sampler says to this state with a checksum that is right. */
static aann_status resume_signed(const aann_samples *samples, const aann_sampler_options *options,
                                 uint8_t *state, size_t size)
{
    aann_error error;
    const aann_spec spec = layered_spec();
    aann_sampler *sampler;
    put_word(state + size - WORD, aann_hash64(state, size - WORD));
    const aann_status status =
        aann_sampler_resume(&spec, samples, options, state, size, &sampler, &error);
    aann_sampler_destroy(sampler);
    return status;
}

/* A pilot that has done all rounds of its stage has no room for another. */
static void full_pilot(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_samples *samples = small_samples((aann_shape){1, 8, 8}, 2, SAMPLES, 1);
    const aann_sampler_options options = ladder_options();
    const uint64_t stage = (uint64_t)options.pilot_rounds / 6;
    const size_t round = (size_t)options.rungs * 2 * WORD; /* losses and answers */
    size_t size;
    uint8_t *saved = state_after(samples, &options, stage - 1, round, &size);
    uint8_t *rounds = saved + PLACE_WORDS * WORD; /* no temperatures are chosen yet */
    assert_int_equal(resume_signed(samples, &options, saved, size), AANN_OK);
    uint8_t *first = rounds + WORD;
    memmove(first + round, first, (size_t)(saved + size - first));
    put_word(rounds, stage);
    assert_int_equal(resume_signed(samples, &options, saved, size + round), AANN_ERROR_FORMAT);
    free(saved);
    free_small_samples(samples);
}

/* Counting begins at infinite temperature, and chains are at the temperatures that the sampler
 * has: a state with others would give wrong numbers. */
static void other_temperatures(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_samples *samples = small_samples((aann_shape){1, 8, 8}, 2, SAMPLES, 1);
    const aann_sampler_options options = ladder_options();
    const size_t rungs = (size_t)options.rungs;
    size_t size;
    uint8_t *saved = state_after(samples, &options, (uint64_t)options.pilot_rounds + 1, 0, &size);
    const aann_spec spec = layered_spec();
    const size_t packed = aann_network_packed_size(&spec);
    uint8_t *betas = saved + PLACE_WORDS * WORD;
    uint8_t *running = saved + size - WORD - rungs * (2 * WORD + packed);
    assert_memory_equal(betas, running, WORD);
    assert_memory_equal(betas + WORD, running + 2 * WORD + packed, WORD);
    assert_int_equal(resume_signed(samples, &options, saved, size), AANN_OK);

    const double warm = 1e-3;
    put_word(betas, word_of(warm));
    put_word(running, word_of(warm));
    assert_int_equal(resume_signed(samples, &options, saved, size), AANN_ERROR_FORMAT);
    put_word(betas, word_of(0.0));
    assert_int_equal(resume_signed(samples, &options, saved, size), AANN_ERROR_FORMAT);
    put_word(running, word_of(0.0));
    assert_int_equal(resume_signed(samples, &options, saved, size), AANN_OK);
    put_word(betas + (rungs - 1) * WORD, word_of(1.5 / options.temperature));
    put_word(running + (rungs - 1) * (2 * WORD + packed), word_of(1.5 / options.temperature));
    assert_int_equal(resume_signed(samples, &options, saved, size), AANN_ERROR_FORMAT);
    free(saved);
    free_small_samples(samples);
}

/* Every number of a record follows from the settings and the rounds, or is limited by them. */
static void impossible_records(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    enum { COUNTED = 9, RUNG_WORDS = 3 };
    aann_samples *samples = small_samples((aann_shape){1, 8, 8}, 2, SAMPLES, 1);
    const aann_sampler_options options = ladder_options();
    const aann_spec spec = layered_spec();
    const size_t rungs = (size_t)options.rungs;
    const size_t kept = rungs * aann_network_packed_size(&spec);
    const uint64_t rounds = (uint64_t)options.burn_in + COUNTED;
    size_t size;
    uint8_t *saved =
        state_after(samples, &options, (uint64_t)options.pilot_rounds + rounds, kept, &size);
    assert_int_equal(resume_signed(samples, &options, saved, size), AANN_OK);

    uint8_t *const candidates = saved + (PLACE_WORDS - 2) * WORD;
    uint8_t *const record = saved + (PLACE_WORDS + rungs) * WORD;
    assert_int_equal(word_at(record), rounds);
    uint8_t *const counters = record + (1 + rounds * rungs * 2) * WORD;
    uint8_t *const descents = counters + rungs * RUNG_WORDS * WORD;
    uint8_t *const snapshots = descents + WORD;
    uint8_t *const round = snapshots + WORD + word_at(snapshots) * kept;
    assert_int_equal(word_at(snapshots), 4);
    assert_int_equal(word_at(round), rounds);
    const uint64_t offered = word_at(counters + 2 * WORD);
    assert_int_equal(offered, 4); /* rounds 6, 8, 10, 12 of 5 to 13 */
    const struct {
        uint8_t *at;
        uint64_t word;
    } changes[] = {
        {candidates, word_at(candidates) + 1},
        {candidates, 0},
        {record + 2 * WORD, SAMPLES + 1}, /* right answers */
        {counters, COUNTED * (uint64_t)options.sweep + 1},
        {counters + WORD, offered + 1}, /* exchanges */
        {counters + 2 * WORD, offered + 1},
        {counters + 2 * WORD, offered - 1},
        {descents - WORD, 1}, /* offers of the coldest */
        {descents, COUNTED + 1},
        {round, rounds + 1},
        {round, 0},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const uint64_t before = word_at(changes[i].at);
        put_word(changes[i].at, changes[i].word);
        assert_int_equal(resume_signed(samples, &options, saved, size), AANN_ERROR_FORMAT);
        put_word(changes[i].at, before);
    }
    assert_int_equal(resume_signed(samples, &options, saved, size), AANN_OK);

    /* One snapshot more or less, with its bytes. */
    memmove(round + kept, round, (size_t)(saved + size - round));
    put_word(snapshots, 5);
    assert_int_equal(resume_signed(samples, &options, saved, size + kept), AANN_ERROR_FORMAT);
    memmove(round - kept, round + kept, (size_t)(saved + size - round));
    put_word(snapshots, 3);
    assert_int_equal(resume_signed(samples, &options, saved, size - kept), AANN_ERROR_FORMAT);
    free(saved);
    free_small_samples(samples);
}

/* A chain that is stuck agrees with itself, and shows nothing. */
static void stuck_chain(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_spec spec;
    assert_ok(aann_spec_parse("2", (aann_shape){6, 1, 1}, &spec, &error));
    aann_samples *samples = small_samples(spec.input, 2, 100, 7);
    aann_sampler_options options = aann_sampler_options_default();
    options.rungs = 1;
    options.ladders = 1;
    options.temperature = 1e-9;
    options.sweep = 16;
    options.burn_in = 100;
    options.rounds = 100;
    options.threads = 1;
    for (int32_t kind = 0; kind < 2; kind++) {
        aann_sampler *sampler;
        aann_sampler_diagnosis diagnosis;
        options.temperature = kind == 0 ? 1e-9 : 1.0;
        assert_ok(aann_sampler_create(&spec, samples, &options, &sampler, &error));
        assert_ok(aann_sampler_run(sampler, UINT64_MAX, NULL, NULL, &error));
        assert_ok(aann_sampler_diagnose(sampler, &diagnosis, &error));
        assert_true((diagnosis.rung[0].loss_deviation == 0.0) == (kind == 0));
        assert_int_equal(diagnosis.mixed, kind == 0 ? -1 : 0);
        aann_sampler_destroy(sampler);
    }
    free_small_samples(samples);
}

static void bad_options(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    const aann_spec spec = layered_spec();
    aann_samples *samples = small_samples((aann_shape){1, 8, 8}, 2, SAMPLES, 1);
    aann_sampler *sampler;
    for (int32_t kind = 0; kind < 11; kind++) {
        aann_sampler_options options = ladder_options();
        options.ladders = kind == 0 ? 0 : options.ladders;
        options.rungs = kind == 1 ? 2 : kind == 2 ? AANN_RUNG_LIMIT + 1 : options.rungs;
        options.temperature = kind == 3 ? 0.0 : kind == 4 ? NAN : options.temperature;
        options.sweep = kind == 5 ? 0 : options.sweep;
        options.rounds = kind == 6 ? 1 : options.rounds;
        options.within_unit = kind == 7 ? 1.0 : options.within_unit;
        options.layer_share[1] = kind == 8 ? 1.0 : 0.0; /* the others would never move */
        options.loss_scale = kind == 9 ? 1e-4 : options.loss_scale;
        options.output_scale = kind == 10 ? 1e-3 : options.output_scale;
        assert_int_equal(aann_sampler_create(&spec, samples, &options, &sampler, &error),
                         AANN_ERROR_ARGUMENT);
        assert_null(sampler);
    }
    free_small_samples(samples);
}

/* What a search refuses to add up, a sampler refuses, too: losses that do not fit, and more outputs
 * than there are weights of targets. */
static void bad_targets(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    enum { MANY = AANN_MAX_TARGETS + 1 };
    static const int8_t inputs[2] = {64, -64};
    static float targets[2 * MANY];
    aann_error error;
    aann_sampler *sampler;
    for (int kind = 0; kind < 3; kind++) {
        aann_spec spec;
        aann_sampler_options options = ladder_options();
        const aann_samples samples = {.shape = {1, 1, 1},
                                      .count = 2,
                                      .inputs = inputs,
                                      .targets = targets,
                                      .target_count = kind == 1 ? MANY : 2};
        options.regression = true;
        options.output_scale = 1.0;
        options.target_weight[0] = kind == 0 ? 1e6 : 1.0;
        assert_ok(
            aann_spec_parse(kind == 1 ? "4@50-65@50" : "4@50-2@50", samples.shape, &spec, &error));
        assert_int_equal(aann_sampler_create(&spec, &samples, &options, &sampler, &error),
                         kind == 2 ? AANN_OK : AANN_ERROR_ARGUMENT);
        aann_sampler_destroy(sampler);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits),           cmocka_unit_test(other_kinds),
        cmocka_unit_test(weights_of_networks), cmocka_unit_test(damaged_states),
        cmocka_unit_test(full_pilot),          cmocka_unit_test(other_temperatures),
        cmocka_unit_test(stuck_chain),         cmocka_unit_test(bad_options),
        cmocka_unit_test(right_numbers),       cmocka_unit_test(impossible_records),
        cmocka_unit_test(bad_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
