/* Ranges in integers. */
#include "export/c_range.h"

#include <math.h>

#include "core/error.h"
#include "samples/encoding.h"

enum {
    LOWEST = -126, /* the first level that begins somewhere */
    HIGHEST = 127,
    STEPS = HIGHEST - LOWEST,
    FRACTION_BITS = 25 /* of a slope; 7 more make 128 slopes a multiple of 2^-32 */
};

static const int64_t smallest_number = -INT64_C(2147483647); /* the one below means "missing" */
static const int64_t largest_number = INT64_C(2147483647);

static int level_of(const aann_c_measure *measure, int64_t n)
{
    const double value = (double)n / (double)measure->per_unit;
    return measure->rule != NULL ? aann_input_rule_value(measure->rule, value)
                                 : aann_encoding_value(measure->encoding, measure->feature, value);
}

void aann_c_measure_bounds(const aann_c_measure *measure, double *low, double *high)
{
    if (measure->rule != NULL) {
        *low = measure->rule->low;
        *high = measure->rule->kind == AANN_INPUT_RANGE ? measure->rule->high : measure->rule->low;
    } else if (measure->encoding->kind == AANN_ENCODING_GLOBAL) {
        *high = measure->encoding->global_maximum;
        *low = -*high;
    } else {
        *low = (double)measure->encoding->minimum[measure->feature];
        *high = (double)measure->encoding->maximum[measure->feature];
    }
}

bool aann_c_measure_limit(const aann_c_measure *measure, int level, int64_t *limit)
{
    int64_t below = smallest_number;
    int64_t reached = largest_number;
    if (level_of(measure, below) >= level || level_of(measure, reached) < level) {
        return false;
    }
    while (reached - below > 1) {
        const int64_t middle = below + (reached - below) / 2;
        if (level_of(measure, middle) >= level) {
            reached = middle;
        } else {
            below = middle;
        }
    }
    *limit = reached;
    return true;
}

/* What `part` a line with this slope (in units of 2^-FRACTION_BITS) would need: [j] is where level
 * LOWEST + j begins, and for each j, (limit - first) 2^F + part must be j slopes or more, and less
 * for limit - 1. Returns 0 if *part fulfils all; else -1 or 1: whether slopes have to be smaller or
 * larger for that, since one limit asks for more than another allows. */
static int judge_slope(const int64_t limits[STEPS + 1], int64_t slope, int64_t *part)
{
    const int64_t unit = INT64_C(1) << FRACTION_BITS;
    int64_t least = 0;
    int64_t most = (STEPS + 1) * slope - 1; /* several levels may begin at the first limit */
    int asks = 0;
    int allows = STEPS + 1;
    for (int j = 1; j <= STEPS; j++) {
        const int64_t lack = j * slope - (limits[j] - limits[0]) * unit;
        if (lack > least) {
            least = lack;
            asks = j;
        }
        if (lack + unit - 1 < most) {
            most = lack + unit - 1;
            allows = j;
        }
    }
    *part = least + (most - least) / 2;
    return least <= most ? 0 : asks > allows ? -1 : 1;
}

/* The slopes that fit are neighbours, so halving finds one if there is any. */
static bool find_line(const int64_t limits[STEPS + 1], aann_c_range *range)
{
    int64_t low = 1;
    int64_t high = (limits[STEPS] - limits[0] + 1) << FRACTION_BITS;
    while (low <= high) {
        const int64_t slope = low + (high - low) / 2;
        int64_t part;
        const int judged = judge_slope(limits, slope, &part);
        if (judged == 0) {
            range->top = (uint64_t)slope << (32 - FRACTION_BITS + 7);
            range->part = (uint64_t)part << (32 - FRACTION_BITS);
            return true;
        }
        low = judged > 0 ? slope + 1 : low;
        high = judged < 0 ? slope - 1 : high;
    }
    return false;
}

aann_status aann_c_range_find(const aann_c_measure *measure, aann_c_range *range, aann_error *error)
{
    double low;
    double high;
    int64_t limits[STEPS + 1];
    *range = (aann_c_range){0};
    aann_c_measure_bounds(measure, &low, &high);
    if (!(high > low)) {
        range->constant = true;
        return AANN_OK;
    }
    for (int j = 0; j <= STEPS; j++) {
        if (!aann_c_measure_limit(measure, LOWEST + j, &limits[j])) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "its range does not fit 32-bit numbers of 1/%lld",
                             (long long)measure->per_unit);
        }
    }
    if (limits[STEPS] - limits[0] > largest_number) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "its range is too wide for numbers of 1/%lld",
                         (long long)measure->per_unit);
    }
    range->first = limits[0];
    range->last = limits[STEPS];
    if (find_line(limits, range)) {
        return AANN_OK;
    }
    return measure->per_unit > 1
               ? aann_fail(error, AANN_ERROR_ARGUMENT,
                           "numbers of 1/%lld have no exact encoding: choose coarser ones",
                           (long long)measure->per_unit)
               : aann_fail(error, AANN_ERROR_ARGUMENT,
                           "whole numbers have no exact encoding: export with encoded input");
}
