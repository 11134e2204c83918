/* Rewards of drives, printed. */
#include "cli/car/laps.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/shared/json.h"

static const double solved_reward = 900.0;

typedef struct summary {
    double mean, sd, min, solved;
    int64_t finished;
} summary;

static summary summarise(const aann_lap *laps, int64_t count)
{
    summary all = {.min = INFINITY};
    for (int64_t i = 0; i < count; i++) {
        all.mean += laps[i].reward / (double)count;
        all.min = fmin(all.min, laps[i].reward);
        all.solved += laps[i].reward >= solved_reward ? 1.0 / (double)count : 0.0;
        all.finished += laps[i].finished;
    }
    double squares = 0.0;
    for (int64_t i = 0; i < count; i++) {
        squares += (laps[i].reward - all.mean) * (laps[i].reward - all.mean);
    }
    all.sd = sqrt(squares / (double)count);
    return all;
}

void cli_lap_print(uint64_t track, const aann_lap *lap)
{
    printf("track %" PRIu64 ": %.1f in %" PRId32 " steps", track, lap->reward, lap->steps);
    printf(lap->finished ? "\n" : ", lap not finished\n");
}

static void print_json(const aann_lap *laps, int64_t count, const summary *all)
{
    json_t *rewards = json_array(), *steps = json_array(), *finished = json_array();
    for (int64_t i = 0; i < count; i++) {
        json_array_append_new(rewards, json_real(laps[i].reward));
        json_array_append_new(steps, json_integer(laps[i].steps));
        json_array_append_new(finished, json_boolean(laps[i].finished));
    }
    cli_print_json(json_pack("{s:o, s:f, s:f, s:f, s:f, s:o, s:o}", "rewards", rewards, "mean",
                             all->mean, "sd", all->sd, "min", all->min, "solved", all->solved,
                             "steps", steps, "finished", finished));
}

void cli_laps_print(const aann_lap *laps, int64_t count, bool json)
{
    const summary all = summarise(laps, count);
    if (json) {
        print_json(laps, count, &all);
        return;
    }
    printf("mean %.1f, sd %.1f, min %.1f, %.1f %% at 900 or more, %" PRId64 " of %" PRId64
           " laps finished\n",
           all.mean, all.sd, all.min, 100.0 * all.solved, all.finished, count);
}
