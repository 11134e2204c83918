/* Opening what most commands need: a study, and one member of it with its family and network. */
#ifndef AANN_CLI_SHARED_STORE_H
#define AANN_CLI_SHARED_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/family.h"

typedef struct cli_member {
    aann_study *study;
    aann_member_row row;
    aann_family_row family;
    aann_family_plan plan;
    aann_spec spec;
    aann_network *network;
} cli_member;

/* Opens the study for reading and takes out the member whose id is written in `id`. On failure
 * there is one line on the standard error, and *status is the exit status. Free with
 * cli_close_member. */
bool cli_open_member(const char *path, const char *id, cli_member *member, int *status);
void cli_close_member(cli_member *member);

/* The scale that aann_logits_score takes for this member. */
double cli_score_scale(const cli_member *member);

/* "running", "done", "failed". */
const char *cli_state_name(aann_member_state state);

/* Logits of the member for all samples, int32 [count][outputs], malloc'ed. */
aann_status cli_logits(const cli_member *member, const aann_samples *samples, int32_t threads,
                       const char *isa, int32_t **logits, aann_error *error);

/* Samples that the options --data and --split ask for; `split` NULL: the test set, or what is
 * nearest to it. *what says in a few words what they are. */
aann_status cli_samples(const cli_member *member, const char *data, const char *split,
                        const aann_load_options *load, aann_samples **owned,
                        const aann_samples **samples, aann_family_data **family_data, char *what,
                        size_t what_size, aann_error *error);

#endif
