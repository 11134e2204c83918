/* aann data: fetching data sets, and looking at one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/data.h"
#include "cli/commands/command.h"
#include "cli/commands/data_columns.h"
#include "cli/fetch/fetch.h"
#include "cli/shared/load.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

enum { MOST_CLASSES_LISTED = 40, PATH_SIZE = 4096 };

static const char description[] =
    "fetch NAME   puts mnist or fashion-mnist into the data folder ($AANN_DATA, or\n"
    "             ~/.local/share/aann) and verifies every file\n"
    "show FILE    says what a file holds: classes, and of a table the columns, with\n"
    "             what becomes of each and what looks wrong; draws a picture. FILE\n"
    "             can also be mnist:train or mnist:test\n"
    "\n"
    "  aann data fetch mnist\n"
    "  aann data show train.csv --label-column kind\n";

typedef struct data_arguments {
    cli_load load;
    int64_t sample;
    bool json;
} data_arguments;

static bool say_line(void *context, const char *line)
{
    (void)context;
    if (line != NULL) {
        cli_print_to(stderr, "%s\n", line);
    }
    return !cli_stop_asked();
}

static int fetch(const char *name, const data_arguments *a)
{
    aann_error error;
    char folder[PATH_SIZE];
    cli_catch_stop();
    if (cli_fetch(name, say_line, NULL, &error) != AANN_OK ||
        aann_data_folder(folder, sizeof folder, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (a->json) {
        cli_print_json(
            json_pack("{s:o, s:o}", "name", cli_json_text(name), "folder", cli_json_text(folder)));
    } else {
        cli_print("%s is in %s/%s\n", name, folder, name);
    }
    return CLI_GOOD;
}

/* ---- show ------------------------------------------------------------------------------------ */

/* int64 [classes], malloc'ed; NULL without labels. */
static int64_t *class_counts(const aann_dataset *dataset)
{
    const int32_t classes = aann_dataset_class_count(dataset);
    const int32_t *labels = aann_dataset_labels(dataset);
    int64_t *counts = labels != NULL ? calloc((size_t)classes + 1, sizeof *counts) : NULL;
    for (int64_t i = 0; counts != NULL && i < aann_dataset_count(dataset); i++) {
        counts[labels[i]]++;
    }
    return counts;
}

static void show_json(const aann_dataset *dataset, const char *path, const int64_t *counts,
                      const char *refusal)
{
    const aann_shape shape = aann_dataset_shape(dataset);
    json_t *classes = json_array();
    for (int32_t i = 0; counts != NULL && i < aann_dataset_class_count(dataset); i++) {
        const char *name = aann_dataset_class_name(dataset, i);
        json_array_append_new(classes, json_pack("{s:i, s:o, s:I}", "class", i, "name",
                                                 name != NULL ? cli_json_text(name) : json_null(),
                                                 "count", (json_int_t)counts[i]));
    }
    cli_print_json(json_pack(
        "{s:o, s:I, s:[i,i,i], s:s, s:i, s:o, s:o, s:o}", "path", cli_json_text(path), "count",
        (json_int_t)aann_dataset_count(dataset), "shape", shape.channels, shape.height, shape.width,
        "sha256", aann_dataset_checksum(dataset), "targets", aann_dataset_target_count(dataset),
        "classes", classes, "columns", data_columns_json(dataset), "refused",
        refusal != NULL ? cli_json_text(refusal) : json_null()));
}

/* A signal: a channel below the other, each as high as its values are large. */
static void draw_signal(const int8_t *values, aann_shape shape)
{
    enum { ROWS = 7, MOST_CHANNELS = 8 };
    for (int32_t channel = 0; channel < shape.channels && channel < MOST_CHANNELS; channel++) {
        if (shape.channels > 1) {
            printf("  channel %d\n", channel);
        }
        for (int32_t row = ROWS - 1; row >= 0; row--) {
            printf("  |");
            for (int32_t i = 0; i < shape.width; i++) {
                const int32_t value = values[channel * shape.width + i] + AANN_ACTIVATION_MAX;
                putchar(value * ROWS / (2 * AANN_ACTIVATION_MAX + 1) == row ? '*' : ' ');
            }
            putchar('\n');
        }
    }
}

/* The first channel of an encoded sample, darker where it is larger. */
static void draw_picture(const int8_t *values, aann_shape shape)
{
    static const char shades[] = " .:-=+*#%@";
    for (int32_t row = 0; row < shape.height; row++) {
        printf("  ");
        for (int32_t column = 0; column < shape.width; column++) {
            const int32_t value = values[row * shape.width + column];
            const int32_t size = value < 0 ? -value : value;
            const char shade = shades[size * 9 / AANN_ACTIVATION_MAX];
            printf("%c%c", shade, shade);
        }
        putchar('\n');
    }
}

