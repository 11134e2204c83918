/* aann car expert: rewards of the expert driver. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "aann/car.h"
#include "cli/car/car.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/text.h"

typedef struct drive {
    double reward;
    int32_t steps;
    bool finished;
} drive;

/* Drives one track; writes the actions to `file` if there is one. */
static drive drive_track(aann_car *car, aann_car_expert *expert, uint64_t track, FILE *file)
{
    drive d = {0};
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
        d.reward += result.reward;
        d.steps++;
    }
    d.finished = result.lap_finished;
    return d;
}

static void drive_tracks(aann_car *car, aann_car_expert *expert, uint64_t first, uint64_t end,
                         bool json, FILE *file)
{
    json_t *rewards = json_array(), *steps = json_array(), *finished = json_array();
    double sum = 0.0, squares = 0.0, lowest = INFINITY;
    int solved = 0, laps = 0;
    for (uint64_t track = first; track < end; track++) {
        const drive d = drive_track(car, expert, track, track + 1 == end ? file : NULL);
        if (!json) {
            cli_print("track %llu: %.1f in %d steps%s\n", (unsigned long long)track, d.reward,
                      (int)d.steps, d.finished ? "" : ", lap not finished");
        }
        json_array_append_new(rewards, json_real(d.reward));
        json_array_append_new(steps, json_integer(d.steps));
        json_array_append_new(finished, json_boolean(d.finished));
        sum += d.reward;
        squares += d.reward * d.reward;
        lowest = fmin(lowest, d.reward);
        solved += d.reward >= 900.0;
        laps += d.finished;
    }
    const double count = (double)(end - first), mean = sum / count,
                 sd = sqrt(fmax(squares / count - mean * mean, 0.0));
    if (json) {
        json_t *root = json_pack("{s:o,s:o,s:o,s:f,s:f,s:f,s:f}", "rewards", rewards, "steps",
                                 steps, "finished", finished, "mean", mean, "sd", sd, "min", lowest,
                                 "solved", solved / count);
        cli_print_json(root);
        return;
    }
    printf("mean %.1f, sd %.1f, min %.1f, %.1f %% at 900 or more, %d of %.0f laps finished\n", mean,
           sd, lowest, 100.0 * solved / count, laps, count);
    json_decref(rewards);
    json_decref(steps);
    json_decref(finished);
}

int cli_car_expert(int count, char **arguments)
{
    const char *tracks = "0:20", *path = NULL;
    bool json = false;
    cli_car_style style = {false, -1.0, -1.0, -1.0};
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
    bool good = path == NULL || file != NULL;
    if (good) {
        drive_tracks(car, expert, first, end, json, file);
        good = file == NULL || fclose(file) == 0;
    }
    if (!good) {
        cli_failed("cannot write %s: %s", path, strerror(errno));
    }
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
    return cli_finish_output(good ? CLI_GOOD : CLI_FAILED);
}
