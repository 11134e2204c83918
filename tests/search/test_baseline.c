/* What the search is compared with: crossover and mutation keep the counts, random sampling keeps
 * the best, and both give one result on any number of threads and however often they were
 * interrupted.
 *
 * ctest-labels: threads */
#include <math.h>

#include "aann/evaluate.h"
#include "aann/search.h"
#include "search/crossover.h"
#include "search/support_task.h"
#include "support/test.h"
#include "support/writable.h"

enum { SAMPLES = 700, STEPS = 300 };

/* Those that evaluate whole networks. */
static const aann_search_method methods[2] = {AANN_METHOD_RANDOM, AANN_METHOD_GENETIC};

static aann_search_options options_of(aann_search_method method)
{
    aann_search_options options = bar_options();
    options.method = method;
    options.steps = STEPS;
    options.jitter = 0;
    options.population = 12;
    options.first_samples = 0;
    return options;
}

static void assert_counts(const aann_network *network)
{
    const aann_spec *spec = aann_network_spec(network);
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const aann_counts found = aann_network_counts(network, layer);
        const aann_counts wanted = aann_spec_counts(spec, layer);
        assert_memory_equal(&found, &wanted, sizeof found);
    }
}

/* ---- breeding -------------------------------------------------------------------------------- */

static void crossover(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_spec spec = bar_spec();
    aann_network *parents[2], *child;
    for (uint64_t i = 0; i < 2; i++) {
        assert_ok(aann_network_create(&spec, &parents[i], &error));
    }
    assert_ok(aann_network_create(&spec, &child, &error));
    int64_t from_mother = 0, differing = 0;
    for (uint64_t trial = 0; trial < 200; trial++) {
        assert_ok(aann_spec_set_excitatory_share(&spec, (double)(trial % 11) / 10.0, &error));
        for (uint64_t i = 0; i < 2; i++) {
            aann_network_destroy(parents[i]);
            assert_ok(aann_network_create(&spec, &parents[i], &error));
            aann_network_randomise(parents[i], 1 + trial, i);
        }
        aann_network_destroy(child);
        assert_ok(aann_network_create(&spec, &child, &error));
        aann_random_stream stream =
            aann_random_start(aann_random_key_create(7, 0), trial, AANN_PURPOSE_TEST);
        assert_ok(aann_crossover_cross(parents[0], parents[1], child, &stream, &error));
        assert_counts(child);
        for (int32_t layer = 0; layer < spec.layer_count; layer++) {
            const int8_t *mother = aann_network_weights(parents[0], layer);
            const int8_t *father = aann_network_weights(parents[1], layer);
            const int8_t *weights = aann_network_weights(child, layer);
            for (int64_t i = 0; i < spec.layers[layer].weight_count; i++) {
                assert_true(weights[i] == mother[i] || weights[i] == father[i]);
                differing += mother[i] != father[i];
                from_mother += mother[i] != father[i] && weights[i] == mother[i];
            }
        }
    }
    const double share = (double)from_mother / (double)differing;
    print_message("share of the mother: %.4f of %lld\n", share, (long long)differing);
    assert_true(fabs(share - 0.5) < 0.01);
    aann_network_destroy(parents[0]);
    aann_network_destroy(parents[1]);
    aann_network_destroy(child);
}

static void mutation(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_network *network, *mutant;
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, 1, 0);
    for (int32_t swaps = 0; swaps < 40; swaps++) {
        assert_ok(aann_network_copy(network, &mutant, &error));
        aann_random_stream stream =
            aann_random_start(aann_random_key_create(9, 0), (uint64_t)swaps, AANN_PURPOSE_TEST);
        aann_crossover_mutate(mutant, swaps, &stream);
        assert_counts(mutant);
        int64_t changed = 0;
        for (int32_t layer = 0; layer < spec.layer_count; layer++) {
            const int8_t *before = aann_network_weights(network, layer);
            const int8_t *after = aann_network_weights(mutant, layer);
            for (int64_t i = 0; i < spec.layers[layer].weight_count; i++) {
                changed += before[i] != after[i];
            }
        }
        assert_true(changed <= 2 * swaps && (swaps == 0 || changed >= 2));
        assert_true(swaps != 1 || changed == 2);
        aann_network_destroy(mutant);
    }
    aann_network_destroy(network);
}

/* ---- searching ------------------------------------------------------------------------------- */

typedef struct outcome {
    uint64_t hash;
    int64_t correct;
    aann_search_progress progress;
} outcome;

