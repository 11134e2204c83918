/* aann sample: a family drawn at random among the good networks. */
#include "aann/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands/command.h"
#include "cli/shared/common_options.h"
#include "cli/shared/file.h"
#include "cli/shared/json.h"
#include "cli/shared/ladders.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/session.h"
#include "cli/shared/stop.h"
#include "cli/shared/study.h"
#include "cli/shared/task.h"
#include "cli/shared/text.h"

static const char description[] =
    "Draws a family at random: of all networks with the same counts of -1, 0 and\n"
    "+1, each with a probability proportional to exp(-loss / temperature). What a\n"
    "search finds easily is not preferred (docs/sampling.md). The members come\n"
    "from independent ladders of temperatures, and are equally far apart in time.\n"
    "With a study: its last family's network, data and loss; the sample becomes\n"
    "a new family of that study.\n"
    "\n"
    "  aann sample mnist --net MP4-16-10 --sparsity 50 --samples 1024 \\\n"
    "      --study sample.aann\n"
    "  aann sample mnist.aann --temperature 0.002 --members 20\n"
    "\n"
    "At the end it says whether the chains have mixed. Ctrl-C stops; 'aann resume'\n"
    "continues, to the same members. They depend on the network, the data and\n"
    "the options marked *.\n";

typedef struct sample_arguments {
    cli_task task;
    aann_family_plan plan;
    aann_sample_plan sample;
    const char *study, *family_name;
    int64_t seed;
    double loss_scale;
    bool scale_given, json;
    cli_session session;
} sample_arguments;

enum { OTHER_OPTIONS = 12 };

