/* The encoding of tables. A network adds and subtracts its inputs, so a column of numbers as one
 * input is only good for straight lines. Several thresholds of it, each an input of 0 or 127,
 * give every function with whole steps, and the network combines those of several columns. They are
 * quantiles of the training data, so wild values count no more than others, and whole or midway
 * between two values that occur, so no rounding decides on which side a value is. A program on a
 * chip compares the measured values with them and needs no division.
 *
 *     numbers    8 to 32 thresholds, fewer where there are many columns
 *     booleans   one threshold, at 0.5
 *     words      an input for each word that occurs often enough; others look like no word at all
 *     missing    where the training data lack values: an input that says so, and 0 for the others
 */
#include "samples/table_encoding.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/real_text.h"
#include "samples/columns.h"

enum {
    /* Thresholds of a column of numbers: the usual number of all columns together, shared out, but
     * not fewer than the usual minimum nor more than the maximum of each; and fewer with so many
     * columns that there would be too many inputs. */
    INPUTS_WANTED = 192,
    LEVELS_MINIMUM = 8,
    LEVELS_MAXIMUM = 32,
    INPUT_LIMIT = 4096,
    WORD_INPUTS = 32, /* words of a column that have an input */
    WORD_REPEATS = 2, /* rows that a word occurs in */
    FULL = AANN_ACTIVATION_MAX
};

/* ---- rules ----------------------------------------------------------------------------------- */

typedef struct rule_list {
    aann_input_rule *rules;
    int64_t count, room;
    bool failed; /* for lack of memory */
} rule_list;

static void add_rule(rule_list *list, int64_t column, aann_input_kind kind, double low, double high)
{
    if (list->count == list->room && !list->failed) {
        const int64_t room = list->room == 0 ? 64 : 2 * list->room;
        aann_input_rule *rules = aann_reallocate(list->rules, (size_t)room, sizeof *rules);
        list->failed = rules == NULL;
        list->rules = rules != NULL ? rules : list->rules;
        list->room = rules != NULL ? room : list->room;
    }
    if (!list->failed) {
        list->rules[list->count++] = (aann_input_rule){(int32_t)column, kind, low, high};
    }
}

/* ---- numbers --------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* A number above `below` and at most `above`: halfway, if there is one. */
static double between(double below, double above)
{
    const double apart = above - below; /* of the largest numbers: infinite */
    const double middle = isfinite(apart) ? below + apart / 2.0 : below / 2.0 + above / 2.0;
    return middle > below ? middle : above;
}

/* The place nearest to `wanted` where sorted[place - 1] < sorted[place]; 0 if there is none. */
static int64_t nearest_step(const double *sorted, int64_t count, int64_t wanted)
{
    for (int64_t away = 0; away < count; away++) {
        const int64_t down = wanted - away;
        const int64_t up = wanted + away;
        if (down > 0 && down < count && sorted[down - 1] < sorted[down]) {
            return down;
        }
        if (up > 0 && up < count && sorted[up - 1] < sorted[up]) {
            return up;
        }
    }
    return 0;
}

static int64_t count_steps(const double *sorted, int64_t count)
{
    int64_t steps = 0;
    for (int64_t i = 1; i < count; i++) {
        steps += sorted[i - 1] < sorted[i] ? 1 : 0;
    }
    return steps;
}

