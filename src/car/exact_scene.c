/* What there is to see in the exact picture, from the ground up (method: car_racing.py and
 * car_dynamics.py, MIT): field, grass, road and kerbs, the car, the indicators, the score. */
#include "car/exact_scene.h"

#include <math.h>

#include "car/constants.h"
#include "car/environment.h"
#include "car/exact_score.h"
#include "car/exact_shapes.h"
#include "core/trigonometry.h"

typedef aann_car_surface_corner corner;

typedef struct place {
    double x, y;
} place;

/* ---- camera ---------------------------------------------------------------------------------- */

typedef struct view {
    double cosine, sine, zoom;
    place move;
} view;

/* As pygame turns vectors: quarter turns exactly. */
static void set_turn(view *v, double angle)
{
    const double pi = 3.141592653589793, tiny = 1e-6;
    double a = fmod(angle, 2.0 * pi);
    if (a < 0.0) {
        a += 2.0 * pi;
    }
    if (fmod(a + tiny, pi / 2.0) < 2.0 * tiny) {
        static const double cosines[5] = {1.0, 0.0, -1.0, 0.0, 1.0};
        static const double sines[5] = {0.0, 1.0, 0.0, -1.0, 0.0};
        const int32_t quarter = (int32_t)((a + tiny) / (pi / 2.0));
        v->cosine = cosines[quarter];
        v->sine = sines[quarter];
    } else {
        aann_sin_cos(a, &v->sine, &v->cosine);
    }
}

static place turn(const view *v, double x, double y)
{
    return (place){v->cosine * x - v->sine * y, v->sine * x + v->cosine * y};
}

static view look(const aann_car *car)
{
    const aann_car_body *hull = &car->vehicle.assembly.hull;
    view v;
    set_turn(&v, -(double)hull->angle);
    v.zoom = 0.1 * AANN_CAR_SCALE * fmax(1.0 - car->time, 0.0) +
             AANN_CAR_ZOOM * AANN_CAR_SCALE * fmin(car->time, 1.0);
    const place scroll =
        turn(&v, -(double)hull->position.x * v.zoom, -(double)hull->position.y * v.zoom);
    v.move =
        (place){AANN_CAR_SURFACE_COLUMNS / 2.0 + scroll.x, AANN_CAR_SURFACE_ROWS / 4.0 + scroll.y};
    return v;
}

/* Cut to whole pixels, and these to 16 bits. */
static corner project(const view *v, double x, double y)
{
    const place turned = turn(v, x, y);
    return (corner){(int16_t)(int32_t)(turned.x * v->zoom + v->move.x),
                    (int16_t)(int32_t)(turned.y * v->zoom + v->move.y)};
}

/* ---- ground ---------------------------------------------------------------------------------- */

/* The part of the world that can be seen: a box round the turned view, some pixels larger. */
typedef struct bounds {
    double min_x, max_x, min_y, max_y;
} bounds;

static bounds visible_bounds(const view *v)
{
    const double margin = 4.0;
    bounds box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int k = 0; k < 4; k++) {
        const double surface_x = k % 2 == 0 ? -margin : AANN_CAR_SURFACE_COLUMNS + margin,
                     surface_y = k / 2 == 0 ? AANN_CAR_SURFACE_ROWS - AANN_CAR_PANEL_TOP - margin
                                            : AANN_CAR_SURFACE_ROWS + margin;
        const double dx = (surface_x - v->move.x) / v->zoom, dy = (surface_y - v->move.y) / v->zoom;
        const double x = v->cosine * dx + v->sine * dy, y = v->cosine * dy - v->sine * dx;
        box.min_x = fmin(box.min_x, x);
        box.max_x = fmax(box.max_x, x);
        box.min_y = fmin(box.min_y, y);
        box.max_y = fmax(box.max_y, y);
    }
    return box;
}

static double sign_of(double value)
{
    return (value > 0.0) - (value < 0.0);
}

