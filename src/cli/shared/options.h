/* Options of a command: a table says what there is, and gives the help as well.
 *
 *     int32_t members = 4;
 *     const char *study = NULL;
 *     const cli_option options[] = {
 *         {.name = "members", .kind = CLI_INT, .value = &members, .least = 1, .most = 1000, .argument = "N",
 *          .help = "networks in the family (4)"},
 *         {.name = "study", .kind = CLI_TEXT, .value = &study, .argument = "FILE", .help = "where it is kept"},
 *         {0}};
 *     const char *positional[2];
 *     const cli_syntax syntax = {"search", "[OPTIONS]", "what it does.", options, positional, 0, 2};
 *     int status;
 *     if (!cli_parse(&syntax, count, arguments, &status)) {
 *         return status;
 *     }
 *
 * Both "--name value" and "--name=value" are understood; "--" ends the options. Of an
 * option that is given twice the last counts; one that names a file is then refused. --help and --json are known to every command. Whole numbers may be typed
 * as 1e5 or 10k. --list-options as the first argument prints the options for a shell's completion,
 * one a line: "--name", what kind of value it takes, what it does, with tabs between them. */
#ifndef AANN_CLI_SHARED_OPTIONS_H
#define AANN_CLI_SHARED_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/options.h"

typedef enum cli_kind {
    CLI_FLAG,     /* bool: given or not */
    CLI_CLEAR,    /* bool: false if given (--no-...) */
    CLI_TEXT,     /* const char * */
    CLI_INT,      /* int32_t in least..most */
    CLI_LONG,     /* int64_t in least..most */
    CLI_REAL,     /* double in least..most */
    CLI_REALS,    /* cli_reals: a list 1,2,3 of numbers in least..most */
    CLI_PERCENT,  /* double in least..most, "90" or "90%"; a share such as 0.9 is refused */
    CLI_PERCENTS, /* cli_reals: a list of them */
    CLI_SECONDS,  /* double in least..most: "90", "90s", "5m", "2h", "1d" */
    CLI_NAMED,    /* cli_named: an option of the library's table */
    CLI_HEADING   /* no option: `name` stands above those that follow, in the help */
} cli_kind;

enum { CLI_LONGEST_LIST = 64, CLI_NAME_SIZE = 48, CLI_HELP_SIZE = 192, CLI_NUMBER_SIZE = 72 };

/* Checked and explained by the table (cli/shared/search_options.h). */
typedef struct cli_named {
    const aann_option *option;
    const char *text;             /* as it was typed, or `number`; NULL: it was not */
    char number[CLI_NUMBER_SIZE]; /* "10e3" for "10k" */
    char name[CLI_NAME_SIZE];
    char help[CLI_HELP_SIZE];
} cli_named;

typedef struct cli_reals {
    double values[CLI_LONGEST_LIST];
    size_t count; /* 0: not given */
} cli_reals;

typedef struct cli_option {
    const char *name; /* without the dashes */
    cli_kind kind;
    void *value;
    double least;
    double most;
    const char *argument; /* "N", for the help */
    const char *help;     /* wrapped where it is too long for a line of the help */
    bool *given;          /* set if it was given; NULL: nobody asks */
} cli_option;

typedef struct cli_syntax {
    const char *command;
    const char *usage;         /* what follows it: "STUDY ID [OPTIONS]"; NULL: "[OPTIONS]" */
    const char *description;   /* for the help: what it does, with examples; lines end in \n */
    const cli_option *options; /* the last has no name */
    const char **positional;   /* [most_positional]; those not given are NULL */
    int least_positional;
    int most_positional;
    bool *json; /* set if --json was given */
} cli_syntax;

/* The argument that asks for the options, for completion. */
extern const char cli_list_options[];

/* Parses arguments[count]. Returns false if the command is over already, because of --help or of a
 * mistake, with its exit status. */
bool cli_parse(const cli_syntax *syntax, int count, char **arguments, int *status);

/* Numbers as texts, whole, in range: false, with a line on the standard error, if they are not. */
bool cli_parse_long(const char *name, const char *text, double least, double most, int64_t *value);
bool cli_parse_real(const char *name, const char *text, double least, double most, double *value);

/* An accuracy as people give it: above 1 it is percent, up to 1 a share. */
double cli_accuracy(double given);

#endif
