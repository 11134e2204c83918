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
#include "data/csv_roles.h"
#include "data/csv_rows.h"
#include "data/csv_windows.h"
#include "samples/columns.h"
#include "samples/dataset.h"

enum { PLACE_SIZE = 192, FIRST_ROWS = 256 };

typedef struct csv_table {
    aann_csv_rows rows;
    aann_csv_roles roles;
    int64_t row_count;
    int64_t row_room;
    aann_column_cells *features; /* [roles.feature_count] */
    aann_column_cells group, time;
    float *targets; /* [row_count][roles.target_count] */
    int64_t *lines; /* [row_count], where the row is in the file */
    aann_csv_labels labels;
} csv_table;

static void clear_table(csv_table *table)
{
    for (int32_t i = 0; table->features != NULL && i < table->roles.feature_count; i++) {
        aann_column_cells_clear(&table->features[i]);
    }
    aann_column_cells_clear(&table->group);
    aann_column_cells_clear(&table->time);
    free(table->features);
    free(table->roles.list);
    free(table->targets);
    free(table->lines);
    aann_csv_labels_clear(&table->labels);
    aann_csv_rows_clear(&table->rows);
}

/* The first rules had a header always, and commas. */
static aann_load_options first_rules(const aann_load_options *options)
{
    aann_load_options first = *options;
    if (options->rules <= AANN_LOAD_RULES_FIRST) {
        first.header = AANN_HEADER_YES;
        first.delimiter = ',';
        first.decimal = '.';
    }
    return first;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static aann_status read_number(const csv_table *table, size_t column, float *value,
                               aann_error *error)
{
    const char *cell = aann_csv_scanner_cell(&table->rows.scanner, column);
    double number = 0.0;
    const bool is_number = aann_csv_number(cell, &number) && isfinite((float)number);
    const bool has_point = is_number && table->rows.scanner.cells[column].mark == '.';
    if (is_number && !has_point) {
        *value = (float)number;
        return AANN_OK;
    }
    char place[PLACE_SIZE];
    aann_csv_scanner_place(&table->rows.scanner, column, place, sizeof place);
    if (has_point) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "%s: '%.60s' has a point, and the decimal mark is a comma; expected no mark "
            "for thousands (if points are the decimal marks: --decimal .)",
            place, cell);
    }
    if (cell[0] == '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: the cell is empty; expected a number",
                         place);
    }
    return aann_fail(error, AANN_ERROR_FORMAT, "%s: '%.60s' is not a finite number", place, cell);
}

static aann_status add_cell(csv_table *table, size_t column, aann_column_cells *cells,
                            aann_error *error)
{
    const aann_status status =
        aann_column_cells_add(cells, aann_csv_scanner_cell(&table->rows.scanner, column), error);
    if (status == AANN_OK) {
        if (table->rows.scanner.cells[column].mark == '.') {
            aann_column_cells_note_point(cells);
        }
        return status;
    }
    char place[PLACE_SIZE];
    aann_csv_scanner_place(&table->rows.scanner, column, place, sizeof place);
    return aann_fail_prefix(error, status, "%s", place);
}

static bool grow_rows(csv_table *table)
{
    if (table->row_count < table->row_room) {
        return true;
    }
    const int64_t room = table->row_room == 0 ? FIRST_ROWS : 2 * table->row_room;
    const size_t target_row = (size_t)table->roles.target_count * sizeof *table->targets;
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
    const aann_status status = aann_csv_labels_add(
        &table->labels, aann_csv_scanner_cell(&table->rows.scanner, column), error);
    if (status == AANN_OK) {
        return status;
    }
    char place[PLACE_SIZE];
    aann_csv_scanner_place(&table->rows.scanner, column, place, sizeof place);
    return aann_fail_prefix(error, status, "%s", place);
}

