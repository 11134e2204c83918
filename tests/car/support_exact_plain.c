/* The exact picture, the plain way.
 *
 * What Gymnasium 1.4.0 does with pygame-ce 2.5.8, pixel by pixel: polygons with soft edges for the
 * ground, hard ones for the car, the surface turned upside down, indicators, and a shrinking in two
 * passes that round down. Nothing is left out for being invisible. */
#include "support_exact_plain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "car/constants.h"
#include "car/environment.h"

enum { WIDTH = 1000, HEIGHT = 800, CORNERS = 8 };

typedef struct colour {
    int32_t channels[3];
} colour;

static uint8_t surface[HEIGHT][WIDTH][3];

typedef struct place {
    double x, y;
} place;

typedef struct corner {
    int32_t x, y;
} corner;

/* ---- camera ---------------------------------------------------------------------------------- */

typedef struct view {
    double angle, zoom;
    place move;
} view;

static place rotate(place p, double angle)
{
    const double pi = 3.141592653589793, tiny = 1e-6;
    double a = fmod(angle, 2.0 * pi);
    if (a < 0.0) {
        a += 2.0 * pi;
    }
    if (fmod(a + tiny, pi / 2.0) < 2.0 * tiny) {
        switch ((int)((a + tiny) / (pi / 2.0))) {
        case 1: return (place){-p.y, p.x};
        case 2: return (place){-p.x, -p.y};
        case 3: return (place){p.y, -p.x};
        default: return p;
        }
    }
    const double c = cos(a), s = sin(a);
    return (place){c * p.x - s * p.y, s * p.x + c * p.y};
}

static view look(const aann_car *car)
{
    const aann_car_body *hull = &car->vehicle.assembly.hull;
    view v = {.angle = -(double)hull->angle};
    v.zoom = 0.1 * 6.0 * fmax(1.0 - car->time, 0.0) + 2.7 * 6.0 * fmin(car->time, 1.0);
    const place scroll = {-(double)hull->position.x * v.zoom, -(double)hull->position.y * v.zoom};
    const place turned = rotate(scroll, v.angle);
    v.move = (place){WIDTH / 2.0 + turned.x, HEIGHT / 4.0 + turned.y};
    return v;
}

static corner project(const view *v, double x, double y)
{
    const place turned = rotate((place){x, y}, v->angle);
    const double to_x = turned.x * v->zoom + v->move.x, to_y = turned.y * v->zoom + v->move.y;
    return (corner){(int16_t)(int32_t)to_x, (int16_t)(int32_t)to_y};
}

/* ---- pixels and lines ------------------------------------------------------------------------ */

static void set_pixel(int32_t x, int32_t y, const colour *c)
{
    if (x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT) {
        for (int k = 0; k < 3; k++) {
            surface[y][x][k] = (uint8_t)c->channels[k];
        }
    }
}

static void set_row(int32_t from, int32_t to, int32_t y, const colour *c)
{
    const int32_t first = from < to ? from : to, last = from < to ? to : from;
    for (int32_t x = first < 0 ? 0 : first; x <= last && x < WIDTH; x++) {
        set_pixel(x, y, c);
    }
}

static void blend_pixel(int32_t x, int32_t y, const colour *c, int32_t weight)
{
    if (x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT) {
        return;
    }
    const int32_t alpha = (255 * weight) >> 8;
    for (int k = 0; k < 3; k++) {
        const int32_t d = surface[y][x][k];
        surface[y][x][k] = (uint8_t)((d * (256 - alpha) + c->channels[k] * alpha) >> 8);
    }
}

