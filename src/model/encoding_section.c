/* Encodings in the model file. Nothing is allocated before the bytes for it are there. */
#include "model/encoding_section.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/columns.h"

enum { RULE_SIZE = 2 * sizeof(uint32_t) + 2 * sizeof(double), SMALLEST_COLUMN = 12 };

static aann_status damaged(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_FORMAT, "the model is damaged: its encoding makes no sense");
}

static aann_status no_memory(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
}

bool aann_encoding_needs_second_form(const aann_encoding *encoding)
{
    return encoding->kind == AANN_ENCODING_TABLE || encoding->constant;
}

/* ---- texts ----------------------------------------------------------------------------------- */

void aann_write_text(aann_byte_writer *to, const char *text)
{
    const size_t length = strlen(text);
    aann_write_u32(to, (uint32_t)length);
    aann_write_bytes(to, text, length);
}

char *aann_take_text(aann_byte_reader *from, size_t length)
{
    const uint8_t *bytes = aann_take_bytes(from, length);
    char *text =
        bytes != NULL && memchr(bytes, 0, length) == NULL ? aann_allocate(length + 1, 1) : NULL;
    if (text == NULL) {
        from->failed = true;
        return NULL;
    }
    memcpy(text, bytes, length);
    text[length] = 0;
    return text;
}

/* ---- ranges ---------------------------------------------------------------------------------- */

static void write_ranges(aann_byte_writer *to, const aann_encoding *encoding)
{
    for (int64_t i = 0; encoding->kind == AANN_ENCODING_FEATURE && i < encoding->feature_count;
         i++) {
        aann_write_f32(to, encoding->minimum[i]);
        aann_write_f32(to, encoding->maximum[i]);
    }
}

static aann_status read_ranges(aann_byte_reader *from, aann_encoding *encoding, aann_error *error)
{
    const size_t count = (size_t)encoding->feature_count;
    if (from->left < count * 2 * sizeof(float)) {
        return damaged(error);
    }
    encoding->minimum = aann_allocate(count, sizeof *encoding->minimum);
    encoding->maximum = aann_allocate(count, sizeof *encoding->maximum);
    if (encoding->minimum == NULL || encoding->maximum == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        encoding->minimum[i] = aann_take_f32(from);
        encoding->maximum[i] = aann_take_f32(from);
    }
    return AANN_OK;
}

/* ---- columns and rules ----------------------------------------------------------------------- */

static void write_columns(aann_byte_writer *to, const aann_encoding *encoding)
{
    for (int64_t i = 0; i < encoding->feature_count; i++) {
        const aann_column *column = &encoding->columns[i];
        aann_write_u32(to, (uint32_t)column->kind);
        aann_write_text(to, column->name != NULL ? column->name : "");
        aann_write_u32(to, (uint32_t)column->level_count);
        for (int32_t level = 0; level < column->level_count; level++) {
            aann_write_text(to, column->levels[level]);
        }
    }
    aann_write_u32(to, (uint32_t)encoding->rule_count);
    for (int64_t i = 0; i < encoding->rule_count; i++) {
        aann_write_u32(to, (uint32_t)encoding->rules[i].column);
        aann_write_u32(to, (uint32_t)encoding->rules[i].kind);
        aann_write_f64(to, encoding->rules[i].low);
        aann_write_f64(to, encoding->rules[i].high);
    }
}

/* Counts the words of the coming column, and where they end. */
static bool skip_levels(aann_byte_reader from, uint32_t count)
{
    for (uint32_t i = 0; i < count && !from.failed; i++) {
        aann_take_bytes(&from, aann_take_u32(&from));
    }
    return !from.failed;
}

static aann_status read_levels(aann_byte_reader *from, aann_column *column, aann_error *error)
{
    const uint32_t count = aann_take_u32(from);
    if (from->failed || count > AANN_LEVEL_LIMIT || !skip_levels(*from, count)) {
        return damaged(error);
    }
    if (column->kind != AANN_COLUMN_WORDS) {
        return count == 0 ? AANN_OK : damaged(error);
    }
    char **words = aann_allocate_zeroed(count, sizeof *words);
    for (uint32_t i = 0; words != NULL && i < count && !from->failed; i++) {
        words[i] = aann_take_text(from, aann_take_u32(from));
    }
    if (words != NULL && !from->failed) {
        column->levels = aann_levels_copy((const char *const *)words, (int32_t)count);
        column->level_count = (int32_t)count;
    }
    for (uint32_t i = 0; words != NULL && i < count; i++) {
        free(words[i]);
    }
    free(words);
    return from->failed ? damaged(error) : column->levels != NULL ? AANN_OK : no_memory(error);
}

