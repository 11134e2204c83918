/* The driver's view, its outputs, and demonstrations.
 *
 * ctest-needs: data */
#include "aann/car_driver.h"

#include <string.h>

#include "aann/data.h"
#include "drive.h"

static void set_pixel(uint8_t *pixels, int row, int column, uint8_t red, uint8_t green,
                      uint8_t blue)
{
    uint8_t *pixel = pixels + ((size_t)row * AANN_CAR_WIDTH + (size_t)column) * AANN_CAR_CHANNELS;
    pixel[0] = red;
    pixel[1] = green;
    pixel[2] = blue;
}

/* Every value of the view, from the words of its documentation. */
static void the_window_is_as_documented(void **state)
{
    (void)state;
    uint8_t pixels[AANN_CAR_PIXELS], view[AANN_CAR_VIEW_VALUES];
    uint32_t mixed = 1;
    for (int i = 0; i < AANN_CAR_PIXELS; i++) {
        mixed = mixed * 1664525u + 1013904223u;
        pixels[i] = (uint8_t)(mixed >> 24);
    }
    aann_car_view(pixels, view);
    for (int row = 0; row < 96; row++) {
        for (int column = 0; column < 96; column++) {
            int wanted = 0;
            const int from_row = row < 71 ? row + 7 : row - 71 + 84, from_column = column + 6;
            if (row < 83 && column < 83) {
                const uint8_t *p = pixels + (from_row * 96 + from_column) * 3;
                const int brightest =
                    p[0] > p[1] ? (p[0] > p[2] ? p[0] : p[2]) : (p[1] > p[2] ? p[1] : p[2]);
                wanted = row < 71           ? (p[1] < 204 ? p[1] : 204) * 125 / 100
                         : from_column < 12 ? 0
                                            : brightest;
            }
            assert_int_equal(view[row * 96 + column], wanted);
        }
    }
}

static void single_pixels_land_where_they_should(void **state)
{
    (void)state;
    static const struct {
        int row, column, place; /* place -1: not seen */
    } cases[] = {{7, 6, 0},
                 {77, 88, 70 * 96 + 82},
                 {84, 12, 71 * 96 + 6},
                 {95, 88, 82 * 96 + 82},
                 {6, 6, -1},
                 {78, 40, -1},
                 {83, 40, -1},
                 {40, 5, -1},
                 {40, 89, -1},
                 {90, 11, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t pixels[AANN_CAR_PIXELS] = {0}, view[AANN_CAR_VIEW_VALUES];
        set_pixel(pixels, cases[i].row, cases[i].column, 255, 255, 255);
        aann_car_view(pixels, view);
        for (int place = 0; place < AANN_CAR_VIEW_VALUES; place++) {
            assert_int_equal(view[place], place == cases[i].place ? 255 : 0);
        }
    }
}

/* What the search sees of a recorded picture is what the driver sees of the road. */
static void the_encoding_is_that_of_the_data(void **state)
{
    (void)state;
    static uint8_t view[AANN_CAR_VIEW_VALUES];
    static const float target[1] = {0.0F};
    for (int i = 0; i < AANN_CAR_VIEW_VALUES; i++) {
        view[i] = (uint8_t)i;
    }
    const aann_npz_array arrays[] = {{"inputs", view, AANN_NPZ_UINT8, 3, {1, 96, 96}},
                                     {"targets", target, AANN_NPZ_FLOAT, 2, {1, 1}}};
    const char path[] = "car_driver_encoding.npz";
    aann_error error = {0};
    aann_dataset *dataset = NULL;
    aann_samples *samples = NULL;
    aann_encoding encoding;
    assert_int_equal(aann_npz_write(path, arrays, 2, &error), AANN_OK);
    assert_int_equal(aann_dataset_load(path, NULL, &dataset, &error), AANN_OK);
    assert_int_equal(aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error),
                     AANN_OK);
    assert_int_equal(encoding.kind, AANN_ENCODING_BYTE);
    assert_int_equal(aann_dataset_encode(dataset, &encoding, 0, 1, &samples, &error), AANN_OK);
    int8_t input[AANN_CAR_VIEW_VALUES];
    aann_car_view_encode(view, input);
    assert_memory_equal(input, samples->inputs, sizeof input);
    assert_int_equal(input[255], 127);
    aann_samples_destroy(samples);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(dataset);
    remove(path);
}

