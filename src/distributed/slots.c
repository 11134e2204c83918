/* A few threads take one task after the other from a queue, and put what they have to say into
 * another. The thread that owns the slots alone talks to other ranks.
 *
 * Data sets are loaded once for each family, by the first task that needs one; the others wait. */
#include "distributed/slots.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/task_do.h"

typedef struct waiting_task {
    struct waiting_task *next;
    uint64_t number;
    aann_task_kind kind;
    const aann_family_data *data;
    size_t size;
    uint8_t bytes[];
} waiting_task;

/* Data that were loaded for a family. */
typedef struct loaded_data {
    struct loaded_data *next;
    char *description; /* aann_family_row.data */
    aann_family_data *data;
} loaded_data;

struct aann_slots {
    int32_t count; /* of threads that have started */
    int32_t threads;
    char *isa;
    pthread_t *handles; /* [count] */
    pthread_mutex_t mutex;
    pthread_cond_t added;
    pthread_cond_t said;
    waiting_task *first;
    waiting_task *last;
    aann_said *first_said;
    aann_said *last_said;
    bool ends;
    atomic_bool stop;
    /* Data sets. */
    pthread_mutex_t data_mutex;
    loaded_data *loaded;
    char *train;
    char *test;
    int64_t limit;
};

/* A task that runs. */
typedef struct running_task {
    aann_slots *slots;
    const waiting_task *task;
} running_task;

/* ---- what tasks say -------------------------------------------------------------------------- */

/* Without memory for it a report is lost, or a checkpoint, which the next one makes good. The end of
 * a task needs no memory that was not there before; see run_task. */
static aann_said *make_said(int64_t kind, uint64_t number, int64_t value, size_t size)
{
    aann_said *said = aann_allocate_zeroed(sizeof *said + size, 1);
    if (said != NULL) {
        said->head = (aann_message_head){.kind = kind, .task = number, .value = value};
        said->size = size;
    }
    return said;
}

static void say(aann_slots *slots, aann_said *said)
{
    pthread_mutex_lock(&slots->mutex);
    if (slots->last_said != NULL) {
        slots->last_said->next = said;
    } else {
        slots->first_said = said;
    }
    slots->last_said = said;
    pthread_cond_signal(&slots->said);
    pthread_mutex_unlock(&slots->mutex);
}

static void send_part(void *context, const void *bytes, size_t size)
{
    const running_task *running = context;
    aann_said *said = make_said(AANN_MESSAGE_PART, running->task->number, 0, size);
    if (said != NULL) {
        memcpy(said->content, bytes, size);
        say(running->slots, said);
    }
}

static void send_report(void *context, const aann_member_report *report)
{
    const running_task *running = context;
    aann_said *said = make_said(AANN_MESSAGE_REPORT, running->task->number, 0, sizeof *report);
    if (said != NULL) {
        memcpy(said->content, report, sizeof *report);
        say(running->slots, said);
    }
}

static bool is_interrupted(void *context)
{
    const running_task *running = context;
    return atomic_load_explicit(&running->slots->stop, memory_order_relaxed);
}

/* ---- data ------------------------------------------------------------------------------------ */

static aann_status load_data(aann_slots *slots, const aann_family_row *family,
                             const aann_family_data **data, aann_error *error)
{
    for (const loaded_data *one = slots->loaded; one != NULL; one = one->next) {
        if (strcmp(one->description, family->data) == 0) {
            *data = one->data;
            return AANN_OK;
        }
    }
    loaded_data *one = aann_allocate_zeroed(1, sizeof *one);
    const size_t size = strlen(family->data) + 1;
    char *description = aann_allocate(size, 1);
    aann_status status = one != NULL && description != NULL
                             ? aann_family_data_reload_within(family, slots->train, slots->test,
                                                              slots->limit, &one->data, error)
                             : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for data");
    if (status != AANN_OK) {
        free(one);
        free(description);
        return status;
    }
    memcpy(description, family->data, size);
    one->description = description;
    one->next = slots->loaded;
    slots->loaded = one;
    *data = one->data;
    return AANN_OK;
}

