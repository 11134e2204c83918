/* The bodies of a car and the joints between them: as much of Box2D 2.3 as one car needs. */
#ifndef AANN_CAR_ASSEMBLY_H
#define AANN_CAR_ASSEMBLY_H

#include "car/geometry.h"

enum { AANN_CAR_JOINTS = 4 };

typedef struct aann_car_body {
    aann_car_vector position; /* of the body's origin */
    float angle;
    aann_car_rotation rotation;           /* of the angle */
    aann_car_vector local_centre, centre; /* of mass, in the body and in the world */
    aann_car_vector velocity;             /* of the centre of mass */
    float spin;
    aann_car_vector force; /* for the next step, on the centre of mass */
    float inverse_mass, inverse_inertia;
    float rest_time; /* seconds without noticeable motion */
} aann_car_body;

typedef enum aann_car_limit {
    AANN_CAR_LIMIT_NONE,
    AANN_CAR_LIMIT_LOWER,
    AANN_CAR_LIMIT_UPPER
} aann_car_limit;

/* Holds a wheel's origin to an anchor on the hull; a motor turns it, between two stops. */
typedef struct aann_car_joint {
    aann_car_vector anchor; /* on the hull, from its centre of mass */
    float motor_speed;      /* wanted, radians per second */
    /* Kept from step to step, as the next solution starts from them. */
    aann_car_vector impulse;
    float limit_impulse, motor_impulse;
    aann_car_limit limit;
} aann_car_joint;

/* Joint i holds wheel i to the hull. Wheels weigh on their origin: their local centre is zero. */
typedef struct aann_car_assembly {
    aann_car_body hull;
    aann_car_body wheels[AANN_CAR_JOINTS];
    aann_car_joint joints[AANN_CAR_JOINTS];
} aann_car_assembly;

#endif
