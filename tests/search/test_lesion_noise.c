/* Lesion noise: every block against an engine that plainly holds the lesioned network, to the bit,
 * and against the reference evaluation; exact numbers of lost synapses; one result whatever the
 * threads, the instruction set and the interruptions; hostile states; what is refused.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include <math.h>
#include <string.h>

#include "aann/objective.h"
#include "engine/dispatch.h"
#include "network/network.h"
#include "search/lesion_engines.h"
#include "search/search.h"
#include "search/support_task.h"
#include "support/seal.h"
#include "support/test.h"

enum { SAMPLES = 3000, FEW = 1000, MASKS = 5, SWAPS = 40, WORD = 8 };

static const double percent = 10.0;

static const uint64_t golden_lesions = 0x28bf5c4a41b1f28b;

static aann_search_options lesion_options(void)
{
    aann_search_options options = working_options();
    options.lesion_noise = percent;
    options.lesion_masks = MASKS;
    return options;
}

/* ---- the engines ----------------------------------------------------------------------------- */

/* Lesion engines on FEW samples in three strata, as a search makes them. */
typedef struct stage {
    aann_spec spec;
    aann_samples *samples;
    aann_search_options options;
    aann_loss_options loss;
    aann_kernels kernels;
    aann_threads *threads;
    aann_engine *first;
    aann_lesion_engines *lesions;
    aann_network *network; /* kept beside them, by plain assignment */
    int32_t order[FEW];
} stage;

static const aann_stratum strata[] = {{0, 3, 192, 192}, {3, 8, 320, 320}, {8, 16, 488, 488}};

static void set_up(stage *s, double noise)
{
    aann_error error;
    *s = (stage){.spec = bar_spec(), .samples = bar_samples(FEW, 1), .options = lesion_options()};
    s->options.lesion_noise = noise;
    s->loss = (aann_loss_options){false, 8.0, NULL};
    const aann_random_key key = aann_random_key_create(3, 0);
    const int64_t load = aann_lesion_engines_load_of_one(FEW, &s->options);
    assert_ok(aann_kernels_choose(NULL, &s->kernels, &error));
    assert_ok(aann_threads_create(2, &s->threads, &error));
    assert_ok(aann_engine_create(&s->spec, s->samples, load, &s->loss, &s->kernels, s->threads,
                                 &s->first, &error));
    assert_ok(aann_lesion_engines_create(s->first, &s->spec, s->samples, &s->options, &s->loss,
                                         &s->kernels, s->threads, key, FEW, &s->lesions, &error));
    assert_ok(aann_network_create(&s->spec, &s->network, &error));
    aann_network_randomise(s->network, 1, 0);
    aann_random_stream stream = aann_random_start(key, 1, AANN_PURPOSE_TEST);
    aann_random_order(&stream, s->order, FEW);
    assert_ok(aann_lesion_engines_load(s->lesions, s->network, 1, s->order, NULL, FEW, strata, 3,
                                       &error));
}

static void tear_down(stage *s)
{
    aann_lesion_engines_destroy(s->lesions);
    aann_engine_destroy(s->first);
    aann_threads_destroy(s->threads);
    aann_network_destroy(s->network);
    free_bar_samples(s->samples);
}

/* A lesion is the whole network without exactly its percent of every layer's synapses. */
static void check_lesion(const stage *s, int32_t lesion)
{
    const aann_network *left = aann_lesion_engines_lesioned(s->lesions, lesion);
    for (int32_t layer = 0; layer < s->spec.layer_count; layer++) {
        const int8_t *whole = aann_network_weights(s->network, layer);
        const int8_t *weights = aann_network_weights(left, layer);
        int64_t synapses = 0;
        int64_t lost = 0;
        for (int64_t i = 0; i < s->spec.layers[layer].weight_count; i++) {
            assert_true(weights[i] == whole[i] || weights[i] == 0);
            synapses += whole[i] != 0;
            lost += weights[i] != whole[i];
        }
        assert_int_equal(lost,
                         (int64_t)floor(s->options.lesion_noise / 100.0 * (double)synapses + 0.5));
    }
}

