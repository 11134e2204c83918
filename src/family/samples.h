/* The samples of a family, inside: the splits, and the JSON that says how to load them again. */
#ifndef AANN_FAMILY_SAMPLES_H
#define AANN_FAMILY_SAMPLES_H

#include <jansson.h>

#include "aann/family.h"
#include "family/split.h"
#include "family/targets.h"

struct aann_family_data {
    aann_samples *train;
    aann_samples *validation;    /* NULL: none */
    aann_samples *certification; /* NULL: none */
    aann_samples *test;          /* NULL: none */
    char *json;
    aann_target_units units;
    bool is_table; /* and its samples are vectors: there is a usual network */
    char *notes;   /* lines that end in \n, or NULL */
};

/* What a stored description says; the strings belong to the object. Cleared by
 * aann_source_description_clear. */
typedef struct aann_source_description {
    json_t *object;
    aann_split split;
    aann_load_options load; /* of training and test file, without their labels' paths */
    aann_encoding encoding;
    aann_target_units units;
} aann_source_description;

/* One of the files a description names, `path` NULL if it was in memory; the strings belong to its
 * object. */
typedef struct aann_source_description_file {
    const char *path;
    const char *labels; /* NULL: none, or guessed */
    const char *checksum;
} aann_source_description_file;

/* The description of data that were just loaded, malloc'ed. */
aann_status aann_source_description_format(const aann_family_source *source,
                                           const aann_dataset *train, const aann_dataset *test,
                                           const aann_split *split, const aann_encoding *encoding,
                                           const aann_target_units *units, char **json,
                                           aann_error *error);
aann_status aann_source_description_parse(const aann_family_row *family,
                                          aann_source_description *recipe, aann_error *error);
void aann_source_description_clear(aann_source_description *recipe);
bool aann_source_description_has_test(const aann_source_description *recipe);
/* "train" or "test". */
aann_status aann_source_description_file_of(const aann_family_row *family,
                                            const aann_source_description *recipe,
                                            const char *which, aann_source_description_file *file,
                                            aann_error *error);
/* The samples were given encoded: no data sets, and perhaps no encoding. */
bool aann_source_description_is_encoded(const aann_source_description *recipe);
/* The words of the classes in one block, or NULL. */
aann_status aann_source_description_class_names(const aann_source_description *recipe,
                                                char ***names, int32_t *count, aann_error *error);

/* The names of `count` targets in one block, or NULL. */
aann_status aann_source_description_target_names(const aann_source_description *recipe,
                                                 int32_t count, char ***names, aann_error *error);

/* Parts of a description. The provenance (NULL: none) is put into the object. */
json_t *aann_names_json(const char *const *names, int32_t count);
json_t *aann_numbers_json(const float *values, int32_t count);
aann_status aann_provenance_json(const char *provenance, json_t *object, aann_error *error);

/* The error of a family whose samples were given encoded, without their encoding. */
aann_status aann_fail_encoded(const aann_family_row *family, aann_error *error);

/* Whether a second reading would find nothing: the standard input ("-"), a pipe. */
bool aann_path_is_read_once(const char *path);

/* A malloc'ed copy, or NULL. */
char *aann_copy_text(const char *text);

/* Loads the test set that belongs to a training set which was read with `load`. */
aann_status aann_load_test(const char *path, const aann_load_options *load, const char *labels_path,
                           const aann_dataset *train, aann_dataset **test, aann_error *error);

/* Gives a test set's word labels the training set's numbers. `name` is for the message. */
aann_status aann_match_test(const aann_dataset *train, aann_dataset *test, const char *name,
                            aann_error *error);
aann_status aann_encode_splits(const aann_dataset *train, const aann_dataset *test,
                               const aann_split *split, const aann_encoding *encoding,
                               aann_family_data *data, aann_error *error);

#endif
