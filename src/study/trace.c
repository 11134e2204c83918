/* A member's history: a row per report of its search.
 *
 * The counts by layer are one text in the row, [[candidates, accepted], ...]: a person can read it,
 * and SQLite's json_extract, too. Studies of schema 1 have no such column. */
#include "study/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "study/database.h"

/* ---- counts by layer ------------------------------------------------------------------------- */

/* Two numbers of twenty digits and four signs for each layer. */
enum { LAYERS_TEXT_SIZE = AANN_MAX_LAYERS * 44 + 3 };

static void format_layers(const aann_trace_row *row, char text[LAYERS_TEXT_SIZE])
{
    size_t end = 0;
    for (int32_t i = 0; i < row->layer_count; i++) {
        end +=
            (size_t)snprintf(text + end, LAYERS_TEXT_SIZE - end, "%s[%" PRIu64 ",%" PRIu64 "]",
                             i == 0 ? "[" : ",", row->layer_candidates[i], row->layer_accepted[i]);
    }
    snprintf(text + end, LAYERS_TEXT_SIZE - end, "]");
}

/* Moves *text behind `sign`; false if something else stands there. */
static bool skip(const char **text, char sign)
{
    if (**text != sign) {
        return false;
    }
    ++*text;
    return true;
}

/* Digits only: no sign, no blank, nothing beyond 64 bits. */
static bool parse_count(const char **text, uint64_t *count)
{
    const char *from = *text;
    *count = 0;
    for (; **text >= '0' && **text <= '9'; ++*text) {
        const uint64_t digit = (uint64_t)(**text - '0');
        if (*count > (UINT64_MAX - digit) / 10) {
            return false;
        }
        *count = 10 * *count + digit;
    }
    return *text > from;
}

static bool parse_layers(const char *text, aann_trace_row *row)
{
    bool good = skip(&text, '[');
    do {
        const int32_t i = row->layer_count++;
        good = good && i < AANN_MAX_LAYERS && skip(&text, '[') &&
               parse_count(&text, &row->layer_candidates[i]) && skip(&text, ',') &&
               parse_count(&text, &row->layer_accepted[i]) && skip(&text, ']') &&
               row->layer_accepted[i] <= row->layer_candidates[i];
    } while (good && skip(&text, ','));
    return good && skip(&text, ']') && *text == '\0';
}

/* ---- storing --------------------------------------------------------------------------------- */

static void bind_row(sqlite3_stmt *statement, int64_t id, const aann_trace_row *row,
                     const char *layers)
{
    sqlite3_bind_int64(statement, 1, id);
    aann_study_bind_u64(statement, 2, row->step);
    sqlite3_bind_double(statement, 3, row->seconds);
    sqlite3_bind_double(statement, 4, row->temperature);
    sqlite3_bind_double(statement, 5, row->train_loss);
    sqlite3_bind_double(statement, 6, row->train_accuracy);
    sqlite3_bind_double(statement, 7, row->validation_loss);
    sqlite3_bind_double(statement, 8, row->validation_accuracy);
    aann_study_bind_u64(statement, 9, row->accepted);
    aann_study_bind_u64(statement, 10, row->evaluated_samples);
    sqlite3_bind_text(statement, 11, layers, -1, SQLITE_STATIC); /* NULL stays NULL */
}

static aann_status check_row(const aann_study *study, const aann_trace_row *row, aann_error *error)
{
    bool good = row->layer_count >= 0 && row->layer_count <= AANN_MAX_LAYERS;
    for (int32_t i = 0; good && i < row->layer_count; i++) {
        good = row->layer_accepted[i] <= row->layer_candidates[i];
    }
    return good ? AANN_OK
                : aann_fail(error, AANN_ERROR_ARGUMENT,
                            "%s: a trace row of %d layers; expected 0 to %d, and no layer with "
                            "more candidates accepted than decided",
                            study->path, row->layer_count, (int)AANN_MAX_LAYERS);
}

aann_status aann_study_store_trace(aann_study *study, int64_t id, const aann_trace_row *rows,
                                   size_t count, aann_error *error)
{
    char layers[LAYERS_TEXT_SIZE];
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study,
        "INSERT OR REPLACE INTO trace (member, step, seconds, temperature, train_loss,"
        " train_accuracy, validation_loss, validation_accuracy, accepted, evaluated_samples, layers)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &statement, error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        status = check_row(study, &rows[i], error);
        if (status == AANN_OK) {
            format_layers(&rows[i], layers);
            bind_row(statement, id, &rows[i], rows[i].layer_count > 0 ? layers : NULL);
            status = aann_study_run(study, statement, error);
        }
    }
    sqlite3_finalize(statement);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

static aann_status read_row(const aann_study *study, sqlite3_stmt *statement, void *read,
                            aann_error *error)
{
    aann_trace_row *row = read;
    *row = (aann_trace_row){
        .step = aann_study_column_u64(statement, 0),
        .seconds = aann_study_column_double(statement, 1),
        .temperature = aann_study_column_double(statement, 2),
        .train_loss = aann_study_column_double(statement, 3),
        .train_accuracy = aann_study_column_double(statement, 4),
        .validation_loss = aann_study_column_double(statement, 5),
        .validation_accuracy = aann_study_column_double(statement, 6),
        .accepted = aann_study_column_u64(statement, 7),
        .evaluated_samples = aann_study_column_u64(statement, 8),
    };
    const char *layers = (const char *)sqlite3_column_text(statement, 9);
    return layers == NULL || parse_layers(layers, row)
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "%s: is damaged (the trace at step %" PRIu64 ": its layers are %.40s)",
                           study->path, row->step, layers);
}

/* "No such member" and "a member without a history" are different answers. */
static aann_status check_member(aann_study *study, int64_t id, aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    const aann_status status = aann_study_select_member(study, "SELECT id FROM member WHERE id = ?",
                                                        id, &statement, error);
    sqlite3_finalize(statement);
    return status;
}

aann_status aann_study_trace(aann_study *study, int64_t id, aann_trace_row **rows, size_t *count,
                             aann_error *error)
{
    static const char *const queries[] = {
        "SELECT step, seconds, temperature, train_loss, train_accuracy, validation_loss,"
        " validation_accuracy, accepted, evaluated_samples, NULL FROM trace WHERE member = ?"
        " ORDER BY step",
        "SELECT step, seconds, temperature, train_loss, train_accuracy, validation_loss,"
        " validation_accuracy, accepted, evaluated_samples, layers FROM trace WHERE member = ?"
        " ORDER BY step",
    };
    aann_study_rows found = {0};
    sqlite3_stmt *statement = NULL;
    aann_status status = check_member(study, id, error);
    if (status == AANN_OK) {
        status = aann_study_prepare(study, queries[study->version < 2 ? 0 : 1], &statement, error);
    }
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, id);
        status = aann_study_read_rows(study, statement, sizeof **rows, read_row, &found, error);
    }
    sqlite3_finalize(statement);
    if (status != AANN_OK) {
        free(found.list);
        found = (aann_study_rows){0};
    }
    *rows = found.list;
    *count = found.count;
    return status;
}
