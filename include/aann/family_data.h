/* The samples of a family: loaded, split and encoded for a search, and read again for a family that is
 * stored.
 *
 *     aann_family_source source = aann_family_source_default();
 *     source.train = "mnist:train";
 *     source.test = "mnist:test";
 *     aann_family_data *data;
 *     aann_family_data_load(&source, &data, &error);
 *     const aann_samples *train = aann_family_data_train(data);
 *     aann_family_data_destroy(data);
 *
 * Thread safety: any number of threads may use the same aann_family_data. Everything else is plain
 * values. */
#ifndef AANN_FAMILY_DATA_H
#define AANN_FAMILY_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/car_driver.h"
#include "aann/data.h"
#include "aann/samples.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether encoded samples have a constant input (aann_encoding). */
typedef enum aann_constant_input {
    AANN_CONSTANT_AUTOMATIC = 0, /* tables have it, others have it not */
    AANN_CONSTANT_OFF,
    AANN_CONSTANT_ON
} aann_constant_input;

/* What regression targets are. Targets with units are standardised: the mean of the training split
 * becomes 0, and the target farthest from it 1 or -1. Predictions and errors are converted back. */
typedef enum aann_target_meaning {
    /* outputs if the file has target_mean and target_scale, or is no table and all targets are
     * within -1 and 1; else they have units */
    AANN_TARGETS_AUTOMATIC = 0,

    /* outputs of the network, from -1 to 1 */
    AANN_TARGETS_ARE_OUTPUTS,

    /* in the user's units */
    AANN_TARGETS_HAVE_UNITS
} aann_target_meaning;

/* Which samples of the training file are for validation. In every rule but LAST the training samples
 * are in random order. */
typedef enum aann_split_rule {
    /* GROUPS if the data have groups, else TIME if they have times, else BLOCKS for windows,
     * SHUFFLED for tables, and LAST for everything else */
    AANN_SPLIT_AUTOMATIC = 0,

    /* the last samples of the file */
    AANN_SPLIT_LAST,

    /* random samples, of each class its share */
    AANN_SPLIT_SHUFFLED,

    /* the last samples of each class */
    AANN_SPLIT_BLOCKS,

    /* random groups (load.group_column), each wholly on one side */
    AANN_SPLIT_GROUPS,

    /* the latest samples (load.time_column, else the order of the file) */
    AANN_SPLIT_TIME
} aann_split_rule;

/* Where the samples come from, and how they are split and encoded. Always start from
 * aann_family_source_default(). */
typedef struct aann_family_source {
    /* the training file, or the name of a fetched set: "mnist:train" */
    const char *train;

    /* the test file or set; NULL: no test set */
    const char *test;

    /* how to read both; load.labels_path is that of the training file */
    aann_load_options load;

    /* labels_path of the test file */
    const char *test_labels;

    /* size of the validation split, taken from the training file. 1 and more: that many samples;
     * below 1: that share; 0: none; negative: 5,000 of a fetched set, a tenth of a file */
    double validation;

    /* which samples these are, and the seed of the rules that draw */
    aann_split_rule split;
    uint64_t split_seed;

    /* repeat the training samples of rarer classes until all classes have equally many */
    bool balanced;

    /* search only on the first train_limit of the other samples; 0: on all of them */
    int64_t train_limit;

    /* leave this many of them out of the search (a train_limit), for certifying; 0: none. Only where
     * the split is LAST or SHUFFLED, and not beside a train_limit */
    int64_t certification;

    /* fitted to the whole training file */
    aann_encoding_kind encoding;

    /* whether there is an input that is always 127 */
    aann_constant_input constant;

    /* of regression: what the numbers in the files are */
    aann_target_meaning target_units;

    /* data sets in memory instead of files; train, test, load and test_labels are then ignored, and
     * a negative `validation` takes a tenth. Read during the call only. NULL: files */
    const aann_dataset *train_set;
    const aann_dataset *test_set;

    /* where data in memory came from, for people and programs: a JSON value, which the study stores
     * verbatim; NULL: none */
    const char *provenance;
} aann_family_source;

AANN_API aann_family_source aann_family_source_default(void);

