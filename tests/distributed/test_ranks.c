/* Ranks without MPI: processes that are connected by sockets find the family that one process finds,
 * whatever their number; one that speaks nonsense is refused.
 *
 * ctest-labels: threads slow
 * ctest-timeout: 1500 */
#include <signal.h>
#include <stdio.h>

#include "aann/phases.h"
#include "distributed/message.h"
#include "distributed/ranks_test.h"
#include "family/hands.h"

/* Members that are searched TOGETHER come one after the other, so few of them show what many do. All
 * ranks wait for each other at every step of theirs.
 *
 * Sanitizers take many times as long to load the data in every process, and for every message. Their
 * searches are so short that it takes three members for every setting to have an effect. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STEPS = 60, MEMBERS = 3, TOGETHER = 3, TESTED_RANKS = 3, LOOKS_LIMIT = 10 };
#else
enum { STEPS = 600, MEMBERS = 7, TOGETHER = 2, TESTED_RANKS = 5, LOOKS_LIMIT = 400 };
#endif

typedef struct found_member {
    uint64_t hash;
    uint64_t accepted;
    aann_member_state state;
    double loss;
    size_t marks;
} found_member;

static void read_members(aann_study *study, size_t members, found_member found[MEMBERS])
{
    aann_error error;
    aann_member_row *rows = NULL;
    size_t count = 0;
    assert_ok(aann_study_members(study, 1, &rows, &count, &error));
    assert_int_equal(count, members);
    memset(found, 0, MEMBERS * sizeof *found);
    for (size_t i = 0; i < count; i++) {
        aann_trace_row *trace = NULL;
        aann_network *network = NULL;
        found[i].hash = rows[i].hash;
        found[i].accepted = rows[i].accepted;
        found[i].state = rows[i].state;
        found[i].loss = rows[i].train_loss;
        assert_int_equal(aann_study_trace(study, rows[i].id, &trace, &found[i].marks, &error),
                         AANN_OK);
        assert_ok(aann_study_network(study, rows[i].id, &network, &error));
        aann_network_destroy(network);
        aann_free(trace);
    }
    aann_free(rows);
}

/* What differs between searches. */
typedef struct setting {
    bool together;       /* all ranks search one member */
    int32_t first_check; /* blocks; 0: the default, of which these samples have one check */
    int32_t strata;      /* 0: the default */
    const char *phases;  /* NULL: none; their steps are a third of all */
} setting;

static void apply(const setting *chosen, aann_family_plan *plan)
{
    aann_error error;
    char text[256];
    if (chosen->first_check > 0) {
        plan->search.first_check = chosen->first_check;
    }
    if (chosen->strata > 0) {
        plan->search.strata = chosen->strata;
    }
    if (chosen->phases != NULL) {
        const int third = STEPS / 3;
        snprintf(text, sizeof text, chosen->phases, third, third, third);
        assert_ok(aann_phases_set(plan, text, &error));
        assert_int_equal(plan->search.steps, STEPS);
    }
}

/* A family with this many ranks, which may be stopped and resumed. */
static void search(int32_t ranks, int32_t looks, const setting *chosen, found_member found[MEMBERS])
{
    aann_error error = {.message = ""};
    sockets leader;
    pid_t pids[RANKS_LIMIT] = {0};
    start_followers(ranks, &leader, pids);
    aann_family_data *data = load();
    aann_spec spec;
    aann_study *study = NULL;
    aann_ranks *led = NULL;
    const aann_wire wire = wire_of(&leader, 0, ranks);
    assert_int_equal(aann_spec_parse("4C5s2-MP2-10", (aann_shape){1, 28, 28}, &spec, &error),
                     AANN_OK);
    assert_ok(aann_spec_set_sparsity(&spec, 60.0, NULL, 0, &error));
    assert_ok(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error));
    aann_family_plan plan = aann_family_plan_default();
    plan.members = chosen->together ? TOGETHER : MEMBERS;
    plan.search.steps = STEPS;
    plan.search.jitter = 1;
    apply(chosen, &plan);
    aann_family_work work = aann_family_work_default();
    patience p = {looks};
    work.threads = 1;
    work.checkpoint_seconds = checkpoint_seconds();
    work.interrupted = stops;
    work.context = &p;
    if (ranks > 1) {
        assert_ok(aann_ranks_create(&wire, 1, 1, &led, &error));
        aann_ranks_search_together(led, chosen->together);
        work.hands = aann_ranks_hands(led);
    }
    int64_t family = 0;
    aann_status status = aann_family_run(study, &spec, data, &plan, &work, &family, &error);
    while (status == AANN_INTERRUPTED) {
        p.looks_left = -1;
        status = aann_family_resume(study, family, data, &work, &error);
    }
    assert_ok(status);
    read_members(study, (size_t)plan.members, found);
    aann_ranks_destroy(led);
    end_followers(ranks, &leader, pids);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* The family of one process, by any number of ranks, and stopped and resumed with three: after 1,
 * factor, factor^2, ... looks, fewer than the limit. */
