/* Data files: loading data sets, and writing arrays for numpy.
 *
 *     aann_dataset *train;
 *     // a file, or a set in the data folder such as "mnist:train"; then encode it: aann/samples.h
 *     aann_dataset_load("train.npz", NULL, &train, &error);
 *
 * Thread safety: these functions share nothing; any number of threads may call them at the same
 * time, on different files to be written. */
#ifndef AANN_DATA_H
#define AANN_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How to read a file where its format leaves a choice. Always start from
 * aann_load_options_default(). */
typedef struct aann_load_options {
    /* CSV: name of the label column; NULL: "label", else the last column; "": none */
    const char *label_column;

    /* IDX, NPY: the file with the labels; NULL: guessed (images -> labels) or none */
    const char *labels_path;

    /* CSV: comma-separated names of regression targets instead of a label */
    const char *target_columns;

    /* how to see one sample; {0,0,0}: as stored ([n][f] is {f,1,1}, [n][h][w] is {1,h,w},
     * [n][c][h][w]) */
    aann_shape shape;
} aann_load_options;

AANN_API aann_load_options aann_load_options_default(void);

/* Loads a file: IDX (plain or gzip), NPY, NPZ (arrays "x" or "images" or "inputs", and "y" or
 * "labels", or "targets" float [n][outputs], perhaps with "target_mean" and "target_scale"
 * [outputs]), CSV with a header line. The format is recognised by content, not by name. `path` may
 * also be the name of a set in the data folder with its split: "mnist:train", "mnist:test",
 * "fashion-mnist:train". Every header and length is checked while streaming; a file is never
 * trusted to be as long as it says. Labels are class numbers 0..255 or, in CSV, also words (sorted,
 * numbered). Free with aann_dataset_destroy. */
AANN_API aann_status aann_dataset_load(const char *path, const aann_load_options *options,
                                       aann_dataset **dataset, aann_error *error);

/* - named data sets, check sums ---------------------------------------------------------------- */

/* The folder where fetched data live: $AANN_DATA, else $XDG_DATA_HOME/aann, else
 * $HOME/.local/share/aann. Only the program fetches ("aann data fetch mnist"); the library opens no
 * connection and starts no program. Any thread may call it. */
AANN_API aann_status aann_data_folder(char *path, size_t size, aann_error *error);

/* 64 hexadecimal digits and NUL. */
enum { AANN_SHA256_SIZE = 65 };

/* The SHA-256 of a whole file as it is on the disk, as sha256sum prints it. */
AANN_API aann_status aann_file_sha256(const char *path, char text[AANN_SHA256_SIZE],
                                      aann_error *error);

/* - writing arrays ----------------------------------------------------------------------------- */
/* Writes an int32 matrix [rows][columns] as NPY version 1.0, atomically (a temporary file, then
 * rename). */
AANN_API aann_status aann_npy_write_int32(const char *path, const int32_t *values, int64_t rows,
                                          int64_t columns, aann_error *error);

typedef enum aann_npz_type { AANN_NPZ_INT8 = 0, AANN_NPZ_UINT8, AANN_NPZ_FLOAT } aann_npz_type;

/* One array of an NPZ file to be written, in C order. */
typedef struct aann_npz_array {
    const char *name;
    const void *values;

    /* of the values: int8_t, uint8_t or float */
    aann_npz_type type;

    /* at most 4 */
    int32_t dimension_count;
    int64_t dimensions[4];
} aann_npz_array;

AANN_API aann_status aann_npz_write(const char *path, const aann_npz_array *arrays, size_t count,
                                    aann_error *error);

/* Makes all layers of the network from the arrays layer0, layer1, ... of an NPZ file, real numbers
 * shaped [out][in][kernel height][kernel width] or for dense layers [out][in] (as `aann weights`
 * writes them), by aann_network_binarise. Missing arrays, wrong shapes and numbers that are not
 * finite are refused, and then the network's weights mean nothing. */
AANN_API aann_status aann_npz_binarise(const char *path, aann_network *network,
                                       aann_binarisation binarisations[AANN_MAX_LAYERS],
                                       aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
