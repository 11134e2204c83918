/* A line of names stands above lines of numbers and is none itself: a word above numbers is a name.
 * A number in the first line, or a word that recurs in its column, is data. Where nothing speaks
 * for either, as in a table of words, the first line has the names. */
#include "data/csv_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/column_cells.h"
#include "data/csv_number.h"

enum { NAME_SIZE = 32 };

void aann_csv_rows_clear(aann_csv_rows *rows)
{
    for (size_t i = 0; i < AANN_CSV_LOOK_LIMIT; i++) {
        aann_csv_row_clear(&rows->kept[i]);
    }
    for (size_t i = 0; rows->names != NULL && i < rows->column_count; i++) {
        free(rows->names[i]);
    }
    free(rows->names);
    rows->names = NULL;
    aann_name_index_clear(&rows->by_name);
    aann_csv_scanner_clear(&rows->scanner);
}

static const char *cell(const aann_csv_row *row, size_t column)
{
    return row->text + row->cells[column].start;
}

/* ---- the first rows -------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
    double value;
    return aann_csv_number(text, &value);
}

/* The cells of the first row, to name columns in messages before it is decided whether they are
 * names; NULL where they look like data. Free the list. */
static const char **first_cells(const aann_csv_row *first)
{
    const char **cells = aann_allocate(first->cell_count, sizeof *cells);
    for (size_t i = 0; cells != NULL && i < first->cell_count; i++) {
        cells[i] = cell(first, i);
        if (is_number(cells[i])) {
            free(cells);
            cells = NULL;
        }
    }
    return cells;
}

static aann_status read_first(aann_csv_rows *rows, size_t limit, aann_error *error)
{
    aann_status status = AANN_OK;
    const char **names = NULL;
    bool found = true;
    while (status == AANN_OK && found && rows->kept_count < limit) {
        status = aann_csv_scanner_next(&rows->scanner, &found, error);
        if (status == AANN_OK && found) {
            aann_csv_scanner_take(&rows->scanner, &rows->kept[rows->kept_count++]);
        }
        if (rows->kept_count == 1 && names == NULL) {
            names = first_cells(&rows->kept[0]);
            rows->scanner.column_names = names;
            rows->scanner.column_count = names != NULL ? rows->kept[0].cell_count : 0;
        }
    }
    rows->scanner.column_names = NULL;
    rows->scanner.column_count = 0;
    free(names);
    return status;
}

/* How many cells the rows have that are no comments; 0 if there are none. */
static size_t usual_width(const aann_csv_rows *rows)
{
    size_t width = 0;
    for (size_t i = 0; i < rows->kept_count; i++) {
        if (!rows->kept[i].has_hash) {
            width = rows->kept[i].cell_count; /* the last one: the first may be a header of R */
        }
    }
    return width;
}

static void drop_kept(aann_csv_rows *rows, size_t index)
{
    aann_csv_row_clear(&rows->kept[index]);
    rows->kept_count--;
    memmove(&rows->kept[index], &rows->kept[index + 1],
            (rows->kept_count - index) * sizeof rows->kept[0]);
    rows->kept[rows->kept_count] = (aann_csv_row){0};
}

/* "# a b c" above three columns, as numpy writes names: the sign goes, and tells a header. */
static bool drop_sign(aann_csv_row *row, size_t width)
{
    if (row->is_comment) {
        return false;
    }
    if (row->cell_count == width + 1 && strcmp(cell(row, 0), "#") == 0) {
        row->cell_count--;
        memmove(row->cells, row->cells + 1, row->cell_count * sizeof *row->cells);
        return true;
    }
    if (width > 1 && row->cell_count == width && cell(row, 0)[1] == ' ') {
        const size_t blanks = 1 + strspn(cell(row, 0) + 1, " \t");
        row->cells[0].start += blanks;
        row->cells[0].length -= blanks;
        return true;
    }
    return false;
}

/* A line that begins with # is a comment, unless it has as many cells as the rows. In a table of one
 * column it always is one. */
