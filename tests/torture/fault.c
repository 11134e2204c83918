/* Makes the n-th call of one kind fail, for tests of what a program does then. Loaded by LD_PRELOAD.
 *
 *   AANN_FAULT=KIND:N[+]   KIND is write, read, sync, rename, open or memory; the N-th such call of
 *                          the process fails (with "+", every one from the N-th on)
 *   AANN_FAULT_COUNTS=FILE at exit, one line "KIND COUNT" per kind is appended to FILE
 *
 * Writes fail as on a full disk (ENOSPC), reads and syncs as on a broken one (EIO), opens as without
 * descriptors (EMFILE), memory as without memory. Only regular files and memory are meant: writes
 * and reads of the standard streams and of pipes pass. Files below /usr, /lib, /etc, /proc and /sys
 * pass too, since they are the system's. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum fault_kind {
    FAULT_WRITE,
    FAULT_READ,
    FAULT_SYNC,
    FAULT_RENAME,
    FAULT_OPEN,
    FAULT_MEMORY,
    KINDS
};

static const char *const kind_names[KINDS] = {"write", "read", "sync", "rename", "open", "memory"};
static atomic_long counts[KINDS];
static int wanted_kind = -1;
static long wanted_call;
static bool from_then_on;
static atomic_bool ready;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void set_up(void) __attribute__((constructor));
static void report(void) __attribute__((destructor));

static void set_up(void)
{
    const char *text = getenv("AANN_FAULT");
    for (int kind = 0; text != NULL && kind < KINDS; kind++) {
        const size_t length = strlen(kind_names[kind]);
        if (strncmp(text, kind_names[kind], length) == 0 && text[length] == ':') {
            wanted_kind = kind;
            wanted_call = strtol(text + length + 1, NULL, 10);
            from_then_on = text[strlen(text) - 1] == '+';
        }
    }
    atomic_store(&ready, true);
}

/* Counts the call; true if it is the one that fails. */
static bool fails(enum fault_kind kind)
{
    if (!atomic_load(&ready)) {
        return false;
    }
    const long call = atomic_fetch_add(&counts[kind], 1) + 1;
    return (int)kind == wanted_kind &&
           (call == wanted_call || (from_then_on && call > wanted_call));
}

static void report(void)
{
    const char *path = getenv("AANN_FAULT_COUNTS");
    atomic_store(&ready, false);
    FILE *file = path != NULL ? fopen(path, "a") : NULL;
    for (int kind = 0; file != NULL && kind < KINDS; kind++) {
        fprintf(file, "%s %ld\n", kind_names[kind], atomic_load(&counts[kind]));
    }
    if (file != NULL) {
        fclose(file);
    }
}

static bool is_file(int descriptor)
{
    struct stat information;
    return descriptor > 2 && fstat(descriptor, &information) == 0 && S_ISREG(information.st_mode);
}

static bool is_system_path(const char *path)
{
    static const char *const prefixes[] = {"/usr/", "/lib", "/etc/", "/proc/", "/sys/", "/dev/"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strncmp(path, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* ---- files ----------------------------------------------------------------------------------- */

ssize_t write(int descriptor, const void *bytes, size_t size)
{
    ssize_t (*next)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))real("write");
    if (is_file(descriptor) && fails(FAULT_WRITE)) {
        errno = ENOSPC;
        return -1;
    }
    return next(descriptor, bytes, size);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset)
{
    ssize_t (*next)(int, const void *, size_t, off64_t) =
        (ssize_t(*)(int, const void *, size_t, off64_t))real("pwrite64");
    if (is_file(descriptor) && fails(FAULT_WRITE)) {
        errno = ENOSPC;
        return -1;
    }
    return next(descriptor, bytes, size, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset)
{
    return pwrite64(descriptor, bytes, size, offset);
}

ssize_t read(int descriptor, void *bytes, size_t size)
{
    ssize_t (*next)(int, void *, size_t) = (ssize_t(*)(int, void *, size_t))real("read");
    if (is_file(descriptor) && fails(FAULT_READ)) {
        errno = EIO;
        return -1;
    }
    return next(descriptor, bytes, size);
}

ssize_t pread64(int descriptor, void *bytes, size_t size, off64_t offset)
{
    ssize_t (*next)(int, void *, size_t, off64_t) =
        (ssize_t(*)(int, void *, size_t, off64_t))real("pread64");
    if (is_file(descriptor) && fails(FAULT_READ)) {
        errno = EIO;
        return -1;
    }
    return next(descriptor, bytes, size, offset);
}

ssize_t pread(int descriptor, void *bytes, size_t size, off_t offset)
{
    return pread64(descriptor, bytes, size, offset);
}

int fsync(int descriptor)
{
    int (*next)(int) = (int (*)(int))real("fsync");
    if (fails(FAULT_SYNC)) {
        errno = EIO;
        return -1;
    }
    return next(descriptor);
}

int fdatasync(int descriptor)
{
    int (*next)(int) = (int (*)(int))real("fdatasync");
    if (fails(FAULT_SYNC)) {
        errno = EIO;
        return -1;
    }
    return next(descriptor);
}

int rename(const char *from, const char *to)
{
    int (*next)(const char *, const char *) = (int (*)(const char *, const char *))real("rename");
    if (fails(FAULT_RENAME)) {
        errno = EACCES;
        return -1;
    }
    return next(from, to);
}

int open64(const char *path, int flags, ...)
{
    int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))real("open64");
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (!is_system_path(path) && fails(FAULT_OPEN)) {
        errno = EMFILE;
        return -1;
    }
    return next(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open64(path, flags, mode);
}

/* ---- memory ---------------------------------------------------------------------------------- */

void *malloc(size_t size)
{
    if (fails(FAULT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (fails(FAULT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    if (fails(FAULT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (fails(FAULT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (fails(FAULT_MEMORY)) {
        return ENOMEM;
    }
    *memory = __libc_memalign(alignment, size);
    return *memory != NULL ? 0 : ENOMEM;
}
