/* The scans behind informed proposals (informed.c): which runs of candidates are informed, which
 * unit a run scans, and what each single change of that unit would do. */
#include "search/search.h"

/* The number of blocks, the extra temperature of 5e-6 in informed.c and the 400 candidates per scan
 * that docs/search.md suggests were chosen on one seed of MNIST, from a member of 98.5 %. */
enum { SCAN_BLOCKS = 64 };

/* A single change costs about half of what a swap does. */
static const double single_work = 0.5;

/* Evaluates these changes of the scanned unit on the first blocks of the plan. */
static aann_status evaluate_singles(aann_search *search, const aann_weight_change *changes,
                                    int32_t count, double *effects, aann_error *error)
{
    const aann_search_objective *objective = &search->objective;
    aann_status status = objective->prepare_singles(objective->context, search->informed.layer,
                                                    changes, count, error);
    if (status != AANN_OK) {
        return status;
    }
    int32_t alive[AANN_MAX_BATCH];
    for (int32_t i = 0; i < count; i++) {
        search->trials[i] = (aann_trial){.prepared = i};
        alive[i] = i;
    }
    const int64_t all = search->plan.block_count;
    status =
        aann_search_evaluate(search, alive, count, 0, all < SCAN_BLOCKS ? all : SCAN_BLOCKS, error);
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        const aann_evidence *evidence = &search->trials[i].evidence;
        const int32_t index = changes[i].index;
        effects[2 * index + (changes[i].value < 0 ? 1 : 0)] =
            aann_evidence_estimate(&search->plan, evidence);
        for (int32_t s = 0; s < search->plan.stratum_count; s++) {
            search->scanned += (uint64_t)evidence->samples[s];
        }
    }
    return status;
}

/* Evaluates every single change of the unit; their number in *count. */
static aann_status scan(aann_search *search, double *effects, int32_t *count, aann_error *error)
{
    const aann_informed *informed = &search->informed;
    const int8_t *weights = aann_informed_weights(search);
    aann_weight_change changes[AANN_MAX_BATCH];
    aann_status status = AANN_OK;
    int32_t waiting = 0;
    *count = 0;
    for (int32_t i = 0; i < informed->fan_in && status == AANN_OK; i++) {
        if (weights[i] == 0) {
            changes[waiting++] = (aann_weight_change){informed->unit, i, 1};
            changes[waiting++] = (aann_weight_change){informed->unit, i, -1};
        } else {
            changes[waiting++] = (aann_weight_change){informed->unit, i, 0};
        }
        if (waiting + 2 > AANN_MAX_BATCH || i + 1 == informed->fan_in) {
            status = evaluate_singles(search, changes, waiting, effects, error);
            *count += waiting;
            waiting = 0;
        }
    }
    return status;
}

/* The unit that a run scans: a layer by its share, without the first of several. */
static void choose_unit(const aann_search *search, aann_random_stream *stream,
                        aann_informed *informed)
{
    const aann_spec *spec = &search->spec;
    const int32_t first = spec->layer_count > 1 ? 1 : 0;
    double left = 0.0;
    for (int32_t i = first; i < spec->layer_count; i++) {
        left += search->layers[i].share;
    }
    left *= aann_random_unit(stream);
    informed->layer = first;
    while (informed->layer + 1 < spec->layer_count &&
           left > search->layers[informed->layer].share) {
        left -= search->layers[informed->layer].share;
        informed->layer++;
    }
    const aann_layer *layer = &spec->layers[informed->layer];
    informed->unit = (int32_t)aann_random_below(stream, (uint32_t)layer->units);
    informed->fan_in = layer->fan_in;
}

aann_status aann_informed_begin(aann_search *search, aann_error *error)
{
    aann_informed *informed = &search->informed;
    if (!aann_informed_is_on(search)) {
        return AANN_OK;
    }
    const uint64_t run = search->step / (uint64_t)search->options.informed_steps;
    if (run == informed->run && (!informed->active || informed->epoch == search->arranged_epoch)) {
        return AANN_OK;
    }
    aann_informed next = *informed;
    aann_random_stream stream = aann_random_start(search->key, run, AANN_PURPOSE_INFORMED_RUN);
    const double draw = aann_random_unit(&stream);
    next.active = run == informed->run ? informed->active : draw <= informed->share;
    next.run = run;
    if (next.active) {
        if (run != informed->run) {
            choose_unit(search, &stream, &next);
        }
        next.epoch = search->arranged_epoch;
        next.scan_step = search->step;
        next.fresh_step = search->step;
        const aann_informed before = *informed;
        *informed = next;
        int32_t count = 0;
        const aann_status status = scan(search, informed->effects, &count, error);
        if (status != AANN_OK) {
            *informed = before;
            return status;
        }
        const double work = single_work * search->objective.layer_cost[informed->layer] *
                            (double)count * (double)SCAN_BLOCKS;
        informed->cost[1] += work;
        search->layers[informed->layer].cost += work;
        informed->active = aann_informed_find_odds(search);
        return AANN_OK;
    }
    *informed = next;
    return AANN_OK;
}
