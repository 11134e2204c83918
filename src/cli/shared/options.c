/* Parsing options by a table, and explaining them from the same table. */
#include "cli/shared/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/quantity.h"
#include "cli/shared/text.h"

const char cli_list_options[] = "--list-options";

enum { MOST_OPTIONS = 160, HELP_WIDTH = 78, HELP_COLUMN = 28 };

/* ---- help ------------------------------------------------------------------------------------ */

/* Prints words from column `at` on, and goes on in column `indent` of the next line where one does
 * not fit. Returns the column it ends in. */
static int print_words(const char *text, int at, int indent)
{
    while (*text != '\0') {
        const int length = (int)strcspn(text, " ");
        if (at > indent && at + 1 + length > HELP_WIDTH) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            putchar(' ');
            at++;
        }
        printf("%.*s", length, text);
        at += length;
        text += length;
        text += strspn(text, " ");
    }
    return at;
}

static void print_option(const char *name, const char *argument, const char *help)
{
    const int used =
        printf("  --%s%s%s", name, argument != NULL ? " " : "", argument != NULL ? argument : "");
    if (used >= HELP_COLUMN) {
        printf("\n%*s", HELP_COLUMN, "");
    } else {
        printf("%*s", HELP_COLUMN - used, "");
    }
    print_words(help, HELP_COLUMN, HELP_COLUMN);
    putchar('\n');
}

static const char *usage(const cli_syntax *syntax)
{
    return syntax->usage != NULL ? syntax->usage : "[OPTIONS]";
}

static void print_help(const cli_syntax *syntax)
{
    printf("usage: aann %s %s\n\n%s\n", syntax->command, usage(syntax), syntax->description);
    const cli_option *option = syntax->options;
    if (option->kind != CLI_HEADING) {
        printf("Options:\n");
    }
    for (; option->name != NULL; option++) {
        if (option->kind == CLI_HEADING) {
            printf("%s%s:\n", option == syntax->options ? "" : "\n", option->name);
        } else {
            print_option(option->name, option->argument, option->help);
        }
    }
    if (syntax->json != NULL) {
        print_option("json", NULL, "print the result as JSON: the last line is one object");
    }
    print_option("help", NULL, "print this text");
}

/* ---- completion ------------------------------------------------------------------------------ */

/* What a shell can offer as a value: "FILE", "DIR", "=a b c" for names, or only that there is one. */
static void print_value_kind(const cli_option *option)
{
    const cli_named *named = option->kind == CLI_NAMED ? option->value : NULL;
    if (named != NULL && named->option->choices != NULL) {
        for (size_t i = 0; named->option->choices[i] != NULL; i++) {
            cli_print("%c%s", i == 0 ? '=' : ' ', named->option->choices[i]);
        }
    } else if (option->argument != NULL) {
        const bool folder = strcmp(option->argument, "DIR") == 0;
        const bool file = strstr(option->argument, "FILE") != NULL ||
                          strncmp(option->argument, "OUT", 3) == 0 ||
                          strncmp(option->argument, "STUDY", 5) == 0;
        printf("%s", folder ? "DIR" : file ? "FILE" : "VALUE");
    }
}

static void list_options(const cli_syntax *syntax)
{
    for (const cli_option *option = syntax->options; option->name != NULL; option++) {
        if (option->kind != CLI_HEADING) {
            printf("--%s\t", option->name);
            print_value_kind(option);
            printf("\t%s\n", option->help);
        }
    }
    if (syntax->json != NULL) {
        printf("--json\t\tprint the result as JSON\n");
    }
    printf("--help\t\tprint the help\n");
}

/* ---- values ---------------------------------------------------------------------------------- */

/* "1 to 1000", or what is left of that where a side is open. */
static void describe_range(double least, double most, char *text, size_t size)
{
    if (isinf(most)) {
        snprintf(text, size, "at least %.10g", least);
    } else {
        snprintf(text, size, "%.10g to %.10g", least, most);
    }
}

/* `plain` is the number that was typed as `text`, which the message quotes. */
static bool parse_plain(const char *name, const char *text, const char *plain, double least,
                        double most, double *value)
{
    double parsed;
    if (!aann_real_parse(plain, &parsed) || !(parsed >= least && parsed <= most)) {
        char range[64];
        describe_range(least, most, range, sizeof range);
        cli_usage_error("%s: '%s' is not a number in range; expected %s", name, text, range);
        return false;
    }
    *value = parsed;
    return true;
}

bool cli_parse_real(const char *name, const char *text, double least, double most, double *value)
{
    return parse_plain(name, text, text, least, most, value);
}

