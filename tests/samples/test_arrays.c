/* Data sets from arrays: for every type and any strides the same as from a file with the same
 * content, to the bit; and what makes no sense is refused in one line.
 *
 * ctest-needs: data */
#include <math.h>

#include "core/philox.h"
#include "data/data_test.h"
#include "samples/array_view.h"

enum { TYPE_COUNT = AANN_ELEMENT_FLOAT64, ROUNDS = 25 };

static const char *const npy_types[] = {NULL,  "|b1", "|i1", "<i2", "<i4", "<i8", "|u1",
                                        "<u2", "<u4", "<u8", "<f2", "<f4", "<f8"};

static uint32_t below(aann_random_stream *stream, uint32_t bound)
{
    return (uint32_t)aann_random_below(stream, bound);
}

/* An element of this type, anything that is finite as a float. */
static void draw_element(aann_random_stream *stream, aann_element_type type, uint8_t *to)
{
    const float number = (float)below(stream, 2000001) / 7.0F - 140000.0F;
    const double large = (double)number * 1e30;
    for (int32_t i = 0; i < aann_element_size(type); i++) {
        to[i] = (uint8_t)below(stream, 256);
    }
    switch (type) {
    case AANN_ELEMENT_BOOL: to[0] &= 1; break;
    case AANN_ELEMENT_FLOAT16: to[1] &= 0xbb; break; /* exponents 31 and above are not finite */
    case AANN_ELEMENT_FLOAT32: memcpy(to, &number, sizeof number); break;
    case AANN_ELEMENT_FLOAT64: memcpy(to, &large, sizeof large); break;
    default: break;
    }
}

/* The number that these bytes are, by the compiler's own conversions. */
static double plain_value(aann_element_type type, const uint8_t *at)
{
    int16_t i2;
    int32_t i4;
    int64_t i8;
    uint16_t u2;
    uint32_t u4;
    uint64_t u8;
    float f4;
    double f8;
    switch (type) {
    case AANN_ELEMENT_BOOL:
    case AANN_ELEMENT_UINT8: return at[0];
    case AANN_ELEMENT_INT8: return (int8_t)at[0];
    case AANN_ELEMENT_INT16: memcpy(&i2, at, 2); return i2;
    case AANN_ELEMENT_INT32: memcpy(&i4, at, 4); return i4;
    case AANN_ELEMENT_INT64: memcpy(&i8, at, 8); return (double)i8;
    case AANN_ELEMENT_UINT16: memcpy(&u2, at, 2); return u2;
    case AANN_ELEMENT_UINT32: memcpy(&u4, at, 4); return u4;
    case AANN_ELEMENT_UINT64: memcpy(&u8, at, 8); return (double)u8;
    case AANN_ELEMENT_FLOAT16:
        /* exponent and fraction as those of a float, whose exponents are 112 higher */
        memcpy(&u2, at, 2);
        u4 = (uint32_t)(u2 & 0x7fff) << 13;
        memcpy(&f4, &u4, 4);
        return (double)f4 * 0x1p112 * ((u2 & 0x8000) != 0 ? -1.0 : 1.0);
    case AANN_ELEMENT_FLOAT32: memcpy(&f4, at, 4); return (double)f4;
    case AANN_ELEMENT_FLOAT64: memcpy(&f8, at, 8); return f8;
    }
    return NAN;
}

static void write_npy(const char *path, const char *type, const int64_t *dimensions, int32_t count,
                      const void *values, size_t size)
{
    uint8_t *file = malloc(256 + size);
    char shape[128] = "";
    for (int32_t i = 0; i < count; i++) {
        snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "%lld, ",
                 (long long)dimensions[i]);
    }
    const int length =
        snprintf((char *)file + 10, 200, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }",
                 type, shape);
    memcpy(file, "\x93NUMPY\x01\x00", 8);
    file[8] = (uint8_t)length;
    file[9] = 0;
    memcpy(file + 10 + length, values, size);
    write_file(path, file, 10 + (size_t)length + size);
    free(file);
}

