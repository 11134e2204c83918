/* The bodies of a car and the joints between them: as much of Box2D 2.3 as one car needs. */
#ifndef AANN_CAR_PHYSICS_H
#define AANN_CAR_PHYSICS_H

#include "car/geometry.h"

enum { CAR_JOINTS = 4 };

typedef struct car_body {
    car_vector position; /* of the body's origin */
    float angle;
    car_rotation rotation;           /* of the angle */
    car_vector local_centre, centre; /* of mass, in the body and in the world */
    car_vector velocity;             /* of the centre of mass */
    float spin;
    car_vector force; /* for the next step, on the centre of mass */
    float inverse_mass, inverse_inertia;
    float rest_time; /* seconds without noticeable motion */
} car_body;

typedef enum car_limit { CAR_LIMIT_NONE, CAR_LIMIT_LOWER, CAR_LIMIT_UPPER } car_limit;

/* Holds a wheel's origin to an anchor on the hull; a motor turns it, between two stops. */
typedef struct car_joint {
    car_vector anchor; /* on the hull, from its centre of mass */
    float motor_speed; /* wanted, radians per second */
    /* Kept from step to step, as the next solution starts from them. */
    car_vector impulse;
    float limit_impulse, motor_impulse;
    car_limit limit;
} car_joint;

/* Joint i holds wheel i to the hull. Wheels weigh on their origin: their local centre is zero. */
typedef struct car_assembly {
    car_body hull;
    car_body wheels[CAR_JOINTS];
    car_joint joints[CAR_JOINTS];
} car_assembly;

/* Puts a body of `count` polygons in its place, at rest. */
void car_body_place(car_body *body, const car_polygon *polygons, int32_t count, float density,
                    car_vector position, float angle);

/* Forgets all impulses and fixes joint i at `anchor` on the hull. */
void car_joint_attach(car_assembly *assembly, int32_t i, car_vector anchor);

float car_joint_angle(const car_assembly *assembly, int32_t i);

/* Moves everything on by 1/50 s and clears the forces. */
void car_assembly_step(car_assembly *assembly);

#endif
