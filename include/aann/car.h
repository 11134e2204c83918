/* CarRacing: drive a car round a random track, seen from above.
 *
 * This is the task of Gymnasium's CarRacing-v3: the same seed and actions give the same track,
 * motion, rewards and end of the episode, to the last bit. The picture is equal in every byte too,
 * if that is asked for; by default it differs a little and is drawn faster (docs/carracing.md says
 * how much, and how it is checked). It exists because scores are comparable only on the same task,
 * and because a search for the reward of a lap needs two orders of magnitude more steps per
 * second.
 *
 *     aann_car *car = NULL;
 *     static uint8_t pixels[AANN_CAR_PIXELS];
 *     aann_car_result result = {0};
 *     if (aann_car_create(NULL, &car, &error) == AANN_OK) {
 *         aann_car_reset(car, 42);
 *         while (!result.terminated && !result.truncated) {
 *             aann_car_action action = {.steer = 0.0, .gas = 0.1, .brake = 0.0};
 *             aann_car_render(car, pixels);
 *             // ... choose an action from the pixels ...
 *             aann_car_step(car, &action, &result);
 *         }
 *     }
 *     aann_car_destroy(car);
 *
 * Units: metres, radians, seconds. x points right and y up; angle 0 looks along +y and angles grow
 * to the left. One step is 1/50 s. Only aann_car_create and aann_car_expert_create allocate memory.
 *
 * Thread safety: one thread uses a car or an expert at a time; different ones are independent.
 * Several threads may call functions that take a const pointer for the same one. aann/cars.h steps
 * many cars with one call.
 *
 * Sources: the task and its rules are Oleg Klimov's and Gymnasium's (car_racing.py,
 * car_dynamics.py, MIT); the physics are those of Box2D 2.3 (Erin Catto, zlib); the random numbers
 * are NumPy's SeedSequence and PCG64. */
#ifndef AANN_CAR_H
#define AANN_CAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    AANN_CAR_WIDTH = 96,
    AANN_CAR_HEIGHT = 96,
    AANN_CAR_CHANNELS = 3,

    /* bytes of one picture */
    AANN_CAR_PIXELS = AANN_CAR_WIDTH * AANN_CAR_HEIGHT * AANN_CAR_CHANNELS,

    /* front left, front right, rear left, rear right */
    AANN_CAR_WHEELS = 4,
    AANN_CAR_DISCRETE_ACTIONS = 5
};

/* One environment; about 700 kilobytes, or 5 megabytes if it draws exact pictures. */
typedef struct aann_car aann_car;

/* How pictures are drawn. */
typedef enum aann_car_picture {
    /* each pixel in the share of its area that a shape covers; 0.07 of 255 from Gymnasium's in the
     * mean */
    AANN_CAR_PICTURE_NEAR = 0,

    /* every byte as Gymnasium 1.4.0 draws it with pygame-ce 2.5.8; without glyphs, the score's
     * corner (rows 84 to 95, columns 0 to 11) is black. Several times slower. */
    AANN_CAR_PICTURE_EXACT = 1
} aann_car_picture;

enum {
    AANN_CAR_GLYPHS = 11, /* the digits 0 to 9, and - */
    AANN_CAR_GLYPH_ROWS = 46,
    AANN_CAR_GLYPH_COLUMNS = 23
};

/* The characters of the score, as a font draws them in Gymnasium: pygame's freesansbold.ttf, 42
 * pixels, smooth. The library has no font; the Python package takes them from pygame. */
typedef struct aann_car_glyphs {
    /* how much of a pixel is covered, 0 to 255 */
    uint8_t pixels[AANN_CAR_GLYPHS][AANN_CAR_GLYPH_ROWS][AANN_CAR_GLYPH_COLUMNS];

    /* columns from a character's left to the next one's, 0 to 23 */
    int32_t advance[AANN_CAR_GLYPHS];

    /* what is added to that between a character (first index) and the next, in 1/64 column */
    int32_t kerning[AANN_CAR_GLYPHS][AANN_CAR_GLYPHS];
} aann_car_glyphs;

