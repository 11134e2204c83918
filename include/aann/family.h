/* Families: searching many members at once, storing them in a study, stopping and resuming.
 *
 * What determines a member's weights is separate from how they are computed. The first is stored in
 * the study as JSON, from which an interrupted family is re-created:
 *   aann_family_source -> aann_family_data   the samples: files, checksums, split, encoding
 *   aann_family_plan   the search: options, seed, number of members, threshold
 * The second never changes a result:
 *   aann_family_work   threads, time limit, checkpoints, reports, interruption
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
 *     aann_family_data_destroy(data);
 *
 * Thread safety: functions that take a study follow its rule (one thread at a time); any number of
 * threads may use the same aann_family_data. Everything else is plain values. */
#ifndef AANN_FAMILY_H
#define AANN_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/family_data.h"
#include "aann/geometry.h"
#include "aann/model.h"
#include "aann/network.h"
#include "aann/search.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what determines the result -------------------------------------------------------------- */

enum { AANN_MAX_STARTS = 64, AANN_MAX_PHASES = 16 };

/* Always start from aann_family_plan_default(). */
typedef struct aann_family_plan {
    /* the family's name, for people */
    const char *name;

    /* for every member; threads and isa are ignored (see aann_family_work), regression follows from
     * the data */
    aann_search_options search;

    /* the members have the indices 0 .. members - 1 under search.seed */
    int32_t members;

    /* [start_count]: member i starts from starts[i % start_count]. The family's options keep only
     * the starts' hashes; the networks themselves are stored as the members' first weights */
    const aann_network *const *starts;

    /* 0 to AANN_MAX_STARTS; 0: each member starts from its random network */
    int32_t start_count;

    /* a member is done when its validation accuracy (a share in [0, 1]) reaches this, and failed if
     * it never does; 0: no threshold. Measured every hundredth of search.steps */
    double threshold;

    /* derive search.steps from work.seconds by a calibration (docs/commands.md) */
    bool choose_steps;

    /* with choose_steps: phases, too, as aann_effort_plan (aann/phases.h) makes them. Members are
     * then not cut off when the time is over: they end with their steps, or stop, resumably, after
     * half as much time again */
    bool choose_phases;

    /* part `shard` of `shard_count` (from 1): this study gets only the members whose index modulo
     * shard_count is shard - 1. aann_family_merge (aann/merge.h) makes one study of the parts.
     * shard_count 0: all members */
    int32_t shard;
    int32_t shard_count;

    /* [phase_count]: a member is searched with these options, one after the other, from the network
     * with which the phase before ended; see aann/phases.h. search.steps is then the sum of their
     * steps, and the other options of `search` are those that no phase has */
    aann_search_options phases[AANN_MAX_PHASES];

    /* 0: one search with the options of `search` */
    int32_t phase_count;
} aann_family_plan;

AANN_API aann_family_plan aann_family_plan_default(void);

/* Writes a network for these data, such as "32-3", to text[size], and sets what goes with it in the
 * plan: loss scale, steps, members. plan may be NULL. False if only the user can know a network: the
 * data are no table, or there is no room. */
AANN_API bool aann_family_data_choose_network(const aann_family_data *data, char *text, size_t size,
                                              aann_family_plan *plan);

/* Sets what follows from the data, as the program does before it looks at the user's options:
 * weights of targets; for targets with units the output scale. */
AANN_API void aann_family_data_choose_plan(const aann_family_data *data, const aann_spec *spec,
                                           aann_family_plan *plan);

/* Writes the plan's search options as they are stored in aann_family_row.options (free with
 * aann_free), and reads them back. After parsing, plan->search.isa is NULL and threads 1. */
AANN_API aann_status aann_family_plan_format(const aann_family_plan *plan, char **json,
                                             aann_error *error);
AANN_API aann_status aann_family_plan_parse(const char *json, aann_family_plan *plan,
                                            aann_error *error);

/* The spec of a stored family, with its sparsity and share of +1. */
AANN_API aann_status aann_family_spec(const aann_family_row *family, aann_spec *spec,
                                      aann_error *error);

/* ---- what is stored -------------------------------------------------------------------------- */

/* A stored member with all that is needed to use it. */
typedef struct aann_member {
    aann_member_row row;
    aann_family_row family;

    /* the family's, as aann_family_plan_parse gives it */
    aann_family_plan plan;
    aann_spec spec;

    /* owned by the member */
    aann_network *network;
} aann_member;

