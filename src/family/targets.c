/* A network's outputs reach from -1 to 1, the user's targets from anywhere to anywhere. The program
 * shifts and scales them: the mean of the training targets becomes 0, the one farthest from it 1 or
 * -1. So every training target can be reached, errors stay small enough for the integers that sum
 * them, and one wild target costs resolution of the others but never makes nonsense of them. */
#include "family/targets.h"

#include <math.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/samples.h"

/* Whether all targets are within -1 and 1, as those that are outputs already. */
static bool fit_outputs(const aann_samples *train)
{
    bool good = true;
    for (int64_t i = 0; i < train->count * train->target_count; i++) {
        good = good && fabsf(train->targets[i]) <= 1.0F;
    }
    return good;
}

static bool wants_units(aann_target_meaning meaning, const aann_dataset *set,
                        const aann_samples *train)
{
    if (train->targets == NULL || aann_dataset_target_mean(set) != NULL ||
        meaning == AANN_TARGETS_ARE_OUTPUTS) {
        return false;
    }
    return meaning == AANN_TARGETS_HAVE_UNITS || aann_dataset_table(set) != NULL ||
           !fit_outputs(train);
}

static double mean_of(const aann_samples *train, int32_t output)
{
    double sum = 0.0;
    const double first = (double)train->targets[output];
    for (int64_t i = 0; i < train->count; i++) {
        sum += (double)train->targets[i * train->target_count + output] - first;
    }
    return first + sum / (double)train->count;
}

static void measure(const aann_samples *train, int32_t output, float *mean, float *scale)
{
    double farthest = 0.0;
    *mean = (float)mean_of(train, output);
    for (int64_t i = 0; i < train->count; i++) {
        const double target = (double)train->targets[i * train->target_count + output];
        farthest = fmax(farthest, fabs(target - (double)*mean));
    }
    *scale = (float)farthest;
    if (farthest > (double)*scale) { /* rounded down: no target may be beyond 1 */
        *scale = nextafterf(*scale, INFINITY);
    }
    if (!(*scale > 0.0F) || !isfinite(*scale)) {
        *scale = farthest > 0.0 ? 3.0e38F : 1.0F; /* all are equal */
    }
}

static aann_status allocate_units(aann_target_units *units, int32_t count, aann_error *error)
{
    units->count = count;
    units->mean = aann_allocate((size_t)count, sizeof *units->mean);
    units->scale = aann_allocate((size_t)count, sizeof *units->scale);
    return units->mean != NULL && units->scale != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the units of targets");
}

aann_status aann_target_units_choose(aann_target_meaning meaning, const aann_dataset *set,
                                     const aann_samples *train, aann_target_units *units,
                                     aann_error *error)
{
    const float *mean = aann_dataset_target_mean(set);
    const float *scale = aann_dataset_target_scale(set);
    units->standardised = wants_units(meaning, set, train);
    if (!units->standardised && mean == NULL) {
        return AANN_OK;
    }
    const aann_status status = allocate_units(units, train->target_count, error);
    for (int32_t o = 0; status == AANN_OK && o < units->count; o++) {
        if (units->standardised) {
            measure(train, o, &units->mean[o], &units->scale[o]);
        } else {
            units->mean[o] = mean[o];
            units->scale[o] = scale[o];
        }
    }
    return status;
}

void aann_target_units_clear(aann_target_units *units)
{
    free(units->mean);
    free(units->scale);
    *units = (aann_target_units){0};
}

void aann_targets_to_outputs(const aann_target_units *units, aann_samples *samples)
{
    if (units->standardised && samples != NULL && samples->targets != NULL &&
        samples->target_count == units->count) {
        for (int32_t o = 0; o < units->count; o++) {
            aann_samples_scale_target(samples, o, (double)units->mean[o], (double)units->scale[o]);
        }
    }
}
