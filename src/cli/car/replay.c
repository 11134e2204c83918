/* aann car replay: drives recorded actions, so that others can check what this environment does. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/car.h"
#include "cli/car/car.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/file.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"

typedef struct actions {
    aann_car_action *list;
    size_t count, capacity;
} actions;

static bool add_action(actions *all, aann_car_action action)
{
    if (all->count == all->capacity) {
        const size_t capacity = all->capacity == 0 ? 1024 : 2 * all->capacity;
        aann_car_action *list = capacity <= SIZE_MAX / sizeof *list
                                    ? realloc(all->list, capacity * sizeof *list)
                                    : NULL;
        if (list == NULL) {
            cli_failed("no memory for %zu actions", capacity);
            return false;
        }
        all->list = list;
        all->capacity = capacity;
    }
    all->list[all->count++] = action;
    return true;
}

static bool read_json(const char *path, FILE *file, actions *all)
{
    json_error_t error;
    json_t *root = json_loadf(file, 0, &error);
    if (root == NULL) {
        cli_failed("%s:%d: %s", path, error.line, error.text);
        return false;
    }
    bool good = json_is_array(root);
    size_t i;
    json_t *row;
    json_array_foreach(root, i, row)
    {
        if (!json_is_array(row) || json_array_size(row) != 3 ||
            !json_is_number(json_array_get(row, 0)) || !json_is_number(json_array_get(row, 1)) ||
            !json_is_number(json_array_get(row, 2))) {
            cli_failed("%s: action %zu is not [steering, gas, brake]", path, i);
            good = false;
            break;
        }
        const aann_car_action action = {json_number_value(json_array_get(row, 0)),
                                        json_number_value(json_array_get(row, 1)),
                                        json_number_value(json_array_get(row, 2))};
        if (!add_action(all, action)) {
            good = false;
            break;
        }
    }
    json_decref(root);
    return good;
}

static bool read_csv(const char *path, FILE *file, actions *all)
{
    char line[512];
    for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        if (line[strspn(line, " \t\r\n")] == '\0') {
            continue;
        }
        double values[3];
        char *place = line;
        for (int i = 0; i < 3; i++) {
            char *end;
            values[i] = strtod(place, &end);
            const bool separated = i == 2 ? *(end + strspn(end, " \t\r\n")) == '\0' : *end == ',';
            if (end == place || !separated) {
                cli_failed("%s:%d: expected steering,gas,brake", path, number);
                return false;
            }
            place = end + 1;
        }
        if (!add_action(all, (aann_car_action){values[0], values[1], values[2]})) {
            return false;
        }
    }
    return true;
}

static bool read_actions(const char *path, actions *all)
{
    aann_error error;
    FILE *file = cli_file_read(path, &error);
    if (file == NULL) {
        cli_fail(&error);
        return false;
    }
    int first = getc(file);
    while (first != EOF && isspace(first)) {
        first = getc(file);
    }
    rewind(file);
    const bool good = first == '[' ? read_json(path, file, all) : read_csv(path, file, all);
    fclose(file);
    return good;
}

/* The lists of the JSON object, one entry per step. */
typedef struct report {
    json_t *hull, *omega, *joint, *reward, *visited, *tiles, *terminated;
} report;

static void report_step(report *r, const aann_car *car, const aann_car_result *result)
{
    aann_car_state s;
    aann_car_state_get(car, &s);
    json_array_append_new(r->hull, json_pack("[f,f,f,f,f,f]", (double)s.x, (double)s.y,
                                             (double)s.angle, (double)s.velocity_x,
                                             (double)s.velocity_y, (double)s.angular_velocity));
    json_t *omega = json_array(), *joint = json_array(), *tiles = json_array();
    for (int i = 0; i < AANN_CAR_WHEELS; i++) {
        json_array_append_new(omega, json_real(s.wheels[i].omega));
        json_array_append_new(joint, json_real((double)s.wheels[i].joint));
        json_array_append_new(tiles, json_integer(s.wheels[i].tiles));
    }
    json_array_append_new(r->omega, omega);
    json_array_append_new(r->joint, joint);
    json_array_append_new(r->tiles, tiles);
    json_array_append_new(r->reward, json_real(result->reward));
    json_array_append_new(r->visited, json_integer(s.visited));
    json_array_append_new(r->terminated, json_boolean(result->terminated));
}

static json_t *report_track(const aann_car *car)
{
    int32_t count;
    const aann_car_point *points = aann_car_track(car, &count);
    json_t *track = json_array();
    for (int32_t i = 0; i < count; i++) {
        json_array_append_new(track, json_pack("[f,f,f,f]", points[i].alpha, points[i].beta,
                                               points[i].x, points[i].y));
    }
    return track;
}

/* NPY 1.0: a header of 128 bytes, then the numbers. */
static bool write_npy(const char *folder, uint64_t step, const uint8_t *pixels)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/frame_%llu.npy", folder, (unsigned long long)step);
    aann_error error;
    FILE *file = cli_file_open(path, &error);
    if (file == NULL) {
        cli_fail(&error);
        return false;
    }
    char header[129];
    snprintf(header, sizeof header, "%cNUMPY%c%c%c%c", 0x93, 1, 0, 118, 0);
    snprintf(header + 10, sizeof header - 10, "%-117s\n",
             "{'descr': '|u1', 'fortran_order': False, 'shape': (96, 96, 3), }");
    (void)fwrite(header, 1, 128, file); /* a failure shows when the file is closed */
    (void)fwrite(pixels, 1, AANN_CAR_PIXELS, file);
    if (cli_file_close(path, file, &error) != AANN_OK) {
        cli_fail(&error);
        return false;
    }
    return true;
}

