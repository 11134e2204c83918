/* Any bytes as an NPZ archive. It is read from a file, because a zip archive is read from its
 * end. */
#include "data/npz.h"
#include "fuzz_data.h"

#include <stdio.h>
#include <unistd.h>

/* One file for the whole run, without a name: reached through /proc. */
static int open_file(void)
{
    static int descriptor = -1;
    if (descriptor < 0) {
        char path[] = "/tmp/aann-fuzz-XXXXXX";
        descriptor = mkstemp(path);
        fuzz_require(descriptor >= 0);
        unlink(path);
    }
    return descriptor;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const int descriptor = open_file();
    fuzz_require(ftruncate(descriptor, 0) == 0);
    fuzz_require(pwrite(descriptor, bytes, size, 0) == (ssize_t)size);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    const aann_load_options options = aann_load_options_default();
    aann_error error = {0};
    aann_dataset *dataset;
    fuzz_require(aann_dataset_allocate(&dataset, NULL) == AANN_OK);
    const aann_status status = aann_npz_read(path, &options, dataset, &error);
    fuzz_check_error(status, &error);
    if (status == AANN_OK) {
        fuzz_use(dataset);
    }
    aann_dataset_destroy(dataset);
    return 0;
}
