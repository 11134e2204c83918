/* An array as the samples of a data set. */
#include <string.h>

#include "core/error.h"
#include "data/array.h"
#include "samples/arrange.h"
#include "samples/arrays.h"
#include "samples/dataset.h"

/* Whether the elements stand in memory in the order of the dimensions, without gaps. */
static bool is_in_order(const aann_array_view *view, int32_t element_size)
{
    int64_t stride = element_size;
    for (int32_t i = view->dimension_count - 1; view->strides != NULL && i >= 0; i--) {
        if (view->dimensions[i] > 1 && view->strides[i] != stride) {
            return false;
        }
        stride *= view->dimensions[i];
    }
    return true;
}

aann_status aann_array_to_samples(aann_array *array, const aann_load_options *options,
                                  aann_dataset *dataset, aann_error *error)
{
    int64_t strides[AANN_MAX_DIMENSIONS];
    aann_status status = AANN_OK;
    if (array->text_length > 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the samples are words; expected numbers");
    }
    aann_array_view view = {
        .values = array->data, .type = array->type, .dimension_count = array->dimension_count};
    memcpy(view.dimensions, array->dimensions, sizeof array->dimensions);
    if (options->rules > AANN_LOAD_RULES_FIRST) {
        status =
            aann_dataset_arrange(dataset, &view, strides, options->layout, options->shape, error);
    }
    if (status == AANN_OK) {
        status = aann_dataset_shape_inputs(dataset, &view, options->shape, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    if ((array->type == AANN_ELEMENT_UINT8 || array->type == AANN_ELEMENT_BOOL) &&
        is_in_order(&view, array->element_size)) {
        dataset->bytes = array->data;
        array->data = NULL;
        return AANN_OK;
    }
    return aann_dataset_read_inputs(dataset, &view, error);
}
