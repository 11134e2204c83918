/* aann experiment: the questions of the paper, asked of families that it grows. */
#ifndef AANN_CLI_PAPER_EXPERIMENT_H
#define AANN_CLI_PAPER_EXPERIMENT_H

/* As every command: arguments[count] are those after its name; returns the exit status. */
int cli_experiment(int count, char **arguments);

#endif