static void check_ranks(const setting *usual, int32_t factor, int32_t limit)
{
    found_member alone[MEMBERS];
    found_member shared[MEMBERS];
    search(1, -1, usual, alone);
    for (int32_t ranks = 2; ranks <= TESTED_RANKS; ranks++) {
        search(ranks, -1, usual, shared);
        assert_memory_equal(alone, shared, sizeof alone);
    }
    for (int32_t looks = 1; looks < limit; looks *= factor) {
        search(3, looks, usual, shared);
        assert_memory_equal(alone, shared, sizeof alone);
    }
}

static void test_any_number(void **state)
{
    (void)state;
    check_ranks(&(const setting){0}, 4, LOOKS_LIMIT);
}

/* All of them search one member together: every block is in one process only, and every decision is
 * that of one process. */
static void test_together(void **state)
{
    (void)state;
    check_ranks(&(const setting){.together = true}, 3, 9);
}

/* The same with up to four checks of a candidate (after 1, 2, 4 and 8 blocks) and fewer strata, so
 * that some checks see blocks of some ranks only; with phases; and with networks that have more
 * synapses and then fewer. */
static void test_together_settings(void **state)
{
    (void)state;
    const setting settings[] = {
        {.together = true, .first_check = 1, .strata = 1},
        {.together = true, .first_check = 1, .strata = 3},
        {.together = true, .first_check = 3, .strata = 4},
        {.together = true,
         .phases = "steps=%d; steps=%d first_check=1 strata=2; steps=%d temperature=0"},
        {.together = true,
         .first_check = 1,
         .strata = 5,
         .phases = "steps=%d density=70; steps=%d density=55 by_use=0.5; steps=%d by_use=1"},
    };
    found_member usual[MEMBERS];
    search(1, -1, &(const setting){.together = true}, usual);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        found_member alone[MEMBERS];
        found_member together[MEMBERS];
        search(1, -1, &settings[i], alone);
        assert_memory_not_equal(alone, usual, sizeof alone); /* the setting has an effect */
        for (int32_t ranks = 2; ranks <= 3; ranks++) {
            if (sanitized && ranks % 2 != (int32_t)i % 2) {
                continue; /* each setting with one number */
            }
            search(ranks, ranks == 2 ? -1 : 5, &settings[i], together);
            assert_memory_equal(alone, together, sizeof alone);
        }
    }
}

/* What cannot be shared is refused, and the others stay where they are. */
static void test_together_refuses(void **state)
{
    (void)state;
    aann_error error = {.message = ""};
    sockets leader;
    pid_t pids[RANKS_LIMIT] = {0};
    start_followers(2, &leader, pids);
    aann_family_data *data = load();
    aann_spec spec;
    aann_study *study = NULL;
    aann_ranks *led = NULL;
    const aann_wire wire = wire_of(&leader, 0, 2);
    assert_int_equal(aann_spec_parse("4C5s2-MP2-10", (aann_shape){1, 28, 28}, &spec, &error),
                     AANN_OK);
    assert_ok(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error));
    assert_ok(aann_ranks_create(&wire, 1, 1, &led, &error));
    aann_ranks_search_together(led, true);
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    work.hands = aann_ranks_hands(led);
    int64_t family = 0;
    aann_family_plan plan = aann_family_plan_default();
    plan.search.steps = 50;
    plan.search.copies = 2;
    assert_int_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error),
                     AANN_ERROR_ARGUMENT);
    plan.search.copies = 1;
    plan.search.method = AANN_METHOD_GENETIC;
    assert_int_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error),
                     AANN_ERROR_ARGUMENT);
    plan.search.method = AANN_METHOD_SENSE;
    plan.search.informed_steps = 10;
    assert_int_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error),
                     AANN_ERROR_ARGUMENT);
    plan.search.informed_steps = 0;
    /* Before the first phase, not when the second begins. */
    assert_ok(aann_phases_set(&plan, "steps=30; steps=20 lesion_noise=5", &error));
    assert_int_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "phase 2: processes that share the samples"));
    aann_family_row *families = NULL;
    size_t family_count = 0;
    assert_ok(aann_study_families(study, &families, &family_count, &error));
    assert_int_equal(family_count, 0);
    aann_family_rows_destroy(families, family_count);
    assert_ok(aann_phases_set(&plan, "", &error));
    assert_ok(aann_family_run(study, &spec, data, &plan, &work, &family, &error));
    aann_ranks_destroy(led);
    end_followers(2, &leader, pids);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* ---- what cannot be ---------------------------------------------------------------------------- */

