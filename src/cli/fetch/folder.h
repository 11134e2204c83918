/* Folders: making them, temporary ones, and taking those away again. */
#ifndef AANN_CLI_FETCH_FOLDER_H
#define AANN_CLI_FETCH_FOLDER_H

#include <stddef.h>

#include "aann/status.h"

enum { FETCH_PATH_SIZE = 4096 };

/* Makes the folder and those above it, unless they are there. */
aann_status fetch_folder_make(const char *path, aann_error *error);

/* A folder for what is on the way. */
typedef struct fetch_temporary {
    char path[FETCH_PATH_SIZE];
    int lock; /* held as long as the folder is in use */
} fetch_temporary;

/* Makes a new folder inside `parent`, and removes those that killed fetches left there. */
aann_status fetch_folder_make_temporary(const char *parent, fetch_temporary *temporary,
                                        aann_error *error);
void fetch_folder_remove_temporary(fetch_temporary *temporary);

/* Removes the folder and the files in it. Folders in it stay, and then so does it. */
void fetch_folder_remove(const char *path);

/* The path of the first file in the folder whose name ends in `ending`. */
aann_status fetch_folder_find(const char *folder, const char *ending, char path[FETCH_PATH_SIZE],
                              aann_error *error);

/* "folder/name" and `ending` behind it; fails if it does not fit. */
aann_status fetch_folder_join(const char *folder, const char *name, const char *ending,
                              char path[FETCH_PATH_SIZE], aann_error *error);

#endif