/* The C-order array scattered over new memory: dimensions in any order, gaps, negative strides. */
static uint8_t *scatter(aann_random_stream *stream, const uint8_t *values, aann_array_view *view,
                        int64_t strides[AANN_MAX_DIMENSIONS])
{
    const int64_t size = aann_element_size(view->type);
    int32_t order[AANN_MAX_DIMENSIONS];
    int64_t room = size + below(stream, 3);
    for (int32_t i = 0; i < view->dimension_count; i++) {
        const int32_t other = (int32_t)below(stream, (uint32_t)i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    int64_t first = 0;
    for (int32_t i = 0; i < view->dimension_count; i++) {
        const int64_t length = view->dimensions[order[i]];
        const bool backwards = below(stream, 3) == 0;
        strides[order[i]] = backwards ? -room : room;
        first += backwards ? room * (length - 1) : 0;
        room = room * length + below(stream, 4);
    }
    uint8_t *memory = malloc((size_t)room);
    assert_non_null(memory);
    memset(memory, 0xa5, (size_t)room);
    int64_t index[AANN_MAX_DIMENSIONS] = {0};
    for (int64_t i = 0; i < aann_array_view_count(view); i++) {
        int64_t rest = i;
        int64_t at = first;
        for (int32_t d = view->dimension_count - 1; d >= 0; d--) {
            index[d] = rest % view->dimensions[d];
            rest /= view->dimensions[d];
            at += index[d] * strides[d];
        }
        memcpy(memory + at, values + i * size, (size_t)size);
    }
    view->values = memory + first;
    view->strides = strides;
    return memory;
}

static void assert_equal_encoded(const aann_dataset *a, const aann_dataset *b)
{
    aann_error error;
    aann_encoding first, second;
    aann_samples *left, *right;
    assert_ok(aann_encoding_fit(a, AANN_ENCODING_AUTOMATIC, &first, &error));
    assert_ok(aann_encoding_fit(b, AANN_ENCODING_AUTOMATIC, &second, &error));
    assert_int_equal(first.kind, second.kind);
    assert_true(first.global_maximum == second.global_maximum);
    assert_int_equal(first.feature_count, second.feature_count);
    assert_ok(aann_dataset_encode(a, &first, 0, aann_dataset_count(a), &left, &error));
    assert_ok(aann_dataset_encode(b, &second, 0, aann_dataset_count(b), &right, &error));
    assert_memory_equal(&left->shape, &right->shape, sizeof left->shape);
    assert_int_equal(left->count, right->count);
    assert_int_equal(left->class_count, right->class_count);
    assert_memory_equal(left->inputs, right->inputs,
                        (size_t)(left->count * aann_shape_size(left->shape)));
    assert_memory_equal(left->labels, right->labels, (size_t)left->count * sizeof *left->labels);
    assert_ok(aann_samples_check(left, &error));
    aann_samples_destroy(left);
    aann_samples_destroy(right);
    aann_encoding_destroy(&first);
    aann_encoding_destroy(&second);
}

/* One random array of this type and random labels of another, as files and as views. */
static void compare_with_file(void **state, aann_random_stream *stream, aann_element_type type,
                              aann_element_type label_type)
{
    aann_error error;
    char path[TEST_PATH_SIZE], labels_path[TEST_PATH_SIZE];
    int64_t strides[AANN_MAX_DIMENSIONS], label_strides[AANN_MAX_DIMENSIONS];
    uint8_t values[20 * 5 * 5 * 5 * 8], labels[20 * 8] = {0};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    aann_array_view *view = &arrays.inputs;
    *view = (aann_array_view){
        .values = values, .type = type, .dimension_count = 2 + (int32_t)below(stream, 3)};
    for (int32_t i = 0; i < view->dimension_count; i++) {
        view->dimensions[i] = 1 + below(stream, i == 0 ? 20 : 5);
    }
    const int64_t count = aann_array_view_count(view);
    const int64_t size = aann_element_size(type);
    for (int64_t i = 0; i < count; i++) {
        draw_element(stream, type, values + i * size);
    }
    const int64_t label_size = aann_element_size(label_type);
    for (int64_t i = 0; i < view->dimensions[0]; i++) {
        const uint8_t label = (uint8_t)below(stream, label_type == AANN_ELEMENT_BOOL   ? 2
                                                     : label_type == AANN_ELEMENT_INT8 ? 128
                                                                                       : 256);
        labels[i * label_size] = label;
    }
    write_npy(in_folder(state, "x.npy", path), npy_types[type], view->dimensions,
              view->dimension_count, values, (size_t)(count * size));
    write_npy(in_folder(state, "y.npy", labels_path), npy_types[label_type], view->dimensions, 1,
              labels, (size_t)(view->dimensions[0] * label_size));
    aann_load_options options = aann_load_options_default();
    options.labels_path = labels_path;
    options.rules = AANN_LOAD_RULES_FIRST; /* class numbers and dimensions as they are */
    aann_dataset *from_file = load(path, &options);
    arrays.shape = aann_dataset_shape(from_file);
    arrays.labels = (aann_array_view){.values = labels,
                                      .type = label_type,
                                      .dimension_count = 1 + (int32_t)below(stream, 2),
                                      .dimensions = {view->dimensions[0], 1}};
    aann_dataset *plain, *strided;
    assert_ok(aann_dataset_create(&arrays, &plain, &error));
    uint8_t *memory = scatter(stream, values, view, strides);
    uint8_t *label_memory = scatter(stream, labels, &arrays.labels, label_strides);
    assert_ok(aann_dataset_create(&arrays, &strided, &error));
    free(memory); /* everything was copied */
    free(label_memory);
    for (int64_t i = 0; i < count; i++) {
        assert_true(value_of(plain, i) == (double)(float)plain_value(type, values + i * size));
    }
    assert_string_equal(aann_dataset_checksum(plain), aann_dataset_checksum(from_file));
    assert_string_equal(aann_dataset_checksum(strided), aann_dataset_checksum(from_file));
    assert_equal_encoded(plain, from_file);
    assert_equal_encoded(strided, from_file);
    aann_dataset_destroy(from_file);
    aann_dataset_destroy(plain);
    aann_dataset_destroy(strided);
}

static void every_type_and_stride_equals_its_file(void **state)
{
    static const aann_element_type label_types[] = {
        AANN_ELEMENT_BOOL,   AANN_ELEMENT_INT8,   AANN_ELEMENT_INT16,
        AANN_ELEMENT_INT32,  AANN_ELEMENT_INT64,  AANN_ELEMENT_UINT8,
        AANN_ELEMENT_UINT16, AANN_ELEMENT_UINT32, AANN_ELEMENT_UINT64,
    };
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(7, 0), 0, AANN_PURPOSE_TEST);
    for (int type = AANN_ELEMENT_BOOL; type <= TYPE_COUNT; type++) {
        for (int round = 0; round < ROUNDS; round++) {
            compare_with_file(state, &stream, (aann_element_type)type,
                              label_types[(type + round) % 9]);
        }
    }
}

/* Half the finite numbers in order, and the values that mark the ends. */
static void half_precision_is_exact(void **state)
{
    (void)state;
    double before = -1.0;
    for (uint16_t bits = 0; bits < 0x7c00; bits++) {
        const uint16_t negative = bits | 0x8000;
        const double value = aann_element_value(AANN_ELEMENT_FLOAT16, &bits);
        assert_true(value > before);
        assert_true(aann_element_value(AANN_ELEMENT_FLOAT16, &negative) == -value);
        before = value;
    }
    static const struct {
        uint16_t bits;
        double value;
    } known[] = {
        {0x0001, 0x1p-24}, {0x03ff, 1023 * 0x1p-24}, {0x0400, 0x1p-14}, {0x3555, 0.333251953125},
        {0x3c00, 1.0},     {0xc000, -2.0},           {0x7bff, 65504.0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(aann_element_value(AANN_ELEMENT_FLOAT16, &known[i].bits) == known[i].value);
    }
    const uint16_t infinity = 0x7c00, no_number = 0x7c01;
    assert_true(isinf(aann_element_value(AANN_ELEMENT_FLOAT16, &infinity)));
    assert_true(isnan(aann_element_value(AANN_ELEMENT_FLOAT16, &no_number)));
}

/* - targets, words, names ---------------------------------------------------------------------- */

static void targets_equal_their_file(void **state)
{
    aann_error error;
    char path[TEST_PATH_SIZE];
    float x[3][2] = {{1, 2}, {3, 4}, {5, 6.5F}};
    float t[3][2] = {{0.5F, -0.5F}, {0.25F, 1}, {-1, 0}};
    const float mean[2] = {10, 20}, scale[2] = {2, 0.5F};
    const aann_npz_array written[] = {{"x", x, AANN_NPZ_FLOAT, 2, {3, 2}},
                                      {"targets", t, AANN_NPZ_FLOAT, 2, {3, 2}},
                                      {"target_mean", mean, AANN_NPZ_FLOAT, 1, {2}},
                                      {"target_scale", scale, AANN_NPZ_FLOAT, 1, {2}}};
    assert_ok(aann_npz_write(in_folder(state, "t.npz", path), written, 4, &error));
    aann_dataset *from_file = load(path, NULL);
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 2, {3, 2}, NULL};
    arrays.targets = (aann_array_view){t, AANN_ELEMENT_FLOAT32, 2, {3, 2}, NULL};
    arrays.target_mean = mean;
    arrays.target_scale = scale;
    aann_dataset *made;
    assert_ok(aann_dataset_create(&arrays, &made, &error));
    assert_string_equal(aann_dataset_checksum(made), aann_dataset_checksum(from_file));
    assert_memory_equal(aann_dataset_target_mean(made), aann_dataset_target_mean(from_file), 8);
    assert_memory_equal(aann_dataset_target_scale(made), aann_dataset_target_scale(from_file), 8);
    aann_dataset_destroy(made);
    /* One column of doubles, every second of an array: what a file with the floats holds. */
    const double wide[6] = {0.1, 9, 0.2, 9, 0.3, 9};
    const float narrow[3] = {0.1F, 0.2F, 0.3F};
    const int64_t stride = 16;
    arrays.targets = (aann_array_view){wide, AANN_ELEMENT_FLOAT64, 1, {3}, &stride};
    arrays.target_mean = arrays.target_scale = NULL;
    assert_ok(aann_dataset_create(&arrays, &made, &error));
    assert_int_equal(aann_dataset_target_count(made), 1);
    assert_memory_equal(aann_dataset_targets(made), narrow, sizeof narrow);
    aann_dataset_destroy(made);
    aann_dataset_destroy(from_file);
}

static void words_equal_a_table(void **state)
{
    aann_error error;
    char path[TEST_PATH_SIZE];
    const char *text = "length,kind,width\n1.5,wolf,2\n3,bee,4\n5,wolf,0.25\n";
    write_file(in_folder(state, "t.csv", path), text, strlen(text));
    aann_load_options options = aann_load_options_default();
    options.label_column = "kind";
    aann_dataset *from_file = load(path, &options);
    assert_string_equal(aann_dataset_column_name(from_file, 1), "width");
    const double x[3][2] = {{1.5, 2}, {3, 4}, {5, 0.25}};
    const char *const words[] = {"wolf", "bee", "wolf"};
    const char *const columns[] = {"length", "width"};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){x, AANN_ELEMENT_FLOAT64, 2, {3, 2}, NULL};
    arrays.label_words = words;
    arrays.column_names = columns;
    arrays.tabular = true;
    aann_dataset *made;
    assert_ok(aann_dataset_create(&arrays, &made, &error));
    assert_string_equal(aann_dataset_checksum(made), aann_dataset_checksum(from_file));
    assert_equal_encoded(made, from_file);
    assert_int_equal(aann_dataset_class_count(made), 2);
    assert_string_equal(aann_dataset_class_name(made, 0), "bee");
    assert_string_equal(aann_dataset_column_name(made, 0), "length");
    assert_null(aann_dataset_column_name(made, 2));
    aann_dataset_destroy(made);
    /* Names in the caller's order, with a class that nobody has. */
    const char *const names[] = {"wolf", "ant", "bee"};
    arrays.class_names = names;
    arrays.class_count = 3;
    assert_ok(aann_dataset_create(&arrays, &made, &error));
    assert_int_equal(aann_dataset_class_count(made), 3);
    assert_int_equal(aann_dataset_labels(made)[1], 2);
    aann_dataset_destroy(made);
    aann_dataset_destroy(from_file);
}

