/* Rank 0: who is free, who has which task, and what they say about it.
 *
 * As long as there are plenty, every rank has one task more than it can run, so that it never waits
 * for the next one. Near the end that would leave a task waiting behind a long one while another
 * rank has nothing to do; so the last tasks go only to those who begin at once. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "distributed/slots.h"
#include "family/task_drive.h"
#include "search/team.h"

typedef struct follower {
    int32_t slots; /* 0: it has not said hello */
    int32_t tasks; /* that it has */
} follower;

/* A task that was given. */
typedef struct given_task {
    uint64_t number; /* 0: this place is free */
    int32_t rank;
    aann_task *task;
} given_task;

static const double wait_seconds = 0.01;

struct aann_ranks {
    aann_wire wire;
    aann_hands hands;
    aann_team team;
    aann_slots *slots; /* its own */
    int32_t slot_count;
    follower *followers; /* [wire.count]; number 0 is this process */
    given_task *given;   /* [given_room] */
    size_t given_room;
    uint64_t last_number;
};

/* ---- who is free ----------------------------------------------------------------------------- */

/* The rank with the smallest share of its slots in use; -1 if none is free. The process itself runs
 * members in its scheduler, not here. */
static int32_t free_rank(const aann_ranks *ranks, aann_task_kind kind, size_t left)
{
    int32_t best = -1;
    double best_load = 0.0;
    const int32_t ahead = left > ranks->given_room ? 1 : 0;
    for (int32_t rank = kind == AANN_TASK_MEMBER ? 1 : 0; rank < ranks->wire.count; rank++) {
        const follower *one = &ranks->followers[rank];
        const double load = one->slots > 0 ? (double)one->tasks / one->slots : 2.0;
        if (one->tasks < one->slots + ahead && one->slots > 0 && (best < 0 || load < best_load)) {
            best = rank;
            best_load = load;
        }
    }
    return best;
}

static bool is_free(void *context, aann_task_kind kind, size_t left)
{
    return free_rank(context, kind, left) >= 0;
}

/* ---- giving ---------------------------------------------------------------------------------- */

static given_task *find_given(aann_ranks *ranks, uint64_t number)
{
    for (size_t i = 0; i < ranks->given_room; i++) {
        if (ranks->given[i].number == number) {
            return &ranks->given[i];
        }
    }
    return NULL;
}

static aann_status give(void *context, aann_task *task, aann_error *error)
{
    aann_ranks *ranks = context;
    const int32_t rank = free_rank(ranks, task->kind, SIZE_MAX);
    given_task *place = find_given(ranks, 0);
    void *bytes = NULL;
    size_t size = 0;
    if (rank < 0 || place == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "a task is given, but no rank is free");
    }
    aann_status status = task->pack(task->context, &bytes, &size, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_message_head head = {
        .kind = AANN_MESSAGE_TASK, .task = ranks->last_number + 1, .value = task->kind};
    status = rank == 0 ? aann_slots_add(ranks->slots, head.task, task->kind, bytes, size,
                                        task->data, error)
                       : aann_message_send(&ranks->wire, rank, &head, bytes, size, error);
    free(bytes);
    if (status == AANN_OK) {
        ranks->last_number++;
        *place = (given_task){head.task, rank, task};
        ranks->followers[rank].tasks++;
    }
    return status;
}

static void stop(void *context)
{
    aann_ranks *ranks = context;
    const aann_message_head head = {.kind = AANN_MESSAGE_STOP};
    aann_slots_stop(ranks->slots);
    for (int32_t rank = 1; rank < ranks->wire.count; rank++) {
        (void)aann_message_send(&ranks->wire, rank, &head, NULL, 0, NULL);
    }
}

/* ---- taking ---------------------------------------------------------------------------------- */

static void end_task(aann_ranks *ranks, given_task *given, int64_t status, const void *text,
                     size_t size)
{
    aann_task *task = given->task;
    if (task->status == AANN_OK) { /* what came was taken */
        task->status = (aann_status)status;
        task->error.status = task->status;
        const size_t length =
            size < sizeof task->error.message ? size : sizeof task->error.message - 1;
        memcpy(task->error.message, text, length);
        task->error.message[length] = '\0';
        if (status != AANN_OK && status != AANN_INTERRUPTED && given->rank > 0) {
            aann_fail_prefix(&task->error, task->status, "rank %d", given->rank);
        }
    }
    task->ended = true;
    ranks->followers[given->rank].tasks--;
    *given = (given_task){0};
}

