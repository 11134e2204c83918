#include "data/csv.h"
#include "core/error.h"
aann_status aann_csv_read(aann_source *source, const aann_load_options *options, aann_dataset *dataset,
                          aann_error *error)
{
    (void)source;
    (void)options;
    (void)dataset;
    return aann_fail(error, AANN_ERROR_FORMAT, "CSV: not implemented yet");
}
