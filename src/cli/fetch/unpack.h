/* Taking the files of a data set out of whatever they came in. */
#ifndef AANN_CLI_FETCH_UNPACK_H
#define AANN_CLI_FETCH_UNPACK_H

#include "aann/status.h"
#include "cli/fetch/sets.h"

/* Takes the set's files out of the file at `path` and writes them into `folder`, uncompressed: out
 * of an archive (tar, zip, or Debian's package, compressed or not), or the one file that it is,
 * raw or gzip. Nothing else is written, and no file larger than it should be. */
aann_status fetch_unpack(const char *path, const fetch_set *set, const char *folder,
                         aann_error *error);

#endif
