/* Models: one network with all that is needed to use it, in memory or in one small file.
 *
 * A model contains the network, the encoding of measured values, the names of classes and columns,
 * what outputs stand for, and where it came from. It needs neither its study nor the training data.
 *
 *     aann_model *model = NULL;
 *     int32_t answer = 0;
 *     if (aann_model_load("iris.aannm", &model, &error) == AANN_OK &&
 *         aann_model_predict(model, values, 1, NULL, &answer, NULL, &error) == AANN_OK) {
 *         const aann_model_description *about = aann_model_describe(model);
 *         puts(about->class_names != NULL ? about->class_names[answer] : "");
 *     }
 *     aann_model_destroy(model);
 *
 * docs/model-file.md describes the file byte by byte. Reading trusts nothing in it: every length,
 * count and number is checked, and no memory is allocated because a header asks for it.
 *
 * Thread safety: one thread uses a model at a time; different models are independent. */
#ifndef AANN_MODEL_H
#define AANN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A network ready to use. */
typedef struct aann_model aann_model;

/* What a model holds besides its network. Always start from aann_model_description_default(). */
typedef struct aann_model_description {
    /* how measured values become inputs; NULL: inputs are encoded already, and aann_model_predict
     * fails */
    const aann_encoding *encoding;

    /* outputs are numbers, not classes */
    bool regression;

    /* classification: the loss is the cross-entropy of logits / (127 loss_scale) */
    double loss_scale;

    /* regression: an output is HardTanh(logit / (127 output_scale)) */
    double output_scale;

    /* [outputs], both or neither: in regression, output o in the user's units is target_mean[o] +
     * target_scale[o] * output; NULL: outputs are in [-1, 1] */
    const double *target_mean;
    const double *target_scale;

    /* [outputs]: regression: what the squared error of each output counts in a loss, as in
     * aann_logits_score; NULL: all 1 */
    const double *target_weights;

    /* [class_count], at most as many as the network has outputs; NULL: classes are numbers */
    const char *const *class_names;
    int32_t class_count;

    /* [column_count], one for each value of a sample; NULL: columns have no names */
    const char *const *column_names;
    int32_t column_count;

    /* [outputs]: regression: names of the targets; NULL: they have none */
    const char *const *target_names;

    /* [window_column_count], a channel each: a sample is a window of consecutive rows of a table,
     * and these are its columns; NULL: it is not */
    const char *const *window_columns;
    int32_t window_column_count;

    /* with window_columns: rows from one window to the next, 1 or more */
    int32_t window_step;

    /* where the model came from, for people: a command, a seed, checksums; NULL: unknown */
    const char *provenance;
} aann_model_description;

AANN_API aann_model_description aann_model_description_default(void);

/* Makes a model from copies of the network and of the whole description. The network's counts must
 * be those of its spec. Free with aann_model_destroy. Errors: argument (parts that do not fit
 * together), memory. */
AANN_API aann_status aann_model_create(const aann_network *network,
                                       const aann_model_description *description,
                                       aann_model **model, aann_error *error);

/* NULL is allowed. */
AANN_API void aann_model_destroy(aann_model *model);

/* Owned by the model. */
AANN_API const aann_network *aann_model_network(const aann_model *model);
AANN_API const aann_model_description *aann_model_describe(const aann_model *model);

/* ---- memory and files ------------------------------------------------------------------------ */

/* Writes the model to memory: (*bytes)[*size], for aann_free. The same model gives the same bytes
 * on every machine. */
AANN_API aann_status aann_model_write(const aann_model *model, void **bytes, size_t *size,
                                      aann_error *error);

/* Reads a model from bytes[size]. Free with aann_model_destroy. Errors: format (no model, or a
 * damaged one; the message says where), version (written by a newer version of aann), memory. */
AANN_API aann_status aann_model_read(const void *bytes, size_t size, aann_model **model,
                                     aann_error *error);

/* The same to and from a file. Writing is atomic: on failure an existing file is unchanged. */
AANN_API aann_status aann_model_save(const aann_model *model, const char *path, aann_error *error);
AANN_API aann_status aann_model_load(const char *path, aann_model **model, aann_error *error);

/* Whether a file begins as a model does, whatever its name. False if it cannot be read. */
AANN_API bool aann_model_is_file(const char *path);

/* ---- prediction ------------------------------------------------------------------------------ */

/* Encodes measured values[count][channels][height][width] and evaluates them. Each result may be
 * NULL:
 *     logits   int32 [count][outputs]
 *     answers  [count]: the class, the first largest logit (classification only, else all 0)
 *     outputs  double [count][outputs]: regression in the user's units; classification logits / 127
 * Errors: argument (no encoding), format (a value that is not finite, or that the encoding refuses;
 * the message names sample and feature), memory. */
AANN_API aann_status aann_model_predict(aann_model *model, const float *values, int64_t count,
                                        int32_t *logits, int32_t *answers, double *outputs,
                                        aann_error *error);

/* The same for values that are no floats: the cells of tables, which are compared with thresholds. */
AANN_API aann_status aann_model_predict_doubles(aann_model *model, const double *values,
                                                int64_t count, int32_t *logits, int32_t *answers,
                                                double *outputs, aann_error *error);

/* The same for bytes, such as pixels. */
AANN_API aann_status aann_model_predict_bytes(aann_model *model, const uint8_t *values,
                                              int64_t count, int32_t *logits, int32_t *answers,
                                              double *outputs, aann_error *error);

/* Fills in answers and outputs, as above, from logits [count][outputs] that were computed
 * elsewhere. */
AANN_API void aann_model_interpret(const aann_model *model, const int32_t *logits, int64_t count,
                                   int32_t *answers, double *outputs);

#ifdef __cplusplus
}
#endif

#endif
