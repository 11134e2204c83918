/* Any bytes as an NPY file: read, used as samples, as labels and as targets, or refused; never
 * worse. */
#include "data/npy.h"
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_array(aann_npy_read, bytes, size);
}
