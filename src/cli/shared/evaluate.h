/* Evaluating a member on the samples that a command names. */
#ifndef AANN_CLI_SHARED_EVALUATE_H
#define AANN_CLI_SHARED_EVALUATE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/family.h"

/* Logits of the member for all samples, int32 [count][outputs], malloc'ed. */
aann_status cli_logits(const aann_member *member, const aann_samples *samples, int32_t threads,
                       const char *isa, int32_t **logits, aann_error *error);

/* Samples that the options --data and --split ask for; `split` NULL: the test set, or what is
 * nearest to it. *what says in a few words what they are. */
aann_status cli_samples(const aann_member *member, const char *data, const char *split,
                        const aann_load_options *load, aann_samples **owned,
                        const aann_samples **samples, aann_family_data **family_data, char *what,
                        size_t what_size, aann_error *error);

#endif
