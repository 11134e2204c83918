/* Samples in an exported header, with which it tests itself. */
#ifndef AANN_EXPORT_C_SELF_TEST_H
#define AANN_EXPORT_C_SELF_TEST_H

#include "export/c_input.h"

typedef struct aann_c_self_test {
    int64_t count;   /* 0: none */
    int64_t size;    /* values of a sample, as they are passed */
    int64_t *inputs; /* [count][size] */
    int64_t *logits; /* [count][outputs], those of the reference evaluation */
} aann_c_self_test;

/* Takes the samples that the options name. Fails (format) where a measured value is no whole number
 * of its units. Free with aann_c_self_test_clear, whatever it returned. */
aann_status aann_c_self_test_make(const aann_model *model, const aann_export_c_options *options,
                                  const aann_c_input *input, aann_c_self_test *test,
                                  aann_error *error);
void aann_c_self_test_clear(aann_c_self_test *test);

#endif
