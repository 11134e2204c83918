/* The data set: a plain container, its checksum, and its public functions. */
#include "samples/dataset.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/real_text.h"
#include "samples/checksum.h"
#include "samples/columns.h"

aann_status aann_dataset_allocate(aann_dataset **dataset, aann_error *error)
{
    *dataset = aann_allocate_zeroed(1, sizeof **dataset);
    return *dataset != NULL ? AANN_OK
                            : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a data set");
}

static void free_names(char **names, int64_t count)
{
    for (int64_t i = 0; names != NULL && i < count; i++) {
        free(names[i]);
    }
    free(names);
}

void aann_dataset_destroy(aann_dataset *dataset)
{
    if (dataset == NULL) {
        return;
    }
    if (!dataset->shares_values) {
        free(dataset->bytes);
        free(dataset->floats);
        free(dataset->table);
        aann_columns_free(dataset->columns, dataset->column_count);
        free(dataset->groups);
        free(dataset->times);
        free(dataset->label_name);
        free(dataset->targets);
        free(dataset->target_mean);
        free(dataset->target_scale);
    }
    free(dataset->labels);
    free_names(dataset->class_names, dataset->class_name_count);
    free(dataset);
}

aann_status aann_dataset_choose_shape(aann_shape stored, aann_shape wished, aann_shape *shape,
                                      aann_error *error)
{
    if (wished.channels == 0 && wished.height == 0 && wished.width == 0) {
        *shape = stored;
        return AANN_OK;
    }
    /* Divide, do not multiply: the stored sizes may be anything that a header claims. */
    const int64_t stored_plane = (int64_t)stored.channels * stored.height;
    const bool positive = wished.channels > 0 && wished.height > 0 && wished.width > 0;
    if (!positive || stored_plane > INT64_MAX / stored.width ||
        (int64_t)wished.channels * wished.height > INT64_MAX / wished.width ||
        stored_plane * stored.width != (int64_t)wished.channels * wished.height * wished.width) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a sample is %" PRId32 " x %" PRId32 " x %" PRId32
                         " and cannot be seen as %" PRId32 " x %" PRId32 " x %" PRId32,
                         stored.channels, stored.height, stored.width, wished.channels,
                         wished.height, wished.width);
    }
    *shape = wished;
    return AANN_OK;
}

/* NULL if there is no memory. */
static char **copy_names(const char *const *names, int64_t count)
{
    char **copies = aann_allocate_zeroed((size_t)count, sizeof *copies);
    for (int64_t i = 0; copies != NULL && i < count; i++) {
        copies[i] = strdup(names[i]);
        if (copies[i] == NULL) {
            free_names(copies, count);
            copies = NULL;
        }
    }
    return copies;
}

aann_status aann_dataset_name_columns(aann_dataset *dataset, const char *const *names,
                                      int64_t count, aann_error *error)
{
    aann_column *columns = aann_allocate_zeroed((size_t)count, sizeof *columns);
    if (columns == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the names of columns");
    }
    for (int64_t i = 0; i < count; i++) {
        columns[i] =
            (aann_column){.name = names != NULL ? names[i] : NULL, .kind = AANN_COLUMN_NUMBER};
    }
    const aann_status status = aann_columns_copy(columns, count, &dataset->columns, error);
    free(columns);
    dataset->column_count = status == AANN_OK ? count : 0;
    return status;
}

aann_status aann_dataset_name_classes(aann_dataset *dataset, const char *const *names,
                                      int32_t count, aann_error *error)
{
    char **copies = copy_names(names, count);
    if (copies == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for class names");
    }
    free_names(dataset->class_names, dataset->class_name_count);
    dataset->class_names = copies;
    dataset->class_name_count = count;
    return AANN_OK;
}

aann_status aann_dataset_share(const aann_dataset *dataset, aann_dataset **shared,
                               aann_error *error)
{
    aann_status status = aann_dataset_allocate(shared, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_dataset *made = *shared;
    const size_t labels_size = (size_t)dataset->count * sizeof *dataset->labels;
    *made = *dataset;
    made->shares_values = true;
    made->class_names = NULL;
    made->labels = NULL;
    if (dataset->labels != NULL) {
        made->labels = aann_allocate(labels_size, 1);
        if (made->labels == NULL) {
            status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
        } else {
            memcpy(made->labels, dataset->labels, labels_size);
        }
    }
    if (status == AANN_OK && dataset->class_names != NULL) {
        status = aann_dataset_name_classes(made, (const char *const *)dataset->class_names,
                                           dataset->class_name_count, error);
    }
    if (status != AANN_OK) {
        aann_dataset_destroy(made);
        *shared = NULL;
    }
    return status;
}

void aann_dataset_one_line(aann_error *error)
{
    for (char *at = error != NULL ? error->message : NULL; at != NULL && *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f) {
            *at = ' ';
        }
    }
}

