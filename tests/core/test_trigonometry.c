/* Sine, cosine, arctangent and distance: against a table computed with 2,400 bits, against the C
 * library, and against one hash that every compiler and machine must give. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/trigonometry.h"
#include "support/test.h"
#include "trigonometry_reference.h"

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void assert_same(const char *what, double argument, double found, double wanted)
{
    if (bits_of(found) != bits_of(wanted) && !(isnan(found) && isnan(wanted))) {
        fail_msg("%s of %a is %a, expected %a", what, argument, found, wanted);
    }
}

static void values_are_the_nearest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reference_angles / sizeof reference_angles[0]; i++) {
        const double *row = reference_angles[i];
        double sine, cosine;
        aann_sin_cos(row[0], &sine, &cosine);
        assert_same("sine and", row[0], sine, row[1]);
        assert_same("and cosine", row[0], cosine, row[2]);
        assert_same("sine", row[0], aann_sin(row[0]), row[1]);
        assert_same("cosine", row[0], aann_cos(row[0]), row[2]);
        assert_same("sine of minus", row[0], aann_sin(-row[0]), -row[1]);
        assert_same("cosine of minus", row[0], aann_cos(-row[0]), row[2]);
    }
    for (size_t i = 0; i < sizeof reference_points / sizeof reference_points[0]; i++) {
        const double *row = reference_points[i];
        assert_same("angle", row[0], aann_atan2(row[0], row[1]), row[2]);
        assert_same("angle of minus", row[0], aann_atan2(-row[0], row[1]), -row[2]);
        assert_same("distance", row[0], aann_hypot(row[0], row[1]), row[3]);
        assert_same("distance of minus", row[0], aann_hypot(-row[1], row[0]), row[3]);
    }
}

static void check_single(float angle, float sine, float cosine)
{
    float s, c;
    aann_sin_cos_single(angle, &s, &c);
    assert_same("single sine", (double)angle, (double)s, (double)sine);
    assert_same("single cosine", (double)angle, (double)c, (double)cosine);
}

static void special_values_are_the_standards(void **state)
{
    (void)state;
    const double special[] = {0.0,    -0.0,    1.0,      -1.0,      1e300,      -1e300,
                              5e-324, -5e-324, INFINITY, -INFINITY, (double)NAN};
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        for (size_t k = 0; k < sizeof special / sizeof special[0]; k++) {
            const double y = special[i], x = special[k];
            assert_same("special angle", y, aann_atan2(y, x), atan2(y, x));
            if (!isnan(x) && !isnan(y)) {
                assert_same("special distance", y, aann_hypot(y, x), hypot(y, x));
            }
        }
        assert_same("special slope", special[i], aann_atan(special[i]), atan(special[i]));
        double sine, cosine;
        aann_sin_cos(special[i], &sine, &cosine);
        const int finite = isfinite(special[i]);
        assert_same("special sine", special[i], sine, finite ? sin(special[i]) : (double)NAN);
        assert_same("special cosine", special[i], cosine, finite ? cos(special[i]) : (double)NAN);
    }
    assert_true(isnan(aann_hypot((double)NAN, 1.0)));
    assert_true(aann_hypot((double)NAN, -INFINITY) == INFINITY);
    check_single(0.0F, 0.0F, 1.0F);
    check_single(-0.0F, -0.0F, 1.0F);
    check_single(1e-45F, 1e-45F, 1.0F);
    check_single(INFINITY, NAN, NAN);
    check_single(NAN, NAN, NAN);
}

/* Numbers that differ on every call, the same on every machine. */
static uint64_t next_bits(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double next_number(uint64_t *state, double reach)
{
    return reach * ((double)(int64_t)next_bits(state) * 0x1p-63);
}

static void assert_near(const char *what, double argument, double found, double wanted)
{
    if (fabs(found - wanted) > fabs(wanted) * 0x1p-52) {
        fail_msg("%s of %a is %a, the C library has %a", what, argument, found, wanted);
    }
}

static void the_library_agrees_within_a_unit(void **state)
{
    (void)state;
    uint64_t numbers = 88172645463325252;
    for (int i = 0; i < 200000; i++) {
        const double reach = ldexp(1.0, i % 48 - 20);
        const double y = next_number(&numbers, reach), x = next_number(&numbers, 100.0);
        assert_near("sine", y, aann_sin(y), sin(y));
        assert_near("cosine", y, aann_cos(y), cos(y));
        assert_near("angle", y, aann_atan2(y, x), atan2(y, x));
        assert_near("slope", y, aann_atan(y), atan(y));
        assert_near("distance", y, aann_hypot(y, x), hypot(y, x));
    }
}

/* Single precision is glibc's, to the bit: looked at over all floats once, here at one in 4,093. */
static void single_precision_is_glibcs(void **state)
{
    (void)state;
#ifdef __GLIBC__
    for (uint64_t bits = 0; bits < UINT64_C(1) << 32; bits += 4093) {
        const uint32_t word = (uint32_t)bits;
        float angle;
        memcpy(&angle, &word, sizeof angle);
        if (isfinite(angle)) {
            check_single(angle, sinf(angle), cosf(angle));
        }
    }
#else
    skip();
#endif
}

static uint64_t mix(uint64_t hash, double value)
{
    return (hash ^ bits_of(value)) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 29);
}

/* Break any constant, contract any product: this notices. */
static void bits_are_the_same_everywhere(void **state)
{
    (void)state;
    uint64_t numbers = 2463534242, hash = 0;
    for (int i = 0; i < 1000000; i++) {
        const double reach = i % 8 == 0 ? ldexp(1.0, i / 8 % 900 - 60) : 400.0;
        const double y = next_number(&numbers, reach), x = next_number(&numbers, 400.0);
        double sine, cosine;
        aann_sin_cos(y, &sine, &cosine);
        hash = mix(mix(hash, sine), cosine);
        hash = mix(mix(hash, aann_atan2(y, x)), aann_hypot(y, x));
        float single_s, single_c;
        aann_sin_cos_single(reach < 1e38 ? (float)y : (float)x, &single_s, &single_c);
        hash = mix(mix(hash, (double)single_s), (double)single_c);
    }
    if (hash != UINT64_C(0xa9569ef4a62fccda)) {
        fail_msg("the hash is 0x%016llx", (unsigned long long)hash);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_the_nearest),
        cmocka_unit_test(special_values_are_the_standards),
        cmocka_unit_test(the_library_agrees_within_a_unit),
        cmocka_unit_test(single_precision_is_glibcs),
        cmocka_unit_test(bits_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
