/* aann export c: a network as one C header. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aann/data.h"
#include "aann/export_c.h"
#include "cli/commands/export_formats.h"
#include "cli/commands/export_source.h"
#include "cli/commands/model_file.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/file.h"
#include "cli/shared/json.h"
#include "cli/shared/load.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/output.h"
#include "cli/shared/text.h"

static const char description[] =
    "Writes a network as one C99 header that runs on a chip without an operating\n"
    "system: no heap, no floats, no multiplication, no division, no library. Its\n"
    "logits are those of 'aann predict', to the bit. Measured values are passed as\n"
    "whole numbers: the header says with what each is multiplied.\n"
    "\n"
    "  aann export c mnist.aann 1 --out digits.h\n"
    "  aann export c iris.aannm --out iris.h --per-unit 10\n"
    "  aann export c iris.aannm --out iris.h --data iris.csv --self-test 10 \\\n"
    "      --example\n";

enum { KINDS = 4, PATH_SIZE = 4096 };

static const char *const table_names[KINDS] = {"auto", "rice", "delta", "index"};
static const char *const input_names[KINDS] = {"auto", "bytes", "numbers", "encoded"};

typedef struct export_arguments {
    const char *out, *name, *tables, *input, *data;
    cli_reals per_unit;
    cli_load load;
    int32_t self_test;
    bool json, example, arduino;
} export_arguments;

/* ---- options --------------------------------------------------------------------------------- */

/* The index of the word text[length] in words[KINDS]; -1 if it is none of them. */
static int find_word(const char *const *words, const char *text, size_t length)
{
    for (int i = 0; i < KINDS; i++) {
        if (strlen(words[i]) == length && strncmp(words[i], text, length) == 0) {
            return i;
        }
    }
    return -1;
}

/* "rice" or "delta,rice,index" */
static bool parse_tables(const char *text, aann_export_c_table tables[AANN_MAX_LAYERS],
                         aann_export_c_options *options)
{
    options->tables = tables;
    while (text != NULL && options->table_count < AANN_MAX_LAYERS) {
        const size_t length = strcspn(text, ",");
        const int kind = find_word(table_names, text, length);
        if (kind < 0) {
            cli_usage_error("--tables: expected auto, rice, delta or index, or a list of one for "
                            "each layer, not '%s'",
                            text);
            return false;
        }
        tables[options->table_count++] = (aann_export_c_table)kind;
        text = text[length] == ',' ? text + length + 1 : NULL;
    }
    return true;
}

static bool parse_per_unit(const cli_reals *given, int32_t per_unit[CLI_LONGEST_LIST],
                           aann_export_c_options *options)
{
    for (size_t i = 0; i < given->count; i++) {
        per_unit[i] = (int32_t)given->values[i];
        if ((double)per_unit[i] != given->values[i]) {
            cli_usage_error("--per-unit: expected whole numbers");
            return false;
        }
    }
    options->per_unit = per_unit;
    options->per_unit_count = (int32_t)given->count;
    return true;
}

/* "folder/my model-2.h" -> "my_model_2" */
static void make_name(const char *path, char name[AANN_EXPORT_C_NAME_SIZE])
{
    const char *slash = strrchr(path, '/');
    size_t length = 0;
    for (const char *from = slash != NULL ? slash + 1 : path;
         *from != '\0' && *from != '.' && length < AANN_EXPORT_C_NAME_SIZE - 1; from++) {
        const char c = *from;
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool digit = c >= '0' && c <= '9';
        if (letter || (length > 0 && (digit || c == '_'))) {
            name[length++] = c;
        } else if (length > 0) {
            name[length++] = '_';
        }
    }
    name[length] = '\0';
    if (length == 0) {
        snprintf(name, AANN_EXPORT_C_NAME_SIZE, "network");
    }
}

/* Whether the file is called NAME.h. */
static bool has_name(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash != NULL ? slash + 1 : path;
    const size_t length = strlen(name);
    return strncmp(file, name, length) == 0 && strcmp(file + length, ".h") == 0;
}

/* ---- files ----------------------------------------------------------------------------------- */

static aann_status write_file(const char *path, const char *text, aann_error *error)
{
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        return error->status;
    }
    (void)!fwrite(text, 1, strlen(text), file);
    return cli_file_close(path, file, error);
}

/* A file beside the header. */
typedef struct beside {
    const char *name;
    aann_export_c_file file;
} beside;

static const beside others[] = {
    {"main.c", AANN_EXPORT_C_EXAMPLE},
    {"library.properties", AANN_EXPORT_C_ARDUINO},
    {"library.json", AANN_EXPORT_C_PLATFORMIO},
};

static bool is_wanted(const export_arguments *a, const beside *other)
{
    return other->file == AANN_EXPORT_C_EXAMPLE ? a->example : a->arduino;
}