int32_t aann_find_class(const char *name, const char *const *names, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

/* The only class whose name is the same number, such as '1.0' for '1'; -1 without one. */
static int32_t find_class_by_number(const char *name, const char *const *names, int32_t count)
{
    double wanted, number;
    int32_t found = -1;
    if (!aann_real_from_text(name, &wanted)) {
        return -1;
    }
    for (int32_t i = 0; i < count; i++) {
        if (aann_real_from_text(names[i], &number) && number == wanted) {
            if (found >= 0) {
                return -1;
            }
            found = i;
        }
    }
    return found;
}

static int32_t match_class(const char *name, const char *const *names, int32_t count)
{
    const int32_t found = aann_find_class(name, names, count);
    return found >= 0 ? found : find_class_by_number(name, names, count);
}

aann_status aann_dataset_match_classes(aann_dataset *dataset, const char *const *names,
                                       int32_t count, aann_error *error)
{
    /* Find all classes before any label is changed. */
    for (int64_t i = 0; dataset->labels != NULL && i < dataset->count; i++) {
        const char *name = aann_dataset_class_name(dataset, dataset->labels[i]);
        if (name != NULL && match_class(name, names, count) < 0) {
            aann_fail(error, AANN_ERROR_FORMAT,
                      "sample %" PRId64 " is labelled '%.100s', which is none of the %" PRId32
                      " classes",
                      i, name, count);
            aann_dataset_one_line(error);
            return AANN_ERROR_FORMAT;
        }
        if (name == NULL && dataset->labels[i] >= count) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "sample %" PRId64 " has class %" PRId32 "; there are %" PRId32
                             " classes",
                             i, dataset->labels[i], count);
        }
    }
    for (int64_t i = 0; dataset->labels != NULL && i < dataset->count; i++) {
        const char *name = aann_dataset_class_name(dataset, dataset->labels[i]);
        dataset->labels[i] = name != NULL ? match_class(name, names, count) : dataset->labels[i];
    }
    if (dataset->labels == NULL) {
        return AANN_OK;
    }
    dataset->class_count = count;
    return aann_dataset_name_classes(dataset, names, count, error);
}

/* ---- numbers --------------------------------------------------------------------------------- */

double aann_dataset_value(const aann_dataset *dataset, int64_t index)
{
    if (dataset->bytes != NULL) {
        return (double)dataset->bytes[index];
    }
    return dataset->table != NULL ? dataset->table[index] : (double)dataset->floats[index];
}

aann_status aann_dataset_fail_value(const aann_dataset *dataset, int64_t index, const char *problem,
                                    aann_error *error)
{
    const int64_t size = aann_shape_size(dataset->shape);
    const double value = aann_dataset_value(dataset, index);
    const char *name = aann_dataset_column_name(dataset, index % size);
    aann_fail(error, AANN_ERROR_FORMAT,
              "sample %" PRId64 ", feature %" PRId64 "%s%.100s%s is %g: %s", index / size,
              index % size, name != NULL ? " (" : "", name != NULL ? name : "",
              name != NULL ? ")" : "", value, problem);
    aann_dataset_one_line(error);
    return AANN_ERROR_FORMAT;
}

aann_status aann_dataset_check_finite(const aann_dataset *dataset, int64_t first, int64_t count,
                                      aann_error *error)
{
    const int64_t size = aann_shape_size(dataset->shape);
    for (int64_t i = first * size; dataset->bytes == NULL && i < (first + count) * size; i++) {
        const double value = aann_dataset_value(dataset, i);
        if (isnan(value)) {
            return aann_dataset_fail_value(
                dataset, i,
                "a finite number is expected; leave the sample out, or put a number there", error);
        }
        if (isinf(value)) {
            return aann_dataset_fail_value(
                dataset, i,
                "a finite number is expected, below 3.4e38 as a float of 32 bits; scale the values "
                "first, or leave the sample out",
                error);
        }
    }
    return AANN_OK;
}