static aann_status read_column(aann_byte_reader *from, aann_column *column, aann_error *error)
{
    const uint32_t kind = aann_take_u32(from);
    char *name = aann_take_text(from, aann_take_u32(from));
    if (name == NULL || kind < AANN_COLUMN_NUMBER || kind > AANN_COLUMN_WORDS) {
        free(name);
        return damaged(error);
    }
    column->kind = (aann_column_kind)kind;
    column->name = name;
    if (name[0] == '\0') {
        free(name);
        column->name = NULL;
    }
    return read_levels(from, column, error);
}

static aann_status read_rules(aann_byte_reader *from, aann_encoding *encoding, aann_error *error)
{
    const uint32_t count = aann_take_u32(from);
    if (from->failed || count > from->left / RULE_SIZE) {
        return damaged(error);
    }
    encoding->rules = aann_allocate(count, sizeof *encoding->rules);
    if (encoding->rules == NULL) {
        return no_memory(error);
    }
    encoding->rule_count = count;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t column = aann_take_u32(from);
        const uint32_t kind = aann_take_u32(from);
        encoding->rules[i] = (aann_input_rule){
            .column = column <= INT32_MAX ? (int32_t)column : -1,
            .kind = kind <= AANN_INPUT_RANGE ? (aann_input_kind)kind : (aann_input_kind)0,
            .low = aann_take_f64(from),
        };
        encoding->rules[i].high = aann_take_f64(from);
    }
    return AANN_OK;
}

static aann_status read_columns(aann_byte_reader *from, aann_encoding *encoding, aann_error *error)
{
    const size_t count = (size_t)encoding->feature_count;
    if (count > from->left / SMALLEST_COLUMN) {
        return damaged(error);
    }
    encoding->columns = aann_allocate_zeroed(count, sizeof *encoding->columns);
    if (encoding->columns == NULL) {
        return no_memory(error);
    }
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        status = read_column(from, &encoding->columns[i], error);
    }
    return status == AANN_OK ? read_rules(from, encoding, error) : status;
}

/* ---- both forms ------------------------------------------------------------------------------ */

void aann_encoding_write(aann_byte_writer *to, const aann_encoding *encoding)
{
    aann_write_u32(to, (uint32_t)encoding->kind);
    aann_write_f64(to, encoding->global_maximum);
    aann_write_u64(to, (uint64_t)encoding->feature_count);
    write_ranges(to, encoding);
}

void aann_encoding_write_second(aann_byte_writer *to, const aann_encoding *encoding)
{
    aann_write_u32(to, (uint32_t)encoding->kind);
    aann_write_u32(to, encoding->constant ? 1 : 0);
    aann_write_f64(to, encoding->global_maximum);
    aann_write_u64(to, (uint64_t)encoding->feature_count);
    write_ranges(to, encoding);
    if (encoding->kind == AANN_ENCODING_TABLE) {
        write_columns(to, encoding);
    }
}

static aann_status read_rest(aann_byte_reader *from, uint32_t kind, uint32_t highest_kind,
                             aann_encoding *encoding, aann_error *error)
{
    encoding->global_maximum = aann_take_f64(from);
    const uint64_t count = aann_take_u64(from);
    if (from->failed || kind < AANN_ENCODING_BYTE || kind > highest_kind || count > INT32_MAX) {
        return damaged(error);
    }
    encoding->kind = (aann_encoding_kind)kind;
    encoding->feature_count = (int64_t)count;
    aann_status status = AANN_OK;
    if (kind == AANN_ENCODING_FEATURE) {
        status = read_ranges(from, encoding, error);
    } else if (kind == AANN_ENCODING_TABLE) {
        status = read_columns(from, encoding, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    return !from->failed && from->left == 0 ? AANN_OK : damaged(error);
}

aann_status aann_encoding_read(aann_byte_reader *from, aann_encoding *encoding, aann_error *error)
{
    const uint32_t kind = aann_take_u32(from);
    return read_rest(from, kind, AANN_ENCODING_FEATURE, encoding, error);
}

aann_status aann_encoding_read_second(aann_byte_reader *from, aann_encoding *encoding,
                                      aann_error *error)
{
    const uint32_t kind = aann_take_u32(from);
    const uint32_t constant = aann_take_u32(from);
    if (constant > 1) {
        return damaged(error);
    }
    encoding->constant = constant == 1;
    return read_rest(from, kind, AANN_ENCODING_TABLE, encoding, error);
}
