#include "data/npz.h"
#include "core/error.h"
aann_status aann_npz_read(const char *path, const aann_load_options *options, aann_dataset *dataset,
                          aann_error *error)
{
    (void)path;
    (void)options;
    (void)dataset;
    return aann_fail(error, AANN_ERROR_FORMAT, "NPZ: not implemented yet");
}
