/* What ranks do besides members: walks, paths between members and tracks of a drive, each as one
 * process does it, with any number of ranks, stopped and resumed.
 *
 * ctest-labels: threads slow
 * ctest-timeout: 1500 */
#include <signal.h>

#include "aann/connect.h"
#include "aann/walk.h"
#include "distributed/ranks_test.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STEPS = 60, MEMBERS = 3, WALK_MEMBERS = 2, LOOKS_LIMIT = 10, DRIVE_RANKS = 2 };
#else
enum { STEPS = 600, MEMBERS = 5, WALK_MEMBERS = 5, LOOKS_LIMIT = 400, DRIVE_RANKS = 3 };
#endif
enum { WALKS = 3, MOST_ROWS = 64 };

/* Several processes and a study of a family with MEMBERS members, which one process has found. */
typedef struct crew {
    int32_t count;
    sockets sockets;
    pid_t pids[RANKS_LIMIT];
    aann_ranks *ranks; /* NULL: this process alone */
    aann_family_data *data;
    aann_study *study;
    aann_family_work work;
    patience patience;
} crew;

/* The family must not be searched before the others are started: a fork takes no threads along. */
static void begin(crew *c, int32_t count)
{
    aann_error error = {.message = ""};
    int64_t family = 0;
    *c = (crew){.count = count, .patience = {-1}};
    start_followers(count, &c->sockets, c->pids);
    c->data = load();
    aann_spec spec = spec_from("4C5s2-MP2-10", (aann_shape){1, 28, 28});
    assert_ok(aann_spec_set_sparsity(&spec, 60.0, NULL, 0, &error));
    assert_ok(aann_study_open(":memory:", AANN_STUDY_CREATE, &c->study, &error));
    aann_family_plan plan = aann_family_plan_default();
    plan.members = MEMBERS;
    plan.search.steps = STEPS;
    c->work = aann_family_work_default();
    c->work.threads = 1;
    c->work.checkpoint_seconds = checkpoint_seconds();
    assert_ok(aann_family_run(c->study, &spec, c->data, &plan, &c->work, &family, &error));
    c->work.interrupted = stops;
    c->work.context = &c->patience;
    if (count > 1) {
        const aann_wire wire = wire_of(&c->sockets, 0, count);
        assert_ok(aann_ranks_create(&wire, 1, 1, &c->ranks, &error));
        c->work.hands = aann_ranks_hands(c->ranks);
    }
}

static void end(crew *c)
{
    aann_ranks_destroy(c->ranks);
    end_followers(c->count, &c->sockets, c->pids);
    aann_study_close(c->study);
    aann_family_data_destroy(c->data);
}

/* ---- walks ----------------------------------------------------------------------------------- */

typedef struct found_walk {
    uint64_t hashes[WALK_MEMBERS];
    double losses[WALK_MEMBERS];
    int64_t swaps[WALK_MEMBERS];
} found_walk;

static aann_walk_plan walk_of(int i)
{
    aann_walk_plan plan = aann_walk_plan_default();
    plan.start = 1 + i % 2;
    plan.seed = 10 + (uint64_t)i;
    plan.members = WALK_MEMBERS;
    plan.every = 10;
    plan.loss = 2.5;
    return plan;
}

