/* aann: the program. It finds the command and lets it run. */
#include <stdio.h>
#include <string.h>

#include "aann/version.h"
#include "cli/commands/command.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

enum { MOST_COMMANDS = 64 };

static void print_usage(void)
{
    cli_print("aann %s: families of sparse networks with weights -1, 0 and +1,\n"
              "found by stochastic search, without backpropagation\n"
              "\n"
              "usage: aann COMMAND [ARGUMENTS] [OPTIONS]\n\n",
              aann_version());
    for (const cli_command *command = cli_commands; command->name != NULL; command++) {
        cli_print("  %-11s %s\n", command->name, command->summary);
    }
    printf("\n'aann COMMAND --help' explains a command. A first family, in a few minutes:\n\n"
           "  aann search mnist --members 4 --study mnist.aann\n");
}

static int unknown_command(const char *name)
{
    const char *names[MOST_COMMANDS + 1];
    size_t count = 0;
    for (const cli_command *command = cli_commands; command->name != NULL && count < MOST_COMMANDS;
         command++) {
        names[count++] = command->name;
    }
    names[count] = NULL;
    const char *nearest = cli_nearest(name, names);
    if (nearest != NULL) {
        return cli_usage_error("there is no command '%s'; did you mean '%s'?", name, nearest);
    }
    return cli_usage_error("there is no command '%s'; see aann --help", name);
}

int main(int count, char **arguments)
{
    cli_ignore_write_signals();
    if (count < 2) {
        return cli_usage_error("missing command; see aann --help");
    }
    const char *name = arguments[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_usage();
        return cli_finish_output(CLI_GOOD);
    }
    if (strcmp(name, "--version") == 0) {
        cli_print("aann %s\n", aann_version());
        return cli_finish_output(CLI_GOOD);
    }
    const cli_command *command = cli_find_command(name);
    return command != NULL ? command->run(count - 2, arguments + 2) : unknown_command(name);
}
