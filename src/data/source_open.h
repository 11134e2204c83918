/* Opens a file as a stream of bytes to parse. */
#ifndef AANN_DATA_SOURCE_OPEN_H
#define AANN_DATA_SOURCE_OPEN_H

#include "data/source.h"

/* A file, gunzipped on the way if it begins as gzip does. Messages do not name the file: the caller
 * prefixes them. Close it with aann_source_close. */
aann_status aann_source_open(const char *path, aann_source **source, aann_error *error);

/* Takes off the layers in which the bytes of *source are packed, and replaces it. If that fails, the
 * source is closed. */
aann_status aann_source_unpack(aann_source **source, aann_error *error);

#endif
