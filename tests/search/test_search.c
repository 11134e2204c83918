/* The search's promise: one result for (spec, data, options, member), whatever the threads, the
 * instruction set and the interruptions.
 *
 * ctest-labels: threads
 * ctest-timeout: 300
 *
 * The golden hashes also hold the meaning of a seed from release to release: a change that moves
 * them changes every published result, and needs a line in CHANGELOG.md. */
#include <math.h>

#include "aann/search.h"
#include "engine/dispatch.h"
#include "search/support_task.h"
#include "support/test.h"

enum { SAMPLES = 1500, MORE_SAMPLES = 5000 };

static const uint64_t golden_classification = 0xb2c31d740345910f;
static const uint64_t golden_regression = 0x3c92ff4af52d85d5;
static const uint64_t golden_working = 0x7ff242d5c0d744e3;
static const uint64_t golden_ranked = 0xa8f9a2815624b175;

static uint64_t run_on(const aann_samples *samples, const aann_search_options *options,
                       uint64_t member, aann_search_progress *progress)
{
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_search *search = bar_search(samples, options, member);
    assert_ok(aann_search_run(search, options->steps, NULL, NULL, &error));
    const uint64_t hash = aann_network_hash(aann_search_network(search));
    aann_search_progress_get(search, progress);
    for (int32_t i = 0; i < spec.layer_count; i++) {
        const aann_counts now = aann_network_counts(aann_search_network(search), i);
        const aann_counts promised = aann_spec_counts(&spec, i);
        assert_memory_equal(&now, &promised, sizeof now);
    }
    aann_search_destroy(search);
    return hash;
}

static uint64_t run(const aann_search_options *options, uint64_t member,
                    aann_search_progress *progress)
{
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const uint64_t hash = run_on(samples, options, member, progress);
    free_bar_samples(samples);
    return hash;
}

static void threads(void **state)
{
    (void)state;
    aann_search_progress progress[4];
    for (int32_t regression = 0; regression < 2; regression++) {
        const int32_t first = under_thread_sanitizer ? 4 : 1;
        for (int32_t count = first; count <= 4; count++) {
            aann_search_options options = bar_options();
            options.threads = count;
            options.regression = regression != 0;
            const uint64_t hash = run(&options, 0, &progress[count - 1]);
            print_message("%s, %d threads: %016llx, loss %.6f, %llu accepted\n",
                          regression != 0 ? "regression" : "classification", count,
                          (unsigned long long)hash, progress[count - 1].train_loss,
                          (unsigned long long)progress[count - 1].accepted);
            assert_int_equal(hash, regression != 0 ? golden_regression : golden_classification);
            assert_int_equal(progress[count - 1].evaluated_samples,
                             progress[first - 1].evaluated_samples);
            assert_int_equal(progress[count - 1].accepted, progress[first - 1].accepted);
        }
        assert_true(progress[first - 1].accepted > 100);
    }
}

static void instruction_sets(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    static const char *const names[] = {"baseline", "avx2", "avx512", "neon"};
    int32_t tried = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        aann_kernels kernels;
        if (aann_kernels_choose(names[i], &kernels, NULL) != AANN_OK) {
            continue;
        }
        aann_search_options options = bar_options();
        options.isa = names[i];
        aann_search_progress progress;
        assert_int_equal(run(&options, 0, &progress), golden_classification);
        tried++;
    }
    assert_true(tried >= 1);
}

/* Searches to the end with dozens of interruptions; the hash of the weights. */
static uint64_t run_interrupted(const aann_search_options *wanted, int64_t count)
{
    aann_error error;
    aann_samples *samples = bar_samples(count, 1);
    const aann_search_options options = *wanted;
    aann_search *search = bar_search(samples, &options, 0);
    int32_t interruptions = 0;
    for (;;) {
        int32_t left = 3 + interruptions * 7 % 40;
        const aann_status status = aann_search_run(search, options.steps, countdown, &left, &error);
        aann_search_progress progress;
        aann_search_progress_get(search, &progress);
        assert_int_equal(status, progress.step < options.steps ? AANN_INTERRUPTED : AANN_OK);
        if (status == AANN_OK) {
            break;
        }
        interruptions++;
        search = bar_reopened(search, samples, &options, 0);
    }
    print_message("%d interruptions\n", interruptions);
    assert_true(interruptions > 10);
    const uint64_t hash = aann_network_hash(aann_search_network(search));
    aann_search_destroy(search);
    free_bar_samples(samples);
    return hash;
}

static void resume(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    const aann_search_options options = bar_options();
    assert_int_equal(run_interrupted(&options, SAMPLES), golden_classification);
}

