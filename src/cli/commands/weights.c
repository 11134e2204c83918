/* aann weights: a member's weights for numpy. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands/command.h"
#include "cli/shared/ablation.h"
#include "cli/shared/evaluate.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/output.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

static const char description[] =
    "Writes the weights to an NPZ file, as int8 arrays layer0, layer1, ...:\n"
    "[out][in][kernel height][kernel width] for convolutions, [out][in] for dense\n"
    "layers ('in' counts the outputs of the layer before: channel by channel,\n"
    "row by row). With --lesion, --shuffle or --shared-weight, writes those of\n"
    "the changed network; the size of a shared weight is in the shifts.\n"
    "\n"
    "A regression also gets output_scale [1]: an output is HardTanh(logit / full),\n"
    "where full is 127 output_scale, rounded. If the data say what the targets\n"
    "stand for, target_mean and target_scale [out] are written, too.\n"
    "\n"
    "  aann weights mnist.aann 1 --npz member1.npz\n"
    "  python3 -c \"import numpy; print(numpy.load('member1.npz')['layer0'].shape)\"\n";

static aann_npz_array describe(const aann_network *network, int32_t index, char name[16])
{
    const aann_layer *layer = &aann_network_spec(network)->layers[index];
    snprintf(name, 16, "layer%d", index);
    aann_npz_array array = {.name = name, .values = aann_network_weights(network, index)};
    if (layer->kind == AANN_LAYER_DENSE) {
        array.dimension_count = 2;
        array.dimensions[0] = layer->units;
        array.dimensions[1] = layer->fan_in;
    } else {
        array.dimension_count = 4;
        array.dimensions[0] = layer->units;
        array.dimensions[1] = layer->input.channels;
        array.dimensions[2] = layer->kernel_height;
        array.dimensions[3] = layer->kernel_width;
    }
    return array;
}

/* What belongs to the outputs of regression. */
typedef struct output_range {
    float values[2][AANN_MAX_TARGETS]; /* target_mean, target_scale */
    float output_scale;
} output_range;

/* Adds the scale of the outputs, and what the targets stand for, if the data said it; returns how
 * many arrays there are. */
static size_t add_output_range(const aann_member *member, aann_npz_array *arrays, size_t count,
                               output_range *range)
{
    static const char *const names[2] = {"target_mean", "target_scale"};
    const int32_t outputs = member->spec.output_count;
    double values[2][AANN_MAX_TARGETS];
    aann_error unknown;
    if (!member->plan.search.regression) {
        return count;
    }
    range->output_scale = (float)member->plan.search.output_scale;
    arrays[count++] = (aann_npz_array){.name = "output_scale",
                                       .values = &range->output_scale,
                                       .dimension_count = 1,
                                       .dimensions = {1},
                                       .type = AANN_NPZ_FLOAT};
    if (outputs > AANN_MAX_TARGETS || aann_family_target_range(&member->family, outputs, values[0],
                                                               values[1], &unknown) != AANN_OK) {
        return count;
    }
    for (int i = 0; i < 2; i++) {
        for (int32_t o = 0; o < outputs; o++) {
            range->values[i][o] = (float)values[i][o];
        }
        arrays[count++] = (aann_npz_array){.name = names[i],
                                           .values = range->values[i],
                                           .dimension_count = 1,
                                           .dimensions = {outputs},
                                           .type = AANN_NPZ_FLOAT};
    }
    return count;
}

static json_t *array_json(const aann_npz_array *array)
{
    json_t *shape = json_array();
    for (int32_t i = 0; i < array->dimension_count; i++) {
        json_array_append_new(shape, json_integer((json_int_t)array->dimensions[i]));
    }
    return json_pack("{s:s, s:o}", "name", array->name, "shape", shape);
}

static aann_status write_weights(const aann_member *member, const cli_output *output, bool json,
                                 aann_error *error)
{
    aann_npz_array arrays[AANN_MAX_LAYERS + 3];
    output_range range;
    char names[AANN_MAX_LAYERS][16];
    const int32_t count = member->spec.layer_count;
    for (int32_t i = 0; i < count; i++) {
        arrays[i] = describe(member->network, i, names[i]);
    }
    const size_t all = add_output_range(member, arrays, (size_t)count, &range);
    const char *path = output->path;
    const aann_status status = aann_npz_write(path, arrays, all, error);
    if (status != AANN_OK) {
        return status;
    }
    if (!json) {
        cli_print_to(output->messages, "%s: %d layers of member %" PRId64 ", hash %016" PRIx64 "\n",
                     output->is_standard ? "standard output" : path, count, member->row.id,
                     aann_network_hash(member->network));
        return AANN_OK;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < all; i++) {
        json_array_append_new(list, array_json(&arrays[i]));
    }
    cli_print_json(json_pack("{s:o, s:I, s:o, s:o, s:o}", "npz", cli_json_text(path), "id",
                             (json_int_t)member->row.id, "hash",
                             cli_json_hash(aann_network_hash(member->network)), "spec",
                             cli_json_text(member->family.spec), "arrays", list));
    return AANN_OK;
}

int cli_weights(int count, char **texts)
{
    const char *path = NULL;
    bool json = false;
    cli_ablation alteration = cli_default_alteration();
    const cli_option others[] = {
        {"npz", CLI_TEXT, &path, 0, 0, "FILE", "the file to write; -: the standard output", NULL},
        {0},
    };
    cli_option options[CLI_ALTERATION_OPTIONS + sizeof others / sizeof others[0]];
    memcpy(options + cli_alteration_options(&alteration, options), others, sizeof others);
    const char *positional[2];
    const cli_syntax syntax = {
        "weights", "STUDY ID --npz FILE [OPTIONS]", description, options, positional, 2, 2, &json};
    int status;
    aann_member member;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (path == NULL) {
        return cli_usage_error("weights: --npz FILE is missing");
    }
    if (!cli_member_open(positional[0], positional[1], &member, &status)) {
        return status;
    }
    aann_error error;
    char altered[128];
    cli_output output;
    if (!cli_output_begin("weights", path, json, &output, &status)) {
        aann_member_destroy(&member);
        return status;
    }
    aann_status done = cli_ablation_apply(&alteration, &member, altered, sizeof altered, &error);
    if (done == AANN_OK) {
        done = write_weights(&member, &output, json, &error);
    }
    done = cli_output_end(&output, done, &error);
    aann_member_destroy(&member);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
