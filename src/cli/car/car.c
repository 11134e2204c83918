/* aann car: chooses the subcommand; what they share. */
#include "cli/car/car.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/text.h"

enum { TRACKS_LIMIT = 1000000 };

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

int cli_car(int count, char **arguments)
{
    if (count < 1) {
        return cli_usage_error(
            "car: missing command; expected replay, bench, expert, record or play");
    }
    if (strcmp(arguments[0], "--help") == 0 || strcmp(arguments[0], "-h") == 0) {
        return print_usage();
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

aann_car_expert_options cli_car_expert_style(const cli_car_style *style)
{
    aann_car_expert_options options =
        style->teacher ? aann_car_expert_options_teacher() : aann_car_expert_options_default();
    options.top_speed = style->top_speed > 0.0 ? style->top_speed : options.top_speed;
    options.lateral_acceleration =
        style->lateral > 0.0 ? style->lateral : options.lateral_acceleration;
    options.widest = style->widest >= 0.0 ? style->widest : options.widest;
    return options;
}

/* Reads digits; returns where they end, or NULL. */
static const char *read_digits(const char *text, uint64_t *number)
{
    if (!isdigit((unsigned char)*text)) {
        return NULL;
    }
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 ? end : NULL;
}

bool cli_car_parse_tracks(const char *text, uint64_t *first, uint64_t *end)
{
    const char *rest = read_digits(text, first);
    bool good = false;
    if (rest != NULL && *rest == '\0') {
        *end = *first + 1;
        good = *end != 0;
    } else if (rest != NULL && *rest == ':') {
        rest = read_digits(rest + 1, end);
        good = rest != NULL && *rest == '\0' && *end > *first;
    }
    if (!good) {
        cli_usage_error("--tracks '%s'; expected FIRST:END, as in 0:20", text);
    } else if (*end - *first > TRACKS_LIMIT) {
        cli_usage_error("--tracks '%s': expected at most %d tracks", text, TRACKS_LIMIT);
        good = false;
    }
    return good;
}

static bool same_outputs(const aann_car_outputs *a, const aann_car_outputs *b)
{
    bool same = a->full == b->full;
    for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
        same = same && a->mean[o] == b->mean[o] && a->scale[o] == b->scale[o];
    }
    return same;
}

bool cli_car_driver(const cli_members *members, aann_driver *driver, int *status)
{
    aann_error error;
    *driver = (aann_driver){.networks = members->networks, .count = members->count};
    for (int32_t i = 0; i < members->count; i++) {
        aann_car_outputs outputs;
        if (aann_family_car_outputs(&members->list[i].family, &outputs, &error) != AANN_OK) {
            *status = cli_fail(&error);
            return false;
        }
        if (i > 0 && !same_outputs(&outputs, &driver->outputs)) {
            *status = cli_failed("the outputs of member %" PRId64
                                 " do not mean the same as those of the first",
                                 members->list[i].row.id);
            return false;
        }
        driver->outputs = outputs;
    }
    return true;
}
