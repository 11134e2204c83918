/* Cuts CSV text into rows of cells. */
#ifndef AANN_DATA_CSV_SCANNER_H
#define AANN_DATA_CSV_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/csv_dialect.h"
#include "data/source.h"

/* One cell of the current row: text[start .. start+length) and a NUL behind it. */
typedef struct aann_csv_cell {
    size_t start;
    size_t length;
    int64_t line; /* where it begins, counted from 1 */

    /* where marks are commas, of what may be a number: ',' that became a point, or a '.' that was one
     * before; 0: neither */
    char mark;
} aann_csv_cell;

/* No network reads more inputs than a table may have columns. A row is as many numbers of many digits
 * in quotes. */
enum { AANN_CSV_COLUMN_LIMIT = 65536, AANN_CSV_ROW_LIMIT = 1 << 24 };

typedef struct aann_csv_scanner {
    aann_source *source;
    aann_csv_dialect dialect;
    bool is_repaired;                /* a cell was not UTF-8, and was read as Windows-1252 */
    const char *const *column_names; /* [column_count] for messages, or NULL while there are none */
    size_t column_count;

    /* The current row. */
    char *text;
    aann_csv_cell *cells;
    size_t cell_count;
    int64_t line;    /* of its beginning */
    bool has_hash;   /* it begins with #, not in quotes: perhaps a comment */
    bool is_comment; /* certainly: its quotes are no cells' */

    /* Scanning state. */
    size_t text_size, text_room, cell_room;
    int64_t next_line;
    uint8_t *buffer;
    size_t buffer_at, buffer_end;
} aann_csv_scanner;

/* Skips lines, a byte order mark, and Excel's "sep=;", and finds what is 0 in the dialect `given`. */
aann_status aann_csv_scanner_start(aann_csv_scanner *scanner, aann_source *source,
                                   aann_csv_dialect given, int32_t skip_lines, aann_error *error);
void aann_csv_scanner_clear(aann_csv_scanner *scanner);

/* Reads the next row that is not empty; *found is false at the end of the file. Blanks around a
 * cell without quotes are dropped, and a decimal comma becomes a point. */
aann_status aann_csv_scanner_next(aann_csv_scanner *scanner, bool *found, aann_error *error);

/* A row that was read, to be looked at again later. Begin with {0}. */
typedef struct aann_csv_row {
    char *text;
    aann_csv_cell *cells;
    size_t cell_count;
    int64_t line;
    bool has_hash, is_comment;
} aann_csv_row;

/* Takes the current row out of the scanner, and puts it back. Free with aann_csv_row_clear. */
void aann_csv_scanner_take(aann_csv_scanner *scanner, aann_csv_row *row);
void aann_csv_scanner_put(aann_csv_scanner *scanner, aann_csv_row *row);
void aann_csv_row_clear(aann_csv_row *row);

const char *aann_csv_scanner_cell(const aann_csv_scanner *scanner, size_t column);

/* "line 12, column 'width'" for the cell of the current row. */
void aann_csv_scanner_place(const aann_csv_scanner *scanner, size_t column, char *text,
                            size_t size);

#endif
