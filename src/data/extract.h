/* Taking files out of an archive. */
#ifndef AANN_DATA_EXTRACT_H
#define AANN_DATA_EXTRACT_H

#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"

/* Takes the regular files whose name (without folders) is one of names[count], or one of these with
 * ".gz" behind, out of an archive (tar or zip, compressed or not) and writes them into `folder`
 * under that name. None may be larger than size_limit bytes. */
aann_status aann_archive_extract(const char *archive_path, const char *const *names, size_t count,
                                 int64_t size_limit, const char *folder, aann_error *error);

#endif
