/* Families without files: data sets and samples in memory, a study in memory, and coming back to
 * them. The members are those of the same data from files. */
#include "family/family_test.h"

#include <sys/stat.h>

static aann_dataset *load_set(const char *path)
{
    aann_error error;
    aann_dataset *dataset = NULL;
    assert_ok(aann_dataset_load(path, NULL, &dataset, &error));
    return dataset;
}

/* The stored row of a family that was searched on these data, and the hash of its member. */
static aann_family_row search_on(aann_study *study, const aann_family_data *data, uint64_t *hash)
{
    aann_error error;
    int64_t id = 0;
    const aann_spec spec = sample_spec();
    aann_family_plan plan = sample_plan(1);
    plan.search.steps = 2000;
    const aann_family_work work = aann_family_work_default();
    assert_ok(aann_family_run(study, &spec, data, &plan, &work, &id, &error));
    aann_member_row *members = members_of(study, id, 1);
    *hash = members[0].hash;
    aann_free(members);
    aann_family_row family;
    assert_ok(aann_study_family(study, id, &family, &error));
    return family;
}

static void assert_line(const aann_error *error, const char *wanted)
{
    if (strstr(error->message, wanted) == NULL || strchr(error->message, '\n') != NULL) {
        fail_msg("\"%s\" should hold \"%s\"", error->message, wanted);
    }
}

/* Data sets: the same members as from files; they come back from sets and from files with the same
 * content, and from nothing else. */
static void sets_in_memory(void **state)
{
    aann_error error = {0};
    aann_family_source source = sample_source();
    aann_dataset *train = load_set(source.train);
    aann_dataset *test = load_set(source.test);
    aann_study *study = open_study(":memory:", AANN_STUDY_CREATE);
    aann_family_data *files = sample_data();
    uint64_t from_files, from_sets;
    aann_family_row family = search_on(study, files, &from_files);
    aann_family_row_destroy(&family);

    aann_family_source sets = aann_family_source_default();
    sets.train_set = train;
    sets.test_set = test;
    sets.provenance = "{\"camera\": 7}";
    aann_family_data *data = NULL, *again = NULL;
    assert_ok(aann_family_data_load(&sets, &data, &error));
    family = search_on(study, data, &from_sets);
    assert_int_equal(from_files, from_sets);

    aann_data_origin *origin = NULL;
    assert_ok(aann_family_data_origin(&family, &origin, &error));
    assert_null(origin->train);
    assert_null(origin->test);
    assert_false(origin->encoded);
    assert_string_equal(origin->provenance, "{\"camera\":7}");
    assert_int_equal(origin->train_count, 461);
    assert_int_equal(origin->validation_count, 51);
    aann_free(origin);

    assert_int_equal(aann_family_data_reload(&family, NULL, NULL, &again, &error),
                     AANN_ERROR_NOT_FOUND);
    assert_line(
        &error,
        "family 2: its train set came from memory or a pipe and is in no file; give it again");
    assert_ok(aann_family_data_reload(&family, source.train, source.test, &again, &error));
    aann_family_data_destroy(again);
    assert_ok(aann_family_data_reload_sets(&family, train, test, &again, &error));
    const aann_samples *one = aann_family_data_test(data), *other = aann_family_data_test(again);
    assert_int_equal(one->count, other->count);
    assert_memory_equal(one->inputs, other->inputs, (size_t)one->count * 784);
    assert_memory_equal(one->labels, other->labels, (size_t)one->count * sizeof *one->labels);
    aann_family_data_destroy(again);
    assert_int_equal(aann_family_data_reload_sets(&family, test, train, &again, &error),
                     AANN_ERROR_FORMAT);
    assert_line(&error, "the data set: is not the train set that family 2 was searched on");
    assert_int_equal(aann_family_data_reload_sets(&family, train, NULL, &again, &error),
                     AANN_ERROR_NOT_FOUND);
    assert_null(again);

    aann_family_row_destroy(&family);
    aann_family_data_destroy(files);
    aann_family_data_destroy(data);
    aann_dataset_destroy(train);
    aann_dataset_destroy(test);
    aann_study_close(study);
    (void)state;
}

