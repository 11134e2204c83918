/* A model from a file: regular, of a size that a model can have, read whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/memory.h"
#include "model/format.h"
#include "model/model.h"

/* The weights of the largest network that anybody searches take a hundredth of this. */
static const int64_t size_limit = (int64_t)1 << 30;

/* Not a pipe, which would be waited for, nor a device, which may have no end. */
static aann_status open_regular(const char *path, int *descriptor, int64_t *size, aann_error *error)
{
    struct stat information;
    *descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (*descriptor < 0 || fstat(*descriptor, &information) != 0) {
        return aann_fail(error, errno == ENOENT ? AANN_ERROR_NOT_FOUND : AANN_ERROR_IO,
                         "%s: cannot open: %s", path, strerror(errno));
    }
    if (!S_ISREG(information.st_mode)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: is not a file", path);
    }
    *size = information.st_size;
    return AANN_OK;
}

/* Reads up to `size` bytes; fewer at the end of the file. */
static aann_status read_up_to(int descriptor, const char *path, uint8_t *bytes, size_t size,
                              size_t *got, aann_error *error)
{
    *got = 0;
    while (*got < size) {
        const ssize_t part = read(descriptor, bytes + *got, size - *got);
        if (part < 0 && errno != EINTR) {
            return aann_fail(error, AANN_ERROR_IO, "%s: cannot read: %s", path, strerror(errno));
        }
        if (part == 0) {
            break;
        }
        *got += part > 0 ? (size_t)part : 0;
    }
    return AANN_OK;
}

static aann_status read_whole(int descriptor, const char *path, int64_t size, aann_model **model,
                              aann_error *error)
{
    if (size > size_limit) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: has %lld bytes: a model has at most %lld",
                         path, (long long)size, (long long)size_limit);
    }
    uint8_t *bytes = aann_allocate((size_t)size, 1);
    if (bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", path);
    }
    size_t got = 0;
    aann_status status = read_up_to(descriptor, path, bytes, (size_t)size, &got, error);
    if (status == AANN_OK) {
        status = aann_model_read(bytes, got, model, error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "%s", path);
        }
    }
    free(bytes);
    return status;
}

aann_status aann_model_load(const char *path, aann_model **model, aann_error *error)
{
    *model = NULL;
    int descriptor = -1;
    int64_t size = 0;
    aann_status status = open_regular(path, &descriptor, &size, error);
    if (status == AANN_OK) {
        status = read_whole(descriptor, path, size, model, error);
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    return status;
}

bool aann_model_is_file(const char *path)
{
    int descriptor = -1;
    int64_t size = 0;
    uint8_t start[AANN_MODEL_MAGIC_SIZE];
    size_t got = 0;
    const bool read = open_regular(path, &descriptor, &size, NULL) == AANN_OK &&
                      read_up_to(descriptor, path, start, sizeof start, &got, NULL) == AANN_OK;
    if (descriptor >= 0) {
        close(descriptor);
    }
    return read && got == sizeof start && memcmp(start, aann_model_magic, sizeof start) == 0;
}
