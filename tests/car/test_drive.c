/* Recorded drives of Gymnasium, driven again: every state, reward and tile count of every step must
 * be equal, bit for bit. */
#include "drive.h"

static void check_step(const golden_file *golden, const double *row, const aann_car *car,
                       const aann_car_result *result)
{
    aann_car_state state;
    aann_car_state_get(car, &state);
    const float hull[6] = {state.x,          state.y,          state.angle,
                           state.velocity_x, state.velocity_y, state.angular_velocity};
    for (int i = 0; i < 6; i++) {
        golden_same(golden, "hull", i, (double)(float)row[DRIVE_HULL + i], (double)hull[i]);
    }
    for (int i = 0; i < AANN_CAR_WHEELS; i++) {
        golden_same(golden, "omega", i, row[DRIVE_OMEGA + i], state.wheels[i].omega);
        golden_same(golden, "joint", i, (double)(float)row[DRIVE_JOINT + i],
                    (double)state.wheels[i].joint);
        golden_same(golden, "tiles", i, row[DRIVE_TILES + i], state.wheels[i].tiles);
    }
    golden_same(golden, "reward", 0, row[DRIVE_REWARD], result->reward);
    golden_same(golden, "visited", 0, row[DRIVE_VISITED], state.visited);
    golden_same(golden, "terminated", 0, row[DRIVE_TERMINATED], result->terminated);
}

/* Returns how many steps were compared. */
static int check_drive(const char *name, aann_car_result *last)
{
    aann_car *car = drive_make_car();
    golden_file golden = drive_open(name, car);
    double row[GOLDEN_COLUMNS];
    int steps = 0;
    while (golden_row(&golden, row, GOLDEN_COLUMNS)) {
        const aann_car_action action = drive_action(row);
        aann_car_step(car, &action, last);
        check_step(&golden, row, car, last);
        steps++;
    }
    golden_close(&golden);
    aann_car_destroy(car);
    return steps;
}

static void a_whole_lap(void **state)
{
    (void)state;
    aann_car_result last;
    assert_true(check_drive("lap", &last) > 500);
    assert_true(last.terminated && last.lap_finished);
}

static void steering_in_waves(void **state)
{
    (void)state;
    aann_car_result last;
    assert_int_equal(check_drive("waves", &last), 300);
}

static void a_track_of_two_attempts(void **state)
{
    (void)state;
    aann_car_result last;
    assert_int_equal(check_drive("retry", &last), 150);
}

static void other_actions_every_step(void **state)
{
    (void)state;
    aann_car_result last;
    assert_int_equal(check_drive("rough", &last), 300);
}

static void sliding_at_the_stops_of_the_steering(void **state)
{
    (void)state;
    aann_car_result last;
    assert_int_equal(check_drive("slide", &last), 400);
}

static void resting_starting_and_blocking(void **state)
{
    (void)state;
    aann_car_result last;
    assert_int_equal(check_drive("stop", &last), 330);
}

static void leaving_the_field(void **state)
{
    (void)state;
    aann_car_result last;
    assert_int_equal(check_drive("leave", &last), 600);
    assert_true(last.terminated && !last.lap_finished && last.reward == -100.0);
}

static void a_second_episode_of_the_same_stream(void **state)
{
    (void)state;
    aann_car_result last;
    assert_int_equal(check_drive("again", &last), 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_lap),
        cmocka_unit_test(steering_in_waves),
        cmocka_unit_test(a_track_of_two_attempts),
        cmocka_unit_test(other_actions_every_step),
        cmocka_unit_test(sliding_at_the_stops_of_the_steering),
        cmocka_unit_test(resting_starting_and_blocking),
        cmocka_unit_test(leaving_the_field),
        cmocka_unit_test(a_second_episode_of_the_same_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
