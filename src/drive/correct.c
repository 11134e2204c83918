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

/* Drives the route, with the experts looking on. */
static aann_status drive(const aann_driver *driver, corrections *c, aann_route *route,
                         const char *isa, aann_error *error)
{
    const aann_fleet_watch watch = {start, look, c};
    aann_fleet *fleet = NULL;
    aann_pilot *pilot = NULL;
    aann_status status = aann_fleet_create(AANN_DRIVE_LANES, NULL, &fleet, error);
    if (status == AANN_OK) {
        status = aann_pilot_create(driver, isa, &pilot, error);
    }
    if (status == AANN_OK) {
        status = aann_fleet_drive(fleet, pilot, route, &watch, error);
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

/* What is the same, whatever is driven: options that are checked, and room for the laps. */
static aann_status begin(const aann_car_demonstration_options *options, int32_t episodes,
                         aann_lap **laps, corrections *c, aann_error *error)
{
    aann_status status = aann_car_check_demonstration(options, error);
    if (status == AANN_OK && episodes < 1) {
        status =
            aann_fail(error, AANN_ERROR_ARGUMENT, "%d episodes; expected at least one", episodes);
    }
    if (status == AANN_OK) {
        *laps = aann_allocate_zeroed((size_t)episodes, sizeof **laps);
        if (*laps == NULL) {
            status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d drives", episodes);
        }
    }
    for (int32_t i = 0; i < AANN_DRIVE_LANES && status == AANN_OK; i++) {
        status = aann_car_expert_create(&options->expert, &c->experts[i], error);
    }
    return status;
}

static void end(corrections *c, aann_lap *laps)
{
    for (int32_t i = 0; i < AANN_DRIVE_LANES; i++) {
        aann_car_expert_destroy(c->experts[i]);
    }
    free(laps);
}

aann_status aann_drive_correct(const aann_driver *driver,
                               const aann_car_demonstration_options *options, int32_t episodes,
                               const char *isa, aann_car_frame_taker take, void *context,
                               double *reward, aann_error *error)
{
    corrections c = {.options = options, .take = take, .context = context, .going = true};
    aann_lap *laps = NULL;
    aann_status status = begin(options, episodes, &laps, &c, error);
    if (status == AANN_OK) {
        aann_route route = {.first = options->first_track, .count = episodes, .laps = laps};
        status = drive(driver, &c, &route, isa, error);
        *reward = mean_reward(laps, episodes);
    }
    end(&c, laps);
    return status;
}

/* Drives all tracks, and puts those that were lost in front: tracks[*count]. */
static aann_status find_lost(const aann_driver *driver, uint64_t first, int32_t episodes,
                             const char *isa, aann_lap *laps, uint64_t *tracks, int64_t *count,
                             aann_error *error)
{
    aann_driver near = *driver; /* as it is corrected */
    near.picture = AANN_CAR_PICTURE_NEAR;
    near.domain_randomize = false;
    const aann_status status = aann_drive_tracks(&near, first, episodes, 1, isa, laps, error);
    *count = 0;
    for (int32_t i = 0; i < episodes && status == AANN_OK; i++) {
        if (!laps[i].finished) {
            tracks[(*count)++] = first + (uint64_t)i;
        }
    }
    return status;
}

aann_status aann_drive_correct_lost(const aann_driver *driver,
                                    const aann_car_demonstration_options *options, int32_t episodes,
                                    const char *isa, aann_car_frame_taker take, void *context,
                                    double *reward, aann_error *error)
{
    corrections c = {.options = options, .take = take, .context = context, .going = true};
    aann_lap *laps = NULL;
    uint64_t *tracks = NULL;
    aann_route route = {.count = 0};
    aann_status status = begin(options, episodes, &laps, &c, error);
    if (status == AANN_OK) {
        tracks = aann_allocate((size_t)episodes, sizeof *tracks);
        status = tracks != NULL
                     ? find_lost(driver, options->first_track, episodes, isa, laps, tracks,
                                 &route.count, error)
                     : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d drives", episodes);
    }
    if (status == AANN_OK) {
        *reward = mean_reward(laps, episodes);
        route.tracks = tracks;
        route.laps = laps;
        status = drive(driver, &c, &route, isa, error);
    }
    end(&c, laps);
    free(tracks);
    return status;
}