/* Thresholds between all values if they are few, else at quantiles. */
static void add_thresholds(rule_list *list, int64_t column, const double *sorted, int64_t count,
                           int64_t levels)
{
    const bool all = count_steps(sorted, count) <= levels;
    const int64_t tries = all ? count - 1 : levels;
    int64_t last = 0;
    for (int64_t i = 1; i <= tries; i++) {
        const int64_t place = all ? i : nearest_step(sorted, count, i * count / (levels + 1));
        if (place > last && sorted[place - 1] < sorted[place]) {
            add_rule(list, column, AANN_INPUT_THRESHOLD, between(sorted[place - 1], sorted[place]),
                     0.0);
            last = place;
        }
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

typedef struct counted_word {
    int32_t word;
    int64_t count;
} counted_word;

static int compare_counts(const void *a, const void *b)
{
    const counted_word *left = a;
    const counted_word *right = b;
    if (left->count != right->count) {
        return left->count > right->count ? -1 : 1;
    }
    return left->word < right->word ? -1 : left->word > right->word;
}

static int compare_words(const void *a, const void *b)
{
    const int32_t left = ((const counted_word *)a)->word;
    const int32_t right = ((const counted_word *)b)->word;
    return left < right ? -1 : left > right;
}

/* Keeps the words that get an input, in the order of the column's. */
static aann_status choose_words(const aann_column *column, const double *values, int64_t count,
                                aann_column *chosen, aann_error *error)
{
    const size_t levels = (size_t)column->level_count;
    counted_word *words = aann_allocate_zeroed(levels, sizeof *words);
    const char **names = aann_allocate(levels, sizeof *names);
    if (words != NULL && names != NULL) {
        for (size_t i = 0; i < levels; i++) {
            words[i].word = (int32_t)i;
        }
        for (int64_t i = 0; i < count; i++) {
            words[(int32_t)values[i]].count++;
        }
        qsort(words, levels, sizeof *words, compare_counts);
        int32_t kept = 0;
        while (kept < column->level_count && kept < WORD_INPUTS &&
               words[kept].count >= WORD_REPEATS) {
            kept++;
        }
        qsort(words, (size_t)kept, sizeof *words, compare_words);
        for (int32_t i = 0; i < kept; i++) {
            names[i] = column->levels[words[i].word];
        }
        chosen->levels = aann_levels_copy(names, kept);
        chosen->level_count = chosen->levels != NULL ? kept : 0;
    }
    free(words);
    free(names);
    return chosen->levels != NULL ? AANN_OK
                                  : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for words");
}

/* ---- fit ------------------------------------------------------------------------------------- */

/* Thresholds per column of numbers, so that all together are not too many. */
static int64_t choose_levels(const aann_dataset *train)
{
    const int64_t wanted = INPUTS_WANTED / train->column_count;
    const int64_t limit = INPUT_LIMIT / train->column_count;
    int64_t levels = wanted < LEVELS_MINIMUM ? LEVELS_MINIMUM : wanted;
    levels = levels > LEVELS_MAXIMUM ? LEVELS_MAXIMUM : levels;
    levels = levels > limit ? limit : levels;
    return levels > 0 ? levels : 1;
}

/* The values of a column that are not missing, to values[]; returns how many. */
static int64_t gather(const aann_dataset *train, int64_t column, double *values)
{
    int64_t found = 0;
    for (int64_t i = 0; i < train->count; i++) {
        const double value = train->table[i * train->column_count + column];
        if (!isnan(value)) {
            values[found++] = value;
        }
    }
    return found;
}

/* Adds to `known` how many values the column has. */
static aann_status fit_column(const aann_dataset *train, int64_t index, double *values,
                              aann_column *column, rule_list *list, int64_t *known,
                              aann_error *error)
{
    const int64_t count = gather(train, index, values);
    *known += count;
    aann_status status = AANN_OK;
    switch (column->kind) {
    case AANN_COLUMN_NUMBER:
        qsort(values, (size_t)count, sizeof *values, compare_numbers);
        add_thresholds(list, index, values, count, choose_levels(train));
        break;
    case AANN_COLUMN_BOOLEAN: add_rule(list, index, AANN_INPUT_THRESHOLD, 0.5, 0.0); break;
    case AANN_COLUMN_WORDS:
        status = choose_words(&train->columns[index], values, count, column, error);
        for (int32_t i = 0; i < column->level_count; i++) {
            add_rule(list, index, AANN_INPUT_LEVEL, (double)i, 0.0);
        }
        break;
    }
    if (count < train->count) {
        add_rule(list, index, AANN_INPUT_MISSING, 0.0, 0.0);
    }
    return status;
}

static aann_status copy_names(const aann_dataset *train, aann_encoding *encoding, aann_error *error)
{
    encoding->columns =
        aann_allocate_zeroed((size_t)train->column_count, sizeof *encoding->columns);
    bool good = encoding->columns != NULL;
    for (int64_t i = 0; good && i < train->column_count; i++) {
        const char *name = train->columns[i].name;
        encoding->columns[i] = (aann_column){.name = name != NULL ? strdup(name) : NULL,
                                             .kind = train->columns[i].kind};
        good = encoding->columns[i].name != NULL || name == NULL;
    }
    return good ? AANN_OK : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an encoding");
}

aann_status aann_table_encoding_fit(const aann_dataset *train, aann_encoding *encoding,
                                    aann_error *error)
{
    rule_list list = {0};
    int64_t known = 0;
    aann_status status = copy_names(train, encoding, error);
    double *values = aann_allocate((size_t)train->count, sizeof *values);
    if (status == AANN_OK && values == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an encoding");
    }
    for (int64_t i = 0; status == AANN_OK && i < train->column_count; i++) {
        status = fit_column(train, i, values, &encoding->columns[i], &list, &known, error);
    }
    free(values);
    encoding->rules = list.rules;
    encoding->rule_count = list.count;
    if (status == AANN_OK && list.failed) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an encoding");
    }
    if (status == AANN_OK && known == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "all values are missing: there is nothing to learn from");
    }
    if (status == AANN_OK && list.count == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "no column says anything: in each, all values are the same, or each word "
                         "occurs once");
    }
    return status;
}

