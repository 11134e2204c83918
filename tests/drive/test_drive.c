/* Networks at the wheel: the same laps whoever shares the work; ensembles; corrections.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include <math.h>

#include "drive/support_driver.h"
#include "support/test.h"

static void same_laps(void **state)
{
    (void)state;
    aann_error error;
    aann_network *network = small_driver(9);
    const aann_network *const networks[] = {network};
    const aann_driver driver = {.networks = networks, .count = 1, .outputs = small_outputs()};
    aann_lap one[5], many[5], single;
    assert_ok(aann_drive_tracks(&driver, 40, 5, 3, plainest_instruction_set(), many, &error));
    if (under_thread_sanitizer) {
        aann_network_destroy(network);
        return;
    }
    assert_ok(aann_drive_tracks(&driver, 40, 5, 1, NULL, one, &error));
    assert_ok(aann_drive_tracks(&driver, 42, 1, 1, NULL, &single, &error));
    for (int32_t i = 0; i < 5; i++) {
        assert_true(one[i].reward == many[i].reward);
        assert_int_equal(one[i].steps, many[i].steps);
        assert_true(one[i].steps > 0 && one[i].steps <= 1000);
    }
    assert_true(one[2].reward == single.reward);
    aann_network_destroy(network);
}

/* What the pilot does for several networks, from the logits of the reference evaluation. */
static void average(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    enum { COUNT = 3, INPUTS = 5 };
    aann_error error;
    aann_network *networks[COUNT];
    const aann_network *crew[COUNT];
    const aann_car_outputs outputs = small_outputs();
    for (uint64_t i = 0; i < COUNT; i++) {
        networks[i] = small_driver(10 + i);
        crew[i] = networks[i];
    }
    int8_t *inputs = malloc((size_t)INPUTS * AANN_CAR_VIEW_VALUES);
    for (int32_t i = 0; i < INPUTS * AANN_CAR_VIEW_VALUES; i++) {
        inputs[i] = (int8_t)((i * 73 + i / 96 * 31) % 128);
    }
    const aann_driver driver = {.networks = crew, .count = COUNT, .outputs = outputs};
    aann_pilot *pilot;
    aann_car_action actions[INPUTS];
    assert_ok(aann_pilot_create(&driver, NULL, &pilot, &error));
    assert_ok(aann_pilot_act(pilot, inputs, INPUTS, actions, &error));
    for (int32_t i = 0; i < INPUTS; i++) {
        double sum[AANN_CAR_OUTPUTS] = {0.0};
        for (int32_t n = 0; n < COUNT; n++) {
            int32_t logits[AANN_CAR_OUTPUTS];
            assert_ok(aann_network_reference_logits(
                networks[n], inputs + (size_t)i * AANN_CAR_VIEW_VALUES, logits, &error));
            for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
                sum[o] +=
                    outputs.mean[o] +
                    outputs.scale[o] * fmax(-1.0, fmin(1.0, (double)logits[o] / outputs.full));
            }
        }
        assert_true(fabs(actions[i].steer - fmax(-1.0, fmin(1.0, sum[0] / COUNT))) < 1e-12);
        assert_true(fabs(actions[i].gas - fmax(0.0, fmin(1.0, sum[1] / COUNT))) < 1e-12);
        assert_true(fabs(actions[i].brake - fmax(0.0, fmin(1.0, sum[2] / COUNT))) < 1e-12);
    }
    aann_pilot_destroy(pilot);
    free(inputs);
    for (int32_t i = 0; i < COUNT; i++) {
        aann_network_destroy(networks[i]);
    }
}

/* What is taken of the corrections. */
typedef struct taken {
    int64_t count, limit;
    double sum;
} taken;

static bool take(void *context, const aann_car_frame *frame)
{
    taken *t = context;
    t->count++;
    t->sum += (double)frame->action[0] * (double)t->count + (double)frame->view[40 * 96 + 40];
    assert_true(fabsf(frame->action[0]) <= 0.4501F);
    assert_true(frame->action[1] >= 0.0F && frame->action[1] <= 1.0F);
    assert_true(frame->action[2] == 0.0F || frame->action[2] >= 0.0199F);
    return t->count < t->limit;
}

