/* The search for reward: one result whatever the threads and the interruptions, and what it says of
 * the reward is true.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include <math.h>

#include "drive/support_driver.h"
#include "support/test.h"

enum { TRACKS = 3, FIRST = 300 };

/* Under the thread sanitizer a search takes a minute, under an emulator ten; what they look for is
 * there with three threads. */
#if defined(__SANITIZE_THREAD__) || defined(AANN_EMULATED)
static const bool thorough = false;
#else
static const bool thorough = true;
#endif

static aann_search_options reward_options(void)
{
    aann_search_options options = aann_search_options_default();
    options.steps = thorough ? 14 : 6;
    options.temperature = 0.0;
    options.reward_tracks = TRACKS;
    options.reward_first_track = FIRST;
    options.first_check = 1;
    options.first_samples = 2;
    options.growth = 0.5;
    options.arrange_interval = 5;
    return options;
}

/* Runs to the end, stopping and going on from the saved state after every `pieces` questions (0:
 * never). */
static uint64_t run(const aann_search_options *options, int32_t pieces,
                    aann_search_progress *progress)
{
    aann_error error;
    const aann_car_outputs outputs = small_outputs();
    aann_network *start = small_driver(9); /* a random one that gets some way */
    const aann_spec spec = *aann_network_spec(start);
    aann_search *search;
    assert_ok(aann_reward_search_create(&spec, &outputs, options, 0, start, &search, &error));
    for (;;) {
        int32_t left = pieces;
        const aann_status status =
            aann_search_run(search, options->steps, pieces > 0 ? countdown : NULL, &left, &error);
        aann_search_progress_get(search, progress);
        assert_int_equal(status, progress->step < options->steps ? AANN_INTERRUPTED : AANN_OK);
        if (progress->step == options->steps) {
            break;
        }
        void *state;
        size_t size;
        aann_network *network;
        assert_ok(aann_search_save(search, &state, &size, &error));
        assert_ok(aann_network_copy(aann_search_network(search), &network, &error));
        aann_search_destroy(search);
        assert_ok(aann_reward_search_resume(&spec, &outputs, options, 0,
                                            &(aann_search_saved){network, state, size}, &search,
                                            &error));
        aann_network_destroy(network);
        free(state);
    }
    /* The loss is that of these laps. */
    const aann_network *const networks[] = {aann_search_network(search)};
    const aann_driver driver = {.networks = networks, .count = 1, .outputs = outputs};
    aann_lap laps[TRACKS];
    assert_ok(aann_drive_tracks(&driver, FIRST, TRACKS, 1, NULL, laps, &error));
    double loss = 0.0;
    for (int32_t i = 0; i < TRACKS; i++) {
        loss += (1000.0 - laps[i].reward) / 1000.0 / TRACKS;
    }
    assert_int_equal(progress->samples, TRACKS);
    assert_true(fabs(progress->train_loss - loss) < 2e-6);
    for (int32_t i = 0; i < spec.layer_count; i++) {
        const aann_counts now = aann_network_counts(networks[0], i),
                          promised = aann_spec_counts(&spec, i);
        assert_memory_equal(&now, &promised, sizeof now);
    }
    const uint64_t hash = aann_network_hash(networks[0]);
    aann_search_destroy(search);
    aann_network_destroy(start);
    return hash;
}

static void same_result(void **state)
{
    (void)state;
    aann_search_options options = reward_options();
    aann_search_progress progress, other;
    options.threads = under_thread_sanitizer ? 3 : 1;
    const uint64_t hash = run(&options, 0, &progress);
    print_message("accepted %llu of %llu, loss %.4f, %llu drives\n",
                  (unsigned long long)progress.accepted, (unsigned long long)progress.step,
                  progress.train_loss, (unsigned long long)progress.evaluated_samples);
    assert_true(progress.accepted > 0 && progress.accepted < progress.step);
    for (int32_t threads = thorough ? 2 : 3; threads <= 3 && !under_thread_sanitizer; threads++) {
        options.threads = threads;
        assert_int_equal(run(&options, 0, &other), hash);
        assert_int_equal(other.accepted, progress.accepted);
        assert_int_equal(other.evaluated_samples, progress.evaluated_samples);
    }
    if (thorough) {
        assert_int_equal(run(&options, 2, &other), hash);
        assert_int_equal(other.evaluated_samples, progress.evaluated_samples);
    }
}

