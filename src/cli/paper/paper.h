/* The experiment `paper`: what its files share. One study, a list of families in it, and what was
 * measured of them. */
#ifndef AANN_CLI_PAPER_PAPER_H
#define AANN_CLI_PAPER_PAPER_H

#include <jansson.h>
#include <stdio.h>

#include "aann/ablation.h"
#include "aann/connect.h"
#include "aann/drive.h"
#include "aann/family.h"
#include "aann/geometry.h"
#include "aann/intervals.h"
#include "aann/measures.h"
#include "aann/nulls.h"
#include "aann/picture.h"
#include "cli/shared/session.h"
#include "cli/shared/task.h"

enum {
    PAPER_MOST_VALUES = 100, /* of a list */
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

/* The dynamic task: families of drivers, searched on recorded drives of the expert. */
typedef struct paper_driving_settings {
    bool asked;
    const char *net;     /* NULL: the preset's */
    cli_reals sparsity;  /* by layer, of the first family; the preset's */
    int32_t members;     /* of every family */
    paper_numbers zeros; /* percent in every layer, of further families */
    int32_t episodes;    /* tracks that the expert drives for the recording */
    int32_t tracks;      /* that rewards are measured on, from first_track on */
    int64_t first_track;
    int32_t draws;         /* of lesions and shuffles */
    paper_numbers lesions; /* percent of the synapses */
    aann_search_options search;
} paper_driving_settings;

/* A question that is not to be asked has no members, draws or values. */
typedef struct paper_settings {
    json_t *document; /* owns the strings */
    cli_task task;
    int64_t seed;
    aann_search_options search; /* of all families, unless a baseline says otherwise */
    bool has_loss_scale;        /* search says one; otherwise each network has that of the rule */
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
    bool relations; /* distances, similarity and ensembles are asked for */
    int32_t restarts;
    int32_t similarity_samples;
    int32_t connect_members; /* 0: no paths */
    int32_t connect_doublings;
    int32_t baseline_members;
    bool has_baseline[PAPER_BASELINES]; /* hill, random, genetic */
    aann_search_options baseline[PAPER_BASELINES];
    bool baseline_has_loss_scale[PAPER_BASELINES];
    paper_driving_settings driving;
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

/* ---- families (families.c) ------------------------------------------------------------------- */

typedef enum paper_question {
    PAPER_EXISTENCE,
    PAPER_SPARSITY,
    PAPER_EXCITATORY,
    PAPER_BASELINE,
    PAPER_DRIVERS
} paper_question;

typedef struct paper_family {
    char name[PAPER_NAME]; /* in the study */
    paper_question question;
    double x; /* percent of zeros, share of +1; number of the baseline */
    aann_spec spec;
    aann_search_options search;
    const aann_family_data *data;
    int32_t wanted; /* members that were asked for */
    int64_t id;
    aann_member_row *rows; /* [count]: independent members, no walks or paths */
    int32_t count;
} paper_family;

typedef struct paper {
    const paper_settings *settings;
    const char *folder;
    char study_path[PAPER_PATH];
    char pictures[PAPER_PATH]; /* the folder of pictures */
    aann_study *study;
    aann_family_data *data;
    aann_family_data *drives;   /* of the drivers; NULL: not asked for, or not recorded yet */
    const aann_samples *judged; /* the split that members are judged on */
    aann_samples measured;      /* its first samples; a view */
    aann_spec spec;             /* of the task */
    bool regression;
    int32_t threads;
    int32_t shard, shard_count; /* only this part of the members; 0, 0: all */
    cli_session session;
    paper_family families[PAPER_MOST_FAMILIES];
    int32_t family_count;
    bool stopped; /* by a signal */
} paper;

/* Lists the families that the settings ask for; those of drivers once p->drives is there. Each
 * family has a seed of its own, which follows from the settings' seed, its question and its value,
 * so that no two points share members. Baselines alone have the seed of existence: their members
 * start from the same networks, and are compared in pairs. */
aann_status paper_plan_families(paper *p, aann_error *error);
aann_status paper_plan_drivers(paper *p, aann_error *error);
/* Members of the family that belong into this study: all, or those of the shard. */
int32_t paper_members_here(const paper *p, const paper_family *family);
/* The plan that the family is searched with. */
aann_family_plan paper_family_plan(const paper *p, const paper_family *family);
/* Searches those that are not in the study yet, goes on with those that are not finished, and reads
 * all of them. Sets p->stopped if it was interrupted. */
aann_status paper_find_families(paper *p, aann_error *error);
/* The family of existence, or NULL. */
const paper_family *paper_existence(const paper *p);

/* ---- the dynamic task (driving.c) ------------------------------------------------------------ */

/* Records the expert's drives into the folder, unless they are there, and loads them. */
aann_status paper_load_drives(paper *p, aann_error *error);
/* A few drives in memory, to time searches on. */
aann_status paper_sample_drives(paper *p, aann_error *error);
/* The network of the drivers, with the sparsity of the first family. */
aann_status paper_driver_spec(const paper *p, aann_spec *spec, aann_error *error);

/* What drives after which change. */
typedef enum paper_road { PAPER_ROAD_WHOLE, PAPER_ROAD_COLOURS, PAPER_ROAD_CHANGED } paper_road;

/* One condition: all members of a family on all tracks. */
typedef struct paper_drive {
    int32_t family; /* index in p->families */
    paper_road road;
    aann_ablation change; /* of PAPER_ROAD_CHANGED */
    aann_lap *laps;       /* [members][tracks] */
} paper_drive;

typedef struct paper_drives {
    paper_drive *list; /* [count] */
    int32_t count;
    aann_lap *expert; /* [tracks] */
} paper_drives;

/* The condition's change, with the draw that this member (0 is the first) has of it. */
aann_ablation paper_drive_change(const paper *p, const paper_drive *drive, int32_t member);
aann_status paper_measure_drives(const paper *p, paper_drives *drives, aann_error *error);
void paper_drives_clear(paper_drives *drives);

/* ---- measures (measures.c) ------------------------------------------------------------------- */

/* A summary over independent members. */
typedef struct paper_summary {
    aann_summary members;
    aann_interval mean; /* 95 % of their mean (Student) */
} paper_summary;

/* Every member of existence with every change. */
typedef struct paper_measures {
    aann_ablation *changes; /* [change_count]; the first is none */
    int64_t change_count;
    aann_ablation_result *results; /* [members][change_count] */
    aann_score *nulls;             /* [AANN_NULL_COUNT][members][null_draws] */
    aann_summary distance;         /* between the members of existence */
    aann_chance chance;
    double guess;              /* score of the best constant answer; NAN for regression */
    int32_t certified;         /* members above the threshold; -1: not asked */
    int64_t certified_samples; /* on so many */
    paper_drives drives;
} paper_measures;

/* One of the changes, with the draw that this member (0 is the first) has of it. */
aann_ablation paper_change_of_member(const paper *p, const paper_measures *measures, int64_t member,
                                     int64_t change);
aann_status paper_measure(paper *p, paper_measures *measures, aann_error *error);
void paper_measures_clear(paper_measures *measures);

/* What a member is judged by: accuracy in percent, or for regression the loss. */
double paper_score_of_member(const paper *p, const aann_member_row *member);
double paper_validation_of_member(const paper *p, const aann_member_row *member);
const char *paper_score_label(const paper *p); /* "accuracy on the test split (%)" */
const char *paper_validation_label(const paper *p);

/* The same of changed members: "accuracy on the first 2000 samples of the test split (%)". */
enum { PAPER_LABEL = 96 };
const char *paper_measured_label(const paper *p, char text[PAPER_LABEL]);

/* Of values[count], one of each independent member. */
aann_status paper_summarise_values(const double *values, int64_t count, paper_summary *summary,
                                   aann_error *error);

aann_ablation paper_change(aann_ablation_kind kind, int32_t layer, double amount);
/* Summary over the members; the value of a member is the mean of its scores over the draws. */
aann_status paper_summarise(const paper *p, const paper_measures *measures, aann_ablation change,
                            paper_summary *summary, aann_error *error);
/* The same after shuffles that keep some structure. */
aann_status paper_summarise_null(const paper *p, const paper_measures *measures, aann_null null,
                                 paper_summary *summary, aann_error *error);
/* Whether it moves anything: in kernels of one weight there is nothing to shuffle. */
bool paper_null_shuffles(const aann_spec *spec, aann_null null);
/* Mean number of weights that a lesion deletes. */
double paper_deleted(const paper_measures *measures, aann_ablation change);
int64_t paper_synapses(const aann_spec *spec);
/* Of a family's members: their scores on the split judged on, or on the validation split. */
typedef enum paper_split { PAPER_JUDGED, PAPER_VALIDATION } paper_split;
aann_status paper_summarise_family(const paper *p, const paper_family *family, paper_split split,
                                   paper_summary *summary, aann_error *error);
/* Of its members on a condition: the mean reward of each over the tracks. */
aann_status paper_summarise_drive(const paper *p, const paper_drive *drive, paper_summary *summary,
                                  double *finished, aann_error *error);

/* The first family of drivers after every change, all draws together. */
typedef struct paper_drive_summary {
    const paper_drive *drive; /* the first draw */
    char name[64];
    paper_summary reward;
    double finished; /* laps, percent */
} paper_drive_summary;

/* Fills in list[*count], room for PAPER_MOST_VALUES + 3 (ask_drivers.c). */
aann_status paper_summarise_drives(const paper *p, const paper_drives *drives,
                                   paper_drive_summary *list, int32_t *count, aann_error *error);

/* ---- methods at equal budgets (methods.c) ---------------------------------------------------- */

/* What the compared members of a method had found when they had decided as many candidates as the
 * search had at its end, or evaluated as many samples as all of them did: by their traces. */
typedef struct paper_method {
    const paper_family *family;
    int32_t members;   /* compared: the first ones, of the same starts in all methods */
    double samples;    /* evaluated at the end, mean */
    double seconds;    /* mean */
    double train_loss; /* at the end, mean */
    double *at_end;    /* [members]: validation scores */
    double
        *at_candidates; /* [members]; all NAN where the method ended earlier, or where a member was
                              first measured later */
    double *at_samples; /* [members]; the same */
    const aann_member_row *best; /* on the validation split, at the end */
} paper_method;

typedef struct paper_methods {
    paper_method list[1 + PAPER_BASELINES]; /* the search first */
    int32_t count;
    double candidates; /* the budgets */
    double samples;
} paper_methods;

aann_status paper_compare_methods(const paper *p, paper_methods *methods, aann_error *error);
void paper_methods_clear(paper_methods *methods);

/* Mean, smallest and largest validation score of the compared members at these numbers of samples
 * evaluated: [count] each, NAN below the first mark. */
aann_status paper_learned(const paper *p, const paper_method *method, const double *samples,
                          int32_t count, double *mean, double *low, double *high,
                          aann_error *error);

/* ---- relations between the members of existence (relations.c) -------------------------------- */

typedef struct paper_relations {
    aann_measures measures;
    int32_t ensemble_count; /* 0: no ensembles */
    double *greedy;         /* [ensemble_count]: chosen on validation; accuracy when judged */
    double *random;         /* [ensemble_count]: mean over random orders */
    double best_alone;      /* judged, of the member best on validation */
    int64_t only_together, only_alone; /* samples right in one of all members, best member */
    aann_connections connections;
    bool connected; /* paths were asked for */
} paper_relations;

aann_status paper_relate(paper *p, paper_relations *relations, aann_error *error);
void paper_relations_clear(paper_relations *relations);

/* ---- sections (sections.c) ------------------------------------------------------------------- */

/* The report is a list of sections, each built once as JSON and written twice: as Markdown, and for
 * the page (report.h of the library). A section has a question, a text, perhaps a table, lines,
 * pictures, a note and commands. */
json_t *paper_add_section(json_t *sections, const char *question, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void paper_add_note(json_t *section, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* decimals -1: as many as it takes. */
void paper_add_column(json_t *section, const char *name, int decimals);
/* A row whose first cell is a text, or (NULL) empty. */
json_t *paper_add_row(json_t *section, const char *first);
void paper_add_number(json_t *row, double value);
void paper_add_text(json_t *row, const char *text);
/* Columns and cells of a summary: members, mean, its interval, deviation, minimum, maximum. */
void paper_add_summary_columns(json_t *section, int decimals);
void paper_add_summary(json_t *row, const paper_summary *summary);
/* Lines over x; then one series after the other. `share`: values are percent. */
json_t *paper_add_lines(json_t *section, const char *x_name, bool logarithmic, const char *y_name,
                        bool share);
void paper_add_place(json_t *lines, double x);
json_t *paper_add_series(json_t *lines, const char *name, bool band);
void paper_add_point(json_t *lines, json_t *series, double value, double low, double high);
void paper_add_picture(json_t *section, const char *name);
void paper_add_command(json_t *section, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int paper_decimals(const paper *p); /* of scores */

void paper_print_sections(FILE *file, const json_t *sections);
/* The sections as the page takes them; a new reference. */
json_t *paper_page_sections(const json_t *sections);

/* ---- what is asked (ask_*.c) ----------------------------------------------------------------- */

typedef struct paper_answers {
    const paper_measures *measures;
    const paper_relations *relations; /* NULL: not asked for */
    const paper_methods *methods;     /* NULL: not asked for */
} paper_answers;

aann_status paper_ask_families(const paper *p, const paper_answers *answers, json_t *sections,
                               aann_error *error);
aann_status paper_ask_relations(const paper *p, const paper_answers *answers, json_t *sections,
                                aann_error *error);
aann_status paper_ask_changes(const paper *p, const paper_answers *answers, json_t *sections,
                              aann_error *error);
aann_status paper_ask_methods(const paper *p, const paper_answers *answers, json_t *sections,
                              aann_error *error);
aann_status paper_ask_drivers(const paper *p, const paper_answers *answers, json_t *sections,
                              aann_error *error);

/* ---- results (tables.c, pictures.c, pictures_compared.c, report.c) ------------------------------- */

aann_status paper_write_tables(const paper *p, const paper_measures *measures, aann_error *error);
aann_status paper_draw(const paper *p, const paper_answers *answers, aann_error *error);
/* Those of methods, distances, ensembles and drivers (pictures_compared.c). */
aann_status paper_draw_compared(const paper *p, const paper_answers *answers, aann_error *error);
aann_status paper_draw_bars(const paper *p, const char *name, const aann_picture_frame *frame,
                            const aann_picture_bar *bars, int32_t count, int32_t decimals,
                            aann_error *error);
/* report.md and report.html */
aann_status paper_write_report(const paper *p, const paper_answers *answers, aann_error *error);

/* The search command of a family, for paper_add_command (commands.c); free it. */
char *paper_search_command(const paper *p, const paper_family *family);

/* "all layers", "16C5" */
const char *paper_layer_name(const paper *p, int32_t layer, char text[48]);
/* The member that is best on the validation split (training, where there is none), of the family's
 * first `members`. */
const aann_member_row *paper_best(const paper_family *family, int32_t members);
/* The trace's last line of a member: samples that it took. */
aann_status paper_effort(const paper *p, int64_t member, double *samples, aann_error *error);

/* A text file in the folder, as cli_file_open and cli_file_close do it. */
FILE *paper_open_file(const paper *p, const char *name, aann_error *error);
aann_status paper_close_file(const paper *p, const char *name, FILE *file, aann_error *error);

/* ---- what it will cost (costs.c) ------------------------------------------------------------- */

/* Measures rates by short searches, adds up all stages, and prints them: a table, or JSON. Stores
 * nothing. */
aann_status paper_print_costs(paper *p, bool json, aann_error *error);

#endif