/* Settings of an environment. Always start from aann_car_options_default(). */
typedef struct aann_car_options {
    /* share of the tiles that must be visited before the start counts as a lap (0.95) */
    double lap_complete_percent;

    /* an episode is truncated after this many steps; 0: never (1000) */
    int32_t step_limit;

    /* draw other colours for road and grass at every reset (false) */
    bool domain_randomize;

    /* how pictures are drawn (near); neither saved nor copied with a car, since it changes no
     * drive */
    aann_car_picture picture;

    /* the characters of the score in exact pictures, which are copied; NULL: the score's corner is
     * black (NULL) */
    const aann_car_glyphs *glyphs;
} aann_car_options;

AANN_API aann_car_options aann_car_options_default(void);

/* The driver's controls in one step. */
typedef struct aann_car_action {
    /* -1 (full left) to +1 (full right) */
    double steer;

    /* 0 to 1; values outside are clipped */
    double gas;

    /* 0 to 1; at 0.9 and above the wheels lock */
    double brake;
} aann_car_action;

/* The five discrete actions of Gymnasium's continuous=False. */
typedef enum aann_car_discrete {
    AANN_CAR_NOTHING = 0,
    AANN_CAR_RIGHT = 1,
    AANN_CAR_LEFT = 2,
    AANN_CAR_GAS = 3,
    AANN_CAR_BRAKE = 4
} aann_car_discrete;

/* The result of one step. */
typedef struct aann_car_result {
    /* -0.1, plus 1000 / tiles for each tile visited for the first time, or -100 for leaving the
     * field */
    double reward;

    /* the lap is finished or the car has left the field */
    bool terminated;

    /* step_limit is reached */
    bool truncated;

    /* terminated by finishing the lap */
    bool lap_finished;
} aann_car_result;

/* One point of the centre line, one tile from the next. */
typedef struct aann_car_point {
    /* angle of the point, seen from the middle of the field */
    double alpha;

    /* direction of the road: (-sin beta, cos beta) */
    double beta;
    double x, y;
} aann_car_point;

typedef struct aann_car_wheel {
    /* of the wheel's body */
    float x, y, angle;

    /* angle to the hull: the steering */
    float joint;

    /* angular velocity of the spin, radians per second */
    double omega;

    /* spin angle, radians */
    double phase;

    /* number of tiles under the wheel; 0: grass */
    int32_t tiles;
} aann_car_wheel;

/* Everything that moves. */
typedef struct aann_car_state {
    /* of the hull */
    float x, y, angle, velocity_x, velocity_y, angular_velocity;
    aann_car_wheel wheels[AANN_CAR_WHEELS];

    /* since the reset, with the tiles under the start, as the picture shows it */
    double total_reward;

    /* seconds since the reset; the reset's step counts too */
    double time;

    /* tiles visited so far */
    int32_t visited;

    /* actions so far */
    int32_t steps;
} aann_car_state;

/* Creates an environment. `options` may be NULL for the defaults. Call aann_car_reset before
 * anything else; free with aann_car_destroy. Errors: argument (a setting out of range), memory. */
AANN_API aann_status aann_car_create(const aann_car_options *options, aann_car **car,
                                     aann_error *error);

/* NULL is allowed. */
AANN_API void aann_car_destroy(aann_car *car);

/* Starts an episode on the track of `seed`, as Gymnasium's reset(seed=seed) does; this includes one
 * step without action. */
AANN_API void aann_car_reset(aann_car *car, uint64_t seed);

/* Starts an episode on the next track of the car's random numbers, as reset() without a seed does.
 * With domain randomisation, `keep_colours` keeps the colours of the last episode and draws no
 * numbers for them, as Gymnasium's options={"randomize": False} does. Errors: argument (the car was
 * never seeded). */
AANN_API aann_status aann_car_reset_next(aann_car *car, bool keep_colours, aann_error *error);

/* Steps by 1/50 s, after the first reset. Steps after the end are allowed, as in Gymnasium. A
 * number in an action that is NAN counts as 0. `result` may be NULL. */
AANN_API void aann_car_step(aann_car *car, const aann_car_action *action, aann_car_result *result);

/* The continuous action of a discrete one. Errors: argument. */
AANN_API aann_status aann_car_discrete_action(int32_t discrete, aann_car_action *action,
                                              aann_error *error);

/* ---- the picture and the state --------------------------------------------------------------- */

