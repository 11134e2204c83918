/* The table of members, with the numbers of `aann list --json`. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/view.h"

static const char *state_name(aann_member_state state)
{
    return state == AANN_MEMBER_DONE ? "done" : state == AANN_MEMBER_FAILED ? "failed" : "running";
}

/* How far an unfinished member is: of walks and paths, nobody knows. */
static void put_progress(aann_report_view *view, const aann_member_row *member)
{
    const uint64_t steps = view->family.plan.search.steps;
    const bool known =
        member->state == AANN_MEMBER_RUNNING && steps > 0 && strcmp(member->origin, "walk") != 0;
    aann_json_real(&view->json, "progress",
                   known ? fmin(1.0, (double)member->steps / (double)steps) : (double)NAN, 6);
}

static void put_measurements(aann_report_view *view, const aann_member_row *member)
{
    aann_json *json = &view->json;
    aann_json_real(json, "loss", member->train_loss, AANN_JSON_EXACT);
    aann_json_real(json, "train", member->train_accuracy, AANN_JSON_EXACT);
    aann_json_real(json, "validation_loss", member->validation_loss, AANN_JSON_EXACT);
    aann_json_real(json, "validation", member->validation_accuracy, AANN_JSON_EXACT);
    aann_json_real(json, "test_loss", member->test_loss, AANN_JSON_EXACT);
    aann_json_real(json, "test", member->test_accuracy, AANN_JSON_EXACT);
    if (view->regression) {
        const aann_family_row *family = &view->family.row;
        aann_json_real(json, "train_rmse", aann_family_rmse(family, member->train_loss),
                       AANN_JSON_EXACT);
        aann_json_real(json, "validation_rmse", aann_family_rmse(family, member->validation_loss),
                       AANN_JSON_EXACT);
        aann_json_real(json, "test_rmse", aann_family_rmse(family, member->test_loss),
                       AANN_JSON_EXACT);
    }
}

static void put_member(aann_report_view *view, const aann_member_row *member)
{
    aann_json *json = &view->json;
    aann_json_open(json, NULL, '{');
    aann_json_integer(json, "id", member->id);
    aann_json_integer(json, "index", member->index);
    aann_json_format(json, "seed", "%" PRIu64, member->seed);
    aann_json_format(json, "hash", "%016" PRIx64, member->hash);
    aann_json_text(json, "state", state_name(member->state));
    aann_json_text(json, "origin", member->origin);
    if (member->parent != 0) {
        aann_json_integer(json, "parent", member->parent);
    } else {
        aann_json_null(json, "parent");
    }
    aann_json_integer(json, "swaps_from_parent", member->swaps_from_parent);
    put_measurements(view, member);
    aann_json_unsigned(json, "steps", member->steps);
    aann_json_unsigned(json, "accepted", member->accepted);
    aann_json_real(json, "seconds", member->seconds, AANN_JSON_EXACT);
    put_progress(view, member);
    aann_json_close(json, '}');
}

aann_status aann_report_put_members(aann_report_view *view, aann_error *error)
{
    (void)error;
    aann_json *json = &view->json;
    const int32_t total = view->family.member_count;
    const int32_t shown = total < AANN_REPORT_MEMBERS ? total : AANN_REPORT_MEMBERS;
    aann_json_open(json, "members", '{');
    aann_json_integer(json, "total", total);
    aann_json_integer(json, "shown", shown);
    aann_json_integer(json, "compared", view->compared_count);
    aann_json_bool(json, "compares_unfinished", view->compares_unfinished);
    aann_json_open(json, "list", '[');
    for (int32_t i = 0; i < shown; i++) {
        put_member(view, &view->family.members[i]);
    }
    aann_json_close(json, ']');
    aann_json_close(json, '}');
    return AANN_OK;
}
