/* aann resume: goes on with every family of a study that has unfinished members. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "aann/family.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/session.h"
#include "cli/stop.h"

static const char description[] = "Goes on with the members that a search has begun and not finished, each "
                                  "from its last checkpoint. In the end their\n"
                                  "weights are the same as if there had been no interruption. The data must "
                                  "be where they were, or be named again; if\n"
                                  "their content is not the same, nothing is done.\n"
                                  "\n"
                                  "  aann resume mnist.aann\n"
                                  "  aann resume mine.aann --data moved/train.npz --test moved/test.npz\n";

typedef struct resume_arguments {
    const char *study, *data, *test;
    bool json;
    cli_session session;
} resume_arguments;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static bool parse(int count, char **texts, resume_arguments *a, int *status)
{
    aann_family_work *work = &a->session.work;
    const cli_option options[] = {
        {"data", CLI_TEXT, &a->data, 0, 0, "FILE", "where the training data are now", NULL},
        {"test", CLI_TEXT, &a->test, 0, 0, "FILE", "where the test data are now", NULL},
        {"seconds", CLI_REAL, &work->seconds, 0.1, 1e9, "S", "stop again, resumably, after this time", NULL},
        {"threads", CLI_INT, &work->threads, 1, 1024, "N", "threads in all (one per processor)", NULL},
        {"parallel", CLI_INT, &work->parallel, 1, 1024, "N", "members at a time (as many as threads)", NULL},
        {"checkpoint-seconds", CLI_REAL, &work->checkpoint_seconds, 0.01, 1e6, "S",
         "between checkpoints (30)", NULL},
        {"isa", CLI_TEXT, &work->isa, 0, 0, "NAME", "instruction set (the best)", NULL},
        {"quiet", CLI_FLAG, &a->session.quiet, 0, 0, NULL, "no progress lines", NULL},
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {"resume", description, options, positional, 1, 1, &a->json};
    const bool good = cli_parse(&syntax, count, texts, status);
    a->study = positional[0];
    return good;
}

static aann_status resume_family(const resume_arguments *a, aann_study *study, const aann_family *family,
                                 const aann_family_work *work, aann_error *error)
{
    aann_family_data *data = NULL;
    aann_status status = aann_family_data_reload(family, a->data, a->test, &data, error);
    if (status == AANN_OK) {
        status = aann_family_resume(study, family->id, data, work, error);
    }
    aann_family_data_destroy(data);
    return status;
}

/* One family after the other, until a signal or the end of the time. *last is the last that was worked on (or the
 * last there is). */
static aann_status resume_all(const resume_arguments *a, aann_study *study, int64_t *last, aann_error *error)
{
    aann_family *families = NULL;
    size_t count = 0;
    aann_status status = aann_study_families(study, &families, &count, error);
    const double start = now();
    aann_family_work work = a->session.work;
    for (size_t i = 0; i < count && status == AANN_OK; i++) {
        size_t running = 0;
        status = cli_count_running(study, families[i].id, &running, error);
        if (status != AANN_OK || (running == 0 && *last != 0)) {
            continue;
        }
        *last = families[i].id;
        work.seconds = a->session.work.seconds > 0.0 ? a->session.work.seconds - (now() - start) : 0.0;
        if (running == 0 || cli_stop_asked() || work.seconds < 0.0) {
            continue;
        }
        status = resume_family(a, study, &families[i], &work, error);
    }
    aann_families_free(families, count);
    return status;
}

int cli_resume(int count, char **texts)
{
    resume_arguments a = {.session.work = aann_default_family_work()};
    int status;
    if (!parse(count, texts, &a, &status)) {
        return status;
    }
    aann_error error;
    aann_study *study = NULL;
    if (aann_study_open(a.study, AANN_STUDY_WRITE, &study, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    cli_session_start(&a.session);
    int64_t last = 0;
    if (resume_all(&a, study, &last, &error) != AANN_OK) {
        status = cli_fail(&error);
    } else if (last == 0) {
        status = cli_failed("%s: there is no family in it to go on with", a.study);
    } else {
        status = cli_session_report(study, a.study, last, a.json);
    }
    aann_study_close(study);
    return status;
}
