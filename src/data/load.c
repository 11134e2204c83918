/* Loading: which format a file is in, where its labels are, and what a name such as "mnist:train"
 * stands for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/array.h"
#include "data/catalog.h"
#include "data/csv.h"
#include "data/foreign.h"
#include "data/idx.h"
#include "data/npy.h"
#include "data/npz.h"
#include "data/pictures.h"
#include "data/source.h"
#include "data/source_open.h"
#include "samples/dataset.h"

aann_load_options aann_load_options_default(void)
{
    return (aann_load_options){.data_limit = AANN_DATA_LIMIT, .rules = AANN_LOAD_RULES};
}

static int64_t data_limit(const aann_load_options *options)
{
    return options->data_limit > 0 ? options->data_limit : AANN_DATA_LIMIT;
}

typedef enum file_format { FORMAT_IDX, FORMAT_NPY, FORMAT_NPZ, FORMAT_CSV } file_format;

/* Where text ends: it has no control characters but tab and the ends of lines. */
static size_t text_length(const uint8_t *bytes, size_t size)
{
    size_t i = 0;
    while (i < size &&
           (bytes[i] >= 0x20 || bytes[i] == '\t' || bytes[i] == '\r' || bytes[i] == '\n')) {
        i++;
    }
    return i;
}

/* Recognises the format by content, because names can be wrong and pipes have none. */
static aann_status recognise(aann_source *source, file_format *format, aann_error *error)
{
    enum { LOOK_AT = 512 };
    const uint8_t *start;
    size_t got;
    const aann_status status = aann_source_peek(source, &start, LOOK_AT, &got, error);
    if (status != AANN_OK) {
        return status;
    }
    if (got == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte 0: the file is empty; expected IDX, NPY, NPZ or CSV");
    }
    const char *foreign = aann_foreign_describe(start, got);
    if (foreign != NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s", foreign);
    }
    if (got >= 2 && start[0] == 0 && start[1] == 0) {
        *format = FORMAT_IDX;
    } else if (got >= 6 && memcmp(start, "\x93NUMPY", 6) == 0) {
        *format = FORMAT_NPY;
    } else if (got >= 4 && memcmp(start, "PK", 2) == 0) {
        *format = FORMAT_NPZ;
    } else if (text_length(start, got) == got) {
        *format = FORMAT_CSV;
    } else {
        const size_t text = text_length(start, got);
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "byte %zu: %02x %s; byte 0: %02x %02x ... begins no known format; expected "
            "IDX (00 00), NPY (93 4e), NPZ (50 4b) or CSV (text), plain or compressed",
            text, (unsigned)start[text], text > 1 ? "in what looks like a table" : "is no text",
            (unsigned)start[0], got > 1 ? (unsigned)start[1] : 0U);
    }
    return AANN_OK;
}

/* ---- labels ---------------------------------------------------------------------------------- */

static bool file_exists(const char *path)
{
    struct stat information;
    return stat(path, &information) == 0;
}

/* Replaces the last `old` in the file's name (not in its folder) by `new`; false if there is
 * none. */
static bool replace_in_name(const char *path, const char *old, const char *new, char **replaced)
{
    const char *slash = strrchr(path, '/');
    const char *found = NULL;
    for (const char *at = slash != NULL ? slash : path; (at = strstr(at, old)) != NULL; at++) {
        found = at;
    }
    if (found == NULL) {
        return false;
    }
    const size_t room = strlen(path) + strlen(new) + sizeof ".gz";
    *replaced = aann_allocate(room, 1);
    if (*replaced != NULL) {
        snprintf(*replaced, room, "%.*s%s%s", (int)(found - path), path, new, found + strlen(old));
    }
    return true;
}

/* Adds ".gz" to the path, or removes it. The buffer has room for it. */
static void toggle_gz(char *path)
{
    const size_t length = strlen(path);
    if (length > 3 && strcmp(path + length - 3, ".gz") == 0) {
        path[length - 3] = '\0';
    } else {
        memcpy(path + length, ".gz", sizeof ".gz");
    }
}

/* Finds the file with the labels of these images; *labels_path is NULL if there is none. Free it
 * with free(). */
static aann_status guess_labels_path(const char *path, char **labels_path, aann_error *error)
{
    static const char *const names[][2] = {{"images-idx3", "labels-idx1"},
                                           {"images.idx3", "labels.idx1"}};
    *labels_path = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *guess = NULL;
        if (!replace_in_name(path, names[i][0], names[i][1], &guess)) {
            continue;
        }
        if (guess == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory");
        }
        if (!file_exists(guess)) {
            toggle_gz(guess);
        }
        if (file_exists(guess)) {
            *labels_path = guess;
            return AANN_OK;
        }
        free(guess);
    }
    return AANN_OK;
}

static aann_status read_labels(aann_source *source, const aann_load_options *options,
                               aann_dataset *dataset, aann_error *error)
{
    file_format format;
    aann_status status = recognise(source, &format, error);
    if (status != AANN_OK) {
        return status;
    }
    if (format != FORMAT_IDX && format != FORMAT_NPY) {
        return aann_fail(error, AANN_ERROR_FORMAT, "labels are expected in an IDX or NPY file");
    }
    aann_array array;
    status = format == FORMAT_IDX ? aann_idx_read(source, &array, error)
                                  : aann_npy_read(source, &array, error);
    if (status == AANN_OK) {
        status = aann_array_to_labels(&array, options, dataset, error);
        aann_array_clear(&array);
    }
    return status;
}