static outcome run(const aann_search_options *options, uint64_t member, const aann_samples *samples)
{
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_search *search = bar_search(samples, options, member);
    assert_ok(aann_search_run(search, options->steps, NULL, NULL, &error));
    outcome result = {.hash = aann_network_hash(aann_search_network(search)),
                      .correct = aann_search_correct(search)};
    aann_search_progress_get(search, &result.progress);
    assert_int_equal(result.progress.step, options->steps);
    assert_counts(aann_search_network(search));

    /* What is said of the best is true. */
    aann_evaluator *evaluator;
    aann_score score;
    int32_t *logits = malloc((size_t)samples->count * (size_t)spec.output_count * sizeof *logits);
    assert_ok(aann_evaluator_create(aann_search_network(search), 1, NULL, &evaluator, &error));
    assert_ok(aann_evaluator_logits(evaluator, samples, 0, samples->count, logits, &error));
    aann_samples view = *samples;
    if (options->regression) {
        view.labels = NULL;
        view.class_count = 0;
    }
    assert_ok(aann_logits_score(&view, logits, spec.output_count,
                                options->regression ? options->output_scale : options->loss_scale,
                                NULL, &score, &error));
    assert_true(fabs(score.loss - result.progress.train_loss) < 1e-9);
    assert_int_equal(score.correct, result.correct);
    aann_evaluator_destroy(evaluator);
    aann_search_destroy(search);
    free(logits);
    return result;
}

static void threads(void **state)
{
    (void)state;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (int32_t m = 0; m < 2; m++) {
        aann_search_options options = options_of(methods[m]);
        const outcome first = run(&options, 0, samples);
        print_message("%s: loss %.4f, %lld of %d correct, %llu accepted, %llu samples\n",
                      aann_search_method_name(methods[m]), first.progress.train_loss,
                      (long long)first.correct, SAMPLES,
                      (unsigned long long)first.progress.accepted,
                      (unsigned long long)first.progress.evaluated_samples);
        assert_true(first.progress.accepted > 0);
        for (options.threads = under_thread_sanitizer ? 4 : 2; options.threads <= 4;
             options.threads++) {
            const outcome again = run(&options, 0, samples);
            assert_int_equal(again.hash, first.hash);
            assert_int_equal(again.progress.evaluated_samples, first.progress.evaluated_samples);
        }
        if (under_thread_sanitizer) {
            continue;
        }
        options.threads = 1;
        options.isa = plainest_instruction_set();
        assert_int_equal(run(&options, 0, samples).hash, first.hash);
        assert_true(run(&options, 1, samples).hash != first.hash);
        options.seed++;
        assert_true(run(&options, 0, samples).hash != first.hash);
    }
    free_bar_samples(samples);
}

/* Giving candidates up early must not lose the best one here, and saves most of the work. */
static void the_best_is_kept(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search_options options = options_of(AANN_METHOD_RANDOM);
    options.rejection_z = 100.0; /* as good as never */
    const outcome complete = run(&options, 0, samples);
    assert_int_equal(complete.progress.evaluated_samples, (uint64_t)STEPS * SAMPLES);
    double best = INFINITY;
    for (options.steps = 1; options.steps <= 40; options.steps++) {
        const outcome one = run(&options, 0, samples);
        assert_true(one.progress.train_loss <= best);
        best = one.progress.train_loss;
    }
    assert_true(complete.progress.train_loss <= best);
    options = options_of(AANN_METHOD_RANDOM);
    options.rejection_z = 3.0;
    options.first_check = 2;
    const outcome early = run(&options, 0, samples);
    assert_int_equal(early.hash, complete.hash);
    assert_true(early.progress.evaluated_samples < complete.progress.evaluated_samples * 3 / 4);
    free_bar_samples(samples);
}

