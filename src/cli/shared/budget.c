/* Phases as they are typed: in a file, or where the file's name would be. A text has a "=", which
 * every phase needs; a file whose name has one can be given as standard input. */
#include "cli/shared/budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/file.h"
#include "cli/shared/message.h"
#include "cli/shared/quantity.h"

enum { LARGEST_TEXT = 1 << 16 };

size_t cli_budget_options(cli_budget *budget, cli_option *list)
{
    list[0] = (cli_option){"phases",
                           CLI_TEXT,
                           &budget->phases,
                           0,
                           0,
                           "TEXT|FILE",
                           "* several searches, each from where the one before ended: 'steps=1M "
                           "jitter=1; steps=1M temperature=1e-5'",
                           NULL};
    list[1] = (cli_option){"effort",
                           CLI_INT,
                           &budget->effort,
                           1,
                           AANN_LARGEST_EFFORT,
                           "1..9",
                           "* a planned search: 1 is quick, 5 is good, 9 takes hours; a task's own "
                           "percent of zeros are then those of 'aann options'",
                           NULL};
    return CLI_BUDGET_OPTIONS;
}

bool cli_budget_check(const cli_budget *budget, bool steps_given)
{
    if (budget->phases != NULL && steps_given) {
        cli_usage_error("search: every one of the --phases has its steps; leave --steps away");
        return false;
    }
    if (budget->effort > 0 && (budget->phases != NULL || steps_given)) {
        cli_usage_error("search: --effort plans the steps; leave %s away",
                        steps_given ? "--steps" : "--phases");
        return false;
    }
    return true;
}

/* The whole file, or the text itself; malloc'ed. */
static char *read_text(const char *given)
{
    aann_error error;
    char *text = calloc(LARGEST_TEXT + 1, 1);
    if (text == NULL) {
        cli_failed("out of memory");
        return NULL;
    }
    if (strchr(given, '=') != NULL) {
        if (strlen(given) <= LARGEST_TEXT) {
            snprintf(text, LARGEST_TEXT + 1, "%s", given);
            return text;
        }
        free(text);
        cli_usage_error("--phases: more than %d characters", LARGEST_TEXT);
        return NULL;
    }
    FILE *file = strcmp(given, "-") == 0 ? stdin : cli_file_read(given, &error);
    if (file == NULL) {
        free(text);
        cli_usage_error("--phases: '%s' is neither a file nor a text such as 'steps=1M jitter=1'",
                        given);
        return NULL;
    }
    const size_t length = fread(text, 1, LARGEST_TEXT + 1, file);
    const bool good = ferror(file) == 0 && length <= LARGEST_TEXT && strlen(text) == length;
    if (file != stdin) {
        fclose(file);
    }
    if (!good) {
        free(text);
        cli_usage_error("--phases: %s is no text of at most %d characters", given, LARGEST_TEXT);
        return NULL;
    }
    return text;
}

/* "steps=1M" becomes "steps=1e6", as for --steps. Each value grows by at most three characters. */
static char *expand(const char *text)
{
    char *plain = calloc(2 * strlen(text) + 8, 1);
    char *to = plain;
    while (plain != NULL && *text != '\0') {
        const size_t length = strcspn(text, " \t\r\n;=#");
        char value[CLI_QUANTITY_SIZE];
        char number[CLI_QUANTITY_SIZE];
        if (to > plain && to[-1] == '=' && length > 0 && length < sizeof value) {
            snprintf(value, sizeof value, "%.*s", (int)length, text);
            cli_quantity_count(value, number);
            to += sprintf(to, "%s", number);
        } else {
            memcpy(to, text, length);
            to += length;
        }
        text += length;
        if (*text != '\0') {
            *to++ = *text++;
        }
    }
    return plain;
}

static bool plan_phases(const cli_budget *budget, aann_family_plan *plan)
{
    char *given = read_text(budget->phases);
    if (given == NULL) {
        return false;
    }
    char *text = expand(given);
    aann_error error = {AANN_ERROR_MEMORY, "out of memory"};
    const bool good = text != NULL && aann_phases_set(plan, text, &error) == AANN_OK;
    free(given);
    free(text);
    if (!good) {
        cli_usage_error("--phases: %s", error.message);
        return false;
    }
    if (plan->phase_count == 0) {
        cli_usage_error("--phases: %s has none; expected 'steps=N ...' in it", budget->phases);
        return false;
    }
    return true;
}

static bool plan_effort(const cli_budget *budget, const cli_search_options *typed,
                        const aann_family_data *data, const aann_spec *spec, aann_family_plan *plan)
{
    aann_error error;
    if (aann_effort_plan(budget->effort, data, spec, plan, &error) != AANN_OK) {
        cli_fail(&error);
        return false;
    }
    for (int32_t i = 0; i < plan->phase_count; i++) {
        cli_search_apply(typed, &plan->phases[i]);
    }
    return true;
}

bool cli_budget_plan(const cli_budget *budget, const cli_search_options *typed,
                     const aann_family_data *data, const aann_spec *spec, aann_family_plan *plan)
{
    if (budget->effort > 0) {
        return plan_effort(budget, typed, data, spec, plan);
    }
    return budget->phases == NULL || plan_phases(budget, plan);
}

bool cli_budget_is_open(const cli_search_options *typed)
{
    for (size_t i = 0; i < typed->count; i++) {
        const aann_option *option = typed->named[i].option;
        const bool of_phases =
            option->group == AANN_OPTION_SAMPLES || strcmp(option->name, "temperature") == 0 ||
            strcmp(option->name, "cooling") == 0 || strcmp(option->name, "arrange_interval") == 0;
        if (of_phases && typed->named[i].text != NULL) {
            return false;
        }
    }
    return true;
}
