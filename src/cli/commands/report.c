/* aann report: a family as one web page. */
#include "aann/report.h"

#include <stdio.h>
#include <sys/stat.h>

#include "cli/car/car.h"
#include "cli/commands/command.h"
#include "cli/shared/common_options.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/page.h"
#include "cli/shared/text.h"

static const char description[] =
    "Writes one web page about a family: learning curves, members, votes, a map,\n"
    "distances, answers, filters, wiring; walks, paths, drives, regressions in\n"
    "their own way. The file needs no network and nothing beside it. The study is\n"
    "only read, also while a search writes to it. Predictions that it has are\n"
    "used; without the data set the page says what is missing. An earlier report\n"
    "is replaced, no other file is.\n"
    "\n"
    "  aann report mnist.aann --html report.html\n"
    "  aann report mnist.aann --html report.html --watch\n"
    "  aann report mnist.aann --json\n"
    "\n"
    "--json prints what the page shows. With --watch the page is written anew\n"
    "while a search goes on, and reloads itself, until the family is complete or\n"
    "Ctrl-C.\n";

typedef struct report_arguments {
    const char *html, *tracks;
    bool json, watch, tracks_given;
    cli_page_options page;
} report_arguments;

static bool check(report_arguments *a)
{
    uint64_t first = 0, end = 0;
    if (a->html == NULL && !a->json) {
        cli_usage_error("report: nothing to write; expected --html FILE, or --json");
        return false;
    }
    if (a->html != NULL && a->json) {
        cli_usage_error("report: --html and --json are two outputs; expected one of them");
        return false;
    }
    if (a->watch && a->html == NULL) {
        cli_usage_error("report: --watch needs --html FILE");
        return false;
    }
    if (a->tracks != NULL) {
        enum { TRACKS_LIMIT = 100 };
        if (!cli_car_parse_tracks(a->tracks, &first, &end)) {
            return false;
        }
        if (end - first > TRACKS_LIMIT) {
            cli_usage_error("report: --tracks %s: expected at most %d tracks", a->tracks,
                            TRACKS_LIMIT);
            return false;
        }
        a->page.report.first_track = first;
        a->page.report.track_count = (int32_t)(end - first);
    }
    return true;
}

int cli_report(int count, char **texts)
{
    report_arguments a = {.page = cli_page_options_default()};
    aann_report_options *report = &a.page.report;
    const cli_option options[] = {
        {"html", CLI_TEXT, &a.html, 0, 0, "FILE", "the page to write", NULL},
        {"family", CLI_LONG, &report->family, 1, 9e15, "ID",
         "which family (the study's last, or an experiment's)", NULL},
        {"split", CLI_TEXT, &report->split, 0, 0, "NAME",
         "whose answers are shown: test, validation or train (test)", NULL},
        {"tracks", CLI_TEXT, &a.tracks, 0, 0, "FIRST:END",
         "of drivers: tracks to drive, END excluded (1000:1004)", NULL},
        {"watch", CLI_FLAG, &a.watch, 0, 0, NULL, "write it again and again while a search runs",
         NULL},
        {"every", CLI_SECONDS, &a.page.every, 0.1, 1e6, "S",
         "with --watch: seconds between two pages (5)", NULL},
        cli_moved_data_option(&report->train),
        cli_moved_test_option(&report->test),
        cli_data_limit_option(&report->data_limit),
        cli_threads_option(&report->threads),
        cli_quiet_option(&a.page.quiet),
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {
        "report", "STUDY --html FILE [OPTIONS]", description, options, positional, 1, 1, &a.json};
    int status;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (!check(&a)) {
        return CLI_USAGE;
    }
    if (a.json) {
        return cli_page_json(positional[0], &a.page);
    }
    return a.watch ? cli_page_watch(positional[0], a.html, &a.page)
                   : cli_page_write(positional[0], a.html, &a.page);
}
