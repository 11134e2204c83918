/* A table: the roles of its columns, and the rows as features with a label or targets. What a
 * feature is, numbers, booleans or words, follows from its cells (data/column_cells.h). */
#include "data/csv.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/column_cells.h"
#include "data/csv_labels.h"
#include "data/csv_number.h"
#include "data/csv_scanner.h"
#include "samples/dataset.h"

enum { PLACE_SIZE = 192, NAMES_SIZE = 256, FIRST_ROWS = 256, FEATURE = -1, LABEL = -2 };

typedef struct csv_table {
    aann_csv_scanner scanner;
    char **names;   /* [column_count] */
    int32_t *roles; /* [column_count]: FEATURE, LABEL, or the index of a target */
    size_t column_count;
    int32_t feature_count;
    int32_t target_count;
    int64_t row_count;
    int64_t row_room;
    aann_column_cells *features; /* [feature_count] */
    float *targets;              /* [row_count][target_count] */
    int64_t *lines;              /* [row_count], where the row is in the file */
    aann_csv_labels labels;
    size_t label_column; /* column_count: none */
} csv_table;

static void clear_table(csv_table *table)
{
    for (size_t i = 0; table->names != NULL && i < table->column_count; i++) {
        free(table->names[i]);
    }
    free(table->names);
    free(table->roles);
    for (int32_t i = 0; table->features != NULL && i < table->feature_count; i++) {
        aann_column_cells_clear(&table->features[i]);
    }
    free(table->features);
    free(table->targets);
    free(table->lines);
    aann_csv_labels_clear(&table->labels);
    aann_csv_scanner_clear(&table->scanner);
}

/* ---- header ---------------------------------------------------------------------------------- */

static aann_status check_header(const csv_table *table, aann_error *error)
{
    const aann_csv_scanner *scanner = &table->scanner;
    size_t numbers = 0;
    for (size_t i = 0; i < scanner->cell_count; i++) {
        const char *name = aann_csv_scanner_cell(scanner, i);
        double value;
        numbers += aann_csv_number(name, &value) ? 1 : 0;
        if (name[0] == '\0') {
            return aann_fail(error, AANN_ERROR_FORMAT, "line %" PRId64 ": column %zu has no name",
                             scanner->line, i + 1);
        }
    }
    if (numbers == scanner->cell_count) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "line %" PRId64
                         ": numbers only; expected a header line with the names of the columns",
                         scanner->line);
    }
    if (scanner->cell_count == 1 && strpbrk(aann_csv_scanner_cell(scanner, 0), ";\t") != NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "line %" PRId64 ": only one column; cells are separated by commas",
                         scanner->line);
    }
    return AANN_OK;
}

/* Sorted pointers into the names, to find two that are equal without comparing all pairs. */
static int compare_names(const void *a, const void *b)
{
    return strcmp(**(char *const *const *)a, **(char *const *const *)b);
}

static aann_status check_duplicates(const csv_table *table, aann_error *error)
{
    char ***sorted = aann_allocate(table->column_count, sizeof *sorted);
    if (sorted == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu columns",
                         table->column_count);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        sorted[i] = &table->names[i];
    }
    qsort(sorted, table->column_count, sizeof *sorted, compare_names);
    aann_status status = AANN_OK;
    for (size_t i = 1; status == AANN_OK && i < table->column_count; i++) {
        if (strcmp(*sorted[i - 1], *sorted[i]) == 0) {
            const size_t one = (size_t)(sorted[i - 1] - table->names) + 1;
            const size_t two = (size_t)(sorted[i] - table->names) + 1;
            status = aann_fail(error, AANN_ERROR_FORMAT,
                               "line %" PRId64 ": columns %zu and %zu are both called '%.100s'",
                               table->scanner.line, one < two ? one : two, one < two ? two : one,
                               *sorted[i]);
        }
    }
    free(sorted);
    return status;
}

