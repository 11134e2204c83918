/* Any bytes as an IDX file: read, used as samples, as labels and as targets, or refused; never
 * worse. */
#include "data/idx.h"
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_array(aann_idx_read, bytes, size);
}
