/* The exact picture: recorded from Gymnasium 1.4.0 with pygame-ce 2.5.8 (record_pictures.py) against
 * the plain way of drawing it. 0 bytes differ outside the score's corner.
 *
 * ctest-timeout: 300 */
#include "aann/cars.h"
#include "car/environment.h"
#include "car/exact_scene.h"
#include "car/exact_tables.h"
#include "drive.h"
#include "support_exact_plain.h"

enum { SCORE_TOP = 84, SCORE_WIDTH = 12, MADE_HOLD = 12, ROW = AANN_CAR_WIDTH * 3 };

/* Reads the next picture; record_pictures.py says how they are written. */
static void read_picture(golden_file *golden, uint8_t *pixels)
{
    static const uint8_t black[3] = {0};
    for (int i = 0; i < AANN_CAR_PIXELS;) {
        const int same = fgetc(golden->file), new = fgetc(golden->file);
        assert_true(same >= 0 && new >= 0 && i + 3 * (same + new) <= AANN_CAR_PIXELS);
        for (const int end = i + 3 * same; i < end; i += 3) {
            memcpy(pixels + i, i < ROW ? black : pixels + i - ROW, 3);
        }
        assert_int_equal(fread(pixels + i, 1, (size_t)(3 * new), golden->file), 3 * new);
        i += 3 * new;
    }
}

/* Fails unless the pictures are equal outside the score's corner. */
static void assert_same_picture(const char *drive, int step, const char *what,
                                const uint8_t *wanted, const uint8_t *found)
{
    int different = 0, first = -1;
    for (int i = 0; i < AANN_CAR_PIXELS; i++) {
        const bool score = i / ROW >= SCORE_TOP && i % ROW < 3 * SCORE_WIDTH;
        if (!score && wanted[i] != found[i]) {
            first = different == 0 ? i : first;
            different++;
        }
    }
    if (different > 0) {
        fail_msg("%s after %d steps, %s: %d bytes differ; the first in row %d, column %d, channel "
                 "%d: %d instead of %d",
                 drive, step, what, different, first / ROW, first % ROW / 3, first % 3,
                 found[first], wanted[first]);
    }
}

/* The numbers of the made drives. */
static int next_number(uint32_t *state, int step)
{
    if (step % MADE_HOLD == 0) {
        *state = (*state * 1103515245u + 12345u) % 2147483648u;
    }
    return (int)(*state >> 8);
}

static aann_car_action made_action(int number, bool discrete)
{
    aann_car_action action = {.steer = (number % 41 - 20) / 64.0,
                              .gas = number / 41 % 33 / 32.0,
                              .brake = number % 7 == 0 ? 0.5 : 0.0};
    if (discrete) {
        assert_int_equal(aann_car_discrete_action(number % 5, &action, NULL), AANN_OK);
    }
    return action;
}

/* A car at the picture of a line of pictures.csv. */
static aann_car *drive_to(const char *drive, uint64_t seed, int step)
{
    aann_car_options options = aann_car_options_default();
    const bool colours = strcmp(drive, "colours") == 0, both = strcmp(drive, "both") == 0,
               discrete = strcmp(drive, "discrete") == 0 || both;
    options.domain_randomize = colours || both;
    aann_car *car;
    assert_int_equal(aann_car_create(&options, &car, NULL), AANN_OK);
    if (seed != 0) {
        aann_car_reset(car, seed);
        uint32_t state = (uint32_t)seed;
        for (int i = 0; i < step; i++) {
            const aann_car_action action = made_action(next_number(&state, i), discrete);
            aann_car_step(car, &action, NULL);
        }
        return car;
    }
    golden_file golden = drive_open(drive, car);
    double row[GOLDEN_COLUMNS];
    for (int i = 0; i < step; i++) {
        assert_true(golden_row(&golden, row, GOLDEN_COLUMNS));
        const aann_car_action action = drive_action(row);
        aann_car_step(car, &action, NULL);
    }
    golden_close(&golden);
    return car;
}

