/* Ranks without MPI: processes that are connected by sockets find the family that one process finds,
 * whatever their number; one that speaks nonsense is refused.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aann/ranks.h"
#include "core/error.h"
#include "core/memory.h"
#include "distributed/message.h"
#include "family/hands.h"
#include "support/networks.h"

/* Sanitizers take many times as long to load the data in every process, and for every message. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STEPS = 60, MEMBERS = 3, TESTED_RANKS = 3, LOOKS_LIMIT = 10 };
#else
enum { STEPS = 600, MEMBERS = 7, TESTED_RANKS = 5, LOOKS_LIMIT = 400 };
#endif
enum { RANKS_LIMIT = 5 };

/* ---- a wire of socket pairs ------------------------------------------------------------------ */

typedef struct sockets {
    int32_t count;
    int ends[RANKS_LIMIT]; /* of rank 0: one for each other; of another: [0] */
} sockets;

static bool transfer(int end, void *bytes, size_t size, bool writes)
{
    size_t done = 0;
    while (done < size) {
        uint8_t *at = (uint8_t *)bytes + done;
        const ssize_t part = writes ? write(end, at, size - done) : read(end, at, size - done);
        if (part <= 0) {
            return false;
        }
        done += (size_t)part;
    }
    return true;
}

static aann_status send_bytes(void *context, int32_t to, const void *bytes, size_t size,
                              aann_error *error)
{
    const sockets *s = context;
    uint64_t length = size;
    void *copy = aann_allocate(size, 1);
    memcpy(copy, bytes, size);
    const bool good = transfer(s->ends[to], &length, sizeof length, true) &&
                      transfer(s->ends[to], copy, size, true);
    free(copy);
    return good ? AANN_OK : aann_fail(error, AANN_ERROR_IO, "rank %d is gone", to);
}

static aann_status receive_bytes(void *context, int32_t *from, bool wait, void **bytes,
                                 size_t *size, aann_error *error)
{
    const sockets *s = context;
    struct pollfd looks[RANKS_LIMIT] = {{0}};
    *bytes = NULL;
    for (int32_t i = 0; i < s->count; i++) {
        const bool asked = *from < 0 || i == *from || s->count == 1;
        looks[i] = (struct pollfd){.fd = asked ? s->ends[i] : -1, .events = POLLIN};
    }
    if (poll(looks, (nfds_t)s->count, wait ? -1 : 0) <= 0) {
        return AANN_OK;
    }
    for (int32_t i = 0; i < s->count; i++) {
        uint64_t length = 0;
        if ((looks[i].revents & (POLLIN | POLLHUP)) == 0) {
            continue;
        }
        if (!transfer(s->ends[i], &length, sizeof length, false)) {
            return aann_fail(error, AANN_ERROR_IO, "rank %d is gone", i);
        }
        *bytes = malloc(length + 1);
        *size = length;
        *from = i;
        return transfer(s->ends[i], *bytes, length, false)
                   ? AANN_OK
                   : aann_fail(error, AANN_ERROR_IO, "rank %d is gone", i);
    }
    return AANN_OK;
}

static aann_wire wire_of(sockets *s, int32_t rank, int32_t count)
{
    return (aann_wire){s, rank, count, send_bytes, receive_bytes};
}

