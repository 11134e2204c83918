/* A confined search: the bound is never broken, every swap leads farther (or none does), limits end
 * a run exactly, and the result depends neither on threads nor on interruptions.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include <math.h>
#include <string.h>

#include "aann/evaluate.h"
#include "aann/search.h"
#include "search/support_task.h"
#include "support/test.h"

enum { SAMPLES = 1000, STEPS = 3000 };

static aann_search_options walk_options(void)
{
    aann_search_options options = bar_options();
    options.steps = STEPS;
    options.first_samples = 0;
    options.jitter = 0;
    return options;
}

/* A network that has learnt something. */
static aann_network *learnt(const aann_spec *spec, const aann_samples *samples, uint64_t member)
{
    aann_error error;
    aann_search *search;
    aann_network *network;
    const aann_search_options options = walk_options();
    assert_ok(aann_search_create(spec, samples, &options, member, NULL, &search, &error));
    assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
    assert_ok(aann_network_copy(aann_search_network(search), &network, &error));
    aann_search_destroy(search);
    return network;
}

static int64_t distance(const aann_network *a, const aann_network *b)
{
    const aann_spec *spec = aann_network_spec(a);
    int64_t differing = 0;
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const int8_t *left = aann_network_weights(a, layer);
        const int8_t *right = aann_network_weights(b, layer);
        for (int64_t i = 0; i < spec->layers[layer].weight_count; i++) {
            differing += left[i] != right[i];
        }
    }
    return differing;
}

/* Mean loss by the evaluator, which knows nothing of the search. */
static double evaluated_loss(const aann_network *network, const aann_samples *samples, double scale)
{
    aann_error error;
    aann_evaluator *evaluator;
    aann_score score;
    int32_t *logits = malloc(SAMPLES * 4 * sizeof *logits);
    assert_ok(aann_evaluator_create(network, 1, NULL, &evaluator, &error));
    assert_ok(aann_evaluator_logits(evaluator, samples, 0, SAMPLES, logits, &error));
    assert_ok(aann_logits_score(samples, logits, 4, scale, NULL, &score, &error));
    aann_evaluator_destroy(evaluator);
    free(logits);
    return score.loss;
}

static void bound_and_distance(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_spec spec = bar_spec();
    aann_network *start = learnt(&spec, samples, 0);
    const aann_search_options options = walk_options();
    aann_search *search;
    assert_ok(aann_search_create(&spec, samples, &options, 5, start, &search, &error));
    aann_search_progress progress;
    aann_search_progress_get(search, &progress);
    const double bound = progress.train_loss * 1.2;
    const aann_confinement confinement = {.loss_limit = bound, .anchor = start};
    assert_ok(aann_search_confine(search, &confinement, &error));
    int64_t before = 0;
    for (uint64_t accepted = 1; accepted <= 60; accepted++) {
        aann_search_limits limits = aann_search_limits_default();
        limits.accepted = accepted;
        assert_ok(aann_search_run_until(search, &limits, NULL, NULL, &error));
        aann_search_progress_get(search, &progress);
        if (progress.step == options.steps) {
            break;
        }
        assert_int_equal(progress.accepted, accepted);
        assert_true(progress.train_loss <= bound);
        const double evaluated =
            evaluated_loss(aann_search_network(search), samples, options.loss_scale);
        assert_true(fabs(evaluated - progress.train_loss) < 1e-5);
        const int64_t now = distance(start, aann_search_network(search));
        assert_true(now > before && now <= before + 2);
        before = now;
    }
    print_message("%llu swaps, distance %lld, %llu candidates\n",
                  (unsigned long long)progress.accepted, (long long)before,
                  (unsigned long long)progress.step);
    assert_true(progress.accepted >= 20);
    /* A lower bound: the loss never rises, until it is within. */
    const aann_confinement lower = {.loss_limit = bound / 2.0, .anchor = start};
    assert_ok(aann_search_confine(search, &lower, &error));
    double loss = progress.train_loss;
    for (int round = 0; round < 20; round++) {
        aann_search_limits limits = aann_search_limits_default();
        limits.accepted = progress.accepted + 1;
        assert_ok(aann_search_run_until(search, &limits, NULL, NULL, &error));
        aann_search_progress_get(search, &progress);
        assert_true(progress.train_loss <= fmax(loss, bound / 2.0));
        loss = progress.train_loss;
    }
    aann_search_destroy(search);
    aann_network_destroy(start);
    free_bar_samples(samples);
}

/* Towards an anchor no swap leads farther from it, and a limit on the loss ends the run. */
static void towards(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_spec spec = bar_spec();
    aann_network *goal = learnt(&spec, samples, 0);
    const aann_search_options options = walk_options();
    aann_search *search = bar_search(samples, &options, 6);
    const aann_confinement confinement = {.loss_limit = 0.0, .anchor = goal, .towards = true};
    assert_ok(aann_search_confine(search, &confinement, &error));
    int64_t before = distance(goal, aann_search_network(search));
    aann_search_progress progress;
    aann_search_progress_get(search, &progress);
    const double first = progress.train_loss;
    for (uint64_t accepted = 1; accepted <= 30; accepted++) {
        aann_search_limits limits = aann_search_limits_default();
        limits.accepted = accepted;
        assert_ok(aann_search_run_until(search, &limits, NULL, NULL, &error));
        const int64_t now = distance(goal, aann_search_network(search));
        assert_true(now <= before);
        before = now;
    }
    aann_search_limits limits = aann_search_limits_default();
    limits.loss = first * 0.8;
    assert_ok(aann_search_run_until(search, &limits, NULL, NULL, &error));
    aann_search_progress_get(search, &progress);
    assert_true(progress.train_loss <= first * 0.8 || progress.step == options.steps);
    assert_true(progress.step > 30);
    aann_search_destroy(search);
    aann_network_destroy(goal);
    free_bar_samples(samples);
}

