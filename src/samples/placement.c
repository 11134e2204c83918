/* Moving and pooling a sample, before any layer with weights. */
#include "samples/placement.h"

#include <stddef.h>
#include <string.h>

bool aann_sample_needs_pooling(const aann_spec *spec)
{
    return spec->input_pool_height * spec->input_pool_width > 1;
}

/* The value of a moved sample at a place, 0 outside. */
static int32_t value_at(const int8_t *channel, aann_shape shape, int32_t y, int32_t x)
{
    const bool inside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
    return inside ? channel[(size_t)y * (size_t)shape.width + (size_t)x] : 0;
}

static int8_t pooled_value(const aann_spec *spec, const int8_t *channel, aann_placement offset,
                           int32_t y, int32_t x)
{
    int32_t best = -AANN_ACTIVATION_MAX;
    for (int32_t k = 0; k < spec->input_pool_height * spec->input_pool_width; k++) {
        const int32_t from_y =
            y * spec->input_pool_height + k / spec->input_pool_width - offset.rows;
        const int32_t from_x =
            x * spec->input_pool_width + k % spec->input_pool_width - offset.columns;
        const int32_t value = value_at(channel, spec->input, from_y, from_x);
        best = value > best ? value : best;
    }
    return (int8_t)best;
}

/* Without a pool: line by line. */
static void move_channel(aann_shape shape, const int8_t *channel, aann_placement offset, int8_t *to)
{
    const int32_t columns = offset.columns;
    const int32_t first = columns > 0 ? columns : 0;
    const int32_t end = columns < 0 ? shape.width + columns : shape.width;
    memset(to, 0, (size_t)shape.height * (size_t)shape.width);
    for (int32_t y = 0; y < shape.height; y++) {
        const int32_t from = y - offset.rows;
        if (from >= 0 && from < shape.height && first < end) {
            memcpy(to + (size_t)y * (size_t)shape.width + first,
                   channel + (size_t)from * (size_t)shape.width + (first - columns),
                   (size_t)(end - first));
        }
    }
}

void aann_sample_read(const aann_spec *spec, const int8_t *sample, aann_placement offset,
                      int8_t *to)
{
    const aann_shape shape = spec->layers[0].input;
    for (int32_t c = 0; c < shape.channels; c++) {
        const int8_t *channel =
            sample + (size_t)c * (size_t)spec->input.height * (size_t)spec->input.width;
        if (!aann_sample_needs_pooling(spec)) {
            move_channel(shape, channel, offset, to);
            to += (size_t)shape.height * (size_t)shape.width;
            continue;
        }
        for (int32_t y = 0; y < shape.height; y++) {
            for (int32_t x = 0; x < shape.width; x++) {
                *to++ = pooled_value(spec, channel, offset, y, x);
            }
        }
    }
}
