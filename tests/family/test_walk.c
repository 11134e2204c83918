/* Walks: a walk in pieces is the walk in one, to the bit, and says of each piece that it was
 * interrupted. */
#include "aann/walk.h"
#include "family/family_test.h"

enum { WALK_MEMBERS = 4 };

/* A study with one finished member, and the plan of a walk from it. */
static aann_study *study_with_start(void **state, const char *name, aann_walk_plan *walk)
{
    aann_error error;
    char path[TEST_PATH];
    aann_study *study = open_study(in_folder(state, name, path), AANN_STUDY_CREATE);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    const aann_family_work work = aann_family_work_default();
    const aann_family_plan plan = sample_plan(1);
    int64_t family;
    assert_ok(aann_family_run(study, &spec, data, &plan, &work, &family, &error));
    aann_family_data_destroy(data);
    aann_member_row start;
    assert_ok(aann_study_member(study, 1, &start, &error));
    *walk = aann_walk_plan_default();
    walk->start = 1;
    walk->members = WALK_MEMBERS;
    walk->every = 6;
    walk->steps = 20000;
    walk->loss = 1.05 * start.train_loss;
    return study;
}

static void assert_hashes(aann_study *study, const aann_walk_plan *walk,
                          uint64_t hashes[WALK_MEMBERS], bool compare)
{
    aann_error error;
    aann_member_row *members = NULL;
    size_t count = 0;
    assert_ok(aann_walk_members(study, walk, &members, &count, &error));
    assert_int_equal(count, WALK_MEMBERS);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(members[i].state, AANN_MEMBER_DONE);
        if (compare) {
            assert_int_equal(members[i].hash, hashes[i]);
        }
        hashes[i] = members[i].hash;
    }
    free(members);
}

/* True once in a while: more often the smaller *context. */
static bool interrupt_often(void *context)
{
    int32_t *left = context;
    return --*left <= 0;
}

static void test_pieces(void **state)
{
    aann_error error;
    aann_walk_plan walk = aann_walk_plan_default();
    aann_family_data *data = sample_data();
    uint64_t hashes[WALK_MEMBERS];
    aann_study *study = study_with_start(state, "whole.aann", &walk);
    aann_family_work work = aann_family_work_default();
    assert_ok(aann_walk_run(study, &walk, data, &work, &error));
    assert_hashes(study, &walk, hashes, false);
    assert_ok(aann_walk_run(study, &walk, data, &work, &error)); /* nothing is left to do */
    aann_study_close(study);

    study = study_with_start(state, "pieces.aann", &walk);
    int pieces = 0;
    for (aann_status status = AANN_INTERRUPTED; status != AANN_OK; pieces++) {
        int32_t left = 1 + pieces;
        assert_true(pieces < 1000);
        work.interrupted = interrupt_often;
        work.context = &left;
        status = pieces == 0 ? aann_walk_run(study, &walk, data, &work, &error)
                             : aann_family_resume(study, 1, data, &work, &error);
        assert_true(status == AANN_OK || status == AANN_INTERRUPTED);
        int64_t unfinished;
        assert_ok(aann_family_unfinished(study, 1, &unfinished, &error));
        assert_int_equal(status == AANN_OK, unfinished == 0);
    }
    assert_true(pieces > 2);
    assert_hashes(study, &walk, hashes, true);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pieces, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
