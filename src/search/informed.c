/* Informed proposals (`--informed-steps N`).
 *
 * Late in a search one blindly drawn swap in a hundred is accepted. A swap within a unit is two
 * changes, a weight that becomes 0 and a 0 that becomes that weight, and its effect is about the
 * sum of theirs. So a scan evaluates every single change of one unit on the first blocks of the
 * plan: of a unit with 80 weights and 320 zeros 720 changes, which stand for 25,600 swaps. No
 * derivative is taken. For the next N candidates swaps of that unit are drawn, each of their
 * changes with odds exp(-effect / tau), tau = temperature + 5e-6. No pair is drawn twice between
 * two acceptances. An accepted swap turns the effects of its changes round.
 *
 * Candidates come in runs of N; scan.c decides which runs are informed, and scans. Their share is
 * found by trying, as the layers' shares are (layers.c): every AANN_ADAPT_INTERVAL candidates it
 * moves towards its part of gain / cost, the work of scans included. Early in a search, when many
 * blind swaps are accepted, that is little. The first of several layers is never scanned: its candidates are
 * too dear. The proposal is not symmetric: this is a search, not a sampler.
 *
 * Draws are a function of (seed, member, candidate, saved state). Effects are saved; the pairs drawn
 * since an acceptance are drawn again by a resumed search. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/exact_math.h"
#include "core/memory.h"
#include "search/saved_words.h"
#include "search/search.h"
#include "search/target_loss.h"

enum { DRAW_LIMIT = 64, NO_PAIR = -1 };

/* Chosen on one seed of MNIST, from a member of 98.5 %, as SCAN_BLOCKS in scan.c. */
static const double extra_temperature = 5e-6;
static const double first_share = 0.1;
static const double minimum_share = 0.03;
static const double maximum_share = 0.9;
static const double memory = 0.5;
static const double speed = 0.25;

static size_t largest_fan_in(const aann_spec *spec)
{
    int32_t largest = 1;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        largest = spec->layers[i].fan_in > largest ? spec->layers[i].fan_in : largest;
    }
    return (size_t)largest;
}

aann_status aann_informed_create(const aann_spec *spec, const aann_search_options *options,
                                 aann_informed *informed, aann_error *error)
{
    *informed = (aann_informed){.share = first_share, .run = UINT64_MAX};
    if (options->informed_steps == 0) {
        return AANN_OK;
    }
    const size_t fan_in = largest_fan_in(spec);
    bool fits = true;
    for (int32_t list = 0; list < AANN_INFORMED_LISTS; list++) {
        informed->odds[list] = aann_allocate_zeroed(fan_in, sizeof(double));
        fits = fits && informed->odds[list] != NULL;
    }
    informed->effects = aann_allocate_zeroed(fan_in, 2 * sizeof(double));
    informed->drawn =
        aann_allocate_zeroed((size_t)options->informed_steps, sizeof *informed->drawn);
    return fits && informed->effects != NULL && informed->drawn != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for informed proposals");
}

void aann_informed_clear(aann_informed *informed)
{
    for (int32_t list = 0; list < AANN_INFORMED_LISTS; list++) {
        free(informed->odds[list]);
    }
    free(informed->effects);
    free(informed->drawn);
    *informed = (aann_informed){0};
}

bool aann_informed_is_on(const aann_search *search)
{
    return search->options.informed_steps > 0 && !search->confined &&
           search->objective.prepare_singles != NULL;
}

bool aann_informed_is_active(const aann_search *search)
{
    return aann_informed_is_on(search) && search->informed.active;
}

uint64_t aann_informed_end(const aann_search *search)
{
    const uint64_t length = (uint64_t)search->options.informed_steps;
    return aann_informed_is_on(search) ? (search->step / length + 1) * length : UINT64_MAX;
}

/* ---- the odds -------------------------------------------------------------------------------- */

const int8_t *aann_informed_weights(const aann_search *search)
{
    const aann_informed *informed = &search->informed;
    const aann_network *network = search->objective.network(search->objective.context);
    return aann_network_weights(network, informed->layer) +
           (size_t)informed->unit * (size_t)informed->fan_in;
}

/* The effect of a weight's change in a list: removing (even lists) or adding +1 (lists 0 and 1) or
 * -1; INFINITY where it is not possible. */
static double effect_in(const aann_informed *informed, const int8_t *weights, int32_t index,
                        int32_t list)
{
    const int8_t value = list < 2 ? 1 : -1;
    const bool adds = list % 2 == 1;
    if (weights[index] != (adds ? 0 : value)) {
        return INFINITY;
    }
    return informed->effects[2 * index + (adds && value < 0 ? 1 : 0)];
}

