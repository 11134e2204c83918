/* The report of a family: its parts, one after the other. */
#include "aann/report.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aann/version.h"
#include "core/error.h"
#include "core/memory.h"
#include "report/report.h"
#include "report/view.h"

/* The version of the data: a page and its data always come together, so it only tells people. */
enum { FORMAT = 1 };

aann_report_options aann_report_options_default(void)
{
    return (aann_report_options){.first_track = 1000, .track_count = 4, .threads = 1};
}

static aann_status put_head(aann_report_view *view, aann_error *error)
{
    (void)error;
    const int64_t made = view->options->made;
    aann_json_integer(&view->json, "format", FORMAT);
    aann_json_text(&view->json, "aann", aann_version());
    aann_report_put_time(&view->json, "made", made != 0 ? made : (int64_t)time(NULL));
    return AANN_OK;
}

typedef aann_status (*report_part)(aann_report_view *view, aann_error *error);

static aann_status put_parts(aann_report_view *view, aann_error *error)
{
    static const report_part parts[] = {
        put_head,
        aann_report_put_study,
        aann_report_put_family,
        aann_report_put_members,
        aann_report_put_traces,
        aann_report_answers_read,
        aann_report_put_votes,
        aann_report_put_distances,
        aann_report_put_confusion,
        aann_report_put_weights,
        aann_report_put_samples,
        aann_report_put_scatter,
        aann_report_put_walk,
        aann_report_put_path,
        aann_report_put_drive,
        aann_report_put_experiment,
    };
    aann_status status = AANN_OK;
    aann_json_open(&view->json, NULL, '{');
    for (size_t i = 0; status == AANN_OK && i < sizeof parts / sizeof parts[0]; i++) {
        status = parts[i](view, error);
    }
    aann_json_text(&view->json, "split", view->split);
    aann_json_close(&view->json, '}');
    return status == AANN_OK && view->json.failed ? aann_report_no_memory(error) : status;
}

aann_status aann_report_create(aann_study *study, const aann_report_options *options,
                               aann_report **report, aann_error *error)
{
    aann_report_view view;
    *report = NULL;
    if (options->threads < 1 || options->track_count < 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a report with %d threads and %d tracks; expected at least 1 and 0",
                         options->threads, options->track_count);
    }
    aann_status status = aann_report_view_open(study, options, &view, error);
    if (status == AANN_OK) {
        status = put_parts(&view, error);
    }
    if (status == AANN_OK) {
        *report = aann_allocate(1, sizeof **report);
        status = *report != NULL ? AANN_OK : aann_report_no_memory(error);
    }
    if (status == AANN_OK) {
        **report = (aann_report){
            .json = view.json.text, .size = view.json.size, .unfinished = view.unfinished};
        memcpy((*report)->absent, view.absent, sizeof view.absent);
        view.json = (aann_json){0};
    }
    aann_report_view_clear(&view);
    return status;
}

void aann_report_destroy(aann_report *report)
{
    if (report != NULL) {
        free(report->json);
        free(report);
    }
}

const char *aann_report_json(const aann_report *report)
{
    return report->json;
}

const char *aann_report_absent(const aann_report *report)
{
    return report->absent[0] != '\0' ? report->absent : NULL;
}

int64_t aann_report_unfinished(const aann_report *report)
{
    return report->unfinished;
}
