/* Any bytes as a model. The check sum is made right first, so that what is behind it is reached. What
 * is read can be written, read again and used. */
#include "model/fuzz_use.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    require(copy != NULL);
    memcpy(copy, bytes, size);
    read_and_use(copy, size);
    free(copy);
    return 0;
}
