/* What a stranger can put into a search: networks with other counts than the spec's, of another
 * spec, and checkpoints whose checksum is right and whose content is not. */
#include "support/test.h"

#include <math.h>
#include <string.h>

#include "network/network.h"
#include "search/support_task.h"
#include "support/seal.h"
#include "support/writable.h"

enum { SAMPLES = 200, WORD = 8 };

static const aann_search_method methods[] = {AANN_METHOD_SENSE, AANN_METHOD_HILL,
                                             AANN_METHOD_RANDOM, AANN_METHOD_GENETIC};
enum { METHODS = sizeof methods / sizeof methods[0] };

static aann_search_options options_of(aann_search_method method)
{
    aann_search_options options = bar_options();
    options.method = method;
    options.jitter = 0;
    options.population = 5;
    options.steps = 40;
    return options;
}

static aann_network *random_network(const aann_spec *spec)
{
    aann_error error;
    aann_network *network = NULL;
    assert_ok(aann_network_create(spec, &network, &error));
    aann_network_randomise(network, 3, 0);
    return network;
}

/* Sets the first zero of a layer to 1: one weight more than there is room for. */
static void add_weight(aann_network *network, int32_t layer)
{
    int8_t *weights = aann_network_weights_mutable(network, layer);
    size_t first = 0;
    while (weights[first] != 0) {
        first++;
    }
    weights[first] = 1;
}

static void assert_start_refused(const aann_network *start, const char *words)
{
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (int32_t m = 0; m < METHODS; m++) {
        const aann_search_options options = options_of(methods[m]);
        aann_search *search = NULL;
        assert_int_equal(aann_search_create(&spec, samples, &options, 0, start, &search, &error),
                         AANN_ERROR_ARGUMENT);
        assert_null(search);
        if (strstr(error.message, words) == NULL) {
            fail_msg("\"%s\" is not in: %s", words, error.message);
        }
    }
    free_bar_samples(samples);
}

static void odd_starts(void **state)
{
    (void)state;
    const aann_spec spec = bar_spec();
    static const char *const words[] = {"layer 1 (4C3) has", "layer 2 (8C3) has",
                                        "layer 3 (4) has"};
    for (int32_t layer = 0; layer < spec.layer_count; layer++) {
        aann_network *network = random_network(&spec);
        add_weight(network, layer);
        assert_start_refused(network, words[layer]);
        aann_network_destroy(network);
    }
}

/* Samples that a caller filled in himself: labels are indices, so none may lead outside. */
static void odd_samples(void **state)
{
    (void)state;
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_samples *samples = bar_samples(100, 1);
    int32_t *label = writable(samples->labels + 70);
    int8_t *input = writable(samples->inputs + 70 * 64 + 5);
    float *target = writable(samples->targets + 70 * 4 + 2);
    const int32_t labels[] = {-1, 4, INT32_MAX, INT32_MIN, 0, 0};
    for (int32_t method = 0; method < AANN_METHOD_COUNT; method++) {
        aann_search_options options = bar_options();
        options.method = (aann_search_method)method;
        for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
            const int32_t good_label = *label;
            const int8_t good_input = *input;
            const float good_target = *target;
            *label = i < 4 ? labels[i] : good_label;
            *input = i == 4 ? -128 : good_input;
            *target = i == 5 ? NAN : good_target;
            aann_search *search = NULL;
            assert_int_equal(aann_search_create(&spec, samples, &options, 0, NULL, &search, &error),
                             AANN_ERROR_FORMAT);
            assert_null(search);
            assert_non_null(strstr(error.message, "sample 70"));
            *label = good_label;
            *input = good_input;
            *target = good_target;
        }
        samples->count = 0;
        aann_search *search = NULL;
        assert_int_equal(aann_search_create(&spec, samples, &options, 0, NULL, &search, &error),
                         AANN_ERROR_ARGUMENT);
        samples->count = 100;
    }
    free_bar_samples(samples);
}

