/* fork and exec. Between the two only functions that are safe in the child of a program with
 * threads. */
#include "data/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"

/* In the child: never returns. Says on `report` why exec failed; a successful exec closes it
 * silently. */
static void become(const char *const *arguments, const char *folder, const char *log_path,
                   int report)
{
    const int input = open("/dev/null", O_RDONLY);
    const int output = open(log_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int reason = 0;
    if (input < 0 || output < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 ||
        dup2(output, 2) < 0 || chdir(folder) != 0) {
        reason = errno;
    } else {
        /* execvp takes pointers to non-const by its age, not by what it does. */
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        reason = errno;
    }
    (void)!write(report, &reason, sizeof reason);
    _exit(127);
}

/* The last line of the log that says something, cut to size; "" if there is none. */
static void last_line(const char *log_path, char *line, size_t size)
{
    line[0] = '\0';
    FILE *log = fopen(log_path, "re");
    if (log == NULL) {
        return;
    }
    char buffer[200];
    while (fgets(buffer, sizeof buffer, log) != NULL) {
        buffer[strcspn(buffer, "\r\n")] = '\0';
        if (buffer[0] != '\0') {
            snprintf(line, size, "%s", buffer); /* the buffer is no larger than any caller's line */
        }
    }
    fclose(log);
}

static aann_status wait_for(pid_t child, const char *name, const char *log_path, aann_error *error)
{
    int result = 0;
    while (waitpid(child, &result, 0) < 0) {
        if (errno != EINTR) {
            return aann_fail(error, AANN_ERROR_IO, "%s: cannot wait for it: %s", name,
                             strerror(errno));
        }
    }
    if (WIFEXITED(result) && WEXITSTATUS(result) == 0) {
        return AANN_OK;
    }
    char line[200];
    last_line(log_path, line, sizeof line);
    if (WIFSIGNALED(result)) {
        return aann_fail(error, AANN_ERROR_IO, "%s: ended by signal %d", name, WTERMSIG(result));
    }
    return aann_fail(error, AANN_ERROR_IO, "%s: exit status %d%s%s", name, WEXITSTATUS(result),
                     line[0] != '\0' ? ": " : "", line);
}

aann_status aann_process_run(const char *const *arguments, const char *folder, const char *log_path,
                             aann_error *error)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return aann_fail(error, AANN_ERROR_IO, "%s: %s", arguments[0], strerror(errno));
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    const pid_t child = fork();
    if (child == 0) {
        become(arguments, folder, log_path, ends[1]);
    }
    const int fork_reason = errno;
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return aann_fail(error, AANN_ERROR_IO, "%s: cannot start: %s", arguments[0],
                         strerror(fork_reason));
    }
    int reason = 0;
    ssize_t got;
    do {
        got = read(ends[0], &reason, sizeof reason);
    } while (got < 0 && errno == EINTR);
    close(ends[0]);
    const aann_status status = wait_for(child, arguments[0], log_path, error);
    if (got == (ssize_t)sizeof reason) {
        return reason == ENOENT
                   ? aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: not installed", arguments[0])
                   : aann_fail(error, AANN_ERROR_IO, "%s: cannot start: %s", arguments[0],
                               strerror(reason));
    }
    return status;
}
