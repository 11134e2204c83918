/* Making the page of a report: once, or again and again while a search runs. */
#ifndef AANN_CLI_SHARED_PAGE_H
#define AANN_CLI_SHARED_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/report.h"

/* Always start from cli_page_options_default(). */
typedef struct cli_page_options {
    aann_report_options report; /* threads 0: one per processor */
    double every;               /* seconds between two pages that follow a search */
    bool quiet;
} cli_page_options;

cli_page_options cli_page_options_default(void);

/* Writes the page of a study once; or with _watch until the family is complete or a signal comes; or
 * with _json prints what it shows. All return the exit status. */
int cli_page_write(const char *study_path, const char *path, const cli_page_options *options);
int cli_page_watch(const char *study_path, const char *path, const cli_page_options *options);
int cli_page_json(const char *study_path, const cli_page_options *options);

/* A thread that writes the page of a family while this process searches it. */
typedef struct cli_page_writer cli_page_writer;

/* Starts it. `family` is the family's id; 0: the next that the study gets. `data` are borrowed. NULL, with a line on the standard error and *status set, if the
 * path is taken by something else, or for lack of memory. */
cli_page_writer *cli_page_start(const char *study_path, const char *path, int64_t family,
                                const aann_family_data *data, int *status);

/* Ends the thread and writes the last page, of `family` (0: none was stored, nothing is written).
 * NULL is allowed. Returns CLI_GOOD, or CLI_FAILED with a line on the standard error. */
int cli_page_finish(cli_page_writer *writer, int64_t family, bool quiet);

#endif
