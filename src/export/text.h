/* Source text that grows as it is written. */
#ifndef AANN_EXPORT_TEXT_H
#define AANN_EXPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* Always start from {0}, or with names. Once memory runs out, `failed` is set and nothing more is
 * added. */
typedef struct aann_text {
    const char *name;     /* what '@' in a format stands for; NULL: for itself */
    const char *capitals; /* and '$' */
    char *characters;     /* ends in NUL; for free() */
    size_t size;          /* without the NUL */
    size_t capacity;
    bool failed;
} aann_text;

/* As printf, but for '@' and '$' in the format. Real numbers go through core/real_text.h, so that no
 * locale changes them. */
void aann_text_add(aann_text *text, const char *format, ...) AANN_PRINTF_LIKE(2, 3);

/* Adds a name from outside as the content of a C string literal: whatever it holds, the literal has
 * the same bytes and is legal in C99 and in C++. */
void aann_text_add_literal(aann_text *text, const char *name);

/* Adds a name from outside for people to read in a comment: one line, which ends no comment. */
void aann_text_add_words(aann_text *text, const char *name);

/* Adds bytes[count] as the elements of an array, lines of at most 100 columns. */
void aann_text_add_bytes(aann_text *text, const uint8_t *bytes, size_t count);

/* Adds numbers[count] likewise, each in 0..4294967295 or in the range of int32_t. */
void aann_text_add_numbers(aann_text *text, const int64_t *numbers, size_t count);

#endif