static aann_status add_by_role(csv_table *table, size_t column, aann_error *error)
{
    const aann_csv_role role = table->roles.list[column];
    float *targets = table->targets + table->row_count * table->roles.target_count;
    switch (role.kind) {
    case AANN_CSV_FEATURE: return add_cell(table, column, &table->features[role.index], error);
    case AANN_CSV_LABEL: return add_label(table, column, error);
    case AANN_CSV_TARGET: return read_number(table, column, &targets[role.index], error);
    case AANN_CSV_GROUP: return add_cell(table, column, &table->group, error);
    case AANN_CSV_TIME: return add_cell(table, column, &table->time, error);
    case AANN_CSV_LEFT_OUT: break;
    }
    return AANN_OK;
}

static aann_status add_row(csv_table *table, aann_error *error)
{
    const int64_t line = table->rows.scanner.line;
    if (!grow_rows(table)) {
        return aann_fail(error, AANN_ERROR_MEMORY, "line %" PRId64 ": out of memory", line);
    }
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < table->rows.column_count; i++) {
        status = add_by_role(table, i, error);
    }
    table->lines[table->row_count++] = line;
    return status;
}

static aann_status read_rows(csv_table *table, aann_error *error)
{
    for (;;) {
        bool found;
        aann_status status = aann_csv_rows_next(&table->rows, &found, error);
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
                         table->rows.scanner.next_line);
    }
    return AANN_OK;
}

/* ---- result ---------------------------------------------------------------------------------- */

static aann_status finish_labels(csv_table *table, const aann_load_options *options,
                                 aann_dataset *dataset, aann_error *error)
{
    const aann_class_rule rule =
        options->rules <= AANN_LOAD_RULES_FIRST ? AANN_CLASSES_NUMBERED : options->classes;
    int64_t bad;
    const aann_status status = aann_csv_labels_finish(&table->labels, rule, dataset, &bad, error);
    return bad < 0
               ? status
               : aann_fail_prefix(error, status, "line %" PRId64 ", column '%.100s'",
                                  table->lines[bad], table->rows.names[table->roles.label_column]);
}

/* Numbers with a comma are words where other cells have a point, and so are those with marks for
 * thousands. That is a mistake, unless the caller says which mark there is. */
static aann_status check_marks(const csv_table *table, int32_t feature, aann_error *error)
{
    const char *word = aann_column_cells_comma(&table->features[feature]);
    if (word != NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "'%.60s' is a number only if its comma is a decimal mark: --decimal , "
                         "(to keep it as a word: --decimal .)",
                         word);
    }
    word = aann_column_cells_thousands(&table->features[feature]);
    return word == NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "'%.60s' is a number with marks for thousands; expected it without them "
                           "(to keep it as a word: --decimal .)",
                           word);
}

/* What the feature in column `index` of the file is; writes its values to values[row * stride]. */
static aann_status finish_feature(csv_table *table, int32_t feature, size_t index,
                                  bool mark_is_guessed, double *values, aann_column *column,
                                  aann_error *error)
{
    int64_t bad = -1;
    aann_status status = aann_column_cells_finish(&table->features[feature], values + feature,
                                                  table->roles.feature_count, column, &bad, error);
    if (status == AANN_OK && mark_is_guessed && column->kind == AANN_COLUMN_WORDS &&
        !table->features[feature].are_words) {
        status = check_marks(table, feature, error);
    }
    aann_column_cells_clear(&table->features[feature]); /* or all cells would be there twice */
    if (status == AANN_OK) {
        column->name = strdup(table->rows.names[index]);
        return column->name != NULL
                   ? AANN_OK
                   : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the names of columns");
    }
    return bad < 0 ? aann_fail_prefix(error, status, "column '%.100s'", table->rows.names[index])
                   : aann_fail_prefix(error, status, "line %" PRId64 ", column '%.100s'",
                                      table->lines[bad], table->rows.names[index]);
}

