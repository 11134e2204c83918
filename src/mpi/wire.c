/* Messages are sent without waiting and kept until MPI has delivered them: two ranks that send each
 * other large messages at the same time would otherwise wait for each other. */
#include "mpi/wire.h"

/* The analyser looks for the end of a request in the function that began it. */
/* NOLINTBEGIN(clang-analyzer-optin.mpi.MPI-Checker) */

#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <mpi.h>

#include "cli/shared/message.h"

enum { TAG = 1 };

/* A message on its way. */
typedef struct outgoing {
    struct outgoing *next;
    MPI_Request request;
    unsigned char bytes[];
} outgoing;

struct aann_mpi_wire {
    MPI_Comm world; /* a copy: no other's messages */
    int rank;
    int count;
    outgoing *sent;
};

static aann_status check(int code, const char *what, aann_error *error)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    if (code == MPI_SUCCESS) {
        return AANN_OK;
    }
    MPI_Error_string(code, text, &length);
    return cli_set_error(error, AANN_ERROR_IO, "MPI: %s: %.200s", what, text);
}

/* Frees what has arrived. */
static void clean(aann_mpi_wire *wire)
{
    for (outgoing **place = &wire->sent; *place != NULL;) {
        outgoing *message = *place;
        int arrived = 0;
        MPI_Test(&message->request, &arrived, MPI_STATUS_IGNORE);
        if (arrived) {
            *place = message->next;
            free(message);
        } else {
            place = &message->next;
        }
    }
}

static aann_status send(void *context, int32_t to, const void *bytes, size_t size,
                        aann_error *error)
{
    aann_mpi_wire *wire = context;
    outgoing *message = malloc(sizeof *message + size);
    clean(wire);
    if (message == NULL || size > INT_MAX) {
        free(message);
        return cli_set_error(error, AANN_ERROR_MEMORY, "a message of %zu bytes is too large", size);
    }
    memcpy(message->bytes, bytes, size);
    const int code = MPI_Isend(message->bytes, (int)size, MPI_BYTE, (int)to, TAG, wire->world,
                               &message->request);
    if (code != MPI_SUCCESS) {
        free(message);
        return check(code, "a message cannot be sent", error);
    }
    message->next = wire->sent;
    wire->sent = message;
    return AANN_OK;
}

/* MPI_Mprobe waits by looking, without a pause: where there are more ranks than cores, who waits keeps
 * those from working that it waits for. */
static int look(int source, bool wait, MPI_Comm world, int *there, MPI_Message *message,
                MPI_Status *status)
{
    int code = MPI_Improbe(source, TAG, world, there, message, status);
    while (code == MPI_SUCCESS && wait && !*there) {
        sched_yield();
        code = MPI_Improbe(source, TAG, world, there, message, status);
    }
    return code;
}

static aann_status receive(void *context, int32_t *from, bool wait, void **bytes, size_t *size,
                           aann_error *error)
{
    aann_mpi_wire *wire = context;
    const int source = *from < 0 ? MPI_ANY_SOURCE : (int)*from;
    MPI_Message message;
    MPI_Status status;
    int there = 0;
    int length = 0;
    *bytes = NULL;
    *size = 0;
    clean(wire);
    const int code = look(source, wait, wire->world, &there, &message, &status);
    if (code != MPI_SUCCESS || !there) {
        return check(code, "no message can be received", error);
    }
    MPI_Get_count(&status, MPI_BYTE, &length);
    void *received = malloc(length > 0 ? (size_t)length : 1);
    if (received == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a message of %d bytes",
                             length);
    }
    const aann_status done =
        check(MPI_Mrecv(received, length, MPI_BYTE, &message, MPI_STATUS_IGNORE),
              "a message cannot be received", error);
    if (done != AANN_OK) {
        free(received);
        return done;
    }
    *from = status.MPI_SOURCE;
    *bytes = received;
    *size = (size_t)length;
    return AANN_OK;
}

aann_status aann_mpi_wire_create(aann_mpi_wire **result, aann_error *error)
{
    aann_mpi_wire *wire = calloc(1, sizeof *wire);
    *result = wire;
    if (wire == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for MPI");
    }
    aann_status status =
        check(MPI_Comm_dup(MPI_COMM_WORLD, &wire->world), "no communicator", error);
    if (status == AANN_OK) {
        MPI_Comm_set_errhandler(wire->world, MPI_ERRORS_RETURN);
        MPI_Comm_rank(wire->world, &wire->rank);
        MPI_Comm_size(wire->world, &wire->count);
        return AANN_OK;
    }
    free(wire);
    *result = NULL;
    return status;
}

void aann_mpi_wire_destroy(aann_mpi_wire *wire)
{
    if (wire == NULL) {
        return;
    }
    while (wire->sent != NULL) {
        outgoing *message = wire->sent;
        wire->sent = message->next;
        MPI_Wait(&message->request, MPI_STATUS_IGNORE);
        free(message);
    }
    MPI_Comm_free(&wire->world);
    free(wire);
}

aann_wire aann_mpi_wire_view(aann_mpi_wire *wire)
{
    return (aann_wire){.context = wire,
                       .rank = wire->rank,
                       .count = wire->count,
                       .send = send,
                       .receive = receive};
}

/* NOLINTEND(clang-analyzer-optin.mpi.MPI-Checker) */