/* - layouts ------------------------------------------------------------------------------------ */

/* The sample that [1][a][b] or [1][a][b][c] becomes, of values 0, 1, 2, ...; NULL if it is refused. */
static aann_dataset *arranged(const int64_t *dimensions, aann_array_layout layout, aann_shape shape,
                              aann_error *error)
{
    static float values[8192];
    const int32_t rank = dimensions[2] == 0 ? 3 : 4;
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){values, AANN_ELEMENT_FLOAT32, rank, {1}, NULL};
    memcpy(arrays.inputs.dimensions + 1, dimensions, 3 * sizeof dimensions[0]);
    arrays.layout = layout;
    arrays.shape = shape;
    for (int i = 0; i < 8192; i++) {
        values[i] = (float)i;
    }
    aann_dataset *made = NULL;
    const aann_status status = aann_dataset_create(&arrays, &made, error);
    assert_int_equal(status, made != NULL ? AANN_OK : AANN_ERROR_ARGUMENT);
    return made;
}

static void assert_layout(const int64_t *dimensions, aann_array_layout layout, aann_shape wanted,
                          aann_shape shape, const int64_t steps[3])
{
    aann_error error;
    aann_dataset *made = arranged(dimensions, layout, wanted, &error);
    assert_non_null(made);
    const aann_shape found = aann_dataset_shape(made);
    assert_memory_equal(&found, &shape, sizeof shape);
    int64_t index = 0;
    for (int64_t c = 0; c < shape.channels; c++) {
        for (int64_t h = 0; h < shape.height; h++) {
            for (int64_t w = 0; w < shape.width; w++) {
                const int64_t from = c * steps[0] + h * steps[1] + w * steps[2];
                assert_true(value_of(made, index++) == (double)from);
            }
        }
    }
    aann_dataset_destroy(made);
}