static aann_status finish_features(csv_table *table, const aann_load_options *options,
                                   aann_dataset *dataset, aann_error *error)
{
    const size_t features = (size_t)table->roles.feature_count;
    size_t cells = 0;
    dataset->columns = aann_allocate_zeroed(features, sizeof *dataset->columns);
    dataset->column_count = table->roles.feature_count;
    if (aann_multiply_sizes((size_t)table->row_count, features, &cells)) {
        dataset->table = aann_allocate(cells, sizeof *dataset->table);
    }
    if (dataset->columns == NULL || dataset->table == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu columns", features);
    }
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < table->rows.column_count; i++) {
        const aann_csv_role role = table->roles.list[i];
        if (role.kind == AANN_CSV_FEATURE) {
            status = finish_feature(table, role.index, i, options->decimal == '\0', dataset->table,
                                    &dataset->columns[role.index], error);
        }
    }
    return status;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The offset from universal time behind a time of day, such as "+01:00"; else "". */
static const char *zone_of(const char *word)
{
    const char *colon = strchr(word, ':');
    const char *zone = colon != NULL ? strpbrk(colon, "+-") : NULL;
    return zone != NULL ? zone : "";
}

/* Whether the texts differ in digits alone, and not in those of a time zone; 9:30 PM comes after
 * 10:30 AM, and Feb after Jan. */
static bool have_one_form(const char *one, const char *two)
{
    const size_t length = strlen(one);
    for (size_t i = 0; i < length; i++) {
        if (one[i] != two[i] && !(is_digit(one[i]) && is_digit(two[i]))) {
            return false;
        }
    }
    const bool half_day = length > 2 && (one[length - 1] == 'M' || one[length - 1] == 'm');
    return two[length] == '\0' && !half_day && strcmp(zone_of(one), zone_of(two)) == 0;
}

/* Words are sorted as texts, which is the order of time for 2024-03-01 and not for 1.3.2024: all must
 * be of one form and begin with a year. */
static aann_status check_times(const aann_column *column, aann_error *error)
{
    enum { YEAR_DIGITS = 4 };
    for (int32_t i = 0; i < column->level_count; i++) {
        const char *word = column->levels[i];
        if (!have_one_form(word, column->levels[0]) || strspn(word, "0123456789") < YEAR_DIGITS) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "'%.60s' is no time that can be sorted; expected numbers, or dates as "
                             "2024-03-01 or 2024-03-01 14:30, with the year first and all of one "
                             "length, form and time zone",
                             word);
        }
    }
    return AANN_OK;
}

/* The values of a column beside the features, [row_count]: words are numbered in sorted order. A
 * value must be there. */
static aann_status finish_beside(csv_table *table, aann_column_cells *cells, size_t index,
                                 bool are_times, double **values, aann_error *error)
{
    aann_column column = {0};
    int64_t bad = -1;
    *values = aann_allocate((size_t)table->row_count, sizeof **values);
    if (*values == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a column");
    }
    aann_status status = aann_column_cells_finish(cells, *values, 1, &column, &bad, error);
    if (status == AANN_OK && are_times) {
        status = check_times(&column, error);
    }
    aann_levels_free(column.levels);
    for (int64_t i = 0; status == AANN_OK && i < table->row_count; i++) {
        if (isnan((*values)[i])) {
            bad = i;
            status = aann_fail(error, AANN_ERROR_FORMAT, "the cell is empty; expected a value");
        }
    }
    return status == AANN_OK ? status
           : bad >= 0
               ? aann_fail_prefix(error, status, "line %" PRId64 ", column '%.100s'",
                                  table->lines[bad], table->rows.names[index])
               : aann_fail_prefix(error, status, "column '%.100s'", table->rows.names[index]);
}

