/* The interface: options, ends of episodes, discrete actions, colours, the quick contact test. */
#include "car/environment.h"
#include "drive.h"

static void options_are_checked(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_car *car = NULL;
    aann_car_options options = aann_car_options_default();
    options.lap_complete_percent = 1.5;
    assert_int_equal(aann_car_create(&options, &car, &error), AANN_ERROR_ARGUMENT);
    assert_null(car);
    assert_non_null(strstr(error.message, "lap_complete_percent"));
    options = aann_car_options_default();
    options.step_limit = -1;
    assert_int_equal(aann_car_create(&options, &car, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "step_limit"));
    aann_car_destroy(NULL);
}

static void the_first_reset_needs_a_seed(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_car *car = drive_make_car();
    assert_int_equal(aann_car_reset_next(car, false, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "seed"));
    aann_car_destroy(car);
}

static void episodes_are_cut_at_the_step_limit(void **state)
{
    (void)state;
    aann_car_options options = aann_car_options_default();
    options.step_limit = 7;
    aann_car *car;
    assert_int_equal(aann_car_create(&options, &car, NULL), AANN_OK);
    aann_car_reset(car, 0);
    aann_car_result result;
    for (int step = 1; step <= 7; step++) {
        aann_car_step(car, &(aann_car_action){0.0, 0.0, 0.0}, &result);
        assert_int_equal(result.truncated, step == 7);
        assert_false(result.terminated);
    }
    aann_car_destroy(car);
}

/* With a small percentage the lap counts as soon as the start is visited: at the first step. */
static void the_lap_percentage_counts(void **state)
{
    (void)state;
    aann_car_options options = aann_car_options_default();
    options.lap_complete_percent = 0.0;
    aann_car *car;
    assert_int_equal(aann_car_create(&options, &car, NULL), AANN_OK);
    aann_car_reset(car, 0);
    aann_car_result result;
    aann_car_step(car, &(aann_car_action){0.0, 0.0, 0.0}, &result);
    assert_true(result.terminated && result.lap_finished);
    aann_car_destroy(car);
}

static void discrete_actions_are_gymnasiums(void **state)
{
    (void)state;
    static const double wanted[AANN_CAR_DISCRETE_ACTIONS][3] = {
        {0, 0, 0}, {0.6, 0, 0}, {-0.6, 0, 0}, {0, 0.2, 0}, {0, 0, 0.8}};
    aann_car_action action;
    for (int32_t i = 0; i < AANN_CAR_DISCRETE_ACTIONS; i++) {
        assert_int_equal(aann_car_discrete_action(i, &action, NULL), AANN_OK);
        assert_true(action.steer == wanted[i][0] && action.gas == wanted[i][1] &&
                    action.brake == wanted[i][2]);
    }
    aann_error error = {0};
    assert_int_equal(aann_car_discrete_action(5, &action, &error), AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_car_discrete_action(-1, &action, &error), AANN_ERROR_ARGUMENT);
}

static void random_colours_are_gymnasiums(void **state)
{
    (void)state;
    aann_car_options options = aann_car_options_default();
    options.domain_randomize = true;
    aann_car *car;
    assert_int_equal(aann_car_create(&options, &car, NULL), AANN_OK);
    golden_file golden = golden_open("colours.csv");
    double row[9];
    for (int reset = 0; reset < 3; reset++) {
        if (reset == 0) {
            aann_car_reset(car, 5);
        } else {
            assert_int_equal(aann_car_reset_next(car, reset == 2, NULL), AANN_OK);
        }
        assert_true(golden_row(&golden, row, 9));
        for (int c = 0; c < 3; c++) {
            golden_same(&golden, "road", c, row[c], car->road_colour.channels[c]);
            golden_same(&golden, "field", c, row[3 + c], car->field_colour.channels[c]);
            golden_same(&golden, "grass", c, row[6 + c], car->grass_colour.channels[c]);
        }
    }
    golden_close(&golden);
    aann_car_destroy(car);
}

/* What the quick verdicts say must be what the exact test says. */
static void quick_contacts_are_exact(void **state)
{
    (void)state;
    aann_car *car = drive_make_car();
    aann_car_random random;
    aann_car_random_seed(&random, 11);
    int touching = 0;
    for (int trial = 0; trial < 4000; trial++) {
        if (trial % 400 == 0) {
            aann_car_reset(car, (uint64_t)trial);
        }
        const int32_t near = (int32_t)aann_car_random_below(&random, (uint32_t)car->road.count);
        aann_car_body *wheel = &car->vehicle.assembly.wheels[0],
                      *hull = &car->vehicle.assembly.hull;
        wheel->position.x =
            car->road.middle_x[near] + (float)aann_car_random_uniform(&random, -9.0, 9.0);
        wheel->position.y =
            car->road.middle_y[near] + (float)aann_car_random_uniform(&random, -9.0, 9.0);
        wheel->rotation = aann_car_rotation_of((float)aann_car_random_uniform(&random, -3.0, 3.0));
        hull->position = wheel->position;
        bool start;
        aann_car_road_touch(&car->road, &car->vehicle, &start);
        int32_t exact = 0;
        for (int32_t i = 0; i < car->road.count; i++) {
            exact += aann_car_polygons_touch(&car->road.tiles[i].shape, &car->vehicle.wheel_shape,
                                             wheel->position, wheel->rotation);
        }
        assert_int_equal(car->vehicle.wheels[0].tiles, exact);
        touching += exact > 0;
    }
    assert_in_range(touching, 400, 3900); /* both answers were asked for */
    aann_car_destroy(car);
}

static void cars_do_not_share_anything(void **state)
{
    (void)state;
    aann_car *alone = drive_make_car(), *first = drive_make_car(), *second = drive_make_car();
    aann_car_reset(alone, 4);
    aann_car_reset(first, 4);
    aann_car_reset(second, 5);
    const aann_car_action one = {0.1, 0.6, 0.0}, other = {-0.3, 0.2, 0.1};
    for (int step = 0; step < 100; step++) {
        aann_car_step(first, &one, NULL);
        aann_car_step(second, &other, NULL);
    }
    for (int step = 0; step < 100; step++) {
        aann_car_step(alone, &one, NULL);
    }
    aann_car_state a, b;
    aann_car_state_get(alone, &a);
    aann_car_state_get(first, &b);
    assert_true(a.x == b.x && a.y == b.y && a.angle == b.angle && a.total_reward == b.total_reward);
    aann_car_destroy(alone);
    aann_car_destroy(first);
    aann_car_destroy(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(the_first_reset_needs_a_seed),
        cmocka_unit_test(episodes_are_cut_at_the_step_limit),
        cmocka_unit_test(the_lap_percentage_counts),
        cmocka_unit_test(discrete_actions_are_gymnasiums),
        cmocka_unit_test(random_colours_are_gymnasiums),
        cmocka_unit_test(quick_contacts_are_exact),
        cmocka_unit_test(cars_do_not_share_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
