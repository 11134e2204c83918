/* aann car record: demonstrations as a data set. What is recorded, and how it is put into a
 * network's range, is the library's (aann/recording.h). */
#include <stdio.h>
#include <string.h>

#include "aann/car_driver.h"
#include "aann/recording.h"
#include "cli/car/car.h"
#include "cli/car/seat.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/text.h"

/* What is to be recorded. */
typedef struct record_arguments {
    aann_recording_options recording;
    const char *driver, *path;
    bool json;
} record_arguments;

void cli_car_print_recording(const aann_recording *r, const char *path, bool json)
{
    if (json) {
        json_t *root = json_pack(
            "{s:o, s:I, s:I, s:f, s:I, s:f, s:[f,f,f], s:[f,f,f]}", "npz", cli_json_text(path),
            "count", (json_int_t)r->count, "validation", (json_int_t)(r->count - r->train_count),
            "reward", r->reward, "corrections", (json_int_t)r->corrections, "driver_reward",
            r->driver_reward, "mean", (double)r->mean[0], (double)r->mean[1], (double)r->mean[2],
            "scale", (double)r->scale[0], (double)r->scale[1], (double)r->scale[2]);
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
        cli_print("  %-9s mean %8.5f   scale %.5f\n", names[o], (double)r->mean[o],
                  (double)r->scale[o]);
    }
}

static aann_status make_file(const record_arguments *a, const aann_driver *driver,
                             aann_error *error)
{
    aann_recording recording;
    aann_status status = aann_recording_make(&a->recording, driver, &recording, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_recording_write(&recording, a->path, error);
    if (status == AANN_OK) {
        cli_car_print_recording(&recording, a->path, a->json);
    }
    aann_recording_destroy(&recording);
    return status;
}

static int record(const record_arguments *a)
{
    aann_error error;
    cli_car_seat seat = {.model = NULL};
    int status;
    if (a->driver == NULL || cli_car_seat_open_named("--driver", a->driver, &seat, &status)) {
        const aann_status made = make_file(a, a->driver != NULL ? &seat.driver : NULL, &error);
        status = made == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
    }
    cli_car_seat_close(&seat);
    return status;
}

int cli_car_record(int count, char **arguments)
{
    record_arguments a = {.recording = aann_recording_options_default()};
    aann_car_demonstration_options *settings = &a.recording.demonstration;
    int64_t seed = (int64_t)settings->seed, first_track = (int64_t)settings->first_track;
    bool driver_episodes_given = false;
    cli_car_style style = {false, false, -1.0, -1.0, -1.0};
    const cli_option options[] = {
        {"episodes", CLI_INT, &a.recording.episodes, 1, 1e6, "N", "tracks driven (240)", NULL},
        {"every", CLI_INT, &settings->every, 1, 1000, "N", "steps from picture to picture (3)",
         NULL},
        {"out", CLI_TEXT, &a.path, 0, 0, "FILE.npz", "the file to write", NULL},
        {"teacher", CLI_FLAG, &style.teacher, 0, 0, NULL, "the slower, steadier expert", NULL},
        {"racer", CLI_FLAG, &style.racer, 0, 0, NULL,
         "the fast expert that recovers from disturbances", NULL},
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
         "let this driver (or a MODEL) drive, too, and record what the expert would do in its place",
         NULL},
        {"driver-episodes", CLI_INT, &a.recording.driver_episodes, 1, 1e6, "N",
         "tracks it drives (120)", &driver_episodes_given},
        {"each", CLI_FLAG, &a.recording.each, 0, 0, NULL,
         "several drivers (STUDY:ID,ID,...) drive one after the other, not together", NULL},
        {"lost", CLI_FLAG, &a.recording.lost, 0, 0, NULL,
         "record only those of its laps that it does not finish", NULL},
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
    if ((driver_episodes_given || a.recording.each || a.recording.lost) && a.driver == NULL) {
        return cli_usage_error(
            "car record: --driver-episodes, --each and --lost need --driver STUDY:ID");
    }
    settings->seed = (uint64_t)seed;
    settings->first_track = (uint64_t)first_track;
    settings->expert = cli_car_expert_style(&style);
    return record(&a);
}
