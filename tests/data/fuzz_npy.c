/* Any bytes as an NPY file: read, used as samples, as labels and as targets, or refused; never
 * worse. */
#include "data/npy.h"
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_memory memory = {bytes, size};
    aann_error error = {0};
    aann_source *source = fuzz_source(&memory);
    if (source == NULL) {
        return 0;
    }
    aann_array array;
    const aann_status status = aann_npy_read(source, &array, &error);
    fuzz_check_error(status, &error);
    aann_source_close(source);
    if (status != AANN_OK) {
        return 0;
    }
    aann_dataset *dataset;
    fuzz_require(aann_dataset_allocate(&dataset, NULL) == AANN_OK);
    /* As its own labels and targets: before the samples, which may take the data out of the
     * array. */
    dataset->count = array.dimension_count > 0 ? array.dimensions[0] : 1;
    fuzz_check_error(aann_array_to_labels(&array, dataset, &error), &error);
    fuzz_check_error(aann_array_to_targets(&array, dataset, &error), &error);
    const aann_status taken = aann_array_to_samples(&array, (aann_shape){0, 0, 0}, dataset, &error);
    fuzz_check_error(taken, &error);
    if (taken == AANN_OK) {
        fuzz_use(dataset);
    }
    aann_dataset_destroy(dataset);
    aann_array_clear(&array);
    return 0;
}
