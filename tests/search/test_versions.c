/* Saved states of every layout lead to the end that they were on their way to; those of another
 * version of the algorithm are refused with a choice. */
#include "aann/search.h"
#include "search/golden_states.h"
#include "search/support_task.h"
#include "support/seal.h"
#include "support/test.h"

enum { SAMPLES = 1500, WORD = 8 };

static const uint64_t golden_sense = 0xb2c31d740345910f; /* as in test_search.c */
static const uint64_t golden_genetic = 0x04fdc518e835eaec;

typedef struct golden {
    aann_search_options options;
    const uint8_t *state;
    size_t state_size;
    const uint8_t *network;
    size_t network_size;
    uint64_t step;
    uint64_t hash;
} golden;

static golden golden_of(aann_search_method method)
{
    golden g = {bar_options(),        sense_state, sizeof sense_state, sense_network,
                sizeof sense_network, 2500,        golden_sense};
    if (method == AANN_METHOD_GENETIC) {
        g = (golden){bar_options(),          genetic_state, sizeof genetic_state, genetic_network,
                     sizeof genetic_network, 200,           golden_genetic};
        g.options.method = method;
        g.options.population = 3;
        g.options.steps = 400;
        g.options.jitter = 0;
    }
    return g;
}

static aann_status resume(const golden *g, const uint8_t *state, const aann_samples *samples,
                          aann_search **search, aann_error *error)
{
    const aann_spec spec = bar_spec();
    aann_network *network;
    assert_int_equal(aann_network_create(&spec, &network, error), AANN_OK);
    assert_int_equal(aann_network_unpack(network, g->network, g->network_size, error), AANN_OK);
    const aann_search_saved saved = {network, state, g->state_size};
    const aann_status status =
        aann_search_resume(&spec, samples, &g->options, 0, &saved, search, error);
    aann_network_destroy(network);
    return status;
}

static const aann_search_method methods[] = {AANN_METHOD_SENSE, AANN_METHOD_GENETIC};

static void old_states(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        const golden g = golden_of(methods[i]);
        aann_search *search;
        aann_search_progress progress;
        assert_ok(resume(&g, g.state, samples, &search, &error));
        aann_search_progress_get(search, &progress);
        assert_int_equal(progress.step, g.step);
        assert_ok(aann_search_run(search, g.options.steps, NULL, NULL, &error));
        assert_int_equal(aann_network_hash(aann_search_network(search)), g.hash);
        aann_search_destroy(search);
    }
    free_bar_samples(samples);
}

static void put_word(uint8_t *to, uint64_t word)
{
    for (int32_t byte = 0; byte < WORD; byte++) {
        to[byte] = (uint8_t)(word >> (8 * byte));
    }
}

static void other_versions(void **state)
{
    (void)state;
    static const struct {
        uint64_t word;
        const char *message;
    } refused[] = {
        {UINT64_C(2) << 32 | 2, "is of version 2 of the search"},
        {2, "is of version 0 of the search"},
        {UINT64_C(7) << 32 | 1, "is of version 7 of the search"},
        {UINT64_C(1) << 32 | 5, "has layout 5, this aann reads 1 to 4"},
        {0, "has layout 0"},
    };
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        const golden g = golden_of(methods[i]);
        uint8_t *changed = malloc(g.state_size);
        memcpy(changed, g.state, g.state_size);
        for (size_t r = 0; r < sizeof refused / sizeof refused[0]; r++) {
            aann_search *search;
            put_word(changed, refused[r].word);
            seal(changed, g.state_size);
            assert_int_equal(resume(&g, changed, samples, &search, &error), AANN_ERROR_VERSION);
            assert_null(search);
            assert_non_null(strstr(error.message, refused[r].message));
        }
        /* What these searches have not. */
        static const char *const layouts[] = {"of a search with informed proposals",
                                              "of a search with lesion noise"};
        for (uint64_t layout = 3; layout <= 4; layout++) {
            aann_search *search;
            put_word(changed, UINT64_C(1) << 32 | layout);
            seal(changed, g.state_size);
            assert_int_equal(resume(&g, changed, samples, &search, &error), AANN_ERROR_FORMAT);
            assert_null(search);
            assert_non_null(strstr(error.message, layouts[layout - 3]));
        }
        free(changed);
    }
    free_bar_samples(samples);
}

/* What is written now says by which algorithm. */
static void written_version(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        const golden g = golden_of(methods[i]);
        aann_search *search;
        void *saved;
        size_t size;
        uint8_t expected[WORD];
        assert_ok(resume(&g, g.state, samples, &search, &error));
        assert_ok(aann_search_save(search, &saved, &size, &error));
        put_word(expected, (uint64_t)AANN_SEARCH_ALGORITHM << 32 | 2);
        assert_memory_equal(saved, expected, WORD);
        assert_int_equal(size, g.state_size);
        /* Nothing else has changed since layout 1. */
        assert_memory_equal((uint8_t *)saved + WORD, g.state + WORD, size - 2 * WORD);
        free(saved);
        aann_search_destroy(search);
    }
    free_bar_samples(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_states),
        cmocka_unit_test(other_versions),
        cmocka_unit_test(written_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
