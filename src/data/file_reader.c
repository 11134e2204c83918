/* A reader over a file descriptor: of a file, of a pipe, which is read once and waited for only
 * while somebody writes into it, or of the standard input, "-". Folders, sockets and devices are
 * refused. */
#include "data/file_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "aann/data.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/sha256.h"

typedef struct file_reader {
    int descriptor;
    bool is_waiting; /* a pipe, from which nothing was read yet */
} file_reader;

/* After a read that found the end: whether a writer has been there, and left. */
static bool writer_left(int descriptor)
{
    struct pollfd pipe = {.fd = descriptor, .events = POLLIN};
    return poll(&pipe, 1, 0) > 0;
}

/* The first bytes of a pipe. Until somebody opens it for writing, a read finds the end at once; then
 * it has to wait (EAGAIN). So a pipe without a writer is noticed, and a slow writer is waited for. */
static aann_status read_first(file_reader *reader, uint8_t *buffer, size_t size, ssize_t *count,
                              aann_error *error)
{
    enum { PATIENCE_MILLISECONDS = 3000, STEP_MILLISECONDS = 20 };
    const struct timespec step = {.tv_nsec = STEP_MILLISECONDS * 1000000L};
    *count = 0;
    for (int waited = 0; reader->is_waiting; waited += STEP_MILLISECONDS) {
        if (waited >= PATIENCE_MILLISECONDS) {
            return aann_fail(error, AANN_ERROR_IO,
                             "is a pipe into which nobody writes (waited %d seconds)",
                             PATIENCE_MILLISECONDS / 1000);
        }
        *count = read(reader->descriptor, buffer, size);
        reader->is_waiting =
            *count == 0 ? !writer_left(reader->descriptor) : *count < 0 && errno == EINTR;
        if (reader->is_waiting) {
            nanosleep(&step, NULL);
        }
    }
    const int reason = errno;
    const int flags = fcntl(reader->descriptor, F_GETFL);
    if (flags < 0 || fcntl(reader->descriptor, F_SETFL, flags & ~O_NONBLOCK) != 0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot read: %s", strerror(errno));
    }
    errno = reason;
    return AANN_OK;
}

static aann_status read_file(void *context, uint8_t *buffer, size_t size, size_t *got,
                             aann_error *error)
{
    file_reader *reader = context;
    ssize_t count = -1;
    errno = EINTR;
    if (reader->is_waiting) {
        const aann_status status = read_first(reader, buffer, size, &count, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    while (count < 0 && (errno == EINTR || errno == EAGAIN)) {
        count = read(reader->descriptor, buffer, size);
    }
    if (count < 0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot read: %s", strerror(errno));
    }
    *got = (size_t)count;
    return AANN_OK;
}

static void close_file(void *context)
{
    const file_reader *reader = context;
    close(reader->descriptor);
    free(context);
}

/* What a file is if it is none to read from; NULL if it is one. */
static const char *other_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
    case S_IFIFO: return NULL;
    case S_IFDIR: return "a folder";
    case S_IFSOCK: return "a socket";
    default: return "a device"; /* which may have no end */
    }
}

aann_status aann_file_check_regular(const char *path, const char *what, aann_error *error)
{
    struct stat information;
    if ((strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &information) : stat(path, &information)) !=
        0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot open: %s", strerror(errno));
    }
    const char *other = S_ISFIFO(information.st_mode) ? "a pipe" : other_kind(information.st_mode);
    return other == NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_IO,
                           "is %s; %s must be a file that can be read from its end", other, what);
}

/* The standard input: a file or a pipe, or the socket that some systems give in its place. */
static aann_status open_standard_input(file_reader *reader, aann_error *error)
{
    reader->descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    if (reader->descriptor < 0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot read: %s", strerror(errno));
    }
    return isatty(reader->descriptor)
               ? aann_fail(error, AANN_ERROR_IO,
                           "the standard input is a terminal; give it a file or a pipe: "
                           "cat FILE | aann ...")
               : AANN_OK;
}

/* Nothing is waited for at opening; a file ignores the flag. */
static aann_status open_file(const char *path, file_reader *reader, aann_error *error)
{
    struct stat information;
    if (strcmp(path, "-") == 0) {
        return open_standard_input(reader, error);
    }
    reader->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (reader->descriptor < 0 && errno == ENXIO) {
        return aann_fail(error, AANN_ERROR_IO, "is a socket, a file is expected");
    }
    if (reader->descriptor < 0 || fstat(reader->descriptor, &information) != 0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot open: %s", strerror(errno));
    }
    reader->is_waiting = S_ISFIFO(information.st_mode);
    const char *other = other_kind(information.st_mode);
    return other == NULL ? AANN_OK
                         : aann_fail(error, AANN_ERROR_IO, "is %s, a file is expected", other);
}

aann_status aann_file_reader_open(const char *path, aann_reader *reader, aann_error *error)
{
    file_reader *created = aann_allocate_zeroed(1, sizeof *created);
    if (created == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory");
    }
    const aann_status status = open_file(path, created, error);
    if (status != AANN_OK) {
        if (created->descriptor >= 0) {
            close(created->descriptor);
        }
        free(created);
        return status;
    }
    *reader = (aann_reader){read_file, close_file, created};
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
