/* The search over anything: one result whatever the batch, the threads and the interruptions; what
 * it says of the losses is true; an objective that fails, or gives nonsense, costs nothing.
 *
 * ctest-timeout: 300
 *
 * The golden hashes hold the meaning of a seed, see test_search.c. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "aann/objective.h"
#include "core/philox.h"
#include "support/test.h"

/* Less of the same where everything takes ten times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(AANN_EMULATED)
static const bool fewer = true;
#else
static const bool fewer = false;
#endif

enum { INPUTS = 40, UNITS = 16, WEIGHTS = INPUTS * UNITS, CASES = 300 };

static const uint64_t golden_cases = 0xf8800070116577a8;
static const uint64_t golden_one_case = 0x9f217ef4ec3e994d;

/* Each case: how far the sums of a random input are from those of a hidden network. A few cases are
 * larger than the others, and losses can be negative. */
typedef struct task {
    int8_t hidden[WEIGHTS];
    int8_t inputs[CASES][INPUTS];
    int64_t case_count;
    int64_t calls;
    int64_t losses;
    int32_t largest_count;
    /* What goes wrong at the call of this number; negative: nothing. */
    int64_t bad_call;
    aann_status status;
    const char *message;
    double bad_loss;
    bool forgets; /* leaves the first loss out, instead of a bad last one */
} task;

static aann_spec linear_spec(void)
{
    aann_spec spec;
    aann_error error;
    assert_ok(aann_spec_parse("16@50", (aann_shape){1, 1, INPUTS}, &spec, &error));
    return spec;
}

static task *make_task(int64_t case_count)
{
    aann_error error;
    task *made = calloc(1, sizeof *made);
    const aann_spec spec = linear_spec();
    aann_network *hidden;
    assert_ok(aann_network_create(&spec, &hidden, &error));
    aann_network_randomise(hidden, 77, 0);
    memcpy(made->hidden, aann_network_weights(hidden, 0), WEIGHTS);
    aann_network_destroy(hidden);
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(5, 0), 0, AANN_PURPOSE_TEST);
    for (int32_t c = 0; c < CASES; c++) {
        const uint32_t range = c % 10 == 0 ? 201 : 21;
        for (int32_t i = 0; i < INPUTS; i++) {
            made->inputs[c][i] =
                (int8_t)((int32_t)aann_random_below(&stream, range) - (int32_t)(range / 2));
        }
    }
    made->case_count = case_count;
    made->bad_call = -1;
    return made;
}

/* Nine tenths of the work, and nothing to find in it: sanitizers would take ten times as long. */
__attribute__((no_sanitize("address", "undefined", "thread"))) static double
loss_of(const task *t, const int8_t *weights, int64_t number)
{
    if (t->case_count == 1) {
        int32_t different = 0;
        for (int32_t i = 0; i < WEIGHTS; i++) {
            different += weights[i] != t->hidden[i];
        }
        return (double)different / WEIGHTS;
    }
    double sum = 0.0;
    for (int32_t u = 0; u < UNITS; u++) {
        int32_t difference = 0;
        for (int32_t i = 0; i < INPUTS; i++) {
            difference +=
                (weights[u * INPUTS + i] - t->hidden[u * INPUTS + i]) * t->inputs[number][i];
        }
        sum += fabs((double)difference);
    }
    return sum / (100.0 * UNITS) - 0.25;
}

static aann_status losses(void *context, const aann_objective_request *request, aann_error *error)
{
    task *t = context;
    assert_int_equal(request->weight_count, WEIGHTS);
    assert_true(request->count >= 1 && request->case_count >= 1);
    t->largest_count = request->count > t->largest_count ? request->count : t->largest_count;
    t->losses += request->count * request->case_count;
    const bool forgets = t->forgets && t->calls == t->bad_call;
    for (int32_t i = 0; i < request->count; i++) {
        for (int64_t c = forgets && i == 0 ? 1 : 0; c < request->case_count; c++) {
            assert_in_range(request->cases[c], 0, t->case_count - 1);
            request->losses[i * request->case_count + c] =
                loss_of(t, request->weights + i * request->weight_count, request->cases[c]);
        }
    }
    if (t->calls++ == t->bad_call) {
        if (t->status != AANN_OK) {
            if (t->message != NULL) {
                error->status = t->status;
                snprintf(error->message, sizeof error->message, "%s", t->message);
            }
            return t->status;
        }
        if (!t->forgets) {
            request->losses[request->count * request->case_count - 1] = t->bad_loss;
        }
    }
    return AANN_OK;
}

