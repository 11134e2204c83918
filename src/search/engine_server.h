/* The other processes of a shared engine (shared_engine.h). */
#ifndef AANN_SEARCH_ENGINE_SERVER_H
#define AANN_SEARCH_ENGINE_SERVER_H

#include "aann/samples.h"
#include "search/team.h"

/* `failure`: why there are no samples (NULL), which is then the answer; NULL where there are.
 * Does what rank 0 of the team asks for, on the same samples, until it closes its engine. Failures of
 * the engine are answers; only those of the team are returned. */
aann_status aann_engine_serve(const aann_team *team, const aann_samples *samples,
                              const aann_error *failure, int32_t threads, const char *isa,
                              aann_error *error);

#endif
