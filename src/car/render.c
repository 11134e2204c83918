/* The picture: 96 x 96 pixels, drawn straight at that size.
 *
 * Gymnasium draws on a surface of 1000 x 800 and shrinks it, so that a pixel of the picture is the
 * mean over 10.42 x 8.33 pixels of the surface. Here every pixel gets the exact share of its area
 * that each shape covers (canvas.c). Three habits of the original matter at the edges and are kept:
 * corners are cut to whole pixels of the surface; shapes own the pixels that their outline passes
 * through, so they are about half a pixel of the surface larger on every side; and shrinking rounds
 * down, twice.
 *
 * Most of the picture looks like the row above it: a row is copied from there, and only pixels in
 * which a layer changes are mixed anew. The score in the lower left corner is left out: a driver
 * should not read it. */
#include <string.h>

#include "car/exact_scene.h"
#include "car/render_parts.h"

enum { WIDTH = AANN_CAR_WIDTH };

/* What things are made of: red, green, blue, and a fourth that is not used. */
typedef struct palette {
    aann_float4 road, field, grass; /* grass: on top of the field */
    aann_float4 stripe, hull;
} palette;

/* Colours are cut to whole numbers. */
static aann_float4 whole_colour(const aann_car_colour *colour)
{
    return (aann_float4){(float)(int32_t)colour->channels[0], (float)(int32_t)colour->channels[1],
                         (float)(int32_t)colour->channels[2], 0.0f};
}

static palette make_palette(const aann_car *car)
{
    const aann_float4 field = whole_colour(&car->field_colour);
    return (palette){.road = whole_colour(&car->road_colour),
                     .field = field,
                     .grass = whole_colour(&car->grass_colour) - field,
                     .stripe = {77.0f, 77.0f, 77.0f, 0.0f},
                     .hull = {204.0f, 0.0f, 0.0f, 0.0f}};
}

/* Sums of the layers of a column, down to a row. */
typedef struct pixel_sums {
    aann_float4 groups[AANN_CAR_CANVAS_GROUPS];
} pixel_sums;

/* Mixes a pixel from its sums, from the ground up. */
static inline void mix_pixel(const pixel_sums *sums, const palette *p, uint8_t *out)
{
    const aann_float4 on = sums->groups[AANN_CAR_GROUP_GROUND],
                      vehicle = sums->groups[AANN_CAR_GROUP_VEHICLE];
    const aann_float4 ground =
        on[AANN_CAR_LAYER_FIELD] * p->field + on[AANN_CAR_LAYER_GRASS] * p->grass;
    const aann_float4 paint = sums->groups[AANN_CAR_GROUP_KERBS] + on[AANN_CAR_LAYER_SHADE];
    aann_float4 colour =
        ground + aann_car_lesser(on[AANN_CAR_LAYER_ROAD], 1.0f) * (p->road - ground) + paint;
    if (vehicle[AANN_CAR_LAYER_WHEELS] + vehicle[AANN_CAR_LAYER_HULL] > 0.0f) {
        colour -= aann_car_lesser(vehicle[AANN_CAR_LAYER_WHEELS], 1.0f) * colour;
        colour += aann_car_lesser(vehicle[AANN_CAR_LAYER_STRIPES], 1.0f) * (p->stripe - colour);
        colour += aann_car_lesser(vehicle[AANN_CAR_LAYER_HULL], 1.0f) * (p->hull - colour);
    }
    const aann_float4 shrunk = colour - 1.001f; /* as aann_car_shrunk, four at once */
    const aann_float4_integers bytes =
        __builtin_convertvector(shrunk, aann_float4_integers) & (shrunk > 0.0f);
    for (int c = 0; c < 3; c++) {
        out[c] = (uint8_t)bytes[c];
    }
}

/* The place of the lowest bit that is set. */
static inline int32_t lowest_bit(uint32_t mask)
{
    /* A bit times this number has its own pattern in the upper five bits (Leiserson, Prokop,
     * Randall, 1998). */
    static const uint8_t places[32] = {0,  1,  28, 2,  29, 14, 24, 3,  30, 22, 20,
                                       15, 25, 17, 4,  8,  31, 27, 13, 23, 21, 19,
                                       16, 7,  26, 12, 18, 6,  11, 5,  10, 9};
    return places[((mask & (0u - mask)) * 0x077cb531u) >> 27];
}

/* Adds what changes in a pixel. Nearly always it is the ground alone. */
static inline void add_changes(pixel_sums *sums, const aann_car_canvas *canvas, int32_t place)
{
    for (int32_t group = 0; group < AANN_CAR_CANVAS_GROUPS; group++) {
        if ((canvas->dirty[group][place / 32] >> place % 32 & 1) != 0) {
            sums->groups[group] += canvas->cells[group][place];
        }
    }
}

/* 32 pixels of a row, of which those in the mask are mixed anew. */
static inline void mix_run(pixel_sums *sums, const aann_car_canvas *canvas, int32_t place,
                           const palette *p, uint8_t *out)
{
    const uint32_t ground = canvas->dirty[AANN_CAR_GROUP_GROUND][place / 32];
    const uint32_t others = canvas->dirty[AANN_CAR_GROUP_KERBS][place / 32] |
                            canvas->dirty[AANN_CAR_GROUP_VEHICLE][place / 32];
    for (uint32_t mask = ground | others; mask != 0; mask &= mask - 1) {
        const int32_t bit = lowest_bit(mask);
        if (others == 0) {
            sums[bit].groups[AANN_CAR_GROUP_GROUND] +=
                canvas->cells[AANN_CAR_GROUP_GROUND][place + bit];
        } else {
            add_changes(&sums[bit], canvas, place + bit);
        }
        mix_pixel(&sums[bit], p, out + 3 * bit);
    }
}

/* Turns the layers into colours, from the top row down. */
static void compose(const aann_car_canvas *canvas, const palette *p, bool field_ends,
                    uint8_t *pixels)
{
    enum { RUN = 32 };
    pixel_sums sums[WIDTH];
    memset(sums, 0, sizeof sums);
    for (int32_t x = 0; x < WIDTH; x++) {
        sums[x].groups[AANN_CAR_GROUP_GROUND][AANN_CAR_LAYER_FIELD] = field_ends ? 0.0f : 1.0f;
        mix_pixel(&sums[x], p, pixels + 3 * x);
    }
    for (int32_t place = 0; place < AANN_CAR_VIEW_HEIGHT * WIDTH; place += RUN) {
        uint8_t *out = pixels + 3 * place;
        if (place >= WIDTH) {
            memcpy(out, out - 3 * WIDTH, 3 * RUN);
        }
        mix_run(&sums[place % WIDTH], canvas, place, p, out);
    }
}

void aann_car_render_on(const aann_car *car, aann_car_canvas *canvas, aann_car_exact *exact,
                        uint8_t pixels[AANN_CAR_PIXELS])
{
    if (car->options.picture == AANN_CAR_PICTURE_EXACT) {
        aann_car_exact_render(exact, car, pixels);
        return;
    }
    aann_car_canvas_clear(canvas);
    const aann_car_camera camera = aann_car_camera_of(car);
    const bool field_ends = aann_car_draw_ground(canvas, car, &camera);
    aann_car_draw_vehicle(canvas, car, &camera);
    const palette colours = make_palette(car);
    compose(canvas, &colours, field_ends, pixels);
    aann_car_draw_indicators(car, pixels);
}

void aann_car_render(aann_car *car, uint8_t pixels[AANN_CAR_PIXELS])
{
    aann_car_render_on(car, &car->canvas, car->exact, pixels);
}
