/* Data in memory: data sets, their encoding, samples, augmentation.
 *
 * A data set holds measured values (bytes or floats), from a file (aann/data.h) or from arrays. It
 * is encoded once into samples: int8 values in [-127, 127], the networks' only input type. The
 * encoding is a small value (aann_encoding), which encodes new data in the same way.
 *
 *     float measured[150][4] = {{5.1f, 3.5f, 1.4f, 0.2f}};
 *     int64_t species[150] = {0};
 *     aann_dataset_arrays arrays = aann_dataset_arrays_default();
 *     arrays.inputs = aann_array_matrix(measured, AANN_ELEMENT_FLOAT32, 150, 4);
 *     arrays.labels = aann_array_vector(species, AANN_ELEMENT_INT64, 150);
 *     aann_dataset *dataset;
 *     aann_dataset_create(&arrays, &dataset, &error);
 *     aann_encoding encoding;
 *     aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error);
 *     aann_samples *samples;
 *     aann_dataset_encode(dataset, &encoding, 0, aann_dataset_count(dataset), &samples, &error);
 *
 * Thread safety: only aann_dataset_match_classes changes a data set; nothing changes an encoding or
 * samples once they are made. Any number of threads may read the same one at the same time. */
#ifndef AANN_SAMPLES_H
#define AANN_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- arrays ---------------------------------------------------------------------------------- */

typedef enum aann_element_type {
    AANN_ELEMENT_BOOL = 1, /* one byte, 0 or 1 */
    AANN_ELEMENT_INT8,
    AANN_ELEMENT_INT16,
    AANN_ELEMENT_INT32,
    AANN_ELEMENT_INT64,
    AANN_ELEMENT_UINT8,
    AANN_ELEMENT_UINT16,
    AANN_ELEMENT_UINT32,
    AANN_ELEMENT_UINT64,
    AANN_ELEMENT_FLOAT16, /* IEEE 754 binary16, in two bytes */
    AANN_ELEMENT_FLOAT32,
    AANN_ELEMENT_FLOAT64
} aann_element_type;

enum { AANN_MAX_DIMENSIONS = 8 };

/* An array in the caller's memory, in this machine's byte order. {0}: no array. */
typedef struct aann_array_view {
    /* the element whose indices are all 0; need not be aligned */
    const void *values;
    aann_element_type type;

    int32_t dimension_count;
    int64_t dimensions[AANN_MAX_DIMENSIONS];

    /* [dimension_count]: bytes from one element to the next along each dimension; may be negative
     * or 0. NULL: C order, the last dimension fastest, without gaps */
    const int64_t *strides;
} aann_array_view;

/* Views of a matrix [rows][columns] and of a vector [count], in C order without gaps. */
AANN_API aann_array_view aann_array_matrix(const void *values, aann_element_type type, int64_t rows,
                                           int64_t columns);
AANN_API aann_array_view aann_array_vector(const void *values, aann_element_type type,
                                           int64_t count);

/* Where the channels are in an array of samples. */
typedef enum aann_array_layout {
    /* as the wanted shape or the sizes say. [n][h][w] are pictures of one channel where they are
     * near squares (no side more than twice the other), and signals where one side is at most 4 and
     * the other at least four times that: the short one are the channels. [n][h][w][c] has the
     * channels last where they are at most 4, and h and w are more. What may be either is an
     * error that names the choices; else the channels are first */
    AANN_ARRAY_LAYOUT_AUTOMATIC = 0,

    /* [n][channels][height][width], [n][channels][time] */
    AANN_ARRAY_LAYOUT_CHANNELS_FIRST,

    /* [n][height][width][channels], [n][time][channels] */
    AANN_ARRAY_LAYOUT_CHANNELS_LAST
} aann_array_layout;

/* Makes a view of samples, [n][..][..] or [n][..][..][..], one of [n][channels][height][width], by
 * its dimensions and strides alone; strides[AANN_MAX_DIMENSIONS] is memory for these, and must live
 * as long. `shape` is the one that is wanted, in which the same sizes stay in the same order or are
 * moved as a whole; {0,0,0}: any. Views of other dimensions stay. Errors: argument (a wrong view;
 * sizes that leave the layout open; a shape that would mix values). */
AANN_API aann_status aann_array_view_arrange(aann_array_view *array,
                                             int64_t strides[AANN_MAX_DIMENSIONS],
                                             aann_array_layout layout, aann_shape shape,
                                             aann_error *error);

