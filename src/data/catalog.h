/* The named data sets: which file of the data folder "mnist:train" stands for. The program fetches
 * them (src/cli/fetch); the library only tests whether they exist. */
#ifndef AANN_DATA_CATALOG_H
#define AANN_DATA_CATALOG_H

#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"

enum { AANN_CATALOG_PATH_SIZE = 4096 };

typedef struct aann_catalog_entry {
    const char *name;               /* "mnist": also its folder in the data folder */
    const char *const *class_names; /* [class_count], or NULL */
    int32_t class_count;
} aann_catalog_entry;

/* The entry whose name is `name`, or the part of `name` before a colon ("mnist:train"); or NULL. */
const aann_catalog_entry *aann_catalog_match(const char *name);

/* The images of the split that "mnist:train" or "mnist:test" names, in the data folder. Fails with
 * the command to type if they are not there. */
aann_status aann_catalog_locate(const aann_catalog_entry *entry, const char *name, char *path,
                                size_t size, aann_error *error);

#endif
