/* What a column is follows from all of its cells, so numbers are kept as numbers until the first
 * word comes; then the numbers before it become words too.
 *
 * A column is
 *     numbers   if all cells are numbers or missing;
 *     booleans  if they are true, false or missing;
 *     words     otherwise, where at least half of the cells are words, or where the numbers among
 *               them are a few codes that recur, such as 0, 1, 2 beside "3+".
 * Anything else is a column of numbers with a mistake in it, and is refused at the mistake; but where
 * the training data had words, or where the words are names of groups, there is no mistake. */
#include "data/column_cells.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"
#include "core/real_text.h"
#include "data/csv_number.h"
#include "samples/columns.h"

enum { FIRST_ROOM = 16, CODE_LIMIT = 12, CODE_REPEATS = 4 };

bool aann_cell_is_missing(const char *text)
{
    static const char *const markers[] = {"", "NA", "N/A", "NaN", "null", "None", "?", "-", "."};
    for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++) {
        if (strcasecmp(text, markers[i]) == 0) {
            return true;
        }
    }
    return false;
}

int aann_cell_boolean(const char *text)
{
    if (strcasecmp(text, "true") == 0) {
        return 1;
    }
    return strcasecmp(text, "false") == 0 ? 0 : -1;
}

void aann_column_cells_clear(aann_column_cells *cells)
{
    for (int32_t i = 0; i < cells->word_count; i++) {
        free(cells->words[i]);
    }
    free(cells->words);
    free(cells->slots);
    free(cells->values);
    *cells = (aann_column_cells){0};
}

/* ---- the hash table of words ----------------------------------------------------------------- */

/* Where the word is, or the empty slot where it belongs. */
static int32_t find_slot(const aann_column_cells *cells, const char *word)
{
    const uint64_t hash = aann_hash64(word, strlen(word));
    int32_t slot = (int32_t)(hash % (uint64_t)cells->slot_count);
    while (cells->slots[slot] >= 0 && strcmp(cells->words[cells->slots[slot]], word) != 0) {
        slot = slot + 1 < cells->slot_count ? slot + 1 : 0;
    }
    return slot;
}

/* Makes room for one more word; at most half of the slots are in use. */
static bool grow_words(aann_column_cells *cells)
{
    if (cells->slots != NULL && cells->word_count < cells->word_room) {
        return true;
    }
    const int32_t room = cells->word_room == 0 ? FIRST_ROOM : 2 * cells->word_room;
    char **words = aann_reallocate(cells->words, (size_t)room, sizeof *words);
    cells->words = words != NULL ? words : cells->words;
    int32_t *slots = aann_allocate(2 * (size_t)room, sizeof *slots);
    if (words == NULL || slots == NULL) {
        free(slots);
        return false;
    }
    free(cells->slots);
    cells->slots = slots;
    cells->slot_count = 2 * room;
    cells->word_room = room;
    memset(slots, -1, 2 * (size_t)room * sizeof *slots);
    for (int32_t i = 0; i < cells->word_count; i++) {
        slots[find_slot(cells, cells->words[i])] = i;
    }
    return true;
}

static aann_status word_index(aann_column_cells *cells, const char *text, int32_t *index,
                              aann_error *error)
{
    if (!grow_words(cells)) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for words");
    }
    const int32_t slot = find_slot(cells, text);
    *index = cells->slots[slot];
    if (*index >= 0) {
        return AANN_OK;
    }
    if (cells->word_count == (cells->are_names ? INT32_MAX / 4 : AANN_LEVEL_LIMIT)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "more than %d different words; leave this column out (--drop-columns)",
                         AANN_LEVEL_LIMIT);
    }
    char *copy = strdup(text);
    if (copy == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for words");
    }
    *index = cells->word_count;
    cells->words[cells->word_count++] = copy;
    cells->slots[slot] = *index;
    return AANN_OK;
}

/* ---- cells ----------------------------------------------------------------------------------- */

static aann_status number_to_word(aann_column_cells *cells, double *value, aann_error *error)
{
    char text[AANN_REAL_TEXT_SIZE];
    int32_t index = 0;
    if (isnan(*value)) {
        return AANN_OK;
    }
    const bool is_long = fabs(*value) >= 1e15; /* 15 digits do not tell whole numbers apart */
    aann_real_to_text(*value, AANN_REAL_DIGITS_LIMIT - (is_long ? 0 : 2), text);
    const aann_status status = word_index(cells, text, &index, error);
    *value = (double)index;
    return status;
}