/* Begins walks, stops each at once, and goes on with all. */
static void walk(int32_t ranks, int32_t looks, found_walk found[WALKS])
{
    aann_error error = {.message = ""};
    crew c;
    begin(&c, ranks);
    memset(found, 0, WALKS * sizeof *found);
    for (int i = 0; i < WALKS; i++) {
        const aann_walk_plan plan = walk_of(i);
        c.patience.looks_left = 0;
        const aann_status status = aann_walk_run(c.study, &plan, c.data, &c.work, &error);
        assert_true(status == AANN_OK || status == AANN_INTERRUPTED);
    }
    c.patience.looks_left = looks;
    aann_status status = aann_family_resume(c.study, 1, c.data, &c.work, &error);
    c.patience.looks_left = -1;
    if (status == AANN_INTERRUPTED) {
        status = aann_family_resume(c.study, 1, c.data, &c.work, &error);
    }
    assert_ok(status);
    for (int i = 0; i < WALKS; i++) {
        const aann_walk_plan plan = walk_of(i);
        aann_member_row *rows = NULL;
        size_t count = 0;
        assert_ok(aann_walk_members(c.study, &plan, &rows, &count, &error));
        assert_int_equal(count, WALK_MEMBERS);
        for (size_t k = 0; k < count; k++) {
            assert_int_equal(rows[k].state, AANN_MEMBER_DONE);
            assert_int_equal(rows[k].parent, k == 0 ? plan.start : rows[k - 1].id);
            found[i].hashes[k] = rows[k].hash;
            found[i].losses[k] = rows[k].train_loss;
            found[i].swaps[k] = rows[k].swaps_from_parent;
        }
        aann_free(rows);
    }
    end(&c);
}

static void test_walks(void **state)
{
    (void)state;
    found_walk alone[WALKS];
    found_walk together[WALKS];
    walk(1, -1, alone);
    for (int32_t ranks = 2; ranks <= 3; ranks++) {
        walk(ranks, -1, together);
        assert_memory_equal(alone, together, sizeof alone);
    }
    for (int32_t looks = 1; looks < LOOKS_LIMIT; looks *= 8) {
        walk(3, looks, together);
        assert_memory_equal(alone, together, sizeof alone);
    }
}

/* ---- paths between members ------------------------------------------------------------------- */

/* Without ids, which are as they come. */
typedef struct found_path {
    int64_t from, to, attempts, stands;
    uint64_t top; /* its hash */
    double loss, floor, train_accuracy, validation_accuracy;
} found_path;

typedef struct found_paths {
    int64_t count, attempts;
    found_path paths[MOST_ROWS];
    double levels[MEMBERS];
} found_paths;

static void read_paths(const crew *c, const aann_connect_plan *plan, found_paths *found)
{
    aann_error error;
    aann_connections connections;
    memset(found, 0, sizeof *found);
    assert_ok(aann_connections_read(c->study, 1, plan, &connections, &error));
    assert_true(connections.complete);
    assert_true(connections.path_count > 0 && connections.path_count < MOST_ROWS);
    found->count = connections.path_count;
    found->attempts = connections.attempts;
    for (int32_t i = 0; i < connections.path_count; i++) {
        const aann_connection *path = &connections.paths[i];
        aann_network *top = NULL;
        assert_ok(aann_study_network(c->study, path->top, &top, &error));
        found->paths[i] = (found_path){.from = path->from,
                                       .to = path->to,
                                       .attempts = path->attempts,
                                       .stands = path->stands,
                                       .top = aann_network_hash(top),
                                       .loss = path->loss,
                                       .floor = path->floor,
                                       .train_accuracy = path->train_accuracy,
                                       .validation_accuracy = path->validation_accuracy};
        aann_network_destroy(top);
    }
    for (int32_t i = 0; i < connections.level_count; i++) {
        found->levels[i] = connections.levels[i];
    }
    aann_connections_destroy(&connections);
}

static void connect_members(int32_t ranks, int32_t looks, int64_t limit, found_paths *found)
{
    aann_error error = {.message = ""};
    crew c;
    begin(&c, ranks);
    aann_connect_plan plan = aann_connect_plan_default();
    plan.path.points = 2;
    plan.path.candidates = 4;
    plan.path.finalists = 2;
    plan.path.repairs = 2;
    plan.doublings = 1;
    plan.neighbours = 2;
    plan.paths = limit;
    c.patience.looks_left = looks;
    aann_status status = aann_connect_run(c.study, 1, &plan, c.data, &c.work, &error);
    c.patience.looks_left = -1;
    if (limit > 0) { /* no more than that */
        aann_member_row *rows = NULL;
        size_t count = 0;
        assert_ok(status);
        assert_ok(aann_study_members(c.study, 1, &rows, &count, &error));
        assert_int_equal(count, MEMBERS + limit);
        aann_free(rows);
    }
    plan.paths = 0;
    if (status == AANN_INTERRUPTED || limit > 0) {
        status = aann_connect_run(c.study, 1, &plan, c.data, &c.work, &error);
    }
    assert_ok(status);
    read_paths(&c, &plan, found);
    end(&c);
}

