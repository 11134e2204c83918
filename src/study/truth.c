/* What the samples of a split really are, one row for each split of a family. With a member's
 * prediction on the same samples, its answers can be judged where the data set is not at hand. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "study/database.h"
#include "study/packed.h"

/* Floats are stored by their bits. */
_Static_assert(sizeof(float) == sizeof(int32_t), "a float has the size of an int32");

static const aann_packed_table table = {
    .insert =
        "INSERT OR REPLACE INTO truth (family, split, samples, sample_count, targets, width, packed)"
        " SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM family WHERE id = ?1",
    .select = "SELECT width, packed FROM truth WHERE family = ?1 AND split = ?2 AND samples = ?3"
              " AND sample_count = ?4 AND targets = ?5",
    .owner = "family",
    .before = "the truth of the ",
    .behind = " split of family",
};

static aann_packed_key key_of(int64_t family, const aann_truth *truth)
{
    return (aann_packed_key){family, truth->split, truth->samples, truth->sample_count,
                             truth->targets};
}

static bool value_count(const aann_truth *truth, size_t *count)
{
    return truth->targets >= 0 &&
           aann_packed_count(truth->sample_count, truth->targets > 0 ? truth->targets : 1, count);
}

aann_status aann_study_save_truth(aann_study *study, int64_t family, const aann_truth *truth,
                                  const int32_t *labels, const float *targets, aann_error *error)
{
    const aann_packed_key key = key_of(family, truth);
    size_t count = 0;
    if (!value_count(truth, &count) || (truth->targets > 0 ? targets == NULL : labels == NULL)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: cannot keep the truth of %lld samples with %d targets", study->path,
                         (long long)truth->sample_count, truth->targets);
    }
    if (truth->targets == 0) {
        return aann_packed_save(study, &table, &key, labels, count, error);
    }
    int32_t *bits = aann_allocate(count, sizeof *bits);
    if (bits == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    memcpy(bits, targets, count * sizeof *bits);
    const aann_status status = aann_packed_save(study, &table, &key, bits, count, error);
    free(bits);
    return status;
}

aann_status aann_study_load_truth(aann_study *study, int64_t family, const aann_truth *truth,
                                  int32_t **labels, float **targets, aann_error *error)
{
    const aann_packed_key key = key_of(family, truth);
    size_t count = 0;
    bool found = false;
    *labels = NULL;
    *targets = NULL;
    if (study->version < 2 || !value_count(truth, &count)) {
        return AANN_OK; /* there is no such table yet; or no study has that many */
    }
    int32_t *values = aann_allocate(count, sizeof *values);
    float *floats = truth->targets > 0 ? aann_allocate(count, sizeof *floats) : NULL;
    const aann_status status =
        values != NULL && (floats != NULL || truth->targets == 0)
            ? aann_packed_load(study, &table, &key, values, count, &found, error)
            : aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    if (found && truth->targets == 0) {
        *labels = values;
        return AANN_OK;
    }
    if (found) {
        memcpy(floats, values, count * sizeof *floats);
        *targets = floats;
        floats = NULL;
    }
    free(values);
    free(floats);
    return status;
}
