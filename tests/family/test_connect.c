/* Connections: the tree against the plain way (components by flooding at every loss), the rounds,
 * kills after every path, threads, tops that are what they say, and rows and plans of strangers.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include "aann/connect.h"

#include <string.h>

#include "aann/evaluate.h"
#include "core/philox.h"
#include "family/connect.h"
#include "family/family_test.h"

enum { MEMBERS = 5, NODES = 9 };

/* ---- the tree -------------------------------------------------------------------------------- */

/* The size of the component of `member` among paths of at most this loss, by flooding. */
static int32_t flood(const aann_connection *paths, int32_t count, double level, int32_t member,
                     bool reached[NODES])
{
    int32_t size = 1;
    reached[member] = true;
    for (int32_t i = 0; i < count; i++) {
        const int32_t ends[2] = {paths[i].from, paths[i].to};
        for (int side = 0; side < 2; side++) {
            if (paths[i].loss <= level && ends[side] == member && !reached[ends[1 - side]]) {
                size += flood(paths, count, level, ends[1 - side], reached);
            }
        }
    }
    return size;
}

static void test_tree(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    for (uint64_t seed = 0; seed < 50; seed++) {
        aann_random_stream stream =
            aann_random_start(aann_random_key_create(seed, 0), 0, AANN_PURPOSE_TEST);
        aann_connection paths[NODES * NODES];
        int32_t count = 0;
        for (int32_t from = 0; from < NODES; from++) {
            for (int32_t to = from + 1; to < NODES; to++) {
                if (aann_random_below(&stream, 3) > 0) {
                    paths[count++] = (aann_connection){
                        .from = from, .to = to, .loss = aann_random_below(&stream, 7) / 7.0};
                }
            }
        }
        int32_t tree[NODES], largest[NODES], components[NODES], size;
        assert_ok(aann_connect_tree(NODES, paths, count, tree, &size, largest, components, &error));
        for (int32_t i = 0; i < size; i++) {
            const double level = paths[tree[i]].loss;
            if (i + 1 < size && paths[tree[i + 1]].loss == level) {
                continue; /* of equal losses the last one counts */
            }
            bool reached[NODES] = {false};
            int32_t most = 0;
            int32_t found = 0;
            for (int32_t member = 0; member < NODES; member++) {
                if (!reached[member]) {
                    const int32_t in_it = flood(paths, count, level, member, reached);
                    most = in_it > most ? in_it : most;
                    found++;
                }
            }
            assert_int_equal(largest[i], most);
            assert_int_equal(components[i], found);
            assert_true(i == 0 || paths[tree[i - 1]].loss <= level);
        }
    }
}

/* ---- whole runs ------------------------------------------------------------------------------ */

static aann_connect_plan small_plan(void)
{
    aann_connect_plan plan = aann_connect_plan_default();
    plan.path.repairs = 4;
    plan.path.candidates = 4;
    plan.doublings = 2;
    plan.tolerance = 0.02;
    return plan;
}

static int64_t make_family(const char *path, const aann_family_data *data)
{
    aann_error error;
    int64_t family = 0;
    const aann_spec spec = sample_spec();
    const aann_family_plan plan = sample_plan(MEMBERS);
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    aann_study *study = open_study(path, AANN_STUDY_CREATE);
    assert_ok(aann_family_run(study, &spec, data, &plan, &work, &family, &error));
    aann_study_close(study);
    return family;
}

/* What a run leaves behind, without ids and seconds. */
static uint64_t fingerprint(const char *path, int64_t family, const aann_connect_plan *plan)
{
    aann_error error;
    aann_study *study = open_study(path, AANN_STUDY_READ);
    aann_connections found;
    aann_member_row *rows = NULL;
    size_t count = 0;
    assert_ok(aann_connections_read(study, family, plan, &found, &error));
    assert_true(found.complete);
    assert_ok(aann_study_members(study, family, &rows, &count, &error));
    uint64_t sum = 1469598103934665603U;
    for (int32_t i = 0; i < found.path_count; i++) {
        const aann_connection *c = &found.paths[i];
        uint64_t bits;
        memcpy(&bits, &c->loss, sizeof bits);
        sum = (sum ^ bits ^ (uint64_t)(c->from * 100 + c->to * 10 + c->attempts)) * 1099511628211U;
    }
    for (size_t i = 0; i < count; i++) {
        sum = (sum ^ rows[i].hash) * 1099511628211U;
    }
    free(rows);
    aann_connections_destroy(&found);
    aann_study_close(study);
    return sum;
}

