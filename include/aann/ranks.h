/* Several processes that work on one family: ranks, as MPI calls them.
 *
 * Rank 0 leads: it has the study, gives members, walks and tracks to whoever is free, and stores
 * what comes back, checkpoints included. The others follow: they load the family's data, search,
 * and keep nothing. A member is a function of its plan, so the result does not depend on who
 * searches it, nor on the number of ranks. When a rank dies, all end (MPI sees to that), and
 * aann_family_resume goes on with any number of ranks.
 *
 * How bytes get from one process to another is the caller's: a wire. `aann-mpi` (docs/cluster.md)
 * has one that is made of MPI; the tests have one of sockets.
 *
 *     static int lead(const aann_wire *wire, aann_study *study, const aann_spec *spec,
 *                     const aann_family_data *data, const aann_family_plan *plan)
 *     {
 *         aann_ranks *ranks = NULL;
 *         aann_error error;
 *         int64_t family;
 *         aann_family_work work = aann_family_work_default();
 *         aann_status status = aann_ranks_create(wire, 1, 1, &ranks, &error);
 *         if (status == AANN_OK) {
 *             work.hands = aann_ranks_hands(ranks);
 *             status = aann_family_run(study, spec, data, plan, &work, &family, &error);
 *         }
 *         aann_ranks_destroy(ranks);
 *         return status == AANN_OK ? 0 : 1;
 *     }
 *
 * The other ranks call aann_ranks_follow, which returns when rank 0 has called aann_ranks_destroy.
 *
 * Thread safety: one thread uses a wire, and with it aann_ranks, at a time. */
#ifndef AANN_RANKS_H
#define AANN_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/drive.h"
#include "aann/family.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A connection of `count` processes. */
typedef struct aann_wire {
    void *context;

    /* of this process: 0 to count - 1 */
    int32_t rank;
    int32_t count;

    /* Sends bytes[size] to another rank. It does not wait until they are received; messages between
     * two ranks arrive in their order. */
    aann_status (*send)(void *context, int32_t to, const void *bytes, size_t size,
                        aann_error *error);

    /* Takes a message from rank *from (-1: any, which is then filled in): bytes[*size], for
     * aann_free. If there is none it waits for one, or with `wait` false sets *bytes to NULL. */
    aann_status (*receive)(void *context, int32_t *from, bool wait, void **bytes, size_t *size,
                           aann_error *error);
} aann_wire;

/* Rank 0's view of the others. */
typedef struct aann_ranks aann_ranks;

/* For rank 0; the wire is copied. Tasks that it runs itself besides members (walks, tracks) have
 * `threads` threads in `slots` tasks at a time. Returns when all others have said hello. Free with
 * aann_ranks_destroy, which lets the others end. Errors: version (a rank runs another version of
 * aann), and those of the wire. */
AANN_API aann_status aann_ranks_create(const aann_wire *wire, int32_t slots, int32_t threads,
                                       aann_ranks **ranks, aann_error *error);

/* NULL is allowed. */
AANN_API void aann_ranks_destroy(aann_ranks *ranks);

/* For aann_family_work.hands. */
AANN_API const struct aann_hands *aann_ranks_hands(const aann_ranks *ranks);

/* With `together`, all ranks search one member at a time, each with a part of its training samples,
 * instead of a member each: for samples whose state (18.5 kB each for the MNIST network) is too
 * large for one machine. The members are the same. Copies of samples, searches for reward and the
 * baselines random and genetic are AANN_ERROR_ARGUMENT then; walks are not shared. */
AANN_API void aann_ranks_search_together(aann_ranks *ranks, bool together);

/* Where the others find the data, as in aann_family_data_reload_within; NULL, NULL and 0: where the
 * study says. The texts are copied. */
AANN_API aann_status aann_ranks_set_data(aann_ranks *ranks, const char *train, const char *test,
                                         int64_t data_limit, aann_error *error);

/* As aann_drive_tracks, with all ranks. `interrupted` may be NULL. */
AANN_API aann_status aann_ranks_drive_tracks(aann_ranks *ranks, const aann_driver *driver,
                                             uint64_t first, int64_t count,
                                             bool (*interrupted)(void *context), void *context,
                                             aann_lap *laps, aann_error *error);

/* How a rank above 0 works. Always start from aann_follow_options_default(). */
typedef struct aann_follow_options {
    /* tasks at a time (1) */
    int32_t slots;

    /* of all tasks together (0: aann_processor_count()) */
    int32_t threads;

    /* instruction set; NULL: the best of this machine */
    const char *isa;
} aann_follow_options;

AANN_API aann_follow_options aann_follow_options_default(void);

/* Works for rank 0 until that has called aann_ranks_destroy. Failures of tasks are rank 0's; only
 * those of the wire, and a lack of memory or threads, are returned. */
AANN_API aann_status aann_ranks_follow(const aann_wire *wire, const aann_follow_options *options,
                                       aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