/* Draws the current state: pixels[96][96][3], rows from the top, red green blue. It may be called
 * at any time after the first reset and never changes the drive. */
AANN_API void aann_car_render(aann_car *car, uint8_t pixels[AANN_CAR_PIXELS]);

AANN_API void aann_car_state_get(const aann_car *car, aann_car_state *state);

/* The centre line: *count points of a closed loop. Tile i lies between points i-1 and i. Owned by
 * the car, valid until the next reset. */
AANN_API const aann_car_point *aann_car_track(const aann_car *car, int32_t *count);

/* ---- copies ---------------------------------------------------------------------------------- */

/* Makes `to` equal to `from`, settings and random numbers included: the same actions then give the
 * same bits, also in later episodes. It takes a few microseconds, for searching ahead. Both may be
 * the same car. */
AANN_API void aann_car_copy(aann_car *to, const aann_car *from);

/* Saves the car as bytes, for a file or another process: about 700 bytes, in one format on every
 * machine. aann_car_save writes aann_car_saved_size(car) bytes. Errors: argument (the buffer is too
 * small). */
AANN_API size_t aann_car_saved_size(const aann_car *car);
AANN_API aann_status aann_car_save(const aann_car *car, void *bytes, size_t size,
                                   aann_error *error);

/* Makes `car` equal to the saved one, settings and random numbers included. It takes about as long
 * as a reset. Everything is checked first, so hostile bytes do no harm, and on failure the car is
 * unchanged. Errors: format (no saved car; a damaged one; one more than a million metres away; a
 * track that comes out different here because the C library's sine differs), version (saved by a
 * newer aann). */
AANN_API aann_status aann_car_restore(aann_car *car, const void *bytes, size_t size,
                                      aann_error *error);

/* ---- the expert ------------------------------------------------------------------------------ */

/* The expert: a driver that reads the track and the car's state, not the picture. It shows what the
 * task allows, and serves as the model to imitate. */
typedef struct aann_car_expert aann_car_expert;

/* How it drives. Always start from aann_car_expert_options_default() (fast, with a mean reward
 * above 930), aann_car_expert_options_teacher() or aann_car_expert_options_racer(). */
typedef struct aann_car_expert_options {
    /* metres per second */
    double top_speed;

    /* in bends, metres per second squared; the tyres can do 219 */
    double lateral_acceleration;

    /* planned deceleration before bends, metres per second squared */
    double braking;

    /* maximum distance of its line from the middle of the road, metres; the road is 13.3 wide */
    double widest;

    /* it steers, brakes and holds its wheels in a way that brings it back sooner when it is
     * disturbed */
    bool recovering;
} aann_car_expert_options;

AANN_API aann_car_expert_options aann_car_expert_options_default(void);

/* Slower and steadier, with a margin for disturbances: the expert to learn from. */
AANN_API aann_car_expert_options aann_car_expert_options_teacher(void);

/* As fast as the default, nearer to the middle of the road, and recovering: the expert for a driver
 * that has learned to keep to the road, and is to learn to race. */
AANN_API aann_car_expert_options aann_car_expert_options_racer(void);

/* Creates an expert, about 200 kilobytes. `options` may be NULL for the defaults. Free with
 * aann_car_expert_destroy. Errors: argument, memory. */
AANN_API aann_status aann_car_expert_create(const aann_car_expert_options *options,
                                            aann_car_expert **expert, aann_error *error);

/* NULL is allowed. */
AANN_API void aann_car_expert_destroy(aann_car_expert *expert);

/* Plans line and speeds for the car's track. Call it after every reset, and for a car that was
 * restored or copied. */
AANN_API void aann_car_expert_plan(aann_car_expert *expert, const aann_car *car);

/* Fills in the expert's action now. Without a plan, or with one for a car that was never reset, it
 * lets the car roll. */
AANN_API void aann_car_expert_act(aann_car_expert *expert, const aann_car *car,
                                  aann_car_action *action);

/* The car's deviation when the expert last acted: the distance from the planned line in metres
 * (positive: right of it) and the angle to the line's direction in radians (positive: to the
 * left). */
AANN_API void aann_car_expert_deviation(const aann_car_expert *expert, double *distance,
                                        double *angle);

#ifdef __cplusplus
}
#endif

#endif
