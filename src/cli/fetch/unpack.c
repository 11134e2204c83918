/* One function for every source, since libarchive looks through compression and sees a single file
 * as an archive of one. An archive cannot write outside the folder: what it says about folders is
 * thrown away, and a file is written only under a name that the set asks for. Two things are packed
 * twice: "<file>.gz" in a tar archive, and "data.tar.xz" in a Debian package; these are
 * unpacked once more. */
#include "cli/fetch/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/fetch/failure.h"
#include "cli/fetch/folder.h"

enum { BLOCK_SIZE = 1 << 16, DEPTH_LIMIT = 2 };

/* A package inside a package; everything larger is something else. */
static const int64_t package_size_limit = INT64_C(1) << 30;

static aann_status unpack(const char *path, const fetch_set *set, const char *folder, int depth,
                          aann_error *error);

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool ends_in_gz(const char *name)
{
    const size_t length = strlen(name);
    return length > 3 && strcmp(name + length - 3, ".gz") == 0;
}

/* The file of the set that "name" or "name.gz" is; NULL if none. */
static const fetch_file *find_file(const fetch_set *set, const char *name)
{
    for (size_t i = 0; i < FETCH_FILE_COUNT; i++) {
        const size_t length = strlen(set->files[i].name);
        if (strncmp(name, set->files[i].name, length) == 0 &&
            (name[length] == '\0' || strcmp(name + length, ".gz") == 0)) {
            return &set->files[i];
        }
    }
    return NULL;
}

static aann_status copy_entry(struct archive *archive, int64_t size_limit, FILE *file,
                              aann_error *error)
{
    char block[BLOCK_SIZE];
    int64_t total = 0;
    la_ssize_t got;
    while ((got = archive_read_data(archive, block, sizeof block)) > 0) {
        total += got;
        if (total > size_limit) {
            return fetch_fail(error, AANN_ERROR_FORMAT, "more than %lld bytes; expected %lld",
                              (long long)size_limit, (long long)size_limit);
        }
        if (fwrite(block, 1, (size_t)got, file) < (size_t)got) {
            return fetch_fail(error, AANN_ERROR_IO, "cannot write it: %s", strerror(errno));
        }
    }
    return got == 0 ? AANN_OK
                    : fetch_fail(error, AANN_ERROR_FORMAT, "%s", archive_error_string(archive));
}

/* Onto the disk, so that a rename never leads to less. */
static aann_status write_entry(struct archive *archive, int64_t size_limit, const char *path,
                               aann_error *error)
{
    aann_error reason;
    FILE *file = fopen(path, "wbe");
    if (file == NULL) {
        return fetch_fail(error, AANN_ERROR_IO, "%s: %s", path, strerror(errno));
    }
    aann_status status = copy_entry(archive, size_limit, file, &reason);
    const bool flushed = fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (status == AANN_OK && !flushed) {
        status = fetch_fail(&reason, AANN_ERROR_IO, "cannot write it: %s", strerror(errno));
    }
    fclose(file);
    return status == AANN_OK ? status
                             : fetch_fail(error, status, "%s: %s", name_of(path), reason.message);
}

/* Writes the entry `name` if it is wanted. `unpacked`: libarchive has already gunzipped it. */
static aann_status take(struct archive *archive, const char *name, bool unpacked,
                        const fetch_set *set, const char *folder, int depth, aann_error *error)
{
    char path[FETCH_PATH_SIZE];
    const fetch_file *file = find_file(set, name);
    const bool plain = file != NULL && (unpacked || !ends_in_gz(name));
    const bool package = depth < DEPTH_LIMIT && !unpacked && strncmp(name, "data.tar", 8) == 0;
    if (file == NULL && !package) {
        return AANN_OK;
    }
    aann_status status = fetch_folder_join(folder, plain ? file->name : name, "", path, error);
    if (status == AANN_OK) {
        status = write_entry(archive, plain ? file->size : package_size_limit, path, error);
    }
    if (status == AANN_OK && !plain && depth < DEPTH_LIMIT) {
        status = unpack(path, set, folder, depth + 1, error);
        (void)unlink(path);
    }
    return status;
}

static aann_status take_all(struct archive *archive, const char *path, const fetch_set *set,
                            const char *folder, int depth, aann_error *error)
{
    struct archive_entry *entry;
    int result;
    while ((result = archive_read_next_header(archive, &entry)) == ARCHIVE_OK ||
           result == ARCHIVE_WARN) {
        const bool alone = archive_format(archive) == ARCHIVE_FORMAT_RAW;
        const char *name = alone ? path : archive_entry_pathname(entry);
        if (name == NULL || archive_entry_filetype(entry) != AE_IFREG) {
            continue;
        }
        const aann_status status = take(archive, name_of(name), alone, set, folder, depth, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    return result == ARCHIVE_EOF ? AANN_OK
                                 : fetch_fail(error, AANN_ERROR_FORMAT, "%s: %s", name_of(path),
                                              archive_error_string(archive));
}

static aann_status unpack(const char *path, const fetch_set *set, const char *folder, int depth,
                          aann_error *error)
{
    struct archive *archive = archive_read_new();
    if (archive == NULL) {
        return fetch_fail(error, AANN_ERROR_MEMORY, "out of memory for an archive");
    }
    archive_read_support_filter_gzip(archive);
    if (find_file(set, name_of(path)) != NULL) {
        archive_read_support_format_raw(archive); /* or zeros would be taken for an empty tar */
    } else {
        archive_read_support_filter_xz(archive);
        archive_read_support_filter_zstd(archive);
        archive_read_support_format_tar(archive);
        archive_read_support_format_zip(archive);
        archive_read_support_format_ar(archive);
    }
    const aann_status status = archive_read_open_filename(archive, path, BLOCK_SIZE) == ARCHIVE_OK
                                   ? take_all(archive, path, set, folder, depth, error)
                                   : fetch_fail(error, AANN_ERROR_IO, "%s: %s", name_of(path),
                                                archive_error_string(archive));
    archive_read_free(archive);
    return status;
}

aann_status fetch_unpack(const char *path, const fetch_set *set, const char *folder,
                         aann_error *error)
{
    return unpack(path, set, folder, 0, error);
}
