#include "data/npy.h"
#include "core/error.h"
aann_status aann_npy_read(aann_source *source, aann_array *array, aann_error *error)
{
    (void)source;
    *array = (aann_array){0};
    return aann_fail(error, AANN_ERROR_FORMAT, "NPY: not implemented yet");
}
