/* aann car record: demonstrations as a data set.
 *
 * A network's output is HardTanh: a number z in [-1, 1]. The targets are the expert's actions put
 * into that range: -1 and 1 are their 2nd and 98th percentiles, and what lies outside is cut off.
 * So the ends of the range are often right: no gas, full gas and no brake are sums of any size
 * beyond 127, which a network of saturated units makes easily, and numbers in between, which it
 * makes with difficulty, are as few as the task allows. (Ranges that reached to the 99.9th
 * percentile around the mean left a search at a steering error of 0.8 of its variance.) Middles and
 * half ranges, target_mean and target_scale, travel with the data, so a study that was searched on
 * them knows how to drive. With --driver they are the driver's.
 *
 * Pictures are shuffled, so that any first part of the file shows all of the task; but those of the
 * last tenth of the episodes come last: the usual validation split, the last tenth, has tracks of
 * its own. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/car_driver.h"
#include "aann/data.h"
#include "cli/car/car.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/json.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/text.h"

static const double validation_share = 0.1; /* of the episodes */
static const double outside = 0.02;     /* share of the actions that is cut off on either side */
static const double least_scale = 1e-3; /* of an action that never changes */

/* What is to be recorded. */
typedef struct record_arguments {
    aann_car_demonstration_options settings;
    int32_t episodes, driver_episodes;
    const char *driver, *path;
    bool each; /* the drivers drive one after the other, not together */
    bool json;
} record_arguments;

typedef struct recording {
    uint8_t *views; /* [room][96 * 96] */
    float *actions; /* [room][3] */
    int64_t count, room;
    int64_t train_count; /* pictures of all but the last episodes */
    int64_t corrections; /* pictures of the driver's drives */
    double reward;       /* mean of the expert's drives */
    double driver_reward;
} recording;

static void clear_recording(recording *r)
{
    free(r->views);
    free(r->actions);
    *r = (recording){0};
}

static bool grow(recording *r)
{
    const int64_t room = r->room > 0 ? r->room * 2 : 1024;
    uint8_t *views = realloc(r->views, (size_t)room * AANN_CAR_VIEW_VALUES);
    if (views == NULL) {
        return false;
    }
    r->views = views;
    float *actions = realloc(r->actions, (size_t)room * AANN_CAR_OUTPUTS * sizeof *actions);
    if (actions == NULL) {
        return false;
    }
    r->actions = actions;
    r->room = room;
    return true;
}

static bool take_frame(void *context, const aann_car_frame *frame)
{
    recording *r = context;
    if (r->count == r->room && !grow(r)) {
        return false;
    }
    memcpy(r->views + r->count * AANN_CAR_VIEW_VALUES, frame->view, AANN_CAR_VIEW_VALUES);
    memcpy(r->actions + r->count * AANN_CAR_OUTPUTS, frame->action, sizeof frame->action);
    r->count++;
    return true;
}

/* Pictures that the driver gets into; they come first, where the training split is. With --each
 * every network drives its share of the tracks. */
static aann_status record_corrections(const record_arguments *a, const aann_driver *driver,
                                      recording *r, aann_error *error)
{
    aann_car_demonstration_options options = a->settings;
    options.first_track += (uint64_t)a->episodes;
    const int32_t drivers = a->each ? driver->count : 1;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < drivers && status == AANN_OK; i++) {
        const int32_t first = (int32_t)((int64_t)a->driver_episodes * i / drivers);
        const int32_t end = (int32_t)((int64_t)a->driver_episodes * (i + 1) / drivers);
        const aann_driver one = {driver->networks + i, 1, driver->outputs};
        double reward = 0.0;
        if (end > first) {
            status = aann_drive_correct(a->each ? &one : driver, &options, end - first, NULL,
                                        take_frame, r, &reward, error);
        }
        r->driver_reward += reward * (end - first) / a->driver_episodes;
        options.first_track += (uint64_t)(end - first);
    }
    r->corrections = r->count;
    r->train_count = r->count;
    return status;
}

static aann_status record_episodes(const aann_car_demonstration_options *options, int32_t episodes,
                                   recording *r, aann_error *error)
{
    const int32_t train = episodes - (int32_t)floor(validation_share * episodes + 0.5);
    for (int32_t episode = 0; episode < episodes; episode++) {
        double reward = 0.0;
        const aann_status status =
            aann_car_demonstrate(options, (uint64_t)episode, take_frame, r, &reward, error);
        if (status != AANN_OK) {
            return status;
        }
        if (r->count == r->room && !grow(r)) {
            *error = (aann_error){AANN_ERROR_MEMORY, "out of memory for the recorded pictures"};
            return AANN_ERROR_MEMORY;
        }
        r->train_count = episode < train ? r->count : r->train_count;
        r->reward += reward / episodes;
    }
    return AANN_OK;
}

/* ---- order --------------------------------------------------------------------------------------- */

