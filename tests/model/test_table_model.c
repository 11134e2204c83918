/* Models of tables: the second form of the encoding in the file, and what is missing or unknown. */
#include "support/test.h"

#include <math.h>

#include "aann/model.h"
#include "model/stepped_weights.h"
#include "network/network.h"
#include "support/seal.h"

enum { COLUMNS = 3, RULES = 7, INPUTS = RULES + 1, CLASSES = 3, CHECKSUM = 8, HEADER = 12 };

static const char *const colours[] = {"blue", "red"};
static aann_column columns[COLUMNS] = {
    {.name = "age", .kind = AANN_COLUMN_NUMBER},
    {.name = "colour", .kind = AANN_COLUMN_WORDS, .levels = colours, .level_count = 2},
    {.kind = AANN_COLUMN_BOOLEAN},
};
static aann_input_rule rules[RULES] = {
    {0, AANN_INPUT_THRESHOLD, 1.5, 0.0}, {0, AANN_INPUT_THRESHOLD, 2.5, 0.0},
    {0, AANN_INPUT_MISSING, 0.0, 0.0},   {0, AANN_INPUT_RANGE, 0.0, 4.0},
    {1, AANN_INPUT_LEVEL, 0.0, 0.0},     {1, AANN_INPUT_LEVEL, 1.0, 0.0},
    {2, AANN_INPUT_THRESHOLD, 0.5, 0.0},
};

static aann_encoding make_encoding(void)
{
    return (aann_encoding){.kind = AANN_ENCODING_TABLE,
                           .feature_count = COLUMNS,
                           .constant = true,
                           .columns = columns,
                           .rules = rules,
                           .rule_count = RULES};
}

static aann_network *make_network(int32_t inputs)
{
    aann_error error = {0};
    aann_spec spec;
    assert_ok(aann_spec_parse("6-3", (aann_shape){inputs, 1, 1}, &spec, &error));
    return stepped_network(&spec);
}

static aann_model *make_model(void)
{
    aann_error error = {0};
    aann_network *network = make_network(INPUTS);
    const aann_encoding encoding = make_encoding();
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    aann_model *model = NULL;
    assert_ok(aann_model_create(network, &about, &model, &error));
    aann_network_destroy(network);
    return model;
}

static uint8_t *to_bytes(const aann_model *model, size_t *size)
{
    aann_error error = {0};
    void *bytes = NULL;
    assert_ok(aann_model_write(model, &bytes, size, &error));
    return bytes;
}

/* Rows: known values, all missing, an unknown word. */
static const float values[][COLUMNS] = {{2.0F, 1.0F, 1.0F}, {NAN, NAN, NAN}, {9.0F, 7.0F, 0.0F}};
static const int8_t inputs[][INPUTS] = {{127, 0, 0, 0, 0, 127, 127, 127},
                                        {0, 0, 127, 0, 0, 0, 0, 127},
                                        {127, 127, 0, 127, 0, 0, 0, 127}};
enum { ROWS = 3 };

static void assert_predicts(aann_model *model)
{
    aann_error error = {0};
    int32_t logits[ROWS * CLASSES];
    assert_ok(aann_model_predict(model, values[0], ROWS, logits, NULL, NULL, &error));
    for (int32_t row = 0; row < ROWS; row++) {
        int32_t wanted[CLASSES];
        assert_ok(
            aann_network_reference_logits(aann_model_network(model), inputs[row], wanted, &error));
        assert_memory_equal(logits + row * CLASSES, wanted, sizeof wanted);
    }
}

static void tables_go_through_a_file(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_model *model = make_model();
    assert_predicts(model);
    size_t size, size_again;
    uint8_t *bytes = to_bytes(model, &size);
    aann_model *again = NULL;
    assert_ok(aann_model_read(bytes, size, &again, &error));
    assert_predicts(again);
    uint8_t *bytes_again = to_bytes(again, &size_again);
    assert_int_equal(size, size_again);
    assert_memory_equal(bytes, bytes_again, size);
    const aann_encoding *encoding = aann_model_describe(again)->encoding;
    assert_true(encoding->constant);
    assert_string_equal(encoding->columns[0].name, "age");
    assert_null(encoding->columns[2].name);
    assert_string_equal(encoding->columns[1].levels[1], "red");
    aann_model_destroy(again);
    aann_model_destroy(model);
    free(bytes);
    free(bytes_again);
}

