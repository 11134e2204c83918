/* What the fuzz targets of models share: a right check sum, and what can be done with a model that was
 * read. */
#ifndef AANN_TESTS_MODEL_FUZZ_USE_H
#define AANN_TESTS_MODEL_FUZZ_USE_H

#include "aann/model.h"
#include "support/fuzz.h"
#include "support/fuzz_bytes.h"

/* It can be written and read again, and answers. */
static inline void use(aann_model *model)
{
    enum { LARGEST = 100000 };
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

/* Makes the check sum right, reads, and uses what was read. */
static inline void read_and_use(uint8_t *bytes, size_t size)
{
    make_check_sum(bytes, size);
    aann_error error = {0};
    aann_model *model = NULL;
    const aann_status status = aann_model_read(bytes, size, &model, &error);
    require((status == AANN_OK) == (model != NULL));
    if (passed(status, &error)) {
        use(model);
    }
    aann_model_destroy(model);
}

#endif
