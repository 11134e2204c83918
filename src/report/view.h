/* What a report is made from, and how its parts are written. Each part is one function, in a file
 * named after it; all take the same view. */
#ifndef AANN_REPORT_VIEW_H
#define AANN_REPORT_VIEW_H

#include "aann/report.h"
#include "core/error.h"
#include "report/json.h"

/* Significant digits of numbers that are drawn and not read. */
enum { AANN_REPORT_DRAWN_DIGITS = 5 };

/* What members answer to a split. */
typedef struct aann_report_answers {
    aann_predictions predictions; /* of the first `count` compared members that have any */
    int32_t *members;             /* [count]: their places among the compared */
    int32_t count;                /* 0: there are no answers, and `absent` says why */
    const int32_t *labels;        /* [sample_count], or NULL: unknown, or a regression */
    const float *targets;         /* [sample_count][outputs], or NULL likewise */
    int32_t *stored_labels;       /* the same, if they are from the study */
    float *stored_targets;
    uint16_t *classes; /* [count][sample_count] answers; NULL for regression */
    char absent[AANN_MESSAGE_SIZE];
} aann_report_answers;

typedef struct aann_report_view {
    aann_study *study;
    const aann_report_options *options;

    /* with all members, without their networks */
    aann_family family;
    int64_t unfinished;
    bool regression;
    bool driver;
    aann_car_outputs outputs; /* of drivers */

    /* NULL: not at hand, and `absent` says why */
    const aann_family_data *data;
    aann_family_data *loaded; /* the same, if it is the report's own */
    char absent[AANN_MESSAGE_SIZE];

    /* whose answers are shown; NULL: the family has no such split */
    const char *split;
    const aann_samples *samples; /* NULL: not at hand */

    /* words, or NULL; one block */
    char **class_names;
    int32_t class_count;

    /* [compared_count]: places in family.members of the members that are compared, and their
     * networks. Finished members of searches; if there are fewer than two, whatever there is */
    int32_t *compared;
    aann_network **networks;
    int32_t compared_count;
    bool compares_unfinished;

    /* [wired_count]: places among the compared, the best one first, the worst one last */
    int32_t wired[AANN_REPORT_WIRED];
    int32_t wired_count;

    aann_report_answers answers;

    /* JSON: the questions of an experiment, from the options or else from the study; NULL: none */
    const char *experiment;
    char *stored_experiment;
    aann_json json;
} aann_report_view;

/* Reads the study. Clear with aann_report_view_clear, whatever this returned. */
aann_status aann_report_view_open(aann_study *study, const aann_report_options *options,
                                  aann_report_view *view, aann_error *error);
void aann_report_view_clear(aann_report_view *view);

/* Reports progress and asks whether to stop: AANN_INTERRUPTED if so. */
aann_status aann_report_step(const aann_report_view *view, const char *what, int64_t done,
                             int64_t all);

/* The member at a place among the compared. */
const aann_member_row *aann_report_compared(const aann_report_view *view, int32_t place);

/* [n]: ids of the first `count` compared members, as "id". */
void aann_report_ids(aann_report_view *view, int32_t count);

/* The number that a member is judged by, larger is better: of the validation split, else of the
 * training set; the test set chooses nothing. NAN: not measured. */
double aann_report_score(const aann_report_view *view, const aann_member_row *member);

/* Here, so that the static analyser sees what it returns. */
static inline aann_status aann_report_no_memory(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a report");
}

/* The name of a regression's output, for people. */
void aann_report_put_target_name(aann_report_view *view, const char *key, int32_t target);

/* Unix seconds as "2026-11-28T19:05:00Z"; null if no calendar has that time. */
void aann_report_put_time(aann_json *json, const char *key, int64_t seconds);

/* ---- the parts, in the order of the page ----------------------------------------------------- */

aann_status aann_report_put_study(aann_report_view *view, aann_error *error);
aann_status aann_report_put_family(aann_report_view *view, aann_error *error);
aann_status aann_report_put_members(aann_report_view *view, aann_error *error);
aann_status aann_report_put_traces(aann_report_view *view, aann_error *error);
aann_status aann_report_put_votes(aann_report_view *view, aann_error *error);
aann_status aann_report_put_distances(aann_report_view *view, aann_error *error);
aann_status aann_report_put_confusion(aann_report_view *view, aann_error *error);
aann_status aann_report_put_samples(aann_report_view *view, aann_error *error);
aann_status aann_report_put_weights(aann_report_view *view, aann_error *error);
aann_status aann_report_put_scatter(aann_report_view *view, aann_error *error);
aann_status aann_report_put_walk(aann_report_view *view, aann_error *error);
aann_status aann_report_put_path(aann_report_view *view, aann_error *error);
aann_status aann_report_put_drive(aann_report_view *view, aann_error *error);
aann_status aann_report_put_experiment(aann_report_view *view, aann_error *error);

/* Reads view->experiment. */
aann_status aann_report_experiment_open(aann_report_view *view, aann_error *error);

/* The family that an experiment was about, if that is the last thing that the study was used for;
 * otherwise 0. */
aann_status aann_report_experiment_family(aann_study *study, int64_t *family, aann_error *error);

/* Reads or computes view->answers. */
aann_status aann_report_answers_read(aann_report_view *view, aann_error *error);

/* The samples that members answer to, as far as their truth is needed: without inputs where the data
 * set is not at hand. */
aann_samples aann_report_judged(const aann_report_view *view);

/* The members whose wiring is shown, by their places among those that answer: voters[AANN_REPORT_WIRED].
 * Returns how many. */
int32_t aann_report_wired_voters(const aann_report_view *view, int32_t *voters);

#endif
