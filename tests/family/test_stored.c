/* Opening stored members and families: what comes back is what was stored, and what does not fit is
 * refused with nothing left to free. */
#include "family/family_test.h"

/* A study of two families: three members, two of them done, and one more. */
static aann_study *two_families(void **state, int64_t family_ids[2])
{
    aann_error error;
    char path[TEST_PATH];
    aann_study *study = open_study(in_folder(state, "stored.aann", path), AANN_STUDY_CREATE);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    const aann_family_work work = aann_family_work_default();
    const int32_t counts[2] = {3, 1};
    for (int i = 0; i < 2; i++) {
        aann_family_plan plan = sample_plan(counts[i]);
        plan.search.steps = 20;
        plan.search.loss_scale = 12.0 + i;
        plan.search.seed = 7 + (uint64_t)i;
        assert_ok(aann_family_run(study, &spec, data, &plan, &work, &family_ids[i], &error));
    }
    aann_member_row *members = members_of(study, family_ids[0], 3);
    aann_network *network;
    assert_ok(aann_study_network(study, members[1].id, &network, &error));
    members[1].state = AANN_MEMBER_FAILED;
    assert_ok(aann_study_save_member(study, &members[1], network, NULL, 0, NULL, 0, &error));
    aann_network_destroy(network);
    free(members);
    aann_family_data_destroy(data);
    return study;
}

static void test_member(void **state)
{
    aann_error error;
    int64_t ids[2];
    aann_study *study = two_families(state, ids);
    aann_member_row *rows = members_of(study, ids[1], 1);
    aann_member member;
    assert_ok(aann_member_open(study, rows[0].id, &member, &error));
    assert_int_equal(member.row.hash, rows[0].hash);
    assert_int_equal(member.family.id, ids[1]);
    assert_int_equal(member.plan.search.seed, 8);
    assert_true(aann_family_plan_scale(&member.plan) == 13.0);
    assert_int_equal(member.spec.output_count, 10);
    aann_study_close(study); /* a member does not need its study any more */
    assert_int_equal(aann_network_hash(member.network), rows[0].hash);
    aann_member_destroy(&member);
    assert_null(member.network);
    aann_member_destroy(&member); /* once more is allowed */
    free(rows);
}

static void test_no_member(void **state)
{
    aann_error error = {0};
    int64_t ids[2];
    aann_study *study = two_families(state, ids);
    aann_member member;
    assert_int_equal(aann_member_open(study, 99, &member, &error), AANN_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "has no member 99"));
    assert_null(member.network);
    aann_study_close(study);
}

static void assert_ids(const aann_family *family, const int64_t *ids, int32_t count)
{
    assert_int_equal(family->member_count, count);
    for (int32_t i = 0; i < count; i++) {
        assert_int_equal(family->members[i].id, ids[i]);
    }
}

static void test_family(void **state)
{
    aann_error error = {0};
    int64_t ids[2];
    aann_study *study = two_families(state, ids);
    aann_family family;
    aann_family_choice choice = aann_family_choice_default();
    assert_ok(aann_family_open(study, ids[0], &choice, &family, &error));
    assert_ids(&family, (const int64_t[]){1, 3}, 2); /* the second has failed */
    assert_null(family.networks);
    aann_family_destroy(&family);

    choice.unfinished = true;
    choice.limit = 2;
    choice.networks = true;
    assert_ok(aann_family_open(study, ids[0], &choice, &family, &error));
    assert_ids(&family, (const int64_t[]){1, 2}, 2);
    assert_true(family.plan.search.loss_scale == 12.0);
    for (int32_t i = 0; i < 2; i++) {
        assert_int_equal(aann_network_hash(family.networks[i]), family.members[i].hash);
    }
    aann_family_destroy(&family);

    choice = aann_family_choice_default(); /* the last one of the study */
    assert_ok(aann_family_open(study, 0, &choice, &family, &error));
    assert_int_equal(family.row.id, ids[1]);
    assert_ids(&family, (const int64_t[]){4}, 1);
    aann_family_destroy(&family);

    const int64_t named[2] = {3, 2};
    choice.ids = named;
    choice.id_count = 2;
    assert_ok(aann_family_open(study, ids[0], &choice, &family, &error));
    assert_ids(&family, named, 2);
    aann_family_destroy(&family);
    aann_study_close(study);
}

static void assert_refused(aann_study *study, int64_t id, const aann_family_choice *choice,
                           aann_status status, const char *part)
{
    aann_error error = {0};
    aann_family family;
    assert_int_equal(aann_family_open(study, id, choice, &family, &error), status);
    if (strstr(error.message, part) == NULL) {
        fail_msg("'%s' does not say '%s'", error.message, part);
    }
    assert_null(family.members);
    assert_null(family.row.options);
}

static void test_family_refused(void **state)
{
    int64_t ids[2];
    aann_study *study = two_families(state, ids);
    aann_family_choice choice = aann_family_choice_default();
    assert_refused(study, 9, &choice, AANN_ERROR_NOT_FOUND, "has no family 9");
    choice.minimum = 3;
    assert_refused(study, ids[0], &choice, AANN_ERROR_NOT_FOUND,
                   "has 2 finished members (of 3 in all); at least 3 are needed");
    const int64_t named[2] = {1, 4};
    choice.ids = named;
    choice.id_count = 2;
    assert_refused(study, ids[0], &choice, AANN_ERROR_ARGUMENT, "member 4 is of family 2");
    aann_study_close(study);

    char path[TEST_PATH];
    study = open_study(in_folder(state, "empty.aann", path), AANN_STUDY_CREATE);
    choice = aann_family_choice_default();
    assert_refused(study, 0, &choice, AANN_ERROR_NOT_FOUND, "empty.aann: has no families yet");
    aann_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_member, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_no_member, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_family, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_family_refused, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
