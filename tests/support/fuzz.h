/* What fuzz targets promise, and small samples for those that search. */
#ifndef AANN_TESTS_SUPPORT_FUZZ_H
#define AANN_TESTS_SUPPORT_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aann/samples.h"
#include "aann/status.h"

static inline void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* A call that failed says what was wrong, on one line. */
static inline bool passed(aann_status status, const aann_error *error)
{
    if (status != AANN_OK) {
        require(error->status == status);
        require(error->message[0] != '\0' && strchr(error->message, '\n') == NULL);
    }
    return status == AANN_OK;
}

enum { FUZZ_MOST_SAMPLES = 24, FUZZ_MOST_VALUES = 36 };

/* Samples whose values, and answers of three classes or targets, follow from their place. */
static inline aann_samples fuzz_samples(aann_shape shape, int64_t count, bool regression)
{
    static int8_t inputs[FUZZ_MOST_SAMPLES * FUZZ_MOST_VALUES];
    static int32_t labels[FUZZ_MOST_SAMPLES];
    static float targets[3 * FUZZ_MOST_SAMPLES];
    for (int i = 0; i < FUZZ_MOST_SAMPLES * FUZZ_MOST_VALUES; i++) {
        inputs[i] = (int8_t)(i * i * 31 % 251 - 125);
    }
    for (int i = 0; i < FUZZ_MOST_SAMPLES; i++) {
        labels[i] = i * i % 3;
        targets[3 * i] = (float)labels[i] / 4.0F;
    }
    return (aann_samples){.shape = shape,
                          .count = count,
                          .class_count = regression ? 0 : 3,
                          .target_count = regression ? 3 : 0,
                          .inputs = inputs,
                          .labels = regression ? NULL : labels,
                          .targets = regression ? targets : NULL};
}

#endif
