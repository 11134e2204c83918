/* The inside of an environment. */
#ifndef AANN_CAR_ENVIRONMENT_H
#define AANN_CAR_ENVIRONMENT_H

#include "aann/car.h"
#include "car/canvas.h"
#include "car/contacts.h"
#include "car/exact_parts.h"
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
    aann_car_random track_random; /* as it was before the track was drawn */
    aann_car_colour road_colour, field_colour, grass_colour;
    aann_car_circuit track;
    aann_car_road road;
    aann_car_vehicle vehicle;
    double total_reward, previous_reward, time;
    double shown_reward; /* total_reward when the picture is due: before the step's -0.1 */
    int32_t visited, steps;
    bool new_lap;
    aann_car_canvas canvas; /* for drawing only, as what follows */
    aann_car_exact *exact;  /* NULL unless options.picture asks for it */
};

/* Whether the settings make sense. */
aann_status aann_car_options_check(const aann_car_options *options, aann_error *error);

/* Draws tracks until one closes, at most `attempts` of them; false: none did. About one in twenty
 * does not. */
bool aann_car_draw_track(aann_car_circuit *track, aann_car_random *random, int32_t attempts);

/* Starts an episode: of `seed`, or with NULL of the car's own stream, which must have been seeded.
 * keep_colours: see aann_car_reset_next. */
void aann_car_start(aann_car *car, const uint64_t *seed, bool keep_colours);

/* As aann_car_render, with the caller's memory for drawing, which many cars can share: `canvas` for
 * near pictures, `exact` for exact ones; the other may be NULL. */
void aann_car_render_on(const aann_car *car, aann_car_canvas *canvas, aann_car_exact *exact,
                        uint8_t pixels[AANN_CAR_PIXELS]);

#endif
