/* A stream keeps the rows of the window that is being filled, and nothing else. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/data.h"
#include "core/error.h"
#include "core/memory.h"
#include "data/column_cells.h"
#include "data/csv_number.h"
#include "data/csv_roles.h"
#include "data/csv_rows.h"
#include "data/file_reader.h"
#include "samples/columns.h"
#include "samples/dataset.h"
#include "samples/encoding.h"

enum { PLACE_SIZE = 192 };

struct aann_stream {
    aann_source *source;
    aann_csv_rows rows;
    aann_csv_roles roles;
    aann_column *kinds; /* [kind_count], one for each column; NULL: all are numbers */
    int64_t kind_count;
    bool missing_cells;
    int32_t window; /* rows of a sample */
    int32_t step;
    int32_t kept;              /* rows of the next sample that have come */
    bool has_comma, has_point; /* of numbers, where a comma is a decimal mark */
    double *samples;           /* [window][columns], in the order of the rows */
};

void aann_stream_destroy(aann_stream *stream)
{
    if (stream != NULL) {
        aann_csv_rows_clear(&stream->rows);
        aann_source_close(stream->source);
        aann_columns_free(stream->kinds, stream->kind_count);
        free(stream->roles.list);
        free(stream->samples);
        free(stream);
    }
}

static aann_status open_source(const char *path, aann_stream *stream, aann_error *error)
{
    aann_reader reader;
    aann_status status = aann_file_reader_open(path, &reader, error);
    if (status == AANN_OK) {
        status = aann_source_create(reader, "", &stream->source, error);
    }
    if (status == AANN_OK) {
        aann_source_set_live(stream->source);
    }
    return status;
}

static aann_status copy_kinds(const aann_load_options *options, aann_stream *stream,
                              aann_error *error)
{
    if (options->kinds == NULL) {
        return AANN_OK;
    }
    const aann_status status =
        aann_columns_check(options->kinds, options->column_count, "kinds", error);
    stream->kind_count = options->column_count;
    return status == AANN_OK
               ? aann_columns_copy(options->kinds, options->column_count, &stream->kinds, error)
               : status;
}

static aann_status start(const char *path, const aann_load_options *given, aann_stream *stream,
                         aann_error *error)
{
    aann_load_options options = *given;
    options.live = true;
    if (options.columns == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "nothing says which columns a sample has");
    }
    stream->missing_cells = options.missing_cells;
    stream->window = options.window > 0 ? options.window : 1;
    stream->step =
        options.window > 0 && options.window_step > 0 ? options.window_step : stream->window;
    size_t values = 0;
    if (aann_multiply_sizes((size_t)options.column_count, (size_t)stream->window, &values)) {
        stream->samples = aann_allocate(values, sizeof *stream->samples);
    }
    if (stream->samples == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a window");
    }
    aann_status status = copy_kinds(&options, stream, error);
    if (status == AANN_OK) {
        status = open_source(path, stream, error);
    }
    if (status == AANN_OK) {
        status = aann_csv_rows_start(&stream->rows, stream->source, &options, error);
    }
    /* The first line says nothing of numbers. A comma in one is a decimal mark, where it separates
     * no cells. */
    if (status == AANN_OK && options.decimal == '\0' &&
        stream->rows.scanner.dialect.delimiter != ',') {
        stream->rows.scanner.dialect.decimal = ',';
    }
    return status == AANN_OK ? aann_csv_roles_choose(&stream->rows, &options, &stream->roles, error)
                             : status;
}