/* A leader whose only follower says this. */
static aann_status lead_with(const void *bytes, size_t size, aann_error *error)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    sockets leader = {.count = 2, .ends = {-1, pair[0]}};
    sockets other = {.count = 1, .ends = {pair[1]}};
    const aann_wire wire = wire_of(&leader, 0, 2);
    aann_ranks *ranks = NULL;
    assert_int_equal(send_bytes(&other, 0, bytes, size, error), AANN_OK);
    const aann_status status = aann_ranks_create(&wire, 1, 1, &ranks, error);
    aann_ranks_destroy(ranks);
    close(pair[0]);
    close(pair[1]);
    return status;
}

static void test_hellos(void **state)
{
    (void)state;
    aann_error error;
    struct {
        aann_message_head head;
        aann_hello hello;
    } said = {.head = {.kind = AANN_MESSAGE_HELLO, .value = 1}, .hello = aann_hello_make()};
    assert_ok(lead_with(&said, sizeof said, &error));
    assert_int_equal(lead_with(&said, sizeof said - 1, &error), AANN_ERROR_VERSION);
    assert_int_equal(lead_with(&said, 3, &error), AANN_ERROR_FORMAT);
    said.hello.version[0] = '9';
    assert_int_equal(lead_with(&said, sizeof said, &error), AANN_ERROR_VERSION);
    assert_non_null(strstr(error.message, "rank 1 runs another version"));
    said.head.value = 0;
    assert_int_equal(lead_with(&said, sizeof said, &error), AANN_ERROR_FORMAT);
    said.head.kind = AANN_MESSAGE_DONE;
    assert_int_equal(lead_with(&said, sizeof said, &error), AANN_ERROR_FORMAT);
    const aann_wire wire = {.rank = 1, .count = 2};
    aann_ranks *ranks = NULL;
    assert_int_equal(aann_ranks_create(&wire, 1, 1, &ranks, &error), AANN_ERROR_ARGUMENT);
}

/* ---- failures ---------------------------------------------------------------------------------- */

/* Before the leader tells a follower to stop, it may have drives of its own to finish. */
enum { MILLISECONDS_OF_SILENCE = 120000 };

/* A follower that answers its task with nonsense and goes on, until it is told to stop; exit status 0
 * if that came in time. */
static int answer_nonsense(int end)
{
    sockets own = {.count = 1, .ends = {end}};
    const aann_wire wire = wire_of(&own, 1, 2);
    const aann_hello hello = aann_hello_make();
    aann_message_head head = {.kind = AANN_MESSAGE_HELLO, .value = 1};
    uint64_t task = 0;
    bool good = aann_message_send(&wire, 0, &head, &hello, sizeof hello, NULL) == AANN_OK;
    struct pollfd looks = {.fd = end, .events = POLLIN};
    while (good && poll(&looks, 1, MILLISECONDS_OF_SILENCE) == 1) {
        aann_message message;
        if (aann_message_receive(&wire, false, &message, NULL) != AANN_OK) {
            return 1;
        }
        const int64_t kind = message.head.kind;
        aann_free(message.bytes);
        if (kind == AANN_MESSAGE_END) {
            return task == 0 ? 0 : 2;
        }
        if (kind == AANN_MESSAGE_TASK) {
            task = message.head.task;
            head = (aann_message_head){.kind = AANN_MESSAGE_PART, .task = task};
            good = aann_message_send(&wire, 0, &head, "nonsense", 8, NULL) == AANN_OK;
        } else if (kind == AANN_MESSAGE_STOP && task != 0) {
            head = (aann_message_head){
                .kind = AANN_MESSAGE_DONE, .task = task, .value = AANN_INTERRUPTED};
            good = aann_message_send(&wire, 0, &head, NULL, 0, NULL) == AANN_OK;
            task = 0;
        }
    }
    return 1; /* it was not told in time */
}

static pid_t start_nonsense(sockets *leader)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    *leader = (sockets){.count = 2, .ends = {-1, pair[0]}};
    const pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        _exit(answer_nonsense(pair[1]));
    }
    close(pair[1]);
    return pid;
}

/* What cannot be stored stops the work at once, not when its task ends. */
static void test_useless_member(void **state)
{
    (void)state;
    aann_error error = {.message = ""};
    sockets leader;
    const pid_t pid = start_nonsense(&leader);
    const aann_wire wire = wire_of(&leader, 0, 2);
    aann_family_data *data = load();
    aann_spec spec;
    aann_study *study = NULL;
    aann_ranks *led = NULL;
    int64_t family = 0;
    assert_int_equal(aann_spec_parse("4C5s2-MP2-10", (aann_shape){1, 28, 28}, &spec, &error),
                     AANN_OK);
    assert_ok(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error));
    assert_ok(aann_ranks_create(&wire, 1, 1, &led, &error));
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    work.hands = aann_ranks_hands(led);
    aann_family_plan plan = aann_family_plan_default();
    plan.members = 2;
    plan.search.steps = 50;
    assert_int_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error),
                     AANN_ERROR_FORMAT);
    aann_ranks_destroy(led);
    end_followers(2, &leader, (const pid_t[]){0, pid});
    aann_study_close(study);
    aann_family_data_destroy(data);
}

