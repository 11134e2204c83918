/* n cars as one environment (method of the three ways to reset: Gymnasium's SyncVectorEnv, MIT).
 *
 * A call checks everything first, so that a refused call changes nothing; then the cars are shared
 * out among the threads, one by one, as a step with its picture takes longer than handing it out.
 * The memory for drawing (400 kB) belongs to the thread, not to the car: 64 canvases would push each
 * other out of the cache. */
#include "aann/cars.h"

#include <math.h>
#include <stdlib.h>

#include "car/environment.h"
#include "car/exact_tables.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"

struct aann_cars {
    int32_t count;
    aann_cars_autoreset autoreset;
    aann_threads *threads;
    aann_car **cars;           /* [count] */
    bool *ended;               /* [count]: the episode ended in the last step */
    aann_car_canvas *canvases; /* [threads] */
    aann_car_exact **exacts;   /* [threads]; NULL unless pictures are exact */
    int32_t thread_count;
};

/* One call, as the threads see it. */
typedef struct cars_call {
    aann_cars *cars;
    const bool *mask;
    const uint64_t *seeds;
    bool keep_colours;
    const float *actions;            /* [count][3], or */
    const int64_t *discrete_actions; /* [count] */
    aann_cars_results results;
} cars_call;

aann_cars_options aann_cars_options_default(void)
{
    return (aann_cars_options){.car = aann_car_options_default(),
                               .autoreset = AANN_CARS_NEXT_STEP,
                               .threads = 1,
                               .spin_microseconds = AANN_SPIN_MICROSECONDS};
}

static aann_status check_options(int32_t count, const aann_cars_options *options, aann_error *error)
{
    if (count < 1 || count > AANN_CARS_LIMIT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%d cars; expected 1 to %d", count,
                         AANN_CARS_LIMIT);
    }
    if ((int)options->autoreset < AANN_CARS_NEXT_STEP ||
        (int)options->autoreset > AANN_CARS_DISABLED) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "autoreset is %d; expected %d, %d or %d",
                         (int)options->autoreset, AANN_CARS_NEXT_STEP, AANN_CARS_SAME_STEP,
                         AANN_CARS_DISABLED);
    }
    return aann_car_options_check(&options->car, error);
}

static bool make_exacts(aann_cars *cars, const aann_car_glyphs *glyphs)
{
    cars->exacts = aann_allocate_zeroed((size_t)cars->thread_count, sizeof(aann_car_exact *));
    for (int32_t i = 0; cars->exacts != NULL && i < cars->thread_count; i++) {
        cars->exacts[i] = aann_car_exact_create(glyphs);
        if (cars->exacts[i] == NULL) {
            return false;
        }
    }
    return cars->exacts != NULL;
}

static aann_status make_parts(aann_cars *cars, const aann_cars_options *options, aann_error *error)
{
    const aann_status status = aann_threads_create_spinning(
        options->threads, options->spin_microseconds, &cars->threads, error);
    if (status != AANN_OK) {
        return status;
    }
    cars->cars = aann_allocate_zeroed((size_t)cars->count, sizeof(aann_car *));
    cars->ended = aann_allocate_zeroed((size_t)cars->count, sizeof(bool));
    cars->canvases = aann_allocate_aligned((size_t)options->threads * sizeof(aann_car_canvas));
    cars->thread_count = options->threads;
    if (cars->cars == NULL || cars->ended == NULL || cars->canvases == NULL ||
        (options->car.picture == AANN_CAR_PICTURE_EXACT &&
         !make_exacts(cars, options->car.glyphs))) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d cars", cars->count);
    }
    for (int32_t i = 0; i < cars->count; i++) {
        const aann_status made = aann_car_create(&options->car, &cars->cars[i], error);
        if (made != AANN_OK) {
            return made;
        }
    }
    return AANN_OK;
}

