/* Downloads through libcurl, which honours the usual proxy variables and the system's
 * certificates. */
#include "cli/fetch/download.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/fetch/failure.h"

typedef struct download {
    FILE *file;
    int64_t size_left;
    aann_status status; /* what went wrong on this side, with its message in *error */
    aann_error *error;
    fetch_report report;
    void *context;
} download;

static size_t receive(char *bytes, size_t one, size_t size, void *context)
{
    download *state = context;
    (void)one; /* always 1 */
    if ((int64_t)size > state->size_left) {
        state->status = fetch_fail(state->error, AANN_ERROR_FORMAT, "larger than expected");
        return 0;
    }
    state->size_left -= (int64_t)size;
    const size_t written = fwrite(bytes, 1, size, state->file);
    if (written < size) {
        state->status =
            fetch_fail(state->error, AANN_ERROR_IO, "cannot write it: %s", strerror(errno));
    }
    return written;
}

/* Asked about once a second, and more often while bytes arrive; not 0: stop. */
static int go_on(void *context, curl_off_t total, curl_off_t now, curl_off_t upload,
                 curl_off_t uploaded)
{
    const download *state = context;
    (void)total, (void)now, (void)upload, (void)uploaded;
    return state->report != NULL && !state->report(state->context, NULL);
}

static bool set_options(CURL *curl, const char *url, download *state, char *message)
{
    enum { CONNECT_SECONDS = 15, STALL_SECONDS = 30, STALL_BYTES_PER_SECOND = 100, REDIRECTS = 5 };
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http,file") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "aann") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES_PER_SECOND) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFODATA, state) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, state) == CURLE_OK;
}

static aann_status transfer(const char *url, download *state)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        return fetch_fail(state->error, AANN_ERROR_MEMORY, "cannot start libcurl");
    }
    char message[CURL_ERROR_SIZE] = "";
    aann_status status = AANN_OK;
    if (!set_options(curl, url, state, message)) {
        status =
            fetch_fail(state->error, AANN_ERROR_IO, "libcurl does not know what is needed of it");
    } else {
        const CURLcode result = curl_easy_perform(curl);
        if (result != CURLE_OK) {
            /* Our own failure inside receive() says more than libcurl's "failed writing". */
            status = state->status != AANN_OK
                         ? state->status
                         : fetch_fail(state->error, AANN_ERROR_IO, "%s",
                                      message[0] != '\0' ? message : curl_easy_strerror(result));
        }
    }
    curl_easy_cleanup(curl);
    return status;
}

aann_status fetch_download(const char *url, const char *path, int64_t size_limit,
                           fetch_report report, void *context, aann_error *error)
{
    aann_error reason;
    download state = {.size_left = size_limit,
                      .status = AANN_OK,
                      .error = &reason,
                      .report = report,
                      .context = context};
    state.file = fopen(path, "wbe");
    if (state.file == NULL) {
        return fetch_fail(error, AANN_ERROR_IO, "%s: %s", path, strerror(errno));
    }
    aann_status status = transfer(url, &state);
    if (fclose(state.file) != 0 && status == AANN_OK) {
        status = fetch_fail(&reason, AANN_ERROR_IO, "cannot write it: %s", strerror(errno));
    }
    return status == AANN_OK ? status : fetch_fail(error, status, "%s: %s", url, reason.message);
}
