/* Phases with their own density: counts exact in each, the library's calls give the same network,
 * and the same bits however often a member is interrupted, in the middle of a phase, between two,
 * or while synapses are tried.
 *
 * ctest-timeout: 300 */
#include "aann/development.h"

#include "family/family_outcome.h"
#include "family/phase_density.h"
#include "family/phase_state.h"
#include "family/phases.h"
#include "network/network.h"

static const char three_phases[] =
    "steps=900 density=80; steps=600 density=30,60,50 by-use=0.5 jitter=1; steps=800 by-use=1";

static aann_family_plan developing_plan(const char *phases)
{
    aann_error error;
    aann_family_plan plan = sample_plan(1);
    assert_ok(aann_phases_set(&plan, phases, &error));
    return plan;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static void test_text(void **state)
{
    (void)state;
    aann_error error;
    char *text = NULL;
    const aann_family_plan plan = developing_plan(three_phases);
    assert_ok(aann_phases_format(&plan, &text, &error));
    assert_string_equal(text, "steps=900 density=80; steps=600 jitter=1 density=30,60,50 "
                              "by_use=0.5; steps=800 by_use=1");
    aann_free(text);
    assert_ok(aann_family_plan_format(&plan, &text, &error));
    assert_non_null(strstr(text, "\"density\":[30.0,60.0,50.0],\"by_use\":0.5"));
    aann_family_plan again;
    assert_ok(aann_family_plan_parse(text, &again, &error));
    assert_memory_equal(again.phases, plan.phases, 3 * sizeof plan.phases[0]);
    aann_free(text);
    const aann_spec family = sample_spec();
    aann_spec spec;
    assert_ok(aann_phase_spec(&plan, &family, 0, &spec, &error));
    assert_true(spec.layers[0].sparsity == 20.0 && spec.layers[2].sparsity == 20.0);
    assert_ok(aann_phase_spec(&plan, &family, 1, &spec, &error));
    assert_true(spec.layers[0].sparsity == 70.0 && spec.layers[1].sparsity == 40.0);
    assert_ok(aann_phase_spec(&plan, &family, 2, &spec, &error));
    assert_memory_equal(&spec, &family, sizeof spec);
}

static void test_bad_plans(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"steps=9; steps=9 density=50", "phase 2: has a density, and is the last"},
        {"steps=9 density=50,60; steps=9", "phase 1: density has 2 numbers: expected 1"},
        {"steps=9 density=50,0,60; steps=9", "phase 1: density"},
        {"steps=9; steps=9 density=0.001; steps=9", "phase 2: density"},
        {"steps=9 density=50,60,70,80; steps=9", "phase 1: density has 4 numbers"},
    };
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    const aann_family_work work = aann_family_work_default();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_error error = {0};
        const aann_family_plan plan = developing_plan(cases[i][0]);
        assert_int_equal(aann_family_check(&spec, data, &plan, &work, &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, cases[i][1]));
    }
    aann_error error = {0};
    aann_family_plan plan = sample_plan(1);
    assert_int_equal(aann_phases_set(&plan, "steps=9 density=101; steps=9", &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "phase 1: density"));
    plan = sample_plan(1);
    plan.search.density[0] = 50.0;
    assert_int_equal(aann_family_check(&spec, data, &plan, &work, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "density without phases"));
    plan = developing_plan(three_phases); /* nothing to try synapses on */
    plan.search.reward_tracks = 2;
    assert_int_equal(aann_phase_density_check(&plan, &spec, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "by_use: a search for reward"));
    aann_search *search = NULL;
    plan = sample_plan(1);
    plan.search.density[0] = 50.0;
    assert_int_equal(aann_search_create(&spec, aann_family_data_train(data), &plan.search, 0, NULL,
                                        &search, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "density of a single search"));
    aann_family_data_destroy(data);
}

/* ---- the search ------------------------------------------------------------------------------ */

