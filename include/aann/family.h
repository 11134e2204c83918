/* Families: growing many members at once, storing them in a study, stopping and going on.
 *
 * What determines a member's weights is separate from how they are computed. The first is written
 * into the study as JSON, and a family that was interrupted is re-created from it alone:
 *   aann_family_source -> aann_family_data   the samples: files, check sums, split, encoding
 *   aann_family_plan   the search: options, seed, number of members, threshold
 * The second never changes a result:
 *   aann_family_work   threads, time limit, checkpoints, who is told, who may interrupt
 *
 *     aann_family_source source = aann_family_source_default();
 *     source.train = "mnist:train";
 *     source.test = "mnist:test";
 *     aann_family_data *data;
 *     aann_family_data_load(&source, &data, &error);
 *     aann_family_plan plan = aann_family_plan_default();
 *     plan.members = 4;
 *     aann_family_work work = aann_family_work_default();
 *     int64_t id;
 *     aann_family_run(study, &spec, data, &plan, &work, &id, &error);
 * */
#ifndef AANN_FAMILY_H
#define AANN_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/car_driver.h"
#include "aann/data.h"
#include "aann/geometry.h"
#include "aann/model.h"
#include "aann/network.h"
#include "aann/search.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* - data --------------------------------------------------------------------------------------- */

/* Where the samples come from, and how they are split and encoded. Always start from
 * aann_family_source_default(). */
typedef struct aann_family_source {
    /* a file, or the name of a fetched set: "mnist:train" */
    const char *train;

    /* the same; NULL: no test set */
    const char *test;

    /* of both; load.labels_path is that of the training file */
    aann_load_options load;

    /* labels_path of the test file */
    const char *test_labels;

    /* of the training file, its last samples are the validation split: a number of samples (1
     * and more), a share (below 1), 0 for none; negative: 5,000 of a fetched set, a tenth of a
     * file */
    double validation;

    /* search on the first so many of the other samples only; 0: on all of them */
    int64_t train_limit;

    /* fitted to the whole training file */
    aann_encoding_kind encoding;

    /* Data sets in memory instead of files: train, test, load and test_labels are then not looked
     * at. They are read during the call only, and `validation` takes a tenth where it is negative.
     * NULL: files */
    const aann_dataset *train_set;
    const aann_dataset *test_set;

    /* where data in memory came from, for people and programs: a JSON value, which is stored in
     * the study as it is; NULL: nothing to say */
    const char *provenance;
} aann_family_source;

AANN_API aann_family_source aann_family_source_default(void);

/* Samples ready for a search, and the JSON that says how to get them again. Never changed after it
 * was made: any number of threads may use it. */
typedef struct aann_family_data aann_family_data;

/* Loads, checks, splits and encodes. Word labels of the test set get the training set's numbers.
 * Fails if a split has no samples, or if there are neither labels nor targets. */
AANN_API aann_status aann_family_data_load(const aann_family_source *source,
                                           aann_family_data **data, aann_error *error);

/* The data of a stored family again. `train` and `test` are where its files are now; NULL: where
 * they were then. Fails with AANN_ERROR_FORMAT if the content is not the same, and with
 * AANN_ERROR_NOT_FOUND if the data were in memory and no file is given. */
AANN_API aann_status aann_family_data_reload(const aann_family_row *family, const char *train,
                                             const char *test, aann_family_data **data,
                                             aann_error *error);

/* Samples that are encoded already. Always start from aann_family_samples_default(). */
typedef struct aann_family_samples {
    /* of one shape and with the same kind of answers; NULL: no such split (train is needed) */
    const aann_samples *train;
    const aann_samples *validation;
    const aann_samples *test;

    /* how the inputs were encoded; NULL: not known, and aann_family_encode fails */
    const aann_encoding *encoding;

    /* [class_count], or NULL */
    const char *const *class_names;
    int32_t class_count;

    /* [target_count] of the samples, or NULL: see aann_dataset_target_mean */
    const float *target_mean;
    const float *target_scale;

    /* as in aann_family_source */
    const char *provenance;
} aann_family_samples;

AANN_API aann_family_samples aann_family_samples_default(void);

/* Data of samples in memory: they are checked (aann_samples_check) and copied. */
AANN_API aann_status aann_family_data_create(const aann_family_samples *samples,
                                             aann_family_data **data, aann_error *error);

/* The data of a stored family again, from memory. Data sets, for a family of data sets or of files;
 * samples, for one of samples (only train, validation and test are looked at). Fails with
 * AANN_ERROR_FORMAT if the content is not the same. */
