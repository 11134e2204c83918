/* A rank that follows: tasks come over the wire, what they say goes over the wire. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "distributed/slots.h"

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

static aann_status obey(aann_slots *slots, const aann_message *message, bool *ends,
                        aann_error *error)
{
    switch ((aann_message_kind)message->head.kind) {
    case AANN_MESSAGE_TASK:
        return aann_slots_add(slots, message->head.task, (aann_task_kind)message->head.value,
                              message->content, message->size, NULL, error);
    case AANN_MESSAGE_DATA: return set_data(slots, message, error);
    case AANN_MESSAGE_STOP: aann_slots_stop(slots); return AANN_OK;
    case AANN_MESSAGE_END: *ends = true; return AANN_OK;
    default:
        return aann_fail(error, AANN_ERROR_VERSION, "rank 0 says %lld, which nobody here knows",
                         (long long)message->head.kind);
    }
}

/* Everything that has come. */
static aann_status hear(const aann_wire *wire, aann_slots *slots, bool *ends, aann_error *error)
{
    for (;;) {
        aann_message message;
        aann_status status = aann_message_receive(wire, false, &message, error);
        if (status != AANN_OK || message.bytes == NULL) {
            return status;
        }
        status = obey(slots, &message, ends, error);
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
    bool ends = false;
    while (status == AANN_OK && !ends) {
        status = hear(wire, slots, &ends, error);
        if (status == AANN_OK && !ends) {
            status = pass_on(wire, slots, error);
        }
    }
    aann_slots_destroy(slots);
    return status;
}