/* Where it will be; refused if something is there already. */
static aann_status place(const char *header, const char *name, char *path, aann_error *error)
{
    struct stat found;
    const char *slash = strrchr(header, '/');
    const int folder = slash != NULL ? (int)(slash - header) + 1 : 0;
    if (snprintf(path, PATH_SIZE, "%.*s%s", folder, header, name) >= PATH_SIZE) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT, "the name of %s is too long", name);
    }
    if (stat(path, &found) == 0) {
        return cli_set_error(error, AANN_ERROR_IO,
                             "%s: is there already, and is not replaced; rename or remove it",
                             path);
    }
    return AANN_OK;
}

enum { OTHERS = sizeof others / sizeof *others };

/* All places are looked at before the first file is written. */
static aann_status place_others(const export_arguments *a, char paths[OTHERS][PATH_SIZE],
                                aann_error *error)
{
    aann_status status = AANN_OK;
    for (int i = 0; i < OTHERS && status == AANN_OK; i++) {
        if (is_wanted(a, &others[i])) {
            status = place(a->out, others[i].name, paths[i], error);
        }
    }
    return status;
}

/* All of them or none: none is ever replaced, so one that stayed would be in the way of the same
 * command. */
static aann_status write_others(const export_arguments *a, const aann_model *model,
                                const aann_export_c_options *options, char paths[OTHERS][PATH_SIZE],
                                aann_error *error)
{
    aann_status status = AANN_OK;
    int done = 0;
    for (; done < OTHERS && status == AANN_OK; done++) {
        char *text = NULL;
        if (is_wanted(a, &others[done])) {
            status = aann_model_export_c_file(model, options, others[done].file, &text, error);
        }
        if (text != NULL) {
            status = write_file(paths[done], text, error);
        }
        aann_free(text);
    }
    for (int i = 0; i < done - 1 && status != AANN_OK; i++) {
        if (is_wanted(a, &others[i])) {
            remove(paths[i]);
        }
    }
    return status;
}

/* The samples of the self-test, columns found by their names. */
static aann_status load_samples(const export_arguments *a, const aann_model *model,
                                aann_dataset **dataset, aann_error *error)
{
    aann_load_options load = a->load.options;
    const aann_encoding *encoding = aann_model_describe(model)->encoding;
    const aann_shape input = aann_network_spec(aann_model_network(model))->input;
    if (encoding == NULL) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "the model says nothing of how data are encoded");
    }
    load.shape = aann_encoding_measured_shape(encoding, input);
    load.ignore_answers = true;
    const char **names = model_file_set_columns(model, &load);
    const aann_status status = aann_dataset_load(a->data, &load, dataset, error);
    free(names);
    return status;
}

/* ---- what was written ------------------------------------------------------------------------ */

static int64_t flash_bytes(const aann_export_c_report *report)
{
    int64_t bytes = report->code_bytes + report->input_bytes + report->output_bytes;
    for (int32_t i = 0; i < report->layer_count; i++) {
        bytes += report->table_bytes[i];
    }
    return bytes;
}

static void print_json(const export_arguments *a, const aann_model *model,
                       const aann_export_c_report *report)
{
    json_t *layers = json_array();
    for (int32_t i = 0; i < report->layer_count; i++) {
        json_array_append_new(layers,
                              json_pack("{s:s, s:I}", "table", table_names[report->tables[i]],
                                        "bytes", (json_int_t)report->table_bytes[i]));
    }
    json_t *flash = json_pack(
        "{s:I, s:o, s:I, s:I, s:I}", "code_estimate", (json_int_t)report->code_bytes, "layers",
        layers, "input", (json_int_t)report->input_bytes, "output",
        (json_int_t)report->output_bytes, "self_test", (json_int_t)report->self_test_bytes);
    cli_print_json(json_pack("{s:o, s:o, s:s, s:I, s:o, s:I}", "file", cli_json_text(a->out),
                             "hash", cli_json_hash(aann_network_hash(aann_model_network(model))),
                             "input", input_names[report->input], "inputs",
                             (json_int_t)report->input_count, "flash", flash, "ram",
                             (json_int_t)report->memory_bytes));
}

static void print_text(const cli_output *output, const aann_model *model,
                       const aann_export_c_report *report)
{
    const aann_spec *spec = aann_network_spec(aann_model_network(model));
    FILE *to = output->messages;
    char name[32];
    cli_print_to(to, "%s: %s\n", output->is_standard ? "standard output" : output->path,
                 spec->text);
    for (int32_t i = 0; i < report->layer_count; i++) {
        aann_layer_name(&spec->layers[i], name, sizeof name);
        cli_print_to(to, "  %-22s %8" PRId64 " bytes  %s\n", name, report->table_bytes[i],
                     table_names[report->tables[i]]);
    }
    if (report->input_bytes + report->output_bytes > 0) {
        cli_print_to(to, "  %-22s %8" PRId64 " bytes\n", "inputs and outputs",
                     report->input_bytes + report->output_bytes);
    }
    cli_print_to(to, "  %-22s %8" PRId64 " bytes  estimated, on a Cortex-M0+\n", "code",
                 report->code_bytes);
    cli_print_to(to, "flash %" PRId64 " bytes, about", flash_bytes(report));
    if (report->self_test_bytes > 0) {
        cli_print_to(to, " (the self-test: %" PRId64 " more)", report->self_test_bytes);
    }
    cli_print_to(to, "; RAM %" PRId64 " bytes; input: %" PRId64 " %s\n", report->memory_bytes,
                 report->input_count, input_names[report->input]);
}

