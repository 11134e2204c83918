/* Starting a search from a stored member: STUDY:ID. */
#ifndef AANN_CLI_START_H
#define AANN_CLI_START_H

#include "cli/task.h"

enum { CLI_START_PATH = 4096 };

typedef struct cli_start {
    char path[CLI_START_PATH]; /* of the study; "" if there is none */
    int64_t member;
    aann_network *network; /* with its family's spec */
} cli_start;

/* Opens what `text` names. The network comes from there, so options of the task that say otherwise are refused. On
 * failure there is one line on the standard error, and *status is the exit status. Free with cli_close_start. */
bool cli_open_start(const char *text, const cli_task *task, cli_start *start, int *status);
void cli_close_start(cli_start *start);

/* Whether two paths are one existing file. */
bool cli_same_file(const char *a, const char *b);

#endif
