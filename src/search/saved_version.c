/* The low 32 bits are the layout, the high ones the algorithm. Layout 1 had no algorithm, which was
 * version 1; otherwise layouts 1 and 2 are equal. Layout 3 has informed proposals besides. */
#include "search/saved_version.h"

#include <inttypes.h>

#include "aann/search.h"
#include "core/error.h"

enum { LAYOUT = 2, INFORMED_LAYOUT = 3 };

uint64_t aann_saved_version(bool informed)
{
    return (uint64_t)AANN_SEARCH_ALGORITHM << 32 | (informed ? INFORMED_LAYOUT : LAYOUT);
}

aann_status aann_saved_version_check(uint64_t word, bool informed, aann_error *error)
{
    const uint32_t layout = (uint32_t)word;
    const uint32_t algorithm = word == 1 ? 1 : (uint32_t)(word >> 32);
    if (layout < 1 || layout > INFORMED_LAYOUT) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "the checkpoint has layout %" PRIu32
                         ", this aann reads 1 to %d: continue it with the aann that saved it",
                         layout, INFORMED_LAYOUT);
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
    if ((layout == INFORMED_LAYOUT) != informed) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the checkpoint is of a search %s informed proposals: continue it with "
                         "the options of that search",
                         informed ? "without" : "with");
    }
    return AANN_OK;
}
