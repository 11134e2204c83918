/* aann drive: a member of a study, or a model, at the wheel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aann/drive.h"
#include "cli/car/car.h"
#include "cli/car/drive_view.h"
#include "cli/car/laps.h"
#include "cli/car/seat.h"
#include "cli/shared/ablation.h"
#include "cli/shared/common_options.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/ranks.h"
#include "cli/shared/text.h"

static const char description[] =
    "Lets a network drive that was searched on recorded drives ('aann car record',\n"
    "then 'aann search carracing'): on many tracks, to measure its rewards\n"
    "(--tracks), or on one track, to watch it (--track). It is shown in the\n"
    "terminal, which must know 24-bit colours and have 96 columns and 50 lines,\n"
    "or written as pictures (--out).\n"
    "\n"
    "  aann drive gallery:driver --track 1007\n"
    "  aann drive drivers.aann 1 --tracks 1000:1100 --json\n"
    "  aann drive drivers.aann 1 --track 1007\n"
    "  aann drive drivers.aann 1 --track 1007 --out drive.webp\n"
    "  aann drive drivers.aann --ensemble 1,2,3\n"
    "\n"
    "--json prints rewards [per track], mean, sd, min, solved (share of 900 and\n"
    "more), steps, finished [per track].\n";

typedef struct drive_arguments {
    const char *tracks, *isa, *ensemble, *picture;
    int64_t track;
    bool tracks_given, track_given, domain_randomize, json;
    cli_ablation alteration;
    int32_t threads;
    cli_drive_view view;
} drive_arguments;

/* ---- many tracks ----------------------------------------------------------------------------- */

static void print_drives(const aann_lap *laps, uint64_t first, int64_t count, bool json)
{
    for (int64_t i = 0; !json && i < count; i++) {
        cli_lap_print(first + (uint64_t)i, &laps[i]);
    }
    cli_laps_print(laps, count, json);
}

static aann_status drive_many(const aann_driver *driver, const drive_arguments *a, uint64_t first,
                              uint64_t end, aann_error *error)
{
    const int64_t count = (int64_t)(end - first);
    aann_lap *drives = calloc((size_t)count, sizeof *drives);
    if (drives == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for the laps");
    }
    const aann_status status =
        cli_ranks() != NULL
            ? aann_ranks_drive_tracks(cli_ranks(), driver, first, count, NULL, NULL, drives, error)
            : aann_drive_tracks(driver, first, count, a->threads, a->isa, drives, error);
    if (status == AANN_OK) {
        print_drives(drives, first, count, a->json);
    }
    free(drives);
    return status;
}

static aann_status drive_one(const aann_driver *driver, const drive_arguments *a, aann_error *error)
{
    aann_lap drive;
    cli_drive_view view = a->view;
    view.live = view.path == NULL && isatty(STDOUT_FILENO);
    const aann_status status =
        cli_drive_show(driver, (uint64_t)a->track, &view, a->isa, &drive, error);
    if (status == AANN_OK) {
        print_drives(&drive, (uint64_t)a->track, 1, a->json);
    }
    return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int drive(cli_car_seat *seat, const drive_arguments *a, uint64_t first, uint64_t end)
{
    aann_error error;
    char changed[128] = "";
    aann_status status = cli_car_seat_change(seat, &a->alteration, changed, sizeof changed, &error);
    if (status == AANN_OK && changed[0] != '\0' && !a->json) {
        cli_print("the driver%s\n", changed);
    }
    if (status == AANN_OK) {
        status = a->track_given ? drive_one(&seat->driver, a, &error)
                                : drive_many(&seat->driver, a, first, end, &error);
    }
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}

static bool check(const drive_arguments *a, const char *id)
{
    if (a->tracks_given && a->track_given) {
        cli_usage_error(
            "drive: --tracks is for rewards, --track for watching; expected one of them");
        return false;
    }
    if (a->view.path != NULL && !a->track_given) {
        cli_usage_error("drive: --out needs --track N: which track to show");
        return false;
    }
    if (id != NULL && a->ensemble != NULL) {
        cli_usage_error("drive: expected either a member's ID or --ensemble ID,ID,...");
        return false;
    }
    return true;
}

int cli_drive(int count, char **texts)
{
    drive_arguments a = {.tracks = "1000:1100",
                         .threads = 1,
                         .alteration = cli_default_alteration(),
                         .view = {.every = 3, .enlarge = 4}};
    const cli_option own[] = {
        {"tracks", CLI_TEXT, &a.tracks, 0, 0, "FIRST:END", "which tracks, END excluded (1000:1100)",
         &a.tracks_given},
        {"track", CLI_LONG, &a.track, 0, CLI_CAR_LARGEST_SEED, "N", "watch one track",
         &a.track_given},
        {"ensemble", CLI_TEXT, &a.ensemble, 0, 0, "ID,ID,...",
         "these members together: their wishes are averaged", NULL},
        {"out", CLI_TEXT, &a.view.path, 0, 0, "FILE",
         "with --track: NAME.webp moves; NAME.png: NAME-STEP.png", NULL},
        {"every", CLI_INT, &a.view.every, 1, 1000, "N",
         "with --out: steps from picture to picture (3)", NULL},
        {"enlarge", CLI_INT, &a.view.enlarge, 1, 16, "N", "with --out: times larger (4)", NULL},
        {"picture", CLI_TEXT, &a.picture, 0, 0, "KIND",
         "what it sees: near, or exact as in Gymnasium (near)", NULL},
        {"threads", CLI_INT, &a.threads, 1, 256, "N",
         "threads (1); the rewards do not depend on them", NULL},
        {"domain-randomize", CLI_FLAG, &a.domain_randomize, 0, 0, NULL,
         "other colours on each track, as in Gymnasium", NULL},
        cli_isa_option(&a.isa),
    };
    enum { OWN = sizeof own / sizeof own[0] };
    cli_option options[OWN + CLI_ALTERATION_OPTIONS] = {{0}};
    memcpy(options, own, sizeof own);
    cli_alteration_options(&a.alteration, options + OWN);
    const char *positional[2];
    const cli_syntax syntax = {
        "drive", "STUDY ID|MODEL [OPTIONS]", description, options, positional, 1, 2, &a.json};
    int status;
    uint64_t first = 0, end = 0;
    cli_car_seat seat;
    aann_car_picture picture;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (!check(&a, positional[1]) || !cli_car_parse_tracks(a.tracks, &first, &end) ||
        !cli_car_parse_picture(a.picture, &picture)) {
        return CLI_USAGE;
    }
    if (cli_car_seat_open("drive", positional[0], a.ensemble != NULL ? a.ensemble : positional[1],
                          &seat, &status)) {
        seat.driver.picture = picture;
        seat.driver.domain_randomize = a.domain_randomize;
        status = drive(&seat, &a, first, end);
    }
    cli_car_seat_close(&seat);
    return status;
}
