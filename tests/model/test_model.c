/* Models: what goes in comes out, on any machine and in any later version; what is damaged, hostile
 * or newer is refused in one line.
 *
 * tests/model/golden/v<N>.aannm was written by the first release with format N, once, by
 *     AANN_WRITE_GOLDEN=tests/model/golden/v2.aannm build/tests/model_model
 * and stays as it is. */
#include "support/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aann/model.h"
#include "model/format.h"
#include "model/model.h"
#include "model/stepped_weights.h"
#include "network/network.h"
#include "samples/dataset.h"
#include "support/seal.h"

enum { VALUES = 4, CLASSES = 3, SAMPLES = 90, CHECKSUM = 8, HEADER = 12 };

static const char *const class_names[CLASSES] = {"setosa", "versicolor \xc3\xa4", ""};
static const char *const column_names[VALUES] = {"a", "b", "width (cm)", "d"};
static const char *const target_names[2] = {"force", "torque \xc3\xa4 (N m)"};
static float minimum[VALUES] = {-1.0F, 0.0F, 2.0F, 5.0F};
static float maximum[VALUES] = {1.0F, 4.0F, 2.5F, 5.0F};

static aann_network *make_network(const char *text, int outputs)
{
    aann_error error = {0};
    aann_spec spec;
    char whole[64];
    snprintf(whole, sizeof whole, "%s-%d@50>>1", text, outputs);
    assert_ok(aann_spec_parse(whole, (aann_shape){VALUES, 1, 1}, &spec, &error));
    assert_ok(aann_spec_set_excitatory_share(&spec, 0.25, &error));
    return stepped_network(&spec);
}

static aann_model *make_classifier(void)
{
    aann_error error = {0};
    aann_network *network = make_network("8@75", CLASSES);
    const aann_encoding encoding = {.kind = AANN_ENCODING_FEATURE,
                                    .feature_count = VALUES,
                                    .minimum = minimum,
                                    .maximum = maximum};
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    about.loss_scale = 4.5;
    about.class_names = class_names;
    about.class_count = CLASSES;
    about.column_names = column_names;
    about.column_count = VALUES;
    about.provenance = "aann search --seed 7; \xc3\xa4";
    aann_model *model = NULL;
    assert_ok(aann_model_create(network, &about, &model, &error));
    aann_network_destroy(network);
    return model;
}

static aann_model *make_regression(bool units)
{
    aann_error error = {0};
    aann_network *network = make_network("7@75", 2);
    const aann_encoding encoding = {.kind = AANN_ENCODING_GLOBAL, .global_maximum = 3.0};
    const double mean[2] = {10.0, -0.5};
    const double scale[2] = {2.0, 0.125};
    const double weights[2] = {0.25, 3.0};
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    about.regression = true;
    about.output_scale = 0.3;
    about.target_mean = units ? mean : NULL;
    about.target_scale = units ? scale : NULL;
    about.target_weights = units ? weights : NULL;
    about.target_names = units ? target_names : NULL;
    about.window_columns = units ? column_names : NULL; /* windows of one row */
    about.window_column_count = VALUES;
    about.window_step = 3;
    aann_model *model = NULL;
    assert_ok(aann_model_create(network, &about, &model, &error));
    aann_network_destroy(network);
    return model;
}

static void make_values(float *values)
{
    for (int32_t i = 0; i < SAMPLES * VALUES; i++) {
        values[i] = (float)((i * 37) % 101) / 20.0F - 1.0F;
    }
}

typedef struct blob {
    uint8_t *bytes;
    size_t size;
} blob;

static blob to_bytes(const aann_model *model)
{
    aann_error error = {0};
    blob b = {0};
    void *bytes = NULL;
    assert_ok(aann_model_write(model, &bytes, &b.size, &error));
    b.bytes = bytes;
    return b;
}

static void assert_refused(blob b, aann_status status, const char *words)
{
    aann_error error = {0};
    aann_model *model = NULL;
    assert_int_equal(aann_model_read(b.bytes, b.size, &model, &error), status);
    assert_null(model);
    assert_null(strchr(error.message, '\n'));
    if (strstr(error.message, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, error.message);
    }
}

