/* aann volume: how many networks there are. */
#include "aann/volume.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/family.h"
#include "aann/picture.h"
#include "cli/commands/command.h"
#include "cli/shared/common_options.h"
#include "cli/shared/file.h"
#include "cli/shared/json.h"
#include "cli/shared/ladders.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/stop.h"
#include "cli/shared/study.h"
#include "cli/shared/task.h"
#include "cli/shared/text.h"

static const char description[] =
    "Counts networks: of all with exactly the same numbers of -1, 0 and +1 in\n"
    "every layer, how many have a training loss below some value, or a training\n"
    "accuracy above it? Chains draw networks at temperatures from infinity,\n"
    "where the number is known, down to --temperature (docs/sampling.md). The\n"
    "error is from independent ladders; where chains do not mix, there is no\n"
    "answer. With a study: the network, data and loss of its last family.\n"
    "\n"
    "  aann volume mnist --net MP4-16-10 --sparsity 50 --samples 1024\n"
    "  aann volume mnist --samples 1024 --accuracy 50,60,70 --ladders 2\n"
    "  aann volume mnist.aann --temperature 0.01 --keep mnist.ladders\n"
    "\n"
    "With --keep, Ctrl-C loses nothing: the same command continues, to the same\n"
    "numbers. They depend on the network, the data and the options marked *.\n";

enum { LARGEST_TABLE = AANN_RUNG_LIMIT + 2 * CLI_LONGEST_LIST };

typedef struct volume_arguments {
    cli_task task;
    aann_sampler_options options;
    cli_ladder_work work;
    cli_reals losses, accuracies;
    int64_t seed;
    double loss_scale;
    const char *study, *csv, *picture;
    bool scale_given, json;
} volume_arguments;

/* What is told. */
typedef struct volume_view {
    aann_spec spec;
    const aann_samples *samples;
    aann_sampler_diagnosis diagnosis;
    aann_sampler_progress progress;
    double log10_total;
    size_t count;
    aann_volume_answer answers[LARGEST_TABLE]; /* of the temperatures first */
} volume_view;

/* ---- arguments ------------------------------------------------------------------------------- */

enum { OTHER_OPTIONS = 14 };

