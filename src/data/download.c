/* Downloads through libcurl, which honours the usual proxy variables and the system's
 * certificates. */
#include "data/download.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>

#include "core/error.h"
#include "data/atomic_file.h"

typedef struct download {
    aann_atomic_file *file;
    int64_t size_left;
    aann_status status; /* what went wrong on this side, with its message in *error */
    aann_error *error;
} download;

static size_t receive(char *bytes, size_t one, size_t size, void *context)
{
    download *state = context;
    (void)one; /* always 1 */
    if ((int64_t)size > state->size_left) {
        state->status = aann_fail(state->error, AANN_ERROR_FORMAT, "larger than expected");
        return 0;
    }
    state->size_left -= (int64_t)size;
    state->status = aann_atomic_file_write(state->file, bytes, size, state->error);
    return state->status == AANN_OK ? size : 0;
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
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, state) == CURLE_OK;
}

static aann_status transfer(const char *url, download *state)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        return aann_fail(state->error, AANN_ERROR_MEMORY, "cannot start libcurl");
    }
    char message[CURL_ERROR_SIZE] = "";
    aann_status status = AANN_OK;
    if (!set_options(curl, url, state, message)) {
        status =
            aann_fail(state->error, AANN_ERROR_IO, "libcurl does not know what is needed of it");
    } else {
        const CURLcode result = curl_easy_perform(curl);
        if (result != CURLE_OK) {
            /* Our own failure inside receive() says more than libcurl's "failed writing". */
            status = state->status != AANN_OK
                         ? state->status
                         : aann_fail(state->error, AANN_ERROR_IO, "%s",
                                     message[0] != '\0' ? message : curl_easy_strerror(result));
        }
    }
    curl_easy_cleanup(curl);
    return status;
}

aann_status aann_download(const char *url, const char *path, int64_t size_limit, aann_error *error)
{
    download state = {.size_left = size_limit, .status = AANN_OK, .error = error};
    aann_status status = aann_atomic_file_create(path, &state.file, error);
    if (status != AANN_OK) {
        return status;
    }
    status = transfer(url, &state);
    if (status != AANN_OK) {
        aann_atomic_file_abandon(state.file);
        return aann_fail_prefix(error, status, "%s", url);
    }
    return aann_atomic_file_commit(state.file, error);
}
