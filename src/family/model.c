/* Making a model of a stored member. */
#include <stdio.h>
#include <stdlib.h>

#include "aann/family.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/json_text.h"
#include "family/samples.h"

/* The parts of a description that must be freed. */
typedef struct member_parts {
    aann_encoding encoding;
    double *target_mean;
    double *target_scale;
    char **class_names;
    int32_t class_count;
    char **target_names;
    aann_source_description recipe; /* has the names of the columns of windows */
    const char **window_columns;
    int32_t window_column_count;
    char *provenance;
} member_parts;

static void free_parts(member_parts *parts)
{
    aann_encoding_destroy(&parts->encoding);
    free(parts->target_mean);
    free(parts->target_scale);
    free(parts->class_names); /* one block, the names included */
    free(parts->target_names);
    free(parts->window_columns);
    aann_source_description_clear(&parts->recipe);
    free(parts->provenance);
}

/* A text from a study; JSON holds UTF-8 and nothing else, so what is not becomes a question mark. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    char *copy = json == NULL ? aann_copy_text(text) : NULL;
    for (char *at = copy; copy != NULL && *at != '\0'; at++) {
        *at = (unsigned char)*at < 0x80 ? *at : '?';
    }
    json = copy != NULL ? json_string(copy) : json;
    free(copy);
    return json;
}

/* Where the model came from, as one line of JSON: what identifies the member, and how good it was.
 * No paths, which would reveal details of the machine. */
static char *make_provenance(const aann_member *member)
{
    const aann_member_row *row = &member->row;
    char hash[17], seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)row->seed);
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)row->hash);
    json_t *search = json_loads(member->family.options, 0, NULL);
    if (search == NULL) {
        return NULL; /* the plan was read from this text: there is no memory */
    }
    json_t *object =
        json_pack("{s:o, s:o, s:I, s:I, s:s, s:o, s:I, s:I, s:s, s:o}", "software",
                  text_json(member->family.software), "family", text_json(member->family.name),
                  "member", (json_int_t)row->id, "index", (json_int_t)row->index, "seed", seed,
                  "origin", text_json(row->origin), "steps", (json_int_t)row->steps, "accepted",
                  (json_int_t)row->accepted, "hash", hash, "search", search);
    char *text = aann_json_to_text(object, JSON_COMPACT);
    json_decref(object);
    return text;
}

/* Reads what the family's data say about targets, if anything. */
static aann_status read_targets(const aann_member *member, member_parts *parts, aann_error *error)
{
    const int32_t outputs = member->spec.output_count;
    if (!member->plan.search.regression) {
        return AANN_OK;
    }
    parts->target_mean = aann_allocate((size_t)outputs, sizeof *parts->target_mean);
    parts->target_scale = aann_allocate((size_t)outputs, sizeof *parts->target_scale);
    if (parts->target_mean == NULL || parts->target_scale == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    const aann_status status = aann_family_target_range(
        &member->family, outputs, parts->target_mean, parts->target_scale, error);
    if (status == AANN_ERROR_NOT_FOUND) {
        free(parts->target_mean);
        free(parts->target_scale);
        parts->target_mean = NULL;
        parts->target_scale = NULL;
        return AANN_OK;
    }
    return status;
}

/* Samples that are windows of a table: its columns, a channel each. */
static aann_status read_windows(const aann_member *member, member_parts *parts, aann_error *error)
{
    const aann_status status =
        aann_source_description_parse(&member->family, &parts->recipe, error);
    if (status != AANN_OK || parts->recipe.load.window < 1) {
        return status;
    }
    const json_t *columns = json_object_get(parts->recipe.object, "columns");
    const aann_shape sample = aann_encoding_measured_shape(&parts->encoding, member->spec.input);
    const size_t count = json_array_size(columns);
    if (count != (size_t)sample.channels || sample.height != 1 ||
        sample.width != parts->recipe.load.window) {
        return AANN_OK; /* they were seen as another shape: the model does without */
    }
    parts->window_columns = aann_allocate(count, sizeof *parts->window_columns);
    if (parts->window_columns == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(columns, i));
        parts->window_columns[i] = name != NULL ? name : "";
    }
    parts->window_column_count = (int32_t)count;
    return AANN_OK;
}

/* Whether errors of some outputs count more than those of others, and how much. */
static bool read_weights(const aann_member *member, double weights[AANN_MAX_TARGETS])
{
    const int32_t outputs = member->spec.output_count;
    bool weighted = false;
    for (int32_t o = 0; o < outputs && outputs <= AANN_MAX_TARGETS; o++) {
        const double weight = member->plan.search.target_weight[o];
        weights[o] = weight == 0.0 ? 1.0 : weight; /* as the options of a search say */
        weighted = weighted || weights[o] != 1.0;
    }
    return weighted && member->plan.search.regression;
}

static int32_t window_step(const aann_load_options *load)
{
    return load->window_step > 0 ? load->window_step : load->window;
}

static aann_status make_model(const aann_member *member, member_parts *parts, aann_model **model,
                              aann_error *error)
{
    aann_status status = aann_family_encoding(&member->family, &parts->encoding, error);
    if (status == AANN_OK) {
        status = read_targets(member, parts, error);
    }
    if (status == AANN_OK) {
        status = read_windows(member, parts, error);
    }
    if (status == AANN_OK && member->plan.search.regression) {
        status = aann_source_description_target_names(&parts->recipe, member->spec.output_count,
                                                      &parts->target_names, error);
    }
    if (status == AANN_OK && !member->plan.search.regression) {
        status = aann_family_class_names(&member->family, &parts->class_names, &parts->class_count,
                                         error);
    }
    if (status != AANN_OK) {
        return status;
    }
    parts->provenance = make_provenance(member);
    if (parts->provenance == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    double weights[AANN_MAX_TARGETS];
    const bool weighted = read_weights(member, weights);
    const bool named = parts->class_count > 0;
    const aann_model_description description = {
        .encoding = &parts->encoding,
        .regression = member->plan.search.regression,
        .loss_scale = member->plan.search.loss_scale,
        .output_scale = member->plan.search.output_scale,
        .target_mean = parts->target_mean,
        .target_scale = parts->target_scale,
        .target_weights = weighted ? weights : NULL,
        .class_names = named ? (const char *const *)parts->class_names : NULL,
        .class_count = named ? parts->class_count : 0,
        .target_names = (const char *const *)parts->target_names,
        .window_columns = parts->window_columns,
        .window_column_count = parts->window_column_count,
        .window_step = window_step(&parts->recipe.load),
        .provenance = parts->provenance,
    };
    return aann_model_create(member->network, &description, model, error);
}

aann_status aann_family_model(aann_study *study, int64_t member_id, aann_model **model,
                              aann_error *error)
{
    *model = NULL;
    aann_member member;
    aann_status status = aann_member_open(study, member_id, &member, error);
    if (status != AANN_OK) {
        return status;
    }
    member_parts parts = {0};
    status = make_model(&member, &parts, model, error);
    free_parts(&parts);
    aann_member_destroy(&member);
    return status;
}
