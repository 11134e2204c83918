/* The weights of a float network, from the arrays layer0, layer1, ... of an NPZ file, made -1, 0
 * and +1. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/data.h"
#include "core/error.h"
#include "core/memory.h"
#include "data/npz_archive.h"
#include "samples/dataset.h"

enum { NAME_SIZE = 16, OTHERS_SIZE = 128 };

/* What is looked for in the file. */
typedef struct layer_arrays {
    int32_t layer_count;
    aann_array arrays[AANN_MAX_LAYERS];
    bool found[AANN_MAX_LAYERS];
    bool more; /* there is an array for a layer that the network does not have */
    char others[OTHERS_SIZE];
} layer_arrays;

/* "layer12.npy" -> 12; -1 if the name is another. */
static int32_t layer_of(const char *name)
{
    int32_t layer = -1;
    int32_t length = 0;
    if (sscanf(name, "layer%2" SCNd32 "%n", &layer, &length) != 1 || layer < 0 ||
        (name[length] != '\0' && strcmp(name + length, ".npy") != 0)) {
        return -1;
    }
    return layer;
}

static aann_status visit(void *context, aann_npz_archive *archive, const char *name,
                         aann_error *error)
{
    layer_arrays *wanted = context;
    const int32_t layer = layer_of(name);
    if (layer < 0) {
        const size_t used = strlen(wanted->others);
        snprintf(wanted->others + used, sizeof wanted->others - used, "%s%s", used > 0 ? ", " : "",
                 name);
        return AANN_OK;
    }
    if (layer >= wanted->layer_count) {
        wanted->more = true;
        return AANN_OK;
    }
    if (wanted->found[layer]) {
        return aann_fail(error, AANN_ERROR_FORMAT, "two arrays are called layer%" PRId32, layer);
    }
    wanted->found[layer] = true;
    return aann_npz_read_array(archive, name, &wanted->arrays[layer], error);
}

/* [units][input channels][kernel height][kernel width]; a dense layer may also be
 * [units][fan_in]. */
static bool shape_fits(const aann_layer *layer, const aann_array *array)
{
    const int64_t *d = array->dimensions;
    if (layer->kind == AANN_LAYER_DENSE && array->dimension_count == 2) {
        return d[0] == layer->units && d[1] == layer->fan_in;
    }
    return array->dimension_count == 4 && d[0] == layer->units && d[1] == layer->input.channels &&
           d[2] == layer->kernel_height && d[3] == layer->kernel_width;
}

static aann_status wrong_shape(const aann_layer *layer, const aann_array *array, int32_t index,
                               aann_error *error)
{
    char found[160];
    char name[48];
    aann_array_describe(array, found, sizeof found);
    aann_layer_name(layer, name, sizeof name);
    if (layer->kind == AANN_LAYER_DENSE) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "array layer%" PRId32 " is %s, but layer %s has %" PRId32 " x %" PRId32
                         " weights (out x in)",
                         index, found, name, layer->units, layer->fan_in);
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "array layer%" PRId32 " is %s, but layer %s has %" PRId32 " x %" PRId32
                     " x %" PRId32 " x %" PRId32
                     " weights (out x in x kernel height x kernel width)",
                     index, found, name, layer->units, layer->input.channels, layer->kernel_height,
                     layer->kernel_width);
}

static aann_status binarise_layer(const aann_array *array, aann_network *network, int32_t index,
                                  aann_binarisation *binarisation, aann_error *error)
{
    const aann_layer *layer = &aann_network_spec(network)->layers[index];
    if (array->text_length > 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "array layer%" PRId32 ".npy holds words; expected numbers", index);
    }
    if (!shape_fits(layer, array)) {
        return wrong_shape(layer, array, index, error);
    }
    double *values = aann_allocate((size_t)array->element_count, sizeof *values);
    if (values == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the weights of a layer");
    }
    aann_status status = AANN_OK;
    for (int64_t i = 0; i < array->element_count && status == AANN_OK; i++) {
        values[i] = aann_array_element(array, i);
        if (!isfinite(values[i])) {
            status = aann_fail(error, AANN_ERROR_FORMAT,
                               "array layer%" PRId32 ": element %" PRId64 " is not a finite number",
                               index, i);
        }
    }
    if (status == AANN_OK) {
        status = aann_network_binarise(network, index, values, binarisation, error);
    }
    free(values);
    return status;
}

static aann_status binarise(const layer_arrays *wanted, aann_network *network,
                            aann_binarisation *binarisations, aann_error *error)
{
    if (wanted->more) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "has arrays for more layers than the network's %" PRId32,
                         wanted->layer_count);
    }
    for (int32_t i = 0; i < wanted->layer_count; i++) {
        if (!wanted->found[i]) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "no array layer%" PRId32 "; the network has %" PRId32 " layers%s%s", i,
                             wanted->layer_count, wanted->others[0] != '\0' ? "; there is: " : "",
                             wanted->others);
        }
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < wanted->layer_count && status == AANN_OK; i++) {
        status = binarise_layer(&wanted->arrays[i], network, i, &binarisations[i], error);
    }
    return status;
}

aann_status aann_npz_binarise(const char *path, aann_network *network,
                              aann_binarisation binarisations[AANN_MAX_LAYERS], aann_error *error)
{
    layer_arrays wanted = {.layer_count = aann_network_spec(network)->layer_count};
    aann_status status = aann_npz_visit(path, AANN_DATA_LIMIT, visit, &wanted, error);
    if (status == AANN_OK) {
        status = binarise(&wanted, network, binarisations, error);
    }
    if (status != AANN_OK) {
        aann_fail_prefix(error, status, "%s", path);
        if (error != NULL) {
            aann_dataset_one_line(error);
        }
    }
    for (int32_t i = 0; i < wanted.layer_count; i++) {
        aann_array_clear(&wanted.arrays[i]);
    }
    return status;
}
