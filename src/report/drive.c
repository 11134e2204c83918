/* Drivers: their rewards on some tracks, and one drive to watch. */
#include <math.h>
#include <stdlib.h>

#include "aann/car.h"
#include "aann/drive.h"
#include "core/memory.h"
#include "report/view.h"

/* Half the width of the road in metres. */
static const double half_width = 40.0 / 6.0;

/* ---- rewards --------------------------------------------------------------------------------- */

static aann_driver driver_of(const aann_report_view *view, const aann_network *const *network)
{
    return (aann_driver){.networks = network, .count = 1, .outputs = view->outputs};
}

/* laps[wired_count][tracks], as `aann drive` drives them. */
static aann_status drive_all(aann_report_view *view, aann_lap *laps, aann_error *error)
{
    const aann_report_options *options = view->options;
    aann_status status = AANN_OK;
    for (int32_t w = 0; status == AANN_OK && w < view->wired_count; w++) {
        const aann_network *network = view->networks[view->wired[w]];
        const aann_driver driver = driver_of(view, &network);
        status = aann_report_step(view, "driving", w, view->wired_count);
        if (status == AANN_OK) {
            status = aann_drive_tracks(&driver, options->first_track, options->track_count,
                                       options->threads, NULL,
                                       laps + (size_t)w * (size_t)options->track_count, error);
        }
    }
    return status;
}

static void put_laps(aann_report_view *view, const aann_lap *laps)
{
    aann_json *json = &view->json;
    const int32_t tracks = view->options->track_count;
    aann_json_open(json, "tracks", '[');
    for (int32_t t = 0; t < tracks; t++) {
        aann_json_unsigned(json, NULL, view->options->first_track + (uint64_t)t);
    }
    aann_json_close(json, ']');
    aann_json_open(json, "id", '[');
    for (int32_t w = 0; w < view->wired_count; w++) {
        aann_json_integer(json, NULL, aann_report_compared(view, view->wired[w])->id);
    }
    aann_json_close(json, ']');
    for (int part = 0; part < 2; part++) {
        aann_json_open(json, part == 0 ? "reward" : "finished", '[');
        for (int32_t w = 0; w < view->wired_count; w++) {
            aann_json_open(json, NULL, '[');
            for (int32_t t = 0; t < tracks; t++) {
                const aann_lap *lap = &laps[(size_t)w * (size_t)tracks + (size_t)t];
                if (part == 0) {
                    aann_json_real(json, NULL, lap->reward, AANN_JSON_EXACT);
                } else {
                    aann_json_bool(json, NULL, lap->finished);
                }
            }
            aann_json_close(json, ']');
        }
        aann_json_close(json, ']');
    }
}

/* The place among the wired of the driver with the highest mean reward. */
static int32_t best_driver(const aann_report_view *view, const aann_lap *laps)
{
    const int32_t tracks = view->options->track_count;
    int32_t best = 0;
    double highest = -INFINITY;
    for (int32_t w = 0; w < view->wired_count; w++) {
        double sum = 0.0;
        for (int32_t t = 0; t < tracks; t++) {
            sum += laps[(size_t)w * (size_t)tracks + (size_t)t].reward;
        }
        if (sum > highest) {
            highest = sum;
            best = w;
        }
    }
    return best;
}

/* ---- the drive to watch ---------------------------------------------------------------------- */

/* What is drawn of every step. */
enum { SHOWN = 6 };
static const char *const shown_names[SHOWN] = {"x", "y", "angle", "steer", "gas", "brake"};

typedef struct replay {
    double *numbers[SHOWN]; /* [steps] each, in one block */
    int32_t steps;
    int32_t limit;
    double reward;
    bool finished;
} replay;

static void note(replay *r, const aann_car *car, const aann_car_action *action)
{
    aann_car_state state;
    aann_car_state_get(car, &state);
    const double numbers[SHOWN] = {(double)state.x, (double)state.y, (double)state.angle,
                                   action->steer,   action->gas,     action->brake};
    for (int i = 0; i < SHOWN; i++) {
        r->numbers[i][r->steps] = numbers[i];
    }
    r->steps++;
}

