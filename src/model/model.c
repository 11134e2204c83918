/* Creating and destroying models: checks of the parts, and copies of them. */
#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/columns.h"
#include "samples/table_encoding.h"

aann_model_description aann_model_description_default(void)
{
    return (aann_model_description){.loss_scale = 8.0, .output_scale = 1.0};
}

/* ---- checks ---------------------------------------------------------------------------------- */

static aann_status check_ranges(const aann_encoding *encoding, aann_status status,
                                aann_error *error)
{
    if (encoding->minimum == NULL || encoding->maximum == NULL) {
        return aann_fail(error, status, "the encoding of a model has no ranges of the features");
    }
    for (int64_t i = 0; i < encoding->feature_count; i++) {
        if (!isfinite(encoding->minimum[i]) || !isfinite(encoding->maximum[i]) ||
            encoding->minimum[i] > encoding->maximum[i]) {
            return aann_fail(error, status,
                             "the encoding of a model has the range %g to %g for "
                             "feature %lld",
                             (double)encoding->minimum[i], (double)encoding->maximum[i],
                             (long long)i);
        }
    }
    return AANN_OK;
}

/* The network reads what the encoding makes. */
static aann_status check_encoding(const aann_encoding *encoding, aann_shape input,
                                  aann_status status, aann_error *error)
{
    const bool own_size = encoding->kind >= AANN_ENCODING_FEATURE;
    if (encoding->kind < AANN_ENCODING_BYTE || encoding->kind > AANN_ENCODING_TABLE) {
        return aann_fail(error, status, "the encoding of a model has the kind %d: expected 1 to 4",
                         (int)encoding->kind);
    }
    const aann_shape measured = aann_encoding_measured_shape(encoding, input);
    const int64_t values = aann_shape_size(measured);
    if (encoding->feature_count != values && (own_size || encoding->feature_count != 0)) {
        return aann_fail(error, status,
                         "the encoding of a model is for %lld values, the network reads %lld",
                         (long long)encoding->feature_count, (long long)values);
    }
    const int64_t made = aann_shape_size(aann_encoding_input_shape(encoding, measured));
    if (values < 1 || made != aann_shape_size(input)) {
        return aann_fail(error, status,
                         "the encoding of a model makes %lld inputs, the network reads %lld",
                         (long long)made, (long long)aann_shape_size(input));
    }
    if (!(encoding->global_maximum >= 0.0) || !isfinite(encoding->global_maximum)) {
        return aann_fail(error, status, "the encoding of a model has the maximum %g",
                         encoding->global_maximum);
    }
    if (encoding->kind == AANN_ENCODING_TABLE) {
        if (input.channels != made) { /* a row has no places, which maps are padded by */
            return aann_fail(error, status,
                             "the encoding of a model makes %lld inputs of a table, the network "
                             "reads maps of %d x %d: expected %lld x 1 x 1",
                             (long long)made, input.height, input.width, (long long)made);
        }
        return aann_table_encoding_check(encoding, status, error);
    }
    return encoding->kind == AANN_ENCODING_FEATURE ? check_ranges(encoding, status, error)
                                                   : AANN_OK;
}

static aann_status check_names(const char *const *names, int32_t count, const char *what,
                               aann_status status, aann_error *error)
{
    for (int32_t i = 0; names != NULL && i < count; i++) {
        if (names[i] == NULL) {
            return aann_fail(error, status, "%s %d of a model has no name (NULL): expected a text",
                             what, i);
        }
    }
    return AANN_OK;
}

static aann_status check_numbers(const aann_model_description *d, int32_t outputs,
                                 aann_status status, aann_error *error)
{
    if (!(d->loss_scale > 0.0 && d->loss_scale <= 1e6) ||
        !(d->output_scale >= 1e-2 && d->output_scale <= 1e6)) {
        return aann_fail(error, status,
                         "a model has the loss scale %g and the output scale %g: expected up to "
                         "1000000, and at least 0.01",
                         d->loss_scale, d->output_scale);
    }
    if ((d->target_mean == NULL) != (d->target_scale == NULL)) {
        return aann_fail(error, status, "a model has a target mean and no scale, or the reverse");
    }
    for (int32_t o = 0; d->target_mean != NULL && o < outputs; o++) {
        if (!isfinite(d->target_mean[o]) || !isfinite(d->target_scale[o])) {
            return aann_fail(error, status, "output %d of a model has the mean %g and the scale %g",
                             o, d->target_mean[o], d->target_scale[o]);
        }
    }
    for (int32_t o = 0; d->target_weights != NULL && o < outputs; o++) {
        if (!(d->target_weights[o] >= 0.0 && d->target_weights[o] <= 1e15)) {
            return aann_fail(error, status,
                             "output %d of a model has the weight %g: expected 0 to 1e15", o,
                             d->target_weights[o]);
        }
    }
    return AANN_OK;
}

