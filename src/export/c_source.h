/* The parts of an exported header, in the order in which they stand there. Each function writes one;
 * '@' and '$' in their formats are the name of the network and the name in capitals. */
#ifndef AANN_EXPORT_C_SOURCE_H
#define AANN_EXPORT_C_SOURCE_H

#include "export/c_input.h"
#include "export/c_output.h"
#include "export/c_plan.h"
#include "export/c_self_test.h"
#include "export/text.h"

/* c_top.c: the comment at the top, which says how to use the text; names and numbers. */
void aann_c_write_top(aann_text *text, const aann_model *model, const aann_c_plan *plan,
                      const aann_c_input *input, const aann_c_output *output);

/* c_support.c: types, memory, what all layers share. `shifts`: outputs need a right shift. */
void aann_c_write_support(aann_text *text, const aann_c_plan *plan, bool shifts);

/* c_input_text.c: the function that reads an input into its frame. */
void aann_c_write_input(aann_text *text, const aann_c_plan *plan, const aann_c_input *input);

/* c_output_text.c: what logits mean. */
void aann_c_write_outputs(aann_text *text, const aann_model_description *about,
                          const aann_c_output *output);

/* c_self_test_text.c: samples with their logits, and a function that compares. */
void aann_c_write_self_test(aann_text *text, const aann_c_plan *plan, const aann_c_input *input,
                            const aann_c_self_test *test);

/* c_synapses.c: tables, and the functions that read them. */
void aann_c_write_tables(aann_text *text, const aann_c_plan *plan);

/* c_layers.c: a function for each layer. */
void aann_c_write_layers(aann_text *text, const aann_c_plan *plan);

/* c_sums.c: the loop over one row of a unit's outputs, with bytes or with words. `out` and `corner`
 * are where the outputs and the inputs of the row begin; both are moved to its end. */
void aann_c_write_row(aann_text *text, const aann_c_layer *layer, bool words);

/* Functions that it calls, before the layer. */
void aann_c_write_sums(aann_text *text, const aann_c_layer *layer);

/* Whether that needs `i` and `j`. */
bool aann_c_row_has_parts(const aann_c_layer *layer);

#endif
