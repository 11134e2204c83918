/* Driving: networks at the wheel of many cars side by side, and the search whose objective is how
 * they drive.
 *
 *     aann_spec spec;
 *     aann_network *network = NULL;
 *     aann_lap laps[10];
 *     // A random network: it leaves the field at once. A trained one comes from a study.
 *     const aann_shape shape = {1, AANN_CAR_VIEW_SIZE, AANN_CAR_VIEW_SIZE};
 *     if (aann_spec_parse("32C7vs4-MP2-64C5v-MP2-100-3", shape, &spec, &error) == AANN_OK &&
 *         aann_spec_set_sparsity(&spec, 90.0, NULL, 0, &error) == AANN_OK &&
 *         aann_network_create(&spec, &network, &error) == AANN_OK) {
 *         aann_network_randomise(network, 1, 1);
 *         const aann_network *networks[] = {network};
 *         const aann_driver driver = {
 *             .networks = networks,
 *             .count = 1,
 *             .outputs = {.mean = {0.0, 0.5, 0.5}, .scale = {1.0, 0.5, 0.5}, .full = 127},
 *         };
 *         aann_drive_tracks(&driver, 1000, 10, 2, NULL, laps, &error);
 *     }
 *     aann_network_destroy(network);
 *
 * The fast evaluation takes 64 samples at a time, so 64 cars are driven in step: 64 pictures, one
 * pass of the network, 64 actions. A car that has finished takes the next track. Every lap is a
 * drive by itself: its reward does not depend on what the others do, nor on threads and
 * instruction sets.
 *
 * Thread safety: a pilot by one thread at a time; everything else may be called from any thread at
 * any time, with networks that nobody changes meanwhile. */
#ifndef AANN_DRIVE_H
#define AANN_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/car_driver.h"
#include "aann/network.h"
#include "aann/search.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { AANN_DRIVE_LANES = 64 }; /* cars that are driven side by side */

/* Who drives: one network, or several whose wishes are averaged before they are cut off at what the
 * car takes. */
typedef struct aann_driver {
    /* [count], of one spec, reading 1x96x96 and giving three outputs */
    const aann_network *const *networks;
    int32_t count;

    /* what their outputs mean */
    aann_car_outputs outputs;
} aann_driver;

/* How one drive went. */
typedef struct aann_lap {
    double reward;
    int32_t steps;

    /* the lap, with every tile visited */
    bool finished;
} aann_lap;

/* Drives tracks first..first+count-1, at least one, shared out among 1 to 1024 threads: laps[count].
 * `isa`: instruction set, NULL for the best. Errors: argument (networks that are no drivers, a number
 * out of range), memory, io (the system starts no more threads). */
AANN_API aann_status aann_drive_tracks(const aann_driver *driver, uint64_t first, int64_t count,
                                       int32_t threads, const char *isa, aann_lap *laps,
                                       aann_error *error);

/* A driver ready to act, for those who step the cars themselves. It keeps copies of the networks. */
typedef struct aann_pilot aann_pilot;

AANN_API aann_status aann_pilot_create(const aann_driver *driver, const char *isa,
                                       aann_pilot **pilot, aann_error *error);
AANN_API void aann_pilot_destroy(aann_pilot *pilot); /* NULL is allowed */

/* Another network of the same layers in place of network `index` of the driver's. */
AANN_API aann_status aann_pilot_set_network(aann_pilot *pilot, int32_t index,
                                            const aann_network *network, aann_error *error);

/* actions[count] for inputs[count][96 * 96] (aann_car_view_encode), count 1 to AANN_DRIVE_LANES.
 * Errors: argument (another count). */
AANN_API aann_status aann_pilot_act(aann_pilot *pilot, const int8_t *inputs, int32_t count,
                                    aann_car_action *actions, aann_error *error);

/* ---- corrections --------------------------------------------------------------------------------- */

/* The driver drives tracks options->first_track .. + episodes - 1, and the expert says what it
 * would do: what aann_car_demonstrate does, with the states that the driver gets into (DAgger:
 * Ross, Gordon, Bagnell 2011). There is no noise. Where the driver is too far off to be helped,
 * nothing is recorded. *reward is the mean. Frames of different episodes come mixed, in the same
 * order every time. Errors: argument (no driver, no episode), memory. */
AANN_API aann_status aann_drive_correct(const aann_driver *driver,
                                        const aann_car_demonstration_options *options,
                                        int32_t episodes, const char *isa,
                                        aann_car_frame_taker take, void *context, double *reward,
                                        aann_error *error);

/* ---- the search for reward ----------------------------------------------------------------------- */

/* Searches as aann_search_create does, with the drive as the objective: a sample is a track
 * (options->reward_first_track and the following options->reward_tracks), its loss (1000 - reward)
 * / 1000. `start` is the network to begin with: a random one learns nothing that way. `outputs`
 * says what the network's outputs mean; both are copied. The search goes to aann_search_destroy.
 * Errors: as aann_search_create. */
AANN_API aann_status aann_reward_search_create(const aann_spec *spec,
                                               const aann_car_outputs *outputs,
                                               const aann_search_options *options, uint64_t member,
                                               const aann_network *start, aann_search **search,
                                               aann_error *error);
AANN_API aann_status aann_reward_search_resume(const aann_spec *spec,
                                               const aann_car_outputs *outputs,
                                               const aann_search_options *options, uint64_t member,
                                               const aann_search_saved *saved, aann_search **search,
                                               aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
