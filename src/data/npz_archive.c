/* NPZ: each array is an NPY file in a zip archive, stored or deflated. libarchive reads the archive
 * (with the directory at its end, so a cut file is noticed at once) and checks each file's CRC; the
 * NPY reader reads the arrays straight from it. */
#include "data/npz_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include "core/error.h"
#include "data/file_reader.h"
#include "data/npy.h"
#include "data/source.h"
#include "data/zip_end.h"

enum { BLOCK_SIZE = 1 << 16 };

struct aann_npz_archive {
    struct archive *archive;
    int64_t limit;
    int64_t left;    /* bytes of the limit */
    int64_t entries; /* that the end of the file says there are; -1: not known */
};

static aann_status read_entry(void *context, uint8_t *buffer, size_t size, size_t *got,
                              aann_error *error)
{
    aann_npz_archive *visited = context;
    struct archive *archive = visited->archive;
    const la_ssize_t count = archive_read_data(archive, buffer, size);
    if (count < 0) {
        /* A wrong checksum is only a warning to libarchive; here it is an error. */
        return aann_fail(error, AANN_ERROR_FORMAT, "the zip archive is damaged: %s",
                         archive_error_string(archive));
    }
    visited->left -= count;
    if (visited->left < 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the arrays hold more than %lld bytes when decompressed, the limit of one "
                         "file; if that is right, raise it (--data-limit, data_limit of "
                         "aann_load_options)",
                         (long long)visited->limit);
    }
    *got = (size_t)count;
    return AANN_OK;
}

aann_status aann_npz_read_array(aann_npz_archive *archive, const char *name, aann_array *array,
                                aann_error *error)
{
    aann_source *source;
    aann_status status = aann_source_create((aann_reader){.read = read_entry, .context = archive},
                                            "", &source, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_npy_read(source, array, error);
    aann_source_close(source);
    return status == AANN_OK ? status : aann_fail_prefix(error, status, "array %s", name);
}

/* Of two files in the same place libarchive shows one, and says nothing. */
static aann_status check_count(const aann_npz_archive *visited, int64_t found, aann_error *error)
{
    return visited->entries < 0 || visited->entries == found
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "the zip archive is damaged: it says that it holds %lld files, and has "
                           "%lld in different places",
                           (long long)visited->entries, (long long)found);
}

static aann_status visit_entries(aann_npz_archive *visited, aann_npz_visitor visit, void *context,
                                 aann_error *error)
{
    struct archive *archive = visited->archive;
    struct archive_entry *entry;
    int64_t found = 0;
    for (;;) {
        const int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_EOF) {
            return check_count(visited, found, error);
        }
        found++;
        /* A warning here is about characters in a name. */
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
            return aann_fail(error, AANN_ERROR_FORMAT, "the zip archive is damaged: %s",
                             archive_error_string(archive));
        }
        const char *name = archive_entry_pathname(entry);
        const aann_status status = visit(context, visited, name != NULL ? name : "?", error);
        if (status != AANN_OK) {
            return status;
        }
    }
}

aann_status aann_npz_visit(const char *path, int64_t limit, aann_npz_visitor visit, void *context,
                           aann_error *error)
{
    int64_t entries = -1;
    aann_status status = aann_file_check_regular(path, "an NPZ file", error);
    if (status == AANN_OK) {
        status = aann_zip_check_end(path, &entries, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    struct archive *archive = archive_read_new();
    if (archive == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an archive");
    }
    archive_read_support_format_zip_seekable(archive);
    if (archive_read_open_filename(archive, path, BLOCK_SIZE) != ARCHIVE_OK) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "not a whole zip archive: %s",
                           archive_error_string(archive));
    } else {
        aann_npz_archive visited = {archive, limit, limit, entries};
        status = visit_entries(&visited, visit, context, error);
    }
    archive_read_free(archive);
    return status;
}