/* ---- check ----------------------------------------------------------------------------------- */

static bool rule_fits(const aann_encoding *encoding, const aann_input_rule *rule)
{
    if (rule->column < 0 || rule->column >= encoding->feature_count || !isfinite(rule->low) ||
        !isfinite(rule->high)) {
        return false;
    }
    const aann_column *column = &encoding->columns[rule->column];
    const bool words = column->kind == AANN_COLUMN_WORDS;
    switch (rule->kind) {
    case AANN_INPUT_THRESHOLD: return !words && rule->high == 0.0;
    case AANN_INPUT_LEVEL:
        return words && rule->low >= 0.0 && rule->low < (double)column->level_count &&
               rule->low == floor(rule->low) && rule->high == 0.0;
    case AANN_INPUT_MISSING: return rule->low == 0.0 && rule->high == 0.0;
    case AANN_INPUT_RANGE: return !words && rule->low < rule->high;
    }
    return false;
}

/* By column, kind, and value. */
static bool is_after(const aann_input_rule *rule, const aann_input_rule *before)
{
    if (rule->column != before->column) {
        return rule->column > before->column;
    }
    return rule->kind != before->kind ? rule->kind > before->kind : rule->low > before->low;
}

aann_status aann_table_encoding_check(const aann_encoding *encoding, aann_status status,
                                      aann_error *error)
{
    if (encoding->columns == NULL || encoding->rules == NULL || encoding->rule_count < 1) {
        return aann_fail(error, status, "encoding: a table without columns, or without inputs");
    }
    const aann_status good =
        aann_columns_check(encoding->columns, encoding->feature_count, "encoding", error);
    if (good != AANN_OK) {
        if (error != NULL && good == AANN_ERROR_ARGUMENT) {
            error->status = status;
        }
        return good == AANN_ERROR_ARGUMENT ? status : good;
    }
    for (int64_t i = 0; i < encoding->rule_count; i++) {
        if (!rule_fits(encoding, &encoding->rules[i]) ||
            (i > 0 && !is_after(&encoding->rules[i], &encoding->rules[i - 1]))) {
            return aann_fail(error, status,
                             "encoding: input %" PRId64 " makes no sense, or is out of order", i);
        }
    }
    return AANN_OK;
}

/* ---- encode ---------------------------------------------------------------------------------- */

/* Names the first word that is no number, where the training data had none. */
static aann_status fail_words(const aann_column *column, const aann_column *wanted, int64_t index,
                              aann_error *error)
{
    double number;
    int32_t level = 0;
    while (level + 1 < column->level_count && aann_real_from_text(column->levels[level], &number)) {
        level++;
    }
    const char *name = column->name;
    aann_fail(error, AANN_ERROR_FORMAT,
              "column %" PRId64
              "%s%.100s%s holds words, such as '%.60s'; those of the training data "
              "are %s",
              index + 1, name != NULL ? " (" : "", name != NULL ? name : "",
              name != NULL ? ")" : "", column->levels[level],
              wanted->kind == AANN_COLUMN_BOOLEAN ? "true and false, or 1 and 0" : "numbers");
    aann_dataset_one_line(error);
    return AANN_ERROR_FORMAT;
}

static int32_t find_boolean(const aann_column *wanted, double value)
{
    for (int32_t i = 0; i < wanted->level_count; i++) {
        if (strcasecmp(wanted->levels[i], value != 0.0 ? "true" : "false") == 0) {
            return i;
        }
    }
    return -1;
}

/* The word of the training data that a value is, or -1. A file with other rows may have other
 * words, or only those that are numbers. `found` NULL: values are indices of the training words. */
