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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the first line of a table has the names of its columns. */
typedef enum aann_header {
    /* as the first lines look: a line of data is data */
    AANN_HEADER_AUTOMATIC = 0,
    AANN_HEADER_YES,
    AANN_HEADER_NO
} aann_header;

/* How labels become classes. */
typedef enum aann_class_rule {
    /* the numbers 0, 1, 2, ... without a gap are classes without names; all other numbers and words
     * are the names of the classes that occur */
    AANN_CLASSES_AUTOMATIC = 0,

    /* labels are the numbers of classes, 0 to 255 */
    AANN_CLASSES_NUMBERED,

    /* labels are names, even those that are numbers */
    AANN_CLASSES_NAMED
} aann_class_rule;

/* The rules by which files are read: those of aann 0.1 (a table has commas and a header, class
 * numbers are as they are, `shape` regroups the values of an array), and the present ones. Studies
 * keep which rules they were made by. */
enum { AANN_LOAD_RULES_FIRST = 1, AANN_LOAD_RULES = 2 };

/* How to read a file where its format leaves a choice. Always start from
 * aann_load_options_default(). */
typedef struct aann_load_options {
    /* table: name of the label column; NULL: the one called label, class, target or y, else the
     * last; "": none */
    const char *label_column;

    /* IDX, NPY: the file with the labels; NULL: guessed from the name (images-idx3 becomes
     * labels-idx1) if there is such a file, else none */
    const char *labels_path;

    /* table: comma-separated names of the columns with regression targets, instead of a label */
    const char *target_columns;

    /* shape of one sample; {0,0,0}: as stored ([n][f] is {f,1,1}; else see aann_array_layout) */
    aann_shape shape;

    /* bytes that one file may hold, after decompression: a small file can hold enormous data.
     * Memory takes up to six times that. 0: AANN_DATA_LIMIT */
    int64_t data_limit;

    /* table: what separates cells: ',', ';', '\t', '|' or ' ' (any number of blanks); 0: found in
     * the first lines */
    char delimiter;

    /* table: the decimal mark, '.' or ','; 0: found in the first lines */
    char decimal;

    /* table: whether the first line has names; without names columns are called "column 1", ... */
    aann_header header;

    /* table: lines to skip before the first one */
    int32_t skip_lines;

    /* table: comma-separated names of columns to leave out; NULL: only an index without a name;
     * "": none */
    const char *drop_columns;

    /* table: name of the column that says which samples belong together (a subject, a recording),
     * and of the one that says when a sample was taken; neither is a feature. NULL: none */
    const char *group_column;
    const char *time_column;

    /* table: [column_count] names of the features, in this order, wherever they are in the file.
     * Missing and further columns are errors. NULL: all columns that are nothing else */
    const char *const *columns;
    int64_t column_count;

    /* labels and targets are not read, and may be missing */
    bool ignore_answers;

    /* stream: cells may be empty, or say that there is no value */
    bool missing_cells;

    /* table: in the training data the `columns` were not the first ones. A table without names has
     * these alone, then, as nobody knows what a further column is */
    bool columns_scattered;

    /* table: [column_count], what the `columns` held in the training data, as an encoding says. In a
     * column of words, numbers are words; in a stream, a word becomes its number among the levels,
     * -1 if it is none of them. NULL: nothing is known, a stream has numbers */
    const aann_column *kinds;

    /* NPZ: names of the arrays, "x=features,y=kinds"; NULL: the usual names (aann_dataset_load) */
    const char *arrays;

    /* NPZ: read the arrays for testing, x_test and y_test, instead of x_train and y_train */
    bool test_arrays;

    aann_array_layout layout;
    aann_class_rule classes;

    /* table: cut samples of `window` consecutive rows, a new one every `window_step` rows (0: every
     * `window`): {columns, 1, window}. A window never crosses from one label or group to another.
     * 0: a row is a sample */
    int32_t window;
    int32_t window_step;

    /* table: it comes from a stream that may pause: read no further than needed. The first line has
     * names if the wanted `columns` are among them */
    bool live;

    /* AANN_LOAD_RULES, or the number that a study has */
    int32_t rules;
} aann_load_options;

/* A gibibyte. */
enum { AANN_DATA_LIMIT = 1 << 30 };

AANN_API aann_load_options aann_load_options_default(void);

/* Loads a file: IDX, NPY, NPZ, a table (CSV), or a folder of PNG and JPEG pictures with a folder
 * for each class. The content decides the format, not the name; docs/data.md says what is
 * understood. Files may be compressed (gzip, bzip2, xz, zstd, lz4, or alone in a zip archive). An
 * NPZ file has inputs "x", "images", "inputs", "data", "features", "x_train" or "arr_0", and
 * labels "y", "labels", "target", "y_train" or "arr_1", or "targets" float [n][outputs],
 * optionally with "target_mean" and "target_scale" [outputs]. `path` may also name a set in the
 * data folder with its split: "mnist:train", "mnist:test", "fashion-mnist:train"; "-" is the
 * standard input. Every header and length is checked while streaming; a file is never trusted to
 * be as long as it says. A table has at most 65,536 columns. A pipe will do but for NPZ, and is
 * read once; one into which nobody writes is an error after three seconds; sockets and devices are
 * refused. Free with aann_dataset_destroy. Errors: argument, io (no such file), format (what is
 * wrong, and where), memory. */
AANN_API aann_status aann_dataset_load(const char *path, const aann_load_options *options,
                                       aann_dataset **dataset, aann_error *error);

/* ---- streams --------------------------------------------------------------------------------- */

/* Samples of a table that is still being written, one after the other. */
typedef struct aann_stream aann_stream;

/* Opens a table, plain text, for reading as it comes; options.columns are needed, and say what a
 * sample has; options.kinds, which of them hold words. "-" is the standard input. Free with aann_stream_destroy. Errors: as
 * aann_dataset_load. */
AANN_API aann_status aann_stream_open(const char *path, const aann_load_options *options,
                                      aann_stream **stream, aann_error *error);

/* NULL is allowed. */
AANN_API void aann_stream_destroy(aann_stream *stream);

/* Waits for the next sample: values [columns], or with options.window [columns][window], a new one
 * every window_step rows. *found is false at the end of the stream. A cell that is no number, in a
 * column of numbers, is AANN_ERROR_FORMAT; with options.missing_cells one that stands for no value
 * is NAN.
 * aann_model_predict_doubles answers to them as to the same rows of a file. */
AANN_API aann_status aann_stream_next(aann_stream *stream, double *values, bool *found,
                                      aann_error *error);

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
