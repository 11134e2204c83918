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
    "into DIR/report.md, with tables (CSV) and pictures (PNG, SVG). --plan says\n"
    "what that will cost, from rates that it measures, and does nothing.\n"
    "\n"
    "Ctrl-C leaves everything whole; the same command continues and searches no\n"
    "finished family again. One study gives one report, byte for byte.\n"
    "docs/experiments.md explains how everything is measured.\n"
    "\n"
    "  aann experiment paper --out paper                    (minutes)\n"
    "  aann experiment paper --scale full --plan            (its cost, by stage)\n"
    "  aann experiment paper --scale full --out paper-full  (hours of two cores)\n"
    "  aann experiment paper --print-settings > mine.json   (edit, then:)\n"
    "  aann experiment paper --settings mine.json --out mine\n";

enum { MINIMUM_SAMPLES = 10 };

typedef struct experiment_arguments {
    const char *settings, *scale, *out, *shard;
    bool print, plan, json;
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

/* What relates members needs some. */
static aann_status check_relations(const paper_settings *s, aann_error *error)
{
    if (s->relations && s->existence_members < 2) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "existence.members: %d; expected 2 and more, since \"relations\" are "
                             "asked for",
                             s->existence_members);
    }
    if (s->connect_members > s->existence_members) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "connect.members: %d; expected at most the %d of existence.members",
                             s->connect_members, s->existence_members);
    }
    return AANN_OK;
}

/* What the settings say of the drivers, as far as that can be known without drives. */
static aann_status check_drivers(const paper *p, aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    aann_spec spec;
    if (d->asked && d->first_track < d->episodes) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "driving.first_track: %" PRId64 "; expected %d and more: the tracks "
                             "before are recorded, and drivers are to meet others",
                             d->first_track, d->episodes);
    }
    aann_status status = d->asked ? paper_driver_spec(p, &spec, error) : AANN_OK;
    for (int32_t i = 0; d->asked && i < d->zeros.count && status == AANN_OK; i++) {
        double same[AANN_MAX_LAYERS];
        for (int32_t layer = 0; layer < spec.layer_count; layer++) {
            same[layer] = d->zeros.values[i];
        }
        status = aann_spec_set_sparsity(&spec, -1.0, same, (size_t)spec.layer_count, error);
    }
    return status;
}

static aann_status check_families(const paper *p, int32_t first, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = first; i < p->family_count && status == AANN_OK; i++) {
        const aann_family_plan plan = paper_family_plan(p, &p->families[i]);
        status = aann_family_check(&p->families[i].spec, p->families[i].data, &plan,
                                   &p->session.work, error);
    }
    return status;
}

/* Everything that can be refused is, before there is a folder. */
static aann_status check(paper *p, aann_error *error)
{
    aann_status status = check_relations(p->settings, error);
    if (status == AANN_OK) {
        status = check_shared_weights(p, error);
    }
    if (status == AANN_OK) {
        status = check_drivers(p, error);
    }
    if (status == AANN_OK) {
        status = paper_plan_families(p, error);
    }
    return status == AANN_OK ? check_families(p, 0, error) : status;
}

static aann_status write(const paper *p, const paper_answers *answers, aann_error *error)
{
    aann_status status = paper_write_tables(p, answers->measures, error);
    if (status == AANN_OK) {
        status = paper_draw(p, answers, error);
    }
    if (status == AANN_OK) {
        status = paper_draw_compared(p, answers, error);
    }
    return status == AANN_OK ? paper_write_report(p, answers, error) : status;
}

static aann_status answer(paper *p, aann_error *error)
{
    paper_measures measures = {.chance.mean = 0.0};
    paper_relations relations = {.ensemble_count = 0};
    paper_methods methods = {.count = 0};
    paper_answers answers = {.measures = &measures};
    aann_status status = AANN_OK;
    if (p->settings->relations || p->settings->connect_members > 1) {
        answers.relations = &relations;
        status = paper_relate(p, &relations, error);
    }
    if (status == AANN_OK && !p->stopped) {
        status = paper_measure(p, &measures, error);
    }
    if (status == AANN_OK && !p->stopped && p->settings->baseline_members > 0) {
        answers.methods = &methods;
        status = paper_compare_methods(p, &methods, error);
    }
    if (status == AANN_OK && !p->stopped) {
        status = write(p, &answers, error);
    }
    paper_methods_clear(&methods);
    paper_relations_clear(&relations);
    paper_measures_clear(&measures);
    return status;
}

static aann_status prepare(paper *p, aann_error *error)
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
        status = p->settings->driving.asked ? paper_load_drives(p, error) : AANN_OK;
    }
    if (status == AANN_OK && p->drives != NULL) {
        const int32_t first = p->family_count;
        status = paper_plan_drivers(p, error);
        return status == AANN_OK ? check_families(p, first, error) : status;
    }
    return status;
}

static aann_status run(paper *p, aann_error *error)
{
    aann_status status = prepare(p, error);
    if (status == AANN_OK && !p->stopped) {
        status = paper_find_families(p, error);
    }
    return status == AANN_OK && !p->stopped && p->shard_count == 0 ? answer(p, error) : status;
}

static int finish(const paper *p, bool json)
{
    if (p->stopped) {
        fprintf(stderr, "aann: stopped, everything is stored; the same command goes on\n");
        return cli_finish_output(CLI_FAILED);
    }
    if (!json) {
        cli_print("%s/%s\n", p->folder, p->shard_count == 0 ? "report.md" : "study.aann");
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
        aann_free(p->families[i].rows);
    }
    aann_study_close(p->study);
    aann_family_data_destroy(p->data);
    aann_family_data_destroy(p->drives);
}

/* "2/3"; 0 and 0 without. */
static bool parse_shard(const char *text, int32_t *shard, int32_t *count)
{
    char rest;
    *shard = *count = 0;
    if (text == NULL) {
        return true;
    }
    if (strspn(text, "0123456789/") != strlen(text) || strlen(text) > 15 ||
        sscanf(text, "%d/%d%c", shard, count, &rest) != 2 || *shard < 1 || *shard > *count ||
        *count > 100000) {
        cli_usage_error("experiment: --shard %s: expected I/N with I from 1 to N, such as 2/3",
                        text);
        return false;
    }
    return true;
}

static int experiment(experiment_arguments *a, paper_settings *settings)
{
    int32_t shard, shard_count;
    if (!parse_shard(a->shard, &shard, &shard_count)) {
        return CLI_USAGE;
    }
    aann_error error;
    int status;
    paper *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return cli_failed("out of memory");
    }
    p->settings = settings;
    p->folder = a->out;
    p->session = a->session;
    p->shard = shard;
    p->shard_count = shard_count;
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
            done = a->plan ? paper_print_costs(p, a->json, &error) : run(p, &error);
        }
        status = done != AANN_OK ? cli_fail(&error)
                 : a->plan       ? cli_finish_output(CLI_GOOD)
                                 : finish(p, a->json);
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
        {"plan", CLI_FLAG, &a.plan, 0, 0, NULL,
         "say what it will cost, in processor hours by stage, and do nothing", NULL},
        {"shard", CLI_TEXT, &a.shard, 0, 0, "I/N",
         "search only part I of N of every family's members; then merge", NULL},
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
    if (a.out == NULL && !a.plan) {
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
