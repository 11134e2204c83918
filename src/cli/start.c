/* A member to begin with. */
#include "cli/start.h"

#include <string.h>

#include "cli/car.h"
#include "cli/command.h"
#include "cli/crew.h"

enum { PATH_SIZE = 1024, REWARD_FIRST_CHECK = 8 };
/* A drive is a thousand times as dear as a picture, and its reward a sum over a lap: no steps uphill. */
static const double reward_temperature = 0.0;

bool cli_start_open(const char *text, cli_start *start, int *status)
{
    char path[PATH_SIZE];
    const char *id;
    if (!cli_split_named("--start", text, path, sizeof path, &id)) {
        *status = CLI_USAGE;
        return false;
    }
    start->given = cli_open_member(path, id, &start->member, status);
    return start->given;
}

void cli_start_close(cli_start *start)
{
    if (start->given) {
        cli_close_member(&start->member);
    }
    start->given = false;
}

bool cli_start_plan(const cli_start *start, const char *tracks, bool temperature_given,
                    aann_family_plan *plan)
{
    if (!start->given) {
        return true;
    }
    plan->start = start->member.network;
    plan->search.output_scale = start->member.plan.search.output_scale;
    if (tracks == NULL) {
        return true;
    }
    uint64_t first, end;
    if (!cli_car_parse_tracks(tracks, &first, &end)) {
        return false;
    }
    plan->search.reward_first_track = first;
    plan->search.reward_tracks = (int64_t)(end - first);
    plan->search.first_samples = 0;
    plan->search.first_check = REWARD_FIRST_CHECK;
    if (!temperature_given) {
        plan->search.temperature = reward_temperature;
    }
    return true;
}