static void sizes_say_what_the_channels_are(void **state)
{
    (void)state;
    /* sizes of a sample, its shape, and how far apart in memory its neighbours are */
    static const struct {
        int64_t dimensions[3];
        aann_shape shape;
        int64_t steps[3];
    } cases[] = {
        {{28, 28}, {1, 28, 28}, {0, 28, 1}},
        {{12, 16}, {1, 12, 16}, {0, 16, 1}},
        {{8, 4}, {1, 8, 4}, {0, 4, 1}},
        {{3, 3}, {1, 3, 3}, {0, 3, 1}},
        {{64, 3}, {3, 1, 64}, {1, 0, 3}},
        {{3, 64}, {3, 1, 64}, {64, 0, 1}},
        {{12, 3}, {3, 1, 12}, {1, 0, 3}},
        {{64, 1}, {1, 1, 64}, {0, 0, 1}},
        {{1, 64}, {1, 1, 64}, {0, 0, 1}},
        {{1, 3}, {1, 1, 3}, {0, 0, 1}},
        {{1, 1}, {1, 1, 1}, {0, 0, 0}},
        {{3, 12, 16}, {3, 12, 16}, {192, 16, 1}},
        {{12, 16, 3}, {3, 12, 16}, {1, 48, 3}},
        {{1, 64, 3}, {1, 64, 3}, {0, 3, 1}},
        {{9, 1, 128}, {9, 1, 128}, {128, 128, 1}},
        {{16, 8, 8}, {16, 8, 8}, {64, 8, 1}},
    };
    const aann_shape any = {0, 0, 0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_layout(cases[i].dimensions, AANN_ARRAY_LAYOUT_AUTOMATIC, any, cases[i].shape,
                      cases[i].steps);
    }
}

