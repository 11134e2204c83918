/* A rank that follows: tasks come over the wire, what they say goes over the wire. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "distributed/slots.h"
#include "search/engine_server.h"
#include "study/excerpt.h"

static const double listen_seconds = 0.001;

aann_follow_options aann_follow_options_default(void)
{
    return (aann_follow_options){.slots = 1};
}

/* Two texts, one behind the other, each empty or a path. */
static aann_status set_data(aann_slots *slots, const aann_message *message, aann_error *error)
{
    const char *train = message->content;
    const size_t size = message->size;
    const char *end = size > 0 ? memchr(train, 0, size) : NULL;
    if (end == NULL || train[size - 1] != '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT, "the paths of the data are cut");
    }
    const char *test = end + 1 < train + size ? end + 1 : end;
    return aann_slots_set_data(slots, train[0] != '\0' ? train : NULL,
                               test[0] != '\0' ? test : NULL, message->head.value, error);
}

/* ---- a member together with others ----------------------------------------------------------- */

/* The samples of the family that the team searches, or why there are none. */
typedef struct teammate {
    const aann_wire *wire;
    const aann_follow_options *options;
    const aann_samples *samples;
    aann_error failure;
    const aann_message *first; /* that began the present search; NULL: it was heard */
} teammate;

static aann_status tell(void *context, int32_t rank, const void *bytes, size_t size,
                        aann_error *error)
{
    const teammate *mate = context;
    const aann_message_head head = {.kind = AANN_MESSAGE_SHARED};
    return aann_message_send(mate->wire, rank, &head, bytes, size, error);
}

static aann_status hear(void *context, int32_t rank, void **bytes, size_t *size, aann_error *error)
{
    teammate *mate = context;
    if (mate->first == NULL) {
        return aann_message_hear_shared(mate->wire, rank, bytes, size, error);
    }
    *size = mate->first->size;
    *bytes = aann_allocate(*size, 1);
    if (*bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a message");
    }
    memcpy(*bytes, mate->first->content, *size);
    mate->first = NULL;
    return AANN_OK;
}

/* The data of the excerpt's family. */
static void join_team(teammate *mate, aann_slots *slots, const aann_message *message)
{
    aann_study *excerpt = NULL;
    aann_family_row *families = NULL;
    size_t count = 0;
    const aann_family_data *data = NULL;
    aann_error *error = &mate->failure;
    aann_status status = aann_study_image_open(message->content, message->size, &excerpt, error);
    if (status == AANN_OK) {
        status = aann_study_families(excerpt, &families, &count, error);
    }
    if (status == AANN_OK && count != 1) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "a team without its family");
    }
    if (status == AANN_OK) {
        status = aann_slots_data(slots, &families[0], &data, error);
    }
    mate->samples = status == AANN_OK ? aann_family_data_train(data) : NULL;
    mate->failure.status = status;
    aann_family_rows_destroy(families, count);
    aann_study_close(excerpt);
}

static aann_status serve(teammate *mate, const aann_message *message, aann_error *error)
{
    const aann_team team = {.context = mate, .count = 2, .tell = tell, .hear = hear};
    mate->first = message;
    if (mate->samples == NULL && mate->failure.status == AANN_OK) {
        (void)aann_fail(&mate->failure, AANN_ERROR_FORMAT, "a search before its family");
    }
    const int32_t threads =
        mate->options->threads > 0 ? mate->options->threads : aann_processor_count();
    return aann_engine_serve(&team, mate->samples, mate->samples == NULL ? &mate->failure : NULL,
                             threads, mate->options->isa, error);
}

/* ---- messages -------------------------------------------------------------------------------- */

static aann_status obey(aann_slots *slots, teammate *mate, const aann_message *message, bool *ends,
                        aann_error *error)
{
    switch ((aann_message_kind)message->head.kind) {
    case AANN_MESSAGE_TASK:
        return aann_slots_add(slots, message->head.task, (aann_task_kind)message->head.value,
                              message->content, message->size, NULL, error);
    case AANN_MESSAGE_DATA: return set_data(slots, message, error);
    case AANN_MESSAGE_TEAM: join_team(mate, slots, message); return AANN_OK;
    case AANN_MESSAGE_SHARED: return serve(mate, message, error);
    case AANN_MESSAGE_STOP: aann_slots_stop(slots); return AANN_OK;
    case AANN_MESSAGE_END: *ends = true; return AANN_OK;
    default:
        return aann_fail(error, AANN_ERROR_VERSION, "rank 0 says %lld, which nobody here knows",
                         (long long)message->head.kind);
    }
}

/* Everything that has come. */
static aann_status take_messages(aann_slots *slots, teammate *mate, bool *ends, aann_error *error)
{
    for (;;) {
        aann_message message;
        aann_status status = aann_message_receive(mate->wire, false, &message, error);
        if (status != AANN_OK || message.bytes == NULL) {
            return status;
        }
        status = obey(slots, mate, &message, ends, error);
        aann_free(message.bytes);
        if (status != AANN_OK || *ends) {
            return status;
        }
    }
}

/* Everything that tasks have said; waits a moment for the first. */
static aann_status pass_on(const aann_wire *wire, aann_slots *slots, aann_error *error)
{
    aann_said *said = aann_slots_listen(slots, listen_seconds);
    while (said != NULL) {
        const aann_status status =
            aann_message_send(wire, 0, &said->head, said->content, said->size, error);
        free(said);
        if (status != AANN_OK) {
            return status;
        }
        said = aann_slots_listen(slots, 0.0);
    }
    return AANN_OK;
}

aann_status aann_ranks_follow(const aann_wire *wire, const aann_follow_options *options,
                              aann_error *error)
{
    aann_slots *slots = NULL;
    aann_status status =
        aann_slots_create(options->slots, options->threads, options->isa, &slots, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_hello hello = aann_hello_make();
    const aann_message_head head = {.kind = AANN_MESSAGE_HELLO, .value = options->slots};
    status = aann_message_send(wire, 0, &head, &hello, sizeof hello, error);
    teammate mate = {.wire = wire, .options = options};
    bool ends = false;
    while (status == AANN_OK && !ends) {
        status = take_messages(slots, &mate, &ends, error);
        if (status == AANN_OK && !ends) {
            status = pass_on(wire, slots, error);
        }
    }
    aann_slots_destroy(slots);
    return status;
}
