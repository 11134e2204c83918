/* Further training samples: copies of the given ones, each moved and warped by its own affine map.
 *
 * A copy reads the sample at the places of an affine map: with both axes counted from the middle,
 *     (row, column) -> (I + W) (row, column) + t,
 * where the four elements of W are uniform in +-warp (which turns, stretches and slants) and the
 * two of t in +-shift. Between four values it interpolates linearly; outside it reads 0. A sample
 * of one row, a signal, keeps its row.
 *
 * Every number is a function of (seed, member, copy, sample). Only additions, multiplications,
 * comparisons and floor of doubles are used, which IEEE 754 defines, without contraction: copies
 * are the same on every machine. */
#include <math.h>
#include <string.h>

#include "aann/samples.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/philox.h"
#include "samples/samples.h"

/* Where a copy reads: the offset of the middle of the sample, and the steps from one row and one
 * column to the next. */
typedef struct affine_map {
    double row_per_row, row_per_column, row_shift;
    double column_per_row, column_per_column, column_shift;
} affine_map;

/* Uniform in +-most. */
static double draw(aann_random_stream *stream, double most)
{
    return (2.0 * aann_random_unit(stream) - 1.0) * most;
}

static affine_map draw_map(const aann_augmentation *wanted, aann_shape shape, aann_random_key key,
                           int32_t copy, int64_t sample)
{
    aann_random_stream stream =
        aann_random_start(key, (uint64_t)copy << 32 | (uint64_t)sample, AANN_PURPOSE_COPIES);
    affine_map map;
    map.row_per_row = 1.0 + draw(&stream, wanted->warp);
    map.row_per_column = draw(&stream, wanted->warp);
    map.row_shift = draw(&stream, wanted->shift);
    map.column_per_row = draw(&stream, wanted->warp);
    map.column_per_column = 1.0 + draw(&stream, wanted->warp);
    map.column_shift = draw(&stream, wanted->shift);
    if (shape.height == 1) {
        map.row_per_row = map.row_per_column = map.row_shift = map.column_per_row = 0.0;
    }
    if (shape.width == 1) {
        map.column_per_column = map.column_per_row = map.column_shift = map.row_per_column = 0.0;
    }
    return map;
}

/* The value at a place, interpolated from its four neighbours. Neighbours outside are 0, so a
 * sample fades out over one step. */
static double read_between(const int8_t *channel, aann_shape shape, double row, double column)
{
    if (!(row > -1.0 && row < shape.height && column > -1.0 && column < shape.width)) {
        return 0.0;
    }
    const int32_t top = (int32_t)(row + 1.0) - 1; /* floor: row + 1 is positive */
    const int32_t left = (int32_t)(column + 1.0) - 1;
    const double down = row - top;
    const double right = column - left;
    double sum = 0.0;
    for (int32_t corner = 0; corner < 4; corner++) {
        const int32_t y = top + corner / 2;
        const int32_t x = left + corner % 2;
        if (y >= 0 && y < shape.height && x >= 0 && x < shape.width) {
            const double weight =
                (corner / 2 != 0 ? down : 1.0 - down) * (corner % 2 != 0 ? right : 1.0 - right);
            sum += weight * channel[(size_t)y * (size_t)shape.width + (size_t)x];
        }
    }
    return sum;
}

static void warp_sample(const int8_t *sample, aann_shape shape, const affine_map *map, int8_t *to)
{
    const double middle_row = (shape.height - 1) / 2.0;
    const double middle_column = (shape.width - 1) / 2.0;
    for (int32_t c = 0; c < shape.channels; c++) {
        const int8_t *channel = sample + (size_t)c * (size_t)shape.height * (size_t)shape.width;
        for (int32_t y = 0; y < shape.height; y++) {
            const double row = y - middle_row;
            for (int32_t x = 0; x < shape.width; x++) {
                const double column = x - middle_column;
                const double value =
                    read_between(channel, shape,
                                 middle_row + map->row_shift + map->row_per_row * row +
                                     map->row_per_column * column,
                                 middle_column + map->column_shift + map->column_per_row * row +
                                     map->column_per_column * column);
                *to++ = (int8_t)floor(value + 0.5);
            }
        }
    }
}

aann_status aann_augmentation_check(const aann_samples *samples, const aann_augmentation *wanted,
                                    aann_error *error)
{
    if (wanted->copies < 1 || (int64_t)wanted->copies > INT32_MAX / (samples->count + 1)) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "%d copies of %lld samples: expected at least 1, and below 2^31 samples in all",
            wanted->copies, (long long)samples->count);
    }
    if (!(wanted->shift >= 0.0 && wanted->shift <= 100.0 && wanted->warp >= 0.0 &&
          wanted->warp <= 1.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "copies shifted by %g and warped by %g: expected 0 to 100 and 0 to 1",
                         wanted->shift, wanted->warp);
    }
    if (wanted->copies > 1 && samples->shape.height == 1 && samples->shape.width == 1) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "copies of samples of %dx1x1: features have no places to move to; expected a "
            "signal or a picture (see --input)",
            samples->shape.channels);
    }
    return AANN_OK;
}

/* Labels and targets of all copies, and the inputs of the first. */
static void repeat_samples(const aann_samples *samples, size_t copies,
                           const aann_samples_memory *all)
{
    const size_t count = (size_t)samples->count;
    const size_t outputs = (size_t)samples->target_count;
    memcpy(all->inputs, samples->inputs, count * (size_t)aann_shape_size(samples->shape));
    for (size_t copy = 0; copy < copies; copy++) {
        if (all->labels != NULL) {
            memcpy(all->labels + copy * count, samples->labels, count * sizeof *all->labels);
        }
        if (all->targets != NULL) {
            memcpy(all->targets + copy * count * outputs, samples->targets,
                   count * outputs * sizeof *all->targets);
        }
    }
}

aann_status aann_samples_augment(const aann_samples *samples, const aann_augmentation *wanted,
                                 uint64_t seed, uint64_t member, aann_samples **result,
                                 aann_error *error)
{
    *result = NULL;
    aann_status status = aann_augmentation_check(samples, wanted, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_samples_memory all;
    status = aann_samples_allocate(samples, samples->count * wanted->copies, result, &all, error);
    if (status != AANN_OK) {
        return status;
    }
    repeat_samples(samples, (size_t)wanted->copies, &all);
    const aann_random_key key = aann_random_key_create(seed, member);
    const size_t size = (size_t)aann_shape_size(samples->shape);
    int8_t *to = all.inputs + (size_t)samples->count * size;
    for (int32_t copy = 1; copy < wanted->copies; copy++) {
        for (int64_t i = 0; i < samples->count; i++, to += size) {
            const affine_map map = draw_map(wanted, samples->shape, key, copy, i);
            warp_sample(samples->inputs + (size_t)i * size, samples->shape, &map, to);
        }
    }
    return AANN_OK;
}
