/* Informed proposals: one result whatever the threads, the instruction set and the interruptions;
 * hostile states; what is drawn.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include <math.h>
#include <string.h>

#include "aann/search.h"
#include "engine/dispatch.h"
#include "search/search.h"
#include "search/support_task.h"
#include "support/seal.h"
#include "support/test.h"

enum { SAMPLES = 3000, LENGTH = 150, WORD = 8 };

static const uint64_t golden_informed = 0x83ca47f04e69c9c0;

static aann_search_options informed_options(void)
{
    aann_search_options options = working_options();
    options.temperature = 2e-4;
    options.informed_steps = LENGTH;
    return options;
}

/* Runs to the end, and counts the candidates of informed runs. */
static uint64_t run(const aann_search_options *options, uint64_t *hash,
                    aann_search_account *account)
{
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search *search = bar_search(samples, options, 0);
    uint64_t informed = 0;
    for (uint64_t step = 50; step <= options->steps; step += 50) {
        assert_ok(aann_search_run(search, step, NULL, NULL, &error));
        informed += search->informed.active ? 50 : 0;
    }
    const aann_spec spec = bar_spec();
    for (int32_t i = 0; i < spec.layer_count; i++) {
        const aann_counts now = aann_network_counts(aann_search_network(search), i);
        const aann_counts promised = aann_spec_counts(&spec, i);
        assert_memory_equal(&now, &promised, sizeof now);
    }
    *hash = aann_network_hash(aann_search_network(search));
    aann_search_account_get(search, account);
    aann_search_destroy(search);
    free_bar_samples(samples);
    return informed;
}

static void one_result(void **state)
{
    (void)state;
    static const char *const names[] = {NULL, "baseline", "avx2", "avx512", "neon"};
    for (size_t i = under_thread_sanitizer ? 1 : 0; i < sizeof names / sizeof names[0]; i++) {
        aann_kernels kernels;
        if (aann_kernels_choose(names[i], &kernels, NULL) != AANN_OK) {
            continue;
        }
        aann_search_options options = informed_options();
        options.isa = names[i];
        options.threads = 1 + (int32_t)i;
        uint64_t hash;
        aann_search_account account;
        const uint64_t informed = run(&options, &hash, &account);
        print_message("%d threads: %016llx, %llu informed, %llu scanned\n", options.threads,
                      (unsigned long long)hash, (unsigned long long)informed,
                      (unsigned long long)account.scanned);
        assert_int_equal(hash, golden_informed);
        assert_true(informed > options.steps / 50 && informed < options.steps);
        assert_true(account.scanned > 0);
        if (under_thread_sanitizer) {
            break;
        }
    }
}

static void interrupted(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_search_options options = informed_options();
    aann_search *search = bar_search(samples, &options, 0);
    int32_t within = 0;
    for (int32_t number = 0;; number++) {
        int32_t left = 1 + number % 4;
        if (aann_search_run(search, options.steps, countdown, &left, &error) == AANN_OK) {
            break;
        }
        /* Between two acceptances of an informed run: its draws have to be made again. */
        within += search->informed.active && search->informed.fresh_step < search->step;
        const aann_informed before = search->informed;
        const size_t pairs = (size_t)(search->step - before.fresh_step);
        int64_t drawn[LENGTH];
        assert_true(!before.active || pairs <= LENGTH);
        memcpy(drawn, before.drawn, before.active ? pairs * sizeof *drawn : 0);
        search = bar_reopened(search, samples, &options, 0);
        assert_int_equal(search->informed.active, before.active);
        if (before.active) {
            assert_memory_equal(search->informed.drawn, drawn, pairs * sizeof *drawn);
        }
    }
    print_message("%d interruptions within an informed run\n", within);
    assert_true(within >= 3);
    assert_int_equal(aann_network_hash(aann_search_network(search)), golden_informed);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

/* Saved in an informed run. */
static aann_search *save_informed(const aann_samples *samples, const aann_search_options *options,
                                  uint8_t **saved, size_t *size, aann_network **network)
{
    aann_error error;
    aann_search *search = bar_search(samples, options, 0);
    uint64_t step = 0;
    while (!search->informed.active || search->informed.fresh_step + 3 > search->step) {
        step += 5;
        assert_true(step < options->steps);
        assert_ok(aann_search_run(search, step, NULL, NULL, &error));
    }
    void *state;
    assert_ok(aann_search_save(search, &state, size, &error));
    *saved = state;
    assert_ok(aann_network_copy(aann_search_network(search), network, &error));
    return search;
}

/* Any word of the state can be anything: it is refused, or the search goes on. */
static void hostile(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_search_options options = informed_options();
    uint8_t *saved;
    size_t size;
    aann_network *network;
    aann_search *whole = save_informed(samples, &options, &saved, &size, &network);
    const uint64_t then = whole->step;
    aann_search_destroy(whole);
    static const uint64_t values[] = {0,
                                      1,
                                      UINT64_MAX,
                                      0x7ff8000000000000,
                                      0xfff0000000000000,
                                      0x7ff0000000000000,
                                      1ULL << 40,
                                      0xbff0000000000000};
    const size_t effects = 2 * 36 * WORD; /* the largest fan-in of bar_spec: 4 x 3 x 3 */
    const size_t words = 12;
    const size_t first = size - WORD - effects - words * WORD;
    int32_t refused = 0;
    int32_t went_on = 0;
    for (size_t word = 0; word < words + 6; word++) {
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
            uint8_t before[WORD];
            uint8_t *at = saved + first + word * WORD;
            memcpy(before, at, WORD);
            for (int32_t i = 0; i < WORD; i++) {
                at[i] = (uint8_t)(values[v] >> (8 * i));
            }
            seal(saved, size);
            aann_search *search = NULL;
            const aann_status status = bar_resume(samples, &options, network, saved, size, &search);
            memcpy(at, before, WORD);
            if (status == AANN_OK) {
                went_on++;
                assert_ok(aann_search_run(search, then + 200, NULL, NULL, &error));
                aann_search_destroy(search);
            } else {
                refused++;
                assert_int_equal(status, AANN_ERROR_FORMAT);
                assert_null(search);
            }
        }
    }
    print_message("%d refused, %d went on\n", refused, went_on);
    /* A scan before the run that it belongs to: draws would be more than a run has. */
    uint8_t scan[2 * WORD];
    uint8_t *at = saved + first + 10 * WORD;
    memcpy(scan, at, sizeof scan);
    const uint64_t length = (uint64_t)options.informed_steps;
    const uint64_t early = then / length * length - 1;
    for (int32_t i = 0; i < 2 * WORD; i++) {
        at[i] = (uint8_t)(early >> (8 * (i % WORD)));
    }
    seal(saved, size);
    aann_search *refusal = NULL;
    assert_int_equal(bar_resume(samples, &options, network, saved, size, &refusal),
                     AANN_ERROR_FORMAT);
    assert_null(refusal);
    memcpy(at, scan, sizeof scan);
    assert_true(refused > 30 && went_on > 5);
    /* Of a search without informed proposals, and the other way round. */
    seal(saved, size);
    aann_search_options blind = options;
    blind.informed_steps = 0;
    aann_search *search = NULL;
    assert_int_equal(bar_resume(samples, &blind, network, saved, size, &search), AANN_ERROR_FORMAT);
    assert_ok(bar_resume(samples, &options, network, saved, size, &search));
    aann_search_destroy(search);
    aann_network_destroy(network);
    free(saved);
    free_bar_samples(samples);
}

