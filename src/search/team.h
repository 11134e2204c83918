/* Processes that hold the training samples of one search together: how they talk. */
#ifndef AANN_SEARCH_TEAM_H
#define AANN_SEARCH_TEAM_H

#include <stddef.h>
#include <stdint.h>

#include "aann/search.h"
#include "aann/status.h"

enum { AANN_TEAM_LIMIT = 1024 };

/* What the process that decides has of the others; they have the same, with rank 0 in the place of
 * all ranks. Messages between two processes arrive in their order. */
typedef struct aann_team {
    void *context;

    /* processes in all, at most AANN_TEAM_LIMIT; this one is number 0 */
    int32_t count;

    /* sends bytes[size] to a rank, without waiting */
    aann_status (*tell)(void *context, int32_t rank, const void *bytes, size_t size,
                        aann_error *error);

    /* waits for the next message of that rank: bytes[*size], malloc'ed */
    aann_status (*hear)(void *context, int32_t rank, void **bytes, size_t *size, aann_error *error);
} aann_team;

/* Fails (AANN_ERROR_ARGUMENT) if a search with these options cannot be shared; options->team does
 * not matter. */
aann_status aann_team_options_check(const aann_search_options *options, aann_error *error);

#endif
