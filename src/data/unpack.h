/* Decompresses bzip2, xz, lzma, zstd and lz4, and the only file of a zip archive, while reading. */
#ifndef AANN_DATA_UNPACK_H
#define AANN_DATA_UNPACK_H

#include "data/source.h"

typedef enum aann_packing {
    AANN_PACKING_NONE = 0,
    AANN_PACKING_GZIP, /* data/gzip.h */
    AANN_PACKING_FILTER,
    AANN_PACKING_ZIP
} aann_packing;

/* How bytes[size], the beginning of a file, are packed. A zip archive of NPY arrays is an NPZ file
 * and counts as not packed. */
aann_packing aann_packing_of(const uint8_t *bytes, size_t size);

/* Takes over `packed`: closes it with the reader, and at once if this fails. `packing` is FILTER or
 * ZIP. */
aann_status aann_unpack_reader_open(aann_source *packed, aann_packing packing, aann_reader *reader,
                                    aann_error *error);

#endif
