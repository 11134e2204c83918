/* The low 32 bits are the layout, the high ones the algorithm. Layout 1 had no algorithm, which was
 * version 1; otherwise the layouts are equal. */
#include "search/saved_version.h"

#include <inttypes.h>

#include "aann/search.h"
#include "core/error.h"

enum { LAYOUT = 2 };

uint64_t aann_saved_version(void)
{
    return (uint64_t)AANN_SEARCH_ALGORITHM << 32 | LAYOUT;
}

aann_status aann_saved_version_check(uint64_t word, aann_error *error)
{
    const uint32_t layout = (uint32_t)word;
    const uint32_t algorithm = word == 1 ? 1 : (uint32_t)(word >> 32);
    if (layout < 1 || layout > LAYOUT) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "the checkpoint has layout %" PRIu32
                         ", this aann reads 1 to %d: continue it with the aann that saved it",
                         layout, LAYOUT);
    }
    if (algorithm != AANN_SEARCH_ALGORITHM) {
        return aann_fail(
            error, AANN_ERROR_VERSION,
            "the checkpoint is of version %" PRIu32
            " of the search, this aann has version %d and would come to other weights: "
            "finish it with the aann that began it, or start a new search from its "
            "network (--start)",
            algorithm, AANN_SEARCH_ALGORITHM);
    }
    return AANN_OK;
}
