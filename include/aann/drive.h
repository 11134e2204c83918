/* Driving: networks that drive many cars side by side, and the search for the reward of a drive.
 *
 *     aann_spec spec;
 *     aann_network *network = NULL;
 *     aann_lap laps[10];
 *     // A random network: it leaves the field at once. A trained one comes from a study or a
 *     // model file (aann_model_car_outputs).
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
 * forward pass, 64 actions. A car that has finished takes the next track. Every lap is independent:
 * its reward does not depend on the other cars, on threads or on the instruction set.
 *
 * Thread safety: one thread uses a pilot at a time. Everything else may be called from any thread
 * at any time, while no thread changes the networks. */
#ifndef AANN_DRIVE_H
#define AANN_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/car_driver.h"
#include "aann/model.h"
#include "aann/network.h"
#include "aann/search.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Cars that are driven side by side. */
enum { AANN_DRIVE_LANES = 64 };

/* A driver: one network, or several. The decoded outputs of several are averaged, and the mean is
 * clamped to an action. */
typedef struct aann_driver {
    /* [count], of one spec, with input 1x96x96 and three outputs */
    const aann_network *const *networks;
    int32_t count;

    /* how their outputs become actions */
    aann_car_outputs outputs;

    /* what it sees in aann_drive_tracks; searches and corrections look at near pictures */
    aann_car_picture picture;

    /* colours of road, grass and background are drawn anew for each track, as in Gymnasium's
     * domain_randomize; in aann_drive_tracks alone, too */
    bool domain_randomize;
} aann_driver;

/* The result of one drive. */
typedef struct aann_lap {
    double reward;
    int32_t steps;

    /* the lap was finished, with every tile visited */
    bool finished;
} aann_lap;

/* How the outputs of a saved driver (aann/model.h) become actions. Errors: argument (the model is no
 * driver: it does not read 1x96x96 bytes, or does not say what its three outputs stand for). */
AANN_API aann_status aann_model_car_outputs(const aann_model *model, aann_car_outputs *outputs,
                                            aann_error *error);

/* Drives tracks first..first+count-1 (count at least 1) on 1 to 1024 threads and fills in
 * laps[count]. `isa`: instruction set; NULL: the best of this machine. Errors: argument (networks
 * that are no drivers, a number out of range), memory, io (the system starts no more threads). */
AANN_API aann_status aann_drive_tracks(const aann_driver *driver, uint64_t first, int64_t count,
                                       int32_t threads, const char *isa, aann_lap *laps,
                                       aann_error *error);

/* A driver ready to act, for callers that step the cars themselves. It keeps copies of the
 * networks. */
typedef struct aann_pilot aann_pilot;

AANN_API aann_status aann_pilot_create(const aann_driver *driver, const char *isa,
                                       aann_pilot **pilot, aann_error *error);

/* NULL is allowed. */
AANN_API void aann_pilot_destroy(aann_pilot *pilot);

/* Replaces network `index` of the driver by a copy of a network with the same layers. */
AANN_API aann_status aann_pilot_set_network(aann_pilot *pilot, int32_t index,
                                            const aann_network *network, aann_error *error);

/* Fills in actions[count] from inputs[count][96 * 96] (aann_car_view_encode); count is 1 to
 * AANN_DRIVE_LANES. Errors: argument (another count). */
AANN_API aann_status aann_pilot_act(aann_pilot *pilot, const int8_t *inputs, int32_t count,
                                    aann_car_action *actions, aann_error *error);

/* ---- corrections ----------------------------------------------------------------------------- */

/* Records corrections: the driver drives tracks options->first_track .. + episodes - 1, and each
 * frame has the action of the expert in the driver's state (DAgger: Ross, Gordon, Bagnell 2011), as
 * aann_car_demonstrate records it. There is no noise. Frames too far off the line are left out.
 * Frames of different episodes are mixed, always in the same order. *reward is the mean reward of
 * the drives. Where `take` returns false, or `interrupted` (NULL: never) true, which is asked after
 * every step, the drives end, and *reward means nothing; that is no error. Errors: argument (no
 * driver, no episode), memory. */
AANN_API aann_status aann_drive_correct(const aann_driver *driver,
                                        const aann_car_demonstration_options *options,
                                        int32_t episodes, const char *isa,
                                        aann_car_frame_taker take,
                                        bool (*interrupted)(void *context), void *context,
                                        double *reward, aann_error *error);

/* The same of the laps that the driver does not finish alone: the tracks are driven, and those that
 * were lost once more, to the same end, with the expert looking on. *reward is still the mean of
 * all. A driver that is nearly right makes its last mistakes here. Errors: as
 * aann_drive_correct. */
AANN_API aann_status aann_drive_correct_lost(const aann_driver *driver,
                                             const aann_car_demonstration_options *options,
                                             int32_t episodes, const char *isa,
                                             aann_car_frame_taker take,
                                             bool (*interrupted)(void *context), void *context,
                                             double *reward, aann_error *error);

/* ---- the search for reward ------------------------------------------------------------------- */

/* As aann_search_create and aann_search_resume, with the drive as the objective. A sample is one of
 * the options->reward_tracks tracks from options->reward_first_track on; its loss is (1000 -
 * reward) / 1000. Begin with a trained `start`: from a random network the reward climbs too slowly.
 * `start` and `outputs` are copied. Free with aann_search_destroy. Errors: as
 * aann_search_create. */
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
