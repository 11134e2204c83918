/* Status codes and error messages: how every aann function reports failure.
 *
 * The library never exits, prints or aborts. A function that can fail returns an aann_status and
 * takes an aann_error as its last argument, which may be NULL. On failure the message is one line
 * that says what is wrong, where, and what was expected. */
#ifndef AANN_STATUS_H
#define AANN_STATUS_H

#include <stdint.h>

#include "aann/export.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aann_status {
    AANN_OK = 0,
    AANN_ERROR_ARGUMENT, /* the caller asked for something that makes no sense (option, spec, range) */
    AANN_ERROR_FORMAT,    /* a file's content is not what its format promises */
    AANN_ERROR_IO,        /* the operating system refused: missing file, full disk, no permission */
    AANN_ERROR_MEMORY,    /* out of memory, or a size that does not fit size_t */
    AANN_ERROR_LOCKED,    /* somebody else is writing this study */
    AANN_ERROR_VERSION,   /* written by a newer version of aann */
    AANN_ERROR_NOT_FOUND, /* no such member, layer, data set */
    AANN_INTERRUPTED      /* no error, and no message: stopped before the end, and can go on */
} aann_status;

enum { AANN_MESSAGE_SIZE = 512 };

/* Filled in on failure only; always ends in NUL. */
typedef struct aann_error {
    aann_status status;
    char message[AANN_MESSAGE_SIZE];
} aann_error;

/* A short constant name of the status, for logs: "ok", "argument", "format", ... Never NULL. */
AANN_API const char *aann_status_name(aann_status status);

/* Frees flat memory that the library handed out (texts, arrays of plain values). NULL is allowed.
 * What has a _destroy function of its own goes there instead. Memory belongs to the library's C
 * runtime, so free() is not a substitute everywhere. */
AANN_API void aann_free(void *memory);

/* How many processors this process may use, at least 1: those that taskset or an affinity mask left
 * to it. It is what "threads: as many as there are" means everywhere. Thread-safe. */
AANN_API int32_t aann_processor_count(void);

#ifdef __cplusplus
}
#endif

#endif