static bool is_comment(bool has_hash, bool certain, size_t cells, size_t width)
{
    return has_hash && (certain || cells != width || width == 1);
}

/* Below the first row, # means one thing in all of the table: otherwise a row that has a cell too
 * many would be left out without a word. */
static aann_status note_hash(aann_csv_rows *rows, int64_t line, bool comment, aann_error *error)
{
    int64_t *noted = comment ? &rows->hash_comment : &rows->hash_data;
    const int64_t other = comment ? rows->hash_data : rows->hash_comment;
    *noted = *noted == 0 ? line : *noted;
    return other == 0
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "line %" PRId64 ": begins with # and %s as many cells as a row, line "
                           "%" PRId64 " begins with # and %s; put the cell in quotes if it is "
                           "data, remove the line if it is a comment",
                           line, comment ? "has not" : "has", other, comment ? "has" : "has not");
}

static aann_status drop_comments(aann_csv_rows *rows, const aann_load_options *options,
                                 aann_error *error)
{
    const size_t width = usual_width(rows);
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < rows->kept_count;) {
        aann_csv_row *row = &rows->kept[i];
        if (row->has_hash && i == 0 && width > 0 && options->header != AANN_HEADER_NO) {
            rows->has_sign = drop_sign(row, width);
        }
        const bool comment =
            width > 0 && is_comment(row->has_hash, row->is_comment, row->cell_count, width);
        if (row->has_hash && i > 0) {
            status = note_hash(rows, row->line, comment, error);
        }
        if (comment) {
            drop_kept(rows, i);
        } else {
            i++;
        }
    }
    return status;
}

/* ---- header or data -------------------------------------------------------------------------- */

/* What the cell of the first row says, beside the cells below it: positive for a name, negative for
 * data, 0 for nothing. */
static int judge_cell(const aann_csv_rows *rows, size_t column)
{
    const char *first = cell(&rows->kept[0], column);
    bool numbers = false;
    bool words = false;
    bool recurs = false;
    if (aann_cell_is_missing(first)) {
        return 0;
    }
    for (size_t i = 1; i < rows->kept_count; i++) {
        if (column >= rows->kept[i].cell_count) {
            continue;
        }
        const char *below = cell(&rows->kept[i], column);
        const bool number = is_number(below);
        numbers = numbers || number;
        words = words || (!number && !aann_cell_is_missing(below));
        recurs = recurs || strcmp(below, first) == 0;
    }
    if (is_number(first)) {
        return -1;
    }
    if (numbers && !words) {
        return 1;
    }
    return recurs ? -1 : 0;
}

const char *aann_csv_usual_label(size_t index)
{
    static const char *const usual[] = {"label", "class", "target", "y"};
    return index < sizeof usual / sizeof usual[0] ? usual[index] : NULL;
}

static bool is_usual_label(const char *name)
{
    size_t i = 0;
    while (aann_csv_usual_label(i) != NULL && strcasecmp(name, aann_csv_usual_label(i)) != 0) {
        i++;
    }
    return aann_csv_usual_label(i) != NULL;
}

/* "0,1,2,3" or "1,2,3": names that a program counted, not data, unless the next row is the same. */
static bool is_counted(const aann_csv_row *row)
{
    double first;
    if (row->cell_count < 3 || !aann_csv_number(cell(row, 0), &first) ||
        (first != 0.0 && first != 1.0)) {
        return false;
    }
    for (size_t i = 1; i < row->cell_count; i++) {
        double value;
        if (!aann_csv_number(cell(row, i), &value) || value != first + (double)i) {
            return false;
        }
    }
    return true;
}

/* The cells of a row, to look for names in it. */
static aann_status index_cells(const aann_csv_row *row, aann_name_index *index, aann_error *error)
{
    const char **cells = aann_allocate(row->cell_count, sizeof *cells);
    *index = (aann_name_index){0};
    for (size_t i = 0; cells != NULL && i < row->cell_count; i++) {
        cells[i] = cell(row, i);
    }
    const aann_status status =
        cells != NULL
            ? aann_name_index_make(cells, row->cell_count, index, error)
            : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu columns", row->cell_count);
    free(cells);
    return status;
}

