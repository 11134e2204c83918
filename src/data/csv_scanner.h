/* Cuts CSV text into rows of cells. */
#ifndef AANN_DATA_CSV_SCANNER_H
#define AANN_DATA_CSV_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/source.h"

/* One cell of the current row: text[start .. start+length) and a NUL behind it. */
typedef struct aann_csv_cell {
    size_t start;
    size_t length;
    int64_t line; /* where it begins, counted from 1 */
} aann_csv_cell;

/* No network reads more inputs than a table may have columns. A row is as many numbers of many digits
 * in quotes. */
enum { AANN_CSV_COLUMN_LIMIT = 65536, AANN_CSV_ROW_LIMIT = 1 << 24 };

typedef struct aann_csv_scanner {
    aann_source *source;
    const char *const *column_names; /* [column_count] for messages, or NULL while there are none */
    size_t column_count;

    /* The current row. */
    char *text;
    aann_csv_cell *cells;
    size_t cell_count;
    int64_t line; /* of its beginning */

    /* Scanning state. */
    size_t text_size, text_room, cell_room;
    int64_t next_line;
    uint8_t *buffer;
    size_t buffer_at, buffer_end;
} aann_csv_scanner;

aann_status aann_csv_scanner_start(aann_csv_scanner *scanner, aann_source *source,
                                   aann_error *error);
void aann_csv_scanner_clear(aann_csv_scanner *scanner);

/* Reads the next row that is not empty; *found is false at the end of the file. Spaces and tabs
 * around a cell without quotes are dropped. */
aann_status aann_csv_scanner_next(aann_csv_scanner *scanner, bool *found, aann_error *error);

const char *aann_csv_scanner_cell(const aann_csv_scanner *scanner, size_t column);

/* "line 12, column 'width'" for the cell of the current row. */
void aann_csv_scanner_place(const aann_csv_scanner *scanner, size_t column, char *text,
                            size_t size);

#endif