/* Mostly the field is all there is to see: then it needs no shape. */
static void list_field(aann_car_exact *exact, const view *v, const bounds *box)
{
    const double end = AANN_CAR_PLAYFIELD;
    exact->ground = AANN_CAR_PAINT_BLACK;
    if (box->min_x > -end && box->max_x < end && box->min_y > -end && box->max_y < end) {
        exact->ground = AANN_CAR_PAINT_FIELD;
        return;
    }
    const corner corners[4] = {project(v, end, end), project(v, end, -end), project(v, -end, -end),
                               project(v, -end, end)};
    aann_car_exact_add_soft(exact, corners, AANN_CAR_PAINT_FIELD);
}

static void list_grass(aann_car_exact *exact, const view *v, const bounds *box)
{
    const double size = AANN_CAR_GRASS_SIZE;
    for (int32_t x = -20; x < 20; x += 2) {
        if (size * (x + 1) < box->min_x || size * x > box->max_x) {
            continue;
        }
        for (int32_t y = -20; y < 20; y += 2) {
            if (size * (y + 1) < box->min_y || size * y > box->max_y) {
                continue;
            }
            const double left = size * x, right = size * x + size, low = size * y,
                         high = size * y + size;
            const corner corners[4] = {project(v, right, low), project(v, left, low),
                                       project(v, left, high), project(v, right, high)};
            aann_car_exact_add_soft(exact, corners, AANN_CAR_PAINT_GRASS);
        }
    }
}

static bool tile_visible(const aann_car *car, const view *v, int32_t i)
{
    const double reach = ((double)car->road.reach + AANN_CAR_KERB_WIDTH) * v->zoom + 4.0;
    const place middle = turn(v, (double)car->road.middle_x[i], (double)car->road.middle_y[i]);
    const double x = middle.x * v->zoom + v->move.x, y = middle.y * v->zoom + v->move.y;
    return x > -reach && x < AANN_CAR_SURFACE_COLUMNS + reach &&
           y > AANN_CAR_SURFACE_ROWS - AANN_CAR_PANEL_TOP - reach &&
           y < AANN_CAR_SURFACE_ROWS + reach;
}

/* The corner `distance` metres to the right of a point of the centre line. */
static corner beside(const aann_car *car, const view *v, int32_t point, double distance)
{
    const aann_car_point *middle = &car->track.points[point];
    return project(v, middle->x + distance * car->road.right_x[point],
                   middle->y + distance * car->road.right_y[point]);
}

static void list_kerb(aann_car_exact *exact, const aann_car *car, const view *v, int32_t i,
                      int32_t before)
{
    /* Where the road is straight, the original's kerb shrinks to a line along its middle. */
    const double side = sign_of(car->track.points[before].beta - car->track.points[i].beta);
    const double near = side * AANN_CAR_TRACK_WIDTH,
                 far = side * (AANN_CAR_TRACK_WIDTH + AANN_CAR_KERB_WIDTH);
    const corner corners[4] = {beside(car, v, i, near), beside(car, v, i, far),
                               beside(car, v, before, far), beside(car, v, before, near)};
    aann_car_exact_add_soft(exact, corners, i % 2 == 0 ? AANN_CAR_PAINT_WHITE : AANN_CAR_PAINT_RED);
}

static void list_road(aann_car_exact *exact, const aann_car *car, const view *v)
{
    static const aann_car_paint shades[3] = {AANN_CAR_PAINT_ROAD, AANN_CAR_PAINT_ROAD_ONE,
                                             AANN_CAR_PAINT_ROAD_TWO};
    for (int32_t i = 0; i < car->track.count; i++) {
        if (!tile_visible(car, v, i)) {
            continue;
        }
        const int32_t before = i > 0 ? i - 1 : car->track.count - 1;
        const double width = AANN_CAR_TRACK_WIDTH;
        const corner corners[4] = {beside(car, v, i, -width), beside(car, v, i, width),
                                   beside(car, v, before, width), beside(car, v, before, -width)};
        aann_car_exact_add_soft(exact, corners, shades[car->road.tiles[i].shaded ? i % 3 : 0]);
        if (car->track.border[i]) {
            list_kerb(exact, car, v, i, before);
        }
    }
}

