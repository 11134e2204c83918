/* A density is a list of percents, or one for all layers. It is turned into sparsities, because a
 * spec has these. */
#include "family/phase_density.h"

#include <string.h>

#include "aann/dale.h"
#include "aann/development.h"
#include "core/error.h"
#include "family/phases.h"

/* How many numbers the phase's density has; a 0 between others counts. */
static int32_t density_count(const aann_search_options *options)
{
    int32_t count = AANN_MAX_LAYERS;
    while (count > 0 && options->density[count - 1] == 0.0) {
        count--;
    }
    return count;
}

bool aann_phase_has_density(const aann_family_plan *plan, int32_t phase)
{
    const aann_search_options options = aann_phases_options(plan, phase);
    return density_count(&options) > 0;
}

aann_status aann_phase_spec(const aann_family_plan *plan, const aann_spec *family, int32_t phase,
                            aann_spec *spec, aann_error *error)
{
    const aann_search_options options = aann_phases_options(plan, phase);
    const int32_t count = density_count(&options);
    double sparsities[AANN_MAX_LAYERS];
    *spec = *family;
    if (count == 0) {
        return AANN_OK;
    }
    if (count > 1 && count != family->layer_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "phase %d: density has %d numbers: expected 1, or one for each of the %d "
                         "layers",
                         phase + 1, count, family->layer_count);
    }
    for (int32_t i = 0; i < family->layer_count; i++) {
        sparsities[i] = 100.0 - options.density[count == 1 ? 0 : i];
    }
    const aann_status status =
        aann_spec_set_sparsity(spec, -1.0, sparsities, (size_t)family->layer_count, error);
    return status == AANN_OK ? status
                             : aann_fail_prefix(error, status, "phase %d: density", phase + 1);
}

aann_status aann_phase_density_check(const aann_family_plan *plan, const aann_spec *family,
                                     aann_error *error)
{
    const int32_t last = aann_plan_phase_count(plan) - 1;
    if (aann_phase_has_density(plan, last)) {
        return plan->phase_count == 0
                   ? aann_fail(
                         error, AANN_ERROR_ARGUMENT,
                         "density without phases: expected phases, of which the last has none")
                   : aann_fail(error, AANN_ERROR_ARGUMENT,
                               "phase %d: has a density, and is the last: expected none, since a "
                               "member ends with the counts of its family",
                               last + 1);
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i <= last; i++) {
        aann_spec spec;
        const aann_search_options options = aann_phases_options(plan, i);
        status = aann_phase_spec(plan, family, i, &spec, error);
        if (status == AANN_OK && options.dale != plan->search.dale) {
            status = aann_fail(error, AANN_ERROR_ARGUMENT,
                               "phase %d: dale is %g, that of the search %g: expected one law for "
                               "all phases, beside them",
                               i + 1, options.dale, plan->search.dale);
        }
        if (status == AANN_OK) {
            status = aann_dale_check_spec(&spec, options.dale, error);
        }
        if (status == AANN_OK && options.by_use > 0.0 && plan->search.reward_tracks > 0) {
            status = aann_fail(error, AANN_ERROR_ARGUMENT,
                               "phase %d: by_use: a search for reward has no samples to try "
                               "synapses on",
                               i + 1);
        }
    }
    return status;
}

aann_search_options aann_phase_search_options(const aann_family_plan *plan, int32_t phase)
{
    aann_search_options options = aann_phases_options(plan, phase);
    memset(options.density, 0, sizeof options.density);
    options.by_use = 0.0;
    return options;
}

aann_status aann_phase_develop(const aann_phase_growth *growth, const aann_network *network,
                               aann_network **developed, uint64_t *evaluated_samples,
                               aann_error *error)
{
    aann_spec spec;
    const aann_status status =
        aann_phase_spec(growth->plan, growth->family, growth->phase, &spec, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_search_options options = aann_phases_options(growth->plan, growth->phase);
    options.threads = growth->threads;
    options.isa = growth->isa;
    aann_development development = aann_development_default();
    development.by_use = options.by_use;
    development.samples = aann_family_data_train(growth->data);
    development.options = &options;
    development.dale = options.dale;
    development.seed = options.seed;
    development.member = growth->member;
    development.interrupted = growth->interrupted;
    development.context = growth->context;
    return aann_development_apply(network, &spec, &development, developed, evaluated_samples,
                                  error);
}