/* ---- data sets ------------------------------------------------------------------------------- */

/* What the values of a table's column are. */
typedef enum aann_column_kind {
    AANN_COLUMN_NUMBER = 1,

    /* 0 (false) and 1 (true) */
    AANN_COLUMN_BOOLEAN,

    /* value i is the word levels[i] */
    AANN_COLUMN_WORDS
} aann_column_kind;

/* Different words in one column at most. */
enum { AANN_LEVEL_LIMIT = 65536 };

/* A column of a table. In every kind NaN is a missing value. */
typedef struct aann_column {
    /* NULL: it has none */
    const char *name;
    aann_column_kind kind;

    /* [level_count], of WORDS, else NULL: the different words, sorted bytewise */
    const char *const *levels;
    int32_t level_count;
} aann_column;

typedef struct aann_dataset aann_dataset;

/* A data set as arrays. Always start from aann_dataset_arrays_default(). */
typedef struct aann_dataset_arrays {
    /* [n][features]; pictures and signals: see aann_array_layout */
    aann_array_view inputs;
    aann_array_layout layout;

    /* shape of one sample; {0,0,0}: as stored, [n][f] is {f,1,1} */
    aann_shape shape;

    /* class numbers 0 to 255, [n] or [n][1], of any type; {0}: none */
    aann_array_view labels;

    /* [n] words instead of class numbers; NULL: none. The classes are class_names, or if that is
     * NULL the distinct words, sorted bytewise */
    const char *const *label_words;

    /* [class_count]; NULL: classes are plain numbers, or follow from label_words */
    const char *const *class_names;
    int32_t class_count;

    /* [n][outputs] or [n]: regression targets, instead of labels; {0}: none */
    aann_array_view targets;

    /* [outputs] each, or NULL: what a target stands for (see aann_dataset_target_mean) */
    const float *target_mean;
    const float *target_scale;

    /* [values per sample], or NULL; messages use them */
    const char *const *column_names;

    /* [values per sample], or NULL, of a table: names, kinds and words, instead of column_names.
     * Implies tabular */
    const aann_column *columns;

    /* the inputs are a table: each column has its own unit, values are kept as float64, and NaN is
     * a missing value */
    bool tabular;
} aann_dataset_arrays;

AANN_API aann_dataset_arrays aann_dataset_arrays_default(void);

/* Makes a data set from arrays. Everything is copied: the arrays may go as soon as this returns.
 * The result equals what aann_dataset_load makes of an NPZ file with the same arrays and labels 0,
 * 1, 2, ...: same checksum, encoding and samples. Bytes and booleans are kept as bytes, everything
 * else as float32.
 * Errors: argument (a wrong array or shape, no samples, sizes that overflow, both labels and
 * targets), format (arrays of different lengths, a number that is not finite as float32, a label
 * that is no class number), memory. Free with aann_dataset_destroy. */
AANN_API aann_status aann_dataset_create(const aann_dataset_arrays *arrays, aann_dataset **dataset,
                                         aann_error *error);

/* NULL is allowed. */
AANN_API void aann_dataset_destroy(aann_dataset *dataset);

AANN_API int64_t aann_dataset_count(const aann_dataset *dataset);
AANN_API aann_shape aann_dataset_shape(const aann_dataset *dataset);

/* Labels int32 [count], or NULL if there are none. Owned by the data set. */
AANN_API const int32_t *aann_dataset_labels(const aann_dataset *dataset);

/* The larger of (largest label + 1) and the number of class names; 0 without labels. */
AANN_API int32_t aann_dataset_class_count(const aann_dataset *dataset);

/* The word of a class, or NULL if classes are plain numbers. Owned by the data set. */
AANN_API const char *aann_dataset_class_name(const aann_dataset *dataset, int32_t class_index);

/* The name of value `index` of a sample (a column of a table), or NULL. Owned by the data set. */
AANN_API const char *aann_dataset_column_name(const aann_dataset *dataset, int64_t index);

/* Column `index` of a table; NULL if the data set is no table, or has fewer columns. Owned by the
 * data set. */
AANN_API const aann_column *aann_dataset_column(const aann_dataset *dataset, int64_t index);

/* The number of columns; 0 if the data set is no table. */
AANN_API int64_t aann_dataset_column_count(const aann_dataset *dataset);

/* The values of a table, float64 [count][columns], NaN where one is missing; NULL if the data set
 * is no table. Owned by the data set. */
