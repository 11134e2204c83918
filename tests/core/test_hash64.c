/* The hash against values computed once with the xxHash library (XXH3, version 0.8.1), of lengths
 * that take each of its ways: up to 3, 8, 16, 128 and 240 bytes, and stripes beyond. */
#include "core/hash64.h"
#include "support/test.h"

typedef struct known_hash {
    size_t size;
    uint64_t plain;
    uint64_t seeded;
} known_hash;

static const uint64_t seed = 0x9e3779b97f4a7c15;

static const known_hash known[] = {
    {0, 0x2d06800538d394c2, 0x602b0e2cd6662c8b},    {1, 0x4a4139caf4136257, 0x323b4ad10b790c38},
    {3, 0xc698019559fc33b3, 0x048174d9a57a10d5},    {4, 0xa1743b70dfe6ecbf, 0x7ee3448ed2a5d108},
    {8, 0x8b9c8c6ffa872f49, 0xb4b39b6df4b82e01},    {9, 0xfbce0cb697eb9546, 0x594182fcd88b6277},
    {16, 0x30b5638e9ca88cd2, 0x33526820e0d3461c},   {17, 0x3c3543641d630ae5, 0xa5640445b55c015d},
    {128, 0x1478791ad36c5329, 0x3f46419f37baebb2},  {129, 0x26c360f0e9880d22, 0xac83829f1d95fb29},
    {240, 0x479abcc682476240, 0x1befd50e71706e00},  {241, 0x126c7b54581689cb, 0x270e7800070eeb46},
    {1024, 0x8dac2c41e5b17727, 0xa41ae48a7de4819b}, {1025, 0x56a9eac8e076c4c2, 0x2555b8303e03f77e},
    {5000, 0xd788f9ba5a8a9e1e, 0xa1eaf41308da3871},
};

static void known_values(void **state)
{
    (void)state;
    uint8_t bytes[5000];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 167 + (i >> 8) * 29 + 11);
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(aann_hash64(bytes, known[i].size), known[i].plain);
        assert_int_equal(aann_hash64_seeded(bytes, known[i].size, seed), known[i].seeded);
    }
}

static void nothing_has_a_hash(void **state)
{
    (void)state;
    assert_int_equal(aann_hash64(NULL, 0), aann_hash64("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(nothing_has_a_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
