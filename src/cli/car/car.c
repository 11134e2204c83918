/* aann car: chooses the subcommand. */
#include "cli/car/car.h"

#include <stdio.h>
#include <string.h>

#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/text.h"

typedef struct subcommand {
    const char *name;
    const char *summary;
    int (*run)(int count, char **arguments);
} subcommand;

static const subcommand subcommands[] = {
    {"replay", "drive recorded actions; print track and states, write pictures", cli_car_replay},
    {"bench", "measure steps and resets per second", cli_car_bench},
    {"expert", "let the expert driver drive some tracks", cli_car_expert},
    {"record", "demonstrations of the expert as a data set", cli_car_record},
    {"play", "drive by keyboard in the terminal", cli_car_play},
};

static int print_usage(void)
{
    printf("usage: aann car COMMAND [OPTIONS]\n\n"
           "CarRacing, the same as Gymnasium's CarRacing-v3 to the last bit.\n\n");
    for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++) {
        cli_print("  %-8s %s\n", subcommands[i].name, subcommands[i].summary);
    }
    printf("\n'aann car COMMAND --help' says more.\n");
    return cli_finish_output(CLI_GOOD);
}

/* For completion, as cli_parse lists options. */
static void list_subcommands(void)
{
    for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++) {
        cli_print("%s\t\t%s\n", subcommands[i].name, subcommands[i].summary);
    }
}

int cli_car(int count, char **arguments)
{
    if (count < 1) {
        return cli_usage_error(
            "car: missing command; expected replay, bench, expert, record or play");
    }
    if (strcmp(arguments[0], "--help") == 0 || strcmp(arguments[0], "-h") == 0) {
        return print_usage();
    }
    if (strcmp(arguments[0], cli_list_options) == 0) {
        list_subcommands();
        return cli_finish_output(CLI_GOOD);
    }
    for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++) {
        if (strcmp(arguments[0], subcommands[i].name) == 0) {
            return subcommands[i].run(count - 1, arguments + 1);
        }
    }
    return cli_usage_error(
        "car: there is no command '%s'; expected replay, bench, expert, record or play",
        arguments[0]);
}