AANN_API aann_status aann_family_data_reload_sets(const aann_family_row *family,
                                                  const aann_dataset *train,
                                                  const aann_dataset *test, aann_family_data **data,
                                                  aann_error *error);
AANN_API aann_status aann_family_data_reload_samples(const aann_family_row *family,
                                                     const aann_family_samples *samples,
                                                     aann_family_data **data, aann_error *error);

AANN_API void aann_family_data_destroy(aann_family_data *data); /* NULL is allowed */

/* The samples of a split; NULL if there are none. Owned by the data. */
AANN_API const aann_samples *aann_family_data_train(const aann_family_data *data);
AANN_API const aann_samples *aann_family_data_validation(const aann_family_data *data);
AANN_API const aann_samples *aann_family_data_test(const aann_family_data *data);
/* "train", "validation" or "test": the split of that name; NULL for any other. */
AANN_API const aann_samples *aann_family_data_split(const aann_family_data *data, const char *name);

/* What family.data holds. Owned by the data. */
AANN_API const char *aann_family_data_json(const aann_family_data *data);

/* Other data, encoded as this stored family's were: samples first..first+count-1 of the file (count
 * 0: to its end). Word labels get the family's numbers. With need_labels false, labels that do not
 * fit the family are dropped, and the last column of a CSV file that has none is a feature. */
AANN_API aann_status aann_family_encode(const aann_family_row *family, const char *path,
                                        const aann_load_options *load, int64_t first, int64_t count,
                                        bool need_labels, aann_samples **samples,
                                        aann_error *error);

/* Where a stored family's samples came from, and how many it has. */
typedef struct aann_data_origin {
    /* paths or names of sets; NULL: from memory, or no test set */
    const char *train;
    const char *test;

    /* given encoded, by aann_family_data_create */
    bool encoded;

    /* JSON that was given with data from memory; NULL: none */
    const char *provenance;

    int64_t train_count;
    int64_t validation_count;
} aann_data_origin;

/* One block, texts included: aann_free it. */
AANN_API aann_status aann_family_data_origin(const aann_family_row *family,
                                             aann_data_origin **origin, aann_error *error);

/* The words of a stored family's classes: *count is 0, and *names NULL, where they are plain
 * numbers. One block: aann_free(names) frees the words too. */
AANN_API aann_status aann_family_class_names(const aann_family_row *family, char ***names,
                                             int32_t *count, aann_error *error);

/* How its inputs were encoded; destroy with aann_encoding_destroy. AANN_ERROR_NOT_FOUND if its
 * samples were given encoded and nobody said how. */
AANN_API aann_status aann_family_encoding(const aann_family_row *family, aann_encoding *encoding,
                                          aann_error *error);

/* As one line of JSON (aann_free it), and back (AANN_ERROR_FORMAT). */
AANN_API aann_status aann_encoding_format(const aann_encoding *encoding, char **json,
                                          aann_error *error);
AANN_API aann_status aann_encoding_parse(const char *json, aann_encoding *encoding,
                                         aann_error *error);

/* What its targets stand for: mean[count] and scale[count], as aann_dataset_target_mean.
 * AANN_ERROR_NOT_FOUND if the data did not say, or have another number of targets. */
AANN_API aann_status aann_family_target_range(const aann_family_row *family, int32_t count,
                                              double *mean, double *scale, aann_error *error);

/* What the outputs of its members do at the wheel. AANN_ERROR_ARGUMENT if they are no drivers: a
 * driver was searched for on recorded drives (aann car record). */
AANN_API aann_status aann_family_car_outputs(const aann_family_row *family,
                                             aann_car_outputs *outputs, aann_error *error);

/* - what determines the result ----------------------------------------------------------------- */

enum { AANN_MAX_STARTS = 64 };

/* Always start from aann_family_plan_default(). */
typedef struct aann_family_plan {
    /* of the family, for people */
    const char *name;

    /* of every member; threads and isa are not used (see aann_family_work), regression follows
     * from the data */
    aann_search_options search;

    /* index 0 .. members - 1 under search.seed */
    int32_t members;
    /* Member i begins with starts[i % start_count]; start_count 0: at random networks of their own.
     * Only the starts' hashes are stored; what a member begins with is in the study. */

    /* [start_count] */
    const aann_network *const *starts;

    /* at most AANN_MAX_STARTS */
    int32_t start_count;

    /* a member is finished when its validation accuracy (a share in [0, 1]) reaches this; it has
     * failed if it never does; 0: none. Measured every hundredth of search.steps. */
    double threshold;

    /* search.steps follow from work.seconds, by a calibration (docs/commands.md) */
    bool choose_steps;
} aann_family_plan;

