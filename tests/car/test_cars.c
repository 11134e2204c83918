/* ctest-labels: threads
 *
 * Many cars at once: what Gymnasium's SyncVectorEnv did in its three autoreset modes (recorded by
 * compare_vector.py), and each car against the same car alone, to the bit, on any number of
 * threads. */
#include <math.h>

#include "aann/cars.h"
#include "car/environment.h"
#include "golden.h"
#include "support/test.h"

enum { CARS = 3 };

typedef struct vector_results {
    uint8_t pixels[CARS][AANN_CAR_PIXELS], final_pixels[CARS][AANN_CAR_PIXELS];
    double rewards[CARS];
    bool terminated[CARS], truncated[CARS], lap_finished[CARS];
} vector_results;

static aann_cars_results results_of(vector_results *v, bool pictures)
{
    return (aann_cars_results){.pixels = pictures ? &v->pixels[0][0] : NULL,
                               .rewards = v->rewards,
                               .terminated = v->terminated,
                               .truncated = v->truncated,
                               .lap_finished = v->lap_finished,
                               .final_pixels = pictures ? &v->final_pixels[0][0] : NULL};
}

static aann_cars *make_cars(int32_t count, const aann_cars_options *options)
{
    aann_error error = {0};
    aann_cars *cars = NULL;
    assert_ok(aann_cars_create(count, options, &cars, &error));
    return cars;
}

/* ---- against Gymnasium ----------------------------------------------------------------------- */

/* As actions_of in compare_vector.py. */
static void recorded_actions(int32_t step, float actions[CARS][3])
{
    const int32_t turn = step % 180;
    const float values[CARS][3] = {{turn < 20 ? 0.5f : 0.0f, 0.5f, 0.0f},
                                   {0.0f, 0.25f, turn < 90 ? 0.0f : 0.125f},
                                   {turn < 40 ? 0.25f : 0.0f, 0.5f, 0.0f}};
    memcpy(actions, values, sizeof values);
}

static void check_row(const golden_file *golden, const double row[7], aann_cars *cars,
                      const vector_results *v)
{
    const int32_t i = (int32_t)row[1];
    aann_car_state now;
    aann_car_state_get(aann_cars_car(cars, i), &now);
    golden_same(golden, "reward", i, row[2], v->rewards[i]);
    golden_same(golden, "terminated", i, row[3], v->terminated[i]);
    golden_same(golden, "truncated", i, row[4], v->truncated[i]);
    golden_same(golden, "x", i, (double)(float)row[5], (double)now.x);
    golden_same(golden, "y", i, (double)(float)row[6], (double)now.y);
}

/* What the script does where the caller has to reset. */
static void reset_ended(aann_cars *cars, const vector_results *v, int32_t step)
{
    const uint64_t seeds[CARS] = {AANN_CARS_NO_SEED, (uint64_t)(100 + step), AANN_CARS_NO_SEED};
    bool ends[CARS], any = false;
    for (int32_t i = 0; i < CARS; i++) {
        ends[i] = v->terminated[i] || v->truncated[i];
        any = any || ends[i];
    }
    if (any) {
        aann_error error = {0};
        assert_ok(aann_cars_reset(cars, ends, seeds, false, NULL, &error));
    }
}

static void check_mode(const char *name, aann_cars_autoreset mode, int32_t threads)
{
    static vector_results v;
    aann_error error = {0};
    aann_cars_options options = aann_cars_options_default();
    options.car.step_limit = 170;
    options.autoreset = mode;
    options.threads = threads;
    aann_cars *cars = make_cars(CARS, &options);
    const uint64_t seeds[CARS] = {3, 4, 5};
    assert_ok(aann_cars_reset(cars, NULL, seeds, false, NULL, &error));
    golden_file golden = golden_open(name);
    const aann_cars_results results = results_of(&v, false);
    double row[7];
    int32_t done = 0, ends = 0;
    bool more = golden_row(&golden, row, 7);
    while (more) {
        for (; done <= (int32_t)row[0]; done++) {
            float actions[CARS][3];
            if (done > 0 && mode == AANN_CARS_DISABLED) {
                reset_ended(cars, &v, done - 1);
            }
            recorded_actions(done, actions);
            assert_ok(aann_cars_step(cars, &actions[0][0], &results, &error));
        }
        for (const double step = row[0]; more && row[0] == step;
             more = golden_row(&golden, row, 7)) {
            check_row(&golden, row, cars, &v);
            ends += row[3] == 1.0 || row[4] == 1.0;
        }
    }
    assert_true(ends >= 6);
    golden_close(&golden);
    aann_cars_destroy(cars);
}