/* Whether `step` is in the comma-separated list; false with *good cleared if the list is not
 * one. */
static bool is_listed(const char *list, uint64_t step, bool *good)
{
    for (const char *place = list; place != NULL && *place != '\0';) {
        char *end;
        const uint64_t number = strtoull(place, &end, 10);
        if (end == place || !isdigit((unsigned char)*place) || (*end != ',' && *end != '\0')) {
            *good = false;
            return false;
        }
        if (number == step) {
            return true;
        }
        place = *end == ',' ? end + 1 : end;
    }
    return false;
}

static bool write_wanted_frame(aann_car *car, const char *frames, const char *folder, uint64_t step)
{
    bool good = true;
    if (!is_listed(frames, step, &good)) {
        if (!good) {
            cli_usage_error("--frames \"%s\"; expected numbers of steps with commas between",
                            frames);
        }
        return good;
    }
    static uint8_t pixels[AANN_CAR_PIXELS];
    aann_car_render(car, pixels);
    return write_npy(folder, step, pixels);
}

/* Drives all actions, those after the end of the episode too. */
static bool drive(aann_car *car, const actions *all, report *r, const char *frames,
                  const char *folder, double *total)
{
    if (frames != NULL && !write_wanted_frame(car, frames, folder, 0)) {
        return false;
    }
    for (size_t i = 0; i < all->count; i++) {
        aann_car_result result;
        aann_car_step(car, &all->list[i], &result);
        *total += result.reward;
        report_step(r, car, &result);
        if (frames != NULL && !write_wanted_frame(car, frames, folder, i + 1)) {
            return false;
        }
    }
    return true;
}

static int replay(uint64_t seed, const aann_car_options *options, const actions *all, bool json,
                  const char *frames, const char *folder)
{
    aann_error error;
    aann_car *car;
    if (aann_car_create(options, &car, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    aann_car_reset(car, seed);
    report r = {json_array(), json_array(), json_array(), json_array(),
                json_array(), json_array(), json_array()};
    double total = 0.0;
    const bool good = drive(car, all, &r, frames, folder, &total);
    int32_t tiles;
    aann_car_track(car, &tiles);
    json_t *root = json_pack("{s:I,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "seed", (json_int_t)seed,
                             "steps", (int)all->count, "track", report_track(car), "hull", r.hull,
                             "omega", r.omega, "joint", r.joint, "reward", r.reward, "visited",
                             r.visited, "ntiles", r.tiles, "terminated", r.terminated);
    if (good && json) {
        cli_print_json_digits(json_incref(root), 9);
    } else if (good) {
        aann_car_state state;
        aann_car_state_get(car, &state);
        printf("seed %llu: %zu steps, reward %.2f, %d of %d tiles\n", (unsigned long long)seed,
               all->count, total, (int)state.visited, (int)tiles);
    }
    json_decref(root);
    aann_car_destroy(car);
    return good ? CLI_GOOD : CLI_FAILED;
}

int cli_car_replay(int count, char **arguments)
{
    int64_t seed = -1;
    const char *path = NULL, *frames = NULL, *folder = NULL, *picture = NULL;
    aann_car_options car = aann_car_options_default();
    bool json = false;
    const cli_option options[] = {
        {"seed", CLI_LONG, &seed, 0, CLI_CAR_LARGEST_SEED, "N", "the track", NULL},
        {"actions", CLI_TEXT, &path, 0, 0, "FILE",
         "JSON array or CSV of steering, gas, brake per step", NULL},
        {"frames", CLI_TEXT, &frames, 0, 0, "STEPS",
         "write pictures after so many steps each, as in 0,10,40", NULL},
        {"out", CLI_TEXT, &folder, 0, 0, "DIR", "where to: frame_N.npy, uint8 [96][96][3]", NULL},
        {"picture", CLI_TEXT, &picture, 0, 0, "KIND",
         "near or exact: Gymnasium's bytes, but for the score (near)", NULL},
        {"domain-randomize", CLI_FLAG, &car.domain_randomize, 0, 0, NULL,
         "the colours that Gymnasium would draw", NULL},
        {0}};
    const cli_syntax syntax = {
        .command = "car replay",
        .description =
            "Drives recorded actions. --json prints one object: track [[alpha, beta, x,\n"
            "y]...] and, per step, hull [[x, y, angle, vx, vy, angular velocity]...],\n"
            "omega, joint, reward, visited, ntiles, terminated, with 9 significant digits.\n",
        .options = options,
        .json = &json};
    int status;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    if (seed < 0 || path == NULL) {
        return cli_usage_error("car replay needs --seed N and --actions FILE");
    }
    if ((frames == NULL) != (folder == NULL)) {
        return cli_usage_error("car replay: --frames and --out go together");
    }
    if (!cli_car_parse_picture(picture, &car.picture)) {
        return CLI_USAGE;
    }
    actions all = {0};
    status = read_actions(path, &all) ? replay((uint64_t)seed, &car, &all, json, frames, folder)
                                      : CLI_FAILED;
    free(all.list);
    return cli_finish_output(status);
}
