/* Copies and saved cars: they go on to the same bits, and bytes that are no saved car are refused
 * and change nothing. */
#include "car/environment.h"
#include "car/state.h"
#include "drive.h"
#include "support/test.h"

static aann_car *make_car(bool domain_randomize)
{
    aann_error error = {0};
    aann_car_options options = aann_car_options_default();
    options.domain_randomize = domain_randomize;
    options.step_limit = 150;
    aann_car *car = NULL;
    assert_ok(aann_car_create(&options, &car, &error));
    return car;
}

static aann_car_action action_at(int32_t step)
{
    return (aann_car_action){.steer = (step / 30 % 3 - 1) * 0.35,
                             .gas = step % 70 < 50 ? 0.6 : 0.0,
                             .brake = step % 70 < 60 ? 0.0 : 0.95};
}

/* Drives on; three episodes of the stream, for the random numbers count too. */
static void drive_on(aann_car *car, int32_t steps, int32_t start)
{
    for (int32_t step = start; step < start + steps; step++) {
        const aann_car_action action = action_at(step);
        aann_car_result result;
        aann_car_step(car, &action, &result);
        if (result.terminated || result.truncated) {
            assert_int_equal(aann_car_reset_next(car, false, NULL), AANN_OK);
        }
    }
}

/* All that a driver can see or get, and the saved bytes, which hold everything else. */
static void assert_same(aann_car *a, aann_car *b)
{
    static uint8_t pixels[2][AANN_CAR_PIXELS], bytes[2][8192];
    aann_car_state states[2];
    memset(states, 0, sizeof states);
    aann_car_state_get(a, &states[0]);
    aann_car_state_get(b, &states[1]);
    assert_memory_equal(&states[0], &states[1], sizeof states[0]);
    aann_car_render(a, pixels[0]);
    aann_car_render(b, pixels[1]);
    assert_memory_equal(pixels[0], pixels[1], sizeof pixels[0]);
    const size_t size = aann_car_saved_size(a);
    assert_int_equal(aann_car_saved_size(b), size);
    assert_true(size <= sizeof bytes[0]);
    assert_int_equal(aann_car_save(a, bytes[0], size, NULL), AANN_OK);
    assert_int_equal(aann_car_save(b, bytes[1], size, NULL), AANN_OK);
    assert_memory_equal(bytes[0], bytes[1], size);
}

static void saved_into(const aann_car *car, uint8_t *bytes, size_t room, size_t *size)
{
    aann_error error = {0};
    *size = aann_car_saved_size(car);
    assert_true(*size <= room);
    assert_ok(aann_car_save(car, bytes, *size, &error));
}

/* Both from every kind of moment: at once after a reset, sliding, blocked, in the second episode. */
static void a_copy_and_a_restored_car_go_on(void **state)
{
    (void)state;
    static const int32_t moments[] = {0, 1, 37, 64, 149, 150, 222};
    for (size_t m = 0; m < sizeof moments / sizeof *moments; m++) {
        aann_error error = {0};
        uint8_t bytes[8192];
        size_t size;
        aann_car *car = make_car(m % 2 == 1), *copy = make_car(false), *restored = make_car(false);
        aann_car_reset(copy, 99); /* what was there before does not matter */
        aann_car_reset(car, 7 + m);
        drive_on(car, moments[m], 0);
        saved_into(car, bytes, sizeof bytes, &size);
        aann_car_copy(copy, car);
        assert_ok(aann_car_restore(restored, bytes, size, &error));
        assert_same(car, copy);
        assert_same(car, restored);
        drive_on(car, 400, moments[m]);
        drive_on(copy, 400, moments[m]);
        drive_on(restored, 400, moments[m]);
        assert_same(car, copy);
        assert_same(car, restored);
        aann_car_destroy(car);
        aann_car_destroy(copy);
        aann_car_destroy(restored);
    }
}

static void a_copy_leaves_the_original_alone(void **state)
{
    (void)state;
    aann_car *car = make_car(false), *alone = make_car(false), *ahead = make_car(false);
    aann_car_reset(car, 3);
    aann_car_reset(alone, 3);
    for (int32_t step = 0; step < 40; step++) {
        aann_car_copy(ahead, car);
        drive_on(ahead, 200, 1000); /* looks ahead, into the next episode */
        drive_on(car, 1, step);
        drive_on(alone, 1, step);
    }
    aann_car_copy(car, car);
    assert_same(car, alone);
    aann_car_destroy(car);
    aann_car_destroy(alone);
    aann_car_destroy(ahead);
}