/* Whether one of the comma-separated names is there; NULL has none. */
static bool has_listed_name(const aann_name_index *cells, const char *names)
{
    while (names != NULL && *names != '\0') {
        const size_t length = aann_name_index_next(cells, names);
        if (aann_name_index_find(cells, names, length) < cells->count) {
            return true;
        }
        names += length + (names[length] == ',' ? 1 : 0);
    }
    return false;
}

static bool has_name(const aann_name_index *cells, const char *name)
{
    return aann_name_index_find(cells, name, strlen(name)) < cells->count;
}

static bool has_wanted_name(const aann_name_index *cells, const aann_load_options *options)
{
    for (int64_t k = 0; k < options->column_count; k++) {
        if (has_name(cells, options->columns[k])) {
            return true;
        }
    }
    return has_listed_name(cells, options->label_column) ||
           has_listed_name(cells, options->target_columns) ||
           has_listed_name(cells, options->drop_columns) ||
           has_listed_name(cells, options->group_column) ||
           has_listed_name(cells, options->time_column);
}

static bool has_number(const aann_csv_row *row)
{
    bool found = false;
    for (size_t i = 0; i < row->cell_count; i++) {
        found = found || is_number(cell(row, i));
    }
    return found;
}

/* Whether the first row has names, where none of those that are looked for is in it. */
static bool looks_like_names(const aann_csv_rows *rows, const aann_load_options *options)
{
    const aann_csv_row *first = &rows->kept[0];
    if (rows->has_sign || (first->has_hash && !has_number(first))) {
        return true;
    }
    if (options->live) {
        return false;
    }
    int names = 0;
    int data = 0;
    for (size_t i = 0; i < first->cell_count; i++) {
        const int said = judge_cell(rows, i);
        /* "2019,2020,2021,label": the numbers are names, too */
        const bool label = said == 0 && rows->kept_count > 1 && is_usual_label(cell(first, i));
        names += said > 0 || label ? 1 : 0;
        data += said < 0 ? 1 : 0;
    }
    if (names > 0 || data == 0) {
        return true;
    }
    return options->columns == NULL && is_counted(first) && rows->kept_count > 1 &&
           !is_counted(&rows->kept[1]);
}

static aann_status judge_header(aann_csv_rows *rows, const aann_load_options *options,
                                aann_error *error)
{
    aann_name_index cells;
    rows->has_names = options->header == AANN_HEADER_YES;
    if (options->header != AANN_HEADER_AUTOMATIC) {
        return AANN_OK;
    }
    const aann_status status = index_cells(&rows->kept[0], &cells, error);
    if (status == AANN_OK) {
        rows->has_names = has_wanted_name(&cells, options) || looks_like_names(rows, options);
    }
    aann_name_index_clear(&cells);
    return status;
}

/* ---- columns --------------------------------------------------------------------------------- */

/* Whether the last cell of all rows but the first is empty, or missing in a row that is shorter. */
static bool ends_empty(const aann_csv_rows *rows, size_t width)
{
    for (size_t i = 1; i < rows->kept_count; i++) {
        const aann_csv_row *row = &rows->kept[i];
        if (row->cell_count > width ||
            (row->cell_count == width && cell(row, width - 1)[0] != '\0')) {
            return false;
        }
    }
    return true;
}

/* Distinct whole numbers: the numbers of rows, in order or shuffled. */
static bool is_index(const aann_csv_rows *rows, size_t first_row, size_t column)
{
    for (size_t i = first_row; i < rows->kept_count; i++) {
        double value;
        if (column >= rows->kept[i].cell_count ||
            !aann_csv_number(cell(&rows->kept[i], column), &value) || value != floor(value)) {
            return false;
        }
        for (size_t k = first_row; k < i; k++) {
            double other;
            if (aann_csv_number(cell(&rows->kept[k], column), &other) && other == value) {
                return false;
            }
        }
    }
    return rows->kept_count > first_row;
}