static void sizes_that_say_nothing_are_asked_for(void **state)
{
    (void)state;
    const aann_shape any = {0, 0, 0};
    aann_error error;
    const int64_t long_ones[3] = {64, 9, 0}, short_ones[3] = {2, 6, 0}, bands[3] = {32, 32, 7};
    assert_null(arranged(long_ones, AANN_ARRAY_LAYOUT_AUTOMATIC, any, &error));
    assert_message(&error, "count x 64 x 9 values may be signals of 9 channels, 64 long (--layout "
                           "channels-last), signals of 64 channels, 9 long (--layout "
                           "channels-first), or pictures of one channel (--input 1x64x9)");
    assert_null(arranged(short_ones, AANN_ARRAY_LAYOUT_AUTOMATIC, any, &error));
    assert_null(arranged(bands, AANN_ARRAY_LAYOUT_AUTOMATIC, any, &error));
    assert_message(&error, "pictures of 32 x 32 with 7 channels (--layout channels-last), or of 32 "
                           "x 7 with 32 channels (--layout channels-first)");
    const aann_shape signal = {9, 1, 64}, picture = {1, 64, 9}, planes = {7, 32, 32};
    const int64_t by_time[3] = {1, 0, 9}, rows[3] = {0, 9, 1}, by_channel[3] = {9, 0, 1},
                  by_band[3] = {1, 224, 7};
    assert_layout(long_ones, AANN_ARRAY_LAYOUT_CHANNELS_LAST, any, signal, by_time);
    assert_layout(long_ones, AANN_ARRAY_LAYOUT_CHANNELS_FIRST, any, (aann_shape){64, 1, 9},
                  by_channel);
    assert_layout(long_ones, AANN_ARRAY_LAYOUT_AUTOMATIC, signal, signal, by_time);
    assert_layout(long_ones, AANN_ARRAY_LAYOUT_AUTOMATIC, picture, picture, rows);
    assert_layout(bands, AANN_ARRAY_LAYOUT_CHANNELS_LAST, any, planes, by_band);
    assert_layout(bands, AANN_ARRAY_LAYOUT_AUTOMATIC, planes, planes, by_band);
    assert_null(arranged(long_ones, AANN_ARRAY_LAYOUT_AUTOMATIC, (aann_shape){3, 3, 64}, &error));
    assert_message(&error, "their values would be mixed");
}

