/* Rows of packed whole numbers. planes.c packs them. */
#include "study/packed.h"

#include <stdlib.h>

#include "core/memory.h"
#include "study/planes.h"

bool aann_packed_count(int64_t sample_count, int32_t each, size_t *count)
{
    return sample_count > 0 && each > 0 &&
           aann_multiply_sizes((size_t)sample_count, (size_t)each, count) &&
           *count <= INT32_MAX / sizeof(int32_t);
}

static void bind_key(sqlite3_stmt *statement, const aann_packed_key *key)
{
    sqlite3_bind_int64(statement, 1, key->owner);
    sqlite3_bind_text(statement, 2, key->split, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, key->samples, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, key->sample_count);
    sqlite3_bind_int64(statement, 5, key->columns);
}

/* ---- storing --------------------------------------------------------------------------------- */

static aann_status insert(aann_study *study, const aann_packed_table *table,
                          const aann_packed_key *key, int width, const uint8_t *packed, size_t size,
                          aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(study, table->insert, &statement, error);
    if (status == AANN_OK) {
        bind_key(statement, key);
        sqlite3_bind_int(statement, 6, width);
        const int code = sqlite3_bind_blob64(statement, 7, packed, size, SQLITE_STATIC);
        status = code == SQLITE_OK ? aann_study_run(study, statement, error)
                                   : aann_study_fail(study, code, error);
    }
    sqlite3_finalize(statement);
    if (status == AANN_OK && sqlite3_changes(study->database) == 0) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no %s %lld", study->path,
                         table->owner, (long long)key->owner);
    }
    return status;
}

aann_status aann_packed_save(aann_study *study, const aann_packed_table *table,
                             const aann_packed_key *key, const int32_t *values, size_t count,
                             aann_error *error)
{
    int width = 0;
    size_t size = 0;
    uint8_t *packed = aann_planes_pack(values, count, &width, &size);
    if (packed == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    aann_status status = aann_study_begin(study, error);
    if (status == AANN_OK) {
        status = insert(study, table, key, width, packed, size, error);
        status = aann_study_finish(study, status, error);
    }
    free(packed);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Column 0 is the width, column 1 the bytes. */
static aann_status read_values(const aann_study *study, sqlite3_stmt *statement,
                               const aann_packed_table *table, const aann_packed_key *key,
                               int32_t *values, size_t count, aann_error *error)
{
    const int width = sqlite3_column_int(statement, 0);
    const void *packed = sqlite3_column_blob(statement, 1);
    const int size = sqlite3_column_bytes(statement, 1);
    aann_status status = AANN_OK;
    if (packed != NULL && aann_planes_unpack(packed, (size_t)size, width, count, values, &status)) {
        return AANN_OK;
    }
    return status != AANN_OK
               ? aann_fail(error, status, "%s: out of memory", study->path)
               : aann_fail(error, AANN_ERROR_FORMAT, "%s: is damaged (%s%s%s %lld)", study->path,
                           table->before, key->split, table->behind, (long long)key->owner);
}

aann_status aann_packed_load(aann_study *study, const aann_packed_table *table,
                             const aann_packed_key *key, int32_t *values, size_t count, bool *found,
                             aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    *found = false;
    aann_status status = aann_study_prepare(study, table->select, &statement, error);
    if (status == AANN_OK) {
        bind_key(statement, key);
        status = aann_study_step(study, statement, &row, error);
    }
    if (status == AANN_OK && row) {
        status = read_values(study, statement, table, key, values, count, error);
        *found = status == AANN_OK;
    }
    sqlite3_finalize(statement);
    return status;
}
