/* Every released schema opens for ever: tests/study/golden/v<N>.aann was written by the first
 * release with schema N, and has exactly the content below.
 *
 * A new schema gets a new file, once, by
 *     AANN_WRITE_GOLDEN=tests/study/golden/v3.aann build/tests/study_golden
 * and the old files stay as they are. */
#include "network/network.h"
#include "study/support.h"

#include <sqlite3.h>

#include "study/schema.h"

static const char golden_checkpoint[] = "checkpoint\0of member 2";
static const char golden_name[] = "golden \xc3\xa4";
static const char golden_data[] = "{\"train\":\"none\",\"sha256\":\"00\"}";
static const char golden_options[] = "{\"steps\":1000}";

/* Weights from a formula of this test alone, so that no change of the library's random numbers can
 * change them: the counts of the spec, in an order that 7, which shares no factor with the number of
 * weights, steps through. (The first v1.aann had other counts, which no search gives and no reader
 * takes any more: tests/study/odd_counts.aann.) */
static aann_network *golden_network(int member)
{
    aann_spec spec;
    aann_error error = {0};
    assert_ok(aann_spec_parse("3C3s2@50-MP2-5@60>>1", (aann_shape){2, 9, 8}, &spec, &error));
    assert_ok(aann_spec_set_excitatory_share(&spec, 0.25, &error));
    aann_network *network = NULL;
    assert_ok(aann_network_create(&spec, &network, &error));
    for (int32_t layer = 0; layer < spec.layer_count; layer++) {
        static const aann_counts counts[] = {{20, 27, 7}, {18, 36, 6}};
        int8_t *weights = aann_network_weights_mutable(network, layer);
        const int64_t count = spec.layers[layer].weight_count;
        for (int64_t i = 0; i < count; i++) {
            const int64_t rank = (i * 7 + member * 11 + layer) % count;
            weights[i] = rank < counts[layer].minus                        ? -1
                         : rank < counts[layer].minus + counts[layer].zero ? 0
                                                                           : 1;
        }
    }
    return network;
}

static aann_member_row golden_member(int number)
{
    aann_member_row member = new_member(1, number - 1);
    member.seed = number == 1 ? 42 : UINT64_MAX;
    member.state = number == 1 ? AANN_MEMBER_DONE : AANN_MEMBER_RUNNING;
    member.parent = number == 1 ? 0 : 1;
    member.swaps_from_parent = number == 1 ? 0 : 12;
    member.steps = 1000u * (uint64_t)number;
    member.accepted = 10u * (uint64_t)number;
    member.train_loss = 0.1 * number;
    member.test_accuracy = number == 1 ? 0.984 : (double)NAN;
    member.seconds = 1.5;
    return member;
}

static aann_trace_row golden_row(int number)
{
    return (aann_trace_row){.step = 500u * (uint64_t)number,
                            .seconds = 0.25 * number,
                            .temperature = 1e-4,
                            .train_loss = 1.0 / number,
                            .train_accuracy = 0.5,
                            .validation_loss = (double)NAN,
                            .validation_accuracy = number == 2 ? 0.75 : (double)NAN,
                            .accepted = 3u * (uint64_t)number,
                            .evaluated_samples = 64000u * (uint64_t)number,
                            .layer_count = 2,
                            .layer_candidates = {300u * (uint64_t)number, UINT64_MAX},
                            .layer_accepted = {2u * (uint64_t)number, 1}};
}

static aann_prediction golden_prediction(void)
{
    return (aann_prediction){
        .split = "test", .samples = "0123456789abcdef", .sample_count = 3, .outputs = 2};
}
static const int32_t golden_logits[6] = {0, -1, 32767, -32768, 40000, -2147483647};

/* Since schema 2. */
static aann_truth golden_truth(void)
{
    return (aann_truth){.split = "test", .samples = "0123456789abcdef", .sample_count = 3};
}
static const int32_t golden_labels[3] = {1, 0, 70000};
static const char golden_finding[] = "[{\"question\":\"golden?\"}]";

static void write_golden_members(aann_study *study)
{
    aann_error error = {0};
    const aann_trace_row rows[] = {golden_row(1), golden_row(2)};
    for (int number = 1; number <= 2; number++) {
        aann_member_row member = golden_member(number);
        aann_network *network = golden_network(number);
        assert_ok(aann_study_add_member(study, &member, network, &error));
        const void *state = number == 2 ? golden_checkpoint : NULL;
        assert_ok(aann_study_save_member(study, &member, network, state, sizeof golden_checkpoint,
                                         rows, 2, &error));
        aann_network_destroy(network);
    }
    const aann_prediction prediction = golden_prediction();
    assert_ok(aann_study_save_prediction(study, 1, &prediction, golden_logits, &error));
    const aann_truth truth = golden_truth();
    assert_ok(aann_study_save_truth(study, 1, &truth, golden_labels, NULL, &error));
    assert_ok(aann_study_save_finding(study, 1, "experiment", golden_finding, &error));
}

