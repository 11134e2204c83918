/* Getting a file from a URL. */
#ifndef AANN_CLI_FETCH_DOWNLOAD_H
#define AANN_CLI_FETCH_DOWNLOAD_H

#include <stdint.h>

#include "aann/status.h"
#include "cli/fetch/report.h"

/* Writes what is at `url` (https, http, file) to `path`, at most size_limit bytes. `report` (or
 * NULL) is asked now and then whether to go on. On failure `path` may hold a part. */
aann_status fetch_download(const char *url, const char *path, int64_t size_limit,
                           fetch_report report, void *context, aann_error *error);

#endif