AANN_API aann_family_plan aann_family_plan_default(void);

/* The plan's search options as they are stored in family.options (aann_free them), and back.
 * options->isa is NULL, and threads 1, after parsing. */
AANN_API aann_status aann_family_plan_format(const aann_family_plan *plan, char **json,
                                             aann_error *error);
AANN_API aann_status aann_family_plan_parse(const char *json, aann_family_plan *plan,
                                            aann_error *error);

/* The spec of a stored family, with its sparsity and share of +1. */
AANN_API aann_status aann_family_spec(const aann_family_row *family, aann_spec *spec,
                                      aann_error *error);

/* - what is stored ----------------------------------------------------------------------------- */

/* A stored member with everything that is needed to use it. */
typedef struct aann_member {
    aann_member_row row;
    aann_family_row family;

    /* of the family, as aann_family_plan_parse gives it */
    aann_family_plan plan;
    aann_spec spec;

    /* owned by the member */
    aann_network *network;
} aann_member;

/* Reads member `member_id`. It is independent of the study afterwards; free with
 * aann_member_destroy. On failure there is nothing to free.
 *
 *     aann_member member;
 *     aann_member_open(study, 1, &member, &error);
 *     // ... member.network, member.spec, member.plan.search ...
 *     aann_member_destroy(&member);
 * */
AANN_API aann_status aann_member_open(aann_study *study, int64_t member_id, aann_member *member,
                                      aann_error *error);
AANN_API void aann_member_destroy(aann_member *member);

/* Stored member `member_id` as a model, with its family's encoding, class names and targets: what
 * aann_model_save writes and what needs no study (aann/model.h). Its provenance is JSON: family,
 * member, seed, steps, hash and the options of the search, and no path. Free with
 * aann_model_destroy. */
AANN_API aann_status aann_family_model(aann_study *study, int64_t member_id, aann_model **model,
                                       aann_error *error);

/* The scale that aann_logits_score takes for members of this plan:
 * output_scale for regression, loss_scale for classification. */
AANN_API double aann_family_plan_scale(const aann_family_plan *plan);

/* Which members of a family to open. Always start from aann_family_choice_default(). */
typedef struct aann_family_choice {
    /* [id_count]: these, in this order; id_count 0: the first ones in order of id */
    const int64_t *ids;
    int32_t id_count;

    /* of those that are not named: also members that are not done */
    bool unfinished;

    /* of those that are not named: no more than this; 0: all */
    int32_t limit;

    /* of those that are not named: fewer are an error (1) */
    int32_t minimum;

    /* read their networks */
    bool networks;
} aann_family_choice;

AANN_API aann_family_choice aann_family_choice_default(void);

/* A stored family with chosen members. */
typedef struct aann_family {
    aann_family_row row;

    /* as aann_family_plan_parse gives it */
    aann_family_plan plan;
    aann_spec spec;

    /* [member_count] */
    aann_member_row *members;

    /* [member_count], of the members in the same order; NULL where they were not asked for */
    aann_network **networks;
    int32_t member_count;
} aann_family;

/* Reads family `family_id` (0: the last one of the study) and the members chosen. It is independent
 * of the study afterwards; free with aann_family_destroy. On failure there is nothing to free.
 * Errors: not found (no such family or member, or fewer members than `minimum`), argument (a named
 * member of another family). */
AANN_API aann_status aann_family_open(aann_study *study, int64_t family_id,
                                      const aann_family_choice *choice, aann_family *family,
                                      aann_error *error);
AANN_API void aann_family_destroy(aann_family *family);

/* - how it is done ----------------------------------------------------------------------------- */

/* A member as it is reported while it runs, and once when it has stopped. */
typedef struct aann_member_report {
    /* in the study */
    int64_t id;

    /* in the family */
    int64_t index;
    aann_member_state state;

    /* the last report of this member */
    bool stopped;
    uint64_t step;

    /* the budget */
    uint64_t steps;
    uint64_t accepted;

    /* recently */
    double candidates_per_second;

    /* image-candidates: samples evaluated, over all candidates */
    double samples_per_second;
    double temperature;
    double train_loss;

    /* NAN until known, as are the next two */
    double train_accuracy;
    double validation_accuracy;
    double test_accuracy;

    /* the same; what there is to see in regression */
    double validation_loss;
    double test_loss;

    /* of a search for reward: the mean over its tracks; else NAN */
    double reward;

    /* of search so far, all sessions */
    double seconds;

    /* estimate; NAN until known */
    double seconds_left;
} aann_member_report;