static aann_status deliver(aann_ranks *ranks, int32_t rank, const aann_message_head *head,
                           const void *content, size_t size, aann_error *error)
{
    given_task *given = head->task != 0 ? find_given(ranks, head->task) : NULL;
    if (given == NULL || given->rank != rank) {
        return aann_fail(error, AANN_ERROR_FORMAT, "rank %d says %lld of a task that it has not",
                         rank, (long long)head->kind);
    }
    aann_task *task = given->task;
    if (head->kind == AANN_MESSAGE_REPORT && size == sizeof(aann_member_report)) {
        aann_member_report report;
        memcpy(&report, content, sizeof report);
        if (task->report != NULL) {
            task->report(task->context, &report);
        }
    } else if (head->kind == AANN_MESSAGE_PART) {
        if (task->status == AANN_OK) {
            task->status = task->take(task->context, content, size, &task->error);
        }
    } else if (head->kind == AANN_MESSAGE_DONE) {
        end_task(ranks, given, head->value, content, size);
    } else {
        return aann_fail(error, AANN_ERROR_VERSION, "rank %d says %lld, which nobody here knows",
                         rank, (long long)head->kind);
    }
    return AANN_OK;
}

/* What the own slots have said. */
static aann_status look_here(aann_ranks *ranks, double seconds, aann_error *error)
{
    aann_status status = AANN_OK;
    aann_said *said = aann_slots_listen(ranks->slots, seconds);
    while (said != NULL) {
        status = deliver(ranks, 0, &said->head, said->content, said->size, error);
        free(said);
        said = status == AANN_OK ? aann_slots_listen(ranks->slots, 0.0) : NULL;
    }
    return status;
}

/* What has come over the wire. */
static aann_status look_there(aann_ranks *ranks, aann_error *error)
{
    for (;;) {
        aann_message message;
        aann_status status = aann_message_receive(&ranks->wire, false, &message, error);
        if (status != AANN_OK || message.bytes == NULL) {
            return status;
        }
        status = deliver(ranks, message.rank, &message.head, message.content, message.size, error);
        aann_free(message.bytes);
        if (status != AANN_OK) {
            return status;
        }
    }
}

/* Ends all tasks with a failure of the wire: those of the own slots when they have stopped, since
 * they work with what belongs to the caller; those of other ranks are forgotten. */
static void give_up(aann_ranks *ranks, const aann_error *failure)
{
    aann_error ignored;
    stop(ranks);
    while (ranks->followers[0].tasks > 0) {
        (void)look_here(ranks, wait_seconds, &ignored);
    }
    for (size_t i = 0; i < ranks->given_room; i++) {
        given_task *given = &ranks->given[i];
        if (given->number != 0) {
            end_task(ranks, given, failure->status, failure->message, strlen(failure->message));
        }
    }
}

static aann_status look(void *context, aann_error *error)
{
    aann_ranks *ranks = context;
    aann_error failure = {.message = ""};
    aann_status status = look_here(ranks, 0.0, &failure);
    if (status == AANN_OK) {
        status = look_there(ranks, &failure);
    }
    if (status != AANN_OK) {
        failure.status = status;
        give_up(ranks, &failure);
        if (error != NULL) {
            *error = failure;
        }
    }
    return status;
}

/* ---- one member together --------------------------------------------------------------------- */

static aann_status tell(void *context, int32_t rank, const void *bytes, size_t size,
                        aann_error *error)
{
    const aann_ranks *ranks = context;
    const aann_message_head head = {.kind = AANN_MESSAGE_SHARED};
    return aann_message_send(&ranks->wire, rank, &head, bytes, size, error);
}

static aann_status hear(void *context, int32_t rank, void **bytes, size_t *size, aann_error *error)
{
    const aann_ranks *ranks = context;
    return aann_message_hear_shared(&ranks->wire, rank, bytes, size, error);
}

static aann_status open_team(void *context, const void *bytes, size_t size, aann_error *error)
{
    const aann_ranks *ranks = context;
    const aann_message_head head = {.kind = AANN_MESSAGE_TEAM};
    aann_status status = AANN_OK;
    for (int32_t rank = 1; status == AANN_OK && rank < ranks->wire.count; rank++) {
        status = aann_message_send(&ranks->wire, rank, &head, bytes, size, error);
    }
    return status;
}

void aann_ranks_search_together(aann_ranks *ranks, bool together)
{
    ranks->hands.team = together && ranks->wire.count > 1 ? &ranks->team : NULL;
}

/* ---- its life -------------------------------------------------------------------------------- */

