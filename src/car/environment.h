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
typedef struct aann_car_colour {
    double channels[3];
} aann_car_colour;

struct aann_car {
    aann_car_options options;
    aann_car_random random;
    bool seeded;
    aann_car_colour road_colour, field_colour, grass_colour;
    aann_car_circuit track;
    aann_car_road road;
    aann_car_vehicle vehicle;
    double total_reward, previous_reward, time;
    int32_t visited, steps;
    bool new_lap;
    aann_car_canvas canvas; /* for drawing only */
};

#endif