static aann_status begin_words(aann_column_cells *cells, aann_error *error)
{
    aann_status status = AANN_OK;
    if (cells->has_long) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "words among numbers of more than 15 digits, which were read as one another; "
            "leave this column out (--drop-columns), or let the numbers begin with a "
            "letter");
    }
    for (int64_t i = 0; status == AANN_OK && i < cells->count; i++) {
        status = number_to_word(cells, &cells->values[i], error);
    }
    cells->first_word = cells->count;
    return status;
}

static aann_status read_word(aann_column_cells *cells, const char *text, double *value,
                             aann_error *error)
{
    const bool is_first = cells->slots == NULL;
    int32_t index = 0;
    aann_status status = is_first ? begin_words(cells, error) : AANN_OK;
    if (status == AANN_OK) {
        status = word_index(cells, text, &index, error);
    }
    cells->first_word_index = is_first ? index : cells->first_word_index;
    *value = (double)index;
    return status;
}

static aann_status read_cell(aann_column_cells *cells, const char *text, double *value,
                             aann_error *error)
{
    *value = (double)NAN;
    if (aann_cell_is_missing(text)) {
        return AANN_OK;
    }
    if (!aann_csv_number(text, value)) {
        return read_word(cells, text, value, error);
    }
    const bool is_long = aann_csv_number_is_long(text, *value);
    if (is_long && (cells->slots != NULL || cells->are_words || cells->are_names)) {
        return read_word(cells, text, value, error);
    }
    cells->has_long = cells->has_long || is_long;
    cells->number_count++;
    return cells->slots != NULL ? number_to_word(cells, value, error) : AANN_OK;
}

aann_status aann_column_cells_add(aann_column_cells *cells, const char *text, aann_error *error)
{
    if (cells->count == cells->room) {
        const int64_t room = cells->room == 0 ? FIRST_ROOM : 2 * cells->room;
        double *values = aann_reallocate(cells->values, (size_t)room, sizeof *values);
        if (values == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory");
        }
        cells->values = values;
        cells->room = room;
    }
    const aann_status status = read_cell(cells, text, &cells->values[cells->count], error);
    cells->count += status == AANN_OK ? 1 : 0;
    return status;
}

void aann_column_cells_note_point(aann_column_cells *cells)
{
    if (cells->first_point == 0 && !isnan(cells->values[cells->count - 1])) {
        cells->first_point = cells->count;
    }
}

/* ---- what the column is ---------------------------------------------------------------------- */

static int64_t count_present(const aann_column_cells *cells)
{
    int64_t present = 0;
    for (int64_t i = 0; i < cells->count; i++) {
        present += isnan(cells->values[i]) ? 0 : 1;
    }
    return present;
}

/* Whether the numbers among words are a few codes, each of which recurs. */
static bool numbers_are_codes(const aann_column_cells *cells)
{
    int64_t codes = 0;
    double number;
    for (int32_t i = 0; i < cells->word_count; i++) {
        codes += aann_csv_number(cells->words[i], &number) ? 1 : 0;
    }
    return codes <= CODE_LIMIT && codes * CODE_REPEATS <= cells->number_count;
}

static bool is_boolean(const aann_column_cells *cells)
{
    for (int32_t i = 0; i < cells->word_count; i++) {
        if (aann_cell_boolean(cells->words[i]) < 0) {
            return false;
        }
    }
    return true;
}

typedef struct ranked_word {
    const char *word;
    int32_t index;
} ranked_word;

static int compare_ranked(const void *a, const void *b)
{
    return strcmp(((const ranked_word *)a)->word, ((const ranked_word *)b)->word);
}

/* Sorts the words; ranks[index] becomes a word's place. */
static aann_status sort_words(const aann_column_cells *cells, double *ranks, aann_column *column,
                              aann_error *error)
{
    const size_t count = (size_t)cells->word_count;
    ranked_word *sorted = aann_allocate(count, sizeof *sorted);
    const char **words = aann_allocate(count, sizeof *words);
    if (sorted != NULL && words != NULL) {
        for (size_t i = 0; i < count; i++) {
            sorted[i] = (ranked_word){cells->words[i], (int32_t)i};
        }
        qsort(sorted, count, sizeof *sorted, compare_ranked);
        for (size_t i = 0; i < count; i++) {
            words[i] = sorted[i].word;
            ranks[sorted[i].index] = (double)i;
        }
        column->levels = aann_levels_copy(words, cells->word_count);
        column->level_count = cells->word_count;
    }
    free(sorted);
    free(words);
    return column->levels != NULL ? AANN_OK
                                  : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for words");
}

