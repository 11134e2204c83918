/* aann car: chooses the subcommand; what they share. */
#include "cli/car.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = "Usage: aann car COMMAND [OPTIONS]\n"
                           "\n"
                           "CarRacing, the same as Gymnasium's CarRacing-v3 to the last bit.\n"
                           "\n"
                           "  replay   drive recorded actions; print track and states, write pictures\n"
                           "  bench    measure steps and resets per second\n"
                           "  expert   let the expert driver drive some tracks\n"
                           "  play     drive by keyboard in the terminal\n"
                           "\n"
                           "aann car COMMAND --help says more.\n";

typedef struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv);
} subcommand;

static const subcommand subcommands[] = {{"replay", car_replay_command},
                                         {"bench", car_bench_command},
                                         {"expert", car_expert_command},
                                         {"play", car_play_command}};

int car_command(int argc, char **argv)
{
    if (argc < 2) {
        fputs(help, stderr);
        return CAR_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        fputs(help, stdout);
        return CAR_EXIT_GOOD;
    }
    for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++) {
        if (strcmp(argv[1], subcommands[i].name) == 0) {
            return subcommands[i].run(argc - 1, argv + 1);
        }
    }
    return car_fail(CAR_EXIT_USAGE, "no command \"%s\"; expected replay, bench, expert or play", argv[1]);
}

int car_fail(int exit_code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("aann car: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return exit_code;
}

static const car_option *find_option(const char *name, const car_option *options, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(options[i].name, name) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

bool car_read_options(int argc, char **argv, const car_option *options, int count)
{
    for (int i = 1; i < argc; i++) {
        const car_option *option = find_option(argv[i], options, count);
        if (option == NULL) {
            car_fail(CAR_EXIT_USAGE, "unknown option \"%s\"; see aann car %s --help", argv[i], argv[0]);
            return false;
        }
        if (option->value == NULL) {
            *option->present = true;
        } else if (i + 1 < argc) {
            i++;
            *option->value = argv[i];
        } else {
            car_fail(CAR_EXIT_USAGE, "option \"%s\" needs a value", argv[i]);
            return false;
        }
    }
    return true;
}

bool car_wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

/* Reads digits up to `end`; returns where they end, or NULL. */
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

bool car_read_number(const char *text, uint64_t *number)
{
    const char *end = read_digits(text, number);
    return end != NULL && *end == '\0';
}

bool car_read_range(const char *text, uint64_t *first, uint64_t *end)
{
    const char *rest = read_digits(text, first);
    if (rest == NULL) {
        return false;
    }
    if (*rest == '\0') {
        *end = *first + 1;
        return *end != 0;
    }
    return *rest == ':' && car_read_number(rest + 1, end) && *end > *first;
}
