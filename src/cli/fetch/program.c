/* posix_spawn, and waiting for the end. */
#define _GNU_SOURCE /* posix_spawn_file_actions_addchdir_np */

#include "cli/fetch/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/fetch/failure.h"

enum { LINE_SIZE = 200 };

/* The last line of the log that says something; "" if there is none. */
static void last_line(const char *log_path, char line[LINE_SIZE])
{
    line[0] = '\0';
    FILE *log = fopen(log_path, "re");
    if (log == NULL) {
        return;
    }
    char buffer[LINE_SIZE];
    while (fgets(buffer, sizeof buffer, log) != NULL) {
        buffer[strcspn(buffer, "\r\n")] = '\0';
        if (buffer[0] != '\0') {
            memcpy(line, buffer, sizeof buffer);
        }
    }
    fclose(log);
}

static aann_status wait_for(pid_t child, const char *name, const char *log_path, aann_error *error)
{
    bool interrupted = false;
    int result = 0;
    while (waitpid(child, &result, 0) < 0) {
        if (errno != EINTR) {
            return fetch_fail(error, AANN_ERROR_IO, "%s: cannot wait for it: %s", name,
                              strerror(errno));
        }
        kill(child, SIGTERM); /* a signal that is caught asks for an end */
        interrupted = true;
    }
    if (interrupted) {
        return fetch_fail(error, AANN_ERROR_IO, "%s: stopped", name);
    }
    if (WIFSIGNALED(result)) {
        return fetch_fail(error, AANN_ERROR_IO, "%s: ended by signal %d", name, WTERMSIG(result));
    }
    if (WEXITSTATUS(result) == 0) {
        return AANN_OK;
    }
    char line[LINE_SIZE];
    last_line(log_path, line);
    return fetch_fail(error, AANN_ERROR_IO, "%s: exit status %d%s%s", name, WEXITSTATUS(result),
                      line[0] != '\0' ? ": " : "", line);
}

/* With the usual meaning of the signals that this program ignores. */
static int spawn(pid_t *child, const posix_spawn_file_actions_t *actions,
                 const char *const *arguments)
{
    posix_spawnattr_t attributes;
    sigset_t usual;
    int reason = posix_spawnattr_init(&attributes);
    if (reason != 0) {
        return reason;
    }
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    if ((reason = posix_spawnattr_setsigdefault(&attributes, &usual)) == 0 &&
        (reason = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF)) == 0) {
        /* It takes pointers to non-const by its age, not by what it does. */
        reason = posix_spawnp(child, arguments[0], actions, &attributes,
                              (char *const *)(uintptr_t)arguments, environ);
    }
    posix_spawnattr_destroy(&attributes);
    return reason;
}

aann_status fetch_program_run(const char *const *arguments, const char *folder,
                              const char *log_path, aann_error *error)
{
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    int reason = posix_spawn_file_actions_init(&actions);
    if (reason != 0) {
        return fetch_fail(error, AANN_ERROR_IO, "%s: %s", arguments[0], strerror(reason));
    }
    if ((reason = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
        (reason = posix_spawn_file_actions_addopen(&actions, 1, log_path,
                                                   O_WRONLY | O_CREAT | O_TRUNC, 0600)) == 0 &&
        (reason = posix_spawn_file_actions_adddup2(&actions, 1, 2)) == 0 &&
        (reason = posix_spawn_file_actions_addchdir_np(&actions, folder)) == 0) {
        reason = spawn(&child, &actions, arguments);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (reason != 0) {
        return reason == ENOENT
                   ? fetch_fail(error, AANN_ERROR_NOT_FOUND, "%s: not installed", arguments[0])
                   : fetch_fail(error, AANN_ERROR_IO, "%s: cannot start: %s", arguments[0],
                                strerror(reason));
    }
    return wait_for(child, arguments[0], log_path, error);
}
