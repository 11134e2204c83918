/* An array as the samples of a data set. */
#include <string.h>

#include "core/error.h"
#include "data/array_arrange.h"
#include "samples/arrays.h"
#include "samples/dataset.h"

aann_status aann_array_to_samples(aann_array *array, const aann_load_options *options,
                                  aann_dataset *dataset, aann_error *error)
{
    aann_shape shape = options->shape;
    aann_status status = AANN_OK;
    if (array->text_length > 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the samples are words; expected numbers");
    }
    if (options->rules > AANN_LOAD_RULES_FIRST) {
        status = aann_array_arrange(array, options->layout, &shape, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    aann_array_view view = {
        .values = array->data, .type = array->type, .dimension_count = array->dimension_count};
    memcpy(view.dimensions, array->dimensions, sizeof array->dimensions);
    status = aann_dataset_shape_inputs(dataset, &view, shape, error);
    if (status != AANN_OK) {
        return status;
    }
    if (array->type == AANN_ELEMENT_UINT8 || array->type == AANN_ELEMENT_BOOL) {
        dataset->bytes = array->data;
        array->data = NULL;
        return AANN_OK;
    }
    return aann_dataset_read_inputs(dataset, &view, error);
}
