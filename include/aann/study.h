/* The study file: families, members, weights, traces and checkpoints in one SQLite database.
 *
 * There is one writer at a time, which never blocks readers (list, show, eval). Every call that
 * writes is one transaction: a process killed at any moment leaves the study as it was before or
 * after the call. A study is recognised by its application_id; its user_version is the schema.
 * Every released schema opens for ever; a newer one is AANN_ERROR_VERSION, any other file is
 * AANN_ERROR_FORMAT.
 *
 * A failed call changes nothing. Rows that the library fills in own their texts and go to the
 * matching _destroy; arrays of plain values go to aann_free.
 *
 * Thread safety: one thread uses a handle at a time. Several threads open the file several times,
 * one of them for writing. Rows are plain data. */
#ifndef AANN_STUDY_H
#define AANN_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aann_study aann_study;

typedef enum aann_study_mode {
    /* must exist; also works on a read-only file */
    AANN_STUDY_READ,

    /* must exist; takes the writer's lock (AANN_ERROR_LOCKED if another handle holds it) */
    AANN_STUDY_WRITE,

    /* creates the file, or opens an existing one as WRITE does */
    AANN_STUDY_CREATE
} aann_study_mode;

/* Opens a study; close it with aann_study_close. The path ":memory:" with AANN_STUDY_CREATE is a
 * study without file and lock, which vanishes when it is closed. (A file of that name is
 * "./:memory:".) */
AANN_API aann_status aann_study_open(const char *path, aann_study_mode mode, aann_study **study,
                                     aann_error *error);
AANN_API void aann_study_close(aann_study *study);

/* How a study waits where another program has a transaction open that is in the way of a write.
 * Usually it waits for ten seconds, and the write fails with AANN_ERROR_LOCKED. Both functions are
 * called by the thread that writes; NULL stands for none. */
typedef struct aann_study_patience {
    /* asked several times a second, with the seconds that this write has waited: false gives up */
    bool (*goes_on)(void *context, double seconds);

    /* told once by every write that has waited for two seconds */
    void (*waits)(void *context);
    void *context;
} aann_study_patience;

/* How all writes wait from now on. Returns how they waited before. Searches of a family have a
 * patience themselves, see aann_family_work. */
AANN_API aann_study_patience aann_study_set_patience(aann_study *study,
                                                     aann_study_patience patience);

/* Writes the study, in memory or not, to a new file, which appears whole or not at all. An existing
 * file is never overwritten: AANN_ERROR_IO. */
AANN_API aann_status aann_study_export(aann_study *study, const char *path, aann_error *error);

/* The path that the study was opened with, for messages. Owned by the study. */
AANN_API const char *aann_study_path(const aann_study *study);

/* What all members of a family share. */
typedef struct aann_family_row {
    /* 0 until stored */
    int64_t id;

    /* for people: "mnist" */
    const char *name;

    /* "classification" or "regression" */
    const char *task;

    /* canonical text, see aann_spec_format */
    const char *spec;

    /* shape of one sample */
    aann_shape input;
    double excitatory_share;

    /* JSON: where the data came from, checksums, split, encoding */
    const char *data;

    /* JSON: the search options, with all that determines the result */
    const char *options;

    /* version of aann that created the family */
    const char *software;

    /* Unix seconds */
    int64_t created;

    /* the memory of the texts in a row that was read; NULL in a row that you fill in */
    char *storage;
} aann_family_row;

/* Stores a family and fills in `id` and `created`. All texts must be set. */
AANN_API aann_status aann_study_add_family(aann_study *study, aann_family_row *family,
                                           aann_error *error);

/* Reads all families in order of id: families[*count]; free with aann_family_rows_destroy. */
AANN_API aann_status aann_study_families(aann_study *study, aann_family_row **families,
                                         size_t *count, aann_error *error);

/* Reads one family (AANN_ERROR_NOT_FOUND); free with aann_family_row_destroy. */
AANN_API aann_status aann_study_family(aann_study *study, int64_t id, aann_family_row *family,
                                       aann_error *error);

