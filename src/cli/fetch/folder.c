/* Folders through POSIX calls. */
#include "cli/fetch/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/fetch/failure.h"

aann_status fetch_folder_join(const char *folder, const char *name, const char *ending,
                              char path[FETCH_PATH_SIZE], aann_error *error)
{
    const int written = snprintf(path, FETCH_PATH_SIZE, "%s/%s%s", folder, name, ending);
    if (written < 0 || written >= FETCH_PATH_SIZE) {
        return fetch_fail(error, AANN_ERROR_ARGUMENT, "%s: the path is too long", name);
    }
    return AANN_OK;
}

aann_status fetch_folder_find(const char *folder, const char *ending, char path[FETCH_PATH_SIZE],
                              aann_error *error)
{
    DIR *opened = opendir(folder);
    if (opened == NULL) {
        return fetch_fail(error, AANN_ERROR_IO, "%s: %s", folder, strerror(errno));
    }
    aann_status status =
        fetch_fail(error, AANN_ERROR_NOT_FOUND, "%s: no file there ends in %s", folder, ending);
    const struct dirent *item;
    while (status == AANN_ERROR_NOT_FOUND && (item = readdir(opened)) != NULL) {
        const size_t length = strlen(item->d_name);
        if (length > strlen(ending) &&
            strcmp(item->d_name + length - strlen(ending), ending) == 0) {
            status = fetch_folder_join(folder, item->d_name, "", path, error);
        }
    }
    closedir(opened);
    return status;
}

static const char temporary_prefix[] = ".fetch-";

aann_status fetch_folder_make(const char *path, aann_error *error)
{
    char partial[FETCH_PATH_SIZE];
    aann_status status = AANN_OK;
    for (size_t end = 1; status == AANN_OK && path[end - 1] != '\0'; end++) {
        if (path[end] != '/' && path[end] != '\0') {
            continue;
        }
        struct stat information;
        const int written = snprintf(partial, sizeof partial, "%.*s", (int)end, path);
        if (written < 0 || (size_t)written >= sizeof partial) {
            return fetch_fail(error, AANN_ERROR_ARGUMENT, "%s: the path is too long", path);
        }
        const int reason = mkdir(partial, 0777) == 0 ? 0 : errno;
        if (reason != 0 && (stat(partial, &information) != 0 || !S_ISDIR(information.st_mode))) {
            status = fetch_fail(error, AANN_ERROR_IO, "%s: cannot make the folder: %s", partial,
                                strerror(reason));
        }
    }
    return status;
}

/* Takes the lock of a folder: held, as long as the descriptor is open, by the fetch that uses it. */
static int lock_folder(const char *path)
{
    const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* What fetches left that were killed: temporary folders that nobody holds the lock of. */
static void remove_stale(const char *parent)
{
    DIR *folder = opendir(parent);
    const struct dirent *item;
    while (folder != NULL && (item = readdir(folder)) != NULL) {
        char path[FETCH_PATH_SIZE];
        if (strncmp(item->d_name, temporary_prefix, strlen(temporary_prefix)) == 0 &&
            fetch_folder_join(parent, item->d_name, "", path, NULL) == AANN_OK) {
            const int lock = lock_folder(path);
            if (lock >= 0) {
                fetch_folder_remove(path);
                close(lock);
            }
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

aann_status fetch_folder_make_temporary(const char *parent, fetch_temporary *temporary,
                                        aann_error *error)
{
    char ending[24];
    remove_stale(parent);
    snprintf(ending, sizeof ending, "%sXXXXXX", temporary_prefix);
    const aann_status status = fetch_folder_join(parent, ending, "", temporary->path, error);
    if (status != AANN_OK) {
        return status;
    }
    if (mkdtemp(temporary->path) == NULL) {
        return fetch_fail(error, AANN_ERROR_IO, "%s: cannot make a temporary folder: %s", parent,
                          strerror(errno));
    }
    temporary->lock = lock_folder(temporary->path);
    return AANN_OK;
}

void fetch_folder_remove_temporary(fetch_temporary *temporary)
{
    fetch_folder_remove(temporary->path);
    if (temporary->lock >= 0) {
        close(temporary->lock);
    }
}

void fetch_folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *item;
    while (folder != NULL && (item = readdir(folder)) != NULL) {
        (void)unlinkat(dirfd(folder), item->d_name, 0);
    }
    if (folder != NULL) {
        closedir(folder);
    }
    (void)rmdir(path);
}
