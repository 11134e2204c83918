/* aann options: the library's table of search options, for people, programs and the documentation.
 * docs/options.md is what --markdown prints. */
#include <stdio.h>
#include <string.h>

#include "cli/commands/command.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/search_options.h"
#include "cli/shared/text.h"

static const char description[] =
    "Lists the options of a search: name, default, range and meaning. These are\n"
    "the names in the settings of 'aann experiment', in the JSON of a study and\n"
    "in C and Python; on the command line they are written with dashes.\n"
    "\n"
    "  aann options\n"
    "  aann options --json\n"
    "  aann options --markdown > docs/options.md\n";

/* An option as texts. */
typedef struct row {
    const aann_option *option;
    char initial[AANN_OPTION_TEXT_SIZE]; /* "" for a list, which is empty */
    char range[96];
} row;

static row describe(const aann_option *option)
{
    row described = {.option = option};
    const aann_search_options usual = aann_search_options_default();
    aann_error error;
    if (option->type != AANN_OPTION_REALS) {
        (void)aann_search_options_format(&usual, option->name, described.initial,
                                         sizeof described.initial, &error);
    }
    aann_option_range(option, described.range, sizeof described.range);
    return described;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void print_table(const aann_option *table, size_t count)
{
    for (int group = 0; group < AANN_OPTION_GROUP_COUNT; group++) {
        printf("%s%s\n", group == 0 ? "" : "\n", aann_option_group_name((aann_option_group)group));
        for (size_t i = 0; i < count; i++) {
            if ((int)table[i].group == group) {
                const row one = describe(&table[i]);
                cli_print("  %-19s %-8s %s\n", table[i].name, one.initial, one.range);
                cli_print("      %s\n", table[i].help);
            }
        }
    }
}

static bool same_sparsity(const aann_task_preset *preset)
{
    bool same = true;
    for (size_t layer = 0; layer < preset->layer_count; layer++) {
        same = same && preset->sparsity[layer] == preset->effort_sparsity[layer];
    }
    return same;
}

static void print_sparsity(const double *sparsity, size_t layers)
{
    for (size_t layer = 0; layer < layers; layer++) {
        printf("%s%g", layer == 0 ? " " : ",", sparsity[layer]);
    }
}

/* The rest of a task's line, and a line of its defaults that are not those of all searches. */
static void print_preset(const aann_task_preset *preset, int indent)
{
    print_sparsity(preset->sparsity, preset->layer_count);
    if (!same_sparsity(preset)) {
        printf(";\n%*swith --effort", indent, "");
        print_sparsity(preset->effort_sparsity, preset->layer_count);
    }
    aann_search_options options = aann_search_options_default();
    const aann_search_options usual = options;
    aann_search_options_apply_preset(&options, preset);
    size_t count;
    const aann_option *table = aann_option_table(&count);
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        char value[AANN_OPTION_TEXT_SIZE], other[AANN_OPTION_TEXT_SIZE];
        aann_error error;
        if (aann_search_options_format(&options, table[i].name, value, sizeof value, &error) ==
                AANN_OK &&
            aann_search_options_format(&usual, table[i].name, other, sizeof other, &error) ==
                AANN_OK &&
            strcmp(value, other) != 0) {
            if (first) {
                printf(";\n%*s", indent, "");
            }
            cli_print("%s%s %s", first ? "" : ", ", table[i].name, value);
            first = false;
        }
    }
    putchar('\n');
}

static void print_tasks(void)
{
    size_t count;
    const aann_task_preset *presets = aann_task_preset_table(&count);
    printf("\nTasks\n");
    for (size_t i = 0; i < count; i++) {
        cli_print("  %-19s %s, percent of zeros", presets[i].name, presets[i].network);
        print_preset(&presets[i], 6);
    }
}

/* ---- for the documentation ------------------------------------------------------------------- */

static void print_markdown_group(const aann_option *table, size_t count, aann_option_group group)
{
    cli_print("\n## %s\n\n", aann_option_group_name(group));
    for (size_t i = 0; i < count; i++) {
        if (table[i].group != group) {
            continue;
        }
        const row one = describe(&table[i]);
        cli_print("- `%s` (%s, %s", table[i].name, aann_option_type_name(table[i].type), one.range);
        if (one.initial[0] != '\0') {
            cli_print("; default %s", one.initial);
        }
        cli_print("):\n  %s\n", table[i].help);
    }
}

