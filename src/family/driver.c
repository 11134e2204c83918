/* Whether a family's members are drivers: their inputs are pictures of aann_car_view, encoded as
 * bytes, and the data give mean and scale of their three outputs. */
#include "family/driver.h"

#include "aann/evaluate.h"
#include "core/error.h"

static aann_status unfit(aann_error *error, const char *what)
{
    return aann_fail(error, AANN_ERROR_ARGUMENT, "these members are no drivers: %s", what);
}

static aann_status car_outputs(const aann_family_row *family, int32_t output_count,
                               const aann_search_options *options, aann_car_outputs *outputs,
                               aann_error *error)
{
    const aann_shape input = family->input;
    if (aann_shape_size(input) != AANN_CAR_VIEW_VALUES || input.height != AANN_CAR_VIEW_SIZE) {
        return unfit(error, "their input is not 1x96x96");
    }
    if (output_count != AANN_CAR_OUTPUTS) {
        return unfit(error, "their outputs are not three: steering, gas, brake");
    }
    aann_encoding encoding;
    const aann_status status = aann_family_encoding(family, &encoding, error);
    if (status != AANN_OK) {
        return status;
    }
    const bool bytes = encoding.kind == AANN_ENCODING_BYTE;
    aann_encoding_destroy(&encoding);
    if (!bytes) {
        return unfit(error, "their inputs were not encoded as bytes");
    }
    outputs->full = aann_logits_full_scale(options->output_scale);
    return aann_family_target_range(family, AANN_CAR_OUTPUTS, outputs->mean, outputs->scale, error);
}

aann_status aann_family_car_outputs(const aann_family_row *family, aann_car_outputs *outputs,
                                    aann_error *error)
{
    aann_spec spec;
    aann_family_plan plan;
    aann_status status = aann_family_spec(family, &spec, error);
    if (status == AANN_OK) {
        status = aann_family_plan_parse(family->options, &plan, error);
    }
    return status == AANN_OK ? car_outputs(family, spec.output_count, &plan.search, outputs, error)
                             : status;
}

aann_status aann_data_car_outputs(const aann_family_data *data, const aann_spec *spec,
                                  const aann_search_options *options, aann_car_outputs *outputs,
                                  aann_error *error)
{
    const aann_family_row family = {.data = aann_family_data_json(data), .input = spec->input};
    return car_outputs(&family, spec->output_count, options, outputs, error);
}