/* Replaces a stored family's options, when members or walks are added. One transaction. */
AANN_API aann_status aann_study_save_options(aann_study *study, int64_t family, const char *options,
                                             aann_error *error);
AANN_API void aann_family_row_destroy(aann_family_row *family);
AANN_API void aann_family_rows_destroy(aann_family_row *families, size_t count);

typedef enum aann_member_state {
    AANN_MEMBER_RUNNING = 0, /* has steps left, and a checkpoint unless it has not begun */
    AANN_MEMBER_DONE,        /* finished its budget or passed its threshold */
    AANN_MEMBER_FAILED       /* finished its budget without passing the family's threshold */
} aann_member_state;

/* One network of a family and how it was found. Accuracies are shares in [0, 1]; NAN where not
 * measured. For regression the accuracies are NAN and the losses mean squared errors. */
typedef struct aann_member_row {
    /* 0 until stored; unique in the study, counted from 1 */
    int64_t id;

    /* id of its family */
    int64_t family;

    /* 0, 1, ... within its family; selects its random numbers */
    int64_t index;
    uint64_t seed;
    aann_member_state state;

    /* "search", "walk", "path", "import", ... */
    char origin[32];

    /* id of the member it was derived from; 0 if none */
    int64_t parent;
    int64_t swaps_from_parent;

    /* candidates decided so far */
    uint64_t steps;

    /* candidates accepted so far */
    uint64_t accepted;

    /* aann_network_hash of the stored weights */
    uint64_t hash;
    double train_loss;
    double train_accuracy;
    double validation_loss;
    double validation_accuracy;
    double test_loss;
    double test_accuracy;

    /* search time, over all sessions */
    double seconds;
} aann_member_row;

/* One mark of a member's trace. */
typedef struct aann_trace_row {
    uint64_t step;
    double seconds;
    double temperature;
    double train_loss;
    double train_accuracy;

    /* NAN if not measured at this step */
    double validation_loss;
    double validation_accuracy;
    uint64_t accepted;

    /* image-candidates evaluated so far */
    uint64_t evaluated_samples;

    /* candidates decided and accepted so far in each layer, [layer_count]; layer_count 0: not known,
     * as in studies of aann 0.1, and for methods whose candidates belong to no layer */
    int32_t layer_count;
    uint64_t layer_candidates[AANN_MAX_LAYERS];
    uint64_t layer_accepted[AANN_MAX_LAYERS];
} aann_trace_row;

/* Adds a member with these weights and fills in its id and hash. */
AANN_API aann_status aann_study_add_member(aann_study *study, aann_member_row *member,
                                           const aann_network *network, aann_error *error);

/* Stores in one transaction: the member's row (by id), its weights, its checkpoint
 * state[state_size] (opaque to the study; NULL deletes it, for a finished member) and new trace
 * rows. */
AANN_API aann_status aann_study_save_member(aann_study *study, aann_member_row *member,
                                            const aann_network *network, const void *state,
                                            size_t state_size, const aann_trace_row *rows,
                                            size_t row_count, aann_error *error);

/* One of several members that are stored together. */
typedef struct aann_member_record {
    /* id 0: a new member; id and hash are filled in */
    aann_member_row *member;
    const aann_network *network;

    /* [state_size]: its checkpoint; NULL: none */
    const void *state;
    size_t state_size;

    /* [row_count]: new trace rows */
    const aann_trace_row *rows;
    size_t row_count;
} aann_member_record;

/* Stores records[count], new members and existing ones, in one transaction: all or none. */
AANN_API aann_status aann_study_save_members(aann_study *study, const aann_member_record *records,
                                             size_t count, aann_error *error);

/* Reads the members of a family (0: of all) in order of id: members[*count]; free with
 * aann_free. */
AANN_API aann_status aann_study_members(aann_study *study, int64_t family,
                                        aann_member_row **members, size_t *count,
                                        aann_error *error);

/* Reads one member's row (AANN_ERROR_NOT_FOUND); there is nothing to free. */
AANN_API aann_status aann_study_member(aann_study *study, int64_t id, aann_member_row *member,
                                       aann_error *error);

