/* The plan of an export: frames, memory, tables. */
#include "export/c_plan.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "core/error.h"

enum {
    ALIGNMENT = 4,
    WORD_SLACK = 4,        /* a word that begins in the memory may end that far beyond it */
    WORD_SYNAPSES = 255,   /* their sum, and 128 times their number, fits a 16-bit lane */
    NARROW_SYNAPSES = 128, /* 255 times that fits int16_t */
    NARROW_SHIFT = 14,     /* an int of 16 bits can be shifted by that */
    SUM_SYNAPSES = INT32_MAX / 255, /* 255 times that fits int32_t */
    WORD_COLUMNS = 4,
    WORD_ROWS = 2,
    HALF_LIMIT = 65535
};

static int64_t align(int64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- frames ---------------------------------------------------------------------------------- */

/* Zeros needed after the last of `size` inputs in one direction, for the outputs that are used. */
static int64_t padding_after(int64_t size, int64_t outputs, const aann_layer *layer, int64_t kernel,
                             int64_t before)
{
    return larger(0, (outputs - 1) * layer->stride + kernel - before - size);
}

/* The frame of what the layer reads. */
static aann_c_frame frame_of(const aann_layer *layer)
{
    const int64_t rows = (int64_t)layer->output.height * layer->pool_height;
    const int64_t columns = (int64_t)layer->output.width * layer->pool_width;
    const int64_t below =
        padding_after(layer->input.height, rows, layer, layer->kernel_height, layer->padding_top);
    const int64_t right =
        padding_after(layer->input.width, columns, layer, layer->kernel_width, layer->padding_left);
    aann_c_frame frame = {.map = layer->input};
    frame.pitch = layer->input.width + larger(layer->padding_left, right);
    frame.plane = (layer->input.height + larger(layer->padding_top, below)) * frame.pitch;
    frame.start = layer->padding_top * frame.pitch + layer->padding_left;
    frame.size = frame.start + (layer->input.channels - 1) * frame.plane +
                 (layer->input.height - 1 + below) * frame.pitch + layer->input.width + right;
    frame.padded = frame.size > aann_shape_size(layer->input);
    return frame;
}

static aann_c_frame plain_frame(aann_shape map)
{
    const int64_t plane = (int64_t)map.height * map.width;
    return (aann_c_frame){
        .map = map, .pitch = map.width, .plane = plane, .size = plane * map.channels};
}

const aann_c_frame *aann_c_plan_output(const aann_c_plan *plan, int32_t index)
{
    return &plan->layers[index + 1].input;
}

/* ---- layers ---------------------------------------------------------------------------------- */

/* Synapses of the unit that has most. */
static int64_t find_longest(const aann_layer *layer, const int8_t *weights)
{
    int64_t longest = 0;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        int64_t count = 0;
        for (int32_t i = 0; i < layer->fan_in; i++) {
            count += weights[(int64_t)unit * layer->fan_in + i] != 0 ? 1 : 0;
        }
        longest = larger(longest, count);
    }
    return longest;
}

/* Without toupper(): in a Turkish locale that of 'i' is no 'I'. */
static char to_capital(char letter)
{
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

static void plan_layer(const aann_network *network, int32_t index, aann_c_layer *planned)
{
    const aann_spec *spec = aann_network_spec(network);
    const aann_layer *layer = &spec->layers[index];
    planned->layer = layer;
    planned->number = index + 1;
    planned->weights = aann_network_weights(network, index);
    planned->last = index == spec->layer_count - 1;
    planned->input = frame_of(layer);
    planned->longest = find_longest(layer, planned->weights);
    planned->wide_sums = planned->longest > NARROW_SYNAPSES || layer->shift > NARROW_SHIFT;
    planned->words = layer->kind == AANN_LAYER_CONVOLUTION && !planned->last &&
                     layer->stride == 1 && planned->longest <= WORD_SYNAPSES &&
                     layer->pool_width <= WORD_COLUMNS && layer->pool_height <= WORD_ROWS;
}

static aann_export_c_table kind_of(const aann_export_c_options *options, int32_t index)
{
    if (options->table_count == 0) {
        return AANN_EXPORT_C_AUTOMATIC;
    }
    return options->tables[options->table_count == 1 ? 0 : index];
}

static aann_status plan_tables(const aann_export_c_options *options, aann_c_plan *plan,
                               aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < plan->layer_count; i++) {
        aann_c_layer *layer = &plan->layers[i];
        if (layer->longest > SUM_SYNAPSES) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "a unit of layer %" PRId32 " has %" PRId64
                             " synapses: the sums of the exported code hold at most %d",
                             layer->number, layer->longest, SUM_SYNAPSES);
        }
        status = aann_c_table_make(layer, kind_of(options, i), error);
        plan->uses[layer->table.kind] = true;
        plan->has_lists |= layer->table.kind != AANN_EXPORT_C_INDEX;
        plan->has_words |= layer->words;
        plan->has_shifts |= layer->layer->shift > 0;
        plan->pads |= layer->input.padded;
        plan->wide_offsets |= layer->input.size > HALF_LIMIT || layer->longest > HALF_LIMIT;
        plan->wide_gaps |= layer->table.largest_gap + layer->layer->fan_in > HALF_LIMIT;
    }
    return status;
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* The input of one layer lies at the beginning of the memory, that of the next at its end, and so
 * on; the list of a unit's synapses lies between them. */
