/* Phases: their text and JSON, each a search from where the one before ended, and the same bits
 * however often a member is interrupted, between two phases too.
 *
 * ctest-timeout: 300 */
#include "family/effort.h"
#include "family/family_outcome.h"
#include "family/phase_state.h"
#include "family/phases.h"
#include "support/comma_locale.h"

static const char two_phases[] =
    "steps=900 jitter=1 # moved\n steps=700 temperature=2e-5 copies=2 working-samples=0;";

static aann_family_plan phased_plan(int32_t members)
{
    aann_error error;
    aann_family_plan plan = sample_plan(members);
    assert_ok(aann_phases_set(&plan, two_phases, &error));
    return plan;
}

/* ---- the text -------------------------------------------------------------------------------- */

static void test_text(void **state)
{
    (void)state;
    aann_error error;
    aann_family_plan plan = sample_plan(1);
    plan.search.within_unit = 0.7;
    assert_ok(aann_phases_set(&plan, two_phases, &error));
    assert_int_equal(plan.phase_count, 2);
    assert_int_equal(plan.search.steps, 1600);
    assert_int_equal(plan.search.jitter, 0);
    assert_int_equal(plan.phases[0].jitter, 1);
    assert_int_equal(plan.phases[0].first_samples, 4096);
    assert_int_equal(plan.phases[1].jitter, 0);
    assert_int_equal(plan.phases[1].copies, 2);
    assert_int_equal(plan.phases[1].first_samples, 0);
    assert_true(plan.phases[1].within_unit == 0.7);
    assert_int_equal(aann_plan_phase_end(&plan, 0), 900);
    assert_int_equal(aann_plan_phase_end(&plan, 1), 1600);
    char *text = NULL;
    assert_ok(aann_phases_format(&plan, &text, &error));
    assert_string_equal(text, "steps=900 jitter=1; steps=700 temperature=2e-05 copies=2 "
                              "working_samples=0");
    aann_family_plan again = sample_plan(1);
    again.search.within_unit = 0.7;
    assert_ok(aann_phases_set(&again, text, &error));
    assert_memory_equal(again.phases, plan.phases, sizeof plan.phases[0] * 2);
    aann_free(text);
    assert_ok(aann_phases_set(&again, " ; # none\n", &error));
    assert_int_equal(again.phase_count, 0);
    assert_int_equal(again.search.steps, 1600);
    assert_ok(aann_phases_format(&again, &text, &error));
    assert_string_equal(text, "");
    aann_free(text);
}

static void test_bad_text(void **state)
{
    (void)state;
    static const char seventeen[] =
        "steps=1;steps=1;steps=1;steps=1;steps=1;steps=1;steps=1;steps=1;steps=1;steps=1;steps=1;"
        "steps=1;steps=1;steps=1;steps=1;steps=1;steps=1";
    static const char *const cases[][2] = {
        {"jitter=1", "phase 1: has no steps"},
        {"steps=10; jitter=1; steps=5", "phase 2: has no steps"},
        {"steps=10; steps=5 jiter=1", "phase 2: there is no option 'jiter'"},
        {"steps=10 jitter=x", "phase 1: jitter: 'x' is not a whole number"},
        {"steps=10 jitter", "phase 1: 'jitter' is not NAME=VALUE"},
        {"steps=10 =3", "phase 1: '=3' is not NAME=VALUE"},
        {"steps=10 seed=3", "phase 1: seed is the same in all phases"},
        {"steps=10 loss-scale=3", "phase 1: loss-scale is the same in all phases"},
        {"steps=10 threads=3", "phase 1: threads is the same in all phases"},
        {seventeen, "more than 16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_error error = {0};
        aann_family_plan plan = phased_plan(1);
        assert_int_equal(aann_phases_set(&plan, cases[i][0], &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, cases[i][1]));
        assert_int_equal(plan.phase_count, 2); /* unchanged */
    }
    char longer[600] = "steps=10 jitter=";
    memset(longer + strlen(longer), '1', 500);
    aann_error error = {0};
    aann_family_plan plan = phased_plan(1);
    assert_int_equal(aann_phases_set(&plan, longer, &error), AANN_ERROR_ARGUMENT);
}

/* A plan that was filled in by hand. */
static void test_bad_plans(void **state)
{
    (void)state;
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    const aann_family_work work = aann_family_work_default();
    aann_family_plan plans[5];
    for (int i = 0; i < 5; i++) {
        plans[i] = phased_plan(1);
    }
    plans[0].search.steps++;
    plans[1].phases[1].cooling = 1.5;
    plans[2].search.method = AANN_METHOD_GENETIC;
    plans[3].phase_count = AANN_MAX_PHASES + 1;
    plans[4].phases[1].copy_shift = 200.0;
    static const char *const says[] = {"steps is 1601: expected 1600", "phase 2: cooling is 1.5",
                                       "phases of the method genetic", "17 is not between 0 and 16",
                                       "phase 2: copy_shift is 200"};
    for (int i = 0; i < 5; i++) {
        aann_error error = {0};
        assert_int_equal(aann_family_check(&spec, data, &plans[i], &work, &error),
                         AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, says[i]));
    }
    aann_family_data_destroy(data);
}

