/* Decompresses gzip while reading. */
#ifndef AANN_DATA_GZIP_H
#define AANN_DATA_GZIP_H

#include "data/source.h"

/* Takes over `compressed`: closes it with the reader, and at once if this fails. */
aann_status aann_gzip_reader_open(aann_source *compressed, aann_reader *reader, aann_error *error);

#endif