/* ---- the car --------------------------------------------------------------------------------- */

static void list_part(aann_car_exact *exact, const view *v, const aann_car_body *body,
                      const aann_car_vector *points, int32_t count, aann_car_paint paint)
{
    corner corners[AANN_CAR_POLYGON_CORNERS];
    for (int32_t i = 0; i < count; i++) {
        const aann_car_vector world =
            aann_car_add(aann_car_rotate(body->rotation, points[i]), body->position);
        corners[i] = project(v, (double)world.x, (double)world.y);
    }
    aann_car_exact_add_hard(exact, corners, count, paint);
}

/* A mark 1.2 radians wide goes round the wheel; it shows while it is on the upper side. */
static void list_mark(aann_car_exact *exact, const view *v, const aann_car_body *body, double phase)
{
    double sine_1, cosine_1, sine_2, cosine_2;
    aann_sin_cos(phase, &sine_1, &cosine_1);
    aann_sin_cos(phase + 1.2, &sine_2, &cosine_2);
    if (sine_1 > 0.0 && sine_2 > 0.0) {
        return;
    }
    const double end_1 = sine_1 > 0.0 ? sign_of(cosine_1) : cosine_1;
    const double end_2 = sine_2 > 0.0 ? sign_of(cosine_2) : cosine_2;
    const float side = (float)(AANN_CAR_WHEEL_WIDTH * AANN_CAR_SIZE),
                from = (float)(AANN_CAR_WHEEL_RADIUS * end_1 * AANN_CAR_SIZE),
                to = (float)(AANN_CAR_WHEEL_RADIUS * end_2 * AANN_CAR_SIZE);
    const aann_car_vector points[4] = {{-side, from}, {side, from}, {side, to}, {-side, to}};
    list_part(exact, v, body, points, 4, AANN_CAR_PAINT_MARK);
}

static void list_vehicle(aann_car_exact *exact, const aann_car *car, const view *v)
{
    const aann_car_vehicle *vehicle = &car->vehicle;
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        const aann_car_body *body = &vehicle->assembly.wheels[i];
        list_part(exact, v, body, vehicle->wheel_shape.corners, vehicle->wheel_shape.count,
                  AANN_CAR_PAINT_BLACK);
        list_mark(exact, v, body, vehicle->wheels[i].phase);
    }
    for (int32_t i = 0; i < AANN_CAR_HULL_PARTS; i++) {
        const aann_car_polygon *part = &vehicle->hull_shapes[i];
        list_part(exact, v, &vehicle->assembly.hull, part->corners, part->count,
                  AANN_CAR_PAINT_HULL);
    }
}

/* ---- indicators ------------------------------------------------------------------------------ */

enum { UNIT_X = 25, UNIT_Y = 20 };

/* From the foot of the panel upwards, 20 rows per 1.0 of `value`; none if it reads next to 0. */
static void list_upright(aann_car_exact *exact, int32_t unit, double reading, double value,
                         aann_car_paint paint)
{
    if (fabs(reading) > 1e-4) {
        const double foot = AANN_CAR_SURFACE_ROWS - UNIT_Y;
        aann_car_exact_add_upright(exact, unit * UNIT_X, (unit + 1) * UNIT_X,
                                   (int32_t)(AANN_CAR_SURFACE_ROWS - (UNIT_Y + UNIT_Y * value)),
                                   (int32_t)foot, paint);
    }
}

