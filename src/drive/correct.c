/* DAgger: the driver drives, and the expert gives its action for every state.
 *
 * Demonstrations, however disturbed, show the states of a driver that is nearly right. A network
 * that learned from them makes other, longer mistakes, whose states are only found by letting it
 * drive. A good one makes few, so most of what it drives teaches nothing: then the lost laps alone
 * are worth recording. */
#include <stdlib.h>

#include "car/demonstration.h"
#include "core/error.h"
#include "core/memory.h"
#include "drive/fleet.h"

typedef struct corrections {
    const aann_car_demonstration_options *options;
    aann_car_expert *experts[AANN_DRIVE_LANES];
    aann_car_frame_taker take;
    bool (*interrupted)(void *context);
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

static bool is_going(void *context)
{
    corrections *c = context;
    c->going = c->going && (c->interrupted == NULL || !c->interrupted(c->context));
    return c->going;
}

/* Drives the route on one thread. */
static aann_status drive(const aann_driver *driver, const aann_fleet_watch *watch,
                         aann_route *route, const char *isa, aann_error *error)
{
    aann_fleet *fleet = NULL;
    aann_pilot *pilot = NULL;
    aann_status status = aann_fleet_create(AANN_DRIVE_LANES, NULL, &fleet, error);
    if (status == AANN_OK) {
        status = aann_pilot_create(driver, isa, &pilot, error);
    }
    if (status == AANN_OK) {
        status = aann_fleet_drive(fleet, pilot, route, watch, error);
    }
    aann_pilot_destroy(pilot);
    aann_fleet_destroy(fleet);
    return status;
}

static double mean_reward(const aann_lap *laps, int32_t count)
{
    double mean = 0.0;
    for (int32_t i = 0; i < count; i++) {
        mean += laps[i].reward / count;
    }
    return mean;
}

/* What is needed to drive: options that are right, experts, and room for the laps. */
static aann_status begin(int32_t episodes, aann_lap **laps, uint64_t **tracks, corrections *c,
                         aann_error *error)
{
    aann_status status = aann_car_check_demonstration(c->options, error);
    if (status == AANN_OK && episodes < 1) {
        status =
            aann_fail(error, AANN_ERROR_ARGUMENT, "%d episodes; expected at least one", episodes);
    }
    if (status == AANN_OK) {
        *laps = aann_allocate_zeroed((size_t)episodes, sizeof **laps);
        *tracks = aann_allocate_zeroed((size_t)episodes, sizeof **tracks);
        if (*laps == NULL || *tracks == NULL) {
            status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d drives", episodes);
        }
    }
    for (int32_t i = 0; i < AANN_DRIVE_LANES && status == AANN_OK; i++) {
        status = aann_car_expert_create(&c->options->expert, &c->experts[i], error);
    }
    return status;
}

/* Drives all tracks of the route, as they are corrected, and leaves those that were lost. */
static aann_status keep_lost(const aann_driver *driver, corrections *c, aann_route *route,
                             uint64_t *tracks, const char *isa, aann_error *error)
{
    const aann_fleet_watch watch = {.going = is_going, .context = c};
    const aann_status status = drive(driver, &watch, route, isa, error);
    int64_t lost = 0;
    for (int64_t i = 0; i < route->count && status == AANN_OK && c->going; i++) {
        if (!route->laps[i].finished) {
            tracks[lost++] = route->first + (uint64_t)i;
        }
    }
    *route = (aann_route){.tracks = tracks, .count = lost, .laps = route->laps};
    return status;
}

static aann_status correct(const aann_driver *driver, corrections *c, int32_t episodes, bool lost,
                           const char *isa, double *reward, aann_error *error)
{
    const aann_fleet_watch watch = {start, look, is_going, c};
    aann_lap *laps = NULL;
    uint64_t *tracks = NULL;
    c->going = true;
    aann_status status = begin(episodes, &laps, &tracks, c, error);
    aann_route route = {.first = c->options->first_track, .count = episodes, .laps = laps};
    if (status == AANN_OK && lost) {
        status = keep_lost(driver, c, &route, tracks, isa, error);
        *reward = mean_reward(laps, episodes);
    }
    if (status == AANN_OK) {
        status = drive(driver, &watch, &route, isa, error);
    }
    if (status == AANN_OK && !lost) {
        *reward = mean_reward(laps, episodes);
    }
    for (int32_t i = 0; i < AANN_DRIVE_LANES; i++) {
        aann_car_expert_destroy(c->experts[i]);
    }
    free(laps);
    free(tracks);
    return status;
}

aann_status aann_drive_correct(const aann_driver *driver,
                               const aann_car_demonstration_options *options, int32_t episodes,
                               const char *isa, aann_car_frame_taker take,
                               bool (*interrupted)(void *context), void *context, double *reward,
                               aann_error *error)
{
    corrections c = {
        .options = options, .take = take, .interrupted = interrupted, .context = context};
    return correct(driver, &c, episodes, false, isa, reward, error);
}

aann_status aann_drive_correct_lost(const aann_driver *driver,
                                    const aann_car_demonstration_options *options, int32_t episodes,
                                    const char *isa, aann_car_frame_taker take,
                                    bool (*interrupted)(void *context), void *context,
                                    double *reward, aann_error *error)
{
    corrections c = {
        .options = options, .take = take, .interrupted = interrupted, .context = context};
    return correct(driver, &c, episodes, true, isa, reward, error);
}