static const char *shown(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

aann_status aann_stream_open(const char *path, const aann_load_options *options,
                             aann_stream **stream, aann_error *error)
{
    *stream = NULL;
    aann_stream *created = aann_allocate_zeroed(1, sizeof *created);
    if (created == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a stream");
    }
    const aann_status status = start(path, options, created, error);
    if (status != AANN_OK) {
        aann_stream_destroy(created);
        aann_fail_prefix(error, status, "%s", shown(path));
        aann_dataset_one_line(error);
        return status;
    }
    *stream = created;
    return AANN_OK;
}

/* The number of a word among those of the training data, as a file's column would get it: numbers
 * among the words are written in one way, booleans in capitals or not. */
static double word_number(const aann_column *wanted, const char *cell)
{
    double number = 0.0;
    if (aann_csv_number(cell, &number)) {
        const aann_column numbers = {.kind = AANN_COLUMN_NUMBER};
        return aann_column_translate(wanted, &numbers, number);
    }
    const int32_t found = aann_levels_find(wanted->levels, wanted->level_count, cell);
    if (found < 0 && aann_cell_boolean(cell) >= 0) {
        const aann_column booleans = {.kind = AANN_COLUMN_BOOLEAN};
        return aann_column_translate(wanted, &booleans, (double)aann_cell_boolean(cell));
    }
    return (double)found;
}

/* The value of a cell of column `index` of the sample. */
static aann_status read_cell(aann_stream *stream, size_t column, int32_t index, double *value,
                             aann_error *error)
{
    const char *cell = aann_csv_scanner_cell(&stream->rows.scanner, column);
    const aann_column numbers = {.kind = AANN_COLUMN_NUMBER};
    const aann_column *wanted = stream->kinds != NULL ? &stream->kinds[index] : &numbers;
    const aann_column_kind kind = wanted->kind;
    double number = 0.0;
    if (stream->missing_cells && aann_cell_is_missing(cell)) {
        *value = (double)NAN;
        return AANN_OK;
    }
    if (kind == AANN_COLUMN_WORDS) {
        *value = word_number(wanted, cell);
        return AANN_OK;
    }
    const char mark = stream->rows.scanner.cells[column].mark;
    const char *problem = kind == AANN_COLUMN_BOOLEAN ? "true or false" : "a finite number";
    if (aann_csv_number(cell, &number) && aann_column_holds(wanted, number)) {
        stream->has_comma = stream->has_comma || mark == ',';
        stream->has_point = stream->has_point || mark == '.';
        if (!stream->has_comma || !stream->has_point) {
            *value = number;
            return AANN_OK;
        }
        problem = "a number: some before it have a decimal comma, some a point";
    }
    if (kind == AANN_COLUMN_BOOLEAN && aann_cell_boolean(cell) >= 0) {
        *value = (double)aann_cell_boolean(cell);
        return AANN_OK;
    }
    char place[PLACE_SIZE];
    aann_csv_scanner_place(&stream->rows.scanner, column, place, sizeof place);
    aann_fail(error, AANN_ERROR_FORMAT, "%s: '%.60s' is not %s%s", place, cell, problem,
              stream->missing_cells ? "; a missing value is an empty cell" : "");
    aann_dataset_one_line(error);
    return AANN_ERROR_FORMAT;
}

static aann_status read_row(aann_stream *stream, bool *found, aann_error *error)
{
    aann_status status = aann_csv_rows_next(&stream->rows, found, error);
    double *row = stream->samples + (size_t)stream->kept * (size_t)stream->roles.feature_count;
    for (size_t i = 0; status == AANN_OK && *found && i < stream->rows.column_count; i++) {
        const aann_csv_role role = stream->roles.list[i];
        if (role.kind == AANN_CSV_FEATURE) {
            status = read_cell(stream, i, role.index, &row[role.index], error);
        }
    }
    stream->kept += status == AANN_OK && *found ? 1 : 0;
    return status;
}

/* Rows that the next window begins with stay; where windows lie apart, the rows between are
 * skipped. */
static aann_status make_room(aann_stream *stream, bool *found, aann_error *error)
{
    const int32_t columns = stream->roles.feature_count;
    const int32_t stay = stream->window > stream->step ? stream->window - stream->step : 0;
    aann_status status = AANN_OK;
    *found = true;
    if (stream->kept < stream->window) {
        return AANN_OK;
    }
    memmove(stream->samples, stream->samples + (size_t)(stream->window - stay) * (size_t)columns,
            (size_t)stay * (size_t)columns * sizeof *stream->samples);
    for (int32_t i = stream->window; status == AANN_OK && *found && i < stream->step; i++) {
        status = aann_csv_rows_next(&stream->rows, found, error);
    }
    stream->kept = stay;
    return status;
}

aann_status aann_stream_next(aann_stream *stream, double *values, bool *found, aann_error *error)
{
    const int32_t columns = stream->roles.feature_count;
    aann_status status = make_room(stream, found, error);
    while (status == AANN_OK && *found && stream->kept < stream->window) {
        status = read_row(stream, found, error);
    }
    for (int32_t c = 0; status == AANN_OK && *found && c < columns; c++) {
        for (int32_t t = 0; t < stream->window; t++) {
            *values++ = stream->samples[(size_t)t * (size_t)columns + (size_t)c];
        }
    }
    return status;
}
