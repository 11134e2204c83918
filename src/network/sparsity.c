/* p-sparse networks: how many weights of each value a layer has.
 *
 * The number of zeros is the nearest integer to p percent of the weights. It decides which networks
 * belong to one family, so it is computed with integers only: p is stored in units of 10^-9
 * percent. */
#include "network/layer.h"

#include <inttypes.h>

#include "core/error.h"

/* Nearest integer to weight_count * nano / (100 * 10^9), halves up. The product needs up to 68
 * bits, so the percent are split: with nano = whole * 10^9 + rest,
 *     weight_count * nano / 10^9 = weight_count * whole + weight_count * rest / 10^9,
 * and the fraction that the last division drops cannot carry a multiple of 100 past the
 * rounding. */
static int64_t zero_count(int64_t weight_count, int64_t nano)
{
    const int64_t whole = nano / AANN_NANO_PER_PERCENT;
    const int64_t rest = nano % AANN_NANO_PER_PERCENT;
    const int64_t hundredths = weight_count * whole + weight_count * rest / AANN_NANO_PER_PERCENT;
    return (hundredths + 50) / 100;
}

aann_counts aann_layer_counts(const aann_layer *layer)
{
    const int64_t zero = zero_count(layer->weight_count, aann_sparsity_to_nano(layer->sparsity));
    const int64_t rest = layer->weight_count - zero;
    const int64_t plus = (int64_t)((double)rest * layer->excitatory_share + 0.5);
    return (aann_counts){.minus = rest - plus, .zero = zero, .plus = plus};
}

aann_counts aann_spec_counts(const aann_spec *spec, int32_t index)
{
    return aann_layer_counts(&spec->layers[index]);
}

aann_status aann_layer_check_counts(const aann_layer *layer, aann_error *error)
{
    if (aann_layer_counts(layer).zero < layer->weight_count) {
        return AANN_OK;
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "a sparsity of %.15g percent leaves none of its %" PRId64 " weights",
                     layer->sparsity, layer->weight_count);
}

/* "layer 3 (10): ..." in front of a message about one layer. */
static aann_status fail_in_layer(const aann_spec *spec, int32_t index, aann_error *error)
{
    char name[48];
    aann_layer_name(&spec->layers[index], name, sizeof name);
    return aann_fail_prefix(error, AANN_ERROR_ARGUMENT, "layer %" PRId32 " (%s)", index + 1, name);
}

/* Rounds to the stored precision. The comparison is written so that NaN fails. */
static aann_status round_sparsity(double percent, double *rounded, aann_error *error)
{
    if (percent >= 0.0 && percent < 100.0) {
        *rounded = aann_sparsity_from_nano(aann_sparsity_to_nano(percent));
        if (*rounded < 100.0) {
            return AANN_OK;
        }
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "a sparsity of %.15g percent is out of range: at least 0, less than 100",
                     percent);
}

aann_status aann_spec_set_sparsity(aann_spec *spec, double overall, const double *per_layer,
                                   size_t count, aann_error *error)
{
    if (count != 0 && (per_layer == NULL || count != (size_t)spec->layer_count)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%zu values of sparsity for %" PRId32 " layers: one for each is expected",
                         count, spec->layer_count);
    }
    const bool keep = overall < 0.0;
    double overall_rounded = 0.0;
    if (!keep) {
        const aann_status status = round_sparsity(overall, &overall_rounded, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    aann_spec changed = *spec; /* a failure halfway changes nothing */
    for (int32_t index = 0; index < spec->layer_count; index++) {
        aann_layer *layer = &changed.layers[index];
        if (count != 0) {
            const aann_status status = round_sparsity(per_layer[index], &layer->sparsity, error);
            if (status != AANN_OK) {
                return fail_in_layer(spec, index, error);
            }
        } else if (!keep && !layer->sparsity_from_spec) {
            layer->sparsity = overall_rounded;
        }
        if (aann_layer_check_counts(layer, error) != AANN_OK) {
            return fail_in_layer(spec, index, error);
        }
    }
    *spec = changed;
    return AANN_OK;
}

aann_status aann_spec_set_excitatory_share(aann_spec *spec, double share, aann_error *error)
{
    if (!(share >= 0.0 && share <= 1.0)) { /* written so that NaN fails */
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "an excitatory share of %.15g is out of range: 0 to 1", share);
    }
    for (int32_t index = 0; index < spec->layer_count; index++) {
        spec->layers[index].excitatory_share = share;
    }
    return AANN_OK;
}

aann_status aann_spec_set_shifts(aann_spec *spec, const int32_t *shifts, size_t count,
                                 aann_error *error)
{
    if (shifts == NULL || count != (size_t)spec->layer_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%zu shifts for %" PRId32 " layers: one for each is expected", count,
                         spec->layer_count);
    }
    for (size_t index = 0; index < count; index++) {
        if (shifts[index] < 0 || shifts[index] > AANN_MAX_SHIFT) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "layer %zu: a shift of %" PRId32 " is out of range: 0 to %d",
                             index + 1, shifts[index], AANN_MAX_SHIFT);
        }
    }
    for (size_t index = 0; index < count; index++) {
        spec->layers[index].shift = shifts[index];
    }
    return AANN_OK;
}
