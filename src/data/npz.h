/* NPZ: a zip archive of NPY files. */
#ifndef AANN_DATA_NPZ_H
#define AANN_DATA_NPZ_H

#include "aann/data.h"

/* Reads the arrays "x" (or "images", "inputs"), and "y" (or "labels") or "targets". Takes a path,
 * not a source: the directory of a zip archive is at its end. */
aann_status aann_npz_read(const char *path, const aann_load_options *options, aann_dataset *dataset,
                          aann_error *error);

#endif
