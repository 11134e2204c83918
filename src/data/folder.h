/* Folders: making them, temporary ones, and taking those away again. */
#ifndef AANN_DATA_FOLDER_H
#define AANN_DATA_FOLDER_H

#include <stddef.h>

#include "aann/status.h"

/* Makes the folder and those above it, unless they are there. */
aann_status aann_folder_make(const char *path, aann_error *error);

/* Makes a new folder inside `parent`, writes its path. */
aann_status aann_folder_make_temporary(const char *parent, char *path, size_t size,
                                       aann_error *error);

/* Removes the folder and all that is in it. Follows no links; what cannot be removed stays. */
void aann_folder_remove(const char *path);

/* The path of the first file in the folder whose name ends in `ending`. */
aann_status aann_folder_find(const char *folder, const char *ending, char *path, size_t size,
                             aann_error *error);

/* "folder/name" into path[size]; fails if it does not fit. */
aann_status aann_folder_join(const char *folder, const char *name, char *path, size_t size,
                             aann_error *error);

#endif
