/* What an exported network takes as input, and how that becomes what the network reads. */
#ifndef AANN_EXPORT_C_INPUT_H
#define AANN_EXPORT_C_INPUT_H

#include "aann/export_c.h"
#include "aann/model.h"

typedef struct aann_c_input {
    aann_export_c_input kind; /* not AUTOMATIC */
    aann_shape shape;         /* of what is passed */
    bool constant;            /* a last channel full of 127 follows */
} aann_c_input;

/* Free with aann_c_input_clear, whatever it returned. */
aann_status aann_c_input_make(const aann_model *model, const aann_export_c_options *options,
                              aann_c_input *input, aann_error *error);
void aann_c_input_clear(aann_c_input *input);

/* The type of one value of the input: "uint8_t". */
const char *aann_c_input_type(const aann_c_input *input);

#endif