/* What the network has gained on a track after some steps, without the library's fleet. */
static double reward_after(const aann_network *network, uint64_t track, int32_t steps)
{
    static uint8_t pixels[AANN_CAR_PIXELS], view[AANN_CAR_VIEW_VALUES];
    static int8_t input[AANN_CAR_VIEW_VALUES];
    aann_error error;
    const aann_driver driver = {.networks = &network, .count = 1, .outputs = small_outputs()};
    const aann_car_options options = aann_car_options_default();
    aann_pilot *pilot;
    aann_car *car;
    assert_ok(aann_pilot_create(&driver, NULL, &pilot, &error));
    assert_ok(aann_car_create(&options, &car, &error));
    aann_car_reset(car, track);
    double reward = 0.0;
    aann_car_result result = {0};
    for (int32_t i = 0; i < steps && !result.terminated; i++) {
        aann_car_action action;
        aann_car_render(car, pixels);
        aann_car_view(pixels, view);
        aann_car_view_encode(view, input);
        assert_ok(aann_pilot_act(pilot, input, 1, &action, &error));
        aann_car_step(car, &action, &result);
        reward += result.reward;
    }
    aann_car_destroy(car);
    aann_pilot_destroy(pilot);
    return reward;
}

/* A search of drives that end early minimises what is lost by then, and not by the end. */
static void short_drives(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    enum { STEPS = 60 };
    aann_error error;
    const aann_car_outputs outputs = small_outputs();
    aann_network *start = small_driver(9);
    aann_search_options options = reward_options();
    options.reward_steps = STEPS;
    options.steps = 10;
    aann_search *search;
    aann_search_progress progress;
    assert_ok(aann_reward_search_create(aann_network_spec(start), &outputs, &options, 0, start,
                                        &search, &error));
    assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
    aann_search_progress_get(search, &progress);
    double loss = 0.0, whole = 0.0;
    for (int32_t i = 0; i < TRACKS; i++) {
        const aann_network *found = aann_search_network(search);
        loss += (1000.0 - reward_after(found, FIRST + (uint64_t)i, STEPS)) / 1000.0 / TRACKS;
        whole += (1000.0 - reward_after(found, FIRST + (uint64_t)i, 1000)) / 1000.0 / TRACKS;
    }
    assert_true(fabs(progress.train_loss - loss) < 2e-6);
    assert_true(fabs(whole - loss) > 1e-3);
    aann_search_destroy(search);
    aann_network_destroy(start);
}

static void bad_input(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    const aann_car_outputs outputs = small_outputs();
    aann_network *start = small_driver(9); /* a random one that gets some way */
    const aann_spec *spec = aann_network_spec(start);
    aann_search_options options = reward_options();
    aann_search *search;
    options.reward_tracks = 0;
    assert_int_equal(aann_reward_search_create(spec, &outputs, &options, 0, start, &search, &error),
                     AANN_ERROR_ARGUMENT);
    options.reward_tracks = -1;
    assert_int_equal(aann_reward_search_create(spec, &outputs, &options, 0, start, &search, &error),
                     AANN_ERROR_ARGUMENT);
    options = reward_options();
    options.reward_steps = 1001;
    assert_int_equal(aann_reward_search_create(spec, &outputs, &options, 0, start, &search, &error),
                     AANN_ERROR_ARGUMENT);
    options = reward_options();
    assert_int_equal(aann_reward_search_resume(spec, &outputs, &options, 0,
                                               &(aann_search_saved){start, "nonsense", 8}, &search,
                                               &error),
                     AANN_ERROR_FORMAT);
    aann_network_destroy(start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_result),
        cmocka_unit_test(short_drives),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
