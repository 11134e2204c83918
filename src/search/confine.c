/* Walking instead of annealing: a candidate is accepted if it keeps the loss within a bound.
 *
 * The machinery is that of the search (sense.c). The threshold of a swap is not that of Metropolis
 * but the rise that is left, tau = (bound - loss) / samples. If the loss is above the bound
 * (because the bound was lowered, or the walk starts there), tau is 0: the loss never rises until
 * it is within the bound again. Losses are integers, so the bound holds but for the rounding of
 * what a candidate changes, which is another than that of the loss of the network that it becomes.
 *
 * A walk away from its anchor draws only swaps that increase the distance. It is not enough to
 * exclude those that decrease it: the farther away, the more swaps replace one mismatch by another,
 * and the walk spends its time on these (on MNIST it covered 60 percent of the distance by chance
 * in 5,600 swaps; with this rule all of it in 2,800). A walk towards its anchor may draw such
 * swaps: they repair a path (best_swap.c). */
#include <math.h>

#include "core/error.h"
#include "search/search.h"

/* Of any sum over samples, in AANN_LOSS_UNIT: 2^61, so that a difference of two fits, too. */
static const double largest_loss = 2305843009213693952.0;

aann_search_limits aann_search_limits_default(void)
{
    return (aann_search_limits){.step = UINT64_MAX, .accepted = UINT64_MAX, .loss = -INFINITY};
}

static bool same_counts(const aann_network *a, const aann_spec *spec)
{
    const aann_spec *other = aann_network_spec(a);
    bool same = other->layer_count == spec->layer_count;
    for (int32_t i = 0; same && i < spec->layer_count; i++) {
        same = other->layers[i].units == spec->layers[i].units &&
               other->layers[i].fan_in == spec->layers[i].fan_in;
    }
    return same;
}

aann_status aann_search_confine(aann_search *search, const aann_confinement *confinement,
                                aann_error *error)
{
    aann_network *anchor = NULL;
    if (confinement != NULL && !(confinement->loss_limit >= 0.0 && confinement->loss_limit < 1e6)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a bound of %g on the loss: expected 0 to 1000000",
                         confinement->loss_limit);
    }
    if (confinement != NULL && search->baseline != NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a confined search of whole networks: expected the method sense or hill");
    }
    const bool in_part = !search->objective.only_exact && search->options.working_samples > 0 &&
                         search->options.working_samples < search->objective.sample_count;
    if (confinement != NULL && in_part) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a confined search on a working set of %lld samples: a bound can be kept "
                         "only on all of them (working_samples 0)",
                         (long long)search->options.working_samples);
    }
    if (confinement != NULL && search->options.lesion_noise > 0.0) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "a confined search with lesion noise: a bound is kept on the loss of whole "
            "networks (lesion_noise 0)");
    }
    if (confinement != NULL && search->samples < search->objective.sample_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a confined search on %lld of %lld samples: a bound is kept on all of "
                         "them (first_samples 0)",
                         (long long)search->samples, (long long)search->objective.sample_count);
    }
    if (confinement != NULL && confinement->anchor != NULL) {
        if (!same_counts(confinement->anchor, &search->spec)) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the network to walk from or to has other layers");
        }
        const aann_status status = aann_network_copy(confinement->anchor, &anchor, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    aann_network_destroy(search->anchor);
    search->anchor = anchor;
    search->confined = confinement != NULL;
    search->towards = search->confined && confinement->towards;
    if (search->confined) {
        const double units = confinement->loss_limit * (double)search->samples * AANN_LOSS_UNIT;
        search->loss_limit = (int64_t)floor(fmin(units, largest_loss));
    }
    return AANN_OK;
}

double aann_search_confined_threshold(aann_search *search)
{
    const int64_t left = search->loss_limit - aann_search_total_loss(search);
    return left > 0 ? (double)left / ((double)search->samples * AANN_LOSS_UNIT) : 0.0;
}

const aann_swap_rule *aann_search_rule(const aann_search *search, aann_swap_rule *rule)
{
    *rule = (aann_swap_rule){search->anchor, search->towards, search->options.dale};
    return search->anchor != NULL || rule->dale > 0.0 ? rule : NULL;
}

double aann_search_gain(const aann_search *search, const aann_swap *swap, double mean)
{
    if (search->confined && search->anchor != NULL && !search->towards) {
        return (double)aann_swap_distance_change(search->anchor, swap);
    }
    return mean < 0.0 ? -mean : 0.0;
}
