/* The encoding as ONNX operators, to the bit what samples/encoding.c and table_encoding.c do.
 *
 * Bytes take one multiplication and a rounding. No 127 v / 255 is near half a number, so 32-bit
 * floats are enough. Measured numbers are scaled in double precision, with the same operations in
 * the same order. ONNX's Round takes halves to the even number and the encoding takes them away
 * from zero, so the magnitude is rounded as floor(x + c), where c is the largest number below 1/2:
 * with 1/2 itself the number just below 1/2 would become 1.
 *
 * A table's columns are picked once for each input, and compared with constants. 32-bit values are
 * compared with the smallest 32-bit number that is not below the threshold, which decides the same
 * way as the threshold itself. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "export/onnx_parts.h"

enum { FULL = AANN_ACTIVATION_MAX, BYTE_MAX = 255 };

/* 1/2 - 2^-54 */
static const double almost_half = 0x1.fffffffffffffp-2;

aann_shape aann_onnx_measured_shape(const aann_onnx_export *from)
{
    const aann_encoding *encoding = from->about->encoding;
    return encoding != NULL ? aann_encoding_measured_shape(encoding, from->spec->input)
                            : from->spec->input;
}

bool aann_onnx_is_vector(aann_shape shape)
{
    return shape.height == 1 && shape.width == 1;
}

/* ---- the input ------------------------------------------------------------------------------- */

static aann_onnx_type input_type(aann_onnx_input input)
{
    switch (input) {
    case AANN_ONNX_INPUT_UINT8: return AANN_ONNX_TYPE_UINT8;
    case AANN_ONNX_INPUT_INT8: return AANN_ONNX_TYPE_INT8;
    case AANN_ONNX_INPUT_FLOAT64: return AANN_ONNX_TYPE_DOUBLE;
    case AANN_ONNX_INPUT_FLOAT32:
    case AANN_ONNX_INPUT_AUTOMATIC: break;
    }
    return AANN_ONNX_TYPE_FLOAT;
}

static void declare_input(aann_onnx_export *to)
{
    const aann_shape shape = aann_onnx_measured_shape(to);
    const int64_t dimensions[] = {AANN_ONNX_BATCH, shape.channels, shape.height, shape.width};
    to->flat = aann_onnx_is_vector(shape);
    aann_onnx_graph_input(&to->graph, "input", input_type(to->options.input), dimensions,
                          to->flat ? 2 : 4);
}

/* ---- rounding -------------------------------------------------------------------------------- */