/* The first byte of a section's content. */
static size_t find_section(blob b, const char *tag)
{
    for (size_t i = HEADER; i + 16 <= b.size; i++) {
        if (memcmp(b.bytes + i, tag, 4) == 0) {
            return i + 16;
        }
    }
    fail_msg("no section %s", tag);
    return 0;
}

/* ---- what goes in comes out ------------------------------------------------------------------ */

static void assert_same_names(const char *const *a, const char *const *b, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        assert_string_equal(a[i], b[i]);
    }
}

static void assert_is_classifier(const aann_model *model)
{
    const aann_model_description *about = aann_model_describe(model);
    aann_network *network = make_network("8@75", CLASSES);
    assert_true(aann_network_hash(network) == aann_network_hash(aann_model_network(model)));
    assert_true(aann_network_spec(aann_model_network(model))->layers[1].excitatory_share == 0.25);
    aann_network_destroy(network);
    assert_false(about->regression);
    assert_true(about->loss_scale == 4.5 && about->output_scale == 1.0);
    assert_int_equal(about->encoding->kind, AANN_ENCODING_FEATURE);
    assert_memory_equal(about->encoding->minimum, minimum, sizeof minimum);
    assert_memory_equal(about->encoding->maximum, maximum, sizeof maximum);
    assert_null(about->target_mean);
    assert_int_equal(about->class_count, CLASSES);
    assert_same_names(about->class_names, class_names, CLASSES);
    assert_int_equal(about->column_count, VALUES);
    assert_same_names(about->column_names, column_names, VALUES);
    assert_string_equal(about->provenance, "aann search --seed 7; \xc3\xa4");
}

static void names_of_targets_and_windows(void **state)
{
    (void)state;
    aann_error error = {0};
    for (int units = 0; units < 2; units++) {
        aann_model *model = make_regression(units == 1);
        const blob b = to_bytes(model);
        aann_model_destroy(model);
        assert_ok(aann_model_read(b.bytes, b.size, &model, &error));
        const aann_model_description *about = aann_model_describe(model);
        if (units == 1) {
            assert_same_names(about->target_names, target_names, 2);
            assert_same_names(about->window_columns, column_names, VALUES);
            assert_int_equal(about->window_column_count, VALUES);
            assert_int_equal(about->window_step, 3);
        } else {
            assert_true(about->target_names == NULL && about->window_columns == NULL &&
                        about->window_column_count == 0 && about->window_step == 0);
        }
        aann_model_destroy(model);
        free(b.bytes);
    }
}

static void round_trip(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_model *models[] = {make_classifier(), make_regression(true), make_regression(false)};
    float values[SAMPLES * VALUES];
    make_values(values);
    for (size_t m = 0; m < 3; m++) {
        const blob b = to_bytes(models[m]);
        aann_model *again = NULL;
        assert_ok(aann_model_read(b.bytes, b.size, &again, &error));
        const blob c = to_bytes(again);
        assert_int_equal(b.size, c.size);
        assert_memory_equal(b.bytes, c.bytes, b.size);
        int32_t logits[2][SAMPLES * CLASSES] = {{0}};
        double outputs[2][SAMPLES * CLASSES] = {{0}};
        assert_ok(
            aann_model_predict(models[m], values, SAMPLES, logits[0], NULL, outputs[0], &error));
        assert_ok(aann_model_predict(again, values, SAMPLES, logits[1], NULL, outputs[1], &error));
        assert_memory_equal(logits[0], logits[1], sizeof logits[0]);
        assert_memory_equal(outputs[0], outputs[1], sizeof outputs[0]);
        if (m == 0) {
            assert_is_classifier(again);
        }
        aann_model_destroy(again);
        aann_model_destroy(models[m]);
        free(b.bytes);
        free(c.bytes);
    }
}

