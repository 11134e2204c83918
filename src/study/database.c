/* Statements, transactions and messages: the only place that knows SQLite's result codes. */
#include "study/database.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/memory.h"

/* The status of a result code. Extended codes have the plain one in their low byte. */
static aann_status status_of(int code)
{
    if (code == SQLITE_IOERR_NOMEM) {
        return AANN_ERROR_MEMORY;
    }
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return AANN_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return AANN_ERROR_LOCKED;
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG: return AANN_ERROR_MEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* our SQL is right, so the tables are not those of a study */
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH: return AANN_ERROR_FORMAT;
    case SQLITE_CONSTRAINT:
    case SQLITE_RANGE:
    case SQLITE_MISUSE: return AANN_ERROR_ARGUMENT;
    default: return AANN_ERROR_IO;
    }
}

aann_status aann_study_fail(const aann_study *study, int code, aann_error *error)
{
    const char *path = study->path;
    const char *detail =
        study->database != NULL ? sqlite3_errmsg(study->database) : sqlite3_errstr(code);
    const aann_status status = status_of(code);
    switch (code & 0xff) {
    case SQLITE_FULL:
        return aann_fail(error, status, "%s: the disk is full; the study is as it was before",
                         path);
    case SQLITE_NOTADB: return aann_fail(error, status, "%s: is not an aann study", path);
    case SQLITE_CORRUPT:
        return aann_fail(error, status, "%s: is damaged or cut short (%s)", path, detail);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return aann_fail(error, status, "%s: another program has a transaction open on this study",
                         path);
    case SQLITE_READONLY: return aann_fail(error, status, "%s: is read-only", path);
    case SQLITE_IOERR:
        return aann_fail(error, status, "%s: reading or writing failed (%s, system error %d)", path,
                         detail,
                         study->database != NULL ? sqlite3_system_errno(study->database) : 0);
    default: return aann_fail(error, status, "%s: %s", path, detail);
    }
}

aann_status aann_study_execute(aann_study *study, const char *sql, aann_error *error)
{
    const int code = sqlite3_exec(study->database, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? AANN_OK : aann_study_fail(study, code, error);
}

/* Fails where a writer's file is not where it was: see place.h. */
static aann_status check_place(const aann_study *study, aann_error *error)
{
    return aann_study_place_holds(&study->place)
               ? AANN_OK
               : aann_study_place_fail(&study->place, study->path, error);
}

aann_status aann_study_prepare(aann_study *study, const char *sql, sqlite3_stmt **statement,
                               aann_error *error)
{
    const aann_status status = check_place(study, error);
    if (status != AANN_OK) {
        return status;
    }
    const int code = sqlite3_prepare_v2(study->database, sql, -1, statement, NULL);
    return code == SQLITE_OK ? AANN_OK : aann_study_fail(study, code, error);
}

aann_status aann_study_step(aann_study *study, sqlite3_stmt *statement, bool *row,
                            aann_error *error)
{
    const int code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? AANN_OK
                                                     : aann_study_fail(study, code, error);
}

aann_status aann_study_select_member(aann_study *study, const char *sql, int64_t id,
                                     sqlite3_stmt **statement, aann_error *error)
{
    bool row = false;
    *statement = NULL;
    aann_status status = aann_study_prepare(study, sql, statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(*statement, 1, id);
        status = aann_study_step(study, *statement, &row, error);
    }
    if (status == AANN_OK && !row) {
        status = aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no member %lld", study->path,
                           (long long)id);
    }
    return status;
}

aann_status aann_study_run(aann_study *study, sqlite3_stmt *statement, aann_error *error)
{
    bool row = false;
    const aann_status status = aann_study_step(study, statement, &row, error);
    sqlite3_reset(statement);
    return status;
}

aann_status aann_study_read_number(aann_study *study, const char *sql, int64_t *number,
                                   aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    *number = 0;
    aann_status status = aann_study_prepare(study, sql, &statement, error);
    if (status == AANN_OK) {
        bool row = false;
        status = aann_study_step(study, statement, &row, error);
        *number = row ? sqlite3_column_int64(statement, 0) : 0;
    }
    sqlite3_finalize(statement);
    return status;
}

/* ---- transactions ---------------------------------------------------------------------------- */

aann_study_patience aann_study_set_patience(aann_study *study, aann_study_patience patience)
{
    const aann_study_patience before = study->patience;
    study->patience = patience;
    return before;
}

/* Says once that the write waits; whether it goes on waiting. */
static bool keeps_waiting(const aann_study_patience *patience, double waited, bool *told)
{
    static const double seconds_untold = 2.0; /* of waiting that is nobody's concern */
    if (!*told && waited >= seconds_untold && patience->waits != NULL) {
        patience->waits(patience->context);
        *told = true;
    }
    return patience->goes_on != NULL ? patience->goes_on(patience->context, waited)
                                     : waited < AANN_STUDY_BUSY_MILLISECONDS * 1e-3;
}

