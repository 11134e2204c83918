/* A reader over a file descriptor. Anything that can be read will do, a pipe too; a folder will
 * not. */
#include "data/file_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aann/data.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/sha256.h"

static aann_status read_file(void *context, uint8_t *buffer, size_t size, size_t *got,
                             aann_error *error)
{
    const int descriptor = *(const int *)context;
    ssize_t count;
    do {
        count = read(descriptor, buffer, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot read: %s", strerror(errno));
    }
    *got = (size_t)count;
    return AANN_OK;
}

static void close_file(void *context)
{
    close(*(const int *)context);
    free(context);
}

aann_status aann_file_reader_open(const char *path, aann_reader *reader, aann_error *error)
{
    int *descriptor = aann_allocate(1, sizeof *descriptor);
    if (descriptor == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory");
    }
    *descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (*descriptor < 0) {
        const int reason = errno;
        free(descriptor);
        return aann_fail(error, AANN_ERROR_IO, "cannot open: %s", strerror(reason));
    }
    struct stat information;
    if (fstat(*descriptor, &information) == 0 && S_ISDIR(information.st_mode)) {
        close_file(descriptor);
        return aann_fail(error, AANN_ERROR_IO, "is a folder, a file is expected");
    }
    *reader = (aann_reader){read_file, close_file, descriptor};
    return AANN_OK;
}

aann_status aann_file_sha256(const char *path, char text[AANN_SHA256_SIZE], aann_error *error)
{
    enum { BLOCK_SIZE = 1 << 16 };
    aann_reader reader;
    aann_status status = aann_file_reader_open(path, &reader, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "%s", path);
    }
    aann_sha256 hash = aann_sha256_start();
    uint8_t block[BLOCK_SIZE];
    size_t got = 0;
    do {
        status = reader.read(reader.context, block, sizeof block, &got, error);
        aann_sha256_update(&hash, block, status == AANN_OK ? got : 0);
    } while (status == AANN_OK && got > 0);
    reader.close(reader.context);
    aann_sha256_finish(&hash, text);
    return status == AANN_OK ? status : aann_fail_prefix(error, status, "%s", path);
}