/* Cuts a line to the surface; returns whether anything is left. The ends may be swapped. */
static bool clip_line(corner *a, corner *b)
{
    for (;;) {
        int32_t codes[2];
        const corner *ends[2] = {a, b};
        for (int i = 0; i < 2; i++) {
            codes[i] = (ends[i]->x < 0        ? 1
                        : ends[i]->x >= WIDTH ? 2
                                              : 0) |
                       (ends[i]->y < 0         ? 4
                        : ends[i]->y >= HEIGHT ? 8
                                               : 0);
        }
        if ((codes[0] | codes[1]) == 0) {
            return true;
        }
        if ((codes[0] & codes[1]) != 0) {
            return false;
        }
        if (codes[0] == 0) {
            const corner end = *a;
            *a = *b;
            *b = end;
            codes[0] = codes[1];
        }
        const float slope = a->x != b->x ? (float)(b->y - a->y) / (float)(b->x - a->x) : 1.0f;
        if ((codes[0] & 3) != 0) {
            const int32_t border = (codes[0] & 1) != 0 ? 0 : WIDTH - 1;
            a->y = (int16_t)(a->y + (int16_t)((float)(border - a->x) * slope));
            a->x = border;
        } else {
            const int32_t border = (codes[0] & 8) != 0 ? HEIGHT - 1 : 0;
            if (a->x != b->x) {
                a->x = (int16_t)(a->x + (int16_t)((float)(border - a->y) / slope));
            }
            a->y = border;
        }
    }
}

static void draw_soft_line(corner a, corner b, const colour *c)
{
    if (!clip_line(&a, &b)) {
        return;
    }
    const corner first = a;
    if (a.y > b.y) {
        a = b;
        b = first;
    }
    const int32_t direction = b.x < a.x ? -1 : 1, dx = abs(b.x - a.x), dy = b.y - a.y;
    if (dx == 0) {
        for (int32_t y = a.y; y <= b.y; y++) {
            set_pixel(a.x, y, c);
        }
        return;
    }
    if (dy == 0) {
        set_row(a.x, b.x, a.y, c);
        return;
    }
    set_pixel(first.x, first.y, c);
    const int32_t steep = dy > dx, step = steep ? (dx << 16) / dy : (dy << 16) / dx;
    for (int32_t k = 1; k < (steep ? dy : dx); k++) {
        const int32_t p = k * step, whole = p >> 16, weight = (p >> 8) & 255;
        const int32_t x = a.x + direction * (steep ? whole : k), y = a.y + (steep ? k : whole);
        blend_pixel(x, y, c, 255 - weight);
        blend_pixel(steep ? x + direction : x, steep ? y : y + 1, c, weight);
    }
}

/* ---- polygons -------------------------------------------------------------------------------- */

static void sort(int32_t *values, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        for (int32_t k = i; k > 0 && values[k] < values[k - 1]; k--) {
            const int32_t value = values[k];
            values[k] = values[k - 1];
            values[k - 1] = value;
        }
    }
}

static int32_t lowest_row(const corner *corners, int32_t count, int32_t *highest)
{
    int32_t low = corners[0].y;
    *highest = low;
    for (int32_t i = 1; i < count; i++) {
        low = corners[i].y < low ? corners[i].y : low;
        *highest = corners[i].y > *highest ? corners[i].y : *highest;
    }
    return low;
}

/* The fill of the ground's shapes: crossings in 1/65536 of a pixel. */
static void fill_soft(const corner *corners, int32_t count, const colour *c)
{
    int32_t high;
    const int32_t low = lowest_row(corners, count, &high);
    for (int32_t y = low < 0 ? 0 : low; y <= high && y < HEIGHT; y++) {
        int32_t cuts[CORNERS], found = 0;
        for (int32_t i = 0; i < count; i++) {
            corner from = corners[i > 0 ? i - 1 : count - 1], to = corners[i];
            if (from.y > to.y) {
                const corner end = from;
                from = to;
                to = end;
            }
            if (from.y != to.y &&
                ((y >= from.y && y < to.y) || (y == high && y > from.y && y <= to.y))) {
                cuts[found++] =
                    (65536 * (y - from.y)) / (to.y - from.y) * (to.x - from.x) + 65536 * from.x;
            }
        }
        sort(cuts, found);
        for (int32_t i = 0; i + 1 < found; i += 2) {
            set_row((int16_t)((cuts[i] + 1 + 32768) >> 16),
                    (int16_t)((cuts[i + 1] - 1 + 32768) >> 16), y, c);
        }
    }
}

static void draw_soft(const view *v, const place *points, const colour *c)
{
    corner corners[4];
    for (int k = 0; k < 4; k++) {
        corners[k] = project(v, points[k].x, points[k].y);
    }
    for (int k = 0; k < 4; k++) {
        draw_soft_line(corners[k], corners[(k + 1) % 4], c);
    }
    fill_soft(corners, 4, c);
}

