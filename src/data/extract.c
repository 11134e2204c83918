/* Extraction that cannot leave its folder: what the archive says about folders is thrown away, and
 * a file is written only under one of the names that the caller asked for. */
#include "data/extract.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "core/error.h"
#include "data/atomic_file.h"
#include "data/folder.h"

enum { BLOCK_SIZE = 1 << 16, PATH_SIZE = 4096 };

static bool is_wanted(const char *file_name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t length = strlen(names[i]);
        if (strncmp(file_name, names[i], length) == 0 &&
            (file_name[length] == '\0' || strcmp(file_name + length, ".gz") == 0)) {
            return true;
        }
    }
    return false;
}

static aann_status copy_entry(struct archive *archive, int64_t size_limit, aann_atomic_file *file,
                              aann_error *error)
{
    char block[BLOCK_SIZE];
    int64_t total = 0;
    for (;;) {
        const la_ssize_t got = archive_read_data(archive, block, sizeof block);
        if (got == 0) {
            return AANN_OK;
        }
        if (got < 0) {
            return aann_fail(error, AANN_ERROR_FORMAT, "%s", archive_error_string(archive));
        }
        total += got;
        if (total > size_limit) {
            return aann_fail(error, AANN_ERROR_FORMAT, "larger than the %lld bytes expected",
                             (long long)size_limit);
        }
        const aann_status status = aann_atomic_file_write(file, block, (size_t)got, error);
        if (status != AANN_OK) {
            return status;
        }
    }
}

static aann_status extract_entry(struct archive *archive, const char *file_name, int64_t size_limit,
                                 const char *folder, aann_error *error)
{
    char path[PATH_SIZE];
    aann_atomic_file *file;
    aann_status status = aann_folder_join(folder, file_name, path, sizeof path, error);
    if (status == AANN_OK) {
        status = aann_atomic_file_create(path, &file, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    status = copy_entry(archive, size_limit, file, error);
    if (status != AANN_OK) {
        aann_atomic_file_abandon(file);
        return aann_fail_prefix(error, status, "%s", file_name);
    }
    return aann_atomic_file_commit(file, error);
}

static aann_status extract_all(struct archive *archive, const char *const *names, size_t count,
                               int64_t size_limit, const char *folder, aann_error *error)
{
    struct archive_entry *entry;
    for (;;) {
        const int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_EOF) {
            return AANN_OK;
        }
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
            return aann_fail(error, AANN_ERROR_FORMAT, "%s", archive_error_string(archive));
        }
        const char *name = archive_entry_pathname(entry);
        if (name == NULL || archive_entry_filetype(entry) != AE_IFREG) {
            continue;
        }
        const char *slash = strrchr(name, '/');
        const char *file_name = slash != NULL ? slash + 1 : name;
        if (is_wanted(file_name, names, count)) {
            const aann_status status = extract_entry(archive, file_name, size_limit, folder, error);
            if (status != AANN_OK) {
                return status;
            }
        }
    }
}

aann_status aann_archive_extract(const char *archive_path, const char *const *names, size_t count,
                                 int64_t size_limit, const char *folder, aann_error *error)
{
    struct archive *archive = archive_read_new();
    if (archive == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an archive");
    }
    archive_read_support_filter_all(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_format_zip(archive);
    aann_status status;
    if (archive_read_open_filename(archive, archive_path, BLOCK_SIZE) != ARCHIVE_OK) {
        status = aann_fail(error, AANN_ERROR_IO, "%s", archive_error_string(archive));
    } else {
        status = extract_all(archive, names, count, size_limit, folder, error);
    }
    if (status != AANN_OK) {
        aann_fail_prefix(error, status, "%s", archive_path);
    }
    archive_read_free(archive);
    return status;
}
