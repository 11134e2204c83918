/* The outputs of a regression in integers. */
#include "export/c_output.h"

#include <math.h>
#include <stdlib.h>

#include "aann/evaluate.h"
#include "core/error.h"
#include "core/memory.h"

enum { SUM_BITS = 30, MOST_FRACTION_BITS = 24, MOST_SHIFT = 30, MOST_FULL_BITS = 20 };

/* As many logits are tried to find the largest error; of more, its bound is stated. */
enum { LOGITS_LIMIT = 1 << 26 };

static int bits_of(int32_t number)
{
    int bits = 0;
    for (; number > 0; number >>= 1) {
        bits++;
    }
    return bits;
}

static double mean_of(const aann_model_description *about, int32_t o)
{
    return about->target_mean != NULL ? about->target_mean[o] : 0.0;
}

static double scale_of(const aann_model_description *about, int32_t o)
{
    return about->target_scale != NULL ? about->target_scale[o] : 1.0;
}

/* Bits after the point with which the largest sum still fits; negative: not even whole numbers, or
 * only fractions that are too fine. */
static int choose_bits(const aann_model_description *about, int32_t count)
{
    double largest = 0.0;
    for (int32_t o = 0; o < count; o++) {
        largest = fmax(largest, fabs(mean_of(about, o)) + fabs(scale_of(about, o)));
    }
    int exponent = 0;
    if (!isfinite(largest)) {
        return -1;
    }
    frexp(largest, &exponent); /* largest < 2^exponent */
    const int bits = SUM_BITS - exponent;
    return bits <= MOST_FRACTION_BITS + MOST_SHIFT ? bits : -1;
}

/* The largest difference between these integers and the exact outputs, over all logits. */
static double measure_error(const aann_c_output *output, const aann_model_description *about,
                            int32_t o)
{
    double largest = 0.0;
    const int64_t rounding = output->shift > 0 ? INT64_C(1) << (output->shift - 1) : 0;
    for (int32_t m = -output->full; m <= output->full; m++) {
        const int64_t sum = output->offset[o] + output->slope[o] * m + rounding;
        const double value =
            ldexp(floor(ldexp((double)sum, -output->shift)), -output->fraction_bits);
        const double exact = mean_of(about, o) + scale_of(about, o) * m / output->full;
        largest = fmax(largest, fabs(value - exact));
    }
    return largest;
}

/* Half a step of the last bit, and what rounding the offset and the slope adds. */
static double bound_error(const aann_c_output *output)
{
    return ldexp(0.5, -output->fraction_bits) +
           ldexp(0.5 * (1.0 + output->full), -output->fraction_bits - output->shift);
}

aann_status aann_c_output_make(const aann_model *model, aann_c_output *output, aann_error *error)
{
    const aann_model_description *about = aann_model_describe(model);
    *output = (aann_c_output){.regression = about->regression,
                              .count = aann_network_spec(aann_model_network(model))->output_count};
    if (!about->regression) {
        return AANN_OK;
    }
    output->full = (int32_t)aann_logits_full_scale(about->output_scale);
    output->offset = aann_allocate((size_t)output->count, sizeof *output->offset);
    output->slope = aann_allocate((size_t)output->count, sizeof *output->slope);
    if (output->offset == NULL || output->slope == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an export");
    }
    const int bits = choose_bits(about, output->count);
    const int full_bits = bits_of(output->full);
    output->possible = bits >= 0 && full_bits <= MOST_FULL_BITS;
    if (!output->possible) {
        return AANN_OK;
    }
    const int kept = bits - full_bits > MOST_FRACTION_BITS ? MOST_FRACTION_BITS : bits - full_bits;
    output->fraction_bits = kept > 0 ? kept : 0;
    output->shift = bits - output->fraction_bits;
    const bool all = (int64_t)output->count * output->full <= LOGITS_LIMIT / 2;
    for (int32_t o = 0; o < output->count; o++) {
        output->offset[o] = llround(ldexp(mean_of(about, o), bits));
        output->slope[o] = llround(ldexp(scale_of(about, o) / output->full, bits));
        output->largest_error = fmax(output->largest_error,
                                     all ? measure_error(output, about, o) : bound_error(output));
    }
    return AANN_OK;
}

void aann_c_output_clear(aann_c_output *output)
{
    free(output->offset);
    free(output->slope);
    *output = (aann_c_output){0};
}
