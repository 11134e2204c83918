/* A family's search options as JSON, and back: one table says what is stored.
 *
 * Threads and instruction set are not stored: they change no result. A field that is missing in an
 * older study has its default. Unsigned 64-bit numbers are stored as the signed number with the
 * same bits, as everywhere in a study. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/plan.h"

enum { JSON_DIGITS = 17 };

typedef enum field_kind {
    FIELD_UNSIGNED,
    FIELD_INT64,
    FIELD_INT32,
    FIELD_REAL,
    FIELD_BOOL,
    FIELD_REALS,
    FIELD_METHOD /* by its name */
} field_kind;

typedef struct field {
    const char *name;
    field_kind kind;
    size_t offset; /* in aann_search_options */
    size_t count;  /* FIELD_REALS: how many at most; those at the end that are 0 are left out */
} field;

static const field fields[] = {
    {"seed", FIELD_UNSIGNED, offsetof(aann_search_options, seed), 1},
    {"steps", FIELD_UNSIGNED, offsetof(aann_search_options, steps), 1},
    {"temperature", FIELD_REAL, offsetof(aann_search_options, temperature), 1},
    {"cooling", FIELD_REAL, offsetof(aann_search_options, cooling), 1},
    {"loss_scale", FIELD_REAL, offsetof(aann_search_options, loss_scale), 1},
    {"output_scale", FIELD_REAL, offsetof(aann_search_options, output_scale), 1},
    {"rejection_z", FIELD_REAL, offsetof(aann_search_options, rejection_z), 1},
    {"within_unit", FIELD_REAL, offsetof(aann_search_options, within_unit), 1},
    {"layer_share", FIELD_REALS, offsetof(aann_search_options, layer_share), AANN_MAX_LAYERS},
    {"adapt_layers", FIELD_BOOL, offsetof(aann_search_options, adapt_layers), 1},
    {"first_check", FIELD_INT32, offsetof(aann_search_options, first_check), 1},
    {"strata", FIELD_INT32, offsetof(aann_search_options, strata), 1},
    {"arrange_interval", FIELD_UNSIGNED, offsetof(aann_search_options, arrange_interval), 1},
    {"first_samples", FIELD_INT64, offsetof(aann_search_options, first_samples), 1},
    {"growth", FIELD_REAL, offsetof(aann_search_options, growth), 1},
    {"jitter", FIELD_INT32, offsetof(aann_search_options, jitter), 1},
    {"copies", FIELD_INT32, offsetof(aann_search_options, copies), 1},
    {"copy_shift", FIELD_REAL, offsetof(aann_search_options, copy_shift), 1},
    {"copy_warp", FIELD_REAL, offsetof(aann_search_options, copy_warp), 1},
    {"regression", FIELD_BOOL, offsetof(aann_search_options, regression), 1},
    {"target_weight", FIELD_REALS, offsetof(aann_search_options, target_weight), AANN_MAX_TARGETS},
    {"reward_tracks", FIELD_INT64, offsetof(aann_search_options, reward_tracks), 1},
    {"reward_first_track", FIELD_UNSIGNED, offsetof(aann_search_options, reward_first_track), 1},
    {"method", FIELD_METHOD, offsetof(aann_search_options, method), 1},
    {"population", FIELD_INT32, offsetof(aann_search_options, population), 1},
    {"tournament", FIELD_INT32, offsetof(aann_search_options, tournament), 1},
    {"crossover", FIELD_REAL, offsetof(aann_search_options, crossover), 1},
    {"mutations", FIELD_INT32, offsetof(aann_search_options, mutations), 1},
};

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

aann_family_plan aann_family_plan_default(void)
{
    return (aann_family_plan){
        .name = "family", .search = aann_search_options_default(), .members = 1};
}

/* ---- writing ------------------------------------------------------------------------------------- */

static json_t *reals_json(const double *values, size_t count)
{
    while (count > 0 && values[count - 1] == 0.0) {
        count--;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, json_real(values[i]));
    }
    return array;
}

static json_t *field_json(const field *described, const aann_search_options *options)
{
    const char *place = (const char *)options + described->offset;
    switch (described->kind) {
    case FIELD_UNSIGNED: {
        uint64_t value;
        memcpy(&value, place, sizeof value);
        return json_integer((json_int_t)value);
    }
    case FIELD_INT64: {
        int64_t value;
        memcpy(&value, place, sizeof value);
        return json_integer((json_int_t)value);
    }
    case FIELD_INT32: {
        int32_t value;
        memcpy(&value, place, sizeof value);
        return json_integer(value);
    }
    case FIELD_REAL: {
        double value;
        memcpy(&value, place, sizeof value);
        return json_real(value);
    }
    case FIELD_BOOL: {
        bool value;
        memcpy(&value, place, sizeof value);
        return json_boolean(value);
    }
    case FIELD_REALS: {
        double values[AANN_MAX_TARGETS];
        memcpy(values, place, described->count * sizeof values[0]);
        return reals_json(values, described->count);
    }
    case FIELD_METHOD: return json_string(aann_search_method_name(options->method));
    }
    return NULL;
}

/* The hashes of the networks that members begin with. */
static json_t *starts_json(const aann_family_plan *plan)
{
    json_t *array = json_array();
    const int32_t count = plan->start_count > 0 ? plan->start_count : plan->start_hash_count;
    for (int32_t i = 0; i < count; i++) {
        char text[24];
        const uint64_t hash =
            plan->start_count > 0 ? aann_network_hash(plan->starts[i]) : plan->start_hashes[i];
        snprintf(text, sizeof text, "%016" PRIx64, hash);
        json_array_append_new(array, json_string(text));
    }
    return array;
}