/* Samples ready for a search, and the JSON that says how to load them again. It never changes after
 * creation, so any number of threads may use it. */
typedef struct aann_family_data aann_family_data;

/* Loads, checks, splits and encodes. Word labels of the test set get the training set's numbers.
 * Fails if a split has no samples, or if there are neither labels nor targets. Free with
 * aann_family_data_destroy. */
AANN_API aann_status aann_family_data_load(const aann_family_source *source,
                                           aann_family_data **data, aann_error *error);

/* Loads the data of a stored family again. `train` and `test` are the present paths of its files;
 * NULL: the stored paths. Content that differs is AANN_ERROR_FORMAT; AANN_ERROR_NOT_FOUND if the
 * data were in memory and no file is given. A file may hold AANN_DATA_LIMIT bytes, or with
 * _within as many as `data_limit` (0: AANN_DATA_LIMIT). A higher limit in the study, which may come
 * from a stranger, counts for nothing. */
AANN_API aann_status aann_family_data_reload(const aann_family_row *family, const char *train,
                                             const char *test, aann_family_data **data,
                                             aann_error *error);
AANN_API aann_status aann_family_data_reload_within(const aann_family_row *family,
                                                    const char *train, const char *test,
                                                    int64_t data_limit, aann_family_data **data,
                                                    aann_error *error);

/* What outputs stand for: mean[outputs] and scale[outputs], so that mean + scale * output is in the
 * user's units. False, and nothing is written, if nobody says, or for another number of
 * outputs. */
AANN_API bool aann_family_data_target_range(const aann_family_data *data, int32_t outputs,
                                            double *mean, double *scale);

/* Samples that are encoded already. Always start from aann_family_samples_default(). */
typedef struct aann_family_samples {
    /* of one shape, all with labels or all with targets; NULL: no such split (train is needed) */
    const aann_samples *train;
    const aann_samples *validation;
    const aann_samples *test;

    /* how the inputs were encoded; NULL: unknown, and aann_family_encode fails */
    const aann_encoding *encoding;

    /* [class_count], or NULL */
    const char *const *class_names;
    int32_t class_count;

    /* [target_count of the samples], scales above 0; both or neither; see aann_dataset_target_mean */
    const float *target_mean;
    const float *target_scale;

    /* as in aann_family_source */
    const char *provenance;
} aann_family_samples;

AANN_API aann_family_samples aann_family_samples_default(void);

/* Makes family data from samples in memory, which are checked (aann_samples_check) and copied. Free
 * with aann_family_data_destroy. */
AANN_API aann_status aann_family_data_create(const aann_family_samples *samples,
                                             aann_family_data **data, aann_error *error);

/* Makes the data of a stored family again from memory: from data sets, for a family created from
 * data sets or files; from samples, for one created from samples (only train, validation and test
 * are read). Content that differs is AANN_ERROR_FORMAT. */
AANN_API aann_status aann_family_data_reload_sets(const aann_family_row *family,
                                                  const aann_dataset *train,
                                                  const aann_dataset *test, aann_family_data **data,
                                                  aann_error *error);
AANN_API aann_status aann_family_data_reload_samples(const aann_family_row *family,
                                                     const aann_family_samples *samples,
                                                     aann_family_data **data, aann_error *error);

/* NULL is allowed. */
AANN_API void aann_family_data_destroy(aann_family_data *data);

/* The samples of a split; NULL if there are none. Owned by the data. */
AANN_API const aann_samples *aann_family_data_train(const aann_family_data *data);
AANN_API const aann_samples *aann_family_data_validation(const aann_family_data *data);
AANN_API const aann_samples *aann_family_data_test(const aann_family_data *data);

/* Samples of the training file that neither the search nor the choice of anything has seen: those
 * that train_limit left out, where the split is LAST or SHUFFLED. Under the other rules they are
 * related to training samples, and there are none. */
AANN_API const aann_samples *aann_family_data_certification(const aann_family_data *data);

/* The split named "train", "validation", "certification" or "test"; NULL for any other name. */
AANN_API const aann_samples *aann_family_data_split(const aann_family_data *data, const char *name);

