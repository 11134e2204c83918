/* Writing a file atomically, so that no reader sees half of it: a temporary file in the same folder
 * (so that the rename cannot cross a file system), fsync, rename, fsync of the folder.
 *
 * If the system supports it, the temporary file has no name until it is complete, so a program that
 * is killed while it writes leaves nothing behind; the name "<path>.<process>-<n>.tmp" exists only
 * between two system calls. Elsewhere, and where /proc is missing (some containers), without which
 * an open file cannot be given a name, it has that name from the start. The next writer of the
 * same file removes what a dead process left. */
#if defined(__linux__)
#define _GNU_SOURCE /* O_TMPFILE */
#endif

#include "core/atomic_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/memory.h"

enum { DESCRIPTOR_PATH_SIZE = 48 };

struct aann_atomic_file {
    int descriptor;
    char *path;      /* the final path, links resolved */
    char *temporary; /* [temporary_size]: the present path; "": no name yet */
    size_t temporary_size;
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
        if (file->temporary[0] != '\0') {
            unlink(file->temporary);
        }
        destroy(file);
    }
}

/* Resolves links, so that a link stays a link, and refuses devices and folders. */
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

/* The folder that a file is in: "." where the path names none. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* The path by which a file can be linked that has none. */
static void path_of_descriptor(int descriptor, char path[DESCRIPTOR_PATH_SIZE])
{
    snprintf(path, DESCRIPTOR_PATH_SIZE, "/proc/self/fd/%d", descriptor);
}

#if defined(O_TMPFILE)
static bool can_be_named(int descriptor)
{
    char path[DESCRIPTOR_PATH_SIZE];
    struct stat file, found;
    path_of_descriptor(descriptor, path);
    return fstat(descriptor, &file) == 0 && stat(path, &found) == 0 &&
           file.st_dev == found.st_dev && file.st_ino == found.st_ino;
}
#endif

/* Opens a file without a name in the folder of `path`; -1 if the system has no such files. */
static int open_unnamed(const char *path)
{
    int descriptor = -1;
#if defined(O_TMPFILE)
    char *folder = folder_of(path);
    if (folder != NULL) {
        descriptor = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    }
    free(folder);
    if (descriptor >= 0 && !can_be_named(descriptor)) {
        close(descriptor);
        descriptor = -1;
    }
#else
    (void)path;
#endif
    return descriptor;
}

/* Gives an unnamed file its temporary name. */
static bool link_unnamed(int descriptor, const char *temporary)
{
    char source[DESCRIPTOR_PATH_SIZE];
    path_of_descriptor(descriptor, source);
    return linkat(AT_FDCWD, source, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0;
}

/* Finds an unused temporary name and opens the file (descriptor < 0), or gives the name to the open
 * file. Returns the descriptor, or -1. mkstemp could open it, but its files are readable by the
 * owner only. */
static int take_name(const char *path, int descriptor, char *temporary, size_t size)
{
    enum { ATTEMPTS = 1000 };
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        snprintf(temporary, size, "%s.%ld-%d.tmp", path, (long)getpid(), attempt);
        const int opened = descriptor < 0
                               ? open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)
                           : link_unnamed(descriptor, temporary) ? descriptor
                                                                 : -1;
        if (opened >= 0 || errno != EEXIST) {
            return opened;
        }
    }
    return -1;
}

/* "<path>.<process>-<n>.tmp", or SQLite's journal beside it */
static bool ends_temporary(const char *ending)
{
    return ending[0] == '\0' || strcmp(ending, "-journal") == 0;
}

/* Removes "<path>.<process>-<n>.tmp" of processes that no longer exist. */
static void remove_stale(const char *path)
{
    char *folder = folder_of(path);
    DIR *opened = folder != NULL ? opendir(folder) : NULL;
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const size_t length = strlen(name);
    const struct dirent *item;
    while (opened != NULL && (item = readdir(opened)) != NULL) {
        long process = 0;
        int attempt = 0, end = 0;
        if (strncmp(item->d_name, name, length) == 0 &&
            sscanf(item->d_name + length, ".%ld-%d.tmp%n", &process, &attempt, &end) == 2 &&
            end > 0 && ends_temporary(item->d_name + length + (size_t)end) && process > 0 &&
            kill((pid_t)process, 0) != 0 && errno == ESRCH) {
            (void)unlinkat(dirfd(opened), item->d_name, 0);
        }
    }
    if (opened != NULL) {
        closedir(opened);
    }
    free(folder);
}

int aann_temporary_file(const char *path, char *temporary, size_t size)
{
    remove_stale(path);
    return take_name(path, -1, temporary, size);
}

aann_status aann_atomic_file_create(const char *path, aann_atomic_file **file, aann_error *error)
{
    char *resolved;
    mode_t mode;
    const aann_status status = resolve(path, &resolved, &mode, error);
    if (status != AANN_OK) {
        return status;
    }
    const size_t size = strlen(resolved) + AANN_TEMPORARY_ENDING;
    aann_atomic_file *created = aann_allocate(1, sizeof *created);
    char *temporary = aann_allocate(size, 1);
    if (created == NULL || temporary == NULL) {
        free(created);
        free(temporary);
        free(resolved);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory");
    }
    remove_stale(resolved);
    temporary[0] = '\0';
    *created = (aann_atomic_file){open_unnamed(resolved), resolved, temporary, size};
    if (created->descriptor < 0) {
        created->descriptor = take_name(resolved, -1, temporary, size);
    }
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

/* Makes the new name survive a power cut. Some file systems refuse; the data are safe either
 * way. */
static void sync_folder(const char *path)
{
    char *folder = folder_of(path);
    const int descriptor = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
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
    if (status == AANN_OK && file->temporary[0] == '\0' &&
        take_name(file->path, file->descriptor, file->temporary, file->temporary_size) < 0) {
        file->temporary[0] = '\0';
        status = aann_fail(error, AANN_ERROR_IO, "%s: cannot put in place: %s", file->path,
                           strerror(errno));
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
