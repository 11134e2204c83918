/* Heads are sent as they lie in memory: ranks that say hello have the same. */
#include "distributed/message.h"

#include <stdlib.h>
#include <string.h>

#include "aann/version.h"
#include "core/error.h"
#include "core/memory.h"

aann_hello aann_hello_make(void)
{
    aann_hello hello = {.sizes = {sizeof(aann_member_report), sizeof(aann_search_options)}};
    strncpy(hello.version, AANN_VERSION, sizeof hello.version - 1);
    return hello;
}

aann_status aann_message_send(const aann_wire *wire, int32_t to, const aann_message_head *head,
                              const void *content, size_t size, aann_error *error)
{
    uint8_t *bytes = aann_allocate(sizeof *head + size, 1);
    if (bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a message");
    }
    memcpy(bytes, head, sizeof *head);
    if (size > 0) {
        memcpy(bytes + sizeof *head, content, size);
    }
    const aann_status status = wire->send(wire->context, to, bytes, sizeof *head + size, error);
    free(bytes);
    return status;
}

/* The next message of message->rank, or of anybody (-1). */
static aann_status receive(const aann_wire *wire, bool wait, aann_message *message,
                           aann_error *error)
{
    size_t size = 0;
    const aann_status status =
        wire->receive(wire->context, &message->rank, wait, &message->bytes, &size, error);
    if (status != AANN_OK || message->bytes == NULL) {
        return status;
    }
    if (size < sizeof message->head) {
        free(message->bytes);
        message->bytes = NULL;
        return aann_fail(error, AANN_ERROR_FORMAT, "rank %d sends %zu bytes, which is no message",
                         message->rank, size);
    }
    memcpy(&message->head, message->bytes, sizeof message->head);
    message->content = (const uint8_t *)message->bytes + sizeof message->head;
    message->size = size - sizeof message->head;
    return AANN_OK;
}

aann_status aann_message_receive(const aann_wire *wire, bool wait, aann_message *message,
                                 aann_error *error)
{
    *message = (aann_message){.rank = -1};
    return receive(wire, wait, message, error);
}

aann_status aann_message_hear_shared(const aann_wire *wire, int32_t rank, void **bytes,
                                     size_t *size, aann_error *error)
{
    aann_message message = {.rank = rank};
    *bytes = NULL;
    *size = 0;
    const aann_status status = receive(wire, true, &message, error);
    if (status != AANN_OK) {
        return status;
    }
    if (message.bytes == NULL || message.head.kind != AANN_MESSAGE_SHARED) {
        free(message.bytes);
        return aann_fail(error, AANN_ERROR_IO, "rank %d has left the search", rank);
    }
    memmove(message.bytes, message.content, message.size); /* the head is no longer needed */
    *bytes = message.bytes;
    *size = message.size;
    return AANN_OK;
}
