/* libarchive does the work: "raw" is one compressed stream without names; a zip archive is read from
 * its beginning, so that it may come through a pipe, and must hold one file. */
#include "data/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/foreign.h"

enum { BLOCK_SIZE = 1 << 16 };

typedef struct unpack_reader {
    aann_source *packed;
    struct archive *archive;
    bool is_zip;
    bool is_open;       /* the entry was found */
    bool is_ended;      /* and read */
    aann_error problem; /* of the packed bytes */
    uint8_t block[BLOCK_SIZE];
} unpack_reader;

/* "BZh", the size of blocks, and a block or the end; a table's header can begin with the first
 * three. */
static bool is_bzip2(const uint8_t *bytes, size_t size)
{
    enum { BEGIN = 4, MARK = 6 };
    static const uint8_t block[] = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59};
    static const uint8_t end[] = {0x17, 0x72, 0x45, 0x38, 0x50, 0x90};
    return size >= BEGIN + MARK && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' &&
           bytes[3] <= '9' &&
           (memcmp(bytes + BEGIN, block, MARK) == 0 || memcmp(bytes + BEGIN, end, MARK) == 0);
}

aann_packing aann_packing_of(const uint8_t *bytes, size_t size)
{
    static const struct {
        const char *magic;
        size_t size;
    } filters[] = {{"\xfd"
                    "7zXZ",
                    6},
                   {"\x28\xb5\x2f\xfd", 4},
                   {"\x04\x22\x4d\x18", 4}};
    enum { ZIP_NAME = 30 };
    if (is_bzip2(bytes, size)) {
        return AANN_PACKING_FILTER;
    }
    if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) {
        return AANN_PACKING_GZIP;
    }
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (size >= filters[i].size && memcmp(bytes, filters[i].magic, filters[i].size) == 0) {
            return AANN_PACKING_FILTER;
        }
    }
    if (size < ZIP_NAME || memcmp(bytes, "PK\x03\x04", 4) != 0) {
        return AANN_PACKING_NONE;
    }
    const size_t length = (size_t)bytes[26] | (size_t)bytes[27] << 8;
    const char *name = (const char *)bytes + ZIP_NAME;
    const bool whole = size >= ZIP_NAME + length;
    const bool array = whole && length > 4 && memcmp(name + length - 4, ".npy", 4) == 0;
    return array || !whole || aann_foreign_describe(bytes, size) != NULL ? AANN_PACKING_NONE
                                                                         : AANN_PACKING_ZIP;
}

static la_ssize_t give_block(struct archive *archive, void *context, const void **block)
{
    unpack_reader *reader = context;
    size_t got = 0;
    *block = reader->block;
    if (aann_source_read(reader->packed, reader->block, BLOCK_SIZE, &got, &reader->problem) !=
        AANN_OK) {
        archive_set_error(archive, 1, "%s", reader->problem.message);
        return -1;
    }
    return (la_ssize_t)got;
}

static aann_status fail_archive(const unpack_reader *reader, aann_error *error)
{
    const char *why = archive_error_string(reader->archive);
    return aann_fail(error, AANN_ERROR_FORMAT, "the compressed file is damaged: %s",
                     why != NULL ? why : "it cannot be unpacked");
}

/* Folders, and what one system adds to the archives of its users, are no files of data. */
static bool is_data(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);
    return archive_entry_filetype(entry) != AE_IFDIR &&
           (name == NULL || strncmp(name, "__MACOSX", strlen("__MACOSX")) != 0);
}

static aann_status open_entry(unpack_reader *reader, aann_error *error)
{
    struct archive_entry *entry;
    int result;
    do {
        result = archive_read_next_header(reader->archive, &entry);
        if (result == ARCHIVE_EOF) {
            return aann_fail(error, AANN_ERROR_FORMAT, "the archive holds no file");
        }
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
            return fail_archive(reader, error);
        }
    } while (reader->is_zip && !is_data(entry));
    reader->is_open = true;
    return AANN_OK;
}

static aann_status check_alone(unpack_reader *reader, aann_error *error)
{
    struct archive_entry *entry;
    reader->is_ended = true;
    int result = reader->is_zip ? ARCHIVE_OK : ARCHIVE_EOF;
    while (result != ARCHIVE_EOF) {
        result = archive_read_next_header(reader->archive, &entry);
        if (result != ARCHIVE_EOF && result != ARCHIVE_OK && result != ARCHIVE_WARN) {
            return fail_archive(reader, error);
        }
        if (result != ARCHIVE_EOF && is_data(entry)) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "the zip archive holds several files, '%.80s' among them; unzip it, "
                             "and name the one that is meant",
                             archive_entry_pathname(entry));
        }
    }
    return AANN_OK;
}

static aann_status read_entry(void *context, uint8_t *buffer, size_t size, size_t *got,
                              aann_error *error)
{
    unpack_reader *reader = context;
    *got = 0;
    aann_status status = reader->is_open ? AANN_OK : open_entry(reader, error);
    if (status != AANN_OK || reader->is_ended) {
        return status;
    }
    const la_ssize_t count = archive_read_data(reader->archive, buffer, size);
    if (count < 0) {
        return fail_archive(reader, error);
    }
    *got = (size_t)count;
    return count == 0 ? check_alone(reader, error) : AANN_OK;
}

static void close_archive(void *context)
{
    unpack_reader *reader = context;
    archive_read_free(reader->archive);
    aann_source_close(reader->packed);
    free(reader);
}

aann_status aann_unpack_reader_open(aann_source *packed, aann_packing packing, aann_reader *reader,
                                    aann_error *error)
{
    unpack_reader *created = aann_allocate_zeroed(1, sizeof *created);
    if (created != NULL) {
        created->archive = archive_read_new();
    }
    if (created == NULL || created->archive == NULL) {
        free(created);
        aann_source_close(packed);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an archive");
    }
    created->packed = packed;
    created->is_zip = packing == AANN_PACKING_ZIP;
    if (created->is_zip) {
        archive_read_support_format_zip_streamable(created->archive);
    } else {
        archive_read_support_filter_bzip2(created->archive);
        archive_read_support_filter_xz(created->archive);
        archive_read_support_filter_zstd(created->archive);
        archive_read_support_filter_lz4(created->archive);
        archive_read_support_format_raw(created->archive);
    }
    if (archive_read_open(created->archive, created, NULL, give_block, NULL) != ARCHIVE_OK) {
        const aann_status status = fail_archive(created, error);
        close_archive(created);
        return status;
    }
    *reader = (aann_reader){read_entry, close_archive, created};
    return AANN_OK;
}
