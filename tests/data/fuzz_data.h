/* What the fuzz targets of the data folder share: bytes in memory as a source, and a walk through
 * everything that can be done with a data set that was read from them. */
#ifndef AANN_TESTS_FUZZ_DATA_H
#define AANN_TESTS_FUZZ_DATA_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aann/data.h"
#include "data/array.h"
#include "data/source.h"
#include "samples/dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct fuzz_memory {
    const uint8_t *bytes;
    size_t left;
} fuzz_memory;

/* Hands out few bytes at a time, so that every buffer edge is met. */
static inline aann_status fuzz_read(void *context, uint8_t *buffer, size_t size, size_t *got,
                                    aann_error *error)
{
    enum { MOST = 61 };
    (void)error;
    fuzz_memory *memory = context;
    size_t step = memory->left < size ? memory->left : size;
    step = step < MOST ? step : MOST;
    memcpy(buffer, memory->bytes, step);
    memory->bytes += step;
    memory->left -= step;
    *got = step;
    return AANN_OK;
}

/* NULL only without memory. */
static inline aann_source *fuzz_source(fuzz_memory *memory)
{
    aann_source *source = NULL;
    const aann_reader reader = {.read = fuzz_read, .context = memory};
    return aann_source_create(reader, "", &source, NULL) == AANN_OK ? source : NULL;
}

static inline void fuzz_require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* A failure has a message of one line; a success has what it promises. */
static inline void fuzz_check_error(aann_status status, const aann_error *error)
{
    fuzz_require(status == AANN_OK || (error->status == status && error->message[0] != '\0'));
}

static inline void fuzz_use(aann_dataset *dataset)
{
    aann_error error = {0};
    const int64_t count = aann_dataset_count(dataset);
    fuzz_require(count > 0 && aann_shape_size(aann_dataset_shape(dataset)) > 0);
    aann_dataset_finish(dataset);
    fuzz_require(strlen(aann_dataset_checksum(dataset)) == 64);
    const int32_t *labels = aann_dataset_labels(dataset);
    for (int64_t i = 0; labels != NULL && i < count; i++) {
        fuzz_require(labels[i] >= 0 && labels[i] < aann_dataset_class_count(dataset));
    }
    for (int kind = AANN_ENCODING_AUTOMATIC; kind <= AANN_ENCODING_FEATURE; kind++) {
        aann_encoding encoding;
        aann_status status =
            aann_encoding_fit(dataset, (aann_encoding_kind)kind, &encoding, &error);
        fuzz_check_error(status, &error);
        if (status != AANN_OK) {
            continue;
        }
        aann_samples *samples = NULL;
        status = aann_dataset_encode(dataset, &encoding, 0, count, &samples, &error);
        fuzz_check_error(status, &error);
        for (int64_t i = 0; status == AANN_OK && i < count * aann_shape_size(samples->shape); i++) {
            fuzz_require(samples->inputs[i] >= -127);
        }
        aann_samples_destroy(samples);
        aann_encoding_destroy(&encoding);
    }
}

/* Any bytes as a file that holds one array, read by `read`: used as samples, as labels and as
 * targets, or refused. */
static inline int fuzz_array(aann_status (*read)(aann_source *, aann_array *, aann_error *),
                             const uint8_t *bytes, size_t size)
{
    fuzz_memory memory = {bytes, size};
    aann_error error = {0};
    aann_source *source = fuzz_source(&memory);
    if (source == NULL) {
        return 0;
    }
    aann_array array;
    const aann_status status = read(source, &array, &error);
    fuzz_check_error(status, &error);
    aann_source_close(source);
    if (status != AANN_OK) {
        return 0;
    }
    aann_dataset *dataset;
    fuzz_require(aann_dataset_allocate(&dataset, NULL) == AANN_OK);
    /* As its own labels and targets: before the samples, which may take the data out of the
     * array. */
    dataset->count = array.dimension_count > 0 ? array.dimensions[0] : 1;
    const aann_load_options options = aann_load_options_default();
    fuzz_check_error(aann_array_to_labels(&array, &options, dataset, &error), &error);
    fuzz_check_error(aann_array_to_targets(&array, dataset, &error), &error);
    const aann_status taken = aann_array_to_samples(&array, &options, dataset, &error);
    fuzz_check_error(taken, &error);
    if (taken == AANN_OK) {
        fuzz_use(dataset);
    }
    aann_dataset_destroy(dataset);
    aann_array_clear(&array);
    return 0;
}

#endif