aann_status aann_slots_data(aann_slots *slots, const aann_family_row *family,
                            const aann_family_data **data, aann_error *error)
{
    pthread_mutex_lock(&slots->data_mutex);
    const aann_status status = load_data(slots, family, data, error);
    pthread_mutex_unlock(&slots->data_mutex);
    return status;
}

static aann_status find_data(void *context, const aann_family_row *family,
                             const aann_family_data **data, aann_error *error)
{
    const running_task *running = context;
    if (running->task->data != NULL) {
        *data = running->task->data;
        return AANN_OK;
    }
    return aann_slots_data(running->slots, family, data, error);
}

static aann_status copy_text(const char *text, char **copy, aann_error *error)
{
    char *made = NULL;
    if (text != NULL) {
        const size_t size = strlen(text) + 1;
        made = aann_allocate(size, 1);
        if (made == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the path of data");
        }
        memcpy(made, text, size);
    }
    free(*copy);
    *copy = made;
    return AANN_OK;
}

aann_status aann_slots_set_data(aann_slots *slots, const char *train, const char *test,
                                int64_t limit, aann_error *error)
{
    pthread_mutex_lock(&slots->data_mutex);
    slots->limit = limit;
    aann_status status = copy_text(train, &slots->train, error);
    if (status == AANN_OK) {
        status = copy_text(test, &slots->test, error);
    }
    pthread_mutex_unlock(&slots->data_mutex);
    return status;
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static void run_task(aann_slots *slots, const waiting_task *task, aann_said *done)
{
    running_task running = {slots, task};
    const aann_task_run run = {.kind = task->kind,
                               .bytes = task->bytes,
                               .size = task->size,
                               .threads = slots->threads,
                               .isa = slots->isa,
                               .context = &running,
                               .data = find_data,
                               .send = send_part,
                               .report = send_report,
                               .interrupted = is_interrupted};
    aann_error error = {.message = ""};
    const aann_status status =
        is_interrupted(&running) ? AANN_INTERRUPTED : aann_task_do(&run, &error);
    done->head.value = status;
    if (status != AANN_OK && status != AANN_INTERRUPTED) {
        memcpy(done->content, error.message, sizeof error.message);
    }
    say(slots, done);
}

static waiting_task *next_task(aann_slots *slots)
{
    pthread_mutex_lock(&slots->mutex);
    while (slots->first == NULL && !slots->ends) {
        pthread_cond_wait(&slots->added, &slots->mutex);
    }
    waiting_task *task = slots->first;
    if (task != NULL) {
        slots->first = task->next;
        slots->last = slots->first == NULL ? NULL : slots->last;
    }
    pthread_mutex_unlock(&slots->mutex);
    return task;
}

static void *slot_main(void *context)
{
    aann_slots *slots = context;
    for (waiting_task *task = next_task(slots); task != NULL; task = next_task(slots)) {
        aann_said *done = NULL;
        while (done == NULL) { /* a task that never ends would be worse than one that waits */
            done = make_said(AANN_MESSAGE_DONE, task->number, 0, AANN_MESSAGE_SIZE);
        }
        run_task(slots, task, done);
        free(task);
    }
    return NULL;
}

aann_status aann_slots_add(aann_slots *slots, uint64_t number, aann_task_kind kind,
                           const void *bytes, size_t size, const aann_family_data *data,
                           aann_error *error)
{
    waiting_task *task = aann_allocate_zeroed(sizeof *task + size, 1);
    if (task == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a task");
    }
    task->number = number;
    task->kind = kind;
    task->data = data;
    task->size = size;
    memcpy(task->bytes, bytes, size);
    pthread_mutex_lock(&slots->mutex);
    atomic_store(&slots->stop, false);
    if (slots->last != NULL) {
        slots->last->next = task;
    } else {
        slots->first = task;
    }
    slots->last = task;
    pthread_cond_signal(&slots->added);
    pthread_mutex_unlock(&slots->mutex);
    return AANN_OK;
}

void aann_slots_stop(aann_slots *slots)
{
    atomic_store(&slots->stop, true);
}

aann_said *aann_slots_listen(aann_slots *slots, double seconds)
{
    pthread_mutex_lock(&slots->mutex);
    if (slots->first_said == NULL && seconds > 0.0) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += (long)ceil(seconds * 1e9);
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&slots->said, &slots->mutex, &until);
    }
    aann_said *said = slots->first_said;
    if (said != NULL) {
        slots->first_said = said->next;
        slots->last_said = slots->first_said == NULL ? NULL : slots->last_said;
    }
    pthread_mutex_unlock(&slots->mutex);
    return said;
}

