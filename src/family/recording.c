/* Recorded drives as a data set.
 *
 * Many targets are at the ends of the range: no gas, full gas and no brake are sums of any size
 * beyond 127, which a network of saturated units makes easily. Numbers in between are hard for it,
 * and as rare as the task allows. (With ranges up to the 99.9th percentile around the mean, a
 * search stayed at a steering error of 0.8 of its variance.)
 *
 * Frames are shuffled, so that any first part of them covers the whole task. */
#include "aann/recording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/data.h"
#include "core/error.h"
#include "core/memory.h"

static const double validation_share = 0.1; /* of the episodes */
static const double share_outside = 0.02;   /* of the actions, cut off on either side */
static const double scale_minimum = 1e-3;   /* of an action that never changes */

/* A recording in progress. */
typedef struct recorder {
    const aann_recording_options *options;
    aann_recording *recording;
    int64_t room;     /* frames */
    bool out_of_room; /* no memory for another frame */
    bool interrupted;
} recorder;

aann_recording_options aann_recording_options_default(void)
{
    return (aann_recording_options){.demonstration = aann_car_demonstration_options_default(),
                                    .episodes = 240,
                                    .driver_episodes = 120};
}

void aann_recording_destroy(aann_recording *recording)
{
    free(recording->views);
    free(recording->targets);
    *recording = (aann_recording){0};
}

/* ---- taking frames --------------------------------------------------------------------------- */

static bool grow(recorder *r)
{
    aann_recording *recording = r->recording;
    const int64_t room = r->room > 0 ? r->room * 2 : 1024;
    uint8_t *views = aann_reallocate(recording->views, (size_t)room, AANN_CAR_VIEW_VALUES);
    if (views == NULL) {
        return false;
    }
    recording->views = views;
    float *targets = aann_reallocate(recording->targets, (size_t)room,
                                     AANN_CAR_OUTPUTS * sizeof *recording->targets);
    if (targets == NULL) {
        return false;
    }
    recording->targets = targets;
    r->room = room;
    return true;
}

static bool is_interrupted(void *context)
{
    recorder *r = context;
    const aann_recording_options *options = r->options;
    r->interrupted =
        r->interrupted || (options->interrupted != NULL && options->interrupted(options->context));
    return r->interrupted;
}

static bool take_frame(void *context, const aann_car_frame *frame)
{
    recorder *r = context;
    aann_recording *recording = r->recording;
    (void)is_interrupted(r);
    r->out_of_room = r->out_of_room || (recording->count == r->room && !grow(r));
    if (r->interrupted || r->out_of_room) {
        return false;
    }
    memcpy(recording->views + recording->count * AANN_CAR_VIEW_VALUES, frame->view,
           AANN_CAR_VIEW_VALUES);
    memcpy(recording->targets + recording->count * AANN_CAR_OUTPUTS, frame->action,
           sizeof frame->action);
    recording->count++;
    return true;
}

/* The reason why the drives ended early. */
static aann_status ended_early(const recorder *r, aann_error *error)
{
    if (r->out_of_room) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %lld recorded frames",
                         (long long)r->recording->count);
    }
    return r->interrupted ? AANN_INTERRUPTED : AANN_OK;
}

/* ---- drives ---------------------------------------------------------------------------------- */

static aann_status correct(recorder *r, const aann_driver *driver,
                           const aann_car_demonstration_options *demonstration, int32_t episodes,
                           double *reward, aann_error *error)
{
    return r->options->lost ? aann_drive_correct_lost(driver, demonstration, episodes, NULL,
                                                      take_frame, is_interrupted, r, reward, error)
                            : aann_drive_correct(driver, demonstration, episodes, NULL, take_frame,
                                                 is_interrupted, r, reward, error);
}

/* Records the driver's frames; they come first, in the training split. */
static aann_status record_driver(recorder *r, const aann_driver *driver, aann_error *error)
{
    const aann_recording_options *options = r->options;
    aann_recording *recording = r->recording;
    aann_car_demonstration_options demonstration = options->demonstration;
    demonstration.first_track += (uint64_t)options->episodes;
    const int32_t drivers = options->each ? driver->count : 1;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < drivers && status == AANN_OK; i++) {
        const int64_t episodes = options->driver_episodes;
        const int32_t first = (int32_t)(episodes * i / drivers);
        const int32_t end = (int32_t)(episodes * (i + 1) / drivers);
        const aann_driver one = {
            .networks = driver->networks + i, .count = 1, .outputs = driver->outputs};
        double reward = 0.0;
        if (end > first) {
            status = correct(r, options->each ? &one : driver, &demonstration, end - first, &reward,
                             error);
        }
        recording->driver_reward += reward * (end - first) / options->driver_episodes;
        demonstration.first_track += (uint64_t)(end - first);
        status = status == AANN_OK ? ended_early(r, error) : status;
    }
    recording->corrections = recording->count;
    recording->train_count = recording->count;
    return status;
}

static aann_status record_expert(recorder *r, aann_error *error)
{
    aann_recording *recording = r->recording;
    const int32_t episodes = r->options->episodes;
    const int32_t train = episodes - (int32_t)floor(validation_share * episodes + 0.5);
    aann_status status = AANN_OK;
    for (int32_t episode = 0; status == AANN_OK && episode < episodes; episode++) {
        double reward = 0.0;
        status = aann_car_demonstrate(&r->options->demonstration, (uint64_t)episode, take_frame, r,
                                      &reward, error);
        status = status == AANN_OK ? ended_early(r, error) : status;
        recording->train_count = episode < train ? recording->count : recording->train_count;
        recording->reward += reward / episodes;
    }
    return status;
}

/* ---- order ----------------------------------------------------------------------------------- */

