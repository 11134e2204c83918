/* What schema 2 added: counts by layer in a trace, the truth of a split, findings. They come back to
 * the bit, and what a stranger wrote there is refused. */
#include "study/support.h"

#include <float.h>

static aann_study *study_with_member(const scratch *area, const aann_trace_row *row)
{
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    aann_network *network = make_network(1, 0);
    aann_member_row member = new_member(add_family(study), 0);
    assert_ok(aann_study_add_member(study, &member, network, &error));
    if (row != NULL) {
        assert_ok(aann_study_save_member(study, &member, network, NULL, 0, row, 1, &error));
    }
    aann_network_destroy(network);
    return study;
}

/* ---- the trace ------------------------------------------------------------------------------- */

static void test_layers(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_trace_row row = {.step = 7, .layer_count = AANN_MAX_LAYERS};
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        row.layer_candidates[i] = UINT64_MAX - (uint64_t)i; /* the longest text there is */
        row.layer_accepted[i] = UINT64_MAX - 100;
    }
    aann_study *study = study_with_member(area, &row);
    aann_trace_row *rows = NULL;
    size_t count = 0;
    assert_ok(aann_study_trace(study, 1, &rows, &count, &error));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].layer_count, AANN_MAX_LAYERS);
    assert_memory_equal(rows[0].layer_candidates, row.layer_candidates,
                        sizeof row.layer_candidates);
    assert_memory_equal(rows[0].layer_accepted, row.layer_accepted, sizeof row.layer_accepted);
    aann_free(rows);
    aann_study_close(study);
}

static void test_layers_refused(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = study_with_member(area, NULL);
    aann_network *network = make_network(1, 0);
    aann_member_row member;
    assert_ok(aann_study_member(study, 1, &member, &error));
    const aann_trace_row wrong[] = {
        {.layer_count = AANN_MAX_LAYERS + 1},
        {.layer_count = -1},
        {.layer_count = 1, .layer_candidates = {3}, .layer_accepted = {4}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(
            aann_study_save_member(study, &member, network, NULL, 0, &wrong[i], 1, &error),
            AANN_ERROR_ARGUMENT);
        assert_one_line(&error, "a trace row of");
    }
    aann_trace_row *rows = NULL;
    size_t count = 1;
    assert_ok(aann_study_trace(study, 1, &rows, &count, &error));
    assert_int_equal(count, 0);
    aann_free(rows);
    aann_network_destroy(network);
    aann_study_close(study);
}

static void test_layers_damaged(void **state)
{
    const scratch *area = *state;
    static const char *const texts[] = {
        "",
        "[]",
        "[[]]",
        "[[1]]",
        "[[1,2]]", /* more accepted than decided */
        "[[2,1]",
        "[[2,1]] ",
        "[[2,1],]",
        "[[-2,1]]",
        "[[2, 1]]",
        "[[2,1][2,1]]",
        "[[18446744073709551616,1]]",
        "{\"a\":1}",
        "[[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],"
        "[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1]]",
    };
    const aann_trace_row row = {.step = 7};
    aann_study_close(study_with_member(area, &row));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char sql[300];
        aann_error error = {0};
        aann_trace_row *rows = NULL;
        size_t count = 1;
        snprintf(sql, sizeof sql, "UPDATE trace SET layers = '%s'", texts[i]);
        run_sql(area->path, sql);
        aann_study *study = open_study(area->path, AANN_STUDY_READ);
        print_message("%s\n", sql);
        assert_int_equal(aann_study_trace(study, 1, &rows, &count, &error), AANN_ERROR_FORMAT);
        assert_one_line(&error, "is damaged (the trace at step 7");
        assert_null(rows);
        aann_study_close(study);
    }
}

/* ---- the truth ------------------------------------------------------------------------------- */

enum { SAMPLES = 3, TARGETS = 2 };