/* ---- efforts --------------------------------------------------------------------------------- */

static void test_efforts(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    uint64_t steps = 0;
    static const uint64_t intervals[AANN_LARGEST_EFFORT][2] = {
        {5000},         {7500},         {8000},         {0},           {0, 0},
        {20000, 12500}, {20000, 12500}, {20000, 12500}, {20000, 12500}};
    for (int32_t effort = 1; effort <= AANN_LARGEST_EFFORT; effort++) {
        aann_family_plan plan = sample_plan(1);
        plan.search.within_unit = 0.7;
        plan.search.arrange_interval = 0;
        assert_ok(aann_effort_plan(effort, data, &spec, &plan, &error));
        assert_ok(aann_plan_phases_check(&plan, &error));
        assert_true(plan.search.steps > 3 * steps / 2);
        steps = plan.search.steps;
        assert_int_equal(plan.phase_count, effort < 5 ? 1 : 2);
        for (int32_t i = 0; i < plan.phase_count; i++) {
            assert_int_equal(plan.phases[i].jitter, 1);
            assert_int_equal(plan.phases[i].arrange_interval, intervals[effort - 1][i]);
            assert_true(plan.phases[i].within_unit == 0.7);
            assert_true(plan.phases[i].temperature == (i == 0 ? 1e-4 : 1e-5));
        }
    }
    static const int32_t bad[] = {-1, 0, 10};
    for (size_t i = 0; i < 3; i++) {
        aann_family_plan plan = sample_plan(1);
        assert_int_equal(aann_effort_plan(bad[i], data, &spec, &plan, &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "expected 1 to 9"));
    }
    /* A baseline has steps only. */
    aann_family_plan genetic = sample_plan(1);
    genetic.search.method = AANN_METHOD_GENETIC;
    assert_ok(aann_effort_plan(7, data, &spec, &genetic, &error));
    assert_int_equal(genetic.phase_count, 0);
    assert_int_equal(genetic.search.steps, 4 * TEST_STEPS);
    assert_ok(aann_effort_plan(3, data, &spec, &genetic, &error));
    assert_int_equal(genetic.search.steps, TEST_STEPS);
    aann_family_data_destroy(data);
}

/* More time never gives fewer candidates, up to a second phase and behind it, and any time and cost
 * give a plan. */
