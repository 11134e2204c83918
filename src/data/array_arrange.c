/* Samples of 12 x 16 x 3 values that are wanted as 3 x 12 x 16 are pictures with the channels last:
 * to read their values in the stored order would mix the channels. A vector has no order of its own
 * and is seen as any shape of its size. */
#include "data/array_arrange.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/array_view.h"

/* More channels than pictures have, and fewer pixels than they have in a row. */
enum { PICTURE_CHANNELS = 4 };

/* The dimensions of one sample that are not 1; returns how many. */
static int without_ones(const int64_t *dimensions, int count, int64_t *kept)
{
    int used = 0;
    for (int i = 0; i < count; i++) {
        if (dimensions[i] != 1) {
            kept[used++] = dimensions[i];
        }
    }
    return used;
}

static bool are_alike(const int64_t *a, int a_count, const int64_t *b, int b_count)
{
    int64_t kept[2][4];
    const int counts[2] = {without_ones(a, a_count, kept[0]), without_ones(b, b_count, kept[1])};
    return counts[0] == counts[1] &&
           memcmp(kept[0], kept[1], (size_t)counts[0] * sizeof kept[0][0]) == 0;
}

/* Moves the last dimension of each sample in front of the others. */
static aann_status move_last_first(aann_array *array, aann_error *error)
{
    const int last = array->dimension_count - 1;
    const int64_t channels = array->dimensions[last];
    const int64_t count = array->dimensions[0];
    const size_t size = (size_t)array->element_size;
    const int64_t places = count * channels > 0 ? array->element_count / (count * channels) : 0;
    uint8_t *moved = aann_allocate((size_t)array->element_count, size);
    if (moved == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId64 " values",
                         array->element_count);
    }
    uint8_t *to = moved;
    for (int64_t n = 0; n < count; n++) {
        const uint8_t *from = array->data + (size_t)(n * places * channels) * size;
        for (int64_t c = 0; c < channels; c++) {
            for (int64_t p = 0; p < places; p++, to += size) {
                memcpy(to, from + (size_t)(p * channels + c) * size, size);
            }
        }
    }
    free(array->data);
    array->data = moved;
    for (int i = last; i > 1; i--) {
        array->dimensions[i] = array->dimensions[i - 1];
    }
    array->dimensions[1] = channels;
    return AANN_OK;
}

/* Three dimensions are a picture without channels, or a signal: [n][channels][time]. */
static void set_signal_shape(const aann_array *array, aann_shape *shape)
{
    if (array->dimension_count == 3 && array->dimensions[1] <= INT32_MAX &&
        array->dimensions[2] <= INT32_MAX) {
        *shape = (aann_shape){(int32_t)array->dimensions[1], 1, (int32_t)array->dimensions[2]};
    }
}

static aann_status fail_regrouped(const aann_array *array, aann_shape shape, aann_error *error)
{
    char stored[160];
    aann_dimensions_describe(array->dimensions, array->dimension_count, stored, sizeof stored);
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "samples are stored as %s (count first), and seen as %" PRId32 " x %" PRId32
                     " x %" PRId32 " their values would be mixed; expected these sizes in this "
                     "order, or with the channels moved to the front (--layout channels-last)",
                     stored, shape.channels, shape.height, shape.width);
}

/* Whether a sample of `values` values has this shape, whose sizes may be anything. */
static bool has_size(aann_shape shape, int64_t values)
{
    const int64_t plane = (int64_t)shape.channels * shape.height;
    return plane > 0 && values % plane == 0 && values / plane == shape.width;
}

aann_status aann_array_arrange(aann_array *array, aann_array_layout layout, aann_shape *shape,
                               aann_error *error)
{
    const int rank = array->dimension_count;
    const int64_t *d = array->dimensions;
    if (array->element_count == 0) {
        return AANN_OK; /* refused later, and its sizes may be anything */
    }
    if (rank < 3 || rank > 4 || shape->channels < 0 || shape->height < 0 || shape->width < 0) {
        return AANN_OK;
    }
    const bool any = shape->channels == 0;
    const int64_t wanted[3] = {shape->channels, shape->height, shape->width};
    const int64_t moved[3] = {d[rank - 1], d[1], rank == 4 ? d[2] : 1};
    const bool as_stored = are_alike(wanted, 3, d + 1, rank - 1);
    const bool as_moved = are_alike(wanted, 3, moved, 3);
    bool last = layout == AANN_ARRAY_LAYOUT_CHANNELS_LAST;
    if (layout == AANN_ARRAY_LAYOUT_AUTOMATIC) {
        last = any ? rank == 4 && d[3] <= PICTURE_CHANNELS && d[1] > PICTURE_CHANNELS &&
                         d[2] > PICTURE_CHANNELS
                   : as_moved && !as_stored;
    }
    int64_t kept[4];
    const bool is_vector = without_ones(wanted, 3, kept) <= 1; /* has no order of its own */
    if (!any && !is_vector && !(last ? as_moved : as_stored) &&
        has_size(*shape, array->element_count / (d[0] > 0 ? d[0] : 1))) {
        return fail_regrouped(array, *shape, error);
    }
    const aann_status status = last ? move_last_first(array, error) : AANN_OK;
    if (status == AANN_OK && any && (last || layout == AANN_ARRAY_LAYOUT_CHANNELS_FIRST)) {
        set_signal_shape(array, shape);
    }
    return status;
}
