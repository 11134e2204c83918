/* What an exported network says besides its logits: a class and its name, or numbers in the user's
 * units. */
#ifndef AANN_EXPORT_C_OUTPUT_H
#define AANN_EXPORT_C_OUTPUT_H

#include "aann/model.h"

/* Outputs of a regression as integers: output o is value / 2^fraction_bits with
 *     m = the logit, clamped to [-full, full]
 *     value = (offset[o] + slope[o] m + rounding) >> shift,
 * exactly as the exported C computes it. */
typedef struct aann_c_output {
    bool regression;
    bool possible; /* its numbers fit 32 bits, and are not all smaller than the last of them */
    int32_t count;
    int32_t full;
    int32_t fraction_bits;
    int32_t shift;
    int64_t *offset;      /* [count] */
    int64_t *slope;       /* [count] */
    double largest_error; /* in the user's units, over all logits */
} aann_c_output;

/* Free with aann_c_output_clear, whatever it returned. */
aann_status aann_c_output_make(const aann_model *model, aann_c_output *output, aann_error *error);
void aann_c_output_clear(aann_c_output *output);

#endif
