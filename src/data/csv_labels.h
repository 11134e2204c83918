/* The label column of a table: numbers or words. */
#ifndef AANN_DATA_CSV_LABELS_H
#define AANN_DATA_CSV_LABELS_H

#include <stdbool.h>

#include "aann/data.h"

enum { AANN_CSV_MAX_CLASSES = 256 };

/* Collects the labels of all rows; starts as {0}. */
typedef struct aann_csv_labels {
    char *words[AANN_CSV_MAX_CLASSES]; /* the different cells, in order of appearance */
    int32_t word_count;
    int32_t *rows; /* [row_count], index into words */
    int64_t row_count;
    int64_t row_room;
    bool takes_any_word; /* the first rules: even "nan" */
} aann_csv_labels;

/* Adds a row's cell. Messages lack the place, which the caller prefixes. */
aann_status aann_csv_labels_add(aann_csv_labels *labels, const char *cell, aann_error *error);
void aann_csv_labels_clear(aann_csv_labels *labels);

/* Gives the labels to the data set, by the rule. *bad is the row with the first wrong label, which
 * the message lacks, or -1. */
aann_status aann_csv_labels_finish(aann_csv_labels *labels, aann_class_rule rule,
                                   aann_dataset *dataset, int64_t *bad, aann_error *error);

#endif
