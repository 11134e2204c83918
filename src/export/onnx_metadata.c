/* What an ONNX file says about the model in pairs of texts, which every engine shows. Lists are
 * JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/onnx_parts.h"
#include "export/onnx_protobuf.h"

/* Fields of StringStringEntryProto. */
enum { PAIR_KEY = 1, PAIR_VALUE = 2 };

enum { NUMBER_SIZE = 64, FIRST_PRINTABLE = 0x20 };

static void write_pair(aann_byte_writer *to, uint32_t field, const char *key, const char *value)
{
    aann_byte_writer pair = {0};
    aann_protobuf_text(&pair, PAIR_KEY, key);
    aann_protobuf_text(&pair, PAIR_VALUE, value);
    aann_protobuf_message(to, field, &pair);
}

/* A text that was written to memory. */
static void write_pair_from(aann_byte_writer *to, uint32_t field, const char *key,
                            aann_byte_writer *value)
{
    aann_write_bytes(value, "", 1);
    to->failed = to->failed || value->failed;
    write_pair(to, field, key, value->failed ? "" : (const char *)value->bytes);
    free(value->bytes);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void append(aann_byte_writer *to, const char *text)
{
    aann_write_bytes(to, text, strlen(text));
}

static void append_string(aann_byte_writer *to, const char *text)
{
    append(to, "\"");
    for (; *text != '\0'; text++) {
        char escaped[NUMBER_SIZE];
        if ((unsigned char)*text < FIRST_PRINTABLE) {
            snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)(unsigned char)*text);
            append(to, escaped);
            continue;
        }
        if (*text == '"' || *text == '\\') {
            append(to, "\\");
        }
        aann_write_bytes(to, text, 1);
    }
    append(to, "\"");
}

static void append_strings(aann_byte_writer *to, const char *const *texts, int32_t count)
{
    append(to, "[");
    for (int32_t i = 0; i < count; i++) {
        append(to, i > 0 ? "," : "");
        append_string(to, texts[i]);
    }
    append(to, "]");
}

static void write_names(aann_byte_writer *to, uint32_t field, const char *key,
                        const char *const *names, int32_t count)
{
    if (names != NULL) {
        aann_byte_writer list = {0};
        append_strings(&list, names, count);
        write_pair_from(to, field, key, &list);
    }
}

/* The names of a table's columns, and for each the words whose numbers are its values, or null. */
static void write_columns(aann_byte_writer *to, uint32_t field, const aann_encoding *encoding)
{
    aann_byte_writer names = {0};
    aann_byte_writer words = {0};
    append(&names, "[");
    append(&words, "[");
    for (int64_t i = 0; i < encoding->feature_count; i++) {
        const aann_column *column = &encoding->columns[i];
        append(&names, i > 0 ? "," : "");
        append(&words, i > 0 ? "," : "");
        append_string(&names, column->name != NULL ? column->name : "");
        if (column->kind == AANN_COLUMN_WORDS) {
            append_strings(&words, column->levels, column->level_count);
        } else {
            append(&words, "null");
        }
    }
    append(&names, "]");
    append(&words, "]");
    write_pair_from(to, field, "aann.columns", &names);
    write_pair_from(to, field, "aann.words", &words);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void write_shape(aann_byte_writer *to, uint32_t field, aann_shape shape)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRId32 "x%" PRId32 "x%" PRId32, shape.channels, shape.height,
             shape.width);
    write_pair(to, field, "aann.input", text);
}

static void write_hash(aann_byte_writer *to, uint32_t field, const aann_network *network)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%016" PRIx64, aann_network_hash(network));
    write_pair(to, field, "aann.hash", text);
}

void aann_onnx_write_metadata(const aann_onnx_export *from, aann_byte_writer *to, uint32_t field)
{
    const aann_model_description *about = from->about;
    const aann_encoding *encoding = about->encoding;
    char spec[AANN_MAX_SPEC_LENGTH];
    if (aann_spec_format(from->spec, spec, sizeof spec, NULL) != AANN_OK) {
        spec[0] = '\0'; /* never: every canonical text fits */
    }
    write_pair(to, field, "aann.spec", spec);
    write_hash(to, field, from->network);
    write_pair(to, field, "aann.task", about->regression ? "regression" : "classification");
    write_shape(to, field, aann_onnx_measured_shape(from));
    write_pair(to, field, "aann.encoding",
               encoding != NULL ? aann_encoding_kind_name(encoding->kind) : "none");
    write_pair(to, field, "aann.arithmetic",
               from->options.form == AANN_ONNX_INTEGER ? "integer" : "float");
    write_names(to, field, "aann.classes", about->class_names, about->class_count);
    write_names(to, field, "aann.targets", about->target_names, from->spec->output_count);
    if (encoding != NULL && encoding->kind == AANN_ENCODING_TABLE) {
        write_columns(to, field, encoding);
    } else {
        write_names(to, field, "aann.columns", about->column_names, about->column_count);
    }
    if (about->provenance != NULL) {
        write_pair(to, field, "aann.provenance", about->provenance);
    }
}
