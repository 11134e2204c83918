/* The search commands of a report: what `aann search` has to be told to find a family again, and
 * nothing that it would do by itself. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/search_options.h"
#include "cli/shared/text.h"

/* The task's part of a search command. */
static void put_task(FILE *file, const paper *p)
{
    const cli_task *task = &p->settings->task;
    const struct {
        const char *option;
        const char *value;
    } texts[] = {{"data", task->data},
                 {"test", task->test},
                 {"labels", task->labels},
                 {"test-labels", task->test_labels},
                 {"input", task->input},
                 {"validation", task->validation},
                 {"encoding", task->encoding},
                 {"label-column", task->load.options.label_column},
                 {"target-columns", task->load.options.target_columns},
                 {"net", task->net}};
    if (task->name != NULL) {
        cli_print_to(file, " %s", task->name);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].value != NULL) {
            cli_print_to(file, " --%s %s", texts[i].option, texts[i].value);
        }
    }
    if (task->samples > 0) {
        fprintf(file, " --samples %" PRId64, task->samples);
    }
    if (task->certification > 0) {
        fprintf(file, " --certification %" PRId64, task->certification);
    }
}

static void put_counts(FILE *file, const paper_family *family)
{
    for (int32_t i = 0; i < family->spec.layer_count; i++) {
        cli_print_to(file, "%s%.10g", i == 0 ? " --sparsity-per-layer " : ",",
                     family->spec.layers[i].sparsity);
    }
    bool shifted = false;
    for (int32_t i = 0; i < family->spec.layer_count; i++) {
        shifted = shifted || family->spec.layers[i].shift > 0;
    }
    for (int32_t i = 0; i < family->spec.layer_count && shifted; i++) {
        cli_print_to(file, "%s%d", i == 0 ? " --shifts " : ",", family->spec.layers[i].shift);
    }
    if (family->spec.layers[0].excitatory_share != 0.5) {
        fprintf(file, " --excitatory %.10g", family->spec.layers[0].excitatory_share);
    }
}

/* The task's part of a search for drivers. */
static void put_drives(FILE *file, const paper *p)
{
    const paper_driving_settings *d = &p->settings->driving;
    cli_print_to(file, " carracing --data drives-%d.npz", d->episodes);
    if (d->net != NULL) {
        cli_print_to(file, " --net %s", d->net);
    }
}

/* What `aann search` would do for this family's task without a word about it. */
static aann_search_options usual_options(const paper_family *family, const char *name)
{
    aann_search_options usual = aann_search_options_default();
    const aann_task_preset *preset = name != NULL ? aann_task_preset_find(name) : NULL;
    if (preset != NULL) {
        aann_search_options_apply_preset(&usual, preset);
    }
    const aann_samples *train = aann_family_data_train(family->data);
    aann_search_options_choose_loss_scale(&usual, train, &family->spec);
    aann_search_options_balance_targets(&usual, train);
    return usual;
}

/* Steps, seed, and whatever is not as usual. */
static void put_search(FILE *file, const paper *p, const paper_family *family)
{
    const aann_search_options *search = &family->search;
    const aann_search_options usual = usual_options(
        family, family->question == PAPER_DRIVERS ? "carracing" : p->settings->task.name);
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; i < count; i++) {
        const aann_option *option = &table[i];
        char value[AANN_OPTION_TEXT_SIZE];
        char other[AANN_OPTION_TEXT_SIZE];
        aann_error error; /* none: every value fits */
        if (!cli_search_offers(option) ||
            aann_search_options_format(search, option->name, value, sizeof value, &error) !=
                AANN_OK ||
            aann_search_options_format(&usual, option->name, other, sizeof other, &error) !=
                AANN_OK) {
            continue;
        }
        const bool always = strcmp(option->name, "steps") == 0 || strcmp(option->name, "seed") == 0;
        if (always || strcmp(value, other) != 0) {
            char typed[CLI_NAME_SIZE];
            cli_search_name(option, typed);
            cli_print_to(file, " --%s%s%s", typed, option->type == AANN_OPTION_BOOL ? "" : " ",
                         option->type == AANN_OPTION_BOOL ? "" : value);
        }
    }
}

char *paper_search_command(const paper *p, const paper_family *family)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (file == NULL) {
        return NULL;
    }
    fputs("aann search", file);
    if (family->question == PAPER_DRIVERS) {
        put_drives(file, p);
    } else {
        put_task(file, p);
    }
    put_counts(file, family);
    put_search(file, p, family);
    cli_print_to(file, " --members %d --name '%s' --study again.aann", family->wanted,
                 family->name);
    fclose(file);
    return text;
}