aann_status aann_dataset_check_table(const aann_dataset *dataset, aann_error *error)
{
    const int64_t columns = dataset->column_count;
    for (int64_t i = 0; i < dataset->count * columns; i++) {
        const aann_column *column = &dataset->columns[i % columns];
        const double value = dataset->table[i];
        if (!isnan(value) && !aann_column_holds(column, value)) {
            return aann_dataset_fail_value(
                dataset, i,
                column->kind == AANN_COLUMN_NUMBER
                    ? "a finite number is expected, or NaN where it is missing"
                : column->kind == AANN_COLUMN_BOOLEAN
                    ? "a boolean is 0 or 1, or NaN where it is missing"
                    : "a word is the index of one of its column's levels, or NaN where it is missing",
                error);
        }
    }
    return AANN_OK;
}

/* ---- check sum ------------------------------------------------------------------------------- */

/* What is hashed, in this order: the text "aann data 1\n"; count, channels, height, width, 1 or 4
 * bytes a value, has labels, target count (each int64); the values; the labels (int32); the targets
 * (float). Tables have "aann data 2\n", 8 bytes a value, and after the targets of each column its
 * kind (int64), its number of levels (int64), and each level with its final 0. */
static void hash_head(aann_sha256 *hash, const aann_dataset *dataset, const char *version,
                      int64_t value_bytes)
{
    aann_sha256_update(hash, version, strlen(version));
    aann_hash_int64(hash, dataset->count);
    aann_hash_int64(hash, dataset->shape.channels);
    aann_hash_int64(hash, dataset->shape.height);
    aann_hash_int64(hash, dataset->shape.width);
    aann_hash_int64(hash, value_bytes);
    aann_hash_int64(hash, dataset->labels != NULL ? 1 : 0);
    aann_hash_int64(hash, dataset->target_count);
}

static void hash_answers(aann_sha256 *hash, const aann_dataset *dataset)
{
    if (dataset->labels != NULL) {
        aann_hash_words(hash, dataset->labels, dataset->count);
    }
    if (dataset->targets != NULL) {
        aann_hash_words(hash, dataset->targets, dataset->count * dataset->target_count);
    }
}

static void compute_checksum(aann_dataset *dataset)
{
    aann_sha256 hash = aann_sha256_start();
    const int64_t value_count = dataset->count * aann_shape_size(dataset->shape);
    hash_head(&hash, dataset, "aann data 1\n", dataset->bytes != NULL ? 1 : 4);
    if (dataset->bytes != NULL) {
        aann_sha256_update(&hash, dataset->bytes, (size_t)value_count);
    } else {
        aann_hash_words(&hash, dataset->floats, value_count);
    }
    hash_answers(&hash, dataset);
    aann_sha256_finish(&hash, dataset->checksum);
}

static void hash_column(aann_sha256 *hash, const aann_column *column)
{
    aann_hash_int64(hash, (int64_t)column->kind);
    aann_hash_int64(hash, column->level_count);
    for (int32_t i = 0; i < column->level_count; i++) {
        aann_sha256_update(hash, column->levels[i], strlen(column->levels[i]) + 1);
    }
}

/* The bits of a value; those of NaN differ from machine to machine. */
static int64_t bits_of(double value)
{
    int64_t bits = -1;
    if (!isnan(value)) {
        memcpy(&bits, &value, sizeof bits);
    }
    return bits;
}

/* Many values at a time: hashing a few bytes costs as much as hashing many. */
enum { VALUES_AT_ONCE = 512 };

static void hash_table(aann_sha256 *hash, const double *values, int64_t count)
{
    uint8_t bytes[VALUES_AT_ONCE * 8];
    while (count > 0) {
        const int64_t step = count < VALUES_AT_ONCE ? count : VALUES_AT_ONCE;
        for (int64_t i = 0; i < step * 8; i++) {
            bytes[i] = (uint8_t)((uint64_t)bits_of(values[i / 8]) >> (8 * (i % 8)));
        }
        aann_sha256_update(hash, bytes, (size_t)step * 8);
        values += step;
        count -= step;
    }
}

static void hash_table_as_floats(aann_sha256 *hash, const double *values, int64_t count)
{
    float floats[VALUES_AT_ONCE];
    while (count > 0) {
        const int64_t step = count < VALUES_AT_ONCE ? count : VALUES_AT_ONCE;
        for (int64_t i = 0; i < step; i++) {
            floats[i] = (float)values[i];
        }
        aann_hash_words(hash, floats, step);
        values += step;
        count -= step;
    }
}

