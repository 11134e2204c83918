/* A drive as moving picture: 50 steps a second, every other one drawn in the terminal. */
#include "cli/car/drive_view.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/shared/clock.h"
#include "cli/shared/message.h"
#include "cli/shared/picture_file.h"
#include "cli/shared/stop.h"
#include "cli/shared/terminal_picture.h"

enum { STEPS_PER_PICTURE = 2, STEP_MILLISECONDS = 20, NAME_SIZE = 1024 };

typedef struct show {
    const aann_driver *driver;
    const cli_drive_view *view;
    aann_pilot *pilot;
    aann_car *car;
    uint64_t track;
    moving_picture *movie;
    uint8_t pixels[AANN_CAR_PIXELS];
    int8_t input[AANN_CAR_VIEW_VALUES];
    struct timespec moment;
} show;

static bool ends_in(const char *text, const char *ending)
{
    const size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

static aann_status fail(aann_error *error, aann_status status, const char *message)
{
    error->status = status;
    snprintf(error->message, sizeof error->message, "%s", message);
    return status;
}

static aann_status decide(show *s, aann_car_action *action, aann_error *error)
{
    uint8_t view[AANN_CAR_VIEW_VALUES];
    aann_car_view(s->pixels, view);
    aann_car_view_encode(view, s->input);
    return aann_pilot_act(s->pilot, s->input, 1, action, error);
}

/* ---- the terminal ---------------------------------------------------------------------------- */

static void draw_live(show *s, const aann_car_action *action)
{
    aann_car_state state;
    int32_t tiles;
    aann_car_state_get(s->car, &state);
    (void)aann_car_track(s->car, &tiles);
    printf("\033[H");
    terminal_picture_write(stdout, s->pixels, AANN_CAR_WIDTH, AANN_CAR_HEIGHT, 1);
    printf("track %llu   reward %7.1f   %d of %d tiles   steer %5.2f gas %4.2f brake %4.2f\033[K\n",
           (unsigned long long)s->track, state.total_reward, (int)state.visited, (int)tiles,
           action->steer, action->gas, action->brake);
    fflush(stdout);
    cli_wait(&s->moment, STEPS_PER_PICTURE * STEP_MILLISECONDS * 1000000L);
}

/* ---- the file -------------------------------------------------------------------------------- */

/* "drive.png" at step 40 -> "drive-0040.png" */
static void name_frame(const char *path, int32_t step, char name[NAME_SIZE])
{
    const int stem = (int)(strlen(path) - strlen(".png"));
    snprintf(name, NAME_SIZE, "%.*s-%04d.png", stem, path, (int)step);
}

static aann_status keep_frame(show *s, int32_t step, aann_error *error)
{
    char message[256], name[NAME_SIZE];
    bool good;
    if (s->movie != NULL) {
        good = moving_picture_add(s->movie, s->pixels, message, sizeof message);
    } else {
        name_frame(s->view->path, step, name);
        good = picture_file_write_png(name, s->pixels, AANN_CAR_WIDTH, AANN_CAR_HEIGHT,
                                      s->view->enlarge, message, sizeof message);
    }
    return good ? AANN_OK : fail(error, AANN_ERROR_IO, message);
}

static aann_status start_file(show *s, aann_error *error)
{
    const char *path = s->view->path;
    if (path == NULL || (ends_in(path, ".png") && strlen(path) < NAME_SIZE - 16)) {
        return AANN_OK;
    }
    if (!ends_in(path, ".webp")) {
        return fail(
            error, AANN_ERROR_ARGUMENT,
            "--out: expected a name that ends in .png (pictures) or .webp (a moving picture)");
    }
    s->movie = moving_picture_create(AANN_CAR_WIDTH, AANN_CAR_HEIGHT, s->view->enlarge,
                                     STEP_MILLISECONDS * s->view->every);
    return s->movie != NULL ? AANN_OK
                            : fail(error, AANN_ERROR_MEMORY, "out of memory for a moving picture");
}

static aann_status finish_file(show *s, aann_error *error)
{
    char message[256];
    if (s->movie == NULL ||
        moving_picture_write(s->movie, s->view->path, message, sizeof message)) {
        return AANN_OK;
    }
    return fail(error, AANN_ERROR_IO, message);
}

/* Half a drive has no reward to compare, and its picture would pass for a whole one. */
static aann_status stopped(const show *s, int32_t steps, aann_error *error)
{
    const char *path = s->movie != NULL ? s->view->path : NULL;
    return cli_set_error(error, AANN_INTERRUPTED, "stopped after %d steps%s%s%s", (int)steps,
                         path != NULL ? "; " : "", path != NULL ? path : "",
                         path != NULL ? " was not written" : "");
}

/* ---- the drive ------------------------------------------------------------------------------- */

static aann_status drive_track(show *s, aann_lap *drive, aann_error *error)
{
    aann_car_result result = {0};
    aann_status status = AANN_OK;
    *drive = (aann_lap){0};
    aann_car_reset(s->car, s->track);
    while (status == AANN_OK && !result.terminated && !result.truncated) {
        if (cli_stop_asked()) {
            return stopped(s, drive->steps, error);
        }
        aann_car_action action;
        aann_car_render(s->car, s->pixels);
        status = decide(s, &action, error);
        if (status == AANN_OK && s->view->path != NULL && drive->steps % s->view->every == 0) {
            status = keep_frame(s, drive->steps, error);
        }
        if (status != AANN_OK) {
            return status;
        }
        if (s->view->live && drive->steps % STEPS_PER_PICTURE == 0) {
            draw_live(s, &action);
        }
        aann_car_step(s->car, &action, &result);
        drive->reward += result.reward;
        drive->steps++;
    }
    drive->finished = result.lap_finished;
    return status;
}

static aann_status run(show *s, const char *isa, aann_lap *drive, aann_error *error)
{
    aann_status status = aann_pilot_create(s->driver, isa, &s->pilot, error);
    if (status == AANN_OK) {
        aann_car_options options = aann_car_options_default();
        options.picture = s->driver->picture;
        options.domain_randomize = s->driver->domain_randomize;
        status = aann_car_create(&options, &s->car, error);
    }
    if (status == AANN_OK) {
        status = start_file(s, error);
    }
    if (status == AANN_OK) {
        cli_catch_stop();
        clock_gettime(CLOCK_MONOTONIC, &s->moment);
        if (s->view->live) {
            printf("\033[?25l\033[2J");
        }
        status = drive_track(s, drive, error);
        if (s->view->live) {
            printf("\033[?25h\033[0m\n");
        }
    }
    return status == AANN_OK ? finish_file(s, error) : status;
}

aann_status cli_drive_show(const aann_driver *driver, uint64_t track, const cli_drive_view *view,
                           const char *isa, aann_lap *drive, aann_error *error)
{
    show s = {.driver = driver, .view = view, .track = track};
    const aann_status status = run(&s, isa, drive, error);
    moving_picture_destroy(s.movie);
    aann_car_destroy(s.car);
    aann_pilot_destroy(s.pilot);
    return status;
}
