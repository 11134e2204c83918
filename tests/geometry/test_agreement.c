/* Agreement, error overlap and kappas against their definitions, sample by sample. */
#include "geometry/support_geometry.h"

enum { MEMBERS = 6, SAMPLES = 40007, CLASSES = 5 };

static void random_answers(uint16_t *answers, int32_t *labels)
{
    aann_random_stream stream = test_stream(5);
    for (int32_t i = 0; i < SAMPLES; i++) {
        labels[i] = (int32_t)aann_random_below(&stream, CLASSES);
        for (int32_t member = 0; member < MEMBERS; member++) {
            const bool right = aann_random_below(&stream, 10) < 5 + (uint32_t)member % 4;
            answers[member * SAMPLES + i] =
                (uint16_t)(right ? (uint32_t)labels[i] : aann_random_below(&stream, CLASSES));
        }
    }
}

static double kappa(double observed, double expected)
{
    return (observed - expected) / (1.0 - expected);
}

static void check_pair(const aann_agreement *found, const uint16_t *a, const uint16_t *b,
                       const int32_t *labels, int32_t cell)
{
    double same = 0.0;
    double both_wrong = 0.0;
    double any_wrong = 0.0;
    double alike = 0.0;
    double counts[2][CLASSES] = {{0.0}};
    double right[2] = {0.0};
    for (int32_t i = 0; i < SAMPLES; i++) {
        same += a[i] == b[i];
        both_wrong += a[i] != labels[i] && b[i] != labels[i];
        any_wrong += a[i] != labels[i] || b[i] != labels[i];
        alike += (a[i] == labels[i]) == (b[i] == labels[i]);
        counts[0][a[i]] += 1.0 / SAMPLES;
        counts[1][b[i]] += 1.0 / SAMPLES;
        right[0] += (a[i] == labels[i] ? 1.0 : 0.0) / SAMPLES;
        right[1] += (b[i] == labels[i] ? 1.0 : 0.0) / SAMPLES;
    }
    double expected = 0.0;
    for (int c = 0; c < CLASSES; c++) {
        expected += counts[0][c] * counts[1][c];
    }
    assert_near(found->agreement[cell], same / SAMPLES, 1e-15);
    assert_near(found->answer_kappa[cell], kappa(same / SAMPLES, expected), 1e-9);
    assert_near(found->error_overlap[cell], both_wrong / any_wrong, 1e-15);
    assert_near(found->error_kappa[cell],
                kappa(alike / SAMPLES, right[0] * right[1] + (1.0 - right[0]) * (1.0 - right[1])),
                1e-9);
}

static void test_agreement(void **state)
{
    (void)state;
    static uint16_t answers[MEMBERS * SAMPLES];
    static int32_t labels[SAMPLES];
    random_answers(answers, labels);
    aann_error error;
    aann_agreement one;
    aann_agreement two;
    assert_ok(aann_agreement_measure(answers, labels, MEMBERS, SAMPLES, CLASSES, 1, &one, &error));
    assert_ok(aann_agreement_measure(answers, labels, MEMBERS, SAMPLES, CLASSES, 2, &two, &error));
    for (int32_t i = 0; i < MEMBERS; i++) {
        for (int32_t j = 0; j < MEMBERS; j++) {
            check_pair(&one, answers + i * SAMPLES, answers + j * SAMPLES, labels, i * MEMBERS + j);
        }
        assert_near(one.agreement[i * MEMBERS + i], 1.0, 0.0);
        assert_near(one.error_kappa[i * MEMBERS + i], 1.0, 1e-12);
        double correct = 0.0;
        for (int32_t s = 0; s < SAMPLES; s++) {
            correct += answers[i * SAMPLES + s] == labels[s];
        }
        assert_near(one.accuracy[i], correct / SAMPLES, 1e-15);
    }
    assert_memory_equal(one.answer_kappa, two.answer_kappa, sizeof(double) * MEMBERS * MEMBERS);
    aann_agreement_destroy(&one);
    aann_agreement_destroy(&two);
}

/* What is not defined is NAN; what makes no sense is refused. */
static void test_edges(void **state)
{
    (void)state;
    const uint16_t answers[4] = {1, 1, 1, 1};
    const int32_t labels[2] = {1, 1};
    const int32_t bad[2] = {1, 3};
    aann_error error;
    aann_agreement found;
    assert_ok(aann_agreement_measure(answers, labels, 2, 2, 3, 1, &found, &error));
    assert_true(isnan(found.answer_kappa[1]) && isnan(found.error_overlap[1]) &&
                isnan(found.error_kappa[1]));
    assert_near(found.agreement[1], 1.0, 0.0);
    aann_agreement_destroy(&found);
    assert_ok(aann_agreement_measure(answers, NULL, 2, 2, 3, 1, &found, &error));
    assert_null(found.error_overlap);
    assert_null(found.accuracy);
    aann_agreement_destroy(&found);
    assert_int_equal(aann_agreement_measure(answers, bad, 2, 2, 3, 1, &found, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_agreement_measure(answers, labels, 2, 2, 1, 1, &found, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_agreement_measure(answers, labels, 0, 2, 3, 1, &found, &error),
                     AANN_ERROR_ARGUMENT);
}

static void test_answers(void **state)
{
    (void)state;
    const int32_t logits[9] = {1, 5, 5, -3, -3, -9, 0, 0, 1};
    uint16_t answers[3];
    aann_logits_answers(logits, 3, 3, answers);
    assert_int_equal(answers[0], 1);
    assert_int_equal(answers[1], 0);
    assert_int_equal(answers[2], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_agreement),
                                       cmocka_unit_test(test_edges),
                                       cmocka_unit_test(test_answers)};
    return cmocka_run_group_tests_name("geometry: agreement", tests, NULL, NULL);
}
