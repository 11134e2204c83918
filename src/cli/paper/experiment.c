/* aann experiment: the questions of the paper, from one file of settings to one report. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/lesion.h"
#include "cli/paper/experiment.h"
#include "cli/paper/paper.h"
#include "cli/shared/common_options.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/pictures.h"
#include "cli/shared/report.h"
#include "cli/shared/study.h"
#include "cli/shared/text.h"

static const char description[] =
    "Asks the questions of the paper on one task. Is there a family? At which\n"
    "sparsities, at which shares of +1? What is left when the wiring is shuffled,\n"
    "when synapses are deleted, when all have one weight? What do simpler methods\n"
    "find with the same budget? The families go into DIR/study.aann, the answers\n"
    "into DIR/report.md, with tables (CSV) and pictures (PNG, SVG).\n"
    "\n"
    "Ctrl-C leaves everything whole; the same command continues and searches no\n"
    "finished family again. One study gives one report, byte for byte.\n"
    "docs/experiments.md explains how everything is measured.\n"
    "\n"
    "  aann experiment paper --out paper                    (minutes)\n"
    "  aann experiment paper --scale full --out paper-full  (a day)\n"
    "  aann experiment paper --print-settings > mine.json   (edit, then:)\n"
    "  aann experiment paper --settings mine.json --out mine\n";

enum { MINIMUM_SAMPLES = 10 };

typedef struct experiment_arguments {
    const char *settings, *scale, *out;
    bool print, json;
    cli_session session;
} experiment_arguments;

/* A number of samples that are to be used: 0 (all), or enough for an accuracy to mean something,
 * and no more than there are. */
static aann_status check_samples(const char *name, int64_t count, const aann_samples *samples,
                                 aann_error *error)
{
    if (count == 0 || (count >= MINIMUM_SAMPLES && count <= samples->count)) {
        return AANN_OK;
    }
    return cli_set_error(error, AANN_ERROR_ARGUMENT,
                         "%s: %" PRId64 " samples; expected %d to %" PRId64
                         ", which is all there are, or 0 for all",
                         name, count, MINIMUM_SAMPLES, samples->count);
}

/* The split to judge on, and its first samples. */
static aann_status choose_samples(paper *p, paper_settings *settings, aann_error *error)
{
    if (settings->split == NULL) {
        settings->split = aann_family_data_test(p->data) != NULL ? "test" : "validation";
    }
    p->judged = aann_family_data_split(p->data, settings->split);
    if (p->judged == NULL) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "the task has no %s split to judge members on", settings->split);
    }
    p->measured = *p->judged;
    aann_status status = check_samples("judge.samples", settings->samples, p->judged, error);
    if (status == AANN_OK) {
        status = check_samples("train_samples", settings->task.samples,
                               aann_family_data_train(p->data), error);
    }
    if (status == AANN_OK && settings->samples > 0) {
        p->measured.count = settings->samples;
    }
    p->regression = aann_family_data_train(p->data)->target_count > 0;
    return status;
}

/* Whether every shared weight is one, for this network: on a network of zeros. */
static aann_status check_shared_weights(const paper *p, aann_error *error)
{
    aann_network *network = NULL;
    aann_status status = aann_network_create(&p->spec, &network, error);
    for (int32_t i = 0; i < p->settings->shared_weights.count && status == AANN_OK; i++) {
        aann_network *copy = NULL;
        status = aann_shared_weight_apply(network, p->settings->shared_weights.values[i], false,
                                          &copy, error);
        aann_network_destroy(copy);
    }
    aann_network_destroy(network);
    return status;
}

/* Everything that can be refused is, before there is a folder. */
static aann_status check(paper *p, aann_error *error)
{
    aann_status status = check_shared_weights(p, error);
    if (status == AANN_OK) {
        status = paper_plan_families(p, error);
    }
    for (int32_t i = 0; i < p->family_count && status == AANN_OK; i++) {
        aann_family_plan plan = aann_family_plan_default();
        plan.search = p->families[i].search;
        plan.members = p->families[i].count;
        status = aann_family_check(&p->families[i].spec, p->data, &plan, &p->session.work, error);
    }
    return status;
}

static aann_status answer(paper *p, aann_error *error)
{
    paper_measures measures = {.chance.mean = 0.0};
    aann_status status = paper_measure(p, &measures, error);
    if (status == AANN_OK) {
        status = paper_write_tables(p, &measures, error);
    }
    if (status == AANN_OK) {
        status = paper_draw(p, &measures, error);
    }
    if (status == AANN_OK) {
        status = paper_write_report(p, &measures, error);
    }
    if (status == AANN_OK) {
        status = paper_write_page(p, &measures, error);
    }
    paper_measures_clear(&measures);
    return status;
}

