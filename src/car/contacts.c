/* Contacts between the car and the road.
 *
 * Box2D keeps a tree of boxes, finds pairs that may touch, and asks the distance of each pair at
 * the start of every step. The boxes are generous: a pair that touches is always among them, so
 * asking all tiles near the car gives the same answers. Most pairs are decided by how far the
 * wheel's middle is from the tile's edges, with a margin a thousand times the rounding error; only
 * those in between need the exact test, whose last bits decide. */
#include "car/contacts.h"

#include <stddef.h>

#include "core/trigonometry.h"

static const float car_reach =
    3.5f; /* of the hull and all wheels, from the hull's origin: 3.0 m and some slack */
static const float contact_skin = 0.02f; /* shapes this near count as touching */

void aann_car_road_build(aann_car_road *road, const aann_car_circuit *track)
{
    road->count = track->count;
    road->reach = 0.0f;
    for (int32_t i = 0; i < track->count; i++) {
        aann_sin_cos(track->points[i].beta, &road->right_y[i], &road->right_x[i]);
        aann_car_corner exact[4];
        aann_car_track_tile(track, i, exact);
        aann_car_vector corners[4];
        aann_car_vector middle = {0.0f, 0.0f};
        for (int32_t k = 0; k < 4; k++) {
            corners[k] = (aann_car_vector){(float)exact[k].x, (float)exact[k].y};
            middle = aann_car_add(middle, aann_car_scale(0.25f, corners[k]));
        }
        aann_car_tile *tile = &road->tiles[i];
        aann_car_polygon_wrap(&tile->shape, corners, 4);
        tile->visited = false;
        tile->shaded = i % 3 != 0;
        road->middle_x[i] = middle.x;
        road->middle_y[i] = middle.y;
        for (int32_t k = 0; k < 4; k++) {
            road->reach =
                fmaxf(road->reach, aann_car_length(aann_car_subtract(corners[k], middle)));
        }
    }
}

typedef enum verdict { APART, TOUCHING, UNDECIDED } verdict;

/* Compares the distance of a shape's middle from the tile's edges with the radii of circles round
 * and within the shape. */
static verdict compare_circles(const aann_car_polygon *tile, aann_car_vector middle,
                               float outer_radius)
{
    const float margin = 0.02f;
    bool inside = true;
    for (int32_t i = 0; i < tile->count; i++) {
        const aann_car_vector from = tile->corners[i];
        const aann_car_vector edge =
            aann_car_subtract(tile->corners[i + 1 < tile->count ? i + 1 : 0], from);
        const float outward = edge.y * (middle.x - from.x) -
                              edge.x * (middle.y - from.y); /* times the edge's length */
        const float limit = outer_radius + contact_skin + margin;
        const float length_squared = aann_car_dot(edge, edge);
        if (outward > 0.0f && outward * outward > limit * limit * length_squared) {
            return APART;
        }
        inside = inside && outward < 0.0f && outward * outward > margin * margin * length_squared;
    }
    return inside ? TOUCHING : UNDECIDED;
}

/* Whether a body's shape touches a tile; `middle` lies within the shape and `radius` reaches all
 * its corners. */
static bool touches(const aann_car_tile *tile, const aann_car_polygon *shape,
                    const aann_car_body *body, aann_car_vector middle, float radius)
{
    const verdict quick = compare_circles(&tile->shape, middle, radius);
    return quick == UNDECIDED
               ? aann_car_polygons_touch(&tile->shape, shape, body->position, body->rotation)
               : quick == TOUCHING;
}

static bool hull_touches(const aann_car_tile *tile, const aann_car_vehicle *vehicle)
{
    const aann_car_body *hull = &vehicle->assembly.hull;
    for (int32_t part = 0; part < AANN_CAR_HULL_PARTS; part++) {
        if (aann_car_polygons_touch(&tile->shape, &vehicle->hull_shapes[part], hull->position,
                                    hull->rotation)) {
            return true;
        }
    }
    return false;
}

/* Tests one tile near the car; returns whether a wheel visits it for the first time. */
static bool touch_tile(aann_car_tile *tile, aann_car_vehicle *vehicle)
{
    const float wheel_reach = 0.61f; /* sqrt(0.28 * 0.28 + 0.54 * 0.54) and some slack */
    bool touched = false;
    for (int32_t w = 0; w < AANN_CAR_WHEELS; w++) {
        const aann_car_body *body = &vehicle->assembly.wheels[w];
        if (touches(tile, &vehicle->wheel_shape, body, body->position, wheel_reach)) {
            vehicle->wheels[w].tiles++;
            touched = true;
        }
    }
    if (tile->shaded && (touched || hull_touches(tile, vehicle))) {
        tile->shaded = false;
    }
    const bool first = touched && !tile->visited;
    tile->visited = tile->visited || touched;
    return first;
}

int32_t aann_car_road_touch(aann_car_road *road, aann_car_vehicle *vehicle, bool *start_visited)
{
    const aann_car_vector car = vehicle->assembly.hull.position;
    const float limit = road->reach + car_reach;
    for (int32_t w = 0; w < AANN_CAR_WHEELS; w++) {
        vehicle->wheels[w].tiles = 0;
    }
    int32_t count = 0;
    *start_visited = false;
    for (int32_t i = 0; i < road->count; i++) {
        const float dx = road->middle_x[i] - car.x, dy = road->middle_y[i] - car.y;
        if (dx * dx + dy * dy < limit * limit && touch_tile(&road->tiles[i], vehicle)) {
            count++;
            *start_visited = *start_visited || i == 0;
        }
    }
    return count;
}