/* Fills in a list's sums; returns its smallest effect, INFINITY if it is empty. */
static double sum_odds(aann_informed *informed, const int8_t *weights, int32_t list, double tau)
{
    double smallest = INFINITY;
    for (int32_t i = 0; i < informed->fan_in; i++) {
        const double effect = effect_in(informed, weights, i, list);
        smallest = effect < smallest ? effect : smallest;
    }
    double sum = 0.0;
    for (int32_t i = 0; i < informed->fan_in; i++) {
        const double effect = effect_in(informed, weights, i, list);
        sum += effect < INFINITY ? aann_exp((smallest - effect) / tau) : 0.0;
        informed->odds[list][i] = sum;
    }
    return smallest;
}

bool aann_informed_find_odds(aann_search *search)
{
    aann_informed *informed = &search->informed;
    const int8_t *weights = aann_informed_weights(search);
    const double tau = aann_search_temperature(search, informed->scan_step) + extra_temperature;
    double best[2];
    double sum[2];
    for (int32_t sign = 0; sign < 2; sign++) {
        best[sign] = sum_odds(informed, weights, 2 * sign, tau) +
                     sum_odds(informed, weights, 2 * sign + 1, tau);
        sum[sign] = informed->odds[2 * sign][informed->fan_in - 1] *
                    informed->odds[2 * sign + 1][informed->fan_in - 1];
    }
    if (!(best[0] < INFINITY) && !(best[1] < INFINITY)) {
        return false;
    }
    const double smaller = best[0] < best[1] ? best[0] : best[1];
    for (int32_t sign = 0; sign < 2; sign++) {
        sum[sign] =
            best[sign] < INFINITY ? sum[sign] * aann_exp((smaller - best[sign]) / tau) : 0.0;
    }
    informed->positive = sum[0] / (sum[0] + sum[1]);
    return true;
}

/* ---- draws ----------------------------------------------------------------------------------- */

