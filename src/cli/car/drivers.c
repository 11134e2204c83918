/* Opening drivers. */
#include "cli/car/drivers.h"

#include <stdio.h>
#include <string.h>

#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"

enum { PATH_SIZE = 1024, ID_SIZE = 24 };

static bool same_outputs(const aann_car_outputs *a, const aann_car_outputs *b)
{
    bool same = a->full == b->full;
    for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
        same = same && a->mean[o] == b->mean[o] && a->scale[o] == b->scale[o];
    }
    return same;
}

static bool add_member(const char *path, const char *id, cli_drivers *crew, int *status)
{
    const int32_t place = crew->driver.count;
    aann_car_outputs outputs = {0};
    aann_error error;
    if (place == CLI_LARGEST_CREW) {
        *status = cli_usage_error("at most %d members drive together", CLI_LARGEST_CREW);
        return false;
    }
    if (!cli_open_member(path, id, &crew->members[place], status)) {
        return false;
    }
    crew->networks[place] = crew->members[place].network;
    crew->driver.count++;
    if (aann_family_car_outputs(&crew->members[place].family, &outputs, &error) != AANN_OK) {
        *status = cli_fail(&error);
        return false;
    }
    if (place > 0 && !same_outputs(&outputs, &crew->driver.outputs)) {
        *status =
            cli_failed("the outputs of member %s do not mean the same as those of the first", id);
        return false;
    }
    crew->driver.outputs = outputs;
    return true;
}

bool cli_next_id(const char **ids, char *id, size_t size)
{
    if (**ids == '\0') {
        return false;
    }
    const size_t length = strcspn(*ids, ",");
    snprintf(id, size, "%.*s", (int)(length < size ? length : size - 1), *ids);
    *ids += length + ((*ids)[length] == ',' ? 1 : 0);
    return true;
}

bool cli_drivers_open(const char *path, const char *ids, cli_drivers *crew, int *status)
{
    memset(crew, 0, sizeof *crew);
    crew->driver.networks = crew->networks;
    char id[ID_SIZE];
    while (cli_next_id(&ids, id, sizeof id)) {
        if (!add_member(path, id, crew, status)) {
            cli_drivers_close(crew);
            return false;
        }
    }
    if (crew->driver.count == 0) {
        *status = cli_usage_error("which members? Expected numbers such as 1 or 1,2,5");
    }
    return crew->driver.count > 0;
}

bool cli_split_named(const char *option, const char *text, char *path, size_t size, const char **id)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == '\0' || (size_t)(colon - text) >= size) {
        cli_usage_error("%s: '%s' is not STUDY:ID, such as drivers.aann:1", option, text);
        return false;
    }
    snprintf(path, size, "%.*s", (int)(colon - text), text);
    *id = colon + 1;
    return true;
}

bool cli_drivers_open_named(const char *option, const char *text, cli_drivers *crew, int *status)
{
    char path[PATH_SIZE];
    const char *ids;
    if (!cli_split_named(option, text, path, sizeof path, &ids)) {
        *status = CLI_USAGE;
        return false;
    }
    return cli_drivers_open(path, ids, crew, status);
}

void cli_drivers_close(cli_drivers *crew)
{
    for (int32_t i = 0; i < crew->driver.count; i++) {
        cli_close_member(&crew->members[i]);
    }
    crew->driver.count = 0;
}
