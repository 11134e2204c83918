/* Getting a file from a URL. */
#ifndef AANN_DATA_DOWNLOAD_H
#define AANN_DATA_DOWNLOAD_H

#include <stdint.h>

#include "aann/status.h"

/* Writes what is at `url` (https, http, file) to `path`, at most size_limit bytes. */
aann_status aann_download(const char *url, const char *path, int64_t size_limit, aann_error *error);

#endif
