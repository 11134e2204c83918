/* A small task for tests of the search. */
#include "search/support_task.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/philox.h"
#include "support/test.h"
#include "support/writable.h"

aann_samples *bar_samples(int64_t count, uint64_t seed)
{
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(seed, 0), 0, AANN_PURPOSE_TEST);
    aann_samples *samples = calloc(1, sizeof *samples);
    *samples =
        (aann_samples){.shape = {1, 8, 8}, .count = count, .class_count = 4, .target_count = 4};
    int8_t *inputs = malloc((size_t)count * 64);
    samples->inputs = inputs;
    int32_t *labels = malloc((size_t)count * sizeof *labels);
    samples->labels = labels;
    float *targets = malloc((size_t)count * 4 * sizeof *targets);
    samples->targets = targets;
    for (int64_t i = 0; i < count; i++) {
        const int32_t label = (int32_t)aann_random_below(&stream, 4);
        const int32_t place = (int32_t)aann_random_below(&stream, 3) + (label % 2 == 0 ? 1 : 4);
        for (int32_t p = 0; p < 64; p++) {
            const int32_t along = label < 2 ? p / 8 : p % 8;
            const int32_t noise = (int32_t)aann_random_below(&stream, 81) - 40;
            inputs[i * 64 + p] = (int8_t)(along == place ? 100 + noise / 4 : noise);
        }
        labels[i] = label;
        for (int32_t c = 0; c < 4; c++) {
            targets[i * 4 + c] = c == label ? 0.8F : -0.3F;
        }
    }
    return samples;
}

void free_bar_samples(aann_samples *samples)
{
    free(writable(samples->inputs));
    free(writable(samples->labels));
    free(writable(samples->targets));
    free(samples);
}

aann_spec bar_spec(void)
{
    aann_spec spec;
    const double sparsity[] = {30.0, 70.0, 50.0};
    if (aann_spec_parse("4C3-MP2-8C3-MP2-4", (aann_shape){1, 8, 8}, &spec, NULL) != AANN_OK ||
        aann_spec_set_sparsity(&spec, -1.0, sparsity, 3, NULL) != AANN_OK) {
        abort();
    }
    return spec;
}

aann_search_options bar_options(void)
{
    aann_search_options options = aann_search_options_default();
    options.steps = 6000;
    options.temperature = 1e-3;
    options.cooling = 1.0;
    options.first_samples = 500;
    options.arrange_interval = 700;
    options.jitter = 1;
    options.first_check = 4;
    options.strata = 4;
    options.working_samples = 0;
    options.acceptance_z = 0.0;
    return options;
}

aann_search_options working_options(void)
{
    aann_search_options options = bar_options();
    options.steps = 8000;
    options.working_samples = 2048;
    options.acceptance_z = 2.0;
    options.warp = 0.1;
    return options;
}

aann_search *bar_search(const aann_samples *samples, const aann_search_options *options,
                        uint64_t member)
{
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_search *search;
    assert_ok(aann_search_create(&spec, samples, options, member, NULL, &search, &error));
    return search;
}

aann_search *bar_reopened(aann_search *search, const aann_samples *samples,
                          const aann_search_options *options, uint64_t member)
{
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_network *network;
    void *state;
    size_t size;
    assert_ok(aann_search_save(search, &state, &size, &error));
    assert_ok(aann_network_copy(aann_search_network(search), &network, &error));
    aann_search_destroy(search);
    const aann_search_saved saved = {network, state, size};
    assert_ok(aann_search_resume(&spec, samples, options, member, &saved, &search, &error));
    aann_network_destroy(network);
    free(state);
    return search;
}

aann_status bar_resume(const aann_samples *samples, const aann_search_options *options,
                       const aann_network *network, const void *state, size_t size,
                       aann_search **search)
{
    aann_error error;
    const aann_spec spec = bar_spec();
    return aann_search_resume(&spec, samples, options, 0,
                              &(aann_search_saved){network, state, size}, search, &error);
}