bool cli_parse_long(const char *name, const char *text, double least, double most, int64_t *value)
{
    int64_t parsed;
    char plain[CLI_QUANTITY_SIZE];
    cli_quantity_count(text, plain);
    if (!aann_int64_parse(plain, &parsed) || !((double)parsed >= least && (double)parsed <= most)) {
        char range[64];
        describe_range(least, most, range, sizeof range);
        cli_usage_error("%s: '%s' is not a whole number in range; expected %s", name, text, range);
        return false;
    }
    *value = parsed;
    return true;
}

static bool parse_reals(const char *name, const char *text, const cli_option *option,
                        cli_reals *reals)
{
    char part[64];
    reals->count = 0;
    for (const char *at = text;; at++) {
        const size_t length = strcspn(at, ",");
        if (reals->count == CLI_LONGEST_LIST || length >= sizeof part) {
            cli_usage_error("%s: the list '%s' is too long; expected at most %d numbers", name,
                            text, CLI_LONGEST_LIST);
            return false;
        }
        memcpy(part, at, length);
        part[length] = '\0';
        char plain[CLI_QUANTITY_SIZE];
        snprintf(plain, sizeof plain, "%s", part);
        if ((option->kind == CLI_PERCENTS && !cli_quantity_percent(name, part, plain)) ||
            !parse_plain(name, part, plain, option->least, option->most,
                         &reals->values[reals->count])) {
            return false;
        }
        reals->count++;
        at += length;
        if (*at == '\0') {
            return true;
        }
    }
}

/* Keeps a text that the library takes for this option. */
static bool set_named(cli_named *named, const char *name, const char *text)
{
    if (named->option->type == AANN_OPTION_BOOL) {
        named->text = named->option->initial != 0.0 ? "false" : "true";
        return true;
    }
    aann_error error;
    aann_search_options tried = aann_search_options_default();
    cli_quantity_count(text, named->number);
    const bool has_unit = strcmp(named->number, text) != 0 && strlen(text) < CLI_NUMBER_SIZE;
    named->text = has_unit ? named->number : text;
    if (aann_search_options_set(&tried, name, named->text, &error) != AANN_OK) {
        (void)aann_search_options_set(&tried, name, text, &error); /* it quotes what was typed */
        cli_usage_error("%s", error.message);
        return false;
    }
    return true;
}

/* Takes no value. */
static bool stands_alone(const cli_option *option)
{
    return option->kind == CLI_FLAG || option->kind == CLI_CLEAR ||
           (option->kind == CLI_NAMED &&
            ((const cli_named *)option->value)->option->type == AANN_OPTION_BOOL);
}

static bool set_value(const cli_option *option, const char *text)
{
    char name[64];
    char plain[CLI_QUANTITY_SIZE];
    snprintf(name, sizeof name, "--%s", option->name);
    int64_t whole;
    switch (option->kind) {
    case CLI_HEADING: return false;
    case CLI_NAMED: return set_named(option->value, name, text);
    case CLI_FLAG: *(bool *)option->value = true; return true;
    case CLI_CLEAR: *(bool *)option->value = false; return true;
    case CLI_TEXT: *(const char **)option->value = text; return true;
    case CLI_LONG: return cli_parse_long(name, text, option->least, option->most, option->value);
    case CLI_REAL: return cli_parse_real(name, text, option->least, option->most, option->value);
    case CLI_PERCENT:
        return cli_quantity_percent(name, text, plain) &&
               parse_plain(name, text, plain, option->least, option->most, option->value);
    case CLI_SECONDS:
        cli_quantity_seconds(text, plain);
        return parse_plain(name, text, plain, option->least, option->most, option->value);
    case CLI_REALS:
    case CLI_PERCENTS: return parse_reals(name, text, option, option->value);
    case CLI_INT:
        if (!cli_parse_long(name, text, option->least, option->most, &whole)) {
            return false;
        }
        *(int32_t *)option->value = (int32_t)whole;
        return true;
    }
    return false;
}

/* ---- arguments ------------------------------------------------------------------------------- */

static bool unknown_option(const cli_syntax *syntax, const char *name)
{
    const char *names[MOST_OPTIONS + 3];
    size_t count = 0;
    for (const cli_option *option = syntax->options; option->name != NULL && count < MOST_OPTIONS;
         option++) {
        if (option->kind != CLI_HEADING) {
            names[count++] = option->name;
        }
    }
    names[count++] = "help";
    names[count] = NULL;
    if (syntax->json != NULL) {
        names[count++] = "json";
        names[count] = NULL;
    }
    const char *nearest = cli_nearest(name, names);
    if (nearest != NULL) {
        cli_usage_error("%s: unknown option --%s; did you mean --%s?", syntax->command, name,
                        nearest);
    } else {
        cli_usage_error("%s: unknown option --%s; see aann %s --help", syntax->command, name,
                        syntax->command);
    }
    return false;
}

