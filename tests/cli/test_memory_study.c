/* The program on a study whose data came from memory: what needs no samples works, what needs them
 * says in one line that they have to be given again, and takes a file with the same content. */
#include <stdio.h>
#include <sys/wait.h>

#include "family/family_test.h"

/* Runs the program; its output and its errors are in text[size]. Returns its exit status. */
static int run(const char *arguments, char *text, size_t size)
{
    char command[4 * TEST_PATH];
    const char *program = getenv("AANN");
    assert_non_null(program);
    snprintf(command, sizeof command, "%s %s 2>&1", program, arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    const size_t got = fread(text, 1, size - 1, pipe);
    text[got] = '\0';
    const int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_run(int expected, const char *wanted, const char *format, const char *study)
{
    char arguments[3 * TEST_PATH], text[8192];
    snprintf(arguments, sizeof arguments, format, study);
    const int status = run(arguments, text, sizeof text);
    if (status != expected || strstr(text, wanted) == NULL) {
        fail_msg("aann %s: exit status %d, expected %d and \"%s\": %s", arguments, status, expected,
                 wanted, text);
    }
    if (expected != 0) {
        assert_null(strchr(strchr(text, '\n') + 1, '\n')); /* one line */
    }
}

/* A study with a family of one unfinished member, on data from memory. */
static void make_study(const aann_family_data *data, const char *path)
{
    aann_error error;
    int64_t id = 0;
    const aann_spec spec = sample_spec();
    aann_family_plan plan = sample_plan(1);
    aann_family_work work = aann_family_work_default();
    aann_study *study = open_study(":memory:", AANN_STUDY_CREATE);
    assert_ok(aann_family_run(study, &spec, data, &plan, &work, &id, &error));
    assert_ok(aann_family_grow(study, id, 2, &error));
    assert_ok(aann_study_export(study, path, &error));
    aann_study_close(study);
}

static void sets_have_to_be_given_again(void **state)
{
    aann_error error;
    char study[TEST_PATH];
    const aann_family_source files = sample_source();
    aann_family_source source = aann_family_source_default();
    aann_dataset *train = NULL, *test = NULL;
    aann_family_data *data = NULL;
    assert_ok(aann_dataset_load(files.train, NULL, &train, &error));
    assert_ok(aann_dataset_load(files.test, NULL, &test, &error));
    source.train_set = train;
    source.test_set = test;
    assert_ok(aann_family_data_load(&source, &data, &error));
    make_study(data, in_folder(state, "sets.aann", study));
    assert_int_equal(setenv("AANN_DATA", *state, 1), 0);
    assert_run(0, "sample", "list %s", study);
    assert_run(0, "member 1", "show %s 1", study);
    assert_run(1, "its train set came from memory or a pipe and is in no file; give it again",
               "eval %s 1", study);
    assert_run(1, "its train set came from memory or a pipe and is in no file; give it again",
               "resume %s", study);
    assert_run(0, "256 samples", "eval %s 1 --data " MNIST_SAMPLES "t10k-images-idx3-ubyte.gz",
               study);
    assert_run(1, "mnist", "eval %s 1 --data mnist", study); /* no such set in an empty folder */
    assert_run(1, "is not the train set that family 1 was searched on",
               "resume %s --data " MNIST_SAMPLES "t10k-images-idx3-ubyte.gz", study);
    assert_run(0, "",
               "resume %s --quiet --data " MNIST_SAMPLES
               "train-images-idx3-ubyte.gz --test " MNIST_SAMPLES "t10k-images-idx3-ubyte.gz",
               study);
    aann_study *finished = open_study(study, AANN_STUDY_READ);
    aann_member_row *members = members_of(finished, 1, 2);
    assert_int_equal(members[1].state, AANN_MEMBER_DONE);
    aann_free(members);
    aann_study_close(finished);
    aann_family_data_destroy(data);
    aann_dataset_destroy(train);
    aann_dataset_destroy(test);
}

static void samples_belong_to_their_program(void **state)
{
    aann_error error;
    char study[TEST_PATH];
    aann_family_data *files = sample_data(), *data = NULL;
    aann_family_samples samples = aann_family_samples_default();
    samples.train = aann_family_data_train(files);
    samples.test = aann_family_data_test(files);
    samples.provenance = "{\"by\": \"a test\"}";
    assert_ok(aann_family_data_create(&samples, &data, &error));
    make_study(data, in_folder(state, "samples.aann", study));
    assert_run(0, "sample", "list %s", study);
    assert_run(0, "member 1", "show %s 1", study);
    assert_run(1, "its samples were given encoded, by a program; only it can give them again",
               "resume %s --data " MNIST_SAMPLES "train-images-idx3-ubyte.gz", study);
    assert_run(1, "its samples were given encoded, and nobody said how",
               "predict %s 1 --data " MNIST_SAMPLES "t10k-images-idx3-ubyte.gz", study);
    aann_family_data_destroy(data);
    aann_family_data_destroy(files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sets_have_to_be_given_again, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(samples_belong_to_their_program, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