/* The current double, rounded with halves away from zero and clamped, as float. */
static void round_and_clip(aann_onnx_graph *graph, const char *prefix)
{
    char name[AANN_ONNX_NAME_SIZE];
    char sign[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(sign, prefix, ".sign");
    aann_onnx_node(graph, &(aann_onnx_operator){.name = "Sign", .operands = {graph->current}},
                   sign);
    aann_onnx_join(name, prefix, ".magnitude");
    aann_onnx_step(graph, "Abs", name);
    aann_onnx_join(name, prefix, ".raised");
    aann_onnx_step_number(graph, "Add", AANN_ONNX_TYPE_DOUBLE, almost_half, name);
    aann_onnx_join(name, prefix, ".whole");
    aann_onnx_step(graph, "Floor", name);
    aann_onnx_join(name, prefix, ".rounded");
    aann_onnx_step_with(graph, "Mul", sign, name);
    aann_onnx_join(name, prefix, ".clamped");
    aann_onnx_step_clip(graph, AANN_ONNX_TYPE_DOUBLE, -FULL, FULL, name);
    aann_onnx_join(name, prefix, ".activation");
    aann_onnx_step_cast(graph, AANN_ONNX_TYPE_FLOAT, name);
}

/* ---- bytes and numbers ----------------------------------------------------------------------- */

static void scale_bytes(aann_onnx_graph *graph)
{
    aann_onnx_step_cast(graph, AANN_ONNX_TYPE_FLOAT, "encoding.byte");
    aann_onnx_step_number(graph, "Mul", AANN_ONNX_TYPE_FLOAT, (double)FULL / BYTE_MAX,
                          "encoding.scaled");
    aann_onnx_step(graph, "Round", "encoding.activation");
}

/* A constant of the shape of a sample, or if `per_channel` with one number for each channel. */
typedef struct feature_table {
    const aann_encoding *encoding;
    aann_shape shape;
    bool per_channel;
} feature_table;

static bool is_per_channel(const aann_encoding *encoding, aann_shape shape)
{
    const int64_t length = (int64_t)shape.height * shape.width;
    for (int64_t i = 0; i < encoding->feature_count; i++) {
        const int64_t first = i - i % length;
        if (encoding->minimum[i] != encoding->minimum[first] ||
            encoding->maximum[i] != encoding->maximum[first]) {
            return false;
        }
    }
    return true;
}

static bool is_constant(const aann_encoding *encoding, int64_t feature)
{
    return !(encoding->maximum[feature] > encoding->minimum[feature]);
}

typedef enum feature_number { FEATURE_MINIMUM, FEATURE_WIDTH, FEATURE_MASK } feature_number;

static double feature_value(const aann_encoding *encoding, int64_t feature, feature_number which)
{
    const double minimum = (double)encoding->minimum[feature];
    switch (which) {
    case FEATURE_MINIMUM: return minimum;
    case FEATURE_WIDTH:
        return is_constant(encoding, feature) ? 1.0 : (double)encoding->maximum[feature] - minimum;
    case FEATURE_MASK: break;
    }
    return is_constant(encoding, feature) ? 0.0 : 1.0;
}

static void step_with_features(aann_onnx_graph *graph, const char *operation,
                               const feature_table *table, feature_number which, const char *output)
{
    const aann_shape shape = table->shape;
    const bool flat = aann_onnx_is_vector(shape);
    const int64_t length = table->per_channel ? (int64_t)shape.height * shape.width : 1;
    const int64_t dimensions[] = {shape.channels, table->per_channel ? 1 : shape.height,
                                  table->per_channel ? 1 : shape.width};
    char name[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(name, output, ".features");
    const aann_onnx_type type =
        which == FEATURE_MASK ? AANN_ONNX_TYPE_FLOAT : AANN_ONNX_TYPE_DOUBLE;
    aann_onnx_tensor_begin(graph, name, type, dimensions, flat ? 1 : 3);
    for (int64_t i = 0; i < table->encoding->feature_count; i += length) {
        aann_onnx_element(graph, type, feature_value(table->encoding, i, which));
    }
    aann_onnx_step_with(graph, operation, name, output);
}

static void scale_features(aann_onnx_graph *graph, const aann_encoding *encoding, aann_shape shape)
{
    const feature_table table = {encoding, shape, is_per_channel(encoding, shape)};
    bool some_constant = false;
    for (int64_t i = 0; i < encoding->feature_count; i++) {
        some_constant = some_constant || is_constant(encoding, i);
    }
    step_with_features(graph, "Sub", &table, FEATURE_MINIMUM, "encoding.above");
    aann_onnx_step_number(graph, "Mul", AANN_ONNX_TYPE_DOUBLE, 2.0 * FULL, "encoding.times");
    step_with_features(graph, "Div", &table, FEATURE_WIDTH, "encoding.part");
    aann_onnx_step_number(graph, "Sub", AANN_ONNX_TYPE_DOUBLE, FULL, "encoding.scaled");
    round_and_clip(graph, "encoding");
    if (some_constant) {
        step_with_features(graph, "Mul", &table, FEATURE_MASK, "encoding.masked");
    }
}

/* 127 v / largest, or 0. */
static void scale_all(aann_onnx_graph *graph, double largest)
{
    aann_onnx_step_number(graph, "Mul", AANN_ONNX_TYPE_DOUBLE, largest > 0.0 ? FULL : 0.0,
                          "encoding.times");
    aann_onnx_step_number(graph, "Div", AANN_ONNX_TYPE_DOUBLE, largest > 0.0 ? largest : 1.0,
                          "encoding.scaled");
    round_and_clip(graph, "encoding");
}

/* These kinds read 32-bit floats, and calculate in double precision. */
static void read_as_double(aann_onnx_export *to)
{
    if (to->options.input == AANN_ONNX_INPUT_FLOAT64) {
        aann_onnx_step_cast(&to->graph, AANN_ONNX_TYPE_FLOAT, "encoding.single");
    }
    aann_onnx_step_cast(&to->graph, AANN_ONNX_TYPE_DOUBLE, "encoding.double");
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* The inputs of one kind: rules of the encoding, in their order. */
typedef struct rule_group {
    const aann_encoding *encoding;
    aann_input_kind kind;
    int64_t count;
    int64_t *columns; /* [count] */
} rule_group;

/* The smallest 32-bit float that is not below a number. */
static float float_not_below(double number)
{
    if (number > (double)FLT_MAX) {
        return INFINITY;
    }
    if (number < -(double)FLT_MAX) {
        return -FLT_MAX;
    }
    const float nearest = (float)number;
    return (double)nearest < number ? nextafterf(nearest, INFINITY) : nearest;
}

static double compared(const aann_input_rule *rule, aann_onnx_type type)
{
    return type == AANN_ONNX_TYPE_FLOAT ? (double)float_not_below(rule->low) : rule->low;
}

static void step_with_rules(aann_onnx_graph *graph, const char *operation, const rule_group *group,
                            aann_onnx_type type, bool width, const char *output)
{
    char name[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(name, output, ".constants");
    aann_onnx_tensor_begin(graph, name, type, &group->count, 1);
    for (int64_t i = 0; i < group->encoding->rule_count; i++) {
        const aann_input_rule *rule = &group->encoding->rules[i];
        if (rule->kind == group->kind) {
            aann_onnx_element(graph, type, width ? rule->high - rule->low : compared(rule, type));
        }
    }
    aann_onnx_step_with(graph, operation, name, output);
}

static void compare(aann_onnx_graph *graph, const rule_group *group, aann_onnx_type type,
                    const char *prefix)
{
    char name[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(name, prefix, ".holds");
    if (group->kind == AANN_INPUT_MISSING) {
        aann_onnx_step(graph, "IsNaN", name);
    } else {
        step_with_rules(graph, group->kind == AANN_INPUT_LEVEL ? "Equal" : "GreaterOrEqual", group,
                        type, false, name);
    }
    aann_onnx_join(name, prefix, ".truth");
    aann_onnx_step_cast(graph, AANN_ONNX_TYPE_FLOAT, name);
    aann_onnx_join(name, prefix, ".activation");
    aann_onnx_step_number(graph, "Mul", AANN_ONNX_TYPE_FLOAT, FULL, name);
}

/* A missing value gives 0. */
static void scale_ranges(aann_onnx_graph *graph, const rule_group *group, const char *prefix)
{
    char name[AANN_ONNX_NAME_SIZE];
    char missing[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(missing, prefix, ".missing");
    aann_onnx_node(graph, &(aann_onnx_operator){.name = "IsNaN", .operands = {graph->current}},
                   missing);
    aann_onnx_join(name, prefix, ".double");
    aann_onnx_step_cast(graph, AANN_ONNX_TYPE_DOUBLE, name);
    aann_onnx_join(name, prefix, ".above");
    step_with_rules(graph, "Sub", group, AANN_ONNX_TYPE_DOUBLE, false, name);
    aann_onnx_join(name, prefix, ".times");
    aann_onnx_step_number(graph, "Mul", AANN_ONNX_TYPE_DOUBLE, 2.0 * FULL, name);
    aann_onnx_join(name, prefix, ".part");
    step_with_rules(graph, "Div", group, AANN_ONNX_TYPE_DOUBLE, true, name);
    aann_onnx_join(name, prefix, ".scaled");
    aann_onnx_step_number(graph, "Sub", AANN_ONNX_TYPE_DOUBLE, FULL, name);
    round_and_clip(graph, prefix);
    aann_onnx_join(name, prefix, ".nothing");
    aann_onnx_tensor_begin(graph, name, AANN_ONNX_TYPE_FLOAT, NULL, 0);
    aann_onnx_element(graph, AANN_ONNX_TYPE_FLOAT, 0.0);
    char output[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(output, prefix, ".present");
    aann_onnx_node(
        graph, &(aann_onnx_operator){.name = "Where", .operands = {missing, name, graph->current}},
        output);
    aann_onnx_set_current(graph, output);
}

/* Collects the columns of one kind, and where its inputs are among those of all kinds: order[r] is
 * the place of input r. Without memory the graph has failed. */
static rule_group collect(aann_onnx_graph *graph, const aann_encoding *encoding,
                          aann_input_kind kind, int64_t before, int64_t *order)
{
    rule_group group = {.encoding = encoding, .kind = kind};
    group.columns = aann_allocate((size_t)encoding->rule_count, sizeof *group.columns);
    graph->nodes.failed = graph->nodes.failed || group.columns == NULL || order == NULL;
    for (int64_t i = 0; !graph->nodes.failed && i < encoding->rule_count; i++) {
        if (encoding->rules[i].kind == kind) {
            order[i] = before + group.count;
            group.columns[group.count++] = encoding->rules[i].column;
        }
    }
    return group;
}

static bool is_sorted(const int64_t *order, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (order[i] != i) {
            return false;
        }
    }
    return true;
}

/* The activations of all kinds, one beside the other, and then in the order of the inputs. */
static void put_together(aann_onnx_graph *graph, char parts[][AANN_ONNX_NAME_SIZE], int32_t count,
                         const int64_t *order, int64_t rule_count)
{
    if (count > 1) {
        aann_onnx_operator concat = {.name = "Concat", .attributes = {{"axis", {1}, 0}}};
        for (int32_t i = 0; i < count; i++) {
            concat.operands[i] = parts[i];
        }
        aann_onnx_node(graph, &concat, "encoding.kinds");
        aann_onnx_set_current(graph, "encoding.kinds");
    }
    if (order != NULL && !graph->nodes.failed && !is_sorted(order, rule_count)) {
        aann_onnx_step_gather(graph, order, rule_count, "encoding.inputs");
    }
}

static void encode_table(aann_onnx_export *to)
{
    static const char *const prefixes[] = {"threshold", "word", "missing", "range"};
    enum { KINDS = sizeof prefixes / sizeof prefixes[0] };
    aann_onnx_graph *graph = &to->graph;
    const aann_encoding *encoding = to->about->encoding;
    const aann_onnx_type type =
        to->options.input == AANN_ONNX_INPUT_FLOAT64 ? AANN_ONNX_TYPE_DOUBLE : AANN_ONNX_TYPE_FLOAT;
    if (to->options.input == AANN_ONNX_INPUT_UINT8) {
        aann_onnx_step_cast(graph, type, "encoding.byte");
    }
    char values[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(values, graph->current, "");
    char parts[KINDS][AANN_ONNX_NAME_SIZE];
    int32_t part_count = 0;
    int64_t before = 0;
    int64_t *order = aann_allocate((size_t)encoding->rule_count, sizeof *order);
    for (int32_t i = 0; i < (int32_t)KINDS; i++) {
        const rule_group group =
            collect(graph, encoding, (aann_input_kind)(AANN_INPUT_THRESHOLD + i), before, order);
        if (group.count > 0) {
            char name[AANN_ONNX_NAME_SIZE];
            aann_onnx_set_current(graph, values);
            aann_onnx_join(name, prefixes[i], ".values");
            aann_onnx_step_gather(graph, group.columns, group.count, name);
            if (group.kind == AANN_INPUT_RANGE) {
                scale_ranges(graph, &group, prefixes[i]);
            } else {
                compare(graph, &group, type, prefixes[i]);
            }
            aann_onnx_join(parts[part_count++], graph->current, "");
        }
        before += group.count;
        free(group.columns);
    }
    put_together(graph, parts, part_count, order, encoding->rule_count);
    free(order);
}

/* ---- all kinds ------------------------------------------------------------------------------- */

/* One more input or channel, full of 127. */
static void add_constant_input(aann_onnx_export *to)
{
    static const int64_t one_more[] = {0, 0, 0, 0, 0, 1, 0, 0};
    static const int64_t one_more_flat[] = {0, 0, 0, 1};
    aann_onnx_graph *graph = &to->graph;
    aann_onnx_integers(graph, "constant.places", to->flat ? one_more_flat : one_more,
                       to->flat ? 4 : 8);
    aann_onnx_tensor_begin(graph, "constant.value", AANN_ONNX_TYPE_FLOAT, NULL, 0);
    aann_onnx_element(graph, AANN_ONNX_TYPE_FLOAT, FULL);
    aann_onnx_node(
        graph,
        &(aann_onnx_operator){.name = "Pad",
                              .operands = {graph->current, "constant.places", "constant.value"}},
        "constant.added");
    aann_onnx_set_current(graph, "constant.added");
}

void aann_onnx_write_encoding(aann_onnx_export *to)
{
    const aann_encoding *encoding = to->about->encoding;
    declare_input(to);
    if (encoding == NULL) {
        aann_onnx_step_cast(&to->graph, AANN_ONNX_TYPE_FLOAT, "encoding.activation");
    } else if (encoding->kind == AANN_ENCODING_TABLE) {
        encode_table(to);
    } else if (encoding->kind == AANN_ENCODING_BYTE && to->options.input == AANN_ONNX_INPUT_UINT8) {
        scale_bytes(&to->graph);
    } else {
        read_as_double(to);
        if (encoding->kind == AANN_ENCODING_FEATURE) {
            scale_features(&to->graph, encoding, aann_onnx_measured_shape(to));
        } else {
            scale_all(&to->graph,
                      encoding->kind == AANN_ENCODING_BYTE ? BYTE_MAX : encoding->global_maximum);
        }
    }
    if (encoding != NULL && encoding->constant) {
        add_constant_input(to);
    }
}
