/* Predictions: a member's logits on a split, kept from one comparison to the next.
 *
 * A row is a cache entry with the hash of the weights and the fingerprint of the samples; a request
 * with another hash or fingerprint finds nothing. */
#include <string.h>

#include "study/database.h"
#include "study/packed.h"

static const aann_packed_table table = {
    .insert = "INSERT OR REPLACE INTO prediction (member, split, samples, hash, sample_count, "
              "outputs, width, logits)"
              " SELECT id, ?2, ?3, hash, ?4, ?5, ?6, ?7 FROM member WHERE id = ?1",
    .select = "SELECT width, logits FROM prediction JOIN member ON member.id = prediction.member"
              " WHERE prediction.member = ?1 AND split = ?2 AND samples = ?3"
              " AND prediction.hash = member.hash AND sample_count = ?4 AND outputs = ?5",
    .owner = "member",
    .before = "the ",
    .behind = " predictions of member",
};

static aann_packed_key key_of(int64_t id, const aann_prediction *prediction)
{
    return (aann_packed_key){id, prediction->split, prediction->samples, prediction->sample_count,
                             prediction->outputs};
}

aann_status aann_study_save_prediction(aann_study *study, int64_t id,
                                       const aann_prediction *prediction, const int32_t *logits,
                                       aann_error *error)
{
    const aann_packed_key key = key_of(id, prediction);
    size_t count = 0;
    if (!aann_packed_count(prediction->sample_count, prediction->outputs, &count)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: cannot keep predictions of %lld samples x %d outputs", study->path,
                         (long long)prediction->sample_count, prediction->outputs);
    }
    return aann_packed_save(study, &table, &key, logits, count, error);
}

aann_status aann_study_load_prediction(aann_study *study, int64_t id,
                                       const aann_prediction *prediction, int32_t *logits,
                                       bool *found, aann_error *error)
{
    const aann_packed_key key = key_of(id, prediction);
    size_t count = 0;
    *found = false;
    if (!aann_packed_count(prediction->sample_count, prediction->outputs, &count)) {
        return AANN_OK; /* no study has that many */
    }
    return aann_packed_load(study, &table, &key, logits, count, found, error);
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
        if (length < AANN_PREDICTION_NAME_SIZE &&
            aann_packed_count(prediction->sample_count, prediction->outputs, &count)) {
            memcpy(name, samples, length + 1);
            prediction->samples = name;
            *found = true;
        }
    }
    sqlite3_finalize(statement);
    return status;
}
