/* Fuzz target: any text on a few inputs. What parses must keep its promises: shapes within the
 * limits, counts that add up, a canonical text that parses back to itself. What does not must leave
 * a one-line message. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aann/network.h"
#include "support/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_layer(const aann_spec *spec, int32_t index)
{
    const aann_layer *layer = &spec->layers[index];
    const aann_counts counts = aann_spec_counts(spec, index);
    require(aann_shape_size(layer->sums) > 0 && aann_shape_size(layer->sums) <= 1 << 24);
    require(aann_shape_size(layer->output) > 0 &&
            aann_shape_size(layer->output) <= aann_shape_size(layer->sums));
    require((int64_t)layer->fan_in * AANN_ACTIVATION_MAX <= INT32_MAX);
    require(layer->weight_count == (int64_t)layer->fan_in * layer->units &&
            layer->weight_count <= INT32_MAX);
    require(counts.minus >= 0 && counts.zero >= 0 && counts.plus >= 0 &&
            counts.minus + counts.plus > 0);
    require(counts.minus + counts.zero + counts.plus == layer->weight_count);
}

static void check_spec(const aann_spec *spec)
{
    require(spec->layer_count >= 1 && spec->layer_count <= AANN_MAX_LAYERS);
    for (int32_t index = 0; index < spec->layer_count; index++) {
        check_layer(spec, index);
    }
    char first[AANN_MAX_SPEC_LENGTH], second[AANN_MAX_SPEC_LENGTH];
    aann_spec again;
    require(aann_spec_format(spec, first, sizeof first, NULL) == AANN_OK);
    require(aann_spec_parse(first, spec->input, &again, NULL) == AANN_OK);
    require(aann_spec_format(&again, second, sizeof second, NULL) == AANN_OK);
    require(strcmp(first, second) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const aann_shape inputs[] = {{1, 28, 28}, {3, 1, 200}, {2, 96, 95}, {4096, 16, 16}};
    if (size == 0) {
        return 0;
    }
    /* The first byte chooses the input, the rest is the text: a block of its own, so that reading
     * past it shows. */
    char *text = malloc(size);
    require(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    aann_spec spec;
    aann_error error = {0};
    if (aann_spec_parse(text, inputs[data[0] % 4], &spec, &error) == AANN_OK) {
        check_spec(&spec);
    } else {
        require(error.status == AANN_ERROR_ARGUMENT && error.message[0] != '\0');
        require(strchr(error.message, '\n') == NULL);
    }
    free(text);
    return 0;
}
