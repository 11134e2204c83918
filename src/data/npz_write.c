/* Writing NPZ: libarchive makes the zip (deflated) and passes its bytes to an atomic file. The time
 * of every entry is fixed, so in one time zone the same arrays give the same file. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aann/data.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/memory.h"
#include "data/npy_write.h"

enum {
    NAME_SIZE = 128,
    MAX_DIMENSIONS = 4,
    ENTRY_MODE = 0644,
    ENTRY_TIME =
        315576000 /* 1 January 1980, noon: the first day a zip archive can hold, in every time zone */
};

typedef struct npz_output {
    aann_atomic_file *file;
    aann_status status; /* the first failure to write, with its message in *error */
    aann_error *error;
} npz_output;

static la_ssize_t write_block(struct archive *archive, void *context, const void *bytes,
                              size_t size)
{
    npz_output *output = context;
    if (output->status == AANN_OK) {
        output->status = aann_atomic_file_write(output->file, bytes, size, output->error);
    }
    if (output->status != AANN_OK) {
        archive_set_error(archive, EIO, "write failed");
        return -1;
    }
    return (la_ssize_t)size;
}

static aann_status check_array(const char *path, const aann_npz_array *array, int64_t *size,
                               aann_error *error)
{
    if (array->name[0] == '\0' || strlen(array->name) + sizeof ".npy" > NAME_SIZE ||
        strchr(array->name, '/') != NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: '%.140s' is no name for an array", path,
                         array->name);
    }
    bool good = array->dimension_count >= 0 && array->dimension_count <= MAX_DIMENSIONS;
    *size = 1;
    for (int32_t i = 0; good && i < array->dimension_count; i++) {
        const int64_t length = array->dimensions[i];
        good = length >= 0 && (length == 0 || *size <= INT64_MAX / 8 / length);
        *size = good ? *size * length : 0;
    }
    if (!good) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: the dimensions of array %s make no sense",
                         path, array->name);
    }
    return AANN_OK;
}

static int64_t value_size(aann_npz_type type)
{
    return type == AANN_NPZ_FLOAT ? 4 : 1;
}

static const char *type_name(aann_npz_type type)
{
    return type == AANN_NPZ_FLOAT ? "<f4" : type == AANN_NPZ_UINT8 ? "|u1" : "|i1";
}

/* Little endian on every machine. */
static bool write_floats(struct archive *archive, const float *values, int64_t count)
{
    enum { VALUES_AT_ONCE = 1024 };
    uint8_t bytes[VALUES_AT_ONCE * 4];
    while (count > 0) {
        const size_t step = count < VALUES_AT_ONCE ? (size_t)count : VALUES_AT_ONCE;
        for (size_t i = 0; i < step; i++) {
            uint32_t word;
            memcpy(&word, values + i, sizeof word);
            for (size_t b = 0; b < 4; b++) {
                bytes[4 * i + b] = (uint8_t)(word >> (8 * b));
            }
        }
        if (archive_write_data(archive, bytes, 4 * step) != (la_ssize_t)(4 * step)) {
            return false;
        }
        values += step;
        count -= (int64_t)step;
    }
    return true;
}

static bool write_values(struct archive *archive, const aann_npz_array *array, int64_t count)
{
    if (count == 0) {
        return true;
    }
    return array->type == AANN_NPZ_FLOAT
               ? write_floats(archive, array->values, count)
               : archive_write_data(archive, array->values, (size_t)count) == (la_ssize_t)count;
}

/* One array of `count` values as an entry; false where libarchive fails. */
static bool write_array(struct archive *archive, const aann_npz_array *array, int64_t count)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s.npy", array->name);
    uint8_t header[AANN_NPY_HEADER_SIZE];
    const size_t header_size = aann_npy_header_format(type_name(array->type), array->dimensions,
                                                      array->dimension_count, header);
    struct archive_entry *entry = archive_entry_new();
    if (entry == NULL) {
        return false;
    }
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (int64_t)header_size + count * value_size(array->type));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, ENTRY_MODE);
    archive_entry_set_mtime(entry, ENTRY_TIME, 0);
    const bool started = archive_write_header(archive, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    return started && archive_write_data(archive, header, header_size) == (la_ssize_t)header_size &&
           write_values(archive, array, count);
}

static aann_status write_arrays(struct archive *archive, const char *path,
                                const aann_npz_array *arrays, size_t count, npz_output *output)
{
    bool good = archive_write_set_format_zip(archive) == ARCHIVE_OK &&
                archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK &&
                archive_write_open(archive, output, NULL, write_block, NULL) == ARCHIVE_OK;
    for (size_t i = 0; good && i < count; i++) {
        int64_t size = 0;
        const aann_status status = check_array(path, &arrays[i], &size, output->error);
        if (status != AANN_OK) {
            return status;
        }
        good = write_array(archive, &arrays[i], size);
    }
    good = good && archive_write_close(archive) == ARCHIVE_OK;
    if (output->status != AANN_OK) {
        return output->status;
    }
    return good ? AANN_OK
                : aann_fail(output->error, AANN_ERROR_IO, "%s: cannot write: %s", path,
                            archive_error_string(archive));
}

aann_status aann_npz_write(const char *path, const aann_npz_array *arrays, size_t count,
                           aann_error *error)
{
    npz_output output = {.status = AANN_OK, .error = error};
    aann_status status = aann_atomic_file_create(path, &output.file, error);
    if (status != AANN_OK) {
        return status;
    }
    struct archive *archive = archive_write_new();
    status = archive != NULL ? write_arrays(archive, path, arrays, count, &output)
                             : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an archive");
    /* Freeing closes the archive, which may write, so the file must still exist; the message must
     * not change. */
    output.error = NULL;
    archive_write_free(archive);
    if (status != AANN_OK) {
        aann_atomic_file_abandon(output.file);
        return status;
    }
    return aann_atomic_file_commit(output.file, error);
}
