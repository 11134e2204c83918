/* What a command is. Each is a file of this folder, or has its own room; commands.c lists them. */
#ifndef AANN_CLI_COMMANDS_COMMAND_H
#define AANN_CLI_COMMANDS_COMMAND_H

#include "cli/shared/exit_status.h"

typedef struct cli_command {
    const char *name;    /* as typed */
    const char *summary; /* one line, for the list of commands */
    /* Does it; arguments[count] are those after the command's name. Returns the exit status. */
    int (*run)(int count, char **arguments);
} cli_command;

/* All commands, in the order in which they are explained; the last has no name. */
extern const cli_command cli_commands[];

/* The command of this name, or NULL. */
const cli_command *cli_find_command(const char *name);

/* The program, with the arguments of main(); returns its exit status. */
int cli_program(int count, char **arguments);

int cli_search(int count, char **arguments);
int cli_resume(int count, char **arguments);
int cli_merge(int count, char **arguments);
int cli_list(int count, char **arguments);
int cli_show(int count, char **arguments);
int cli_eval(int count, char **arguments);
int cli_predict(int count, char **arguments);
int cli_save(int count, char **arguments);
int cli_export(int count, char **arguments);
int cli_weights(int count, char **arguments);
int cli_import(int count, char **arguments);
int cli_geometry(int count, char **arguments);
int cli_ensemble(int count, char **arguments);
int cli_report(int count, char **arguments);
int cli_walk(int count, char **arguments);
int cli_certify(int count, char **arguments);
int cli_connect(int count, char **arguments);
int cli_path(int count, char **arguments);
int cli_sample(int count, char **arguments);
int cli_volume(int count, char **arguments);
int cli_gallery_command(int count, char **arguments);
int cli_options(int count, char **arguments);
int cli_data(int count, char **arguments);
int cli_bench(int count, char **arguments);
int cli_completion(int count, char **arguments);

#endif
