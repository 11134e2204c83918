/* Cached predictions: what is stored comes back to the bit, and only for the weights and samples it
 * was made from. */
#include "study/support.h"

#include <sqlite3.h>

enum { SAMPLES = 1000, OUTPUTS = 5 };

static const aann_prediction wanted = {
    .split = "validation", .samples = "00112233", .sample_count = SAMPLES, .outputs = OUTPUTS};

static void fill(int32_t *logits, int32_t factor)
{
    for (int32_t i = 0; i < SAMPLES * OUTPUTS; i++) {
        logits[i] = (i * 7919 % 20011 - 10000) * factor;
    }
}

static bool load(aann_study *study, const aann_prediction *prediction, int32_t *logits)
{
    aann_error error = {0};
    bool found = false;
    assert_ok(aann_study_load_prediction(study, 1, prediction, logits, &found, &error));
    return found;
}

/* factor 1 fits 16 bits, factor 200,000 needs all 32. */
static void test_there_and_back(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    aann_error error = {0};
    int32_t logits[SAMPLES * OUTPUTS];
    int32_t stored[SAMPLES * OUTPUTS];
    for (int32_t factor = 1; factor <= 200000; factor += 199999) {
        fill(logits, factor);
        aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
        assert_ok(aann_study_save_prediction(study, 1, &wanted, logits, &error));
        aann_study_close(study);
        study = open_study(area->path, AANN_STUDY_READ);
        assert_true(load(study, &wanted, stored));
        assert_memory_equal(stored, logits, sizeof logits);
        aann_study_close(study);
    }
}

static void test_only_what_was_asked_for(void **state)
{
    const scratch *area = *state;
    make_study(area, 2);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    aann_error error = {0};
    int32_t logits[SAMPLES * OUTPUTS];
    assert_false(load(study, &wanted, logits));
    fill(logits, 1);
    assert_ok(aann_study_save_prediction(study, 1, &wanted, logits, &error));
    aann_prediction other = wanted;
    other.split = "test";
    assert_false(load(study, &other, logits));
    other = wanted;
    other.samples = "00112234";
    assert_false(load(study, &other, logits));
    other = wanted;
    other.sample_count = OUTPUTS;
    other.outputs = SAMPLES;
    assert_false(load(study, &other, logits));
    assert_true(load(study, &wanted, logits));

    /* New weights: the old predictions are no longer theirs. */
    aann_member_row member;
    assert_ok(aann_study_member(study, 1, &member, &error));
    aann_network *network = make_network(99, 99);
    assert_ok(aann_study_save_member(study, &member, network, NULL, 0, NULL, 0, &error));
    aann_network_destroy(network);
    assert_false(load(study, &wanted, logits));
    aann_study_close(study);
}

static void test_nonsense_is_refused(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    aann_error error = {0};
    int32_t logits[SAMPLES * OUTPUTS] = {0};
    assert_int_equal(aann_study_save_prediction(study, 7, &wanted, logits, &error),
                     AANN_ERROR_NOT_FOUND);
    assert_one_line(&error, "has no member 7");
    aann_prediction none = wanted;
    none.sample_count = 0;
    assert_int_equal(aann_study_save_prediction(study, 1, &none, logits, &error),
                     AANN_ERROR_ARGUMENT);
    assert_ok(aann_study_save_prediction(study, 1, &wanted, logits, &error));
    aann_study_close(study);

    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(area->path, &database), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(database, "UPDATE prediction SET logits = x'00112233'", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(database);
    study = open_study(area->path, AANN_STUDY_READ);
    bool found = true;
    assert_int_equal(aann_study_load_prediction(study, 1, &wanted, logits, &found, &error),
                     AANN_ERROR_FORMAT);
    assert_false(found);
    assert_one_line(&error, "is damaged");
    aann_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_there_and_back, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_only_what_was_asked_for, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_nonsense_is_refused, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: predictions", tests, NULL, NULL);
}
