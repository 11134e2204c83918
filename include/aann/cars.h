/* Many cars at once: n environments stepped by one call, on several threads, as a vector
 * environment of Gymnasium.
 *
 *     enum { COUNT = 8 };
 *     static uint8_t pixels[COUNT][AANN_CAR_PIXELS];
 *     const uint64_t seeds[COUNT] = {0, 1, 2, 3, 4, 5, 6, 7};
 *     float actions[COUNT][3] = {{0.0f}};
 *     double rewards[COUNT];
 *     bool terminated[COUNT], truncated[COUNT];
 *     const aann_cars_results results = {
 *         .pixels = &pixels[0][0],
 *         .rewards = rewards,
 *         .terminated = terminated,
 *         .truncated = truncated,
 *     };
 *     aann_cars *cars = NULL;
 *     if (aann_cars_create(COUNT, NULL, &cars, &error) == AANN_OK &&
 *         aann_cars_reset(cars, NULL, seeds, false, &pixels[0][0], &error) == AANN_OK) {
 *         for (int step = 0; step < 100; step++) {
 *             for (int i = 0; i < COUNT; i++) {
 *                 actions[i][1] = 0.1f; // ... or chosen from pixels[i]
 *             }
 *             if (aann_cars_step(cars, &actions[0][0], &results, &error) != AANN_OK) {
 *                 break;
 *             }
 *         }
 *     }
 *     aann_cars_destroy(cars);
 *
 * Each car is the environment of aann/car.h and behaves to the bit as it does alone: results depend
 * neither on the other cars nor on the number of threads. All results go to the caller's memory;
 * only aann_cars_create allocates.
 *
 * Thread safety: one thread uses an aann_cars at a time; different ones are independent. After
 * fork(), the child can use its copy, on one thread. */
#ifndef AANN_CARS_H
#define AANN_CARS_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/car.h"
#include "aann/status.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Maximum of cars in one aann_cars. Each takes about a megabyte of address space, less in use. */
enum { AANN_CARS_LIMIT = 65536 };

typedef struct aann_cars aann_cars;

/* What happens after the end of a car's episode (terminated or truncated), as Gymnasium's
 * AutoresetMode. A reset starts the next track of the car's random numbers, as aann_car_reset_next
 * does. */
typedef enum aann_cars_autoreset {
    /* the next step resets the car: the action is ignored, the reward is 0, terminated and
     * truncated are false, and the picture is the first of the new episode */
    AANN_CARS_NEXT_STEP = 0,

    /* the same step resets the car: reward, terminated, truncated and lap_finished are those of the
     * old episode, the picture is the first of the new one, and the last picture of the old episode
     * goes to final_pixels */
    AANN_CARS_SAME_STEP,

    /* the caller resets the car with aann_cars_reset; until then a step fails, and no car moves */
    AANN_CARS_DISABLED
} aann_cars_autoreset;

/* Always start from aann_cars_options_default(). */
typedef struct aann_cars_options {
    /* the same for all cars */
    aann_car_options car;

    /* (AANN_CARS_NEXT_STEP, as in Gymnasium) */
    aann_cars_autoreset autoreset;

    /* threads that share the cars, the caller's included: 1 to 1024 (1) */
    int32_t threads;

    /* how long a thread without work polls for new work before it sleeps (10). Waking it takes
     * about as long. Choose 0 if other programs need the processors */
    int32_t spin_microseconds;
} aann_cars_options;

AANN_API aann_cars_options aann_cars_options_default(void);

/* Where results go: arrays of the caller with an entry for each car. Each may be NULL. */
typedef struct aann_cars_results {
    /* [count][96][96][3], rows from the top, red green blue; NULL: nothing is drawn */
    uint8_t *pixels;

    /* [count]; see aann_car_result */
    double *rewards;
    bool *terminated;
    bool *truncated;

    /* [count]: terminated by finishing the lap */
    bool *lap_finished;

    /* [count][96][96][3]: the last picture of an episode that ended in this step; the pictures of
     * other cars are unchanged. With AANN_CARS_SAME_STEP only */
    uint8_t *final_pixels;
} aann_cars_results;

/* Creates `count` cars, 1 to AANN_CARS_LIMIT. `options` may be NULL for the defaults. Reset every
 * car with a seed before the first step. Free with aann_cars_destroy. Errors: argument (a value out
 * of range), memory, io (the system starts no more threads). */
AANN_API aann_status aann_cars_create(int32_t count, const aann_cars_options *options,
                                      aann_cars **cars, aann_error *error);

/* NULL is allowed. */
AANN_API void aann_cars_destroy(aann_cars *cars);
AANN_API int32_t aann_cars_count(const aann_cars *cars);

/* Car i, 0 to count - 1, to read its state or track, and to copy, save or restore it. Owned by
 * `cars`. NULL if there is no such car. Stepping or resetting it alone is allowed, but does not
 * change aann_cars_has_ended. */
AANN_API aann_car *aann_cars_car(aann_cars *cars, int32_t i);

/* Whether the last step ended the episode of car i (never with AANN_CARS_SAME_STEP, which starts
 * the next episode at once). Set it after you restored or copied into a car. */
AANN_API bool aann_cars_has_ended(const aann_cars *cars, int32_t i);
AANN_API void aann_cars_set_ended(aann_cars *cars, int32_t i, bool ended);

/* No seed: the car starts the next track of its random numbers. */
#define AANN_CARS_NO_SEED UINT64_MAX

/* Starts new episodes of the cars whose mask[i] is true (mask NULL: all cars). seeds[count] are the
 * seeds of the tracks; an entry may be AANN_CARS_NO_SEED, and NULL is that for all. `keep_colours`:
 * see aann_car_reset_next. pixels[count][96][96][3] (may be NULL) receives the pictures of the
 * reset cars. Errors: argument (no seed for a car that never had one); then no car is reset. */
AANN_API aann_status aann_cars_reset(aann_cars *cars, const bool *mask, const uint64_t *seeds,
                                     bool keep_colours, uint8_t *pixels, aann_error *error);

/* Steps every car by 1/50 s, except for those that it resets. actions[count][3]: steer, gas, brake,
 * as in aann_car_action. `results` may be NULL. Errors: argument (an action that is not a number, a
 * car that was never reset, with AANN_CARS_DISABLED a car whose episode has ended); then no car
 * moves. */
AANN_API aann_status aann_cars_step(aann_cars *cars, const float *actions,
                                    const aann_cars_results *results, aann_error *error);

/* The same with Gymnasium's discrete actions (aann_car_discrete): actions[count]. */
AANN_API aann_status aann_cars_step_discrete(aann_cars *cars, const int64_t *actions,
                                             const aann_cars_results *results, aann_error *error);

/* Draws all cars: pixels[count][96][96][3]. Errors: argument (a car that was never reset). */
AANN_API aann_status aann_cars_render(aann_cars *cars, uint8_t *pixels, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
