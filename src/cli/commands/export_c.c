/* aann export c: a network as one C header. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/export_c.h"
#include "cli/commands/export_formats.h"
#include "cli/commands/export_source.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/file.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/output.h"
#include "cli/shared/text.h"

static const char description[] =
    "Writes a network as one C99 header that runs on a chip without an operating\n"
    "system: no heap, no floats, no multiplication, no division, no library. Its\n"
    "answers are those of 'aann predict', to the bit.\n"
    "\n"
    "  aann export c mnist.aann 1 --out digits.h\n"
    "  aann export c iris.aannm --out iris.h\n";

static const char *const table_names[] = {"auto", "rice", "delta", "index"};
static const char *const input_names[] = {"auto", "bytes", "numbers", "encoded"};

typedef struct export_arguments {
    const char *out, *name, *tables, *input;
    bool json;
} export_arguments;

/* The index of the word text[length] in words[4]; -1 if it is none of them. */
static int find_word(const char *const *words, const char *text, size_t length)
{
    for (int i = 0; i < 4; i++) {
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
    options->tables = tables;
    return true;
}

/* "my model-2.h" -> "my_model_2" */
static void make_name(const char *path, char name[AANN_EXPORT_C_NAME_SIZE])
{
    const char *slash = strrchr(path, '/');
    const char *from = slash != NULL ? slash + 1 : path;
    size_t length = 0;
    for (; *from != '\0' && *from != '.' && length < AANN_EXPORT_C_NAME_SIZE - 1; from++) {
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

static aann_status write_file(const char *path, const char *text, aann_error *error)
{
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        return AANN_ERROR_IO;
    }
    fwrite(text, 1, strlen(text), file);
    return cli_file_close(path, file, error);
}

/* ---- what was written ------------------------------------------------------------------------ */

static void print_json(const export_arguments *a, const aann_model *model,
                       const aann_export_c_report *report)
{
    json_t *layers = json_array();
    for (int32_t i = 0; i < report->layer_count; i++) {
        json_array_append_new(layers,
                              json_pack("{s:s, s:I}", "table", table_names[report->tables[i]],
                                        "bytes", (json_int_t)report->table_bytes[i]));
    }
    cli_print_json(json_pack("{s:o, s:o, s:o, s:I}", "file", cli_json_text(a->out), "hash",
                             cli_json_hash(aann_network_hash(aann_model_network(model))), "layers",
                             layers, "memory_bytes", (json_int_t)report->memory_bytes));
}

static void print_text(const cli_output *output, const aann_model *model,
                       const aann_export_c_report *report)
{
    const aann_spec *spec = aann_network_spec(aann_model_network(model));
    char name[32];
    cli_print_to(output->messages, "%s: %s, %" PRId64 " bytes of RAM\n",
                 output->is_standard ? "standard output" : output->path, spec->text,
                 report->memory_bytes);
    for (int32_t i = 0; i < report->layer_count; i++) {
        aann_layer_name(&spec->layers[i], name, sizeof name);
        cli_print_to(output->messages, "  %-12s synapses as %-6s %8" PRId64 " bytes of flash\n",
                     name, table_names[report->tables[i]], report->table_bytes[i]);
    }
}

/* ---- the command ----------------------------------------------------------------------------- */

static int write_export(const export_arguments *a, const aann_model *model,
                        const aann_export_c_options *options)
{
    aann_error error;
    aann_export_c_report report;
    cli_output output;
    char *text = NULL;
    int status = CLI_GOOD;
    if (!cli_output_begin("export c", a->out, a->json, &output, &status)) {
        return status;
    }
    aann_status done = aann_model_export_c(model, options, &text, &report, &error);
    if (done == AANN_OK) {
        done = write_file(output.path, text, &error);
    }
    done = cli_output_end(&output, done, &error);
    aann_free(text);
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

int export_c(int count, char **texts)
{
    export_arguments a = {.input = "auto"};
    const cli_option options[] = {
        {"out", CLI_TEXT, &a.out, 0, 0, "FILE", "the header to write; -: the standard output",
         NULL},
        {"name", CLI_TEXT, &a.name, 0, 0, "NAME", "what all its names begin with (the file's name)",
         NULL},
        {"tables", CLI_TEXT, &a.tables, 0, 0, "KIND,...",
         "how synapses are stored: rice (smallest), delta, index (fastest), of all layers or of "
         "each (auto: the smallest)",
         NULL},
        {"input", CLI_TEXT, &a.input, 0, 0, "KIND",
         "what is passed: bytes, numbers, encoded (auto: as the model's data were)", NULL},
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {"export c",  "(STUDY ID | MODEL) --out FILE [OPTIONS]",
                               description, options,
                               positional,  1,
                               2,           &a.json};
    int status;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (a.out == NULL) {
        return cli_usage_error("export c: --out FILE is missing");
    }
    char name[AANN_EXPORT_C_NAME_SIZE];
    aann_export_c_table tables[AANN_MAX_LAYERS];
    aann_export_c_options export_options = aann_export_c_options_default();
    make_name(a.out, name);
    export_options.name = a.name != NULL ? a.name : name;
    const int input = find_word(input_names, a.input, strlen(a.input));
    if (input < 0) {
        return cli_usage_error("--input: expected auto, bytes, numbers or encoded, not '%s'",
                               a.input);
    }
    export_options.input = (aann_export_c_input)input;
    if (!parse_tables(a.tables, tables, &export_options)) {
        return CLI_USAGE;
    }
    aann_model *model = NULL;
    if (!export_load("export c", positional[0], positional[1], &model, &status)) {
        return status;
    }
    status = write_export(&a, model, &export_options);
    aann_model_destroy(model);
    return status;
}