static void pictures_are_gymnasiums(void **state)
{
    (void)state;
    golden_file list = golden_open("pictures.csv"), pictures = golden_open("pictures.bin");
    static uint8_t wanted[AANN_CAR_PIXELS], found[AANN_CAR_PIXELS];
    char line[GOLDEN_LINE_SIZE], drive[64];
    aann_car_exact *exact = aann_car_exact_create(NULL);
    assert_non_null(exact);
    int count = 0;
    while (golden_line(&list, line)) {
        unsigned long seed;
        int step;
        assert_int_equal(sscanf(line, "%63[a-z],%lu,%d", drive, &seed, &step), 3);
        read_picture(&pictures, wanted);
        aann_car *car = drive_to(drive, seed, step);
        plain_exact_render(car, NULL, found);
        assert_same_picture(drive, step, "plain", wanted, found);
        aann_car_exact_render(exact, car, found);
        assert_same_picture(drive, step, "fast", wanted, found);
        aann_car_destroy(car);
        count++;
    }
    assert_int_equal(fgetc(pictures.file), EOF);
    assert_true(count >= 80);
    print_message("%d pictures are Gymnasium's\n", count);
    aann_car_exact_destroy(exact);
    golden_close(&list);
    golden_close(&pictures);
}

/* Characters of a font that nobody has: the repository holds no font's. */
static void make_glyphs(aann_car_glyphs *glyphs)
{
    uint32_t state = 7;
    memset(glyphs, 0, sizeof *glyphs);
    for (int i = 0; i < AANN_CAR_GLYPHS; i++) {
        glyphs->advance[i] = i < AANN_CAR_GLYPHS - 1 ? AANN_CAR_GLYPH_COLUMNS : 13;
        for (int k = 0; k < AANN_CAR_GLYPHS; k++) {
            glyphs->kerning[i][k] = next_number(&state, 0) % 301 - 200;
        }
        for (int y = 3; y < AANN_CAR_GLYPH_ROWS - 9; y++) {
            for (int x = 0; x < glyphs->advance[i]; x++) {
                glyphs->pixels[i][y][x] = (uint8_t)(next_number(&state, 0) % 256);
            }
        }
    }
}

/* Any reward is written as the plain way writes it, up to the width that is said to be drawn. */
static void scores_are_drawn_alike(void **state)
{
    (void)state;
    static const double rewards[] = {0.0,   -0.0,  0.5,  1.5,     2.5,      -0.4,    -0.5,   -0.6,
                                     -1.5,  9.5,   99.5, -99.5,   999.4999, 999.5,   934.6,  -9.4,
                                     -99.4, 9999., 1e4,  99999.4, -999.4,   -9999.4, -99999, 12.3};
    static uint8_t wanted[AANN_CAR_PIXELS], found[AANN_CAR_PIXELS];
    static aann_car_glyphs glyphs;
    make_glyphs(&glyphs);
    aann_car_exact *exact = aann_car_exact_create(&glyphs);
    assert_non_null(exact);
    aann_car *car = drive_make_car();
    aann_car_reset(car, 3);
    int shown = 0;
    for (size_t i = 0; i < sizeof rewards / sizeof *rewards; i++) {
        car->shown_reward = rewards[i];
        plain_exact_render(car, &glyphs, wanted);
        aann_car_exact_render(exact, car, found);
        assert_memory_equal(wanted, found, sizeof wanted);
        plain_exact_render(car, NULL, found);
        shown += memcmp(wanted, found, sizeof wanted) != 0;
    }
    for (int i = 0; i < 2; i++) { /* what does not fit is cut */
        car->shown_reward = i == 0 ? 1e12 : -1e12;
        aann_car_exact_render(exact, car, found);
    }
    assert_int_equal(shown, sizeof rewards / sizeof *rewards);
    aann_car_destroy(car);
    aann_car_exact_destroy(exact);
}

