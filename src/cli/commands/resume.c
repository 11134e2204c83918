/* aann resume: goes on with every family of a study that has unfinished members, or with one, which
 * may be made larger. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "aann/family.h"
#include "cli/commands/command.h"
#include "cli/shared/clock.h"
#include "cli/shared/common_options.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/page.h"
#include "cli/shared/ranks.h"
#include "cli/shared/session.h"
#include "cli/shared/stop.h"
#include "cli/shared/study.h"

static const char description[] =
    "Continues the members of a study that are not finished, each from its last\n"
    "checkpoint. Their weights end the same as without the interruption. The data\n"
    "must lie where they were, or be named again; nothing is done if their\n"
    "content has changed.\n"
    "\n"
    "--members enlarges a family: the result is the same as if it had been\n"
    "searched with that many from the start.\n"
    "\n"
    "With --report, a family that is complete gets its page, too.\n"
    "\n"
    "  aann resume mnist.aann\n"
    "  aann resume mnist.aann --family 1 --members 100\n"
    "  aann resume mine.aann --data moved/train.npz --test moved/test.npz\n";

typedef struct resume_arguments {
    const char *study, *data, *test, *page;
    int64_t family;  /* 0: all of them */
    int32_t members; /* 0: as many as it has */
    int64_t data_limit;
    bool together, json, page_written;
    cli_session session;
} resume_arguments;