static aann_status drive(aann_report_view *view, aann_pilot *pilot, aann_car *car, replay *r,
                         aann_error *error)
{
    static const int32_t steps_between_questions = 50;
    uint8_t *pixels = aann_allocate(AANN_CAR_PIXELS + AANN_CAR_VIEW_VALUES, 1);
    int8_t *input = aann_allocate(AANN_CAR_VIEW_VALUES, 1);
    aann_car_result result = {.reward = 0.0};
    aann_status status = pixels != NULL && input != NULL ? AANN_OK : aann_report_no_memory(error);
    while (status == AANN_OK && !result.terminated && !result.truncated && r->steps < r->limit) {
        aann_car_action action;
        aann_car_render(car, pixels);
        aann_car_view(pixels, pixels + AANN_CAR_PIXELS);
        aann_car_view_encode(pixels + AANN_CAR_PIXELS, input);
        status = aann_pilot_act(pilot, input, 1, &action, error);
        if (status == AANN_OK) {
            note(r, car, &action);
            aann_car_step(car, &action, &result);
            r->reward += result.reward;
            r->finished = result.lap_finished;
        }
        if (status == AANN_OK && r->steps % steps_between_questions == 0) {
            status = aann_report_step(view, "recording a drive", r->steps, r->limit);
        }
    }
    free(pixels);
    free(input);
    return status;
}

/* The two edges of the road: flat lists of points. */
static void put_road(aann_json *json, const aann_car *car)
{
    int32_t count = 0;
    const aann_car_point *points = aann_car_track(car, &count);
    aann_json_open(json, "road", '{');
    for (int side = -1; side <= 1; side += 2) {
        aann_json_open(json, side < 0 ? "left" : "right", '[');
        for (int32_t i = 0; i < count; i++) {
            const double across = side * half_width;
            aann_json_real(json, NULL,
                           round(10.0 * (points[i].x + across * cos(points[i].beta))) / 10.0, 6);
            aann_json_real(json, NULL,
                           round(10.0 * (points[i].y + across * sin(points[i].beta))) / 10.0, 6);
        }
        aann_json_close(json, ']');
    }
    aann_json_close(json, '}');
}

static void put_replay(aann_report_view *view, const aann_car *car, const replay *r, int64_t id,
                       uint64_t track)
{
    aann_json *json = &view->json;
    aann_json_open(json, "replay", '{');
    aann_json_integer(json, "id", id);
    aann_json_unsigned(json, "track", track);
    aann_json_real(json, "reward", r->reward, AANN_JSON_EXACT);
    aann_json_bool(json, "finished", r->finished);
    aann_json_real(json, "dt", 0.02, 6);
    put_road(json, car);
    for (int i = 0; i < SHOWN; i++) {
        aann_json_reals(json, shown_names[i], r->numbers[i], r->steps,
                        i < 3 ? AANN_REPORT_DRAWN_DIGITS : 3);
    }
    aann_json_close(json, '}');
}

static aann_status record(aann_report_view *view, int32_t place, uint64_t track, aann_error *error)
{
    const aann_network *network = view->networks[place];
    const aann_driver driver = driver_of(view, &network);
    const aann_car_options usual = aann_car_options_default();
    replay r = {.limit = usual.step_limit};
    aann_pilot *pilot = NULL;
    aann_car *car = NULL;
    double *block = aann_allocate((size_t)r.limit, SHOWN * sizeof *block);
    aann_status status = block != NULL ? aann_pilot_create(&driver, NULL, &pilot, error)
                                       : aann_report_no_memory(error);
    if (status == AANN_OK) {
        status = aann_car_create(NULL, &car, error);
    }
    if (status == AANN_OK) {
        for (int i = 0; i < SHOWN; i++) {
            r.numbers[i] = block + (size_t)i * (size_t)r.limit;
        }
        aann_car_reset(car, track);
        status = drive(view, pilot, car, &r, error);
    }
    if (status == AANN_OK) {
        put_replay(view, car, &r, aann_report_compared(view, place)->id, track);
    }
    aann_pilot_destroy(pilot);
    aann_car_destroy(car);
    free(block);
    return status;
}

/* ---- the part -------------------------------------------------------------------------------- */

static aann_status put_drive(aann_report_view *view, aann_error *error)
{
    const aann_report_options *options = view->options;
    aann_lap *laps = aann_allocate_zeroed((size_t)view->wired_count,
                                          (size_t)options->track_count * sizeof *laps);
    aann_status status = laps != NULL ? drive_all(view, laps, error) : aann_report_no_memory(error);
    aann_json_open(&view->json, "drive", '{');
    if (status == AANN_OK) {
        put_laps(view, laps);
        status = record(view, view->wired[best_driver(view, laps)], options->first_track, error);
    }
    aann_json_close(&view->json, '}');
    free(laps);
    return status;
}

aann_status aann_report_put_drive(aann_report_view *view, aann_error *error)
{
    const aann_report_options *options = view->options;
    if (!view->driver || options->track_count == 0 || view->wired_count == 0) {
        aann_json_null(&view->json, "drive");
        return AANN_OK;
    }
    if (options->brief && view->unfinished > 0) {
        aann_json_absent(&view->json, "drive", "Drives are shown when the search has ended.");
        return AANN_OK;
    }
    return put_drive(view, error);
}
