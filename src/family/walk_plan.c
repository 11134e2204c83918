/* The walks of a family. Their plans are stored as a list in the family's options,
 *     "walks": [{"start": 1, "seed": 1, "members": 50, "every": 110, "steps": 200000,
 *                "threshold": 0.97, "loss": 0.0}]
 * and their progress follows from the members: each is the parent of the next. */
#include "family/walk_plan.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/json_text.h"
#include "family/plan.h"

enum { JSON_DIGITS = 17 };

aann_walk_plan aann_walk_plan_default(void)
{
    return (aann_walk_plan){.seed = 1, .members = 50, .every = 200, .steps = 200000};
}

aann_status aann_walk_plan_check(const aann_walk_plan *plan, bool regression, aann_error *error)
{
    if (plan->members < 1 || plan->members > AANN_MAX_MEMBERS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "members of a walk: %d is not between 1 and %d", plan->members,
                         AANN_MAX_MEMBERS);
    }
    if (plan->every < 1 || plan->every > 1000000000 || plan->steps < 1 ||
        plan->steps > 1000000000000) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "a walk of %lld swaps and %llu candidates for each member: expected 1 and more",
            (long long)plan->every, (unsigned long long)plan->steps);
    }
    if (!(plan->threshold >= 0.0 && plan->threshold <= 1.0) ||
        !(plan->loss >= 0.0 && plan->loss < 1e6)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a walk with threshold %g and loss %g: expected a share and a mean loss",
                         plan->threshold, plan->loss);
    }
    if (plan->threshold > 0.0 && regression) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "the family is a regression and has no accuracy: a walk needs a bound on its loss");
    }
    if (plan->threshold == 0.0 && plan->loss == 0.0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a walk needs a threshold on the accuracy or a bound on the loss");
    }
    return AANN_OK;
}

/* ---- plans as JSON --------------------------------------------------------------------------- */

static json_t *plan_json(const aann_walk_plan *plan)
{
    return json_pack("{s:I, s:I, s:i, s:I, s:I, s:f, s:f}", "start", (json_int_t)plan->start,
                     "seed", (json_int_t)plan->seed, "members", plan->members, "every",
                     (json_int_t)plan->every, "steps", (json_int_t)plan->steps, "threshold",
                     plan->threshold, "loss", plan->loss);
}

static bool read_plan(json_t *object, aann_walk_plan *plan)
{
    json_int_t start, seed, every, steps;
    int members;
    double threshold, loss;
    if (json_unpack(object, "{s:I, s:I, s:i, s:I, s:I, s:F, s:F}", "start", &start, "seed", &seed,
                    "members", &members, "every", &every, "steps", &steps, "threshold", &threshold,
                    "loss", &loss) != 0) {
        return false;
    }
    *plan =
        (aann_walk_plan){start, (uint64_t)seed, members, every, (uint64_t)steps, threshold, loss};
    return start > 0 && aann_walk_plan_check(plan, false, NULL) == AANN_OK;
}

aann_status aann_walk_plans_parse(const char *options, aann_walk_plan **plans, size_t *count,
                                  aann_error *error)
{
    *plans = NULL;
    *count = 0;
    json_t *object = json_loads(options, 0, NULL);
    const json_t *array = json_object_get(object, "walks");
    const size_t size = json_array_size(array);
    aann_status status = AANN_OK;
    if (object == NULL || (array != NULL && !json_is_array(array))) {
        status =
            aann_fail(error, AANN_ERROR_FORMAT, "the options of a family: the walks are damaged");
    } else if ((*plans = aann_allocate(size, sizeof **plans)) == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the plans of walks");
    }
    for (size_t i = 0; status == AANN_OK && i < size; i++) {
        if (!read_plan(json_array_get(array, i), &(*plans)[i])) {
            status = aann_fail(error, AANN_ERROR_FORMAT,
                               "the options of a family: walk %zu is damaged", i + 1);
        }
    }
    json_decref(object);
    if (status != AANN_OK) {
        free(*plans);
        *plans = NULL;
        return status;
    }
    *count = size;
    return AANN_OK;
}

static bool same_walk(json_t *object, const aann_walk_plan *plan)
{
    aann_walk_plan other;
    return read_plan(object, &other) && other.start == plan->start && other.seed == plan->seed;
}