static void print_markdown(const aann_option *table, size_t count)
{
    printf(
        "# Options of a search\n"
        "\n"
        "<!-- written by: aann options --markdown > docs/options.md -->\n"
        "\n"
        "One table in the library (`include/aann/options.h`) says what options there are. The\n"
        "command line, the settings of `aann experiment`, the JSON in a study and other languages\n"
        "read it. On the command line `first_samples` is `--first-samples`; a list is typed as\n"
        "`1,2,3`, and a whole number can be typed as `1e5`. A switch that is on by default is\n"
        "turned off by `--no-...`. [search.md](search.md) explains what the options do.\n"
        "\n"
        "All options determine the result, except those of the machine. `regression`,\n"
        "`reward_tracks` and `reward_first_track` are set from the data and by `--reward` and\n"
        "`--tracks`; `--threads` and `--isa` are those of all members together.\n");
    for (int group = 0; group < AANN_OPTION_GROUP_COUNT; group++) {
        print_markdown_group(table, count, (aann_option_group)group);
    }
    printf("\n## Tasks\n"
           "\n"
           "A task that is known by name has a network, percentages of zeros, and sometimes other\n"
           "defaults (`include/aann/task.h`).\n"
           "\n");
    const aann_task_preset *presets = aann_task_preset_table(&count);
    for (size_t i = 0; i < count; i++) {
        const aann_task_preset *one = &presets[i];
        cli_print("- `%s`: `%s`, percent of zeros", one->name, one->network);
        print_preset(one, 2);
    }
}

/* ---- for programs ---------------------------------------------------------------------------- */

static json_t *choices_json(const aann_option *option)
{
    json_t *array = json_array();
    for (size_t i = 0; option->choices[i] != NULL; i++) {
        json_array_append_new(array, json_string(option->choices[i]));
    }
    return array;
}

static json_t *initial_json(const aann_option *option)
{
    switch (option->type) {
    case AANN_OPTION_UNSIGNED:
    case AANN_OPTION_INT64:
    case AANN_OPTION_INT32: return json_integer((json_int_t)option->initial);
    case AANN_OPTION_REAL: return json_real(option->initial);
    case AANN_OPTION_BOOL: return json_boolean(option->initial != 0.0);
    case AANN_OPTION_REALS: return json_array();
    case AANN_OPTION_METHOD:
    case AANN_OPTION_ISA: return json_string(option->choices[(size_t)option->initial]);
    }
    return json_null();
}

static json_t *option_json(const aann_option *option)
{
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:o, s:b, s:s}", "name", option->name, "type",
                  aann_option_type_name(option->type), "group",
                  aann_option_group_name(option->group), "default", initial_json(option),
                  "determines_result", (int)option->determines_result, "help", option->help);
    if (option->choices != NULL) {
        json_object_set_new(object, "choices", choices_json(option));
    } else if (option->type != AANN_OPTION_BOOL) {
        json_object_set_new(object, "minimum", json_real(option->minimum));
        json_object_set_new(object, "maximum", json_real(option->maximum));
    }
    if (option->type == AANN_OPTION_REALS) {
        json_object_set_new(object, "capacity", json_integer((json_int_t)option->capacity));
    }
    return object;
}

static void print_json(const aann_option *table, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, option_json(&table[i]));
    }
    cli_print_json(json_pack("{s:o}", "options", array));
}

/* ---- the command ----------------------------------------------------------------------------- */

int cli_options(int count, char **arguments)
{
    bool json = false;
    bool markdown = false;
    const cli_option options[] = {{.name = "markdown",
                                   .kind = CLI_FLAG,
                                   .value = &markdown,
                                   .help = "print the page of the documentation"},
                                  {0}};
    const cli_syntax syntax = {
        .command = "options", .description = description, .options = options, .json = &json};
    int status;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    if (json && markdown) {
        return cli_usage_error("options: --json and --markdown exclude each other");
    }
    size_t rows;
    const aann_option *table = aann_option_table(&rows);
    if (json) {
        print_json(table, rows);
    } else if (markdown) {
        print_markdown(table, rows);
    } else {
        print_table(table, rows);
        print_tasks();
    }
    return cli_finish_output(CLI_GOOD);
}