/* A phase by the library's calls: changes *network. */
static uint64_t search_phase(const aann_family_plan *plan, int32_t phase, const aann_samples *train,
                             aann_network **network)
{
    aann_error error;
    aann_spec spec;
    const aann_spec family = sample_spec();
    const aann_search_options all = aann_phases_options(plan, phase);
    const aann_search_options options = aann_phase_search_options(plan, phase);
    aann_development development = aann_development_default();
    aann_network *first = NULL;
    aann_search *search = NULL;
    aann_search_progress progress;
    uint64_t tried = 0;
    assert_ok(aann_phase_spec(plan, &family, phase, &spec, &error));
    development.by_use = all.by_use;
    development.samples = train;
    development.options = &all;
    development.seed = all.seed;
    assert_ok(aann_development_apply(*network, &spec, &development, &first, &tried, &error));
    assert_ok(aann_search_create(&spec, train, &options, 0, first, &search, &error));
    assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
    aann_search_progress_get(search, &progress);
    assert_ok(aann_network_check_sparse(aann_search_network(search), &spec, &error));
    aann_network_destroy(*network);
    assert_ok(aann_network_copy(aann_search_network(search), network, &error));
    aann_network_destroy(first);
    aann_search_destroy(search);
    return progress.evaluated_samples + tried;
}

static void test_phases_follow(void **state)
{
    aann_error error;
    const aann_family_plan plan = developing_plan(three_phases);
    outcome whole;
    run_whole(state, "whole.aann", &plan, 2, 1, &whole);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_network *network = NULL;
    uint64_t samples = 0;
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, plan.search.seed, 0);
    for (int32_t phase = 0; phase < 3; phase++) {
        samples += search_phase(&plan, phase, aann_family_data_train(data), &network);
    }
    assert_int_equal(aann_network_hash(network), whole.members[0].hash);
    assert_int_equal(samples, whole.traces[0][OUTCOME_MARKS - 1].evaluated_samples);
    assert_int_equal(whole.members[0].hash, UINT64_C(0xcacaf6d43d25789e)); /* golden */
    aann_network_destroy(network);
    aann_family_data_destroy(data);
}

/* Where a phase has other counts, the study's network is the member's start. */
static void check_stopped(aann_study *study, const aann_family_plan *plan,
                          const aann_member_row *member)
{
    aann_error error;
    aann_network *network = NULL;
    assert_ok(aann_study_network(study, member->id, &network, &error));
    assert_ok(aann_network_check_counts(network, &error));
    if (member->steps < aann_plan_phase_end(plan, 1)) {
        const aann_spec spec = sample_spec();
        aann_network *start = NULL;
        assert_ok(aann_network_create(&spec, &start, &error));
        aann_network_randomise(start, plan->search.seed, 0);
        assert_int_equal(aann_network_hash(network), aann_network_hash(start));
        aann_network_destroy(start);
    }
    aann_network_destroy(network);
}

