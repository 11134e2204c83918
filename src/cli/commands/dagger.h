/* Rounds of corrections after a search: aann search --dagger N. */
#ifndef AANN_CLI_COMMANDS_DAGGER_H
#define AANN_CLI_COMMANDS_DAGGER_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/shared/session.h"
#include "cli/shared/task.h"

typedef struct cli_dagger {
    int32_t rounds;   /* 0: none */
    int32_t episodes; /* tracks that the members, and the expert, drive in each round */
    const cli_task *task;
    const char *study; /* where the families are kept; the last one is corrected */
    const char *name;  /* of the first one; the others are called "NAME, corrected 1", ... */
    int64_t steps;     /* of each search */
    int64_t seed;
    bool json;
} cli_dagger;

/* Drives, records and searches on, round after round (aann/dagger.h). Returns the exit status. */
int cli_dagger_run(const cli_dagger *dagger, cli_session *session);

#endif
