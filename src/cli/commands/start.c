/* A member to begin with. */
#include "cli/commands/start.h"

#include <inttypes.h>

#include "cli/car/car.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"

enum { REWARD_FIRST_CHECK = 8 };
/* A drive costs a thousand times what a picture does, and its reward is a sum over a lap: no steps
 * uphill. */
static const double reward_temperature = 0.0;
/* A candidate takes a second or so, not a millisecond. */
static const uint64_t reward_steps = 3000;

bool cli_start_open(const char *text, cli_members *start, int *status)
{
    if (!cli_members_open_named("--start", text, start, status)) {
        return false;
    }
    for (int32_t i = 1; i < start->count; i++) {
        if (start->list[i].row.family != start->list[0].row.family) {
            *status = cli_usage_error("--start: member %" PRId64
                                      " is not of the same family as the first",
                                      start->list[i].row.id);
            cli_members_close(start);
            return false;
        }
    }
    return true;
}

bool cli_start_plan(const cli_members *start, const char *tracks, aann_family_plan *plan)
{
    if (start->count == 0) {
        return true;
    }
    plan->starts = start->networks;
    plan->start_count = start->count;
    plan->search.output_scale = start->list[0].plan.search.output_scale;
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
    plan->search.temperature = reward_temperature;
    plan->search.steps = reward_steps;
    return true;
}
