/* aann car expert: rewards of the expert driver. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/car.h"
#include "cli/car/car.h"
#include "cli/car/laps.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/file.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"

/* Drives one track; writes the actions to `file` if there is one. */
static aann_lap drive_track(aann_car *car, aann_car_expert *expert, uint64_t track, FILE *file)
{
    aann_lap lap = {0};
    aann_car_result result = {0};
    aann_car_reset(car, track);
    aann_car_expert_plan(expert, car);
    while (!result.terminated && !result.truncated) {
        aann_car_action action;
        aann_car_expert_act(expert, car, &action);
        if (file != NULL) {
            fprintf(file, "%.17g,%.17g,%.17g\n", action.steer, action.gas, action.brake);
        }
        aann_car_step(car, &action, &result);
        lap.reward += result.reward;
        lap.steps++;
    }
    lap.finished = result.lap_finished;
    return lap;
}

static void drive_tracks(aann_car *car, aann_car_expert *expert, uint64_t first, int64_t count,
                         bool json, FILE *file, aann_lap *laps)
{
    for (int64_t i = 0; i < count; i++) {
        const uint64_t track = first + (uint64_t)i;
        laps[i] = drive_track(car, expert, track, i + 1 == count ? file : NULL);
        if (!json) {
            cli_lap_print(track, &laps[i]);
        }
    }
    cli_laps_print(laps, count, json);
}

/* Drives lap_count tracks from `first` on; the actions of the last go to `path`, if there is one. */
static int drive_and_print(aann_car *car, aann_car_expert *expert, uint64_t first,
                           int64_t lap_count, bool json, const char *path)
{
    aann_error error;
    FILE *file = path != NULL ? cli_file_open(path, &error) : NULL;
    if (path != NULL && file == NULL) {
        return cli_fail(&error);
    }
    aann_lap *laps = calloc((size_t)lap_count, sizeof *laps);
    if (laps != NULL) {
        drive_tracks(car, expert, first, lap_count, json, file, laps);
    }
    const bool is_driven = laps != NULL;
    free(laps);
    if (file != NULL && !is_driven) {
        cli_file_abandon(path, file);
    }
    if (!is_driven) {
        return cli_failed("out of memory for %" PRId64 " laps", lap_count);
    }
    return file == NULL || cli_file_close(path, file, &error) == AANN_OK ? CLI_GOOD
                                                                         : cli_fail(&error);
}

int cli_car_expert(int count, char **arguments)
{
    const char *tracks = "0:20", *path = NULL;
    bool json = false;
    cli_car_style style = {false, false, -1.0, -1.0, -1.0};
    const cli_option options[] = {
        {"tracks", CLI_TEXT, &tracks, 0, 0, "FIRST:END", "which tracks, END excluded (0:20)", NULL},
        {"teacher", CLI_FLAG, &style.teacher, 0, 0, NULL, "the slower, steadier one", NULL},
        {"racer", CLI_FLAG, &style.racer, 0, 0, NULL,
         "the fast one that recovers from disturbances", NULL},
        {"top-speed", CLI_REAL, &style.top_speed, 1, 1000, "V", "m/s (173; teacher: 80)", NULL},
        {"lateral", CLI_REAL, &style.lateral, 1, 1000, "A",
         "acceleration in bends, m/s^2 (205; teacher: 90)", NULL},
        {"widest", CLI_REAL, &style.widest, 0, 10, "M",
         "metres that its line may be off the middle of the road (3.83)", NULL},
        {"actions", CLI_TEXT, &path, 0, 0, "FILE", "write the actions of the last track, as CSV",
         NULL},
        {0}};
    const cli_syntax syntax = {
        .command = "car expert",
        .description =
            "Lets the expert drive, which sees the track. --json prints rewards, steps,\n"
            "finished [per track], mean, sd, min, solved (share of 900 and more).\n",
        .options = options,
        .json = &json};
    int status;
    uint64_t first, end;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    if (!cli_car_parse_tracks(tracks, &first, &end)) {
        return CLI_USAGE;
    }
    const aann_car_expert_options settings = cli_car_expert_style(&style);
    aann_error error;
    aann_car *car = NULL;
    aann_car_expert *expert = NULL;
    if (aann_car_create(NULL, &car, &error) != AANN_OK ||
        aann_car_expert_create(&settings, &expert, &error) != AANN_OK) {
        aann_car_destroy(car);
        return cli_fail(&error);
    }
    status = drive_and_print(car, expert, first, (int64_t)(end - first), json, path);
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
    return cli_finish_output(status);
}