static void outputs_become_actions(void **state)
{
    (void)state;
    const aann_car_outputs outputs = {{0.0, 0.5, 0.1}, {0.4, 0.5, 0.3}, 127};
    aann_car_action action;
    aann_car_steer(&outputs, (const int32_t[]){0, 0, 0}, &action);
    assert_true(action.steer == 0.0 && action.gas == 0.5 && action.brake == 0.1);
    aann_car_steer(&outputs, (const int32_t[]){-5000, 5000, -127}, &action);
    assert_true(action.steer == -0.4 && action.gas == 1.0 && action.brake == 0.0);
    const aann_car_outputs wide = {{0.0, 0.5, 0.1}, {3.0, 2.0, 2.0}, 127};
    aann_car_steer(&wide, (const int32_t[]){127, -127, 127}, &action);
    assert_true(action.steer == 1.0 && action.gas == 0.0 && action.brake == 1.0);
}

/* ---- demonstrations -------------------------------------------------------------------------- */

typedef struct notes {
    int count, most;
    double steer; /* sum of absolute values */
    uint64_t hash;
} notes;

static bool note(void *context, const aann_car_frame *frame)
{
    notes *n = context;
    assert_true(frame->action[0] >= -0.45F && frame->action[0] <= 0.45F);
    assert_true(frame->action[1] >= 0.0F && frame->action[1] <= 1.0F);
    assert_true(frame->action[2] == 0.0F ||
                (frame->action[2] >= 0.02F && frame->action[2] <= 1.0F));
    n->steer += frame->action[0] < 0.0F ? -(double)frame->action[0] : (double)frame->action[0];
    const uint8_t *bytes = (const uint8_t *)frame;
    for (size_t i = 0; i < sizeof *frame; i++) {
        n->hash = (n->hash ^ bytes[i]) * 0x100000001b3;
    }
    return ++n->count < n->most;
}

static notes demonstrate(aann_car_demonstration_options options, uint64_t episode, int most)
{
    notes n = {.most = most};
    double reward = 0.0;
    aann_error error = {0};
    assert_int_equal(aann_car_demonstrate(&options, episode, note, &n, &reward, &error), AANN_OK);
    return n;
}

static void demonstrations_repeat(void **state)
{
    (void)state;
    aann_car_demonstration_options options = aann_car_demonstration_options_default();
    const notes first = demonstrate(options, 0, 60), again = demonstrate(options, 0, 60);
    assert_int_equal(first.count, 60);
    assert_true(first.hash == again.hash);
    assert_true(demonstrate(options, 1, 60).hash != first.hash);
    options.seed = 2;
    assert_true(demonstrate(options, 0, 60).hash != first.hash);
    options.noise_limit = 0.0;
    const notes clean = demonstrate(options, 0, 60);
    assert_true(clean.hash != first.hash);
    options.seed = 3; /* no noise: no seed either */
    assert_true(demonstrate(options, 0, 60).hash == clean.hash);
}

/* Disturbed, the expert steers more: it has more to correct. And it still gets round. */
static void disturbances_are_corrected(void **state)
{
    (void)state;
    aann_car_demonstration_options options = aann_car_demonstration_options_default();
    options.expert = aann_car_expert_options_teacher();
    double quiet = 0.0, disturbed = 0.0;
    for (uint64_t episode = 0; episode < 4; episode++) {
        notes n = {.most = 1000000};
        double reward = 0.0;
        options.noise_limit = 0.0;
        quiet += demonstrate(options, episode, 1000000).steer;
        options.noise_limit = 0.2;
        assert_int_equal(aann_car_demonstrate(&options, episode, note, &n, &reward, NULL), AANN_OK);
        assert_true(reward > 850.0);
        disturbed += n.steer;
    }
    assert_true(disturbed > 1.02 * quiet);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    aann_car_demonstration_options options = aann_car_demonstration_options_default();
    notes n = {.most = 1};
    double reward;
    aann_error error = {0};
    options.every = 0;
    assert_int_equal(aann_car_demonstrate(&options, 0, note, &n, &reward, &error),
                     AANN_ERROR_ARGUMENT);
    options = aann_car_demonstration_options_default();
    options.noise_limit = -1.0;
    assert_int_equal(aann_car_demonstrate(&options, 0, note, &n, &reward, &error),
                     AANN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_is_as_documented),
        cmocka_unit_test(single_pixels_land_where_they_should),
        cmocka_unit_test(the_encoding_is_that_of_the_data),
        cmocka_unit_test(outputs_become_actions),
        cmocka_unit_test(demonstrations_repeat),
        cmocka_unit_test(disturbances_are_corrected),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
