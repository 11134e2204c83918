/* Where fetched data live, and folders in general. */
#include "data/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aann/data.h"
#include "core/error.h"
#include "core/memory.h"

aann_status aann_data_folder(char *path, size_t size, aann_error *error)
{
    static const char *const places[][2] = {
        {"AANN_DATA", ""}, {"XDG_DATA_HOME", "/aann"}, {"HOME", "/.local/share/aann"}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *value = getenv(places[i][0]);
        if (value == NULL || value[0] == '\0') {
            continue;
        }
        const int written = snprintf(path, size, "%s%s", value, places[i][1]);
        if (written < 0 || (size_t)written >= size) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the path of the data folder, from %s, is too long", places[i][0]);
        }
        return AANN_OK;
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "no place for data: set AANN_DATA to a folder, or HOME");
}

aann_status aann_folder_join(const char *folder, const char *name, char *path, size_t size,
                             aann_error *error)
{
    const int written = snprintf(path, size, "%s/%s", folder, name);
    if (written < 0 || (size_t)written >= size) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: the path is too long", name);
    }
    return AANN_OK;
}

aann_status aann_folder_find(const char *folder, const char *ending, char *path, size_t size,
                             aann_error *error)
{
    DIR *opened = opendir(folder);
    if (opened == NULL) {
        return aann_fail(error, AANN_ERROR_IO, "%s: %s", folder, strerror(errno));
    }
    aann_status status =
        aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: no file there ends in %s", folder, ending);
    const struct dirent *item;
    while (status == AANN_ERROR_NOT_FOUND && (item = readdir(opened)) != NULL) {
        const size_t length = strlen(item->d_name);
        if (length > strlen(ending) &&
            strcmp(item->d_name + length - strlen(ending), ending) == 0) {
            status = aann_folder_join(folder, item->d_name, path, size, error);
        }
    }
    closedir(opened);
    return status;
}

static bool is_folder(const char *path)
{
    struct stat information;
    return stat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

aann_status aann_folder_make(const char *path, aann_error *error)
{
    char *partial = strdup(path);
    if (partial == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory");
    }
    aann_status status = AANN_OK;
    for (size_t end = 1; status == AANN_OK && path[end - 1] != '\0'; end++) {
        if (path[end] != '/' && path[end] != '\0') {
            continue;
        }
        partial[end] = '\0';
        if (mkdir(partial, 0777) != 0) {
            const int reason = errno;
            if (!is_folder(partial)) {
                status = aann_fail(error, AANN_ERROR_IO, "%s: cannot make the folder: %s", partial,
                                   strerror(reason));
            }
        }
        partial[end] = path[end];
    }
    free(partial);
    return status;
}

aann_status aann_folder_make_temporary(const char *parent, char *path, size_t size,
                                       aann_error *error)
{
    const aann_status status = aann_folder_join(parent, ".fetch-XXXXXX", path, size, error);
    if (status != AANN_OK) {
        return status;
    }
    if (mkdtemp(path) == NULL) {
        return aann_fail(error, AANN_ERROR_IO, "%s: cannot make a temporary folder: %s", parent,
                         strerror(errno));
    }
    return AANN_OK;
}

/* Empties the open folder (and closes it). The depth is bounded: nothing here nests deeper than a
 * package. */
static void empty_folder(int descriptor, int depth)
{
    enum { DEEPEST = 32 };
    DIR *folder = fdopendir(descriptor);
    if (folder == NULL) {
        close(descriptor);
        return;
    }
    const struct dirent *item;
    while ((item = readdir(folder)) != NULL) {
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0 ||
            unlinkat(descriptor, item->d_name, 0) == 0 || depth >= DEEPEST) {
            continue;
        }
        const int inner =
            openat(descriptor, item->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner >= 0) {
            empty_folder(inner, depth + 1);
            unlinkat(descriptor, item->d_name, AT_REMOVEDIR);
        }
    }
    closedir(folder);
}

void aann_folder_remove(const char *path)
{
    const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor >= 0) {
        empty_folder(descriptor, 0);
    }
    rmdir(path);
}
