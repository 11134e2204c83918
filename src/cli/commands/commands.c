/* The table of commands: a new one is a file with its function, a line in command.h, and a line
 * here. */
#include "cli/commands/command.h"

#include <string.h>

#include "cli/car/car.h"
#include "cli/paper/experiment.h"

const cli_command cli_commands[] = {
    {"search", "find a family of networks and store it in a study", cli_search},
    {"resume", "continue the unfinished searches of a study", cli_resume},
    {"merge", "make one study of parts that several machines searched", cli_merge},
    {"list", "list the families and members of a study", cli_list},
    {"show", "show a member: counts, filters, confusion matrix, trace", cli_show},
    {"eval", "evaluate a member on a split or on other data", cli_eval},
    {"predict", "print or write a member's answers to other data", cli_predict},
    {"save", "write a member to one small file, to be used elsewhere", cli_save},
    {"export", "write a member for use outside of aann: C, ONNX", cli_export},
    {"weights", "write the weights of a member for NumPy", cli_weights},
    {"import", "prune and binarise a float network from NumPy", cli_import},
    {"geometry", "compare members: wiring, answers, layers", cli_geometry},
    {"ensemble", "let members answer together", cli_ensemble},
    {"certify", "decide which members pass, on samples kept for it", cli_certify},
    {"walk", "walk away from a member while the networks stay good", cli_walk},
    {"path", "find a path of swaps between two members", cli_path},
    {"connect", "find which members are joined, below which loss", cli_connect},
    {"sample", "draw a family at random among the good networks", cli_sample},
    {"volume", "count the networks below a loss or above an accuracy", cli_volume},
    {"report", "write a web page about a family", cli_report},
    {"experiment", "answer the questions of the paper, with a report", cli_experiment},
    {"gallery", "list the networks that come with aann, or copy one", cli_gallery_command},
    {"options", "list the options of a search", cli_options},
    {"data", "fetch a data set, or look at one", cli_data},
    {"bench", "measure the engine on this machine", cli_bench},
    {"car", "the driving task: replay, measure, record, play", cli_car},
    {"drive", "let a member drive, for its rewards or to watch it", cli_drive},
    {"completion", "print the completion of a shell: bash, zsh or fish", cli_completion},
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