/* The drives recorded from Gymnasium, saved and restored at every step. */
static void restored_at_every_step(void **state)
{
    (void)state;
    aann_error error = {0};
    uint8_t bytes[8192];
    size_t size;
    aann_car *cars[2] = {drive_make_car(), drive_make_car()};
    golden_file golden = drive_open("rough", cars[0]);
    double row[GOLDEN_COLUMNS];
    int32_t step = 0;
    for (; golden_row(&golden, row, GOLDEN_COLUMNS); step++) {
        aann_car *car = cars[step % 2];
        const aann_car_action action = drive_action(row);
        aann_car_result result;
        aann_car_state now;
        aann_car_step(car, &action, &result);
        aann_car_state_get(car, &now);
        golden_same(&golden, "x", 0, (double)(float)row[DRIVE_HULL], (double)now.x);
        golden_same(&golden, "y", 0, (double)(float)row[DRIVE_HULL + 1], (double)now.y);
        golden_same(&golden, "reward", 0, row[DRIVE_REWARD], result.reward);
        saved_into(car, bytes, sizeof bytes, &size);
        assert_ok(aann_car_restore(cars[(step + 1) % 2], bytes, size, &error));
    }
    assert_int_equal(step, 300);
    golden_close(&golden);
    aann_car_destroy(cars[0]);
    aann_car_destroy(cars[1]);
}

static void a_car_that_was_never_reset(void **state)
{
    (void)state;
    aann_error error = {0};
    uint8_t bytes[8192];
    size_t size;
    aann_car *car = make_car(true), *other = drive_make_car();
    saved_into(car, bytes, sizeof bytes, &size);
    assert_ok(aann_car_restore(other, bytes, size, &error));
    aann_car_copy(other, car);
    assert_int_equal(aann_car_reset_next(other, false, &error), AANN_ERROR_ARGUMENT);
    aann_car_reset(car, 1); /* the settings came too: other colours, 150 steps */
    aann_car_reset(other, 1);
    drive_on(car, 300, 0);
    drive_on(other, 300, 0);
    assert_same(car, other);
    aann_car_destroy(car);
    aann_car_destroy(other);
}

static void correct_checksum(uint8_t *bytes, size_t size)
{
    const uint64_t sum = aann_car_checksum(bytes + AANN_CAR_SAVED_HEAD, size - AANN_CAR_SAVED_HEAD);
    for (int i = 0; i < 8; i++) {
        bytes[AANN_CAR_SAVED_CHECKSUM + i] = (uint8_t)(sum >> 8 * i);
    }
}

typedef struct bad_bytes {
    uint8_t bytes[8192];
    size_t size;
    aann_car *car, *same; /* with equal state; the car must stay so */
} bad_bytes;

static bad_bytes *bad_start(void)
{
    bad_bytes *bad = calloc(1, sizeof *bad);
    bad->car = make_car(false);
    bad->same = make_car(false);
    aann_car *source = make_car(true);
    aann_car_reset(source, 12);
    drive_on(source, 90, 0);
    saved_into(source, bad->bytes, sizeof bad->bytes, &bad->size);
    aann_car_reset(bad->car, 5);
    aann_car_reset(bad->same, 5);
    aann_car_destroy(source);
    return bad;
}

static void bad_end(bad_bytes *bad)
{
    assert_same(bad->car, bad->same);
    aann_car_destroy(bad->car);
    aann_car_destroy(bad->same);
    free(bad);
}

static void assert_refused(const bad_bytes *bad, size_t size, aann_status status, const char *word)
{
    aann_error error = {0};
    assert_int_equal(aann_car_restore(bad->car, bad->bytes, size, &error), status);
    if (strstr(error.message, word) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, word);
    }
}

static void damaged_bytes_are_refused(void **state)
{
    (void)state;
    bad_bytes *bad = bad_start();
    for (size_t size = 0; size < bad->size; size++) {
        assert_refused(bad, size, AANN_ERROR_FORMAT, "saved car");
    }
    for (size_t i = 0; i < bad->size; i++) {
        bad->bytes[i] ^= 0x10;
        assert_refused(bad, bad->size, i >= 8 && i < 12 ? AANN_ERROR_VERSION : AANN_ERROR_FORMAT,
                       "saved car");
        bad->bytes[i] ^= 0x10;
    }
    aann_error error = {0};
    assert_int_equal(aann_car_save(bad->car, bad->bytes, 100, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "100"));
    bad_end(bad);
}

/* A stranger makes the checksum right. Whatever is still accepted must drive and draw. */
static void changed_bytes_do_no_harm(void **state)
{
    (void)state;
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    bad_bytes *bad = bad_start();
    static uint8_t pixels[AANN_CAR_PIXELS];
    aann_car *victim = make_car(false);
    int32_t accepted = 0, refused = 0;
    for (size_t i = AANN_CAR_SAVED_HEAD; i < bad->size; i++) {
        for (size_t v = 0; v < sizeof values; v++) {
            const uint8_t kept = bad->bytes[i];
            bad->bytes[i] = values[v];
            correct_checksum(bad->bytes, bad->size);
            aann_error error = {0};
            if (aann_car_restore(victim, bad->bytes, bad->size, &error) == AANN_OK) {
                drive_on(victim, 2, 0);
                aann_car_render(victim, pixels);
                accepted++;
            } else {
                assert_int_equal(error.status, AANN_ERROR_FORMAT);
                refused++;
            }
            bad->bytes[i] = kept;
        }
    }
    assert_true(accepted > 100 && refused > 100);
    aann_car_destroy(victim);
    bad_end(bad);
}

