/* A network as C source text: one header that a chip without an operating system can run.
 *
 * The text is C99 that C++ and the Arduino tools compile too. It needs no heap, no floats, no
 * multiplication, no division and no library. All memory is one static array. Its logits are those
 * of aann_model_predict, to the bit, on every chip. docs/export-c.md explains how to use it.
 *
 *     aann_model *model = NULL;
 *     char *text = NULL;
 *     aann_export_c_options how = aann_export_c_options_default();
 *     how.name = "digits";
 *     if (aann_model_load("digits.aannm", &model, &error) == AANN_OK &&
 *         aann_model_export_c(model, &how, &text, NULL, &error) == AANN_OK) {
 *         fputs(text, stdout);
 *     }
 *     aann_free(text);
 *     aann_model_destroy(model);
 *
 * The same model and options give the same text on every machine. Any number of threads may export
 * at the same time. */
#ifndef AANN_EXPORT_C_H
#define AANN_EXPORT_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/model.h"
#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a name, the final NUL included. */
enum { AANN_EXPORT_C_NAME_SIZE = 64 };

/* How the synapses of a layer are stored. */
typedef enum aann_export_c_table {
    /* whichever of RICE and DELTA is smaller */
    AANN_EXPORT_C_AUTOMATIC = 0,

    /* gaps between synapses in a code of about 6 bits: the smallest */
    AANN_EXPORT_C_RICE,

    /* gaps between synapses in a byte each: read faster */
    AANN_EXPORT_C_DELTA,

    /* the place of each synapse in 16 bits (32 where they are needed): the fastest */
    AANN_EXPORT_C_INDEX
} aann_export_c_table;

/* What the exported function takes as input. */
typedef enum aann_export_c_input {
    /* BYTES if the model's encoding is BYTE, ENCODED if it has no encoding, else NUMBERS */
    AANN_EXPORT_C_INPUT_AUTOMATIC = 0,

    /* bytes, such as pixels: uint8_t, as aann_model_predict_bytes takes them */
    AANN_EXPORT_C_INPUT_BYTES,

    /* measured values times a whole number: int32_t */
    AANN_EXPORT_C_INPUT_NUMBERS,

    /* what the network reads, int8_t in -127..127, constant input included */
    AANN_EXPORT_C_INPUT_ENCODED
} aann_export_c_input;

/* Always start from aann_export_c_options_default(). */
typedef struct aann_export_c_options {
    /* what all names in the text begin with: a letter, then letters, digits and '_' */
    const char *name;

    /* [table_count]: tables of each layer, or one for all; table_count 0: AUTOMATIC */
    const aann_export_c_table *tables;
    int32_t table_count;

    /* what is passed */
    aann_export_c_input input;

    /* [per_unit_count], of NUMBERS: what is passed is a measured value times this whole number: one
     * for all values, one for each channel, or one for each value. per_unit_count 0: powers of ten
     * that suit the encoding */
    const int32_t *per_unit;
    int32_t per_unit_count;

    /* samples in the text, with which the exported network tests itself: the first self_test_count
     * of these measured values, in the shape that the model reads; NULL: none */
    const aann_dataset *self_test;
    int32_t self_test_count;
} aann_export_c_options;

AANN_API aann_export_c_options aann_export_c_options_default(void);

/* What the text needs on a chip. */
typedef struct aann_export_c_report {
    /* [layer_count]: how each layer's synapses are stored, and the bytes that they take in flash */
    int32_t layer_count;
    aann_export_c_table tables[AANN_MAX_LAYERS];
    int64_t table_bytes[AANN_MAX_LAYERS];

    /* the tables of the input, of a regression's outputs, of the self-test */
    int64_t input_bytes;
    int64_t output_bytes;
    int64_t self_test_bytes;

    /* machine code on a Cortex-M0+ (gcc -Os), estimated: mostly within 100 bytes. Other cores and
     * compilers differ by a quarter */
    int64_t code_bytes;

    /* the static array in RAM: exact */
    int64_t memory_bytes;

    /* what is passed, and how many values of it */
    aann_export_c_input input;
    int64_t input_count;
} aann_export_c_report;

/* Writes the text of a header: *text, for aann_free. `report` may be NULL. Errors: argument (an
 * option; an input that the model's encoding does not have, or that has no exact form in integers),
 * format (a sample of the self-test that cannot be passed), memory. */
AANN_API aann_status aann_model_export_c(const aann_model *model,
                                         const aann_export_c_options *options, char **text,
                                         aann_export_c_report *report, aann_error *error);

/* Files beside the header. */
typedef enum aann_export_c_file {
    /* main.c: an example for a computer; with self_test it runs that */
    AANN_EXPORT_C_EXAMPLE = 1,

    /* library.properties, for Arduino */
    AANN_EXPORT_C_ARDUINO,

    /* library.json, for PlatformIO */
    AANN_EXPORT_C_PLATFORMIO
} aann_export_c_file;

/* Writes the text of such a file, for the header that the same options give: *text, for aann_free.
 * Errors: argument, memory. */
AANN_API aann_status aann_model_export_c_file(const aann_model *model,
                                              const aann_export_c_options *options,
                                              aann_export_c_file file, char **text,
                                              aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
