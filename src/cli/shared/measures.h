/* The pairwise measures of a family: each a matrix with a name, so that tables, JSON, CSV and
 * pictures can treat all of them alike. */
#ifndef AANN_CLI_SHARED_MEASURES_H
#define AANN_CLI_SHARED_MEASURES_H

#include "cli/shared/members.h"

typedef enum cli_measure_kind {
    CLI_MEASURE_DISTANCE,
    CLI_MEASURE_MATCHED,
    CLI_MEASURE_ANSWERS,
    CLI_MEASURE_SIMILARITY
} cli_measure_kind;

typedef struct cli_measure {
    cli_measure_kind kind;
    char key[48];   /* in JSON and CSV, and in file names: "distance_layer0" */
    char title[64]; /* for people: "16C5" */
    double *values; /* [count][count] */
    aann_summary summary;
    int32_t layer; /* of a distance; -1: all */
    /* Of distances: for independent random networks with these counts; exact for raw ones, sampled
     * for matched ones. */
    aann_chance chance;
} cli_measure;

enum { CLI_MOST_MEASURES = 3 * (AANN_MAX_LAYERS + 1) + 4 };

typedef struct cli_measures {
    cli_measure list[CLI_MOST_MEASURES];
    int32_t measure_count;
    int32_t count;              /* members */
    int32_t similarity_samples; /* 0: not measured */
    const char *split;          /* of the answers */
    int64_t samples;            /* in it */
    int32_t computed;           /* forward passes that were needed */
    double *accuracy;           /* [count] on the split; NULL for a regression */
    double *map;                /* [count][2] */
    double eigenvalues[2];
    double share;       /* of the distances that the map shows */
    int32_t *order;     /* [count] by clustering */
    aann_merge *merges; /* [count - 1] */
} cli_measures;

typedef struct cli_measure_options {
    const char *split; /* of the answers; NULL: test, or validation if there is no test set */
    bool match;        /* distances after matching units, too */
    int32_t similarity_samples; /* 0: no similarity */
    bool unbiased;
} cli_measure_options;

/* Measures everything. Free with cli_measures_clear, whatever it returned. */
aann_status cli_measures_take(cli_family *opened, const cli_measure_options *options,
                              cli_measures *measures, aann_error *error);
void cli_measures_clear(cli_measures *measures);

/* The measure of this key, or NULL. */
const cli_measure *cli_measures_find(const cli_measures *measures, const char *key);

#endif
