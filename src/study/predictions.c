/* Predictions: a member's logits on a split, kept from one comparison to the next.
 *
 * A row is a cache entry with the hash of the weights and the fingerprint of the samples; a request
 * with another hash or fingerprint finds nothing. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "study/database.h"
#include "study/planes.h"

/* Values of a prediction; false where they are too many for one blob, or make no sense. */
static bool value_count(const aann_prediction *prediction, size_t *count)
{
    return prediction->sample_count > 0 && prediction->outputs > 0 &&
           aann_multiply_sizes((size_t)prediction->sample_count, (size_t)prediction->outputs,
                               count) &&
           *count <= INT32_MAX / sizeof(int32_t);
}

static aann_status insert_prediction(aann_study *study, int64_t id,
                                     const aann_prediction *prediction, int width,
                                     const uint8_t *packed, size_t size, aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study,
        "INSERT OR REPLACE INTO prediction (member, split, samples, hash, sample_count, "
        "outputs, width, logits)"
        " SELECT id, ?2, ?3, hash, ?4, ?5, ?6, ?7 FROM member WHERE id = ?1",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, id);
        sqlite3_bind_text(statement, 2, prediction->split, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 3, prediction->samples, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 4, prediction->sample_count);
        sqlite3_bind_int64(statement, 5, prediction->outputs);
        sqlite3_bind_int(statement, 6, width);
        const int code = sqlite3_bind_blob64(statement, 7, packed, size, SQLITE_STATIC);
        status = code == SQLITE_OK ? aann_study_run(study, statement, error)
                                   : aann_study_fail(study, code, error);
    }
    sqlite3_finalize(statement);
    if (status == AANN_OK && sqlite3_changes(study->database) == 0) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no member %lld", study->path,
                         (long long)id);
    }
    return status;
}

aann_status aann_study_save_prediction(aann_study *study, int64_t id,
                                       const aann_prediction *prediction, const int32_t *logits,
                                       aann_error *error)
{
    size_t count = 0;
    if (!value_count(prediction, &count)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: cannot keep predictions of %lld samples x %d outputs", study->path,
                         (long long)prediction->sample_count, prediction->outputs);
    }
    int width = 0;
    size_t size = 0;
    uint8_t *packed = aann_planes_pack(logits, count, &width, &size);
    if (packed == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    aann_status status = aann_study_begin(study, error);
    if (status == AANN_OK) {
        status = insert_prediction(study, id, prediction, width, packed, size, error);
        status = aann_study_finish(study, status, error);
    }
    free(packed);
    return status;
}

/* Column 0 is the width, column 1 the blob. */
static aann_status read_logits(const aann_study *study, sqlite3_stmt *statement, int64_t id,
                               const aann_prediction *prediction, int32_t *logits,
                               aann_error *error)
{
    const int width = sqlite3_column_int(statement, 0);
    const void *packed = sqlite3_column_blob(statement, 1);
    const int packed_size = sqlite3_column_bytes(statement, 1);
    size_t count = 0;
    aann_status status = AANN_OK;
    const bool good =
        value_count(prediction, &count) && packed != NULL &&
        aann_planes_unpack(packed, (size_t)packed_size, width, count, logits, &status);
    if (status != AANN_OK) {
        return aann_fail(error, status, "%s: out of memory", study->path);
    }
    return good ? AANN_OK
                : aann_fail(error, AANN_ERROR_FORMAT,
                            "%s: is damaged (the %s predictions of member %lld)", study->path,
                            prediction->split, (long long)id);
}

aann_status aann_study_load_prediction(aann_study *study, int64_t id,
                                       const aann_prediction *prediction, int32_t *logits,
                                       bool *found, aann_error *error)
{
    *found = false;
    sqlite3_stmt *statement = NULL;
    bool row = false;
    aann_status status = aann_study_prepare(
        study,
        "SELECT width, logits FROM prediction JOIN member ON member.id = prediction.member"
        " WHERE prediction.member = ?1 AND split = ?2 AND samples = ?3 AND prediction.hash = member.hash"
        " AND sample_count = ?4 AND outputs = ?5",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, id);
        sqlite3_bind_text(statement, 2, prediction->split, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 3, prediction->samples, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 4, prediction->sample_count);
        sqlite3_bind_int64(statement, 5, prediction->outputs);
        status = aann_study_step(study, statement, &row, error);
    }
    if (status == AANN_OK && row) {
        status = read_logits(study, statement, id, prediction, logits, error);
    }
    sqlite3_finalize(statement);
    *found = status == AANN_OK && row;
    return status;
}

aann_status aann_study_find_prediction(aann_study *study, int64_t id, aann_prediction *prediction,
                                       char name[AANN_PREDICTION_NAME_SIZE], bool *found,
                                       aann_error *error)
{
    *found = false;
    sqlite3_stmt *statement = NULL;
    bool row = false;
    aann_status status = aann_study_prepare(
        study,
        "SELECT samples, sample_count, outputs FROM prediction"
        " JOIN member ON member.id = prediction.member"
        " WHERE prediction.member = ?1 AND split = ?2 AND prediction.hash = member.hash",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, id);
        sqlite3_bind_text(statement, 2, prediction->split, -1, SQLITE_STATIC);
        status = aann_study_step(study, statement, &row, error);
    }
    if (status == AANN_OK && row) {
        const char *samples = (const char *)sqlite3_column_text(statement, 0);
        const int64_t outputs = sqlite3_column_int64(statement, 2);
        const size_t length = samples != NULL ? strlen(samples) : AANN_PREDICTION_NAME_SIZE;
        prediction->sample_count = sqlite3_column_int64(statement, 1);
        prediction->outputs = outputs > 0 && outputs <= INT32_MAX ? (int32_t)outputs : 0;
        size_t count = 0;
        if (length < AANN_PREDICTION_NAME_SIZE && value_count(prediction, &count)) {
            memcpy(name, samples, length + 1);
            prediction->samples = name;
            *found = true;
        }
    }
    sqlite3_finalize(statement);
    return status;
}
