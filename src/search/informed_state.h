/* What a search knows for informed proposals: swaps drawn by what each of their two changes alone
 * would do (informed.c, scan.c). */
#ifndef AANN_SEARCH_INFORMED_STATE_H
#define AANN_SEARCH_INFORMED_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* One list of single changes with the sums of their odds: to remove a +1, to add one, to remove a
 * -1, to add one. */
enum { AANN_INFORMED_LISTS = 4 };

typedef struct aann_informed {
    /* The state that is saved. */
    double share;   /* of the runs that are informed */
    double gain[2]; /* loss reduction by accepted candidates, of blind and informed runs */
    double cost[2]; /* work, likewise */
    uint64_t run;   /* the run that was decided last; UINT64_MAX: none */
    bool active;    /* that run is informed */
    int32_t layer;  /* the unit that was scanned, if it is */
    int32_t unit;
    uint64_t epoch;      /* the arrangement in which it was scanned */
    uint64_t scan_step;  /* and the candidate before which */
    uint64_t fresh_step; /* the first candidate drawn with the present effects */
    double
        *effects; /* [largest fan-in][2]: mean loss change of a weight to 0, or from 0 to +1, -1 */
    /* What follows from it. */
    int32_t fan_in;
    double *odds[AANN_INFORMED_LISTS]; /* [fan_in]: sums from the first weight on */
    double positive;                   /* the probability of moving a +1 */
    int64_t *drawn;                    /* [informed_steps]: pairs since fresh_step; -1: none */
    double recent_acceptance;          /* changes speed only */
} aann_informed;

#endif