/* A family of files is continued on sets with the same content. */
static void sets_instead_of_files(void **state)
{
    (void)state;
    aann_error error;
    const aann_family_source source = sample_source();
    aann_family_data *files = sample_data(), *again = NULL;
    aann_dataset *train = load_set(source.train);
    aann_dataset *test = load_set(source.test);
    const aann_family_row family = {.id = 1,
                                    .data = (char *)(uintptr_t)aann_family_data_json(files)};
    assert_ok(aann_family_data_reload_sets(&family, train, test, &again, &error));
    assert_memory_equal(aann_family_data_train(files)->inputs,
                        aann_family_data_train(again)->inputs, 461 * 784);
    aann_dataset_destroy(train);
    aann_dataset_destroy(test);
    aann_family_data_destroy(files);
    aann_family_data_destroy(again);
}

/* The words of a test set are renumbered in the family, not in the caller's set. */
static void words_are_matched(void **state)
{
    (void)state;
    aann_error error;
    const float x[3][2] = {{1, 2}, {3, 4}, {5, 6}};
    const char *const train_words[] = {"ant", "bee", "cow"};
    const char *const test_words[] = {"cow", "bee", "cow"};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){x, AANN_ELEMENT_FLOAT32, 2, {3, 2}, NULL};
    arrays.label_words = train_words;
    aann_dataset *train, *test;
    assert_ok(aann_dataset_create(&arrays, &train, &error));
    arrays.label_words = test_words;
    assert_ok(aann_dataset_create(&arrays, &test, &error));
    aann_family_source source = aann_family_source_default();
    source.train_set = train;
    source.test_set = test;
    source.validation = 0;
    aann_family_data *data;
    assert_ok(aann_family_data_load(&source, &data, &error));
    assert_int_equal(aann_family_data_test(data)->labels[0], 2);
    assert_int_equal(aann_family_data_test(data)->labels[1], 1);
    assert_int_equal(aann_dataset_labels(test)[0], 1);
    assert_string_equal(aann_dataset_class_name(test, 1), "cow");
    const aann_family_row family = {.id = 1,
                                    .data = (char *)(uintptr_t)aann_family_data_json(data)};
    char **names = NULL;
    int32_t count = 0;
    assert_ok(aann_family_class_names(&family, &names, &count, &error));
    assert_int_equal(count, 3);
    assert_string_equal(names[0], "ant");
    assert_string_equal(names[2], "cow");
    aann_free(names);
    aann_family_data_destroy(data);
    aann_dataset_destroy(train);
    aann_dataset_destroy(test);
}