static void test_interruptions(void **state)
{
    const aann_family_plan plan = developing_plan(
        "steps=2500 density=80; steps=2000 density=60 by-use=1; steps=2500 by-use=0.5");
    outcome whole;
    outcome pieces;
    run_whole(state, "whole.aann", &plan, 2, 1, &whole);
    run_in_sessions(state, "pieces.aann", &plan, check_stopped, &pieces);
    assert_same_outcome(&whole, &pieces);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* A member at the end of the first phase, with this checkpoint. */
typedef struct border {
    aann_study *study;
    int64_t family;
    aann_network *network; /* of the phase */
    void *state;           /* of its search */
    size_t size;
} border;

static border make_border(void **state, const char *name, const aann_family_plan *plan,
                          const aann_family_data *data)
{
    aann_error error;
    char path[TEST_PATH];
    const aann_spec family = sample_spec();
    const aann_search_options options = aann_phase_search_options(plan, 0);
    aann_spec spec;
    aann_network *start = NULL;
    aann_network *first = NULL;
    aann_search *search = NULL;
    aann_development development = aann_development_default();
    border made = {.study = open_study(in_folder(state, name, path), AANN_STUDY_CREATE)};
    development.seed = plan->search.seed;
    assert_ok(aann_family_add(made.study, &family, data, plan, &made.family, &error));
    assert_ok(aann_phase_spec(plan, &family, 0, &spec, &error));
    assert_ok(aann_study_network(made.study, 1, &start, &error));
    assert_ok(aann_development_apply(start, &spec, &development, &first, NULL, &error));
    assert_ok(aann_search_create(&spec, aann_family_data_train(data), &options, 0, first, &search,
                                 &error));
    assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
    assert_ok(aann_search_save(search, &made.state, &made.size, &error));
    assert_ok(aann_network_copy(aann_search_network(search), &made.network, &error));
    aann_search_destroy(search);
    aann_network_destroy(start);
    aann_network_destroy(first);
    return made;
}

static aann_status resume_border(border *b, const aann_family_data *data, aann_error *why)
{
    aann_error error;
    const aann_family_work work = aann_family_work_default();
    aann_member_row *members = members_of(b->study, b->family, 1);
    aann_network *stored = NULL;
    assert_ok(aann_study_network(b->study, members[0].id, &stored, &error));
    assert_ok(
        aann_study_save_member(b->study, &members[0], stored, b->state, b->size, NULL, 0, &error));
    aann_network_destroy(stored);
    free(members);
    return aann_family_resume(b->study, b->family, data, &work, why);
}

static void close_border(border *b)
{
    aann_study_close(b->study);
    aann_network_destroy(b->network);
    free(b->state);
}

static void test_border(void **state)
{
    aann_error error;
    const aann_family_plan plan = developing_plan(three_phases);
    aann_family_data *data = sample_data();
    outcome whole;
    run_whole(state, "whole.aann", &plan, 1, 1, &whole);
    border b = make_border(state, "border.aann", &plan, data);
    const aann_phase_place place = {.developing = true};
    assert_ok(aann_phase_state_wrap(&place, b.network, &b.state, &b.size, &error));
    assert_ok(resume_border(&b, data, &error));
    aann_member_row *members = members_of(b.study, b.family, 1);
    assert_int_equal(members[0].hash, whole.members[0].hash);
    free(members);
    close_border(&b);
    aann_family_data_destroy(data);
}

/* A checkpoint that no search made is refused in one line. */
static void test_strange_checkpoints(void **state)
{
    enum { WITHOUT_NETWORK, OF_LAST_PHASE, OF_OTHER_PHASE, CUT, FLIPPED, CASES };
    const aann_family_plan plan = developing_plan(three_phases);
    aann_family_data *data = sample_data();
    for (int i = 0; i < CASES; i++) {
        aann_error error = {0};
        char name[32];
        snprintf(name, sizeof name, "strange%d.aann", i);
        border b = make_border(state, name, &plan, data);
        const aann_phase_place place = {.phase = i == OF_LAST_PHASE    ? 2
                                                 : i == OF_OTHER_PHASE ? 1
                                                                       : 0,
                                        .developing = i != WITHOUT_NETWORK};
        const size_t search_size = b.size;
        assert_ok(aann_phase_state_wrap(&place, b.network, &b.state, &b.size, &error));
        if (i == CUT) {
            b.size -= search_size + 1;
        }
        if (i == FLIPPED) {
            ((uint8_t *)b.state)[b.size - search_size - 9] ^= 1;
        }
        assert_int_equal(resume_border(&b, data, &error), AANN_ERROR_FORMAT);
        assert_non_null(strstr(error.message, "member 1: the checkpoint is damaged"));
        close_border(&b);
    }
    aann_family_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_bad_plans),
        cmocka_unit_test_setup_teardown(test_phases_follow, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_interruptions, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_border, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_strange_checkpoints, make_folder, remove_folder),
    };
    return cmocka_run_group_tests_name("family: development", tests, NULL, NULL);
}