/* - what makes no sense ------------------------------------------------------------------------ */

static void assert_refused(const aann_dataset_arrays *arrays, const char *wanted)
{
    aann_error error = {0};
    aann_dataset *made;
    assert_int_not_equal(aann_dataset_create(arrays, &made, &error), AANN_OK);
    assert_null(made);
    assert_message(&error, wanted);
}

static void bad_inputs_are_refused(void **state)
{
    (void)state;
    float x[4] = {1, 2, 3, 4};
    aann_dataset_arrays a = aann_dataset_arrays_default();
    assert_refused(&a, "inputs: there is no array");
    a.inputs = (aann_array_view){x, (aann_element_type)0, 2, {2, 2}, NULL};
    assert_refused(&a, "inputs: there is no element type number 0");
    a.inputs.type = (aann_element_type)13;
    assert_refused(&a, "inputs: there is no element type number 13");
    a.inputs = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 1, {4}, NULL};
    assert_refused(&a, "inputs: 1 dimension(s) (4); samples need 2 to 4");
    a.inputs.dimension_count = 9;
    assert_refused(&a, "inputs: 9 dimensions; expected 1 to 8");
    a.inputs = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 2, {0, 2}, NULL};
    assert_refused(&a, "inputs: dimension 1 of 0 x 2 is 0; expected 1 and more");
    a.inputs = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 2, {2, -2}, NULL};
    assert_refused(&a, "inputs: dimension 2 of 2 x -2 is -2");
    a.inputs = (aann_array_view){x, AANN_ELEMENT_UINT8, 2, {INT64_MAX, 2}, NULL};
    assert_refused(&a, "elements are more than any memory holds");
    a.inputs = (aann_array_view){x, AANN_ELEMENT_UINT8, 2, {1, INT64_C(1) << 31}, NULL};
    assert_refused(&a, "inputs: dimension 2 of 1 x 2147483648 is 2147483648; expected 1 to 2147");
    const int64_t far[2] = {INT64_MAX / 2, INT64_MAX - 8};
    a.inputs = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 2, {2, 2}, far};
    assert_refused(&a, "inputs: the strides of 2 x 2 elements lead out of any memory");
    const int64_t lowest[2] = {8, INT64_MIN};
    a.inputs.strides = lowest;
    assert_refused(&a, "lead out of any memory");
    a.inputs.strides = NULL;
    a.shape = (aann_shape){3, 1, 1};
    assert_refused(&a, "inputs: a sample is 2 x 1 x 1 and cannot be seen as 3 x 1 x 1");
    a.shape = (aann_shape){0, 0, 0};
    x[3] = NAN;
    assert_refused(&a, "sample 1, feature 1 is nan: a finite number is expected");
    const char *const columns[] = {"length", "width"};
    a.column_names = columns;
    assert_refused(&a, "sample 1, feature 1 (width) is nan");
    const double large[2] = {1, 1e300};
    a.inputs = (aann_array_view){large, AANN_ELEMENT_FLOAT64, 2, {1, 2}, NULL};
    assert_refused(&a, "sample 0, feature 1 (width) is inf");
    const uint8_t flags[2] = {1, 2};
    a.inputs = (aann_array_view){flags, AANN_ELEMENT_BOOL, 2, {1, 2}, NULL};
    assert_refused(&a, "inputs: element 1: a boolean is 2; expected 0 or 1");
    const char *const holes[] = {"length", NULL};
    a.inputs = (aann_array_view){large, AANN_ELEMENT_FLOAT32, 2, {1, 2}, NULL};
    a.column_names = holes;
    assert_refused(&a, "column_names: name 1 is NULL; expected 2 texts");
}