/* Reads member `member_id`. The result is independent of the study; free with aann_member_destroy.
 * On failure there is nothing to free.
 *
 *     aann_member member;
 *     aann_member_open(study, 1, &member, &error);
 *     // ... member.network, member.spec, member.plan.search ...
 *     aann_member_destroy(&member);
 * */
AANN_API aann_status aann_member_open(aann_study *study, int64_t member_id, aann_member *member,
                                      aann_error *error);
AANN_API void aann_member_destroy(aann_member *member);

/* Makes a model (aann/model.h) of stored member `member_id`, with its family's encoding, class
 * names and targets. It needs no study any more; aann_model_save writes it to a file. Its
 * provenance is JSON: family, member, seed, steps, hash and search options, but no path. Free with
 * aann_model_destroy. */
AANN_API aann_status aann_family_model(aann_study *study, int64_t member_id, aann_model **model,
                                       aann_error *error);

/* The `scale` for aann_logits_score with members of this plan: output_scale for regression,
 * loss_scale for classification. */
AANN_API double aann_family_plan_scale(const aann_family_plan *plan);

/* Whether a member was found independently of others: by a search or an import, not on a walk, on a
 * path, as the top of one, or in a chain of samples. Statistics over pairs, such as distances
 * beside those of random networks, mean something among such members only. */
AANN_API bool aann_member_row_is_independent(const aann_member_row *member);

/* Which members of a family to open. Always start from aann_family_choice_default(). */
typedef struct aann_family_choice {
    /* [id_count]: these members, in this order; id_count 0: the members in order of id, as the next
     * three fields say */
    const int64_t *ids;
    int32_t id_count;

    /* without ids: include members that are not done */
    bool unfinished;

    /* without ids: members of this origin ("walk"), or the independent ones ("independent", see
     * aann_member_row_is_independent); NULL: all */
    const char *origin;

    /* without ids: at most this many; 0: all */
    int32_t limit;

    /* without ids: fewer members are an error (1) */
    int32_t minimum;

    /* read their networks too */
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

    /* [member_count], in the order of the members; NULL if not requested */
    aann_network **networks;
    int32_t member_count;

    /* members that would have been chosen, but for their origin */
    int32_t left_out;
} aann_family;

/* Reads family `family_id` (0: the last one of the study) and the chosen members. The result is
 * independent of the study; free with aann_family_destroy. On failure there is nothing to free.
 * Errors: not found (no such family or member, or fewer members than `minimum`), argument (a named
 * member of another family). */
AANN_API aann_status aann_family_open(aann_study *study, int64_t family_id,
                                      const aann_family_choice *choice, aann_family *family,
                                      aann_error *error);
AANN_API void aann_family_destroy(aann_family *family);

/* ---- how it is done -------------------------------------------------------------------------- */

/* The progress of a member: reported while it runs, and once when it has stopped. */
typedef struct aann_member_report {
    /* id in the study */
    int64_t id;

    /* index in the family */
    int64_t index;
    aann_member_state state;

    /* this is the last report of this member */
    bool stopped;

    /* candidates decided, of `steps`: in all phases */
    uint64_t step;
    uint64_t steps;
    uint64_t accepted;

    /* the phase that is searched, from 0, and how many there are; 0 and 1 without phases */
    int32_t phase;
    int32_t phases;

    /* recent speed */
    double candidates_per_second;

    /* recent speed in image-candidates: samples evaluated, over all candidates */
    double samples_per_second;
    double temperature;
    double train_loss;

    /* NAN until known */
    double train_accuracy;
    double validation_accuracy;
    double test_accuracy;

    /* NAN until known; the measures of regression */
    double validation_loss;
    double test_loss;

    /* of a search for reward: the mean over its tracks; otherwise NAN */
    double reward;

    /* search time so far, over all sessions */
    double seconds;

    /* estimated remaining time; NAN until known */
    double seconds_left;
} aann_member_report;

/* How the work is done. Nothing here changes a member's weights. Always start from
 * aann_family_work_default(). */