static void gymnasiums_next_step(void **state)
{
    (void)state;
    check_mode("vector_next_step.csv", AANN_CARS_NEXT_STEP, 1);
    check_mode("vector_next_step.csv", AANN_CARS_NEXT_STEP, 2);
}

static void gymnasiums_same_step(void **state)
{
    (void)state;
    check_mode("vector_same_step.csv", AANN_CARS_SAME_STEP, 1);
    check_mode("vector_same_step.csv", AANN_CARS_SAME_STEP, 2);
}

static void gymnasiums_disabled(void **state)
{
    (void)state;
    check_mode("vector_disabled.csv", AANN_CARS_DISABLED, 1);
    check_mode("vector_disabled.csv", AANN_CARS_DISABLED, 2);
}

/* ---- against one car ------------------------------------------------------------------------- */

static float wave(int32_t step, int32_t i)
{
    return sinf((float)(step * (i + 2)) * 0.05f);
}

/* A car alone, reset by hand as the mode says. */
typedef struct alone {
    aann_car *car;
    bool ended;
    aann_car_result result;
    uint8_t pixels[AANN_CAR_PIXELS], final_pixels[AANN_CAR_PIXELS];
} alone;

static void step_alone(alone *a, aann_cars_autoreset mode, const aann_car_action *action)
{
    a->result = (aann_car_result){0};
    if (a->ended && mode == AANN_CARS_NEXT_STEP) {
        assert_int_equal(aann_car_reset_next(a->car, false, NULL), AANN_OK);
        a->ended = false;
    } else {
        aann_car_step(a->car, action, &a->result);
        a->ended = a->result.terminated || a->result.truncated;
    }
    if (a->ended && mode == AANN_CARS_SAME_STEP) {
        aann_car_render(a->car, a->final_pixels);
        assert_int_equal(aann_car_reset_next(a->car, false, NULL), AANN_OK);
        a->ended = false;
    }
    aann_car_render(a->car, a->pixels);
}

static void assert_as_alone(const vector_results *v, int32_t i, const alone *a)
{
    assert_true(v->rewards[i] == a->result.reward);
    assert_int_equal(v->terminated[i], a->result.terminated);
    assert_int_equal(v->truncated[i], a->result.truncated);
    assert_int_equal(v->lap_finished[i], a->result.lap_finished);
    assert_memory_equal(v->pixels[i], a->pixels, AANN_CAR_PIXELS);
    assert_memory_equal(v->final_pixels[i], a->final_pixels, AANN_CAR_PIXELS);
}