static void bad_answers_are_refused(void **state)
{
    (void)state;
    const float x[4] = {1, 2, 3, 4};
    int32_t y[2] = {0, -1};
    aann_dataset_arrays good = aann_dataset_arrays_default();
    good.inputs = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 2, {2, 2}, NULL};
    aann_dataset_arrays a = good;
    a.labels = (aann_array_view){y, AANN_ELEMENT_INT32, 1, {2}, NULL};
    assert_refused(&a, "labels: label 1 is -1; expected a whole number from 0 to 255");
    y[1] = 256;
    assert_refused(&a, "labels: label 1 is 256; expected a whole number from 0 to 255");
    y[1] = 2;
    const char *const names[] = {"a", "b"};
    a.class_names = names;
    assert_refused(&a, "class_names: 0 names; expected 1 to 256, with labels");
    a.class_count = 2;
    assert_refused(&a, "labels: label 1 is 2; there are 2 class names");
    const char *const twice[] = {"a", "a"};
    a.class_names = twice;
    assert_refused(&a, "class_names: name 1 is there twice");
    a = good;
    a.labels = (aann_array_view){y, AANN_ELEMENT_INT32, 1, {1}, NULL};
    assert_refused(&a, "labels: 1 labels for 2 samples");
    a.labels = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 2, {2, 2}, NULL};
    assert_refused(&a, "labels: labels have 2 dimension(s) (2 x 2); expected one class number");
    const float half[2] = {0, 0.5F};
    a.labels = (aann_array_view){half, AANN_ELEMENT_FLOAT32, 1, {2}, NULL};
    assert_refused(&a, "labels: label 1 is 0.5");
    a.label_words = names;
    assert_refused(&a, "more than one of labels, label_words and targets");
    a = good;
    const char *const hole[] = {"a", NULL};
    a.label_words = hole;
    assert_refused(&a, "label_words: label 1 is empty; expected a word");
    a.label_words = names;
    a.class_names = &names[1];
    a.class_count = 1;
    assert_refused(&a, "label_words: label 0 is 'a', which is none of the 1 class names");
    a = good;
    a.targets = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 1, {4}, NULL};
    assert_refused(&a, "targets: 4 rows of targets for 2 samples");
    const float no_number[2] = {0, INFINITY};
    a.targets = (aann_array_view){no_number, AANN_ELEMENT_FLOAT32, 1, {2}, NULL};
    assert_refused(&a, "targets: target 1 is not a finite number");
    a.targets.values = x;
    a.target_mean = no_number;
    assert_refused(&a, "target_mean and target_scale go together");
    a.target_scale = &no_number[1];
    assert_refused(&a, "target_scale: number 0 is not finite");
}