static void test_truth(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    static const int32_t labels[SAMPLES] = {0, 40000, 3};
    static const float targets[SAMPLES * TARGETS] = {0.1f, -0.0f, FLT_MAX, FLT_MIN, -1.5f, 3.0f};
    aann_study *study = study_with_member(area, NULL);
    const aann_truth classes = {.split = "test", .samples = "a", .sample_count = SAMPLES};
    const aann_truth numbers = {
        .split = "validation", .samples = "b", .sample_count = SAMPLES, .targets = TARGETS};
    assert_ok(aann_study_save_truth(study, 1, &classes, labels, NULL, &error));
    assert_ok(aann_study_save_truth(study, 1, &numbers, NULL, targets, &error));
    assert_ok(aann_study_save_truth(study, 1, &numbers, NULL, targets, &error)); /* once more */
    int32_t *stored_labels = NULL;
    float *stored_targets = NULL;
    assert_ok(aann_study_load_truth(study, 1, &classes, &stored_labels, &stored_targets, &error));
    assert_non_null(stored_labels);
    assert_null(stored_targets);
    assert_memory_equal(stored_labels, labels, sizeof labels);
    aann_free(stored_labels);
    assert_ok(aann_study_load_truth(study, 1, &numbers, &stored_labels, &stored_targets, &error));
    assert_null(stored_labels);
    assert_non_null(stored_targets);
    assert_memory_equal(stored_targets, targets, sizeof targets);
    aann_free(stored_targets);

    const aann_truth others[] = {
        {.split = "test", .samples = "b", .sample_count = SAMPLES},
        {.split = "train", .samples = "a", .sample_count = SAMPLES},
        {.split = "test", .samples = "a", .sample_count = SAMPLES + 1},
        {.split = "test", .samples = "a", .sample_count = SAMPLES, .targets = 1},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_ok(
            aann_study_load_truth(study, 1, &others[i], &stored_labels, &stored_targets, &error));
        assert_true(stored_labels == NULL && stored_targets == NULL);
    }
    aann_study_close(study);
}

static void test_truth_refused(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    static const int32_t labels[SAMPLES] = {0, 1, 2};
    aann_study *study = study_with_member(area, NULL);
    aann_truth truth = {.split = "test", .samples = "a", .sample_count = SAMPLES};
    assert_int_equal(aann_study_save_truth(study, 2, &truth, labels, NULL, &error),
                     AANN_ERROR_NOT_FOUND);
    assert_one_line(&error, "has no family 2");
    assert_int_equal(aann_study_save_truth(study, 1, &truth, NULL, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    truth.sample_count = INT64_MAX / 2;
    assert_int_equal(aann_study_save_truth(study, 1, &truth, labels, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    truth.sample_count = 0;
    assert_int_equal(aann_study_save_truth(study, 1, &truth, labels, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    aann_study_close(study);
}

static void test_truth_damaged(void **state)
{
    const scratch *area = *state;
    static const char *const damages[] = {
        "UPDATE truth SET packed = x''",
        "UPDATE truth SET packed = randomblob(length(packed))",
        "UPDATE truth SET packed = zeroblob(100000)",
        "UPDATE truth SET width = 4",
    };
    static const int32_t labels[SAMPLES] = {0, 1, 2};
    const aann_truth truth = {.split = "test", .samples = "a", .sample_count = SAMPLES};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        aann_error error = {0};
        unlink(area->path);
        aann_study *study = study_with_member(area, NULL);
        assert_ok(aann_study_save_truth(study, 1, &truth, labels, NULL, &error));
        aann_study_close(study);
        run_sql(area->path, damages[i]);
        study = open_study(area->path, AANN_STUDY_READ);
        int32_t *stored_labels = NULL;
        float *stored_targets = NULL;
        print_message("%s\n", damages[i]);
        assert_int_equal(
            aann_study_load_truth(study, 1, &truth, &stored_labels, &stored_targets, &error),
            AANN_ERROR_FORMAT);
        assert_one_line(&error, "is damaged (the truth of the test split of family 1)");
        assert_true(stored_labels == NULL && stored_targets == NULL);
        aann_study_close(study);
    }
}

/* ---- findings -------------------------------------------------------------------------------- */

static void test_findings(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    char *content = NULL;
    int64_t family = -1;
    aann_study *study = study_with_member(area, NULL);
    assert_int_equal(add_family(study), 2);
    assert_ok(aann_study_find_finding(study, "experiment", &family, &error));
    assert_int_equal(family, 0);
    assert_ok(aann_study_save_finding(study, 1, "experiment", "[1]", &error));
    assert_ok(aann_study_save_finding(study, 1, "experiment", "[1,2]", &error)); /* replaces it */
    assert_ok(aann_study_save_finding(study, 1, "other", "{}", &error));
    assert_int_equal(aann_study_save_finding(study, 3, "experiment", "{}", &error),
                     AANN_ERROR_NOT_FOUND);
    assert_one_line(&error, "has no family 3");
    aann_study_close(study);

    study = open_study(area->path, AANN_STUDY_READ);
    assert_ok(aann_study_load_finding(study, 1, "experiment", &content, &error));
    assert_string_equal(content, "[1,2]");
    aann_free(content);
    assert_ok(aann_study_load_finding(study, 2, "experiment", &content, &error));
    assert_null(content);
    assert_ok(aann_study_find_finding(study, "experiment", &family, &error));
    assert_int_equal(family, 1);
    assert_int_not_equal(aann_study_save_finding(study, 1, "experiment", "{}", &error), AANN_OK);
    aann_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_layers, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_layers_refused, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_layers_damaged, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_truth, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_truth_refused, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_truth_damaged, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_findings, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: findings", tests, NULL, NULL);
}
