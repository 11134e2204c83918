/* What the samples of a split really are, one row for each split of a family. With a member's
 * prediction on the same samples, its answers can be judged where the data set is not at hand. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "study/database.h"
#include "study/planes.h"

/* Floats are stored by their bits. */
_Static_assert(sizeof(float) == sizeof(int32_t), "a float has the size of an int32");

/* Values of a truth; false where they are too many for one blob, or make no sense. */
static bool value_count(const aann_truth *truth, size_t *count)
{
    const int32_t each = truth->targets > 0 ? truth->targets : 1;
    return truth->sample_count > 0 && truth->targets >= 0 &&
           aann_multiply_sizes((size_t)truth->sample_count, (size_t)each, count) &&
           *count <= INT32_MAX / sizeof(int32_t);
}

static aann_status insert_truth(aann_study *study, int64_t family, const aann_truth *truth,
                                int width, const uint8_t *packed, size_t size, aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study,
        "INSERT OR REPLACE INTO truth (family, split, samples, sample_count, targets, width, packed)"
        " SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM family WHERE id = ?1",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, family);
        sqlite3_bind_text(statement, 2, truth->split, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 3, truth->samples, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 4, truth->sample_count);
        sqlite3_bind_int64(statement, 5, truth->targets);
        sqlite3_bind_int(statement, 6, width);
        const int code = sqlite3_bind_blob64(statement, 7, packed, size, SQLITE_STATIC);
        status = code == SQLITE_OK ? aann_study_run(study, statement, error)
                                   : aann_study_fail(study, code, error);
    }
    sqlite3_finalize(statement);
    if (status == AANN_OK && sqlite3_changes(study->database) == 0) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no family %lld", study->path,
                         (long long)family);
    }
    return status;
}

aann_status aann_study_save_truth(aann_study *study, int64_t family, const aann_truth *truth,
                                  const int32_t *labels, const float *targets, aann_error *error)
{
    size_t count = 0;
    if (!value_count(truth, &count) || (truth->targets > 0 ? targets == NULL : labels == NULL)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: cannot keep the truth of %lld samples with %d targets", study->path,
                         (long long)truth->sample_count, truth->targets);
    }
    int32_t *bits = aann_allocate(count, sizeof *bits);
    int width = 0;
    size_t size = 0;
    uint8_t *packed = NULL;
    if (bits != NULL) {
        memcpy(bits, truth->targets > 0 ? (const void *)targets : labels, count * sizeof *bits);
        packed = aann_planes_pack(bits, count, &width, &size);
    }
    free(bits);
    if (packed == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    aann_status status = aann_study_begin(study, error);
    if (status == AANN_OK) {
        status = insert_truth(study, family, truth, width, packed, size, error);
        status = aann_study_finish(study, status, error);
    }
    free(packed);
    return status;
}

/* Column 0 is the width, column 1 the blob: values[count]. */
static aann_status read_values(const aann_study *study, sqlite3_stmt *statement, int64_t family,
                               const aann_truth *truth, size_t count, int32_t *values,
                               aann_error *error)
{
    const void *packed = sqlite3_column_blob(statement, 1);
    const int size = sqlite3_column_bytes(statement, 1);
    aann_status status = AANN_OK;
    if (packed != NULL && aann_planes_unpack(packed, (size_t)size, sqlite3_column_int(statement, 0),
                                             count, values, &status)) {
        return AANN_OK;
    }
    return status != AANN_OK
               ? aann_fail(error, status, "%s: out of memory", study->path)
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "%s: is damaged (the truth of the %s split of family %lld)", study->path,
                           truth->split, (long long)family);
}

/* Values in an array of the kind that the caller expects. */
static aann_status read_truth(const aann_study *study, sqlite3_stmt *statement, int64_t family,
                              const aann_truth *truth, int32_t **labels, float **targets,
                              aann_error *error)
{
    size_t count = 0;
    if (!value_count(truth, &count)) {
        return AANN_OK; /* no study has that many */
    }
    int32_t *values = aann_allocate(count, sizeof *values);
    float *floats = truth->targets > 0 ? aann_allocate(count, sizeof *floats) : NULL;
    aann_status status =
        values != NULL && (floats != NULL || truth->targets == 0)
            ? read_values(study, statement, family, truth, count, values, error)
            : aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    if (status == AANN_OK && truth->targets == 0) {
        *labels = values;
        return AANN_OK;
    }
    if (status == AANN_OK) {
        memcpy(floats, values, count * sizeof *floats);
        *targets = floats;
        floats = NULL;
    }
    free(values);
    free(floats);
    return status;
}

aann_status aann_study_load_truth(aann_study *study, int64_t family, const aann_truth *truth,
                                  int32_t **labels, float **targets, aann_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    *labels = NULL;
    *targets = NULL;
    if (study->version < 2) { /* no such table yet */
        return AANN_OK;
    }
    aann_status status = aann_study_prepare(
        study,
        "SELECT width, packed FROM truth WHERE family = ?1 AND split = ?2 AND samples = ?3"
        " AND sample_count = ?4 AND targets = ?5",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, family);
        sqlite3_bind_text(statement, 2, truth->split, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 3, truth->samples, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 4, truth->sample_count);
        sqlite3_bind_int64(statement, 5, truth->targets);
        status = aann_study_step(study, statement, &row, error);
    }
    if (status == AANN_OK && row) {
        status = read_truth(study, statement, family, truth, labels, targets, error);
    }
    sqlite3_finalize(statement);
    return status;
}