/* Reads a member's network and verifies its hash (AANN_ERROR_FORMAT if it differs). Free with
 * aann_network_destroy. */
AANN_API aann_status aann_study_network(aann_study *study, int64_t id, aann_network **network,
                                        aann_error *error);

/* Reads a member's checkpoint: (*state)[*size], for aann_free; *state is NULL if there is none. */
AANN_API aann_status aann_study_checkpoint(aann_study *study, int64_t id, void **state,
                                           size_t *size, aann_error *error);

/* Reads a member's trace in order of step: rows[*count]; free with aann_free. */
AANN_API aann_status aann_study_trace(aann_study *study, int64_t id, aann_trace_row **rows,
                                      size_t *count, aann_error *error);

/* A member's predictions on the samples of a split. They are stored so that comparing N members
 * costs N forward passes only once. */
typedef struct aann_prediction {
    /* "validation", "test": one prediction is stored per member and split */
    const char *split;

    /* a fingerprint of the samples, made by the caller */
    const char *samples;
    int64_t sample_count;
    int32_t outputs;
} aann_prediction;

/* Stores logits[sample_count][outputs] of the member's present weights and replaces older ones. One
 * transaction. */
AANN_API aann_status aann_study_save_prediction(aann_study *study, int64_t id,
                                                const aann_prediction *prediction,
                                                const int32_t *logits, aann_error *error);

/* Fills in logits[sample_count][outputs] and sets *found to true if they are stored for exactly
 * these samples and the member's present weights; otherwise sets *found to false. */
AANN_API aann_status aann_study_load_prediction(aann_study *study, int64_t id,
                                                const aann_prediction *prediction, int32_t *logits,
                                                bool *found, aann_error *error);

/* Characters of the fingerprint that aann_study_find_prediction gives, the final NUL included. */
enum { AANN_PREDICTION_NAME_SIZE = 64 };

/* Describes what is stored of the member's present weights on prediction->split, whatever samples
 * these were: fills in the other fields of *prediction, `samples` being name[], and sets *found to
 * true; otherwise sets *found to false. */
AANN_API aann_status aann_study_find_prediction(aann_study *study, int64_t id,
                                                aann_prediction *prediction,
                                                char name[AANN_PREDICTION_NAME_SIZE], bool *found,
                                                aann_error *error);

/* What the samples of a split really are: one truth is stored per family and split, so that stored
 * predictions can be judged without the data set. */
typedef struct aann_truth {
    /* "validation", "test" */
    const char *split;

    /* the fingerprint that the predictions have */
    const char *samples;
    int64_t sample_count;

    /* numbers per sample in a regression; 0: labels of classes */
    int32_t targets;
} aann_truth;

/* Stores labels[sample_count], or targets[sample_count][truth->targets] as the samples have them
 * (the other one is NULL), and replaces older ones. One transaction. */
AANN_API aann_status aann_study_save_truth(aann_study *study, int64_t family,
                                           const aann_truth *truth, const int32_t *labels,
                                           const float *targets, aann_error *error);

/* Reads the same, if it is stored for exactly these samples, as *labels or *targets, for aann_free;
 * otherwise both are NULL. */
AANN_API aann_status aann_study_load_truth(aann_study *study, int64_t family,
                                           const aann_truth *truth, int32_t **labels,
                                           float **targets, aann_error *error);

/* Stores what was measured of a family: JSON, under a name such as "experiment", which replaces
 * what had this name. The study does not look into it. One transaction. */
AANN_API aann_status aann_study_save_finding(aann_study *study, int64_t family, const char *name,
                                             const char *content, aann_error *error);

/* Reads it: *content for aann_free; NULL if there is none. */
AANN_API aann_status aann_study_load_finding(aann_study *study, int64_t family, const char *name,
                                             char **content, aann_error *error);

/* Finds the family whose finding of this name is the newest, and newer than every family: *family; 0
 * if there is none. */
AANN_API aann_status aann_study_find_finding(aann_study *study, const char *name, int64_t *family,
                                             aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
