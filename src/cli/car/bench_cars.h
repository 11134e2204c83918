/* How fast many cars are beside one. */
#ifndef AANN_CLI_CAR_BENCH_CARS_H
#define AANN_CLI_CAR_BENCH_CARS_H

#include "aann/status.h"

/* Steps of cars per second of the clock on the wall, with pictures and without. */
typedef struct cli_cars_rates {
    double many[2], one[2];
} cli_cars_rates;

/* Measures `count` cars on `threads` threads, and one car on one, in alternating slices, so that what
 * else goes on in the machine slows both. About `seconds` for each of the four rates. */
aann_status cli_car_measure_cars(int32_t count, int32_t threads, double seconds,
                                 cli_cars_rates *rates, aann_error *error);

#endif