static aann_status run(paper *p, aann_error *error)
{
    aann_status status = cli_make_folder(p->folder, error);
    snprintf(p->pictures, sizeof p->pictures, "%s/pictures", p->folder);
    if (status == AANN_OK) {
        status = cli_make_folder(p->pictures, error);
    }
    snprintf(p->study_path, sizeof p->study_path, "%s/study.aann", p->folder);
    if (status == AANN_OK) {
        status = cli_study_open(p->study_path, AANN_STUDY_CREATE, &p->study, error);
    }
    if (status == AANN_OK) {
        cli_session_start(&p->session);
        status = paper_find_families(p, error);
    }
    return status == AANN_OK && !p->stopped ? answer(p, error) : status;
}

static int finish(const paper *p, bool json)
{
    if (p->stopped) {
        fprintf(stderr, "aann: stopped, everything is stored; the same command goes on\n");
        return cli_finish_output(CLI_FAILED);
    }
    if (!json) {
        cli_print("%s/report.md\n", p->folder);
        return cli_finish_output(CLI_GOOD);
    }
    json_t *families = json_array();
    for (int32_t i = 0; i < p->family_count; i++) {
        const paper_family *family = &p->families[i];
        json_array_append_new(families,
                              json_pack("{s:I, s:s, s:i}", "family", (json_int_t)family->id, "name",
                                        family->name, "members", (int)family->count));
    }
    cli_print_json(json_pack("{s:o, s:o, s:o}", "study", cli_json_text(p->study_path), "out",
                             cli_json_text(p->folder), "families", families));
    return cli_finish_output(CLI_GOOD);
}

static void clear(paper *p)
{
    for (int32_t i = 0; i < p->family_count; i++) {
        free(p->families[i].rows);
    }
    aann_study_close(p->study);
    aann_family_data_destroy(p->data);
}

static int experiment(experiment_arguments *a, paper_settings *settings)
{
    aann_error error;
    int status;
    paper *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return cli_failed("out of memory");
    }
    p->settings = settings;
    p->folder = a->out;
    p->session = a->session;
    p->threads = a->session.work.threads > 0 ? a->session.work.threads : aann_processor_count();
    if (cli_task_load(&settings->task, a->session.quiet, &p->data, &status)) {
        aann_status done = cli_task_spec(&settings->task, p->data, &p->spec, &error);
        if (done == AANN_OK) {
            done = choose_samples(p, settings, &error);
        }
        if (done == AANN_OK) {
            done = check(p, &error);
        }
        if (done == AANN_OK) {
            done = run(p, &error);
        }
        status = done == AANN_OK ? finish(p, a->json) : cli_fail(&error);
    }
    clear(p);
    free(p);
    return status;
}

int cli_experiment(int count, char **texts)
{
    experiment_arguments a = {.scale = "small", .session.work = aann_family_work_default()};
    aann_family_work *work = &a.session.work;
    const cli_option options[] = {
        {"out", CLI_TEXT, &a.out, 0, 0, "DIR", "the folder for study, tables, pictures and report",
         NULL},
        {"scale", CLI_TEXT, &a.scale, 0, 0, "NAME", "small or full (small)", NULL},
        {"settings", CLI_TEXT, &a.settings, 0, 0, "FILE",
         "settings as JSON, instead of the built-in ones", NULL},
        {"print-settings", CLI_FLAG, &a.print, 0, 0, NULL,
         "print the built-in settings, and nothing else", NULL},
        cli_threads_option(&work->threads),
        cli_checkpoint_option(&work->checkpoint_seconds),
        cli_isa_option(&work->isa),
        cli_quiet_option(&a.session.quiet),
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {
        "experiment", "paper --out DIR [OPTIONS]", description, options, positional, 1, 1, &a.json};
    int status;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (strcmp(positional[0], "paper") != 0) {
        return cli_usage_error("experiment: there is no '%s'; expected paper", positional[0]);
    }
    if (a.print) {
        fputs(paper_default_settings, stdout);
        return cli_finish_output(CLI_GOOD);
    }
    if (strcmp(a.scale, "small") != 0 && strcmp(a.scale, "full") != 0) {
        return cli_usage_error("--scale: '%s' is neither small nor full", a.scale);
    }
    if (a.out == NULL) {
        return cli_usage_error("experiment: --out DIR is missing");
    }
    paper_settings settings;
    aann_error error;
    if (paper_settings_read(a.settings, a.scale, &settings, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    status = cli_task_check("experiment", &settings.task) ? experiment(&a, &settings) : CLI_USAGE;
    paper_settings_clear(&settings);
    return status;
}
