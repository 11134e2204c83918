/* A member to begin with. */
#include "cli/commands/start.h"

#include <string.h>

#include "cli/car/car.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"

enum { PATH_SIZE = 1024, ID_SIZE = 24, REWARD_FIRST_CHECK = 8 };
/* A drive is a thousand times as dear as a picture, and its reward a sum over a lap: no steps
 * uphill. */
static const double reward_temperature = 0.0;

static bool add(const char *path, const char *id, cli_start *start, int *status)
{
    if (start->count == CLI_LARGEST_CREW) {
        *status = cli_usage_error("--start: at most %d members", CLI_LARGEST_CREW);
        return false;
    }
    cli_member *member = &start->members[start->count];
    if (!cli_open_member(path, id, member, status)) {
        return false;
    }
    start->networks[start->count++] = member->network;
    if (member->row.family != start->members[0].row.family) {
        *status = cli_usage_error("--start: member %s is not of the same family as the first", id);
        return false;
    }
    return true;
}

bool cli_start_open(const char *text, cli_start *start, int *status)
{
    char path[PATH_SIZE], id[ID_SIZE];
    const char *ids;
    memset(start, 0, sizeof *start);
    if (!cli_split_named("--start", text, path, sizeof path, &ids)) {
        *status = CLI_USAGE;
        return false;
    }
    while (cli_next_id(&ids, id, sizeof id)) {
        if (!add(path, id, start, status)) {
            cli_start_close(start);
            return false;
        }
    }
    return true;
}

void cli_start_close(cli_start *start)
{
    for (int32_t i = 0; i < start->count; i++) {
        cli_close_member(&start->members[i]);
    }
    start->count = 0;
}

bool cli_start_plan(const cli_start *start, const char *tracks, bool temperature_given,
                    aann_family_plan *plan)
{
    if (start->count == 0) {
        return true;
    }
    plan->starts = start->networks;
    plan->start_count = start->count;
    plan->search.output_scale = start->members[0].plan.search.output_scale;
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
