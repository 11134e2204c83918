/* An NPZ file as a data set: which of its arrays are samples, labels or targets. */
#include "data/npz.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

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

enum { NAME_SIZE = 64, OTHERS_SIZE = 192 };

typedef struct npz_arrays {
    const aann_load_options *options;
    aann_array arrays[ROLE_COUNT];
    char names[ROLE_COUNT][NAME_SIZE];   /* "" until found */
    int ranks[ROLE_COUNT];               /* how good the name is */
    char others[OTHERS_SIZE];            /* the names that mean nothing here, for messages */
    char doubled[ROLE_COUNT][NAME_SIZE]; /* another name of that rank, or "" */
} npz_arrays;

/* What the usual names mean, in capitals or not. A higher rank wins: the halves of a file with
 * x_train and x_test stand above the whole, and the names that numpy makes are the last resort. */
enum { RANK_NUMPY = 1, RANK_WHOLE, RANK_HALF };

static const struct {
    const char *name;
    array_role role;
    int rank;
    bool is_test;
} known[] = {{"x", ROLE_SAMPLES, RANK_WHOLE, false},
             {"images", ROLE_SAMPLES, RANK_WHOLE, false},
             {"inputs", ROLE_SAMPLES, RANK_WHOLE, false},
             {"data", ROLE_SAMPLES, RANK_WHOLE, false},
             {"features", ROLE_SAMPLES, RANK_WHOLE, false},
             {"arr_0", ROLE_SAMPLES, RANK_NUMPY, false},
             {"x_train", ROLE_SAMPLES, RANK_HALF, false},
             {"train_images", ROLE_SAMPLES, RANK_HALF, false},
             {"train_x", ROLE_SAMPLES, RANK_HALF, false},
             {"x_test", ROLE_SAMPLES, RANK_HALF, true},
             {"test_images", ROLE_SAMPLES, RANK_HALF, true},
             {"test_x", ROLE_SAMPLES, RANK_HALF, true},
             {"y", ROLE_LABELS, RANK_WHOLE, false},
             {"labels", ROLE_LABELS, RANK_WHOLE, false},
             {"label", ROLE_LABELS, RANK_WHOLE, false},
             {"target", ROLE_LABELS, RANK_WHOLE, false},
             {"arr_1", ROLE_LABELS, RANK_NUMPY, false},
             {"y_train", ROLE_LABELS, RANK_HALF, false},
             {"train_labels", ROLE_LABELS, RANK_HALF, false},
             {"train_y", ROLE_LABELS, RANK_HALF, false},
             {"y_test", ROLE_LABELS, RANK_HALF, true},
             {"test_labels", ROLE_LABELS, RANK_HALF, true},
             {"test_y", ROLE_LABELS, RANK_HALF, true},
             {"targets", ROLE_TARGETS, RANK_WHOLE, false},
             {"target_mean", ROLE_TARGET_MEAN, RANK_WHOLE, false},
             {"target_scale", ROLE_TARGET_SCALE, RANK_WHOLE, false}};

/* The length of "x" in "x.npy". */
static size_t bare_length(const char *entry)
{
    const size_t length = strlen(entry);
    return length > 4 && strcmp(entry + length - 4, ".npy") == 0 ? length - 4 : length;
}

/* The first part of "x=features,y=kinds", and the role in front of the '='; ROLE_COUNT: none is
 * called so. */
static array_role first_part(const char *arrays, size_t *key, size_t *part)
{
    static const char *const roles[] = {"x", "y", "targets", "target_mean", "target_scale"};
    *part = strcspn(arrays, ",");
    *key = strcspn(arrays, "=");
    for (int i = 0; *key < *part && i < ROLE_COUNT; i++) {
        if (strlen(roles[i]) == *key && memcmp(roles[i], arrays, *key) == 0) {
            return (array_role)i;
        }
    }
    return ROLE_COUNT;
}

/* By "x=features,y=kinds"; false if the entry is not in it. */
static bool named_role(const char *arrays, const char *entry, array_role *role)
{
    const size_t length = bare_length(entry);
    for (const char *at = arrays; *at != '\0';) {
        size_t key, part;
        const array_role found = first_part(at, &key, &part);
        if (found < ROLE_COUNT && part - key - 1 == length &&
            memcmp(at + key + 1, entry, length) == 0) {
            *role = found;
            return true;
        }
        at += part + (at[part] == ',' ? 1 : 0);
    }
    return false;
}

/* What --arrays names is something that arrays can be, and is there. */
static aann_status check_named(const npz_arrays *found, aann_error *error)
{
    for (const char *at = found->options->arrays; at != NULL && *at != '\0';) {
        size_t key, part;
        const array_role role = first_part(at, &key, &part);
        if (role == ROLE_COUNT) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "arrays '%.*s': expected x=NAME, y=NAME, targets=NAME, "
                             "target_mean=NAME or target_scale=NAME",
                             (int)(part < NAME_SIZE ? part : NAME_SIZE), at);
        }
        const bool ignored = role != ROLE_SAMPLES && found->options->ignore_answers;
        if (found->names[role][0] == '\0' && !ignored) {
            return aann_fail(error, AANN_ERROR_ARGUMENT, "no array is called '%.*s'%s%s",
                             (int)(part - key - 1 < NAME_SIZE ? part - key - 1 : NAME_SIZE),
                             at + key + 1, found->others[0] != '\0' ? "; there is: " : "",
                             found->others);
        }
        at += part + (at[part] == ',' ? 1 : 0);
    }
    return AANN_OK;
}

