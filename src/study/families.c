/* Families: what all members share, one row each. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "study/database.h"

/* A family is only worth storing if its spec can be read again, and comparing networks with it
 * needs the one canonical text. */
static aann_status check_family(const aann_study *study, const aann_family_row *family,
                                aann_error *error)
{
    if (family->name == NULL || family->task == NULL || family->spec == NULL ||
        family->data == NULL || family->options == NULL || family->software == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: a family needs name, task, spec, data, options and software",
                         study->path);
    }
    aann_spec spec;
    char canonical[AANN_MAX_SPEC_LENGTH];
    aann_status status = aann_spec_parse(family->spec, family->input, &spec, error);
    if (status == AANN_OK) {
        status = aann_spec_format(&spec, canonical, sizeof canonical, error);
    }
    if (status == AANN_OK && strcmp(canonical, family->spec) != 0) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%s: the family's spec %s is not in its canonical form %s", study->path,
                           family->spec, canonical);
    }
    return status;
}

static void bind_family(sqlite3_stmt *statement, const aann_family_row *family, int64_t created)
{
    sqlite3_bind_text(statement, 1, family->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, family->task, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, family->spec, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 4, family->input.channels);
    sqlite3_bind_int(statement, 5, family->input.height);
    sqlite3_bind_int(statement, 6, family->input.width);
    sqlite3_bind_double(statement, 7, family->excitatory_share);
    sqlite3_bind_text(statement, 8, family->data, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 9, family->options, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 10, family->software, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 11, created);
}

