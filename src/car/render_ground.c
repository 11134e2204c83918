/* Field, grass, road and kerbs (method: car_racing.py, _render_road; MIT). */
#include <math.h>

#include "car/constants.h"
#include "car/render_parts.h"

/* Outlines here are drawn with soft edges: fitted to frames of the original. */
static const aann_car_outline soft = {0.625f, 0.5f};

/* The part of the world that can be seen: a box round the turned view. */
typedef struct bounds {
    double min_x, max_x, min_y, max_y;
} bounds;

static bounds visible_bounds(const aann_car_camera *camera)
{
    const double bottom = AANN_CAR_SURFACE_HEIGHT -
                          AANN_CAR_SURFACE_HEIGHT * (double)AANN_CAR_VIEW_HEIGHT / AANN_CAR_HEIGHT;
    bounds box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int k = 0; k < 4; k++) {
        const double surface_x = k == 0 || k == 3 ? 0.0 : AANN_CAR_SURFACE_WIDTH,
                     surface_y = k < 2 ? bottom : AANN_CAR_SURFACE_HEIGHT;
        const double dx = (surface_x - camera->offset_x) / camera->zoom,
                     dy = (surface_y - camera->offset_y) / camera->zoom;
        const double x = camera->cosine * dx + camera->sine * dy,
                     y = camera->cosine * dy - camera->sine * dx;
        box.min_x = fmin(box.min_x, x);
        box.max_x = fmax(box.max_x, x);
        box.min_y = fmin(box.min_y, y);
        box.max_y = fmax(box.max_y, y);
    }
    return box;
}

/* A square with its sides along the axes of the world. */
static void draw_square(aann_car_canvas *canvas, const aann_car_camera *camera, double x, double y,
                        double size, int32_t layer)
{
    static const float sides[4][2] = {{1, 0}, {0, 0}, {0, 1}, {1, 1}};
    const aann_car_spot right = aann_car_project_direction(camera, 1.0, 0.0),
                        up = aann_car_project_direction(camera, 0.0, 1.0);
    aann_float4 weights = {0.0f, 0.0f, 0.0f, 0.0f};
    weights[layer] = 1.0f;
    aann_car_spot spots[4];
    for (int k = 0; k < 4; k++) {
        const aann_car_spot corner = aann_car_project(camera, x + size * (double)sides[k][0],
                                                      y + size * (double)sides[k][1]);
        const aann_car_spot wider = aann_car_push(corner, right, soft, 2.0f * sides[k][0] - 1.0f);
        spots[k] = aann_car_shrink(aann_car_push(wider, up, soft, 2.0f * sides[k][1] - 1.0f));
    }
    aann_car_canvas_polygon(canvas, spots, 4, AANN_CAR_GROUP_GROUND, weights);
}

/* Beyond the field is black. */
static bool draw_field(aann_car_canvas *canvas, const aann_car_camera *camera, const bounds *box)
{
    const double end = AANN_CAR_PLAYFIELD - 1.0;
    if (box->min_x > -end && box->max_x < end && box->min_y > -end && box->max_y < end) {
        return false;
    }
    draw_square(canvas, camera, -AANN_CAR_PLAYFIELD, -AANN_CAR_PLAYFIELD, 2.0 * AANN_CAR_PLAYFIELD,
                AANN_CAR_LAYER_FIELD);
    return true;
}

/* Grass squares lie on the even places of a grid. This is the first whose square can reach beyond
 * `low`. */
static int32_t first_square(double low)
{
    const double place = 2.0 * floor((low / AANN_CAR_GRASS_SIZE - 1.0) / 2.0);
    return place < -20.0 ? -20 : place > 20.0 ? 20 : (int32_t)place;
}

static void draw_grass(aann_car_canvas *canvas, const aann_car_camera *camera, const bounds *box)
{
    const int32_t first_y = first_square(box->min_y);
    for (int32_t x = first_square(box->min_x); x < 20 && x * AANN_CAR_GRASS_SIZE < box->max_x;
         x += 2) {
        for (int32_t y = first_y; y < 20 && y * AANN_CAR_GRASS_SIZE < box->max_y; y += 2) {
            draw_square(canvas, camera, AANN_CAR_GRASS_SIZE * x, AANN_CAR_GRASS_SIZE * y,
                        AANN_CAR_GRASS_SIZE, AANN_CAR_LAYER_GRASS);
        }
    }
}

static int32_t point_before(const aann_car *car, int32_t i)
{
    return i > 0 ? i - 1 : car->track.count - 1;
}

/* A line across the road at one point of the centre line, in the picture. */
typedef struct crossing {
    aann_car_spot left, right;
} crossing;

/* The spot `distance` metres to the right of a point, pushed outwards by the outline in the
 * direction of `side`. */
static aann_car_spot beside_road(const aann_car *car, const aann_car_camera *camera, int32_t point,
                                 double distance, float side)
{
    const double right_x = car->road.right_x[point], right_y = car->road.right_y[point];
    const aann_car_point *middle = &car->track.points[point];
    const aann_car_spot spot =
        aann_car_project(camera, middle->x + distance * right_x, middle->y + distance * right_y);
    return aann_car_shrink(
        aann_car_push(spot, aann_car_project_direction(camera, right_x, right_y), soft, side));
}

static crossing cross_road(const aann_car *car, const aann_car_camera *camera, int32_t point)
{
    return (crossing){beside_road(car, camera, point, -AANN_CAR_TRACK_WIDTH, -1.0f),
                      beside_road(car, camera, point, AANN_CAR_TRACK_WIDTH, 1.0f)};
}

