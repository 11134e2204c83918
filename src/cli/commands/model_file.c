/* A model file at work. */
#include "cli/commands/model_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "aann/model.h"
#include "cli/shared/answers.h"
#include "cli/shared/confusion.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/fit.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

/* ---- samples and outputs --------------------------------------------------------------------- */

/* Targets in the user's units become outputs, (t - mean) / scale, so that they can be compared. A
 * file that says itself what its targets stand for holds outputs. */
static void convert_targets(const aann_model *model, const aann_dataset *dataset,
                            aann_samples *samples)
{
    const aann_model_description *about = aann_model_describe(model);
    const int32_t outputs = aann_network_spec(aann_model_network(model))->output_count;
    if (!about->regression || about->target_mean == NULL || samples->targets == NULL ||
        samples->target_count != outputs || aann_dataset_target_mean(dataset) != NULL) {
        return;
    }
    for (int32_t o = 0; o < outputs; o++) {
        aann_samples_scale_target(samples, o, about->target_mean[o], about->target_scale[o]);
    }
}

static aann_status load_once(const aann_model *model, const char *path,
                             const aann_load_options *load, bool need_labels,
                             aann_samples **samples, aann_error *error)
{
    const aann_model_description *about = aann_model_describe(model);
    aann_dataset *dataset = NULL;
    aann_status status = aann_dataset_load(path, load, &dataset, error);
    const bool loaded = status == AANN_OK; /* otherwise the message names the file already */
    if (loaded && need_labels && about->class_names != NULL) {
        status = aann_dataset_match_classes(dataset, about->class_names, about->class_count, error);
    }
    if (status == AANN_OK) {
        status = aann_dataset_encode(dataset, about->encoding, 0, aann_dataset_count(dataset),
                                     samples, error);
    }
    if (status == AANN_OK) {
        convert_targets(model, dataset, *samples);
    }
    if (loaded && status != AANN_OK) {
        cli_prefix_error(error, path);
    }
    aann_dataset_destroy(dataset);
    return status;
}

const char **model_file_set_columns(const aann_model *model, aann_load_options *load)
{
    const aann_model_description *about = aann_model_describe(model);
    const aann_encoding *encoding = about->encoding;
    const bool table = encoding->kind == AANN_ENCODING_TABLE;
    const bool windows = about->window_columns != NULL;
    const char *const *listed = windows ? about->window_columns : about->column_names;
    const int64_t count = windows                       ? about->window_column_count
                          : table                       ? encoding->feature_count
                          : about->column_names != NULL ? about->column_count
                                                        : 0;
    const char **names = count > 0 ? calloc((size_t)count, sizeof *names) : NULL;
    for (int64_t i = 0; names != NULL && i < count; i++) {
        names[i] = table && !windows ? encoding->columns[i].name : listed[i];
        if (names[i] == NULL) {
            free(names);
            names = NULL;
        }
    }
    if (names != NULL) {
        load->columns = names;
        load->column_count = count;
        load->kinds = encoding->columns;
    }
    if (names != NULL && windows) {
        load->window = aann_network_spec(aann_model_network(model))->input.width;
        load->window_step = load->window_step > 0 ? load->window_step : about->window_step;
    }
    return names;
}

/* The names of a regression's targets as an option has them, "force,torque", malloc'ed; NULL if the
 * model does not know them. */
static char *target_list(const aann_model *model)
{
    const aann_model_description *about = aann_model_describe(model);
    const int32_t outputs = aann_network_spec(aann_model_network(model))->output_count;
    size_t size = 1;
    for (int32_t o = 0; about->target_names != NULL && o < outputs; o++) {
        size += strlen(about->target_names[o]) + 1;
    }
    char *list = about->target_names != NULL ? calloc(size, 1) : NULL;
    size_t used = 0;
    for (int32_t o = 0; list != NULL && o < outputs; o++) {
        used += (size_t)snprintf(list + used, size - used, "%s%s", o > 0 ? "," : "",
                                 about->target_names[o]);
    }
    return list;
}

/* Columns are found by their names. Without names and labels to look for, a CSV file's last column
 * may have been taken for a label: then once more, with none. The first message is kept. */
static aann_status load_samples(const aann_model *model, const model_request *request,
                                bool need_labels, aann_samples **samples, aann_error *error)
{
    aann_load_options load = request->load;
    const aann_encoding *encoding = aann_model_describe(model)->encoding;
    if (encoding == NULL) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "the model says nothing of how data are encoded");
    }
    load.shape =
        aann_encoding_measured_shape(encoding, aann_network_spec(aann_model_network(model))->input);
    const char **names = model_file_set_columns(model, &load);
    load.ignore_answers = !need_labels;
    load.classes = aann_model_describe(model)->class_names != NULL ? AANN_CLASSES_NAMED
                                                                   : AANN_CLASSES_NUMBERED;
    if (names != NULL) {
        char *targets = need_labels && load.target_columns == NULL ? target_list(model) : NULL;
        load.target_columns = targets != NULL ? targets : load.target_columns;
        const aann_status named =
            load_once(model, request->data, &load, need_labels, samples, error);
        free(targets);
        free(names);
        return named;
    }
    const aann_status status = load_once(model, request->data, &load, need_labels, samples, error);
    if (status == AANN_OK || need_labels || load.label_column != NULL) {
        return status;
    }
    load.label_column = "";
    return load_once(model, request->data, &load, false, samples, NULL) == AANN_OK ? AANN_OK
                                                                                   : status;
}