static void check_alone(aann_cars_autoreset mode, int32_t threads, bool discrete)
{
    static vector_results v;
    static alone alones[CARS];
    memset(&v, 0, sizeof v);
    memset(alones, 0, sizeof alones);
    aann_error error = {0};
    aann_cars_options options = aann_cars_options_default();
    options.car.step_limit = 25;
    options.car.domain_randomize = true;
    options.autoreset = mode;
    options.threads = threads;
    options.spin_microseconds = threads == 2 ? 0 : 20;
    aann_cars *cars = make_cars(CARS, &options);
    const uint64_t seeds[CARS] = {11, 0, (uint64_t)1 << 40};
    assert_ok(aann_cars_reset(cars, NULL, seeds, false, &v.pixels[0][0], &error));
    for (int32_t i = 0; i < CARS; i++) {
        assert_ok(aann_car_create(&options.car, &alones[i].car, &error));
        aann_car_reset(alones[i].car, seeds[i]);
        aann_car_render(alones[i].car, alones[i].pixels);
        assert_memory_equal(v.pixels[i], alones[i].pixels, AANN_CAR_PIXELS);
    }
    const aann_cars_results results = results_of(&v, true);
    for (int32_t step = 0; step < 60; step++) {
        float actions[CARS][3];
        int64_t choices[CARS];
        for (int32_t i = 0; i < CARS; i++) {
            aann_car_action action;
            choices[i] = (step / 3 + i) % AANN_CAR_DISCRETE_ACTIONS;
            actions[i][0] = wave(step, i);
            actions[i][1] = 0.8f * wave(step + 40, i);
            actions[i][2] = wave(step, i + 4) - 0.5f;
            action = (aann_car_action){(double)actions[i][0], (double)actions[i][1],
                                       (double)actions[i][2]};
            if (discrete) {
                assert_ok(aann_car_discrete_action((int32_t)choices[i], &action, &error));
            }
            step_alone(&alones[i], mode, &action);
        }
        assert_ok(discrete ? aann_cars_step_discrete(cars, choices, &results, &error)
                           : aann_cars_step(cars, &actions[0][0], &results, &error));
        for (int32_t i = 0; i < CARS; i++) {
            assert_as_alone(&v, i, &alones[i]);
        }
    }
    for (int32_t i = 0; i < CARS; i++) {
        aann_car_destroy(alones[i].car);
    }
    aann_cars_destroy(cars);
}

static void cars_do_what_they_do_alone(void **state)
{
    (void)state;
    for (int32_t threads = 1; threads <= 4; threads++) {
        check_alone(AANN_CARS_NEXT_STEP, threads, false);
        check_alone(AANN_CARS_SAME_STEP, threads, threads % 2 == 0);
    }
}

/* ---- resets ---------------------------------------------------------------------------------- */

static float x_of(aann_cars *cars, int32_t i)
{
    aann_car_state now;
    aann_car_state_get(aann_cars_car(cars, i), &now);
    return now.x;
}

static float x_of_seed(uint64_t seed, int32_t nexts)
{
    aann_car *car;
    aann_car_state now;
    assert_int_equal(aann_car_create(NULL, &car, NULL), AANN_OK);
    aann_car_reset(car, seed);
    for (int32_t i = 0; i < nexts; i++) {
        assert_int_equal(aann_car_reset_next(car, false, NULL), AANN_OK);
    }
    aann_car_state_get(car, &now);
    aann_car_destroy(car);
    return now.x;
}

static void masks_and_seeds(void **state)
{
    (void)state;
    static uint8_t pixels[CARS][AANN_CAR_PIXELS], before[AANN_CAR_PIXELS];
    aann_error error = {0};
    aann_cars *cars = make_cars(CARS, NULL);
    const bool first_two[CARS] = {true, true, false};
    const uint64_t seeds[CARS] = {1, 2, 3}, mixed[CARS] = {AANN_CARS_NO_SEED, 9, AANN_CARS_NO_SEED};
    assert_ok(aann_cars_reset(cars, first_two, seeds, false, NULL, &error));
    /* The third was never seeded: nobody is reset. */
    assert_int_equal(aann_cars_reset(cars, NULL, mixed, false, NULL, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "car 2"));
    assert_true(x_of(cars, 0) == x_of_seed(1, 0) && x_of(cars, 1) == x_of_seed(2, 0));
    assert_int_equal(aann_cars_reset(cars, NULL, seeds, true, NULL, &error), AANN_ERROR_ARGUMENT);
    assert_ok(aann_cars_reset(cars, NULL, seeds, false, &pixels[0][0], &error));
    memcpy(before, pixels[2], sizeof before);
    assert_ok(aann_cars_reset(cars, first_two, mixed, false, &pixels[0][0], &error));
    assert_true(x_of(cars, 0) == x_of_seed(1, 1) && x_of(cars, 1) == x_of_seed(9, 0) &&
                x_of(cars, 2) == x_of_seed(3, 0));
    assert_memory_equal(before, pixels[2], sizeof before);
    assert_ok(aann_cars_reset(cars, NULL, NULL, false, NULL, &error));
    assert_true(x_of(cars, 0) == x_of_seed(1, 2) && x_of(cars, 2) == x_of_seed(3, 1));
    aann_cars_destroy(cars);
}

