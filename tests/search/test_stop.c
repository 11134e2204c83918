/* aann_search_stop: from another thread, from a signal handler, within a moment, and without any
 * effect on the result.
 *
 * ctest-labels: threads
 * ctest-serial: yes
 * ctest-timeout: 300 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "aann/search.h"
#include "search/support_task.h"
#include "support/test.h"

/* Under the thread sanitizer everything takes ten times as long: less is done, with the same calls. */
#ifdef __SANITIZE_THREAD__
enum { SAMPLES = 1500, MANY = 20000, PARTS = 8, STEPS = 1500, BASELINE_STEPS = 200 };
static const double pause_between = 1e-2;
#else
enum { SAMPLES = 1500, MANY = 100000, PARTS = 8, STEPS = 6000, BASELINE_STEPS = 1500 };
static const double pause_between = 2e-3;
#endif

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void sleep_for(double seconds)
{
    const struct timespec time = {(time_t)seconds,
                                  (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

/* Stops a search again and again until it is told to end. */
typedef struct stopper {
    aann_search *search;
    double
        pause; /* seconds before a stop; grows, so that a slow machine comes to the end as well */
    bool once;
    atomic_bool end;
} stopper;

static void *stop_repeatedly(void *context)
{
    stopper *s = context;
    while (!atomic_load(&s->end)) {
        sleep_for(s->pause);
        s->pause *= 1.05;
        aann_search_stop(s->search);
        if (s->once) {
            break;
        }
    }
    return NULL;
}

/* Runs to the end, however often it is stopped; the hash of the weights. */
static uint64_t run_stopped(const aann_search_options *options, double pause, int32_t *stops,
                            aann_search_progress *progress)
{
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    stopper s = {.search = bar_search(samples, options, 0), .pause = pause};
    pthread_t thread;
    if (pause > 0.0) {
        assert_int_equal(pthread_create(&thread, NULL, stop_repeatedly, &s), 0);
    }
    aann_status status;
    while ((status = aann_search_run(s.search, options->steps, NULL, NULL, &error)) ==
           AANN_INTERRUPTED) {
        ++*stops;
    }
    assert_ok(status);
    if (pause > 0.0) {
        atomic_store(&s.end, true);
        pthread_join(thread, NULL);
    }
    const uint64_t hash = aann_network_hash(aann_search_network(s.search));
    aann_search_progress_get(s.search, progress);
    aann_search_destroy(s.search);
    free_bar_samples(samples);
    return hash;
}

static void same_result(void **state)
{
    (void)state;
    static const aann_search_method methods[] = {AANN_METHOD_SENSE, AANN_METHOD_RANDOM,
                                                 AANN_METHOD_GENETIC};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        aann_search_options options = bar_options();
        options.method = methods[i];
        options.steps = options.method == AANN_METHOD_SENSE ? STEPS : BASELINE_STEPS;
        options.threads = 2;
        int32_t stops = 0;
        aann_search_progress whole, stopped;
        const uint64_t hash = run_stopped(&options, 0.0, &stops, &whole);
        assert_int_equal(stops, 0);
        assert_int_equal(run_stopped(&options, pause_between, &stops, &stopped), hash);
        print_message("%s: stopped %d times\n", aann_search_method_name(methods[i]), stops);
        assert_true(stops > 3);
        assert_int_equal(stopped.accepted, whole.accepted);
        assert_int_equal(stopped.evaluated_samples, whole.evaluated_samples);
    }
}

/* A stop that nobody waits for is kept for the next run, and for that one only. */
static void before_a_run(void **state)
{
    (void)state;
    aann_error error = {.message = "as it was"};
    aann_samples *samples = bar_samples(200, 1);
    const aann_search_options options = bar_options();
    aann_search_progress progress;
    aann_search *search = bar_search(samples, &options, 0);
    aann_search_stop(search);
    aann_search_stop(search);
    assert_int_equal(aann_search_run(search, 100, NULL, NULL, &error), AANN_INTERRUPTED);
    assert_string_equal(error.message, "as it was");
    aann_search_progress_get(search, &progress);
    assert_int_equal(progress.step, 0);
    assert_ok(aann_search_run(search, 100, NULL, NULL, &error));
    aann_search_progress_get(search, &progress);
    assert_int_equal(progress.step, 100);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

static aann_search *signalled;

static void on_signal(int number)
{
    (void)number;
    aann_search_stop(signalled);
}

static bool raise_signal(void *context)
{
    int32_t *left = context;
    if ((*left)-- == 0) {
        raise(SIGUSR1);
    }
    return false;
}

static void from_a_signal_handler(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(200, 1);
    const aann_search_options options = bar_options();
    signalled = bar_search(samples, &options, 0);
    void (*before)(int) = signal(SIGUSR1, on_signal);
    int32_t left = 3;
    assert_int_equal(aann_search_run(signalled, options.steps, raise_signal, &left, &error),
                     AANN_INTERRUPTED);
    signal(SIGUSR1, before);
    assert_int_equal(left, -1); /* asked once more would be one batch too late */
    aann_search_destroy(signalled);
    free_bar_samples(samples);
}

/* A search whose next run begins with regrouping the samples. */
static aann_search *about_to_arrange(const aann_spec *spec, const aann_samples *samples,
                                     const aann_search_options *options)
{
    aann_error error;
    aann_search *search;
    assert_ok(aann_search_create(spec, samples, options, 0, NULL, &search, &error));
    assert_ok(aann_search_run(search, 20, NULL, NULL, &error));
    return search;
}

/* How long it takes to regroup the samples and to decide a candidate. */
static double seconds_of_arranging(const aann_spec *spec, const aann_samples *samples,
                                   const aann_search_options *options)
{
    aann_error error;
    aann_search *search = about_to_arrange(spec, samples, options);
    const double begin = now();
    assert_ok(aann_search_run(search, 21, NULL, NULL, &error));
    const double seconds = now() - begin;
    aann_search_destroy(search);
    return seconds;
}

/* Runs on, with one stop after some seconds; how long the run took. */
static double run_and_stop(aann_search *search, double pause)
{
    stopper s = {.search = search, .pause = pause, .once = true};
    pthread_t thread;
    aann_error error;
    assert_int_equal(pthread_create(&thread, NULL, stop_repeatedly, &s), 0);
    const double begin = now();
    const aann_status status = aann_search_run(search, 40, NULL, NULL, &error);
    const double took = now() - begin;
    pthread_join(thread, NULL);
    assert_true(status == AANN_INTERRUPTED || status == AANN_OK);
    return took;
}

/* Stops while the samples are being regrouped: the run ends long before that is done, what the
 * search says of itself is still true, and its saved state leads to the same end. */
static void while_arranging(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(MANY, 1);
    const aann_spec spec = bar_spec();
    aann_search_options options = bar_options();
    options.steps = 40;
    options.arrange_interval = 20;
    options.first_samples = 0;
    options.jitter = 0;
    aann_search *search = about_to_arrange(&spec, samples, &options);
    aann_search_progress before, after;
    aann_search_progress_get(search, &before);
    const int64_t correct = aann_search_correct(search);
    /* The next run begins with the arrangement, which is stopped earlier or later. Whoever waits
     * for its end takes about all of its time each time; other work on this machine disturbs some.
     * */
    int32_t soon = 0;
    for (int32_t part = 1; part <= PARTS; part++) {
        const double arranging = seconds_of_arranging(&spec, samples, &options);
        const double took = run_and_stop(search, arranging * part / (2 * PARTS));
        print_message("arranging takes %.3f s; asked to stop after %.3f, ended after %.3f\n",
                      arranging, arranging * part / (2 * PARTS), took);
        soon += took < 0.75 * arranging ? 1 : 0;
        aann_search_progress_get(search, &after);
        if (after.step > 20) { /* the stop came too late, on a busy machine */
            aann_search_destroy(search);
            search = about_to_arrange(&spec, samples, &options);
            aann_search_progress_get(search, &after);
        }
        assert_int_equal(after.samples, before.samples);
        assert_memory_equal(&after.train_loss, &before.train_loss, sizeof after.train_loss);
        assert_int_equal(aann_search_correct(search), correct);
    }
    assert_true(soon > PARTS / 2);

    void *saved;
    size_t size;
    assert_ok(aann_search_save(search, &saved, &size, &error));
    aann_search *resumed;
    const aann_search_saved then = {aann_search_network(search), saved, size};
    assert_ok(aann_search_resume(&spec, samples, &options, 0, &then, &resumed, &error));
    free(saved);
    assert_ok(aann_search_run(search, 40, NULL, NULL, &error));
    assert_ok(aann_search_run(resumed, 40, NULL, NULL, &error));
    assert_int_equal(aann_network_hash(aann_search_network(search)),
                     aann_network_hash(aann_search_network(resumed)));
    aann_search_progress_get(search, &before);
    aann_search_progress_get(resumed, &after);
    assert_memory_equal(&after.train_loss, &before.train_loss, sizeof after.train_loss);
    assert_int_equal(after.evaluated_samples, before.evaluated_samples);
    aann_search_destroy(search);
    aann_search_destroy(resumed);
    free_bar_samples(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_result),
        cmocka_unit_test(before_a_run),
        cmocka_unit_test(from_a_signal_handler),
        cmocka_unit_test(while_arranging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
