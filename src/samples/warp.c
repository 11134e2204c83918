/* Warping a sample for one epoch of a search.
 *
 * The value at a place is read where the affine map of the placement leads, between four values of
 * the sample, linearly. All is integer arithmetic, in units of 1 / 4096 of a row: the same on every
 * machine, and several times faster than copies made with doubles (augment.c). */
#include "samples/placement.h"

#include <string.h>

enum {
    UNIT = 4096,     /* a row or a column */
    UNIT_BITS = 12,  /* 2^12 = UNIT */
    WEIGHT_BITS = 8, /* of the weights between two values */
    BORDER = 2       /* zeros around the sample, so that places outside need no test */
};

size_t aann_warp_scratch(aann_shape shape)
{
    return ((size_t)shape.height + 2 * BORDER) * ((size_t)shape.width + 2 * BORDER);
}

static int32_t clamp(int32_t value, int32_t minimum, int32_t maximum)
{
    return value < minimum ? minimum : value > maximum ? maximum : value;
}

static void copy_with_border(aann_shape shape, const int8_t *channel, int8_t *padded)
{
    const size_t stride = (size_t)shape.width + 2 * BORDER;
    memset(padded, 0, aann_warp_scratch(shape));
    for (int32_t y = 0; y < shape.height; y++) {
        memcpy(padded + ((size_t)y + BORDER) * stride + BORDER,
               channel + (size_t)y * (size_t)shape.width, (size_t)shape.width);
    }
}

/* The value at (row, column), in units of 1 / 4096. */
static int8_t read_between(const int8_t *padded, aann_shape shape, int32_t row, int32_t column)
{
    const int32_t stride = shape.width + 2 * BORDER;
    const int32_t top = clamp(row >> UNIT_BITS, -BORDER, shape.height);
    const int32_t left = clamp(column >> UNIT_BITS, -BORDER, shape.width);
    const int32_t down = (row & (UNIT - 1)) >> (UNIT_BITS - WEIGHT_BITS);
    const int32_t right = (column & (UNIT - 1)) >> (UNIT_BITS - WEIGHT_BITS);
    const int8_t *from = padded + (top + BORDER) * stride + left + BORDER;
    const int32_t one = 1 << WEIGHT_BITS;
    const int32_t upper = from[0] * (one - right) + from[1] * right;
    const int32_t lower = from[stride] * (one - right) + from[stride + 1] * right;
    const int32_t half = 1 << (2 * WEIGHT_BITS - 1);
    return (int8_t)((upper * (one - down) + lower * down + half) >> (2 * WEIGHT_BITS));
}

void aann_sample_warp(aann_shape shape, const int8_t *sample, const aann_placement *placement,
                      int8_t *scratch, int8_t *to)
{
    const int16_t *warp = placement->warp;
    /* Twice the distance from the middle is a whole number. */
    const int32_t middle_row = (shape.height - 1) * UNIT / 2;
    const int32_t middle_column = (shape.width - 1) * UNIT / 2;
    const int32_t row_shift = placement->rows * UNIT + placement->fine_rows;
    const int32_t column_shift = placement->columns * UNIT + placement->fine_columns;
    for (int32_t c = 0; c < shape.channels; c++) {
        copy_with_border(shape, sample + (size_t)c * (size_t)shape.height * (size_t)shape.width,
                         scratch);
        for (int32_t y = 0; y < shape.height; y++) {
            const int32_t half_rows = 2 * y - (shape.height - 1);
            int32_t row = middle_row - row_shift + half_rows * (UNIT + warp[0]) / 2 -
                          (shape.width - 1) * warp[1] / 2;
            int32_t column = middle_column - column_shift + half_rows * warp[2] / 2 -
                             (shape.width - 1) * (UNIT + warp[3]) / 2;
            for (int32_t x = 0; x < shape.width; x++) {
                *to++ = read_between(scratch, shape, row, column);
                row += warp[1];
                column += UNIT + warp[3];
            }
        }
    }
}