/* ---- the command ----------------------------------------------------------------------------- */

static int write_export(const export_arguments *a, const aann_model *model,
                        aann_export_c_options *options)
{
    aann_error error;
    aann_export_c_report report;
    cli_output output;
    char paths[OTHERS][PATH_SIZE];
    char *text = NULL;
    aann_dataset *dataset = NULL;
    aann_status done = AANN_OK;
    int status = CLI_GOOD;
    if (!cli_output_begin("export c", a->out, a->json, &output, &status)) {
        return status;
    }
    if (a->data != NULL) {
        done = load_samples(a, model, &dataset, &error);
        options->self_test = dataset;
        options->self_test_count = a->self_test;
    }
    if (done == AANN_OK) {
        done = aann_model_export_c(model, options, &text, &report, &error);
    }
    if (done == AANN_OK) {
        done = place_others(a, paths, &error);
    }
    if (done == AANN_OK) {
        done = write_file(output.path, text, &error);
    }
    if (done == AANN_OK) {
        done = write_others(a, model, options, paths, &error);
    }
    done = cli_output_end(&output, done, &error);
    aann_free(text);
    aann_dataset_destroy(dataset);
    if (done != AANN_OK) {
        return cli_fail(&error);
    }
    if (a->json) {
        print_json(a, model, &report);
    } else {
        print_text(&output, model, &report);
    }
    return cli_finish_output(CLI_GOOD);
}

static int run(const export_arguments *a, const char *path, const char *id)
{
    char name[AANN_EXPORT_C_NAME_SIZE];
    aann_export_c_table tables[AANN_MAX_LAYERS];
    int32_t per_unit[CLI_LONGEST_LIST];
    aann_export_c_options options = aann_export_c_options_default();
    int status = CLI_GOOD;
    if (a->out == NULL) {
        return cli_usage_error("export c: --out FILE is missing");
    }
    if ((a->data != NULL) != (a->self_test > 0)) {
        return cli_usage_error("export c: --self-test N and --data FILE belong together");
    }
    if ((a->example || a->arduino) && strcmp(a->out, "-") == 0) {
        return cli_usage_error("export c: --example and --arduino write beside a file; --out is -");
    }
    make_name(a->out, name);
    options.name = a->name != NULL ? a->name : name;
    const int input = find_word(input_names, a->input, strlen(a->input));
    if (input < 0) {
        return cli_usage_error("--input: expected auto, bytes, numbers or encoded, not '%s'",
                               a->input);
    }
    options.input = (aann_export_c_input)input;
    if ((a->example || a->arduino) && !has_name(a->out, options.name)) {
        return cli_usage_error(
            "export c: the files beside it would include %s.h, not %s; give --out "
            "and --name the same name",
            options.name, a->out);
    }
    if (!parse_tables(a->tables, tables, &options) ||
        !parse_per_unit(&a->per_unit, per_unit, &options)) {
        return CLI_USAGE;
    }
    aann_model *model = NULL;
    if (!export_load("export c", path, id, &model, &status)) {
        return status;
    }
    status = write_export(a, model, &options);
    aann_model_destroy(model);
    return status;
}

int export_c(int count, char **texts)
{
    export_arguments a = {.input = "auto", .load = cli_load_default()};
    const cli_option options[] = {
        {"out", CLI_TEXT, &a.out, 0, 0, "FILE", "the header to write; -: the standard output",
         NULL},
        {"name", CLI_TEXT, &a.name, 0, 0, "NAME", "what all its names begin with (the file's name)",
         NULL},
        {"tables", CLI_TEXT, &a.tables, 0, 0, "KIND,...",
         "how synapses are stored, of all layers or of each: rice (smallest), delta, index "
         "(fastest) (auto: the smallest)",
         NULL},
        {"input", CLI_TEXT, &a.input, 0, 0, "KIND",
         "what is passed: bytes, numbers, encoded (auto: as the model's data were)", NULL},
        {"per-unit", CLI_REALS, &a.per_unit, 1, 1e9, "N,...",
         "numbers: a measured value is passed as this times it; one for all, or one for each "
         "(powers of ten that suit)",
         NULL},
        {"self-test", CLI_INT, &a.self_test, 1, 1e6, "N",
         "put the first N samples of --data into the header, with a test", NULL},
        {"data", CLI_TEXT, &a.data, 0, 0, "FILE", "samples for the self-test", NULL},
        {"example", CLI_FLAG, &a.example, 0, 0, NULL, "write main.c beside it, an example", NULL},
        {"arduino", CLI_FLAG, &a.arduino, 0, 0, NULL,
         "write library.properties (Arduino) and library.json (PlatformIO) beside it", NULL},
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {"export c",  "(STUDY ID | MODEL) --out FILE [OPTIONS]",
                               description, options,
                               positional,  1,
                               2,           &a.json};
    int status;
    if (!cli_load_parse(&syntax, &a.load, count, texts, &status)) {
        return status;
    }
    return run(&a, positional[0], positional[1]);
}
