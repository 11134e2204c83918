/* A difference of two accuracies on the same samples depends on those alone that only one of them
 * answers correctly. If both are equally good, each of these is as likely one's as the other's
 * (McNemar's test, exact). */
#include "cli/commands/against.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "aann/intervals.h"
#include "cli/shared/evaluate.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/study.h"
#include "cli/shared/text.h"

/* "2" or "other.aann:2". */
static aann_status open_other(const against_request *request, aann_member *member,
                              aann_error *error)
{
    char path[4096];
    const char *colon = strrchr(request->other, ':');
    const char *id = colon != NULL ? colon + 1 : request->other;
    char *end;
    const long long number = strtoll(id, &end, 10);
    if (*id == '\0' || *end != '\0' || number < 1 || colon == request->other) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "--against: '%s' is neither ID nor STUDY:ID, such as 2 or "
                             "other.aann:2",
                             request->other);
    }
    snprintf(path, sizeof path, "%.*s",
             colon != NULL ? (int)(colon - request->other) : (int)sizeof path,
             colon != NULL ? request->other : request->study);
    aann_study *study = NULL;
    aann_status status = aann_study_open(path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_member_open(study, number, member, error);
    }
    aann_study_close(study);
    return status;
}

static bool same_samples(const aann_samples *a, const aann_samples *b)
{
    return a->count == b->count && a->labels != NULL && b->labels != NULL &&
           memcmp(a->labels, b->labels, (size_t)a->count * sizeof *a->labels) == 0;
}

static void compare(const against_request *request, const int32_t *other, int32_t outputs,
                    against_result *result)
{
    for (int64_t i = 0; i < request->samples->count; i++) {
        const int32_t label = request->samples->labels[i];
        const bool first =
            aann_logits_answer(request->logits + i * request->outputs, request->outputs) == label;
        const bool second = aann_logits_answer(other + i * outputs, outputs) == label;
        result->correct += second ? 1 : 0;
        result->first += first && !second ? 1 : 0;
        result->second += second && !first ? 1 : 0;
    }
    result->count = request->samples->count;
    result->probability = aann_test_of_pairs(result->first, result->second);
}

aann_status against_measure(const against_request *request, against_result *result,
                            aann_error *error)
{
    *result = (against_result){.count = 0};
    snprintf(result->name, sizeof result->name, "%s", request->other);
    aann_member member;
    aann_samples *owned = NULL;
    const aann_samples *samples = NULL;
    aann_family_data *data = NULL;
    int32_t *logits = NULL;
    char what[256];
    aann_status status = open_other(request, &member, error);
    if (status != AANN_OK) {
        return status;
    }
    status = cli_samples(&member, request->data, request->split, request->load, &owned, &samples,
                         &data, what, sizeof what, error);
    if (status == AANN_OK && !same_samples(request->samples, samples)) {
        status = cli_set_error(error, AANN_ERROR_ARGUMENT,
                               "--against %s: its samples are others, or have no labels; members "
                               "are compared on the same ones (--split, --data)",
                               request->other);
    }
    if (status == AANN_OK) {
        status = cli_logits(&member, samples, request->threads, request->isa, &logits, error);
    }
    if (status == AANN_OK) {
        compare(request, logits, member.spec.output_count, result);
    }
    free(logits);
    aann_samples_destroy(owned);
    aann_family_data_destroy(data);
    aann_member_destroy(&member);
    return status;
}

json_t *against_json(const against_result *result)
{
    return json_pack("{s:o, s:f, s:I, s:I, s:f, s:f}", "other", cli_json_text(result->name),
                     "accuracy", (double)result->correct / (double)result->count, "only_this",
                     (json_int_t)result->first, "only_other", (json_int_t)result->second,
                     "difference", (double)(result->first - result->second) / (double)result->count,
                     "probability", result->probability);
}

void against_print(const against_result *result)
{
    cli_print("against member %s, accuracy %.2f %%: %+.2f points\n"
              "  %" PRId64 " samples are right in this one alone, %" PRId64
              " in the other alone; equally good ones would differ so or more with\n"
              "  probability %.3g (McNemar's test, exact, two-sided)\n",
              result->name, 100.0 * (double)result->correct / (double)result->count,
              100.0 * (double)(result->first - result->second) / (double)result->count,
              result->first, result->second, result->probability);
}
