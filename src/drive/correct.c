/* DAgger: the driver drives, and the expert gives its action for every state.
 *
 * Demonstrations, however disturbed, show the states of a driver that is nearly right. A network
 * that learned from them makes other, longer mistakes, whose states are only found by letting it
 * drive. */
#include <stdlib.h>

#include "car/demonstration.h"
#include "core/error.h"
#include "core/memory.h"
#include "drive/fleet.h"

typedef struct corrections {
    const aann_car_demonstration_options *options;
    aann_car_expert *experts[AANN_DRIVE_LANES];
    aann_car_frame_taker take;
    void *context;
    bool going;
} corrections;

static void start(void *context, int32_t lane, const aann_car *car)
{
    const corrections *c = context;
    aann_car_expert_plan(c->experts[lane], car);
}

static void look(void *context, int32_t lane, const aann_car *car, const uint8_t *view,
                 int32_t step)
{
    corrections *c = context;
    aann_car_action wanted;
    /* At every step: the expert's controller has a memory. */
    aann_car_expert_act(c->experts[lane], car, &wanted);
    if (!c->going || step % c->options->every != 0 || !aann_car_worth_recording(c->experts[lane])) {
        return;
    }
    aann_car_frame frame;
    for (int32_t i = 0; i < AANN_CAR_VIEW_VALUES; i++) {
        frame.view[i] = view[i];
    }
    aann_car_label(&wanted, frame.action);
    c->going = c->take(c->context, &frame);
}

static aann_status drive(const aann_driver *driver, corrections *c, int32_t episodes,
                         const char *isa, double *reward, aann_error *error)
{
    aann_lap *laps = aann_allocate_zeroed((size_t)episodes, sizeof *laps);
    if (laps == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d drives", episodes);
    }
    aann_route route = {.first = c->options->first_track, .count = episodes, .laps = laps};
    const aann_fleet_watch watch = {start, look, c};
    aann_fleet *fleet = NULL;
    aann_pilot *pilot = NULL;
    aann_status status = aann_fleet_create(AANN_DRIVE_LANES, NULL, &fleet, error);
    if (status == AANN_OK) {
        status = aann_pilot_create(driver, isa, &pilot, error);
    }
    if (status == AANN_OK) {
        status = aann_fleet_drive(fleet, pilot, &route, &watch, error);
    }
    *reward = 0.0;
    for (int32_t i = 0; i < episodes; i++) {
        *reward += laps[i].reward / episodes;
    }
    aann_pilot_destroy(pilot);
    aann_fleet_destroy(fleet);
    free(laps);
    return status;
}

aann_status aann_drive_correct(const aann_driver *driver,
                               const aann_car_demonstration_options *options, int32_t episodes,
                               const char *isa, aann_car_frame_taker take, void *context,
                               double *reward, aann_error *error)
{
    corrections c = {.options = options, .take = take, .context = context, .going = true};
    aann_status status = aann_car_check_demonstration(options, error);
    if (status == AANN_OK && episodes < 1) {
        status =
            aann_fail(error, AANN_ERROR_ARGUMENT, "%d episodes; expected at least one", episodes);
    }
    for (int32_t i = 0; i < AANN_DRIVE_LANES && status == AANN_OK; i++) {
        status = aann_car_expert_create(&options->expert, &c.experts[i], error);
    }
    if (status == AANN_OK) {
        status = drive(driver, &c, episodes, isa, reward, error);
    }
    for (int32_t i = 0; i < AANN_DRIVE_LANES; i++) {
        aann_car_expert_destroy(c.experts[i]);
    }
    return status;
}