static void draw_sample(const aann_dataset *dataset, int64_t index)
{
    aann_encoding encoding = {0};
    aann_samples *samples = NULL;
    aann_error error;
    const aann_shape shape = aann_dataset_shape(dataset);
    if (shape.height * shape.width == 1) {
        return; /* a row: its columns are described */
    }
    if (aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error) != AANN_OK) {
        cli_print("  a search would refuse this: %s\n", error.message);
    } else if (aann_dataset_encode(dataset, &encoding, index, 1, &samples, NULL) == AANN_OK) {
        printf("sample %" PRId64, index);
        if (samples->labels != NULL) {
            const char *name = aann_dataset_class_name(dataset, samples->labels[0]);
            cli_print(", label %d%s%s", samples->labels[0], name != NULL ? " " : "",
                      name != NULL ? name : "");
        }
        printf(":\n");
        if (shape.height == 1 && shape.width <= 160) {
            draw_signal(samples->inputs, samples->shape);
        } else if (shape.width <= 160 && shape.height <= 80) {
            draw_picture(samples->inputs, samples->shape);
        }
    }
    aann_samples_destroy(samples);
    aann_encoding_destroy(&encoding);
}

/* What a search would say about values, such as NaN. */
static void print_refusal(const aann_dataset *dataset)
{
    aann_encoding encoding = {0};
    aann_error error;
    if (aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error) != AANN_OK) {
        cli_print("  a search would refuse this: %s\n", error.message);
    }
    aann_encoding_destroy(&encoding);
}

static void show_text(const aann_dataset *dataset, const char *path, const int64_t *counts,
                      int64_t sample)
{
    const aann_shape shape = aann_dataset_shape(dataset);
    cli_print("%s: %" PRId64 " sample%s of %dx%dx%d (channels x height x width)\n  SHA-256 %s\n",
              path, aann_dataset_count(dataset), aann_dataset_count(dataset) == 1 ? "" : "s",
              shape.channels, shape.height, shape.width, aann_dataset_checksum(dataset));
    if (aann_dataset_target_count(dataset) > 0) {
        printf("  %d targets a sample\n", aann_dataset_target_count(dataset));
    }
    data_print_origin(dataset);
    const int32_t classes = aann_dataset_class_count(dataset);
    for (int32_t i = 0; counts != NULL && i < classes && i < MOST_CLASSES_LISTED; i++) {
        const char *name = aann_dataset_class_name(dataset, i);
        cli_print("  class %3d %-20s %8" PRId64 "\n", i, name != NULL ? name : "", counts[i]);
    }
    data_print_columns(dataset);
    if (aann_dataset_column_count(dataset) == 0 && shape.height * shape.width == 1) {
        print_refusal(dataset);
    }
    draw_sample(dataset, sample);
}

/* A table whose last column is no label is looked at all the same, without one: that is what looking
 * is for. The error stays that of the first reading. */
static aann_status load_for_show(const char *path, const aann_load_options *given,
                                 aann_dataset **dataset, bool *is_refused, aann_error *error)
{
    aann_load_options without = *given;
    const aann_status status = aann_dataset_load(path, given, dataset, error);
    without.label_column = "";
    *is_refused = status == AANN_ERROR_FORMAT && given->label_column == NULL &&
                  given->target_columns == NULL && strcmp(path, "-") != 0 &&
                  aann_dataset_load(path, &without, dataset, NULL) == AANN_OK;
    return *is_refused ? AANN_OK : status;
}

static int show(const char *path, const data_arguments *a)
{
    aann_error error;
    aann_dataset *dataset = NULL;
    bool is_refused = false;
    if (load_for_show(path, &a->load.options, &dataset, &is_refused, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    int status = CLI_GOOD;
    int64_t *counts = class_counts(dataset);
    if (a->sample >= aann_dataset_count(dataset)) {
        status =
            cli_usage_error("--sample: %" PRId64 " is not below %" PRId64 ", the number of samples",
                            a->sample, aann_dataset_count(dataset));
    } else if (a->json) {
        show_json(dataset, path, counts, is_refused ? error.message : NULL);
    } else {
        show_text(dataset, path, counts, a->sample);
        if (is_refused) {
            cli_print("  a search would refuse this: %s\n", error.message);
        }
    }
    free(counts);
    aann_dataset_destroy(dataset);
    return status;
}

int cli_data(int count, char **texts)
{
    data_arguments a = {.load = cli_load_default()};
    const cli_option options[] = {
        {"labels", CLI_TEXT, &a.load.options.labels_path, 0, 0, "FILE",
         "labels, where they are in another file", NULL},
        {"sample", CLI_LONG, &a.sample, 0, 1e15, "N", "which sample to draw (0)", NULL},
        {"input", CLI_TEXT, &a.load.input, 0, 0, "CxHxW",
         "shape of a sample: channels x height x width", NULL},
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {
        "data", "fetch NAME | show FILE [OPTIONS]", description, options, positional, 2, 2,
        &a.json};
    int status;
    if (!cli_load_parse(&syntax, &a.load, count, texts, &status)) {
        return status;
    }
    if (strcmp(positional[0], "fetch") == 0) {
        status = fetch(positional[1], &a);
    } else if (strcmp(positional[0], "show") == 0) {
        status = show(positional[1], &a);
    } else {
        return cli_usage_error("data: expected fetch or show, not '%s'", positional[0]);
    }
    return cli_finish_output(status);
}