/* The reward is the one before the step's -0.1, also in cars that are copied or saved. */
static void the_score_is_of_the_picture(void **state)
{
    (void)state;
    static uint8_t pictures[4][AANN_CAR_PIXELS], bytes[8192];
    static aann_car_glyphs glyphs;
    make_glyphs(&glyphs);
    aann_car_options options = aann_car_options_default();
    options.picture = AANN_CAR_PICTURE_EXACT;
    options.glyphs = &glyphs;
    aann_car *cars[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(aann_car_create(&options, &cars[i], NULL), AANN_OK);
    }
    aann_car_reset(cars[0], 11);
    assert_true(cars[0]->shown_reward == cars[0]->total_reward);
    const aann_car_action stay = {0};
    double before = 0.0;
    for (int i = 0; i < 25; i++) {
        before = cars[0]->total_reward;
        aann_car_step(cars[0], &stay, NULL);
    }
    assert_true(cars[0]->shown_reward == before); /* no tile was met */
    aann_car_copy(cars[1], cars[0]);
    const size_t size = aann_car_saved_size(cars[0]);
    assert_int_equal(aann_car_save(cars[0], bytes, size, NULL), AANN_OK);
    assert_int_equal(aann_car_restore(cars[2], bytes, size, NULL), AANN_OK);
    for (int i = 0; i < 3; i++) {
        aann_car_render(cars[i], pictures[i]);
    }
    plain_exact_render(cars[0], &glyphs, pictures[3]);
    for (int i = 0; i < 3; i++) {
        assert_memory_equal(pictures[i], pictures[3], sizeof pictures[3]);
        aann_car_destroy(cars[i]);
    }
}

static void bad_glyphs_are_refused(void **state)
{
    (void)state;
    static aann_car_glyphs glyphs;
    aann_car_options options = aann_car_options_default();
    options.glyphs = &glyphs;
    aann_error error = {0};
    aann_car *car;
    make_glyphs(&glyphs);
    glyphs.advance[3] = AANN_CAR_GLYPH_COLUMNS + 1;
    assert_int_equal(aann_car_create(&options, &car, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "advance of glyph 3 is 24"));
    make_glyphs(&glyphs);
    glyphs.kerning[10][1] = INT32_MIN;
    assert_int_equal(aann_car_create(&options, &car, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "kerning of glyphs 10 and 1"));
}

/* In many cars on several threads, whose glyphs the caller may change afterwards. */
static void many_cars_draw_the_score(void **state)
{
    (void)state;
    enum { CARS = 5 };
    static uint8_t wanted[AANN_CAR_PIXELS], found[CARS][AANN_CAR_PIXELS];
    static aann_car_glyphs glyphs;
    make_glyphs(&glyphs);
    aann_cars_options options = aann_cars_options_default();
    options.car.picture = AANN_CAR_PICTURE_EXACT;
    options.car.glyphs = &glyphs;
    options.threads = 3;
    aann_cars *cars;
    assert_int_equal(aann_cars_create(CARS, &options, &cars, NULL), AANN_OK);
    memset(&glyphs, 0xff, sizeof glyphs);
    const uint64_t seeds[CARS] = {1, 2, 3, 4, 5};
    static const float actions[CARS][3] = {
        {0, 1, 0}, {0, 0.5f, 0}, {0}, {0, 0.1f, 0}, {0.3f, 1, 0}};
    aann_cars_results results = {.pixels = found[0]};
    assert_int_equal(aann_cars_reset(cars, NULL, seeds, false, NULL, NULL), AANN_OK);
    make_glyphs(&glyphs);
    for (int step = 0; step < 60; step++) {
        assert_int_equal(aann_cars_step(cars, actions[0], &results, NULL), AANN_OK);
        for (int i = 0; i < CARS && step % 6 == 0; i++) {
            plain_exact_render(aann_cars_car(cars, i), &glyphs, wanted);
            assert_memory_equal(wanted, found[i], sizeof wanted);
        }
    }
    aann_cars_destroy(cars);
}