/* Selection works: better than as many random networks. */
static void evolution_is_better_than_chance(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search_options options = options_of(AANN_METHOD_RANDOM);
    const double random = run(&options, 0, samples).progress.train_loss;
    options = options_of(AANN_METHOD_GENETIC);
    assert_true(run(&options, 0, samples).progress.train_loss < 0.9 * random);
    options.steps = 5; /* before the population is complete */
    assert_true(run(&options, 0, samples).progress.train_loss < INFINITY);
    options = options_of(AANN_METHOD_GENETIC);
    options.crossover = 0.0;
    options.mutations = 0; /* only copies: nothing new is evaluated */
    assert_int_equal(run(&options, 0, samples).progress.evaluated_samples, 12u * SAMPLES);
    options.first_samples = 100; /* a fixed part of them */
    aann_search *search;
    aann_search_progress progress;
    const aann_spec spec = bar_spec();
    assert_int_equal(aann_search_create(&spec, samples, &options, 0, NULL, &search, NULL), AANN_OK);
    assert_int_equal(aann_search_run(search, STEPS, NULL, NULL, NULL), AANN_OK);
    aann_search_progress_get(search, &progress);
    assert_int_equal(progress.evaluated_samples, 12u * 100u);
    assert_int_equal(progress.samples, 100);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

/* Both decide by losses that are real numbers: their last bits must not be the C library's, which
 * differ between libraries, and between processors with one library. */
static void losses_of_every_machine(void **state)
{
    (void)state;
    aann_error error;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(11, 0), 0, AANN_PURPOSE_TEST);
    uint64_t hash = 14695981039346656037U;
    for (int32_t i = 0; i < 1000; i++) {
        int32_t logits[4];
        for (int32_t c = 0; c < 4; c++) {
            logits[c] = (int32_t)aann_random_below(&stream, 4001) - 2000;
        }
        const int32_t label = i % 4;
        const aann_samples one = {
            .shape = {1, 1, 1}, .count = 1, .labels = &label, .class_count = 4};
        aann_score score;
        assert_ok(aann_logits_score(&one, logits, 4, 3.0, NULL, &score, &error));
        uint64_t bits;
        memcpy(&bits, &score.loss, sizeof bits);
        hash = (hash ^ bits) * 1099511628211U;
    }
    assert_int_equal(hash, 0x7e6301a62b48d789U);
}

static void regression(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_samples targets = *samples;
    targets.labels = NULL;
    targets.class_count = 0;
    aann_search_options options = options_of(AANN_METHOD_GENETIC);
    options.regression = true;
    const outcome first = run(&options, 0, &targets);
    assert_int_equal(first.correct, 0);
    assert_true(first.progress.train_loss < 1.0 * bar_spec().output_count);
    free_bar_samples(samples);
}

/* Hill climbing is the search at temperature 0. */
static void hill(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search_options options = options_of(AANN_METHOD_SENSE);
    options.temperature = 0.0;
    aann_error error;
    uint64_t hashes[2];
    for (int32_t i = 0; i < 2; i++) {
        aann_search *search = bar_search(samples, &options, 0);
        assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
        hashes[i] = aann_network_hash(aann_search_network(search));
        aann_search_destroy(search);
        options.method = AANN_METHOD_HILL;
        options.temperature = 1.0;
    }
    assert_int_equal(hashes[0], hashes[1]);
    free_bar_samples(samples);
}

/* With copies, a search is what it is on samples that were augmented beforehand. */
static void copies(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (int32_t m = 0; m < 2; m++) {
        aann_search_options options = options_of(methods[m]);
        options.copies = 3;
        aann_search *search = bar_search(samples, &options, 2);
        assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
        const aann_augmentation wanted = {3, options.copy_shift, options.copy_warp};
        aann_samples *all;
        assert_ok(aann_samples_augment(samples, &wanted, options.seed, 2, &all, &error));
        options.copies = 1;
        assert_int_equal(aann_network_hash(aann_search_network(search)),
                         run(&options, 2, all).hash);
        aann_search_destroy(search);
        aann_samples_destroy(all);
    }
    free_bar_samples(samples);
}

/* ---- stopping and going on ------------------------------------------------------------------- */

static void resume(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (int32_t m = 0; m < 2; m++) {
        const aann_search_options options = options_of(methods[m]);
        const outcome whole = run(&options, 0, samples);
        aann_search *search = bar_search(samples, &options, 0);
        aann_search_progress progress = {0};
        for (int32_t round = 0; progress.step < options.steps; round++) {
            int32_t left = round * 5 % 23; /* also before the first candidate */
            const aann_status status =
                aann_search_run(search, options.steps, countdown, &left, &error);
            aann_search_progress_get(search, &progress);
            assert_int_equal(status, progress.step < options.steps ? AANN_INTERRUPTED : AANN_OK);
            search = bar_reopened(search, samples, &options, 0);
        }
        aann_search_progress_get(search, &progress);
        assert_int_equal(aann_network_hash(aann_search_network(search)), whole.hash);
        assert_int_equal(progress.evaluated_samples, whole.progress.evaluated_samples);
        assert_int_equal(progress.accepted, whole.progress.accepted);
        assert_int_equal(aann_search_correct(search), whole.correct);
        aann_search_destroy(search);
    }
    free_bar_samples(samples);
}

/* Samples of which most values are 0, so that many networks answer alike. */
static aann_samples *dull_samples(int64_t count)
{
    aann_samples *samples = bar_samples(count, 1);
    int8_t *inputs = writable(samples->inputs);
    for (int64_t i = 0; i < count * 64; i++) {
        inputs[i] = i % 64 < 60 ? 0 : inputs[i];
    }
    return samples;
}

