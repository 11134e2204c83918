/* Excerpts: members that are searched elsewhere are those of the study, wherever they were; what
 * comes back and cannot be theirs is refused, and changes nothing.
 *
 * ctest-timeout: 300 */
#include "aann/excerpt.h"
#include "family/connect.h"
#include "family/family_test.h"
#include "family/walk_plan.h"

enum { MEMBERS = 4 };

/* Long enough to be stopped on the way, without a sanitizer. */
static aann_family_plan plan_of(int32_t members)
{
    aann_family_plan plan = sample_plan(members);
    plan.search.steps = 8 * TEST_STEPS;
    return plan;
}

/* Bytes that a function of the library made. */
typedef struct block {
    void *bytes;
    size_t size;
} block;

static aann_study *new_study(void **state, const char *name, int32_t members, int64_t *family,
                             const aann_family_data *data)
{
    aann_error error;
    char path[TEST_PATH];
    const aann_spec spec = sample_spec();
    const aann_family_plan plan = plan_of(members);
    aann_study *study = open_study(in_folder(state, name, path), AANN_STUDY_CREATE);
    assert_ok(aann_family_add(study, &spec, data, &plan, family, &error));
    return study;
}

static size_t unfinished(aann_study *study, int64_t family, const aann_family_data *data,
                         int64_t ids[MEMBERS])
{
    aann_error error;
    int64_t *found = NULL;
    size_t count = 0;
    assert_ok(aann_excerpt_unfinished(study, family, data, &found, &count, &error));
    assert_true(count <= MEMBERS);
    for (size_t i = 0; i < count; i++) {
        ids[i] = found[i];
    }
    aann_free(found);
    return count;
}

static block pack(aann_study *study, int64_t family, const int64_t *ids, size_t count)
{
    aann_error error;
    block packed = {0};
    assert_ok(aann_excerpt_pack(study, family, ids, count, &packed.bytes, &packed.size, &error));
    return packed;
}

/* How often a search may ask before it is told to stop. */
static bool stops(void *context)
{
    int *looks = context;
    return (*looks)-- == 0;
}

/* Where it is stopped by its looks it may have ended before. */
static block search(const block *excerpt, const aann_family_data *data, int looks)
{
    aann_error error = {.message = ""};
    block found = {0};
    aann_family_work work = aann_family_work_default();
    const bool may_stop = looks >= 0;
    work.threads = 1;
    work.interrupted = stops;
    work.context = &looks;
    const aann_status status = aann_excerpt_search(excerpt->bytes, excerpt->size, data, &work,
                                                   &found.bytes, &found.size, &error);
    assert_true(status == AANN_OK || (may_stop && status == AANN_INTERRUPTED));
    return found;
}

static size_t take(aann_study *study, int64_t family, const block *excerpt)
{
    aann_error error;
    size_t taken = 99;
    assert_ok(aann_excerpt_take(study, family, excerpt->bytes, excerpt->size, &taken, &error));
    return taken;
}

/* The members of one process, in the order of their index. */
static void expect(aann_study *study, const aann_family_data *data)
{
    aann_error error;
    int64_t family = 0;
    aann_study *alone = open_study(":memory:", AANN_STUDY_CREATE);
    const aann_spec spec = sample_spec();
    const aann_family_plan plan = plan_of(MEMBERS);
    const aann_family_work work = aann_family_work_default();
    assert_ok(aann_family_run(alone, &spec, data, &plan, &work, &family, &error));
    aann_member_row *expected = members_of(alone, family, MEMBERS);
    aann_member_row *found = members_of(study, 1, MEMBERS);
    for (int i = 0; i < MEMBERS; i++) {
        aann_trace_row *traces[2];
        size_t marks[2];
        assert_int_equal(found[i].id, expected[i].id);
        assert_int_equal(found[i].hash, expected[i].hash);
        assert_int_equal(found[i].state, expected[i].state);
        assert_int_equal(found[i].accepted, expected[i].accepted);
        assert_true(found[i].test_accuracy == expected[i].test_accuracy);
        assert_ok(aann_study_trace(study, found[i].id, &traces[0], &marks[0], &error));
        assert_ok(aann_study_trace(alone, expected[i].id, &traces[1], &marks[1], &error));
        assert_int_equal(marks[0], marks[1]);
        aann_free(traces[0]);
        aann_free(traces[1]);
    }
    free(expected);
    free(found);
    aann_study_close(alone);
}

