/* Warping samples: against a plain reference in doubles, and the cases that must be exact. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/philox.h"
#include "samples/placement.h"
#include "support/test.h"

enum { ROUNDS = 300, LARGEST = 3 * 20 * 20 };

static aann_random_stream draws(uint64_t round)
{
    return aann_random_start(aann_random_key_create(round, 3), 0, AANN_PURPOSE_TEST);
}

static aann_shape random_sample(aann_random_stream *stream, int8_t *sample)
{
    const aann_shape shape = {1 + (int32_t)aann_random_below(stream, 3),
                              1 + (int32_t)aann_random_below(stream, 20),
                              1 + (int32_t)aann_random_below(stream, 20)};
    for (int64_t i = 0; i < aann_shape_size(shape); i++) {
        sample[i] = (int8_t)((int32_t)aann_random_below(stream, 255) - 127);
    }
    return shape;
}

static double value_at(const int8_t *channel, aann_shape shape, int32_t y, int32_t x)
{
    const bool inside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
    return inside ? channel[y * shape.width + x] : 0.0;
}

/* What the header says, in doubles. */
static double expected_value(const int8_t *channel, aann_shape shape, const aann_placement *place,
                             int32_t y, int32_t x)
{
    const double row = y - (shape.height - 1) / 2.0;
    const double column = x - (shape.width - 1) / 2.0;
    const double from_row = (shape.height - 1) / 2.0 + row + place->warp[0] / 4096.0 * row +
                            place->warp[1] / 4096.0 * column - place->rows -
                            place->fine_rows / 4096.0;
    const double from_column = (shape.width - 1) / 2.0 + column + place->warp[2] / 4096.0 * row +
                               place->warp[3] / 4096.0 * column - place->columns -
                               place->fine_columns / 4096.0;
    const int32_t top = (int32_t)floor(from_row);
    const int32_t left = (int32_t)floor(from_column);
    const double down = from_row - top;
    const double right = from_column - left;
    return (1 - down) * ((1 - right) * value_at(channel, shape, top, left) +
                         right * value_at(channel, shape, top, left + 1)) +
           down * ((1 - right) * value_at(channel, shape, top + 1, left) +
                   right * value_at(channel, shape, top + 1, left + 1));
}

static void near_the_reference(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        aann_random_stream stream = draws(round);
        int8_t sample[LARGEST];
        int8_t warped[LARGEST];
        const aann_shape shape = random_sample(&stream, sample);
        aann_placement place = {.rows = (int8_t)((int32_t)aann_random_below(&stream, 61) - 30),
                                .columns = (int8_t)((int32_t)aann_random_below(&stream, 5) - 2),
                                .warped = true};
        place.fine_rows = (int16_t)((int32_t)aann_random_below(&stream, 8191) - 4095);
        place.fine_columns = (int16_t)((int32_t)aann_random_below(&stream, 8191) - 4095);
        for (int32_t i = 0; i < 4; i++) {
            place.warp[i] = (int16_t)((int32_t)aann_random_below(&stream, 8193) - 4096);
        }
        int8_t *scratch = malloc(aann_warp_scratch(shape));
        aann_sample_warp(shape, sample, &place, scratch, warped);
        free(scratch);
        for (int32_t i = 0; i < aann_shape_size(shape); i++) {
            const int32_t area = shape.height * shape.width;
            const double expected = expected_value(sample + i / area * area, shape, &place,
                                                   i % area / shape.width, i % shape.width);
            /* Weights are cut to 1 / 256 of a difference of at most 254, in two directions. */
            assert_true(fabs(warped[i] - expected) < 0.5 + 2 * 254.0 / 256.0 + 0.1);
        }
    }
}

/* A warp of nothing copies; one by whole rows and columns moves. */
static void whole_steps_are_exact(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        aann_random_stream stream = draws(round);
        int8_t sample[LARGEST];
        int8_t warped[LARGEST];
        const aann_shape shape = random_sample(&stream, sample);
        const int32_t rows = (int32_t)aann_random_below(&stream, 7) - 3;
        const int32_t columns = (int32_t)aann_random_below(&stream, 7) - 3;
        const aann_placement place = {
            .rows = (int8_t)rows, .columns = (int8_t)columns, .warped = true};
        int8_t *scratch = malloc(aann_warp_scratch(shape));
        aann_sample_warp(shape, sample, &place, scratch, warped);
        free(scratch);
        for (int32_t i = 0; i < aann_shape_size(shape); i++) {
            const int32_t area = shape.height * shape.width;
            assert_int_equal(warped[i], (int32_t)value_at(sample + i / area * area, shape,
                                                          i % area / shape.width - rows,
                                                          i % shape.width - columns));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_the_reference),
        cmocka_unit_test(whole_steps_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
