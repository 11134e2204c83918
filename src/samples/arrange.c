/* Samples of 12 x 16 x 3 values that are wanted as 3 x 12 x 16 are pictures with the channels last:
 * to read their values in the stored order would mix the channels. Samples of 64 x 3 values are no
 * pictures but signals of three channels, with the time first. Where the sizes do not say so, the
 * caller is asked. A vector has no order of its own and is seen as any shape of its size. */
#include "samples/arrange.h"

#include <inttypes.h>
#include <string.h>

#include "core/error.h"
#include "samples/array_view.h"

enum {
    PICTURE_CHANNELS = 4, /* more channels than pictures have, and fewer pixels than a row has */
    PICTURE_RATIO = 2,    /* of the sides of a picture without channels, at most */
    SIGNAL_RATIO = 4      /* of a signal's length and its few channels, at least */
};

/* Which dimensions of the array are channels, height and width; 0: none, the size is 1. */
typedef struct order {
    int32_t channels, height, width;
} order;

static const order picture = {0, 1, 2}, signal_first = {1, 0, 2}, signal_last = {2, 0, 1},
                   planes_first = {1, 2, 3}, planes_last = {3, 1, 2};

/* The sizes that are not 1; returns how many. */
static int without_ones(const int64_t *sizes, int count, int64_t *kept)
{
    int used = 0;
    for (int i = 0; i < count; i++) {
        if (sizes[i] != 1) {
            kept[used++] = sizes[i];
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

static bool is_vector(const int64_t *sizes, int count)
{
    int64_t kept[4];
    return without_ones(sizes, count, kept) <= 1;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How far from a square, at least 1. */
static double ratio(int64_t a, int64_t b)
{
    return a > b ? (double)a / (double)b : (double)b / (double)a;
}

/* ---- what the sizes say ---------------------------------------------------------------------- */

/* Sets *found to the order of samples a x b; false if their sizes do not say it. */
static bool recognise_two(int64_t a, int64_t b, order *found)
{
    *found = picture;
    if (b == 1 || (smaller(a, b) <= PICTURE_CHANNELS && ratio(a, b) >= SIGNAL_RATIO)) {
        *found = a < b ? signal_first : signal_last;
        return true;
    }
    return a == 1 || ratio(a, b) <= PICTURE_RATIO;
}

/* Sets *found to the order of samples a x b x c; false if their sizes do not say it. */
static bool recognise_three(int64_t a, int64_t b, int64_t c, order *found)
{
    const bool large = a > PICTURE_CHANNELS && b > PICTURE_CHANNELS;
    *found = large && c <= PICTURE_CHANNELS ? planes_last : planes_first;
    /* As many channels as a picture has rows, and fewer columns: these may be the channels. */
    return !large || c <= PICTURE_CHANNELS || c >= a || ratio(b, c) <= ratio(a, b);
}

static bool recognise(const aann_array_view *array, order *found)
{
    const int64_t *d = array->dimensions;
    return array->dimension_count == 3 ? recognise_two(d[1], d[2], found)
                                       : recognise_three(d[1], d[2], d[3], found);
}

static aann_status fail_unclear(const aann_array_view *array, aann_error *error)
{
    const int64_t *d = array->dimensions;
    if (array->dimension_count == 3) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "count x %" PRId64 " x %" PRId64 " values may be signals of %" PRId64
                         " channels, %" PRId64 " long (--layout channels-last), signals of %" PRId64
                         " channels, %" PRId64
                         " long (--layout channels-first), or pictures of one channel (--input "
                         "1x%" PRId64 "x%" PRId64 "); expected to be told which",
                         d[1], d[2], d[2], d[1], d[1], d[2], d[1], d[2]);
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "count x %" PRId64 " x %" PRId64 " x %" PRId64
                     " values may be pictures of %" PRId64 " x %" PRId64 " with %" PRId64
                     " channels (--layout channels-last), or of %" PRId64 " x %" PRId64
                     " with %" PRId64 " channels (--layout channels-first); expected to be told "
                     "which",
                     d[1], d[2], d[3], d[1], d[2], d[3], d[2], d[3], d[1]);
}

/* ---- what the caller says -------------------------------------------------------------------- */

static aann_status fail_regrouped(const aann_array_view *array, aann_shape shape, aann_error *error)
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

/* The order in which samples become this shape. */
static aann_status choose_wanted(const aann_array_view *array, aann_array_layout layout,
                                 aann_shape shape, order *chosen, aann_error *error)
{
    const int32_t rank = array->dimension_count;
    const int64_t *d = array->dimensions;
    const int64_t wanted[3] = {shape.channels, shape.height, shape.width};
    const int64_t moved[3] = {d[rank - 1], d[1], rank == 4 ? d[2] : 1};
    const bool as_stored = are_alike(wanted, 3, d + 1, rank - 1);
    const bool as_moved = are_alike(wanted, 3, moved, 3);
    const bool last = layout == AANN_ARRAY_LAYOUT_AUTOMATIC
                          ? as_moved && !as_stored
                          : layout == AANN_ARRAY_LAYOUT_CHANNELS_LAST;
    const int64_t values = aann_array_view_count(array) / d[0];
    *chosen = rank == 4 ? (last ? planes_last : planes_first) : last ? signal_last : picture;
    const bool any_order = is_vector(wanted, 3) || is_vector(d + 1, rank - 1);
    return (last ? as_moved : as_stored) || any_order || !has_size(shape, values)
               ? AANN_OK
               : fail_regrouped(array, shape, error);
}

static aann_status choose(const aann_array_view *array, aann_array_layout layout, aann_shape shape,
                          order *chosen, aann_error *error)
{
    const bool is_signal = array->dimension_count == 3;
    if (shape.channels != 0 || shape.height != 0 || shape.width != 0) {
        return choose_wanted(array, layout, shape, chosen, error);
    }
    switch (layout) {
    case AANN_ARRAY_LAYOUT_CHANNELS_FIRST:
        *chosen = is_signal ? signal_first : planes_first;
        return AANN_OK;
    case AANN_ARRAY_LAYOUT_CHANNELS_LAST:
        *chosen = is_signal ? signal_last : planes_last;
        return AANN_OK;
    case AANN_ARRAY_LAYOUT_AUTOMATIC: break;
    }
    return recognise(array, chosen) ? AANN_OK : fail_unclear(array, error);
}

/* ---- views ----------------------------------------------------------------------------------- */

static void set_strides(const aann_array_view *array, int64_t strides[AANN_MAX_DIMENSIONS])
{
    int64_t stride = aann_element_size(array->type);
    for (int32_t i = array->dimension_count - 1; i >= 0; i--) {
        strides[i] = array->strides != NULL ? array->strides[i] : stride;
        stride *= array->dimensions[i];
    }
}

static void apply(aann_array_view *array, order chosen, int64_t strides[AANN_MAX_DIMENSIONS])
{
    const int32_t axes[4] = {-1, chosen.channels, chosen.height, chosen.width};
    const aann_array_view stored = *array;
    int64_t steps[AANN_MAX_DIMENSIONS] = {0};
    set_strides(&stored, steps);
    array->dimension_count = 4;
    array->strides = strides;
    strides[0] = steps[0];
    for (int i = 1; i < 4; i++) {
        array->dimensions[i] = axes[i] > 0 ? stored.dimensions[axes[i]] : 1;
        strides[i] = axes[i] > 0 ? steps[axes[i]] : 0;
    }
}

/* What is no array of samples is refused where it becomes one, and stays as it is here. */
static bool has_order(const aann_array_view *array, aann_shape shape)
{
    bool good = array->dimension_count == 3 || array->dimension_count == 4;
    for (int32_t i = 0; good && i < array->dimension_count; i++) {
        good = array->dimensions[i] >= 1 && (i == 0 || array->dimensions[i] <= INT32_MAX);
    }
    return good && shape.channels >= 0 && shape.height >= 0 && shape.width >= 0;
}

static aann_status arrange(aann_array_view *array, int64_t strides[AANN_MAX_DIMENSIONS],
                           aann_array_layout layout, aann_shape shape, aann_error *error)
{
    order chosen;
    if (!has_order(array, shape)) {
        return AANN_OK;
    }
    const aann_status found = choose(array, layout, shape, &chosen, error);
    if (found == AANN_OK) {
        apply(array, chosen, strides);
    }
    return found;
}

aann_status aann_array_view_arrange(aann_array_view *array, int64_t strides[AANN_MAX_DIMENSIONS],
                                    aann_array_layout layout, aann_shape shape, aann_error *error)
{
    const aann_status status = aann_array_view_check(array, "the array", error);
    return status == AANN_OK ? arrange(array, strides, layout, shape, error) : status;
}

aann_status aann_dataset_arrange(aann_dataset *dataset, aann_array_view *array,
                                 int64_t strides[AANN_MAX_DIMENSIONS], aann_array_layout layout,
                                 aann_shape shape, aann_error *error)
{
    const aann_array_view stored = *array;
    const int32_t rank = stored.dimension_count;
    const aann_status status = arrange(array, strides, layout, shape, error);
    if (status != AANN_OK || array->strides != strides || shape.channels != 0 ||
        layout != AANN_ARRAY_LAYOUT_AUTOMATIC) {
        return status;
    }
    /* [n][height][width] and [n][channels][height][width] need no word. */
    if (memcmp(array->dimensions + 5 - rank, stored.dimensions + 1,
               (size_t)(rank - 1) * sizeof stored.dimensions[0]) != 0) {
        dataset->recognised_count = rank - 1;
        memcpy(dataset->recognised, stored.dimensions + 1, sizeof dataset->recognised);
    }
    return AANN_OK;
}
