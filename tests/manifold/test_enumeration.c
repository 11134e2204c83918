/* Counting by ladders against counting all networks one by one: a dense layer, a hidden layer, a
 * convolution with a pool. The number of networks below a loss and above an accuracy must be right
 * to the third digit of its decimal logarithm, and within its error.
 *
 * ctest-labels: release slow
 * ctest-timeout: 600 */
#include <math.h>

#include "aann/sampler.h"
#include "aann/volume.h"
#include "manifold/support_count.h"
#include "support/test.h"

enum { LEVELS = 6 };

typedef struct small_problem {
    const char *net;
    aann_shape shape;
    double loss_scale;
} small_problem;

static const small_problem problems[] = {
    {"2", {6, 1, 1}, 2.0},
    {"3-2", {3, 1, 1}, 2.0},
    {"2C2v@50-MP1x2-2@75", {1, 3, 3}, 2.0},
};

static aann_sampler_options small_options(const small_problem *problem)
{
    aann_sampler_options options = aann_sampler_options_default();
    options.seed = 3;
    options.rungs = 8;
    options.temperature = 0.01;
    options.ladders = 6;
    options.sweep = 8;
    options.pilot_rounds = 300;
    options.burn_in = 100;
    options.rounds = 12000;
    options.loss_scale = problem->loss_scale;
    options.threads = 1;
    return options;
}

static int by_loss(const void *a, const void *b)
{
    const counted_network *left = a;
    const counted_network *right = b;
    return left->loss < right->loss ? -1 : left->loss > right->loss;
}

/* Loss levels in gaps between the losses of networks, so that rounding decides nothing:
 * levels[LEVELS] with how many networks are below each. */
static void choose_levels(const counted_network *networks, size_t count, double *levels,
                          size_t *below)
{
    const double shares[LEVELS] = {0.5, 0.1, 0.03, 0.01, 0.004, 0.002};
    for (int32_t i = 0; i < LEVELS; i++) {
        size_t place = (size_t)(shares[i] * (double)count);
        place = place > 1 ? place : 1;
        while (networks[place].loss - networks[place - 1].loss < 2e-6) {
            place++;
        }
        levels[i] = 0.5 * (networks[place].loss + networks[place - 1].loss);
        below[i] = place;
    }
}

/* Whether an answer is that of so many networks. The deviation of six ladders is itself uncertain,
 * hence the constant. */
static bool is_right(const aann_volume_answer *answer, double truth)
{
    const double off = fabs(answer->log10_count - log10(truth));
    return off < 5.0 * answer->log10_error + 0.002 && off < 0.01;
}

static void check_answer(const aann_volume_answer *answer, size_t truth)
{
    if (answer->silence != NULL) {
        print_error("no answer: %s\n", answer->silence);
    }
    assert_null(answer->silence);
    if (!is_right(answer, (double)truth)) {
        fail_msg("10^%.4f +- %.4f networks, counted %zu = 10^%.4f", answer->log10_count,
                 answer->log10_error, truth, log10((double)truth));
    }
    assert_false(is_right(answer, 1.05 * (double)truth)); /* the check can tell */
    assert_false(is_right(answer, 0.95 * (double)truth));
    assert_true(fabs(answer->log10_count - answer->log10_bennett) < 0.02);
}

static void check_problem(const small_problem *problem)
{
    aann_error error;
    aann_spec spec;
    assert_ok(aann_spec_parse(problem->net, problem->shape, &spec, &error));
    aann_samples *samples = small_samples(problem->shape, 2, 100, 7);
    size_t count = 0;
    counted_network *networks = count_all(&spec, samples, problem->loss_scale, &count);
    assert_true(fabs(aann_volume_total(&spec) - log((double)count)) < 1e-9);
    qsort(networks, count, sizeof *networks, by_loss);
    double levels[LEVELS];
    size_t below[LEVELS];
    choose_levels(networks, count, levels, below);

    const aann_sampler_options options = small_options(problem);
    aann_sampler *sampler;
    assert_ok(aann_sampler_create(&spec, samples, &options, &sampler, &error));
    assert_ok(aann_sampler_run(sampler, UINT64_MAX, NULL, NULL, &error));
    aann_volume_question questions[2 * LEVELS] = {{0}};
    size_t truths[2 * LEVELS] = {0};
    for (int32_t i = 0; i < LEVELS; i++) {
        questions[i].loss = levels[i];
        truths[i] = below[i];
        /* as accurate as the worst of those below this level */
        questions[LEVELS + i].by_accuracy = true;
        questions[LEVELS + i].correct = networks[below[i] - 1].correct;
        for (size_t k = 0; k < count; k++) {
            truths[LEVELS + i] += networks[k].correct >= questions[LEVELS + i].correct ? 1 : 0;
        }
    }
    aann_volume_answer answers[2 * LEVELS];
    assert_ok(aann_volume_measure(sampler, questions, 2 * LEVELS, answers, &error));
    for (int32_t i = 0; i < 2 * LEVELS; i++) {
        check_answer(&answers[i], truths[i]);
    }
    aann_sampler_destroy(sampler);
    free(networks);
    free_small_samples(samples);
}

static void dense(void **state)
{
    (void)state;
    check_problem(&problems[0]);
}

static void hidden(void **state)
{
    (void)state;
    check_problem(&problems[1]);
}

static void convolution(void **state)
{
    (void)state;
    check_problem(&problems[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense),
        cmocka_unit_test(hidden),
        cmocka_unit_test(convolution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
