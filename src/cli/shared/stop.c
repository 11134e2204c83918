/* Signals. The handler only notes that one came, and gives the signal back its usual meaning: who
 * presses Ctrl-C twice ends the program at once, which costs no more than the time since the last
 * checkpoint. */
#include "cli/shared/stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stop_asked;

static void note(int number)
{
    (void)number;
    stop_asked = 1;
}

void cli_catch_stop(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool cli_stop_asked(void)
{
    return stop_asked != 0;
}