/* Always start from aann_family_work_default(). Nothing in here changes a member's weights. */
typedef struct aann_family_work {
    /* in all; 0: as many as there are processors */
    int32_t threads;

    /* members at a time, each on threads / parallel of them; 0: as many as there are threads,
     * members and memory for */
    int32_t parallel;

    /* stop, at a point that can be resumed, after this time; 0: no limit */
    double seconds;

    /* between checkpoints of a member: 30 */
    double checkpoint_seconds;

    /* instruction set; NULL: the best there is */
    const char *isa;
    /* Called several times a second, from the calling thread, with the members that run or have
     * just stopped. */
    void (*report)(void *context, const aann_member_report *members, size_t count);
    /* Asked often, from the calling thread: true stops all members at a point that can be
     * resumed. To stop from another thread, let it read an atomic flag. */
    bool (*interrupted)(void *context);
    /* NULL, or called once, from the calling thread, when the work waits because another program
     * has a transaction open on the study. It goes on when that has ended; `interrupted` ends the
     * wait after ten seconds in all, with AANN_ERROR_LOCKED. */
    void (*waits)(void *context);
    void *context;
} aann_family_work;

AANN_API aann_family_work aann_family_work_default(void);

/* Fails as aann_family_run would where these do not go together, before there is a study. */
AANN_API aann_status aann_family_check(const aann_spec *spec, const aann_family_data *data,
                                       const aann_family_plan *plan, const aann_family_work *work,
                                       aann_error *error);

/* Adds a family to the study (opened for writing) and searches its members. AANN_INTERRUPTED
 * when it was stopped or out of time before the end: then members are left in AANN_MEMBER_RUNNING,
 * with a checkpoint where they had begun, and aann_family_resume goes on. *family_id is set as soon
 * as the family is stored; 0 before, also where choosing the steps was interrupted: then nothing is
 * stored. */
AANN_API aann_status aann_family_run(aann_study *study, const aann_spec *spec,
                                     const aann_family_data *data, const aann_family_plan *plan,
                                     const aann_family_work *work, int64_t *family_id,
                                     aann_error *error);

/* How many members of its plan, and of its walks (aann/walk.h), a stored family has not
 * finished. */
AANN_API aann_status aann_family_unfinished(aann_study *study, int64_t family_id, int64_t *count,
                                            aann_error *error);

/* Raises the number of members of a stored family and adds the new ones' random starts;
 * aann_family_resume searches them. The result is identical to a family created with this many
 * members. Fewer than it has is AANN_ERROR_ARGUMENT. */
AANN_API aann_status aann_family_grow(aann_study *study, int64_t family_id, int32_t members,
                                      aann_error *error);

/* Goes on with the unfinished members and walks of a stored family: the same bits in the end as
 * without the interruption. AANN_INTERRUPTED as aann_family_run. */
AANN_API aann_status aann_family_resume(aann_study *study, int64_t family_id,
                                        const aann_family_data *data, const aann_family_work *work,
                                        aann_error *error);

/* Adds a family of one member with these weights (of the spec's counts), found elsewhere: its
 * origin is "import", its losses and accuracies are measured here, on all splits. With `as_start`
 * it is unfinished, so that aann_family_resume searches from it; otherwise it is done, or failed if
 * it misses the plan's threshold. */
AANN_API aann_status aann_family_import(aann_study *study, const aann_spec *spec,
                                        const aann_family_data *data, const aann_family_plan *plan,
                                        const aann_network *network, bool as_start,
                                        int64_t *family_id, aann_error *error);

/* - what the members answer -------------------------------------------------------------------- */

/* Whose predictions of what. Always start from aann_predictions_request_default(). */
typedef struct aann_predictions_request {
    /* [count], members of one spec */
    const int64_t *ids;
    int32_t count;

    /* "train", "validation" or "test": under which the study keeps them */
    const char *split;

    /* of that split */
    const aann_samples *samples;

    /* never changes the result (1) */
    int32_t threads;

    /* keep in the study, which is open for writing, what had to be computed */
    bool keep;
} aann_predictions_request;

AANN_API aann_predictions_request aann_predictions_request_default(void);

/* Reads the members' logits of the samples from the study and computes those that are missing. Free
 * with aann_predictions_destroy. */
AANN_API aann_status aann_predictions_get(aann_study *study,
                                          const aann_predictions_request *request,
                                          aann_predictions *predictions, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
