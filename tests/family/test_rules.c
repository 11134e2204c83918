/* Thresholds, budgets chosen by time, and what is refused. */
#include "family/family_test.h"

/* Runs a family of `members` and returns the members; *family is its id. */
static aann_member_row *run_plan(void **state, const aann_family_plan *plan,
                                 const aann_family_work *work, aann_study **study, int64_t *family)
{
    aann_error error;
    char path[TEST_PATH];
    *study = open_study(in_folder(state, "rules.aann", path), AANN_STUDY_CREATE);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    assert_ok(aann_family_run(*study, &spec, data, plan, work, family, &error));
    aann_family_data_destroy(data);
    return members_of(*study, *family, (size_t)plan->members);
}

/* Who passes the threshold at a mark ends there; who never does has failed. */
static void test_threshold(void **state)
{
    aann_study *study;
    int64_t family;
    const aann_family_work work = aann_family_work_default();
    aann_family_plan plan = sample_plan(1);
    plan.threshold = 0.3;
    aann_member_row *members = run_plan(state, &plan, &work, &study, &family);
    assert_int_equal(members[0].state, AANN_MEMBER_DONE);
    assert_true(members[0].validation_accuracy >= 0.3);
    assert_true(members[0].steps < TEST_STEPS);
    assert_int_equal(members[0].steps % (TEST_STEPS / 100), 0);
    assert_true(members[0].test_accuracy >= 0.0);
    free(members);
    aann_study_close(study);

    plan.threshold = 1.0;
    members = run_plan(state, &plan, &work, &study, &family);
    assert_int_equal(members[0].state, AANN_MEMBER_FAILED);
    assert_int_equal(members[0].steps, TEST_STEPS);
    free(members);
    aann_study_close(study);
}

/* Steps chosen by time: the search ends in about that time, is finished, and the budget is
 * stored. */
static void test_chosen_steps(void **state)
{
    aann_error error;
    aann_study *study;
    int64_t family_id;
    aann_family_work work = aann_family_work_default();
    work.seconds = 1.0;
    work.threads = 1;
    aann_family_plan plan = sample_plan(2);
    plan.choose_steps = true;
    aann_member_row *members = run_plan(state, &plan, &work, &study, &family_id);
    aann_family_row family;
    aann_family_plan stored;
    assert_ok(aann_study_family(study, family_id, &family, &error));
    assert_ok(aann_family_plan_parse(family.options, &stored, &error));
    assert_int_not_equal(stored.search.steps, TEST_STEPS);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(members[i].state, AANN_MEMBER_DONE);
        assert_true(members[i].steps > 0 && members[i].steps <= stored.search.steps);
        assert_true(members[i].seconds <
                    5.0); /* half a second each, on a machine that may be busy */
        assert_true(members[i].test_accuracy >= 0.0);
    }
    aann_family_row_destroy(&family);
    free(members);
    aann_study_close(study);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void assert_refused(void **state, const aann_spec *spec, const aann_family_data *data,
                           const aann_family_plan *plan, const aann_family_work *work,
                           const char *part)
{
    aann_error error = {0};
    char path[TEST_PATH];
    aann_study *study = open_study(in_folder(state, "refused.aann", path), AANN_STUDY_CREATE);
    int64_t family = 5;
    assert_int_equal(aann_family_run(study, spec, data, plan, work, &family, &error),
                     AANN_ERROR_ARGUMENT);
    if (strstr(error.message, part) == NULL || strchr(error.message, '\n') != NULL) {
        fail_msg("expected one line with '%s', got '%s'", part, error.message);
    }
    assert_int_equal(family, 0);
    aann_family_row *families = NULL;
    size_t count = 0;
    assert_ok(aann_study_families(study, &families, &count, &error));
    assert_int_equal(count, 0); /* nothing was stored */
    aann_family_rows_destroy(families, count);
    aann_study_close(study);
}

