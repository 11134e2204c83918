/* The episode: reset, step, reward, end (method: Gymnasium's car_racing.py, MIT). */
#include "car/environment.h"

#include <math.h>
#include <stdlib.h>

#include "car/constants.h"
#include "car/exact_tables.h"
#include "core/error.h"

aann_car_options aann_car_options_default(void)
{
    return (aann_car_options){.lap_complete_percent = 0.95,
                              .step_limit = 1000,
                              .domain_randomize = false,
                              .picture = AANN_CAR_PICTURE_NEAR,
                              .glyphs = NULL};
}

static aann_status check_glyphs(const aann_car_glyphs *glyphs, aann_error *error)
{
    for (int32_t i = 0; i < AANN_CAR_GLYPHS; i++) {
        if (glyphs->advance[i] < 0 || glyphs->advance[i] > AANN_CAR_GLYPH_COLUMNS) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the advance of glyph %d is %d; expected "
                             "0 to %d columns",
                             (int)i, (int)glyphs->advance[i], AANN_CAR_GLYPH_COLUMNS);
        }
        for (int32_t k = 0; k < AANN_CAR_GLYPHS; k++) {
            const int32_t kerning = glyphs->kerning[i][k], most = 64 * AANN_CAR_GLYPH_COLUMNS;
            if (kerning < -most || kerning > most) {
                return aann_fail(error, AANN_ERROR_ARGUMENT,
                                 "the kerning of glyphs %d and %d is "
                                 "%d; expected -%d to %d",
                                 (int)i, (int)k, (int)kerning, (int)most, (int)most);
            }
        }
    }
    return AANN_OK;
}

aann_status aann_car_options_check(const aann_car_options *options, aann_error *error)
{
    if (!(options->lap_complete_percent >= 0.0 && options->lap_complete_percent <= 1.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "lap_complete_percent is %g; expected 0 to 1",
                         options->lap_complete_percent);
    }
    if (options->step_limit < 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "step_limit is %d; expected 0 (none) or more",
                         (int)options->step_limit);
    }
    if (options->picture != AANN_CAR_PICTURE_NEAR && options->picture != AANN_CAR_PICTURE_EXACT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "picture is %d; expected %d (near) or %d (exact)", (int)options->picture,
                         AANN_CAR_PICTURE_NEAR, AANN_CAR_PICTURE_EXACT);
    }
    return options->glyphs != NULL ? check_glyphs(options->glyphs, error) : AANN_OK;
}

aann_status aann_car_create(const aann_car_options *options, aann_car **car, aann_error *error)
{
    const aann_car_options settings = options != NULL ? *options : aann_car_options_default();
    *car = NULL;
    const aann_status status = aann_car_options_check(&settings, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_car *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "no memory for a car environment of %zu bytes",
                         sizeof *made);
    }
    made->options = settings;
    made->options.glyphs = NULL; /* the caller's memory */
    if (settings.picture == AANN_CAR_PICTURE_EXACT) {
        made->exact = aann_car_exact_create(settings.glyphs);
        if (made->exact == NULL) {
            free(made);
            return aann_fail(error, AANN_ERROR_MEMORY, "no memory for exact pictures of a car");
        }
    }
    *car = made;
    return AANN_OK;
}

void aann_car_destroy(aann_car *car)
{
    if (car != NULL) {
        aann_car_exact_destroy(car->exact);
        free(car);
    }
}

static aann_car_colour random_colour(aann_car_random *random)
{
    aann_car_colour colour;
    for (int i = 0; i < 3; i++) {
        colour.channels[i] = aann_car_random_uniform(random, 0.0, 210.0);
    }
    return colour;
}

static void choose_colours(aann_car *car)
{
    if (!car->options.domain_randomize) {
        car->road_colour = (aann_car_colour){{102.0, 102.0, 102.0}};
        car->field_colour = (aann_car_colour){{102.0, 204.0, 102.0}};
        car->grass_colour = (aann_car_colour){{102.0, 230.0, 102.0}};
        return;
    }
    car->road_colour = random_colour(&car->random);
    car->field_colour = random_colour(&car->random);
    car->grass_colour = car->field_colour;
    car->grass_colour.channels[aann_car_random_below(&car->random, 3)] += 20.0;
}

/* What drivers and reset have in common: forces, contacts where the car is now, motion. */
static void advance(aann_car *car)
{
    aann_car_vehicle_drive(&car->vehicle); /* still with the tiles of the step before */
    bool start_visited;
    const int32_t newly_visited = aann_car_road_touch(&car->road, &car->vehicle, &start_visited);
    for (int32_t i = 0; i < newly_visited; i++) {
        car->total_reward += 1000.0 / car->track.count;
    }
    car->visited += newly_visited;
    if (start_visited &&
        (double)car->visited / car->track.count > car->options.lap_complete_percent) {
        car->new_lap = true;
    }
    aann_car_assembly_step(&car->vehicle.assembly);
    car->time += 1.0 / AANN_CAR_STEPS_PER_SECOND;
}

