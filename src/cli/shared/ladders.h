/* Ladders of temperatures (aann/sampler.h) as commands run them: options, progress, a file in which
 * they are kept. */
#ifndef AANN_CLI_SHARED_LADDERS_H
#define AANN_CLI_SHARED_LADDERS_H

#include "aann/family.h"
#include "aann/sampler.h"
#include "cli/shared/options.h"

enum { CLI_LADDER_OPTIONS = 9 };

/* Writes the options that determine ladders, under a heading, to list[CLI_LADDER_OPTIONS]; returns
 * how many. */
size_t cli_ladder_options(aann_sampler_options *options, int64_t *seed, cli_option *list);

/* Takes the loss of a family's plan over. */
void cli_ladder_set_loss(aann_sampler_options *options, const aann_search_options *search);

/* How ladders are run. */
typedef struct cli_ladder_work {
    const char *path;          /* the file in which they are kept; NULL: nowhere */
    double seconds;            /* 0: no limit */
    double checkpoint_seconds; /* between two times that the file is written */
    bool quiet;
} cli_ladder_work;

/* Creates the sampler, or continues that of the file, and runs it. AANN_INTERRUPTED: stopped or out
 * of time before the end; the file, if there is one, has what is done. *sampler is NULL on any other
 * failure. */
aann_status cli_ladder_run(const aann_spec *spec, const aann_samples *samples,
                           const aann_sampler_options *options, const cli_ladder_work *work,
                           aann_sampler **sampler, aann_error *error);

#endif
