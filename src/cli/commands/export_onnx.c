/* aann export onnx: a member or a model as an ONNX file. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aann/export_onnx.h"
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
    "Writes a network as an ONNX graph that reads measured values (pixels as bytes,\n"
    "a table's row as numbers), encodes them itself, and gives the same integers as\n"
    "'aann predict', the class, and in regression the value in the user's units.\n"
    "\n"
    "  aann export onnx mnist.aann 1 --out net.onnx\n"
    "  aann export onnx iris.aannm --out iris.onnx --probabilities\n";

/* Words of an option, in the order of the library's numbers. */
static const char *const forms[] = {"automatic", "float", "integer", NULL};
static const char *const inputs[] = {"automatic", "uint8", "int8", "float32", "float64", NULL};

/* The number of the word; -1, with a line on the standard error, if there is no such word. */
static int find_word(const char *option, const char *word, const char *const *words,
                     const char *expected)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(word, words[i]) == 0) {
            return i;
        }
    }
    cli_usage_error("export onnx: --%s: expected %s, not '%s'", option, expected, word);
    return -1;
}

static aann_status write_bytes(const char *path, const void *bytes, size_t size, aann_error *error)
{
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        return error->status;
    }
    /* A short write is an error of the stream, which closing the file reports. */
    (void)!fwrite(bytes, 1, size, file);
    return cli_file_close(path, file, error);
}

static void print_exported(const aann_model *model, const aann_onnx_options *chosen, size_t size,
                           const cli_output *output, bool json)
{
    const aann_network *network = aann_model_network(model);
    const char *spec = aann_network_spec(network)->text;
    const uint64_t hash = aann_network_hash(network);
    if (json) {
        cli_print_json(json_pack("{s:o, s:I, s:s, s:s, s:o, s:o}", "file",
                                 cli_json_text(output->path), "bytes", (json_int_t)size,
                                 "arithmetic", forms[chosen->form], "input", inputs[chosen->input],
                                 "hash", cli_json_hash(hash), "spec", cli_json_text(spec)));
        return;
    }
    cli_print_to(output->messages,
                 "%s: %s, %zu bytes, %s arithmetic, input %s, hash %016" PRIx64 "\n",
                 output->is_standard ? "standard output" : output->path, spec, size,
                 forms[chosen->form], inputs[chosen->input], hash);
}

static int write_model(const aann_model *model, const aann_onnx_options *wanted, const char *path,
                       bool json)
{
    int exit_status = CLI_GOOD;
    aann_error error;
    aann_onnx_options chosen;
    void *bytes = NULL;
    size_t size = 0;
    cli_output output;
    if (!cli_output_begin("export onnx", path, json, &output, &exit_status)) {
        return exit_status;
    }
    aann_status status = aann_model_export_onnx(model, wanted, &bytes, &size, &chosen, &error);
    if (status == AANN_OK) {
        status = write_bytes(output.path, bytes, size, &error);
    }
    if (status == AANN_OK) {
        print_exported(model, &chosen, size, &output, json);
    }
    status = cli_output_end(&output, status, &error);
    aann_free(bytes);
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}

int export_onnx(int count, char **arguments)
{
    aann_onnx_options wanted = aann_onnx_options_default();
    const char *path = NULL;
    const char *form = forms[0];
    const char *input = inputs[0];
    bool json = false;
    const cli_option options[] = {
        {"out", CLI_TEXT, &path, 0, 0, "FILE",
         "the file to write, usually NAME.onnx; -: the standard output", NULL},
        {"arithmetic", CLI_TEXT, &form, 0, 0, "float|integer",
         "32-bit floats (fast everywhere), or bytes and 32-bit integers (a quarter of the size); "
         "the same results (float if exact)",
         NULL},
        {"input", CLI_TEXT, &input, 0, 0, "uint8|float32|float64",
         "type of the values (pixels uint8, tables float64, others float32)", NULL},
        {"probabilities", CLI_FLAG, &wanted.probabilities, 0, 0, NULL,
         "one more output: the softmax of the logits, as the search saw them", NULL},
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {"export onnx",
                               "(STUDY ID | MODEL) --out FILE [OPTIONS]",
                               description,
                               options,
                               positional,
                               1,
                               2,
                               &json};
    int status;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    if (path == NULL) {
        return cli_usage_error("export onnx: --out FILE is missing");
    }
    const int form_number = find_word("arithmetic", form, forms, "float or integer");
    const int input_number =
        form_number >= 0 ? find_word("input", input, inputs, "uint8, float32 or float64") : -1;
    if (input_number < 0) {
        return CLI_USAGE;
    }
    wanted.form = (aann_onnx_form)form_number;
    wanted.input = (aann_onnx_input)input_number;
    aann_model *model = NULL;
    if (!export_load("export onnx", positional[0], positional[1], &model, &status)) {
        return status;
    }
    status = write_model(model, &wanted, path, json);
    aann_model_destroy(model);
    return status;
}
