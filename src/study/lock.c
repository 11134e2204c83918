/* The writer's lock: flock() on "<study>-lock", a file beside the study.
 *
 * Why not SQLite's own locks? They last for one transaction (two searches could write in turns and
 * destroy each other's checkpoints), or, with locking_mode=EXCLUSIVE, they shut out the readers as
 * well. Why not a row in a table, or a file that exists while somebody writes? Both stay behind
 * when the writer is killed. An flock belongs to the open file: the kernel drops it when the
 * process ends, in whichever way, so there are no stale locks. It also holds between two handles of
 * one process, which a POSIX record lock would not.
 *
 * Why not on the study itself? Closing any descriptor of a file drops all record locks that the
 * process has on it, and those are what SQLite protects its transactions with.
 *
 * The file is removed by its owner on release, if the name still leads to it. Somebody may have
 * opened it just before, and would then lock a file without a name; so whoever has got the lock
 * looks whether the name still leads to the same file, and tries again if not. After kill -9 a
 * stale, unlocked file remains; it is harmless, and the next writer removes it.
 *
 * A lock file says so in its first word. A file of that name that says something else belongs to
 * the user: it is left alone, and the study is not written until it is moved away. */
#include "study/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/memory.h"

enum {
    MAXIMUM_ATTEMPTS = 100, /* each one means that another writer came and went in between */
    LOCK_TEXT_SIZE = 40
};

static const char lock_suffix[] = "-lock";
static const char lock_word[] = "aann-lock ";

aann_study_lock aann_study_lock_none(void)
{
    return (aann_study_lock){.descriptor = -1, .path = NULL};
}

/* Reads the number that the owner wrote into the file: 0 if it has not yet, or never could. Returns
 * false if this is no lock file. Older versions wrote the number alone. */
static bool read_owner(int descriptor, long *owner)
{
    char text[LOCK_TEXT_SIZE] = {0};
    const ssize_t length = pread(descriptor, text, sizeof text - 1, 0);
    const size_t word = strlen(lock_word);
    const char *number = strncmp(text, lock_word, word) == 0 ? text + word : text;
    char *end = text;
    *owner = strtol(number, &end, 10);
    return length <= 0 || (length < (ssize_t)sizeof text - 1 && strcmp(end, "\n") == 0);
}

/* Writes the number for the message of the next writer. A full disk may refuse it, which is no
 * reason to fail. */
static void write_owner(int descriptor)
{
    char text[LOCK_TEXT_SIZE];
    const int length = snprintf(text, sizeof text, "%s%ld\n", lock_word, (long)getpid());
    if (ftruncate(descriptor, 0) == 0 && length > 0) {
        const ssize_t written = pwrite(descriptor, text, (size_t)length, 0);
        (void)written;
    }
}

/* Does `path` still lead to the file that is open? */
static bool is_same_file(int descriptor, const char *path)
{
    struct stat opened;
    struct stat named;
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

static aann_status fail_taken(const char *study_path, int descriptor, aann_error *error)
{
    long owner = 0;
    if (read_owner(descriptor, &owner) && owner > 0) {
        return aann_fail(error, AANN_ERROR_LOCKED,
                         "%s: process %ld is writing this study; one writer at a time", study_path,
                         owner);
    }
    return aann_fail(error, AANN_ERROR_LOCKED,
                     "%s: another process is writing this study; one writer at a time", study_path);
}

/* One attempt. *again: the file was removed in between by its last owner. */
static aann_status try_once(const char *study_path, const char *path, int *descriptor, bool *again,
                            aann_error *error)
{
    *again = false;
    const int opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (opened < 0) {
        return aann_fail(error, AANN_ERROR_IO, "%s: cannot be written: the lock file %s: %s",
                         study_path, path, strerror(errno));
    }
    if (flock(opened, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        const aann_status status =
            reason == EWOULDBLOCK ? fail_taken(study_path, opened, error)
                                  : aann_fail(error, AANN_ERROR_IO, "%s: cannot be locked: %s: %s",
                                              study_path, path, strerror(reason));
        close(opened);
        return status;
    }
    if (!is_same_file(opened, path)) {
        close(opened);
        *again = true;
        return AANN_OK;
    }
    long owner = 0;
    if (!read_owner(opened, &owner)) {
        close(opened);
        return aann_fail(error, AANN_ERROR_IO,
                         "%s: cannot be written: %s is in the way, a file that is no lock; move it "
                         "elsewhere",
                         study_path, path);
    }
    *descriptor = opened;
    return AANN_OK;
}

aann_status aann_study_lock_take(const char *study_path, aann_study_lock *lock, aann_error *error)
{
    *lock = aann_study_lock_none();
    const size_t length = strlen(study_path) + sizeof lock_suffix;
    char *path = aann_allocate(length, 1);
    if (path == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study_path);
    }
    snprintf(path, length, "%s%s", study_path, lock_suffix);
    bool again = true;
    for (int attempt = 0; again && attempt < MAXIMUM_ATTEMPTS; attempt++) {
        const aann_status status = try_once(study_path, path, &lock->descriptor, &again, error);
        if (status != AANN_OK) {
            free(path);
            return status;
        }
    }
    if (again) {
        free(path);
        return aann_fail(error, AANN_ERROR_LOCKED, "%s: other processes keep taking the lock",
                         study_path);
    }
    write_owner(lock->descriptor);
    lock->path = path;
    return AANN_OK;
}

void aann_study_lock_release(aann_study_lock *lock)
{
    if (lock->descriptor >= 0) {
        if (is_same_file(lock->descriptor, lock->path)) {
            unlink(lock->path); /* first the name, then the lock: see above */
        }
        close(lock->descriptor);
    }
    free(lock->path);
    *lock = aann_study_lock_none();
}
