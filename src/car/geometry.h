/* Plane geometry in single precision: vectors, rotations, convex polygons.
 *
 * The order of the operations is Box2D's (b2Math.h): results are compared bit for bit, so (a + b) +
 * c is never a + (b + c). */
#ifndef AANN_CAR_GEOMETRY_H
#define AANN_CAR_GEOMETRY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/trigonometry.h"

typedef struct aann_car_vector {
    float x, y;
} aann_car_vector;

typedef struct aann_car_rotation {
    float sine, cosine;
} aann_car_rotation;

static inline aann_car_vector aann_car_add(aann_car_vector a, aann_car_vector b)
{
    return (aann_car_vector){a.x + b.x, a.y + b.y};
}

static inline aann_car_vector aann_car_subtract(aann_car_vector a, aann_car_vector b)
{
    return (aann_car_vector){a.x - b.x, a.y - b.y};
}

static inline aann_car_vector aann_car_scale(float factor, aann_car_vector a)
{
    return (aann_car_vector){factor * a.x, factor * a.y};
}

static inline float aann_car_dot(aann_car_vector a, aann_car_vector b)
{
    return a.x * b.x + a.y * b.y;
}

static inline float aann_car_cross(aann_car_vector a, aann_car_vector b)
{
    return a.x * b.y - a.y * b.x;
}

static inline float aann_car_length(aann_car_vector a)
{
    return sqrtf(a.x * a.x + a.y * a.y);
}

static inline aann_car_rotation aann_car_rotation_of(float angle)
{
    aann_car_rotation rotation;
    aann_sin_cos_single(angle, &rotation.sine, &rotation.cosine);
    return rotation;
}

static inline aann_car_vector aann_car_rotate(aann_car_rotation q, aann_car_vector v)
{
    return (aann_car_vector){q.cosine * v.x - q.sine * v.y, q.sine * v.x + q.cosine * v.y};
}

/* Rotates the other way. */
static inline aann_car_vector aann_car_rotate_back(aann_car_rotation q, aann_car_vector v)
{
    return (aann_car_vector){q.cosine * v.x + q.sine * v.y, q.cosine * v.y - q.sine * v.x};
}

enum { AANN_CAR_POLYGON_CORNERS = 8 };

/* A convex polygon, corners counter-clockwise. */
typedef struct aann_car_polygon {
    int32_t count;
    aann_car_vector corners[AANN_CAR_POLYGON_CORNERS];
} aann_car_polygon;

/* Makes the convex polygon of `count` points, 3 to 8 of them. */
void aann_car_polygon_wrap(aann_car_polygon *polygon, const aann_car_vector *points, int32_t count);

/* What a polygon of a density weighs, where, and how hard it is to turn about the origin. */
typedef struct aann_car_mass {
    float mass, inertia;
    aann_car_vector centre;
} aann_car_mass;

aann_car_mass aann_car_polygon_mass(const aann_car_polygon *polygon, float density);

/* Whether a polygon fixed in the world and one at `position`, turned by `rotation`, touch: whether
 * they are nearer than the skin of 0.01 m round each of them (and a last bit more). */
bool aann_car_polygons_touch(const aann_car_polygon *fixed, const aann_car_polygon *moving,
                             aann_car_vector position, aann_car_rotation rotation);

#endif
