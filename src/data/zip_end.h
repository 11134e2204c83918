/* The last record of a zip archive. */
#ifndef AANN_DATA_ZIP_END_H
#define AANN_DATA_ZIP_END_H

#include "aann/status.h"

/* Fails unless the file ends exactly where a zip archive's last record says that it ends. */
aann_status aann_zip_check_end(const char *path, aann_error *error);

#endif
