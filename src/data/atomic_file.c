/* Writing a file so that nobody ever sees half of it: a temporary file in the same folder (so that
 * the rename cannot cross a file system), fsync, rename, fsync of the folder. */
#include "data/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/memory.h"

struct aann_atomic_file {
    int descriptor;
    char *path;      /* where it goes, links followed */
    char *temporary; /* where it is now */
};

static void destroy(aann_atomic_file *file)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
    }
    free(file->path);
    free(file->temporary);
    free(file);
}

void aann_atomic_file_abandon(aann_atomic_file *file)
{
    if (file != NULL) {
        unlink(file->temporary);
        destroy(file);
    }
}

/* Where to write: behind links, so that a link stays a link, and never over a device or a
 * folder. */
static aann_status resolve(const char *path, char **resolved, mode_t *mode, aann_error *error)
{
    struct stat information;
    *mode = 0;
    if (stat(path, &information) != 0) {
        *resolved = strdup(path);
    } else if (!S_ISREG(information.st_mode)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: is there and is not a regular file",
                         path);
    } else {
        *mode = information.st_mode & 0777;
        *resolved = realpath(path, NULL);
    }
    return *resolved != NULL ? AANN_OK
                             : aann_fail(error, AANN_ERROR_IO, "%s: %s", path, strerror(errno));
}

/* A name nobody else uses: mkstemp would do, but its files are readable by the owner only. */
static int open_temporary(const char *path, char *temporary, size_t size)
{
    enum { ATTEMPTS = 1000 };
    int descriptor = -1;
    for (int attempt = 0; attempt < ATTEMPTS && descriptor < 0; attempt++) {
        snprintf(temporary, size, "%s.%ld-%d.tmp", path, (long)getpid(), attempt);
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST) {
            break;
        }
    }
    return descriptor;
}

aann_status aann_atomic_file_create(const char *path, aann_atomic_file **file, aann_error *error)
{
    enum { SUFFIX_SIZE = 48 };
    char *resolved;
    mode_t mode;
    const aann_status status = resolve(path, &resolved, &mode, error);
    if (status != AANN_OK) {
        return status;
    }
    const size_t size = strlen(resolved) + SUFFIX_SIZE;
    aann_atomic_file *created = aann_allocate(1, sizeof *created);
    char *temporary = aann_allocate(size, 1);
    if (created == NULL || temporary == NULL) {
        free(created);
        free(temporary);
        free(resolved);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory");
    }
    *created = (aann_atomic_file){open_temporary(resolved, temporary, size), resolved, temporary};
    if (created->descriptor < 0) {
        const int reason = errno;
        destroy(created);
        return aann_fail(error, AANN_ERROR_IO, "%s: cannot create: %s", path, strerror(reason));
    }
    if (mode != 0) {
        (void)!fchmod(created->descriptor,
                      mode); /* as the file it replaces; not worth failing for */
    }
    *file = created;
    return AANN_OK;
}

aann_status aann_atomic_file_write(aann_atomic_file *file, const void *bytes, size_t size,
                                   aann_error *error)
{
    const uint8_t *from = bytes;
    while (size > 0) {
        const ssize_t written = write(file->descriptor, from, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return aann_fail(error, AANN_ERROR_IO, "%s: cannot write: %s", file->path,
                             strerror(written < 0 ? errno : ENOSPC));
        }
        from += written;
        size -= (size_t)written;
    }
    return AANN_OK;
}

/* So that the new name survives a power cut. Some file systems refuse; the data are safe either
 * way. */
static void sync_folder(const char *path)
{
    char *folder = strdup(path);
    if (folder == NULL) {
        return;
    }
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
    }
    const int descriptor = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        (void)!fsync(descriptor);
        close(descriptor);
    }
    free(folder);
}

aann_status aann_atomic_file_commit(aann_atomic_file *file, aann_error *error)
{
    aann_status status = AANN_OK;
    if (fsync(file->descriptor) != 0) {
        status =
            aann_fail(error, AANN_ERROR_IO, "%s: cannot write: %s", file->path, strerror(errno));
    }
    const int closed = close(file->descriptor);
    file->descriptor = -1;
    if (status == AANN_OK && closed != 0) {
        status =
            aann_fail(error, AANN_ERROR_IO, "%s: cannot write: %s", file->path, strerror(errno));
    }
    if (status == AANN_OK && rename(file->temporary, file->path) != 0) {
        status = aann_fail(error, AANN_ERROR_IO, "%s: cannot put in place: %s", file->path,
                           strerror(errno));
    }
    if (status != AANN_OK) {
        aann_atomic_file_abandon(file);
        return status;
    }
    sync_folder(file->path);
    destroy(file);
    return AANN_OK;
}
