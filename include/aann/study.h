/* The study file: families, members, weights, traces and checkpoints in one SQLite database.
 *
 * One writer at a time; readers (list, show, eval) are never blocked by it. Every call that writes
 * is one transaction: a process killed at any moment leaves the study as it was before or after the
 * call. A study is recognised by its application_id, and its user_version is the schema: every
 * released schema opens for ever, a newer one is refused with AANN_ERROR_VERSION, anything else
 * with AANN_ERROR_FORMAT.
 *
 * A failed call changes nothing. Rows that are handed out own their texts and go to the matching
 * _destroy; arrays of plain values go to aann_free.
 *
 * A study belongs to one thread at a time; several threads open it several times, one of them for
 * writing. Rows are plain data. */
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

    /* must exist; takes the writer's lock (AANN_ERROR_LOCKED if somebody has it) */
    AANN_STUDY_WRITE,

    /* creates it, or opens an existing one as WRITE does */
    AANN_STUDY_CREATE
} aann_study_mode;

/* The path ":memory:" with AANN_STUDY_CREATE is a study without a file or a lock, for a program
 * that wants members and no study on the disk; it ends when it is closed. (A file of that name is
 * "./:memory:".) A handle belongs to one thread at a time; open a file once more for another
 * thread. */
AANN_API aann_status aann_study_open(const char *path, aann_study_mode mode, aann_study **study,
                                     aann_error *error);
AANN_API void aann_study_close(aann_study *study);

/* Writes the study, in memory or not, as it is now to a new file, which appears whole or not at
 * all. AANN_ERROR_IO if there is anything at `path`: nothing is ever overwritten. */
AANN_API aann_status aann_study_export(aann_study *study, const char *path, aann_error *error);

/* The path that it was opened with, for messages. Owned by the study. */
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

    /* of one sample */
    aann_shape input;
    double excitatory_share;

    /* JSON: where the data came from, checksums, split, encoding */
    const char *data;

    /* JSON: the search options, everything that determines the result */
    const char *options;

    /* version of aann that created it */
    const char *software;

    /* Unix seconds */
    int64_t created;

    /* where the texts are, in a row that was read; NULL in a row of your own */
    char *storage;
} aann_family_row;

/* Stores a family and fills in its id and created. All strings must be set. */
AANN_API aann_status aann_study_add_family(aann_study *study, aann_family_row *family,
                                           aann_error *error);
/* families[count], in order of id; free with aann_family_rows_destroy. */
AANN_API aann_status aann_study_families(aann_study *study, aann_family_row **families,
                                         size_t *count, aann_error *error);
AANN_API aann_status aann_study_family(aann_study *study, int64_t id, aann_family_row *family,
                                       aann_error *error);
/* Replaces a stored family's options: for what is added to it later (more members, walks). One
 * transaction. */
AANN_API aann_status aann_study_save_options(aann_study *study, int64_t family, const char *options,
                                             aann_error *error);
AANN_API void aann_family_row_destroy(aann_family_row *family);
AANN_API void aann_family_rows_destroy(aann_family_row *families, size_t count);

typedef enum aann_member_state {
    AANN_MEMBER_RUNNING = 0, /* has a checkpoint (or nothing yet) and steps left */
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

    /* 0, 1, ... within its family: selects its random numbers */
    int64_t index;
    uint64_t seed;
    aann_member_state state;

    /* "search", "walk", "path", "import", ... */
    char origin[32];

    /* id of the member it was derived from; 0 if none */
    int64_t parent;
    int64_t swaps_from_parent;

    /* candidates seen so far */
    uint64_t steps;

    /* candidates accepted so far */
    uint64_t accepted;

    /* aann_network_hash of the weights stored */
    uint64_t hash;
    double train_loss;
    double train_accuracy;
    double validation_loss;
    double validation_accuracy;
    double test_loss;
    double test_accuracy;

    /* of search, all sessions added up */
    double seconds;
} aann_member_row;

/* One line of a member's history. */
typedef struct aann_trace_row {
    uint64_t step;
    double seconds;
    double temperature;
    double train_loss;
    double train_accuracy;

    /* NAN where not measured at this step, as is the next */
    double validation_loss;
    double validation_accuracy;
    uint64_t accepted;

    /* image-candidates evaluated so far */
    uint64_t evaluated_samples;
} aann_trace_row;

/* Adds a member with the given weights (packed inside) and fills in its id and hash. */
AANN_API aann_status aann_study_add_member(aann_study *study, aann_member_row *member,
                                           const aann_network *network, aann_error *error);
/* One transaction: the member's row (by id), its weights, its checkpoint (state[state_size], opaque
 * to the study, NULL deletes it: the member is finished) and new trace rows. */
AANN_API aann_status aann_study_save_member(aann_study *study, aann_member_row *member,
                                            const aann_network *network, const void *state,
                                            size_t state_size, const aann_trace_row *rows,
                                            size_t row_count, aann_error *error);
/* One of several members that are stored together. */
typedef struct aann_member_record {
    /* id 0: a new one; id and hash are filled in */
    aann_member_row *member;
    const aann_network *network;

    /* [state_size] its checkpoint; NULL: none */
    const void *state;
    size_t state_size;

    /* [row_count]: new ones */
    const aann_trace_row *rows;
    size_t row_count;
} aann_member_record;

/* Stores records[count], new members and old ones, in one transaction: all of them or none. */
AANN_API aann_status aann_study_save_members(aann_study *study, const aann_member_record *records,
                                             size_t count, aann_error *error);
/* members[count] of a family (0: of all), in order of id; free with aann_free. */
AANN_API aann_status aann_study_members(aann_study *study, int64_t family,
                                        aann_member_row **members, size_t *count,
                                        aann_error *error);
AANN_API aann_status aann_study_member(aann_study *study, int64_t id, aann_member_row *member,
                                       aann_error *error);
/* The member's network; verified against its hash (AANN_ERROR_FORMAT if it differs). */
AANN_API aann_status aann_study_network(aann_study *study, int64_t id, aann_network **network,
                                        aann_error *error);
/* The checkpoint's state, to be freed with aann_free; *state is NULL if the member has none. */
AANN_API aann_status aann_study_checkpoint(aann_study *study, int64_t id, void **state,
                                           size_t *size, aann_error *error);
/* rows[count] in order of step; free with aann_free. */
AANN_API aann_status aann_study_trace(aann_study *study, int64_t id, aann_trace_row **rows,
                                      size_t *count, aann_error *error);

/* What a member answers to the samples of a split, kept so that comparing N members costs N forward
 * passes, once. */
typedef struct aann_prediction {
    /* "validation", "test": one prediction is kept per member and split */
    const char *split;

    /* which samples these were, to the bit: a fingerprint of the caller's */
    const char *samples;
    int64_t sample_count;
    int32_t outputs;
} aann_prediction;

/* Stores logits[sample_count][outputs] of the member's present weights, in place of older ones. One
 * transaction. */
AANN_API aann_status aann_study_save_prediction(aann_study *study, int64_t id,
                                                const aann_prediction *prediction,
                                                const int32_t *logits, aann_error *error);
/* Fills logits[sample_count][outputs] and sets *found, if they are stored for exactly these samples
 * and the member's present weights; *found is false if they are not. */
AANN_API aann_status aann_study_load_prediction(aann_study *study, int64_t id,
                                                const aann_prediction *prediction, int32_t *logits,
                                                bool *found, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