typedef struct aann_family_work {
    /* in total; 0: aann_processor_count() */
    int32_t threads;

    /* members that run at the same time, each on threads / parallel threads; 0: as many as threads,
     * members and memory allow */
    int32_t parallel;

    /* stop after this time, at a point that can be resumed; 0: no limit */
    double seconds;

    /* time between two checkpoints of a member (30) */
    double checkpoint_seconds;

    /* instruction set; NULL: the best of this machine */
    const char *isa;

    /* other processes that take members and walks, too (aann/ranks.h); NULL: none */
    const struct aann_hands *hands;

    /* called several times a second, by the calling thread, with the members that run or have just
     * stopped; NULL: no reports */
    void (*report)(void *context, const aann_member_report *members, size_t count);

    /* called often, by the calling thread: true stops all members at a point that can be resumed;
     * NULL: never. To stop from another thread, let it read an atomic flag */
    bool (*interrupted)(void *context);

    /* called once, by the calling thread, when the work waits because another program has a
     * transaction open on the study; NULL: no notice. The work continues when that transaction has
     * ended; `interrupted` ends the wait after ten seconds in all, with AANN_ERROR_LOCKED */
    void (*waits)(void *context);

    /* passed to all three */
    void *context;
} aann_family_work;

AANN_API aann_family_work aann_family_work_default(void);

/* Fails as aann_family_run would if these arguments do not go together; needs no study. */
AANN_API aann_status aann_family_check(const aann_spec *spec, const aann_family_data *data,
                                       const aann_family_plan *plan, const aann_family_work *work,
                                       aann_error *error);

/* Adds a family to the study (open for writing) and searches its members. Returns AANN_INTERRUPTED
 * if it was stopped or out of time before the end: unfinished members are then stored as
 * AANN_MEMBER_RUNNING, those that had begun with a checkpoint, and aann_family_resume continues.
 * *family_id is set as soon as the family is stored. Before that it is 0, also if the choice of the
 * steps was interrupted: then nothing is stored. */
AANN_API aann_status aann_family_run(aann_study *study, const aann_spec *spec,
                                     const aann_family_data *data, const aann_family_plan *plan,
                                     const aann_family_work *work, int64_t *family_id,
                                     aann_error *error);

/* Adds a family and its members' starts to the study without searching: aann_family_resume does
 * that, with the result that aann_family_run would have had. A plan with choose_steps is
 * AANN_ERROR_ARGUMENT. */
AANN_API aann_status aann_family_add(aann_study *study, const aann_spec *spec,
                                     const aann_family_data *data, const aann_family_plan *plan,
                                     int64_t *family_id, aann_error *error);

/* Counts the members of a stored family's plan and of its walks (aann/walk.h) that are not
 * finished. */
AANN_API aann_status aann_family_unfinished(aann_study *study, int64_t family_id, int64_t *count,
                                            aann_error *error);

/* Raises a stored family's number of members and adds the random starts of the new ones;
 * aann_family_resume searches them. The result is identical to a family created with this many
 * members. Fewer members than it has are AANN_ERROR_ARGUMENT, and so is a family that no search
 * found: of imported members, or a sample. */
AANN_API aann_status aann_family_grow(aann_study *study, int64_t family_id, int32_t members,
                                      aann_error *error);

/* Continues the unfinished members and walks of a stored family: the result has the same bits as
 * without the interruption. Returns AANN_INTERRUPTED as aann_family_run does. */
AANN_API aann_status aann_family_resume(aann_study *study, int64_t family_id,
                                        const aann_family_data *data, const aann_family_work *work,
                                        aann_error *error);

/* Adds a family of one member with weights that were found elsewhere (with the spec's counts). Its
 * origin is "import"; its losses and accuracies are measured here, on all splits. With `as_start`
 * the member is unfinished, so that aann_family_resume searches from it; otherwise it is done, or
 * failed if it misses the plan's threshold. */
AANN_API aann_status aann_family_import(aann_study *study, const aann_spec *spec,
                                        const aann_family_data *data, const aann_family_plan *plan,
                                        const aann_network *network, bool as_start,
                                        int64_t *family_id, aann_error *error);

/* ---- what the members answer ----------------------------------------------------------------- */

/* Which predictions to read or compute. Always start from aann_predictions_request_default(). */
typedef struct aann_predictions_request {
    /* [count]: ids of members of one spec */
    const int64_t *ids;
    int32_t count;

    /* "train", "validation" or "test": the name under which the study stores them */
    const char *split;

    /* the samples of that split */
    const aann_samples *samples;

    /* never changes the result (1) */
    int32_t threads;

    /* store computed predictions, and the samples' labels or targets, in the study, which must be
     * open for writing */
    bool keep;
} aann_predictions_request;

AANN_API aann_predictions_request aann_predictions_request_default(void);

/* Reads the members' logits from the study and computes the missing ones. Free with
 * aann_predictions_destroy. */
AANN_API aann_status aann_predictions_get(aann_study *study,
                                          const aann_predictions_request *request,
                                          aann_predictions *predictions, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
