/* NPZ: each array is an NPY file in a zip archive, stored or deflated. libarchive reads the archive (with the
 * directory at its end, so a cut file is noticed at once) and checks each file's CRC; the NPY reader reads the
 * arrays straight from it. */
#include "data/npz.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "data/array.h"
#include "data/dataset.h"
#include "data/npy.h"
#include "data/source.h"
#include "data/zip_end.h"

enum { BLOCK_SIZE = 1 << 16 };

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

static aann_status read_entry(void *context, uint8_t *buffer, size_t size, size_t *got, aann_error *error)
{
    struct archive *archive = context;
    const la_ssize_t count = archive_read_data(archive, buffer, size);
    if (count < 0) {
        /* A wrong check sum is only a warning to libarchive; here nothing is half right. */
        return aann_fail(error, AANN_ERROR_FORMAT, "the zip archive is damaged: %s",
                         archive_error_string(archive));
    }
    *got = (size_t)count;
    return AANN_OK;
}

/* What an entry called "x.npy" is for; false if nothing. */
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

static aann_status read_array(struct archive *archive, const char *name, array_role role, npz_arrays *found,
                              aann_error *error)
{
    if (found->names[role][0] != '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT, "the arrays %s and %s mean the same; expected one of them",
                         found->names[role], name);
    }
    aann_source *source;
    aann_status status =
        aann_source_create((aann_reader){.read = read_entry, .context = archive}, &source, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_npy_read(source, &found->arrays[role], error);
    aann_source_close(source);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "array %s", name);
    }
    snprintf(found->names[role], sizeof found->names[role], "%s", name);
    return AANN_OK;
}

static aann_status read_entries(struct archive *archive, npz_arrays *found, aann_error *error)
{
    struct archive_entry *entry;
    for (;;) {
        const int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_EOF) {
            return AANN_OK;
        }
        /* A warning here is about characters in a name. */
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
            return aann_fail(error, AANN_ERROR_FORMAT, "the zip archive is damaged: %s",
                             archive_error_string(archive));
        }
        const char *name = archive_entry_pathname(entry);
        array_role role;
        if (name == NULL || !role_of(name, &role)) {
            remember_other(found, name != NULL ? name : "?");
            continue;
        }
        const aann_status status = read_array(archive, name, role, found, error);
        if (status != AANN_OK) {
            return status;
        }
    }
}

static aann_status read_archive(const char *path, npz_arrays *found, aann_error *error)
{
    aann_status status = aann_zip_check_end(path, error);
    if (status != AANN_OK) {
        return status;
    }
    struct archive *archive = archive_read_new();
    if (archive == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an archive");
    }
    archive_read_support_format_zip_seekable(archive);
    if (archive_read_open_filename(archive, path, BLOCK_SIZE) != ARCHIVE_OK) {
        status =
            aann_fail(error, AANN_ERROR_FORMAT, "not a whole zip archive: %s", archive_error_string(archive));
    } else {
        status = read_entries(archive, found, error);
    }
    archive_read_free(archive);
    return status;
}

static aann_status check_found(const npz_arrays *found, aann_error *error)
{
    if (found->names[ROLE_SAMPLES][0] == '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT, "no array x, images or inputs%s%s",
                         found->others[0] != '\0' ? "; there is: " : "", found->others);
    }
    if (found->names[ROLE_LABELS][0] != '\0' && found->names[ROLE_TARGETS][0] != '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT, "both labels (%s) and targets; expected one of them",
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

static aann_status fill_dataset(npz_arrays *found, const aann_load_options *options, aann_dataset *dataset,
                                aann_error *error)
{
    array_role role = ROLE_SAMPLES;
    aann_status status = aann_array_to_samples(&found->arrays[ROLE_SAMPLES], options->shape, dataset, error);
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
        status = aann_array_to_target_numbers(&found->arrays[role], dataset, &dataset->target_mean, error);
    }
    if (status == AANN_OK && found->names[ROLE_TARGET_SCALE][0] != '\0') {
        role = ROLE_TARGET_SCALE;
        status = aann_array_to_target_numbers(&found->arrays[role], dataset, &dataset->target_scale, error);
    }
    return status == AANN_OK ? status : aann_fail_prefix(error, status, "array %s", found->names[role]);
}

aann_status aann_npz_read(const char *path, const aann_load_options *options, aann_dataset *dataset,
                          aann_error *error)
{
    npz_arrays found = {0};
    aann_status status = read_archive(path, &found, error);
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