static void exchange(recording *r, int64_t a, int64_t b)
{
    uint8_t view[AANN_CAR_VIEW_VALUES];
    float action[AANN_CAR_OUTPUTS];
    uint8_t *first = r->views + a * AANN_CAR_VIEW_VALUES,
            *second = r->views + b * AANN_CAR_VIEW_VALUES;
    memcpy(view, first, sizeof view);
    memmove(first, second, sizeof view);
    memcpy(second, view, sizeof view);
    memcpy(action, r->actions + a * AANN_CAR_OUTPUTS, sizeof action);
    memmove(r->actions + a * AANN_CAR_OUTPUTS, r->actions + b * AANN_CAR_OUTPUTS, sizeof action);
    memcpy(r->actions + b * AANN_CAR_OUTPUTS, action, sizeof action);
}

/* Fisher and Yates, with the numbers of SplitMix64 (Steele, Lea, Flood 2014): any fixed order that
 * is no order will do. */
static void shuffle(recording *r, int64_t first, int64_t end)
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

/* ---- targets ------------------------------------------------------------------------------------- */

static int compare_floats(const void *a, const void *b)
{
    const float first = *(const float *)a, second = *(const float *)b;
    return (first > second) - (first < second);
}

/* Middle and half of the range of one action; false: out of memory. */
static bool measure(const recording *r, int32_t output, float *middle, float *scale)
{
    float *sorted = malloc((size_t)r->count * sizeof *sorted);
    if (sorted == NULL) {
        return false;
    }
    for (int64_t i = 0; i < r->count; i++) {
        sorted[i] = r->actions[i * AANN_CAR_OUTPUTS + output];
    }
    qsort(sorted, (size_t)r->count, sizeof *sorted, compare_floats);
    const int64_t cut = (int64_t)(outside * (double)r->count);
    const double least = (double)sorted[cut], most = (double)sorted[r->count - 1 - cut];
    *middle = (float)((least + most) / 2.0);
    *scale = (float)fmax((most - least) / 2.0, least_scale);
    free(sorted);
    return true;
}

/* From actions to what the outputs should be. A driver's outputs keep their meaning, so that it can
 * learn on. */
static bool normalise(recording *r, const aann_driver *driver, float mean[AANN_CAR_OUTPUTS],
                      float scale[AANN_CAR_OUTPUTS])
{
    for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
        if (driver != NULL) {
            mean[o] = (float)driver->outputs.mean[o];
            scale[o] = (float)driver->outputs.scale[o];
        } else if (!measure(r, o, &mean[o], &scale[o])) {
            return false;
        }
        for (int64_t i = 0; i < r->count; i++) {
            float *value = &r->actions[i * AANN_CAR_OUTPUTS + o];
            *value = fminf(fmaxf((*value - mean[o]) / scale[o], -1.0F), 1.0F);
        }
    }
    return true;
}

/* ---- the file ------------------------------------------------------------------------------------ */

static aann_status write_file(const recording *r, const char *path, const float *mean,
                              const float *scale, aann_error *error)
{
    const aann_npz_array arrays[] = {
        {"inputs", r->views, AANN_NPZ_UINT8, 3, {r->count, AANN_CAR_VIEW_SIZE, AANN_CAR_VIEW_SIZE}},
        {"targets", r->actions, AANN_NPZ_FLOAT, 2, {r->count, AANN_CAR_OUTPUTS}},
        {"target_mean", mean, AANN_NPZ_FLOAT, 1, {AANN_CAR_OUTPUTS}},
        {"target_scale", scale, AANN_NPZ_FLOAT, 1, {AANN_CAR_OUTPUTS}},
    };
    return aann_npz_write(path, arrays, sizeof arrays / sizeof arrays[0], error);
}

static void report(const recording *r, const char *path, const float *mean, const float *scale,
                   bool json)
{
    if (json) {
        json_t *root = json_pack(
            "{s:s, s:I, s:I, s:f, s:I, s:f, s:[f,f,f], s:[f,f,f]}", "npz", path, "count",
            (json_int_t)r->count, "validation", (json_int_t)(r->count - r->train_count), "reward",
            r->reward, "corrections", (json_int_t)r->corrections, "driver_reward", r->driver_reward,
            "mean", (double)mean[0], (double)mean[1], (double)mean[2], "scale", (double)scale[0],
            (double)scale[1], (double)scale[2]);
        cli_print_json(root);
        return;
    }
    cli_print(
        "%s: %lld pictures, %lld of them from tracks of their own at the end; mean reward of the disturbed "
        "drives %.1f\n",
        path, (long long)r->count, (long long)(r->count - r->train_count), r->reward);
    if (r->corrections > 0) {
        printf("%lld of the pictures from the driver's drives, mean reward %.1f\n",
               (long long)r->corrections, r->driver_reward);
    }
    static const char *const names[AANN_CAR_OUTPUTS] = {"steering", "gas", "brake"};
    for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
        cli_print("  %-9s mean %8.5f   scale %.5f\n", names[o], (double)mean[o], (double)scale[o]);
    }
}

