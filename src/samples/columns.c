/* Copies of columns. The words of a column are one block: the pointers, then the texts. */
#include "samples/columns.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

/* Casts away const, to free the library's own memory. */
static void release(const void *memory)
{
    free((void *)(uintptr_t)memory);
}

const char *const *aann_levels_copy(const char *const *words, int32_t count)
{
    size_t room = (size_t)count * sizeof *words;
    for (int32_t i = 0; i < count; i++) {
        if (!aann_add_sizes(room, strlen(words[i]) + 1, &room)) {
            return NULL;
        }
    }
    const char **copies = aann_allocate(room, 1);
    char *text = copies != NULL ? (char *)(copies + count) : NULL;
    for (int32_t i = 0; copies != NULL && i < count; i++) {
        const size_t size = strlen(words[i]) + 1;
        copies[i] = memcpy(text, words[i], size);
        text += size;
    }
    return copies;
}

void aann_levels_free(const char *const *levels)
{
    release(levels);
}

void aann_columns_free(aann_column *columns, int64_t count)
{
    for (int64_t i = 0; columns != NULL && i < count; i++) {
        release(columns[i].name);
        release(columns[i].levels);
    }
    free(columns);
}

static bool copy_column(const aann_column *from, aann_column *copy)
{
    *copy = (aann_column){.kind = from->kind, .level_count = from->level_count};
    copy->name = from->name != NULL ? strdup(from->name) : NULL;
    copy->levels = from->levels != NULL ? aann_levels_copy(from->levels, from->level_count) : NULL;
    return (copy->name != NULL || from->name == NULL) &&
           (copy->levels != NULL || from->levels == NULL);
}

aann_status aann_columns_copy(const aann_column *columns, int64_t count, aann_column **copies,
                              aann_error *error)
{
    *copies = aann_allocate_zeroed((size_t)count, sizeof **copies);
    bool good = *copies != NULL;
    for (int64_t i = 0; good && i < count; i++) {
        good = copy_column(&columns[i], &(*copies)[i]);
    }
    if (!good) {
        aann_columns_free(*copies, count);
        *copies = NULL;
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId64 " columns", count);
    }
    return AANN_OK;
}

static aann_status check_levels(const aann_column *column, int64_t index, const char *what,
                                aann_error *error)
{
    const bool words = column->kind == AANN_COLUMN_WORDS;
    if (words != (column->levels != NULL) || column->level_count < 0 ||
        (words && column->level_count > AANN_LEVEL_LIMIT) || (!words && column->level_count != 0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: column %" PRId64 " has %" PRId32
                         " levels; expected up to %d for words, none for numbers",
                         what, index, column->level_count, AANN_LEVEL_LIMIT);
    }
    for (int32_t i = 0; i < column->level_count; i++) {
        if (column->levels[i] == NULL ||
            (i > 0 && strcmp(column->levels[i - 1], column->levels[i]) >= 0)) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "%s: column %" PRId64 ", level %" PRId32
                             " is %s; expected different words, sorted bytewise",
                             what, index, i,
                             column->levels[i] == NULL ? "NULL" : "not after the one before it");
        }
    }
    return AANN_OK;
}

aann_status aann_columns_check(const aann_column *columns, int64_t count, const char *what,
                               aann_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        if (columns[i].kind < AANN_COLUMN_NUMBER || columns[i].kind > AANN_COLUMN_WORDS) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "%s: column %" PRId64
                             " is of kind %d; expected number, boolean or words (1 to 3)",
                             what, i, (int)columns[i].kind);
        }
        const aann_status status = check_levels(&columns[i], i, what, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    return AANN_OK;
}

bool aann_column_holds(const aann_column *column, double value)
{
    switch (column->kind) {
    case AANN_COLUMN_NUMBER: return isfinite(value);
    case AANN_COLUMN_BOOLEAN: return value == 0.0 || value == 1.0;
    case AANN_COLUMN_WORDS:
        return value >= 0.0 && value < (double)column->level_count && value == floor(value);
    }
    return false;
}

int32_t aann_levels_find(const char *const *levels, int32_t count, const char *word)
{
    int32_t first = 0;
    int32_t end = count;
    while (first < end) {
        const int32_t middle = first + (end - first) / 2;
        const int order = strcmp(levels[middle], word);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return -1;
}
