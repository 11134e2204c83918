/* Copies of training samples: what stays, what moves and by how much, and that a copy is the same
 * everywhere. */
#include <math.h>

#include "core/hash64.h"
#include "data/data_test.h"
#include "support/writable.h"

static aann_samples make(aann_shape shape, int64_t count)
{
    aann_samples samples = {.shape = shape, .count = count};
    samples.inputs = calloc((size_t)count, (size_t)aann_shape_size(shape));
    assert_non_null(samples.inputs);
    return samples;
}

static aann_samples *augment(const aann_samples *samples, aann_augmentation wanted, uint64_t seed,
                             uint64_t member)
{
    aann_error error = {0};
    aann_samples *all = NULL;
    if (aann_samples_augment(samples, &wanted, seed, member, &all, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(all->count, samples->count * wanted.copies);
    return all;
}

static void fill(aann_samples *samples)
{
    const int64_t size = aann_shape_size(samples->shape) * samples->count;
    for (int64_t i = 0; i < size; i++) {
        ((int8_t *)writable(samples->inputs))[i] = (int8_t)(i * 37 % 255 - 127);
    }
}

/* Neither moved nor warped, a copy is the sample; answers are repeated; the caller's samples are
 * left alone. */
static void copies_of_nothing_are_equal(void **state)
{
    (void)state;
    aann_samples samples = make((aann_shape){2, 5, 7}, 3);
    fill(&samples);
    int32_t labels[] = {2, 0, 1};
    float targets[] = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
    samples.labels = labels;
    samples.class_count = 3;
    samples.targets = targets;
    samples.target_count = 2;
    aann_samples *all = augment(&samples, (aann_augmentation){4, 0.0, 0.0}, 1, 0);
    assert_int_equal(all->class_count, 3);
    for (size_t copy = 0; copy < 4; copy++) {
        assert_memory_equal(all->inputs + copy * 210, samples.inputs, 210);
        assert_memory_equal(all->labels + copy * 3, labels, sizeof labels);
        assert_memory_equal(all->targets + copy * 6, targets, sizeof targets);
    }
    aann_samples_destroy(all);
    free(writable(samples.inputs));
}

/* A ramp stays a ramp where it is inside: its slopes and its value in the middle give the map back,
 * which must be within bounds, fill them, and have no direction. */
static void ramps_show_the_map(void **state)
{
    (void)state;
    enum { SIZE = 21, COPIES = 400, MIDDLE = 10 };
    static const double shift = 2.0;
    static const double warp = 0.1;
    aann_samples samples = make((aann_shape){1, SIZE, SIZE}, 1);
    for (int32_t axis = 0; axis < 2; axis++) {
        for (int32_t i = 0; i < SIZE * SIZE; i++) {
            ((int8_t *)writable(samples.inputs))[i] =
                (int8_t)(12 * ((axis == 0 ? i / SIZE : i % SIZE) - MIDDLE));
        }
        aann_samples *all = augment(&samples, (aann_augmentation){COPIES, shift, warp}, 7, 3);
        double least[3] = {9, 9, 9}, most[3] = {-9, -9, -9}, sum[3] = {0, 0, 0};
        for (int32_t copy = 1; copy < COPIES; copy++) {
            const int8_t *picture = all->inputs + (size_t)copy * SIZE * SIZE;
            const double middle = picture[MIDDLE * SIZE + MIDDLE];
            const double found[3] = {
                (picture[(MIDDLE + 5) * SIZE + MIDDLE] - picture[(MIDDLE - 5) * SIZE + MIDDLE]) /
                    120.0,
                (picture[MIDDLE * SIZE + MIDDLE + 5] - picture[MIDDLE * SIZE + MIDDLE - 5]) / 120.0,
                middle / 12.0};
            for (int32_t row = -5; row <= 5; row++) {
                for (int32_t column = -5; column <= 5; column++) {
                    const double expected = middle + 12.0 * (found[0] * row + found[1] * column);
                    assert_true(fabs(picture[(MIDDLE + row) * SIZE + MIDDLE + column] - expected) <=
                                2.0);
                }
            }
            for (int32_t i = 0; i < 3; i++) {
                least[i] = found[i] < least[i] ? found[i] : least[i];
                most[i] = found[i] > most[i] ? found[i] : most[i];
                sum[i] += found[i];
            }
        }
        const double rounding = 0.05;
        const double centres[3] = {axis == 0 ? 1.0 : 0.0, axis == 0 ? 0.0 : 1.0, 0.0};
        const double bounds[3] = {warp, warp, shift};
        for (int32_t i = 0; i < 3; i++) {
            assert_true(most[i] <= centres[i] + bounds[i] + rounding &&
                        most[i] > centres[i] + 0.9 * bounds[i]);
            assert_true(least[i] >= centres[i] - bounds[i] - rounding &&
                        least[i] < centres[i] - 0.9 * bounds[i]);
            /* The mean of 399 uniform numbers: five standard errors. */
            assert_true(fabs(sum[i] / (COPIES - 1) - centres[i]) <
                        5.0 * bounds[i] / sqrt(3.0 * (COPIES - 1)));
        }
        aann_samples_destroy(all);
    }
    free(writable(samples.inputs));
}

/* Outside a sample there is 0, and half-way to it half of the value. */
static void outside_is_zero(void **state)
{
    (void)state;
    aann_samples samples = make((aann_shape){1, 4, 4}, 1);
    memset(writable(samples.inputs), 100, 16);
    aann_samples *all = augment(&samples, (aann_augmentation){300, 9.0, 0.0}, 1, 0);
    int32_t whole = 0, empty = 0, between = 0;
    for (int32_t i = 16; i < 300 * 16; i++) {
        assert_true(all->inputs[i] >= 0 && all->inputs[i] <= 100);
        whole += all->inputs[i] == 100;
        empty += all->inputs[i] == 0;
        between += all->inputs[i] > 0 && all->inputs[i] < 100;
    }
    assert_true(whole > 50 && empty > 3000 && between > 50);
    aann_samples_destroy(all);
    free(writable(samples.inputs));
}

/* Rows that are no neighbours in reality do not mix. */
static void signals_keep_their_row(void **state)
{
    (void)state;
    aann_samples wide = make((aann_shape){1, 1, 40}, 2);
    fill(&wide);
    aann_samples high = make((aann_shape){1, 40, 1}, 2);
    fill(&high);
    const aann_augmentation wanted = {5, 1.5, 0.2};
    aann_samples *all = augment(&wide, wanted, 1, 0);
    int32_t zeros = 0;
    for (int32_t i = 80; i < 400; i++) {
        zeros += all->inputs[i] == 0;
    }
    assert_true(zeros < 100); /* a row moved up or down would be zero */
    assert_memory_not_equal(all->inputs, all->inputs + 80, 80);
    aann_samples_destroy(all);
    all = augment(&high, wanted, 1, 0);
    assert_memory_not_equal(all->inputs, all->inputs + 80, 80);
    aann_samples_destroy(all);
    free(writable(wide.inputs));
    free(writable(high.inputs));
}

/* The same on every machine, and different for every seed, member, sample and copy. */
static void copies_are_what_they_are(void **state)
{
    (void)state;
    aann_samples samples = make((aann_shape){1, 9, 8}, 2);
    fill(&samples);
    memcpy((int8_t *)writable(samples.inputs) + 72, samples.inputs, 72);
    const aann_augmentation wanted = {3, 1.5, 0.15};
    aann_samples *all = augment(&samples, wanted, 1, 0);
    assert_int_equal(aann_hash64(all->inputs, 6 * 72), 0x33ddce73f851fa75);
    for (int32_t i = 2; i < 6; i++) {
        for (int32_t j = 0; j < i; j++) {
            assert_memory_not_equal(all->inputs + i * 72, all->inputs + j * 72, 72);
        }
    }
    for (uint64_t other = 0; other < 2; other++) {
        aann_samples *again = augment(&samples, wanted, 1 + other, 1 - other);
        assert_memory_not_equal(all->inputs + 144, again->inputs + 144, 288);
        aann_samples_destroy(again);
    }
    aann_samples_destroy(all);
    free(writable(samples.inputs));
}

static void senseless_wishes_are_refused(void **state)
{
    (void)state;
    const struct {
        aann_augmentation wanted;
        const char *message;
    } cases[] = {
        {{0, 1.0, 0.1}, "0 copies of 2 samples"},
        {{INT32_MAX, 1.0, 0.1}, "below 2^31 samples in all"},
        {{2, -1.0, 0.1}, "shifted by -1"},
        {{2, 1.0, 1.5}, "warped by 1.5"},
        {{2, NAN, 0.1}, "expected 0 to 100"},
    };
    aann_samples features = {.shape = {4, 1, 1}, .count = 2};
    aann_error refused = {0};
    assert_int_equal(
        aann_augmentation_check(&features, &(aann_augmentation){2, 1.0, 0.1}, &refused),
        AANN_ERROR_ARGUMENT);
    assert_message(&refused, "4x1x1: features have no places");
    assert_int_equal(
        aann_augmentation_check(&features, &(aann_augmentation){1, 1.0, 0.1}, &refused), AANN_OK);
    aann_samples samples = make((aann_shape){1, 2, 2}, 2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_error error = {0};
        aann_samples *all = &samples;
        assert_int_equal(aann_samples_augment(&samples, &cases[i].wanted, 1, 0, &all, &error),
                         AANN_ERROR_ARGUMENT);
        assert_message(&error, cases[i].message);
        assert_null(all);
    }
    free(writable(samples.inputs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_of_nothing_are_equal),
        cmocka_unit_test(ramps_show_the_map),
        cmocka_unit_test(outside_is_zero),
        cmocka_unit_test(signals_keep_their_row),
        cmocka_unit_test(copies_are_what_they_are),
        cmocka_unit_test(senseless_wishes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