static void plan_memory(aann_c_plan *plan)
{
    const int64_t first = plan->pools_input ? align(plan->input.size) : 0;
    int64_t memory = first + align(plan->layers[0].input.size);
    for (int32_t i = 0; i < plan->layer_count; i++) {
        aann_c_layer *layer = &plan->layers[i];
        const int64_t output = layer->last ? 0 : align(plan->layers[i + 1].input.size);
        layer->list_bytes = layer->table.kind == AANN_EXPORT_C_INDEX
                                ? 0
                                : align(layer->longest * (plan->wide_offsets ? 4 : 2));
        memory = larger(memory, align(layer->input.size) + layer->list_bytes + output);
    }
    for (int32_t i = 0; i < plan->layer_count; i++) {
        aann_c_layer *layer = &plan->layers[i];
        const bool high = (i % 2 == 0) == plan->pools_input;
        const int64_t input = align(layer->input.size);
        layer->input.place = high ? memory - input : 0;
        layer->list = high ? memory - input - layer->list_bytes : input;
    }
    plan->input.place = 0;
    plan->memory = memory + (plan->has_words ? WORD_SLACK : 0);
}

/* ---- the plan -------------------------------------------------------------------------------- */

static aann_status check_options(const aann_export_c_options *options, int32_t layers,
                                 aann_error *error)
{
    const char *name = options->name;
    size_t length = 0;
    bool good = name != NULL && isalpha((unsigned char)name[0]) && (unsigned char)name[0] < 0x80;
    while (good && name[length] != '\0' && length < AANN_EXPORT_C_NAME_SIZE) {
        const unsigned char character = (unsigned char)name[length++];
        good = character < 0x80 && (isalnum(character) || character == '_');
    }
    if (!good || length >= AANN_EXPORT_C_NAME_SIZE) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "name '%.80s': expected a letter, then letters, digits and '_', at most "
                         "%d characters",
                         name != NULL ? name : "", AANN_EXPORT_C_NAME_SIZE - 1);
    }
    if (options->table_count < 0 || (options->table_count > 1 && options->table_count != layers)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%d kinds of tables for %d layers: expected one, or one for each layer",
                         options->table_count, layers);
    }
    for (int32_t i = 0; i < options->table_count; i++) {
        if (options->tables[i] < AANN_EXPORT_C_AUTOMATIC ||
            options->tables[i] > AANN_EXPORT_C_INDEX) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "there is no kind of tables with number %d", (int)options->tables[i]);
        }
    }
    return AANN_OK;
}

aann_status aann_c_plan_make(const aann_network *network, const aann_export_c_options *options,
                             aann_c_plan *plan, aann_error *error)
{
    const aann_spec *spec = aann_network_spec(network);
    *plan = (aann_c_plan){.name = options->name, .spec = spec, .layer_count = spec->layer_count};
    aann_status status = check_options(options, spec->layer_count, error);
    if (status != AANN_OK) {
        return status;
    }
    for (size_t i = 0; i <= strlen(options->name); i++) {
        plan->capitals[i] = to_capital(options->name[i]);
    }
    for (int32_t i = 0; i < plan->layer_count; i++) {
        plan_layer(network, i, &plan->layers[i]);
    }
    /* The values of a vector are written side by side, and copied to where they are padded. */
    const bool spread = spec->input.height * spec->input.width == 1 && plan->layers[0].input.padded;
    plan->pools_input = spec->input_pool_height > 1 || spec->input_pool_width > 1 || spread;
    plan->input = plan->pools_input ? plain_frame(spec->input) : plan->layers[0].input;
    status = plan_tables(options, plan, error);
    if (status == AANN_OK) {
        plan_memory(plan);
    }
    return status;
}

void aann_c_plan_clear(aann_c_plan *plan)
{
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        aann_c_table_clear(&plan->layers[i].table);
    }
}
