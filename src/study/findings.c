/* Findings: what was measured of a family as a whole, as JSON under a name, so that it can be shown
 * again without being measured again. The study does not look into them. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "study/database.h"

aann_status aann_study_save_finding(aann_study *study, int64_t family, const char *name,
                                    const char *content, aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_begin(study, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_study_prepare(study,
                                "INSERT OR REPLACE INTO finding (family, name, saved, content)"
                                " SELECT id, ?2, ?3, ?4 FROM family WHERE id = ?1",
                                &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, family);
        sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 3, (sqlite3_int64)time(NULL));
        const int code =
            sqlite3_bind_text64(statement, 4, content, strlen(content), SQLITE_STATIC, SQLITE_UTF8);
        status = code == SQLITE_OK ? aann_study_run(study, statement, error)
                                   : aann_study_fail(study, code, error);
    }
    sqlite3_finalize(statement);
    if (status == AANN_OK && sqlite3_changes(study->database) == 0) {
        status = aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no family %lld", study->path,
                           (long long)family);
    }
    return aann_study_finish(study, status, error);
}

aann_status aann_study_load_finding(aann_study *study, int64_t family, const char *name,
                                    char **content, aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    *content = NULL;
    if (study->version < 2) { /* no such table yet */
        return AANN_OK;
    }
    aann_status status = aann_study_prepare(
        study, "SELECT content FROM finding WHERE family = ? AND name = ?", &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, family);
        sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
        status = aann_study_step(study, statement, &row, error);
    }
    if (status == AANN_OK && row) {
        status = aann_study_column_text(study, statement, 0, content, error);
    }
    sqlite3_finalize(statement);
    return status;
}

aann_status aann_study_find_finding(aann_study *study, const char *name, int64_t *family,
                                    aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    *family = 0;
    if (study->version < 2) {
        return AANN_OK;
    }
    aann_status status = aann_study_prepare(
        study,
        "SELECT family FROM finding WHERE name = ? AND saved >= (SELECT max(created) FROM family)"
        " ORDER BY saved DESC, family DESC",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        status = aann_study_step(study, statement, &row, error);
    }
    if (status == AANN_OK && row) {
        *family = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return status;
}
