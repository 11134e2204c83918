/* The picture: 96 x 96 pixels, drawn straight at that size.
 *
 * Gymnasium draws on a surface of 1000 x 800 and shrinks it, so that a pixel of the picture is the mean over 10.42 x 8.33 pixels of the
 * surface. Here every pixel gets the exact share of its area that each shape covers (canvas.c). Three habits of the original
 * matter at the edges and are kept: corners are cut to whole pixels of the surface; shapes own the pixels that their
 * outline passes through, so they are about half a pixel of the surface larger on every side; and shrinking rounds down, twice.
 *
 * The score in the lower left corner is left out: a driver should not read it. */
#include <math.h>
#include <string.h>

#include "car/render_parts.h"

enum { WIDTH = AANN_CAR_WIDTH };

/* Running sums down the columns of a canvas. */
static void add_row(float *sums, const car_canvas *canvas, int32_t layer, int32_t row)
{
    const float *cells = canvas->cells + layer * car_canvas_layer_size(canvas) + row * canvas->width;
    for (int32_t x = 0; x < canvas->width; x++) {
        sums[x] += cells[x];
    }
}

/* One channel of a row of the ground. */
static void mix_ground(float values[WIDTH], float sums[CAR_GROUND_LAYERS][WIDTH], const aann_car *car, int32_t channel,
                       bool field_ends)
{
    const float road = (float)(int32_t)car->road_colour.channels[channel];
    const float field = (float)(int32_t)car->field_colour.channels[channel];
    const float grass = (float)(int32_t)car->grass_colour.channels[channel] - field;
    const float *paint = sums[CAR_LAYER_RED + channel];
    for (int32_t x = 0; x < WIDTH; x++) {
        const float on_road = fminf(sums[CAR_LAYER_ROAD][x], 1.0f);
        const float ground = (field_ends ? field * sums[CAR_LAYER_FIELD][x] : field) + grass * sums[CAR_LAYER_GRASS][x];
        values[x] = ground + on_road * (road - ground) + paint[x];
    }
}

/* Paints the car over one channel of a row. */
static void cover_with_vehicle(float values[WIDTH], float sums[CAR_PATCH_LAYERS][CAR_PATCH_WIDTH], int32_t channel)
{
    const float stripe = 77.0f, hull = channel == 0 ? 204.0f : 0.0f;
    for (int32_t x = 0; x < CAR_PATCH_WIDTH; x++) {
        float value = values[CAR_PATCH_X + x];
        value *= 1.0f - fminf(sums[CAR_LAYER_WHEELS][x], 1.0f);
        value += fminf(sums[CAR_LAYER_STRIPES][x], 1.0f) * (stripe - value);
        value += fminf(sums[CAR_LAYER_HULL][x], 1.0f) * (hull - value);
        values[CAR_PATCH_X + x] = value;
    }
}

void aann_car_render(const aann_car *car, uint8_t pixels[AANN_CAR_PIXELS])
{
    float ground_cells[CAR_GROUND_LAYERS * (CAR_VIEW_HEIGHT + 1) * WIDTH];
    float patch_cells[CAR_PATCH_LAYERS * (CAR_PATCH_HEIGHT + 1) * CAR_PATCH_WIDTH];
    memset(ground_cells, 0, sizeof ground_cells);
    memset(patch_cells, 0, sizeof patch_cells);
    car_canvas ground = {WIDTH, CAR_VIEW_HEIGHT, ground_cells};
    car_canvas patch = {CAR_PATCH_WIDTH, CAR_PATCH_HEIGHT, patch_cells};
    const car_camera camera = car_camera_of(car);
    const bool field_ends = car_draw_ground(&ground, car, &camera);
    car_draw_vehicle(&patch, car, &camera);

    float ground_sums[CAR_GROUND_LAYERS][WIDTH] = {{0}};
    float patch_sums[CAR_PATCH_LAYERS][CAR_PATCH_WIDTH] = {{0}};
    for (int32_t row = 0; row < CAR_VIEW_HEIGHT; row++) {
        for (int32_t layer = 0; layer < CAR_GROUND_LAYERS; layer++) {
            add_row(ground_sums[layer], &ground, layer, row);
        }
        for (int32_t layer = 0; layer < CAR_PATCH_LAYERS && row >= CAR_PATCH_Y; layer++) {
            add_row(patch_sums[layer], &patch, layer, row - CAR_PATCH_Y);
        }
        float values[3][WIDTH];
        for (int32_t channel = 0; channel < 3; channel++) {
            mix_ground(values[channel], ground_sums, car, channel, field_ends);
            if (row >= CAR_PATCH_Y) {
                cover_with_vehicle(values[channel], patch_sums, channel);
            }
        }
        uint8_t *out = pixels + row * WIDTH * 3;
        for (int32_t x = 0; x < WIDTH; x++) {
            for (int32_t channel = 0; channel < 3; channel++) {
                out[x * 3 + channel] = car_shrunk_colour(values[channel][x]);
            }
        }
    }
    car_draw_indicators(car, pixels);
}
