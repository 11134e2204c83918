/* The trace: a member's history, one row per report of its search. */
#include <stdlib.h>

#include "study/database.h"
#include "study/members.h"

static void bind_row(sqlite3_stmt *statement, int64_t id, const aann_trace_row *row)
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
}

aann_status aann_study_store_trace(aann_study *study, int64_t id, const aann_trace_row *rows, size_t count,
                                   aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study,
        "INSERT OR REPLACE INTO trace (member, step, seconds, temperature, train_loss, train_accuracy,"
        " validation_loss, validation_accuracy, accepted, evaluated_samples) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?)",
        &statement, error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        bind_row(statement, id, &rows[i]);
        status = aann_study_run(study, statement, error);
    }
    sqlite3_finalize(statement);
    return status;
}

static aann_trace_row read_row(sqlite3_stmt *statement)
{
    return (aann_trace_row){
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
}

aann_status aann_study_trace(aann_study *study, int64_t id, aann_trace_row **rows, size_t *count,
                             aann_error *error)
{
    size_t capacity = 0;
    *rows = NULL;
    *count = 0;
    aann_member member;
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_member(study, id, &member, error);
    if (status == AANN_OK) {
        status = aann_study_prepare(
            study,
            "SELECT step, seconds, temperature, train_loss, train_accuracy, validation_loss,"
            " validation_accuracy, accepted, evaluated_samples FROM trace WHERE member = ?"
            " ORDER BY step",
            &statement, error);
    }
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, id);
    }
    bool row = true;
    while (status == AANN_OK && row) {
        status = aann_study_step(study, statement, &row, error);
        if (status != AANN_OK || !row) {
            break;
        }
        aann_trace_row *larger = aann_study_make_room(study, *rows, *count, &capacity, sizeof *larger, error);
        if (larger == NULL) {
            status = AANN_ERROR_MEMORY;
            break;
        }
        *rows = larger;
        (*rows)[(*count)++] = read_row(statement);
    }
    sqlite3_finalize(statement);
    if (status != AANN_OK) {
        free(*rows);
        *rows = NULL;
        *count = 0;
    }
    return status;
}