static aann_status name_column(aann_csv_rows *rows, size_t column, const char *name,
                               aann_error *error)
{
    char made[NAME_SIZE];
    snprintf(made, sizeof made, "column %zu", column + 1);
    rows->names[column] = strdup(name != NULL && name[0] != '\0' ? name : made);
    return rows->names[column] != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu columns",
                           rows->column_count);
}

/* The names that the first row has, or numbers. R leaves out the name of the first column, a program
 * that ends lines with a delimiter adds one without a name. */
static aann_status name_columns(aann_csv_rows *rows, aann_error *error)
{
    const aann_csv_row *first = &rows->kept[0];
    size_t width = first->cell_count;
    size_t shift = 0;
    if (rows->has_names && rows->kept_count > 1) {
        const aann_csv_row *second = &rows->kept[1];
        if (width > 1 && cell(first, width - 1)[0] == '\0' && ends_empty(rows, width)) {
            width--;
        } else if (second->cell_count == width + 1 && !ends_empty(rows, width + 1)) {
            shift = 1;
        }
    } else if (width > 1 && cell(first, width - 1)[0] == '\0' && ends_empty(rows, width)) {
        width--;
    }
    rows->column_count = width + shift;
    rows->index_column = rows->column_count;
    if (rows->column_count == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "line %" PRId64 ": no columns; expected a table",
                         first->line);
    }
    rows->names = aann_allocate_zeroed(rows->column_count, sizeof *rows->names);
    if (rows->names == NULL) {
        rows->column_count = 0;
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the names of columns");
    }
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < rows->column_count; i++) {
        const char *name = rows->has_names && i >= shift ? cell(first, i - shift) : "";
        status = name_column(rows, i, name, error);
        if (i == 0 && name[0] == '\0' && rows->has_names && is_index(rows, 1, 0)) {
            rows->index_column = 0;
        }
    }
    return status;
}

static aann_status index_names(aann_csv_rows *rows, int64_t line, aann_error *error)
{
    size_t one = 0;
    size_t two = 0;
    const aann_status status = aann_name_index_make((const char *const *)rows->names,
                                                    rows->column_count, &rows->by_name, error);
    return status != AANN_OK || !aann_name_index_repeats(&rows->by_name, &one, &two)
               ? status
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "line %" PRId64 ": columns %zu and %zu are both called '%.100s'; rename "
                           "one, or leave the names out: --skip-lines %" PRId64 " --header no",
                           line, one + 1, two + 1, rows->names[one], line);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool has_all_columns(const aann_name_index *cells, const aann_load_options *options)
{
    bool all = true;
    for (int64_t k = 0; all && k < options->column_count; k++) {
        all = has_name(cells, options->columns[k]);
    }
    return all;
}

/* Whether the row is the header of a stream, or its first row: a line that begins with # is a comment
 * unless all names that are looked for stand in it. */
static aann_status begins_stream(aann_csv_rows *rows, const aann_load_options *options,
                                 bool *begins, aann_error *error)
{
    aann_csv_row *row = &rows->kept[0];
    aann_name_index cells;
    *begins = true;
    if (!row->has_hash) {
        return AANN_OK;
    }
    const bool alone = row->cell_count > 1 && strcmp(cell(row, 0), "#") == 0;
    rows->has_sign = drop_sign(row, row->cell_count - (alone ? 1 : 0));
    const aann_status status = index_cells(row, &cells, error);
    *begins = status == AANN_OK && has_all_columns(&cells, options);
    aann_name_index_clear(&cells);
    return status;
}

