/* What an exported network takes as input, and how that becomes what the network reads. */
#ifndef AANN_EXPORT_C_INPUT_H
#define AANN_EXPORT_C_INPUT_H

#include "aann/export_c.h"
#include "aann/model.h"
#include "export/c_range.h"

typedef struct aann_c_input {
    aann_export_c_input kind; /* not AUTOMATIC */
    aann_shape shape;         /* of what is passed */
    bool constant;            /* a last channel full of 127 follows */

    /* NUMBERS only */
    const aann_encoding *encoding;
    int64_t value_count;
    int64_t *per_unit; /* [value_count]: what is passed is a value times this */

    /* ranges[range_count]: one for all values, one for each channel, one for each value; of a table
     * one for each column that needs one */
    aann_c_range *ranges;
    int64_t range_count;

    int64_t *limits; /* of a table: [rule_count], of thresholds and words */
} aann_c_input;

/* Free with aann_c_input_clear, whatever it returned. */
aann_status aann_c_input_make(const aann_model *model, const aann_export_c_options *options,
                              aann_c_input *input, aann_error *error);
void aann_c_input_clear(aann_c_input *input);

/* A measured value as the whole number that is passed; false if it is none, and the encoding tells
 * it from the nearest one. */
bool aann_c_input_number(const aann_c_input *input, int64_t feature, double value, int64_t per_unit,
                         int64_t *number);

/* Where the rules of a table's column begin: rules are sorted by columns, which may be many. */
int64_t aann_c_input_first_rule(const aann_encoding *encoding, int64_t column);

/* The type of one value of the input: "uint8_t". */
const char *aann_c_input_type(const aann_c_input *input);

#endif