static const cli_option *find_option(const cli_syntax *syntax, const char *name)
{
    for (const cli_option *option = syntax->options; option->name != NULL; option++) {
        if (option->kind != CLI_HEADING && strcmp(option->name, name) == 0) {
            return option;
        }
    }
    return NULL;
}

/* The last of several values counts, so that a script can put its own behind others. Of two files one
 * would be forgotten, although both may be meant. */
static bool is_repeated(const cli_syntax *syntax, const cli_option *option, bool *seen)
{
    const ptrdiff_t index = option - syntax->options;
    const bool repeated = index < MOST_OPTIONS && seen[index];
    if (index < MOST_OPTIONS) {
        seen[index] = true;
    }
    const bool is_file = option->kind == CLI_TEXT && option->argument != NULL &&
                         strstr(option->argument, "FILE") != NULL;
    if (repeated && is_file) {
        cli_usage_error("%s: --%s is given twice; expected once", syntax->command, option->name);
    }
    return repeated && is_file;
}

/* Takes the option at arguments[*at], and moves *at to its last argument. `seen` are those that were
 * given before. */
static bool take_option(const cli_syntax *syntax, int count, char **arguments, int *at, bool *seen)
{
    char name[64];
    const char *text = arguments[*at] + 2;
    const size_t length = strcspn(text, "=");
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), text);
    const char *value = text[length] == '=' ? text + length + 1 : NULL;
    if (syntax->json != NULL && strcmp(name, "json") == 0 && value == NULL) {
        *syntax->json = true;
        return true;
    }
    const cli_option *option = find_option(syntax, name);
    if (option == NULL) {
        return unknown_option(syntax, name);
    }
    const bool alone = stands_alone(option);
    if (alone && value != NULL) {
        cli_usage_error("%s: --%s takes no value", syntax->command, name);
        return false;
    }
    if (!alone && value == NULL) {
        if (*at + 1 >= count) {
            cli_usage_error("%s: --%s needs a value: --%s %s", syntax->command, name, name,
                            option->argument != NULL ? option->argument : "VALUE");
            return false;
        }
        value = arguments[++*at];
    }
    if (is_repeated(syntax, option, seen)) {
        return false;
    }
    if (option->given != NULL) {
        *option->given = true;
    }
    return set_value(option, value);
}

static bool asks_for_help(int count, char **arguments)
{
    for (int i = 0; i < count && strcmp(arguments[i], "--") != 0; i++) {
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

/* Options and positional arguments, in any order. */
static bool take_all(const cli_syntax *syntax, int count, char **arguments)
{
    int found = 0;
    bool options_end = false;
    bool seen[MOST_OPTIONS] = {false};
    for (int i = 0; i < count; i++) {
        const char *argument = arguments[i];
        if (!options_end && strcmp(argument, "--") == 0) {
            options_end = true;
        } else if (!options_end && strncmp(argument, "--", 2) == 0) {
            if (!take_option(syntax, count, arguments, &i, seen)) {
                return false;
            }
        } else if (!options_end && argument[0] == '-' && argument[1] != '\0') {
            cli_usage_error("%s: unknown option %s; see aann %s --help", syntax->command, argument,
                            syntax->command);
            return false;
        } else if (found == syntax->most_positional) {
            cli_usage_error("%s: unexpected argument '%s'; see aann %s --help", syntax->command,
                            argument, syntax->command);
            return false;
        } else {
            syntax->positional[found++] = argument;
        }
    }
    if (found < syntax->least_positional) {
        cli_usage_error("%s: too few arguments; usage: aann %s %s", syntax->command,
                        syntax->command, usage(syntax));
        return false;
    }
    return true;
}

bool cli_parse(const cli_syntax *syntax, int count, char **arguments, int *status)
{
    for (int i = 0; i < syntax->most_positional; i++) {
        syntax->positional[i] = NULL;
    }
    const bool asked_to_list = count > 0 && strcmp(arguments[0], cli_list_options) == 0;
    if (asked_to_list || asks_for_help(count, arguments)) {
        if (asked_to_list) {
            list_options(syntax);
        } else {
            print_help(syntax);
        }
        *status = cli_finish_output(CLI_GOOD);
        return false;
    }
    *status = CLI_USAGE;
    return take_all(syntax, count, arguments);
}

double cli_accuracy(double given)
{
    return given > 1.0 ? given / 100.0 : given;
}