aann_status aann_study_add_family(aann_study *study, aann_family_row *family, aann_error *error)
{
    aann_status status = check_family(study, family, error);
    if (status == AANN_OK) {
        status = aann_study_begin(study, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const int64_t created = (int64_t)time(NULL);
    sqlite3_stmt *statement = NULL;
    status = aann_study_prepare(
        study,
        "INSERT INTO family (name, task, spec, input_channels, input_height, input_width,"
        " excitatory_share, data, options, software, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &statement, error);
    if (status == AANN_OK) {
        bind_family(statement, family, created);
        status = aann_study_run(study, statement, error);
    }
    sqlite3_finalize(statement);
    const int64_t id = sqlite3_last_insert_rowid(study->database);
    status = aann_study_finish(study, status, error);
    if (status == AANN_OK) {
        family->id = id;
        family->created = created;
    }
    return status;
}

aann_status aann_study_save_options(aann_study *study, int64_t family, const char *options,
                                    aann_error *error)
{
    aann_status status = aann_study_begin(study, error);
    if (status != AANN_OK) {
        return status;
    }
    sqlite3_stmt *statement = NULL;
    status =
        aann_study_prepare(study, "UPDATE family SET options = ? WHERE id = ?", &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_text(statement, 1, options, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, family);
        status = aann_study_run(study, statement, error);
    }
    sqlite3_finalize(statement);
    if (status == AANN_OK && sqlite3_changes(study->database) == 0) {
        status = aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no family %lld", study->path,
                           (long long)family);
    }
    return aann_study_finish(study, status, error);
}

/* One side of the input's shape. */
static aann_status read_extent(const aann_study *study, sqlite3_stmt *statement, int column,
                               int32_t *extent, aann_error *error)
{
    const int64_t value = sqlite3_column_int64(statement, column);
    if (value < 1 || value > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is damaged (%s %lld of family %lld)",
                         study->path, sqlite3_column_name(statement, column), (long long)value,
                         (long long)sqlite3_column_int64(statement, 0));
    }
    *extent = (int32_t)value;
    return AANN_OK;
}

enum { TEXTS = 6 };

/* Puts texts[TEXTS] one behind the other into the row's storage. */
static aann_status store_texts(const aann_study *study, char *const texts[TEXTS],
                               aann_family_row *family, aann_error *error)
{
    const char **const places[TEXTS] = {&family->name, &family->task,    &family->spec,
                                        &family->data, &family->options, &family->software};
    size_t total = 0;
    for (int i = 0; i < TEXTS; i++) {
        total += strlen(texts[i]) + 1; /* they are all in memory: the sum cannot overflow */
    }
    family->storage = aann_allocate(total, 1);
    if (family->storage == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory for a family", study->path);
    }
    char *place = family->storage;
    for (int i = 0; i < TEXTS; i++) {
        const size_t size = strlen(texts[i]) + 1;
        memcpy(place, texts[i], size);
        *places[i] = place;
        place += size;
    }
    return AANN_OK;
}

static aann_status read_texts(const aann_study *study, sqlite3_stmt *statement,
                              aann_family_row *family, aann_error *error)
{
    static const int columns[TEXTS] = {1, 2, 3, 8, 9, 10};
    char *texts[TEXTS] = {0};
    aann_status status = AANN_OK;
    for (int i = 0; status == AANN_OK && i < TEXTS; i++) {
        status = aann_study_column_text(study, statement, columns[i], &texts[i], error);
    }
    if (status == AANN_OK) {
        status = store_texts(study, texts, family, error);
    }
    for (int i = 0; i < TEXTS; i++) {
        free(texts[i]);
    }
    return status;
}

/* A row of the query below. What has been read on failure is cleared again. */
static aann_status read_family(const aann_study *study, sqlite3_stmt *statement, void *read,
                               aann_error *error)
{
    aann_family_row *family = read;
    *family = (aann_family_row){.id = sqlite3_column_int64(statement, 0),
                                .excitatory_share = aann_study_column_double(statement, 7),
                                .created = sqlite3_column_int64(statement, 11)};
    int32_t *const extents[] = {&family->input.channels, &family->input.height,
                                &family->input.width};
    aann_status status = read_texts(study, statement, family, error);
    for (int i = 0; status == AANN_OK && i < 3; i++) {
        status = read_extent(study, statement, 4 + i, extents[i], error);
    }
    if (status != AANN_OK) {
        aann_family_row_destroy(family);
    }
    return status;
}

/* All families with first <= id <= last, in order. */
static aann_status read_families(aann_study *study, int64_t first, int64_t last,
                                 aann_family_row **families, size_t *count, aann_error *error)
{
    aann_study_rows found = {0};
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study,
        "SELECT id, name, task, spec, input_channels, input_height, input_width, excitatory_share,"
        " data, options, software, created FROM family WHERE id BETWEEN ? AND ? ORDER BY id",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, first);
        sqlite3_bind_int64(statement, 2, last);
        status =
            aann_study_read_rows(study, statement, sizeof **families, read_family, &found, error);
    }
    sqlite3_finalize(statement);
    if (status != AANN_OK) {
        aann_family_rows_destroy(found.list, found.count);
        found = (aann_study_rows){0};
    }
    *families = found.list;
    *count = found.count;
    return status;
}

aann_status aann_study_families(aann_study *study, aann_family_row **families, size_t *count,
                                aann_error *error)
{
    return read_families(study, 1, INT64_MAX, families, count, error);
}

aann_status aann_study_family(aann_study *study, int64_t id, aann_family_row *family,
                              aann_error *error)
{
    aann_family_row *found = NULL;
    size_t count = 0;
    *family = (aann_family_row){0};
    const aann_status status = read_families(study, id, id, &found, &count, error);
    if (status != AANN_OK) {
        return status;
    }
    if (count == 0) {
        aann_family_rows_destroy(found, count);
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no family %lld", study->path,
                         (long long)id);
    }
    *family = found[0]; /* its texts move to the caller */
    free(found);
    return AANN_OK;
}

void aann_family_row_destroy(aann_family_row *family)
{
    free(family->storage);
    *family = (aann_family_row){0};
}

void aann_family_rows_destroy(aann_family_row *families, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        aann_family_row_destroy(&families[i]);
    }
    free(families);
}