/* A stream may pause after any row: what its first line is follows from that line alone. */
static aann_status read_first_live(aann_csv_rows *rows, const aann_load_options *options,
                                   aann_error *error)
{
    for (;;) {
        bool begins = true;
        aann_status status = read_first(rows, 1, error);
        if (status == AANN_OK && rows->kept_count > 0) {
            status = begins_stream(rows, options, &begins, error);
        }
        if (status != AANN_OK || begins) {
            return status;
        }
        rows->has_sign = false;
        drop_kept(rows, 0);
    }
}

aann_status aann_csv_rows_start(aann_csv_rows *rows, aann_source *source,
                                const aann_load_options *options, aann_error *error)
{
    *rows = (aann_csv_rows){.names = NULL};
    const aann_csv_dialect given = {options->delimiter, options->decimal};
    aann_status status =
        aann_csv_scanner_start(&rows->scanner, source, given, options->skip_lines, error);
    if (status == AANN_OK) {
        status = options->live ? read_first_live(rows, options, error)
                               : read_first(rows, AANN_CSV_LOOK_LIMIT, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    status = drop_comments(rows, options, error);
    if (status != AANN_OK) {
        return status;
    }
    if (rows->kept_count == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "line 1: the table is empty");
    }
    const int64_t line = rows->kept[0].line;
    status = judge_header(rows, options, error);
    if (status == AANN_OK) {
        status = name_columns(rows, error);
    }
    if (status == AANN_OK) {
        status = index_names(rows, line, error);
    }
    if (status == AANN_OK && rows->has_names) {
        drop_kept(rows, 0);
    }
    rows->scanner.column_names = (const char *const *)rows->names;
    rows->scanner.column_count = status == AANN_OK ? rows->column_count : 0;
    return status;
}

/* Whether an empty cell follows the last one: all rows may end with a delimiter. */
static bool has_empty_end(const aann_csv_rows *rows)
{
    const size_t wanted = rows->column_count;
    return rows->scanner.cell_count == wanted + 1 &&
           aann_csv_scanner_cell(&rows->scanner, wanted)[0] == '\0';
}

static aann_status check_width(const aann_csv_rows *rows, aann_error *error)
{
    const aann_csv_scanner *scanner = &rows->scanner;
    const size_t count = scanner->cell_count;
    const size_t wanted = rows->column_count;
    if (count == wanted || has_empty_end(rows)) {
        return AANN_OK;
    }
    const char *hint = "";
    if (scanner->dialect.delimiter != ',' && count < wanted) {
        hint = "; --delimiter says what separates cells";
    } else if (rows->has_names && rows->kept_next == 1) {
        hint = "; if the table begins further down: --skip-lines N";
    }
    return aann_fail(error, AANN_ERROR_FORMAT, "line %" PRId64 ": %zu cells; the %s %zu columns%s",
                     scanner->line, count, rows->has_names ? "header has" : "first row has", wanted,
                     hint);
}

/* Passes over a comment. The rows that were kept were looked at before. */
static aann_status judge_hash(aann_csv_rows *rows, bool *comment, aann_error *error)
{
    const aann_csv_scanner *scanner = &rows->scanner;
    const size_t cells = scanner->cell_count - (has_empty_end(rows) ? 1 : 0);
    *comment = is_comment(scanner->has_hash, scanner->is_comment, cells, rows->column_count);
    return scanner->has_hash ? note_hash(rows, scanner->line, *comment, error) : AANN_OK;
}

aann_status aann_csv_rows_next(aann_csv_rows *rows, bool *found, aann_error *error)
{
    aann_csv_scanner *scanner = &rows->scanner;
    if (rows->kept_next < rows->kept_count) {
        *found = true;
        aann_csv_scanner_put(scanner, &rows->kept[rows->kept_next++]);
        return check_width(rows, error);
    }
    bool comment = false;
    aann_status status;
    do {
        status = aann_csv_scanner_next(scanner, found, error);
        if (status == AANN_OK && *found) {
            status = judge_hash(rows, &comment, error);
        }
    } while (status == AANN_OK && *found && comment);
    return status == AANN_OK && *found ? check_width(rows, error) : status;
}
