/* A member's logits, and the samples it is to be evaluated on. */
#include "cli/shared/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "aann/task.h"
#include "cli/shared/message.h"

aann_status cli_logits(const aann_member *member, const aann_samples *samples, int32_t threads,
                       const char *isa, int32_t **logits, aann_error *error)
{
    const size_t count = (size_t)samples->count * (size_t)member->spec.output_count;
    *logits = malloc((count > 0 ? count : 1) * sizeof **logits);
    if (*logits == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for the outputs");
    }
    aann_evaluator *evaluator = NULL;
    aann_status status = aann_evaluator_create(member->network, threads, isa, &evaluator, error);
    if (status == AANN_OK) {
        status = aann_evaluator_logits(evaluator, samples, 0, samples->count, *logits, error);
    }
    aann_evaluator_destroy(evaluator);
    if (status != AANN_OK) {
        free(*logits);
        *logits = NULL;
    }
    return status;
}

/* ---- samples --------------------------------------------------------------------------------- */

static bool is_split(const char *name)
{
    return strcmp(name, "train") == 0 || strcmp(name, "validation") == 0 ||
           strcmp(name, "certification") == 0 || strcmp(name, "test") == 0;
}

/* A split of the data that the family was searched on. */
static aann_status own_split(const aann_member *member, const char *split, int64_t data_limit,
                             aann_family_data **family_data, const aann_samples **samples,
                             char *what, size_t what_size, aann_error *error)
{
    const aann_status status =
        aann_family_data_reload_within(&member->family, NULL, NULL, data_limit, family_data, error);
    if (status != AANN_OK) {
        return status;
    }
    static const char *const preferred[] = {"test", "validation", "train"};
    for (size_t i = 0; split == NULL && i < 3; i++) {
        split = aann_family_data_split(*family_data, preferred[i]) != NULL ? preferred[i] : NULL;
    }
    *samples = aann_family_data_split(*family_data, split);
    if (*samples == NULL) {
        return cli_set_error(error, AANN_ERROR_NOT_FOUND, "the family has no %s split", split);
    }
    snprintf(what, what_size, "%s, %s split", member->family.name, split);
    return AANN_OK;
}

/* Whether a task has its data by this name. */
static bool is_data_set(const char *name)
{
    size_t count;
    const aann_task_preset *presets = aann_task_preset_table(&count);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || (presets[i].data != NULL && strcmp(presets[i].data, name) == 0);
    }
    return found;
}

/* Whether the family was searched on this set: then the family says what its splits are. */
static aann_status is_own_set(const aann_member *member, const char *name, bool *own,
                              aann_error *error)
{
    char path[64];
    aann_data_origin *origin = NULL;
    const aann_status status = aann_family_data_origin(&member->family, &origin, error);
    snprintf(path, sizeof path, "%s:train", name);
    *own = status == AANN_OK && origin->train != NULL && strcmp(origin->train, path) == 0;
    aann_free(origin);
    return status;
}

/* A split of a fetched set that the family was not searched on: it has a training and a test
 * file. */
static aann_status other_set(const aann_member *member, const char *name, const char *split,
                             const aann_load_options *load, aann_samples **owned, aann_error *error)
{
    char path[64];
    if (strcmp(split, "validation") == 0 || strcmp(split, "certification") == 0) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "--split %s: the family was not searched on %s, which has no "
                             "%s split; expected train or test",
                             split, name, split);
    }
    snprintf(path, sizeof path, "%s:%s", name, split);
    return aann_family_encode(&member->family, path, load, 0, 0, true, owned, error);
}

aann_status cli_samples(const aann_member *member, const char *data, const char *split,
                        const aann_load_options *load, aann_samples **owned,
                        const aann_samples **samples, aann_family_data **family_data, char *what,
                        size_t what_size, aann_error *error)
{
    *owned = NULL;
    *samples = NULL;
    *family_data = NULL;
    if (split != NULL && !is_split(split)) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "--split: expected train, validation, "
                             "certification or test, not %s",
                             split);
    }
    if (data == NULL) {
        return own_split(member, split, load->data_limit, family_data, samples, what, what_size,
                         error);
    }
    if (!is_data_set(data)) {
        snprintf(what, what_size, "%s", data);
        const aann_status status =
            aann_family_encode(&member->family, data, load, 0, 0, true, owned, error);
        *samples = *owned;
        return status;
    }
    split = split != NULL ? split : "test";
    bool own;
    aann_status status = is_own_set(member, data, &own, error);
    if (status != AANN_OK) {
        return status;
    }
    if (own && strcmp(split, "test") != 0) {
        status = own_split(member, split, load->data_limit, family_data, samples, what, what_size,
                           error);
    } else {
        status = other_set(member, data, split, load, owned, error);
        *samples = *owned;
    }
    snprintf(what, what_size, "%s, %s split", data, split);
    return status;
}
