/* The arrays of an NPZ file, one after the other. */
#ifndef AANN_DATA_NPZ_ARCHIVE_H
#define AANN_DATA_NPZ_ARCHIVE_H

#include "data/array.h"

/* An archive being visited. */
typedef struct aann_npz_archive aann_npz_archive;

/* Called with the name of each entry ("x.npy"); may read it with aann_npz_read_array. */
typedef aann_status (*aann_npz_visitor)(void *context, aann_npz_archive *archive, const char *name,
                                        aann_error *error);

/* Visits all entries, in the order of the file, until a visitor fails. All arrays read together hold
 * at most `limit` bytes, wherever in the file they are: entries may share their bytes. */
aann_status aann_npz_visit(const char *path, int64_t limit, aann_npz_visitor visit, void *context,
                           aann_error *error);

/* Reads the entry being visited. Free with aann_array_clear. */
aann_status aann_npz_read_array(aann_npz_archive *archive, const char *name, aann_array *array,
                                aann_error *error);

#endif