static aann_status evaluate(const aann_model *model, const aann_samples *samples,
                            const model_request *request, int32_t **logits, aann_error *error)
{
    const size_t outputs = (size_t)aann_network_spec(aann_model_network(model))->output_count;
    aann_evaluator *evaluator = NULL;
    *logits = calloc((size_t)samples->count * outputs + 1, sizeof **logits);
    if (*logits == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for the outputs");
    }
    aann_status status = aann_evaluator_create(aann_model_network(model), request->threads,
                                               request->isa, &evaluator, error);
    if (status == AANN_OK) {
        status = aann_evaluator_logits(evaluator, samples, 0, samples->count, *logits, error);
    }
    aann_evaluator_destroy(evaluator);
    return status;
}

/* ---- predict --------------------------------------------------------------------------------- */

static void print(const cli_answers *answers, const model_request *request)
{
    const cli_output *file = request->logits;
    if (request->json) {
        json_t *object = json_pack("{s:I, s:i, s:o}", "count", (json_int_t)answers->count,
                                   "outputs", answers->outputs, "logits",
                                   file->path != NULL ? cli_json_text(file->path) : json_null());
        cli_answers_add_json(answers, object);
        cli_print_json(object);
    } else if (file->path != NULL) {
        cli_print_to(file->messages, "%s: logits of %" PRId64 " samples, int32 [%" PRId64 "][%d]\n",
                     file->is_standard ? "standard output" : file->path, answers->count,
                     answers->count, answers->outputs);
    } else {
        cli_answers_print(answers, 1);
    }
}

static aann_status predict(const aann_model *model, const model_request *request, aann_error *error)
{
    aann_samples *samples = NULL;
    int32_t *logits = NULL;
    cli_answers answers = {0};
    const int32_t outputs = aann_network_spec(aann_model_network(model))->output_count;
    aann_status status = load_samples(model, request, false, &samples, error);
    if (status == AANN_OK) {
        status = evaluate(model, samples, request, &logits, error);
    }
    const int64_t count = status == AANN_OK ? samples->count : 0;
    if (status == AANN_OK && request->logits->path != NULL) {
        status = aann_npy_write_int32(request->logits->path, logits, count, outputs, error);
    }
    if (status == AANN_OK) {
        status = cli_answers_make(model, logits, count, &answers, error);
    }
    if (status == AANN_OK) {
        print(&answers, request);
    }
    cli_answers_clear(&answers);
    free(logits);
    aann_samples_destroy(samples);
    return cli_output_end(request->logits, status, error);
}

int model_file_predict(const char *path, const model_request *request)
{
    aann_error error;
    aann_model *model = NULL;
    aann_status status = aann_model_load(path, &model, &error);
    status = status == AANN_OK ? predict(model, request, &error)
                               : cli_output_end(request->logits, status, &error);
    aann_model_destroy(model);
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}

/* ---- eval ------------------------------------------------------------------------------------ */

static void print_score(const char *data, const aann_score *score, const int64_t *confusion,
                        const cli_fit *fits, const char *const *names, int32_t outputs, bool json)
{
    if (json) {
        json_t *object =
            json_pack("{s:o, s:o, s:I, s:o}", "accuracy", cli_json_real(score->accuracy), "loss",
                      cli_json_real(score->loss), "count", (json_int_t)score->count, "confusion",
                      cli_confusion_json(confusion, outputs));
        cli_confusion_add_balance(confusion, outputs, object);
        if (fits != NULL) {
            json_object_set_new(object, "fits", cli_fits_json(fits, names, outputs));
        }
        cli_print_json(object);
        return;
    }
    cli_print("%s: ", data);
    cli_print_score(score);
    if (fits != NULL) {
        cli_fits_print(fits, names, outputs);
    }
}

/* Targets are divided by the scale of their output. */
static aann_status check_scales(const aann_model_description *about, int32_t outputs,
                                aann_error *error)
{
    for (int32_t o = 0; about->regression && about->target_scale != NULL && o < outputs; o++) {
        if (about->target_scale[o] == 0.0) {
            return cli_set_error(error, AANN_ERROR_FORMAT,
                                 "output %d of the model has the scale 0, so it is always the same "
                                 "number: no targets can be compared with it",
                                 o);
        }
    }
    return AANN_OK;
}