static aann_status make_file(const record_arguments *a, const aann_driver *driver,
                             aann_error *error)
{
    recording r = {0};
    float mean[AANN_CAR_OUTPUTS], scale[AANN_CAR_OUTPUTS];
    aann_status status = driver != NULL ? record_corrections(a, driver, &r, error) : AANN_OK;
    if (status == AANN_OK) {
        status = record_episodes(&a->settings, a->episodes, &r, error);
    }
    if (status == AANN_OK) {
        shuffle(&r, 0, r.train_count);
        shuffle(&r, r.train_count, r.count);
        if (r.count == 0 || !normalise(&r, driver, mean, scale)) {
            *error = (aann_error){AANN_ERROR_MEMORY, "no pictures, or no memory for them"};
            status = AANN_ERROR_MEMORY;
        }
    }
    if (status == AANN_OK) {
        status = write_file(&r, a->path, mean, scale, error);
    }
    if (status == AANN_OK) {
        report(&r, a->path, mean, scale, a->json);
    }
    clear_recording(&r);
    return status;
}

static int record(const record_arguments *a)
{
    aann_error error;
    cli_members members = {.count = 0};
    aann_driver driver;
    int status;
    if (a->driver != NULL && !cli_members_open_named("--driver", a->driver, &members, &status)) {
        return status;
    }
    if (a->driver == NULL || cli_car_driver(&members, &driver, &status)) {
        const aann_status made = make_file(a, a->driver != NULL ? &driver : NULL, &error);
        status = made == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
    }
    cli_members_close(&members);
    return status;
}

int cli_car_record(int count, char **arguments)
{
    record_arguments a = {.settings = aann_car_demonstration_options_default(),
                          .episodes = 240,
                          .driver_episodes = 120};
    aann_car_demonstration_options *settings = &a.settings;
    int64_t seed = (int64_t)settings->seed, first_track = (int64_t)settings->first_track;
    bool driver_episodes_given = false;
    cli_car_style style = {false, -1.0, -1.0, -1.0};
    const cli_option options[] = {
        {"episodes", CLI_INT, &a.episodes, 1, 1e6, "N", "tracks driven (240)", NULL},
        {"every", CLI_INT, &settings->every, 1, 1000, "N", "steps from picture to picture (3)",
         NULL},
        {"out", CLI_TEXT, &a.path, 0, 0, "FILE.npz", "the file to write", NULL},
        {"teacher", CLI_FLAG, &style.teacher, 0, 0, NULL, "the slower, steadier expert", NULL},
        {"top-speed", CLI_REAL, &style.top_speed, 1, 1000, "V",
         "the expert's, m/s (173; teacher: 80)", NULL},
        {"lateral", CLI_REAL, &style.lateral, 1, 1000, "A",
         "the expert's acceleration in bends, m/s^2 (205; teacher: 90)", NULL},
        {"widest", CLI_REAL, &style.widest, 0, 10, "M",
         "metres that its line may be off the middle of the road (3.83)", NULL},
        {"noise", CLI_REAL, &settings->noise_limit, 0, 10, "SD",
         "largest standard deviation of the disturbed steering (0.2)", NULL},
        {"first-track", CLI_LONG, &first_track, 0, CLI_CAR_LARGEST_SEED, "N",
         "the first of the tracks (1000000)", NULL},
        {"driver", CLI_TEXT, &a.driver, 0, 0, "STUDY:ID",
         "let this driver drive, too, and record what the expert would do in its place", NULL},
        {"driver-episodes", CLI_INT, &a.driver_episodes, 1, 1e6, "N", "tracks it drives (120)",
         &driver_episodes_given},
        {"each", CLI_FLAG, &a.each, 0, 0, NULL,
         "several drivers (STUDY:ID,ID,...) drive one after the other, not together", NULL},
        {"seed", CLI_LONG, &seed, 0, 9e18, "N", "of the disturbances (1)", NULL},
        {0},
    };
    const cli_syntax syntax = {
        .command = "car record",
        .description =
            "Lets the expert drive, with disturbed steering, and writes what it saw and\n"
            "what it would do to an NPZ file: inputs uint8 [n][96][96]; targets float\n"
            "[n][3] (steering, gas, brake, each as (action - target_mean) / target_scale,\n"
            "within -1 and 1); target_mean and target_scale float [3].\n"
            "\n"
            "  aann car record --episodes 240 --every 3 --out drives.npz\n"
            "  aann car record --driver drivers.aann:1 --out corrected.npz\n"
            "  aann search carracing --data drives.npz\n",
        .options = options,
        .json = &a.json};
    int status;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    if (a.path == NULL) {
        return cli_usage_error("car record: --out FILE.npz is missing");
    }
    if ((driver_episodes_given || a.each) && a.driver == NULL) {
        return cli_usage_error("car record: --driver-episodes and --each need --driver STUDY:ID");
    }
    settings->seed = (uint64_t)seed;
    settings->first_track = (uint64_t)first_track;
    settings->expert = cli_car_expert_style(&style);
    return record(&a);
}