/* A window has a channel for each column of the table. */
static aann_status check_windows(const aann_model_description *d, const aann_spec *spec,
                                 aann_status status, aann_error *error)
{
    const aann_shape sample =
        d->encoding != NULL ? aann_encoding_measured_shape(d->encoding, spec->input) : spec->input;
    if (d->window_columns == NULL) {
        return AANN_OK;
    }
    if (d->window_column_count != sample.channels || sample.height != 1 || d->window_step < 1) {
        return aann_fail(error, status,
                         "a model has windows of %d columns, one every %d rows, and samples of "
                         "%dx%dx%d: expected a channel for each column, of height 1",
                         d->window_column_count, d->window_step, sample.channels, sample.height,
                         sample.width);
    }
    return check_names(d->window_columns, d->window_column_count, "column", status, error);
}

aann_status aann_model_check(const aann_spec *spec, const aann_model_description *d,
                             aann_status status, aann_error *error)
{
    const aann_status encoding =
        d->encoding != NULL ? check_encoding(d->encoding, spec->input, status, error) : AANN_OK;
    if (encoding != AANN_OK) {
        return encoding;
    }
    const int64_t values = aann_shape_size(
        d->encoding != NULL ? aann_encoding_measured_shape(d->encoding, spec->input) : spec->input);
    if (d->class_names != NULL && (d->class_count < 1 || d->class_count > spec->output_count)) {
        return aann_fail(error, status,
                         "a model has the names of %d classes, the network %d outputs",
                         d->class_count, spec->output_count);
    }
    if (d->column_names != NULL && d->column_count != values) {
        return aann_fail(error, status, "a model has the names of %d columns, a sample %lld values",
                         d->column_count, (long long)values);
    }
    aann_status good = check_names(d->class_names, d->class_count, "class", status, error);
    if (good == AANN_OK) {
        good = check_names(d->column_names, d->column_count, "column", status, error);
    }
    if (good == AANN_OK) {
        good = check_names(d->target_names, spec->output_count, "target", status, error);
    }
    if (good == AANN_OK) {
        good = check_windows(d, spec, status, error);
    }
    return good == AANN_OK ? check_numbers(d, spec->output_count, status, error) : good;
}

/* ---- copies ---------------------------------------------------------------------------------- */