static aann_status score(const aann_model *model, const model_request *request, aann_error *error)
{
    const aann_model_description *about = aann_model_describe(model);
    const int32_t outputs = aann_network_spec(aann_model_network(model))->output_count;
    aann_samples *samples = NULL;
    int32_t *logits = NULL;
    aann_score result;
    aann_status status = check_scales(about, outputs, error);
    if (status == AANN_OK) {
        status = load_samples(model, request, true, &samples, error);
    }
    if (status == AANN_OK) {
        status = evaluate(model, samples, request, &logits, error);
    }
    if (status == AANN_OK) {
        status = aann_logits_score(samples, logits, outputs,
                                   about->regression ? about->output_scale : about->loss_scale,
                                   about->target_weights, &result, error);
    }
    if (status == AANN_OK) {
        int64_t *confusion = cli_confusion(samples, logits, outputs);
        cli_fit *fits =
            cli_fits(samples, logits, outputs, about->output_scale, about->target_scale);
        print_score(request->data, &result, confusion, fits, about->target_names, outputs,
                    request->json);
        free(fits);
        free(confusion);
    }
    free(logits);
    aann_samples_destroy(samples);
    return status;
}

int model_file_eval(const char *path, const model_request *request)
{
    if (request->data == NULL) {
        return cli_usage_error("eval: a model has no data of its own: --data FILE is missing");
    }
    aann_error error;
    aann_model *model = NULL;
    aann_status status = aann_model_load(path, &model, &error);
    if (status == AANN_OK) {
        status = score(model, request, &error);
    }
    aann_model_destroy(model);
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}

/* ---- show ------------------------------------------------------------------------------------ */

static json_t *names_json(const char *const *names, int32_t count)
{
    json_t *array = names != NULL ? json_array() : json_null();
    for (int32_t i = 0; names != NULL && i < count; i++) {
        json_array_append_new(array, cli_json_text(names[i]));
    }
    return array;
}

static json_t *windows_json(const aann_model *model)
{
    const aann_model_description *about = aann_model_describe(model);
    return about->window_columns == NULL
               ? json_null()
               : json_pack("{s:i, s:i, s:o}", "rows",
                           aann_network_spec(aann_model_network(model))->input.width, "step",
                           about->window_step, "columns",
                           names_json(about->window_columns, about->window_column_count));
}

static const char *task_of(const aann_model_description *about)
{
    return about->regression ? "regression" : "classification";
}

static const char *encoding_of(const aann_model_description *about)
{
    return about->encoding != NULL ? aann_encoding_kind_name(about->encoding->kind) : "none";
}

void model_file_print(const aann_model *model, const char *path)
{
    const aann_model_description *about = aann_model_describe(model);
    const aann_network *network = aann_model_network(model);
    const aann_spec *spec = aann_network_spec(network);
    cli_print("%s: %s on %dx%dx%d, %s, hash %016" PRIx64 "\n", path, spec->text,
              spec->input.channels, spec->input.height, spec->input.width, task_of(about),
              aann_network_hash(network));
    cli_print_layers(spec);
    cli_print("  encoding: %s\n", encoding_of(about));
    for (int32_t i = 0; i < about->class_count; i++) {
        cli_print("  class %d: %s\n", i, about->class_names[i]);
    }
    for (int32_t o = 0; about->target_names != NULL && o < spec->output_count; o++) {
        cli_print("  output %d: %s\n", o, about->target_names[o]);
    }
    if (about->window_columns != NULL) {
        cli_print("  windows of %d rows, one every %d:", spec->input.width, about->window_step);
        for (int32_t i = 0; i < about->window_column_count; i++) {
            cli_print(" %s", about->window_columns[i]);
        }
        cli_print("\n");
    }
    if (about->provenance != NULL) {
        cli_print("  from: %s\n", about->provenance);
    }
}

static void print_json(const aann_model *model)
{
    const aann_model_description *about = aann_model_describe(model);
    const aann_network *network = aann_model_network(model);
    const aann_spec *spec = aann_network_spec(network);
    cli_print_json(json_pack(
        "{s:o, s:o, s:[i,i,i], s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "spec",
        cli_json_text(spec->text), "hash", cli_json_hash(aann_network_hash(network)), "input",
        spec->input.channels, spec->input.height, spec->input.width, "task", task_of(about),
        "encoding", encoding_of(about), "layers", cli_json_layers(spec), "classes",
        names_json(about->class_names, about->class_count), "targets",
        names_json(about->target_names, spec->output_count), "windows", windows_json(model),
        "provenance", about->provenance != NULL ? cli_json_text(about->provenance) : json_null()));
}

int model_file_show(const char *path, bool json)
{
    aann_error error;
    aann_model *model = NULL;
    if (aann_model_load(path, &model, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (json) {
        print_json(model);
    } else {
        model_file_print(model, path);
    }
    aann_model_destroy(model);
    return cli_finish_output(CLI_GOOD);
}