static aann_status fill_dataset(csv_table *table, const aann_load_options *options,
                                aann_dataset *dataset, aann_error *error)
{
    const aann_shape stored = {table->roles.feature_count, 1, 1};
    const aann_shape wanted = options->window > 0 ? (aann_shape){0} : options->shape;
    const size_t columns = table->rows.column_count;
    aann_status status = aann_dataset_choose_shape(stored, wanted, &dataset->shape, error);
    if (status == AANN_OK && table->roles.label_column < columns) {
        status = finish_labels(table, options, dataset, error);
    }
    dataset->count = table->row_count;
    if (status == AANN_OK) {
        status = finish_features(table, options, dataset, error);
    }
    if (status == AANN_OK && table->roles.group_column < columns) {
        status = finish_beside(table, &table->group, table->roles.group_column, false,
                               &dataset->groups, error);
    }
    if (status == AANN_OK && table->roles.time_column < columns) {
        /* A study says how its table was read before: what was accepted then is accepted again. */
        const bool known = options->delimiter != '\0' && options->decimal != '\0' &&
                           options->header != AANN_HEADER_AUTOMATIC;
        status = finish_beside(table, &table->time, table->roles.time_column, !known,
                               &dataset->times, error);
    }
    if (status == AANN_OK && table->roles.target_count > 0) {
        dataset->target_count = table->roles.target_count;
        dataset->targets = table->targets;
        table->targets = NULL;
    }
    return status;
}

/* The name of the label column, and how the table was read, for those who read another file in the
 * same way. */
static aann_status describe(const csv_table *table, const aann_load_options *options,
                            aann_dataset *dataset, aann_error *error)
{
    const aann_csv_rows *rows = &table->rows;
    bool is_scattered = false;
    for (size_t i = 0; i < rows->column_count; i++) {
        const aann_csv_role role = table->roles.list[i];
        is_scattered = is_scattered || (role.kind == AANN_CSV_FEATURE && (size_t)role.index != i);
    }
    dataset->origin = (aann_table_origin){
        .delimiter = rows->scanner.dialect.delimiter,
        .decimal = rows->scanner.dialect.decimal,
        .has_names = rows->has_names,
        .is_repaired = rows->scanner.is_repaired,
        .index_left_out = rows->index_column < rows->column_count &&
                          options->drop_columns == NULL &&
                          table->roles.list[rows->index_column].kind == AANN_CSV_LEFT_OUT,
        .is_scattered = is_scattered,
    };
    if (table->roles.label_column == rows->column_count) {
        return AANN_OK;
    }
    dataset->label_name = strdup(rows->names[table->roles.label_column]);
    return dataset->label_name != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the name of a column");
}

/* What is known of columns before the first row. */
static void expect_words(csv_table *table, const aann_load_options *options)
{
    table->group.are_names = true;
    for (int64_t i = 0; table->features != NULL && options->kinds != NULL &&
                        i < options->column_count && i < table->roles.feature_count;
         i++) {
        table->features[i].are_words = options->kinds[i].kind == AANN_COLUMN_WORDS;
    }
}

static aann_status read_table(aann_source *source, const aann_load_options *given,
                              aann_dataset *dataset, aann_error *error)
{
    const aann_load_options options = first_rules(given);
    csv_table table = {.labels.takes_any_word = given->rules <= AANN_LOAD_RULES_FIRST};
    aann_status status = aann_csv_rows_start(&table.rows, source, &options, error);
    if (status == AANN_OK) {
        status = aann_csv_roles_choose(&table.rows, &options, &table.roles, error);
    }
    if (status == AANN_OK) {
        table.features =
            aann_allocate_zeroed((size_t)table.roles.feature_count, sizeof *table.features);
        expect_words(&table, &options);
        status = table.features != NULL
                     ? read_rows(&table, error)
                     : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId32 " columns",
                                 table.roles.feature_count);
    }
    if (status == AANN_OK) {
        status = fill_dataset(&table, &options, dataset, error);
    }
    if (status == AANN_OK) {
        status = describe(&table, &options, dataset, error);
    }
    clear_table(&table);
    if (status == AANN_OK && options.window > 0) {
        const int64_t limit = options.data_limit > 0 ? options.data_limit : AANN_DATA_LIMIT;
        status = aann_csv_cut_windows(dataset, options.window, options.window_step, limit, error);
    }
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