static bool parse(int count, char **texts, resume_arguments *a, int *status)
{
    aann_family_work *work = &a->session.work;
    const cli_option options[] = {
        {"family", CLI_LONG, &a->family, 1, 9e15, "ID",
         "only this family (all that are unfinished)", NULL},
        {"members", CLI_INT, &a->members, 1, 1e6, "N", "make the family larger: N members in all",
         NULL},
        cli_moved_data_option(&a->data),
        cli_moved_test_option(&a->test),
        cli_data_limit_option(&a->data_limit),
        {"seconds", CLI_SECONDS, &work->seconds, 0.1, 1e9, "S",
         "stop again, resumably, after this time", NULL},
        cli_threads_option(&work->threads),
        cli_parallel_option(&work->parallel),
        cli_together_option(&a->together),
        cli_checkpoint_option(&work->checkpoint_seconds),
        cli_isa_option(&work->isa),
        {"report", CLI_TEXT, &a->page, 0, 0, "FILE",
         "a web page about the family, written again and again while it is searched", NULL},
        cli_quiet_option(&a->session.quiet),
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {"resume", "STUDY [OPTIONS]", description, options, positional, 1,
                               1,        &a->json};
    const bool good = cli_parse(&syntax, count, texts, status);
    a->study = positional[0];
    return good;
}

/* Goes on with a family whose data are loaded, with its page if one is wanted: *result tells whether
 * that could be written. */
static aann_status resume_with_page(resume_arguments *a, aann_study *study, int64_t family,
                                    const aann_family_data *data, const aann_family_work *work,
                                    int *result, aann_error *error)
{
    cli_page_writer *writer = NULL;
    if (a->page != NULL && *result == CLI_GOOD) {
        writer = cli_page_start(a->study, a->page, family, data, result);
    }
    const aann_status status = aann_family_resume(study, family, data, work, error);
    a->page_written = a->page_written || writer != NULL;
    const int written = cli_page_finish(writer, family, a->json || a->session.quiet);
    *result = *result == CLI_GOOD ? written : *result;
    return status;
}

static aann_status resume_family(resume_arguments *a, aann_study *study,
                                 const aann_family_row *family, const aann_family_work *work,
                                 int *result, aann_error *error)
{
    aann_family_data *data = NULL;
    cli_release_stop();
    aann_status status =
        aann_family_data_reload_within(family, a->data, a->test, a->data_limit, &data, error);
    cli_catch_stop();
    if (status == AANN_OK) {
        status = cli_ranks_set_data(a->data, a->test, a->data_limit, error);
    }
    if (status == AANN_OK) {
        status = resume_with_page(a, study, family->id, data, work, result, error);
    }
    aann_family_data_destroy(data);
    return status == AANN_INTERRUPTED ? AANN_OK : status; /* the report says what is left */
}

/* One family after the other, until a signal or the end of the time. *last is the last that was
 * worked on (or the last there is). */
static aann_status resume_all(resume_arguments *a, aann_study *study,
                              const aann_family_row *families, size_t count, int64_t *last,
                              int *result, aann_error *error)
{
    aann_status status = AANN_OK;
    const double start = cli_now();
    aann_family_work work = a->session.work;
    for (size_t i = 0; i < count && status == AANN_OK; i++) {
        int64_t left = 0;
        if (a->family != 0 && a->family != families[i].id) {
            continue;
        }
        status = aann_family_unfinished(study, families[i].id, &left, error);
        if (status != AANN_OK || (left == 0 && *last != 0)) {
            continue;
        }
        *last = families[i].id;
        work.seconds =
            a->session.work.seconds > 0.0 ? a->session.work.seconds - (cli_now() - start) : 0.0;
        if (left == 0 || cli_stop_asked() || work.seconds < 0.0) {
            continue;
        }
        status = resume_family(a, study, &families[i], &work, result, error);
    }
    return status;
}

/* The family that --members is for: the one named, or the only one. */
static bool grow(const resume_arguments *a, aann_study *study, const aann_family_row *families,
                 size_t count, int *result)
{
    aann_error error;
    if (a->members == 0) {
        return true;
    }
    if (a->family == 0 && count > 1) {
        *result = cli_usage_error("resume: %s has %zu families; --members needs --family ID",
                                  a->study, count);
        return false;
    }
    if (aann_family_grow(study, a->family != 0 ? a->family : families[0].id, a->members, &error) !=
        AANN_OK) {
        *result = cli_fail(&error);
        return false;
    }
    return true;
}

/* The page of a family that was complete already. */
static int write_page(const resume_arguments *a)
{
    cli_page_options options = cli_page_options_default();
    options.report.family = a->family;
    options.report.train = a->data;
    options.report.test = a->test;
    options.report.data_limit = a->data_limit;
    options.quiet = a->json || a->session.quiet;
    return cli_page_write(a->study, a->page, &options);
}

static int resume(resume_arguments *a, aann_study *study, const aann_family_row *families,
                  size_t count)
{
    aann_error error;
    int result = CLI_GOOD;
    int64_t last = 0;
    if (a->page != NULL && aann_report_check_place(a->page, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (count == 0) {
        return cli_failed("%s: there is no family in it to go on with", a->study);
    }
    if (!grow(a, study, families, count, &result)) {
        return result;
    }
    cli_session_start(&a->session);
    if (resume_all(a, study, families, count, &last, &result, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (last == 0) {
        return cli_failed("%s: has no family %" PRId64, a->study, a->family);
    }
    const int reported = cli_session_report(study, a->study, last, a->json);
    if (a->page != NULL && !a->page_written) {
        result = write_page(a);
    }
    return reported != CLI_GOOD ? reported : result;
}

int cli_resume(int count, char **texts)
{
    resume_arguments a = {.session.work = aann_family_work_default()};
    int status;
    if (!parse(count, texts, &a, &status)) {
        return status;
    }
    if (!cli_ranks_together("resume", a.together)) {
        return CLI_USAGE;
    }
    aann_error error;
    aann_study *study = NULL;
    aann_family_row *families = NULL;
    size_t family_count = 0;
    aann_status opened = cli_study_open(a.study, AANN_STUDY_WRITE, &study, &error);
    if (opened == AANN_OK) {
        opened = aann_study_families(study, &families, &family_count, &error);
    }
    status = opened == AANN_OK ? resume(&a, study, families, family_count) : cli_fail(&error);
    aann_family_rows_destroy(families, family_count);
    aann_study_close(study);
    return status;
}
