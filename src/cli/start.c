/* A member of a study as the start of a search. */
#include "cli/start.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/store.h"

bool cli_same_file(const char *a, const char *b)
{
    struct stat left;
    struct stat right;
    return stat(a, &left) == 0 && stat(b, &right) == 0 && left.st_dev == right.st_dev &&
           left.st_ino == right.st_ino;
}

bool cli_open_start(const char *text, const cli_task *task, cli_start *start, int *status)
{
    *start = (cli_start){.member = 0};
    *status = CLI_USAGE;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof start->path) {
        cli_usage_error("--start: '%s' is not a study and a member, such as mnist.aann:1", text);
        return false;
    }
    if (task->net != NULL || task->sparsity >= 0.0 || task->sparsity_per_layer.count > 0 ||
        task->shifts.count > 0 || task->excitatory != 0.5) {
        cli_usage_error(
            "--start: the network and its counts are the member's; --net, --sparsity, --shifts and "
            "--excitatory do not go with it");
        return false;
    }
    memcpy(start->path, text, (size_t)(colon - text));
    start->path[colon - text] = '\0';
    cli_member member;
    if (!cli_open_member(start->path, colon + 1, &member, status)) {
        return false;
    }
    aann_error error;
    const aann_status copied = aann_network_copy(member.network, &start->network, &error);
    start->member = member.row.id;
    cli_close_member(&member);
    *status = copied == AANN_OK ? CLI_GOOD : cli_fail(&error);
    return copied == AANN_OK;
}

void cli_close_start(cli_start *start)
{
    aann_network_destroy(start->network);
    start->network = NULL;
}
