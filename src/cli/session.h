/* What `search` and `resume` share: how the work is done, watched and interrupted, and what is said at the end. */
#ifndef AANN_CLI_SESSION_H
#define AANN_CLI_SESSION_H

#include "aann/family.h"
#include "cli/progress.h"

typedef struct cli_session {
    aann_family_work work;
    cli_progress progress;
    bool quiet;
} cli_session;

/* Connects the work with the progress lines and with Ctrl-C. `work` keeps a pointer to the session. */
void cli_session_start(cli_session *session);

/* How many members of the family (0: of all) are not finished. */
aann_status cli_count_running(aann_study *study, int64_t family, size_t *running, aann_error *error);

/* Tables, or one JSON object, of the family, and what to do next. Returns the exit status: CLI_FAILED if a signal stopped the
 * search before its end. */
int cli_session_report(aann_study *study, const char *path, int64_t family_id, bool json);

#endif