AANN_API const double *aann_dataset_table(const aann_dataset *dataset);

/* How the file of a table is written, and what was left out. */
typedef struct aann_table_origin {
    /* ',', ';', tab, '|', or ' ' for any number of blanks; 0: the data set is from no such file */
    char delimiter;
    char decimal;

    /* the first line has the names of the columns */
    bool has_names;

    /* not all of it was UTF-8; those cells were read as Windows-1252 */
    bool is_repaired;

    /* a first column without a name, of whole numbers, was left out */
    bool index_left_out;

    /* the features are not the first columns: a label, or what was left out, stands before one */
    bool is_scattered;
} aann_table_origin;

AANN_API aann_table_origin aann_dataset_origin(const aann_dataset *dataset);

/* The name of the label column of a table, or NULL. Owned by the data set. */
AANN_API const char *aann_dataset_label_name(const aann_dataset *dataset);

/* Renumbers word labels to the classes names[count] of a training set: a file that lacks one of the
 * words numbers the others differently. Labels that are plain numbers stay. A label outside these
 * classes is AANN_ERROR_FORMAT. The checksum stays that of the file. */
AANN_API aann_status aann_dataset_match_classes(aann_dataset *dataset, const char *const *names,
                                                int32_t count, aann_error *error);

/* Regression targets float [count][target_count], or NULL. Owned by the data set. */
AANN_API const float *aann_dataset_targets(const aann_dataset *dataset);
AANN_API int32_t aann_dataset_target_count(const aann_dataset *dataset);

/* If the file says so, a target t of output o stands for mean[o] + scale[o] * t in units of the
 * task: [target_count], or NULL. Owned by the data set. */
AANN_API const float *aann_dataset_target_mean(const aann_dataset *dataset);
AANN_API const float *aann_dataset_target_scale(const aann_dataset *dataset);

/* SHA-256 of shape, values and labels or targets as loaded: 64 hexadecimal digits, as the study
 * records them. Owned by the data set. */
AANN_API const char *aann_dataset_checksum(const aann_dataset *dataset);

/* ---- encoding -------------------------------------------------------------------------------- */

typedef enum aann_encoding_kind {
    /* for aann_encoding_fit only: tables -> TABLE, or FEATURE if their samples have a height or a
     * width; bytes above 127 -> BYTE, others -> GLOBAL */
    AANN_ENCODING_AUTOMATIC = 0,

    /* v in 0..255 -> round(127 v / 255); other values are refused */
    AANN_ENCODING_BYTE,

    /* v -> round(127 v / max|v|) over the whole training set, clamped */
    AANN_ENCODING_GLOBAL,

    /* each feature's [minimum, maximum] -> [-127, 127], rounded, clamped; a constant -> 0 */
    AANN_ENCODING_FEATURE,

    /* each column of a table becomes inputs of its own, which compare it with constants */
    AANN_ENCODING_TABLE
} aann_encoding_kind;

/* How one input of TABLE follows from the value of its column. A missing value gives 0, but for
 * MISSING. */
typedef enum aann_input_kind {
    /* v >= low -> 127, else 0 */
    AANN_INPUT_THRESHOLD = 1,

    /* v = low -> 127, else 0: a word; `low` is its index among the levels of the column */
    AANN_INPUT_LEVEL,

    /* 127 where the value is missing, else 0 */
    AANN_INPUT_MISSING,

    /* [low, high] -> [-127, 127], rounded, clamped */
    AANN_INPUT_RANGE
} aann_input_kind;

typedef struct aann_input_rule {
    int32_t column;
    aann_input_kind kind;
    double low;

    /* of RANGE, else 0 */
    double high;
} aann_input_rule;

/* How measured values become int8. aann_encoding_destroy frees the arrays. */
typedef struct aann_encoding {
    aann_encoding_kind kind;

    /* of GLOBAL: max|v| */
    double global_maximum;

    /* values per sample; 0 (never with FEATURE or TABLE): any number */
    int64_t feature_count;

    /* [feature_count] each, of FEATURE; else NULL */
    float *minimum;
    float *maximum;

    /* an input that is always 127, so that sums of a unit can have an offset: the last one of a
     * vector, else a last channel full of 127 */
    bool constant;

    /* [feature_count], of TABLE, else NULL: the columns, with the words that have an input */
    aann_column *columns;

    /* [rule_count], of TABLE, else NULL: the inputs, all those of a column together and in the
     * order of aann_input_kind, thresholds ascending */
    aann_input_rule *rules;
    int64_t rule_count;
} aann_encoding;

