/* The encoding of tables as JSON. */
#ifndef AANN_FAMILY_TABLE_ENCODING_JSON_H
#define AANN_FAMILY_TABLE_ENCODING_JSON_H

#include <jansson.h>

#include "aann/samples.h"

/* The columns as an array; NULL if there is no memory, or a name that is not UTF-8. */
json_t *aann_table_encoding_to_json(const aann_encoding *encoding);

/* Reads the columns of an encoding; what was read so far is to be freed with
 * aann_encoding_destroy. */
aann_status aann_table_encoding_from_json(const json_t *columns, aann_encoding *encoding,
                                          aann_error *error);

#endif
