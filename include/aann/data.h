/* Data files: loading data sets, and writing arrays for numpy.
 *
 *     aann_dataset *train;
 *     // a file, or a set in the data folder such as "mnist:train"; then encode it: aann/samples.h
 *     aann_dataset_load("train.npz", NULL, &train, &error);
 *
 * Thread safety: nothing is kept between calls; any number of threads may call these functions at
 * the same time, as long as they write different files. */
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

    /* IDX, NPY: the file with the labels; NULL: guessed from the name (images-idx3 becomes
     * labels-idx1) if there is such a file, else none */
    const char *labels_path;

    /* CSV: comma-separated names of the columns with regression targets, instead of a label */
    const char *target_columns;

    /* shape of one sample; {0,0,0}: as stored ([n][f] is {f,1,1}, [n][h][w] is {1,h,w},
     * [n][c][h][w] is {c,h,w}) */
    aann_shape shape;

    /* bytes that one file may hold, after decompression: a small file can hold enormous data.
     * Memory takes up to six times that. 0: AANN_DATA_LIMIT */
    int64_t data_limit;
} aann_load_options;

/* A gibibyte. */
enum { AANN_DATA_LIMIT = 1 << 30 };

AANN_API aann_load_options aann_load_options_default(void);

/* Loads a file: IDX (plain or gzip), NPY, NPZ, or CSV with a header line. The content decides the
 * format, not the name. An NPZ file has inputs "x", "images" or "inputs", and labels "y" or
 * "labels" or "targets" float [n][outputs], optionally with "target_mean" and "target_scale"
 * [outputs]. `path` may also name a set in the data folder with its split: "mnist:train",
 * "mnist:test", "fashion-mnist:train". Every header and length is checked while streaming; a file
 * is never trusted to be as long as it says. Labels are class numbers 0..255 or, in CSV, words,
 * which are numbered in sorted order. A table has at most 65,536 columns. A pipe will do but for NPZ,
 * and is read once; one into which nobody writes is an error after three seconds; folders, sockets
 * and devices are refused. Free with aann_dataset_destroy. Errors: argument, io (no such file),
 * format (what is wrong, and where), memory. */
AANN_API aann_status aann_dataset_load(const char *path, const aann_load_options *options,
                                       aann_dataset **dataset, aann_error *error);

/* ---- named data sets, checksums -------------------------------------------------------------- */

/* Writes the path of the data folder: $AANN_DATA, else $XDG_DATA_HOME/aann, else
 * $HOME/.local/share/aann. Only the program fetches data ("aann data fetch mnist"); the library
 * opens no connection and starts no program. */
AANN_API aann_status aann_data_folder(char *path, size_t size, aann_error *error);

/* Bytes of a SHA-256 as text: 64 hexadecimal digits and NUL. */
enum { AANN_SHA256_SIZE = 65 };

/* The SHA-256 of a file's bytes, as sha256sum prints it. */
AANN_API aann_status aann_file_sha256(const char *path, char text[AANN_SHA256_SIZE],
                                      aann_error *error);

/* ---- writing arrays -------------------------------------------------------------------------- */

/* Writes an int32 matrix [rows][columns] as NPY version 1.0, atomically (a temporary file, then
 * rename). */
AANN_API aann_status aann_npy_write_int32(const char *path, const int32_t *values, int64_t rows,
                                          int64_t columns, aann_error *error);

typedef enum aann_npz_type { AANN_NPZ_INT8 = 0, AANN_NPZ_UINT8, AANN_NPZ_FLOAT } aann_npz_type;

/* One array of an NPZ file to be written, in C order. */
typedef struct aann_npz_array {
    const char *name;
    const void *values;

    /* type of the values: int8_t, uint8_t or float */
    aann_npz_type type;

    /* 0 to 4 */
    int32_t dimension_count;
    int64_t dimensions[4];
} aann_npz_array;

/* Writes arrays[count] as an NPZ file, atomically. */
AANN_API aann_status aann_npz_write(const char *path, const aann_npz_array *arrays, size_t count,
                                    aann_error *error);

/* Sets all layers of the network from the arrays layer0, layer1, ... of an NPZ file with
 * aann_network_binarise. They are real numbers [out][in][kernel height][kernel width], or for dense
 * layers [out][in], as `aann weights` writes them. Missing arrays, wrong shapes and numbers that
 * are not finite are errors; the network's weights are then undefined. */
AANN_API aann_status aann_npz_binarise(const char *path, aann_network *network,
                                       aann_binarisation binarisations[AANN_MAX_LAYERS],
                                       aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
