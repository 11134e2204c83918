/* A search whose n-th allocation fails, for every n: the run ends with an error that says so, and
 * with memory again the same search goes on, to the same network as if nothing had been. Allocations
 * are those of regroupings, and of an engine that makes its blocks anew because a unit got more
 * inputs than 16-bit sums can hold.
 *
 * ctest-timeout: 300 */
#include <stdio.h>
#include <stdlib.h>

#include "core/philox.h"
#include "engine/layout.h"
#include "network/network.h"
#include "search/support_task.h"
#include "support/failing_memory.h"
#include "support/test.h"
#include "support/writable.h"

#ifdef HAS_OTHER_MALLOC
int main(void)
{
    printf("skipped: malloc is the sanitizer's here, or another library's\n");
    return 77;
}
#else

/* ---- searches ------------------------------------------------------------------------------------ */

enum { COUNT = 256, STEPS = 400 };

enum { UNITS = 3, INPUTS = 32 * 32, WIDE_NON_ZEROS = UNITS * AANN_NARROW_NON_ZEROS - 1 };

/* The units of the first layer have as many inputs as 16-bit sums can hold, but for one. */
static aann_spec wide_spec(void)
{
    aann_error error;
    aann_spec spec;
    const double sparsity[] = {100.0 * (1.0 - (double)WIDE_NON_ZEROS / (UNITS * INPUTS)), 50.0};
    assert_ok(aann_spec_parse("3-4", (aann_shape){1, 32, 32}, &spec, &error));
    assert_ok(aann_spec_set_sparsity(&spec, -1.0, sparsity, 2, &error));
    return spec;
}

static aann_network *wide_start(const aann_spec *spec)
{
    aann_error error;
    aann_network *network = NULL;
    assert_ok(aann_network_create(spec, &network, &error));
    aann_network_randomise(network, 5, 0);
    int8_t *weights = aann_network_weights_mutable(network, 0);
    memset(weights, 0, UNITS * INPUTS);
    for (int i = 0; i < WIDE_NON_ZEROS; i++) {
        weights[i % UNITS * INPUTS + i / UNITS * 3] = i % 2 == 0 ? 1 : -1;
    }
    assert_ok(aann_network_check_sparse(network, spec, &error));
    return network;
}

static aann_samples *wide_samples(void)
{
    aann_samples *samples = bar_samples(COUNT, 1);
    free(writable(samples->inputs));
    int8_t *inputs = malloc((size_t)COUNT * 32 * 32);
    assert_non_null(inputs);
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(9, 0), 0, AANN_PURPOSE_TEST);
    for (int i = 0; i < COUNT * 32 * 32; i++) {
        inputs[i] = (int8_t)((int)aann_random_below(&stream, 201) - 100);
    }
    samples->inputs = inputs;
    samples->shape = (aann_shape){1, 32, 32};
    return samples;
}

typedef struct task {
    aann_spec spec;
    aann_samples *samples;
    aann_search_options options;
    const aann_network *start; /* NULL: random */
} task;

static aann_search *begin(const task *of)
{
    aann_error error;
    aann_search *search = NULL;
    assert_ok(
        aann_search_create(&of->spec, of->samples, &of->options, 1, of->start, &search, &error));
    return search;
}

/* Where the run failed, the search can be read and saved. */
static void look(const aann_search *search, const task *of)
{
    aann_error error;
    aann_search_progress progress;
    void *state = NULL;
    size_t size = 0;
    aann_search_progress_get(search, &progress);
    assert_true(progress.step <= of->options.steps);
    const int64_t correct = aann_search_correct(search);
    assert_true(correct >= 0 && correct <= COUNT);
    assert_ok(aann_network_check_sparse(aann_search_network(search), &of->spec, &error));
    assert_ok(aann_search_save(search, &state, &size, &error));
    free(state);
}

static void sweep(const task *of, bool from_there_on)
{
    aann_error error;
    aann_search *search = begin(of);
    allocations = 0;
    assert_ok(aann_search_run(search, STEPS, NULL, NULL, &error));
    const long count = allocations;
    const uint64_t expected = aann_network_hash(aann_search_network(search));
    const int64_t correct = aann_search_correct(search);
    aann_search_destroy(search);
    assert_true(count > 3);
    long failed = 0;
    for (long n = 1; n <= count; n++) {
        search = begin(of);
        allocations = 0;
        failing = n;
        failing_from_there_on = from_there_on;
        aann_status status = aann_search_run(search, STEPS, NULL, NULL, &error);
        failing = 0;
        if (status != AANN_OK) {
            failed++;
            assert_int_equal(status, AANN_ERROR_MEMORY);
            assert_non_null(strstr(error.message, "memory"));
            look(search, of);
            status = aann_search_run(search, STEPS, NULL, NULL, &error);
        }
        if (status != AANN_OK || aann_network_hash(aann_search_network(search)) != expected ||
            aann_search_correct(search) != correct) {
            fail_msg("allocation %ld of %ld: %s", n, count,
                     status != AANN_OK ? error.message : "another network in the end");
        }
        aann_search_destroy(search);
    }
    print_message("%ld allocations, %ld runs failed\n", count, failed);
    assert_true(failed > 0);
}

static void both_sweeps(const task *of)
{
    sweep(of, false);
    sweep(of, true);
}

static void regroupings(void **state)
{
    const aann_search_method methods[] = {AANN_METHOD_SENSE, AANN_METHOD_HILL};
    (void)state;
    for (int i = 0; i < 2; i++) {
        task of = {bar_spec(), bar_samples(COUNT, 1), bar_options(), NULL};
        of.options.method = methods[i];
        of.options.steps = STEPS;
        of.options.first_samples = 100;
        of.options.arrange_interval = 60;
        both_sweeps(&of);
        free_bar_samples(of.samples);
    }
}

static void lesions(void **state)
{
    (void)state;
    task of = {bar_spec(), bar_samples(COUNT, 1), bar_options(), NULL};
    of.options.steps = STEPS / 2;
    of.options.first_samples = 100;
    of.options.arrange_interval = 60;
    of.options.lesion_noise = 10.0;
    of.options.lesion_masks = 2;
    both_sweeps(&of);
    free_bar_samples(of.samples);
}

static void wider_sums(void **state)
{
    (void)state;
    const aann_spec spec = wide_spec();
    aann_network *start = wide_start(&spec);
    task of = {spec, wide_samples(), bar_options(), start};
    of.options.steps = STEPS;
    of.options.jitter = 0;
    of.options.temperature = 1.0; /* units gain and lose inputs */
    of.options.first_samples = 0;
    of.options.arrange_interval = 100;
    both_sweeps(&of);
    aann_network_destroy(start);
    free_bar_samples(of.samples);
}

static void baselines(void **state)
{
    const aann_search_method methods[] = {AANN_METHOD_RANDOM, AANN_METHOD_GENETIC};
    (void)state;
    for (int i = 0; i < 2; i++) {
        task of = {bar_spec(), bar_samples(COUNT, 1), bar_options(), NULL};
        of.options.method = methods[i];
        of.options.steps = STEPS;
        of.options.population = 5;
        of.options.steps = 30;
        of.options.jitter = 0;
        of.options.first_samples = 0;
        both_sweeps(&of);
        free_bar_samples(of.samples);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regroupings),
        cmocka_unit_test(lesions),
        cmocka_unit_test(wider_sums),
        cmocka_unit_test(baselines),
    };
    return cmocka_run_group_tests_name("search: without memory", tests, NULL, NULL);
}
#endif