double aann_column_translate(const aann_column *wanted, const aann_column *found, double value)
{
    if (found == NULL) {
        return value;
    }
    char text[AANN_REAL_TEXT_SIZE];
    switch (found->kind) {
    case AANN_COLUMN_WORDS:
        return (double)aann_levels_find(wanted->levels, wanted->level_count,
                                        found->levels[(int32_t)value]);
    case AANN_COLUMN_BOOLEAN: return (double)find_boolean(wanted, value);
    case AANN_COLUMN_NUMBER:
        aann_real_to_text(value, AANN_REAL_DIGITS_LIMIT - 2, text);
        return (double)aann_levels_find(wanted->levels, wanted->level_count, text);
    }
    return -1.0;
}

int8_t aann_input_rule_value(const aann_input_rule *rule, double value)
{
    const bool missing = isnan(value);
    if (rule->kind == AANN_INPUT_MISSING) {
        return missing ? FULL : 0;
    }
    if (missing) {
        return 0;
    }
    switch (rule->kind) {
    case AANN_INPUT_THRESHOLD: return value >= rule->low ? FULL : 0;
    case AANN_INPUT_LEVEL: return value == rule->low ? FULL : 0;
    case AANN_INPUT_RANGE: {
        const double at = round(2.0 * FULL * (value - rule->low) / (rule->high - rule->low) - FULL);
        return (int8_t)fmax(-FULL, fmin(FULL, at));
    }
    case AANN_INPUT_MISSING: break;
    }
    return 0;
}

/* All samples of one column: rules[count] to inputs[sample * width + 0..count-1]. */
static void encode_column(const aann_dataset *dataset, const aann_encoding *encoding,
                          int64_t column, const aann_input_rule *rules, int64_t rule_count,
                          int64_t first, int64_t count, int8_t *inputs, int64_t width)
{
    const aann_column *found = aann_dataset_column(dataset, column);
    const aann_column *wanted = &encoding->columns[column];
    const bool words = wanted->kind == AANN_COLUMN_WORDS;
    for (int64_t i = 0; i < count; i++) {
        double value = aann_dataset_value(dataset, (first + i) * encoding->feature_count + column);
        if (words && !isnan(value)) {
            value = aann_column_translate(wanted, found, value);
        }
        for (int64_t rule = 0; rule < rule_count; rule++) {
            inputs[i * width + rule] = aann_input_rule_value(&rules[rule], value);
        }
    }
}

static aann_status check_column(const aann_dataset *dataset, const aann_encoding *encoding,
                                int64_t column, int64_t first, int64_t count, aann_error *error)
{
    const aann_column *found = aann_dataset_column(dataset, column);
    const aann_column *wanted = &encoding->columns[column];
    const bool numbers = wanted->kind != AANN_COLUMN_WORDS;
    if (found != NULL && found->kind == AANN_COLUMN_WORDS && found->level_count > 0 && numbers) {
        return fail_words(found, wanted, column, error);
    }
    for (int64_t i = first; i < first + count; i++) {
        const int64_t index = i * encoding->feature_count + column;
        const double value = aann_dataset_value(dataset, index);
        if (isinf(value)) {
            return aann_dataset_fail_value(dataset, index,
                                           "a finite number is expected, or a missing one", error);
        }
        if (numbers && !isnan(value) && !aann_column_holds(wanted, value)) {
            return aann_dataset_fail_value(
                dataset, index,
                "true or false is expected, as in the training data, or 1 or 0, or a missing one",
                error);
        }
    }
    return AANN_OK;
}

aann_status aann_table_encoding_encode(const aann_dataset *dataset, const aann_encoding *encoding,
                                       int64_t first, int64_t count, int8_t *inputs,
                                       aann_error *error)
{
    const int64_t width = encoding->rule_count + (encoding->constant ? 1 : 0);
    int64_t rule = 0;
    for (int64_t column = 0; column < encoding->feature_count; column++) {
        const int64_t begin = rule;
        while (rule < encoding->rule_count && encoding->rules[rule].column == column) {
            rule++;
        }
        const aann_status status = check_column(dataset, encoding, column, first, count, error);
        if (status != AANN_OK) {
            return status;
        }
        encode_column(dataset, encoding, column, encoding->rules + begin, rule - begin, first,
                      count, inputs + begin, width);
    }
    for (int64_t i = 0; encoding->constant && i < count; i++) {
        inputs[i * width + encoding->rule_count] = FULL;
    }
    return AANN_OK;
}
