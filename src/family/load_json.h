/* How the files of a family were read, as JSON, and how other files of the same kind are to be
 * read. */
#ifndef AANN_FAMILY_LOAD_JSON_H
#define AANN_FAMILY_LOAD_JSON_H

#include <jansson.h>

#include "aann/family.h"

/* Adds to the description of the data: "rules", "label_column", "target_columns", "columns" (the
 * names of the features of a table, else null), "read" (what was given), "found" (how the training
 * file is written, of a table, else null), "data_limit". */
aann_status aann_load_json_add(const aann_load_options *load, const aann_dataset *train,
                               json_t *object, aann_error *error);

/* Reads them back, but for "columns" and "found"; the texts belong to the object. False if they make
 * no sense. */
bool aann_load_json_read(const json_t *object, aann_load_options *load);

/* Puts what was found in the training file over `load`, to read that file again. */
bool aann_load_json_found(const json_t *object, aann_load_options *load);

/* The options to read other data of the same kind with: columns by their names, and classes as the
 * training data have them. */
typedef struct aann_kindred_load {
    aann_load_options options;
    const char **names; /* of columns, or NULL; the texts are borrowed */
} aann_kindred_load;

/* For data beside `train`, which were read with `load`. Free the list of names with free(). */
aann_status aann_load_beside(const aann_load_options *load, const aann_dataset *train,
                             aann_kindred_load *kindred, aann_error *error);

/* The same from a stored description: `load` as aann_load_json_read gave it, put under what the
 * caller wants. */
aann_status aann_load_like(const json_t *object, const aann_load_options *load,
                           const aann_load_options *wanted, aann_kindred_load *kindred,
                           aann_error *error);

#endif