/* The answers to a block's samples, by the reference evaluation. */
static int32_t reference_correct(const stage *s, const aann_network *network, int64_t block)
{
    aann_error error;
    int32_t correct = 0;
    for (int64_t i = 64 * block; i < 64 * block + 64 && i < FEW; i++) {
        const int64_t sample = s->order[i];
        int32_t logits[4];
        assert_ok(aann_network_reference_logits(network, s->samples->inputs + 64 * sample, logits,
                                                &error));
        int32_t best = 0;
        for (int32_t c = 1; c < 4; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        correct += best == s->samples->labels[sample];
    }
    return correct;
}

/* What the lesion leaves, with the values of two positions exchanged, in another network. */
static aann_network *exchanged(const stage *s, const aann_network *network, const aann_swap *swap)
{
    aann_error error;
    aann_network *result;
    assert_ok(aann_network_copy(network, &result, &error));
    int8_t *weights = aann_network_weights_mutable(result, swap->layer);
    const int32_t fan_in = s->spec.layers[swap->layer].fan_in;
    int8_t *a = weights + swap->changes[0].unit * fan_in + swap->changes[0].index;
    int8_t *b = weights + swap->changes[1].unit * fan_in + swap->changes[1].index;
    const int8_t value = *a;
    *a = *b;
    *b = value;
    return result;
}

/* A plain engine with one network and all samples; the candidate is what the engine itself makes of
 * the exchange in this network. */
static aann_engine *plain_engine(const stage *s, const aann_network *network)
{
    aann_error error;
    aann_engine *engine;
    assert_ok(aann_engine_create(&s->spec, s->samples, FEW, &s->loss, &s->kernels, s->threads,
                                 &engine, &error));
    assert_ok(aann_engine_load(engine, network, s->order, NULL, FEW, &error));
    return engine;
}

static aann_block_change plain_change(aann_engine *engine, const aann_network *changed,
                                      const aann_swap *swap, int64_t block)
{
    aann_error error;
    aann_candidate candidate = {0};
    aann_swap own = *swap;
    aann_block_change change = {0};
    const int32_t fan_in = aann_network_spec(changed)->layers[swap->layer].fan_in;
    for (int32_t i = 0; i < 2; i++) {
        own.changes[i].value = aann_network_weights(
            changed, swap->layer)[own.changes[i].unit * fan_in + own.changes[i].index];
    }
    if (own.changes[0].value == own.changes[1].value) {
        return change;
    }
    const int32_t which = 0;
    assert_ok(aann_engine_admit(engine, &own, &error));
    assert_ok(aann_engine_prepare(engine, &own, &candidate, &error));
    aann_engine_ready(engine, &block, 1, false);
    aann_engine_changes(engine, 0, &candidate, &which, 1, block, &change);
    aann_candidate_clear(&candidate);
    return change;
}

/* All swaps on all blocks against engines that hold the lesioned networks. Returns how many changed
 * nothing where a plain network would have changed. */
static int32_t check_changes(const stage *s, const aann_swap *swaps)
{
    int32_t which[SWAPS];
    int64_t blocks[16];
    int32_t idle = 0;
    for (int32_t i = 0; i < SWAPS; i++) {
        which[i] = SWAPS - 1 - i;
    }
    for (int64_t block = 0; block < 16; block++) {
        blocks[block] = block;
    }
    aann_lesion_engines_ready(s->lesions, blocks, 16, true);
    for (int32_t lesion = 0; lesion < MASKS; lesion++) {
        const aann_network *left = aann_lesion_engines_lesioned(s->lesions, lesion);
        aann_engine *plain = plain_engine(s, left);
        for (int64_t block = 0; block < 16; block++) {
            if (aann_lesion_engines_of_block(s->lesions, block) != lesion) {
                continue;
            }
            aann_block_change found[SWAPS];
            aann_lesion_engines_change(s->lesions, 1, which, SWAPS, block, found);
            assert_int_equal(aann_lesion_engines_block_loss(s->lesions, block),
                             aann_engine_block_loss(plain, block));
            assert_int_equal(aann_lesion_engines_block_correct(s->lesions, block),
                             reference_correct(s, left, block));
            for (int32_t i = 0; i < SWAPS; i++) {
                aann_network *changed = exchanged(s, left, &swaps[which[i]]);
                const aann_block_change expected =
                    plain_change(plain, changed, &swaps[which[i]], block);
                idle += aann_network_hash(changed) == aann_network_hash(left);
                assert_int_equal(found[i].sum, expected.sum);
                assert_memory_equal(&found[i].squares, &expected.squares, sizeof expected.squares);
                aann_network_destroy(changed);
            }
        }
        aann_engine_destroy(plain);
    }
    return idle;
}

static void draw_swaps(const stage *s, uint64_t first, aann_swap *swaps)
{
    const double share[] = {0.3, 0.4, 0.3};
    const aann_random_key key = aann_random_key_create(9, 0);
    for (int32_t i = 0; i < SWAPS; i++) {
        assert_true(aann_swap_draw(s->network, key, 16 * (first + (uint64_t)i), share, 0.5, NULL,
                                   &swaps[i]));
    }
}

/* Commits change the whole network and every lesioned one by the same exchange. */
static void against_plain_engines(void **state)
{
    (void)state;
    aann_error error;
    stage s;
    set_up(&s, percent);
    int32_t idle = 0;
    for (uint64_t round = 0; round < 8; round++) {
        aann_swap swaps[SWAPS];
        draw_swaps(&s, round * SWAPS, swaps);
        assert_ok(aann_lesion_engines_prepare(s.lesions, swaps, SWAPS, &error));
        idle += check_changes(&s, swaps);
        const int32_t chosen = (int32_t)(round * 7 % SWAPS);
        aann_network *expected[MASKS];
        for (int32_t lesion = 0; lesion < MASKS; lesion++) {
            expected[lesion] =
                exchanged(&s, aann_lesion_engines_lesioned(s.lesions, lesion), &swaps[chosen]);
        }
        aann_network *whole = exchanged(&s, s.network, &swaps[chosen]);
        aann_network_destroy(s.network);
        s.network = whole;
        aann_lesion_engines_commit(s.lesions, chosen);
        assert_int_equal(aann_network_hash(aann_lesion_engines_network(s.lesions)),
                         aann_network_hash(whole));
        for (int32_t lesion = 0; lesion < MASKS; lesion++) {
            assert_int_equal(aann_network_hash(aann_lesion_engines_lesioned(s.lesions, lesion)),
                             aann_network_hash(expected[lesion]));
            check_lesion(&s, lesion);
            aann_network_destroy(expected[lesion]);
        }
    }
    print_message("%d candidates on a block under a lesion that they do not touch\n", idle);
    assert_true(idle > 0);
    tear_down(&s);
}

/* Every stratum meets all lesions, about equally often. */
static void shares(void **state)
{
    (void)state;
    stage s;
    set_up(&s, percent);
    for (int32_t i = 0; i < 3; i++) {
        int64_t of_lesion[MASKS] = {0};
        for (int64_t block = strata[i].first_block; block < strata[i].end_block; block++) {
            of_lesion[aann_lesion_engines_of_block(s.lesions, block)]++;
            assert_int_equal(aann_lesion_engines_block_samples(s.lesions, block),
                             block == 15 ? FEW - 15 * 64 : 64);
        }
        const int64_t blocks = strata[i].end_block - strata[i].first_block;
        for (int32_t lesion = 0; lesion < MASKS; lesion++) {
            assert_true(of_lesion[lesion] >= blocks / MASKS &&
                        of_lesion[lesion] <= blocks / MASKS + 1);
        }
    }
    tear_down(&s);
}

/* Every synapse is as likely to be lost as any other, over many lesions; another epoch has others,
 * the same epoch the same. */
static void fair_lesions(void **state)
{
    (void)state;
    enum { EPOCHS = 400 };
    aann_error error;
    stage s;
    set_up(&s, percent);
    const int64_t weights = s.spec.layers[1].weight_count;
    int32_t *lost = calloc((size_t)weights, sizeof *lost);
    uint64_t first = 0;
    for (uint64_t epoch = 0; epoch <= EPOCHS; epoch++) {
        assert_ok(aann_lesion_engines_load(s.lesions, s.network, epoch % EPOCHS, s.order, NULL, FEW,
                                           strata, 3, &error));
        const uint64_t hash = aann_network_hash(aann_lesion_engines_lesioned(s.lesions, 0));
        first = epoch == 0 ? hash : first;
        assert_int_equal(hash == first, epoch == 0 || epoch == EPOCHS);
        for (int32_t lesion = 0; lesion < MASKS && epoch < EPOCHS; lesion++) {
            const int8_t *left =
                aann_network_weights(aann_lesion_engines_lesioned(s.lesions, lesion), 1);
            for (int64_t i = 0; i < weights; i++) {
                lost[i] += left[i] != aann_network_weights(s.network, 1)[i];
            }
        }
    }
    /* 86 synapses of 2,000 draws at about a tenth: mean 209, deviation 14. */
    for (int64_t i = 0; i < weights; i++) {
        const bool synapse = aann_network_weights(s.network, 1)[i] != 0;
        assert_true(synapse ? lost[i] > 140 && lost[i] < 280 : lost[i] == 0);
    }
    free(lost);
    tear_down(&s);
}

/* ---- the search ------------------------------------------------------------------------------ */

static uint64_t run(const aann_search_options *options)
{
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search *search = bar_search(samples, options, 0);
    assert_ok(aann_search_run(search, options->steps, NULL, NULL, &error));
    assert_ok(aann_network_check_counts(aann_search_network(search), &error));
    const uint64_t hash = aann_network_hash(aann_search_network(search));
    aann_search_destroy(search);
    free_bar_samples(samples);
    return hash;
}

static void one_result(void **state)
{
    (void)state;
    static const char *const names[] = {NULL, "baseline", "avx2", "avx512", "neon"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        aann_kernels kernels;
        if (aann_kernels_choose(names[i], &kernels, NULL) != AANN_OK) {
            continue;
        }
        aann_search_options options = lesion_options();
        options.isa = names[i];
        options.threads = 1 + (int32_t)i;
        const uint64_t hash = run(&options);
        print_message("%d threads: %016llx\n", options.threads, (unsigned long long)hash);
        assert_int_equal(hash, golden_lesions);
    }
}

/* So little noise that no layer loses a synapse: the search without, whatever the masks. */
static void no_synapse_lost(void **state)
{
    (void)state;
    aann_search_options options = lesion_options();
    options.lesion_noise = 1e-6;
    aann_search_options without = options;
    without.lesion_noise = 0.0;
    assert_int_equal(run(&options), run(&without));
}

static void interrupted(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_search_options options = lesion_options();
    aann_search *search = bar_search(samples, &options, 0);
    int32_t resumed = 0;
    for (int32_t number = 0;; number++) {
        int32_t left = 1 + number % 9;
        if (aann_search_run(search, options.steps, countdown, &left, &error) == AANN_OK) {
            break;
        }
        aann_search_progress before, after;
        aann_search_progress_get(search, &before);
        search = bar_reopened(search, samples, &options, 0);
        aann_search_progress_get(search, &after);
        assert_true(before.train_loss == after.train_loss);
        resumed++;
    }
    print_message("%d interruptions\n", resumed);
    assert_true(resumed > 30);
    assert_int_equal(aann_network_hash(aann_search_network(search)), golden_lesions);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

/* Any bit of the lesions changed: another number of lost synapses, or a bit of none. */
static void hostile(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_search_options options = lesion_options();
    const aann_spec spec = bar_spec();
    aann_search *search = bar_search(samples, &options, 0);
    assert_ok(aann_search_run(search, 2500, NULL, NULL, &error));
    void *state_of_it;
    size_t size;
    aann_network *network;
    assert_ok(aann_search_save(search, &state_of_it, &size, &error));
    assert_ok(aann_network_copy(aann_search_network(search), &network, &error));
    aann_search_destroy(search);
    uint8_t *saved = state_of_it;
    const size_t bytes = aann_lesion_engines_saved_size(&spec, &options);
    for (size_t bit = 0; bit < 8 * bytes; bit += 13) {
        uint8_t *at = saved + size - WORD - bytes + bit / 8;
        *at ^= (uint8_t)(1U << bit % 8);
        seal(saved, size);
        assert_int_equal(bar_resume(samples, &options, network, saved, size, &search),
                         AANN_ERROR_FORMAT);
        assert_null(search);
        *at ^= (uint8_t)(1U << bit % 8);
    }
    seal(saved, size);
    /* Other options are another layout, another size, or other numbers. */
    aann_search_options other = options;
    other.lesion_noise = 0.0;
    assert_int_equal(bar_resume(samples, &other, network, saved, size, &search), AANN_ERROR_FORMAT);
    other = options;
    other.lesion_masks = MASKS + 1;
    assert_int_equal(bar_resume(samples, &other, network, saved, size, &search), AANN_ERROR_FORMAT);
    other = options;
    other.lesion_noise = 2.0 * percent;
    assert_int_equal(bar_resume(samples, &other, network, saved, size, &search), AANN_ERROR_FORMAT);
    assert_ok(bar_resume(samples, &options, network, saved, size, &search));
    aann_search_destroy(search);
    aann_network_destroy(network);
    free(saved);
    free_bar_samples(samples);
}

static void expect_refusal(const aann_search_options *options, const char *message)
{
    aann_error error;
    aann_samples *samples = bar_samples(FEW, 1);
    const aann_spec spec = bar_spec();
    aann_search *search = NULL;
    assert_int_equal(aann_search_create(&spec, samples, options, 0, NULL, &search, &error),
                     AANN_ERROR_ARGUMENT);
    assert_null(search);
    assert_non_null(strstr(error.message, message));
    free_bar_samples(samples);
}

static aann_status no_losses(void *context, const aann_objective_request *request,
                             aann_error *error)
{
    (void)context;
    (void)request;
    (void)error;
    return AANN_OK;
}

static void refusals(void **state)
{
    (void)state;
    aann_error error;
    aann_search_options options = lesion_options();
    options.lesion_noise = 91.0;
    expect_refusal(&options, "lesion_noise is 91: expected a number from 0 to 90");
    options.lesion_noise = NAN;
    expect_refusal(&options, "lesion_noise");
    options = lesion_options();
    options.lesion_masks = 65;
    expect_refusal(&options, "lesion_masks is 65: expected a whole number from 1 to 64");
    options = lesion_options();
    options.informed_steps = 10;
    expect_refusal(&options, "lesion_noise is 10 and informed_steps 10");
    options = lesion_options();
    options.method = AANN_METHOD_GENETIC;
    expect_refusal(&options, "expected a search on samples by sense or hill");
    options = lesion_options();
    options.jitter = 0;
    aann_objective objective = aann_objective_default();
    objective.losses = no_losses;
    const aann_spec spec = bar_spec();
    aann_search *search = NULL;
    assert_int_equal(
        aann_objective_search_create(&spec, &objective, &options, 0, NULL, &search, &error),
        AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "expected lesion_noise 0"));
    options.working_samples = 0;
    aann_samples *samples = bar_samples(FEW, 1);
    search = bar_search(samples, &options, 0);
    const aann_confinement confinement = {.loss_limit = 1.0};
    assert_int_equal(aann_search_confine(search, &confinement, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "lesion_noise 0"));
    aann_search_destroy(search);
    free_bar_samples(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_plain_engines),
        cmocka_unit_test(shares),
        cmocka_unit_test(fair_lesions),
        cmocka_unit_test(one_result),
        cmocka_unit_test(no_synapse_lost),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(hostile),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests_name("search: lesion noise", tests, NULL, NULL);
}