/* Between two acceptances no pair is drawn twice; drawn swaps fit the network. */
static void draws(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_search_options options = informed_options();
    uint8_t *saved;
    size_t size;
    aann_network *network;
    aann_search *search = save_informed(samples, &options, &saved, &size, &network);
    aann_informed *informed = &search->informed;
    const int32_t fan_in = aann_network_spec(network)->layers[informed->layer].fan_in;
    const int8_t *weights =
        aann_network_weights(network, informed->layer) + informed->unit * fan_in;
    int32_t seen[72][72] = {{0}};
    int32_t found = 0;
    informed->fresh_step = search->step;
    double drawn = 0.0;
    for (uint64_t step = search->step; step < search->step + 140; step++) {
        aann_swap swap;
        if (!aann_informed_draw(search, step, &swap)) {
            continue;
        }
        const aann_weight_change *from = &swap.changes[0];
        const aann_weight_change *to = &swap.changes[1];
        found++;
        assert_int_equal(swap.layer, informed->layer);
        assert_true(from->unit == informed->unit && to->unit == informed->unit);
        assert_true(from->value == 0 && weights[to->index] == 0);
        assert_int_equal(to->value, weights[from->index]);
        assert_int_equal(seen[from->index][to->index]++, 0);
        drawn += informed->effects[2 * from->index] +
                 informed->effects[2 * to->index + (to->value < 0 ? 1 : 0)];
    }
    double all = 0.0;
    int32_t pairs = 0;
    for (int32_t a = 0; a < fan_in; a++) {
        for (int32_t b = 0; weights[a] != 0 && b < fan_in; b++) {
            if (weights[b] == 0 && informed->effects[2 * b + (weights[a] < 0 ? 1 : 0)] < 1e3) {
                all +=
                    informed->effects[2 * a] + informed->effects[2 * b + (weights[a] < 0 ? 1 : 0)];
                pairs++;
            }
        }
    }
    print_message("%d drawn of %d pairs: mean effect %.6f of %.6f\n", found, pairs, drawn / found,
                  all / pairs);
    assert_true(found > 5 && drawn / found < all / pairs);
    aann_search_destroy(search);
    aann_network_destroy(network);
    free(saved);
    free_bar_samples(samples);
}

/* A confinement in the middle of an informed run: what was scanned is of another network when it
 * ends, and swaps drawn by that would change the counts. */
static void confined_between(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(300, 1);
    aann_search_options options = bar_options();
    options.informed_steps = LENGTH;
    options.first_samples = 0;
    options.jitter = 0;
    const aann_spec spec = bar_spec();
    const aann_confinement confinement = {.loss_limit = 5.0};
    int32_t interrupted_runs = 0;
    for (options.seed = 1; options.seed <= 6; options.seed++) {
        aann_search *search = bar_search(samples, &options, 0);
        for (uint64_t step = 10; step < 3000; step += 150) {
            assert_ok(aann_search_run(search, step, NULL, NULL, &error));
            const bool active = search->informed.active;
            const uint64_t accepted = search->accepted;
            assert_ok(aann_search_confine(search, &confinement, &error));
            assert_ok(aann_search_run(search, step + 40, NULL, NULL, &error));
            assert_ok(aann_search_confine(search, NULL, &error));
            interrupted_runs += active && search->accepted > accepted;
            assert_ok(aann_search_run(search, step + 90, NULL, NULL, &error));
            for (int32_t i = 0; i < spec.layer_count; i++) {
                const aann_counts now = aann_network_counts(aann_search_network(search), i);
                const aann_counts promised = aann_spec_counts(&spec, i);
                assert_memory_equal(&now, &promised, sizeof now);
            }
        }
        aann_search_destroy(search);
    }
    assert_true(interrupted_runs > 3);
    free_bar_samples(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_result), cmocka_unit_test(interrupted),      cmocka_unit_test(hostile),
        cmocka_unit_test(draws),      cmocka_unit_test(confined_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