static void colours_can_be_kept(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_cars_options options = aann_cars_options_default();
    options.car.domain_randomize = true;
    aann_cars *cars = make_cars(1, &options);
    const uint64_t seed = 8;
    assert_ok(aann_cars_reset(cars, NULL, &seed, false, NULL, &error));
    const double red = aann_cars_car(cars, 0)->road_colour.channels[0];
    assert_ok(aann_cars_reset(cars, NULL, NULL, true, NULL, &error));
    assert_true(aann_cars_car(cars, 0)->road_colour.channels[0] == red);
    assert_ok(aann_cars_reset(cars, NULL, NULL, false, NULL, &error));
    assert_false(aann_cars_car(cars, 0)->road_colour.channels[0] == red);
    aann_cars_destroy(cars);
}

/* A vector environment is taken over by another one: its cars and who of them has ended. */
static void taken_over(void **state)
{
    (void)state;
    aann_error error = {0};
    uint8_t bytes[8192];
    aann_cars_options options = aann_cars_options_default();
    options.car.step_limit = 2;
    aann_cars *cars = make_cars(2, &options), *others = make_cars(2, NULL);
    const uint64_t seeds[2] = {1, 2};
    const bool first[2] = {true, false};
    const float actions[6] = {0.0f};
    double rewards[2];
    const aann_cars_results results = {.rewards = rewards};
    assert_ok(aann_cars_reset(cars, NULL, seeds, false, NULL, &error));
    assert_ok(aann_cars_step(cars, actions, NULL, &error));
    assert_ok(aann_cars_reset(cars, first, NULL, false, NULL, &error));
    assert_ok(aann_cars_step(cars, actions, NULL, &error));
    assert_false(aann_cars_has_ended(cars, 0));
    assert_true(aann_cars_has_ended(cars, 1));
    for (int32_t i = 0; i < 2; i++) {
        assert_ok(aann_car_save(aann_cars_car(cars, i), bytes, sizeof bytes, &error));
        assert_ok(aann_car_restore(aann_cars_car(others, i), bytes,
                                   aann_car_saved_size(aann_cars_car(cars, i)), &error));
        aann_cars_set_ended(others, i, aann_cars_has_ended(cars, i));
    }
    assert_ok(aann_cars_step(others, actions, &results, &error));
    assert_true(rewards[0] != 0.0 && rewards[1] == 0.0);
    assert_true(x_of(others, 1) == x_of_seed(2, 1));
    assert_true(aann_cars_has_ended(others, 0)); /* the limit of steps came along */
    assert_false(aann_cars_has_ended(others, 2));
    aann_cars_destroy(cars);
    aann_cars_destroy(others);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void bad_settings_are_refused(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_cars *cars;
    static const struct {
        int32_t count, autoreset, threads, spin;
        double percent;
        const char *word;
    } cases[] = {{0, 0, 1, 20, 0.95, "cars"},
                 {65537, 0, 1, 20, 0.95, "65536"},
                 {1, 3, 1, 20, 0.95, "autoreset"},
                 {1, -1, 1, 20, 0.95, "autoreset"},
                 {1, 0, 0, 20, 0.95, "threads"},
                 {1, 0, 1, -1, 0.95, "spin"},
                 {1, 0, 1, 20, 2.0, "lap_complete_percent"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aann_cars_options options = aann_cars_options_default();
        options.car.lap_complete_percent = cases[i].percent;
        options.autoreset = (aann_cars_autoreset)cases[i].autoreset;
        options.threads = cases[i].threads;
        options.spin_microseconds = cases[i].spin;
        cars = (aann_cars *)&error;
        assert_int_equal(aann_cars_create(cases[i].count, &options, &cars, &error),
                         AANN_ERROR_ARGUMENT);
        assert_null(cars);
        assert_non_null(strstr(error.message, cases[i].word));
    }
    aann_cars_destroy(NULL);
}

static void assert_step_refused(aann_cars *cars, const float *actions, const char *word)
{
    aann_error error = {0};
    const float x[2] = {x_of(cars, 0), x_of(cars, 1)};
    assert_int_equal(aann_cars_step(cars, actions, NULL, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, word));
    assert_true(x[0] == x_of(cars, 0) && x[1] == x_of(cars, 1)); /* nobody moved */
}

static void bad_steps_move_nobody(void **state)
{
    (void)state;
    static uint8_t pixels[2 * AANN_CAR_PIXELS];
    aann_error error = {0};
    aann_cars_options options = aann_cars_options_default();
    options.autoreset = AANN_CARS_DISABLED;
    options.car.step_limit = 3;
    aann_cars *cars = make_cars(2, &options);
    const bool first[2] = {true, false};
    const uint64_t seeds[2] = {1, 2};
    float actions[6] = {0.1f, 0.5f, 0.0f, 0.0f, 1.0f, 0.0f};
    assert_ok(aann_cars_reset(cars, first, seeds, false, NULL, &error));
    assert_step_refused(cars, actions, "car 1 has never been reset");
    assert_int_equal(aann_cars_render(cars, pixels, &error), AANN_ERROR_ARGUMENT);
    assert_ok(aann_cars_reset(cars, NULL, seeds, false, NULL, &error));
    assert_ok(aann_cars_render(cars, pixels, &error));
    actions[5] = NAN;
    assert_step_refused(cars, actions, "car 1: value 2");
    actions[5] = 0.0f;
    const int64_t choices[2] = {4, 5}, huge[2] = {(int64_t)1 << 32, 0};
    assert_int_equal(aann_cars_step_discrete(cars, choices, NULL, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "car 1: discrete action 5"));
    assert_int_equal(aann_cars_step_discrete(cars, huge, NULL, &error), AANN_ERROR_ARGUMENT);
    for (int32_t step = 0; step < 3; step++) {
        assert_ok(aann_cars_step(cars, actions, NULL, &error));
    }
    assert_step_refused(cars, actions, "car 0 has ended");
    assert_ok(aann_cars_reset(cars, first, NULL, false, NULL, &error));
    assert_step_refused(cars, actions, "car 1 has ended");
    assert_null(aann_cars_car(cars, 2));
    assert_null(aann_cars_car(cars, -1));
    assert_int_equal(aann_cars_count(cars), 2);
    aann_cars_destroy(cars);
}

/* What is not a number is 0 for a car alone, and does not stay in it. */
static void no_number_is_no_wish(void **state)
{
    (void)state;
    aann_car *a, *b;
    aann_car_state now[2];
    assert_int_equal(aann_car_create(NULL, &a, NULL), AANN_OK);
    assert_int_equal(aann_car_create(NULL, &b, NULL), AANN_OK);
    aann_car_reset(a, 1);
    aann_car_reset(b, 1);
    for (int32_t step = 0; step < 30; step++) {
        const double wish = step % 3 == 0 ? (double)NAN : 0.3;
        const double same = step % 3 == 0 ? 0.0 : 0.3;
        aann_car_step(a, &(aann_car_action){wish, wish, wish}, NULL);
        aann_car_step(b, &(aann_car_action){same, same, same}, NULL);
    }
    aann_car_state_get(a, &now[0]);
    aann_car_state_get(b, &now[1]);
    assert_true(now[0].x == now[1].x && now[0].angle == now[1].angle);
    aann_car_destroy(a);
    aann_car_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gymnasiums_next_step),
        cmocka_unit_test(gymnasiums_same_step),
        cmocka_unit_test(gymnasiums_disabled),
        cmocka_unit_test(cars_do_what_they_do_alone),
        cmocka_unit_test(masks_and_seeds),
        cmocka_unit_test(colours_can_be_kept),
        cmocka_unit_test(taken_over),
        cmocka_unit_test(bad_settings_are_refused),
        cmocka_unit_test(bad_steps_move_nobody),
        cmocka_unit_test(no_number_is_no_wish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
