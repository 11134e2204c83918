/* The packed form and the hash: what goes in comes out, nothing else is taken, and both are the
 * same for ever. */
#include "network/network.h"
#include "network/random_spec.h"
#include "support/networks.h"

/* Five weights and three: 2 bytes and 1. The expected bytes are written out by hand. */
static void test_layout(void **state)
{
    (void)state;
    aann_network *network = network_from("1@0-3@0", (aann_shape){5, 1, 1});
    memcpy(aann_network_weights_mutable(network, 0), (const int8_t[]){1, -1, 0, 1, -1}, 5);
    memcpy(aann_network_weights_mutable(network, 1), (const int8_t[]){0, 1, -1}, 3);
    assert_int_equal(aann_network_packed_size(aann_network_spec(network)), 3);
    uint8_t packed[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    aann_network_pack(network, packed);
    assert_int_equal(packed[0], 0x4D); /* 01 00 11 01 from the high bits down */
    assert_int_equal(packed[1], 0x03);
    assert_int_equal(packed[2], 0x34);
    assert_int_equal(packed[3], 0xEE);
    aann_network_destroy(network);
}

static void test_round_trip(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(3, 1), 0, AANN_PURPOSE_TEST);
    for (uint64_t trial = 0; trial < 200; trial++) {
        aann_spec spec;
        random_spec(&stream, &spec);
        aann_network *network = NULL, *again = NULL;
        assert_int_equal(aann_network_create(&spec, &network, NULL), AANN_OK);
        assert_int_equal(aann_network_create(&spec, &again, NULL), AANN_OK);
        aann_network_randomise(network, 3, trial);
        const size_t size = aann_network_packed_size(&spec);
        uint8_t *packed = malloc(size);
        assert_non_null(packed);
        aann_network_pack(network, packed);
        assert_int_equal(aann_network_unpack(again, packed, size, NULL), AANN_OK);
        for (int32_t layer = 0; layer < spec.layer_count; layer++) {
            assert_memory_equal(aann_network_weights_mutable(network, layer),
                                aann_network_weights_mutable(again, layer),
                                (size_t)spec.layers[layer].weight_count);
        }
        assert_true(aann_network_hash(network) == aann_network_hash(again));
        free(packed);
        aann_network_destroy(network);
        aann_network_destroy(again);
    }
}

static void assert_refused(aann_network *network, const uint8_t *packed, size_t size,
                           const char *words)
{
    const uint64_t before = aann_network_hash(network);
    aann_error error = {0};
    assert_int_equal(aann_network_unpack(network, packed, size, &error), AANN_ERROR_FORMAT);
    if (strstr(error.message, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, error.message);
    }
    assert_true(aann_network_hash(network) == before);
}

static void test_refused(void **state)
{
    (void)state;
    aann_network *network = network_from("1@0-3@0", (aann_shape){5, 1, 1});
    aann_network_randomise(network, 1, 1);
    assert_refused(network, (const uint8_t[]){0, 0}, 2, "2 bytes, but this network has 3");
    assert_refused(network, (const uint8_t[]){0, 0, 0, 0}, 4, "4 bytes, but this network has 3");
    assert_refused(network, NULL, 0, "0 bytes");
    assert_refused(network, (const uint8_t[]){0x08, 0, 0}, 3, "layer 1, weight 1 has the code 10");
    assert_refused(network, (const uint8_t[]){0, 0x02, 0}, 3, "layer 1, weight 4 has the code 10");
    assert_refused(network, (const uint8_t[]){0xF5, 1, 0x20}, 3,
                   "layer 2, weight 2 has the code 10");
    assert_refused(network, (const uint8_t[]){0, 0x04, 0}, 3,
                   "unused bits after layer 1 are not 0");
    assert_refused(network, (const uint8_t[]){0, 0x80, 0}, 3,
                   "unused bits after layer 1 are not 0");
    assert_refused(network, (const uint8_t[]){0xF5, 1, 0x40}, 3,
                   "unused bits after layer 2 are not 0");
    /* The right bytes: 2 of -1 and 3 of +1, then 1 and 2. Exchanging two weights keeps the counts, a
     * changed weight does not. */
    assert_int_equal(aann_network_unpack(network, (const uint8_t[]){0xF5, 1, 0x1D}, 3, NULL),
                     AANN_OK);
    assert_int_equal(aann_network_unpack(network, (const uint8_t[]){0xD7, 1, 0x35}, 3, NULL),
                     AANN_OK);
    assert_refused(network, (const uint8_t[]){0xF5, 3, 0x1D}, 3,
                   "layer 1 (1) has 3 weights -1, 0 weights 0 and 2 weights +1: expected 2, 0 "
                   "and 3");
    assert_refused(network, (const uint8_t[]){0xF5, 1, 0x0D}, 3,
                   "layer 2 (3) has 1 weights -1, 1 weights 0 and 1 weights +1: expected 1, 0 "
                   "and 2");
    aann_network_destroy(network);
}

/* These values must never change: studies store them, and people compare them between machines. A
 * different one means that the random start, the canonical text or the hash has changed. */
static void test_golden_hash(void **state)
{
    (void)state;
    aann_network *network = network_from("16C5@50-MP2-32C5@90-MP2-10@90", (aann_shape){1, 28, 28});
    aann_network_randomise(network, 1, 0);
    const uint64_t first = aann_network_hash(network);
    aann_network_randomise(network, UINT64_MAX, 1000);
    const uint64_t second = aann_network_hash(network);
    if (first != UINT64_C(0xef0a1391703418c6) || second != UINT64_C(0xbfc4f42c1bc44066)) {
        fail_msg("hashes 0x%016llx 0x%016llx", (unsigned long long)first,
                 (unsigned long long)second);
    }
    aann_network_destroy(network);
}

static uint64_t hash_of_zeros(const char *text, aann_shape input)
{
    aann_network *network = network_from(text, input);
    const uint64_t hash = aann_network_hash(network);
    aann_network_destroy(network);
    return hash;
}

/* The same weights in another network are another hash; another way of writing the same network is
 * not. */
static void test_hash_includes_the_spec(void **state)
{
    (void)state;
    const aann_shape image = {1, 12, 12};
    const uint64_t hash = hash_of_zeros("4C3-MP2-10", image);
    assert_true(hash == hash_of_zeros("04C3x3s1@50>>0-MP2-MP1-10", image));
    assert_false(hash == hash_of_zeros("4C3-MP2-10>>1", image));
    assert_false(hash == hash_of_zeros("4C3@60-MP2-10", image));
    assert_false(hash == hash_of_zeros("4C3-MP2-10",
                                       (aann_shape){1, 13, 12})); /* same layers, other input */
}

/* One swap anywhere changes the hash. */
static void test_hash_sees_every_weight(void **state)
{
    (void)state;
    aann_network *network = network_from("3C2@0-7@0-4@0", (aann_shape){1, 3, 3});
    aann_network_randomise(network, 8, 8);
    const uint64_t before = aann_network_hash(network);
    for (int32_t layer = 0; layer < 3; layer++) {
        int8_t *weights = aann_network_weights_mutable(network, layer);
        for (int64_t index = 0; index < aann_network_spec(network)->layers[layer].weight_count;
             index++) {
            weights[index] = (int8_t)-weights[index];
            assert_false(aann_network_hash(network) == before);
            weights[index] = (int8_t)-weights[index];
        }
    }
    assert_true(aann_network_hash(network) == before);
    aann_network_destroy(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_golden_hash),
        cmocka_unit_test(test_hash_includes_the_spec),
        cmocka_unit_test(test_hash_sees_every_weight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