/* A working set, whatever the threads, the instruction set and the interruptions. */
static void working_set(void **state)
{
    (void)state;
    aann_samples *samples = bar_samples(MORE_SAMPLES, 2);
    static const char *const names[] = {NULL, "baseline", "avx2", "neon"};
    for (size_t i = under_thread_sanitizer ? 1 : 0; i < sizeof names / sizeof names[0]; i++) {
        aann_kernels kernels;
        if (aann_kernels_choose(names[i], &kernels, NULL) != AANN_OK) {
            continue;
        }
        aann_search_options options = working_options();
        options.isa = names[i];
        options.threads = 1 + (int32_t)i;
        aann_search_progress progress;
        const uint64_t hash = run_on(samples, &options, 0, &progress);
        print_message("%d threads: %016llx, loss %.6f, %llu accepted\n", options.threads,
                      (unsigned long long)hash, progress.train_loss,
                      (unsigned long long)progress.accepted);
        assert_int_equal(hash, golden_working);
        assert_true(progress.accepted > 100);
    }
    free_bar_samples(samples);
    if (under_thread_sanitizer) {
        return; /* one thread from here on */
    }
    const aann_search_options options = working_options();
    aann_samples *other = bar_samples(MORE_SAMPLES, 1);
    aann_search_progress progress;
    const uint64_t hash = run_on(other, &options, 0, &progress);
    free_bar_samples(other);
    assert_int_equal(run_interrupted(&options, MORE_SAMPLES), hash);
}

/* Where each regrouping ranks only a part: the same promise, and others are ranked each time. */
static void ranked_part(void **state)
{
    (void)state;
    aann_search_options options = working_options();
    options.working_samples = 1024;
    options.ranked_samples = 2048;
    aann_samples *samples = bar_samples(MORE_SAMPLES, 1);
    aann_search_progress progress;
    for (int32_t count = under_thread_sanitizer ? 4 : 1; count <= 4; count += 3) {
        options.threads = count;
        assert_int_equal(run_on(samples, &options, 0, &progress), golden_ranked);
        assert_int_equal(progress.samples, MORE_SAMPLES);
    }
    assert_int_equal(run_interrupted(&options, MORE_SAMPLES), golden_ranked);
    if (under_thread_sanitizer) {
        free_bar_samples(samples);
        return; /* other numbers, the same calls */
    }
    options.ranked_samples = 1; /* at least twice the working set */
    assert_int_equal(run_on(samples, &options, 0, &progress), golden_ranked);
    options.ranked_samples = MORE_SAMPLES;
    const uint64_t all = run_on(samples, &options, 0, &progress);
    assert_int_not_equal(all, golden_ranked);
    options.ranked_samples = 0;
    assert_int_equal(run_on(samples, &options, 0, &progress), all);
    free_bar_samples(samples);
}

/* Memory does not grow with the samples; the loss that is reported is near the true one. */
static void working_set_is_small(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_search_options options = working_options();
    options.warp = 0.0;
    options.jitter = 0;
    aann_search_options all = options;
    all.working_samples = 0;
    aann_samples *samples = bar_samples(MORE_SAMPLES, 1);
    aann_search_progress progress;
    aann_search_progress exact;
    const aann_spec spec = bar_spec();
    aann_error error;
    aann_search *search = bar_search(samples, &options, 0);
    assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
    aann_search_progress_get(search, &progress);
    const int64_t correct = aann_search_correct(search);
    all.temperature = 0.0;
    all.first_samples = 0;
    aann_search *whole;
    assert_ok(
        aann_search_create(&spec, samples, &all, 0, aann_search_network(search), &whole, &error));
    aann_search_progress_get(whole, &exact);
    print_message("loss %.4f estimated, %.4f on all; correct %lld, %lld\n", progress.train_loss,
                  exact.train_loss, (long long)correct, (long long)aann_search_correct(whole));
    assert_true(fabs(progress.train_loss - exact.train_loss) < 0.2 * exact.train_loss);
    assert_true(llabs(correct - aann_search_correct(whole)) < MORE_SAMPLES / 50);
    assert_true(2 * progress.bytes < exact.bytes);
    /* A bound cannot be kept on a part of the samples. */
    const aann_confinement confinement = {.loss_limit = 1.0};
    assert_int_equal(aann_search_confine(search, &confinement, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "working_samples 0"));
    aann_search_destroy(search);
    aann_search_destroy(whole);
    free_bar_samples(samples);
}

