/* aann eval: how good a member is on a split of its data, or on other data. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "cli/commands/against.h"
#include "cli/commands/command.h"
#include "cli/commands/model_file.h"
#include "cli/shared/ablation.h"
#include "cli/shared/common_options.h"
#include "cli/shared/confusion.h"
#include "cli/shared/evaluate.h"
#include "cli/shared/fit.h"
#include "cli/shared/interval.h"
#include "cli/shared/load.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/model_name.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

static const char description[] =
    "Evaluates a member: accuracy, mean loss, and the confusion matrix (rows are\n"
    "labels, columns are answers). Other data are encoded as the family's were.\n"
    "\n"
    "  aann eval mnist.aann 1 --split validation\n"
    "  aann eval mnist.aann 1 --against 2          (is the difference chance?)\n"
    "  aann eval mnist.aann 1 --data other.npz\n"
    "  aann eval mnist.aannm --data mnist:test     (a file from 'aann save')\n"
    "  aann eval mnist.aann 1 --lesion 20          (without 20 % of the synapses)\n"
    "  aann eval mnist.aann 1 --shuffle --layer 1  (second layer wired at random)\n";

typedef struct eval_arguments {
    const char *data, *split, *isa, *against;
    cli_load load;
    int32_t threads;
    bool json;
} eval_arguments;

/* Regression: each output's part of the loss, errors[outputs], malloc'ed; else NULL. */
static double *output_errors(const aann_member *member, const aann_samples *samples,
                             const int32_t *logits)
{
    const int32_t outputs = member->spec.output_count;
    const double full = aann_logits_full_scale(member->plan.search.output_scale);
    double *errors = samples->targets != NULL ? calloc((size_t)outputs, sizeof *errors) : NULL;
    for (int64_t i = 0; errors != NULL && i < samples->count * outputs; i++) {
        const double weight = member->plan.search.target_weight[i % outputs];
        const double error = fmax(-1.0, fmin(1.0, logits[i] / full)) - (double)samples->targets[i];
        errors[i % outputs] +=
            (weight > 0.0 ? weight : 1.0) * error * error / (double)samples->count;
    }
    return errors;
}

static json_t *result_json(const aann_score *score, const int64_t *confusion, const double *errors,
                           const cli_fit *fits, const char *const *names, int32_t outputs)
{
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:I, s:o}", "accuracy", cli_json_real(score->accuracy), "interval",
        cli_json_interval(score->accuracy, score->count), "loss", cli_json_real(score->loss),
        "count", (json_int_t)score->count, "confusion", cli_confusion_json(confusion, outputs));
    cli_confusion_add_balance(confusion, outputs, object);
    json_t *array = errors != NULL ? json_array() : NULL;
    for (int32_t o = 0; errors != NULL && o < outputs; o++) {
        json_array_append_new(array, cli_json_real(errors[o]));
    }
    if (errors != NULL) {
        json_object_set_new(object, "output_errors", array);
    }
    if (fits != NULL) {
        json_object_set_new(object, "fits", cli_fits_json(fits, names, outputs));
    }
    return object;
}

static void print_result(const aann_member *member, const char *what, const aann_score *score,
                         const int64_t *confusion, const double *errors, const cli_fit *fits,
                         const char *const *names)
{
    cli_print("member %" PRId64 " on %s: ", member->row.id, what);
    cli_print_score(score);
    if (isfinite(score->accuracy)) {
        char interval[CLI_INTERVAL_SIZE];
        cli_print("  95 %% interval (Wilson): %s\n",
                  cli_interval(score->accuracy, score->count, interval));
    }
    for (int32_t o = 0;
         errors != NULL && member->spec.output_count > 1 && o < member->spec.output_count; o++) {
        if (names != NULL) {
            cli_print("  %s: %.5f of it\n", names[o], errors[o]);
        } else {
            printf("  output %d: %.5f of it\n", o, errors[o]);
        }
    }
    if (fits != NULL) {
        cli_fits_print(fits, names, member->spec.output_count);
    }
    if (errors == NULL) {
        cli_confusion_print_balance(confusion, member->spec.output_count);
        cli_print_confusion(member, confusion);
    }
}

