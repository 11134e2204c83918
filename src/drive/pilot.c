/* The driver's decision: outputs of every network, as actions, averaged. */
#include <stdlib.h>

#include "aann/drive.h"
#include "aann/evaluate.h"
#include "core/error.h"
#include "core/memory.h"

struct aann_pilot {
    aann_driver driver;
    aann_evaluator **evaluators; /* [driver.count] */
};

static aann_status check_driver(const aann_driver *driver, aann_error *error)
{
    for (int32_t i = 0; i < driver->count; i++) {
        const aann_spec *spec = aann_network_spec(driver->networks[i]);
        if (aann_shape_size(spec->input) != AANN_CAR_VIEW_VALUES ||
            spec->input.height != AANN_CAR_VIEW_SIZE) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "a driver reads 1x96x96, \"%s\" reads %dx%dx%d", spec->text,
                             spec->input.channels, spec->input.height, spec->input.width);
        }
        if (spec->output_count != AANN_CAR_OUTPUTS) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "a driver has three outputs (steering, gas, brake), \"%s\" has %d",
                             spec->text, spec->output_count);
        }
    }
    return driver->count > 0
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_ARGUMENT, "a driver needs at least one network");
}

aann_status aann_pilot_create(const aann_driver *driver, const char *isa, aann_pilot **result,
                              aann_error *error)
{
    *result = NULL;
    aann_status status = check_driver(driver, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_pilot *pilot = aann_allocate_zeroed(1, sizeof *pilot);
    if (pilot == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a driver");
    }
    pilot->driver = *driver;
    pilot->evaluators = aann_allocate_zeroed((size_t)driver->count, sizeof(aann_evaluator *));
    if (pilot->evaluators == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a driver");
    }
    for (int32_t i = 0; i < driver->count && status == AANN_OK; i++) {
        status = aann_evaluator_create(driver->networks[i], 1, isa, &pilot->evaluators[i], error);
    }
    if (status != AANN_OK) {
        aann_pilot_destroy(pilot);
        return status;
    }
    *result = pilot;
    return AANN_OK;
}

void aann_pilot_destroy(aann_pilot *pilot)
{
    if (pilot == NULL) {
        return;
    }
    for (int32_t i = 0; pilot->evaluators != NULL && i < pilot->driver.count; i++) {
        aann_evaluator_destroy(pilot->evaluators[i]);
    }
    free(pilot->evaluators);
    free(pilot);
}

aann_status aann_pilot_set_network(aann_pilot *pilot, int32_t index, const aann_network *network,
                                   aann_error *error)
{
    if (index < 0 || index >= pilot->driver.count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "network %d: the driver has 0..%d", index,
                         pilot->driver.count - 1);
    }
    return aann_evaluator_set_network(pilot->evaluators[index], network, error);
}

aann_status aann_pilot_act(aann_pilot *pilot, const int8_t *inputs, int32_t count,
                           aann_car_action *actions, aann_error *error)
{
    if (count < 1 || count > AANN_DRIVE_LANES) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%d pictures for a driver; expected 1 to %d",
                         count, AANN_DRIVE_LANES);
    }
    int32_t logits[AANN_DRIVE_LANES * AANN_CAR_OUTPUTS];
    double values[AANN_DRIVE_LANES][AANN_CAR_OUTPUTS] = {{0.0}};
    for (int32_t i = 0; i < pilot->driver.count; i++) {
        const aann_status status =
            aann_evaluator_run(pilot->evaluators[i], inputs, count, logits, error);
        if (status != AANN_OK) {
            return status;
        }
        for (int32_t lane = 0; lane < count; lane++) {
            double wished[AANN_CAR_OUTPUTS];
            aann_car_decode_outputs(&pilot->driver.outputs,
                                    logits + (size_t)lane * AANN_CAR_OUTPUTS, wished);
            for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
                values[lane][o] += wished[o];
            }
        }
    }
    for (int32_t lane = 0; lane < count; lane++) {
        for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
            values[lane][o] /= pilot->driver.count;
        }
        aann_car_clamp_action(values[lane], &actions[lane]);
    }
    return AANN_OK;
}
