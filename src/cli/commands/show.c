/* aann show: one member, to look at: counts per layer, the first layer drawn, the confusion matrix,
 * and its history. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "aann/evaluate.h"
#include "cli/commands/command.h"
#include "cli/commands/model_file.h"
#include "cli/shared/confusion.h"
#include "cli/shared/evaluate.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/model_name.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

enum { COLUMNS = 100, MOST_UNITS_DRAWN = 64, WIDEST_FILTER = 96, TALLEST_FILTER = 48 };

static const char description[] =
    "Shows one member: the counts of -1, 0 and +1 in every layer, the filters of\n"
    "the first layer (+ is +1, - is -1, . is 0), the confusion matrix on the test\n"
    "set (or another --split), and the course of the search.\n"
    "\n"
    "  aann show mnist.aann 1\n"
    "  aann show mnist.aannm     (a file from 'aann save')\n";

/* ---- filters --------------------------------------------------------------------------------- */

static void print_weight(int8_t weight, bool colour)
{
    if (!colour) {
        printf(" %c", weight > 0 ? '+' : weight < 0 ? '-' : '.');
        return;
    }
    printf("\033[%dm %c\033[0m",
           weight > 0   ? 31
           : weight < 0 ? 34
                        : 90,
           weight > 0   ? '+'
           : weight < 0 ? '-'
                        : '.');
}

/* Units first .. end - 1 side by side, one row of the kernel after the other, as seen by one input
 * channel. */
static void draw_units(const aann_layer *layer, const int8_t *weights, int32_t channel,
                       int32_t first, int32_t end, bool colour)
{
    const int32_t height = layer->kernel_height;
    const int32_t width = layer->kernel_width;
    for (int32_t row = 0; row < height; row++) {
        for (int32_t unit = first; unit < end; unit++) {
            const int64_t start = (int64_t)unit * layer->fan_in + (int64_t)channel * height * width;
            printf("  ");
            for (int32_t column = 0; column < width; column++) {
                print_weight(weights[start + row * width + column], colour);
            }
        }
        putchar('\n');
    }
    putchar('\n');
}

/* A layer that reads a vector: one line per unit. */
static void draw_vectors(const aann_layer *layer, const int8_t *weights, int32_t units, bool colour)
{
    const int32_t shown = layer->fan_in < WIDEST_FILTER / 2 ? layer->fan_in : WIDEST_FILTER / 2;
    for (int32_t unit = 0; unit < units; unit++) {
        printf("  %3d ", unit);
        for (int32_t i = 0; i < shown; i++) {
            print_weight(weights[(int64_t)unit * layer->fan_in + i], colour);
        }
        cli_print("%s\n", shown < layer->fan_in ? " ..." : "");
    }
}

static void draw_filters(const aann_network *network)
{
    const aann_layer *layer = &aann_network_spec(network)->layers[0];
    const int8_t *weights = aann_network_weights(network, 0);
    const bool colour = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
    const int32_t units = layer->units < MOST_UNITS_DRAWN ? layer->units : MOST_UNITS_DRAWN;
    const int32_t width = 2 * layer->kernel_width + 2;
    cli_print("first layer, %d of %d units%s:\n", units, layer->units,
              layer->input.channels > 1 && layer->kernel_height * layer->kernel_width > 1
                  ? ", input channel 0"
                  : "");
    if (layer->kernel_height == 1 && layer->kernel_width == 1) {
        draw_vectors(layer, weights, units, colour);
        return;
    }
    if (width > 2 * WIDEST_FILTER || layer->kernel_height > TALLEST_FILTER) {
        printf("  (too large to draw)\n");
        return;
    }
    const int32_t beside = width < COLUMNS ? COLUMNS / width : 1;
    for (int32_t first = 0; first < units; first += beside) {
        draw_units(layer, weights, 0, first, first + beside < units ? first + beside : units,
                   colour);
    }
}

/* ---- history --------------------------------------------------------------------------------- */

static aann_status read_history(const char *path, int64_t member, aann_trace_row **rows,
                                size_t *count, aann_error *error)
{
    aann_study *study = NULL;
    aann_status status = aann_study_open(path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_study_trace(study, member, rows, count, error);
    }
    aann_study_close(study);
    return status;
}

/* [[candidates, accepted], ...]; null: not known. */
static json_t *layers_json(const aann_trace_row *row)
{
    json_t *layers = row->layer_count > 0 ? json_array() : json_null();
    for (int32_t i = 0; i < row->layer_count; i++) {
        json_array_append_new(layers, json_pack("[I, I]", (json_int_t)row->layer_candidates[i],
                                                (json_int_t)row->layer_accepted[i]));
    }
    return layers;
}

static json_t *history_json(const aann_trace_row *rows, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const aann_trace_row *row = &rows[i];
        json_array_append_new(
            array,
            json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o}", "step",
                      (json_int_t)row->step, "seconds", cli_json_real(row->seconds), "temperature",
                      cli_json_real(row->temperature), "train_loss", cli_json_real(row->train_loss),
                      "train_accuracy", cli_json_real(row->train_accuracy), "validation_accuracy",
                      cli_json_real(row->validation_accuracy), "validation_loss",
                      cli_json_real(row->validation_loss), "accepted", (json_int_t)row->accepted,
                      "evaluated_samples", (json_int_t)row->evaluated_samples, "layers",
                      layers_json(row)));
    }
    return array;
}

