/* The header of an NPY file is the text of a Python dict, such as
 *     {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }
 * in any order of the keys, padded with spaces and ended by a newline. Only this much of Python is
 * understood: exactly these three keys, each once. */
#include "data/npy_header.h"

#include <inttypes.h>
#include <string.h>

#include "core/error.h"
#include "samples/array_view.h"

enum { KEY_SIZE = 32 };

/* The text still to be read. */
typedef struct cursor {
    const char *text;
    size_t length;
    size_t at;
    int64_t offset; /* of text[0] in the file */
    aann_error *error;
} cursor;

static aann_status expected(const cursor *c, const char *what)
{
    const long long place = (long long)(c->offset + (int64_t)c->at);
    if (c->at >= c->length) {
        return aann_fail(c->error, AANN_ERROR_FORMAT, "byte %lld: the NPY header ends; expected %s",
                         place, what);
    }
    const unsigned char found = (unsigned char)c->text[c->at];
    if (found < 0x20 || found > 0x7e) {
        return aann_fail(c->error, AANN_ERROR_FORMAT,
                         "byte %lld: expected %s in the NPY header, found 0x%02x", place, what,
                         (unsigned)found);
    }
    return aann_fail(c->error, AANN_ERROR_FORMAT,
                     "byte %lld: expected %s in the NPY header, found '%c'", place, what, found);
}

static void skip_spaces(cursor *c)
{
    while (c->at < c->length &&
           (c->text[c->at] == ' ' || c->text[c->at] == '\n' || c->text[c->at] == '\t')) {
        c->at++;
    }
}

/* Takes the character if it comes next. */
static bool take(cursor *c, char wanted)
{
    skip_spaces(c);
    if (c->at < c->length && c->text[c->at] == wanted) {
        c->at++;
        return true;
    }
    return false;
}

static bool take_word(cursor *c, const char *word)
{
    skip_spaces(c);
    const size_t length = strlen(word);
    if (c->length - c->at < length || memcmp(c->text + c->at, word, length) != 0) {
        return false;
    }
    c->at += length;
    return true;
}

/* A string in single or double quotes, without escapes. */
static aann_status take_string(cursor *c, char *string, size_t size, const char *what)
{
    skip_spaces(c);
    const char quote = c->at < c->length ? c->text[c->at] : '\0';
    if (quote != '\'' && quote != '"') {
        return expected(c, what);
    }
    size_t used = 0;
    for (c->at++; c->at < c->length && c->text[c->at] != quote; c->at++) {
        const unsigned char byte = (unsigned char)c->text[c->at];
        if (byte == '\\' || byte < 0x20 || byte > 0x7e || used + 1 >= size) {
            return expected(c, what);
        }
        string[used++] = c->text[c->at];
    }
    if (c->at >= c->length) {
        return expected(c, "the closing quote");
    }
    c->at++;
    string[used] = '\0';
    return AANN_OK;
}

/* The type that the letter and the number of bytes of an NPY header name; 0 if none. */
static aann_element_type find_type(const char *name)
{
    static const struct {
        const char *name;
        aann_element_type type;
    } known[] = {
        {"u1", AANN_ELEMENT_UINT8},  {"i1", AANN_ELEMENT_INT8},  {"b1", AANN_ELEMENT_BOOL},
        {"u2", AANN_ELEMENT_UINT16}, {"i2", AANN_ELEMENT_INT16}, {"f2", AANN_ELEMENT_FLOAT16},
        {"u4", AANN_ELEMENT_UINT32}, {"i4", AANN_ELEMENT_INT32}, {"f4", AANN_ELEMENT_FLOAT32},
        {"u8", AANN_ELEMENT_UINT64}, {"i8", AANN_ELEMENT_INT64}, {"f8", AANN_ELEMENT_FLOAT64}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0) {
            return known[i].type;
        }
    }
    return (aann_element_type)0;
}

/* "U5" and "S5": words of at most five characters. */
static bool find_words(const char *name, char order, aann_array *array)
{
    if ((name[0] != 'U' || order == '|') && (name[0] != 'S' || order != '|')) {
        return false;
    }
    int64_t length = 0;
    for (const char *at = name + 1; *at >= '0' && *at <= '9' && length < INT32_MAX / 64; at++) {
        length = 10 * length + (*at - '0');
        if (at[1] == '\0' && length > 0 && length < INT32_MAX / 8) {
            array->type = AANN_ELEMENT_UINT8;
            array->text_length = (int32_t)length;
            array->is_wide = name[0] == 'U';
            array->big_endian = order == '>';
            return true;
        }
    }
    return false;
}