static void test_refusals(void **state)
{
    aann_error error;
    const aann_family_work work = aann_family_work_default();
    const aann_family_plan plan = sample_plan(1);
    const aann_spec spec = sample_spec();
    aann_family_data *data = sample_data();
    aann_spec other;
    assert_ok(aann_spec_parse("10", (aann_shape){1, 14, 56}, &other, &error));
    assert_refused(state, &other, data, &plan, &work, "the network reads 1x14x56");
    assert_ok(aann_spec_parse("9", (aann_shape){1, 28, 28}, &other, &error));
    assert_refused(state, &other, data, &plan, &work,
                   "classes up to 9, but the network has 9 outputs");
    aann_family_plan bad = plan;
    bad.members = 0;
    assert_refused(state, &spec, data, &bad, &work, "members: 0");
    bad = plan;
    bad.threshold = 1.5;
    assert_refused(state, &spec, data, &bad, &work, "threshold: 1.5");
    bad = plan;
    bad.search.temperature = -1.0;
    assert_refused(state, &spec, data, &bad, &work, "temperature");
    bad = plan;
    bad.choose_steps = true;
    assert_refused(state, &spec, data, &bad, &work, "needs a time limit");
    aann_family_work lazy = work;
    lazy.checkpoint_seconds = 0.0;
    assert_refused(state, &spec, data, &plan, &lazy, "checkpoint interval");
    aann_family_data_destroy(data);

    aann_family_source source = sample_source();
    source.validation = 0.0;
    assert_ok(aann_family_data_load(&source, &data, &error));
    assert_null(aann_family_data_validation(data));
    bad = plan;
    bad.threshold = 0.5;
    assert_refused(state, &spec, data, &bad, &work, "a threshold needs a validation split");
    aann_family_data_destroy(data);
}

/* A study that cannot be written to: the failure comes back from the threads. */
static void test_read_only(void **state)
{
    aann_error error = {0};
    char path[TEST_PATH];
    in_folder(state, "reader.aann", path);
    aann_study_close(open_study(path, AANN_STUDY_CREATE));
    aann_study *study = open_study(path, AANN_STUDY_READ);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    const aann_family_plan plan = sample_plan(2);
    const aann_family_work work = aann_family_work_default();
    int64_t family;
    assert_int_not_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error),
                         AANN_OK);
    assert_true(strlen(error.message) > 0);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* All options come back from their JSON. */
static void test_plan_json(void **state)
{
    (void)state;
    aann_error error;
    aann_family_plan plan = sample_plan(12);
    plan.threshold = 0.96;
    plan.search = (aann_search_options){
        .seed = UINT64_MAX - 3,
        .steps = 123456789012,
        .temperature = 1.0 / 3.0,
        .cooling = 2.0,
        .loss_scale = 0.1,
        .output_scale = 2.5,
        .reward_tracks = 64,
        .reward_first_track = 2000,
        .rejection_z = 1.25,
        .within_unit = 0.7,
        .layer_share = {0.25, 0.0, 0.5},
        .adapt_layers = false,
        .first_check = 5,
        .strata = 3,
        .arrange_interval = 777,
        .first_samples = 4096,
        .growth = 0.4,
        .copies = 4,
        .copy_shift = 2.25,
        .copy_warp = 0.2,
        .regression = true,
        .target_weight = {1.0, 2.5},
        .method = AANN_METHOD_HILL,
        .population = 17,
        .tournament = 4,
        .crossover = 0.25,
        .mutations = 3,
        .lesion_masks = 1,
        .reward_steps = 250,
        .threads = 1,
    };
    char *json = NULL;
    aann_family_plan parsed;
    assert_ok(aann_family_plan_format(&plan, &json, &error));
    assert_ok(aann_family_plan_parse(json, &parsed, &error));
    free(json);
    assert_int_equal(parsed.members, 12);
    assert_true(parsed.threshold == plan.threshold);
    /* Field by field through the text once more: padding between fields is not to be compared. */
    char *again = NULL;
    assert_ok(aann_family_plan_format(&plan, &json, &error));
    assert_ok(aann_family_plan_format(&parsed, &again, &error));
    assert_string_equal(json, again);
    assert_int_equal(parsed.search.seed, UINT64_MAX - 3);
    assert_true(parsed.search.temperature == 1.0 / 3.0);
    assert_true(parsed.search.layer_share[2] == 0.5);
    assert_int_equal(parsed.search.copies, 4);
    assert_true(parsed.search.copy_shift == 2.25 && parsed.search.copy_warp == 0.2);
    assert_true(parsed.search.regression);
    assert_int_equal(parsed.search.method, AANN_METHOD_HILL);
    assert_int_equal(parsed.search.population, 17);
    free(json);
    free(again);
    assert_int_equal(aann_family_plan_parse("{\"steps\":\"many\"}", &parsed, &error),
                     AANN_ERROR_FORMAT);
    assert_int_equal(aann_family_plan_parse("{\"strata\":-4}", &parsed, &error), AANN_ERROR_FORMAT);
    assert_int_equal(aann_family_plan_parse("{\"method\":\"annealing\"}", &parsed, &error),
                     AANN_ERROR_FORMAT);
    assert_int_equal(aann_family_plan_parse("{\"method\":1}", &parsed, &error), AANN_ERROR_FORMAT);
    assert_int_equal(aann_family_plan_parse("nonsense", &parsed, &error), AANN_ERROR_FORMAT);
    /* 2^32 + 4: not four members. */
    assert_int_equal(aann_family_plan_parse("{\"members\":4294967300}", &parsed, &error),
                     AANN_ERROR_FORMAT);
}

