/* The car itself: engine, brakes, steering, and the grip of its tyres. */
#ifndef AANN_CAR_VEHICLE_H
#define AANN_CAR_VEHICLE_H

#include "aann/car.h"
#include "car/physics.h"

enum { AANN_CAR_HULL_PARTS = 4 };

typedef struct aann_car_wheel_body {
    double gas, brake, steer; /* what the driver asked for */
    double phase, omega;      /* spin: angle and speed */
    int32_t tiles;            /* road tiles touched */
} aann_car_wheel_body;

typedef struct aann_car_vehicle {
    aann_car_assembly assembly;
    aann_car_wheel_body wheels[AANN_CAR_WHEELS];
    aann_car_polygon hull_shapes[AANN_CAR_HULL_PARTS];
    aann_car_polygon wheel_shape;
} aann_car_vehicle;

/* Puts a car at rest at (x, y), looking along `angle`. */
void aann_car_vehicle_place(aann_car_vehicle *vehicle, double angle, double x, double y);

void aann_car_vehicle_control(aann_car_vehicle *vehicle, const aann_car_action *action);

/* Turns the wheels' spin and slip into forces on their bodies, for a step of 1/50 s. */
void aann_car_vehicle_drive(aann_car_vehicle *vehicle);

#endif
