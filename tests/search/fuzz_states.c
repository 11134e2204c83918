/* Saved searches with right check sums whose numbers, sizes, weights and networks do not fit, and
 * start networks with any weights. The fuzzer's bytes choose a search, change what was saved of it,
 * and resume it. Refusals are fine, one line each; a search that resumes can go on, be saved and
 * resume again. (Studies that hold such states: tests/family/fuzz_structure.c.) */
#include <stdlib.h>
#include <string.h>

#include "aann/search.h"
#include "network/network.h"
#include "support/fuzz.h"
#include "support/fuzz_bytes.h"

enum { SAMPLES = 24, SEARCHES = 12, STEPS = 40, ROOM = 1024 };

typedef struct kind {
    const char *spec;
    aann_shape input;
    aann_search_method method;
    bool regression;
    uint64_t arrange_interval;
    int32_t informed_steps;
    double lesion_noise;
    double dale;
    aann_spec parsed;
    aann_network *network;
    uint8_t *state;
    size_t size;
} kind;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

static kind kinds[SEARCHES] = {
    {.spec = "6@50-5@40-3@30", .input = {1, 1, 16}, .arrange_interval = 10},
    {.spec = "3C3@50-MP2-3@40", .input = {1, 6, 6}, .arrange_interval = 15},
    {.spec = "2C3>>1@50-3@40", .input = {2, 4, 4}, .arrange_interval = 1000},
    {.spec = "5@50-3@40", .input = {6, 1, 1}, .regression = true, .arrange_interval = 10},
    {.spec = "4@50-3@40", .input = {1, 4, 4}, .method = AANN_METHOD_GENETIC},
    {.spec = "4@50-3@40", .input = {1, 4, 4}, .method = AANN_METHOD_RANDOM},
    {.spec = "4@50-3@40", .input = {1, 4, 4}, .method = AANN_METHOD_HILL},
    {.spec = "6@50-5@40-3@30", .input = {1, 4, 4}, .arrange_interval = 15, .informed_steps = 8},
    {.spec = "3C3@50-MP2-3@40", .input = {1, 6, 6}, .arrange_interval = 10, .informed_steps = 3},
    {.spec = "6@50-5@40-3@30", .input = {1, 4, 4}, .arrange_interval = 15, .lesion_noise = 20.0},
    {.spec = "6@50-5@60-3@60", .input = {1, 4, 4}, .arrange_interval = 10, .dale = 0.5},
    {.spec = "4C3@50-MP2-3@70", .input = {1, 6, 6}, .lesion_noise = 30.0, .dale = 0.5},
};

static aann_search_options options_of(const kind *of)
{
    aann_search_options options = aann_search_options_default();
    options.steps = STEPS;
    options.method = of->method;
    options.population = 4;
    options.tournament = 2;
    options.regression = of->regression;
    options.threads = 1;
    options.informed_steps = of->informed_steps;
    options.lesion_noise = of->lesion_noise;
    options.lesion_masks = 3;
    options.dale = of->dale;
    if (of->arrange_interval > 0) {
        options.arrange_interval = of->arrange_interval;
        options.first_samples = of->arrange_interval > 100 ? 0 : 8;
    }
    return options;
}

/* Half a search of each kind. */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    for (int i = 0; i < SEARCHES; i++) {
        aann_error error;
        kind *of = &kinds[i];
        const aann_samples samples = fuzz_samples(of->input, SAMPLES, of->regression);
        const aann_search_options options = options_of(of);
        aann_search *search = NULL;
        void *state = NULL;
        require(aann_spec_parse(of->spec, of->input, &of->parsed, &error) == AANN_OK);
        require(aann_search_create(&of->parsed, &samples, &options, 1, NULL, &search, &error) ==
                AANN_OK);
        require(aann_search_run(search, STEPS / 2, NULL, NULL, &error) == AANN_OK);
        require(aann_search_save(search, &state, &of->size, &error) == AANN_OK);
        require(aann_network_copy(aann_search_network(search), &of->network, &error) == AANN_OK);
        of->state = state;
        aann_search_destroy(search);
    }
    return 0;
}

