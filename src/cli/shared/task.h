/* A task as it is given to a command: data, network and counts, by a preset's name or by
 * options. */
#ifndef AANN_CLI_SHARED_TASK_H
#define AANN_CLI_SHARED_TASK_H

#include "aann/family.h"
#include "aann/options.h"
#include "cli/shared/load.h"
#include "cli/shared/options.h"

enum { CLI_TASK_OPTIONS = 20 + CLI_LOAD_OPTIONS, CLI_TASK_NAME = 128 };

/* Everything that can be typed. Always start from cli_default_task(). */
typedef struct cli_task {
    const char *name;               /* "mnist", or NULL */
    const aann_task_preset *preset; /* set by cli_task_check */
    bool effort;   /* the search is planned: the preset's sparsity is that for an effort */
    bool has_spec; /* network and data can come from elsewhere: --net is not needed */
    const char *data, *test, *labels, *test_labels, *net, *input, *validation, *split,
        *class_weights, *encoding, *constant;
    cli_load load;
    uint64_t seed; /* of the split */
    int64_t samples, certification;
    cli_reals sparsity_per_layer, shifts;
    double sparsity, excitatory;
} cli_task;

cli_task cli_default_task(void);

/* Writes the options of a task, under three headings, to options[CLI_TASK_OPTIONS]; returns how
 * many. */
size_t cli_task_options(cli_task *task, cli_option *options);

/* Says what is missing or does not go together (with `command` in front), and returns false. */
bool cli_task_check(const char *command, cli_task *task);

/* Whether it has a data set that is fetched by name. Valid after cli_task_check. */
bool cli_task_has_data(const cli_task *task);

/* Fetches and loads the data. False, with a line on the standard error and an exit status, if that
 * fails. */
bool cli_task_load(const cli_task *task, bool quiet, aann_family_data **data, int *status);

/* What should be known about the data, on the standard error. */
void cli_task_print_notes(const aann_family_data *data);

/* The network for these data: as typed, else the task's, else what the library chooses. */
aann_status cli_task_spec(const cli_task *task, const aann_family_data *data, aann_spec *spec,
                          aann_error *error);

/* Puts sparsities and shifts that were given over those of a network from elsewhere. */
aann_status cli_task_counts(const cli_task *task, aann_spec *spec, aann_error *error);

/* What a family is called: as given, else "mnist", or the data file's name without folder and
 * ending. */
void cli_task_name(const cli_task *task, const char *given, char name[CLI_TASK_NAME]);

#endif
