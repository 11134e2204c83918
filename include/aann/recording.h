/* Recorded drives: views of the road and the expert's actions, as a data set to search on.
 *
 * A network's output is HardTanh, a number z in [-1, 1]. The targets are the expert's actions
 * scaled to that range: -1 and 1 are their 2nd and 98th percentiles; actions outside are clamped.
 * Means and scales are stored with the data, so a family that is searched on them can drive.
 *
 *     aann_recording_options options = aann_recording_options_default();
 *     aann_recording recording;
 *     if (aann_recording_make(&options, NULL, &recording, &error) == AANN_OK) {
 *         aann_recording_write(&recording, "drives.npz", &error);
 *         aann_recording_destroy(&recording);
 *     }
 *
 * Thread safety: calls on different recordings may run at the same time. */
#ifndef AANN_RECORDING_H
#define AANN_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/car_driver.h"
#include "aann/drive.h"
#include "aann/status.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Always start from aann_recording_options_default(). */
typedef struct aann_recording_options {
    /* the expert, its disturbances, and the first track: the expert's tracks come first, then the
     * driver's */
    aann_car_demonstration_options demonstration;

    /* tracks that the expert drives, at least 1 (240) */
    int32_t episodes;

    /* tracks that the driver drives, if there is one, at least 1 (120) */
    int32_t driver_episodes;

    /* with a driver of several networks: each drives its share of the tracks alone */
    bool each;

    /* of the driver's drives only the laps that it does not finish (aann_drive_correct_lost);
     * driver_reward is that of all */
    bool lost;

    /* called often: true ends the recording with AANN_INTERRUPTED; NULL: never */
    bool (*interrupted)(void *context);
    void *context;
} aann_recording_options;

AANN_API aann_recording_options aann_recording_options_default(void);

typedef struct aann_recording {
    /* [count][96 * 96], as aann_car_view gives them */
    uint8_t *views;

    /* [count][3] (steering, gas, brake): (action - mean) / scale, clamped to -1 to 1 */
    float *targets;
    int64_t count;

    /* frames for training; those after them come from other tracks, the last tenth of the
     * episodes */
    int64_t train_count;

    /* frames of the driver's drives */
    int64_t corrections;
    float mean[AANN_CAR_OUTPUTS];
    float scale[AANN_CAR_OUTPUTS];

    /* mean reward of the expert's disturbed drives, and of the driver's drives */
    double reward;
    double driver_reward;
} aann_recording;

/* Records drives of the expert. With a driver (may be NULL), also records the expert's corrections
 * of its drives (aann_drive_correct); the targets then keep the driver's means and scales. The same
 * options and driver give the same recording. Frames are shuffled; those of the last tenth of the
 * expert's episodes, from train_count on, are shuffled separately and come last, for validation: so
 * many, not a tenth of all frames, which has frames of other laps. Free with
 * aann_recording_destroy; on failure there is nothing to free. */
AANN_API aann_status aann_recording_make(const aann_recording_options *options,
                                         const aann_driver *driver, aann_recording *recording,
                                         aann_error *error);
AANN_API void aann_recording_destroy(aann_recording *recording);

/* Writes an NPZ file: inputs uint8 [count][96][96], targets float [count][3], target_mean and
 * target_scale float [3]. */
AANN_API aann_status aann_recording_write(const aann_recording *recording, const char *path,
                                          aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