static void list_sideways(aann_car_exact *exact, int32_t unit, double reading, double value,
                          aann_car_paint paint)
{
    if (fabs(reading) > 1e-4) {
        aann_car_exact_add_upright(exact, unit * UNIT_X, (int32_t)((unit + value) * UNIT_X),
                                   AANN_CAR_SURFACE_ROWS - 4 * UNIT_Y,
                                   AANN_CAR_SURFACE_ROWS - 2 * UNIT_Y, paint);
    }
}

static void list_indicators(aann_car_exact *exact, const aann_car *car)
{
    const aann_car_body *hull = &car->vehicle.assembly.hull;
    const double x = (double)hull->velocity.x, y = (double)hull->velocity.y;
    const double speed = sqrt(x * x + y * y), spin = (double)hull->spin;
    list_upright(exact, 5, speed, 0.02 * speed, AANN_CAR_PAINT_WHITE);
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        const double omega = car->vehicle.wheels[i].omega;
        list_upright(exact, 7 + i, omega, 0.01 * omega,
                     i < 2 ? AANN_CAR_PAINT_BLUE : AANN_CAR_PAINT_VIOLET);
    }
    const double joint = (double)aann_car_joint_angle(&car->vehicle.assembly, 0);
    list_sideways(exact, 20, joint, -10.0 * joint, AANN_CAR_PAINT_GREEN);
    list_sideways(exact, 30, spin, -0.8 * spin, AANN_CAR_PAINT_RED);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void set_paint(aann_car_exact *exact, aann_car_paint paint, const aann_car_colour *colour,
                      double more)
{
    for (int c = 0; c < 3; c++) {
        exact->paints[paint][c] = (uint8_t)(int32_t)(colour->channels[c] + more);
    }
    exact->paints[paint][3] = 0;
}

static void list_paints(aann_car_exact *exact, const aann_car *car)
{
    static const struct {
        aann_car_paint paint;
        aann_car_colour colour;
    } fixed[] = {{AANN_CAR_PAINT_BLACK, {{0, 0, 0}}},     {AANN_CAR_PAINT_WHITE, {{255, 255, 255}}},
                 {AANN_CAR_PAINT_RED, {{255, 0, 0}}},     {AANN_CAR_PAINT_MARK, {{77, 77, 77}}},
                 {AANN_CAR_PAINT_HULL, {{204, 0, 0}}},    {AANN_CAR_PAINT_BLUE, {{0, 0, 255}}},
                 {AANN_CAR_PAINT_VIOLET, {{51, 0, 255}}}, {AANN_CAR_PAINT_GREEN, {{0, 255, 0}}}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        set_paint(exact, fixed[i].paint, &fixed[i].colour, 0.0);
    }
    set_paint(exact, AANN_CAR_PAINT_FIELD, &car->field_colour, 0.0);
    set_paint(exact, AANN_CAR_PAINT_GRASS, &car->grass_colour, 0.0);
    set_paint(exact, AANN_CAR_PAINT_ROAD, &car->road_colour, 0.0);
    set_paint(exact, AANN_CAR_PAINT_ROAD_ONE, &car->road_colour, 0.01 * 1 * 255);
    set_paint(exact, AANN_CAR_PAINT_ROAD_TWO, &car->road_colour, 0.01 * 2 * 255);
}

static void list_scene(aann_car_exact *exact, const aann_car *car)
{
    exact->shape_count = 0;
    exact->span_count = 0;
    list_paints(exact, car);
    const view v = look(car);
    const bounds box = visible_bounds(&v);
    list_field(exact, &v, &box);
    list_grass(exact, &v, &box);
    list_road(exact, car, &v);
    list_vehicle(exact, car, &v);
    list_indicators(exact, car);
}

void aann_car_exact_render(aann_car_exact *exact, const aann_car *car,
                           uint8_t pixels[AANN_CAR_PIXELS])
{
    list_scene(exact, car);
    exact->painter(exact, pixels);
    aann_car_exact_draw_score(exact, car->shown_reward, pixels);
}