/* What a tile adds to the layers of the ground: 1 to the road, and its shade. */
static aann_float4 tile_paint(const aann_car *car, int32_t i)
{
    /* 0.01 * (i % 3) * 255, cut to a whole number together with the grey of the road. */
    static const float shades[3] = {0.0f, 2.0f, 5.0f};
    return (aann_float4){1.0f, car->road.tiles[i].shaded ? shades[i % 3] : 0.0f, 0.0f, 0.0f};
}

/* A kerb covers the road a little and the ground beside it. */
static void draw_kerb(aann_car_canvas *canvas, const aann_car *car, const aann_car_camera *camera,
                      int32_t i)
{
    const int32_t before = point_before(car, i);
    const bool on_right = car->track.points[before].beta > car->track.points[i].beta;
    const float side = on_right ? 1.0f : -1.0f;
    const double near = (double)side * AANN_CAR_TRACK_WIDTH,
                 far = (double)side * (AANN_CAR_TRACK_WIDTH + AANN_CAR_KERB_WIDTH);
    const aann_car_spot far_before = beside_road(car, camera, before, far, side),
                        far_here = beside_road(car, camera, i, far, side);
    const aann_car_spot beside[4] = {beside_road(car, camera, before, near, side),
                                     beside_road(car, camera, i, near, side), far_here, far_before};
    const aann_car_spot whole[4] = {beside_road(car, camera, before, near, -side),
                                    beside_road(car, camera, i, near, -side), far_here, far_before};
    const bool white = i % 2 == 0;
    const aann_float4 colour = {255.0f, white ? 255.0f : 0.0f, white ? 255.0f : 0.0f, 0.0f};
    const aann_float4 road = {(float)(int32_t)car->road_colour.channels[0],
                              (float)(int32_t)car->road_colour.channels[1],
                              (float)(int32_t)car->road_colour.channels[2], 0.0f};
    /* On the right the corners run clockwise; on the left the sign turns them round. */
    aann_car_canvas_polygon(canvas, beside, 4, AANN_CAR_GROUP_GROUND,
                            (aann_float4){side, 0.0f, 0.0f, 0.0f});
    aann_car_canvas_polygon(canvas, whole, 4, AANN_CAR_GROUP_KERBS, side * (colour - road));
}

static bool tile_visible(const aann_car *car, const aann_car_camera *camera, int32_t i)
{
    const double bottom = AANN_CAR_SURFACE_HEIGHT -
                          AANN_CAR_SURFACE_HEIGHT * (double)AANN_CAR_VIEW_HEIGHT / AANN_CAR_HEIGHT;
    const double x = (double)car->road.middle_x[i], y = (double)car->road.middle_y[i];
    const double reach = ((double)car->road.reach + AANN_CAR_KERB_WIDTH) * camera->zoom + 2.0;
    const double surface_x =
        (camera->cosine * x - camera->sine * y) * camera->zoom + camera->offset_x;
    const double surface_y =
        (camera->sine * x + camera->cosine * y) * camera->zoom + camera->offset_y;
    return surface_x > -reach && surface_x < AANN_CAR_SURFACE_WIDTH + reach &&
           surface_y > bottom - reach && surface_y < AANN_CAR_SURFACE_HEIGHT + reach;
}

/* Only the outer edges of the road are drawn, and lines across it where the paint changes: between
 * two tiles of one colour there is nothing to see. */
static void draw_road(aann_car_canvas *canvas, const aann_car *car, const aann_car_camera *camera)
{
    const int32_t count = car->track.count;
    const aann_float4 nothing = {0.0f, 0.0f, 0.0f, 0.0f};
    aann_float4 last = tile_visible(car, camera, count - 1) ? tile_paint(car, count - 1) : nothing;
    int32_t last_crossed = -1; /* the point whose crossing `before` is */
    crossing before = {{0, 0}, {0, 0}};
    for (int32_t i = 0; i < count; i++) {
        const bool visible = tile_visible(car, camera, i);
        if (!visible && last[AANN_CAR_LAYER_ROAD] == 0.0f) {
            continue;
        }
        const int32_t previous = point_before(car, i);
        if (last_crossed != previous) {
            before = cross_road(car, camera, previous);
        }
        const aann_float4 now = visible ? tile_paint(car, i) : nothing;
        const aann_float4 change = last - now; /* this tile is above the line, the last one below */
        if (change[AANN_CAR_LAYER_ROAD] != 0.0f || change[AANN_CAR_LAYER_SHADE] != 0.0f) {
            aann_car_canvas_edge(canvas, before.left, before.right, AANN_CAR_GROUP_GROUND, change);
        }
        if (visible) {
            const crossing here = cross_road(car, camera, i);
            aann_car_canvas_edge(canvas, before.left, here.left, AANN_CAR_GROUP_GROUND, now);
            aann_car_canvas_edge(canvas, here.right, before.right, AANN_CAR_GROUP_GROUND, now);
            if (car->track.border[i]) {
                draw_kerb(canvas, car, camera, i);
            }
            before = here;
            last_crossed = i;
        }
        last = now;
    }
}

bool aann_car_draw_ground(aann_car_canvas *canvas, const aann_car *car,
                          const aann_car_camera *camera)
{
    const bounds box = visible_bounds(camera);
    const bool field_ends = draw_field(canvas, camera, &box);
    draw_grass(canvas, camera, &box);
    draw_road(canvas, car, camera);
    return field_ends;
}