static void test_connect(void **state)
{
    (void)state;
    found_paths alone;
    found_paths together;
    connect_members(1, -1, 0, &alone);
    for (int32_t ranks = 2; ranks <= 3; ranks++) {
        connect_members(ranks, -1, 0, &together);
        assert_memory_equal(&alone, &together, sizeof alone);
    }
    connect_members(3, -1, 1, &together);
    assert_memory_equal(&alone, &together, sizeof alone);
    for (int32_t looks = 1; looks < LOOKS_LIMIT; looks *= 8) {
        connect_members(3, looks, 0, &together);
        assert_memory_equal(&alone, &together, sizeof alone);
    }
}

/* ---- drives ---------------------------------------------------------------------------------- */

enum { TRACKS = 18, FIRST_TRACK = 7 }; /* two tasks, of 16 tracks and of two */

static void test_drive(void **state)
{
    (void)state;
    aann_error error = {.message = ""};
    aann_lap alone[TRACKS];
    aann_network *network = network_from("3C9vs8-MP2-3", (aann_shape){1, 96, 96});
    aann_network_randomise(network, 9, 0);
    aann_network *damaged = NULL; /* has other counts than its spec */
    assert_ok(aann_network_copy(network, &damaged, &error));
    const size_t weights = (size_t)aann_network_spec(network)->layers[0].weight_count;
    int8_t *values = calloc(weights, 1);
    assert_non_null(values);
    memcpy(values, aann_network_weights(network, 0), weights / 2);
    assert_ok(aann_network_set_weights(damaged, 0, values, &error));
    free(values);
    const aann_network *const networks[] = {network, damaged};
    const aann_driver driver = {
        .networks = networks, .count = 2, .outputs = {.scale = {1.0, 1.0, 1.0}, .full = 127}};
    memset(alone, 0, sizeof alone);
    const int32_t fewest = sanitized ? DRIVE_RANKS : 1;
    for (int32_t ranks = fewest; ranks <= DRIVE_RANKS; ranks++) {
        sockets leader;
        pid_t pids[RANKS_LIMIT] = {0};
        aann_lap laps[TRACKS];
        aann_ranks *led = NULL;
        start_followers(ranks, &leader, pids);
        const aann_wire wire = wire_of(&leader, 0, ranks);
        memset(laps, 0, sizeof laps);
        assert_ok(aann_ranks_create(&wire, 1, 1, &led, &error));
        assert_ok(
            aann_ranks_drive_tracks(led, &driver, FIRST_TRACK, TRACKS, NULL, NULL, laps, &error));
        aann_ranks_destroy(led);
        end_followers(ranks, &leader, pids);
        if (ranks ==
            fewest) { /* before there are threads, and with hands that are this process's */
            memcpy(alone, laps, sizeof alone);
        }
        for (int i = 0; i < TRACKS; i++) {
            assert_true(laps[i].reward == alone[i].reward && laps[i].steps == alone[i].steps);
            assert_true(laps[i].steps > 0);
        }
    }
    aann_lap here[TRACKS];
    memset(here, 0, sizeof here);
    assert_ok(aann_drive_tracks(&driver, FIRST_TRACK, TRACKS, 1, NULL, here, &error));
    for (int i = 0; i < TRACKS; i++) {
        assert_true(here[i].reward == alone[i].reward && here[i].steps == alone[i].steps);
    }
    aann_network_destroy(network);
    aann_network_destroy(damaged);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* a rank that is gone is an error with a message */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walks),
        cmocka_unit_test(test_connect),
        cmocka_unit_test(test_drive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