static void exchange(aann_recording *r, int64_t a, int64_t b)
{
    uint8_t view[AANN_CAR_VIEW_VALUES];
    float target[AANN_CAR_OUTPUTS];
    uint8_t *first = r->views + a * AANN_CAR_VIEW_VALUES;
    uint8_t *second = r->views + b * AANN_CAR_VIEW_VALUES;
    memcpy(view, first, sizeof view);
    memmove(first, second, sizeof view);
    memcpy(second, view, sizeof view);
    memcpy(target, r->targets + a * AANN_CAR_OUTPUTS, sizeof target);
    memmove(r->targets + a * AANN_CAR_OUTPUTS, r->targets + b * AANN_CAR_OUTPUTS, sizeof target);
    memcpy(r->targets + b * AANN_CAR_OUTPUTS, target, sizeof target);
}

/* Fisher and Yates, with the numbers of SplitMix64 (Steele, Lea, Flood 2014): any fixed random
 * order is good enough. */
static void shuffle(aann_recording *r, int64_t first, int64_t end)
{
    uint64_t state = 0;
    for (int64_t i = end - 1; i > first; i--) {
        state += 0x9e3779b97f4a7c15;
        uint64_t mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        mixed ^= mixed >> 31;
        exchange(r, i, first + (int64_t)(mixed % (uint64_t)(i - first + 1)));
    }
}

/* ---- targets --------------------------------------------------------------------------------- */

static int compare_floats(const void *a, const void *b)
{
    const float first = *(const float *)a, second = *(const float *)b;
    return (first > second) - (first < second);
}

/* Middle and half of the range of one action; sorted[count] is scratch memory. */
static void measure_range(aann_recording *r, int32_t output, float *sorted)
{
    for (int64_t i = 0; i < r->count; i++) {
        sorted[i] = r->targets[i * AANN_CAR_OUTPUTS + output];
    }
    qsort(sorted, (size_t)r->count, sizeof *sorted, compare_floats);
    const int64_t cut = (int64_t)(share_outside * (double)r->count);
    const double low = (double)sorted[cut], high = (double)sorted[r->count - 1 - cut];
    r->mean[output] = (float)((low + high) / 2.0);
    r->scale[output] = (float)fmax((high - low) / 2.0, scale_minimum);
}

/* A driver's outputs keep their means and scales, so that it can continue to learn. */
static aann_status find_ranges(aann_recording *r, const aann_driver *driver, aann_error *error)
{
    float *sorted = aann_allocate((size_t)r->count, sizeof *sorted);
    if (sorted == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %lld recorded frames",
                         (long long)r->count);
    }
    for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
        if (driver != NULL) {
            r->mean[o] = (float)driver->outputs.mean[o];
            r->scale[o] = (float)driver->outputs.scale[o];
        } else {
            measure_range(r, o, sorted);
        }
    }
    free(sorted);
    return AANN_OK;
}

/* Turns actions into targets. */
static void normalise(aann_recording *r)
{
    for (int64_t i = 0; i < r->count * AANN_CAR_OUTPUTS; i++) {
        const int64_t o = i % AANN_CAR_OUTPUTS;
        r->targets[i] = fminf(fmaxf((r->targets[i] - r->mean[o]) / r->scale[o], -1.0F), 1.0F);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static aann_status check_options(const aann_recording_options *options, const aann_driver *driver,
                                 aann_error *error)
{
    if (options->episodes < 1 || (driver != NULL && options->driver_episodes < 1)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a recording of %d episodes and %d of the driver: expected 1 and more",
                         options->episodes, options->driver_episodes);
    }
    return AANN_OK;
}

static aann_status record(recorder *r, const aann_driver *driver, aann_error *error)
{
    aann_recording *recording = r->recording;
    aann_status status = driver != NULL ? record_driver(r, driver, error) : AANN_OK;
    if (status == AANN_OK) {
        status = record_expert(r, error);
    }
    if (status == AANN_OK && recording->count == 0) {
        status =
            aann_fail(error, AANN_ERROR_ARGUMENT,
                      "nothing was recorded in %d episodes: the cars were too far off the road",
                      r->options->episodes);
    }
    if (status != AANN_OK) {
        return status;
    }
    shuffle(recording, 0, recording->train_count);
    shuffle(recording, recording->train_count, recording->count);
    status = find_ranges(recording, driver, error);
    if (status == AANN_OK) {
        normalise(recording);
    }
    return status;
}

aann_status aann_recording_make(const aann_recording_options *options, const aann_driver *driver,
                                aann_recording *recording, aann_error *error)
{
    *recording = (aann_recording){0};
    recorder r = {.options = options, .recording = recording};
    aann_status status = check_options(options, driver, error);
    if (status == AANN_OK) {
        status = record(&r, driver, error);
    }
    if (status != AANN_OK) {
        aann_recording_destroy(recording);
    }
    return status;
}

aann_status aann_recording_write(const aann_recording *recording, const char *path,
                                 aann_error *error)
{
    const int64_t count = recording->count;
    const aann_npz_array arrays[] = {
        {"inputs",
         recording->views,
         AANN_NPZ_UINT8,
         3,
         {count, AANN_CAR_VIEW_SIZE, AANN_CAR_VIEW_SIZE}},
        {"targets", recording->targets, AANN_NPZ_FLOAT, 2, {count, AANN_CAR_OUTPUTS}},
        {"target_mean", recording->mean, AANN_NPZ_FLOAT, 1, {AANN_CAR_OUTPUTS}},
        {"target_scale", recording->scale, AANN_NPZ_FLOAT, 1, {AANN_CAR_OUTPUTS}},
    };
    return aann_npz_write(path, arrays, sizeof arrays / sizeof arrays[0], error);
}