static void run(const char *path, int64_t family, const aann_family_data *data,
                const aann_connect_plan *plan, int32_t threads)
{
    aann_error error;
    aann_family_work work = aann_family_work_default();
    work.threads = threads;
    aann_study *study = open_study(path, AANN_STUDY_WRITE);
    assert_ok(aann_connect_run(study, family, plan, data, &work, &error));
    aann_study_close(study);
}

/* Every top is a network of the family's counts with the losses that its row says; every path that
 * was kept is the best of its attempts and not below its floor. */
static void check_tops(const char *path, int64_t family, const aann_family_data *data,
                       const aann_connect_plan *plan)
{
    aann_error error;
    aann_study *study = open_study(path, AANN_STUDY_READ);
    const aann_samples *train = aann_family_data_train(data);
    const aann_spec spec = sample_spec();
    aann_member_row *rows = NULL;
    size_t count = 0;
    size_t tops = 0;
    aann_connections found;
    assert_ok(aann_study_members(study, family, &rows, &count, &error));
    assert_ok(aann_connections_read(study, family, plan, &found, &error));
    int32_t *logits = malloc((size_t)train->count * 10 * sizeof *logits);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].origin, "top") != 0) {
            continue;
        }
        aann_network *network;
        aann_evaluator *evaluator;
        aann_score score;
        tops++;
        assert_false(aann_member_row_is_independent(&rows[i]));
        assert_ok(aann_study_network(study, rows[i].id, &network, &error));
        assert_ok(aann_network_check_counts(network, &error));
        assert_ok(aann_evaluator_create(network, 1, NULL, &evaluator, &error));
        assert_ok(aann_evaluator_logits(evaluator, train, 0, train->count, logits, &error));
        assert_ok(aann_logits_score(train, logits, spec.output_count,
                                    sample_plan(1).search.loss_scale, NULL, &score, &error));
        assert_true(fabs(score.loss - rows[i].train_loss) < 1e-5);
        assert_true(score.accuracy == rows[i].train_accuracy);
        assert_true(rows[i].swaps_from_parent >= 0 &&
                    (uint64_t)rows[i].swaps_from_parent <= rows[i].accepted);
        bool among = false;
        for (int32_t p = 0; p < found.path_count; p++) {
            const aann_connection *c = &found.paths[p];
            if (found.members[c->from].id == rows[i].parent &&
                found.members[c->to].id == rows[i].index) {
                among = true;
                assert_true(c->loss <= rows[i].train_loss && c->loss >= c->floor);
                assert_true(c->top != rows[i].id || c->loss == rows[i].train_loss);
            }
        }
        assert_true(among);
        aann_evaluator_destroy(evaluator);
        aann_network_destroy(network);
    }
    assert_int_equal(tops, found.attempts);
    assert_int_equal(found.level_count, MEMBERS - 1);
    assert_true(found.whole == found.levels[MEMBERS - 2] && found.half <= found.whole);
    free(logits);
    free(rows);
    aann_connections_destroy(&found);
    aann_study_close(study);
}

/* The paths of a new study, found on so many threads. */
static uint64_t fingerprint_of_run(void **state, const char *name, const aann_family_data *data,
                                   int32_t threads)
{
    char path[TEST_PATH];
    const aann_connect_plan plan = small_plan();
    const int64_t family = make_family(in_folder(state, name, path), data);
    run(path, family, data, &plan, threads);
    check_tops(path, family, data, &plan);
    return fingerprint(path, family, &plan);
}