/* A saved state is nothing without its network. */
static void no_network_beside_a_state(void **state)
{
    (void)state;
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_samples *samples = bar_samples(100, 1);
    for (int32_t method = 0; method < AANN_METHOD_COUNT; method++) {
        aann_search_options options = bar_options();
        options.method = (aann_search_method)method;
        aann_search *search;
        void *saved;
        size_t size;
        search = bar_search(samples, &options, 0);
        assert_ok(aann_search_save(search, &saved, &size, &error));
        aann_search_destroy(search);
        assert_int_equal(aann_search_resume(&spec, samples, &options, 0,
                                            &(aann_search_saved){NULL, saved, size}, &search,
                                            &error),
                         AANN_ERROR_ARGUMENT);
        assert_null(search);
        for (size_t short_size = 0; short_size < 16; short_size++) {
            aann_network *network = random_network(&spec);
            assert_int_equal(aann_search_resume(&spec, samples, &options, 0,
                                                &(aann_search_saved){network, saved, short_size},
                                                &search, &error),
                             AANN_ERROR_FORMAT);
            aann_network_destroy(network);
        }
        free(saved);
    }
    free_bar_samples(samples);
}

static void other_specs(void **state)
{
    (void)state;
    aann_error error;
    static const char *const texts[] = {"4C3-MP2-8C3-MP2-5", "4C3-MP2-4", "4C3-MP2-9C3-MP2-4",
                                        "4C3-MP2-8C3-MP2-4>>1"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        aann_spec spec;
        assert_ok(aann_spec_parse(texts[i], (aann_shape){1, 8, 8}, &spec, &error));
        aann_network *network = random_network(&spec);
        assert_start_refused(network, "the network is 4C3-MP2-");
        aann_network_destroy(network);
    }
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

typedef struct saved_search {
    aann_search_options options;
    aann_network *network;
    uint8_t *state;
    size_t size;
} saved_search;

static saved_search save(aann_search_method method, const aann_samples *samples)
{
    aann_error error;
    const aann_spec spec = bar_spec();
    saved_search saved = {.options = options_of(method)};
    aann_search *search = NULL;
    assert_ok(aann_search_create(&spec, samples, &saved.options, 0, NULL, &search, &error));
    assert_ok(aann_search_run(search, 20, NULL, NULL, &error));
    void *state = NULL;
    assert_ok(aann_search_save(search, &state, &saved.size, &error));
    saved.state = state;
    assert_ok(aann_network_copy(aann_search_network(search), &saved.network, &error));
    aann_search_destroy(search);
    return saved;
}

static void discard(saved_search *saved)
{
    aann_network_destroy(saved->network);
    free(saved->state);
}

static aann_status resume(const saved_search *saved, const aann_samples *samples, uint64_t run_to,
                          aann_error *error)
{
    const aann_spec spec = bar_spec();
    aann_search *search = NULL;
    const aann_search_saved then = {saved->network, saved->state, saved->size};
    aann_status status =
        aann_search_resume(&spec, samples, &saved->options, 0, &then, &search, error);
    assert_true((status == AANN_OK) == (search != NULL));
    if (status == AANN_OK) {
        status = aann_search_run(search, run_to, NULL, NULL, error);
    }
    aann_search_destroy(search);
    return status;
}

/* The packed networks of a state: of SENSE the one by which samples are arranged, of a genetic
 * algorithm its population. */
static void odd_networks_in_a_state(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (int32_t m = 0; m < METHODS; m++) {
        saved_search saved = save(methods[m], samples);
        assert_ok(resume(&saved, samples, 40, &error));
        const size_t packed = aann_network_packed_size(aann_network_spec(saved.network));
        uint8_t *last = saved.state + saved.size - WORD - packed;
        memset(last, 0, packed);
        seal(saved.state, saved.size);
        assert_int_equal(resume(&saved, samples, 40, &error), AANN_ERROR_FORMAT);
        assert_non_null(strstr(error.message, "the checkpoint is damaged"));
        assert_non_null(strstr(error.message, "layer 1 (4C3) has 0 weights -1, 36 weights 0"));
        discard(&saved);
    }
    free_bar_samples(samples);
}

static void odd_network_beside_a_state(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (int32_t m = 0; m < 2; m++) { /* the others take their network from the state */
        saved_search saved = save(methods[m], samples);
        add_weight(saved.network, 2);
        assert_int_equal(resume(&saved, samples, 40, &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "layer 3 (4) has"));
        discard(&saved);
    }
    free_bar_samples(samples);
}

/* Every word of a state in turn becomes what no search has, with a right checksum: it is refused,
 * or the search goes on without harm. */
static void odd_words(void **state)
{
    (void)state;
    static const uint64_t words[] = {0,
                                     1,
                                     UINT64_MAX,
                                     UINT64_C(1) << 63,
                                     UINT64_C(0x7ff8000000000000) /* NaN */,
                                     UINT64_C(0x7ff0000000000000) /* infinity */,
                                     UINT64_C(0xbff0000000000000) /* -1 */,
                                     1 << 20};
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    int32_t refused = 0;
    for (int32_t m = 0; m < METHODS; m++) {
        saved_search saved = save(methods[m], samples);
        for (size_t place = 0; place + 2 * WORD <= saved.size; place += WORD) {
            uint8_t kept[WORD];
            memcpy(kept, saved.state + place, WORD);
            for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
                for (size_t byte = 0; byte < WORD; byte++) {
                    saved.state[place + byte] = (uint8_t)(words[w] >> 8 * byte);
                }
                seal(saved.state, saved.size);
                const aann_status status = resume(&saved, samples, 40, &error);
                assert_true(status == AANN_OK || status == AANN_ERROR_FORMAT ||
                            (place == 0 && status == AANN_ERROR_VERSION));
                refused += status != AANN_OK;
            }
            memcpy(saved.state + place, kept, WORD);
        }
        discard(&saved);
    }
    print_message("%d states refused\n", refused);
    assert_true(refused > 100);
    free_bar_samples(samples);
}