/* The same search on samples that were augmented beforehand. */
static uint64_t run_on_copies(const aann_search_options *wanted)
{
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_samples *all;
    const aann_augmentation augmentation = {wanted->copies, wanted->copy_shift, wanted->copy_warp};
    assert_ok(aann_samples_augment(samples, &augmentation, wanted->seed, 0, &all, &error));
    aann_search_options options = *wanted;
    options.copies = 1;
    aann_search_progress progress;
    const uint64_t hash = run_on(all, &options, 0, &progress);
    aann_samples_destroy(all);
    free_bar_samples(samples);
    return hash;
}

/* Copies are made anew whenever a search goes on. */
static void copies(void **state)
{
    (void)state;
    aann_search_options options = bar_options();
    options.jitter = 0;
    options.copies = 3;
    aann_search_progress progress;
    options.threads = under_thread_sanitizer ? 3 : 1;
    const uint64_t whole = run(&options, 0, &progress);
    assert_int_equal(progress.samples, 3 * SAMPLES);
    if (under_thread_sanitizer) {
        return;
    }
    assert_int_equal(run_on_copies(&options), whole);
    assert_int_equal(run_interrupted(&options, SAMPLES), whole);
    options.threads = 3;
    assert_int_equal(run(&options, 0, &progress), whole);
    options.copy_warp = 0.05;
    assert_int_not_equal(run(&options, 0, &progress), whole);
}

static void damaged_state(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(200, 1);
    const aann_spec spec = bar_spec();
    aann_search_options options = bar_options();
    aann_search *search = bar_search(samples, &options, 0);
    uint8_t *saved;
    size_t size;
    void *memory;
    assert_ok(aann_search_save(search, &memory, &size, &error));
    saved = memory;
    aann_search *resumed = NULL;
    for (size_t place = 0; place < size; place += 7) {
        saved[place] ^= 0x10;
        assert_int_equal(
            aann_search_resume(&spec, samples, &options, 0,
                               &(aann_search_saved){aann_search_network(search), saved, size},
                               &resumed, &error),
            AANN_ERROR_FORMAT);
        assert_null(resumed);
        saved[place] ^= 0x10;
    }
    assert_int_equal(
        aann_search_resume(&spec, samples, &options, 0,
                           &(aann_search_saved){aann_search_network(search), saved, size - 1},
                           &resumed, &error),
        AANN_ERROR_FORMAT);
    assert_int_equal(aann_search_resume(&spec, samples, &options, 0,
                                        &(aann_search_saved){aann_search_network(search), saved, 3},
                                        &resumed, &error),
                     AANN_ERROR_FORMAT);
    free(memory);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

/* It learns: far better than chance, better than at the start, and members differ. */
static void learns(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search_options options = bar_options();
    options.jitter = 0;
    uint64_t hashes[2];
    for (uint64_t member = 0; member < 2; member++) {
        aann_search *search = bar_search(samples, &options, member);
        assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
        print_message("member %llu: %lld of %d\n", (unsigned long long)member,
                      (long long)aann_search_correct(search), SAMPLES);
        assert_true(aann_search_correct(search) > SAMPLES * 9 / 10);
        hashes[member] = aann_network_hash(aann_search_network(search));
        aann_search_destroy(search);
    }
    assert_true(hashes[0] != hashes[1]);
    free_bar_samples(samples);
}

static void bad_options(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_search_options options = aann_search_options_default();
    assert_ok(aann_search_options_check(&options, &error));
    options.steps = 0;
    assert_int_equal(aann_search_options_check(&options, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "steps is 0: expected a whole number from 1 to 1e15"));
    options = aann_search_options_default();
    options.temperature = NAN;
    assert_int_equal(aann_search_options_check(&options, &error), AANN_ERROR_ARGUMENT);
    options = aann_search_options_default();
    options.cooling = 1.5;
    assert_int_equal(aann_search_options_check(&options, &error), AANN_ERROR_ARGUMENT);
    options = aann_search_options_default();
    options.isa = "mmx";
    aann_samples *samples = bar_samples(100, 1);
    const aann_spec spec = bar_spec();
    aann_search *search;
    assert_int_equal(aann_search_create(&spec, samples, &options, 0, NULL, &search, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "mmx"));
    free_bar_samples(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads),     cmocka_unit_test(instruction_sets),
        cmocka_unit_test(resume),      cmocka_unit_test(working_set),
        cmocka_unit_test(ranked_part), cmocka_unit_test(working_set_is_small),
        cmocka_unit_test(copies),      cmocka_unit_test(damaged_state),
        cmocka_unit_test(learns),      cmocka_unit_test(bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