/* The fill of the car and the indicators, which owns its outline. */
static void fill_hard(const corner *corners, int32_t count, const colour *c)
{
    int32_t high;
    const int32_t low = lowest_row(corners, count, &high);
    if (low == high) {
        int32_t from = corners[0].x, to = from;
        for (int32_t i = 1; i < count; i++) {
            from = corners[i].x < from ? corners[i].x : from;
            to = corners[i].x > to ? corners[i].x : to;
        }
        set_row(from, to, low, c);
        return;
    }
    for (int32_t y = low; y <= high; y++) {
        int32_t cuts[CORNERS], found = 0;
        for (int32_t i = 0; i < count; i++) {
            corner from = corners[i > 0 ? i - 1 : count - 1], to = corners[i];
            if (from.y > to.y) {
                const corner end = from;
                from = to;
                to = end;
            }
            if (from.y != to.y && ((y >= from.y && y < to.y) || (y == high && to.y == high))) {
                const float across =
                    (float)((y - from.y) * (to.x - from.x)) / (float)(to.y - from.y);
                const float whole = found % 2 == 0 ? floorf(across) : ceilf(across);
                cuts[found++] = (int32_t)whole + from.x;
            }
        }
        sort(cuts, found);
        for (int32_t i = 0; i + 1 < found; i += 2) {
            set_row(cuts[i], cuts[i + 1], y, c);
        }
    }
    for (int32_t i = 0; i < count; i++) {
        const corner from = corners[i > 0 ? i - 1 : count - 1], to = corners[i];
        if (from.y == to.y && to.y > low && to.y < high) {
            set_row(from.x, to.x, to.y, c);
        }
    }
}

/* ---- what there is to see -------------------------------------------------------------------- */

static colour whole_colour(const aann_car_colour *from, double more)
{
    colour c;
    for (int k = 0; k < 3; k++) {
        c.channels[k] = (int32_t)(from->channels[k] + more);
    }
    return c;
}

static double sign_of(double value)
{
    return (value > 0.0) - (value < 0.0);
}

static void draw_field(const aann_car *car, const view *v)
{
    const double end = AANN_CAR_PLAYFIELD, size = AANN_CAR_GRASS_SIZE;
    const colour field = whole_colour(&car->field_colour, 0.0),
                 grass = whole_colour(&car->grass_colour, 0.0);
    draw_soft(v, (place[]){{end, end}, {end, -end}, {-end, -end}, {-end, end}}, &field);
    for (int x = -20; x < 20; x += 2) {
        for (int y = -20; y < 20; y += 2) {
            const place square[4] = {{size * x + size, size * y},
                                     {size * x, size * y},
                                     {size * x, size * y + size},
                                     {size * x + size, size * y + size}};
            draw_soft(v, square, &grass);
        }
    }
}

static place beside(const aann_car_point *point, double distance)
{
    return (place){point->x + distance * cos(point->beta), point->y + distance * sin(point->beta)};
}

static void draw_road(const aann_car *car, const view *v)
{
    const double width = AANN_CAR_TRACK_WIDTH, kerb = AANN_CAR_KERB_WIDTH;
    for (int32_t i = 0; i < car->track.count; i++) {
        const aann_car_point *here = &car->track.points[i],
                             *before = &car->track.points[i > 0 ? i - 1 : car->track.count - 1];
        const colour road =
            whole_colour(&car->road_colour, car->road.tiles[i].shaded ? 0.01 * (i % 3) * 255 : 0.0);
        draw_soft(v,
                  (place[]){beside(here, -width), beside(here, width), beside(before, width),
                            beside(before, -width)},
                  &road);
        if (car->track.border[i]) {
            const double side = sign_of(before->beta - here->beta); /* 0 where it is straight */
            const int32_t other = i % 2 == 0 ? 255 : 0;
            draw_soft(v,
                      (place[]){beside(here, side * width), beside(here, side * (width + kerb)),
                                beside(before, side * (width + kerb)),
                                beside(before, side * width)},
                      &(colour){{255, other, other}});
        }
    }
}

