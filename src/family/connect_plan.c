/* Plans of connections, as a list in the family's options,
 *     "connections": [{"seed": 1, "points": 2, "candidates": 8, "finalists": 2, "repairs": 25}]
 * What else is in a plan says how far the work goes, and may differ from call to call. */
#include <jansson.h>
#include <stdlib.h>

#include "core/error.h"
#include "family/connect.h"
#include "family/json_text.h"

enum { JSON_DIGITS = 17, MOST_POINTS = 10000, MOST_CANDIDATES = 256 };
static const int64_t most_repairs = 1000000000;

aann_connect_plan aann_connect_plan_default(void)
{
    return (aann_connect_plan){
        .seed = 1,
        .path = {.points = 2, .candidates = 8, .finalists = 2, .repairs = 25},
        .neighbours = 1,
        .doublings = 5,
        .tolerance = 0.01,
    };
}

static bool good_path(const aann_path_options *path)
{
    return path->points >= 1 && path->points <= MOST_POINTS && path->candidates >= 1 &&
           path->candidates <= MOST_CANDIDATES && path->finalists >= 1 && path->repairs >= 1 &&
           path->repairs <= most_repairs;
}

aann_status aann_connect_plan_check(const aann_connect_plan *plan, aann_error *error)
{
    if (!good_path(&plan->path)) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "paths of %d points, %d candidates, %d finalists and %lld repairs: expected "
            "1 to %d, 1 to %d, 1 and more, 1 to %lld",
            plan->path.points, plan->path.candidates, plan->path.finalists,
            (long long)plan->path.repairs, MOST_POINTS, MOST_CANDIDATES, (long long)most_repairs);
    }
    if (plan->members < 0 || plan->members > AANN_MAX_CONNECTED || plan->neighbours < 1 ||
        plan->doublings < 0 || plan->doublings > AANN_MAX_DOUBLINGS) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "connections of %d members with %d neighbours and %d doublings: expected 0 "
            "to %d, 1 and more, 0 to %d",
            plan->members, plan->neighbours, plan->doublings, AANN_MAX_CONNECTED,
            AANN_MAX_DOUBLINGS);
    }
    if (!(plan->tolerance >= 0.0 && plan->tolerance < 1e6) || plan->paths < 0) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "connections with tolerance %g and %lld paths: expected a mean loss, and 0 "
            "and more",
            plan->tolerance, (long long)plan->paths);
    }
    return AANN_OK;
}

static bool read_plan(json_t *object, uint64_t *seed, aann_path_options *path)
{
    json_int_t stored_seed, repairs;
    int points, candidates, finalists;
    if (json_unpack(object, "{s:I, s:i, s:i, s:i, s:I}", "seed", &stored_seed, "points", &points,
                    "candidates", &candidates, "finalists", &finalists, "repairs", &repairs) != 0) {
        return false;
    }
    *seed = (uint64_t)stored_seed;
    *path = (aann_path_options){
        .points = points, .candidates = candidates, .finalists = finalists, .repairs = repairs};
    return good_path(path);
}

/* The plan of this seed in the options' object: its path options, or *found is false. */
static aann_status find(const json_t *object, uint64_t seed, aann_path_options *path, bool *found,
                        aann_error *error)
{
    const json_t *array = json_object_get(object, "connections");
    *found = false;
    bool good = object != NULL && (array == NULL || json_is_array(array));
    for (size_t i = 0; good && i < json_array_size(array); i++) {
        uint64_t stored;
        aann_path_options read;
        good = read_plan(json_array_get(array, i), &stored, &read);
        if (good && stored == seed) {
            *path = read;
            *found = true;
        }
    }
    return good ? AANN_OK
                : aann_fail(error, AANN_ERROR_FORMAT,
                            "the options of a family: the connections are damaged");
}

aann_status aann_connect_plan_find(const aann_family_row *family, aann_connect_plan *plan,
                                   bool *found, aann_error *error)
{
    json_t *object = json_loads(family->options, 0, NULL);
    const aann_status status = find(object, plan->seed, &plan->path, found, error);
    json_decref(object);
    return status;
}

static aann_status add(json_t *object, const aann_connect_plan *plan, char **changed,
                       aann_error *error)
{
    json_t *array = json_object_get(object, "connections");
    bool good = true;
    if (array == NULL) {
        array = json_array();
        good = json_object_set_new(object, "connections", array) == 0;
    }
    good = good && json_array_append_new(
                       array, json_pack("{s:I, s:i, s:i, s:i, s:I}", "seed", (json_int_t)plan->seed,
                                        "points", plan->path.points, "candidates",
                                        plan->path.candidates, "finalists", plan->path.finalists,
                                        "repairs", (json_int_t)plan->path.repairs)) == 0;
    if (good) {
        *changed = aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS));
    }
    return *changed != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the plan of connections");
}

aann_status aann_connect_plan_add(const char *options, const aann_connect_plan *plan,
                                  char **changed, aann_error *error)
{
    bool found;
    aann_path_options old;
    *changed = NULL;
    json_t *object = json_loads(options, 0, NULL);
    aann_status status = find(object, plan->seed, &old, &found, error);
    if (status == AANN_OK && !found) {
        status = add(object, plan, changed, error);
    } else if (status == AANN_OK &&
               (old.points != plan->path.points || old.candidates != plan->path.candidates ||
                old.finalists != plan->path.finalists || old.repairs != plan->path.repairs)) {
        status =
            aann_fail(error, AANN_ERROR_ARGUMENT,
                      "the family has connections with seed %llu and other paths (%d points, %d "
                      "candidates, %d finalists, %lld repairs): other paths need another seed",
                      (unsigned long long)plan->seed, old.points, old.candidates, old.finalists,
                      (long long)old.repairs);
    }
    json_decref(object);
    return status;
}
