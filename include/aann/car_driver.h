/* Drivers that see pixels: from a picture of the road to a network's input, from its outputs to an
 * action, and the demonstrations to learn from.
 *
 *     static uint8_t pixels[AANN_CAR_PIXELS], view[AANN_CAR_VIEW_VALUES];
 *     static int8_t input[AANN_CAR_VIEW_VALUES];
 *     const aann_car_outputs outputs = {
 *         .mean = {0.0, 0.5, 0.5}, .scale = {1.0, 0.5, 0.5}, .full = 127};
 *     int32_t logits[AANN_CAR_OUTPUTS] = {0};
 *     aann_car_action action;
 *     aann_car *car = NULL;
 *     if (aann_car_create(NULL, &car, &error) == AANN_OK) {
 *         aann_car_reset(car, 1000);
 *         aann_car_render(car, pixels);
 *         aann_car_view(pixels, view);
 *         aann_car_view_encode(view, input); // int8 [1][96][96], what the network reads
 *         // ... logits of the network for `input`, as by aann/evaluate.h ...
 *         aann_car_steer(&outputs, logits, &action);
 *         aann_car_step(car, &action, NULL);
 *     }
 *     aann_car_destroy(car);
 *
 * Recording and driving call the same functions, so a driver sees exactly what it was trained on.
 *
 * Thread safety: nothing is kept between calls; any thread may call these functions at any time. */
#ifndef AANN_CAR_DRIVER_H
#define AANN_CAR_DRIVER_H

#include <stdint.h>

#include "aann/car.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what the driver sees -------------------------------------------------------------------- */

enum {
    AANN_CAR_VIEW_SIZE = 96,
    AANN_CAR_VIEW_VALUES = AANN_CAR_VIEW_SIZE * AANN_CAR_VIEW_SIZE,
    AANN_CAR_OUTPUTS = 3 /* steering, gas, brake */
};

/* Makes the network's view, one channel view[96][96] of 0 to 255, from pixels[96][96][3]. At its
 * top left are rows 7 to 77 of the picture, then rows 84 to 95 with the instruments, columns 6 to
 * 88 of both; the rest is 0. Values of the road are min(green, 204) * 5 / 4, so the road is dark
 * and grass bright. Values of the instruments are the maximum of red, green and blue, without the
 * digits of the score. */
AANN_API void aann_car_view(const uint8_t pixels[AANN_CAR_PIXELS],
                            uint8_t view[AANN_CAR_VIEW_VALUES]);

/* Encodes a view as activations, as AANN_ENCODING_BYTE does: round(127 v / 255). */
AANN_API void aann_car_view_encode(const uint8_t view[AANN_CAR_VIEW_VALUES],
                                   int8_t input[AANN_CAR_VIEW_VALUES]);

/* ---- what the driver does -------------------------------------------------------------------- */

/* How the outputs (steering, gas, brake) become actions: a logit l is z = HardTanh(l / full), and z
 * in [-1, 1] stands for mean + scale * z. (So `mean` is what 0 stands for: aann car record uses the
 * middle of the range.) */
typedef struct aann_car_outputs {
    double mean[AANN_CAR_OUTPUTS];
    double scale[AANN_CAR_OUTPUTS];

    /* see aann_logits_full_scale */
    int32_t full;
} aann_car_outputs;

/* The action of logits[3]: HardTanh, means and scales, then a clamp to the car's range (steering -1
 * to 1, gas and brake 0 to 1). */
AANN_API void aann_car_steer(const aann_car_outputs *outputs,
                             const int32_t logits[AANN_CAR_OUTPUTS], aann_car_action *action);

/* The two halves of aann_car_steer: logits to values, and values to an action in the car's
 * range. */
AANN_API void aann_car_decode_outputs(const aann_car_outputs *outputs,
                                      const int32_t logits[AANN_CAR_OUTPUTS],
                                      double values[AANN_CAR_OUTPUTS]);
AANN_API void aann_car_clamp_action(const double values[AANN_CAR_OUTPUTS], aann_car_action *action);

/* ---- demonstrations -------------------------------------------------------------------------- */

/* Always start from aann_car_demonstration_options_default(). */
typedef struct aann_car_demonstration_options {
    /* seed of the disturbances */
    uint64_t seed;

    /* episode e drives track first_track + e */
    uint64_t first_track;

    /* steps from one recorded picture to the next */
    int32_t every;

    /* the standard deviation of the steering disturbance is drawn for each episode from 0 to this,
     * 0 to 10 */
    double noise_limit;
    aann_car_expert_options expert;
} aann_car_demonstration_options;

AANN_API aann_car_demonstration_options aann_car_demonstration_options_default(void);

/* One recorded picture and what the expert would do there. */
typedef struct aann_car_frame {
    uint8_t view[AANN_CAR_VIEW_VALUES];

    /* steering, gas, brake */
    float action[AANN_CAR_OUTPUTS];
} aann_car_frame;

/* Called with each frame, in the order of the drive; false ends the recording. The frame is valid
 * during the call. */
typedef bool (*aann_car_frame_taker)(void *context, const aann_car_frame *frame);

/* Records episode `episode` of the expert. Smooth random steering and gas disturb it every other
 * half second; the recorded action is the undisturbed one. Steering is clipped to 0.45, which the
 * wheels can follow; a brake below 0.02 is recorded as 0. States too far off the line (15 m, 1.2
 * rad) teach nothing and are left out. *reward is the reward of the drive. Errors: argument,
 * memory. */
AANN_API aann_status aann_car_demonstrate(const aann_car_demonstration_options *options,
                                          uint64_t episode, aann_car_frame_taker take,
                                          void *context, double *reward, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