static aann_objective objective_of(task *t, int32_t batch)
{
    aann_objective objective = aann_objective_default();
    objective.losses = losses;
    objective.context = t;
    objective.case_count = t->case_count;
    objective.batch = batch;
    return objective;
}

static aann_search_options search_options(const task *t)
{
    aann_search_options options = aann_search_options_default();
    options.steps = 4000;
    options.temperature = t->case_count > 1 ? 2e-3 : 5e-4;
    options.first_samples = t->case_count / 3;
    options.arrange_interval = 300;
    options.strata = 4;
    options.first_check = 16;
    return options;
}

static aann_search *create(task *t, const aann_search_options *options, int32_t batch)
{
    aann_error error;
    const aann_spec spec = linear_spec();
    const aann_objective objective = objective_of(t, batch);
    aann_search *search;
    assert_ok(aann_objective_search_create(&spec, &objective, options, 0, NULL, &search, &error));
    return search;
}

/* Saves, destroys and resumes the search. */
static aann_search *reopen(task *t, const aann_search_options *options, int32_t batch,
                           aann_search *search)
{
    aann_error error;
    const aann_spec spec = linear_spec();
    const aann_objective objective = objective_of(t, batch);
    void *state;
    size_t size;
    aann_network *network;
    assert_ok(aann_search_save(search, &state, &size, &error));
    assert_ok(aann_network_copy(aann_search_network(search), &network, &error));
    aann_search_destroy(search);
    const aann_search_saved saved = {network, state, size};
    assert_ok(aann_objective_search_resume(&spec, &objective, options, 0, &saved, &search, &error));
    aann_network_destroy(network);
    free(state);
    return search;
}

/* The hash at the end, where the mean loss must be the one that the network has. */
static uint64_t finish(const task *t, aann_search *search, aann_search_progress *progress)
{
    const int8_t *weights = aann_network_weights(aann_search_network(search), 0);
    double sum = 0.0;
    for (int64_t c = 0; c < t->case_count; c++) {
        sum += floor(loss_of(t, weights, c) * (1 << 20) + 0.5) / (1 << 20);
    }
    aann_search_progress_get(search, progress);
    assert_int_equal(progress->samples, t->case_count);
    assert_true(fabs(progress->train_loss - sum / (double)t->case_count) < 1e-12);
    const aann_counts now = aann_network_counts(aann_search_network(search), 0);
    const aann_counts promised =
        aann_spec_counts(aann_network_spec(aann_search_network(search)), 0);
    assert_memory_equal(&now, &promised, sizeof now);
    const uint64_t hash = aann_network_hash(aann_search_network(search));
    aann_search_destroy(search);
    return hash;
}

static uint64_t run(task *t, const aann_search_options *options, int32_t batch,
                    aann_search_progress *progress)
{
    aann_error error;
    aann_search *search = create(t, options, batch);
    assert_ok(aann_search_run(search, options->steps, NULL, NULL, &error));
    return finish(t, search, progress);
}

static void check_batches(int64_t case_count, uint64_t golden)
{
    static const int32_t batches[] = {1, 7, 64, 256};
    aann_search_progress first = {0}, progress;
    for (int32_t threads = 1; threads <= 3; threads += 2) {
        for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i += fewer ? 3 : 1) {
            task *t = make_task(case_count);
            aann_search_options options = search_options(t);
            options.threads = threads;
            const uint64_t hash = run(t, &options, batches[i], &progress);
            print_message("%lld cases, batch %d: %016llx, loss %.6f, %llu accepted, %lld calls for "
                          "%lld losses\n",
                          (long long)case_count, batches[i], (unsigned long long)hash,
                          progress.train_loss, (unsigned long long)progress.accepted,
                          (long long)t->calls, (long long)t->losses);
            assert_true(t->largest_count <= batches[i]);
            first = i == 0 ? progress : first;
            assert_int_equal(hash, golden);
            assert_int_equal(progress.accepted, first.accepted);
            assert_int_equal(progress.evaluated_samples, first.evaluated_samples);
            free(t);
        }
    }
    assert_true(first.accepted > 100 && first.accepted < first.step);
}

static void cases(void **state)
{
    (void)state;
    check_batches(CASES, golden_cases);
}

static void one_case(void **state)
{
    (void)state;
    check_batches(1, golden_one_case);
}

/* A limit of the loss may be negative, as losses may; it is reached at the same candidate whatever
 * the batch. */
