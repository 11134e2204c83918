/* Data in memory: data sets, their encoding, samples, augmentation.
 *
 * A data set holds values as they were measured (bytes or floats). It is encoded once into int8
 * values in [-127, 127], the networks' only input type. How it was encoded is a small value
 * (aann_encoding), so that new data are encoded in the same way.
 *
 *     aann_encoding encoding;
 *     aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error);
 *     aann_samples *samples;
 *     aann_dataset_encode(dataset, &encoding, 0, aann_dataset_count(dataset), &samples, &error);
 * */
#ifndef AANN_SAMPLES_H
#define AANN_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aann_dataset aann_dataset;

AANN_API void aann_dataset_destroy(aann_dataset *dataset);

AANN_API int64_t aann_dataset_count(const aann_dataset *dataset);
AANN_API aann_shape aann_dataset_shape(const aann_dataset *dataset);
/* Labels int32 [count], or NULL if there are none. Owned by the data set. */
AANN_API const int32_t *aann_dataset_labels(const aann_dataset *dataset);
/* The largest label + 1; 0 without labels. */
AANN_API int32_t aann_dataset_class_count(const aann_dataset *dataset);
/* The word of a class, or NULL if classes are plain numbers. */
AANN_API const char *aann_dataset_class_name(const aann_dataset *dataset, int32_t class_index);
/* Renumbers word labels to the classes names[count] of a training set, which another file may not
 * all have (a CSV that lacks a word numbers the rest differently). Without words the numbers stay.
 * A label that is none of these classes is AANN_ERROR_FORMAT. The check sum stays that of the
 * file. */
AANN_API aann_status aann_dataset_match_classes(aann_dataset *dataset, const char *const *names,
                                                int32_t count, aann_error *error);
/* Regression targets float [count][target_count], or NULL. */
AANN_API const float *aann_dataset_targets(const aann_dataset *dataset);
AANN_API int32_t aann_dataset_target_count(const aann_dataset *dataset);
/* What a target t of output o stands for, where the file says it: mean[o] + scale[o] t, in units of
 * the task. [target_count], or NULL. */
AANN_API const float *aann_dataset_target_mean(const aann_dataset *dataset);
AANN_API const float *aann_dataset_target_scale(const aann_dataset *dataset);
/* SHA-256 over shape, values and labels or targets as loaded, 64 hex digits: recorded in the
 * study's protocol. */
AANN_API const char *aann_dataset_checksum(const aann_dataset *dataset);

/* ---- encoding ------------------------------------------------------------------------------------ */

typedef enum aann_encoding_kind {
    AANN_ENCODING_AUTOMATIC =
        0, /* for fit only: CSV -> FEATURE, bytes above 127 -> BYTE, all else -> GLOBAL */
    AANN_ENCODING_BYTE,   /* v in 0..255 -> round(127 v / 255); other values are refused */
    AANN_ENCODING_GLOBAL, /* v -> round(127 v / max|v|) over the whole training set, clamped */
    AANN_ENCODING_FEATURE /* each feature's [min, max] -> [-127, 127], rounded, clamped; constant -> 0 */
} aann_encoding_kind;

/* A plain value but for the two arrays, which aann_encoding_destroy frees. */
typedef struct aann_encoding {
    aann_encoding_kind kind;

    /* GLOBAL */
    double global_maximum;

    /* values per sample; 0 (never with FEATURE): any */
    int64_t feature_count;

    /* [feature_count] */
    float *minimum;

    /* [feature_count] */
    float *maximum;
} aann_encoding;

/* Measures the training data. Fails if a value is not finite (names sample and feature). */
AANN_API aann_status aann_encoding_fit(const aann_dataset *train, aann_encoding_kind kind,
                                       aann_encoding *encoding, aann_error *error);
AANN_API void aann_encoding_destroy(aann_encoding *encoding);

/* Encoded samples: what the search and the evaluation read. Exactly one of labels and targets is
 * set, or neither (for prediction). */
typedef struct aann_samples {
    aann_shape shape;
    int64_t count;

    /* [count][channels][height][width], values in [-127, 127] */
    int8_t *inputs;

    /* [count], or NULL */
    int32_t *labels;

    /* 0 without labels */
    int32_t class_count;

    /* [count][target_count], or NULL */
    float *targets;

    /* 0 without targets */
    int32_t target_count;
} aann_samples;

/* Encodes samples first..first+count-1. A different shape than the encoding was fitted for is
 * AANN_ERROR_ARGUMENT. Free with aann_samples_destroy (NULL is allowed). */
AANN_API aann_status aann_dataset_encode(const aann_dataset *dataset, const aann_encoding *encoding,
                                         int64_t first, int64_t count, aann_samples **samples,
                                         aann_error *error);
AANN_API void aann_samples_destroy(aann_samples *samples);

/* More training samples from those there are. */
typedef struct aann_augmentation {
    /* of every sample, itself included: 1 adds nothing */
    int32_t copies;

    /* copies are moved by up to so many rows and columns, 0 to 100 */
    double shift;

    /* and turned, stretched and slanted: the elements of their affine map differ by up to this
     * from the identity's, 0 to 1 */
    double warp;
} aann_augmentation;

/* Fails (AANN_ERROR_ARGUMENT) where this makes no sense for the samples: out of range, 2^31 samples
 * and more, or samples of a single place (channels x 1 x 1), in which nothing can be moved. */
AANN_API aann_status aann_augmentation_check(const aann_samples *samples,
                                             const aann_augmentation *wanted, aann_error *error);

/* All samples, then copies - 1 times all samples, each moved and warped in its own way, which is a
 * function of (seed, member, copy, sample); labels and targets stay. Values between four are
 * interpolated linearly, those outside are 0. A dimension of size 1 stays as it is. Free with
 * aann_samples_destroy. */
AANN_API aann_status aann_samples_augment(const aann_samples *samples,
                                          const aann_augmentation *wanted, uint64_t seed,
                                          uint64_t member, aann_samples **result,
                                          aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
