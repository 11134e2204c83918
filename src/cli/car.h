/* aann car: the driving environment from the command line. */
#ifndef AANN_CLI_CAR_H
#define AANN_CLI_CAR_H

#include <stdbool.h>
#include <stdint.h>

/* Runs `aann car SUBCOMMAND ...`; argv[0] is "car". Returns the exit code: 0 good, 1 failed, 2 usage. */
int car_command(int argc, char **argv);

/* The subcommands; argv[0] is the subcommand's name. */
int car_replay_command(int argc, char **argv);
int car_bench_command(int argc, char **argv);
int car_expert_command(int argc, char **argv);
int car_play_command(int argc, char **argv);

enum { CAR_EXIT_GOOD = 0, CAR_EXIT_FAILED = 1, CAR_EXIT_USAGE = 2 };

/* Prints "aann car: ..." to the error output and returns the exit code. */
int car_fail(int exit_code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A command line as options: --name value, or --name alone for switches. */
typedef struct car_option {
    const char *name;   /* with its dashes */
    const char **value; /* where the value goes; NULL for a switch */
    bool *present;      /* set for a switch */
} car_option;

/* Reads argv[1..argc-1]. Returns false, with a message printed, at anything unknown or incomplete. --help is left to the caller. */
bool car_read_options(int argc, char **argv, const car_option *options, int count);

/* Whether --help or -h is among the arguments. */
bool car_wants_help(int argc, char **argv);

/* Whole numbers, and ranges "first:end" (end excluded; one number stands for itself). Return false if the text is not one. */
bool car_read_number(const char *text, uint64_t *number);
bool car_read_range(const char *text, uint64_t *first, uint64_t *end);

#endif
