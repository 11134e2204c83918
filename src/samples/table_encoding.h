/* The encoding of tables: what each column becomes. */
#ifndef AANN_SAMPLES_TABLE_ENCODING_H
#define AANN_SAMPLES_TABLE_ENCODING_H

#include "samples/dataset.h"

/* Chooses columns and rules of encoding->kind TABLE. */
aann_status aann_table_encoding_fit(const aann_dataset *train, aann_encoding *encoding,
                                    aann_error *error);

/* Encodes samples first..first+count-1 to inputs[count][rule_count, and 1 more if constant]. */
aann_status aann_table_encoding_encode(const aann_dataset *dataset, const aann_encoding *encoding,
                                       int64_t first, int64_t count, int8_t *inputs,
                                       aann_error *error);

/* Fails (with `status`) unless columns and rules make sense and are in order. */
aann_status aann_table_encoding_check(const aann_encoding *encoding, aann_status status,
                                      aann_error *error);

#endif
