/* Plane geometry in single precision: vectors, rotations, convex polygons.
 *
 * The order of the operations is Box2D's (b2Math.h): results are compared bit for bit, so (a + b) + c is never a + (b + c). */
#ifndef AANN_CAR_GEOMETRY_H
#define AANN_CAR_GEOMETRY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct car_vector {
    float x, y;
} car_vector;

typedef struct car_rotation {
    float sine, cosine;
} car_rotation;

static inline car_vector car_add(car_vector a, car_vector b)
{
    return (car_vector){a.x + b.x, a.y + b.y};
}

static inline car_vector car_subtract(car_vector a, car_vector b)
{
    return (car_vector){a.x - b.x, a.y - b.y};
}

static inline car_vector car_scale(float factor, car_vector a)
{
    return (car_vector){factor * a.x, factor * a.y};
}

static inline float car_dot(car_vector a, car_vector b)
{
    return a.x * b.x + a.y * b.y;
}

static inline float car_cross(car_vector a, car_vector b)
{
    return a.x * b.y - a.y * b.x;
}

static inline float car_length(car_vector a)
{
    return sqrtf(a.x * a.x + a.y * a.y);
}

static inline car_rotation car_rotation_of(float angle)
{
    return (car_rotation){sinf(angle), cosf(angle)};
}

static inline car_vector car_rotate(car_rotation q, car_vector v)
{
    return (car_vector){q.cosine * v.x - q.sine * v.y, q.sine * v.x + q.cosine * v.y};
}

/* Rotates the other way. */
static inline car_vector car_rotate_back(car_rotation q, car_vector v)
{
    return (car_vector){q.cosine * v.x + q.sine * v.y, q.cosine * v.y - q.sine * v.x};
}

enum { CAR_POLYGON_CORNERS = 8 };

/* A convex polygon, corners counter-clockwise. */
typedef struct car_polygon {
    int32_t count;
    car_vector corners[CAR_POLYGON_CORNERS];
} car_polygon;

/* Makes the convex polygon of `count` points, 3 to 8 of them. */
void car_polygon_wrap(car_polygon *polygon, const car_vector *points, int32_t count);

/* What a polygon of a density weighs, where, and how hard it is to turn about the origin. */
typedef struct car_mass {
    float mass, inertia;
    car_vector centre;
} car_mass;

car_mass car_polygon_mass(const car_polygon *polygon, float density);

/* Whether a polygon fixed in the world and one at `position`, turned by `rotation`, touch: whether they are nearer than
 * the skin of 0.01 m round each of them (and a last bit more). */
bool car_polygons_touch(const car_polygon *fixed, const car_polygon *moving, car_vector position,
                        car_rotation rotation);

#endif