/* Starts ranks 1 .. count - 1, each with two slots, before this process has threads. */
static void start_followers(int32_t count, sockets *leader, pid_t *pids)
{
    *leader = (sockets){.count = count, .ends = {-1, -1, -1, -1, -1}};
    for (int32_t rank = 1; rank < count; rank++) {
        int pair[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        leader->ends[rank] = pair[0];
        pids[rank] = fork();
        if (pids[rank] == 0) {
            for (int32_t other = 1; other <= rank; other++) {
                close(leader->ends[other]);
            }
            sockets own = {.count = 1, .ends = {pair[1]}};
            const aann_wire wire = wire_of(&own, rank, count);
            aann_follow_options options = aann_follow_options_default();
            options.slots = 2;
            options.threads = 2;
            _exit(aann_ranks_follow(&wire, &options, NULL) == AANN_OK ? 0 : 1);
        }
        close(pair[1]);
    }
}

static void end_followers(int32_t count, sockets *leader, const pid_t *pids)
{
    for (int32_t rank = 1; rank < count; rank++) {
        int status = -1;
        assert_int_equal(waitpid(pids[rank], &status, 0), pids[rank]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        close(leader->ends[rank]);
    }
}

/* ---- families -------------------------------------------------------------------------------- */

static aann_family_data *load(void)
{
    aann_error error;
    aann_family_data *data = NULL;
    aann_family_source source = aann_family_source_default();
    source.train = AANN_SOURCE_DIR "/tests/fixtures/mnist/train-images-idx3-ubyte.gz";
    assert_ok(aann_family_data_load(&source, &data, &error));
    return data;
}

typedef struct found_member {
    uint64_t hash;
    uint64_t accepted;
    aann_member_state state;
    double loss;
    size_t marks;
} found_member;

static void read_members(aann_study *study, found_member found[MEMBERS])
{
    aann_error error;
    aann_member_row *rows = NULL;
    size_t count = 0;
    assert_ok(aann_study_members(study, 1, &rows, &count, &error));
    assert_int_equal(count, MEMBERS);
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

/* How long the leader lets them work before it stops, and the tasks that others had. */
typedef struct patience {
    int32_t looks_left; /* negative: for ever */
} patience;

static bool stops(void *context)
{
    patience *p = context;
    return p->looks_left >= 0 && p->looks_left-- == 0;
}

/* A family with this many ranks, which may be stopped and resumed. */
static void search(int32_t ranks, int32_t looks, bool together, found_member found[MEMBERS])
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
    plan.members = MEMBERS;
    plan.search.steps = STEPS;
    plan.search.jitter = 1;
    aann_family_work work = aann_family_work_default();
    patience p = {looks};
    work.threads = 1;
    work.checkpoint_seconds = 0.01;
    work.interrupted = stops;
    work.context = &p;
    if (ranks > 1) {
        assert_ok(aann_ranks_create(&wire, 1, 1, &led, &error));
        aann_ranks_search_together(led, together);
        work.hands = aann_ranks_hands(led);
    }
    int64_t family = 0;
    aann_status status = aann_family_run(study, &spec, data, &plan, &work, &family, &error);
    while (status == AANN_INTERRUPTED) {
        p.looks_left = -1;
        status = aann_family_resume(study, family, data, &work, &error);
    }
    assert_ok(status);
    read_members(study, found);
    aann_ranks_destroy(led);
    end_followers(ranks, &leader, pids);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

static void test_any_number(void **state)
{
    (void)state;
    found_member alone[MEMBERS];
    found_member together[MEMBERS];
    search(1, -1, false, alone);
    for (int32_t ranks = 2; ranks <= TESTED_RANKS; ranks++) {
        search(ranks, -1, false, together);
        assert_memory_equal(alone, together, sizeof alone);
    }
    for (int32_t looks = 1; looks < LOOKS_LIMIT; looks *= 4) {
        search(3, looks, false, together);
        assert_memory_equal(alone, together, sizeof alone);
    }
}

/* All of them search one member together: every block is in one process only, and every decision is
 * that of one process. */
static void test_together(void **state)
{
    (void)state;
    found_member alone[MEMBERS];
    found_member together[MEMBERS];
    search(1, -1, false, alone);
    for (int32_t ranks = 2; ranks <= TESTED_RANKS; ranks++) {
        search(ranks, -1, true, together);
        assert_memory_equal(alone, together, sizeof alone);
    }
    for (int32_t looks = 1; looks < LOOKS_LIMIT; looks *= 8) {
        search(3, looks, true, together);
        assert_memory_equal(alone, together, sizeof alone);
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
        cmocka_unit_test(test_any_number),       cmocka_unit_test(test_together),
        cmocka_unit_test(test_together_refuses), cmocka_unit_test(test_hellos),
        cmocka_unit_test(test_useless_member),   cmocka_unit_test(test_useless_laps),
        cmocka_unit_test(test_broken_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
