/* The report of a family: one web page to look at, in one file, which needs nothing else: no
 * network, no library, no data set.
 *
 *     aann_report_options options = aann_report_options_default();
 *     aann_report *report = NULL;
 *     if (aann_report_create(study, &options, &report, &error) == AANN_OK) {
 *         aann_report_save(report, "report.html", NULL, &error);
 *         aann_report_destroy(report);
 *     }
 *
 * It shows how the members were found, what they answer alone and together, how they differ, and
 * how they are wired; walks, paths, drives and regressions in their own way. It only reads the
 * study, also while a search writes there, and uses predictions that the study has. What it cannot
 * show, for lack of the data set, say, it names. Numbers are those of the functions of geometry.h,
 * ensemble.h and evaluate.h. Large families are summarised, so that the page stays below three
 * megabytes and its making takes seconds to a minute: the limits are below.
 *
 * Thread safety: aann_report_create follows the rule of the study (one thread at a time). A report
 * never changes after its creation, so any thread may use it. */
#ifndef AANN_REPORT_H
#define AANN_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/family.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Maximum of what is shown of a family. */
enum {
    AANN_REPORT_MEMBERS = 2000, /* in the table, and on the map: the first ones */
    AANN_REPORT_VOTERS = 200,   /* that vote: the first finished ones */
    AANN_REPORT_COMPARED = 64,  /* in matrices of distances and answers, with confusion, filters */
    AANN_REPORT_CURVES = 60,    /* with a learning curve each; more are summarised, too */
    AANN_REPORT_WIRED = 12,     /* with their whole wiring: from the best to the worst */
    AANN_REPORT_SAMPLES = 36    /* on which members disagree */
};

/* Always start from aann_report_options_default(). */
typedef struct aann_report_options {
    /* id of the family; 0: the last one of the study, or the one that an experiment was about if that
     * was the last that was done */
    int64_t family;

    /* "test", "validation" or "train": whose answers are shown; NULL: the first of these that the
     * family has */
    const char *split;

    /* the family's data, borrowed; NULL: they are loaded as aann_family_data_reload_within does,
     * from `train` and `test` if these are given. If they are not to be had, the report says so */
    const aann_family_data *data;
    const char *train;
    const char *test;
    int64_t data_limit;

    /* drivers: the tracks first_track .. first_track + track_count - 1 are driven (1000, 4); with
     * track_count 0 none is */
    uint64_t first_track;
    int32_t track_count;

    /* for a page that is made again and again: leave out drives while the family is unfinished */
    bool brief;

    /* never changes the report (1) */
    int32_t threads;

    /* Unix seconds that the page shows as the time of its making; 0: now */
    int64_t made;

    /* JSON for the part "experiment": a list of questions (src/report/experiment.c has their form);
     * NULL: those that `aann experiment` stored with the family, if there are any */
    const char *experiment;

    /* called often, by the calling thread: true ends the making with AANN_INTERRUPTED; NULL:
     * never */
    bool (*interrupted)(void *context);

    /* called often, by the calling thread: what is being done ("comparing wirings"), and how much of
     * that, 0 to 1; NULL: nobody asks */
    void (*progress)(void *context, const char *what, double share);

    /* passed to both */
    void *context;
} aann_report_options;

AANN_API aann_report_options aann_report_options_default(void);

/* The content of a report. */
typedef struct aann_report aann_report;

/* Reads and measures everything. Free with aann_report_destroy, which allows NULL. Errors: not found
 * (no such family, or a split that it does not have), argument (another name of a split), format (a
 * damaged study), memory; AANN_INTERRUPTED. */
AANN_API aann_status aann_report_create(aann_study *study, const aann_report_options *options,
                                        aann_report **report, aann_error *error);
AANN_API void aann_report_destroy(aann_report *report);

/* The content as one line of JSON, "<" in texts written as \u003c. Owned by the report. */
AANN_API const char *aann_report_json(const aann_report *report);

/* Why the report was made without the data set ("The data set is not here: ..."), for those who do
 * not see the page, which says it, too; NULL: it had the data. Owned by the report. */
AANN_API const char *aann_report_absent(const aann_report *report);

/* The members of the family that are not finished, those included that are not in the study yet: 0
 * if a later report would be the same. */
AANN_API int64_t aann_report_unfinished(const aann_report *report);

/* A page that follows a search. */
typedef struct aann_report_live {
    /* the page reloads itself after this many seconds */
    double refresh_seconds;

    /* false: it stays as it is, the last of its kind */
    bool running;
} aann_report_live;

/* Makes the page: (*page)[*size], a text in UTF-8 for aann_free. `live` is NULL for a page that
 * stays. Errors: memory. */
AANN_API aann_status aann_report_page(const aann_report *report, const aann_report_live *live,
                                      char **page, size_t *size, aann_error *error);

/* Writes the page to a file, which appears whole or not at all. An earlier report at this path is
 * replaced, any other file is not: AANN_ERROR_ARGUMENT. Errors: io, memory. */
AANN_API aann_status aann_report_save(const aann_report *report, const char *path,
                                      const aann_report_live *live, aann_error *error);

/* Fails as aann_report_save would for what is at this path: to be asked before a report is made. */
AANN_API aann_status aann_report_check_place(const char *path, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