/* A place in a list with the probability of its odds. */
static int32_t draw_place(const aann_informed *informed, int32_t list, aann_random_stream *stream)
{
    const double *odds = informed->odds[list];
    const double wanted = aann_random_unit(stream) * odds[informed->fan_in - 1];
    int32_t low = 0;
    int32_t high = informed->fan_in - 1;
    while (low < high) {
        const int32_t middle = (low + high) / 2;
        if (odds[middle] < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool was_drawn(const aann_informed *informed, int64_t count, int64_t pair)
{
    for (int64_t i = 0; i < count; i++) {
        if (informed->drawn[i] == pair) {
            return true;
        }
    }
    return false;
}

bool aann_informed_draw(aann_search *search, uint64_t step, aann_swap *swap)
{
    aann_informed *informed = &search->informed;
    const int64_t before = (int64_t)(step - informed->fresh_step);
    aann_random_stream stream = aann_random_start(search->key, step, AANN_PURPOSE_INFORMED);
    informed->drawn[before] = NO_PAIR;
    for (int32_t draw = 0; draw < DRAW_LIMIT; draw++) {
        const int32_t sign = aann_random_unit(&stream) <= informed->positive ? 0 : 1;
        const int32_t from = draw_place(informed, 2 * sign, &stream);
        const int32_t to = draw_place(informed, 2 * sign + 1, &stream);
        const int64_t pair = (int64_t)from * informed->fan_in + to;
        if (was_drawn(informed, before, pair)) {
            continue;
        }
        informed->drawn[before] = pair;
        *swap = (aann_swap){.layer = informed->layer,
                            .changes = {{informed->unit, from, 0},
                                        {informed->unit, to, (int8_t)(sign == 0 ? 1 : -1)}}};
        return true;
    }
    return false;
}

/* The changes of an accepted swap can be undone with the opposite effects. The weight that became 0
 * could also get the other sign: nobody knows what that does. */
static void turn_round(aann_informed *informed, const aann_swap *swap)
{
    const int32_t from = swap->changes[0].index;
    const int32_t to = swap->changes[1].index;
    const int32_t sign = swap->changes[1].value < 0 ? 1 : 0;
    const double removed = informed->effects[2 * from];
    const double added = informed->effects[2 * to + sign];
    informed->effects[2 * from + sign] = -removed;
    informed->effects[2 * from + 1 - sign] = INFINITY;
    informed->effects[2 * to] = -added;
}

void aann_informed_record(aann_search *search, const aann_swap *swap, double work, double gain)
{
    if (aann_informed_is_on(search) && (swap->layer > 0 || search->spec.layer_count == 1)) {
        const int32_t kind = search->informed.active ? 1 : 0;
        search->informed.cost[kind] += work;
        search->informed.gain[kind] += gain;
    }
}

void aann_informed_committed(aann_search *search, const aann_swap *swap)
{
    if (!aann_informed_is_active(search)) {
        search->informed.active = false; /* while confined: the odds are of another network now */
        return;
    }
    turn_round(&search->informed, swap);
    search->informed.fresh_step = search->step;
    search->informed.active = aann_informed_find_odds(search);
}

void aann_informed_adapt(aann_search *search)
{
    aann_informed *informed = &search->informed;
    if (!aann_informed_is_on(search)) {
        return;
    }
    double worth[2];
    for (int32_t kind = 0; kind < 2; kind++) {
        const bool known = informed->cost[kind] > 0.0 && informed->gain[kind] > 0.0;
        worth[kind] = known ? informed->gain[kind] / informed->cost[kind] : 0.0;
        informed->gain[kind] *= memory;
        informed->cost[kind] *= memory;
    }
    if (worth[0] + worth[1] > 0.0) {
        informed->share += speed * (worth[1] / (worth[0] + worth[1]) - informed->share);
        informed->share = fmin(fmax(informed->share, minimum_share), maximum_share);
    }
}

/* ---- the saved state ------------------------------------------------------------------------- */

enum { SAVED_WORDS = 12 };

size_t aann_informed_saved_size(const aann_spec *spec, const aann_search_options *options)
{
    return options->informed_steps == 0
               ? 0
               : (SAVED_WORDS + 2 * largest_fan_in(spec)) * sizeof(uint64_t);
}

void aann_informed_save(const aann_search *search, uint8_t **to)
{
    const aann_informed *informed = &search->informed;
    if (search->options.informed_steps == 0) {
        return;
    }
    aann_save_real(to, informed->share);
    for (int32_t kind = 0; kind < 2; kind++) {
        aann_save_real(to, informed->gain[kind]);
        aann_save_real(to, informed->cost[kind]);
    }
    aann_save_word(to, informed->run);
    aann_save_word(to, informed->active ? 1 : 0);
    aann_save_word(to, (uint64_t)informed->layer);
    aann_save_word(to, (uint64_t)informed->unit);
    aann_save_word(to, informed->epoch);
    aann_save_word(to, informed->scan_step);
    aann_save_word(to, informed->fresh_step);
    for (size_t i = 0; i < 2 * largest_fan_in(&search->spec); i++) {
        aann_save_real(to, informed->effects[i]);
    }
}

/* A hostile state can have a right checksum. */
static bool is_possible(const aann_search *search)
{
    const aann_informed *informed = &search->informed;
    bool good = informed->share >= 0.0 && informed->share <= 1.0;
    for (int32_t kind = 0; kind < 2; kind++) {
        good = good && isfinite(informed->gain[kind]) && informed->gain[kind] >= 0.0 &&
               isfinite(informed->cost[kind]) && informed->cost[kind] >= 0.0;
    }
    good = good && informed->layer < search->spec.layer_count &&
           informed->unit < search->spec.layers[informed->layer].units;
    for (size_t i = 0; i < 2 * largest_fan_in(&search->spec); i++) {
        good = good && informed->effects[i] >= -AANN_LARGEST_LOSS;
    }
    if (good && informed->active) {
        const uint64_t length = (uint64_t)search->options.informed_steps;
        good = informed->epoch <= search->arranged_epoch &&
               (informed->layer > 0 || search->spec.layer_count == 1) &&
               informed->scan_step <= informed->fresh_step &&
               informed->fresh_step <= search->step &&
               search->step - informed->scan_step <= length &&
               informed->scan_step / length == informed->run;
    }
    return good;
}

aann_status aann_informed_load(aann_search *search, const uint8_t **from, aann_error *error)
{
    aann_informed *informed = &search->informed;
    if (search->options.informed_steps == 0) {
        return AANN_OK;
    }
    informed->share = aann_load_real(from);
    for (int32_t kind = 0; kind < 2; kind++) {
        informed->gain[kind] = aann_load_real(from);
        informed->cost[kind] = aann_load_real(from);
    }
    informed->run = aann_load_word(from);
    informed->active = aann_load_word(from) != 0;
    const uint64_t layer = aann_load_word(from);
    const uint64_t unit = aann_load_word(from);
    informed->layer = layer < AANN_MAX_LAYERS ? (int32_t)layer : AANN_MAX_LAYERS;
    informed->unit = unit < INT32_MAX ? (int32_t)unit : INT32_MAX;
    informed->epoch = aann_load_word(from);
    informed->scan_step = aann_load_word(from);
    informed->fresh_step = aann_load_word(from);
    for (size_t i = 0; i < 2 * largest_fan_in(&search->spec); i++) {
        informed->effects[i] = aann_load_real(from);
    }
    if (!is_possible(search)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the checkpoint is damaged (its scan is none that a search makes)");
    }
    informed->fan_in = search->spec.layers[informed->layer].fan_in;
    return AANN_OK;
}

void aann_informed_resume(aann_search *search)
{
    aann_informed *informed = &search->informed;
    if (search->options.informed_steps == 0 || !informed->active) {
        return;
    }
    informed->active = aann_informed_find_odds(search);
    aann_swap swap;
    for (uint64_t step = informed->fresh_step; informed->active && step < search->step; step++) {
        (void)aann_informed_draw(search, step, &swap);
    }
}