static aann_status copy_names(csv_table *table, aann_error *error)
{
    const size_t count = table->scanner.cell_count;
    table->names = aann_allocate_zeroed(count, sizeof *table->names);
    table->roles = aann_allocate(count, sizeof *table->roles);
    table->column_count = count;
    bool good = table->names != NULL && table->roles != NULL;
    for (size_t i = 0; good && i < count; i++) {
        table->names[i] = strdup(aann_csv_scanner_cell(&table->scanner, i));
        table->roles[i] = FEATURE;
        good = table->names[i] != NULL;
    }
    if (!good) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu columns", count);
    }
    table->scanner.column_names = (const char *const *)table->names;
    table->scanner.column_count = count;
    return AANN_OK;
}

/* ---- roles ----------------------------------------------------------------------------------- */

/* The index of the column, or column_count. */
static size_t find_column(const csv_table *table, const char *name, size_t length)
{
    size_t i = 0;
    while (i < table->column_count &&
           (strlen(table->names[i]) != length || memcmp(table->names[i], name, length) != 0)) {
        i++;
    }
    return i;
}

static aann_status fail_unknown_column(const csv_table *table, const char *name, size_t length,
                                       aann_error *error)
{
    char names[NAMES_SIZE] = "";
    size_t used = 0;
    for (size_t i = 0; i < table->column_count && used < sizeof names; i++) {
        const int written =
            snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", table->names[i]);
        used += written > 0 ? (size_t)written : 0;
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT, "no column is called '%.*s'; there are: %s",
                     length < NAMES_SIZE ? (int)length : NAMES_SIZE, name, names);
}

/* names: "force,torque". */
static aann_status choose_targets(csv_table *table, const char *names, aann_error *error)
{
    while (names != NULL) {
        const char *comma = strchr(names, ',');
        const size_t length = comma != NULL ? (size_t)(comma - names) : strlen(names);
        const size_t column = find_column(table, names, length);
        if (column == table->column_count) {
            return fail_unknown_column(table, names, length, error);
        }
        if (table->roles[column] != FEATURE) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the column '%s' is named twice as target or label",
                             table->names[column]);
        }
        table->roles[column] = table->target_count++;
        names = comma != NULL ? comma + 1 : NULL;
    }
    return AANN_OK;
}

static aann_status choose_label(csv_table *table, const char *name, aann_error *error)
{
    if (name != NULL && name[0] == '\0') {
        return AANN_OK;
    }
    size_t column =
        find_column(table, name != NULL ? name : "label", strlen(name != NULL ? name : "label"));
    if (column == table->column_count) {
        if (name != NULL) {
            return fail_unknown_column(table, name, strlen(name), error);
        }
        column = table->column_count - 1;
    }
    table->roles[column] = LABEL;
    table->label_column = column;
    return AANN_OK;
}

static aann_status choose_roles(csv_table *table, const aann_load_options *options,
                                aann_error *error)
{
    if (options->target_columns != NULL && options->label_column != NULL &&
        options->label_column[0] != '\0') {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a label column and target columns exclude each other");
    }
    table->label_column = table->column_count;
    const aann_status status = options->target_columns != NULL
                                   ? choose_targets(table, options->target_columns, error)
                                   : choose_label(table, options->label_column, error);
    if (status != AANN_OK) {
        return status;
    }
    for (size_t i = 0; i < table->column_count; i++) {
        table->feature_count += table->roles[i] == FEATURE ? 1 : 0;
    }
    if (table->feature_count == 0) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "line %" PRId64
            ": no column is left as a feature (column '%.100s' is the label or a target)",
            table->scanner.line, table->names[table->column_count - 1]);
    }
    table->features = aann_allocate_zeroed((size_t)table->feature_count, sizeof *table->features);
    return table->features != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId32 " columns",
                           table->feature_count);
}

