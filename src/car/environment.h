/* The inside of an environment. */
#ifndef AANN_CAR_ENVIRONMENT_H
#define AANN_CAR_ENVIRONMENT_H

#include "aann/car.h"
#include "car/canvas.h"
#include "car/contacts.h"
#include "car/random.h"
#include "car/track.h"
#include "car/vehicle.h"

/* Red, green, blue, 0 to 255, as Python keeps them: cut to whole numbers where they are drawn. */
typedef struct car_colour {
    double channels[3];
} car_colour;

struct aann_car {
    aann_car_options options;
    car_random random;
    bool seeded;
    car_colour road_colour, field_colour, grass_colour;
    car_track track;
    car_road road;
    car_vehicle vehicle;
    double total_reward, previous_reward, time;
    int32_t visited, steps;
    bool new_lap;
    car_canvas canvas; /* for drawing only */
};

#endif
