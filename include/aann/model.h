/* Models: one network with all that is needed to use it, in memory or in one small file.
 *
 * A model is what is shipped: the network, how measured values are encoded, the names of classes and
 * columns, what outputs stand for, and where it all came from. It needs neither the study that it
 * was found in nor the training data.
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
 * The file is described byte by byte in docs/model-file.md. Reading trusts nothing in it: every
 * length, count and number is checked, and no memory is allocated because a header asks for it. A
 * model is used by one thread at a time; different models are independent. */
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
    /* how measured values become inputs; NULL: inputs come encoded, and aann_model_predict is not
     * possible */
    const aann_encoding *encoding;

    /* outputs are numbers, not classes */
    bool regression;

    /* classification: the loss is the cross-entropy of logits / (127 loss_scale) */
    double loss_scale;

    /* regression: an output is HardTanh(logit / (127 output_scale)) */
    double output_scale;

    /* regression: output o in the user's units is target_mean[o] + target_scale[o] * output,
     * [outputs]; NULL: outputs are from -1 to 1. Both or neither. */
    const double *target_mean;
    const double *target_scale;

    /* [class_count], at most as many as the network has outputs; NULL: classes are numbers */
    const char *const *class_names;
    int32_t class_count;

    /* [column_count] of the inputs, as many as a sample has values; NULL: columns have no names */
    const char *const *column_names;
    int32_t column_count;

    /* where it came from, for people: a command, a seed, check sums; NULL: nothing is said */
    const char *provenance;
} aann_model_description;

AANN_API aann_model_description aann_model_description_default(void);

/* A model of copies of the network and of everything described. The network's counts must be those
 * of its spec. Errors: argument (what does not fit together), memory. */
AANN_API aann_status aann_model_create(const aann_network *network,
                                       const aann_model_description *description,
                                       aann_model **model, aann_error *error);
AANN_API void aann_model_destroy(aann_model *model); /* NULL is allowed */

/* Owned by the model. */
AANN_API const aann_network *aann_model_network(const aann_model *model);
AANN_API const aann_model_description *aann_model_describe(const aann_model *model);

/* ---- memory and files ---------------------------------------------------------------------------- */

/* The model as bytes: *bytes [*size], for aann_free. The same model gives the same bytes on any
 * machine. */
AANN_API aann_status aann_model_write(const aann_model *model, void **bytes, size_t *size,
                                      aann_error *error);

/* Errors: format (no model, or a damaged one: says where), version (written by a newer version of
 * aann), memory. */
AANN_API aann_status aann_model_read(const void *bytes, size_t size, aann_model **model,
                                     aann_error *error);

/* The same from and to a file. Writing is atomic: the file appears whole, or what was there stays. */
AANN_API aann_status aann_model_save(const aann_model *model, const char *path, aann_error *error);
AANN_API aann_status aann_model_load(const char *path, aann_model **model, aann_error *error);

/* Whether a file begins as a model does; its name does not matter. False where it cannot be read. */
AANN_API bool aann_model_is_file(const char *path);

/* ---- prediction ---------------------------------------------------------------------------------- */

/* Encodes measured values[count][channels][height][width] and evaluates them. What is not wanted may
 * be NULL:
 *     logits   int32 [count][outputs]
 *     answers  [count]: the class, the first largest logit (classification only, else all 0)
 *     outputs  double [count][outputs]: regression in the user's units; classification logits / 127
 * Errors: argument (no encoding), format (a value that is not finite, or that the encoding refuses;
 * names sample and feature), memory. */
AANN_API aann_status aann_model_predict(aann_model *model, const float *values, int64_t count,
                                        int32_t *logits, int32_t *answers, double *outputs,
                                        aann_error *error);

/* The same for bytes, such as pixels. */
AANN_API aann_status aann_model_predict_bytes(aann_model *model, const uint8_t *values,
                                              int64_t count, int32_t *logits, int32_t *answers,
                                              double *outputs, aann_error *error);

/* answers and outputs, as above, of logits [count][outputs] that were computed elsewhere. */
AANN_API void aann_model_interpret(const aann_model *model, const int32_t *logits, int64_t count,
                                   int32_t *answers, double *outputs);

#ifdef __cplusplus
}
#endif

#endif
