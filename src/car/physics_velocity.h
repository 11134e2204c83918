/* The velocity solver of the car's joints. */
#ifndef AANN_CAR_PHYSICS_VELOCITY_H
#define AANN_CAR_PHYSICS_VELOCITY_H

#include "car/physics.h"

static const float CAR_TIME_STEP = 1.0f / 50.0f;
static const float CAR_JOINT_LOWER = -0.4f, CAR_JOINT_UPPER = 0.4f;

/* Changes the velocities of all bodies until the joints hold, and keeps the impulses that took. Joints are visited in the given order. */
void car_solve_velocities(car_assembly *assembly, const int32_t order[CAR_JOINTS]);

#endif
