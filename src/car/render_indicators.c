/* The indicators below the view (method: car_racing.py, _render_indicators; MIT).
 *
 * Drivers read their speed here, so the bars are as exact as can be: corners cut to whole pixels of
 * the surface, both ends filled, the share of area exact in each pixel of the picture. Later bars
 * hide earlier ones. */
#include <math.h>
#include <string.h>

#include "car/render_parts.h"

enum {
    PANEL_ROWS = AANN_CAR_HEIGHT - AANN_CAR_VIEW_HEIGHT,
    PANEL_TOP = 700,
    UNIT_X = 25,
    UNIT_Y = 20,
    BARS = 7
};

/* A rectangle of the surface: pixels left <= x < right, top <= y < bottom; y points down. */
typedef struct bar {
    int32_t left, right, top, bottom;
    float colour[3];
} bar;

static bar make_bar(double x0, double x1, double y0, double y1, const float colour[3])
{
    const int32_t left = (int32_t)fmin(x0, x1), right = (int32_t)fmax(x0, x1);
    const int32_t top = (int32_t)fmin(y0, y1), bottom = (int32_t)fmax(y0, y1);
    return (bar){left, right + 1, top, bottom + 1, {colour[0], colour[1], colour[2]}};
}

/* A bar upwards from the foot of the panel, one unit high per 1.0 of `value`; nothing when it is
 * next to zero. */
static int32_t add_upright(bar *bars, int32_t count, int32_t place, double reading, double value,
                           const float colour[3])
{
    if (!(fabs(reading) > 1e-4)) {
        return count;
    }
    const double foot = AANN_CAR_SURFACE_HEIGHT - UNIT_Y;
    bars[count] = make_bar(place * UNIT_X, (place + 1) * UNIT_X, foot,
                           AANN_CAR_SURFACE_HEIGHT - (UNIT_Y + UNIT_Y * value), colour);
    return count + 1;
}

static int32_t add_sideways(bar *bars, int32_t count, int32_t place, double reading, double value,
                            const float colour[3])
{
    if (!(fabs(reading) > 1e-4)) {
        return count;
    }
    bars[count] =
        make_bar(place * UNIT_X, (place + value) * UNIT_X, AANN_CAR_SURFACE_HEIGHT - 4 * UNIT_Y,
                 AANN_CAR_SURFACE_HEIGHT - 2 * UNIT_Y, colour);
    return count + 1;
}

static int32_t read_instruments(const aann_car *car, bar bars[BARS])
{
    static const float white[3] = {255, 255, 255}, blue[3] = {0, 0, 255}, violet[3] = {51, 0, 255};
    static const float green[3] = {0, 255, 0}, red[3] = {255, 0, 0};
    const aann_car_body *hull = &car->vehicle.assembly.hull;
    const double x = (double)hull->velocity.x, y = (double)hull->velocity.y;
    const double speed = sqrt(x * x + y * y);
    int32_t count = add_upright(bars, 0, 5, speed, 0.02 * speed, white);
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        const double omega = car->vehicle.wheels[i].omega;
        count = add_upright(bars, count, 7 + i, omega, 0.01 * omega, i < 2 ? blue : violet);
    }
    const double joint = (double)aann_car_joint_angle(&car->vehicle.assembly, 0),
                 turning = (double)hull->spin;
    count = add_sideways(bars, count, 20, joint, -10.0 * joint, green);
    return add_sideways(bars, count, 30, turning, -0.8 * turning, red);
}

/* How much of the cell [low, high) of a grid the pixels from `first` up to `end` cover. */
static float overlap(float low, float high, int32_t first, int32_t end)
{
    const float from = aann_car_greater(low, (float)first), to = aann_car_lesser(high, (float)end);
    return to > from ? to - from : 0.0f;
}

/* Red, green and blue of the pixels of a column of the panel. */
typedef struct column {
    float rows[PANEL_ROWS][3];
} column;

/* The panel: only columns in use mean anything. */
typedef struct panel {
    bool used[AANN_CAR_WIDTH];
    column columns[AANN_CAR_WIDTH];
} panel;

