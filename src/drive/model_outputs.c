/* Whether a saved model is a driver: it reads pictures of aann_car_view, encoded as bytes, and says
 * what its three outputs stand for. */
#include "aann/drive.h"
#include "aann/evaluate.h"
#include "core/error.h"

static aann_status unfit(aann_error *error, const char *what)
{
    return aann_fail(error, AANN_ERROR_ARGUMENT, "this model is no driver: %s", what);
}

aann_status aann_model_car_outputs(const aann_model *model, aann_car_outputs *outputs,
                                   aann_error *error)
{
    const aann_spec *spec = aann_network_spec(aann_model_network(model));
    const aann_model_description *about = aann_model_describe(model);
    if (spec->input.channels != 1 || spec->input.height != AANN_CAR_VIEW_SIZE ||
        spec->input.width != AANN_CAR_VIEW_SIZE) {
        return unfit(error, "its input is not 1x96x96");
    }
    if (!about->regression || spec->output_count != AANN_CAR_OUTPUTS) {
        return unfit(error, "its outputs are not three numbers: steering, gas, brake");
    }
    if (about->encoding == NULL || about->encoding->kind != AANN_ENCODING_BYTE ||
        about->encoding->constant) {
        return unfit(error, "its inputs were not encoded as bytes");
    }
    if (about->target_mean == NULL) {
        return unfit(error, "it does not say what its outputs stand for");
    }
    outputs->full = aann_logits_full_scale(about->output_scale);
    for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
        outputs->mean[o] = about->target_mean[o];
        outputs->scale[o] = about->target_scale[o];
    }
    return AANN_OK;
}