/* "<f4": byte order, kind, bytes. */
static aann_status take_type(cursor *c, aann_array *array)
{
    static const char *const known = "a type of u1 i1 b1 u2 i2 f2 u4 i4 f4 u8 i8 f8";
    char type[KEY_SIZE];
    const size_t start = c->at;
    const aann_status status = take_string(c, type, sizeof type, known);
    if (status != AANN_OK) {
        return status;
    }
    const char *name = type;
    char order = '|';
    if (*name == '<' || *name == '>' || *name == '|') {
        order = *name++;
    }
    if (find_words(name, order, array)) {
        return AANN_OK;
    }
    array->type = find_type(name);
    const int32_t size = aann_element_size(array->type);
    if (size == 0 || (size > 1 && order == '|')) {
        return aann_fail(
            c->error, AANN_ERROR_FORMAT, "byte %lld: the NPY type is '%s'; expected %s%s",
            (long long)(c->offset + (int64_t)start), type, known,
            strcmp(name, "O") == 0
                ? " (objects of Python are converted by .astype(float) or .astype(str))"
                : "");
    }
    array->big_endian = order == '>';
    return AANN_OK;
}

static aann_status take_boolean(cursor *c, bool *value)
{
    *value = take_word(c, "True");
    return *value || take_word(c, "False") ? AANN_OK : expected(c, "True or False");
}

static aann_status take_length(cursor *c, int64_t *length)
{
    skip_spaces(c);
    if (c->at >= c->length || c->text[c->at] < '0' || c->text[c->at] > '9') {
        return expected(c, "a dimension");
    }
    *length = 0;
    for (; c->at < c->length && c->text[c->at] >= '0' && c->text[c->at] <= '9'; c->at++) {
        const int64_t digit = c->text[c->at] - '0';
        if (*length > (INT64_MAX - digit) / 10) {
            return expected(c, "a dimension that fits in 64 bits");
        }
        *length = *length * 10 + digit;
    }
    if (c->at < c->length && c->text[c->at] == 'L') {
        c->at++; /* as Python 2 wrote long integers */
    }
    return AANN_OK;
}

/* "(60000, 784)", "(10,)" or "()". */
static aann_status take_shape(cursor *c, aann_array *array)
{
    if (!take(c, '(')) {
        return expected(c, "'('");
    }
    array->dimension_count = 0;
    while (!take(c, ')')) {
        if (array->dimension_count == AANN_ARRAY_MAX_DIMENSIONS) {
            return expected(c, "at most 8 dimensions and ')'");
        }
        const aann_status status = take_length(c, &array->dimensions[array->dimension_count]);
        if (status != AANN_OK) {
            return status;
        }
        array->dimension_count++;
        if (!take(c, ',')) {
            return take(c, ')') ? AANN_OK : expected(c, "',' or ')'");
        }
    }
    return AANN_OK;
}

static aann_status take_entry(cursor *c, aann_array *array, bool seen[3])
{
    static const char *const names[3] = {"descr", "fortran_order", "shape"};
    char key[KEY_SIZE];
    skip_spaces(c);
    const size_t start = c->at;
    const aann_status status = take_string(c, key, sizeof key, "a key in quotes");
    if (status != AANN_OK) {
        return status;
    }
    size_t which = 0;
    while (which < 3 && strcmp(key, names[which]) != 0) {
        which++;
    }
    if (which == 3 || seen[which]) {
        return aann_fail(
            c->error, AANN_ERROR_FORMAT,
            "byte %lld: %s key '%s' in the NPY header; expected descr, fortran_order and shape",
            (long long)(c->offset + (int64_t)start), which == 3 ? "unknown" : "repeated", key);
    }
    seen[which] = true;
    if (!take(c, ':')) {
        return expected(c, "':'");
    }
    skip_spaces(c);
    switch (which) {
    case 0: return take_type(c, array);
    case 1: return take_boolean(c, &array->fortran_order);
    default: return take_shape(c, array);
    }
}

aann_status aann_npy_header_parse(const char *text, size_t length, int64_t offset,
                                  aann_array *array, aann_error *error)
{
    cursor c = {text, length, 0, offset, error};
    bool seen[3] = {false, false, false};
    if (!take(&c, '{')) {
        return expected(&c, "'{'");
    }
    while (!take(&c, '}')) {
        const aann_status status = take_entry(&c, array, seen);
        if (status != AANN_OK) {
            return status;
        }
        if (!take(&c, ',')) {
            if (!take(&c, '}')) {
                return expected(&c, "',' or '}'");
            }
            break;
        }
    }
    skip_spaces(&c);
    if (c.at != c.length) {
        return expected(&c, "nothing more");
    }
    if (!seen[0] || !seen[1] || !seen[2]) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte %lld: the NPY header lacks one of descr, fortran_order and shape",
                         (long long)offset);
    }
    return AANN_OK;
}
