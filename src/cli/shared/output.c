/* Files for the standard output. */
#include "cli/shared/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"

bool cli_output_begin(const char *command, const char *path, bool json, cli_output *output,
                      int *status)
{
    *output = (cli_output){.path = path, .messages = stdout};
    if (path == NULL || strcmp(path, "-") != 0) {
        return true;
    }
    if (json) {
        *status = cli_usage_error("%s: the standard output cannot take both the file and --json; "
                                  "name a file instead of -",
                                  command);
        return false;
    }
    if (isatty(STDOUT_FILENO)) {
        *status = cli_usage_error("%s: - writes bytes, and the standard output is a terminal; "
                                  "redirect it to a file or a pipe",
                                  command);
        return false;
    }
    const char *folder = getenv("TMPDIR");
    folder = folder != NULL && folder[0] != '\0' ? folder : "/tmp";
    snprintf(output->temporary, sizeof output->temporary, "%s/aann-output-XXXXXX", folder);
    const int descriptor = mkstemp(output->temporary);
    if (descriptor < 0) {
        *status =
            cli_failed("%s: cannot make a temporary file: %s", output->temporary, strerror(errno));
        return false;
    }
    close(descriptor);
    output->path = output->temporary;
    output->messages = stderr;
    output->is_standard = true;
    return true;
}

static aann_status copy(const char *path, aann_error *error)
{
    enum { BLOCK = 1 << 16 };
    char block[BLOCK];
    FILE *file = fopen(path, "rb");
    size_t got = 0;
    bool good = file != NULL;
    while (good && (got = fread(block, 1, sizeof block, file)) > 0) {
        good = fwrite(block, 1, got, stdout) == got;
    }
    good = good && ferror(file) == 0 && fflush(stdout) == 0;
    const int reason = errno;
    if (file != NULL) {
        fclose(file);
    }
    return good ? AANN_OK
                : cli_set_error(error, AANN_ERROR_IO, "cannot write to the standard output: %s",
                                strerror(reason));
}

aann_status cli_output_end(cli_output *output, aann_status done, aann_error *error)
{
    if (!output->is_standard) {
        return done;
    }
    if (done == AANN_OK) {
        done = copy(output->path, error);
    }
    remove(output->temporary);
    return done;
}
