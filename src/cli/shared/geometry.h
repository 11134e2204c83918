/* What `aann geometry` measures, and the four forms in which it says so. */
#ifndef AANN_CLI_SHARED_GEOMETRY_H
#define AANN_CLI_SHARED_GEOMETRY_H

#include "aann/measures.h"
#include "cli/shared/members.h"

typedef struct cli_comparison {
    const cli_family *opened;
    aann_measures measures; /* of its members */
    const char *split;      /* of the answers */
    int64_t samples;        /* in it; 0: the answers were not compared */
    int32_t computed;       /* forward passes that were needed */
} cli_comparison;

/* What a measure is about, for people: "16C5", "all layers", "kappa of the answers". */
enum { CLI_TITLE_SIZE = 64 };
const char *cli_measure_title(const cli_comparison *geometry, const aann_measure *measure,
                              char text[CLI_TITLE_SIZE]);

void cli_geometry_print(const cli_comparison *geometry);

/* One object on the standard output; with `matrices`, all matrices in it. */
void cli_geometry_json(const cli_comparison *geometry, bool matrices);

/* A line per pair of members, a column per measure. */
aann_status cli_geometry_csv(const cli_comparison *geometry, const char *path, aann_error *error);

/* Pictures as PNG and SVG in the folder, which is made if it is not there. */
aann_status cli_geometry_pictures(const cli_comparison *geometry, const char *folder,
                                  aann_error *error);

#endif
