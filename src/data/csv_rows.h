/* The rows of a table, with the names of its columns: whether the first line has them is found by
 * comparing it with the lines that follow. Comments are left out. */
#ifndef AANN_DATA_CSV_ROWS_H
#define AANN_DATA_CSV_ROWS_H

#include "aann/data.h"
#include "data/csv_scanner.h"
#include "data/name_index.h"

/* How many lines are looked at before the first is decided. */
enum { AANN_CSV_LOOK_LIMIT = 32 };

typedef struct aann_csv_rows {
    aann_csv_scanner scanner;
    aann_csv_row kept[AANN_CSV_LOOK_LIMIT]; /* read, but not yet given out */
    size_t kept_count, kept_next;
    char **names; /* [column_count], "column 1" and so on where there are none */
    size_t column_count;
    aann_name_index by_name;
    bool has_sign;        /* the first line began with a #, as comments do, and had names */
    bool has_names;       /* the first line was a header */
    int64_t hash_comment; /* the line of a comment below the first row; 0: none yet */
    int64_t hash_data;    /* the line of a row that begins with #, though it is data */
    size_t index_column;  /* without a name, distinct whole numbers; column_count: none */
} aann_csv_rows;

/* Reads names and the first rows. Names that the caller will look for tell a header from data.
 * Clear with aann_csv_rows_clear, whatever it returned. */
aann_status aann_csv_rows_start(aann_csv_rows *rows, aann_source *source,
                                const aann_load_options *options, aann_error *error);

/* The next row is in the scanner, and has column_count cells, or one more that is empty. *found is
 * false at the end. */
aann_status aann_csv_rows_next(aann_csv_rows *rows, bool *found, aann_error *error);

void aann_csv_rows_clear(aann_csv_rows *rows);

/* What the label is called where nobody says so, in capitals or not: the first of these that is there.
 * NULL behind the last. */
const char *aann_csv_usual_label(size_t index);

#endif
