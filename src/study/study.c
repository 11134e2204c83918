/* Opening and closing a study.
 *
 * A study is in WAL mode: readers see the last committed transaction while the writer adds the
 * next, and neither waits for the other. synchronous=FULL: a commit returns when it is on the disk.
 * NORMAL would also survive kill -9 (what was handed to the operating system is safe from that),
 * but a power cut could take back checkpoints already reported; one fsync per checkpoint, every 30
 * seconds or so, is nothing next to the search.
 *
 * Reading takes three attempts, from the usual to the unusual:
 *   1. Read and write access, with writing forbidden by query_only. Such a reader can repair what a killed writer
 *      left (replay the log) and, if it is the last to close, tidies -wal and -shm away.
 *   2. SQLite falls back to read-only access by itself where the file's permissions ask for it.
 *   3. Where not even the log's index can be created (read-only file system or folder), the file is opened as
 *      immutable. That would overlook a log, so it is done only if there is none. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "study/database.h"
#include "study/schema.h"

/* The name of a study in memory. */
static const char in_memory[] = ":memory:";

/* prefix + path + suffix, malloc'ed; NULL for lack of memory. */
static char *join(const char *prefix, const char *path, const char *suffix)
{
    const size_t size = strlen(prefix) + strlen(path) + strlen(suffix) + 1;
    char *joined = aann_allocate(size, 1);
    if (joined != NULL) {
        snprintf(joined, size, "%s%s%s", prefix, path, suffix);
    }
    return joined;
}

/* What `name` is a link to, malloc'ed; NULL if it is none. */
static char *follow_link(const char *name)
{
    enum { LONGEST_PATH = 4096 };
    char target[LONGEST_PATH];
    const ssize_t length = readlink(name, target, sizeof target);
    const char *slash = strrchr(name, '/');
    if (length <= 0 || length == (ssize_t)sizeof target) {
        return NULL;
    }
    const size_t folder = target[0] == '/' || slash == NULL ? 0 : (size_t)(slash - name) + 1;
    char *followed = aann_allocate(folder + (size_t)length + 1, 1);
    if (followed != NULL) {
        memcpy(followed, name, folder);
        memcpy(followed + folder, target, (size_t)length);
        followed[folder + (size_t)length] = 0;
    }
    return followed;
}

/* The file that `path` leads to, whichever links are on the way, malloc'ed; NULL for lack of memory.
 * It need not be there: SQLite creates the file that a link names. */
static char *find_real_path(const char *path)
{
    enum { MOST_LINKS = 40 };
    char *real = realpath(path, NULL);
    if (real != NULL) {
        return real;
    }
    real = join("", path, "");
    for (int i = 0; real != NULL && i < MOST_LINKS; i++) {
        char *followed = follow_link(real);
        if (followed == NULL) {
            break;
        }
        free(real);
        real = followed;
    }
    return real;
}

/* "file:" and the absolute path with what means something in a URI escaped, and "?immutable=1". */
static char *immutable_uri(const char *path)
{
    static const char digits[] = "0123456789ABCDEF";
    char *absolute = realpath(path, NULL);
    if (absolute == NULL) {
        return NULL;
    }
    const size_t length = strlen(absolute);
    char *escaped = aann_allocate(length + 1, 3);
    size_t end = 0;
    for (size_t i = 0; escaped != NULL && i < length; i++) {
        const unsigned char letter = (unsigned char)absolute[i];
        if (letter == '?' || letter == '#' || letter == '%') {
            escaped[end++] = '%';
            escaped[end++] = digits[letter >> 4];
            escaped[end++] = digits[letter & 15];
        } else {
            escaped[end++] = (char)letter;
        }
    }
    char *uri = NULL;
    if (escaped != NULL) {
        escaped[end] = 0;
        uri = join("file:", escaped, "?immutable=1");
    }
    free(escaped);
    free(absolute);
    return uri;
}

/* Settings of every connection. A study may come from a stranger: its schema is not trusted to call
 * functions, and page structure is checked as it is read. */