static bool parse(int count, char **texts, sample_arguments *a, int *status)
{
    cli_option list[CLI_TASK_OPTIONS + CLI_LADDER_OPTIONS + OTHER_OPTIONS];
    aann_family_work *work = &a->session.work;
    size_t used = cli_task_options(&a->task, list);
    used += cli_ladder_options(&a->sample.sampler, &a->seed, list + used);
    const cli_option others[OTHER_OPTIONS] = {
        {"loss-scale", CLI_REAL, &a->loss_scale, 1e-3, 1e6, "S",
         "* classification: logits / (127 S) go into the softmax (8; a study's)", &a->scale_given},
        {.name = "Family", .kind = CLI_HEADING},
        {"members", CLI_INT, &a->sample.members, 1, 1e6, "N",
         "* networks to draw, equally many in each ladder (40)", NULL},
        {"study", CLI_TEXT, &a->study, 0, 0, "FILE",
         "where the family is kept (NAME.aann; the study that was named)", NULL},
        {"name", CLI_TEXT, &a->family_name, 0, 0, "TEXT", "name of the family", NULL},
        {.name = "Work and output", .kind = CLI_HEADING},
        {"seconds", CLI_SECONDS, &work->seconds, 0.1, 1e9, "S", "stop, resumably, after this time",
         NULL},
        cli_checkpoint_option(&work->checkpoint_seconds),
        cli_threads_option(&work->threads),
        cli_isa_option(&work->isa),
        cli_quiet_option(&a->session.quiet),
        {0},
    };
    memcpy(list + used, others, sizeof others);
    const cli_syntax syntax = {
        "sample", "[mnist|fashion-mnist|STUDY] [OPTIONS]", description, list, &a->task.name, 0, 1,
        &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    a->sample.sampler.seed = (uint64_t)a->seed;
    a->task.seed = (uint64_t)a->seed;
    return true;
}

/* ---- what is said at the end ----------------------------------------------------------------- */

static void print_result(const aann_sample_result *result)
{
    const aann_rung_diagnosis *cold = &result->coldest;
    printf("\nAt temperature %g: loss %.4f +- %.4f (the deviation among networks), R-hat %.3f.\n",
           cold->temperature, cold->loss, cold->loss_deviation, cold->r_hat);
    printf("Members of a ladder are %.0f rounds apart; the loss is correlated over %.1f rounds, so "
           "the chains\nare worth %.0f independent networks.\n",
           result->rounds_apart, cold->autocorrelation, cold->effective_samples);
    if (isfinite(cold->distance_between)) {
        printf("Wirings: networks of different ladders are %.1f %% of the distance by chance "
               "apart, those of\none ladder %.1f %%.\n",
               100.0 * cold->distance_between, 100.0 * cold->distance_within);
    }
    if (!result->mixed) {
        puts("The chains do not mix: ladders stay in different valleys, so the members are no "
             "sample of all\nsuch networks. A higher --temperature or more --rounds may help.");
    } else if (result->rounds_apart < 2.0 * cold->autocorrelation) {
        puts("The chains mix, but neighbours in a ladder are not independent: fewer --members or "
             "more --rounds\nwould make them so.");
    } else {
        printf("The chains mix, and the members are as good as independent. %" PRIu64
               " times a network came\ndown from infinite temperature.\n",
               result->descents);
    }
}

static json_t *result_json(const aann_sample_result *result)
{
    const aann_rung_diagnosis *cold = &result->coldest;
    return json_pack("{s:f, s:o, s:o, s:o, s:o, s:o, s:f, s:b, s:I, s:o, s:o}", "temperature",
                     cold->temperature, "loss", cli_json_real(cold->loss), "loss_deviation",
                     cli_json_real(cold->loss_deviation), "r_hat", cli_json_real(cold->r_hat),
                     "autocorrelation", cli_json_real(cold->autocorrelation), "effective_samples",
                     cli_json_real(cold->effective_samples), "rounds_apart", result->rounds_apart,
                     "mixed", result->mixed, "descents", (json_int_t)result->descents,
                     "distance_between", cli_json_real(cold->distance_between), "distance_within",
                     cli_json_real(cold->distance_within));
}

static aann_status tell(aann_study *study, const char *path, int64_t id, bool json,
                        aann_sample_result *result, aann_error *error)
{
    aann_family_row family;
    json_t *object = NULL;
    aann_status status = aann_study_family(study, id, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_sample_result_read(&family, result, error);
    if (status == AANN_OK && json) {
        status = cli_json_family(study, &family, &object, error);
    } else if (status == AANN_OK) {
        status = cli_print_family(study, &family, error);
    }
    if (status == AANN_OK && json) {
        json_object_set_new(object, "study", cli_json_text(path));
        json_object_set_new(object, "sample", result->complete ? result_json(result) : json_null());
        cli_print_json(object);
    } else if (status == AANN_OK && result->complete) {
        print_result(result);
    }
    aann_family_row_destroy(&family);
    return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int sample(sample_arguments *a, aann_study *study, const char *path, const aann_spec *spec,
                  const aann_family_data *data)
{
    aann_error error;
    int64_t family = 0;
    aann_sample_result result = {0};
    if (a->scale_given) {
        a->plan.search.loss_scale = a->loss_scale;
    }
    aann_status status = aann_sample_add(study, spec, data, &a->plan, &a->sample, &family, &error);
    if (status == AANN_OK) {
        cli_session_start(&a->session);
        status = aann_sample_run(study, family, data, &a->session.work, &error);
    }
    const bool stopped = status == AANN_INTERRUPTED;
    if (status == AANN_OK || stopped) {
        status = tell(study, path, family, a->json, &result, &error);
    }
    if (status != AANN_OK) {
        return cli_fail(&error);
    }
    if (stopped) {
        cli_print_to(stderr, "aann: %s, everything is stored; go on with: aann resume %s\n",
                     cli_stop_asked() ? "stopped" : "the time is over", path);
    }
    return stopped && cli_stop_asked() ? CLI_FAILED : CLI_GOOD;
}

/* A sample of the manifold on which a study's last family lies. */
static int sample_study(sample_arguments *a)
{
    aann_error error;
    const char *path = a->task.name;
    aann_study *study = NULL;
    aann_family family = {0};
    aann_family_data *data = NULL;
    aann_family_choice choice = aann_family_choice_default();
    choice.minimum = 0;
    if (a->study != NULL) {
        return cli_usage_error("sample: %s is a study already; --study is for a task", path);
    }
    aann_status status = cli_study_open(path, AANN_STUDY_WRITE, &study, &error);
    if (status == AANN_OK) {
        status = aann_family_open(study, 0, &choice, &family, &error);
    }
    int result = CLI_FAILED;
    if (status == AANN_OK) {
        status = aann_family_data_reload_within(&family.row, a->task.data, a->task.test,
                                                a->task.load.options.data_limit, &data, &error);
    }
    if (status == AANN_OK) {
        a->plan = family.plan;
        a->plan.name = a->family_name != NULL ? a->family_name : family.row.name;
        result = sample(a, study, path, &family.spec, data);
    } else {
        result = cli_fail(&error);
    }
    aann_family_data_destroy(data);
    aann_family_destroy(&family);
    aann_study_close(study);
    return result;
}

static int sample_task(sample_arguments *a)
{
    int result = CLI_USAGE;
    aann_error error;
    aann_spec spec;
    aann_study *study = NULL;
    aann_family_data *data = NULL;
    char name[CLI_TASK_NAME], path[CLI_TASK_NAME + 8];
    if (!cli_study_stays("sample", a->study) || !cli_task_check("sample", &a->task) ||
        !cli_task_load(&a->task, a->session.quiet, &data, &result)) {
        return result;
    }
    cli_task_name(&a->task, a->family_name, name);
    snprintf(path, sizeof path, "%s.aann", name);
    const char *where = a->study != NULL ? a->study : path;
    if (a->task.preset != NULL) {
        aann_search_options_apply_preset(&a->plan.search, a->task.preset);
    }
    aann_status status = cli_task_spec(&a->task, data, &spec, &error);
    if (status == AANN_OK) {
        aann_family_data_choose_plan(data, &spec, &a->plan);
        a->plan.name = name;
        status = cli_study_open(where, AANN_STUDY_CREATE, &study, &error);
    }
    result = status == AANN_OK ? sample(a, study, where, &spec, data) : cli_fail(&error);
    a->plan.name = NULL; /* it pointed to this function's memory */
    aann_study_close(study);
    aann_family_data_destroy(data);
    return result;
}

int cli_sample(int count, char **texts)
{
    sample_arguments a = {.task = cli_default_task(),
                          .plan = aann_family_plan_default(),
                          .sample = aann_sample_plan_default(),
                          .session.work = aann_family_work_default(),
                          .seed = 1};
    int result;
    if (!parse(count, texts, &a, &result)) {
        return result;
    }
    return cli_finish_output(cli_study_is_named(a.task.name) ? sample_study(&a) : sample_task(&a));
}
