/* The version of aann, its built-in parts, and the instruction sets that it can use here.
 *
 * The macros describe the headers that a program was compiled with; the functions describe the
 * library that it runs with. While the major version is 0, the two are compatible if major and
 * minor are equal; the name of the shared library (libaann.so.0.2) and the CMake package enforce
 * that.
 *
 *     printf("aann %s, on %s\n", aann_version(), aann_isa_name(0));
 *     if ((aann_features() & AANN_FEATURE_STUDY) == 0) {
 *         puts("this library was built without studies");
 *     }
 *
 * All functions here are safe to call from any thread. */
#ifndef AANN_VERSION_H
#define AANN_VERSION_H

#include <stdint.h>

#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The one place that holds the version. The build reads it from here. */
#define AANN_VERSION_MAJOR 0
#define AANN_VERSION_MINOR 2
#define AANN_VERSION_PATCH 0
#define AANN_VERSION "0.2.0"

/* The version of the running library, such as "0.2.0". Never NULL; not to be freed. */
AANN_API const char *aann_version(void);

/* Parts that a build can leave out. */
enum {
    /* data sets from files: aann/data.h (CMake: AANN_FILES) */
    AANN_FEATURE_FILES = 1,

    /* study files and families in them: aann/study.h, aann/family.h, ... (CMake: AANN_STUDY) */
    AANN_FEATURE_STUDY = 2,

    /* charts as PNG and SVG: aann/picture.h (CMake: AANN_PICTURES) */
    AANN_FEATURE_PICTURES = 4
};

/* The AANN_FEATURE_... flags of this library, combined with |. */
AANN_API uint32_t aann_features(void);

/* The number of instruction sets that this build has kernels for and this processor offers; at
 * least 1. */
AANN_API int32_t aann_isa_count(void);

/* The name of one of them, best first: "avx512", "avx2", "neon" or "baseline". Index 0 is what
 * "auto" (NULL) selects wherever an instruction set can be chosen. NULL for an index outside
 * 0..aann_isa_count() - 1. Not to be freed. */
AANN_API const char *aann_isa_name(int32_t index);

#ifdef __cplusplus
}
#endif

#endif
