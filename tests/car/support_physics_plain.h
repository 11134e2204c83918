/* The velocity solver of the car's joints without its short cuts: what the fast one is compared with. */
#ifndef AANN_TESTS_CAR_SUPPORT_PHYSICS_PLAIN_H
#define AANN_TESTS_CAR_SUPPORT_PHYSICS_PLAIN_H

#include "car/physics_velocity.h"

/* As aann_car_solve_velocities, about ten times slower. */
void aann_car_solve_velocities_plain(aann_car_assembly *assembly,
                                     const int32_t order[AANN_CAR_JOINTS]);

#endif