enum { TRACKS = 17 }; /* two tasks, of 16 tracks and of one */

static aann_status drive(aann_ranks *led, const aann_network *network, aann_lap laps[TRACKS],
                         aann_error *error)
{
    const aann_car_outputs outputs = {.scale = {1.0, 1.0, 1.0}, .full = 127};
    const aann_driver driver = {.networks = &network, .count = 1, .outputs = outputs};
    memset(laps, 0, TRACKS * sizeof *laps);
    return aann_ranks_drive_tracks(led, &driver, 7, TRACKS, NULL, NULL, laps, error);
}

/* The leader's own 16 laps are one thread's work, and take a minute under the thread sanitizer. */
static void test_useless_laps(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error = {.message = ""};
    sockets leader;
    const pid_t pid = start_nonsense(&leader);
    const aann_wire wire = wire_of(&leader, 0, 2);
    aann_ranks *led = NULL;
    aann_lap laps[TRACKS];
    aann_network *network = network_from("3C9vs8-MP2-3", (aann_shape){1, 96, 96});
    aann_network_randomise(network, 9, 0);
    assert_ok(aann_ranks_create(&wire, 1, 1, &led, &error));
    assert_int_equal(drive(led, network, laps, &error), AANN_ERROR_FORMAT);
    aann_ranks_destroy(led);
    end_followers(2, &leader, (const pid_t[]){0, pid});
    aann_network_destroy(network);
}

/* A wire from which nothing can be received any more. */
typedef struct breaking_wire {
    sockets sockets;
    bool broken;
} breaking_wire;

static aann_status send_on(void *context, int32_t to, const void *bytes, size_t size,
                           aann_error *error)
{
    breaking_wire *wire = context;
    return send_bytes(&wire->sockets, to, bytes, size, error);
}

static aann_status receive_or_break(void *context, int32_t *from, bool wait, void **bytes,
                                    size_t *size, aann_error *error)
{
    breaking_wire *wire = context;
    *bytes = NULL;
    return wire->broken ? aann_fail(error, AANN_ERROR_IO, "cannot receive")
                        : receive_bytes(&wire->sockets, from, wait, bytes, size, error);
}

/* No drive: the own slot, too, fails with it. */
static aann_status pack_nothing(void *context, void **bytes, size_t *size, aann_error *error)
{
    (void)context;
    (void)error;
    *bytes = calloc(1, 1);
    *size = 1;
    return AANN_OK;
}

/* Where nobody can be heard, all tasks have ended: what they point to belongs to the caller. */
static void test_broken_wire(void **state)
{
    (void)state;
    aann_error error = {.message = ""};
    breaking_wire breaking = {.broken = false};
    const pid_t pid = start_nonsense(&breaking.sockets);
    const aann_wire wire = {&breaking, 0, 2, send_on, receive_or_break};
    aann_ranks *led = NULL;
    assert_ok(aann_ranks_create(&wire, 1, 1, &led, &error));
    const aann_hands *hands = aann_ranks_hands(led);
    aann_task tasks[2];
    for (int i = 0; i < 2; i++) { /* here, and there */
        tasks[i] = (aann_task){.kind = AANN_TASK_DRIVE, .pack = pack_nothing};
        assert_true(hands->is_free(hands->context, AANN_TASK_DRIVE, 1));
        assert_ok(hands->give(hands->context, &tasks[i], &error));
    }
    assert_false(hands->is_free(hands->context, AANN_TASK_DRIVE, 1));
    breaking.broken = true;
    assert_int_equal(hands->look(hands->context, &error), AANN_ERROR_IO);
    assert_string_equal(error.message, "cannot receive");
    assert_true(tasks[0].ended && tasks[1].ended);
    assert_true(tasks[0].status == AANN_ERROR_FORMAT || tasks[0].status == AANN_INTERRUPTED);
    assert_int_equal(tasks[1].status, AANN_ERROR_IO);
    assert_true(hands->is_free(hands->context, AANN_TASK_DRIVE, 1));
    aann_ranks_destroy(led);
    close(breaking.sockets.ends[1]);
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* a rank that is gone is an error with a message */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number),
        cmocka_unit_test(test_together),
        cmocka_unit_test(test_together_settings),
        cmocka_unit_test(test_together_refuses),
        cmocka_unit_test(test_hellos),
        cmocka_unit_test(test_useless_member),
        cmocka_unit_test(test_useless_laps),
        cmocka_unit_test(test_broken_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