aann_status aann_cars_create(int32_t count, const aann_cars_options *options, aann_cars **result,
                             aann_error *error)
{
    const aann_cars_options settings = options != NULL ? *options : aann_cars_options_default();
    *result = NULL;
    aann_status status = check_options(count, &settings, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_cars *cars = aann_allocate_zeroed(1, sizeof *cars);
    if (cars == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d cars", count);
    }
    cars->count = count;
    cars->autoreset = settings.autoreset;
    status = make_parts(cars, &settings, error);
    if (status != AANN_OK) {
        aann_cars_destroy(cars);
        return status;
    }
    *result = cars;
    return AANN_OK;
}

void aann_cars_destroy(aann_cars *cars)
{
    if (cars == NULL) {
        return;
    }
    for (int32_t i = 0; cars->cars != NULL && i < cars->count; i++) {
        aann_car_destroy(cars->cars[i]);
    }
    aann_threads_destroy(cars->threads);
    for (int32_t i = 0; cars->exacts != NULL && i < cars->thread_count; i++) {
        aann_car_exact_destroy(cars->exacts[i]);
    }
    free(cars->exacts);
    aann_free_aligned(cars->canvases);
    free(cars->ended);
    free(cars->cars);
    free(cars);
}

int32_t aann_cars_count(const aann_cars *cars)
{
    return cars->count;
}

aann_car *aann_cars_car(aann_cars *cars, int32_t i)
{
    return i >= 0 && i < cars->count ? cars->cars[i] : NULL;
}

bool aann_cars_has_ended(const aann_cars *cars, int32_t i)
{
    return i >= 0 && i < cars->count && cars->ended[i];
}

void aann_cars_set_ended(aann_cars *cars, int32_t i, bool ended)
{
    if (i >= 0 && i < cars->count) {
        cars->ended[i] = ended;
    }
}

static void draw(const cars_call *call, int32_t worker, int64_t i, uint8_t *pixels)
{
    if (pixels != NULL) {
        const aann_cars *cars = call->cars;
        aann_car_render_on(cars->cars[i], &cars->canvases[worker],
                           cars->exacts != NULL ? cars->exacts[worker] : NULL,
                           pixels + (size_t)i * AANN_CAR_PIXELS);
    }
}

static bool is_masked(const bool *mask, int32_t i)
{
    return mask == NULL || mask[i];
}

static const uint64_t *seed_of(const uint64_t *seeds, int32_t i)
{
    return seeds != NULL && seeds[i] != AANN_CARS_NO_SEED ? &seeds[i] : NULL;
}

static void reset_one(void *context, int32_t worker, int64_t i)
{
    const cars_call *call = context;
    if (is_masked(call->mask, (int32_t)i)) {
        aann_car_start(call->cars->cars[i], seed_of(call->seeds, (int32_t)i), call->keep_colours);
        call->cars->ended[i] = false;
        draw(call, worker, i, call->results.pixels);
    }
}

aann_status aann_cars_reset(aann_cars *cars, const bool *mask, const uint64_t *seeds,
                            bool keep_colours, uint8_t *pixels, aann_error *error)
{
    for (int32_t i = 0; i < cars->count; i++) {
        if (is_masked(mask, i) && !cars->cars[i]->seeded &&
            (keep_colours || seed_of(seeds, i) == NULL)) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "car %d: the first reset needs a seed, and has no colours to keep", i);
        }
    }
    cars_call call = {.cars = cars, .mask = mask, .seeds = seeds, .keep_colours = keep_colours};
    call.results.pixels = pixels;
    aann_threads_run(cars->threads, 0, cars->count, reset_one, &call);
    return AANN_OK;
}

static aann_car_action action_of(const cars_call *call, int64_t i)
{
    aann_car_action action = {0};
    if (call->actions != NULL) {
        const float *values = call->actions + 3 * i;
        action = (aann_car_action){(double)values[0], (double)values[1], (double)values[2]};
    } else {
        (void)aann_car_discrete_action((int32_t)call->discrete_actions[i], &action, NULL);
    }
    return action;
}