/* Any change of a byte, with a right checksum, is refused or gives a model that can be used. */
static void changed_bytes_do_no_harm(void **state)
{
    (void)state;
    aann_model *model = make_model();
    size_t size;
    uint8_t *bytes = to_bytes(model, &size);
    uint8_t *changed = malloc(size);
    assert_non_null(changed);
    int refused = 0;
    for (size_t at = HEADER; at < size - CHECKSUM; at++) {
        static const uint8_t masks[] = {0x01, 0x80, 0xff};
        for (size_t i = 0; i < sizeof masks; i++) {
            aann_error error = {0};
            aann_model *read = NULL;
            int32_t logits[ROWS * 16];
            memcpy(changed, bytes, size);
            changed[at] ^= masks[i];
            seal(changed, size);
            if (aann_model_read(changed, size, &read, &error) != AANN_OK) {
                refused++;
                assert_null(read);
                assert_true(strlen(error.message) > 0);
            } else if (aann_network_spec(aann_model_network(read))->output_count <= 16 &&
                       aann_model_describe(read)->encoding != NULL &&
                       aann_model_describe(read)->encoding->feature_count <= COLUMNS) {
                (void)aann_model_predict(read, values[0], ROWS, logits, NULL, NULL, &error);
            }
            aann_model_destroy(read);
        }
    }
    assert_true(refused > (int)size);
    free(changed);
    free(bytes);
    aann_model_destroy(model);
}

static void cut_files_are_refused(void **state)
{
    (void)state;
    aann_model *model = make_model();
    size_t size;
    uint8_t *bytes = to_bytes(model, &size);
    int found = 0;
    for (size_t length = 0; length < size; length++) {
        aann_error error = {0};
        aann_model *read = NULL;
        uint8_t *cut = malloc(length + 1);
        assert_non_null(cut);
        memcpy(cut, bytes, length);
        if (length > HEADER + CHECKSUM) {
            seal(cut, length);
        }
        if (aann_model_read(cut, length, &read, &error) == AANN_OK) {
            /* Where a section ends, what is left is a model without an encoding. */
            assert_null(aann_model_describe(read)->encoding);
            found++;
        }
        aann_model_destroy(read);
        free(cut);
    }
    assert_true(found <= 1);
    free(bytes);
    aann_model_destroy(model);
}

static void assert_not_created(const aann_encoding *encoding, int32_t network_inputs,
                               const char *wanted)
{
    aann_error error = {0};
    aann_network *network = make_network(network_inputs);
    aann_model_description about = aann_model_description_default();
    about.encoding = encoding;
    aann_model *model = NULL;
    assert_int_equal(aann_model_create(network, &about, &model, &error), AANN_ERROR_ARGUMENT);
    if (strstr(error.message, wanted) == NULL) {
        fail_msg("the message is \"%s\"; it should hold \"%s\"", error.message, wanted);
    }
    assert_null(model);
    aann_network_destroy(network);
}

static void encodings_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    aann_encoding bad = make_encoding();
    assert_not_created(&bad, INPUTS + 1, "makes 8 inputs, the network reads 9");
    bad.constant = false;
    assert_not_created(&bad, INPUTS, "makes 7 inputs, the network reads 8");
    bad = make_encoding();
    bad.rules = NULL;
    assert_not_created(&bad, INPUTS, "without inputs");
    aann_input_rule wrong[RULES];
    const aann_input_rule changes[] = {
        {0, AANN_INPUT_THRESHOLD, 3.0, 0.0},         /* after a larger one */
        {COLUMNS, AANN_INPUT_THRESHOLD, 1.5, 0.0},   /* no such column */
        {0, (aann_input_kind)9, 1.5, 0.0},           /* no such kind */
        {0, AANN_INPUT_LEVEL, 0.0, 0.0},             /* a word of numbers */
        {0, AANN_INPUT_THRESHOLD, (double)NAN, 0.0}, /* no number */
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        memcpy(wrong, rules, sizeof rules);
        wrong[0] = changes[i];
        bad = make_encoding();
        bad.rules = wrong;
        assert_not_created(&bad, INPUTS, "makes no sense, or is out of order");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_go_through_a_file),
        cmocka_unit_test(changed_bytes_do_no_harm),
        cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(encodings_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