/* Ten lines of it. */
static void print_history(const aann_trace_row *rows, size_t count)
{
    enum { LINES = 10 };
    if (count == 0) {
        return;
    }
    cli_print("course of the search:\n  %14s %10s %12s %11s %9s %11s\n", "step", "seconds",
              "accepted", "train loss", "train", "validation");
    for (size_t i = 1; i <= LINES; i++) {
        const size_t index = i * count / LINES;
        if (index == 0 || index == (i - 1) * count / LINES) {
            continue;
        }
        const aann_trace_row *row = &rows[index - 1];
        char step[32], accepted[32], loss[16], train[16], validation[16];
        cli_print("  %14s %10.1f %12s %11s %9s %11s\n", cli_grouped(row->step, step), row->seconds,
                  cli_grouped(row->accepted, accepted), cli_number(row->train_loss, loss),
                  cli_percent(row->train_accuracy, train),
                  cli_score(row->validation_accuracy, row->validation_loss, validation));
    }
}

/* ---- the command ----------------------------------------------------------------------------- */

/* The confusion matrix, int64 [outputs][outputs], malloc'ed; NULL with an `error` if the data are
 * not at hand. */
static int64_t *evaluate(const aann_member *member, const char *split, char *what, size_t what_size,
                         aann_error *error)
{
    aann_samples *owned = NULL;
    const aann_samples *samples = NULL;
    aann_family_data *data = NULL;
    int32_t *logits = NULL;
    int64_t *confusion = NULL;
    const aann_load_options load = aann_load_options_default();
    aann_status status =
        cli_samples(member, NULL, split, &load, &owned, &samples, &data, what, what_size, error);
    if (status == AANN_OK) {
        status = cli_logits(member, samples, 1, NULL, &logits, error);
    }
    if (status == AANN_OK) {
        confusion = cli_confusion(samples, logits, member->spec.output_count);
    }
    free(logits);
    aann_family_data_destroy(data);
    return confusion;
}

static void show_json(const aann_member *member, const int64_t *confusion, const char *what,
                      const aann_trace_row *rows, size_t row_count)
{
    aann_data_origin *origin = NULL;
    (void)aann_family_data_origin(&member->family, &origin, NULL); /* damaged: no intervals */
    json_t *object = cli_json_member_of(&member->family, origin, &member->row);
    aann_free(origin);
    json_object_set_new(object, "spec", cli_json_text(member->family.spec));
    json_object_set_new(object, "task", cli_json_text(member->family.task));
    json_object_set_new(object, "name", cli_json_text(member->family.name));
    json_object_set_new(object, "layers", cli_json_layers(&member->spec));
    json_object_set_new(object, "confusion",
                        cli_confusion_json(confusion, member->spec.output_count));
    json_object_set_new(object, "confusion_of",
                        confusion != NULL ? cli_json_text(what) : json_null());
    json_object_set_new(object, "trace", history_json(rows, row_count));
    cli_print_json(object);
}

static void show_text(const aann_member *member, const int64_t *confusion, const char *what,
                      const aann_error *error, const aann_trace_row *rows, size_t row_count)
{
    const aann_member_row *row = &member->row;
    char steps[32], loss[16], train[16], validation[16], test[16];
    cli_print("member %" PRId64 " of family %" PRId64 " (%s): %s\n", row->id, row->family,
              member->family.name, member->family.spec);
    cli_print("%s after %s steps in %.1f seconds; hash %016" PRIx64 "\n",
              cli_state_name(row->state), cli_grouped(row->steps, steps), row->seconds, row->hash);
    cli_print("train loss %s, train %s, validation %s, test %s\n\n",
              cli_number(row->train_loss, loss), cli_percent(row->train_accuracy, train),
              cli_score(row->validation_accuracy, row->validation_loss, validation),
              cli_score(row->test_accuracy, row->test_loss, test));
    cli_print_layers(&member->spec);
    cli_print_phases(&member->plan);
    putchar('\n');
    draw_filters(member->network);
    if (confusion != NULL) {
        cli_print("%s: ", what);
        cli_print_confusion(member, confusion);
    } else if (error->message[0] != '\0') {
        cli_print("no confusion matrix: %s\n", error->message);
    }
    putchar('\n');
    print_history(rows, row_count);
}

int cli_show(int count, char **texts)
{
    const char *split = NULL;
    bool json = false;
    const cli_option options[] = {
        {"split", CLI_TEXT, &split, 0, 0, "NAME",
         "of the confusion matrix: train, validation or test (test)", NULL},
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {
        "show", "STUDY ID|MODEL [OPTIONS]", description, options, positional, 1, 2, &json};
    int status;
    aann_member member;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    cli_model_name name;
    if (cli_model_is_meant("show", positional[0], positional[1], &name, &status)) {
        return status != CLI_GOOD ? status : model_file_show(name.path, json);
    }
    if (!cli_member_open(positional[0], positional[1], &member, &status)) {
        return status;
    }
    aann_error error = {AANN_OK, ""};
    aann_trace_row *rows = NULL;
    size_t row_count = 0;
    if (read_history(positional[0], member.row.id, &rows, &row_count, &error) != AANN_OK) {
        aann_member_destroy(&member);
        return cli_fail(&error);
    }
    char what[256] = "";
    int64_t *confusion = evaluate(&member, split, what, sizeof what, &error);
    if (split != NULL && confusion == NULL && error.message[0] != '\0') {
        status = cli_fail(&error);
    } else {
        if (json) {
            show_json(&member, confusion, what, rows, row_count);
        } else {
            show_text(&member, confusion, what, &error, rows, row_count);
        }
        status = cli_finish_output(CLI_GOOD);
    }
    free(confusion);
    free(rows);
    aann_member_destroy(&member);
    return status;
}