static void hash_table_as_bytes(aann_sha256 *hash, const double *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const uint8_t byte = (uint8_t)values[i];
        aann_sha256_update(hash, &byte, 1);
    }
}

static void compute_table_checksums(aann_dataset *dataset)
{
    aann_sha256 hash = aann_sha256_start();
    aann_sha256 float_hash = aann_sha256_start();
    hash_head(&hash, dataset, "aann data 2\n", 8);
    hash_head(&float_hash, dataset, "aann data 1\n", dataset->bytes_in_float_checksum ? 1 : 4);
    const int64_t value_count = dataset->count * aann_shape_size(dataset->shape);
    hash_table(&hash, dataset->table, value_count);
    if (dataset->bytes_in_float_checksum) {
        hash_table_as_bytes(&float_hash, dataset->table, value_count);
    } else {
        hash_table_as_floats(&float_hash, dataset->table, value_count);
    }
    hash_answers(&hash, dataset);
    hash_answers(&float_hash, dataset);
    for (int64_t i = 0; i < dataset->column_count; i++) {
        hash_column(&hash, &dataset->columns[i]);
    }
    aann_sha256_finish(&hash, dataset->checksum);
    aann_sha256_finish(&float_hash, dataset->float_checksum);
}

bool aann_dataset_has_checksum(const aann_dataset *dataset, const char *checksum)
{
    return strcmp(dataset->checksum, checksum) == 0 ||
           (dataset->float_checksum[0] != '\0' && strcmp(dataset->float_checksum, checksum) == 0);
}

void aann_dataset_finish(aann_dataset *dataset)
{
    dataset->class_count = dataset->labels != NULL ? dataset->class_name_count : 0;
    for (int64_t i = 0; dataset->labels != NULL && i < dataset->count; i++) {
        if (dataset->labels[i] >= dataset->class_count) {
            dataset->class_count = dataset->labels[i] + 1;
        }
    }
    if (dataset->table != NULL) {
        compute_table_checksums(dataset);
    } else {
        compute_checksum(dataset);
    }
}

/* ---- questions ------------------------------------------------------------------------------- */

int64_t aann_dataset_count(const aann_dataset *dataset)
{
    return dataset->count;
}

aann_shape aann_dataset_shape(const aann_dataset *dataset)
{
    return dataset->shape;
}

const int32_t *aann_dataset_labels(const aann_dataset *dataset)
{
    return dataset->labels;
}

int32_t aann_dataset_class_count(const aann_dataset *dataset)
{
    return dataset->class_count;
}

const char *aann_dataset_class_name(const aann_dataset *dataset, int32_t class_index)
{
    if (class_index < 0 || class_index >= dataset->class_name_count) {
        return NULL;
    }
    return dataset->class_names[class_index];
}

const char *aann_dataset_column_name(const aann_dataset *dataset, int64_t index)
{
    return index >= 0 && index < dataset->column_count ? dataset->columns[index].name : NULL;
}

const aann_column *aann_dataset_column(const aann_dataset *dataset, int64_t index)
{
    return index >= 0 && index < aann_dataset_column_count(dataset) ? &dataset->columns[index]
                                                                    : NULL;
}

int64_t aann_dataset_column_count(const aann_dataset *dataset)
{
    return dataset->table != NULL ? dataset->column_count : 0;
}

const double *aann_dataset_table(const aann_dataset *dataset)
{
    return dataset->table;
}

const float *aann_dataset_targets(const aann_dataset *dataset)
{
    return dataset->targets;
}

int32_t aann_dataset_target_count(const aann_dataset *dataset)
{
    return dataset->target_count;
}

const float *aann_dataset_target_mean(const aann_dataset *dataset)
{
    return dataset->target_mean;
}

const float *aann_dataset_target_scale(const aann_dataset *dataset)
{
    return dataset->target_scale;
}

const char *aann_dataset_checksum(const aann_dataset *dataset)
{
    return dataset->checksum;
}

aann_table_origin aann_dataset_origin(const aann_dataset *dataset)
{
    return dataset->origin;
}

const char *aann_dataset_label_name(const aann_dataset *dataset)
{
    return dataset->label_name;
}
