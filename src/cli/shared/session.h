/* What `search` and `resume` share: how the work is done, watched and interrupted, and what is said
 * at the end. */
#ifndef AANN_CLI_SHARED_SESSION_H
#define AANN_CLI_SHARED_SESSION_H

#include "aann/family.h"
#include "cli/shared/progress.h"

typedef struct cli_session {
    aann_family_work work;
    cli_progress progress;
    bool quiet;
} cli_session;

/* Connects the work with the progress lines and with Ctrl-C. `work` keeps a pointer to the
 * session. */
void cli_session_start(cli_session *session);

/* Tables, or one JSON object, of the family, and what to do next. Returns the exit status:
 * CLI_FAILED if a signal stopped the search before its end, CLI_MISSED if it ended and a member
 * missed the threshold. */
int cli_session_report(aann_study *study, const char *path, int64_t family_id, bool json);

/* CLI_MISSED, with a line on the standard error, if members of the family missed their threshold;
 * else CLI_GOOD. */
int cli_session_threshold(aann_study *study, int64_t family_id);

#endif