/* Fits an encoding to training data. FEATURE and TABLE are robust: a few wild values do not squeeze
 * the others together. Encodings of tables have a constant input; to have it elsewhere, or not to
 * have it, set `constant` afterwards. Errors: argument (TABLE of what is no table), format (a value
 * that the kind cannot encode; the message names sample and feature), memory. Free with
 * aann_encoding_destroy. */
AANN_API aann_status aann_encoding_fit(const aann_dataset *train, aann_encoding_kind kind,
                                       aann_encoding *encoding, aann_error *error);
AANN_API void aann_encoding_destroy(aann_encoding *encoding);

/* "byte", "global", "feature", "table", or "automatic"; a constant. NULL: no such kind. */
AANN_API const char *aann_encoding_kind_name(aann_encoding_kind kind);

/* The shape of an encoded sample, from that of a sample of the data set; and the reverse. */
AANN_API aann_shape aann_encoding_input_shape(const aann_encoding *encoding, aann_shape measured);
AANN_API aann_shape aann_encoding_measured_shape(const aann_encoding *encoding, aann_shape input);

/* Encoded samples: what searches and evaluators read, and never change. A caller may fill in this
 * struct as a view of his own memory; searches and evaluators borrow it, so struct and memory must
 * outlive them. At most one of labels and targets is set; for prediction, neither. */
typedef struct aann_samples {
    aann_shape shape;
    int64_t count;

    /* [count][channels][height][width], values in [-127, 127] */
    const int8_t *inputs;

    /* [count] in 0..class_count-1, or NULL */
    const int32_t *labels;

    /* 0 without labels */
    int32_t class_count;

    /* [count][target_count], or NULL */
    const float *targets;

    /* 0 without targets */
    int32_t target_count;
} aann_samples;

/* Checks a view that a caller filled in: sizes, values, labels, finite targets. The message names
 * the first wrong sample. */
AANN_API aann_status aann_samples_check(const aann_samples *view, aann_error *error);

/* Copies samples, after aann_samples_check. The copy owns its memory; free it with
 * aann_samples_destroy. */
AANN_API aann_status aann_samples_create(const aann_samples *view, aann_samples **samples,
                                         aann_error *error);

/* Encodes samples first..first+count-1. Another shape than the encoding was fitted to is
 * AANN_ERROR_ARGUMENT. Free with aann_samples_destroy. */
AANN_API aann_status aann_dataset_encode(const aann_dataset *dataset, const aann_encoding *encoding,
                                         int64_t first, int64_t count, aann_samples **samples,
                                         aann_error *error);

/* Only for samples that the library made (aann_samples_create, aann_dataset_encode,
 * aann_samples_augment), never for a caller's view. NULL is allowed. */
AANN_API void aann_samples_destroy(aann_samples *samples);

/* Expresses the targets of one output, which are in the user's units, as outputs of a network:
 * (target - mean) / scale. Only for samples that the library made; nothing else may read them
 * meanwhile. */
AANN_API void aann_samples_scale_target(aann_samples *samples, int32_t output, double mean,
                                        double scale);

/* Further training samples, made from the given ones. */
typedef struct aann_augmentation {
    /* copies of every sample, itself included: 1 adds nothing */
    int32_t copies;

    /* a copy is moved by up to this many rows and columns, 0 to 100 */
    double shift;

    /* a copy is also turned, stretched and slanted: the elements of its affine map differ from the
     * identity's by up to this, 0 to 1 */
    double warp;
} aann_augmentation;

/* Fails (AANN_ERROR_ARGUMENT) if a value is out of range, if there would be 2^31 samples or more,
 * or if a sample has one place only (channels x 1 x 1), so that nothing can be moved. */
AANN_API aann_status aann_augmentation_check(const aann_samples *samples,
                                             const aann_augmentation *wanted, aann_error *error);

/* All samples, followed by copies - 1 times all samples, each moved and warped by its own map, a
 * function of (seed, member, copy, sample). Labels and targets stay. Values are interpolated
 * linearly between four neighbours; places outside are 0. A dimension of size 1 stays as it is.
 * Free with aann_samples_destroy. */
AANN_API aann_status aann_samples_augment(const aann_samples *samples,
                                          const aann_augmentation *wanted, uint64_t seed,
                                          uint64_t member, aann_samples **result,
                                          aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
