/* The data sets that aann knows by name: their files, check sums, and where they can be had. */
#ifndef AANN_DATA_CATALOG_H
#define AANN_DATA_CATALOG_H

#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"

enum { AANN_CATALOG_FILE_COUNT = 4, AANN_CATALOG_MIRROR_COUNT = 2, AANN_CATALOG_PATH_SIZE = 4096 };

/* One file as it is kept: gunzipped. */
typedef struct aann_catalog_file {
    const char *name;
    int64_t size;
    const char *sha256;
} aann_catalog_file;

typedef struct aann_catalog_entry {
    const char *name;
    aann_catalog_file
        files[AANN_CATALOG_FILE_COUNT]; /* images and labels of "train", then of "test" */
    const char *npm_package;            /* "name@version", or NULL */
    const char *debian_package;         /* or NULL */
    const char *debian_folder;          /* where that package puts the files */
    const char *mirrors[AANN_CATALOG_MIRROR_COUNT]; /* URL prefixes of "<file>.gz", or NULL */
    const char *const *class_names;                 /* [class_count], or NULL */
    int32_t class_count;
} aann_catalog_entry;

/* The entry with this name ("mnist"), or NULL. */
const aann_catalog_entry *aann_catalog_find(const char *name);

/* The entry that "mnist", "mnist:train" and anything else with this name before a colon is about,
 * or NULL. */
const aann_catalog_entry *aann_catalog_match(const char *name);

/* The images of the split that "mnist:train" or "mnist:test" names, in the data folder. Fails with
 * the command to type if they are not there. */
aann_status aann_catalog_locate(const aann_catalog_entry *entry, const char *name, char *path,
                                size_t size, aann_error *error);

/* The names of all entries, for messages: "mnist, fashion-mnist". */
void aann_catalog_names(char *text, size_t size);

#endif