static aann_status evaluate(const aann_member *member, const aann_samples *samples,
                            const eval_arguments *a, const char *study, const char *what,
                            aann_error *error)
{
    int32_t *logits = NULL;
    aann_status status = cli_logits(member, samples, a->threads, a->isa, &logits, error);
    aann_score score;
    against_result against;
    if (status == AANN_OK && a->against != NULL) {
        const against_request request = {study,
                                         a->against,
                                         a->data,
                                         a->split,
                                         &a->load.options,
                                         samples,
                                         logits,
                                         member->spec.output_count,
                                         a->threads,
                                         a->isa};
        status = against_measure(&request, &against, error);
    }
    if (status == AANN_OK) {
        status = aann_logits_score(samples, logits, member->spec.output_count,
                                   aann_family_plan_scale(&member->plan),
                                   member->plan.search.target_weight, &score, error);
    }
    if (status == AANN_OK) {
        int64_t *confusion = cli_confusion(samples, logits, member->spec.output_count);
        double *errors = output_errors(member, samples, logits);
        cli_fit *fits = cli_member_fits(member, samples, logits);
        char **listed = NULL; /* an aid: without memory for it, outputs have numbers */
        (void)aann_family_target_names(&member->family, member->spec.output_count, &listed, NULL);
        const char *const *names = (const char *const *)listed;
        if (a->json) {
            json_t *object =
                result_json(&score, confusion, errors, fits, names, member->spec.output_count);
            if (a->against != NULL) {
                json_object_set_new(object, "against", against_json(&against));
            }
            cli_print_json(object);
        } else {
            print_result(member, what, &score, confusion, errors, fits, names);
            if (a->against != NULL) {
                against_print(&against);
            }
        }
        free(confusion);
        aann_free(listed);
        free(errors);
        free(fits);
    }
    free(logits);
    return status;
}

int cli_eval(int count, char **texts)
{
    eval_arguments a = {.load = cli_load_default(), .threads = 1};
    cli_ablation alteration = cli_default_alteration();
    const cli_option others[] = {
        {"split", CLI_TEXT, &a.split, 0, 0, "NAME",
         "train, validation, certification or test (test)", NULL},
        {"against", CLI_TEXT, &a.against, 0, 0, "ID|STUDY:ID",
         "another member on the same samples: the difference, and how sure it is", NULL},
        {"data", CLI_TEXT, &a.data, 0, 0, "NAME|FILE",
         "other data: mnist, fashion-mnist, or a file", NULL},
        {"labels", CLI_TEXT, &a.load.options.labels_path, 0, 0, "FILE",
         "labels of --data, where they are in another file", NULL},
        {"threads", CLI_INT, &a.threads, 1, 1024, "N", "threads (1)", NULL},
        cli_isa_option(&a.isa),
    };
    enum { OTHERS = sizeof others / sizeof others[0] };
    cli_option options[CLI_ALTERATION_OPTIONS + OTHERS + 1] = {{0}};
    memcpy(options + cli_alteration_options(&alteration, options), others, sizeof others);
    const char *positional[2];
    const cli_syntax syntax = {
        "eval", "STUDY ID|MODEL [OPTIONS]", description, options, positional, 1, 2, &a.json};
    int status;
    aann_member member;
    if (!cli_load_parse(&syntax, &a.load, count, texts, &status)) {
        return status;
    }
    cli_model_name name;
    if (cli_model_is_meant("eval", positional[0], positional[1], &name, &status)) {
        if (status == CLI_GOOD &&
            (a.split != NULL || a.against != NULL || cli_ablation_is_given(&alteration))) {
            status = cli_usage_error(
                "eval: --split, --against, --lesion, --shuffle and --shared-weight are "
                "for members of a study, not for a model");
        }
        const model_request request = {a.data, NULL, a.isa, a.load.options, a.threads, a.json};
        return status != CLI_GOOD ? status : model_file_eval(name.path, &request);
    }
    if (!cli_member_open(positional[0], positional[1], &member, &status)) {
        return status;
    }
    aann_error error;
    aann_samples *owned = NULL;
    const aann_samples *samples = NULL;
    aann_family_data *data = NULL;
    char what[256];
    char altered[128];
    aann_status done = cli_ablation_apply(&alteration, &member, altered, sizeof altered, &error);
    if (done == AANN_OK) {
        done = cli_samples(&member, a.data, a.split, &a.load.options, &owned, &samples, &data, what,
                           sizeof what, &error);
    }
    if (done == AANN_OK) {
        const size_t used = strlen(what);
        snprintf(what + used, sizeof what - used, "%s", altered);
        done = evaluate(&member, samples, &a, positional[0], what, &error);
    }
    aann_samples_destroy(owned);
    aann_family_data_destroy(data);
    aann_member_destroy(&member);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
