/* aann certify: which members pass a threshold, decided on samples that had a part in nothing. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/intervals.h"
#include "cli/commands/command.h"
#include "cli/shared/common_options.h"
#include "cli/shared/interval.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

static const char description[] =
    "Decides which members have an accuracy of at least --threshold, on samples\n"
    "that had no part in the search or in choosing anything: the certification\n"
    "split, that is, the training samples that 'aann search --certification N'\n"
    "(or --samples N) left out, or with --split test the test set. A member is\n"
    "certified if a worse one, exactly at the threshold, would do so well with a\n"
    "probability of at most --error (exact binomial test). --together divides\n"
    "--error by the number of members: then it holds for all of them at once.\n"
    "\n"
    "  aann search mnist --members 20 --threshold 0.97 --certification 5000\n"
    "  aann certify mnist.aann\n"
    "  aann certify mnist.aann --split test --threshold 0.965 --together\n"
    "\n"
    "The exit status is 3 if a member is not certified.\n";

typedef struct certify_arguments {
    const char *path, *split;
    cli_family_options members;
    double threshold, error;
    bool threshold_given, together, json;
} certify_arguments;

/* One member's decision. */
typedef struct decision {
    int64_t correct;
    double probability; /* of so many by a member exactly at the threshold */
    bool certified;
} decision;

typedef struct certify_result {
    cli_family opened;
    double threshold; /* a share */
    double limit;     /* of each member's probability */
    int64_t samples;
    int32_t certified;
    decision *decisions; /* [members] */
} certify_result;

/* ---- deciding -------------------------------------------------------------------------------- */

static aann_status check(const certify_arguments *a, certify_result *result, aann_error *error)
{
    const aann_family *family = &result->opened.family;
    result->threshold = a->threshold_given ? cli_accuracy(a->threshold) : family->plan.threshold;
    if (!(result->threshold > 0.0)) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "certify: no threshold given, and the family has none; expected "
                             "--threshold P");
    }
    if (strcmp(a->split, "certification") != 0 && strcmp(a->split, "test") != 0) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "certify: --split %s: the search saw these samples or chose by them; "
                             "expected certification or test",
                             a->split);
    }
    if (aann_family_data_split(result->opened.data, a->split) == NULL) {
        return strcmp(a->split, "test") == 0
                   ? cli_set_error(error, AANN_ERROR_NOT_FOUND,
                                   "certify: family %" PRId64 " has no test set", family->row.id)
                   : cli_set_error(error, AANN_ERROR_NOT_FOUND,
                                   "certify: family %" PRId64
                                   " has no certification split; 'aann search --certification N' "
                                   "keeps one, --split test takes the test set",
                                   family->row.id);
    }
    return AANN_OK;
}

static aann_status decide(const certify_arguments *a, certify_result *result, aann_error *error)
{
    aann_predictions predictions = {0};
    aann_status status = cli_family_predict(&result->opened, a->split, &predictions, error);
    if (status != AANN_OK) {
        return status;
    }
    const int32_t count = predictions.member_count;
    const int32_t *labels = aann_family_data_split(result->opened.data, a->split)->labels;
    result->samples = predictions.sample_count;
    result->limit = a->error / (a->together ? count : 1);
    result->decisions = calloc((size_t)count, sizeof *result->decisions);
    if (result->decisions == NULL) {
        status = cli_set_error(error, AANN_ERROR_MEMORY, "out of memory");
    }
    const int32_t *logits = predictions.logits;
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        decision *d = &result->decisions[i];
        for (int64_t s = 0; s < result->samples; s++, logits += predictions.outputs) {
            d->correct += aann_logits_answer(logits, predictions.outputs) == labels[s];
        }
        d->probability = aann_binomial_above(d->correct, result->samples, result->threshold);
        d->certified = d->probability <= result->limit;
        result->certified += d->certified ? 1 : 0;
    }
    aann_predictions_destroy(&predictions);
    return status;
}

/* ---- saying ---------------------------------------------------------------------------------- */

static double accuracy_of(const certify_result *result, int32_t i)
{
    return (double)result->decisions[i].correct / (double)result->samples;
}