static aann_status read_header(csv_table *table, const aann_load_options *options,
                               aann_error *error)
{
    bool found;
    aann_status status = aann_csv_scanner_next(&table->scanner, &found, error);
    if (status == AANN_OK && !found) {
        status = aann_fail(error, AANN_ERROR_FORMAT,
                           "line 1: the file is empty; expected a header line");
    }
    if (status == AANN_OK) {
        status = check_header(table, error);
    }
    if (status == AANN_OK) {
        status = copy_names(table, error);
    }
    if (status == AANN_OK) {
        status = check_duplicates(table, error);
    }
    return status == AANN_OK ? choose_roles(table, options, error) : status;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static aann_status read_number(const csv_table *table, size_t column, float *value,
                               aann_error *error)
{
    const char *cell = aann_csv_scanner_cell(&table->scanner, column);
    double number = 0.0;
    if (aann_csv_number(cell, &number) && isfinite((float)number)) {
        *value = (float)number;
        return AANN_OK;
    }
    char place[PLACE_SIZE];
    aann_csv_scanner_place(&table->scanner, column, place, sizeof place);
    if (cell[0] == '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: the cell is empty; expected a number",
                         place);
    }
    return aann_fail(error, AANN_ERROR_FORMAT, "%s: '%.60s' is not a finite number", place, cell);
}

static aann_status add_feature(csv_table *table, size_t column, int32_t feature, aann_error *error)
{
    const aann_status status = aann_column_cells_add(
        &table->features[feature], aann_csv_scanner_cell(&table->scanner, column), error);
    if (status == AANN_OK) {
        return status;
    }
    char place[PLACE_SIZE];
    aann_csv_scanner_place(&table->scanner, column, place, sizeof place);
    return aann_fail_prefix(error, status, "%s", place);
}

static bool grow_rows(csv_table *table)
{
    if (table->row_count < table->row_room) {
        return true;
    }
    const int64_t room = table->row_room == 0 ? FIRST_ROWS : 2 * table->row_room;
    const size_t target_row = (size_t)table->target_count * sizeof *table->targets;
    float *targets = aann_reallocate(table->targets, (size_t)room, target_row);
    table->targets = targets != NULL ? targets : table->targets;
    int64_t *lines = aann_reallocate(table->lines, (size_t)room, sizeof *lines);
    table->lines = lines != NULL ? lines : table->lines;
    if (targets == NULL || lines == NULL) {
        return false;
    }
    table->row_room = room;
    return true;
}

static aann_status add_label(csv_table *table, size_t column, aann_error *error)
{
    const aann_status status =
        aann_csv_labels_add(&table->labels, aann_csv_scanner_cell(&table->scanner, column), error);
    if (status == AANN_OK) {
        return status;
    }
    char place[PLACE_SIZE];
    aann_csv_scanner_place(&table->scanner, column, place, sizeof place);
    return aann_fail_prefix(error, status, "%s", place);
}

static aann_status add_row(csv_table *table, aann_error *error)
{
    const aann_csv_scanner *scanner = &table->scanner;
    if (scanner->cell_count != table->column_count) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "line %" PRId64 ": %zu cells; the header has %zu columns", scanner->line,
                         scanner->cell_count, table->column_count);
    }
    if (!grow_rows(table)) {
        return aann_fail(error, AANN_ERROR_MEMORY, "line %" PRId64 ": out of memory",
                         scanner->line);
    }
    int32_t feature = 0;
    float *targets = table->targets + table->row_count * table->target_count;
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < table->column_count; i++) {
        if (table->roles[i] == LABEL) {
            status = add_label(table, i, error);
        } else if (table->roles[i] == FEATURE) {
            status = add_feature(table, i, feature++, error);
        } else {
            status = read_number(table, i, &targets[table->roles[i]], error);
        }
    }
    table->lines[table->row_count++] = scanner->line;
    return status;
}

static aann_status read_rows(csv_table *table, aann_error *error)
{
    for (;;) {
        bool found;
        aann_status status = aann_csv_scanner_next(&table->scanner, &found, error);
        if (status == AANN_OK && found) {
            status = add_row(table, error);
        }
        if (status != AANN_OK) {
            return status;
        }
        if (!found) {
            break;
        }
    }
    if (table->row_count == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "line %" PRId64 ": the header is followed by no rows",
                         table->scanner.next_line);
    }
    return AANN_OK;
}

/* ---- result ---------------------------------------------------------------------------------- */

