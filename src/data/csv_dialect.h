/* How a table is written: what separates its cells, and which decimal mark its numbers have. */
#ifndef AANN_DATA_CSV_DIALECT_H
#define AANN_DATA_CSV_DIALECT_H

#include <stddef.h>
#include <stdint.h>

typedef struct aann_csv_dialect {
    char delimiter; /* ' ': any number of blanks */
    char decimal;   /* '.' or ',' */
} aann_csv_dialect;

/* Finds the dialect in bytes[size], the beginning of a table; what is not 0 in `given` stays as it
 * is. */
aann_csv_dialect aann_csv_dialect_find(const uint8_t *bytes, size_t size, aann_csv_dialect given);

/* "commas", "semicolons", "tabs", "bars", "blanks", for messages. */
const char *aann_csv_delimiter_name(char delimiter);

#endif
