/* Checkpoints: the bytes from which a search continues. Only the search knows their meaning. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "study/database.h"
#include "study/members.h"

static aann_status delete_checkpoint(aann_study *study, int64_t id, aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    aann_status status =
        aann_study_prepare(study, "DELETE FROM checkpoint WHERE member = ?", &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, id);
        status = aann_study_run(study, statement, error);
    }
    sqlite3_finalize(statement);
    return status;
}

aann_status aann_study_store_checkpoint(aann_study *study, int64_t id, const void *state,
                                        size_t state_size, aann_error *error)
{
    if (state == NULL) {
        return delete_checkpoint(study, id, error);
    }
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study, "INSERT OR REPLACE INTO checkpoint (member, saved, state) VALUES (?, ?, ?)",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, id);
        sqlite3_bind_int64(statement, 2, (sqlite3_int64)time(NULL));
        const int code = sqlite3_bind_blob64(statement, 3, state, state_size, SQLITE_STATIC);
        status = code == SQLITE_OK ? aann_study_run(study, statement, error)
                                   : aann_study_fail(study, code, error);
    }
    sqlite3_finalize(statement);
    return status;
}

/* A copy of column 0. */
static aann_status copy_state(const aann_study *study, sqlite3_stmt *statement, void **state,
                              size_t *size, aann_error *error)
{
    const void *stored = sqlite3_column_blob(statement, 0);
    const size_t length = (size_t)sqlite3_column_bytes(statement, 0);
    void *copy = aann_allocate(length, 1);
    if (copy == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    if (length > 0) { /* an empty blob has no address */
        memcpy(copy, stored, length);
    }
    *state = copy;
    *size = length;
    return AANN_OK;
}

aann_status aann_study_checkpoint(aann_study *study, int64_t id, void **state, size_t *size,
                                  aann_error *error)
{
    *state = NULL;
    *size = 0;
    sqlite3_stmt *statement = NULL;
    aann_status status =
        aann_study_select_member(study,
                                 "SELECT checkpoint.state FROM member LEFT JOIN checkpoint ON "
                                 "checkpoint.member = member.id WHERE member.id = ?",
                                 id, &statement, error);
    if (status == AANN_OK && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
        status = copy_state(study, statement, state, size, error);
    }
    sqlite3_finalize(statement);
    return status;
}