static void test_times(void **state)
{
    (void)state;
    aann_error error = {0};
    const aann_spec spec = sample_spec();
    static const aann_cost costs[] = {{0.2, 8000}, {1, 105000}, {1e-9, 1e7}, {0, 0}, {100, 10}};
    for (size_t c = 0; c < sizeof costs / sizeof *costs; c++) {
        double before = 0.0;
        int32_t phases = 0;
        for (double seconds = 0.5; seconds < 2e9; seconds *= 1.03) {
            const aann_effort_size size = aann_effort_fit(seconds, &costs[c]);
            assert_true(size.candidates >= before && size.candidates >= 1.0);
            assert_true(size.regroupings >= 4 && size.regroupings <= 1000000);
            before = size.candidates;
            aann_family_plan plan = sample_plan(1);
            if (size.candidates < 1e15) {
                assert_ok(aann_effort_phases(&size, &spec, &plan, &error));
                assert_true(plan.phase_count >= phases);
                phases = plan.phase_count;
            }
        }
        assert_int_equal(phases, costs[c].rate > 0 ? 2 : 1);
    }
    /* 30 seconds of 8,000 candidates; and few regroupings, where they take all the time there is. */
    assert_true(aann_effort_fit(30, &costs[0]).candidates < 1e6);
    assert_int_equal(aann_effort_fit(30, &costs[0]).regroupings, 37);
    assert_true(aann_effort_fit(6, &costs[1]).candidates > 5e4);
    assert_int_equal(aann_effort_fit(6, &costs[1]).regroupings, 4);
}

/* The same in a program whose locale writes "0,5". */
static void test_efforts_in_a_comma_locale(void **state)
{
    aann_error error = {0};
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_family_plan plain = sample_plan(1);
    aann_family_plan plan = sample_plan(1);
    assert_ok(aann_effort_plan(6, data, &spec, &plain, &error));
    if (enter_comma_locale(*state)) {
        const aann_status status = aann_effort_plan(6, data, &spec, &plan, &error);
        leave_comma_locale();
        assert_int_equal(status, AANN_OK);
        assert_int_equal(plan.search.steps, plain.search.steps);
        assert_int_equal(plan.phase_count, 2);
        assert_true(plan.phases[1].temperature == plain.phases[1].temperature);
    }
    aann_family_data_destroy(data);
}

