/* The inside of a data set, for the readers that fill it. */
#ifndef AANN_SAMPLES_DATASET_H
#define AANN_SAMPLES_DATASET_H

#include <stdbool.h>

#include "aann/samples.h"
#include "core/sha256.h"

/* Samples are kept as bytes if they were stored as bytes, those of a table as doubles with NaN for
 * what is missing, else as floats; the other pointers are NULL. Use aann_dataset_value. */
struct aann_dataset {
    aann_shape shape;
    int64_t count;
    uint8_t *bytes;  /* [count][channels][height][width] */
    float *floats;   /* [count][channels][height][width] */
    double *table;   /* [count][column_count] */
    int32_t *labels; /* [count], or NULL */
    int32_t class_count;
    char **class_names; /* [class_name_count], or NULL */
    int32_t class_name_count;
    aann_column *columns; /* [column_count]; NULL: nothing is known, and it is no table */
    int64_t column_count;
    float *targets; /* [count][target_count], or NULL */
    int32_t target_count;
    float *target_mean;  /* [target_count], or NULL; so is target_scale */
    float *target_scale; /* [target_count] */
    double *groups;      /* [count], or NULL: samples with the same number belong together */
    double *times;       /* [count], or NULL: when samples were taken */
    char *label_name;    /* of the label column of a table, or NULL */
    aann_table_origin origin;
    bool windows_overlap; /* neighbours share rows */
    /* [recognised_count]: sizes that a sample was stored with, if they alone said that its channels
     * are elsewhere than the documentation has them; 0: they are not */
    int64_t recognised[3];
    int32_t recognised_count;
    bool windows;        /* [channels][1][time]: a channel is one quantity */
    bool in_class_order; /* from a folder for each class */
    bool shares_values;  /* values, columns, targets and their range belong to another data set */
    char checksum[AANN_SHA256_TEXT_SIZE];
    /* of a table: the checksum that aann 0.2 gave it, which studies of that time hold; else "". It
     * took the values as floats, or as bytes if they came as such */
    char float_checksum[AANN_SHA256_TEXT_SIZE];
    bool bytes_in_float_checksum;
};

/* An empty data set, to be filled. */
aann_status aann_dataset_allocate(aann_dataset **dataset, aann_error *error);

/* Makes another data set that borrows the same values but owns its labels, so that they can be
 * renumbered. */
aann_status aann_dataset_share(const aann_dataset *dataset, aann_dataset **shared,
                               aann_error *error);

/* The shape of samples stored as `stored` when the caller asks for `wished` ({0,0,0}: as stored);
 * fails if the sizes differ. */
aann_status aann_dataset_choose_shape(aann_shape stored, aann_shape wished, aann_shape *shape,
                                      aann_error *error);

/* Copies the names of the classes 0..count-1. */
aann_status aann_dataset_name_classes(aann_dataset *dataset, const char *const *names,
                                      int32_t count, aann_error *error);

/* The value `index` of all samples, counted through. */
double aann_dataset_value(const aann_dataset *dataset, int64_t index);

/* Whether a checksum that a study holds is that of these data. */
bool aann_dataset_has_checksum(const aann_dataset *dataset, const char *checksum);

/* Copies the names of the values of a sample: numbers. */
aann_status aann_dataset_name_columns(aann_dataset *dataset, const char *const *names,
                                      int64_t count, aann_error *error);

/* The index of the name in names[count], or -1. */
int32_t aann_find_class(const char *name, const char *const *names, int32_t count);

/* Fails with "sample 3, feature 2 is nan: ", followed by `problem`. */
aann_status aann_dataset_fail_value(const aann_dataset *dataset, int64_t index, const char *problem,
                                    aann_error *error);

/* Fails if a value of samples first..first+count-1 is not finite. */
aann_status aann_dataset_check_finite(const aann_dataset *dataset, int64_t first, int64_t count,
                                      aann_error *error);

/* Fails if a value of a table is infinite, or is neither missing nor one that its column can
 * hold. */
aann_status aann_dataset_check_table(const aann_dataset *dataset, aann_error *error);

/* Replaces control characters by spaces, so that a message that quotes a file stays one line. */
void aann_dataset_one_line(aann_error *error);

/* Call this after filling: counts the classes and computes the checksum. */
void aann_dataset_finish(aann_dataset *dataset);

#endif
