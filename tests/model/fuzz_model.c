/* Any bytes as a model. The check sum is made right first, so that what is behind it is reached. What
 * is read can be written, read again and used. */
#include <stdlib.h>
#include <string.h>

#include "aann/model.h"
#include "core/hash64.h"
#include "support/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { CHECKSUM = 8, LARGEST = 100000 };

static void use(aann_model *model)
{
    aann_error error;
    const aann_spec *spec = aann_network_spec(aann_model_network(model));
    require(aann_network_check_counts(aann_model_network(model), &error) == AANN_OK);
    void *written = NULL;
    size_t size = 0;
    require(aann_model_write(model, &written, &size, &error) == AANN_OK);
    aann_model *again = NULL;
    require(aann_model_read(written, size, &again, &error) == AANN_OK);
    require(aann_network_hash(aann_model_network(again)) ==
            aann_network_hash(aann_model_network(model)));
    aann_model_destroy(again);
    free(written);
    int64_t values = aann_shape_size(spec->input);
    for (int32_t i = 0; i < spec->layer_count; i++) {
        values += aann_shape_size(spec->layers[i].sums) + spec->layers[i].fan_in;
    }
    if (values > LARGEST) { /* sound, but a second's work */
        return;
    }
    float *inputs = calloc((size_t)aann_shape_size(spec->input), sizeof *inputs);
    double *outputs = calloc((size_t)spec->output_count, sizeof *outputs);
    require(inputs != NULL && outputs != NULL);
    (void)aann_model_predict(model, inputs, 1, NULL, NULL, outputs, &error);
    free(inputs);
    free(outputs);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    require(copy != NULL);
    memcpy(copy, bytes, size);
    if (size > CHECKSUM) {
        const uint64_t hash = aann_hash64(copy, size - CHECKSUM);
        for (size_t i = 0; i < CHECKSUM; i++) {
            copy[size - CHECKSUM + i] = (uint8_t)(hash >> 8 * i);
        }
    }
    aann_error error = {0};
    aann_model *model = NULL;
    const aann_status status = aann_model_read(copy, size, &model, &error);
    require((status == AANN_OK) == (model != NULL));
    require(status == AANN_OK || (error.status == status && error.message[0] != 0));
    if (model != NULL) {
        use(model);
    }
    aann_model_destroy(model);
    free(copy);
    return 0;
}