/* Small pictures are warped only, large ones moved further, rows of features neither. */
static void test_moves_by_shape(void **state)
{
    (void)state;
    static const struct {
        aann_shape shape;
        int32_t phases, jitter;
        double warp;
    } cases[] = {{{1, 8, 8}, 2, 0, 0.05},
                 {{3, 32, 32}, 2, 1, 0.0},
                 {{1, 96, 96}, 2, 3, 0.0},
                 {{2, 1, 100}, 2, 4, 0.0},
                 {{50, 1, 1}, 0, 0, 0.0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_error error;
        aann_spec spec;
        aann_family_data *data = NULL;
        aann_family_plan plan = sample_plan(1);
        const int64_t size = aann_shape_size(cases[i].shape);
        int8_t *inputs = calloc(4 * (size_t)size, 1);
        const int32_t labels[4] = {0, 1, 0, 1};
        assert_non_null(inputs);
        const aann_samples train = {.shape = cases[i].shape,
                                    .count = 4,
                                    .inputs = inputs,
                                    .labels = labels,
                                    .class_count = 2};
        aann_family_samples samples = aann_family_samples_default();
        samples.train = &train;
        assert_ok(aann_family_data_create(&samples, &data, &error));
        assert_ok(aann_spec_parse("2", cases[i].shape, &spec, &error));
        assert_ok(aann_effort_plan(5, data, &spec, &plan, &error));
        assert_int_equal(plan.phase_count, cases[i].phases);
        assert_int_equal(plan.phases[0].jitter, cases[i].jitter);
        assert_true(plan.phases[0].warp == cases[i].warp);
        aann_family_data_destroy(data);
        free(inputs);
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void test_json(void **state)
{
    (void)state;
    aann_error error;
    const aann_family_plan plan = phased_plan(2);
    aann_family_plan again;
    char *json = NULL;
    assert_ok(aann_family_plan_format(&plan, &json, &error));
    assert_non_null(strstr(json, "\"steps\":1600,"));
    assert_non_null(strstr(json, "\"phases\":[{\"steps\":900,\"jitter\":1},{\"steps\":700,"
                                 "\"temperature\":2.0000000000000002e-5,\"first_samples\":0,"
                                 "\"copies\":2,\"working_samples\":0}]"));
    assert_ok(aann_family_plan_parse(json, &again, &error));
    assert_int_equal(again.phase_count, 2);
    assert_memory_equal(again.phases, plan.phases, sizeof plan.phases[0] * 2);
    aann_free(json);
    const aann_family_plan plain = sample_plan(2);
    assert_ok(aann_family_plan_format(&plain, &json, &error));
    assert_null(strstr(json, "phases")); /* as it always was */
    aann_free(json);
}

static void test_bad_json(void **state)
{
    (void)state;
    /* More shares than a network may have layers. */
    static const char shares[] =
        "[{\"steps\":1600,\"layer_share\":[1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9,1,"
        "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]";
    static const char *const phases[] = {
        "3",
        "[]",
        "[3]",
        "[{}]",
        "[{\"jitter\":1}]",
        "[{\"steps\":\"1600\"}]",
        "[{\"steps\":1600,\"jitters\":1}]",
        "[{\"steps\":1600,\"seed\":1}]",
        "[{\"steps\":1500}]",
        "[{\"steps\":-1600}]",
        "[{\"steps\":1600,\"cooling\":7.0}]",
        shares,
    };
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        aann_error error = {0};
        aann_family_plan plan;
        char json[1024];
        snprintf(json, sizeof json, "{\"steps\":1600,\"members\":1,\"phases\":%s}", phases[i]);
        assert_int_equal(aann_family_plan_parse(json, &plan, &error), AANN_ERROR_FORMAT);
        assert_null(strchr(error.message, '\n'));
    }
    aann_error error;
    aann_family_plan plan;
    assert_ok(aann_family_plan_parse("{\"steps\":1600,\"members\":1,\"phases\":[{\"steps\":1600}]}",
                                     &plan, &error));
    assert_int_equal(plan.phase_count, 1);
}

/* ---- the search ------------------------------------------------------------------------------ */

/* One phase is the search that it would be without phases. */
static void test_one_phase(void **state)
{
    aann_error error;
    const aann_family_plan plain = sample_plan(1);
    aann_family_plan phased = plain;
    outcome a;
    outcome b;
    assert_ok(aann_phases_set(&phased, "steps=1500", &error));
    run_whole(state, "plain.aann", &plain, 1, 1, &a);
    run_whole(state, "phased.aann", &phased, 2, 1, &b);
    assert_same_outcome(&a, &b);
}

/* A search of the library from one network to the next. */
static aann_network *search_phase(const aann_samples *train, const aann_search_options *options,
                                  const aann_network *start, uint64_t *accepted)
{
    aann_error error;
    const aann_spec spec = sample_spec();
    aann_search *search = NULL;
    aann_network *end = NULL;
    aann_search_progress progress;
    assert_ok(aann_search_create(&spec, train, options, 0, start, &search, &error));
    assert_ok(aann_search_run(search, options->steps, NULL, NULL, &error));
    aann_search_progress_get(search, &progress);
    *accepted += progress.accepted;
    assert_ok(aann_network_copy(aann_search_network(search), &end, &error));
    aann_search_destroy(search);
    return end;
}

static void test_phases_follow(void **state)
{
    const aann_family_plan plan = phased_plan(1);
    outcome whole;
    run_whole(state, "whole.aann", &plan, 1, 1, &whole);
    const aann_search_options first = aann_phases_options(&plan, 0);
    const aann_search_options second = aann_phases_options(&plan, 1);
    assert_int_equal(first.seed, 7);
    assert_int_not_equal(second.seed, 7);
    assert_int_equal(second.copies, 2);
    aann_family_data *data = sample_data();
    const aann_samples *train = aann_family_data_train(data);
    uint64_t accepted = 0;
    aann_network *middle = search_phase(train, &first, NULL, &accepted);
    aann_network *end = search_phase(train, &second, middle, &accepted);
    assert_int_equal(aann_network_hash(end), whole.members[0].hash);
    assert_int_not_equal(aann_network_hash(middle), whole.members[0].hash);
    assert_int_equal(accepted, whole.members[0].accepted);
    assert_int_equal(whole.members[0].steps, 1600);
    assert_int_equal(whole.traces[0][55].step, 896);
    assert_true(whole.traces[0][55].temperature <
                1e-8); /* at the end of the first phase it is cold */
    assert_true(whole.traces[0][56].temperature > 1e-5);
    for (int i = 0; i < OUTCOME_MARKS; i++) { /* counted through both phases */
        uint64_t by_layer[2] = {0, 0};
        assert_int_equal(whole.traces[0][i].layer_count, 3);
        for (int32_t layer = 0; layer < 3; layer++) {
            by_layer[0] += whole.traces[0][i].layer_candidates[layer];
            by_layer[1] += whole.traces[0][i].layer_accepted[layer];
        }
        assert_int_equal(by_layer[0], whole.traces[0][i].step);
        assert_int_equal(by_layer[1], whole.traces[0][i].accepted);
    }
    for (int i = 1; i < OUTCOME_MARKS; i++) {
        assert_true(whole.traces[0][i].step > whole.traces[0][i - 1].step);
        assert_true(whole.traces[0][i].accepted >= whole.traces[0][i - 1].accepted);
        assert_true(whole.traces[0][i].evaluated_samples >
                    whole.traces[0][i - 1].evaluated_samples);
    }
    aann_network_destroy(middle);
    aann_network_destroy(end);
    aann_family_data_destroy(data);
}

static void test_interruptions(void **state)
{
    aann_error error;
    aann_family_plan plan = sample_plan(1);
    assert_ok(aann_phases_set(
        &plan, "steps=3000 jitter=1; steps=3000 copies=2; steps=100; steps=3000 warp=0.1", &error));
    outcome whole;
    outcome pieces;
    run_whole(state, "whole.aann", &plan, 2, 1, &whole);
    run_in_sessions(state, "pieces.aann", &plan, NULL, &pieces);
    assert_same_outcome(&whole, &pieces);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* A study with a member whose checkpoint is that of the first phase at its end, and this place
 * before it. */
static int64_t make_at_border(aann_study *study, const aann_family_data *data,
                              const aann_phase_place *place, const aann_family_plan *plan)
{
    aann_error error;
    const aann_spec spec = sample_spec();
    const aann_search_options options = aann_phases_options(plan, 0);
    int64_t family = 0;
    aann_search *search = NULL;
    aann_search_progress progress;
    void *checkpoint = NULL;
    size_t size = 0;
    assert_ok(aann_family_add(study, &spec, data, plan, &family, &error));
    aann_member_row *members = members_of(study, family, 1);
    assert_ok(aann_search_create(&spec, aann_family_data_train(data), &options, 0, NULL, &search,
                                 &error));
    assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
    aann_search_progress_get(search, &progress);
    assert_ok(aann_search_save(search, &checkpoint, &size, &error));
    if (place != NULL) {
        assert_ok(aann_phase_state_wrap(place, NULL, &checkpoint, &size, &error));
    }
    members[0].steps = progress.step;
    members[0].accepted = progress.accepted;
    assert_ok(aann_study_save_member(study, &members[0], aann_search_network(search), checkpoint,
                                     size, NULL, 0, &error));
    free(checkpoint);
    free(members);
    aann_search_destroy(search);
    return family;
}

static void test_border(void **state)
{
    aann_error error;
    char path[TEST_PATH];
    const aann_family_plan plan = phased_plan(1);
    const aann_family_work work = aann_family_work_default();
    const aann_phase_place place = {0};
    outcome whole;
    run_whole(state, "whole.aann", &plan, 1, 1, &whole);
    aann_study *study = open_study(in_folder(state, "border.aann", path), AANN_STUDY_CREATE);
    aann_family_data *data = sample_data();
    const int64_t family = make_at_border(study, data, &place, &plan);
    assert_ok(aann_family_resume(study, family, data, &work, &error));
    aann_member_row *members = members_of(study, family, 1);
    assert_int_equal(members[0].hash, whole.members[0].hash);
    assert_int_equal(members[0].accepted, whole.members[0].accepted);
    free(members);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

static void test_strange_checkpoints(void **state)
{
    const aann_family_plan plan = phased_plan(1);
    const aann_family_work work = aann_family_work_default();
    const aann_phase_place places[] = {{.phase = 2},
                                       {.phase = INT32_MAX},
                                       {.phase = 1, .accepted = 901},
                                       {.phase = 0, .accepted = 1},
                                       {.phase = 1, .evaluated_samples = UINT64_MAX},
                                       {.phase = 1, .layer_candidates = {901}},
                                       {.phase = 1, .layer_accepted = {0, 1}}};
    aann_family_data *data = sample_data();
    for (size_t i = 0; i <= sizeof places / sizeof places[0]; i++) {
        aann_error error = {0};
        char path[TEST_PATH];
        char name[32];
        snprintf(name, sizeof name, "strange%zu.aann", i);
        aann_study *study = open_study(in_folder(state, name, path), AANN_STUDY_CREATE);
        const bool bare = i == sizeof places / sizeof places[0];
        const int64_t family = make_at_border(study, data, bare ? NULL : &places[i], &plan);
        assert_int_equal(aann_family_resume(study, family, data, &work, &error), AANN_ERROR_FORMAT);
        assert_non_null(strstr(error.message, "member 1: the checkpoint is damaged"));
        aann_study_close(study);
    }
    aann_family_data_destroy(data);
}

static void test_place(void **state)
{
    (void)state;
    aann_error error = {0};
    const aann_phase_place place = {3,          false,    UINT64_C(1) << 40, UINT64_C(7) << 50,
                                    {[15] = 9}, {[2] = 8}};
    aann_phase_place read;
    size_t size = 5;
    size_t inner_size = 0;
    void *wrapped = malloc(size);
    const void *inner = NULL;
    assert_non_null(wrapped);
    memcpy(wrapped, "state", size);
    assert_ok(aann_phase_state_wrap(&place, NULL, &wrapped, &size, &error));
    assert_ok(aann_phase_state_unwrap(wrapped, size, &read, &inner, &inner_size, &error));
    assert_int_equal(read.phase, 3);
    assert_int_equal(read.accepted, place.accepted);
    assert_int_equal(read.evaluated_samples, place.evaluated_samples);
    assert_memory_equal(read.layer_candidates, place.layer_candidates,
                        sizeof place.layer_candidates);
    assert_memory_equal(read.layer_accepted, place.layer_accepted, sizeof place.layer_accepted);
    assert_int_equal(inner_size, 5);
    assert_memory_equal(inner, "state", 5);
    for (size_t i = 0; i < size - inner_size; i++) {
        ((uint8_t *)wrapped)[i] ^= 1;
        assert_int_equal(aann_phase_state_unwrap(wrapped, size, &read, &inner, &inner_size, &error),
                         AANN_ERROR_FORMAT);
        ((uint8_t *)wrapped)[i] ^= 1;
    }
    for (size_t short_size = 0; short_size < size - 5; short_size++) {
        assert_int_equal(
            aann_phase_state_unwrap(wrapped, short_size, &read, &inner, &inner_size, &error),
            AANN_ERROR_FORMAT);
    }
    free(wrapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_bad_plans),
        cmocka_unit_test(test_efforts),
        cmocka_unit_test(test_times),
        cmocka_unit_test_setup_teardown(test_efforts_in_a_comma_locale, make_folder, remove_folder),
        cmocka_unit_test(test_moves_by_shape),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_bad_json),
        cmocka_unit_test_setup_teardown(test_one_phase, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_phases_follow, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_interruptions, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_border, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_strange_checkpoints, make_folder, remove_folder),
        cmocka_unit_test(test_place),
    };
    return cmocka_run_group_tests_name("family: phases", tests, NULL, NULL);
}