static bool parse(int count, char **texts, volume_arguments *a, int *status)
{
    cli_option list[CLI_TASK_OPTIONS + CLI_LADDER_OPTIONS + OTHER_OPTIONS];
    size_t used = cli_task_options(&a->task, list);
    used += cli_ladder_options(&a->options, &a->seed, list + used);
    const cli_option others[OTHER_OPTIONS] = {
        {"loss-scale", CLI_REAL, &a->loss_scale, 1e-3, 1e6, "S",
         "* classification: logits / (127 S) go into the softmax (8; a study's)", &a->scale_given},
        {.name = "Questions", .kind = CLI_HEADING},
        {"loss", CLI_REALS, &a->losses, 0, 1e6, "L,L,...",
         "networks with at most these training losses (the mean losses of the temperatures)", NULL},
        {"accuracy", CLI_REALS, &a->accuracies, 0, 100, "P,P,...",
         "networks with at least these training accuracies (percent)", NULL},
        {.name = "Work and output", .kind = CLI_HEADING},
        {"keep", CLI_TEXT, &a->work.path, 0, 0, "FILE",
         "where the ladders are kept, to be continued or asked again", NULL},
        {"seconds", CLI_SECONDS, &a->work.seconds, 0.1, 1e9, "S", "stop after this time", NULL},
        cli_checkpoint_option(&a->work.checkpoint_seconds),
        cli_threads_option(&a->options.threads),
        cli_isa_option(&a->options.isa),
        {"csv", CLI_TEXT, &a->csv, 0, 0, "FILE", "the table as CSV", NULL},
        {"picture", CLI_TEXT, &a->picture, 0, 0, "FILE",
         "entropy against accuracy, or against loss, as PNG or SVG", NULL},
        cli_quiet_option(&a->work.quiet),
        {0},
    };
    memcpy(list + used, others, sizeof others);
    const cli_syntax syntax = {
        "volume", "[mnist|fashion-mnist|STUDY] [OPTIONS]", description, list, &a->task.name, 0, 1,
        &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    a->options.seed = (uint64_t)a->seed;
    a->task.seed = (uint64_t)a->seed;
    return true;
}

/* Network, data and loss of a study's last family. */
static aann_status open_study(volume_arguments *a, aann_spec *spec, aann_family_data **data,
                              aann_error *error)
{
    aann_study *study = NULL;
    aann_family family = {0};
    aann_family_choice choice = aann_family_choice_default();
    choice.minimum = 0;
    aann_status status = cli_study_open(a->study, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_family_open(study, 0, &choice, &family, error);
    }
    if (status == AANN_OK) {
        *spec = family.spec;
        cli_ladder_set_loss(&a->options, &family.plan.search);
        status = aann_family_data_reload_within(&family.row, a->task.data, a->task.test,
                                                a->task.load.options.data_limit, data, error);
        aann_family_destroy(&family);
    }
    aann_study_close(study);
    return status;
}

/* Of a task as it was typed. */
static bool open_task(volume_arguments *a, aann_spec *spec, aann_family_data **data, int *result)
{
    aann_error error;
    if (!cli_task_check("volume", &a->task)) {
        *result = CLI_USAGE;
        return false;
    }
    if (!cli_task_load(&a->task, a->work.quiet, data, result)) {
        return false;
    }
    aann_family_plan plan = aann_family_plan_default();
    if (a->task.preset != NULL) {
        aann_search_options_apply_preset(&plan.search, a->task.preset);
    }
    if (cli_task_spec(&a->task, *data, spec, &error) != AANN_OK) {
        *result = cli_fail(&error);
        return false;
    }
    aann_family_data_choose_plan(*data, spec, &plan);
    plan.search.regression = aann_family_data_train(*data)->target_count > 0;
    cli_ladder_set_loss(&a->options, &plan.search);
    return true;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static aann_status ask(const volume_arguments *a, const aann_sampler *sampler, volume_view *view,
                       aann_error *error)
{
    static aann_volume_question questions[LARGEST_TABLE];
    const double samples = (double)view->samples->count;
    aann_status status = aann_sampler_diagnose(sampler, &view->diagnosis, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_sampler_progress_get(sampler, &view->progress);
    view->log10_total = aann_volume_total(&view->spec) / log(10.0);
    size_t count = 0;
    for (int32_t i = 0; i < view->diagnosis.rungs; i++) {
        questions[count++] = (aann_volume_question){.loss = view->diagnosis.rung[i].loss};
    }
    for (size_t i = 0; i < a->losses.count; i++) {
        questions[count++] = (aann_volume_question){.loss = a->losses.values[i]};
    }
    for (size_t i = 0; i < a->accuracies.count; i++) {
        const double share = cli_accuracy(a->accuracies.values[i]);
        const int64_t correct = (int64_t)ceil(share * samples - 1e-9);
        questions[count++] = (aann_volume_question){.by_accuracy = true, .correct = correct};
    }
    view->count = count;
    return aann_volume_measure(sampler, questions, count, view->answers, error);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_answer(const volume_view *view, const aann_volume_answer *answer)
{
    if (answer->silence != NULL) {
        cli_print("not answered: %s\n", answer->silence);
        return;
    }
    printf("10^%.2f", answer->log10_count);
    if (isfinite(answer->log10_error)) {
        printf(" +- %.2f", answer->log10_error);
    }
    printf(", one in 10^%.2f\n", view->log10_total - answer->log10_count);
}

/* Cells of the table; "-" where there is no such number. */
static const char *percent_cell(double share, int digits, char text[16])
{
    if (!isfinite(share)) {
        return "-";
    }
    snprintf(text, 16, "%.*f%%", digits, 100.0 * share);
    return text;
}

static const char *number_cell(double value, char text[16])
{
    if (!isfinite(value)) {
        return "-";
    }
    snprintf(text, 16, "%.3f", value);
    return text;
}

static void print_rung(const aann_rung_diagnosis *rung)
{
    char accuracy[16], r_hat[16], acceptance[16], exchange[16], apart[16];
    cli_print("  %9.2f %8.4f %8s %6s %8.1f %7s %8s %7s  ", rung->beta, rung->loss,
              percent_cell(rung->accuracy, 2, accuracy), number_cell(rung->r_hat, r_hat),
              rung->autocorrelation, percent_cell(rung->acceptance, 1, acceptance),
              percent_cell(rung->exchange, 1, exchange),
              number_cell(rung->distance_between, apart));
}

static void print(const volume_arguments *a, const volume_view *view)
{
    const aann_sampler_diagnosis *diagnosis = &view->diagnosis;
    cli_print("%s, %" PRId64 " training samples: 10^%.2f networks with these counts in all\n",
              view->spec.text, view->samples->count, view->log10_total);
    cli_print("%d ladder%s of %d temperatures, %" PRId64 " rounds each after %" PRId64 ", %" PRIu64
              " candidates\n\n",
              a->options.ladders, a->options.ladders == 1 ? "" : "s", diagnosis->rungs,
              a->options.rounds, a->options.burn_in, view->progress.candidates);
    cli_print("  %9s %8s %8s %6s %8s %7s %8s %7s  networks of at most this loss\n", "1/temp.",
              "loss", "accuracy", "R-hat", "autocor.", "accept", "exchange", "apart");
    for (int32_t i = 0; i < diagnosis->rungs; i++) {
        print_rung(&diagnosis->rung[i]);
        print_answer(view, &view->answers[i]);
    }
    for (size_t i = (size_t)diagnosis->rungs; i < view->count; i++) {
        const aann_volume_answer *answer = &view->answers[i];
        if (i == (size_t)diagnosis->rungs) {
            putchar('\n');
        }
        if (answer->question.by_accuracy) {
            printf("  accuracy of at least %.2f %%: ",
                   100.0 * (double)answer->question.correct / (double)view->samples->count);
        } else {
            printf("  loss of at most %g: ", answer->question.loss);
        }
        print_answer(view, answer);
    }
    if (diagnosis->mixed < 0) {
        printf(
            "\nAt no temperature the chains are seen to mix, not even at infinity: they are too few "
            "rounds long to\ntell. More --rounds may help.\n");
    } else if (diagnosis->mixed + 1 < diagnosis->rungs) {
        printf(
            "\nThe chains are seen to mix down to a loss of %.4f. Colder ones do not, or are too few "
            "rounds long to\ntell, and are not used. More --rounds may help.\n",
            diagnosis->rung[diagnosis->mixed].loss);
    } else {
        printf("\nThe chains mix at all temperatures. %" PRIu64
               " times a network came down from infinity to the coldest.\n",
               diagnosis->descents);
    }
}

/* ---- JSON, CSV, picture ---------------------------------------------------------------------- */

static json_t *answer_json(const aann_volume_answer *answer)
{
    const bool silent = answer->silence != NULL;
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "loss",
        answer->question.by_accuracy ? json_null() : cli_json_real(answer->question.loss),
        "correct",
        answer->question.by_accuracy ? json_integer((json_int_t)answer->question.correct)
                                     : json_null(),
        "log10_count", silent ? json_null() : cli_json_real(answer->log10_count), "log10_error",
        silent ? json_null() : cli_json_real(answer->log10_error), "log10_bennett",
        silent ? json_null() : cli_json_real(answer->log10_bennett), "effective_networks",
        cli_json_real(answer->effective_networks), "r_hat", cli_json_real(answer->r_hat), "silence",
        silent ? json_string(answer->silence) : json_null());
}

static json_t *rung_json(const aann_rung_diagnosis *rung)
{
    return json_pack("{s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "temperature",
                     cli_json_real(rung->temperature), "beta", rung->beta, "loss",
                     cli_json_real(rung->loss), "loss_deviation",
                     cli_json_real(rung->loss_deviation), "accuracy", cli_json_real(rung->accuracy),
                     "r_hat", cli_json_real(rung->r_hat), "autocorrelation",
                     cli_json_real(rung->autocorrelation), "effective_samples",
                     cli_json_real(rung->effective_samples), "acceptance",
                     cli_json_real(rung->acceptance), "exchange", cli_json_real(rung->exchange),
                     "distance_between", cli_json_real(rung->distance_between), "distance_within",
                     cli_json_real(rung->distance_within));
}

static void print_json(const volume_arguments *a, const volume_view *view)
{
    json_t *rungs = json_array();
    json_t *answers = json_array();
    for (size_t i = 0; i < view->count; i++) {
        json_t *answer = answer_json(&view->answers[i]);
        if (i < (size_t)view->diagnosis.rungs) {
            json_t *rung = rung_json(&view->diagnosis.rung[i]);
            json_object_set_new(rung, "answer", answer);
            json_array_append_new(rungs, rung);
        } else {
            json_array_append_new(answers, answer);
        }
    }
    cli_print_json(json_pack(
        "{s:o, s:I, s:f, s:I, s:i, s:I, s:I, s:i, s:I, s:I, s:i, s:o, s:o}", "spec",
        cli_json_text(view->spec.text), "samples", (json_int_t)view->samples->count, "log10_total",
        view->log10_total, "seed", (json_int_t)a->options.seed, "ladders", a->options.ladders,
        "rounds", (json_int_t)a->options.rounds, "burn_in", (json_int_t)a->options.burn_in, "sweep",
        a->options.sweep, "candidates", (json_int_t)view->progress.candidates, "descents",
        (json_int_t)view->diagnosis.descents, "mixed", view->diagnosis.mixed, "temperatures", rungs,
        "answers", answers));
}

static aann_status write_csv(const volume_view *view, const char *path, aann_error *error)
{
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        return error->status;
    }
    fputs("question,loss,accuracy,beta,r_hat,log10_count,log10_error\n", file);
    for (size_t i = 0; i < view->count; i++) {
        const aann_volume_answer *answer = &view->answers[i];
        const bool warm = i < (size_t)view->diagnosis.rungs;
        const bool asks_loss = !answer->question.by_accuracy;
        const double accuracy =
            warm        ? view->diagnosis.rung[i].accuracy
            : asks_loss ? NAN
                        : (double)answer->question.correct / (double)view->samples->count;
        const double numbers[] = {asks_loss ? answer->question.loss : NAN,
                                  accuracy,
                                  warm ? view->diagnosis.rung[i].beta : NAN,
                                  answer->r_hat,
                                  answer->silence == NULL ? answer->log10_count : NAN,
                                  answer->silence == NULL ? answer->log10_error : NAN};
        cli_print_to(file, "%s", warm ? "temperature" : asks_loss ? "loss" : "accuracy");
        cli_put_cells(file, numbers, sizeof numbers / sizeof numbers[0], 10);
        fputc('\n', file);
    }
    return cli_file_close(path, file, error);
}

/* The answers of the temperatures against their mean accuracies, or their losses. */
static aann_status draw(const volume_view *view, const char *path, aann_error *error)
{
    double x[AANN_RUNG_LIMIT], y[AANN_RUNG_LIMIT], low[AANN_RUNG_LIMIT], high[AANN_RUNG_LIMIT];
    int64_t count = 0;
    const bool accuracy = isfinite(view->diagnosis.rung[0].accuracy);
    for (int32_t i = 0; i < view->diagnosis.rungs; i++) {
        const aann_volume_answer *answer = &view->answers[i];
        if (answer->silence == NULL) {
            const double off = isfinite(answer->log10_error) ? 2.0 * answer->log10_error : 0.0;
            x[count] =
                accuracy ? 100.0 * view->diagnosis.rung[i].accuracy : view->diagnosis.rung[i].loss;
            y[count] = answer->log10_count;
            low[count] = answer->log10_count - off;
            high[count++] = answer->log10_count + off;
        }
    }
    if (count == 0) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "--picture: no temperature has an answer to be drawn");
    }
    const aann_picture_series series = {
        .x = x, .y = y, .low = low, .high = high, .count = count, .mark = AANN_MARK_LINE};
    const aann_picture_frame frame = {.title = "Networks with these counts",
                                      .subtitle = view->spec.text,
                                      .x_label =
                                          accuracy ? "training accuracy (%), mean at a temperature"
                                                   : "training loss, mean at a temperature",
                                      .y_label = "networks of at most that loss (powers of ten)"};
    return aann_picture_lines(path, &frame, &series, 1, error);
}

