/* What the tests of ranks share: processes that are connected by socket pairs, and data that they all
 * load. */
#ifndef AANN_TESTS_RANKS_TEST_H
#define AANN_TESTS_RANKS_TEST_H

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aann/family.h"
#include "aann/ranks.h"
#include "core/error.h"
#include "core/memory.h"
#include "support/networks.h"

enum { RANKS_LIMIT = 5 };

/* A checkpoint evaluates the network: under sanitizers one after each hundredth of a second would be
 * most of the work. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

static inline double checkpoint_seconds(void)
{
    return sanitized ? 0.3 : 0.01;
}

/* ---- a wire of socket pairs ------------------------------------------------------------------ */

typedef struct sockets {
    int32_t count;
    int ends[RANKS_LIMIT]; /* of rank 0: one for each other; of another: [0] */
} sockets;

static inline bool transfer(int end, void *bytes, size_t size, bool writes)
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

static inline aann_status send_bytes(void *context, int32_t to, const void *bytes, size_t size,
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

static inline aann_status receive_bytes(void *context, int32_t *from, bool wait, void **bytes,
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

static inline aann_wire wire_of(sockets *s, int32_t rank, int32_t count)
{
    return (aann_wire){s, rank, count, send_bytes, receive_bytes};
}

/* Starts ranks 1 .. count - 1, each with two slots, before this process has threads. */
static inline void start_followers(int32_t count, sockets *leader, pid_t *pids)
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

static inline void end_followers(int32_t count, sockets *leader, const pid_t *pids)
{
    for (int32_t rank = 1; rank < count; rank++) {
        int status = -1;
        assert_int_equal(waitpid(pids[rank], &status, 0), pids[rank]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        close(leader->ends[rank]);
    }
}

/* Real images, which every process loads. */
static inline aann_family_data *load(void)
{
    aann_error error;
    aann_family_data *data = NULL;
    aann_family_source source = aann_family_source_default();
    source.train = AANN_SOURCE_DIR "/tests/fixtures/mnist/train-images-idx3-ubyte.gz";
    assert_ok(aann_family_data_load(&source, &data, &error));
    return data;
}

/* How long the leader lets them work before it stops, and the tasks that others had. */
typedef struct patience {
    int32_t looks_left; /* negative: for ever */
} patience;

static inline bool stops(void *context)
{
    patience *p = context;
    return p->looks_left >= 0 && p->looks_left-- == 0;
}

#endif