aann_status aann_walk_plans_add(const char *options, const aann_walk_plan *plan, char **changed,
                                aann_error *error)
{
    *changed = NULL;
    json_t *object = json_loads(options, 0, NULL);
    json_t *array = json_object_get(object, "walks");
    if (array == NULL) {
        array = json_array();
        if (json_object_set_new(object, "walks", array) != 0) { /* the array is gone with it */
            json_decref(object);
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the plans of walks");
        }
    }
    size_t place = 0;
    while (place < json_array_size(array) && !same_walk(json_array_get(array, place), plan)) {
        place++;
    }
    const int stored = place < json_array_size(array)
                           ? json_array_set_new(array, place, plan_json(plan))
                           : json_array_append_new(array, plan_json(plan));
    if (stored == 0) {
        *changed = aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS));
    }
    json_decref(object);
    return *changed != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the plans of walks");
}

/* ---- how far they are ------------------------------------------------------------------------ */

/* Keeps the members of a walk, which come in order of id and therefore of the walk; returns their
 * number. */
static size_t keep_chain(const aann_walk_plan *plan, aann_member_row *members, size_t count)
{
    int64_t parent = plan->start;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const aann_member_row *member = &members[i];
        if (member->parent == parent && member->seed == plan->seed &&
            member->index == (int64_t)kept && strcmp(member->origin, "walk") == 0) {
            parent = member->id;
            members[kept++] = *member;
        }
    }
    return kept;
}

aann_status aann_walk_members(aann_study *study, const aann_walk_plan *plan,
                              aann_member_row **members, size_t *count, aann_error *error)
{
    aann_member_row start;
    *members = NULL;
    *count = 0;
    aann_status status = aann_study_member(study, plan->start, &start, error);
    if (status == AANN_OK) {
        status = aann_study_members(study, start.family, members, count, error);
    }
    if (status == AANN_OK) {
        *count = keep_chain(plan, *members, *count);
    }
    return status;
}

static aann_status find_state(aann_study *study, aann_walk *walk, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    const aann_status status = aann_walk_members(study, &walk->plan, &members, &count, error);
    walk->state = AANN_WALK_UNFINISHED;
    walk->recorded = 0;
    for (size_t i = 0; i < count; i++) {
        walk->recorded += members[i].state == AANN_MEMBER_DONE;
    }
    if (count > 0) {
        const aann_member_row *last = &members[count - 1];
        const bool is_short =
            last->state == AANN_MEMBER_DONE && last->swaps_from_parent < walk->plan.every;
        if (last->state == AANN_MEMBER_FAILED || is_short) {
            walk->state = AANN_WALK_STUCK;
        } else if (walk->recorded >= walk->plan.members) {
            walk->state = AANN_WALK_COMPLETE;
        }
    }
    free(members);
    return status;
}

aann_status aann_walk_list(aann_study *study, int64_t family_id, aann_walk **walks, size_t *count,
                           aann_error *error)
{
    aann_family_row family;
    aann_walk_plan *plans = NULL;
    *walks = NULL;
    *count = 0;
    aann_status status = aann_study_family(study, family_id, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_walk_plans_parse(family.options, &plans, count, error);
    aann_family_row_destroy(&family);
    if (status == AANN_OK) {
        *walks = aann_allocate_zeroed(*count, sizeof **walks);
        status = *walks == NULL ? aann_fail(error, AANN_ERROR_MEMORY, "out of memory for walks")
                                : AANN_OK;
    }
    for (size_t i = 0; status == AANN_OK && i < *count; i++) {
        (*walks)[i].plan = plans[i];
        status = find_state(study, &(*walks)[i], error);
    }
    free(plans);
    if (status != AANN_OK) {
        free(*walks);
        *walks = NULL;
        *count = 0;
    }
    return status;
}

aann_status aann_walks_unfinished(aann_study *study, int64_t family, int64_t *left,
                                  aann_error *error)
{
    aann_walk *walks = NULL;
    size_t count = 0;
    *left = 0;
    const aann_status status = aann_walk_list(study, family, &walks, &count, error);
    for (size_t i = 0; i < count; i++) {
        *left +=
            walks[i].state == AANN_WALK_UNFINISHED ? walks[i].plan.members - walks[i].recorded : 0;
    }
    free(walks);
    return status;
}