static void negative_limit(void **state)
{
    (void)state;
    static const int32_t batches[] = {1, 64};
    uint64_t steps[2];
    for (int32_t i = 0; i < 2; i++) {
        aann_error error;
        task *t = make_task(CASES);
        const aann_search_options options = search_options(t);
        aann_search *search = create(t, &options, batches[i]);
        aann_search_limits limits = aann_search_limits_default();
        limits.loss = -0.0001;
        assert_ok(aann_search_run_until(search, &limits, NULL, NULL, &error));
        aann_search_progress progress;
        aann_search_progress_get(search, &progress);
        print_message("batch %d: loss %.6f after %llu candidates\n", batches[i],
                      progress.train_loss, (unsigned long long)progress.step);
        assert_true(progress.train_loss <= limits.loss && progress.step < options.steps);
        steps[i] = progress.step;
        aann_search_destroy(search);
        free(t);
    }
    assert_int_equal(steps[0], steps[1]);
}

static void resume(void **state)
{
    (void)state;
    aann_error error;
    for (int32_t i = 0; i < 2; i++) {
        task *t = make_task(i == 0 ? CASES : 1);
        const aann_search_options options = search_options(t);
        aann_search *search = create(t, &options, 16);
        int32_t interruptions = 0;
        for (;;) {
            int32_t left = 3 + interruptions % 5;
            const aann_status status =
                aann_search_run(search, options.steps, countdown, &left, &error);
            if (status == AANN_OK) {
                break;
            }
            assert_int_equal(status, AANN_INTERRUPTED);
            interruptions++;
            search = reopen(t, &options, 16, search);
        }
        assert_true(interruptions > 10);
        aann_search_progress progress;
        assert_int_equal(finish(t, search, &progress), i == 0 ? golden_cases : golden_one_case);
        free(t);
    }
}

/* An accepted network's losses are known: nothing is evaluated but the start and the candidates. */
static void nothing_twice(void **state)
{
    (void)state;
    task *t = make_task(CASES);
    const aann_search_options options = search_options(t);
    aann_search_progress progress;
    (void)run(t, &options, 1, &progress);
    /* The cases that come into use later are evaluated when they do. */
    assert_int_equal(t->losses, (int64_t)progress.evaluated_samples + CASES);
    free(t);
}

/* Runs with one thing going wrong at a call; from there the search goes on to the same end, as it
 * is or saved and resumed. */
static void check_failure(task *broken, aann_status expected, const char *message)
{
    /* Under sanitizers and emulators once early, reopened, and once late, as it is. */
    const int64_t between = fewer ? 388 : 97;
    for (int64_t call = 3; call < 400; call += between) {
        for (int32_t reopened = 0; reopened < 2; reopened++) {
            if (fewer && (reopened != 0) != (call == 3)) {
                continue;
            }
            task *t = malloc(sizeof *t);
            *t = *broken;
            t->bad_call = call;
            aann_error error = {.message = "none"};
            const aann_search_options options = search_options(t);
            aann_search *search = create(t, &options, 16);
            assert_int_equal(aann_search_run(search, options.steps, NULL, NULL, &error), expected);
            if (strstr(error.message, message) == NULL) {
                print_error("\"%s\" is not in \"%s\"\n", message, error.message);
                fail();
            }
            search = reopened != 0 ? reopen(t, &options, 16, search) : search;
            assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
            aann_search_progress progress;
            assert_int_equal(finish(t, search, &progress), golden_cases);
            free(t);
        }
    }
}

static void failures(void **state)
{
    (void)state;
    task *t = make_task(CASES);
    t->status = AANN_ERROR_IO;
    t->message = "the rig is on fire";
    check_failure(t, AANN_ERROR_IO, "the rig is on fire");
    t->message = NULL;
    check_failure(t, AANN_ERROR_IO, "the objective failed and does not say why (status io)");
    t->status = AANN_INTERRUPTED;
    check_failure(t, AANN_INTERRUPTED, "none");
    t->status = AANN_OK;
    t->bad_loss = NAN;
    check_failure(t, AANN_ERROR_ARGUMENT, "a loss of nan on case ");
    t->bad_loss = -INFINITY;
    check_failure(t, AANN_ERROR_ARGUMENT, "a loss of -inf on case ");
    t->bad_loss = 1e10;
    check_failure(t, AANN_ERROR_ARGUMENT, "a loss of 1e+10 on case ");
    t->forgets = true;
    check_failure(t, AANN_ERROR_ARGUMENT, "gave candidate 0 of ");
    free(t);
}

/* Sums at the limit do not overflow: the mean is still right. */
static aann_status huge(void *context, const aann_objective_request *request, aann_error *error)
{
    (void)error;
    const double *loss = context;
    for (int64_t i = 0; i < request->count * request->case_count; i++) {
        request->losses[i] = *loss;
    }
    return AANN_OK;
}

