/* The program: it finds the command and lets it run. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "aann/task.h"
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
    printf("\n'aann COMMAND --help' or 'aann help COMMAND' explains a command. A first\n"
           "family, in a few minutes:\n\n"
           "  aann search mnist --members 4 --study mnist.aann\n");
}

static void print_version(void)
{
    cli_print("aann %s\n", aann_version());
}

static int unknown_command(const char *name)
{
    static const char *const others[] = {"help", "version", "--help", "--version"};
    enum { OTHERS = sizeof others / sizeof others[0] };
    const char *names[MOST_COMMANDS + OTHERS + 1];
    size_t count = 0;
    for (const cli_command *command = cli_commands; command->name != NULL && count < MOST_COMMANDS;
         command++) {
        names[count++] = command->name;
    }
    memcpy(names + count, others, sizeof others);
    names[count + OTHERS] = NULL;
    const char *nearest = cli_nearest(name, names);
    if (nearest != NULL) {
        return cli_usage_error("there is no command '%s'; did you mean '%s'?", name, nearest);
    }
    return cli_usage_error("there is no command '%s'; see aann --help", name);
}

/* "help", or "help car bench": as "car bench --help". */
static int explain(int count, char **arguments)
{
    enum { MOST_WORDS = 4 };
    char *asked[MOST_WORDS];
    char help[] = "--help";
    if (count == 0) {
        print_usage();
        return cli_finish_output(CLI_GOOD);
    }
    const cli_command *command = cli_find_command(arguments[0]);
    if (command == NULL) {
        return unknown_command(arguments[0]);
    }
    const int words = count < MOST_WORDS ? count - 1 : MOST_WORDS - 1;
    memcpy(asked, arguments + 1, (size_t)words * sizeof *asked);
    asked[words] = help;
    return command->run(words + 1, asked);
}

/* ---- completion ------------------------------------------------------------------------------ */

static void print_commands(void)
{
    for (const cli_command *command = cli_commands; command->name != NULL; command++) {
        cli_print("%s\t\t%s\n", command->name, command->summary);
    }
    printf("help\t\texplain a command\nversion\t\tprint the version\n");
}

/* The tasks of `search`, which it takes as a word. */
static void print_tasks(void)
{
    size_t count;
    const aann_task_preset *presets = aann_task_preset_table(&count);
    for (size_t i = 0; i < count; i++) {
        cli_print("%s\t\ta task\n", presets[i].name);
    }
}

/* Commands that have subcommands with options of their own. */
static bool has_subcommands(const char *name)
{
    return strcmp(name, "car") == 0 || strcmp(name, "export") == 0;
}

/* What can follow the words: of `car`, its subcommands or the options of one. */
static int print_words(const char *name, char *second)
{
    char list[] = "--list-options";
    char *arguments[] = {second, list};
    const cli_command *command = name != NULL ? cli_find_command(name) : NULL;
    if (name != NULL && (strcmp(name, "help") == 0 || strcmp(name, "version") == 0)) {
        name = strcmp(name, "help") == 0 ? NULL : "";
    }
    if (name == NULL) {
        print_commands();
        return cli_finish_output(CLI_GOOD);
    }
    if (command == NULL) {
        return CLI_USAGE;
    }
    if (strcmp(name, "search") == 0) {
        print_tasks();
    } else if (strcmp(name, "data") == 0) {
        printf("show\t\tdescribe a file\nfetch\t\tfetch a data set\n");
    } else if (strcmp(name, "completion") == 0) {
        printf("bash\t\ta shell\nzsh\t\ta shell\nfish\t\ta shell\n");
    }
    const bool has_parts =
        has_subcommands(name) && second != NULL && second[0] != '\0' && second[0] != '-';
    return has_parts ? command->run(2, arguments) : command->run(1, arguments + 1);
}

/* ---- the program ----------------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

int cli_program(int count, char **arguments)
{
    cli_ignore_write_signals();
    if (count < 2) {
        return cli_usage_error("missing command; see aann --help");
    }
    const char *name = arguments[1];
    if (is_one_of(name, "help", "--help", "-h")) {
        return explain(count - 2, arguments + 2);
    }
    if (is_one_of(name, "version", "--version", "-V")) {
        print_version();
        return cli_finish_output(CLI_GOOD);
    }
    if (count >= 3 && strcmp(name, "completion") == 0 && strcmp(arguments[2], "words") == 0) {
        return print_words(count > 3 ? arguments[3] : NULL, count > 4 ? arguments[4] : NULL);
    }
    const cli_command *command = cli_find_command(name);
    return command != NULL ? command->run(count - 2, arguments + 2) : unknown_command(name);
}
