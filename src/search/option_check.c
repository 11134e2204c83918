/* Checks options: each in its range, and all together. */
#include <math.h>

#include "core/error.h"
#include "search/baseline.h"
#include "search/option_value.h"

/* A block of 64 samples for every stratum that there may be. */
enum { MINIMUM_WORKING_SAMPLES = 1024 };

static aann_status check_number(const aann_option *option, double value, aann_error *error)
{
    if (value >= option->minimum && value <= option->maximum) {
        return AANN_OK;
    }
    char range[AANN_OPTION_RANGE_SIZE];
    aann_option_range(option, range, sizeof range);
    return aann_fail(error, AANN_ERROR_ARGUMENT, "%s is %.10g: expected %s from %s", option->name,
                     value, aann_option_is_whole(option) ? "a whole number" : "a number", range);
}

static aann_status check_option(const aann_option *option, const aann_search_options *options,
                                aann_error *error)
{
    aann_status status = AANN_OK;
    switch (option->type) {
    case AANN_OPTION_UNSIGNED:
    case AANN_OPTION_INT64:
    case AANN_OPTION_INT32:
    case AANN_OPTION_REAL:
    case AANN_OPTION_REALS:
        for (size_t i = 0; i < option->capacity && status == AANN_OK; i++) {
            status = check_number(option, aann_option_number(option, options, i), error);
        }
        return status;
    case AANN_OPTION_METHOD:
        return (uint32_t)options->method < AANN_METHOD_COUNT
                   ? AANN_OK
                   : aann_fail(error, AANN_ERROR_ARGUMENT,
                               "method is %d: expected one of aann_search_method",
                               (int)options->method);
    case AANN_OPTION_BOOL:
    case AANN_OPTION_ISA: return AANN_OK; /* the engine checks the instruction set */
    }
    return status;
}

/* What informed proposals know nothing of is off, or they are. */
static aann_status check_without_informed(const aann_search_options *options, const char *name,
                                          double value, aann_error *error)
{
    return value > 0.0 && options->informed_steps > 0
               ? aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%s is %g and informed_steps %d: expected one of them to be 0", name,
                           value, options->informed_steps)
               : AANN_OK;
}

/* What lesion noise cannot be had with. */
static aann_status check_lesions(const aann_search_options *options, aann_error *error)
{
    if (options->lesion_noise == 0.0) {
        return AANN_OK;
    }
    if (options->reward_tracks > 0 || aann_baseline_is_for(options->method)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "lesion_noise is %g: expected a search on samples by sense or hill, or 0",
                         options->lesion_noise);
    }
    return check_without_informed(options, "lesion_noise", options->lesion_noise, error);
}

/* What knows nothing of Dale's law. */
static aann_status check_dale(const aann_search_options *options, aann_error *error)
{
    if (options->dale > 0.0 && aann_baseline_is_for(options->method)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "dale is %g, with the method %s: expected sense or hill, or 0",
                         options->dale, aann_search_method_name(options->method));
    }
    return check_without_informed(options, "dale", options->dale, error);
}

/* Checks options that depend on each other. */
static aann_status check_together(const aann_search_options *options, aann_error *error)
{
    if (options->cooling != floor(options->cooling)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "cooling is %g: expected 1, 2 or 3",
                         options->cooling);
    }
    if (options->working_samples > 0 && options->working_samples < MINIMUM_WORKING_SAMPLES) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "working_samples is %lld: expected 0, or %d and more",
                         (long long)options->working_samples, MINIMUM_WORKING_SAMPLES);
    }
    if (options->reward_tracks > 0 && aann_baseline_is_for(options->method)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a search for reward by the method %s: expected sense or hill",
                         aann_search_method_name(options->method));
    }
    const int32_t whole_drive = aann_search_options_default().reward_steps;
    if (options->reward_steps != whole_drive && options->reward_tracks == 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "reward_steps is %d: expected a search for reward, or %d",
                         options->reward_steps, whole_drive);
    }
    const aann_status status = check_dale(options, error);
    return status == AANN_OK ? check_lesions(options, error) : status;
}

aann_status aann_search_options_check(const aann_search_options *options, aann_error *error)
{
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; i < count; i++) {
        const aann_status status = check_option(&table[i], options, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    return check_together(options, error);
}
