/* The table of commands: a new one is a file with its function, a line in command.h, and a line
 * here. */
#include "cli/commands/command.h"

#include <string.h>

#include "cli/car/car.h"
#include "cli/paper/experiment.h"

const cli_command cli_commands[] = {
    {"search", "find a family of networks and store it in a study", cli_search},
    {"resume", "go on with what is unfinished in a study", cli_resume},
    {"list", "list families and members", cli_list},
    {"show", "show one member: counts, filters, confusion matrix", cli_show},
    {"eval", "accuracy, loss and confusion of a member on a split or on other data", cli_eval},
    {"predict", "answers and logits of a member on other data", cli_predict},
    {"weights", "write a member's weights for numpy", cli_weights},
    {"import", "a float network from numpy, pruned and binarised, as a member", cli_import},
    {"geometry", "how far apart the members of a family are: wiring, answers, layers",
     cli_geometry},
    {"ensemble", "accuracy of many members together, against their number", cli_ensemble},
    {"walk", "walk away from a member, as far as the networks stay good", cli_walk},
    {"path", "from one member to another by swaps: the barrier between them", cli_path},
    {"experiment", "the questions of the paper, with tables, pictures and a report",
     cli_experiment},
    {"data", "fetch a data set, or look at one", cli_data},
    {"bench", "how fast the engine is on this machine", cli_bench},
    {"car", "the driving task: replay, measure, record, drive", cli_car},
    {"drive", "let a member drive: rewards on many tracks, or one track to watch", cli_drive},
    {NULL, NULL, NULL},
};

const cli_command *cli_find_command(const char *name)
{
    for (const cli_command *command = cli_commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}