/* meaning[word] is the value that a word becomes. */
static void put_values(const aann_column_cells *cells, const double *meaning, double *values,
                       int64_t stride)
{
    for (int64_t i = 0; i < cells->count; i++) {
        const double value = cells->values[i];
        values[i * stride] = meaning != NULL && !isnan(value) ? meaning[(int32_t)value] : value;
    }
}

static aann_status finish_words(const aann_column_cells *cells, double *values, int64_t stride,
                                aann_column *column, aann_error *error)
{
    double *meaning = aann_allocate((size_t)cells->word_count, sizeof *meaning);
    if (meaning == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for words");
    }
    aann_status status = AANN_OK;
    if (is_boolean(cells)) {
        column->kind = AANN_COLUMN_BOOLEAN;
        for (int32_t i = 0; i < cells->word_count; i++) {
            meaning[i] = (double)aann_cell_boolean(cells->words[i]);
        }
    } else {
        column->kind = AANN_COLUMN_WORDS;
        status = sort_words(cells, meaning, column, error);
    }
    if (status == AANN_OK) {
        put_values(cells, meaning, values, stride);
    }
    free(meaning);
    return status;
}

/* Digits, a comma and digits, perhaps behind a sign. */
static bool has_decimal_comma(const char *word)
{
    static const char digits[] = "0123456789";
    word += *word == '+' || *word == '-' ? 1 : 0;
    const size_t whole = strspn(word, digits);
    const size_t fraction = word[whole] == ',' ? strspn(word + whole + 1, digits) : 0;
    return fraction > 0 && word[whole + 1 + fraction] == '\0';
}

/* Digits in groups of three, with one mark between all of them, and perhaps decimals behind
 * another: 1,234  1.234.567,8  12 345. */
static bool has_thousands(const char *word)
{
    enum { GROUP = 3 };
    static const char digits[] = "0123456789";
    word += *word == '+' || *word == '-' ? 1 : 0;
    size_t length = strspn(word, digits);
    const char mark = word[length];
    if (length == 0 || length > GROUP || word[0] == '0' || mark == '\0' ||
        strchr(",. '", mark) == NULL) {
        return false;
    }
    if (strspn(word + length + 1, digits) != GROUP) {
        return false;
    }
    while (word[length] == mark && strspn(word + length + 1, digits) == GROUP) {
        word += length + 1;
        length = GROUP;
    }
    const bool decimals = word[length] != mark && (word[length] == '.' || word[length] == ',');
    word += length + (decimals ? 1 + strspn(word + length + 1, digits) : 0);
    return *word == '\0';
}

/* The first word of this form, if all that are no numbers have it. */
static const char *find_form(const aann_column_cells *cells, bool (*has_form)(const char *word))
{
    const char *found = NULL;
    double number;
    for (int32_t i = 0; i < cells->word_count; i++) {
        const char *word = cells->words[i];
        if (has_form(word)) {
            found = found != NULL ? found : word;
        } else if (!aann_csv_number(word, &number)) {
            return NULL;
        }
    }
    return found;
}

const char *aann_column_cells_comma(const aann_column_cells *cells)
{
    return find_form(cells, has_decimal_comma);
}

const char *aann_column_cells_thousands(const aann_column_cells *cells)
{
    return find_form(cells, has_thousands);
}

aann_status aann_column_cells_finish(const aann_column_cells *cells, double *values, int64_t stride,
                                     aann_column *column, int64_t *bad, aann_error *error)
{
    *bad = -1;
    column->kind = AANN_COLUMN_NUMBER;
    if (cells->slots == NULL && cells->first_point > 0 && !cells->are_names) {
        *bad = cells->first_point - 1;
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "%.15g has a point, and the decimal mark is a comma; expected no mark for "
                         "thousands (if points are the decimal marks: --decimal .)",
                         cells->values[*bad]);
    }
    if (cells->slots == NULL) {
        put_values(cells, NULL, values, stride);
        return AANN_OK;
    }
    const int64_t present = count_present(cells);
    const bool known = cells->are_words || cells->are_names;
    if (!known && cells->number_count * 2 > present && !numbers_are_codes(cells)) {
        *bad = cells->first_word;
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "'%.60s' is not a finite number, as %" PRId64 " of the %" PRId64
                         " other cells of this column are; a missing value is an "
                         "empty cell",
                         cells->words[cells->first_word_index], cells->number_count, present - 1);
    }
    return finish_words(cells, values, stride, column, error);
}
