/* Random networks and inputs for tests: every feature of the notation, in sizes that evaluate
 * quickly. */
#ifndef AANN_TESTS_NETWORK_RANDOM_SPEC_H
#define AANN_TESTS_NETWORK_RANDOM_SPEC_H

#include <stdio.h>
#include <string.h>

#include "aann/network.h"
#include "core/philox.h"

/* Uniform in low..high. */
static inline int32_t random_between(aann_random_stream *stream, int32_t low, int32_t high)
{
    return low + (int32_t)aann_random_below(stream, (uint32_t)(high - low + 1));
}

/* "16C3x5vs2@70>>1", "12@95": one layer with random suffixes. */
static inline void random_layer_text(aann_random_stream *stream, bool convolution, char *text,
                                     size_t size)
{
    int length = snprintf(text, size, "%d", random_between(stream, 1, 12));
    if (convolution) {
        length += snprintf(text + length, size - (size_t)length, "C%dx%d",
                           random_between(stream, 1, 5), random_between(stream, 1, 5));
        if (aann_random_below(stream, 2) == 0) {
            length += snprintf(text + length, size - (size_t)length, "v");
        }
        if (aann_random_below(stream, 3) == 0) {
            length +=
                snprintf(text + length, size - (size_t)length, "s%d", random_between(stream, 1, 4));
        }
    }
    if (aann_random_below(stream, 2) == 0) {
        length +=
            snprintf(text + length, size - (size_t)length, "@%d", random_between(stream, 0, 99));
    }
    if (aann_random_below(stream, 3) == 0) {
        snprintf(text + length, size - (size_t)length, ">>%d", random_between(stream, 0, 6));
    }
}

/* A chain of pools and up to three convolutions, then one to three dense layers. It need not fit
 * its input. */
static inline void random_spec_text(aann_random_stream *stream, char *text, size_t size)
{
    text[0] = '\0';
    const int32_t convolutions = random_between(stream, 0, 3);
    for (int32_t index = 0; index < convolutions; index++) {
        char element[64];
        if (aann_random_below(stream, 3) == 0) {
            snprintf(element, sizeof element, "MP%dx%d-", random_between(stream, 1, 3),
                     random_between(stream, 1, 3));
            strncat(text, element, size - strlen(text) - 1);
        }
        random_layer_text(stream, true, element, sizeof element);
        strncat(text, element, size - strlen(text) - 1);
        strncat(text, "-", size - strlen(text) - 1);
    }
    if (aann_random_below(stream, 2) == 0) {
        strncat(text, "MP2-", size - strlen(text) - 1);
    }
    const int32_t dense_layers = random_between(stream, 1, 3);
    for (int32_t index = 0; index < dense_layers; index++) {
        char element[64];
        random_layer_text(stream, false, element, sizeof element);
        strncat(text, index > 0 ? "-" : "", size - strlen(text) - 1);
        strncat(text, element, size - strlen(text) - 1);
    }
}

/* A spec that parses: draws until one fits its input. A third of the inputs are 1-D signals. */
static inline void random_spec(aann_random_stream *stream, aann_spec *spec)
{
    char text[AANN_MAX_SPEC_LENGTH];
    aann_shape input;
    do {
        input.channels = random_between(stream, 1, 3);
        input.height = aann_random_below(stream, 3) == 0 ? 1 : random_between(stream, 1, 20);
        input.width = random_between(stream, 1, 24);
        random_spec_text(stream, text, sizeof text);
    } while (aann_spec_parse(text, input, spec, NULL) != AANN_OK);
}

/* values int8 [count], uniform in -127..127. */
static inline void random_input(aann_random_stream *stream, int8_t *values, int64_t count)
{
    for (int64_t index = 0; index < count; index++) {
        values[index] = (int8_t)random_between(stream, -AANN_ACTIVATION_MAX, AANN_ACTIVATION_MAX);
    }
}

#endif
