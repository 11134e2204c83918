/* A study as a new file: SQLite copies it page by page (a reader or the writer may do this at any
 * time) into a temporary file beside the new name, and only then does the file get that name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/atomic_file.h"
#include "core/memory.h"
#include "study/database.h"

static aann_status fail_there(const char *path, aann_error *error)
{
    return aann_fail(error, AANN_ERROR_IO,
                     "%s: is there already; nothing is overwritten, expected a new name", path);
}

static aann_status fail_system(const char *path, aann_error *error)
{
    return aann_fail(error, AANN_ERROR_IO, "%s: cannot be written: %s", path, strerror(errno));
}

/* Copies all pages into the empty file at `temporary`. */
static aann_status copy_pages(aann_study *study, const char *temporary, const char *path,
                              aann_error *error)
{
    sqlite3 *target = NULL;
    int code = sqlite3_open_v2(temporary, &target, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) {
        sqlite3_backup *backup = sqlite3_backup_init(target, "main", study->database, "main");
        if (backup != NULL) {
            /* The end of a backup does not tell of one that had to wait for too long. */
            const int step = sqlite3_backup_step(backup, -1);
            code = sqlite3_backup_finish(backup);
            code = code == SQLITE_OK && step != SQLITE_DONE ? step : code;
        } else {
            code = sqlite3_errcode(target);
        }
    }
    aann_status status = AANN_OK;
    if (code != SQLITE_OK) {
        const int plain = code & 0xff;
        status = aann_fail(error,
                           plain == SQLITE_NOMEM                            ? AANN_ERROR_MEMORY
                           : plain == SQLITE_BUSY || plain == SQLITE_LOCKED ? AANN_ERROR_LOCKED
                                                                            : AANN_ERROR_IO,
                           "%s: cannot be written: %s", path, sqlite3_errstr(code));
    }
    sqlite3_close(target);
    return status;
}

/* Gives the file its name, unless that is taken by now. */
static aann_status put_in_place(const char *temporary, const char *path, aann_error *error)
{
    if (link(temporary, path) == 0) {
        (void)unlink(temporary);
        return AANN_OK;
    }
    if (errno == EEXIST) {
        return fail_there(path, error);
    }
    /* A file system without hard links. */
    return rename(temporary, path) == 0 ? AANN_OK : fail_system(path, error);
}

aann_status aann_study_export(aann_study *study, const char *path, aann_error *error)
{
    struct stat information;
    if (path[0] == '\0' || lstat(path, &information) == 0) {
        return path[0] == '\0' ? aann_fail(error, AANN_ERROR_ARGUMENT, "the new path is empty")
                               : fail_there(path, error);
    }
    /* With a folder in front, a name has no meaning for SQLite. */
    const size_t size = strlen(path) + AANN_TEMPORARY_ENDING + 2;
    char *temporary = aann_allocate(size, 1);
    if (temporary == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", path);
    }
    char *const plain = temporary + 2;
    const int descriptor = aann_temporary_file(path, plain, size - 2);
    if (descriptor < 0) {
        const aann_status status = fail_system(path, error);
        free(temporary);
        return status;
    }
    close(descriptor);
    temporary[0] = '.';
    temporary[1] = '/';
    const char *name = path[0] == '/' ? plain : temporary;
    aann_status status = copy_pages(study, name, path, error);
    if (status == AANN_OK) {
        status = put_in_place(name, path, error);
    }
    if (status != AANN_OK) {
        (void)unlink(name);
    }
    free(temporary);
    return status;
}
