/* Running ladders: a line of progress, and their state in a file, which appears whole or not at
 * all. */
#include "cli/shared/ladders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/shared/clock.h"
#include "cli/shared/file.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

size_t cli_ladder_options(aann_sampler_options *options, int64_t *seed, cli_option *list)
{
    const cli_option all[CLI_LADDER_OPTIONS] = {
        {.name = "Ladders", .kind = CLI_HEADING},
        {"temperature", CLI_REAL, &options->temperature, 1e-9, 1e3, "T",
         "* of the coldest chain, in units of mean loss (0.001)", NULL},
        {"ladders", CLI_INT, &options->ladders, 1, AANN_LADDER_LIMIT, "N",
         "* independent ladders (4)", NULL},
        {"rungs", CLI_INT, &options->rungs, 0, AANN_RUNG_LIMIT, "N",
         "* temperatures of a ladder, from infinity down; 1: no ladder (chosen by the pilot)",
         NULL},
        {"rounds", CLI_LONG, &options->rounds, AANN_SNAPSHOTS, 1e9, "N",
         "* rounds of each ladder that count (2000)", NULL},
        {"burn-in", CLI_LONG, &options->burn_in, 0, 1e9, "N",
         "* rounds of each ladder before these (500)", NULL},
        {"pilot-rounds", CLI_LONG, &options->pilot_rounds, 6, 1e9, "N",
         "* rounds of the ladder that chooses the temperatures (600)", NULL},
        {"sweep", CLI_INT, &options->sweep, 1, 1e6, "N",
         "* candidates at each temperature in a round (256)", NULL},
        {"seed", CLI_LONG, seed, 0, 9e18, "N", "* where all random numbers come from (1)", NULL},
    };
    memcpy(list, all, sizeof all);
    return CLI_LADDER_OPTIONS;
}

void cli_ladder_set_loss(aann_sampler_options *options, const aann_search_options *search)
{
    options->regression = search->regression;
    options->loss_scale = search->loss_scale;
    options->output_scale = search->output_scale;
    memcpy(options->target_weight, search->target_weight, sizeof options->target_weight);
}

/* ---- the file -------------------------------------------------------------------------------- */

/* Reads a whole file; *bytes is NULL if there is none. */
static aann_status read_state(const char *path, void **bytes, size_t *size, aann_error *error)
{
    *bytes = NULL;
    *size = 0;
    if (access(path, F_OK) != 0) {
        return AANN_OK;
    }
    FILE *file = cli_file_read(path, error);
    if (file == NULL) {
        return error->status;
    }
    uint8_t *memory = NULL;
    size_t capacity = 0;
    aann_status status = AANN_OK;
    while (status == AANN_OK && feof(file) == 0 && ferror(file) == 0) {
        if (*size == capacity) {
            capacity = 2 * capacity + 65536;
            uint8_t *grown = realloc(memory, capacity);
            if (grown == NULL) {
                status = cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for %s", path);
                break;
            }
            memory = grown;
        }
        *size += fread(memory + *size, 1, capacity - *size, file);
    }
    if (status == AANN_OK && ferror(file) != 0) {
        status = cli_set_error(error, AANN_ERROR_IO, "%s: it cannot be read", path);
    }
    fclose(file);
    if (status != AANN_OK) {
        free(memory);
        return status;
    }
    *bytes = memory;
    return AANN_OK;
}

static aann_status write_state(const char *path, const aann_sampler *sampler, aann_error *error)
{
    void *state = NULL;
    size_t size = 0;
    aann_status status = aann_sampler_save(sampler, &state, &size, error);
    if (status != AANN_OK) {
        return status;
    }
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        status = error->status;
    } else {
        (void)fwrite(state, 1, size, file); /* cli_file_close tells what went wrong */
        status = cli_file_close(path, file, error);
    }
    aann_free(state);
    return status;
}

/* ---- the run --------------------------------------------------------------------------------- */