/* Against the reference evaluation of inputs that are encoded here, by the formula of the docs. */
static void predictions(void **state)
{
    (void)state;
    aann_error error = {0};
    float values[SAMPLES * VALUES];
    make_values(values);
    aann_model *model = make_classifier();
    int32_t logits[SAMPLES * CLASSES];
    int32_t answers[SAMPLES];
    double outputs[SAMPLES * CLASSES];
    assert_ok(aann_model_predict(model, values, SAMPLES, logits, answers, outputs, &error));
    for (int32_t s = 0; s < SAMPLES; s++) {
        int8_t inputs[VALUES];
        for (int32_t f = 0; f < VALUES; f++) {
            const double low = (double)minimum[f], high = (double)maximum[f];
            double x = high > low
                           ? 254.0 * ((double)values[s * VALUES + f] - low) / (high - low) - 127.0
                           : 0.0;
            x = x > 127.0 ? 127.0 : x < -127.0 ? -127.0 : x;
            inputs[f] = (int8_t)(x < 0.0 ? x - 0.5 : x + 0.5);
        }
        int32_t expected[CLASSES];
        assert_ok(
            aann_network_reference_logits(aann_model_network(model), inputs, expected, &error));
        int32_t best = 0;
        for (int32_t c = 0; c < CLASSES; c++) {
            assert_int_equal(logits[s * CLASSES + c], expected[c]);
            assert_true(outputs[s * CLASSES + c] == expected[c] / 127.0);
            best = expected[c] > expected[best] ? c : best;
        }
        assert_int_equal(answers[s], best);
    }
    int32_t only[SAMPLES];
    assert_ok(aann_model_predict(model, values + VALUES, 1, NULL, only, NULL, &error));
    assert_int_equal(only[0], answers[1]);
    values[5] = 0.0F / 0.0F;
    assert_int_equal(aann_model_predict(model, values, SAMPLES, logits, NULL, NULL, &error),
                     AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "sample 1, feature 1"));
    aann_model_destroy(model);
}

static void regression_units(void **state)
{
    (void)state;
    aann_error error = {0};
    float values[SAMPLES * VALUES];
    make_values(values);
    aann_model *models[2] = {make_regression(false), make_regression(true)};
    int32_t logits[SAMPLES * 2];
    double plain[SAMPLES * 2], units[SAMPLES * 2];
    assert_ok(aann_model_predict(models[0], values, SAMPLES, logits, NULL, plain, &error));
    assert_ok(aann_model_predict(models[1], values, SAMPLES, NULL, NULL, units, &error));
    int32_t clamped = 0;
    for (int32_t i = 0; i < SAMPLES * 2; i++) {
        const double raw = logits[i] / 38.0;
        assert_true(plain[i] == (raw > 1.0 ? 1.0 : raw < -1.0 ? -1.0 : raw));
        clamped += raw > 1.0 || raw < -1.0;
        assert_true(units[i] == (i % 2 == 0 ? 10.0 + 2.0 * plain[i] : -0.5 + 0.125 * plain[i]));
    }
    assert_true(clamped > 0 && clamped < SAMPLES * 2);
    aann_model_destroy(models[0]);
    aann_model_destroy(models[1]);
}

