/* Any bytes as a CSV table, with the default label column, with none, or with a target. */
#include "data/csv.h"
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    for (int way = 0; way < 3; way++) {
        aann_load_options options = aann_load_options_default();
        options.label_column = way == 1 ? "" : NULL;
        options.target_columns = way == 2 ? "a" : NULL;
        fuzz_memory memory = {bytes, size};
        aann_error error = {0};
        aann_source *source = fuzz_source(&memory);
        aann_dataset *dataset = NULL;
        fuzz_require(source != NULL && aann_dataset_allocate(&dataset, NULL) == AANN_OK);
        const aann_status status = aann_csv_read(source, &options, dataset, &error);
        fuzz_check_error(status, &error);
        if (status == AANN_OK) {
            fuzz_use(dataset);
        }
        aann_dataset_destroy(dataset);
        aann_source_close(source);
    }
    return 0;
}
