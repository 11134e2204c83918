/* Making the page of a report, once. */
#include "cli/shared/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/shared/clock.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

cli_page_options cli_page_options_default(void)
{
    cli_page_options options = {.report = aann_report_options_default(), .every = 5.0};
    options.report.threads = 0;
    return options;
}

/* ---- progress and signals -------------------------------------------------------------------- */

/* The last line of progress; on a terminal only, and not more often than people can read. */
typedef struct page_progress {
    bool shown;
    double last;
} page_progress;

static void show(void *context, const char *what, double share)
{
    page_progress *progress = context;
    const double now = cli_now();
    if (now - progress->last > 0.2) {
        cli_print_to(stderr, "\rreport: %s %3.0f %%\033[K", what, 100.0 * share);
        progress->last = now;
        progress->shown = true;
    }
}

/* The options of one report, with `progress` on a terminal. */
static aann_report_options prepare(const cli_page_options *options, page_progress *progress)
{
    aann_report_options report = options->report;
    report.threads = report.threads > 0 ? report.threads : aann_processor_count();
    report.interrupted = cli_stop_callback;
    report.context = progress;
    *progress = (page_progress){.last = cli_now()};
    if (!options->quiet && isatty(STDERR_FILENO) == 1) {
        report.progress = show;
    }
    return report;
}

static aann_status make(const char *study_path, const cli_page_options *options,
                        aann_report **report, aann_error *error)
{
    aann_study *study = NULL;
    page_progress progress;
    const aann_report_options wanted = prepare(options, &progress);
    aann_status status = aann_study_open(study_path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_report_create(study, &wanted, report, error);
    }
    aann_study_close(study);
    if (progress.shown) {
        fputs("\r\033[K", stderr);
    }
    return status;
}

static int stopped(const char *path)
{
    return path != NULL ? cli_failed("stopped; %s is as it was", path) : cli_failed("stopped");
}

static void say_written(const char *path, const cli_page_options *options)
{
    struct stat information = {0};
    if (!options->quiet && stat(path, &information) == 0) {
        cli_print("%s: %" PRId64 " kB\n", path, ((int64_t)information.st_size + 999) / 1000);
    }
}

static void say_absent(const aann_report *report, const cli_page_options *options)
{
    const char *why = aann_report_absent(report);
    if (why != NULL && !options->quiet) {
        cli_print_to(stderr, "note: the page lacks what the data would show. %s\n", why);
    }
}

/* ---- once ------------------------------------------------------------------------------------ */

int cli_page_json(const char *study_path, const cli_page_options *options)
{
    aann_error error;
    aann_report *report = NULL;
    cli_catch_stop();
    const aann_status status = make(study_path, options, &report, &error);
    if (status == AANN_OK) {
        const char *json = aann_report_json(report); /* ASCII, which a terminal may see */
        fwrite(json, 1, strlen(json), stdout);
        putchar('\n');
    }
    aann_report_destroy(report);
    return status == AANN_OK            ? cli_finish_output(CLI_GOOD)
           : status == AANN_INTERRUPTED ? stopped(NULL)
                                        : cli_fail(&error);
}

int cli_page_write(const char *study_path, const char *path, const cli_page_options *options)
{
    aann_error error;
    aann_report *report = NULL;
    cli_catch_stop();
    aann_status status = aann_report_check_place(path, &error);
    if (status == AANN_OK) {
        status = make(study_path, options, &report, &error);
    }
    if (status == AANN_OK) {
        status = aann_report_save(report, path, NULL, &error);
    }
    if (status == AANN_OK) {
        say_written(path, options);
        say_absent(report, options);
    }
    aann_report_destroy(report);
    if (status != AANN_OK) {
        return status == AANN_INTERRUPTED ? stopped(path) : cli_fail(&error);
    }
    return cli_finish_output(CLI_GOOD);
}
