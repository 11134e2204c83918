/* Status codes and error messages: how every aann function reports failure.
 *
 * The library never exits, prints or aborts. A function that can fail returns an aann_status and
 * takes an aann_error as its last argument, which may be NULL. On failure the message is one line
 * that says what is wrong, where, and what was expected. */
#ifndef AANN_STATUS_H
#define AANN_STATUS_H

#include <stdint.h>

#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aann_status {
    AANN_OK = 0,

    /* an argument is wrong: an option, a spec, a value out of range */
    AANN_ERROR_ARGUMENT,

    /* content is not what its format requires: a damaged or hostile file, a wrong value */
    AANN_ERROR_FORMAT,

    /* the operating system refused: missing file, full disk, no permission */
    AANN_ERROR_IO,

    /* out of memory, or a size that does not fit size_t */
    AANN_ERROR_MEMORY,

    /* another process or handle is writing this study */
    AANN_ERROR_LOCKED,

    /* written by another version of aann, usually a newer one */
    AANN_ERROR_VERSION,

    /* no such member, family, data set, ... */
    AANN_ERROR_NOT_FOUND,

    /* no error, and no message: stopped before the end; the work can be resumed */
    AANN_INTERRUPTED
} aann_status;

enum { AANN_MESSAGE_SIZE = 512 };

/* Filled in on failure only. The message always ends in NUL. */
typedef struct aann_error {
    aann_status status;
    char message[AANN_MESSAGE_SIZE];
} aann_error;

/* A short constant name of the status, for logs: "ok", "argument", "format", ... Never NULL; not to
 * be freed. */
AANN_API const char *aann_status_name(aann_status status);

/* Frees flat memory that the library allocated for the caller: texts, arrays of plain values. NULL
 * is allowed. Objects with a _destroy function go there instead. Use this and not free(): the
 * library may have another C runtime than the program. */
AANN_API void aann_free(void *memory);

/* The number of processors that this process may use, at least 1; an affinity mask (taskset)
 * counts. Where 0 threads means "all", it means this number. Safe to call from any thread. */
AANN_API int32_t aann_processor_count(void);

#ifdef __cplusplus
}
#endif

#endif