/* Encoded samples: the same member as from the files they were encoded from. */
static void encoded_samples(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_family_data *files = sample_data(), *data = NULL, *again = NULL;
    aann_study *study = open_study(":memory:", AANN_STUDY_CREATE);
    uint64_t from_files, from_samples;
    aann_family_row family = search_on(study, files, &from_files);
    aann_encoding encoding;
    assert_ok(aann_family_encoding(&family, &encoding, &error));
    aann_family_row_destroy(&family);

    aann_family_samples samples = aann_family_samples_default();
    samples.train = aann_family_data_train(files);
    samples.validation = aann_family_data_validation(files);
    samples.test = aann_family_data_test(files);
    samples.provenance = "[\"by hand\"]";
    assert_ok(aann_family_data_create(&samples, &data, &error));
    family = search_on(study, data, &from_samples);
    assert_int_equal(from_files, from_samples);

    /* Without an encoding nothing else can be encoded. */
    aann_samples *other = NULL;
    aann_encoding none;
    assert_int_equal(aann_family_encode(&family, MNIST_SAMPLES "t10k-images-idx3-ubyte.gz", NULL, 0,
                                        0, true, &other, &error),
                     AANN_ERROR_NOT_FOUND);
    assert_line(&error, "family 2: its samples were given encoded, and nobody said how");
    assert_int_equal(aann_family_encoding(&family, &none, &error), AANN_ERROR_NOT_FOUND);
    /* Files cannot be compared with samples. */
    assert_int_equal(aann_family_data_reload(&family, sample_source().train, NULL, &again, &error),
                     AANN_ERROR_NOT_FOUND);
    assert_line(&error, "family 2: its samples were given encoded, by a program");
    /* The same samples come back, others do not. */
    assert_ok(aann_family_data_reload_samples(&family, &samples, &again, &error));
    assert_memory_equal(aann_family_data_train(again)->inputs, samples.train->inputs, 461 * 784);
    aann_family_data_destroy(again);
    aann_family_samples wrong = samples;
    wrong.test = NULL;
    assert_int_equal(aann_family_data_reload_samples(&family, &wrong, &again, &error),
                     AANN_ERROR_FORMAT);
    assert_line(&error, "test: family 2 has this split; it has to be given again");
    wrong = samples;
    wrong.train = samples.test;
    assert_int_equal(aann_family_data_reload_samples(&family, &wrong, &again, &error),
                     AANN_ERROR_FORMAT);
    assert_line(&error, "train: these are not the samples that family 2 was searched on");
    assert_null(again);
    aann_family_row_destroy(&family);
    aann_family_data_destroy(data);

    /* With the encoding it can. */
    samples.encoding = &encoding;
    assert_ok(aann_family_data_create(&samples, &data, &error));
    const aann_family_row described = {.id = 3,
                                       .task = (char *)(uintptr_t) "classification",
                                       .spec = (char *)(uintptr_t) "10",
                                       .input = {1, 28, 28},
                                       .excitatory_share = 0.5,
                                       .data = (char *)(uintptr_t)aann_family_data_json(data)};
    assert_ok(aann_family_encode(&described, MNIST_SAMPLES "t10k-images-idx3-ubyte.gz", NULL, 0, 0,
                                 true, &other, &error));
    assert_memory_equal(other->inputs, samples.test->inputs, 256 * 784);
    aann_samples_destroy(other);
    aann_family_data_destroy(data);
    aann_encoding_destroy(&encoding);
    aann_family_data_destroy(files);
    aann_study_close(study);
}

static void assert_samples_refused(const aann_family_samples *samples, const char *wanted)
{
    aann_error error = {0};
    aann_family_data *data;
    assert_int_not_equal(aann_family_data_create(samples, &data, &error), AANN_OK);
    assert_null(data);
    assert_line(&error, wanted);
}

static void bad_data_are_refused(void **state)
{
    (void)state;
    const int8_t inputs[4] = {1, 2, 3, -128};
    const int32_t labels[2] = {0, 1};
    const float numbers[2] = {1, 2};
    aann_samples train = {.shape = {1, 1, 1}, .count = 2, .inputs = inputs};
    aann_samples wide = {
        .shape = {2, 1, 1}, .count = 1, .inputs = inputs, .labels = labels, .class_count = 2};
    aann_family_samples samples = aann_family_samples_default();
    assert_samples_refused(&samples, "train: there are no samples");
    samples.train = &train;
    assert_samples_refused(&samples, "train: has neither labels nor targets to search for");
    train.labels = labels;
    train.class_count = 1;
    assert_samples_refused(&samples, "train: sample 1 has label 1; there are 1 classes");
    train.class_count = 2;
    samples.test = &wide;
    assert_samples_refused(&samples, "test: its samples have another shape");
    samples.test = NULL;
    samples.validation = &wide;
    wide.count = 2;
    assert_samples_refused(&samples, "validation: sample 1, value 1 is -128");
    samples.validation = NULL;
    const char *const names[] = {"a", NULL, "c"};
    samples.class_names = names;
    samples.class_count = 3;
    assert_samples_refused(&samples, "class_names: 3 names for 2 classes");
    samples.class_count = 2;
    assert_samples_refused(&samples, "class_names: name 1 is NULL");
    const char *const latin[] = {"a", "\xe4"};
    samples.class_names = latin;
    assert_samples_refused(&samples, "not UTF-8");
    samples.class_names = NULL;
    samples.target_mean = numbers;
    assert_samples_refused(&samples, "target_mean and target_scale go together");
    const float scale[1] = {0.0F};
    aann_samples measured = {
        .shape = {1, 1, 1}, .count = 2, .inputs = inputs, .targets = numbers, .target_count = 1};
    samples.train = &measured;
    samples.target_scale = scale;
    assert_samples_refused(&samples, "target_scale: number 0 is 0; expected one above 0");
    samples.train = &train;
    samples.target_scale = NULL;
    samples.target_mean = NULL;
    samples.provenance = "not JSON";
    assert_samples_refused(&samples, "provenance: line 1, column ");
    samples.provenance = NULL;
    const aann_encoding encoding = {.kind = AANN_ENCODING_BYTE, .feature_count = 9};
    samples.encoding = &encoding;
    assert_samples_refused(&samples, "encoding: of samples of 9 values; these have 1");

    aann_error error = {0};
    aann_family_data *data;
    aann_family_source source = aann_family_source_default();
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_ARGUMENT);
    assert_line(&error, "there are no training data: neither train nor train_set is set");
    source.train = "x";
    source.provenance = "1";
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_ARGUMENT);
    assert_line(&error, "test_set and provenance go with train_set");
    aann_dataset *set = load_set(sample_source().train);
    source.train_set = set;
    source.provenance = "{";
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_ARGUMENT);
    assert_line(&error, "provenance: line 1, column ");
    assert_null(data);
    aann_dataset_destroy(set);
}