/* For messages. */
static const char *shown(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static aann_status load_labels(const char *path, const aann_load_options *options,
                               aann_dataset *dataset, aann_error *error)
{
    aann_source *source;
    aann_status status = aann_source_open(path, &source, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "%s", shown(path));
    }
    aann_source_set_limit(source, data_limit(options));
    status = read_labels(source, options, dataset, error);
    if (status != AANN_OK) {
        aann_fail_prefix(error, status, "%s%s", shown(path), aann_source_note(source));
    }
    aann_source_close(source);
    return status;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Whether the caller asks for columns by name. Not so where a saved family gave its columns: those
 * say how its own table was read; the samples to classify may come as an array, cut into windows. */
static bool names_columns(const aann_load_options *options)
{
    return options->columns == NULL &&
           (options->group_column != NULL || options->time_column != NULL ||
            options->target_columns != NULL || options->label_column != NULL ||
            options->window > 0);
}

static aann_status check_options(file_format format, const aann_load_options *options,
                                 aann_error *error)
{
    if (format != FORMAT_CSV && names_columns(options)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "only a CSV file has named columns, and this is none");
    }
    if (options->labels_path != NULL && (format == FORMAT_CSV || format == FORMAT_NPZ)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a file of labels goes with IDX and NPY; %s holds its own labels",
                         format == FORMAT_CSV ? "CSV" : "NPZ");
    }
    return AANN_OK;
}

static aann_status read_array_samples(aann_source *source, file_format format,
                                      const aann_load_options *options, aann_dataset *dataset,
                                      aann_error *error)
{
    aann_array array;
    aann_status status = format == FORMAT_IDX ? aann_idx_read(source, &array, error)
                                              : aann_npy_read(source, &array, error);
    if (status == AANN_OK) {
        status = aann_array_to_samples(&array, options, dataset, error);
        aann_array_clear(&array);
    }
    return status;
}

static aann_status read_samples(const char *path, aann_source *source,
                                const aann_load_options *options, file_format *format,
                                aann_dataset *dataset, aann_error *error)
{
    aann_status status = recognise(source, format, error);
    if (status == AANN_OK) {
        status = check_options(*format, options, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    if (*format == FORMAT_NPZ && aann_source_note(source)[0] != '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "an NPZ file inside gzip cannot be read; gunzip it first");
    }
    switch (*format) {
    case FORMAT_NPZ: return aann_npz_read(path, options, dataset, error);
    case FORMAT_CSV: return aann_csv_read(source, options, dataset, error);
    case FORMAT_IDX:
    case FORMAT_NPY: break;
    }
    return read_array_samples(source, *format, options, dataset, error);
}

static aann_status load_samples(const char *path, const aann_load_options *options,
                                file_format *format, aann_dataset *dataset, aann_error *error)
{
    aann_source *source;
    aann_status status = aann_source_open(path, &source, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "%s", shown(path));
    }
    aann_source_set_limit(source, data_limit(options));
    status = read_samples(path, source, options, format, dataset, error);
    if (status != AANN_OK) {
        aann_fail_prefix(error, status, "%s%s", shown(path), aann_source_note(source));
    }
    aann_source_close(source);
    return status;
}

static aann_status load_file(const char *path, const aann_load_options *options,
                             aann_dataset *dataset, aann_error *error)
{
    file_format format = FORMAT_IDX;
    if (aann_pictures_is_folder(path)) {
        const aann_status read = aann_pictures_read(path, options, dataset, error);
        return read == AANN_OK ? read : aann_fail_prefix(error, read, "%s", path);
    }
    aann_status status = load_samples(path, options, &format, dataset, error);
    if (status != AANN_OK || format == FORMAT_CSV || format == FORMAT_NPZ ||
        options->ignore_answers) {
        return status;
    }
    if (options->labels_path != NULL) {
        return load_labels(options->labels_path, options, dataset, error);
    }
    char *guess;
    status = guess_labels_path(path, &guess, error);
    if (status == AANN_OK && guess != NULL) {
        status = load_labels(guess, options, dataset, error);
    }
    free(guess);
    return status;
}

/* ---- names ----------------------------------------------------------------------------------- */

static aann_status load_fetched(const aann_catalog_entry *entry, const char *name,
                                const aann_load_options *options, aann_dataset *dataset,
                                aann_error *error)
{
    char path[AANN_CATALOG_PATH_SIZE];
    aann_status status = aann_catalog_locate(entry, name, path, sizeof path, error);
    if (status == AANN_OK) {
        status = load_file(path, options, dataset, error);
    }
    if (status == AANN_OK && entry->class_names != NULL) {
        status = aann_dataset_name_classes(dataset, entry->class_names, entry->class_count, error);
    }
    return status;
}

aann_status aann_dataset_load(const char *path, const aann_load_options *options,
                              aann_dataset **dataset, aann_error *error)
{
    const aann_load_options defaults = aann_load_options_default();
    options = options != NULL ? options : &defaults;
    aann_dataset *loaded;
    aann_status status = aann_dataset_allocate(&loaded, error);
    if (status != AANN_OK) {
        return status;
    }
    /* A file that is really called "mnist:train" is reached as "./mnist:train". */
    const aann_catalog_entry *entry = aann_catalog_match(path);
    status = entry != NULL ? load_fetched(entry, path, options, loaded, error)
                           : load_file(path, options, loaded, error);
    if (status == AANN_OK) {
        aann_dataset_finish(loaded);
    }
    if (status != AANN_OK) {
        aann_dataset_one_line(error);
        aann_dataset_destroy(loaded);
        return status;
    }
    *dataset = loaded;
    return AANN_OK;
}
