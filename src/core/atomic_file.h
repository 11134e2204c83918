/* A file that appears whole or not at all. */
#ifndef AANN_CORE_ATOMIC_FILE_H
#define AANN_CORE_ATOMIC_FILE_H

#include <stddef.h>

#include "aann/status.h"

typedef struct aann_atomic_file aann_atomic_file;

/* Starts a temporary file beside `path`. What is at `path` stays as it is until the commit. */
aann_status aann_atomic_file_create(const char *path, aann_atomic_file **file, aann_error *error);
aann_status aann_atomic_file_write(aann_atomic_file *file, const void *bytes, size_t size,
                                   aann_error *error);

/* Flushes to the disk, puts the file in place and frees the handle. On failure the temporary file
 * is removed. */
aann_status aann_atomic_file_commit(aann_atomic_file *file, aann_error *error);

/* Removes the temporary file and frees the handle; NULL is allowed. */
void aann_atomic_file_abandon(aann_atomic_file *file);

/* Room for what stands behind `path` in the name of a temporary file, with its end. */
enum { AANN_TEMPORARY_ENDING = 48 };

/* For those who cannot write through the above: opens a new, empty file beside `path`, whose name
 * goes to temporary[size], and removes those that processes left which are gone, with SQLite's
 * journals of them. Returns its descriptor; -1: errno says why. */
int aann_temporary_file(const char *path, char *temporary, size_t size);

#endif
