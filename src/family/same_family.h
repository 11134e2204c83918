/* Whether two studies have the same family. */
#ifndef AANN_FAMILY_SAME_FAMILY_H
#define AANN_FAMILY_SAME_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#include "aann/study.h"

/* True if everything that determines their members is equal; otherwise difference[size] names the
 * first thing that is not, with both values. Where the data lie and which shard a study has of the
 * members determine nothing. */
bool aann_family_is_same(const aann_family_row *a, const aann_family_row *b, char *difference,
                         size_t size);

#endif
