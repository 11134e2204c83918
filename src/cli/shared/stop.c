/* Signals.
 *
 * The first SIGINT, SIGTERM or SIGHUP asks for an end: the handler only notes it, and everything is
 * stored. Within a moment others belong to the first (`timeout` signals the group and then the
 * process; a terminal that closes sends several). A later one ends the program at once, which costs
 * no more than the time since the last checkpoint. */
#include "cli/shared/stop.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t stop_asked;
static volatile sig_atomic_t asked_at; /* milliseconds of a clock, less what does not fit */

static sig_atomic_t milliseconds(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (sig_atomic_t)((now.tv_sec % 1000000) * 1000 + now.tv_nsec / 1000000);
}

static void note(int number)
{
    enum { MOMENT_MILLISECONDS = 1000 };
    const sig_atomic_t now = milliseconds();
    if (!stop_asked) {
        stop_asked = 1;
        asked_at = now;
    } else if (now - asked_at > MOMENT_MILLISECONDS || now < asked_at) {
        signal(number, SIG_DFL);
        raise(number); /* delivered when this handler returns */
    }
}

/* What was ignored from the start stays so: under nohup a terminal that closes ends nothing. */
static void catch (int number)
{
    struct sigaction action = {.sa_handler = note}, before;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaddset(&action.sa_mask, SIGHUP);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        sigaction(number, &action, NULL);
    }
}

void cli_catch_stop(void)
{
    catch (SIGINT);
    catch (SIGTERM);
    catch (SIGHUP);
}

/* What was never caught stays as it is. */
static void release(int number)
{
    struct sigaction before;
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler == note) {
        signal(number, SIG_DFL);
    }
}

void cli_release_stop(void)
{
    release(SIGINT);
    release(SIGTERM);
    release(SIGHUP);
}

bool cli_stop_asked(void)
{
    return stop_asked != 0;
}

bool cli_stop_callback(void *context)
{
    (void)context;
    return cli_stop_asked();
}

void cli_ignore_write_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}
