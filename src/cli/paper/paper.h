/* The experiment `paper`: what its files share. One study, a list of families in it, and what was
 * measured of them. */
#ifndef AANN_CLI_PAPER_PAPER_H
#define AANN_CLI_PAPER_PAPER_H

#include <jansson.h>
#include <stdio.h>

#include "aann/ablation.h"
#include "aann/family.h"
#include "aann/geometry.h"
#include "cli/shared/session.h"
#include "cli/shared/task.h"

enum {
    PAPER_MOST_VALUES = 100,
    PAPER_MOST_FAMILIES = 256,
    PAPER_NAME = 64,
    PAPER_PATH = 4096,
    PAPER_BASELINES = 3
};

/* ---- settings (paper_settings.c) ------------------------------------------------------------- */

typedef struct paper_numbers {
    double values[PAPER_MOST_VALUES];
    int32_t count;
} paper_numbers;

/* A question that is not to be asked has no members, draws or values. */
typedef struct paper_settings {
    json_t *document; /* owns the strings */
    cli_task task;
    int64_t seed;
    aann_search_options search; /* of all families, unless a baseline says otherwise */
    int32_t existence_members;
    double existence_threshold; /* percent; only counted, never a reason to stop */
    int32_t sparsity_members;
    paper_numbers sparsity;
    int32_t excitatory_members;
    paper_numbers excitatory;
    int32_t null_draws;
    int32_t lesion_draws;
    double lesion_from, lesion_to, lesion_step;
    paper_numbers lesions; /* percent of the synapses: from, from + step, ..., to */
    paper_numbers shared_weights;
    int32_t baseline_members;
    bool has_baseline[PAPER_BASELINES]; /* hill, random, genetic */
    aann_search_options baseline[PAPER_BASELINES];
    const char *split; /* that members are judged on */
    int64_t samples;   /* of it, the first ones, for lesions, nulls and shared weights; 0: all */
} paper_settings;

/* The settings that --print-settings prints. */
extern const char paper_default_settings[];

/* Reads settings (a file, or NULL: the default ones) for a scale. Free with
 * paper_settings_clear. */
aann_status paper_settings_read(const char *path, const char *scale, paper_settings *settings,
                                aann_error *error);
void paper_settings_clear(paper_settings *settings);

/* ---- families (paper_families.c) ------------------------------------------------------------- */

typedef enum paper_question {
    PAPER_EXISTENCE,
    PAPER_SPARSITY,
    PAPER_EXCITATORY,
    PAPER_BASELINE
} paper_question;

typedef struct paper_family {
    char name[PAPER_NAME]; /* in the study */
    paper_question question;
    double x; /* percent of zeros, share of +1; number of the baseline */
    aann_spec spec;
    aann_search_options search;
    int64_t id;
    aann_member_row *rows; /* [count] */
    int32_t count;
} paper_family;

typedef struct paper {
    const paper_settings *settings;
    const char *folder;
    char study_path[PAPER_PATH];
    char pictures[PAPER_PATH]; /* the folder of pictures */
    aann_study *study;
    aann_family_data *data;
    const aann_samples *judged; /* the split that members are judged on */
    aann_samples measured;      /* its first samples; a view */
    aann_spec spec;             /* of the task */
    bool regression;
    int32_t threads;
    cli_session session;
    paper_family families[PAPER_MOST_FAMILIES];
    int32_t family_count;
    bool stopped; /* by a signal */
} paper;

/* Lists the families that the settings ask for. */
aann_status paper_plan_families(paper *p, aann_error *error);
/* Searches those that are not in the study yet, goes on with those that are not finished, and reads
 * all of them. Sets p->stopped if it was interrupted. */
aann_status paper_find_families(paper *p, aann_error *error);
/* The family of existence, or NULL. */
const paper_family *paper_existence(const paper *p);

/* ---- measures (paper_measures.c) ------------------------------------------------------------- */

/* Every member of existence with every change. */
typedef struct paper_measures {
    aann_ablation *changes; /* [change_count]; the first is none */
    int64_t change_count;
    aann_ablation_result *results; /* [members][change_count] */
    aann_summary distance;         /* between the members of existence */
    aann_chance chance;
    double guess; /* score of the best constant answer; NAN for regression */
} paper_measures;

aann_status paper_measure(paper *p, paper_measures *measures, aann_error *error);
void paper_measures_clear(paper_measures *measures);

/* What a member is judged by: accuracy in percent, or for regression the loss. */
double paper_score_of_member(const paper *p, const aann_member_row *member);
const char *paper_score_label(const paper *p); /* "accuracy on the test split (%)" */

aann_ablation paper_change(aann_ablation_kind kind, int32_t layer, double amount);
/* Summary of the scores after this change, over members and draws. */
aann_status paper_summarise(const paper *p, const paper_measures *measures, aann_ablation change,
                            aann_summary *summary, aann_error *error);
/* Of a family's members: their scores on the split judged on, or on the validation split. */
typedef enum paper_split { PAPER_JUDGED, PAPER_VALIDATION } paper_split;
aann_status paper_summarise_family(const paper *p, const paper_family *family, paper_split split,
                                   aann_summary *summary, aann_error *error);

/* ---- results (tables.c, pictures.c, report.c, page.c) ------------------------------ */

aann_status paper_write_tables(const paper *p, const paper_measures *measures, aann_error *error);
aann_status paper_draw(const paper *p, const paper_measures *measures, aann_error *error);
aann_status paper_write_report(const paper *p, const paper_measures *measures, aann_error *error);
aann_status paper_write_page(const paper *p, const paper_measures *measures, aann_error *error);

/* "all layers", "16C5" */
const char *paper_layer_name(const paper *p, int32_t layer, char text[48]);
/* The member of the family that is best on the validation split (training, where there is none). */
const aann_member_row *paper_best(const paper *p, const paper_family *family);
/* The trace's last line of a member: candidates and samples that it took. */
aann_status paper_effort(const paper *p, int64_t member, double *samples, aann_error *error);

/* A text file in the folder, as cli_file_open and cli_file_close do it. */
FILE *paper_open_file(const paper *p, const char *name, aann_error *error);
aann_status paper_close_file(const paper *p, const char *name, FILE *file, aann_error *error);

#endif
