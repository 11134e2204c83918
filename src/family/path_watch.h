/* Watching a path while it is built: every step is checked, and the worst network is kept. */
#ifndef AANN_FAMILY_PATH_WATCH_H
#define AANN_FAMILY_PATH_WATCH_H

#include "aann/network.h"
#include "aann/path.h"

typedef struct aann_path_watch {
    aann_network *previous; /* before the present step */
    aann_network *top;      /* the network with the highest loss so far; NULL: none yet */
    double top_loss;        /* -INFINITY: none yet */
    int64_t top_swaps;      /* of the side that it is on */
    int top_side;
    int64_t checked; /* steps */
} aann_path_watch;

/* Free with aann_path_watch_clear. */
aann_path_watch aann_path_watch_start(void);
void aann_path_watch_clear(aann_path_watch *watch);

/* The next step starts from this network. */
aann_status aann_path_watch_leg(aann_path_watch *watch, const aann_network *from,
                                aann_error *error);

/* Checks that `network` is one swap away from the network before: two weights of one layer have
 * exchanged two different values, and nothing else has changed. So it has the counts, too. */
aann_status aann_path_watch_step(aann_path_watch *watch, const aann_network *network,
                                 aann_error *error);

/* Keeps the network if its loss is the highest; of equal ones the first stays. */
aann_status aann_path_watch_loss(aann_path_watch *watch, const aann_network *network, double loss,
                                 int64_t swaps, int side, aann_error *error);

#endif
