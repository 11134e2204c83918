/* Rows are copied as they are, column by column, whatever columns a schema has. */
#include "study/excerpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "study/database.h"
#include "study/schema.h"

enum { STATEMENT_SIZE = 512 };

/* Parents may stay behind. */
static const char without_parents[] = "PRAGMA foreign_keys = OFF";

/* "INSERT INTO table VALUES (?, ?, ...)" for that many columns. */
static void write_insert(const char *table, int columns, char text[STATEMENT_SIZE])
{
    int end = snprintf(text, STATEMENT_SIZE, "INSERT INTO %s VALUES (?", table);
    for (int i = 1; i < columns && end < STATEMENT_SIZE - 8; i++) {
        end += snprintf(text + end, (size_t)(STATEMENT_SIZE - end), ", ?");
    }
    snprintf(text + end, (size_t)(STATEMENT_SIZE - end), ")");
}

/* Copies the present row of `row`. */
static aann_status copy_row(aann_study *to, const char *table, sqlite3_stmt *row, aann_error *error)
{
    char text[STATEMENT_SIZE];
    sqlite3_stmt *insert = NULL;
    const int columns = sqlite3_column_count(row);
    write_insert(table, columns, text);
    aann_status status = aann_study_prepare(to, text, &insert, error);
    for (int i = 0; status == AANN_OK && i < columns; i++) {
        const int code = sqlite3_bind_value(insert, i + 1, sqlite3_column_value(row, i));
        status = code == SQLITE_OK ? AANN_OK : aann_study_fail(to, code, error);
    }
    if (status == AANN_OK) {
        status = aann_study_run(to, insert, error);
    }
    sqlite3_finalize(insert);
    return status;
}

/* Copies the row of a table whose first column, `key`, is `id`, if there is one. */
static aann_status copy_by_key(aann_study *from, aann_study *to, const char *table, const char *key,
                               int64_t id, aann_error *error)
{
    char text[STATEMENT_SIZE];
    sqlite3_stmt *row = NULL;
    bool found = false;
    snprintf(text, sizeof text, "SELECT * FROM %s WHERE %s = ?", table, key);
    aann_status status = aann_study_prepare(from, text, &row, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(row, 1, id);
        status = aann_study_step(from, row, &found, error);
    }
    if (status == AANN_OK && found) {
        status = copy_row(to, table, row, error);
    }
    sqlite3_finalize(row);
    return status;
}

static aann_status copy_all(aann_study *from, aann_study *to, int64_t family, const int64_t *ids,
                            size_t count, aann_error *error)
{
    aann_status status = aann_study_begin(to, error);
    if (status != AANN_OK) {
        return status;
    }
    status = copy_by_key(from, to, "family", "id", family, error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        status = copy_by_key(from, to, "member", "id", ids[i], error);
        if (status == AANN_OK) {
            status = copy_by_key(from, to, "weights", "member", ids[i], error);
        }
        if (status == AANN_OK) {
            status = copy_by_key(from, to, "checkpoint", "member", ids[i], error);
        }
    }
    return aann_study_finish(to, status, error);
}

aann_status aann_study_excerpt(aann_study *study, int64_t family, const int64_t *ids, size_t count,
                               void **bytes, size_t *size, aann_error *error)
{
    aann_study *excerpt = NULL;
    *bytes = NULL;
    *size = 0;
    aann_status status = aann_study_open(":memory:", AANN_STUDY_CREATE, &excerpt, error);
    if (status == AANN_OK) {
        status = aann_study_execute(excerpt, without_parents, error);
    }
    if (status == AANN_OK) {
        status = copy_all(study, excerpt, family, ids, count, error);
    }
    if (status == AANN_OK) {
        status = aann_study_image_save(excerpt, bytes, size, error);
    }
    aann_study_close(excerpt);
    return status;
}

aann_status aann_study_image_save(aann_study *study, void **bytes, size_t *size, aann_error *error)
{
    sqlite3_int64 length = 0;
    unsigned char *image = sqlite3_serialize(study->database, "main", &length, 0);
    *bytes = image != NULL ? aann_allocate((size_t)length, 1) : NULL;
    *size = 0;
    if (*bytes == NULL) {
        sqlite3_free(image);
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    memcpy(*bytes, image, (size_t)length);
    *size = (size_t)length;
    sqlite3_free(image);
    return AANN_OK;
}

aann_status aann_study_image_open(const void *bytes, size_t size, aann_study **study,
                                  aann_error *error)
{
    aann_study *opened = NULL;
    *study = NULL;
    aann_status status = aann_study_open(":memory:", AANN_STUDY_CREATE, &opened, error);
    if (status != AANN_OK) {
        return status;
    }
    unsigned char *copy = sqlite3_malloc64(size > 0 ? size : 1);
    if (copy == NULL) {
        aann_study_close(opened);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an excerpt of a study");
    }
    memcpy(copy, bytes, size);
    const int code = sqlite3_deserialize(
        opened->database, "main", copy, (sqlite3_int64)size, (sqlite3_int64)size,
        SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
    int version = 0;
    if (code != SQLITE_OK) { /* the bytes are freed by then */
        status = aann_study_fail(opened, code, error);
    }
    if (status == AANN_OK) {
        status = aann_study_schema_check(opened, &version, error);
    }
    if (status == AANN_OK && version != AANN_STUDY_SCHEMA_VERSION) {
        status =
            aann_fail(error, AANN_ERROR_VERSION, "an excerpt of a study of schema %d: expected %d",
                      version, (int)AANN_STUDY_SCHEMA_VERSION);
    }
    if (status == AANN_OK) {
        status = aann_study_execute(opened, without_parents, error);
    }
    if (status != AANN_OK) {
        aann_study_close(opened);
        return status;
    }
    *study = opened;
    return AANN_OK;
}

void aann_study_on_save(aann_study *study, void (*saved)(void *context), void *context)
{
    study->saved = saved;
    study->saved_context = context;
}