aann_status aann_family_plan_format(const aann_family_plan *plan, char **json, aann_error *error)
{
    json_t *object = json_object();
    bool good = object != NULL;
    for (size_t i = 0; good && i < FIELD_COUNT; i++) {
        good =
            json_object_set_new(object, fields[i].name, field_json(&fields[i], &plan->search)) == 0;
    }
    good = good && json_object_set_new(object, "members", json_integer(plan->members)) == 0 &&
           json_object_set_new(object, "threshold", json_real(plan->threshold)) == 0;
    if (good && plan->start_count + plan->start_hash_count > 0) {
        good = json_object_set_new(object, "starts", starts_json(plan)) == 0;
    }
    *json = good ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS)) : NULL;
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
        *grown = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS));
    }
    json_decref(object);
    return *grown != NULL ? AANN_OK
                          : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for search options");
}

/* ---- reading ------------------------------------------------------------------------------------- */

static bool read_reals(const json_t *array, size_t most, double *values)
{
    if (!json_is_array(array) || json_array_size(array) > most) {
        return false;
    }
    memset(values, 0, most * sizeof *values);
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!json_is_number(json_array_get(array, i))) {
            return false;
        }
        values[i] = json_number_value(json_array_get(array, i));
    }
    return true;
}

static bool read_integer(const field *described, json_int_t value, char *place)
{
    if (described->kind == FIELD_INT32) {
        const int32_t narrow = (int32_t)value;
        memcpy(place, &narrow, sizeof narrow);
        return value >= INT32_MIN && value <= INT32_MAX;
    }
    const int64_t wide = (int64_t)value;
    memcpy(place, &wide, sizeof wide);
    return true;
}

static bool read_field(const field *described, const json_t *value, aann_search_options *options)
{
    char *place = (char *)options + described->offset;
    switch (described->kind) {
    case FIELD_UNSIGNED:
    case FIELD_INT64:
    case FIELD_INT32:
        return json_is_integer(value) && read_integer(described, json_integer_value(value), place);
    case FIELD_REAL: {
        const double real = json_number_value(value);
        memcpy(place, &real, sizeof real);
        return json_is_number(value);
    }
    case FIELD_BOOL: {
        const bool truth = json_is_true(value);
        memcpy(place, &truth, sizeof truth);
        return json_is_boolean(value);
    }
    case FIELD_REALS: {
        double values[AANN_MAX_TARGETS];
        if (!read_reals(value, described->count, values)) {
            return false;
        }
        memcpy(place, values, described->count * sizeof values[0]);
        return true;
    }
    case FIELD_METHOD:
        return json_is_string(value) &&
               aann_search_method_parse(json_string_value(value), &options->method);
    }
    return false;
}

static void read_starts(const json_t *array, aann_family_plan *plan)
{
    for (size_t i = 0; i < json_array_size(array) && i < AANN_MAX_STARTS; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        plan->start_hashes[plan->start_hash_count++] = text != NULL ? strtoull(text, NULL, 16) : 0;
    }
}

aann_status aann_family_plan_parse(const char *json, aann_family_plan *plan, aann_error *error)
{
    aann_family_plan parsed = aann_family_plan_default();
    json_t *object = json_loads(json, 0, NULL);
    const char *bad = object != NULL ? NULL : "JSON";
    for (size_t i = 0; bad == NULL && i < FIELD_COUNT; i++) {
        const json_t *value = json_object_get(object, fields[i].name);
        if (value != NULL && !read_field(&fields[i], value, &parsed.search)) {
            bad = fields[i].name;
        }
    }
    const json_t *members = json_object_get(object, "members");
    const json_t *threshold = json_object_get(object, "threshold");
    parsed.members = (int32_t)json_integer_value(members);
    parsed.threshold = json_number_value(threshold);
    read_starts(json_object_get(object, "starts"), &parsed);
    json_decref(object);
    aann_status status = AANN_OK;
    if (bad != NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the search options of a family: %s is damaged",
                         bad);
    }
    status = aann_search_options_check(&parsed.search, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, AANN_ERROR_FORMAT, "the search options of a family");
    }
    *plan = parsed;
    return AANN_OK;
}

aann_status aann_family_plan_check(const aann_family_plan *plan, aann_error *error)
{
    if (plan->members < 1 || plan->members > AANN_MAX_MEMBERS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "members: %d is not between 1 and %d",
                         plan->members, AANN_MAX_MEMBERS);
    }
    if (!(plan->threshold >= 0.0 && plan->threshold <= 1.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "threshold: %g is not a share between 0 and 1",
                         plan->threshold);
    }
    if (plan->start_count < 0 || plan->start_count > AANN_MAX_STARTS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "starts: %d is not between 0 and %d",
                         plan->start_count, AANN_MAX_STARTS);
    }
    return aann_search_options_check(&plan->search, error);
}

aann_status aann_family_spec(const aann_family_row *family, aann_spec *spec, aann_error *error)
{
    aann_status status = aann_spec_parse(family->spec, family->input, spec, error);
    if (status == AANN_OK) {
        status = aann_spec_set_excitatory_share(spec, family->excitatory_share, error);
    }
    return status;
}