/* - a study in memory -------------------------------------------------------------------------- */

static void studies_in_memory(void **state)
{
    aann_error error = {0};
    char path[TEST_PATH], other[TEST_PATH];
    struct stat information;
    aann_study *refused = NULL;
    assert_int_equal(aann_study_open(":memory:", AANN_STUDY_READ, &refused, &error),
                     AANN_ERROR_ARGUMENT);
    assert_line(&error, ":memory:: a study in memory can only be created");
    assert_null(refused);

    /* Two at once have nothing in common, and no file appears. */
    aann_study *study = open_study(":memory:", AANN_STUDY_CREATE);
    aann_study *second = open_study(":memory:", AANN_STUDY_CREATE);
    aann_family_data *data = sample_data();
    uint64_t hash;
    aann_family_row family = search_on(study, data, &hash);
    aann_family_row_destroy(&family);
    aann_free(members_of(second, 0, 0));
    assert_int_not_equal(stat(":memory:", &information), 0);
    assert_int_not_equal(stat(":memory:-lock", &information), 0);

    /* Exported, it is a study like any other: read, written, exported again. */
    assert_ok(aann_study_export(study, in_folder(state, "kept.aann", path), &error));
    assert_int_equal(aann_study_export(study, path, &error), AANN_ERROR_IO);
    assert_line(&error, "kept.aann: is there already; nothing is overwritten");
    aann_study *kept = open_study(path, AANN_STUDY_WRITE);
    aann_member_row *members = members_of(kept, 1, 1);
    assert_int_equal(members[0].hash, hash);
    aann_free(members);
    assert_ok(aann_study_export(kept, in_folder(state, "again.aann", other), &error));
    aann_study_close(kept);
    kept = open_study(other, AANN_STUDY_READ);
    aann_network *network = NULL;
    assert_ok(aann_study_network(kept, 1, &network, &error));
    assert_int_equal(aann_network_hash(network), hash);
    aann_network_destroy(network);
    aann_study_close(kept);

    /* Where it cannot be written, nothing is left. */
    assert_int_equal(aann_study_export(study, in_folder(state, "no/such.aann", other), &error),
                     AANN_ERROR_IO);
    assert_line(&error, "no/such.aann: cannot be written: No such file or directory");
    assert_int_equal(aann_study_export(study, "", &error), AANN_ERROR_ARGUMENT);
    char command[2 * TEST_PATH];
    snprintf(command, sizeof command, "test \"$(ls -A %s | wc -l)\" = 2", (const char *)*state);
    assert_int_equal(system(command), 0);
    aann_family_data_destroy(data);
    aann_study_close(second);
    aann_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_in_memory),
        cmocka_unit_test(sets_instead_of_files),
        cmocka_unit_test(words_are_matched),
        cmocka_unit_test(encoded_samples),
        cmocka_unit_test(bad_data_are_refused),
        cmocka_unit_test_setup_teardown(studies_in_memory, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