bool aann_car_draw_track(aann_car_circuit *track, aann_car_random *random, int32_t attempts)
{
    for (int32_t i = 0; i < attempts; i++) {
        if (aann_car_track_generate(track, random)) {
            return true;
        }
    }
    return false;
}

void aann_car_start(aann_car *car, const uint64_t *seed, bool keep_colours)
{
    if (seed != NULL) {
        aann_car_random_seed(&car->random, *seed);
        car->seeded = true;
    }
    car->total_reward = 0.0;
    car->previous_reward = 0.0;
    car->time = 0.0;
    car->visited = 0;
    car->steps = 0;
    car->new_lap = false;
    if (!keep_colours) {
        choose_colours(car);
    }
    car->track_random = car->random;
    while (!aann_car_draw_track(&car->track, &car->random, 1)) {
        /* The next attempt goes on with the same numbers. */
    }
    aann_car_road_build(&car->road, &car->track);
    const aann_car_point *start = &car->track.points[0];
    aann_car_vehicle_place(&car->vehicle, start->beta, start->x, start->y);
    advance(car);
    car->shown_reward = car->total_reward;
}

void aann_car_reset(aann_car *car, uint64_t seed)
{
    aann_car_start(car, &seed, false);
}

aann_status aann_car_reset_next(aann_car *car, bool keep_colours, aann_error *error)
{
    if (!car->seeded) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the first reset of a car environment needs a seed");
    }
    aann_car_start(car, NULL, keep_colours);
    return AANN_OK;
}

void aann_car_step(aann_car *car, const aann_car_action *action, aann_car_result *result)
{
    aann_car_vehicle_control(&car->vehicle, action);
    advance(car);
    car->steps++;
    car->shown_reward = car->total_reward;
    car->total_reward -= 0.1;
    aann_car_result now = {.reward = car->total_reward - car->previous_reward};
    car->previous_reward = car->total_reward;
    if (car->visited == car->track.count || car->new_lap) {
        now.terminated = true;
        now.lap_finished = true;
    }
    const aann_car_vector place = car->vehicle.assembly.hull.position;
    if (fabs((double)place.x) > AANN_CAR_PLAYFIELD || fabs((double)place.y) > AANN_CAR_PLAYFIELD) {
        now.terminated = true;
        now.lap_finished = false;
        now.reward = -100.0;
    }
    now.truncated = car->options.step_limit > 0 && car->steps >= car->options.step_limit;
    if (result != NULL) {
        *result = now;
    }
}

aann_status aann_car_discrete_action(int32_t discrete, aann_car_action *action, aann_error *error)
{
    if (discrete < 0 || discrete >= AANN_CAR_DISCRETE_ACTIONS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "discrete action %d; expected 0 to %d",
                         (int)discrete, AANN_CAR_DISCRETE_ACTIONS - 1);
    }
    *action = (aann_car_action){
        .steer = discrete == AANN_CAR_RIGHT  ? 0.6
                 : discrete == AANN_CAR_LEFT ? -0.6
                                             : 0.0,
        .gas = discrete == AANN_CAR_GAS ? 0.2 : 0.0,
        .brake = discrete == AANN_CAR_BRAKE ? 0.8 : 0.0,
    };
    return AANN_OK;
}

void aann_car_state_get(const aann_car *car, aann_car_state *state)
{
    const aann_car_assembly *assembly = &car->vehicle.assembly;
    const aann_car_body *hull = &assembly->hull;
    *state = (aann_car_state){.x = hull->position.x,
                              .y = hull->position.y,
                              .angle = hull->angle,
                              .velocity_x = hull->velocity.x,
                              .velocity_y = hull->velocity.y,
                              .angular_velocity = hull->spin,
                              .total_reward = car->total_reward,
                              .time = car->time,
                              .visited = car->visited,
                              .steps = car->steps};
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        const aann_car_body *body = &assembly->wheels[i];
        const aann_car_wheel_body *wheel = &car->vehicle.wheels[i];
        state->wheels[i] = (aann_car_wheel){.x = body->position.x,
                                            .y = body->position.y,
                                            .angle = body->angle,
                                            .joint = aann_car_joint_angle(assembly, i),
                                            .omega = wheel->omega,
                                            .phase = wheel->phase,
                                            .tiles = wheel->tiles};
    }
}

const aann_car_point *aann_car_track(const aann_car *car, int32_t *count)
{
    *count = car->track.count;
    return car->track.points;
}
