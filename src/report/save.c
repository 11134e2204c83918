/* The page of a report, and its file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/memory.h"
#include "report/page.h"
#include "report/report.h"
#include "report/view.h"

/* ---- the page -------------------------------------------------------------------------------- */

/* What stands between the data, without their last brace, and the page's end; false without
 * memory. */
static bool put_live(const aann_report_live *live, char *text, size_t size)
{
    aann_json json = {0};
    aann_json_open(&json, NULL, '{');
    if (live == NULL) {
        aann_json_null(&json, "live");
    } else {
        aann_json_open(&json, "live", '{');
        aann_json_bool(&json, "running", live->running);
        aann_json_real(&json, "refresh_seconds", live->refresh_seconds, 6);
        aann_json_close(&json, '}');
    }
    aann_json_close(&json, '}');
    const bool good = !json.failed;
    if (good) {
        snprintf(text, size, ",%s", json.text + 1);
    }
    free(json.text);
    return good;
}

aann_status aann_report_page(const aann_report *report, const aann_report_live *live, char **page,
                             size_t *size, aann_error *error)
{
    char end[128];
    if (!put_live(live, end, sizeof end)) {
        return aann_report_no_memory(error);
    }
    const struct {
        const void *bytes;
        size_t size;
    } parts[] = {{aann_page_before, aann_page_before_size},
                 {report->json, report->size - 1},
                 {end, strlen(end)},
                 {aann_page_after, aann_page_after_size}};
    enum { PARTS = sizeof parts / sizeof parts[0] };
    *size = 0;
    for (size_t i = 0; i < PARTS; i++) {
        *size += parts[i].size;
    }
    *page = aann_allocate(*size + 1, 1);
    if (*page == NULL) {
        return aann_report_no_memory(error);
    }
    char *to = *page;
    for (size_t i = 0; i < PARTS; i++) {
        memcpy(to, parts[i].bytes, parts[i].size);
        to += parts[i].size;
    }
    *to = '\0';
    return AANN_OK;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* A report says so in its head: of any version, <meta name="generator" content="aann report ...">. */
static bool is_report(const char *path)
{
    enum { HEAD = 4096 };
    static const char sign[] = "<meta name=\"generator\" content=\"aann report";
    char head[HEAD + 1];
    FILE *file = fopen(path, "rb");
    const size_t size = file != NULL ? fread(head, 1, HEAD, file) : 0;
    head[size] = '\0';
    if (file != NULL) {
        fclose(file);
    }
    return strstr(head, sign) != NULL;
}

/* What is there already may be replaced if it is a report, or empty. */
aann_status aann_report_check_place(const char *path, aann_error *error)
{
    struct stat information;
    if (stat(path, &information) != 0) {
        return AANN_OK; /* not there, or the writing says what is wrong */
    }
    if (S_ISREG(information.st_mode) && information.st_size > 0 && !is_report(path)) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "%s: is there, and is no report of aann; it stays as it is. Expected a new "
            "name, or an earlier report to be replaced",
            path);
    }
    return AANN_OK;
}

aann_status aann_report_save(const aann_report *report, const char *path,
                             const aann_report_live *live, aann_error *error)
{
    char *page = NULL;
    size_t size = 0;
    aann_atomic_file *file = NULL;
    aann_status status = aann_report_check_place(path, error);
    if (status == AANN_OK) {
        status = aann_report_page(report, live, &page, &size, error);
    }
    if (status == AANN_OK) {
        status = aann_atomic_file_create(path, &file, error);
    }
    if (status == AANN_OK) {
        status = aann_atomic_file_write(file, page, size, error);
        if (status == AANN_OK) {
            status = aann_atomic_file_commit(file, error);
        } else {
            aann_atomic_file_abandon(file);
        }
    }
    free(page);
    return status;
}