/* Whatever a car does, every kernel draws what the plain way does. */
static void kernels_draw_the_same(void **state)
{
    (void)state;
    static uint8_t wanted[AANN_CAR_PIXELS], found[AANN_CAR_PIXELS];
    static aann_car_glyphs glyphs;
    make_glyphs(&glyphs);
    aann_car_exact *exact = aann_car_exact_create(&glyphs);
    assert_non_null(exact);
    int pictures = 0;
    for (uint64_t seed = 40; seed < 52; seed++) {
        aann_car_options options = aann_car_options_default();
        options.domain_randomize = seed % 3 == 0;
        aann_car *car;
        assert_int_equal(aann_car_create(&options, &car, NULL), AANN_OK);
        aann_car_reset(car, seed);
        uint32_t numbers = (uint32_t)seed;
        for (int step = 0; step < 300; step++) {
            if (step % (step < 50 ? 7 : 23) == 0) {
                plain_exact_render(car, &glyphs, wanted);
                for (int k = 0; aann_car_exact_painter_at(k) != NULL; k++) {
                    exact->painter = aann_car_exact_painter_at(k);
                    aann_car_exact_render(exact, car, found);
                    assert_same_picture("made", step, "a kernel", wanted, found);
                    assert_memory_equal(wanted, found, sizeof wanted); /* the score, too */
                    pictures++;
                }
            }
            const aann_car_action action = made_action(next_number(&numbers, step), seed % 4 == 0);
            aann_car_step(car, &action, NULL);
        }
        aann_car_destroy(car);
    }
    assert_true(pictures >= 200);
    print_message("%d pictures of all kernels\n", pictures);
    aann_car_exact_destroy(exact);
}

/* What becomes of a line of equal values. */
static uint32_t shrink_line(uint32_t value, const aann_car_share *share, uint32_t factor)
{
    const uint32_t sum = ((4 * value * share->first_share) >> 16) +
                         ((4 * value * share->last_share) >> 16) +
                         value * (uint32_t)(share->last - share->first - 1);
    return (sum * factor) >> 16;
}

/* Shrinking makes the same of a paint in all cells: 2 less, but no less than 0. The kernel need not
 * know more of cells that one paint covers. */
static void paints_shrink_alike(void **state)
{
    (void)state;
    aann_car_exact *exact = aann_car_exact_create(NULL);
    assert_non_null(exact);
    for (uint32_t value = 0; value < 256; value++) {
        const uint32_t wanted = value > 2 ? value - 2 : 0;
        for (int cell = 0; cell < AANN_CAR_WIDTH; cell++) {
            const uint32_t across = shrink_line(value, &exact->columns[cell], exact->column_factor);
            for (int row = 0; row < AANN_CAR_HEIGHT; row++) {
                assert_int_equal(shrink_line(across, &exact->rows[row], exact->row_factor), wanted);
            }
        }
    }
    aann_car_exact_destroy(exact);
}

/* The option chooses, on its own and in many cars; a copy keeps its kind. */
static void the_option_chooses(void **state)
{
    (void)state;
    static uint8_t near[AANN_CAR_PIXELS], exact[AANN_CAR_PIXELS], many[2 * AANN_CAR_PIXELS];
    aann_cars_options options = aann_cars_options_default();
    options.car.picture = AANN_CAR_PICTURE_EXACT;
    aann_car *one = drive_make_car(), *other;
    aann_cars *cars;
    assert_int_equal(aann_car_create(&options.car, &other, NULL), AANN_OK);
    assert_int_equal(aann_cars_create(2, &options, &cars, NULL), AANN_OK);
    aann_car_reset(one, 8);
    aann_car_copy(other, one);
    aann_car_render(one, near);
    aann_car_render(other, exact);
    assert_memory_not_equal(near, exact, sizeof near);
    plain_exact_render(one, NULL, near);
    assert_same_picture("copy", 0, "exact", near, exact);
    assert_int_equal(aann_cars_reset(cars, NULL, (uint64_t[]){8, 8}, false, many, NULL), AANN_OK);
    assert_memory_equal(many, exact, sizeof exact);
    assert_memory_equal(many + AANN_CAR_PIXELS, exact, sizeof exact);
    aann_cars_destroy(cars);
    aann_car_destroy(one);
    aann_car_destroy(other);
    aann_error error = {0};
    options.car.picture = (aann_car_picture)2;
    assert_int_equal(aann_car_create(&options.car, &one, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "picture is 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_gymnasiums),  cmocka_unit_test(kernels_draw_the_same),
        cmocka_unit_test(scores_are_drawn_alike),   cmocka_unit_test(the_score_is_of_the_picture),
        cmocka_unit_test(many_cars_draw_the_score), cmocka_unit_test(bad_glyphs_are_refused),
        cmocka_unit_test(paints_shrink_alike),      cmocka_unit_test(the_option_chooses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