static aann_status finish_labels(csv_table *table, aann_dataset *dataset, aann_error *error)
{
    const int64_t bad = aann_csv_labels_first_bad(&table->labels);
    if (bad >= 0) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "line %" PRId64
            ", column '%.100s': the label is %.40s; expected a whole number from 0 to %d, "
            "or words (for numbers to be predicted name target columns)",
            table->lines[bad], table->names[table->label_column],
            table->labels.words[table->labels.rows[bad]], AANN_CSV_MAX_CLASSES - 1);
    }
    return aann_csv_labels_finish(&table->labels, dataset, error);
}

/* What the feature in column `index` of the file is; writes its values to values[row * stride]. */
static aann_status finish_feature(csv_table *table, int32_t feature, size_t index, double *values,
                                  aann_column *column, aann_error *error)
{
    int64_t bad = -1;
    const aann_status status = aann_column_cells_finish(&table->features[feature], values + feature,
                                                        table->feature_count, column, &bad, error);
    aann_column_cells_clear(&table->features[feature]); /* or all cells would be there twice */
    if (status == AANN_OK) {
        column->name = strdup(table->names[index]);
        return column->name != NULL
                   ? AANN_OK
                   : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the names of columns");
    }
    return bad < 0 ? aann_fail_prefix(error, status, "column '%.100s'", table->names[index])
                   : aann_fail_prefix(error, status, "line %" PRId64 ", column '%.100s'",
                                      table->lines[bad], table->names[index]);
}

static aann_status finish_features(csv_table *table, aann_dataset *dataset, aann_error *error)
{
    const size_t features = (size_t)table->feature_count;
    size_t cells = 0;
    dataset->columns = aann_allocate_zeroed(features, sizeof *dataset->columns);
    dataset->column_count = table->feature_count;
    if (aann_multiply_sizes((size_t)table->row_count, features, &cells)) {
        dataset->table = aann_allocate(cells, sizeof *dataset->table);
    }
    if (dataset->columns == NULL || dataset->table == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu columns", features);
    }
    aann_status status = AANN_OK;
    int32_t feature = 0;
    for (size_t i = 0; status == AANN_OK && i < table->column_count; i++) {
        if (table->roles[i] == FEATURE) {
            status = finish_feature(table, feature, i, dataset->table, &dataset->columns[feature],
                                    error);
            feature++;
        }
    }
    return status;
}

static aann_status fill_dataset(csv_table *table, const aann_load_options *options,
                                aann_dataset *dataset, aann_error *error)
{
    const aann_shape stored = {table->feature_count, 1, 1};
    aann_status status = aann_dataset_choose_shape(stored, options->shape, &dataset->shape, error);
    if (status == AANN_OK && table->label_column < table->column_count) {
        status = finish_labels(table, dataset, error);
    }
    dataset->count = table->row_count;
    if (status == AANN_OK) {
        status = finish_features(table, dataset, error);
    }
    if (status == AANN_OK && table->target_count > 0) {
        dataset->target_count = table->target_count;
        dataset->targets = table->targets;
        table->targets = NULL;
    }
    return status;
}

static aann_status read_table(aann_source *source, const aann_load_options *options,
                              aann_dataset *dataset, aann_error *error)
{
    csv_table table = {0};
    aann_status status = aann_csv_scanner_start(&table.scanner, source, error);
    if (status == AANN_OK) {
        status = read_header(&table, options, error);
    }
    if (status == AANN_OK) {
        status = read_rows(&table, error);
    }
    if (status == AANN_OK) {
        status = fill_dataset(&table, options, dataset, error);
    }
    clear_table(&table);
    return status;
}

aann_status aann_csv_read(aann_source *source, const aann_load_options *options,
                          aann_dataset *dataset, aann_error *error)
{
    /* strtod follows the locale; a table does not. Only this thread, and only for as long as it
     * takes. */
    const locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a locale");
    }
    const locale_t before = uselocale(plain);
    const aann_status status = read_table(source, options, dataset, error);
    uselocale(before);
    freelocale(plain);
    return status;
}