static void draw_body(const view *v, const aann_car_body *body, const aann_car_vector *points,
                      int32_t count, const colour *c)
{
    corner corners[CORNERS] = {0};
    for (int32_t i = 0; i < count; i++) {
        const aann_car_vector world =
            aann_car_add(aann_car_rotate(body->rotation, points[i]), body->position);
        corners[i] = project(v, (double)world.x, (double)world.y);
    }
    fill_hard(corners, count, c);
}

static void draw_mark(const view *v, const aann_car_body *body, double phase)
{
    const double s1 = sin(phase), s2 = sin(phase + 1.2);
    double c1 = cos(phase), c2 = cos(phase + 1.2);
    if (s1 > 0.0 && s2 > 0.0) {
        return;
    }
    c1 = s1 > 0.0 ? sign_of(c1) : c1;
    c2 = s2 > 0.0 ? sign_of(c2) : c2;
    const float side = (float)(AANN_CAR_WHEEL_WIDTH * AANN_CAR_SIZE),
                from = (float)(AANN_CAR_WHEEL_RADIUS * c1 * AANN_CAR_SIZE),
                to = (float)(AANN_CAR_WHEEL_RADIUS * c2 * AANN_CAR_SIZE);
    draw_body(v, body, (aann_car_vector[]){{-side, from}, {side, from}, {side, to}, {-side, to}}, 4,
              &(colour){{77, 77, 77}});
}

static void draw_vehicle(const aann_car *car, const view *v)
{
    const aann_car_vehicle *vehicle = &car->vehicle;
    for (int i = 0; i < AANN_CAR_WHEELS; i++) {
        const aann_car_body *body = &vehicle->assembly.wheels[i];
        draw_body(v, body, vehicle->wheel_shape.corners, vehicle->wheel_shape.count,
                  &(colour){{0, 0, 0}});
        draw_mark(v, body, vehicle->wheels[i].phase);
    }
    for (int i = 0; i < AANN_CAR_HULL_PARTS; i++) {
        const aann_car_polygon *part = &vehicle->hull_shapes[i];
        draw_body(v, &vehicle->assembly.hull, part->corners, part->count, &(colour){{204, 0, 0}});
    }
}

static void turn_upside_down(void)
{
    static uint8_t row[WIDTH][3];
    for (int32_t y = 0; y < HEIGHT / 2; y++) {
        memcpy(row, surface[y], sizeof row);
        memcpy(surface[y], surface[HEIGHT - 1 - y], sizeof row);
        memcpy(surface[HEIGHT - 1 - y], row, sizeof row);
    }
}

/* A bar of `value` units; its corners are cut to whole pixels. */
static void draw_bar(double reading, bool upright, double at, double value, colour c)
{
    if (!(fabs(reading) > 1e-4)) {
        return;
    }
    const double unit_x = WIDTH / 40.0, unit_y = HEIGHT / 40.0;
    const double left = at * unit_x, right = (upright ? at + 1.0 : at + value) * unit_x;
    const double top = upright ? HEIGHT - (unit_y + unit_y * value) : HEIGHT - 4.0 * unit_y,
                 bottom = upright ? HEIGHT - unit_y : HEIGHT - 2.0 * unit_y;
    fill_hard((corner[]){{(int32_t)left, (int32_t)top},
                         {(int32_t)right, (int32_t)top},
                         {(int32_t)right, (int32_t)bottom},
                         {(int32_t)left, (int32_t)bottom}},
              4, &c);
}

static void draw_indicators(const aann_car *car)
{
    for (int32_t y = 700; y < HEIGHT; y++) {
        set_row(0, WIDTH - 1, y, &(colour){{0, 0, 0}});
    }
    const aann_car_body *hull = &car->vehicle.assembly.hull;
    const aann_car_wheel_body *wheels = car->vehicle.wheels;
    const double x = (double)hull->velocity.x, y = (double)hull->velocity.y;
    const double speed = sqrt(x * x + y * y), spin = (double)hull->spin;
    draw_bar(speed, true, 5, 0.02 * speed, (colour){{255, 255, 255}});
    for (int i = 0; i < AANN_CAR_WHEELS; i++) {
        draw_bar(wheels[i].omega, true, 7 + i, 0.01 * wheels[i].omega,
                 i < 2 ? (colour){{0, 0, 255}} : (colour){{51, 0, 255}});
    }
    const double joint = (double)aann_car_joint_angle(&car->vehicle.assembly, 0);
    draw_bar(joint, false, 20, -10.0 * joint, (colour){{0, 255, 0}});
    draw_bar(spin, false, 30, -0.8 * spin, (colour){{255, 0, 0}});
}

