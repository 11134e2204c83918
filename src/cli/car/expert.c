/* aann car expert: rewards of the expert driver. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/car.h"
#include "cli/car/car.h"
#include "cli/car/laps.h"
#include "cli/shared/exit_status.h"
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

int cli_car_expert(int count, char **arguments)
{
    const char *tracks = "0:20", *path = NULL;
    bool json = false;
    cli_car_style style = {false, false, -1.0, -1.0, -1.0};
    const cli_option options[] = {
        {.name = "tracks",
         .kind = CLI_TEXT,
         .value = &tracks,
         .argument = "FIRST:END",
         .help = "which tracks, END excluded (0:20)"},
        {.name = "teacher",
         .kind = CLI_FLAG,
         .value = &style.teacher,
         .help = "the slower, steadier one"},
        {.name = "racer",
         .kind = CLI_FLAG,
         .value = &style.racer,
         .help = "the fast one that recovers from disturbances"},
        {.name = "top-speed",
         .kind = CLI_REAL,
         .value = &style.top_speed,
         .least = 1,
         .most = 1000,
         .argument = "V",
         .help = "m/s (173; teacher: 80)"},
        {.name = "lateral",
         .kind = CLI_REAL,
         .value = &style.lateral,
         .least = 1,
         .most = 1000,
         .argument = "A",
         .help = "acceleration in bends, m/s^2 (205; teacher: 90)"},
        {.name = "widest",
         .kind = CLI_REAL,
         .value = &style.widest,
         .least = 0,
         .most = 10,
         .argument = "M",
         .help = "metres that its line may be off the middle of the road (3.83)"},
        {.name = "actions",
         .kind = CLI_TEXT,
         .value = &path,
         .argument = "FILE",
         .help = "write the actions of the last track, as CSV"},
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
    const int64_t lap_count = (int64_t)(end - first);
    const aann_car_expert_options settings = cli_car_expert_style(&style);
    aann_error error;
    aann_car *car = NULL;
    aann_car_expert *expert = NULL;
    if (aann_car_create(NULL, &car, &error) != AANN_OK ||
        aann_car_expert_create(&settings, &expert, &error) != AANN_OK) {
        aann_car_destroy(car);
        return cli_fail(&error);
    }
    FILE *file = path != NULL ? fopen(path, "wb") : NULL;
    aann_lap *laps = calloc((size_t)lap_count, sizeof *laps);
    bool good = path == NULL || file != NULL;
    if (good && laps != NULL) {
        drive_tracks(car, expert, first, lap_count, json, file, laps);
    }
    if (!good || (file != NULL && fclose(file) != 0)) {
        good = false;
        cli_failed("cannot write %s: %s", path, strerror(errno));
    } else if (laps == NULL) {
        good = false;
        cli_failed("out of memory for %" PRId64 " laps", lap_count);
    }
    free(laps);
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
    return cli_finish_output(good ? CLI_GOOD : CLI_FAILED);
}
