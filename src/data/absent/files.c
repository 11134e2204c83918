/* Reading and writing arrays in a build without files (AANN_FILES=OFF) but with studies: families
 * can be made from arrays, and a file's name gives an error that says what is missing. */
#include "aann/data.h"
#include "core/error.h"

aann_load_options aann_load_options_default(void)
{
    return (aann_load_options){.data_limit = AANN_DATA_LIMIT, .rules = AANN_LOAD_RULES};
}

aann_status aann_dataset_load(const char *path, const aann_load_options *options,
                              aann_dataset **dataset, aann_error *error)
{
    (void)options;
    *dataset = NULL;
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "%s: this library was built without files (AANN_FILES=OFF): make the data set "
                     "from arrays, or use a build with files",
                     path);
}

aann_status aann_npz_write(const char *path, const aann_npz_array *arrays, size_t count,
                           aann_error *error)
{
    (void)arrays, (void)count;
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "%s: this library was built without files (AANN_FILES=OFF) and writes no NPZ",
                     path);
}

aann_status aann_stream_open(const char *path, const aann_load_options *options,
                             aann_stream **stream, aann_error *error)
{
    (void)options;
    *stream = NULL;
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "%s: this library was built without files (AANN_FILES=OFF)", path);
}
