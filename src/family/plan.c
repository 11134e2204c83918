/* A family's search options as JSON, and back: the table of options says what is stored.
 *
 * Threads and instruction set determine no result and are not stored. A field that is missing in an
 * older study has its default. Unsigned 64-bit numbers are stored as the signed number with the
 * same bits, as everywhere in a study. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/json_text.h"
#include "family/phases.h"
#include "family/plan.h"
#include "search/option_value.h"

enum { JSON_DIGITS = 17 };

aann_family_plan aann_family_plan_default(void)
{
    return (aann_family_plan){
        .name = "family", .search = aann_search_options_default(), .members = 1};
}

/* ---- writing --------------------------------------------------------------------------------- */

static json_t *reals_json(const double *values, size_t count)
{
    while (count > 0 && values[count - 1] == 0.0) {
        count--;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(array, json_real(values[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *option_json(const aann_option *option, const aann_search_options *options)
{
    switch (option->type) {
    case AANN_OPTION_UNSIGNED: {
        uint64_t value;
        aann_option_load(option, options, &value);
        return json_integer((json_int_t)value);
    }
    case AANN_OPTION_INT64: {
        int64_t value;
        aann_option_load(option, options, &value);
        return json_integer(value);
    }
    case AANN_OPTION_INT32: {
        int32_t value;
        aann_option_load(option, options, &value);
        return json_integer(value);
    }
    case AANN_OPTION_REAL: return json_real(aann_option_number(option, options, 0));
    case AANN_OPTION_BOOL: return json_boolean(aann_option_number(option, options, 0) != 0.0);
    case AANN_OPTION_REALS: {
        double values[AANN_OPTION_CAPACITY];
        aann_option_load(option, options, values);
        return reals_json(values, option->capacity);
    }
    case AANN_OPTION_METHOD: return json_string(aann_search_method_name(options->method));
    case AANN_OPTION_ISA: return json_string(options->isa != NULL ? options->isa : "auto");
    }
    return NULL;
}

/* What a phase has otherwise than the family, and its steps. */
static json_t *phase_json(const aann_search_options *phase, const aann_search_options *family)
{
    json_t *object = json_object();
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; object != NULL && i < count; i++) {
        const bool steps = table[i].offset == offsetof(aann_search_options, steps);
        if (!aann_option_is_of_phase(&table[i]) ||
            (!steps && !aann_plan_option_differs(&table[i], phase, family))) {
            continue;
        }
        if (json_object_set_new(object, table[i].name, option_json(&table[i], phase)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *phases_json(const aann_family_plan *plan)
{
    json_t *array = json_array();
    for (int32_t i = 0; array != NULL && i < plan->phase_count; i++) {
        if (json_array_append_new(array, phase_json(&plan->phases[i], &plan->search)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

/* The hashes of the starts. */
static json_t *starts_json(const aann_family_plan *plan)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < plan->start_count; i++) {
        char text[24];
        snprintf(text, sizeof text, "%016" PRIx64, aann_network_hash(plan->starts[i]));
        if (json_array_append_new(array, json_string(text)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

aann_status aann_family_plan_format(const aann_family_plan *plan, char **json, aann_error *error)
{
    json_t *object = json_object();
    bool good = object != NULL;
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; good && i < count; i++) {
        good =
            !table[i].determines_result ||
            json_object_set_new(object, table[i].name, option_json(&table[i], &plan->search)) == 0;
    }
    good = good && json_object_set_new(object, "members", json_integer(plan->members)) == 0 &&
           json_object_set_new(object, "threshold", json_real(plan->threshold)) == 0;
    if (good && plan->start_count > 0) {
        good = json_object_set_new(object, "starts", starts_json(plan)) == 0;
    }
    if (good && plan->shard_count > 0) {
        good = json_object_set_new(object, "shard",
                                   json_pack("[i, i]", plan->shard, plan->shard_count)) == 0;
    }
    if (good && plan->phase_count > 0) {
        good = json_object_set_new(object, "phases", phases_json(plan)) == 0;
    }
    *json =
        good ? aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS)) : NULL;
    json_decref(object);
    return *json != NULL ? AANN_OK
                         : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for search options");
}

aann_status aann_family_options_grow(const char *options, int32_t members, char **grown,
                                     aann_error *error)
{
    json_t *object = json_loads(options, 0, NULL);
    *grown = NULL;
    if (object != NULL && json_object_set_new(object, "members", json_integer(members)) == 0) {
        *grown = aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS));
    }
    json_decref(object);
    return *grown != NULL ? AANN_OK
                          : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for search options");
}

aann_status aann_family_options_kept(const char *options, int32_t members, char **kept,
                                     aann_error *error)
{
    json_t *object = json_loads(options, 0, NULL);
    *kept = NULL;
    (void)json_object_del(object, "walks");
    (void)json_object_del(object, "connections");
    const bool grows = json_integer_value(json_object_get(object, "members")) < members;
    if (!grows || json_object_set_new(object, "members", json_integer(members)) == 0) {
        *kept = aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS));
    }
    json_decref(object);
    return *kept != NULL ? AANN_OK
                         : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for search options");
}

aann_status aann_family_options_whole(const char *options, char **whole, aann_error *error)
{
    json_t *object = json_loads(options, 0, NULL);
    (void)json_object_del(object, "shard");
    *whole = aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS));
    json_decref(object);
    return *whole != NULL ? AANN_OK
                          : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for search options");
}

/* ---- shards ---------------------------------------------------------------------------------- */

static bool shard_makes_sense(int32_t shard, int32_t count, int32_t members)
{
    return count == 0 ? shard == 0 : shard >= 1 && shard <= count && count <= members;
}

bool aann_family_plan_has(const aann_family_plan *plan, int64_t index)
{
    return index >= 0 && index < plan->members &&
           (plan->shard_count == 0 || index % plan->shard_count == plan->shard - 1);
}

int32_t aann_family_plan_count(const aann_family_plan *plan)
{
    if (plan->shard_count == 0) {
        return plan->members;
    }
    const int32_t more = plan->members % plan->shard_count >= plan->shard ? 1 : 0;
    return plan->members / plan->shard_count + more;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool read_reals(const json_t *array, const aann_option *option, aann_search_options *options)
{
    double values[AANN_OPTION_CAPACITY] = {0};
    if (!json_is_array(array) || json_array_size(array) > option->capacity) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!json_is_number(json_array_get(array, i))) {
            return false;
        }
        values[i] = json_number_value(json_array_get(array, i));
    }
    aann_option_store(option, options, values);
    return true;
}

static bool read_integer(const json_t *value, const aann_option *option,
                         aann_search_options *options)
{
    const json_int_t wide = json_integer_value(value);
    const int32_t narrow = (int32_t)wide;
    if (!json_is_integer(value) || (option->type == AANN_OPTION_INT32 && narrow != wide)) {
        return false;
    }
    const int64_t whole = wide;
    aann_option_store(option, options,
                      option->type == AANN_OPTION_INT32 ? (const void *)&narrow : &whole);
    return true;
}

static bool read_option(const json_t *value, const aann_option *option,
                        aann_search_options *options)
{
    const double real = json_number_value(value);
    const bool truth = json_is_true(value);
    aann_error ignored;
    switch (option->type) {
    case AANN_OPTION_UNSIGNED:
    case AANN_OPTION_INT64:
    case AANN_OPTION_INT32: return read_integer(value, option, options);
    case AANN_OPTION_REAL: aann_option_store(option, options, &real); return json_is_number(value);
    case AANN_OPTION_BOOL:
        aann_option_store(option, options, &truth);
        return json_is_boolean(value);
    case AANN_OPTION_REALS: return read_reals(value, option, options);
    case AANN_OPTION_METHOD:
    case AANN_OPTION_ISA:
        return json_is_string(value) &&
               aann_search_options_set(options, option->name, json_string_value(value), &ignored) ==
                   AANN_OK;
    }
    return false;
}

static void read_starts(const json_t *array, aann_stored_plan *stored)
{
    for (size_t i = 0; i < json_array_size(array) && i < AANN_MAX_STARTS; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        stored->start_hashes[stored->start_hash_count++] =
            text != NULL ? strtoull(text, NULL, 16) : 0;
    }
}

static bool read_shard(const json_t *array, aann_family_plan *plan)
{
    const json_t *shard = json_array_get(array, 0);
    const json_t *count = json_array_get(array, 1);
    if (array == NULL) {
        return true;
    }
    if (json_array_size(array) != 2 || !json_is_integer(shard) || !json_is_integer(count) ||
        json_integer_value(count) < 1 || json_integer_value(count) > AANN_MAX_MEMBERS ||
        json_integer_value(shard) < 1 || json_integer_value(shard) > json_integer_value(count)) {
        return false;
    }
    plan->shard = (int32_t)json_integer_value(shard);
    plan->shard_count = (int32_t)json_integer_value(count);
    return shard_makes_sense(plan->shard, plan->shard_count, plan->members);
}

/* One phase: what it does not name is as in the family. A name that is none is refused: the phase
 * would be another. */
static bool read_phase(json_t *object, aann_search_options *phase)
{
    const char *name;
    json_t *value;
    bool good = json_is_object(object) && json_object_get(object, "steps") != NULL;
    json_object_foreach(object, name, value)
    {
        const aann_option *option = aann_option_find(name);
        good = good && option != NULL && aann_option_is_of_phase(option) &&
               read_option(value, option, phase);
    }
    return good;
}

static bool read_phases(json_t *array, aann_family_plan *plan)
{
    const size_t count = json_array_size(array);
    if (array == NULL) {
        return true;
    }
    if (!json_is_array(array) || count < 1 || count > AANN_MAX_PHASES) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        plan->phases[i] = plan->search;
        if (!read_phase(json_array_get(array, i), &plan->phases[i])) {
            return false;
        }
    }
    plan->phase_count = (int32_t)count;
    return true;
}

aann_status aann_stored_plan_parse(const char *json, aann_stored_plan *stored, aann_error *error)
{
    aann_stored_plan all = {.plan = aann_family_plan_default()};
    aann_family_plan parsed = all.plan;
    aann_search_options_set_unnamed(&parsed.search);
    json_t *object = json_loads(json, 0, NULL);
    const char *bad = object != NULL ? NULL : "JSON";
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; bad == NULL && i < count; i++) {
        const json_t *value = json_object_get(object, table[i].name);
        if (value != NULL && table[i].determines_result &&
            !read_option(value, &table[i], &parsed.search)) {
            bad = table[i].name;
        }
    }
    const json_t *members = json_object_get(object, "members");
    const json_t *threshold = json_object_get(object, "threshold");
    const json_int_t member_count = json_integer_value(members);
    if (bad == NULL && (member_count < 0 || member_count > AANN_MAX_MEMBERS)) {
        bad = "members";
    }
    if (bad == NULL && !read_phases(json_object_get(object, "phases"), &parsed)) {
        bad = "phases";
    }
    parsed.members = bad == NULL ? (int32_t)member_count : 0;
    parsed.threshold = json_number_value(threshold);
    if (bad == NULL && !read_shard(json_object_get(object, "shard"), &parsed)) {
        bad = "shard";
    }
    read_starts(json_object_get(object, "starts"), &all);
    json_decref(object);
    aann_status status = AANN_OK;
    if (bad != NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the search options of a family: %s is damaged",
                         bad);
    }
    status = aann_search_options_check(&parsed.search, error);
    if (status == AANN_OK) {
        status = aann_plan_phases_check(&parsed, error);
    }
    if (status != AANN_OK) {
        return aann_fail_prefix(error, AANN_ERROR_FORMAT, "the search options of a family");
    }
    all.plan = parsed;
    *stored = all;
    return AANN_OK;
}

aann_status aann_family_plan_parse(const char *json, aann_family_plan *plan, aann_error *error)
{
    aann_stored_plan stored;
    const aann_status status = aann_stored_plan_parse(json, &stored, error);
    if (status == AANN_OK) {
        *plan = stored.plan;
    }
    return status;
}

aann_status aann_family_plan_check(const aann_family_plan *plan, aann_error *error)
{
    if (plan->members < 1 || plan->members > AANN_MAX_MEMBERS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "members: %d is not between 1 and %d",
                         plan->members, AANN_MAX_MEMBERS);
    }
    if (!shard_makes_sense(plan->shard, plan->shard_count, plan->members)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "shard %d of %d of a family of %d: expected 1 to the number of shards, "
                         "and a member for each of them",
                         plan->shard, plan->shard_count, plan->members);
    }
    if (plan->choose_steps && plan->shard_count > 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a shard cannot choose its steps by the clock: the other machines would "
                         "choose others; expected a number of steps");
    }
    if (!(plan->threshold >= 0.0 && plan->threshold <= 1.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "threshold: %g is not a share between 0 and 1",
                         plan->threshold);
    }
    if (plan->start_count < 0 || plan->start_count > AANN_MAX_STARTS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "starts: %d is not between 0 and %d",
                         plan->start_count, AANN_MAX_STARTS);
    }
    const aann_status status = aann_search_options_check(&plan->search, error);
    return status == AANN_OK ? aann_plan_phases_check(plan, error) : status;
}

aann_status aann_family_spec(const aann_family_row *family, aann_spec *spec, aann_error *error)
{
    aann_status status = aann_spec_parse(family->spec, family->input, spec, error);
    if (status == AANN_OK) {
        status = aann_spec_set_excitatory_share(spec, family->excitatory_share, error);
    }
    return status;
}