/* Writes the content to `path`, with fixed times. */
static void write_golden(const char *path)
{
    aann_study *study = open_study(path, AANN_STUDY_CREATE);
    aann_error error = {0};
    aann_network *network = golden_network(1);
    char name[sizeof golden_name];
    char data[sizeof golden_data];
    char options[sizeof golden_options];
    char task[] = "classification";
    char software[] = "0.1.0";
    char spec[AANN_MAX_SPEC_LENGTH];
    memcpy(name, golden_name, sizeof name);
    memcpy(data, golden_data, sizeof data);
    memcpy(options, golden_options, sizeof options);
    assert_ok(aann_spec_format(aann_network_spec(network), spec, sizeof spec, &error));
    aann_family_row family = {.name = name,
                              .task = task,
                              .spec = spec,
                              .input = {2, 9, 8},
                              .excitatory_share = 0.25,
                              .data = data,
                              .options = options,
                              .software = software};
    assert_ok(aann_study_add_family(study, &family, &error));
    aann_network_destroy(network);
    write_golden_members(study);
    aann_study_close(study);
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(
            database,
            "UPDATE family SET created = 1700000000; UPDATE checkpoint SET saved = 1700000001;"
            " UPDATE finding SET saved = 1700000002; VACUUM;",
            NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(database);
}

static void check_family(aann_study *study)
{
    aann_error error = {0};
    aann_family_row family;
    assert_ok(aann_study_family(study, 1, &family, &error));
    assert_string_equal(family.name, golden_name);
    assert_string_equal(family.task, "classification");
    assert_string_equal(family.spec, "3C3s2@50-MP2-5@60>>1");
    assert_true(family.input.channels == 2 && family.input.height == 9 && family.input.width == 8);
    assert_true(family.excitatory_share == 0.25);
    assert_string_equal(family.data, golden_data);
    assert_string_equal(family.options, golden_options);
    assert_string_equal(family.software, "0.1.0");
    assert_int_equal(family.created, 1700000000);
    aann_family_row_destroy(&family);
}

static void check_same(double a, double b)
{
    assert_true((isnan(a) && isnan(b)) || a == b);
}

static void check_member(aann_study *study, int number)
{
    aann_error error = {0};
    aann_member_row member;
    const aann_member_row expected = golden_member(number);
    assert_ok(aann_study_member(study, number, &member, &error));
    assert_true(member.family == 1 && member.index == expected.index &&
                member.seed == expected.seed);
    assert_true(member.state == expected.state && member.parent == expected.parent);
    assert_string_equal(member.origin, "search");
    assert_true(member.swaps_from_parent == expected.swaps_from_parent &&
                member.steps == expected.steps);
    assert_true(member.accepted == expected.accepted);
    check_same(member.train_loss, expected.train_loss);
    check_same(member.train_accuracy, (double)NAN);
    check_same(member.test_accuracy, expected.test_accuracy);
    check_same(member.seconds, 1.5);

    aann_network *stored = NULL;
    aann_network *formula = golden_network(number);
    assert_ok(aann_study_network(study, number, &stored, &error)); /* checks the hash, too */
    for (int32_t layer = 0; layer < 2; layer++) {
        assert_memory_equal(aann_network_weights(stored, layer),
                            aann_network_weights(formula, layer),
                            (size_t)aann_network_spec(formula)->layers[layer].weight_count);
    }
    aann_network_destroy(stored);
    aann_network_destroy(formula);
}

static void check_layers(const aann_trace_row *found, const aann_trace_row *expected, int version)
{
    assert_int_equal(found->layer_count, version < 2 ? 0 : expected->layer_count);
    for (int32_t i = 0; i < found->layer_count; i++) {
        assert_true(found->layer_candidates[i] == expected->layer_candidates[i]);
        assert_true(found->layer_accepted[i] == expected->layer_accepted[i]);
    }
}

static void check_history(aann_study *study, int number, int version)
{
    aann_error error = {0};
    void *state = NULL;
    size_t size = 0;
    assert_ok(aann_study_checkpoint(study, number, &state, &size, &error));
    assert_int_equal(size, number == 2 ? sizeof golden_checkpoint : 0);
    if (number == 2) {
        assert_memory_equal(state, golden_checkpoint, sizeof golden_checkpoint);
    }
    free(state);
    aann_trace_row *rows = NULL;
    size_t count = 0;
    assert_ok(aann_study_trace(study, number, &rows, &count, &error));
    assert_int_equal(count, 2);
    for (int i = 0; i < 2; i++) {
        const aann_trace_row expected = golden_row(i + 1);
        assert_true(rows[i].step == expected.step && rows[i].accepted == expected.accepted);
        assert_true(rows[i].evaluated_samples == expected.evaluated_samples);
        check_same(rows[i].seconds, expected.seconds);
        check_same(rows[i].temperature, expected.temperature);
        check_same(rows[i].train_loss, expected.train_loss);
        check_same(rows[i].train_accuracy, expected.train_accuracy);
        check_same(rows[i].validation_loss, expected.validation_loss);
        check_same(rows[i].validation_accuracy, expected.validation_accuracy);
        check_layers(&rows[i], &expected, version);
    }
    free(rows);
}

static void check_prediction(aann_study *study)
{
    aann_error error = {0};
    const aann_prediction prediction = golden_prediction();
    int32_t logits[6];
    bool found = false;
    assert_ok(aann_study_load_prediction(study, 1, &prediction, logits, &found, &error));
    assert_true(found);
    assert_memory_equal(logits, golden_logits, sizeof logits);
}

/* What schema 1 has not is read as not there. */
static void check_additions(aann_study *study, int version)
{
    aann_error error = {0};
    const aann_truth truth = golden_truth();
    int32_t *labels = NULL;
    float *targets = NULL;
    char *content = NULL;
    int64_t family = -1;
    assert_ok(aann_study_load_truth(study, 1, &truth, &labels, &targets, &error));
    assert_ok(aann_study_load_finding(study, 1, "experiment", &content, &error));
    assert_ok(aann_study_find_finding(study, "experiment", &family, &error));
    assert_null(targets);
    assert_int_equal(family, version < 2 ? 0 : 1);
    if (version < 2) {
        assert_null(labels);
        assert_null(content);
    } else {
        assert_memory_equal(labels, golden_labels, sizeof golden_labels);
        assert_string_equal(content, golden_finding);
    }
    aann_free(labels);
    aann_free(content);
}

/* `version` is the schema that the file was written with. */
static void check_golden(const char *path, aann_study_mode mode, int version)
{
    aann_study *study = open_study(path, mode);
    check_family(study);
    for (int number = 1; number <= 2; number++) {
        check_member(study, number);
        check_history(study, number, version);
    }
    check_prediction(study);
    check_additions(study, version);
    aann_study_close(study);
}

static void copy_file(const char *from, const char *to)
{
    FILE *source = fopen(from, "rb");
    if (source == NULL) {
        print_error("%s is missing\n", from);
    }
    assert_non_null(source);
    FILE *target = fopen(to, "wb");
    assert_non_null(target);
    char bytes[4096];
    for (size_t size; (size = fread(bytes, 1, sizeof bytes, source)) > 0;) {
        assert_int_equal(fwrite(bytes, 1, size, target), size);
    }
    fclose(source);
    assert_int_equal(fclose(target), 0);
}

/* What this version writes has the content that the golden files are compared with. */
static void test_written_now(void **state)
{
    const scratch *area = *state;
    write_golden(area->path);
    check_golden(area->path, AANN_STUDY_READ, AANN_STUDY_SCHEMA_VERSION);
}

static void test_golden_files(void **state)
{
    scratch *area = *state;
    for (int version = 1; version <= AANN_STUDY_SCHEMA_VERSION; version++) {
        char golden[PATH_SIZE];
        char name[32];
        snprintf(golden, sizeof golden, "%s/tests/study/golden/v%d.aann", AANN_SOURCE_DIR, version);
        snprintf(name, sizeof name, "v%d.aann", version);
        scratch_path(area, name);
        copy_file(golden, area->path);
        check_golden(area->path, AANN_STUDY_READ, version);
        check_golden(area->path, AANN_STUDY_WRITE, version); /* upgraded, where it is old */
        check_golden(area->path, AANN_STUDY_READ, version);
    }
}

int main(void)
{
    const char *path = getenv("AANN_WRITE_GOLDEN");
    if (path != NULL) {
        if (access(path, F_OK) == 0) {
            fprintf(stderr, "%s is there already; golden files are never written again\n", path);
            return 1;
        }
        write_golden(path);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_written_now, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_golden_files, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: golden files", tests, NULL, NULL);
}