static void largest_losses(void **state)
{
    (void)state;
    aann_error error;
    const aann_spec spec = linear_spec();
    double loss = -ldexp(1.0, 41) / 4096;
    aann_objective objective = aann_objective_default();
    objective.losses = huge;
    objective.context = &loss;
    objective.case_count = 4096;
    aann_search_options options = aann_search_options_default();
    options.steps = 100;
    aann_search *search;
    assert_ok(aann_objective_search_create(&spec, &objective, &options, 0, NULL, &search, &error));
    loss = -loss; /* every candidate is worse by the largest difference there is */
    assert_ok(aann_search_run(search, 100, NULL, NULL, &error));
    aann_search_progress progress;
    aann_search_progress_get(search, &progress);
    assert_int_equal(progress.accepted, 0);
    assert_true(progress.train_loss == -ldexp(1.0, 41) / 4096);
    aann_search_destroy(search);
    loss *= 1.0001;
    assert_int_equal(
        aann_objective_search_create(&spec, &objective, &options, 0, NULL, &search, &error),
        AANN_ERROR_ARGUMENT);
    assert_null(search);
}

static void refuse(task *t, const aann_objective *objective, const aann_search_options *options,
                   const char *message)
{
    aann_error error;
    const aann_spec spec = linear_spec();
    aann_search *search;
    (void)t;
    assert_int_equal(
        aann_objective_search_create(&spec, objective, options, 0, NULL, &search, &error),
        AANN_ERROR_ARGUMENT);
    assert_null(search);
    if (strstr(error.message, message) == NULL) {
        print_error("\"%s\" is not in \"%s\"\n", message, error.message);
        fail();
    }
}

static void bad_input(void **state)
{
    (void)state;
    task *t = make_task(CASES);
    const aann_search_options good = search_options(t);
    aann_objective objective = objective_of(t, 0);
    refuse(t, &objective, &good, "batch of 0 candidates: expected 1 to 256");
    objective.batch = 257;
    refuse(t, &objective, &good, "batch of 257 candidates");
    objective = objective_of(t, 1);
    objective.case_count = 0;
    refuse(t, &objective, &good, "0 cases: expected 1 to");
    objective.case_count = INT64_MAX;
    refuse(t, &objective, &good, "cases: expected 1 to");
    objective = objective_of(t, 1);
    objective.losses = NULL;
    refuse(t, &objective, &good, "no function `losses`");
    objective = objective_of(t, 1);
    aann_search_options options = good;
    options.method = AANN_METHOD_GENETIC;
    refuse(t, &objective, &options, "genetic: expected sense or hill");
    options = good;
    options.jitter = 1;
    refuse(t, &objective, &options, "jitter 0");
    options = good;
    options.copies = 2;
    refuse(t, &objective, &options, "copies 1");
    options = good;
    options.steps = 0;
    refuse(t, &objective, &options, "steps");
    free(t);
}

static double seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* With one case, a batch is evaluated in one call. The rates are printed, not tested: at first,
 * when what follows an accepted candidate is evaluated in vain, and when few are accepted. */
static void whole_batches(void **state)
{
    (void)state;
    aann_error error;
    int64_t calls[2];
    for (int32_t i = 0; i < 2; i++) {
        task *t = make_task(1);
        aann_search_options options = search_options(t);
        options.steps = fewer ? 40000 : 400000;
        options.temperature = 1e-9;
        aann_search *search = create(t, &options, i == 0 ? 1 : 64);
        const uint64_t ends[] = {options.steps / 100, options.steps};
        for (int32_t part = 0; part < 2; part++) {
            aann_search_progress before, after;
            aann_search_progress_get(search, &before);
            calls[i] = -t->calls;
            const double begin = seconds();
            assert_ok(aann_search_run(search, ends[part], NULL, NULL, &error));
            const double took = seconds() - begin;
            calls[i] += t->calls;
            aann_search_progress_get(search, &after);
            print_message("batch %d, candidates %llu to %llu: %.0f candidates/s, %lld calls, %llu "
                          "accepted\n",
                          i == 0 ? 1 : 64, (unsigned long long)before.step,
                          (unsigned long long)after.step, (double)(after.step - before.step) / took,
                          (long long)calls[i],
                          (unsigned long long)(after.accepted - before.accepted));
        }
        aann_search_progress progress;
        (void)finish(t, search, &progress);
        free(t);
    }
    assert_true(calls[1] * (fewer ? 8 : 20) < calls[0]); /* more are accepted at first */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),          cmocka_unit_test(one_case),
        cmocka_unit_test(negative_limit), cmocka_unit_test(resume),
        cmocka_unit_test(nothing_twice),  cmocka_unit_test(failures),
        cmocka_unit_test(largest_losses), cmocka_unit_test(bad_input),
        cmocka_unit_test(whole_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
