/* The velocity solver of the car's joints. */
#ifndef AANN_CAR_PHYSICS_VELOCITY_H
#define AANN_CAR_PHYSICS_VELOCITY_H

#include "car/assembly.h"

enum { AANN_CAR_VELOCITY_ITERATIONS = 180 };

static const float AANN_CAR_TIME_STEP = 1.0f / 50.0f;
static const float AANN_CAR_JOINT_LOWER = -0.4f, AANN_CAR_JOINT_UPPER = 0.4f;
static const float AANN_CAR_MAX_MOTOR_IMPULSE = 1.0f / 50.0f * (float)(180.0 * 900.0 * 0.02 * 0.02);

/* How the velocity error of a joint answers to an impulse: a symmetric 3x3 matrix for x, y and
 * turning. */
typedef struct aann_car_response {
    float a11, a12, a13, a22, a23, a33;
    float inverse2, inverse3; /* one over the determinants of the upper 2x2 part and of all */
} aann_car_response;

/* What does not change during a step. */
typedef struct aann_car_prepared_joint {
    aann_car_vector arm; /* from the hull's centre of mass to the anchor, in the world */
    aann_car_response mass;
    float motor_mass;
} aann_car_prepared_joint;

typedef struct aann_car_three {
    float x, y, z;
} aann_car_three;

/* Changes the velocities of all bodies until the joints hold, and keeps the impulses that took.
 * Joints are visited in the given order. */
void aann_car_solve_velocities(aann_car_assembly *assembly, const int32_t order[AANN_CAR_JOINTS]);

/* Finds out which joints are at a stop, and gives the bodies the impulses of the step before to
 * start with. */
void aann_car_prepare_joints(aann_car_assembly *assembly, const int32_t order[AANN_CAR_JOINTS],
                             aann_car_prepared_joint prepared[AANN_CAR_JOINTS]);

/* The impulses that answer to b: for x and y alone, and with turning. */
static inline aann_car_vector aann_car_solve2(const aann_car_response *m, aann_car_vector b)
{
    return (aann_car_vector){m->inverse2 * (m->a22 * b.x - m->a12 * b.y),
                             m->inverse2 * (m->a11 * b.y - m->a12 * b.x)};
}

static inline aann_car_three aann_car_cross3(aann_car_three a, aann_car_three b)
{
    return (aann_car_three){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static inline float aann_car_dot3(aann_car_three a, aann_car_three b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline aann_car_three aann_car_solve3(const aann_car_response *m, aann_car_three b)
{
    const aann_car_three ex = {m->a11, m->a12, m->a13}, ey = {m->a12, m->a22, m->a23},
                         ez = {m->a13, m->a23, m->a33};
    return (aann_car_three){m->inverse3 * aann_car_dot3(b, aann_car_cross3(ey, ez)),
                            m->inverse3 * aann_car_dot3(ex, aann_car_cross3(b, ez)),
                            m->inverse3 * aann_car_dot3(ex, aann_car_cross3(ey, b))};
}

#endif
