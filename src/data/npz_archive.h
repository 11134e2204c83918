/* The arrays of an NPZ file, one after the other. */
#ifndef AANN_DATA_NPZ_ARCHIVE_H
#define AANN_DATA_NPZ_ARCHIVE_H

#include "data/array.h"

struct archive;

/* Called with the name of each entry ("x.npy"); may read it with aann_npz_read_array. */
typedef aann_status (*aann_npz_visitor)(void *context, struct archive *archive, const char *name,
                                        aann_error *error);

/* Visits all entries, in the order of the file, until a visitor fails. */
aann_status aann_npz_visit(const char *path, aann_npz_visitor visit, void *context,
                           aann_error *error);

/* Reads the entry being visited. Free with aann_array_clear. */
aann_status aann_npz_read_array(struct archive *archive, const char *name, aann_array *array,
                                aann_error *error);

#endif
