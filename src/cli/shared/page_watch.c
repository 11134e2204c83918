/* Pages that follow a search, of another process or of this one. */
#include "cli/shared/page.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/shared/clock.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

/* A page takes time from the search that it follows: the pause after it is at least this many times
 * as long as it took. */
enum { PATIENCE = 10 };

/* One page after the other. */
typedef struct page_series {
    const char *study_path;
    const char *path;
    aann_report_options report;
    double every;
    aann_report *last;    /* NULL: none was made yet */
    double pause;         /* after it */
    int64_t newer_than;   /* a family with this id, or a lower one, is not shown */
    bool (*ends)(void *); /* asked several times a second */
    void *context;
} page_series;

/* The id of the study's last family; 0 if there is none, or no study. */
static int64_t last_family(const char *study_path)
{
    aann_study *study = NULL;
    aann_family_row *families = NULL;
    size_t count = 0;
    if (aann_study_open(study_path, AANN_STUDY_READ, &study, NULL) == AANN_OK) {
        (void)aann_study_families(study, &families, &count, NULL);
    }
    const int64_t id = count > 0 ? families[count - 1].id : 0;
    aann_family_rows_destroy(families, count);
    aann_study_close(study);
    return id;
}

/* Makes and saves a page. */
static aann_status make_next(page_series *series, aann_error *error)
{
    const double start = cli_now();
    aann_study *study = NULL;
    aann_report *report = NULL;
    aann_status status = aann_study_open(series->study_path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_report_create(study, &series->report, &report, error);
    }
    aann_study_close(study);
    if (status == AANN_OK) {
        const aann_report_live live = {.running = aann_report_unfinished(report) > 0,
                                       .refresh_seconds = series->every};
        aann_report_destroy(series->last);
        series->last = report;
        status = aann_report_save(report, series->path, &live, error);
    }
    const double taken = PATIENCE * (cli_now() - start);
    series->pause = taken > series->every ? taken : series->every;
    return status;
}

/* Sleeps; false if the series ends. */
static bool wait_for_next(const page_series *series)
{
    enum { NANOSECONDS = 100000000 };
    const double start = cli_now();
    while (cli_now() - start < series->pause) {
        const struct timespec moment = {.tv_nsec = NANOSECONDS};
        if (series->ends(series->context)) {
            return false;
        }
        nanosleep(&moment, NULL);
    }
    return !series->ends(series->context);
}

/* The page as it is, but that it does not wait for another. */
static aann_status save_last(const page_series *series, aann_error *error)
{
    const aann_report_live live = {.running = false, .refresh_seconds = series->every};
    return series->last != NULL ? aann_report_save(series->last, series->path, &live, error)
                                : AANN_OK;
}

/* ---- another process's search ---------------------------------------------------------------- */

/* The data of the family, loaded once for all pages; NULL if they are not to be had, which the pages
 * will say. The pages stay with this family: another that begins meanwhile has other data. */
static aann_status load_data(const char *study_path, aann_report_options *report,
                             aann_family_data **data, aann_error *error)
{
    aann_study *study = NULL;
    aann_family family = {.member_count = 0};
    aann_family_choice choice = aann_family_choice_default();
    choice.minimum = 0;
    aann_status status = aann_study_open(study_path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_family_open(study, report->family, &choice, &family, error);
    }
    if (status == AANN_OK) {
        report->family = family.row.id;
        const bool named = report->train != NULL || report->test != NULL;
        status = aann_family_data_reload_within(&family.row, report->train, report->test,
                                                report->data_limit, data, error);
        if (status != AANN_OK) {
            *data = NULL;
            status = named ? status : AANN_OK;
        }
        aann_family_destroy(&family);
    }
    aann_study_close(study);
    return status;
}

static aann_status watch(page_series *series, aann_error *error)
{
    aann_status status = AANN_OK;
    do {
        status = make_next(series, error);
    } while (status == AANN_OK && aann_report_unfinished(series->last) > 0 &&
             wait_for_next(series));
    if (status == AANN_INTERRUPTED || (status == AANN_OK && cli_stop_asked())) {
        status = save_last(series, error);
    } else if (status != AANN_OK) {
        (void)save_last(series, NULL); /* no page may wait for one that does not come */
    }
    return status;
}