/* Adds a rectangle's colour to the pixels of the panel, by area. */
static void add_rectangle(panel *into, const bar *b, const float colour[3], float sign)
{
    const float step_x = (float)AANN_CAR_SURFACE_WIDTH / AANN_CAR_WIDTH,
                step_y = (float)AANN_CAR_SURFACE_HEIGHT / AANN_CAR_HEIGHT;
    const int32_t left = b->left > 0 ? b->left : 0,
                  right = b->right < AANN_CAR_SURFACE_WIDTH ? b->right : AANN_CAR_SURFACE_WIDTH;
    const int32_t top = b->top > PANEL_TOP ? b->top : PANEL_TOP,
                  bottom =
                      b->bottom < AANN_CAR_SURFACE_HEIGHT ? b->bottom : AANN_CAR_SURFACE_HEIGHT;
    if (left >= right || top >= bottom) {
        return;
    }
    const int32_t first_x = (int32_t)((float)left / step_x),
                  last_x = (int32_t)((float)(right - 1) / step_x);
    const int32_t first_row = (int32_t)((float)(top - PANEL_TOP) / step_y);
    const int32_t last_row = (int32_t)((float)(bottom - 1 - PANEL_TOP) / step_y);
    float heights[PANEL_ROWS + 1];
    for (int32_t row = first_row; row <= last_row && row < PANEL_ROWS; row++) {
        const float low = (float)PANEL_TOP + step_y * (float)row;
        heights[row] = overlap(low, low + step_y, top, bottom) / step_y;
    }
    for (int32_t x = first_x; x <= last_x && x < AANN_CAR_WIDTH; x++) {
        column *pixels = &into->columns[x];
        if (!into->used[x]) {
            into->used[x] = true;
            memset(pixels, 0, sizeof *pixels);
        }
        const float width =
            sign * overlap(step_x * (float)x, step_x * (float)(x + 1), left, right) / step_x;
        for (int32_t row = first_row; row <= last_row && row < PANEL_ROWS; row++) {
            for (int c = 0; c < 3; c++) {
                pixels->rows[row][c] += heights[row] * width * colour[c];
            }
        }
    }
}

/* What two rectangles have in common; empty ones have left >= right or top >= bottom. */
static bar intersect(const bar *a, const bar *b)
{
    bar common = *a;
    common.left = a->left > b->left ? a->left : b->left;
    common.right = a->right < b->right ? a->right : b->right;
    common.top = a->top > b->top ? a->top : b->top;
    common.bottom = a->bottom < b->bottom ? a->bottom : b->bottom;
    return common;
}

void aann_car_draw_indicators(const aann_car *car, uint8_t pixels[AANN_CAR_PIXELS])
{
    bar bars[BARS];
    const int32_t count = read_instruments(car, bars);
    panel shown;
    memset(shown.used, 0, sizeof shown.used);
    for (int32_t i = 0; i < count; i++) {
        add_rectangle(&shown, &bars[i], bars[i].colour, 1.0f);
        /* Take away what later bars hide; a bar reaches no further than into the next one, but for
         * the long ones. */
        for (int32_t later = i + 1; later < count; later++) {
            const bar hidden = intersect(&bars[i], &bars[later]);
            add_rectangle(&shown, &hidden, bars[i].colour, -1.0f);
        }
    }
    uint8_t *out = pixels + AANN_CAR_VIEW_HEIGHT * AANN_CAR_WIDTH * 3;
    memset(out, 0, PANEL_ROWS * AANN_CAR_WIDTH * 3);
    for (int32_t x = 0; x < AANN_CAR_WIDTH; x++) {
        for (int32_t row = 0; row < PANEL_ROWS && shown.used[x]; row++) {
            for (int c = 0; c < 3; c++) {
                out[(row * AANN_CAR_WIDTH + x) * 3 + c] =
                    (uint8_t)aann_car_shrunk(shown.columns[x].rows[row][c]);
            }
        }
    }
}
