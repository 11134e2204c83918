/* Who drives. */
#include "cli/car/seat.h"

#include <inttypes.h>
#include <string.h>

#include "aann/model.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/model_name.h"

static bool same_outputs(const aann_car_outputs *a, const aann_car_outputs *b)
{
    bool same = a->full == b->full;
    for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
        same = same && a->mean[o] == b->mean[o] && a->scale[o] == b->scale[o];
    }
    return same;
}

/* Members as one driver, whose wishes are averaged. */
static bool seat_members(const cli_members *members, aann_driver *driver, int *status)
{
    aann_error error;
    *driver = (aann_driver){.networks = members->networks, .count = members->count};
    for (int32_t i = 0; i < members->count; i++) {
        aann_car_outputs outputs;
        if (aann_family_car_outputs(&members->list[i].family, &outputs, &error) != AANN_OK) {
            *status = cli_fail(&error);
            return false;
        }
        if (i > 0 && !same_outputs(&outputs, &driver->outputs)) {
            *status = cli_failed("the outputs of member %" PRId64
                                 " do not mean the same as those of the first",
                                 members->list[i].row.id);
            return false;
        }
        driver->outputs = outputs;
    }
    return true;
}

static bool seat_model(const char *path, cli_car_seat *seat, int *status)
{
    aann_error error;
    aann_status done = aann_model_load(path, &seat->model, &error);
    if (done == AANN_OK) {
        done = aann_model_car_outputs(seat->model, &seat->driver.outputs, &error);
        if (done != AANN_OK) {
            cli_prefix_error(&error, path);
        }
    }
    if (done != AANN_OK) {
        *status = cli_fail(&error);
        return false;
    }
    seat->network = aann_model_network(seat->model);
    seat->driver.networks = &seat->network;
    seat->driver.count = 1;
    return true;
}

bool cli_car_seat_open(const char *command, const char *path, const char *ids, cli_car_seat *seat,
                       int *status)
{
    cli_model_name name;
    *seat = (cli_car_seat){.model = NULL};
    if (cli_model_is_meant(command, path, ids, &name, status)) {
        return *status == CLI_GOOD && seat_model(name.path, seat, status);
    }
    return cli_members_open(path, ids, &seat->members, status) &&
           seat_members(&seat->members, &seat->driver, status);
}

bool cli_car_seat_open_named(const char *option, const char *text, cli_car_seat *seat, int *status)
{
    *seat = (cli_car_seat){.model = NULL};
    if (strncmp(text, cli_gallery_prefix, strlen(cli_gallery_prefix)) == 0 ||
        aann_model_is_file(text)) {
        return cli_car_seat_open(option, text, NULL, seat, status);
    }
    return cli_members_open_named(option, text, &seat->members, status) &&
           seat_members(&seat->members, &seat->driver, status);
}

aann_status cli_car_seat_change(cli_car_seat *seat, const cli_ablation *alteration, char *text,
                                size_t size, aann_error *error)
{
    if (seat->model != NULL) {
        const aann_status status =
            cli_ablation_copy(alteration, seat->network, &seat->changed, text, size, error);
        seat->network = status == AANN_OK ? seat->changed : seat->network;
        return status;
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < seat->members.count; i++) {
        aann_member *member = &seat->members.list[i];
        status = cli_ablation_apply(alteration, member, text, size, error);
        seat->members.networks[i] = member->network;
    }
    return status;
}

void cli_car_seat_close(cli_car_seat *seat)
{
    aann_network_destroy(seat->changed);
    seat->changed = NULL;
    cli_members_close(&seat->members);
    aann_model_destroy(seat->model);
    seat->model = NULL;
}
