/* The cells of one column of a table, and what the column is: numbers, booleans or words. */
#ifndef AANN_DATA_COLUMN_CELLS_H
#define AANN_DATA_COLUMN_CELLS_H

#include "aann/samples.h"

/* Collects the cells of a column; starts as {0}, but for the first two fields. */
typedef struct aann_column_cells {
    bool are_words; /* known before: numbers among the words are no mistake */
    bool are_names; /* the same, and there may be as many as rows: groups */

    double *values; /* [count]: the number, or the index of the word; NaN: missing */
    int64_t count, room;

    /* The different words in order of appearance, once there is one. */
    char **words; /* [word_count] */
    int32_t word_count, word_room;
    int32_t *slots; /* [slot_count], a hash table: index of a word, or -1 */
    int32_t slot_count;

    int64_t number_count; /* cells that are numbers */
    bool has_long;        /* one of them stands for others, too (aann_csv_number_is_long) */
    int64_t first_point; /* 1 + the first row of a number whose point is no decimal mark; 0: none */
    int64_t first_word;  /* the first row with a word */
    int32_t first_word_index; /* that word */
} aann_column_cells;

/* Adds the cell of the next row. Messages lack the place, which the caller prefixes. */
aann_status aann_column_cells_add(aann_column_cells *cells, const char *text, aann_error *error);

/* The point of the cell that was added last is no decimal mark, as those of other numbers are commas:
 * a column of numbers may not have it. */
void aann_column_cells_note_point(aann_column_cells *cells);

void aann_column_cells_clear(aann_column_cells *cells);

/* Says what the column is, with its words (sorted), and writes the values to values[row * stride].
 * If it is neither numbers nor words, fails and sets *bad to the row that is to be named, else
 * to -1. Free the column's levels with aann_levels_free. */
aann_status aann_column_cells_finish(const aann_column_cells *cells, double *values, int64_t stride,
                                     aann_column *column, int64_t *bad, aann_error *error);

/* Whether a cell stands for no value: empty, NA, N/A, NaN, null, None, ?, - or a point, in capitals
 * or not. */
bool aann_cell_is_missing(const char *text);

/* 1 for true, 0 for false, in capitals or not; else -1. */
int aann_cell_boolean(const char *text);

/* The first word of a column that is nothing but numbers with a decimal comma, and numbers; else
 * NULL. */
const char *aann_column_cells_comma(const aann_column_cells *cells);

/* The same of numbers with marks for thousands, such as 1,234.5. */
const char *aann_column_cells_thousands(const aann_column_cells *cells);

#endif