static void corrections(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_network *network = small_driver(8);
    const aann_network *const networks[] = {network};
    const aann_driver driver = {.networks = networks, .count = 1, .outputs = small_outputs()};
    aann_car_demonstration_options options = aann_car_demonstration_options_default();
    options.first_track = 60;
    options.every = 10;
    taken first = {.limit = INT64_MAX}, again = {.limit = INT64_MAX}, few = {.limit = 7};
    double reward, reward_again;
    assert_ok(aann_drive_correct(&driver, &options, 2, NULL, take, NULL, &first, &reward, &error));
    assert_ok(
        aann_drive_correct(&driver, &options, 2, NULL, take, NULL, &again, &reward_again, &error));
    assert_true(first.count > 5 && first.count <= 200);
    assert_int_equal(first.count, again.count);
    assert_true(first.sum == again.sum && reward == reward_again);
    aann_lap laps[2];
    assert_ok(aann_drive_tracks(&driver, 60, 2, 1, NULL, laps, &error));
    assert_true(fabs(reward - (laps[0].reward + laps[1].reward) / 2.0) < 1e-9);
    assert_ok(aann_drive_correct(&driver, &options, 2, NULL, take, NULL, &few, &reward, &error));
    assert_int_equal(few.count, 7);
    options.every = 0;
    assert_int_equal(
        aann_drive_correct(&driver, &options, 2, NULL, take, NULL, &few, &reward, &error),
        AANN_ERROR_ARGUMENT);
    aann_network_destroy(network);
}

/* A driver that loses every lap: its lost laps are all laps. (One that finishes laps is in
 * tests/cli/test_driving.py.) */
static void lost_laps(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_network *network = small_driver(8);
    const aann_network *const networks[] = {network};
    const aann_driver driver = {.networks = networks, .count = 1, .outputs = small_outputs()};
    aann_car_demonstration_options options = aann_car_demonstration_options_default();
    options.first_track = 60;
    options.every = 10;
    taken all = {.limit = INT64_MAX}, lost = {.limit = INT64_MAX};
    double reward, again;
    assert_ok(aann_drive_correct(&driver, &options, 2, NULL, take, NULL, &all, &reward, &error));
    assert_ok(
        aann_drive_correct_lost(&driver, &options, 2, NULL, take, NULL, &lost, &again, &error));
    assert_int_equal(lost.count, all.count);
    assert_true(lost.sum == all.sum && again == reward);
    assert_int_equal(
        aann_drive_correct_lost(&driver, &options, 0, NULL, take, NULL, &lost, &again, &error),
        AANN_ERROR_ARGUMENT);
    aann_network_destroy(network);
}

static void no_drivers(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_lap lap;
    aann_spec spec;
    static const char *const texts[] = {"2C9vs8-MP2-4", "3"};
    const aann_shape shapes[] = {{1, 96, 96}, {1, 8, 8}};
    for (int32_t i = 0; i < 2; i++) {
        aann_network *network;
        assert_ok(aann_spec_parse(texts[i], shapes[i], &spec, &error));
        assert_ok(aann_network_create(&spec, &network, &error));
        const aann_network *const networks[] = {network};
        const aann_driver driver = {.networks = networks, .count = 1, .outputs = small_outputs()};
        assert_int_equal(aann_drive_tracks(&driver, 0, 1, 1, NULL, &lap, &error),
                         AANN_ERROR_ARGUMENT);
        aann_network_destroy(network);
    }
    const aann_driver nobody = {.outputs = small_outputs()};
    assert_int_equal(aann_drive_tracks(&nobody, 0, 1, 1, NULL, &lap, &error), AANN_ERROR_ARGUMENT);
}

static void numbers_out_of_range(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error = {0};
    aann_network *network = small_driver(3);
    const aann_network *const networks[] = {network};
    const aann_driver driver = {.networks = networks, .count = 1, .outputs = small_outputs()};
    static int8_t inputs[(AANN_DRIVE_LANES + 1) * AANN_CAR_VIEW_VALUES];
    aann_car_action actions[AANN_DRIVE_LANES + 1];
    aann_lap lap = {0};
    aann_pilot *pilot;
    assert_ok(aann_pilot_create(&driver, NULL, &pilot, &error));
    assert_ok(aann_pilot_act(pilot, inputs, AANN_DRIVE_LANES, actions, &error));
    static const int32_t counts[] = {0, -1, AANN_DRIVE_LANES + 1};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        assert_int_equal(aann_pilot_act(pilot, inputs, counts[i], actions, &error),
                         AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "expected 1 to 64"));
    }
    aann_pilot_destroy(pilot);
    static const struct {
        int64_t tracks;
        int32_t threads;
    } bad[] = {{0, 1}, {-3, 1}, {1, 0}, {1, -1}, {1, 1025}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(
            aann_drive_tracks(&driver, 0, bad[i].tracks, bad[i].threads, NULL, &lap, &error),
            AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "threads"));
    }
    const aann_car_demonstration_options options = aann_car_demonstration_options_default();
    taken none = {.limit = INT64_MAX};
    double reward;
    assert_int_equal(
        aann_drive_correct(&driver, &options, 0, NULL, take, NULL, &none, &reward, &error),
        AANN_ERROR_ARGUMENT);
    aann_network_destroy(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_laps),   cmocka_unit_test(average),
        cmocka_unit_test(corrections), cmocka_unit_test(lost_laps),
        cmocka_unit_test(no_drivers),  cmocka_unit_test(numbers_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