/* ---- their life ------------------------------------------------------------------------------ */

static aann_status start(aann_slots *slots, int32_t count, const char *isa, aann_error *error)
{
    aann_status status = copy_text(isa, &slots->isa, error);
    slots->handles = aann_allocate_zeroed((size_t)count, sizeof *slots->handles);
    if (status == AANN_OK && slots->handles == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d tasks", count);
    }
    while (status == AANN_OK && slots->count < count) {
        const int reason = pthread_create(&slots->handles[slots->count], NULL, slot_main, slots);
        if (reason != 0) {
            status = aann_fail(error, AANN_ERROR_IO, "cannot start a thread: %s", strerror(reason));
        }
        slots->count += reason == 0;
    }
    return status;
}

aann_status aann_slots_create(int32_t count, int32_t threads, const char *isa, aann_slots **result,
                              aann_error *error)
{
    *result = NULL;
    if (count < 1 || count > 1024 || threads < 0 || threads > 1024) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%d tasks at a time on %d threads: expected 1 to 1024", count, threads);
    }
    aann_slots *slots = aann_allocate_zeroed(1, sizeof *slots);
    if (slots == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d tasks", count);
    }
    const int32_t all = threads > 0 ? threads : aann_processor_count();
    slots->threads = all / count > 0 ? all / count : 1;
    pthread_mutex_init(&slots->mutex, NULL);
    pthread_mutex_init(&slots->data_mutex, NULL);
    pthread_cond_init(&slots->added, NULL);
    pthread_cond_init(&slots->said, NULL);
    const aann_status status = start(slots, count, isa, error);
    if (status != AANN_OK) {
        aann_slots_destroy(slots);
        return status;
    }
    *result = slots;
    return AANN_OK;
}

static void drop_data(aann_slots *slots)
{
    while (slots->loaded != NULL) {
        loaded_data *one = slots->loaded;
        slots->loaded = one->next;
        aann_family_data_destroy(one->data);
        free(one->description);
        free(one);
    }
}

void aann_slots_destroy(aann_slots *slots)
{
    if (slots == NULL) {
        return;
    }
    aann_slots_stop(slots);
    pthread_mutex_lock(&slots->mutex);
    slots->ends = true;
    pthread_cond_broadcast(&slots->added);
    pthread_mutex_unlock(&slots->mutex);
    for (int32_t i = 0; i < slots->count; i++) {
        pthread_join(slots->handles[i], NULL);
    }
    for (aann_said *said = aann_slots_listen(slots, 0.0); said != NULL;
         said = aann_slots_listen(slots, 0.0)) {
        free(said);
    }
    drop_data(slots);
    pthread_cond_destroy(&slots->said);
    pthread_cond_destroy(&slots->added);
    pthread_mutex_destroy(&slots->data_mutex);
    pthread_mutex_destroy(&slots->mutex);
    free(slots->handles);
    free(slots->isa);
    free(slots->train);
    free(slots->test);
    free(slots);
}
