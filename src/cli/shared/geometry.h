/* The four forms in which `aann geometry` says what it measured. */
#ifndef AANN_CLI_SHARED_GEOMETRY_H
#define AANN_CLI_SHARED_GEOMETRY_H

#include "cli/shared/measures.h"

void cli_geometry_print(const cli_family *opened, const cli_measures *measures);

/* One object on the standard output; with `matrices`, all matrices in it. */
void cli_geometry_json(const cli_family *opened, const cli_measures *measures, bool matrices);

/* A line per pair of members, a column per measure. */
aann_status cli_geometry_csv(const cli_family *opened, const cli_measures *measures,
                             const char *path, aann_error *error);

/* Pictures as PNG and SVG in the folder, which is made if it is not there. */
aann_status cli_geometry_pictures(const cli_family *opened, const cli_measures *measures,
                                  const char *folder, aann_error *error);

#endif
