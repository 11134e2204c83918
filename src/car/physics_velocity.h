/* The velocity solver of the car's joints. */
#ifndef AANN_CAR_PHYSICS_VELOCITY_H
#define AANN_CAR_PHYSICS_VELOCITY_H

#include "car/physics.h"

enum { CAR_VELOCITY_ITERATIONS = 180 };

static const float CAR_TIME_STEP = 1.0f / 50.0f;
static const float CAR_JOINT_LOWER = -0.4f, CAR_JOINT_UPPER = 0.4f;
static const float CAR_MAX_MOTOR_IMPULSE = 1.0f / 50.0f * (float)(180.0 * 900.0 * 0.02 * 0.02);

/* How the velocity error of a joint answers to an impulse: a symmetric 3x3 matrix for x, y and turning. */
typedef struct car_response {
    float a11, a12, a13, a22, a23, a33;
    float inverse2, inverse3; /* one over the determinants of the upper 2x2 part and of all */
} car_response;

/* What does not change during a step. */
typedef struct car_prepared_joint {
    car_vector arm; /* from the hull's centre of mass to the anchor, in the world */
    car_response mass;
    float motor_mass;
} car_prepared_joint;

typedef struct car_three {
    float x, y, z;
} car_three;

/* Changes the velocities of all bodies until the joints hold, and keeps the impulses that took. Joints are visited in the given order. */
void car_solve_velocities(car_assembly *assembly, const int32_t order[CAR_JOINTS]);

/* The same, in the plain way: about ten times slower. */
void car_solve_velocities_plain(car_assembly *assembly, const int32_t order[CAR_JOINTS]);

/* Finds out which joints are at a stop, and gives the bodies the impulses of the step before to start with. */
void car_prepare_joints(car_assembly *assembly, const int32_t order[CAR_JOINTS],
                        car_prepared_joint prepared[CAR_JOINTS]);

/* The impulses that answer to b: for x and y alone, and with turning. */
static inline car_vector car_solve2(const car_response *m, car_vector b)
{
    return (car_vector){m->inverse2 * (m->a22 * b.x - m->a12 * b.y),
                        m->inverse2 * (m->a11 * b.y - m->a12 * b.x)};
}

static inline car_three car_cross3(car_three a, car_three b)
{
    return (car_three){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static inline float car_dot3(car_three a, car_three b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline car_three car_solve3(const car_response *m, car_three b)
{
    const car_three ex = {m->a11, m->a12, m->a13}, ey = {m->a12, m->a22, m->a23},
                    ez = {m->a13, m->a23, m->a33};
    return (car_three){m->inverse3 * car_dot3(b, car_cross3(ey, ez)),
                       m->inverse3 * car_dot3(ex, car_cross3(b, ez)),
                       m->inverse3 * car_dot3(ex, car_cross3(ey, b))};
}

#endif