static aann_status configure(aann_study *study, aann_error *error)
{
    sqlite3_extended_result_codes(study->database, 1);
    sqlite3_busy_timeout(study->database, AANN_STUDY_BUSY_MILLISECONDS);
    sqlite3_db_config(study->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(study->database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(study->database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    /* Far above what our statements need, far below what a schema could be built to cost. */
    static const int limits[][2] = {
        {SQLITE_LIMIT_SQL_LENGTH, 20000},   {SQLITE_LIMIT_COLUMN, 64},
        {SQLITE_LIMIT_EXPR_DEPTH, 50},      {SQLITE_LIMIT_COMPOUND_SELECT, 4},
        {SQLITE_LIMIT_VDBE_OP, 20000},      {SQLITE_LIMIT_FUNCTION_ARG, 16},
        {SQLITE_LIMIT_ATTACHED, 0},         {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 64}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        sqlite3_limit(study->database, limits[i][0], limits[i][1]);
    }
    return aann_study_execute(
        study,
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;",
        error);
}

/* Opens `name` (a path or a URI) as study->database. */
static aann_status connect_to(aann_study *study, const char *name, int flags, aann_error *error)
{
    sqlite3_close(study->database);
    study->database = NULL;
    const int code = sqlite3_open_v2(name, &study->database, flags | SQLITE_OPEN_FULLMUTEX, NULL);
    if (code != SQLITE_OK) {
        return aann_study_fail(study, code, error);
    }
    return configure(study, error);
}

/* SQLite gives a meaning to "" and "file:..."; with a folder in front, a name is only a name. */
static aann_status connect_to_path(aann_study *study, int flags, aann_error *error)
{
    char *name = join(study->path[0] == '/' ? "" : "./", study->path, "");
    if (name == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    const aann_status status = connect_to(study, name, flags, error);
    free(name);
    return status;
}

/* *exists: is there a file? Anything but a file is an error. */
static aann_status look_at_path(const char *path, bool *exists, aann_error *error)
{
    struct stat information;
    *exists = false;
    if (path[0] == 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "the study's path is empty");
    }
    if (stat(path, &information) != 0) {
        return errno == ENOENT ? AANN_OK
                               : aann_fail(error, AANN_ERROR_IO, "%s: %s", path, strerror(errno));
    }
    *exists = true;
    if (!S_ISREG(information.st_mode)) {
        return aann_fail(error, AANN_ERROR_IO, "%s: is not a file", path);
    }
    return AANN_OK;
}

/* The log of a study if it holds anything, malloc'ed; else NULL. It lies beside the file itself. */
static char *find_log(const char *path)
{
    struct stat information;
    char *real = find_real_path(path);
    char *log = real != NULL ? join("", real, "-wal") : NULL;
    free(real);
    if (log != NULL && stat(log, &information) == 0 && information.st_size > 0) {
        return log;
    }
    free(log);
    return NULL;
}

static bool has_log(const char *path)
{
    char *log = find_log(path);
    const bool found = log != NULL;
    free(log);
    return found;
}

/* SQLite takes a file shorter than its header for an empty database, and would write over it; and
 * it fills up a last page that is cut with zeros. Pages that are still in the log may be missing in
 * the file. */
static aann_status check_size(aann_study *study, aann_error *error)
{
    int64_t page_count = 0;
    int64_t page_size = 0;
    struct stat information;
    aann_status status = aann_study_read_number(study, "PRAGMA page_count", &page_count, error);
    if (status == AANN_OK) {
        status = aann_study_read_number(study, "PRAGMA page_size", &page_size, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    if (stat(study->path, &information) != 0) {
        return aann_fail(error, AANN_ERROR_IO, "%s: %s", study->path, strerror(errno));
    }
    const int64_t size = information.st_size;
    if (page_count == 0 && size > 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is not an aann study", study->path);
    }
    if (page_size > 0 && size % page_size != 0 && !has_log(study->path)) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is damaged or cut short (%lld bytes)",
                         study->path, (long long)size);
    }
    return AANN_OK;
}

/* The marks and the size. *version is 0 where there is nothing yet. */
static aann_status check(aann_study *study, int *version, aann_error *error)
{
    const aann_status status = aann_study_schema_check(study, version, error);
    study->version = *version;
    return status == AANN_OK ? check_size(study, error) : status;
}

static aann_status check_for_reading(aann_study *study, aann_error *error)
{
    int version = 0;
    const aann_status status = check(study, &version, error);
    if (status == AANN_OK && version == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is empty, not an aann study", study->path);
    }
    return status;
}

static aann_status open_immutable(aann_study *study, aann_error *error)
{
    char *log = find_log(study->path);
    if (log != NULL) {
        const aann_status status = aann_fail(
            error, AANN_ERROR_IO,
            "%s: has unfinished changes in %s, which cannot be read in a read-only folder; copy both",
            study->path, log);
        free(log);
        return status;
    }
    char *uri = immutable_uri(study->path);
    if (uri == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    aann_status status = connect_to(study, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error);
    free(uri);
    if (status == AANN_OK) {
        status = check_for_reading(study, error);
    }
    return status;
}

static aann_status open_for_reading(aann_study *study, aann_error *error)
{
    bool exists = false;
    aann_status status = look_at_path(study->path, &exists, error);
    if (status != AANN_OK) {
        return status;
    }
    if (!exists) {
        return aann_fail(error, AANN_ERROR_IO, "%s: there is no such study", study->path);
    }
    status = connect_to_path(study, SQLITE_OPEN_READWRITE, error);
    if (status == AANN_OK) {
        status = check_for_reading(study, error);
    }
    if (status == AANN_ERROR_IO) {
        status = open_immutable(study, error);
    }
    return status == AANN_OK ? aann_study_execute(study, "PRAGMA query_only = ON", error) : status;
}

/* The lock lies beside the file itself, whichever link leads there. */
static aann_status take_lock(aann_study *study, aann_error *error)
{
    char *real = find_real_path(study->path);
    if (real == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    const aann_status status = aann_study_lock_take(real, &study->lock, error);
    free(real);
    return status;
}

static aann_status prepare_for_writing(aann_study *study, aann_study_mode mode, aann_error *error)
{
    int version = 0;
    aann_status status = check(study, &version, error);
    if (status != AANN_OK) {
        return status;
    }
    if (version == 0 && mode != AANN_STUDY_CREATE) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is empty, not an aann study", study->path);
    }
    if (sqlite3_db_readonly(study->database, "main") != 0) {
        return aann_fail(error, AANN_ERROR_IO, "%s: is read-only", study->path);
    }
    status = aann_study_place_find(study->path, &study->place, error);
    if (status != AANN_OK) {
        return status;
    }
    study->writable = true;
    status = aann_study_schema_upgrade(study, version, error);
    if (status != AANN_OK) {
        return status;
    }
    /* Where a file system cannot do WAL, SQLite answers with the journal it keeps to instead:
     * slower for readers, as safe. The log is cut back when it has grown beyond 16 MB. */
    return aann_study_execute(
        study,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;",
        error);
}

static aann_status open_for_writing(aann_study *study, aann_study_mode mode, aann_error *error)
{
    bool exists = false;
    aann_status status = look_at_path(study->path, &exists, error);
    if (status != AANN_OK) {
        return status;
    }
    if (!exists && mode != AANN_STUDY_CREATE) {
        return aann_fail(error, AANN_ERROR_IO, "%s: there is no such study", study->path);
    }
    status = take_lock(study, error);
    if (status == AANN_OK) {
        const int create = mode == AANN_STUDY_CREATE ? SQLITE_OPEN_CREATE : 0;
        status = connect_to_path(study, SQLITE_OPEN_READWRITE | create, error);
    }
    return status == AANN_OK ? prepare_for_writing(study, mode, error) : status;
}

/* Neither file nor lock nor log: nobody else can see it, and it ends with its handle. */
static aann_status open_in_memory(aann_study *study, aann_study_mode mode, aann_error *error)
{
    if (mode != AANN_STUDY_CREATE) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: a study in memory can only be created; a file of this name is "
                         "./:memory:",
                         study->path);
    }
    const aann_status status =
        connect_to(study, in_memory, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
    study->writable = status == AANN_OK;
    return status == AANN_OK ? aann_study_schema_upgrade(study, 0, error) : status;
}

static aann_status open_by_path(aann_study *study, aann_study_mode mode, aann_error *error)
{
    if (strcmp(study->path, in_memory) == 0) {
        return open_in_memory(study, mode, error);
    }
    return mode == AANN_STUDY_READ ? open_for_reading(study, error)
                                   : open_for_writing(study, mode, error);
}

aann_status aann_study_open(const char *path, aann_study_mode mode, aann_study **study,
                            aann_error *error)
{
    *study = NULL;
    aann_study *opened = aann_allocate_zeroed(1, sizeof *opened);
    char *copy = join("", path, "");
    if (opened == NULL || copy == NULL) {
        free(opened);
        free(copy);
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", path);
    }
    opened->path = copy;
    opened->lock = aann_study_lock_none();
    const aann_status status = open_by_path(opened, mode, error);
    if (status != AANN_OK) {
        aann_study_close(opened);
        return status;
    }
    *study = opened;
    return AANN_OK;
}

void aann_study_close(aann_study *study)
{
    if (study == NULL) {
        return;
    }
    /* Before the lock: the last one to close works the log into the file, if that is still there. */
    const bool in_place = aann_study_place_holds(&study->place);
    if (!in_place) {
        sqlite3_db_config(study->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    sqlite3_close(study->database);
    if (!in_place) {
        aann_study_place_leave(&study->place, study->log_pending);
    }
    aann_study_place_clear(&study->place);
    aann_study_lock_release(&study->lock);
    free(study->path);
    free(study);
}

const char *aann_study_path(const aann_study *study)
{
    return study->path;
}