/* What should be known about the data before they are searched on: classes that a split lacks or
 * that are unequal, splits that are too small. Lines that end in a newline, "" if there is nothing
 * to say; empty after a reload. Owned by the data. */
AANN_API const char *aann_family_data_notes(const aann_family_data *data);

/* The JSON that is stored in aann_family_row.data. Owned by the data. */
AANN_API const char *aann_family_data_json(const aann_family_data *data);

/* Encodes other data as the stored family's were encoded: samples first..first+count-1 of the file
 * (count 0: to its end). Word labels get the family's numbers. With need_labels false, labels that
 * do not fit the family are dropped, and if a CSV file has no label column, its last column is a
 * feature. Free with aann_samples_destroy. */
AANN_API aann_status aann_family_encode(const aann_family_row *family, const char *path,
                                        const aann_load_options *load, int64_t first, int64_t count,
                                        bool need_labels, aann_samples **samples,
                                        aann_error *error);

/* Opens a stream of samples like the family's: its columns by their names, its windows; label and
 * targets may be missing. wanted->window_step replaces the family's. Free with
 * aann_stream_destroy. AANN_ERROR_ARGUMENT if the family was not searched on a table. */
AANN_API aann_status aann_family_stream_open(const aann_family_row *family, const char *path,
                                             const aann_load_options *wanted, aann_stream **stream,
                                             aann_error *error);

/* Where a stored family's samples came from, and how many there are. */
typedef struct aann_data_origin {
    /* paths or names of sets; NULL: from memory, or no test set */
    const char *train;
    const char *test;

    bool has_test;

    /* the samples were encoded by the caller (aann_family_data_create) */
    bool encoded;

    /* the JSON given with data from memory; NULL: none */
    const char *provenance;

    int64_t train_count;
    int64_t validation_count;

    /* 0: unknown, or no test set */
    int64_t test_count;
} aann_data_origin;

/* Reads it from the row. One block, texts included: free with aann_free. */
AANN_API aann_status aann_family_data_origin(const aann_family_row *family,
                                             aann_data_origin **origin, aann_error *error);

/* The words of a stored family's classes; *count is 0 and *names NULL if classes are plain numbers.
 * One block: aann_free(names) frees the words too. */
AANN_API aann_status aann_family_class_names(const aann_family_row *family, char ***names,
                                             int32_t *count, aann_error *error);

/* The names of a stored family's targets, as many as the network has outputs; *names is NULL if the
 * data do not say. One block: aann_free(names) frees the words too. */
AANN_API aann_status aann_family_target_names(const aann_family_row *family, int32_t count,
                                              char ***names, aann_error *error);

/* How a stored family's inputs were encoded; free with aann_encoding_destroy. AANN_ERROR_NOT_FOUND
 * if its samples were given encoded, without their encoding. */
AANN_API aann_status aann_family_encoding(const aann_family_row *family, aann_encoding *encoding,
                                          aann_error *error);

/* Writes an encoding as one line of JSON (free with aann_free), and reads it back (what is not such
 * JSON is AANN_ERROR_FORMAT). */
AANN_API aann_status aann_encoding_format(const aann_encoding *encoding, char **json,
                                          aann_error *error);
AANN_API aann_status aann_encoding_parse(const char *json, aann_encoding *encoding,
                                         aann_error *error);

/* What a stored family's targets stand for: mean[count] and scale[count], see
 * aann_dataset_target_mean. AANN_ERROR_NOT_FOUND if the data do not say, or if there are not
 * `count` targets. */
AANN_API aann_status aann_family_target_range(const aann_family_row *family, int32_t count,
                                              double *mean, double *scale, aann_error *error);

/* The root mean square error, in the user's units, that a stored family's loss stands for. NAN if
 * the loss is, for classification, for more than one target, or if nobody knows the units. */
AANN_API double aann_family_rmse(const aann_family_row *family, double loss);

/* How the outputs of a stored family's members become driving actions. AANN_ERROR_ARGUMENT if they
 * are no drivers, that is, not searched on recorded drives (aann car record). */
AANN_API aann_status aann_family_car_outputs(const aann_family_row *family,
                                             aann_car_outputs *outputs, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
