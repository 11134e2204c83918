/* Walks and paths: how good the networks on the way are, and how far they have come. */
#include "aann/walk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "report/view.h"

/* Members on the way, the first one being its start. */
typedef struct way {
    const aann_member_row *rows; /* [count] */
    int64_t *swaps;              /* [count] since the start */
    int64_t *distances;          /* [count] from the start */
    size_t count;
} way;

static void clear(way *w)
{
    free(w->swaps);
    free(w->distances);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static aann_status distance(const aann_network *a, const aann_network *b, int64_t *found,
                            aann_error *error)
{
    const aann_network *pair[2] = {a, b};
    aann_distances distances;
    const aann_status status = aann_distances_measure(pair, 2, 1, &distances, error);
    if (status == AANN_OK) {
        *found = distances.total[1];
        aann_distances_destroy(&distances);
    }
    return status;
}

/* Distances of all members from the first one. */
static aann_status measure(aann_report_view *view, way *w, const char *what, aann_error *error)
{
    aann_network *start = NULL;
    w->swaps = aann_allocate_zeroed(w->count, sizeof *w->swaps);
    w->distances = aann_allocate_zeroed(w->count, sizeof *w->distances);
    if (w->swaps == NULL || w->distances == NULL) {
        return aann_report_no_memory(error);
    }
    aann_status status = aann_study_network(view->study, w->rows[0].id, &start, error);
    for (size_t i = 1; status == AANN_OK && i < w->count; i++) {
        aann_network *network = NULL;
        status = aann_report_step(view, what, (int64_t)i, (int64_t)w->count);
        if (status == AANN_OK) {
            status = aann_study_network(view->study, w->rows[i].id, &network, error);
        }
        if (status == AANN_OK) {
            status = distance(start, network, &w->distances[i], error);
        }
        aann_network_destroy(network);
    }
    aann_network_destroy(start);
    return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

static double accuracy_of(const aann_member_row *row)
{
    return isfinite(row->validation_accuracy) ? row->validation_accuracy : row->train_accuracy;
}

static void put_way(aann_report_view *view, const way *w)
{
    aann_json *json = &view->json;
    aann_json_open(json, "id", '[');
    for (size_t i = 0; i < w->count; i++) {
        aann_json_integer(json, NULL, w->rows[i].id);
    }
    aann_json_close(json, ']');
    aann_json_integers(json, "swaps", w->swaps, (int64_t)w->count);
    aann_json_integers(json, "distance", w->distances, (int64_t)w->count);
    const struct {
        const char *key;
        int what;
    } numbers[] = {{"loss", 0}, {"accuracy", 1}, {"test", 2}};
    for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
        aann_json_open(json, numbers[n].key, '[');
        for (size_t i = 0; i < w->count; i++) {
            const aann_member_row *row = &w->rows[i];
            aann_json_real(json, NULL,
                           n == 0   ? row->train_loss
                           : n == 1 ? accuracy_of(row)
                                    : row->test_accuracy,
                           AANN_JSON_EXACT);
        }
        aann_json_close(json, ']');
    }
    const aann_chance chance = aann_chance_of_spec(&view->family.spec);
    aann_json_text(json, "accuracy_of",
                   isfinite(w->rows[0].validation_accuracy) ? "validation" : "train");
    aann_json_open(json, "chance", '{');
    aann_json_real(json, "mean", chance.mean, AANN_JSON_EXACT);
    aann_json_real(json, "sd", sqrt(chance.variance), AANN_JSON_EXACT);
    aann_json_close(json, '}');
}

/* How much worse the worst network on the way is than both ends; 0 if it is an end. */
static double barrier(const way *w, double end)
{
    const double start = w->rows[0].train_loss;
    const double ends = isfinite(end) ? fmax(start, end) : start;
    double worst = ends;
    for (size_t i = 0; i < w->count; i++) {
        worst = fmax(worst, w->rows[i].train_loss);
    }
    return worst - ends;
}

/* ---- walks ----------------------------------------------------------------------------------- */

/* The start, and the members that passed. */
static aann_status read_walk(aann_report_view *view, const aann_walk *walk, aann_member_row **rows,
                             size_t *count, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t member_count = 0;
    aann_status status =
        aann_walk_members(view->study, &walk->plan, &members, &member_count, error);
    *count = 0;
    *rows = status == AANN_OK ? aann_allocate(member_count + 1, sizeof **rows) : NULL;
    if (status == AANN_OK && *rows == NULL) {
        status = aann_report_no_memory(error);
    }
    if (status == AANN_OK) {
        status = aann_study_member(view->study, walk->plan.start, &(*rows)[0], error);
        *count = 1;
    }
    for (size_t i = 0; status == AANN_OK && i < member_count; i++) {
        if (members[i].state == AANN_MEMBER_DONE) {
            (*rows)[(*count)++] = members[i];
        }
    }
    free(members);
    return status;
}

static aann_status put_walk(aann_report_view *view, const aann_walk *walk, aann_error *error)
{
    aann_json *json = &view->json;
    aann_member_row *rows = NULL;
    way w = {0};
    aann_status status = read_walk(view, walk, &rows, &w.count, error);
    w.rows = rows;
    if (status == AANN_OK) {
        status = measure(view, &w, "measuring a walk", error);
    }
    if (status == AANN_OK) {
        for (size_t i = 1; i < w.count; i++) {
            /* A stranger's numbers may overflow. */
            w.swaps[i] = (int64_t)((uint64_t)w.swaps[i - 1] + (uint64_t)rows[i].swaps_from_parent);
        }
        aann_json_open(json, "walk", '{');
        aann_json_integer(json, "start", walk->plan.start);
        aann_json_format(json, "seed", "%llu", (unsigned long long)walk->plan.seed);
        aann_json_integer(json, "planned", walk->plan.members);
        aann_json_text(json, "state",
                       walk->state == AANN_WALK_COMPLETE ? "complete"
                       : walk->state == AANN_WALK_STUCK  ? "stuck"
                                                         : "unfinished");
        aann_json_real(json, "threshold", walk->plan.threshold, AANN_JSON_EXACT);
        put_way(view, &w);
        aann_json_close(json, '}');
    }
    clear(&w);
    free(rows);
    return status;
}

/* The longest walk of the family. */
aann_status aann_report_put_walk(aann_report_view *view, aann_error *error)
{
    aann_walk *walks = NULL;
    size_t count = 0;
    size_t longest = 0;
    aann_status status = aann_walk_list(view->study, view->family.row.id, &walks, &count, error);
    for (size_t i = 1; i < count; i++) {
        longest = walks[i].recorded > walks[longest].recorded ? i : longest;
    }
    if (status == AANN_OK && count > 0 && walks[longest].recorded > 0) {
        status = put_walk(view, &walks[longest], error);
    } else {
        aann_json_null(&view->json, "walk");
    }
    free(walks);
    return status;
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* The points of the last path that was stored, in order, after its first end: rows[*count]. */
static aann_status read_path(aann_report_view *view, aann_member_row **rows, size_t *count,
                             aann_error *error)
{
    const aann_member_row *last = NULL;
    const aann_family *family = &view->family;
    for (int32_t i = 0; i < family->member_count; i++) {
        last = strcmp(family->members[i].origin, "path") == 0 ? &family->members[i] : last;
    }
    *count = 0;
    *rows = NULL;
    if (last == NULL) {
        return AANN_OK;
    }
    *rows = aann_allocate((size_t)family->member_count + 1, sizeof **rows);
    if (*rows == NULL) {
        return aann_report_no_memory(error);
    }
    const aann_status status = aann_study_member(view->study, last->parent, &(*rows)[0], error);
    *count = 1;
    for (int32_t i = 0; status == AANN_OK && i < family->member_count; i++) {
        const aann_member_row *row = &family->members[i];
        if (strcmp(row->origin, "path") == 0 && row->parent == last->parent &&
            row->seed == last->seed) {
            /* Another path with this start and seed begins anew, at a lower index. */
            *count = *count > 1 && row->index <= (*rows)[*count - 1].index ? 1 : *count;
            (*rows)[(*count)++] = *row;
        }
    }
    return status;
}

/* The study does not say where a path leads. It is the member that is nearest to its last point,
 * units matched, if that is nearer than the start is. NULL: nobody knows. */
static aann_status find_goal(aann_report_view *view, const way *w, const aann_member_row **goal,
                             aann_error *error)
{
    aann_network *end = NULL;
    int64_t nearest = INT64_MAX;
    *goal = NULL;
    aann_status status = aann_study_network(view->study, w->rows[w->count - 1].id, &end, error);
    for (int32_t i = 0; status == AANN_OK && i < view->compared_count && i < AANN_REPORT_COMPARED;
         i++) {
        const aann_member_row *row = aann_report_compared(view, i);
        aann_matching matching;
        if (row->id == w->rows[0].id || strcmp(row->origin, "path") == 0) {
            continue;
        }
        status = aann_report_step(view, "looking for a path's end", i, view->compared_count);
        if (status == AANN_OK) {
            status = aann_matching_find(end, view->networks[i], &matching, error);
        }
        if (status == AANN_OK) {
            if (matching.total < nearest) {
                nearest = matching.total;
                *goal = row;
            }
            aann_matching_destroy(&matching);
        }
    }
    aann_network_destroy(end);
    *goal = nearest < w->distances[w->count - 1] ? *goal : NULL;
    return status;
}

static void put_path(aann_report_view *view, const way *w, const aann_member_row *goal)
{
    aann_json *json = &view->json;
    aann_json_open(json, "path", '{');
    aann_json_integer(json, "from", w->rows[0].id);
    if (goal != NULL) {
        aann_json_integer(json, "to", goal->id);
    } else {
        aann_json_null(json, "to");
    }
    aann_json_open(json, "position", '[');
    for (size_t i = 0; i < w->count; i++) {
        aann_json_real(json, NULL, (double)i / (double)w->count, 6);
    }
    aann_json_close(json, ']');
    put_way(view, w);
    aann_json_real(json, "to_loss", goal != NULL ? goal->train_loss : (double)NAN, AANN_JSON_EXACT);
    aann_json_real(json, "to_accuracy", goal != NULL ? accuracy_of(goal) : (double)NAN,
                   AANN_JSON_EXACT);
    aann_json_real(json, "barrier", barrier(w, goal != NULL ? goal->train_loss : (double)NAN),
                   AANN_JSON_EXACT);
    aann_json_close(json, '}');
}

aann_status aann_report_put_path(aann_report_view *view, aann_error *error)
{
    aann_member_row *rows = NULL;
    const aann_member_row *goal = NULL;
    way w = {0};
    aann_status status = read_path(view, &rows, &w.count, error);
    w.rows = rows;
    if (status == AANN_OK && w.count > 1) {
        status = measure(view, &w, "measuring a path", error);
    }
    if (status == AANN_OK && w.count > 1) {
        for (size_t i = 1; i < w.count; i++) {
            w.swaps[i] = rows[i].swaps_from_parent;
        }
        status = find_goal(view, &w, &goal, error);
    }
    if (status == AANN_OK && w.count > 1) {
        put_path(view, &w, goal);
    } else {
        aann_json_null(&view->json, "path");
    }
    clear(&w);
    free(rows);
    return status;
}