/* Members one at a time and together, stopped and sent again, and twice. */
static void test_there_and_back(void **state)
{
    aann_family_data *data = sample_data();
    int64_t family = 0;
    int64_t ids[MEMBERS];
    aann_study *study = new_study(state, "there.aann", MEMBERS, &family, data);
    assert_int_equal(unfinished(study, family, data, ids), MEMBERS);
    const block two = pack(study, family, &ids[1], 2);
    const block found_two = search(&two, data, -1);
    assert_int_equal(take(study, family, &found_two), 2);
    assert_int_equal(take(study, family, &found_two), 0); /* once more changes nothing */
    assert_int_equal(take(study, family, &two), 0);       /* nor do older ones */
    assert_int_equal(unfinished(study, family, data, ids), 2);
    assert_int_equal(ids[1], 4);

    const block first = pack(study, family, &ids[0], 1);
    const block stopped = search(&first, data, 0);
    take(study, family, &stopped);
    const size_t left = unfinished(study, family, data, ids);
    const block again = pack(study, family, ids, left);
    const block found = search(&again, data, -1);
    assert_int_equal(take(study, family, &found), left);
    assert_int_equal(unfinished(study, family, data, ids), 0);
    expect(study, data);
    aann_study_close(study);
    aann_free(two.bytes);
    aann_free(found_two.bytes);
    aann_free(first.bytes);
    aann_free(stopped.bytes);
    aann_free(again.bytes);
    aann_free(found.bytes);
    aann_family_data_destroy(data);
}

/* A family may grow while its members are elsewhere. */
static void test_growing(void **state)
{
    aann_error error;
    aann_family_data *data = sample_data();
    int64_t family = 0;
    int64_t ids[MEMBERS];
    aann_study *study = new_study(state, "growing.aann", 2, &family, data);
    assert_int_equal(unfinished(study, family, data, ids), 2);
    const block both = pack(study, family, ids, 2);
    const block found = search(&both, data, -1);
    assert_ok(aann_family_grow(study, family, MEMBERS, &error));
    assert_int_equal(take(study, family, &found), 2);
    assert_int_equal(unfinished(study, family, data, ids), MEMBERS - 2);
    const block rest = pack(study, family, ids, MEMBERS - 2);
    const block found_rest = search(&rest, data, -1);
    assert_int_equal(take(study, family, &found_rest), MEMBERS - 2);
    expect(study, data);
    aann_study_close(study);
    aann_free(both.bytes);
    aann_free(found.bytes);
    aann_free(rest.bytes);
    aann_free(found_rest.bytes);
    aann_family_data_destroy(data);
}

/* So may walks and connections be planned, of members that have come back. */
static void test_walking(void **state)
{
    aann_error error;
    aann_family_data *data = sample_data();
    int64_t family = 0;
    int64_t ids[MEMBERS];
    char *walked = NULL;
    char *connected = NULL;
    aann_family_row row;
    aann_study *study = new_study(state, "walking.aann", 2, &family, data);
    assert_int_equal(unfinished(study, family, data, ids), 2);
    const block first = pack(study, family, &ids[0], 1);
    const block second = pack(study, family, &ids[1], 1);
    const block found_first = search(&first, data, -1);
    const block found_second = search(&second, data, -1);
    assert_int_equal(take(study, family, &found_first), 1);
    aann_walk_plan walk = aann_walk_plan_default();
    const aann_connect_plan connection = aann_connect_plan_default();
    walk.start = ids[0];
    walk.loss = 3.0;
    assert_ok(aann_study_family(study, family, &row, &error));
    assert_ok(aann_walk_plans_add(row.options, &walk, &walked, &error));
    assert_ok(aann_connect_plan_add(walked, &connection, &connected, &error));
    assert_ok(aann_study_save_options(study, family, connected, &error));
    aann_family_row_destroy(&row);
    aann_free(walked);
    aann_free(connected);
    assert_int_equal(take(study, family, &found_second), 1);
    assert_int_equal(unfinished(study, family, data, ids), 0);
    aann_study_close(study);
    aann_free(first.bytes);
    aann_free(second.bytes);
    aann_free(found_first.bytes);
    aann_free(found_second.bytes);
    aann_family_data_destroy(data);
}

static void refuses(aann_study *study, int64_t family, const void *bytes, size_t size,
                    aann_status expected, const char *words)
{
    aann_error error = {.message = ""};
    size_t taken = 99;
    const aann_status status = aann_excerpt_take(study, family, bytes, size, &taken, &error);
    if (expected != AANN_OK) {
        assert_int_equal(status, expected);
    }
    assert_int_not_equal(status, AANN_OK);
    assert_int_equal(taken, 0);
    assert_non_null(strstr(error.message, words));
}

/* Changes a member of an excerpt through the study's own functions. */
static block forge(void **state, const block *excerpt, void (*change)(aann_member_row *row))
{
    aann_error error;
    char path[TEST_PATH];
    aann_network *network = NULL;
    int64_t id = 0;
    in_folder(state, "forged.aann", path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(excerpt->bytes, 1, excerpt->size, file), excerpt->size);
    assert_int_equal(fclose(file), 0);
    aann_study *study = open_study(path, AANN_STUDY_WRITE);
    aann_member_row *rows = NULL;
    size_t count = 0;
    assert_ok(aann_study_members(study, 0, &rows, &count, &error));
    assert_int_equal(count, 1);
    id = rows[0].id;
    assert_ok(aann_study_network(study, id, &network, &error));
    change(&rows[0]);
    assert_ok(aann_study_save_member(study, &rows[0], network, NULL, 0, NULL, 0, &error));
    aann_network_destroy(network);
    const block forged = pack(study, rows[0].family, &id, 1);
    aann_free(rows);
    aann_study_close(study);
    assert_int_equal(remove(path), 0);
    return forged;
}