/* - samples of one's own ----------------------------------------------------------------------- */

static void a_view_is_checked_and_copied(void **state)
{
    (void)state;
    aann_error error;
    int8_t inputs[6] = {-127, 0, 127, 1, 2, 3};
    int32_t labels[2] = {0, 1};
    float targets[2] = {0.5F, 1};
    aann_samples view = {
        .shape = {3, 1, 1}, .count = 2, .inputs = inputs, .labels = labels, .class_count = 2};
    aann_samples *copy;
    assert_ok(aann_samples_create(&view, &copy, &error));
    inputs[0] = -128;
    labels[1] = 2;
    assert_int_equal(copy->inputs[0], -127);
    assert_int_equal(copy->labels[1], 1);
    assert_int_equal(copy->class_count, 2);
    aann_samples_destroy(copy);
    assert_int_equal(aann_samples_create(&view, &copy, &error), AANN_ERROR_FORMAT);
    assert_null(copy);
    assert_message(&error, "sample 0, value 0 is -128; expected -127 to 127");
    inputs[0] = 0;
    assert_int_equal(aann_samples_check(&view, &error), AANN_ERROR_FORMAT);
    assert_message(&error, "sample 1 has label 2; there are 2 classes, numbered from 0");
    view.targets = targets;
    view.target_count = 1;
    assert_int_equal(aann_samples_check(&view, &error), AANN_ERROR_ARGUMENT);
    assert_message(&error, "both labels and targets");
    view.labels = NULL;
    view.class_count = 0;
    assert_ok(aann_samples_create(&view, &copy, &error));
    assert_memory_equal(copy->targets, targets, sizeof targets);
    aann_samples_destroy(copy);
    targets[1] = NAN;
    assert_int_equal(aann_samples_check(&view, &error), AANN_ERROR_FORMAT);
    assert_message(&error, "sample 1, target 0 is not a finite number");
    view.target_count = 0;
    assert_int_equal(aann_samples_check(&view, &error), AANN_ERROR_ARGUMENT);
    view.count = INT64_MAX;
    assert_int_equal(aann_samples_check(&view, &error), AANN_ERROR_ARGUMENT);
    assert_message(&error, "9223372036854775807 samples of 3 x 1 x 1 values");
    view.inputs = NULL;
    view.count = 2;
    assert_int_equal(aann_samples_check(&view, &error), AANN_ERROR_ARGUMENT);
    assert_message(&error, "samples without inputs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(every_type_and_stride_equals_its_file),
        cmocka_unit_test(half_precision_is_exact),
        data_test(targets_equal_their_file),
        data_test(words_equal_a_table),
        cmocka_unit_test(sizes_say_what_the_channels_are),
        cmocka_unit_test(sizes_that_say_nothing_are_asked_for),
        cmocka_unit_test(bad_inputs_are_refused),
        cmocka_unit_test(bad_answers_are_refused),
        cmocka_unit_test(a_view_is_checked_and_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
