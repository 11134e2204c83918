/* Rounds of corrections as the user sees them. Each half of a round is said as the command that
 * would do it: what to type for a round with other settings. */
#include "cli/commands/dagger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aann/dagger.h"
#include "aann/options.h"
#include "cli/car/car.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"
#include "cli/shared/study.h"
#include "cli/shared/text.h"

/* What the stages of the rounds are told with. */
typedef struct dagger_view {
    const cli_dagger *dagger;
    const cli_session *session;
    const aann_dagger_options *options;
    aann_study *study;
    int status; /* exit status so far */
} dagger_view;

/* ---- the commands ---------------------------------------------------------------------------- */

static void say_word(const char *text)
{
    const bool plain = strpbrk(text, " \t'\"") == NULL;
    cli_print_to(stderr, plain ? " %s" : " \"%s\"", text);
}

static void say_members(const dagger_view *view, const char *option, const aann_family *family)
{
    cli_print_to(stderr, " %s", option);
    say_word(view->dagger->study);
    for (int32_t i = 0; i < family->member_count; i++) {
        fprintf(stderr, "%c%" PRId64, i == 0 ? ':' : ',', family->members[i].id);
    }
}

static void say_recording(const dagger_view *view, const aann_dagger_progress *progress)
{
    const aann_recording_options *recording = &view->options->recording;
    const aann_car_expert_options *expert = &recording->demonstration.expert;
    fprintf(stderr, "car record --teacher --lateral %g --widest %g", expert->lateral_acceleration,
            expert->widest);
    say_members(view, "--driver", progress->members);
    fprintf(stderr, " --each --driver-episodes %" PRId32 " --episodes %" PRId32,
            recording->driver_episodes, recording->episodes);
    fprintf(stderr, " --first-track %" PRIu64 " --out", progress->first_track);
    say_word(progress->path);
}

static void say_search(const dagger_view *view, const aann_dagger_progress *progress)
{
    const aann_search_options *search = &view->options->search;
    fputs("search", stderr);
    if (view->dagger->task->name != NULL) {
        say_word(view->dagger->task->name);
    }
    say_members(view, "--start", progress->members);
    fputs(" --data", stderr);
    say_word(progress->path);
    fprintf(stderr, " --steps %" PRIu64 " --temperature %g --first-samples %" PRId64, search->steps,
            search->temperature, search->first_samples);
    fprintf(stderr, " --seed %" PRIu64 " --name", search->seed);
    say_word(progress->name);
    fputs(" --study", stderr);
    say_word(view->dagger->study);
    if (view->session->work.threads > 0) {
        fprintf(stderr, " --threads %" PRId32, view->session->work.threads);
    }
}

static void say(const dagger_view *view, const aann_dagger_progress *progress)
{
    if (view->session->quiet) {
        return;
    }
    fprintf(stderr, "round %" PRId32 " of %" PRId32 ": aann ", progress->round,
            view->dagger->rounds);
    if (progress->stage == AANN_DAGGER_RECORDS) {
        say_recording(view, progress);
    } else {
        say_search(view, progress);
    }
    if (view->dagger->json) {
        fputs(" --json", stderr);
    }
    fputc('\n', stderr);
}

static void show(void *context, const aann_dagger_progress *progress)
{
    dagger_view *view = context;
    switch (progress->stage) {
    case AANN_DAGGER_RECORDS:
    case AANN_DAGGER_SEARCHES: say(view, progress); break;
    case AANN_DAGGER_RECORDED:
        cli_car_print_recording(progress->recording, progress->path, view->dagger->json);
        break;
    case AANN_DAGGER_SEARCHED:
        view->status = cli_session_report(view->study, view->dagger->study, progress->family_id,
                                          view->dagger->json);
        break;
    }
}

/* ---- the rounds ------------------------------------------------------------------------------ */

static aann_dagger_options make_options(const cli_dagger *dagger)
{
    aann_dagger_options options = aann_dagger_options_default();
    const double temperature = options.search.temperature;
    options.rounds = dagger->rounds;
    options.name = dagger->name;
    options.recording.episodes = dagger->episodes;
    options.recording.driver_episodes = dagger->episodes;
    if (dagger->task->preset != NULL) {
        aann_search_options_apply_preset(&options.search, dagger->task->preset);
        options.search.temperature = temperature;
    }
    options.search.steps = (uint64_t)dagger->steps;
    options.search.seed = (uint64_t)dagger->seed;
    return options;
}

/* A search that was stopped is reported as always; of frames that were not recorded nothing is
 * stored. */
static int report_stop(const dagger_view *view, int64_t family_id)
{
    aann_error error;
    int64_t left = 0;
    if (aann_family_unfinished(view->study, family_id, &left, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    return left > 0
               ? cli_session_report(view->study, view->dagger->study, family_id, view->dagger->json)
               : cli_failed("stopped while frames were recorded; the families before this "
                            "round are stored");
}

int cli_dagger_run(const cli_dagger *dagger, cli_session *session)
{
    aann_error error;
    aann_dagger_options options = make_options(dagger);
    dagger_view view = {
        .dagger = dagger, .session = session, .options = &options, .status = CLI_GOOD};
    if (cli_study_open(dagger->study, AANN_STUDY_WRITE, &view.study, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    options.progress = show;
    options.context = &view;
    cli_session_start(session);
    int64_t family_id = 0;
    const aann_status status =
        aann_dagger_run(view.study, &family_id, &options, &session->work, &error);
    if (status == AANN_INTERRUPTED) {
        view.status = report_stop(&view, family_id);
    } else if (status != AANN_OK) {
        view.status = cli_fail(&error);
    }
    aann_study_close(view.study);
    return view.status;
}