static void write_result(const aann_cars_results *results, int64_t i, const aann_car_result *result)
{
    if (results->rewards != NULL) {
        results->rewards[i] = result->reward;
    }
    if (results->terminated != NULL) {
        results->terminated[i] = result->terminated;
    }
    if (results->truncated != NULL) {
        results->truncated[i] = result->truncated;
    }
    if (results->lap_finished != NULL) {
        results->lap_finished[i] = result->lap_finished;
    }
}

static void step_one(void *context, int32_t worker, int64_t i)
{
    const cars_call *call = context;
    aann_cars *cars = call->cars;
    aann_car_result result = {0};
    if (cars->ended[i] && cars->autoreset == AANN_CARS_NEXT_STEP) {
        aann_car_start(cars->cars[i], NULL, false);
    } else {
        const aann_car_action action = action_of(call, i);
        aann_car_step(cars->cars[i], &action, &result);
    }
    cars->ended[i] = result.terminated || result.truncated;
    if (cars->ended[i] && cars->autoreset == AANN_CARS_SAME_STEP) {
        draw(call, worker, i, call->results.final_pixels);
        aann_car_start(cars->cars[i], NULL, false);
        cars->ended[i] = false;
    }
    write_result(&call->results, i, &result);
    draw(call, worker, i, call->results.pixels);
}

static aann_status check_reset(const aann_cars *cars, aann_error *error)
{
    for (int32_t i = 0; i < cars->count; i++) {
        if (!cars->cars[i]->seeded) {
            return aann_fail(error, AANN_ERROR_ARGUMENT, "car %d has never been reset", i);
        }
    }
    return AANN_OK;
}

static aann_status check_ready(const aann_cars *cars, aann_error *error)
{
    for (int32_t i = 0; cars->autoreset == AANN_CARS_DISABLED && i < cars->count; i++) {
        if (cars->ended[i]) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the episode of car %d has ended; without autoreset it must be reset "
                             "before the next step",
                             i);
        }
    }
    return check_reset(cars, error);
}

static aann_status run_step(cars_call *call, const aann_cars_results *results, aann_error *error)
{
    const aann_status status = check_ready(call->cars, error);
    if (status != AANN_OK) {
        return status;
    }
    if (results != NULL) {
        call->results = *results;
    }
    aann_threads_run(call->cars->threads, 0, call->cars->count, step_one, call);
    return AANN_OK;
}

aann_status aann_cars_step(aann_cars *cars, const float *actions, const aann_cars_results *results,
                           aann_error *error)
{
    for (int32_t i = 0; i < 3 * cars->count; i++) {
        if (isnan(actions[i])) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "car %d: value %d of its action (steer, gas, brake) is not a number",
                             i / 3, i % 3);
        }
    }
    cars_call call = {.cars = cars, .actions = actions};
    return run_step(&call, results, error);
}

aann_status aann_cars_step_discrete(aann_cars *cars, const int64_t *actions,
                                    const aann_cars_results *results, aann_error *error)
{
    for (int32_t i = 0; i < cars->count; i++) {
        if (actions[i] < 0 || actions[i] >= AANN_CAR_DISCRETE_ACTIONS) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "car %d: discrete action %lld; expected 0 to %d", i,
                             (long long)actions[i], AANN_CAR_DISCRETE_ACTIONS - 1);
        }
    }
    cars_call call = {.cars = cars, .discrete_actions = actions};
    return run_step(&call, results, error);
}

static void draw_one(void *context, int32_t worker, int64_t i)
{
    const cars_call *call = context;
    draw(call, worker, i, call->results.pixels);
}

aann_status aann_cars_render(aann_cars *cars, uint8_t *pixels, aann_error *error)
{
    const aann_status status = check_reset(cars, error);
    if (status == AANN_OK) {
        cars_call call = {.cars = cars};
        call.results.pixels = pixels;
        aann_threads_run(cars->threads, 0, cars->count, draw_one, &call);
    }
    return status;
}