static void print(const certify_arguments *a, const certify_result *result)
{
    const aann_family *family = &result->opened.family;
    char threshold[16], validation[16], accuracy[16], interval[CLI_INTERVAL_SIZE];
    cli_print("%s, family %" PRId64 " \"%s\": at least %s on %" PRId64 " samples of the %s split\n",
              a->path, family->row.id, family->row.name, cli_percent(result->threshold, threshold),
              result->samples, a->split);
    cli_print_left_out(&result->opened);
    cli_print("\n  %5s %11s %11s   %-18s %12s\n", "id", "validation", a->split, "95 % interval",
              "probability");
    for (int32_t i = 0; i < family->member_count; i++) {
        const decision *d = &result->decisions[i];
        const double share = accuracy_of(result, i);
        cli_print("  %5" PRId64 " %11s %11s   %-18s %12.3g   %s\n", family->members[i].id,
                  cli_percent(family->members[i].validation_accuracy, validation),
                  cli_percent(share, accuracy), cli_interval(share, result->samples, interval),
                  d->probability, d->certified ? "certified" : "not certified");
    }
    cli_print("\n%d of %d members are certified (probability at most %.3g for each%s)\n",
              result->certified, family->member_count, result->limit,
              a->together ? ", for all of them together" : "");
}

static void print_json(const certify_arguments *a, const certify_result *result)
{
    const aann_family *family = &result->opened.family;
    json_t *members = json_array();
    for (int32_t i = 0; i < family->member_count; i++) {
        const decision *d = &result->decisions[i];
        const double share = accuracy_of(result, i);
        json_array_append_new(
            members,
            json_pack("{s:I, s:I, s:f, s:o, s:o, s:f, s:b}", "id",
                      (json_int_t)family->members[i].id, "correct", (json_int_t)d->correct,
                      "accuracy", share, "interval", cli_json_interval(share, result->samples),
                      "validation_accuracy", cli_json_real(family->members[i].validation_accuracy),
                      "probability", d->probability, "certified", (int)d->certified));
    }
    cli_print_json(json_pack("{s:o, s:I, s:s, s:I, s:f, s:f, s:b, s:i, s:i, s:o}", "study",
                             cli_json_text(a->path), "family", (json_int_t)family->row.id, "split",
                             a->split, "samples", (json_int_t)result->samples, "threshold",
                             result->threshold, "limit", result->limit, "together",
                             (int)a->together, "certified", result->certified, "left_out",
                             family->left_out, "members", members));
}

/* ---- the command ----------------------------------------------------------------------------- */

int cli_certify(int count, char **texts)
{
    certify_arguments a = {
        .split = "certification", .members = cli_family_options_default(), .error = 0.05};
    const cli_option options[] = {
        {"family", CLI_LONG, &a.members.family, 1, 9e15, "ID", "which family (the study's last)",
         NULL},
        {"threshold", CLI_REAL, &a.threshold, 0, 100, "P",
         "accuracy (0.97, or 97 for percent) to be certified (the family's)", &a.threshold_given},
        {"split", CLI_TEXT, &a.split, 0, 0, "NAME", "certification or test (certification)", NULL},
        {"error", CLI_REAL, &a.error, 1e-9, 0.5, "P",
         "probability with which a worse member may be certified (0.05)", NULL},
        {"together", CLI_FLAG, &a.together, 0, 0, NULL,
         "that probability for all members together, not for each", NULL},
        {"all", CLI_FLAG, &a.members.all, 0, 0, NULL, "unfinished and failed members, too", NULL},
        {"members", CLI_INT, &a.members.limit, 1, 1e6, "N", "only the first N members", NULL},
        cli_origin_option(&a.members.origin),
        cli_no_keep_option(&a.members.keep),
        cli_moved_data_option(&a.members.data),
        cli_moved_test_option(&a.members.test),
        cli_data_limit_option(&a.members.data_limit),
        cli_threads_option(&a.members.threads),
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {"certify", "STUDY [OPTIONS]", description, options, positional, 1, 1,
                               &a.json};
    int status;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    a.path = positional[0];
    aann_error error;
    certify_result result = {.certified = 0};
    aann_status done = cli_family_open(a.path, &a.members, 1, &result.opened, &error);
    if (done == AANN_OK) {
        done = check(&a, &result, &error);
    }
    if (done == AANN_OK) {
        done = decide(&a, &result, &error);
    }
    if (done != AANN_OK) {
        status = cli_fail(&error);
    } else {
        if (a.json) {
            print_json(&a, &result);
        } else {
            print(&a, &result);
        }
        status = cli_finish_output(result.certified < result.opened.family.member_count ? CLI_MISSED
                                                                                        : CLI_GOOD);
    }
    free(result.decisions);
    cli_family_close(&result.opened);
    return status;
}