/* Where the reward of the picture is saved. */
enum { SHOWN = 175 };

/* Places in the bytes: 24 head, 13 settings, 1 seeded, 37 random numbers, 72 colours, 24 rewards
 * and time, 4 steps, 8 reward of the picture, 1 new lap, then the hull's seven floats. */
static void what_makes_no_sense_is_named(void **state)
{
    (void)state;
    enum { PERCENT = 24, STEP_LIMIT = 32, INCREMENT = 54, COLOUR = 75, HULL_X = 184 };
    static const struct {
        size_t place;
        uint64_t word;
        size_t width;
        const char *name;
    } cases[] = {
        {PERCENT, 0x7ff8000000000000u, 8, "lap_complete_percent"}, /* not a number */
        {PERCENT, 0x4000000000000000u, 8, "lap_complete_percent"}, /* 2.0 */
        {STEP_LIMIT, 0xffffffffu, 4, "step_limit"},
        {STEP_LIMIT + 4, 2, 1, "domain_randomize"},
        {INCREMENT + 8, 2, 1, "random"},
        {COLOUR, 0x40f0000000000000u, 8, "colour"}, /* 65536 */
        {HULL_X, 0x7f800000u, 4, "place"},          /* infinite */
        {HULL_X, 0x42c80000u, 4, "wheel"},          /* 100, far from its wheels */
        {HULL_X + 8, 0x7fc00000u, 4, "angle"},
        {HULL_X + 28 + 8, 0x42c80000u, 4, "wheel"}, /* turned by 100 */
        {SHOWN, 0x7ff8000000000000u, 8, "reward"},  /* not a number */
        {SHOWN, 0x42b6bcc41e900000u, 8, "reward"},  /* 2.5e13 */
    };
    bad_bytes *bad = bad_start();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t kept[8];
        memcpy(kept, bad->bytes + cases[i].place, sizeof kept);
        for (size_t b = 0; b < cases[i].width; b++) {
            bad->bytes[cases[i].place + b] = (uint8_t)(cases[i].word >> 8 * b);
        }
        correct_checksum(bad->bytes, bad->size);
        assert_refused(bad, bad->size, AANN_ERROR_FORMAT, cases[i].name);
        memcpy(bad->bytes + cases[i].place, kept, sizeof kept);
    }
    for (int i = 0; i < 4; i++) { /* one byte more than it takes */
        bad->bytes[12 + i] = (uint8_t)((bad->size + 1 - AANN_CAR_SAVED_HEAD) >> 8 * i);
    }
    correct_checksum(bad->bytes, bad->size + 1);
    assert_refused(bad, bad->size + 1, AANN_ERROR_FORMAT, "behind its end");
    bad_end(bad);
}

/* Version 1 did not save the reward of the picture, eight bytes. */
static void a_car_of_the_first_version_is_restored(void **state)
{
    (void)state;
    bad_bytes *bad = bad_start();
    const size_t size = bad->size - 8, behind = size - AANN_CAR_SAVED_HEAD;
    aann_error error = {0};
    assert_ok(aann_car_restore(bad->same, bad->bytes, bad->size, &error));
    memmove(bad->bytes + SHOWN, bad->bytes + SHOWN + 8, bad->size - SHOWN - 8);
    bad->bytes[8] = 1;
    for (int i = 0; i < 4; i++) {
        bad->bytes[12 + i] = (uint8_t)(behind >> 8 * i);
    }
    correct_checksum(bad->bytes, size);
    assert_ok(aann_car_restore(bad->car, bad->bytes, size, &error));
    assert_refused(bad, size - 1, AANN_ERROR_FORMAT, "saved car");
    drive_on(bad->car, 1, 0);
    drive_on(bad->same, 1, 0);
    bad_end(bad); /* both are equal, to the last bit */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_and_a_restored_car_go_on),
        cmocka_unit_test(a_copy_leaves_the_original_alone),
        cmocka_unit_test(restored_at_every_step),
        cmocka_unit_test(a_car_that_was_never_reset),
        cmocka_unit_test(damaged_bytes_are_refused),
        cmocka_unit_test(changed_bytes_do_no_harm),
        cmocka_unit_test(what_makes_no_sense_is_named),
        cmocka_unit_test(a_car_of_the_first_version_is_restored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
