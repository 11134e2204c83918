/* Ranks without MPI: processes that are connected by sockets find the family that one process finds, whatever their
 * number; one that speaks nonsense is refused.
 *
 * ctest-labels: threads
 * ctest-timeout: 200 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aann/ranks.h"
#include "core/error.h"
#include "core/memory.h"
#include "distributed/message.h"

enum { RANKS_LIMIT = 5, MEMBERS = 7 };

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
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_OK);
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
    assert_int_equal(aann_study_members(study, 1, &rows, &count, &error), AANN_OK);
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
        assert_int_equal(aann_study_network(study, rows[i].id, &network, &error), AANN_OK);
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

/* A family of seven with this many ranks, which may be stopped and resumed. */
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
    assert_int_equal(aann_spec_set_sparsity(&spec, 60.0, NULL, 0, &error), AANN_OK);
    assert_int_equal(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error), AANN_OK);
    aann_family_plan plan = aann_family_plan_default();
    plan.members = MEMBERS;
    plan.search.steps = 600;
    plan.search.jitter = 1;
    aann_family_work work = aann_family_work_default();
    patience p = {looks};
    work.threads = 1;
    work.checkpoint_seconds = 0.01;
    work.interrupted = stops;
    work.context = &p;
    if (ranks > 1) {
        assert_int_equal(aann_ranks_create(&wire, 1, 1, &led, &error), AANN_OK);
        aann_ranks_search_together(led, together);
        work.hands = aann_ranks_hands(led);
    }
    int64_t family = 0;
    aann_status status = aann_family_run(study, &spec, data, &plan, &work, &family, &error);
    while (status == AANN_INTERRUPTED) {
        p.looks_left = -1;
        status = aann_family_resume(study, family, data, &work, &error);
    }
    if (status != AANN_OK) {
        print_message("%s\n", error.message);
    }
    assert_int_equal(status, AANN_OK);
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
    for (int32_t ranks = 2; ranks <= RANKS_LIMIT; ranks++) {
        search(ranks, -1, false, together);
        assert_memory_equal(alone, together, sizeof alone);
    }
    for (int32_t looks = 1; looks < 400; looks *= 4) {
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
    for (int32_t ranks = 2; ranks <= RANKS_LIMIT; ranks++) {
        search(ranks, -1, true, together);
        assert_memory_equal(alone, together, sizeof alone);
    }
    for (int32_t looks = 1; looks < 400; looks *= 8) {
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
    assert_int_equal(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error), AANN_OK);
    assert_int_equal(aann_ranks_create(&wire, 1, 1, &led, &error), AANN_OK);
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
    assert_int_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error), AANN_OK);
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
    assert_int_equal(lead_with(&said, sizeof said, &error), AANN_OK);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number),
        cmocka_unit_test(test_together),
        cmocka_unit_test(test_together_refuses),
        cmocka_unit_test(test_hellos),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