/* ---- the command ----------------------------------------------------------------------------- */

static int tell(const volume_arguments *a, const aann_sampler *sampler, volume_view *view)
{
    aann_error error;
    aann_status status = ask(a, sampler, view, &error);
    if (status == AANN_OK && a->csv != NULL) {
        status = write_csv(view, a->csv, &error);
    }
    if (status == AANN_OK && a->picture != NULL) {
        status = draw(view, a->picture, &error);
    }
    if (status != AANN_OK) {
        return cli_fail(&error);
    }
    if (a->json) {
        print_json(a, view);
    } else {
        print(a, view);
    }
    return CLI_GOOD;
}

static int count_networks(volume_arguments *a, const aann_spec *spec, const aann_samples *samples)
{
    aann_error error;
    aann_sampler *sampler = NULL;
    if (a->options.rungs == 1) {
        return cli_usage_error("volume: --rungs 1 has no infinite temperature to count from; "
                               "expected 3 or more");
    }
    if (a->options.regression && a->accuracies.count > 0) {
        return cli_usage_error("volume: --accuracy: answers of a regression are numbers, not right "
                               "or wrong; expected --loss");
    }
    if (a->scale_given) {
        a->options.loss_scale = a->loss_scale;
    }
    const aann_status status =
        cli_ladder_run(spec, samples, &a->options, &a->work, &sampler, &error);
    int result = status == AANN_OK || status == AANN_INTERRUPTED ? CLI_GOOD : cli_fail(&error);
    if (status == AANN_INTERRUPTED) {
        cli_print_to(stderr, "aann: %s before the end; %s\n",
                     cli_stop_asked() ? "stopped" : "the time is over",
                     a->work.path != NULL ? "the same command goes on"
                                          : "nothing is kept (--keep FILE keeps the ladders)");
        result = CLI_FAILED;
    }
    volume_view *view = calloc(1, sizeof *view);
    if (view == NULL) {
        result = cli_failed("out of memory for the answers");
    } else if (status == AANN_OK) {
        view->spec = *spec;
        view->samples = samples;
        result = tell(a, sampler, view);
    }
    free(view);
    aann_sampler_destroy(sampler);
    return cli_finish_output(result);
}

int cli_volume(int count, char **texts)
{
    volume_arguments a = {.task = cli_default_task(),
                          .options = aann_sampler_options_default(),
                          .work.checkpoint_seconds = 30.0,
                          .seed = 1};
    int result = CLI_FAILED;
    if (!parse(count, texts, &a, &result)) {
        return result;
    }
    aann_spec spec;
    aann_error error;
    aann_family_data *data = NULL;
    if (cli_study_is_named(a.task.name)) {
        a.study = a.task.name;
        if (open_study(&a, &spec, &data, &error) != AANN_OK) {
            return cli_fail(&error);
        }
    } else if (!open_task(&a, &spec, &data, &result)) {
        aann_family_data_destroy(data);
        return result;
    }
    result = count_networks(&a, &spec, aann_family_data_train(data));
    aann_family_data_destroy(data);
    return result;
}