/* One number, another size, or some bytes, mostly of weights; the version survives most changes. */
static void change_state(uint8_t *state, size_t *size, structure_bytes *from)
{
    const uint8_t action = next_byte(from);
    if (action % 4 < 2) {
        const size_t words = *size / 8;
        const size_t at = words > 2 ? 8 * (1 + next_byte(from) % (words - 2)) : 0;
        const double real = odd_real(from);
        uint64_t word = (uint64_t)odd_integer(from);
        if (action & 4) {
            memcpy(&word, &real, sizeof word);
        }
        for (size_t i = 0; i < 8 && at + i < *size; i++) {
            state[at + i] = (uint8_t)(word >> 8 * i);
        }
    } else if (action % 4 == 2 && action < 64) {
        *size = next_byte(from) & 1 ? *size + next_byte(from) : next_word(from) % (*size + 1);
    } else {
        for (int i = 1 + action / 4 % 8; i > 0 && *size > 16; i--) {
            state[8 + next_word(from) % (*size - 8)] = next_byte(from);
        }
    }
    if (action == 255) {
        state[next_byte(from) % 8] = next_byte(from); /* the version */
    }
}

/* Some weights of the network anew: other counts, or the same by chance. */
static void change_network(aann_network *network, structure_bytes *from)
{
    const aann_spec *spec = aann_network_spec(network);
    for (int i = next_byte(from) % 4; i > 0; i--) {
        const int32_t layer = next_byte(from) % spec->layer_count;
        const uint64_t place = next_word(from) % (uint64_t)spec->layers[layer].weight_count;
        aann_network_weights_mutable(network, layer)[place] = (int8_t)(next_byte(from) % 3 - 1);
    }
}

/* A search that was accepted is one as any other. */
static void go_on(aann_search *search, const kind *of, const aann_samples *samples,
                  const aann_search_options *options)
{
    aann_error error;
    aann_search_progress progress;
    aann_search_progress_get(search, &progress);
    require(progress.accepted <= progress.step);
    require(aann_search_run(search, STEPS, NULL, NULL, &error) == AANN_OK);
    require(aann_network_check_sparse(aann_search_network(search), &of->parsed, &error) == AANN_OK);
    aann_search *again = NULL;
    aann_search_saved saved = {.network = aann_search_network(search)};
    void *state = NULL;
    require(aann_search_save(search, &state, &saved.size, &error) == AANN_OK);
    saved.state = state;
    require(aann_search_resume(&of->parsed, samples, options, 1, &saved, &again, &error) ==
            AANN_OK);
    require(aann_network_hash(aann_search_network(again)) ==
            aann_network_hash(aann_search_network(search)));
    require(aann_search_correct(again) == aann_search_correct(search));
    aann_search_destroy(again);
    free(state);
}

static void resume(const kind *of, const aann_samples *samples, const aann_search_options *options,
                   const aann_network *network, structure_bytes *from)
{
    aann_error error;
    aann_search *search = NULL;
    const kind *other = next_byte(from) < 8 ? &kinds[next_byte(from) % SEARCHES] : of;
    size_t size = other->size;
    uint8_t *changed = calloc(size + ROOM, 1);
    require(changed != NULL);
    memcpy(changed, other->state, size);
    for (int changes = next_byte(from) % 4; changes > 0; changes--) {
        change_state(changed, &size, from);
    }
    make_check_sum(changed, size);
    uint8_t *state = malloc(size > 0 ? size : 1); /* so that a byte beyond its end is noticed */
    require(state != NULL);
    memcpy(state, changed, size);
    free(changed);
    const aann_search_saved saved = {network, state, size};
    if (passed(aann_search_resume(&of->parsed, samples, options, 1, &saved, &search, &error),
               &error)) {
        go_on(search, of, samples, options);
        aann_search_destroy(search);
    }
    free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    structure_bytes from = {bytes, bytes + size};
    aann_error error;
    const uint8_t choice = next_byte(&from);
    const kind *of = &kinds[choice % SEARCHES];
    const aann_samples samples = fuzz_samples(of->input, SAMPLES, of->regression);
    const aann_search_options options = options_of(of);
    aann_network *network = NULL;
    require(aann_network_copy(of->network, &network, &error) == AANN_OK);
    if (choice >= 128) {
        change_network(network, &from);
    }
    if (choice < 250) {
        resume(of, &samples, &options, network, &from);
    } else {
        aann_search *search = NULL;
        if (passed(aann_search_create(&of->parsed, &samples, &options, 1, network, &search, &error),
                   &error)) {
            go_on(search, of, &samples, &options);
            aann_search_destroy(search);
        }
    }
    aann_network_destroy(network);
    return 0;
}