static uint64_t walk(int32_t threads, bool in_pieces)
{
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_spec spec = bar_spec();
    aann_network *start = learnt(&spec, samples, 0);
    aann_search_options options = walk_options();
    options.threads = threads;
    aann_search *search;
    assert_ok(aann_search_create(&spec, samples, &options, 5, start, &search, &error));
    const double loss = evaluated_loss(start, samples, options.loss_scale);
    const aann_confinement confinement = {.loss_limit = loss * 1.5, .anchor = start};
    assert_ok(aann_search_confine(search, &confinement, &error));
    aann_search_limits limits = aann_search_limits_default();
    limits.accepted = 40;
    int32_t interruptions = 0;
    for (;;) {
        int32_t left = in_pieces ? 1 + interruptions % 5 : 1 << 30;
        const aann_status status = aann_search_run_until(search, &limits, countdown, &left, &error);
        aann_search_progress progress;
        aann_search_progress_get(search, &progress);
        const bool ended = progress.accepted == limits.accepted || progress.step == options.steps;
        assert_int_equal(status, ended ? AANN_OK : AANN_INTERRUPTED);
        if (ended) {
            break;
        }
        interruptions++;
        aann_search_progress before, after;
        aann_search_progress_get(search, &before);
        search = bar_reopened(search, samples, &options, 5);
        assert_ok(aann_search_confine(search, &confinement, &error));
        aann_search_progress_get(search, &after);
        assert_true(before.train_loss == after.train_loss); /* the room that is left, to the bit */
    }
    assert_true(!in_pieces || interruptions > 5);
    const uint64_t hash = aann_network_hash(aann_search_network(search));
    aann_search_destroy(search);
    aann_network_destroy(start);
    free_bar_samples(samples);
    return hash;
}

static void same_result(void **state)
{
    (void)state;
    const uint64_t hash = walk(2, false);
    assert_int_equal(walk(3, true), hash);
    if (!under_thread_sanitizer) {
        assert_int_equal(walk(1, false), hash);
    }
}

static void refused(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(100, 1);
    const aann_spec spec = bar_spec();
    const aann_search_options options = walk_options();
    aann_search *search = bar_search(samples, &options, 0);
    aann_confinement confinement = {.loss_limit = NAN};
    assert_int_equal(aann_search_confine(search, &confinement, &error), AANN_ERROR_ARGUMENT);
    aann_spec other;
    aann_network *network;
    assert_ok(aann_spec_parse("5-4", spec.input, &other, &error));
    assert_ok(aann_network_create(&other, &network, &error));
    confinement = (aann_confinement){.loss_limit = 1.0, .anchor = network};
    assert_int_equal(aann_search_confine(search, &confinement, &error), AANN_ERROR_ARGUMENT);
    assert_ok(aann_search_confine(search, NULL, &error));
    aann_network_destroy(network);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

/* A bound is kept on all samples by swaps: not while further samples come, nor by whole networks. */
static void refused_searches(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(1000, 1);
    const aann_confinement confinement = {.loss_limit = 1.0};
    aann_search_options options = walk_options();
    options.first_samples = 500;
    aann_search *search = bar_search(samples, &options, 0);
    assert_int_equal(aann_search_confine(search, &confinement, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "on 500 of 1000 samples"));
    aann_search_destroy(search);
    options.method = AANN_METHOD_RANDOM;
    search = bar_search(samples, &options, 0);
    assert_int_equal(aann_search_confine(search, &confinement, &error), AANN_ERROR_ARGUMENT);
    aann_search_destroy(search);
    const aann_spec spec = bar_spec();
    options.density[0] = 30.0;
    assert_int_equal(aann_search_create(&spec, samples, &options, 0, NULL, &search, &error),
                     AANN_ERROR_ARGUMENT);
    free_bar_samples(samples);
}

/* The largest loss scale still compares networks. */
static void large_loss_scale(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search_options options = walk_options();
    options.method = AANN_METHOD_HILL;
    options.loss_scale = 1e6;
    aann_search *search = bar_search(samples, &options, 0);
    aann_search_progress progress;
    assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
    aann_search_progress_get(search, &progress);
    print_message("loss %.8f\n", progress.train_loss);
    assert_true(progress.train_loss < log(4.0) - 5e-6); /* that of outputs that are all alike */
    aann_search_destroy(search);
    free_bar_samples(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bound_and_distance), cmocka_unit_test(towards),
        cmocka_unit_test(same_result),        cmocka_unit_test(refused),
        cmocka_unit_test(refused_searches),   cmocka_unit_test(large_loss_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