/* Three threads; one; and one path a call, each time in a study opened anew, as after a kill. */
static void test_runs(void **state)
{
    char path[TEST_PATH];
    aann_family_data *data = sample_data();
    aann_connect_plan plan = small_plan();
    const uint64_t sum = fingerprint_of_run(state, "three.aann", data, 3);
    if (under_thread_sanitizer) {
        aann_family_data_destroy(data);
        return;
    }
#ifndef __SANITIZE_ADDRESS__ /* the pieces are one thread's, too */
    assert_true(fingerprint_of_run(state, "one.aann", data, 1) == sum);
#endif
    const int64_t family = make_family(in_folder(state, "pieces.aann", path), data);
    aann_connect_plan one = plan;
    one.paths = 1;
    bool complete = false;
    int32_t calls = 0;
    while (!complete) {
        aann_error error;
        run(path, family, data, &one, 1);
        aann_study *study = open_study(path, AANN_STUDY_READ);
        aann_connections found;
        assert_ok(aann_connections_read(study, family, &plan, &found, &error));
        calls++;
        assert_int_equal(found.attempts, calls);
        complete = found.complete;
        aann_connections_destroy(&found);
        aann_study_close(study);
    }
    assert_true(calls > MEMBERS); /* some were improved */
    assert_true(fingerprint(path, family, &plan) == sum);
    run(path, family, data, &plan, 1); /* there is nothing left to do */
    assert_true(fingerprint(path, family, &plan) == sum);
    plan.neighbours = MEMBERS;
    run(path, family, data, &plan, 1);
    aann_error error;
    aann_study *study = open_study(path, AANN_STUDY_READ);
    aann_connections found;
    assert_ok(aann_connections_read(study, family, &plan, &found, &error));
    assert_int_equal(found.path_count, MEMBERS * (MEMBERS - 1) / 2);
    aann_connections_destroy(&found);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* ---- what is refused, and what is left alone ------------------------------------------------- */

static bool at_once(void *context)
{
    (void)context;
    return true;
}

static void test_refused(void **state)
{
    skip_one_thread_under_tsan();
    char path[TEST_PATH];
    aann_error error;
    aann_family_data *data = sample_data();
    const int64_t family = make_family(in_folder(state, "refused.aann", path), data);
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    aann_study *study = open_study(path, AANN_STUDY_WRITE);
    aann_connect_plan plan = small_plan();
    plan.path.repairs = 0;
    assert_int_equal(aann_connect_run(study, family, &plan, data, &work, &error),
                     AANN_ERROR_ARGUMENT);
    plan = small_plan();
    plan.members = MEMBERS + 1;
    assert_int_equal(aann_connect_run(study, family, &plan, data, &work, &error),
                     AANN_ERROR_ARGUMENT);
    plan = small_plan();
    work.interrupted = at_once;
    assert_int_equal(aann_connect_run(study, family, &plan, data, &work, &error), AANN_INTERRUPTED);
    work.interrupted = NULL;
    plan.path.candidates++;
    assert_int_equal(aann_connect_run(study, family, &plan, data, &work, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "another seed"));
    plan.seed++;
    plan.paths = 1;
    assert_ok(aann_connect_run(study, family, &plan, data, &work, &error));
    aann_family_row row;
    bool found;
    assert_ok(aann_study_family(study, family, &row, &error));
    aann_connect_plan kept = {.seed = 1};
    assert_ok(aann_connect_plan_find(&row, &kept, &found, &error));
    assert_true(found && kept.path.candidates == small_plan().path.candidates);
    kept.seed = 99;
    assert_ok(aann_connect_plan_find(&row, &kept, &found, &error));
    assert_false(found);
    aann_family_row_destroy(&row);
    assert_ok(aann_study_save_options(study, family, "{\"connections\": [7]}", &error));
    assert_ok(aann_study_family(study, family, &row, &error));
    assert_int_equal(aann_connect_plan_find(&row, &kept, &found, &error), AANN_ERROR_FORMAT);
    aann_family_row_destroy(&row);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* Rows that claim to be tops but do not fit are no paths. */
static void test_strangers(void **state)
{
    skip_one_thread_under_tsan();
    char path[TEST_PATH];
    aann_error error;
    aann_family_data *data = sample_data();
    const int64_t family = make_family(in_folder(state, "strange.aann", path), data);
    aann_study *study = open_study(path, AANN_STUDY_WRITE);
    aann_network *network;
    assert_ok(aann_study_network(study, 1, &network, &error));
    const aann_connect_plan plan = small_plan();
    const struct {
        int64_t parent, index;
        uint64_t seed, steps;
        double loss;
    } rows[] = {
        {1, 99, 1, 4, 1.0}, {99, 1, 1, 4, 1.0}, {1, 1, 1, 4, 1.0},  {1, 2, 2, 4, 1.0},
        {1, 2, 1, 5, 1.0},  {1, 2, 1, 4, NAN},  {1, -2, 1, 4, 1.0}, {1, 2, 1, 0, 1.0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int reversed = 0; reversed < 2; reversed++) {
            aann_member_row row = {
                .family = family,
                .index = reversed == 1 ? rows[i].parent : rows[i].index,
                .seed = rows[i].seed,
                .state = AANN_MEMBER_DONE,
                .origin = "top",
                .parent = reversed == 1 ? (rows[i].index > 0 ? rows[i].index : 0) : rows[i].parent,
                .steps = rows[i].steps,
                .train_loss = rows[i].loss,
            };
            (void)aann_study_add_member(study, &row, network, &error);
        }
    }
    aann_connections found;
    assert_ok(aann_connections_read(study, family, &plan, &found, &error));
    assert_int_equal(found.path_count, 0);
    assert_int_equal(found.count, MEMBERS);
    assert_true(isnan(found.whole) != 0 && !found.complete && found.left == MEMBERS - 1);
    aann_connections_destroy(&found);
    aann_network_destroy(network);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_strangers),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