static void bytes_and_no_encoding(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_network *network = make_network("8@75", CLASSES);
    aann_encoding encoding = {.kind = AANN_ENCODING_BYTE};
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    aann_model *model = NULL;
    assert_ok(aann_model_create(network, &about, &model, &error));
    const uint8_t pixels[VALUES] = {0, 255, 128, 7};
    const float same[VALUES] = {0.0F, 255.0F, 128.0F, 7.0F};
    int32_t logits[2][CLASSES];
    assert_ok(aann_model_predict_bytes(model, pixels, 1, logits[0], NULL, NULL, &error));
    assert_ok(aann_model_predict(model, same, 1, logits[1], NULL, NULL, &error));
    assert_memory_equal(logits[0], logits[1], sizeof logits[0]);
    assert_int_equal(aann_model_predict(model, NULL, 1, logits[0], NULL, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_model_predict_bytes(model, NULL, 1, logits[0], NULL, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    assert_ok(aann_model_predict(model, NULL, 0, NULL, NULL, NULL, &error));
    aann_model_destroy(model);

    about.encoding = NULL;
    assert_ok(aann_model_create(network, &about, &model, &error));
    assert_int_equal(aann_model_predict(model, same, 1, logits[0], NULL, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    aann_model_destroy(model);
    aann_network_destroy(network);
}

static void refused_at_creation(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_network *network = make_network("8@75", CLASSES);
    aann_encoding encoding = {
        .kind = AANN_ENCODING_FEATURE, .feature_count = 3, .minimum = minimum, .maximum = maximum};
    const double number[CLASSES] = {1.0, 2.0, 0.0 / 0.0};
    aann_model *model = NULL;
    const aann_model_description fine = aann_model_description_default();
    aann_model_description bad[9] = {fine, fine, fine, fine, fine, fine, fine, fine, fine};
    bad[0].encoding = &encoding;
    bad[1].loss_scale = 0.0;
    bad[2].target_mean = number;
    bad[3].target_mean = number;
    bad[3].target_scale = number;
    bad[4].class_names = class_names;
    bad[4].class_count = CLASSES + 1;
    bad[5].column_names = column_names;
    bad[5].column_count = VALUES - 1;
    bad[6].target_weights = number;
    bad[7].window_columns = column_names;
    bad[7].window_column_count = VALUES;
    bad[8].window_columns = column_names;
    bad[8].window_column_count = VALUES - 1;
    bad[8].window_step = 1;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(aann_model_create(network, &bad[i], &model, &error), AANN_ERROR_ARGUMENT);
        assert_null(model);
    }
    static const char *const unnamed[VALUES] = {NULL};
    aann_encoding empty = encoding;
    empty.feature_count = VALUES;
    empty.minimum = NULL;
    aann_model_description missing[5] = {fine, fine, fine, fine, fine};
    missing[0].encoding = &empty;
    missing[1].class_names = unnamed;
    missing[1].class_count = 1;
    missing[2].column_names = unnamed;
    missing[2].column_count = VALUES;
    missing[3].target_names = unnamed;
    missing[4].window_columns = unnamed;
    missing[4].window_column_count = VALUES;
    missing[4].window_step = 1;
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        assert_int_equal(aann_model_create(network, &missing[i], &model, &error),
                         AANN_ERROR_ARGUMENT);
        assert_null(model);
    }
    aann_network_weights_mutable(network, 0)[0] ^= 1;
    aann_network_weights_mutable(network, 0)[0] &= 1;
    assert_int_equal(aann_model_create(network, &fine, &model, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "layer 1 (8) has"));
    aann_network_destroy(network);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void cut_and_flipped(void **state)
{
    (void)state;
    aann_model *model = make_classifier();
    const blob b = to_bytes(model);
    for (size_t size = 0; size < b.size; size++) {
        uint8_t *part = malloc(size > 0 ? size : 1); /* so that a read past the end is seen */
        memcpy(part, b.bytes, size);
        assert_refused((blob){part, size}, AANN_ERROR_FORMAT, "");
        free(part);
    }
    for (size_t place = 0; place < b.size; place++) {
        b.bytes[place] ^= 0x04;
        const bool version = place >= 8 && place < HEADER;
        assert_refused(b, version ? AANN_ERROR_VERSION : AANN_ERROR_FORMAT, "");
        b.bytes[place] ^= 0x04;
    }
    free(b.bytes);
    aann_model_destroy(model);
}

/* Every byte becomes other ones, with a right check sum: read, or refused. What is read can be
 * written and used. */
static void hostile_bytes(void **state)
{
    (void)state;
    static const uint8_t others[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x2d};
    aann_error error = {0};
    float values[VALUES] = {0.5F, 1.0F, 2.25F, 5.0F};
    aann_model *models[2] = {make_classifier(), make_regression(true)};
    int32_t taken = 0, refused = 0;
    for (size_t m = 0; m < 2; m++) {
        const blob b = to_bytes(models[m]);
        for (size_t place = HEADER; place < b.size - CHECKSUM; place++) {
            const uint8_t kept = b.bytes[place];
            for (size_t i = 0; i < sizeof others; i++) {
                b.bytes[place] = others[i];
                seal(b.bytes, b.size);
                aann_model *model = NULL;
                const aann_status status = aann_model_read(b.bytes, b.size, &model, &error);
                assert_true(status == AANN_OK || status == AANN_ERROR_FORMAT ||
                            status == AANN_ERROR_VERSION);
                if (status == AANN_OK) {
                    const blob c = to_bytes(model);
                    (void)aann_model_predict(model, values, 1, NULL, NULL, NULL, &error);
                    free(c.bytes);
                    taken++;
                } else {
                    refused++;
                }
                aann_model_destroy(model);
            }
            b.bytes[place] = kept;
        }
        free(b.bytes);
        aann_model_destroy(models[m]);
    }
    print_message("%d taken, %d refused\n", taken, refused);
    assert_true(refused > 1000);
}

/* A hash that is not the network's, in a file whose check sum is right. */
static void wrong_hash(void **state)
{
    (void)state;
    aann_network *network = make_network("8@75", CLASSES);
    aann_model *model = make_classifier();
    const blob b = to_bytes(model);
    const size_t packed = aann_network_packed_size(aann_network_spec(network));
    b.bytes[find_section(b, "TASK") - 16 - packed - 1] ^= 1;
    seal(b.bytes, b.size);
    assert_refused(b, AANN_ERROR_FORMAT, "the hash of its network is wrong");
    free(b.bytes);
    aann_model_destroy(model);
    aann_network_destroy(network);
}

/* Weights of targets: below zero; as many as something else has; left out by those who do not know
 * them. */
static void target_weights(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_model *model = make_regression(true);
    const blob b = to_bytes(model);
    const size_t place = find_section(b, "TWGT");
    b.bytes[place + 7] |= 0x80;
    seal(b.bytes, b.size);
    assert_refused(b, AANN_ERROR_FORMAT, "output 0 of a model has the weight -0.25");
    memcpy(b.bytes + place - 16, "XXXX", 4);
    seal(b.bytes, b.size);
    aann_model *without = NULL;
    assert_ok(aann_model_read(b.bytes, b.size, &without, &error));
    assert_null(aann_model_describe(without)->target_weights);
    aann_model_destroy(without);
    memcpy(b.bytes + find_section(b, "TARG") - 16, "TWGT", 4);
    seal(b.bytes, b.size);
    assert_refused(b, AANN_ERROR_FORMAT, "not as many target weights as outputs");
    free(b.bytes);
    aann_model_destroy(model);
}

/* Weights with other counts, their hash right, too. */
static void odd_counts(void **state)
{
    (void)state;
    aann_network *network = make_network("8@75", CLASSES);
    aann_model *model = make_classifier();
    const blob b = to_bytes(model);
    const size_t packed = aann_network_packed_size(aann_network_spec(network));
    uint8_t *weights = malloc(packed);
    memset(aann_network_weights_mutable(network, 0), 1, 8 * VALUES);
    aann_network_pack(network, weights);
    const size_t end = find_section(b, "TASK") - 16;
    memcpy(b.bytes + end - packed, weights, packed);
    const uint64_t hash = aann_network_hash(network);
    for (size_t i = 0; i < 8; i++) {
        b.bytes[end - packed - 8 + i] = (uint8_t)(hash >> 8 * i);
    }
    seal(b.bytes, b.size);
    assert_refused(b, AANN_ERROR_FORMAT,
                   "layer 1 (8) has 0 weights -1, 0 weights 0 and 32 weights");
    free(weights);
    free(b.bytes);
    aann_model_destroy(model);
    aann_network_destroy(network);
}

/* The model with one more section before the checksum. */
static blob with_section(blob b, const char *tag, uint8_t flags, uint8_t length, uint8_t content)
{
    const size_t more = 16 + (length == 0xff ? 0 : length);
    blob c = {calloc(1, b.size + more), b.size + more};
    memcpy(c.bytes, b.bytes, b.size - CHECKSUM);
    uint8_t *section = c.bytes + b.size - CHECKSUM;
    memcpy(section, tag, 4);
    section[4] = flags;
    section[8] = length;
    memset(section + 16, content, length == 0xff ? 0 : length);
    seal(c.bytes, c.size);
    return c;
}

static void later_versions(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_model *model = make_classifier();
    const blob b = to_bytes(model);
    blob c = with_section(b, "NEWS", 0, 5, 7);
    aann_model *read = NULL;
    assert_ok(aann_model_read(c.bytes, c.size, &read, &error));
    assert_is_classifier(read); /* what it does not know is skipped */
    aann_model_destroy(read);
    free(c.bytes);
    c = with_section(b, "NEWS", 1, 5, 7);
    assert_refused(c, AANN_ERROR_VERSION, "newer version of aann: it needs a section");
    free(c.bytes);
    c = with_section(b, "TASK", 1, 0, 0);
    assert_refused(c, AANN_ERROR_FORMAT, "a section is there twice");
    free(c.bytes);
    c = with_section(b, "NEWS", 0, 0xff, 0);
    assert_refused(c, AANN_ERROR_FORMAT, "a section is longer than the file");
    free(c.bytes);
    b.bytes[8] = 2;
    seal(b.bytes, b.size);
    assert_refused(b, AANN_ERROR_VERSION, "newer version of aann (format 2, this one reads 1)");
    free(b.bytes);
    aann_model_destroy(model);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void files(void **state)
{
    (void)state;
    aann_error error = {0};
    char folder[] = "/tmp/aann-model-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[64], pipe_path[64];
    snprintf(path, sizeof path, "%s/m.bin", folder);
    snprintf(pipe_path, sizeof pipe_path, "%s/pipe", folder);
    aann_model *model = make_classifier();
    aann_model *read = NULL;
    assert_int_equal(aann_model_load(path, &read, &error), AANN_ERROR_NOT_FOUND);
    assert_false(aann_model_is_file(path));
    assert_ok(aann_model_save(model, path, &error));
    assert_ok(aann_model_save(model, path, &error)); /* over an older one */
    assert_true(aann_model_is_file(path));
    assert_ok(aann_model_load(path, &read, &error));
    assert_is_classifier(read);
    aann_model_destroy(read);
    assert_int_equal(aann_model_load(folder, &read, &error), AANN_ERROR_ARGUMENT);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(aann_model_load(pipe_path, &read, &error), AANN_ERROR_ARGUMENT);
    assert_false(aann_model_is_file(pipe_path));
    assert_int_equal(truncate(path, 100), 0);
    assert_int_equal(aann_model_load(path, &read, &error), AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(truncate(path, (off_t)1 << 31), 0); /* holes: it takes no room */
    assert_int_equal(aann_model_load(path, &read, &error), AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "a model has at most"));
    assert_int_equal(aann_model_save(model, "/tmp/no-such-folder/x", &error), AANN_ERROR_IO);
    aann_model_destroy(model);
    unlink(path);
    unlink(pipe_path);
    assert_int_equal(rmdir(folder), 0); /* and nothing is left beside */
}

static void golden(void **state)
{
    (void)state;
    aann_error error = {0};
    for (int version = 1; version <= AANN_MODEL_VERSION; version++) {
        char path[512];
        snprintf(path, sizeof path, "%s/tests/model/golden/v%d.aannm", AANN_SOURCE_DIR, version);
        aann_model *model = NULL;
        assert_ok(aann_model_load(path, &model, &error));
        assert_is_classifier(model);
        aann_model_destroy(model);
    }
}

int main(void)
{
    const char *path = getenv("AANN_WRITE_GOLDEN");
    if (path != NULL) {
        aann_error error = {0};
        aann_model *model = make_classifier();
        const bool written =
            access(path, F_OK) != 0 && aann_model_save(model, path, &error) == AANN_OK;
        aann_model_destroy(model);
        return written ? 0 : 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(names_of_targets_and_windows),
        cmocka_unit_test(predictions),
        cmocka_unit_test(regression_units),
        cmocka_unit_test(bytes_and_no_encoding),
        cmocka_unit_test(refused_at_creation),
        cmocka_unit_test(cut_and_flipped),
        cmocka_unit_test(hostile_bytes),
        cmocka_unit_test(odd_counts),
        cmocka_unit_test(wrong_hash),
        cmocka_unit_test(target_weights),
        cmocka_unit_test(later_versions),
        cmocka_unit_test(files),
        cmocka_unit_test(golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
