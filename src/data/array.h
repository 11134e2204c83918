/* An array as a file holds it: any element type, either byte order, either memory order.
 *
 * IDX, NPY and the arrays in an NPZ differ in their headers only. Each reader turns its header into
 * an aann_array, and what follows (size checks, reading, converting to samples, labels or targets)
 * is shared. */
#ifndef AANN_DATA_ARRAY_H
#define AANN_DATA_ARRAY_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/data.h"
#include "data/source.h"

enum { AANN_ARRAY_MAX_DIMENSIONS = AANN_MAX_DIMENSIONS };

/* Filled by a reader: everything but element_size, element_count and data, which aann_array_read
 * adds. Then the elements are in C order and in this machine's byte order. */
typedef struct aann_array {
    aann_element_type type;
    int32_t text_length;  /* characters of words ('<U5', '|S5'), which have no type; 0: numbers */
    bool is_wide;         /* words of four bytes a character, else of one */
    int32_t element_size; /* bytes */
    bool is_idx;          /* from a file of that format */
    bool big_endian;
    bool fortran_order; /* first index fastest */
    int32_t dimension_count;
    int64_t dimensions[AANN_ARRAY_MAX_DIMENSIONS];
    int64_t element_count;
    int64_t data_offset; /* of the first element in its file, for messages */
    uint8_t *data;       /* [element_count * element_size], owned */
} aann_array;

/* Reads the elements that the header announced, and makes them C order. Fails if the dimensions
 * overflow, or if anything follows. */
aann_status aann_array_read(aann_array *array, aann_source *source, aann_error *error);
void aann_array_clear(aann_array *array);

/* Element `index` in C order. */
double aann_array_element(const aann_array *array, int64_t index);

/* "60000 x 28 x 28", for messages. */
void aann_array_describe(const aann_array *array, char *text, size_t size);

/* Makes the array the samples, labels or targets of the data set, as the options say (shape, layout,
 * classes). Samples come first; the others must have as many rows. May move the array's data. Labels
 * are numbers [n] or [n][1], one-hot rows [n][classes], or words [n]. */
aann_status aann_array_to_samples(aann_array *array, const aann_load_options *options,
                                  aann_dataset *dataset, aann_error *error);
aann_status aann_array_to_labels(const aann_array *array, const aann_load_options *options,
                                 aann_dataset *dataset, aann_error *error);
aann_status aann_array_to_targets(const aann_array *array, aann_dataset *dataset,
                                  aann_error *error);
/* One number per target, malloc'ed: what the data set says about them; scales are positive. After the
 * targets. */
aann_status aann_array_to_target_numbers(const aann_array *array, const aann_dataset *dataset,
                                         bool positive, float **numbers, aann_error *error);

#endif