/* A value that a search never has: field `word` of the state, after the version. */
static void assert_word_refused(saved_search *saved, const aann_samples *samples, size_t word,
                                uint64_t value)
{
    aann_error error;
    uint8_t kept[WORD];
    memcpy(kept, saved->state + word * WORD, WORD);
    for (size_t byte = 0; byte < WORD; byte++) {
        saved->state[word * WORD + byte] = (uint8_t)(value >> 8 * byte);
    }
    seal(saved->state, saved->size);
    assert_int_equal(resume(saved, samples, 40, &error), AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "the checkpoint is damaged"));
    memcpy(saved->state + word * WORD, kept, WORD);
}

static void impossible_numbers(void **state)
{
    (void)state;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const uint64_t nan = UINT64_C(0x7ff8000000000000);
    saved_search sense = save(AANN_METHOD_SENSE, samples);
    assert_word_refused(&sense, samples, 1, UINT64_MAX);     /* step */
    assert_word_refused(&sense, samples, 2, 21);             /* more accepted than seen */
    assert_word_refused(&sense, samples, 4, UINT64_MAX / 2); /* epoch */
    for (int32_t m = 2; m < METHODS; m++) {
        saved_search baseline = save(methods[m], samples);
        assert_word_refused(&baseline, samples, 1, UINT64_MAX);
        assert_word_refused(&baseline, samples, 1, 41); /* of 40 steps */
        assert_word_refused(&baseline, samples, 2, 21);
        discard(&baseline);
    }
    for (size_t layer = 0; layer < 3; layer++) {
        for (size_t field = 0; field < 3; field++) { /* share, gain, cost */
            assert_word_refused(&sense, samples, 5 + 5 * layer + field, nan);
            assert_word_refused(&sense, samples, 5 + 5 * layer + field,
                                UINT64_C(0xbff0000000000000));
        }
        assert_word_refused(&sense, samples, 5 + 5 * layer + 3, UINT64_MAX);
    }
    discard(&sense);
    saved_search genetic = save(AANN_METHOD_GENETIC, samples);
    assert_word_refused(&genetic, samples, 4, 6); /* more alive than there is room for */
    assert_word_refused(&genetic, samples, 4, 4); /* fewer than the state has */
    assert_word_refused(&genetic, samples, 5, nan);
    assert_word_refused(&genetic, samples, 6, SAMPLES + 1);
    assert_word_refused(&genetic, samples, 6, UINT64_MAX);
    discard(&genetic);
    free_bar_samples(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_starts),
        cmocka_unit_test(odd_samples),
        cmocka_unit_test(no_network_beside_a_state),
        cmocka_unit_test(other_specs),
        cmocka_unit_test(odd_networks_in_a_state),
        cmocka_unit_test(odd_network_beside_a_state),
        cmocka_unit_test(odd_words),
        cmocka_unit_test(impossible_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
