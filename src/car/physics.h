/* How a car's bodies move: one step of Box2D 2.3, as much of it as one car needs. */
#ifndef AANN_CAR_PHYSICS_H
#define AANN_CAR_PHYSICS_H

#include "car/assembly.h"

/* Puts a body of `count` polygons in its place, at rest. */
void aann_car_body_place(aann_car_body *body, const aann_car_polygon *polygons, int32_t count,
                         float density, aann_car_vector position, float angle);

/* Forgets all impulses and fixes joint i at `anchor` on the hull. */
void aann_car_joint_attach(aann_car_assembly *assembly, int32_t i, aann_car_vector anchor);

/* Origin and rotation of a body from its centre and angle. */
void aann_car_body_settle(aann_car_body *body);

float aann_car_joint_angle(const aann_car_assembly *assembly, int32_t i);

/* Moves everything on by 1/50 s and clears the forces. */
void aann_car_assembly_step(aann_car_assembly *assembly);

#endif
