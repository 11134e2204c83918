/* The expert: finishes its laps, and well. */
#include "aann/car_driver.h"
#include "drive.h"

typedef struct laps {
    double mean, lowest;
    int finished;
} laps;

static laps drive_tracks(const aann_car_expert_options *options, int count)
{
    aann_error error = {0};
    aann_car *car = drive_make_car();
    aann_car_expert *expert;
    if (aann_car_expert_create(options, &expert, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    laps all = {0.0, 1e9, 0};
    for (int track = 0; track < count; track++) {
        aann_car_reset(car, (uint64_t)track);
        aann_car_expert_plan(expert, car);
        aann_car_result result = {0};
        double reward = 0.0;
        while (!result.terminated && !result.truncated) {
            aann_car_action action;
            aann_car_expert_act(expert, car, &action);
            assert_true(action.steer >= -1.0 && action.steer <= 1.0);
            assert_true(action.gas >= 0.0 && action.gas <= 1.0 && action.brake >= 0.0 &&
                        action.brake <= 1.0);
            aann_car_step(car, &action, &result);
            reward += result.reward;
        }
        all.mean += reward / count;
        all.lowest = reward < all.lowest ? reward : all.lowest;
        all.finished += result.lap_finished;
    }
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
    return all;
}

static void the_expert_is_fast(void **state)
{
    (void)state;
    const laps all = drive_tracks(NULL, 100);
    print_message("expert on 100 tracks: mean %.1f, lowest %.1f\n", all.mean, all.lowest);
    assert_int_equal(all.finished, 100);
    assert_true(all.mean >= 930.0);
}

static void the_teacher_is_steady(void **state)
{
    (void)state;
    const aann_car_expert_options options = aann_car_expert_options_teacher();
    const laps all = drive_tracks(&options, 100);
    print_message("teacher on 100 tracks: mean %.1f, lowest %.1f\n", all.mean, all.lowest);
    assert_int_equal(all.finished, 100);
    assert_true(all.mean >= 915.0 && all.lowest >= 890.0);
}

static bool go_on(void *context, const aann_car_frame *frame)
{
    (void)context;
    (void)frame;
    return true;
}

/* The mean reward on tracks 300 to 319, disturbed as strongly as demonstrations can be. */
static double disturbed_reward(aann_car_expert_options expert)
{
    aann_error error = {0};
    aann_car_demonstration_options options = aann_car_demonstration_options_default();
    options.first_track = 300;
    options.every = 1000; /* hardly any pictures */
    options.noise_limit = 0.3;
    options.expert = expert;
    double sum = 0.0;
    enum { EPISODES = 20 };
    for (uint64_t episode = 0; episode < EPISODES; episode++) {
        double reward = 0.0;
        if (aann_car_demonstrate(&options, episode, go_on, NULL, &reward, &error) != AANN_OK) {
            fail_msg("%s", error.message);
        }
        sum += reward / EPISODES;
    }
    return sum;
}

static void the_racer_is_fast_and_recovers(void **state)
{
    (void)state;
    const aann_car_expert_options options = aann_car_expert_options_racer();
    const laps all = drive_tracks(&options, 100);
    const double racer = disturbed_reward(options);
    const double other = disturbed_reward(aann_car_expert_options_default());
    print_message("racer on 100 tracks: mean %.1f, lowest %.1f; disturbed %.1f, the default %.1f\n",
                  all.mean, all.lowest, racer, other);
    assert_int_equal(all.finished, 100);
    assert_true(all.mean >= 930.0);
    assert_true(racer >= 915.0 && racer >= other + 20.0);
}

/* Drives on from the middle of a lap with a new plan; returns whether the lap was finished. */
static bool finishes_after(aann_car *car, aann_car_expert *expert, int steps)
{
    aann_car_reset(car, 3);
    aann_car_expert_plan(expert, car);
    aann_car_result result = {0};
    for (int step = 0; !result.terminated && !result.truncated; step++) {
        aann_car_action action;
        if (step == steps) {
            aann_car_expert_plan(expert, car);
        }
        aann_car_expert_act(expert, car, &action);
        aann_car_step(car, &action, &result);
    }
    return result.lap_finished;
}

static void a_plan_finds_a_car_on_its_lap(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_car *car = drive_make_car();
    aann_car_expert *expert;
    if (aann_car_expert_create(NULL, &expert, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    for (int steps = 50; steps <= 500; steps += 50) {
        assert_true(finishes_after(car, expert, steps));
    }
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
}

static void options_are_checked(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_car_expert *expert;
    aann_car_expert_options options = aann_car_expert_options_default();
    options.braking = 0.0;
    assert_int_equal(aann_car_expert_create(&options, &expert, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "braking"));
    aann_car_expert_destroy(NULL);
}

static void without_a_plan_the_car_rolls(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_car *car = drive_make_car();
    aann_car_expert *expert;
    assert_int_equal(aann_car_expert_create(NULL, &expert, &error), AANN_OK);
    for (int planned = 0; planned < 2; planned++) {
        aann_car_action action = {.steer = 1.0, .gas = 1.0, .brake = 1.0};
        aann_car_expert_act(expert, car, &action);
        assert_true(action.steer == 0.0 && action.gas == 0.0 && action.brake == 0.0);
        aann_car_expert_plan(expert, car); /* the car was never reset: it has no track */
    }
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_expert_is_fast),
                                       cmocka_unit_test(the_teacher_is_steady),
                                       cmocka_unit_test(the_racer_is_fast_and_recovers),
                                       cmocka_unit_test(a_plan_finds_a_car_on_its_lap),
                                       cmocka_unit_test(without_a_plan_the_car_rolls),
                                       cmocka_unit_test(options_are_checked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
