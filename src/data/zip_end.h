/* The last record of a zip archive. */
#ifndef AANN_DATA_ZIP_END_H
#define AANN_DATA_ZIP_END_H

#include <stdint.h>

#include "aann/status.h"

/* Fails unless the file ends exactly where a zip archive's last record says that it ends. *entries
 * are the files that it says there are; -1: so many that another record says it. */
aann_status aann_zip_check_end(const char *path, int64_t *entries, aann_error *error);

#endif
