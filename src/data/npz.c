/* An NPZ file as a data set: which of its arrays are samples, labels or targets. */
#include "data/npz.h"

#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "data/array.h"
#include "data/npz_archive.h"
#include "samples/dataset.h"

typedef enum array_role {
    ROLE_SAMPLES,
    ROLE_LABELS,
    ROLE_TARGETS,
    ROLE_TARGET_MEAN,
    ROLE_TARGET_SCALE,
    ROLE_COUNT
} array_role;

typedef struct npz_arrays {
    aann_array arrays[ROLE_COUNT];
    char names[ROLE_COUNT][24]; /* "" until found */
    char others[128];           /* the names that mean nothing here, for messages */
} npz_arrays;

/* The role of an entry called "x.npy"; false if it has none. */
static bool role_of(const char *entry_name, array_role *role)
{
    static const struct {
        const char *name;
        array_role role;
    } known[] = {{"x", ROLE_SAMPLES},
                 {"images", ROLE_SAMPLES},
                 {"inputs", ROLE_SAMPLES},
                 {"y", ROLE_LABELS},
                 {"labels", ROLE_LABELS},
                 {"targets", ROLE_TARGETS},
                 {"target_mean", ROLE_TARGET_MEAN},
                 {"target_scale", ROLE_TARGET_SCALE}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const size_t length = strlen(known[i].name);
        if (strncmp(entry_name, known[i].name, length) == 0 &&
            (entry_name[length] == '\0' || strcmp(entry_name + length, ".npy") == 0)) {
            *role = known[i].role;
            return true;
        }
    }
    return false;
}

static void remember_other(npz_arrays *found, const char *name)
{
    const size_t used = strlen(found->others);
    snprintf(found->others + used, sizeof found->others - used, "%s%s", used > 0 ? ", " : "", name);
}

/* Reads the arrays that have a role, and remembers the names of the others. */
static aann_status visit(void *context, aann_npz_archive *archive, const char *name,
                         aann_error *error)
{
    npz_arrays *found = context;
    array_role role;
    if (!role_of(name, &role)) {
        remember_other(found, name);
        return AANN_OK;
    }
    if (found->names[role][0] != '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the arrays %s and %s mean the same; expected one of them",
                         found->names[role], name);
    }
    const aann_status status = aann_npz_read_array(archive, name, &found->arrays[role], error);
    if (status == AANN_OK) {
        snprintf(found->names[role], sizeof found->names[role], "%s", name);
    }
    return status;
}

static aann_status check_found(const npz_arrays *found, aann_error *error)
{
    if (found->names[ROLE_SAMPLES][0] == '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT, "no array x, images or inputs%s%s",
                         found->others[0] != '\0' ? "; there is: " : "", found->others);
    }
    if (found->names[ROLE_LABELS][0] != '\0' && found->names[ROLE_TARGETS][0] != '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "both labels (%s) and targets; expected one of them",
                         found->names[ROLE_LABELS]);
    }
    const bool mean = found->names[ROLE_TARGET_MEAN][0] != '\0';
    const bool scale = found->names[ROLE_TARGET_SCALE][0] != '\0';
    if (mean != scale || (mean && found->names[ROLE_TARGETS][0] == '\0')) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "target_mean and target_scale go together, and with targets");
    }
    return AANN_OK;
}

static aann_status fill_dataset(npz_arrays *found, const aann_load_options *options,
                                aann_dataset *dataset, aann_error *error)
{
    array_role role = ROLE_SAMPLES;
    aann_status status =
        aann_array_to_samples(&found->arrays[ROLE_SAMPLES], options->shape, dataset, error);
    if (status == AANN_OK && found->names[ROLE_LABELS][0] != '\0') {
        role = ROLE_LABELS;
        status = aann_array_to_labels(&found->arrays[ROLE_LABELS], dataset, error);
    }
    if (status == AANN_OK && found->names[ROLE_TARGETS][0] != '\0') {
        role = ROLE_TARGETS;
        status = aann_array_to_targets(&found->arrays[ROLE_TARGETS], dataset, error);
    }
    if (status == AANN_OK && found->names[ROLE_TARGET_MEAN][0] != '\0') {
        role = ROLE_TARGET_MEAN;
        status = aann_array_to_target_numbers(&found->arrays[role], dataset, &dataset->target_mean,
                                              error);
    }
    if (status == AANN_OK && found->names[ROLE_TARGET_SCALE][0] != '\0') {
        role = ROLE_TARGET_SCALE;
        status = aann_array_to_target_numbers(&found->arrays[role], dataset, &dataset->target_scale,
                                              error);
    }
    return status == AANN_OK ? status
                             : aann_fail_prefix(error, status, "array %s", found->names[role]);
}

aann_status aann_npz_read(const char *path, const aann_load_options *options, aann_dataset *dataset,
                          aann_error *error)
{
    npz_arrays found = {0};
    const int64_t limit = options->data_limit > 0 ? options->data_limit : AANN_DATA_LIMIT;
    aann_status status = aann_npz_visit(path, limit, visit, &found, error);
    if (status == AANN_OK) {
        status = check_found(&found, error);
    }
    if (status == AANN_OK) {
        status = fill_dataset(&found, options, dataset, error);
    }
    for (int role = 0; role < ROLE_COUNT; role++) {
        aann_array_clear(&found.arrays[role]);
    }
    return status;
}