static void change_index(aann_member_row *row)
{
    row->index++;
}

static void change_steps(aann_member_row *row)
{
    row->steps = 8 * TEST_STEPS + 1;
}

static void change_seed(aann_member_row *row)
{
    row->seed++;
}

static void change_accepted(aann_member_row *row)
{
    row->accepted = row->steps + 1;
}

static void change_loss(aann_member_row *row)
{
    row->train_loss = INFINITY;
}

static void change_accuracy(aann_member_row *row)
{
    row->validation_accuracy = 7.5;
}

static void change_seconds(aann_member_row *row)
{
    row->seconds = -5.0;
}

/* A member that goes on, and has nothing to go on from. */
static void change_state(aann_member_row *row)
{
    row->state = AANN_MEMBER_RUNNING;
}

static void test_strangers(void **state)
{
    aann_family_data *data = sample_data();
    int64_t family = 0;
    int64_t other_family = 0;
    int64_t ids[MEMBERS];
    aann_study *study = new_study(state, "mine.aann", MEMBERS, &family, data);
    aann_study *other = open_study(":memory:", AANN_STUDY_CREATE);
    assert_int_equal(unfinished(study, family, data, ids), MEMBERS);
    const block one = pack(study, family, ids, 1);
    const block found = search(&one, data, -1);

    refuses(study, family, "", 0, AANN_OK, "");
    refuses(study, family, "no study at all", 15, AANN_OK, "");
    refuses(study, family, found.bytes, found.size / 2, AANN_OK, "");
    refuses(study, 99, found.bytes, found.size, AANN_ERROR_NOT_FOUND, "99");
    void (*const changes[])(aann_member_row *) = {change_index,    change_steps, change_seed,
                                                  change_accepted, change_loss,  change_accuracy,
                                                  change_seconds};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const block forged = forge(state, &found, changes[i]);
        refuses(study, family, forged.bytes, forged.size, AANN_ERROR_FORMAT, "none that");
        aann_free(forged.bytes);
    }
    const block running = forge(state, &found, change_state);
    refuses(study, family, running.bytes, running.size, AANN_ERROR_FORMAT, "no checkpoint");
    aann_free(running.bytes);

    aann_error error;
    aann_family_plan plan = plan_of(MEMBERS);
    const aann_spec spec = sample_spec();
    plan.search.temperature *= 2.0;
    assert_ok(aann_family_add(other, &spec, data, &plan, &other_family, &error));
    assert_int_equal(unfinished(other, other_family, data, ids), MEMBERS);
    const block strange = pack(other, other_family, ids, 1);
    refuses(study, family, strange.bytes, strange.size, AANN_ERROR_ARGUMENT, "temperature");
    assert_int_equal(unfinished(study, family, data, ids), MEMBERS); /* nothing was stored */
    assert_int_equal(take(study, family, &found), 1);
    aann_study_close(other);
    aann_study_close(study);
    aann_free(strange.bytes);
    aann_free(one.bytes);
    aann_free(found.bytes);
    aann_family_data_destroy(data);
}

/* Samples that do not fit the network are refused before anything is searched. */
static void test_other_samples(void **state)
{
    aann_error error = {.message = ""};
    aann_family_data *data = sample_data();
    int64_t family = 0;
    int64_t ids[MEMBERS];
    aann_study *study = new_study(state, "other.aann", MEMBERS, &family, data);
    assert_int_equal(unfinished(study, family, data, ids), MEMBERS);
    const block one = pack(study, family, ids, 1);
    int8_t inputs[8] = {0};
    int32_t labels[4] = {0, 1, 0, 1};
    aann_samples few = {.shape = {2, 1, 1}, .count = 4, .inputs = inputs, .labels = labels};
    few.class_count = 2;
    aann_family_samples parts = aann_family_samples_default();
    parts.train = &few;
    aann_family_data *strange = NULL;
    assert_ok(aann_family_data_create(&parts, &strange, &error));
    const aann_family_work work = aann_family_work_default();
    void *found = &few;
    size_t size = 1;
    assert_int_equal(
        aann_excerpt_search(one.bytes, one.size, strange, &work, &found, &size, &error),
        AANN_ERROR_ARGUMENT);
    assert_null(found);
    assert_int_equal(size, 0);
    aann_study_close(study);
    aann_free(one.bytes);
    aann_family_data_destroy(strange);
    aann_family_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_there_and_back, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_growing, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_walking, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_strangers, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_other_samples, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
