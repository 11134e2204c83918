/* The low 32 bits are the layout, the high ones the algorithm. Layout 1 had no algorithm, which was
 * version 1; otherwise layouts 1 and 2 are equal. */
#include "search/saved_version.h"

#include <inttypes.h>

#include "aann/search.h"
#include "core/error.h"

enum { FIRST_LAYOUT = 1, LAST_LAYOUT = AANN_LAYOUT_LESIONS };

uint64_t aann_saved_version(aann_saved_layout layout)
{
    return (uint64_t)AANN_SEARCH_ALGORITHM << 32 | (uint64_t)layout;
}

static const char *layout_name(uint32_t layout)
{
    switch (layout) {
    case AANN_LAYOUT_INFORMED: return "with informed proposals";
    case AANN_LAYOUT_LESIONS: return "with lesion noise";
    default: return "without informed proposals and lesion noise";
    }
}

aann_status aann_saved_version_check(uint64_t word, aann_saved_layout expected, aann_error *error)
{
    const uint32_t layout = (uint32_t)word;
    const uint32_t algorithm = word == 1 ? 1 : (uint32_t)(word >> 32);
    if (layout < FIRST_LAYOUT || layout > LAST_LAYOUT) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "the checkpoint has layout %" PRIu32
                         ", this aann reads 1 to %d: continue it with the aann that saved it",
                         layout, LAST_LAYOUT);
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
    const uint32_t known = layout == FIRST_LAYOUT ? AANN_LAYOUT_PLAIN : layout;
    if (known != (uint32_t)expected) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the checkpoint is of a search %s: continue it with the options of that "
                         "search",
                         layout_name(known));
    }
    return AANN_OK;
}
