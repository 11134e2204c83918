/* A search as the user sees it. */
#include "cli/shared/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/ranks.h"
#include "cli/shared/report.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

static void show(void *context, const aann_member_report *members, size_t count)
{
    cli_session *session = context;
    cli_progress_show(&session->progress, members, count);
}

static void waits(void *context)
{
    cli_session *session = context;
    cli_progress_say(&session->progress,
                     "aann: another program has a transaction open on the study; waiting until "
                     "it ends, to store what was found");
}

void cli_session_start(cli_session *session)
{
    cli_catch_stop();
    cli_progress_start(&session->progress, session->quiet);
    session->work.hands = cli_ranks() != NULL ? aann_ranks_hands(cli_ranks()) : NULL;
    session->work.report = show;
    session->work.interrupted = cli_stop_callback;
    session->work.waits = waits;
    session->work.context = session;
}

/* The best split that the family has: a hint must work as it is typed. */
static const char *split_to_evaluate(const aann_family_row *family)
{
    aann_data_origin *origin = NULL;
    aann_error ignored;
    const char *split = "train";
    if (aann_family_data_origin(family, &origin, &ignored) == AANN_OK) {
        split = origin->has_test ? "test" : origin->validation_count > 0 ? "validation" : "train";
    }
    aann_free(origin);
    return split;
}

/* What `aann show` prints of these members: classes can be taken for one another, numbers cannot. */
static const char *what_is_shown(const aann_family_row *family)
{
    return strcmp(family->task, "regression") == 0 ? "counts, filters"
                                                   : "counts, filters, confusion matrix";
}

static void suggest(aann_study *study, const char *path, const aann_family_row *family)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    if (aann_study_members(study, family->id, &members, &count, NULL) == AANN_OK && count > 0) {
        const int64_t id = members[0].id;
        cli_print("\nnext:\n"
                  "  aann show %s %" PRId64 "      %s\n"
                  "  aann eval %s %" PRId64 " --split %s\n"
                  "  aann weights %s %" PRId64 " --npz member%" PRId64 ".npz\n"
                  "  aann report %s --html report.html\n",
                  path, id, what_is_shown(family), path, id, split_to_evaluate(family), path, id,
                  id, path);
    }
    free(members);
}

int cli_session_threshold(aann_study *study, int64_t family_id)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    int64_t missed = 0;
    if (aann_study_members(study, family_id, &members, &count, NULL) == AANN_OK) {
        for (size_t i = 0; i < count; i++) {
            missed += members[i].state == AANN_MEMBER_FAILED &&
                              aann_member_row_is_independent(&members[i])
                          ? 1
                          : 0;
        }
    }
    free(members);
    if (missed > 0) {
        cli_print_to(stderr, "aann: %" PRId64 " of %zu members missed the threshold\n", missed,
                     count);
    }
    return missed > 0 ? CLI_MISSED : CLI_GOOD;
}

static aann_status report(aann_study *study, const char *path, const aann_family_row *family,
                          bool json, int64_t left, aann_error *error)
{
    if (!json) {
        return cli_print_family(study, family, error);
    }
    json_t *object = NULL;
    const aann_status status = cli_json_family(study, family, &object, error);
    if (status == AANN_OK) {
        json_object_set_new(object, "study", cli_json_text(path));
        json_object_set_new(object, "complete", json_boolean(left == 0));
        cli_print_json(object);
    }
    return status;
}

/* The last words, and the exit status. */
static int finish(aann_study *study, const char *path, const aann_family_row *family, bool json,
                  int64_t left)
{
    if (left > 0) {
        cli_print_to(stderr, "aann: %s; go on with: aann resume %s\n",
                     cli_stop_asked() ? "stopped, everything is stored"
                                      : "the time is over, everything is stored",
                     path);
        return cli_finish_output(cli_stop_asked() ? CLI_FAILED : CLI_GOOD);
    }
    if (!json) {
        suggest(study, path, family);
    }
    return cli_finish_output(cli_session_threshold(study, family->id));
}

int cli_session_report(aann_study *study, const char *path, int64_t family_id, bool json)
{
    aann_error error;
    aann_family_row family;
    int64_t left = 0;
    aann_status status = aann_study_family(study, family_id, &family, &error);
    if (status != AANN_OK) {
        return cli_fail(&error);
    }
    status = aann_family_unfinished(study, family_id, &left, &error);
    if (status == AANN_OK) {
        status = report(study, path, &family, json, left, &error);
    }
    const int result =
        status == AANN_OK ? finish(study, path, &family, json, left) : cli_fail(&error);
    aann_family_row_destroy(&family);
    return result;
}