/* Waits until all others have said hello. */
static aann_status meet(aann_ranks *ranks, aann_error *error)
{
    const aann_hello own = aann_hello_make();
    aann_status status = AANN_OK;
    for (int32_t met = 1; status == AANN_OK && met < ranks->wire.count; met++) {
        aann_message message;
        status = aann_message_receive(&ranks->wire, true, &message, error);
        if (status != AANN_OK) {
            break;
        }
        follower *one = message.rank > 0 && message.rank < ranks->wire.count
                            ? &ranks->followers[message.rank]
                            : NULL;
        if (one == NULL || one->slots != 0 || message.head.kind != AANN_MESSAGE_HELLO ||
            message.head.value < 1 || message.head.value > 1024) {
            status =
                aann_fail(error, AANN_ERROR_FORMAT, "rank %d does not say hello", message.rank);
        } else if (message.size != sizeof own || memcmp(message.content, &own, sizeof own) != 0) {
            status = aann_fail(error, AANN_ERROR_VERSION,
                               "rank %d runs another version of aann: expected %s on all ranks",
                               message.rank, own.version);
        } else {
            one->slots = (int32_t)message.head.value;
        }
        aann_free(message.bytes);
    }
    return status;
}

static aann_status make_room(aann_ranks *ranks, aann_error *error)
{
    for (int32_t rank = 0; rank < ranks->wire.count; rank++) {
        ranks->given_room += (size_t)ranks->followers[rank].slots + 1;
    }
    ranks->given = aann_allocate_zeroed(ranks->given_room, sizeof *ranks->given);
    return ranks->given != NULL ? AANN_OK
                                : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for tasks");
}

aann_status aann_ranks_create(const aann_wire *wire, int32_t slots, int32_t threads,
                              aann_ranks **result, aann_error *error)
{
    *result = NULL;
    if (wire->rank != 0 || wire->count < 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "rank %d of %d cannot lead: expected rank 0",
                         wire->rank, wire->count);
    }
    aann_ranks *ranks = aann_allocate_zeroed(1, sizeof *ranks);
    if (ranks == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for ranks");
    }
    ranks->wire = *wire;
    ranks->hands = (aann_hands){
        .context = ranks, .is_free = is_free, .give = give, .look = look, .stop = stop};
    ranks->hands.open_team = open_team;
    ranks->team = (aann_team){.context = ranks, .count = wire->count, .tell = tell, .hear = hear};
    ranks->followers = aann_allocate_zeroed((size_t)wire->count, sizeof *ranks->followers);
    aann_status status =
        ranks->followers != NULL
            ? aann_slots_create(slots, threads, NULL, &ranks->slots, error)
            : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d ranks", wire->count);
    if (status == AANN_OK) {
        ranks->followers[0].slots = slots;
        status = meet(ranks, error);
    }
    if (status == AANN_OK) {
        status = make_room(ranks, error);
    }
    if (status != AANN_OK) {
        aann_ranks_destroy(ranks);
        return status;
    }
    *result = ranks;
    return AANN_OK;
}

void aann_ranks_destroy(aann_ranks *ranks)
{
    if (ranks == NULL) {
        return;
    }
    const aann_message_head head = {.kind = AANN_MESSAGE_END};
    for (int32_t rank = 1; rank < ranks->wire.count; rank++) {
        (void)aann_message_send(&ranks->wire, rank, &head, NULL, 0, NULL);
    }
    aann_slots_destroy(ranks->slots);
    free(ranks->followers);
    free(ranks->given);
    free(ranks);
}

const struct aann_hands *aann_ranks_hands(const aann_ranks *ranks)
{
    return &ranks->hands;
}

aann_status aann_ranks_set_data(aann_ranks *ranks, const char *train, const char *test,
                                int64_t data_limit, aann_error *error)
{
    const size_t train_size = train != NULL ? strlen(train) + 1 : 1;
    const size_t test_size = test != NULL ? strlen(test) + 1 : 1;
    char *texts = aann_allocate_zeroed(train_size + test_size, 1);
    if (texts == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the paths of data");
    }
    memcpy(texts, train != NULL ? train : "", train_size);
    memcpy(texts + train_size, test != NULL ? test : "", test_size);
    const aann_message_head head = {.kind = AANN_MESSAGE_DATA, .value = data_limit};
    aann_status status = aann_slots_set_data(ranks->slots, train, test, data_limit, error);
    for (int32_t rank = 1; status == AANN_OK && rank < ranks->wire.count; rank++) {
        status = aann_message_send(&ranks->wire, rank, &head, texts, train_size + test_size, error);
    }
    free(texts);
    return status;
}

aann_status aann_ranks_drive_tracks(aann_ranks *ranks, const aann_driver *driver, uint64_t first,
                                    int64_t count, bool (*interrupted)(void *context),
                                    void *context, aann_lap *laps, aann_error *error)
{
    aann_family_work work = aann_family_work_default();
    work.hands = &ranks->hands;
    work.interrupted = interrupted;
    work.context = context;
    return aann_drive_hand_out(driver, first, count, &work, laps, error);
}
