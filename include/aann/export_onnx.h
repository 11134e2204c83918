/* Models as ONNX files, for ONNX Runtime and other engines, in Python, C++, JavaScript and more.
 *
 *     aann_model *model = NULL;
 *     void *bytes = NULL;
 *     size_t size = 0;
 *     if (aann_model_load("mnist.aannm", &model, &error) == AANN_OK &&
 *         aann_model_export_onnx(model, NULL, &bytes, &size, NULL, &error) == AANN_OK) {
 *         FILE *file = fopen("net.onnx", "wb");
 *         if (file != NULL) {
 *             fwrite(bytes, 1, size, file);
 *             fclose(file);
 *         }
 *     }
 *     aann_free(bytes);
 *     aann_model_destroy(model);
 *
 * The graph reads measured values, [batch][values] of a vector or [batch][channels][height][width],
 * and encodes them itself. Its outputs:
 *     logits         int32 [batch][outputs], the integers of aann_model_predict
 *     answer         int64 [batch]: the class, the first largest logit (classification)
 *     probabilities  float [batch][outputs]: softmax(logits / (127 loss_scale)); only if asked for
 *     output         double [batch][outputs], in the user's units (regression)
 *
 * The batch's size is free. A value that aann_model_predict refuses is not noticed: a graph has no
 * way to say so. docs/export-onnx.md says more, and why the integers are exact.
 *
 * Thread safety: any number of threads may export the same model at the same time while no thread
 * uses it for anything else. */
#ifndef AANN_EXPORT_ONNX_H
#define AANN_EXPORT_ONNX_H

#include <stdbool.h>
#include <stddef.h>

#include "aann/model.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the graph calculates with. Both give the same integers. */
typedef enum aann_onnx_form {
    /* FLOAT where it is exact, else INTEGER */
    AANN_ONNX_AUTOMATIC = 0,

    /* Conv and MatMul of 32-bit floats, which every engine has and most are fast with */
    AANN_ONNX_FLOAT,

    /* ConvInteger and MatMulInteger of bytes: a quarter of the size, for engines that have them */
    AANN_ONNX_INTEGER
} aann_onnx_form;

/* The type of the values that the graph reads. */
typedef enum aann_onnx_input {
    /* the type in which aann itself reads them: UINT8 with the encoding of bytes, FLOAT64 of a
     * table, FLOAT32 with the others, INT8 without an encoding */
    AANN_ONNX_INPUT_AUTOMATIC = 0,
    AANN_ONNX_INPUT_UINT8,
    AANN_ONNX_INPUT_INT8,
    AANN_ONNX_INPUT_FLOAT32,
    AANN_ONNX_INPUT_FLOAT64
} aann_onnx_input;

/* Always start from aann_onnx_options_default(). */
typedef struct aann_onnx_options {
    aann_onnx_form form;

    /* INT8 is for models without an encoding, the others for those with one */
    aann_onnx_input input;

    /* one more output */
    bool probabilities;
} aann_onnx_options;

AANN_API aann_onnx_options aann_onnx_options_default(void);

/* Writes the model as an ONNX file (operator set 13, IR version 7) to memory: (*bytes)[*size], for
 * aann_free. `options` NULL: the default ones. `chosen`, if not NULL, receives the options with
 * AUTOMATIC replaced by what was chosen. The same model and options give the same bytes on every
 * machine. Errors: argument (an option that does not fit the model; a float graph that would not be
 * exact; a network too large for the format, 2 GiB), memory. */
AANN_API aann_status aann_model_export_onnx(const aann_model *model,
                                            const aann_onnx_options *options, void **bytes,
                                            size_t *size, aann_onnx_options *chosen,
                                            aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
