/* The table of commands: a new one is a file with its function, a line in command.h, and a line here. */
#include "cli/command.h"

#include <string.h>

const cli_command cli_commands[] = {
    {"search", "[mnist|fashion-mnist|carracing] [OPTIONS]",
     "find a family of networks and store it in a study", cli_search},
    {"resume", "STUDY [OPTIONS]", "go on with what is unfinished in a study", cli_resume},
    {"list", "STUDY [OPTIONS]", "list families and members", cli_list},
    {"show", "STUDY ID [OPTIONS]", "show one member: counts, filters, confusion matrix", cli_show},
    {"eval", "STUDY ID [OPTIONS]", "accuracy, loss and confusion of a member on a split or on other data",
     cli_eval},
    {"predict", "STUDY ID --data FILE [OPTIONS]", "answers and logits of a member on other data",
     cli_predict},
    {"weights", "STUDY ID --npz FILE [OPTIONS]", "write a member's weights for numpy", cli_weights},
    {"import", "FILE.npz [mnist|fashion-mnist|carracing] [OPTIONS]",
     "a float network from numpy, pruned and binarised, as a member", cli_import},
    {"geometry", "STUDY [OPTIONS]", "how far apart the members of a family are: wiring, answers, layers",
     cli_geometry},
    {"ensemble", "STUDY [OPTIONS]", "accuracy of many members together, against their number", cli_ensemble},
    {"walk", "STUDY ID [OPTIONS]", "walk away from a member, as far as the networks stay good", cli_walk},
    {"path", "STUDY A B [OPTIONS]", "from one member to another by swaps: the barrier between them",
     cli_path},
    {"experiment", "paper --out DIR [OPTIONS]",
     "the questions of the paper, with tables, pictures and a report", cli_experiment},
    {"data", "fetch NAME | show FILE [OPTIONS]", "fetch a data set, or look at one", cli_data},
    {"bench", "engine|forward|machine [OPTIONS]", "how fast the engine is on this machine", cli_bench},
    {"car", "replay|bench|expert|record|play [OPTIONS]", "the driving task: replay, measure, record, drive",
     cli_car},
    {"drive", "STUDY ID [OPTIONS]", "let a member drive: rewards on many tracks, or one track to watch",
     cli_drive},
    {NULL, NULL, NULL, NULL},
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