typedef struct ladder_session {
    const cli_ladder_work *work;
    const aann_sampler *sampler;
    double begin;
    double shown;
    double stored;
    uint64_t first_round;
    uint64_t first_candidate;
    bool terminal;
} ladder_session;

static void show(ladder_session *session, double now)
{
    aann_sampler_progress progress;
    char who[32];
    aann_sampler_progress_get(session->sampler, &progress);
    const double seconds = now - session->begin + 1e-9;
    const double done = (double)(progress.round - session->first_round);
    const double left = (double)(progress.rounds - progress.round) * seconds / (done + 1e-9);
    snprintf(who, sizeof who, progress.ladder < 0 ? "pilot" : "ladder %d", progress.ladder + 1);
    if (session->terminal) {
        fputs("\r", stderr);
    }
    cli_print_to(
        stderr, "%s, round %" PRIu64 ": %.0f %% of all, loss %.4f, %.0f candidates/s, %.0f s left",
        who, progress.ladder_round, 100.0 * (double)progress.round / (double)progress.rounds,
        progress.loss, (double)(progress.candidates - session->first_candidate) / seconds,
        done > 0.0 ? left : 0.0);
    if (session->terminal) {
        fputs("\033[K", stderr);
    } else {
        fputs("\n", stderr);
    }
    session->shown = now;
}

static bool must_pause(void *context)
{
    ladder_session *session = context;
    const double now = cli_now();
    if (!session->work->quiet && now - session->shown >= (session->terminal ? 0.5 : 10.0)) {
        show(session, now);
    }
    const bool over =
        session->work->seconds > 0.0 && now - session->begin >= session->work->seconds;
    const bool store =
        session->work->path != NULL && now - session->stored >= session->work->checkpoint_seconds;
    return cli_stop_asked() || over || store;
}

static aann_status run(ladder_session *session, aann_sampler *sampler, aann_error *error)
{
    const cli_ladder_work *work = session->work;
    aann_status status = AANN_INTERRUPTED;
    bool over = false;
    while (status == AANN_INTERRUPTED && !over) {
        status = aann_sampler_run(sampler, UINT64_MAX, must_pause, session, error);
        const bool good = status == AANN_OK || status == AANN_INTERRUPTED;
        over = cli_stop_asked() ||
               (work->seconds > 0.0 && cli_now() - session->begin >= work->seconds);
        if (good && work->path != NULL) {
            aann_error stored;
            const aann_status written = write_state(work->path, sampler, &stored);
            if (written != AANN_OK) {
                *error = stored;
                return written;
            }
            session->stored = cli_now();
        }
    }
    return status;
}

aann_status cli_ladder_run(const aann_spec *spec, const aann_samples *samples,
                           const aann_sampler_options *options, const cli_ladder_work *work,
                           aann_sampler **sampler, aann_error *error)
{
    void *state = NULL;
    size_t size = 0;
    *sampler = NULL;
    aann_status status =
        work->path != NULL ? read_state(work->path, &state, &size, error) : AANN_OK;
    if (status == AANN_OK) {
        status = state == NULL
                     ? aann_sampler_create(spec, samples, options, sampler, error)
                     : aann_sampler_resume(spec, samples, options, state, size, sampler, error);
        if (status != AANN_OK && state != NULL) {
            cli_prefix_error(error, work->path);
        }
    }
    free(state);
    if (status != AANN_OK) {
        return status;
    }
    aann_sampler_progress progress;
    aann_sampler_progress_get(*sampler, &progress);
    const double now = cli_now();
    ladder_session session = {.work = work,
                              .sampler = *sampler,
                              .begin = now,
                              .shown = now,
                              .stored = now,
                              .first_round = progress.round,
                              .first_candidate = progress.candidates,
                              .terminal = isatty(STDERR_FILENO) == 1};
    cli_catch_stop();
    status = run(&session, *sampler, error);
    if (session.terminal && !work->quiet) {
        fputs("\r\033[K", stderr);
    }
    if (status != AANN_OK && status != AANN_INTERRUPTED) {
        aann_sampler_destroy(*sampler);
        *sampler = NULL;
    }
    return status;
}