int cli_page_watch(const char *study_path, const char *path, const cli_page_options *options)
{
    aann_error error;
    aann_family_data *data = NULL;
    page_series series = {.study_path = study_path,
                          .path = path,
                          .report = options->report,
                          .every = options->every,
                          .ends = cli_stop_callback};
    cli_release_stop(); /* while data are loaded, nothing is written */
    aann_status status = aann_report_check_place(path, &error);
    if (status == AANN_OK) {
        status = load_data(study_path, &series.report, &data, &error);
    }
    cli_catch_stop();
    if (status == AANN_OK) {
        series.report.data = data;
        series.report.threads =
            series.report.threads > 0 ? series.report.threads : aann_processor_count();
        series.report.interrupted = cli_stop_callback;
        series.report.brief = true;
        if (!options->quiet) {
            cli_print_to(stderr, "aann: %s follows %s; Ctrl-C ends it\n", path, study_path);
        }
        status = watch(&series, &error);
    }
    aann_report_destroy(series.last);
    aann_family_data_destroy(data);
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}

/* ---- this process's search ------------------------------------------------------------------- */

struct cli_page_writer {
    page_series series;
    atomic_bool ended;
    pthread_t thread;
};

static bool has_ended(void *context)
{
    cli_page_writer *writer = context;
    return atomic_load(&writer->ended);
}

/* Failures are nothing for the user yet: there may be no family so far, and the last page will say
 * what is wrong. */
static void *write_pages(void *context)
{
    cli_page_writer *writer = context;
    aann_error error;
    do {
        if (last_family(writer->series.study_path) > writer->series.newer_than) {
            (void)make_next(&writer->series, &error);
        } else {
            writer->series.pause = 0.5;
        }
    } while (wait_for_next(&writer->series));
    return NULL;
}

cli_page_writer *cli_page_start(const char *study_path, const char *path, int64_t family,
                                const aann_family_data *data, int *status)
{
    enum { SECONDS = 5 };
    aann_error error;
    if (aann_report_check_place(path, &error) != AANN_OK) {
        *status = cli_fail(&error);
        return NULL;
    }
    cli_page_writer *writer = calloc(1, sizeof *writer);
    if (writer != NULL) {
        writer->series = (page_series){.study_path = study_path,
                                       .path = path,
                                       .report = aann_report_options_default(),
                                       .every = SECONDS,
                                       .newer_than = family != 0 ? 0 : last_family(study_path),
                                       .ends = has_ended,
                                       .context = writer};
        writer->series.report.family = family;
        writer->series.report.data = data;
        writer->series.report.brief = true;
        writer->series.report.interrupted = has_ended;
        writer->series.report.context = writer;
    }
    if (writer == NULL || pthread_create(&writer->thread, NULL, write_pages, writer) != 0) {
        free(writer);
        *status = cli_failed("--report: no memory, or no further thread, for the report");
        return NULL;
    }
    return writer;
}

int cli_page_finish(cli_page_writer *writer, int64_t family, bool quiet)
{
    aann_error error;
    aann_status status = AANN_OK;
    if (writer == NULL) {
        return CLI_GOOD;
    }
    page_series *series = &writer->series;
    atomic_store(&writer->ended, true);
    pthread_join(writer->thread, NULL);
    if (family != 0) {
        (void)save_last(series, &error); /* in case the next is interrupted */
        series->report.family = family;
        series->report.threads = aann_processor_count();
        series->report.interrupted = series->last != NULL ? cli_stop_callback : NULL;
        status = make_next(series, &error);
        status = status == AANN_INTERRUPTED ? AANN_OK : status;
        if (status == AANN_OK) {
            status = save_last(series, &error);
        }
        if (status == AANN_OK && !quiet) {
            cli_print("report: %s\n", series->path);
        }
    }
    aann_report_destroy(series->last);
    free(writer);
    return status == AANN_OK ? CLI_GOOD : cli_fail(&error);
}