/* Of networks that are equally good the one found first is the best, also after a resume. */
static void ties_are_resumed(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = dull_samples(12);
    const aann_spec spec = bar_spec();
    aann_search_options options = options_of(AANN_METHOD_GENETIC);
    options.mutations = 1;
    int32_t tied = 0;
    aann_search *search = bar_search(samples, &options, 0);
    for (uint64_t step = 1; step <= options.steps; step++) {
        assert_ok(aann_search_run(search, step, NULL, NULL, &error));
        void *saved;
        size_t size;
        aann_search *resumed, *other;
        assert_ok(aann_search_save(search, &saved, &size, &error));
        const aann_network *best = aann_search_network(search);
        assert_ok(aann_search_resume(&spec, samples, &options, 0,
                                     &(aann_search_saved){best, saved, size}, &resumed, &error));
        const uint64_t hash = aann_network_hash(best);
        assert_int_equal(aann_network_hash(aann_search_network(resumed)), hash);
        /* Beside a network that is not in the state it is another one, if there are ties. */
        aann_network *stranger;
        assert_ok(aann_network_create(&spec, &stranger, &error));
        aann_network_randomise(stranger, 12345, 0);
        assert_ok(aann_search_resume(&spec, samples, &options, 0,
                                     &(aann_search_saved){stranger, saved, size}, &other, &error));
        tied += aann_network_hash(aann_search_network(other)) != hash;
        aann_network_destroy(stranger);
        aann_search_destroy(other);
        aann_search_destroy(resumed);
        free(saved);
    }
    print_message("%d of %d states have ties that matter\n", tied, STEPS);
    assert_true(tied > 0);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

static void damaged_state(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(200, 1);
    const aann_spec spec = bar_spec();
    const aann_search_options options = options_of(AANN_METHOD_GENETIC);
    aann_search *search, *resumed = NULL;
    search = bar_search(samples, &options, 0);
    assert_ok(aann_search_run(search, 20, NULL, NULL, &error));
    void *memory;
    size_t size;
    assert_ok(aann_search_save(search, &memory, &size, &error));
    uint8_t *saved = memory;
    const aann_network *network = aann_search_network(search);
    for (size_t place = 0; place < size; place += 5) {
        saved[place] ^= 0x10;
        assert_int_equal(aann_search_resume(&spec, samples, &options, 0,
                                            &(aann_search_saved){network, saved, size}, &resumed,
                                            &error),
                         AANN_ERROR_FORMAT);
        assert_null(resumed);
        saved[place] ^= 0x10;
    }
    for (size_t length = 1; length < size; length += 11) {
        assert_int_equal(aann_search_resume(&spec, samples, &options, 0,
                                            &(aann_search_saved){network, saved, length}, &resumed,
                                            &error),
                         AANN_ERROR_FORMAT);
    }
    free(memory);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

static void bad_options(void **state)
{
    (void)state;
    aann_error error;
    const struct {
        int32_t population, tournament, mutations;
        double crossover;
        const char *name;
    } bad[] = {{1, 3, 8, 0.5, "population"},
               {40, 0, 8, 0.5, "tournament"},
               {40, 3, -1, 0.5, "mutations"},
               {40, 3, 8, 1.5, "crossover"},
               {40, 3, 8, NAN, "crossover"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        aann_search_options options = aann_search_options_default();
        options.population = bad[i].population;
        options.tournament = bad[i].tournament;
        options.mutations = bad[i].mutations;
        options.crossover = bad[i].crossover;
        assert_int_equal(aann_search_options_check(&options, &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, bad[i].name));
    }
    aann_search_options reward = aann_search_options_default();
    reward.reward_tracks = 2;
    reward.method = AANN_METHOD_RANDOM; /* evaluates samples, not drives */
    assert_int_equal(aann_search_options_check(&reward, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "expected sense or hill"));
    aann_search_method method = AANN_METHOD_HILL;
    assert_false(aann_search_method_parse("annealing", &method));
    assert_int_equal(method, AANN_METHOD_HILL);
    for (int32_t i = 0; i < AANN_METHOD_COUNT; i++) {
        assert_true(
            aann_search_method_parse(aann_search_method_name((aann_search_method)i), &method));
        assert_int_equal(method, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crossover),
        cmocka_unit_test(mutation),
        cmocka_unit_test(threads),
        cmocka_unit_test(the_best_is_kept),
        cmocka_unit_test(evolution_is_better_than_chance),
        cmocka_unit_test(losses_of_every_machine),
        cmocka_unit_test(regression),
        cmocka_unit_test(hill),
        cmocka_unit_test(copies),
        cmocka_unit_test(resume),
        cmocka_unit_test(ties_are_resumed),
        cmocka_unit_test(damaged_state),
        cmocka_unit_test(bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