/* Runs BEGIN or COMMIT, with all the patience that there is. */
static aann_status execute_patiently(aann_study *study, const char *sql, aann_error *error)
{
    enum { MILLISECONDS_BETWEEN_LOOKS = 100 };
    const double start = aann_clock_seconds();
    bool told = false;
    sqlite3_busy_timeout(study->database, MILLISECONDS_BETWEEN_LOOKS);
    aann_status status = aann_study_execute(study, sql, error);
    while (status == AANN_ERROR_LOCKED &&
           keeps_waiting(&study->patience, aann_clock_seconds() - start, &told)) {
        status = aann_study_execute(study, sql, error);
    }
    sqlite3_busy_timeout(study->database, AANN_STUDY_BUSY_MILLISECONDS);
    return status;
}

/* IMMEDIATE: who is in the way is found out here, not halfway through. */
static aann_status begin(aann_study *study, aann_error *error)
{
    aann_status status = execute_patiently(study, "BEGIN IMMEDIATE", error);
    if (status == AANN_OK) {
        status = check_place(study, error); /* once more: it may have been a long wait */
        if (status != AANN_OK) {
            sqlite3_exec(study->database, "ROLLBACK", NULL, NULL, NULL);
        }
    }
    return status;
}

aann_status aann_study_begin(aann_study *study, aann_error *error)
{
    if (!study->writable) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: was opened for reading only",
                         study->path);
    }
    aann_status status = check_place(study, error);
    if (status == AANN_OK && study->depth == 0) {
        status = begin(study, error);
        study->failed = false;
    }
    if (status == AANN_OK) {
        study->depth++;
    } else {
        study->failed = true; /* of an outer transaction, if there is one */
    }
    return status;
}

/* Works the log into the file and empties it, so that a file that is moved later takes everything
 * along, and its log, left behind, means nothing to another study of that name. A reader in the way
 * puts it off to the next time. */
static void empty_log(aann_study *study)
{
    sqlite3_busy_timeout(study->database, 0);
    study->log_pending =
        sqlite3_wal_checkpoint_v2(study->database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
        SQLITE_OK;
    sqlite3_busy_timeout(study->database, AANN_STUDY_BUSY_MILLISECONDS);
}

aann_status aann_study_finish(aann_study *study, aann_status status, aann_error *error)
{
    study->failed = study->failed || status != AANN_OK;
    if (--study->depth > 0) {
        return status;
    }
    if (status == AANN_OK && study->failed) {
        status =
            aann_fail(error, AANN_ERROR_ARGUMENT, "%s: a part of the change failed", study->path);
    }
    if (status == AANN_OK) {
        status = execute_patiently(study, "COMMIT", error);
    }
    if (status == AANN_OK) {
        empty_log(study);
        if (study->saved != NULL) {
            study->saved(study->saved_context);
        }
    } else {
        /* After some failures SQLite has rolled back already; then this does nothing. */
        sqlite3_exec(study->database, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

void aann_study_bind_u64(sqlite3_stmt *statement, int parameter, uint64_t value)
{
    sqlite3_int64 bits;
    memcpy(&bits, &value, sizeof bits);
    sqlite3_bind_int64(statement, parameter, bits);
}

uint64_t aann_study_column_u64(sqlite3_stmt *statement, int column)
{
    const sqlite3_int64 bits = sqlite3_column_int64(statement, column);
    uint64_t value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double aann_study_column_double(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? (double)NAN
               : sqlite3_column_double(statement, column);
}

aann_status aann_study_column_text(const aann_study *study, sqlite3_stmt *statement, int column,
                                   char **text, aann_error *error)
{
    const unsigned char *stored = sqlite3_column_text(statement, column);
    const size_t length = (size_t)sqlite3_column_bytes(statement, column);
    if (stored == NULL || memchr(stored, 0, length) != NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is damaged (column %s is not a text)",
                         study->path, sqlite3_column_name(statement, column));
    }
    char *copy = aann_allocate(length + 1, 1);
    if (copy == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    memcpy(copy, stored, length);
    copy[length] = 0;
    *text = copy;
    return AANN_OK;
}

aann_status aann_study_read_rows(aann_study *study, sqlite3_stmt *statement, size_t row_size,
                                 aann_study_row_reader *read, aann_study_rows *rows,
                                 aann_error *error)
{
    size_t capacity = 0;
    *rows = (aann_study_rows){0};
    for (;;) {
        bool row = false;
        aann_status status = aann_study_step(study, statement, &row, error);
        if (status != AANN_OK || !row) {
            return status;
        }
        if (rows->count == capacity) {
            capacity = capacity == 0 ? 16 : capacity * 2;
            void *larger = aann_reallocate(rows->list, capacity, row_size);
            if (larger == NULL) {
                return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
            }
            rows->list = larger;
        }
        status = read(study, statement, (char *)rows->list + rows->count * row_size, error);
        if (status != AANN_OK) {
            return status;
        }
        rows->count++;
    }
}