/* What version 0.1 wrote, to the byte: studies compare their families' options as texts. */
static const char usual_json[] =
    "{\"seed\":1,\"steps\":400000,\"temperature\":0.0001,\"cooling\":2.0,"
    "\"loss_scale\":8.0,\"output_scale\":1.0,\"rejection_z\":1.0,"
    "\"within_unit\":0.80000000000000004,\"layer_share\":[],"
    "\"adapt_layers\":true,\"first_check\":8,\"strata\":8,\"arrange_interval\":0,"
    "\"first_samples\":4096,\"growth\":0.5,\"jitter\":0,\"copies\":1,"
    "\"copy_shift\":1.0,\"copy_warp\":0.10000000000000001,\"regression\":false,"
    "\"target_weight\":[],\"reward_tracks\":0,\"reward_first_track\":0,"
    "\"method\":\"sense\",\"population\":40,\"tournament\":3,\"crossover\":0.5,"
    "\"mutations\":8,\"warp\":0.0,\"working_samples\":8192,"
    "\"acceptance_z\":3.0,\"ranked_samples\":262144,\"informed_steps\":0,"
    "\"density\":[],\"by_use\":0.0,\"lesion_noise\":0.0,\"lesion_masks\":8,\"dale\":0.0,"
    "\"reward_steps\":1000,\"members\":1,\"threshold\":0.0}";
static const char other_json[] =
    "{\"seed\":-1,\"steps\":400000,\"temperature\":0.10000000000000001,"
    "\"cooling\":2.0,\"loss_scale\":8.0,\"output_scale\":1.0,\"rejection_z\":1.0,"
    "\"within_unit\":0.80000000000000004,\"layer_share\":[0.0,"
    "0.29999999999999999],\"adapt_layers\":false,\"first_check\":8,\"strata\":8,"
    "\"arrange_interval\":0,\"first_samples\":4096,\"growth\":0.5,\"jitter\":0,"
    "\"copies\":1,\"copy_shift\":1.0,\"copy_warp\":0.10000000000000001,"
    "\"regression\":false,\"target_weight\":[0.0,0.0,1.5],\"reward_tracks\":3,"
    "\"reward_first_track\":0,\"method\":\"genetic\",\"population\":40,"
    "\"tournament\":3,\"crossover\":0.5,\"mutations\":8,\"warp\":0.0,"
    "\"working_samples\":8192,\"acceptance_z\":3.0,\"ranked_samples\":262144,"
    "\"informed_steps\":0,\"density\":[],\"by_use\":0.0,\"lesion_noise\":0.0,\"lesion_masks\":8,\"dale\":0.0,"
    "\"reward_steps\":1000,\"members\":12,\"threshold\":0.0}";

static void expect_json(const aann_family_plan *plan, const char *expected)
{
    aann_error error;
    char *json = NULL;
    aann_family_plan parsed;
    assert_ok(aann_family_plan_format(plan, &json, &error));
    assert_string_equal(json, expected);
    assert_ok(aann_family_plan_parse(json, &parsed, &error));
    free(json);
    assert_ok(aann_family_plan_format(&parsed, &json, &error));
    assert_string_equal(json, expected);
    free(json);
}

static void test_same_json(void **state)
{
    (void)state;
    aann_family_plan plan = aann_family_plan_default();
    expect_json(&plan, usual_json);
    plan.members = 12;
    plan.search.seed = UINT64_MAX;
    plan.search.temperature = 0.1;
    plan.search.layer_share[1] = 0.3;
    plan.search.target_weight[2] = 1.5;
    plan.search.adapt_layers = false;
    plan.search.reward_tracks = 3;
    plan.search.method = AANN_METHOD_GENETIC;
    plan.search.threads = 7;
    plan.search.isa = "avx2";
    aann_error error;
    char *json = NULL;
    assert_ok(aann_family_plan_format(&plan, &json, &error));
    assert_string_equal(json, other_json);
    free(json);
    plan.search.method = AANN_METHOD_HILL; /* genetic is none for reward, and is not read back */
    plan.search.threads = 1;
    plan.search.isa = NULL;
    assert_ok(aann_family_plan_format(&plan, &json, &error));
    expect_json(&plan, json);
    free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_threshold, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_chosen_steps, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_refusals, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_read_only, make_folder, remove_folder),
        cmocka_unit_test(test_plan_json),
        cmocka_unit_test(test_same_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
