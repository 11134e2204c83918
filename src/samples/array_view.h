/* Reading arrays of any type and layout. */
#ifndef AANN_SAMPLES_ARRAY_VIEW_H
#define AANN_SAMPLES_ARRAY_VIEW_H

#include "aann/samples.h"

/* Bytes; 0 for a type that does not exist. */
int32_t aann_element_size(aann_element_type type);

/* The element at this address, which need not be aligned. */
double aann_element_value(aann_element_type type, const void *at);

/* "60000 x 28 x 28", for messages. */
void aann_dimensions_describe(const int64_t *dimensions, int32_t count, char *text, size_t size);

/* Checks type, dimensions and strides, and that no offset overflows. The message names `what`. */
aann_status aann_array_view_check(const aann_array_view *array, const char *what,
                                  aann_error *error);

/* The product of the dimensions, of a checked array. */
int64_t aann_array_view_count(const aann_array_view *array);

/* Copies all elements of a checked array in C order: as floats, as doubles, or unchanged for
 * one-byte types. */
void aann_array_view_read_floats(const aann_array_view *array, float *to);
void aann_array_view_read_doubles(const aann_array_view *array, double *to);
void aann_array_view_read_bytes(const aann_array_view *array, uint8_t *to);

#endif
