/* From the library's table of options to a command's, and back. */
#include "cli/shared/search_options.h"

#include <stdio.h>
#include <string.h>

#include "cli/shared/message.h"

bool cli_search_offers(const aann_option *option)
{
    static const char *const elsewhere[] = {"regression", "reward_tracks", "reward_first_track",
                                            "threads", "isa"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        if (strcmp(option->name, elsewhere[i]) == 0) {
            return false;
        }
    }
    return true;
}

void cli_search_name(const aann_option *option, char name[CLI_NAME_SIZE])
{
    const bool turns_off = option->type == AANN_OPTION_BOOL && option->initial != 0.0;
    snprintf(name, CLI_NAME_SIZE, "%s%s", turns_off ? "no-" : "", option->name);
    for (char *at = name; *at != '\0'; at++) {
        *at = *at == '_' ? '-' : *at;
    }
}

static void write_help(const aann_option *option, char help[CLI_HELP_SIZE])
{
    const char *mark = option->determines_result ? "* " : "";
    if (option->type == AANN_OPTION_BOOL || option->type == AANN_OPTION_REALS) {
        const bool turns_off = option->type == AANN_OPTION_BOOL && option->initial != 0.0;
        snprintf(help, CLI_HELP_SIZE, "%s%s%s", mark, turns_off ? "do not " : "", option->help);
        return;
    }
    const aann_search_options usual = aann_search_options_default();
    char value[AANN_OPTION_TEXT_SIZE];
    aann_error error;
    if (aann_search_options_format(&usual, option->name, value, sizeof value, &error) == AANN_OK) {
        snprintf(help, CLI_HELP_SIZE, "%s%s (%s)", mark, option->help, value);
    }
}

static void add(cli_search_options *offered, const aann_option *option, cli_option *row)
{
    cli_named *named = &offered->named[offered->count++];
    named->option = option;
    cli_search_name(option, named->name);
    write_help(option, named->help);
    *row = (cli_option){.name = named->name,
                        .kind = CLI_NAMED,
                        .value = named,
                        .argument = option->argument,
                        .help = named->help};
}

size_t cli_search_add(cli_search_options *offered, const char *name, cli_option *list)
{
    add(offered, aann_option_find(name), list);
    return 1;
}

size_t cli_search_add_group(cli_search_options *offered, aann_option_group group, cli_option *list)
{
    size_t count;
    size_t added = 0;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (table[i].group == group && cli_search_offers(&table[i])) {
            add(offered, &table[i], &list[added++]);
        }
    }
    return added;
}

const char *cli_search_text(const cli_search_options *offered, const char *name)
{
    const aann_option *option = aann_option_find(name);
    for (size_t i = 0; i < offered->count; i++) {
        if (offered->named[i].option == option) {
            return offered->named[i].text;
        }
    }
    return NULL;
}

void cli_search_apply(const cli_search_options *offered, aann_search_options *options)
{
    for (size_t i = 0; i < offered->count; i++) {
        const cli_named *named = &offered->named[i];
        aann_error error; /* cli_parse has refused what is none */
        if (named->text != NULL) {
            (void)aann_search_options_set(options, named->option->name, named->text, &error);
        }
    }
}

bool cli_search_check_list(const cli_search_options *offered, const char *name, int32_t count,
                           const char *what)
{
    const char *text = cli_search_text(offered, name);
    if (text == NULL) {
        return true;
    }
    int32_t found = 1;
    for (const char *at = text; *at != '\0'; at++) {
        found += *at == ',';
    }
    if (found != count) {
        char typed[CLI_NAME_SIZE];
        cli_search_name(aann_option_find(name), typed);
        cli_usage_error("--%s: %d numbers for %d %s", typed, found, count, what);
    }
    return found == count;
}
