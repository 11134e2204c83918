/* Formats that are known by sight, and not read: their names, and how to convert them. */
#ifndef AANN_DATA_FOREIGN_H
#define AANN_DATA_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

/* What bytes[size], the beginning of a file, are: "is a Parquet file; ...", with the command that
 * converts it. NULL: none of these. */
const char *aann_foreign_describe(const uint8_t *bytes, size_t size);

#endif