/* The role of an entry called "x.npy", and the rank of its name; 0 if it has none. */
static int role_of(const char *entry, const aann_load_options *options, array_role *role)
{
    const size_t length = bare_length(entry);
    if (options->arrays != NULL) {
        return named_role(options->arrays, entry, role) ? RANK_HALF : 0;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i].name) == length && strncasecmp(entry, known[i].name, length) == 0) {
            *role = known[i].role;
            return known[i].is_test == options->test_arrays || known[i].rank < RANK_HALF
                       ? known[i].rank
                       : 0;
        }
    }
    return 0;
}

static void remember_other(npz_arrays *found, const char *name)
{
    const size_t used = strlen(found->others);
    snprintf(found->others + used, sizeof found->others - used, "%s%.*s", used > 0 ? ", " : "",
             (int)bare_length(name), name);
}

/* The first visit: which entry is what. */
static aann_status choose(void *context, aann_npz_archive *archive, const char *name,
                          aann_error *error)
{
    npz_arrays *found = context;
    array_role role = ROLE_SAMPLES;
    (void)archive, (void)error;
    const int rank = role_of(name, found->options, &role);
    const bool answers = role == ROLE_LABELS || role == ROLE_TARGETS || role == ROLE_TARGET_MEAN ||
                         role == ROLE_TARGET_SCALE;
    if (rank == 0 || strlen(name) >= NAME_SIZE) {
        remember_other(found, name);
    } else if (!(answers && found->options->ignore_answers)) {
        if (rank == found->ranks[role]) {
            snprintf(found->doubled[role], NAME_SIZE, "%s", name);
        } else if (rank > found->ranks[role]) {
            found->doubled[role][0] = '\0';
            found->ranks[role] = rank;
            snprintf(found->names[role], NAME_SIZE, "%s", name);
        }
    }
    return AANN_OK;
}

/* The second visit reads them. */
static aann_status read_chosen(void *context, aann_npz_archive *archive, const char *name,
                               aann_error *error)
{
    npz_arrays *found = context;
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (strcmp(found->names[role], name) == 0) {
            return found->arrays[role].data == NULL
                       ? aann_npz_read_array(archive, name, &found->arrays[role], error)
                       : aann_fail(error, AANN_ERROR_FORMAT, "the array %s is there twice", name);
        }
    }
    return AANN_OK;
}

static aann_status check_found(const npz_arrays *found, aann_error *error)
{
    const aann_status named = check_named(found, error);
    if (named != AANN_OK) {
        return named;
    }
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (found->doubled[role][0] != '\0') {
            return aann_fail(
                error, AANN_ERROR_FORMAT,
                "the arrays %s and %s mean the same; expected one of them (--arrays x=..., "
                "y=... says which)",
                found->names[role], found->doubled[role]);
        }
    }
    if (found->names[ROLE_SAMPLES][0] == '\0') {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "no array x, images or inputs%s%s; --arrays x=NAME,y=NAME says what is what",
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
        aann_array_to_samples(&found->arrays[ROLE_SAMPLES], options, dataset, error);
    if (status == AANN_OK && found->names[ROLE_LABELS][0] != '\0') {
        role = ROLE_LABELS;
        status = aann_array_to_labels(&found->arrays[ROLE_LABELS], options, dataset, error);
    }
    if (status == AANN_OK && found->names[ROLE_TARGETS][0] != '\0') {
        role = ROLE_TARGETS;
        status = aann_array_to_targets(&found->arrays[ROLE_TARGETS], dataset, error);
    }
    if (status == AANN_OK && found->names[ROLE_TARGET_MEAN][0] != '\0') {
        role = ROLE_TARGET_MEAN;
        status = aann_array_to_target_numbers(&found->arrays[role], dataset, false,
                                              &dataset->target_mean, error);
    }
    if (status == AANN_OK && found->names[ROLE_TARGET_SCALE][0] != '\0') {
        role = ROLE_TARGET_SCALE;
        status = aann_array_to_target_numbers(&found->arrays[role], dataset, true,
                                              &dataset->target_scale, error);
    }
    return status == AANN_OK ? status
                             : aann_fail_prefix(error, status, "array %s", found->names[role]);
}

aann_status aann_npz_read(const char *path, const aann_load_options *options, aann_dataset *dataset,
                          aann_error *error)
{
    npz_arrays found = {.options = options};
    const int64_t limit = options->data_limit > 0 ? options->data_limit : AANN_DATA_LIMIT;
    aann_status status = aann_npz_visit(path, limit, choose, &found, error);
    if (status == AANN_OK) {
        status = check_found(&found, error);
    }
    if (status == AANN_OK) {
        status = aann_npz_visit(path, limit, read_chosen, &found, error);
    }
    if (status == AANN_OK) {
        status = fill_dataset(&found, options, dataset, error);
    }
    for (int role = 0; role < ROLE_COUNT; role++) {
        aann_array_clear(&found.arrays[role]);
    }
    return status;
}