/* The reward as text, on an opaque black image with its middle at column 60. */
static void draw_score(const aann_car *car, const aann_car_glyphs *glyphs)
{
    static const char characters[] = "0123456789-";
    char text[64];
    (void)snprintf(text, sizeof text, "%04.0f", car->shown_reward);
    double pen = 0.0;
    int32_t begins[64], width = 0;
    for (int32_t i = 0, before = -1; text[i] != '\0'; i++) {
        const int32_t glyph = (int32_t)(strchr(characters, text[i]) - characters);
        pen += before < 0 ? 0.0 : glyphs->advance[before] + glyphs->kerning[before][glyph] / 64.0;
        begins[i] = (int32_t)floor(pen);
        width = begins[i] + glyphs->advance[glyph];
        before = glyph;
    }
    const int32_t left = 60 - width / 2, top = HEIGHT - 50 - 46 / 2;
    for (int32_t y = 0; y < AANN_CAR_GLYPH_ROWS; y++) {
        set_row(left, left + width - 1, top + y, &(colour){{0, 0, 0}});
        for (int32_t i = 0; text[i] != '\0'; i++) {
            const int32_t glyph = (int32_t)(strchr(characters, text[i]) - characters);
            for (int32_t x = 0; x < AANN_CAR_GLYPH_COLUMNS; x++) {
                const int32_t value = glyphs->pixels[glyph][y][x], at = left + begins[i] + x;
                if (at >= 0 && value > surface[top + y][at][0]) {
                    set_pixel(at, top + y, &(colour){{value, value, value}});
                }
            }
        }
    }
}

/* ---- shrinking ------------------------------------------------------------------------------- */

/* One line of `size` values to 96: `from` and `to` are so many bytes from one value to the next. */
static void shrink(const uint8_t *from, size_t from_step, int32_t size, uint8_t *to, size_t to_step)
{
    const int32_t space = 0x4000 * size / 96, reciprocal = 0x40000000 / space;
    int32_t sum = 0, left = space;
    for (int32_t i = 0; i < size; i++) {
        const int32_t value = from[(size_t)i * from_step];
        if (left > 0x4000) {
            sum += value;
            left -= 0x4000;
        } else {
            const int32_t rest = 0x4000 - left;
            *to = (uint8_t)(((sum + ((4 * value * left) >> 16)) * reciprocal) >> 16);
            to += to_step;
            sum = (4 * value * rest) >> 16;
            left = space - rest;
        }
    }
}

void plain_exact_render(const aann_car *car, const aann_car_glyphs *glyphs,
                        uint8_t pixels[AANN_CAR_PIXELS])
{
    static uint8_t narrow[HEIGHT][AANN_CAR_WIDTH + 1][3];
    static uint8_t column[AANN_CAR_HEIGHT + 1];
    memset(surface, 0, sizeof surface);
    const view v = look(car);
    draw_field(car, &v);
    draw_road(car, &v);
    draw_vehicle(car, &v);
    turn_upside_down();
    draw_indicators(car);
    if (glyphs != NULL) {
        draw_score(car, glyphs);
    }
    for (int32_t y = 0; y < HEIGHT; y++) {
        for (int k = 0; k < 3; k++) {
            shrink(&surface[y][0][k], 3, WIDTH, &narrow[y][0][k], 3);
        }
    }
    for (int32_t i = 0; i < AANN_CAR_WIDTH * 3; i++) {
        shrink(&narrow[0][i / 3][i % 3], sizeof narrow[0], HEIGHT, column, 1);
        for (int32_t y = 0; y < AANN_CAR_HEIGHT; y++) {
            pixels[y * AANN_CAR_WIDTH * 3 + i] = column[y];
        }
    }
}