static char *copy_text(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = aann_allocate(size, 1);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

static void *copy_array(const void *from, size_t count, size_t size)
{
    void *copy = aann_allocate(count, size);
    return copy != NULL ? memcpy(copy, from, count * size) : NULL;
}

/* Copies names[count]; false for lack of memory, with what was copied in *copies. */
static bool copy_names(const char *const *names, int32_t count, char ***copies)
{
    *copies = aann_allocate_zeroed((size_t)count, sizeof **copies);
    bool good = *copies != NULL;
    for (int32_t i = 0; good && i < count; i++) {
        (*copies)[i] = copy_text(names[i]);
        good = (*copies)[i] != NULL;
    }
    return good;
}

static bool copy_encoding(const aann_encoding *from, aann_encoding *copy)
{
    const size_t features = (size_t)from->feature_count;
    *copy = (aann_encoding){.kind = from->kind,
                            .global_maximum = from->global_maximum,
                            .feature_count = from->feature_count,
                            .constant = from->constant};
    if (from->kind == AANN_ENCODING_FEATURE) {
        copy->minimum = copy_array(from->minimum, features, sizeof *copy->minimum);
        copy->maximum = copy_array(from->maximum, features, sizeof *copy->maximum);
        return copy->minimum != NULL && copy->maximum != NULL;
    }
    if (from->kind == AANN_ENCODING_TABLE) {
        copy->rules = copy_array(from->rules, (size_t)from->rule_count, sizeof *copy->rules);
        copy->rule_count = from->rule_count;
        return copy->rules != NULL && aann_columns_copy(from->columns, from->feature_count,
                                                        &copy->columns, NULL) == AANN_OK;
    }
    return true;
}

static bool copy_description(const aann_model_description *d, int32_t outputs, aann_model *model)
{
    bool good = true;
    model->description = *d;
    if (d->encoding != NULL) {
        good = copy_encoding(d->encoding, &model->encoding);
        model->description.encoding = &model->encoding;
    }
    if (good && d->target_mean != NULL) {
        model->target_mean = copy_array(d->target_mean, (size_t)outputs, sizeof(double));
        model->target_scale = copy_array(d->target_scale, (size_t)outputs, sizeof(double));
        good = model->target_mean != NULL && model->target_scale != NULL;
    }
    if (good && d->target_weights != NULL) {
        model->target_weights = copy_array(d->target_weights, (size_t)outputs, sizeof(double));
        good = model->target_weights != NULL;
    }
    good = good && (d->class_names == NULL ||
                    copy_names(d->class_names, d->class_count, &model->class_names));
    good = good && (d->column_names == NULL ||
                    copy_names(d->column_names, d->column_count, &model->column_names));
    if (good && d->target_names != NULL) {
        model->target_name_count = outputs;
        good = copy_names(d->target_names, outputs, &model->target_names);
    }
    good = good && (d->window_columns == NULL ||
                    copy_names(d->window_columns, d->window_column_count, &model->window_columns));
    if (good && d->provenance != NULL) {
        model->provenance = copy_text(d->provenance);
        good = model->provenance != NULL;
    }
    model->description.target_mean = model->target_mean;
    model->description.target_scale = model->target_scale;
    model->description.target_weights = model->target_weights;
    model->description.class_names = (const char *const *)model->class_names;
    model->description.class_count = d->class_names != NULL ? d->class_count : 0;
    model->description.column_names = (const char *const *)model->column_names;
    model->description.column_count = d->column_names != NULL ? d->column_count : 0;
    model->description.target_names = (const char *const *)model->target_names;
    model->description.window_columns = (const char *const *)model->window_columns;
    model->description.window_column_count = d->window_columns != NULL ? d->window_column_count : 0;
    model->description.window_step = d->window_columns != NULL ? d->window_step : 0;
    model->description.provenance = model->provenance;
    return good;
}

aann_status aann_model_create(const aann_network *network,
                              const aann_model_description *description, aann_model **result,
                              aann_error *error)
{
    *result = NULL;
    const aann_spec *spec = aann_network_spec(network);
    aann_status status = aann_network_check_counts(network, error);
    if (status == AANN_OK) {
        status = aann_model_check(spec, description, AANN_ERROR_ARGUMENT, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    aann_model *model = aann_allocate_zeroed(1, sizeof *model);
    if (model == NULL || !copy_description(description, spec->output_count, model)) {
        aann_model_destroy(model);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    status = aann_network_copy(network, &model->network, error);
    if (status != AANN_OK) {
        aann_model_destroy(model);
        return status;
    }
    *result = model;
    return AANN_OK;
}

static void free_names(char **names, int32_t count)
{
    for (int32_t i = 0; names != NULL && i < count; i++) {
        free(names[i]);
    }
    free(names);
}

void aann_model_destroy(aann_model *model)
{
    if (model == NULL) {
        return;
    }
    aann_evaluator_destroy(model->evaluator);
    aann_network_destroy(model->network);
    aann_encoding_destroy(&model->encoding);
    free(model->target_mean);
    free(model->target_scale);
    free(model->target_weights);
    free_names(model->class_names, model->description.class_count);
    free_names(model->column_names, model->description.column_count);
    free_names(model->target_names, model->target_name_count);
    free_names(model->window_columns, model->description.window_column_count);
    free(model->provenance);
    free(model);
}

const aann_network *aann_model_network(const aann_model *model)
{
    return model->network;
}

const aann_model_description *aann_model_describe(const aann_model *model)
{
    return &model->description;
}
