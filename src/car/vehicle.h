/* The car itself: engine, brakes, steering, and the grip of its tyres. */
#ifndef AANN_CAR_VEHICLE_H
#define AANN_CAR_VEHICLE_H

#include "aann/car.h"
#include "car/physics.h"

enum { CAR_HULL_PARTS = 4 };

typedef struct car_wheel {
    double gas, brake, steer; /* what the driver asked for */
    double phase, omega;      /* spin: angle and speed */
    int32_t tiles;            /* road tiles touched */
} car_wheel;

typedef struct car_vehicle {
    car_assembly assembly;
    car_wheel wheels[AANN_CAR_WHEELS];
    car_polygon hull_shapes[CAR_HULL_PARTS];
    car_polygon wheel_shape;
} car_vehicle;

/* Puts a car at rest at (x, y), looking along `angle`. */
void car_vehicle_place(car_vehicle *vehicle, double angle, double x, double y);

void car_vehicle_control(car_vehicle *vehicle, const aann_car_action *action);

/* Turns the wheels' spin and slip into forces on their bodies, for a step of 1/50 s. */
void car_vehicle_drive(car_vehicle *vehicle);

#endif
