/* Which file a study is, by device and inode, and what to do when its name leads elsewhere. */
#include "study/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/memory.h"

aann_status aann_study_place_find(const char *study_path, aann_study_place *place,
                                  aann_error *error)
{
    struct stat information;
    *place = (aann_study_place){.path = realpath(study_path, NULL)};
    if (place->path == NULL || stat(place->path, &information) != 0) {
        const aann_status status =
            aann_fail(error, errno == ENOMEM ? AANN_ERROR_MEMORY : AANN_ERROR_IO, "%s: %s",
                      study_path, strerror(errno));
        aann_study_place_clear(place);
        return status;
    }
    if (information.st_nlink > 1) {
        aann_study_place_clear(place);
        return aann_fail(error, AANN_ERROR_IO,
                         "%s: this file has %llu names (hard links), and each would have a log of "
                         "its own; copy it to a file with one name",
                         study_path, (unsigned long long)information.st_nlink);
    }
    place->device = (uint64_t)information.st_dev;
    place->inode = (uint64_t)information.st_ino;
    return AANN_OK;
}

void aann_study_place_clear(aann_study_place *place)
{
    free(place->path);
    *place = (aann_study_place){0};
}

bool aann_study_place_holds(const aann_study_place *place)
{
    struct stat information;
    return place->path == NULL ||
           (stat(place->path, &information) == 0 && (uint64_t)information.st_dev == place->device &&
            (uint64_t)information.st_ino == place->inode);
}

aann_status aann_study_place_fail(const aann_study_place *place, const char *study_path,
                                  aann_error *error)
{
    struct stat information;
    return aann_fail(error, AANN_ERROR_IO,
                     "%s: %s while it was being written; nothing more is written, and what was "
                     "stored before is in the file, wherever it is now",
                     study_path,
                     stat(place->path, &information) == 0 ? "another file has taken its place"
                                                          : "the file was moved or deleted");
}

/* "<path><suffix>" in text; false if that is too long to be a name. */
static bool append(const char *path, const char *suffix, char *text, size_t size)
{
    const int length = snprintf(text, size, "%s%s", path, suffix);
    return length > 0 && (size_t)length < size;
}

void aann_study_place_leave(const aann_study_place *place, bool log_pending)
{
    enum { LONGEST_PATH = 4096 };
    char log[LONGEST_PATH], index[LONGEST_PATH], kept[LONGEST_PATH];
    struct stat information;
    if (!append(place->path, "-wal", log, sizeof log) ||
        !append(place->path, "-shm", index, sizeof index) ||
        !append(place->path, "-wal-unsaved", kept, sizeof kept)) {
        return;
    }
    if (log_pending) {
        rename(log, kept);
        unlink(index);
        return;
    }
    /* Empty, or written by the owner of what is there now: then it is not ours to take. */
    const bool empty = stat(log, &information) == 0 && information.st_size == 0;
    if (empty && stat(place->path, &information) != 0) {
        unlink(log);
        unlink(index);
    }
}
