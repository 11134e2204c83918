/* What is stored comes back, to the bit: families, members, weights, traces, checkpoints; and what
 * makes no sense is refused. */
#include "study/support.h"

#include "study/database.h"

/* The texts of a family, with letters that SQL and JSON care about. */
static void fill_family(aann_family_row *family, char *canonical)
{
    static char name[] = "it's \"mnist\"; DROP TABLE family; --";
    static char task[] = "classification";
    static char data[] = "{\"train\":\"m\xc3\xa4nnlich\"}";
    static char options[] = "";
    static char software[] = "0.1.0";
    *family = (aann_family_row){.name = name,
                                .task = task,
                                .spec = canonical,
                                .input = test_input,
                                .excitatory_share = 0.625,
                                .data = data,
                                .options = options,
                                .software = software};
}

static void canonical_spec(char *canonical)
{
    aann_spec spec;
    assert_int_equal(aann_spec_parse(test_spec, test_input, &spec, NULL), AANN_OK);
    assert_int_equal(aann_spec_format(&spec, canonical, AANN_MAX_SPEC_LENGTH, NULL), AANN_OK);
}

static void test_family(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    char canonical[AANN_MAX_SPEC_LENGTH];
    canonical_spec(canonical);
    aann_family_row family;
    fill_family(&family, canonical);
    assert_ok(aann_study_add_family(study, &family, &error));
    assert_int_equal(family.id, 1);
    assert_true(family.created > 1600000000);
    assert_int_equal(add_family(study), 2);
    aann_study_close(study);

    study = open_study(area->path, AANN_STUDY_READ);
    aann_family_row *families = NULL;
    size_t count = 0;
    assert_ok(aann_study_families(study, &families, &count, &error));
    assert_int_equal(count, 2);
    assert_int_equal(families[0].id, 1);
    assert_string_equal(families[0].name, family.name);
    assert_string_equal(families[0].task, family.task);
    assert_string_equal(families[0].spec, canonical);
    assert_memory_equal(&families[0].input, &test_input, sizeof test_input);
    assert_true(families[0].excitatory_share == 0.625);
    assert_string_equal(families[0].data, family.data);
    assert_string_equal(families[0].options, "");
    assert_string_equal(families[0].software, family.software);
    assert_true(families[0].created == family.created);
    assert_string_equal(families[1].name, "test");
    aann_family_rows_destroy(families, count);

    aann_family_row second;
    assert_ok(aann_study_family(study, 2, &second, &error));
    assert_string_equal(second.name, "test");
    aann_family_row_destroy(&second);
    assert_int_equal(aann_study_family(study, 3, &second, &error), AANN_ERROR_NOT_FOUND);
    assert_one_line(&error, "has no family 3");
    aann_study_close(study);
}

static void test_family_refused(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    char canonical[AANN_MAX_SPEC_LENGTH];
    canonical_spec(canonical);
    aann_family_row family;

    fill_family(&family, canonical);
    family.options = NULL;
    assert_int_equal(aann_study_add_family(study, &family, &error), AANN_ERROR_ARGUMENT);

    char other[] = "3C3-MP2-5"; /* right, but not canonical: the sparsity is missing */
    fill_family(&family, other);
    assert_int_equal(aann_study_add_family(study, &family, &error), AANN_ERROR_ARGUMENT);
    assert_one_line(&error, canonical);

    char nonsense[] = "3C3-";
    fill_family(&family, nonsense);
    assert_int_equal(aann_study_add_family(study, &family, &error), AANN_ERROR_ARGUMENT);

    assert_int_equal(family.id, 0);
    size_t count = 1;
    aann_family_row *families = NULL;
    assert_ok(aann_study_families(study, &families, &count, &error));
    assert_int_equal(count, 0);
    aann_study_close(study);
}

static void assert_same_double(double a, double b)
{
    assert_true((isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0);
}

static void assert_same_member(const aann_member_row *a, const aann_member_row *b)
{
    assert_true(a->id == b->id && a->family == b->family && a->index == b->index &&
                a->seed == b->seed);
    assert_int_equal(a->state, b->state);
    assert_string_equal(a->origin, b->origin);
    assert_true(a->parent == b->parent && a->swaps_from_parent == b->swaps_from_parent);
    assert_true(a->steps == b->steps && a->accepted == b->accepted && a->hash == b->hash);
    assert_same_double(a->train_loss, b->train_loss);
    assert_same_double(a->train_accuracy, b->train_accuracy);
    assert_same_double(a->validation_loss, b->validation_loss);
    assert_same_double(a->validation_accuracy, b->validation_accuracy);
    assert_same_double(a->test_loss, b->test_loss);
    assert_same_double(a->test_accuracy, b->test_accuracy);
    assert_same_double(a->seconds, b->seconds);
}

/* Every field at an end of its range somewhere. */
static aann_member_row extreme_member(int64_t family)
{
    return (aann_member_row){.family = family,
                             .index = INT64_MAX,
                             .seed = UINT64_MAX,
                             .state = AANN_MEMBER_FAILED,
                             .origin = "thirty-one letters, to the full",
                             .parent = 1,
                             .swaps_from_parent = 12345,
                             .steps = (uint64_t)1 << 63,
                             .accepted = 17,
                             .train_loss = 0.1,
                             .train_accuracy = 1.0 / 3.0,
                             .validation_loss = (double)INFINITY,
                             .validation_accuracy = (double)NAN,
                             .test_loss = -0.0,
                             .test_accuracy = 4.9e-324,
                             .seconds = 1e9};
}

static void test_member(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    const int64_t family = add_family(study);
    const aann_member_row first = add_member(study, family, 0);
    assert_int_equal(first.id, 1);
    aann_member_row second = extreme_member(family);
    aann_network *network = make_network(1, 2);
    assert_ok(aann_study_add_member(study, &second, network, &error));
    assert_int_equal(second.id, 2);
    assert_true(second.hash == aann_network_hash(network));
    aann_study_close(study);

    study = open_study(area->path, AANN_STUDY_READ);
    aann_member_row *members = NULL;
    size_t count = 0;
    assert_ok(aann_study_members(study, family, &members, &count, &error));
    assert_int_equal(count, 2);
    assert_same_member(&members[0], &first);
    second.test_loss =
        members[1].test_loss == 0 ? members[1].test_loss : 1; /* SQLite keeps -0.0 as 0.0 */
    assert_same_member(&members[1], &second);
    free(members);

    aann_network *loaded = NULL;
    assert_ok(aann_study_network(study, 2, &loaded, &error));
    const aann_spec *spec = aann_network_spec(loaded);
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        assert_memory_equal(aann_network_weights(loaded, layer),
                            aann_network_weights(network, layer),
                            (size_t)spec->layers[layer].weight_count);
    }
    aann_network_destroy(loaded);
    aann_network_destroy(network);
    aann_study_close(study);
}

static void test_save(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    const int64_t family = add_family(study);
    aann_member_row member = add_member(study, family, 0);
    const aann_member_row other = add_member(study, family, 1);
    aann_network *network = make_network(99, 3);
    const aann_trace_row rows[] = {{.step = 100,
                                    .seconds = 0.5,
                                    .temperature = 1e-4,
                                    .train_loss = 0.7,
                                    .train_accuracy = 0.8,
                                    .validation_loss = (double)NAN,
                                    .validation_accuracy = (double)NAN,
                                    .accepted = 5,
                                    .evaluated_samples = 6400},
                                   {.step = 200,
                                    .seconds = 1.5,
                                    .temperature = 0,
                                    .train_loss = 0.6,
                                    .train_accuracy = 0.9,
                                    .validation_loss = 0.65,
                                    .validation_accuracy = 0.85,
                                    .accepted = 9,
                                    .evaluated_samples = UINT64_MAX}};
    const char checkpoint[] = "any bytes\0with a zero";
    member.steps = 200;
    member.train_loss = 0.6;
    assert_ok(aann_study_save_member(study, &member, network, checkpoint, sizeof checkpoint, rows,
                                     2, &error));
    assert_true(member.hash == aann_network_hash(network));

    aann_member_row stored;
    assert_ok(aann_study_member(study, member.id, &stored, &error));
    assert_same_member(&stored, &member);
    assert_ok(aann_study_member(study, other.id, &stored, &error));
    assert_same_member(&stored, &other);

    void *bytes = NULL;
    size_t size = 0;
    assert_ok(aann_study_checkpoint(study, member.id, &bytes, &size, &error));
    assert_int_equal(size, sizeof checkpoint);
    assert_memory_equal(bytes, checkpoint, sizeof checkpoint);
    free(bytes);

    aann_trace_row *trace = NULL;
    size_t count = 0;
    assert_ok(aann_study_trace(study, member.id, &trace, &count, &error));
    assert_int_equal(count, 2);
    assert_true(trace[0].step == 100 && trace[1].step == 200);
    assert_true(isnan(trace[0].validation_loss) && trace[1].validation_loss == 0.65);
    assert_true(trace[0].temperature == 1e-4 && trace[0].accepted == 5 &&
                trace[0].evaluated_samples == 6400);
    assert_true(trace[1].evaluated_samples == UINT64_MAX);
    free(trace);

    aann_network *loaded = NULL;
    assert_ok(aann_study_network(study, member.id, &loaded, &error));
    assert_true(aann_network_hash(loaded) == member.hash);
    aann_network_destroy(loaded);
    aann_network_destroy(network);
    aann_study_close(study);
}

/* An empty checkpoint is one; none is another thing; a row of the same step takes the place of the
 * old one. */
static void test_checkpoint_and_trace_replaced(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    aann_member_row member = add_member(study, add_family(study), 0);
    aann_network *network = make_network(7, 0);
    void *bytes = NULL;
    size_t size = 1;
    assert_ok(aann_study_checkpoint(study, member.id, &bytes, &size, &error));
    assert_null(bytes);
    assert_int_equal(size, 0);

    aann_trace_row row = {.step = 10, .train_loss = 1};
    assert_ok(aann_study_save_member(study, &member, network, "", 0, &row, 1, &error));
    assert_ok(aann_study_checkpoint(study, member.id, &bytes, &size, &error));
    assert_non_null(bytes);
    assert_int_equal(size, 0);
    free(bytes);

    row.train_loss = 2;
    member.state = AANN_MEMBER_DONE;
    assert_ok(aann_study_save_member(study, &member, network, NULL, 0, &row, 1, &error));
    assert_ok(aann_study_checkpoint(study, member.id, &bytes, &size, &error));
    assert_null(bytes);
    aann_trace_row *trace = NULL;
    size_t count = 0;
    assert_ok(aann_study_trace(study, member.id, &trace, &count, &error));
    assert_int_equal(count, 1);
    assert_true(trace[0].train_loss == 2);
    free(trace);
    aann_network_destroy(network);
    aann_study_close(study);
}

static void test_not_found(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    aann_network *network = make_network(7, 0);
    aann_member_row member = new_member(5, 0);
    assert_int_equal(aann_study_add_member(study, &member, network, &error), AANN_ERROR_NOT_FOUND);
    assert_one_line(&error, "has no family 5");
    assert_int_equal(member.id, 0);

    const int64_t family = add_family(study);
    aann_member_row *members = NULL;
    size_t count = 1;
    assert_ok(aann_study_members(study, family, &members, &count, &error));
    assert_int_equal(count, 0);
    assert_int_equal(aann_study_members(study, 9, &members, &count, &error), AANN_ERROR_NOT_FOUND);

    member = new_member(family, 0);
    member.id = 3;
    assert_int_equal(aann_study_save_member(study, &member, network, NULL, 0, NULL, 0, &error),
                     AANN_ERROR_NOT_FOUND);
    assert_one_line(&error, "has no member 3");
    aann_network *loaded = NULL;
    void *bytes = NULL;
    size_t size = 0;
    aann_trace_row *trace = NULL;
    assert_int_equal(aann_study_member(study, 3, &member, &error), AANN_ERROR_NOT_FOUND);
    assert_int_equal(aann_study_network(study, 3, &loaded, &error), AANN_ERROR_NOT_FOUND);
    assert_int_equal(aann_study_checkpoint(study, 3, &bytes, &size, &error), AANN_ERROR_NOT_FOUND);
    assert_int_equal(aann_study_trace(study, 3, &trace, &count, &error), AANN_ERROR_NOT_FOUND);
    aann_network_destroy(network);
    aann_study_close(study);
}

/* Several at once: all of them or none; options in place of older ones. */
static void test_together(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    const int64_t family = add_family(study);
    aann_member_row old = add_member(study, family, 0);
    aann_network *network = make_network(7, 3);
    aann_member_row fresh[2] = {new_member(family, 1), new_member(family, 2)};
    fresh[1].parent = old.id;
    old.steps = 77;
    const aann_trace_row row = {.step = 5};
    aann_member_record records[3] = {
        {.member = &old, .network = network, .rows = &row, .row_count = 1},
        {.member = &fresh[0], .network = network, .state = "abc", .state_size = 3},
        {.member = &fresh[1], .network = network},
    };
    fresh[1].family = family + 5; /* the last one cannot be stored */
    assert_int_equal(aann_study_save_members(study, records, 3, &error), AANN_ERROR_NOT_FOUND);
    assert_true(fresh[0].id == 0 && fresh[1].id == 0);
    aann_member_row loaded;
    assert_ok(aann_study_member(study, old.id, &loaded, &error));
    assert_int_not_equal(loaded.steps, 77);
    assert_int_equal(count_members(area->path), 1);
    fresh[1].family = family;
    assert_ok(aann_study_save_members(study, records, 3, &error));
    assert_true(fresh[0].id > old.id && fresh[1].id > fresh[0].id);
    assert_ok(aann_study_member(study, fresh[1].id, &loaded, &error));
    assert_same_member(&loaded, &fresh[1]);
    void *bytes = NULL;
    size_t size = 0;
    assert_ok(aann_study_checkpoint(study, fresh[0].id, &bytes, &size, &error));
    assert_int_equal(size, 3);
    free(bytes);
    assert_ok(aann_study_save_members(study, NULL, 0, &error));

    assert_ok(aann_study_save_options(study, family, "{\"new\":1}", &error));
    aann_family_row stored;
    assert_ok(aann_study_family(study, family, &stored, &error));
    assert_string_equal(stored.options, "{\"new\":1}");
    aann_family_row_destroy(&stored);
    assert_int_equal(aann_study_save_options(study, 9, "{}", &error), AANN_ERROR_NOT_FOUND);
    assert_one_line(&error, "has no family 9");
    aann_network_destroy(network);
    aann_study_close(study);
}

/* A failed call changes nothing: neither the file nor the member. */
static void test_member_refused(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    const int64_t family = add_family(study);
    aann_member_row member = add_member(study, family, 0);
    const aann_member_row before = member;

    aann_spec spec;
    assert_ok(aann_spec_parse("4C3-MP2-5", test_input, &spec, &error));
    aann_network *stranger = NULL;
    assert_ok(aann_network_create(&spec, &stranger, &error));
    aann_network_randomise(stranger, 1, 1);
    aann_member_row added = new_member(family, 1);
    assert_int_equal(aann_study_add_member(study, &added, stranger, &error), AANN_ERROR_ARGUMENT);
    assert_one_line(&error, "does not belong");
    const aann_trace_row row = {.step = 1};
    assert_int_equal(aann_study_save_member(study, &member, stranger, "x", 1, &row, 1, &error),
                     AANN_ERROR_ARGUMENT);
    assert_same_member(&member, &before);
    aann_network_destroy(stranger);

    aann_network *network = make_network(8, 8);
    added.state = (aann_member_state)3;
    assert_int_equal(aann_study_add_member(study, &added, network, &error), AANN_ERROR_ARGUMENT);
    added = new_member(family, 1);
    memset(added.origin, 'x', sizeof added.origin);
    assert_int_equal(aann_study_add_member(study, &added, network, &error), AANN_ERROR_ARGUMENT);
    added = new_member(family, 1);
    added.parent = 77; /* nobody: refused by the foreign key */
    assert_int_equal(aann_study_add_member(study, &added, network, &error), AANN_ERROR_ARGUMENT);
    assert_int_equal(added.id, 0);
    member.seconds = (double)NAN; /* fails in the middle of the transaction */
    assert_int_equal(aann_study_save_member(study, &member, network, "x", 1, &row, 1, &error),
                     AANN_ERROR_ARGUMENT);
    aann_network_destroy(network);

    aann_member_row stored;
    assert_ok(aann_study_member(study, before.id, &stored, &error));
    assert_same_member(&stored, &before);
    aann_trace_row *trace = NULL;
    size_t count = 1;
    assert_ok(aann_study_trace(study, before.id, &trace, &count, &error));
    assert_int_equal(count, 0);
    aann_study_close(study);
    assert_int_equal(count_members(area->path), 1);
}

static void test_reader_cannot_write(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    make_study(area, 1);
    aann_study *study = open_study(area->path, AANN_STUDY_READ);
    aann_network *network = make_network(8, 8);
    aann_member_row member = new_member(1, 1);
    assert_int_equal(aann_study_add_member(study, &member, network, &error), AANN_ERROR_ARGUMENT);
    assert_one_line(&error, "for reading only");
    /* Not even behind the API's back. */
    assert_int_not_equal(sqlite3_exec(study->database, "DELETE FROM weights", NULL, NULL, NULL),
                         SQLITE_OK);
    aann_network_destroy(network);
    aann_study_close(study);
}

/* Many members: the arrays grow, the order holds. */
static void test_many(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    make_study(area, 100);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    const int64_t second = add_family(study);
    add_member(study, second, 0);
    aann_member_row *members = NULL;
    size_t count = 0;
    assert_ok(aann_study_members(study, 1, &members, &count, &error));
    assert_int_equal(count, 100);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(members[i].id, i + 1);
        assert_int_equal(members[i].index, i);
    }
    free(members);
    assert_ok(aann_study_members(study, 0, &members, &count, &error));
    assert_int_equal(count, 101);
    assert_int_equal(members[100].family, second);
    free(members);
    aann_study_close(study);
}

/* Closed by everybody, a study is one file: no log, no index, no lock. */
static void test_one_file(void **state)
{
    const scratch *area = *state;
    make_study(area, 2);
    assert_int_equal(count_members(area->path), 2);
    static const char *const suffixes[] = {"-wal", "-shm", "-journal", "-lock"};
    for (size_t i = 0; i < 4; i++) {
        char path[PATH_SIZE + 16];
        snprintf(path, sizeof path, "%s%s", area->path, suffixes[i]);
        assert_int_not_equal(access(path, F_OK), 0);
    }
}

/* Calls between a begin and a finish appear together, or not at all. */
static void test_one_transaction(void **state)
{
    const scratch *area = *state;
    aann_error error = {0};
    make_study(area, 1);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    assert_ok(aann_study_begin(study, &error));
    add_member(study, 1, 1);
    assert_int_equal(count_members(area->path), 1); /* a reader does not see half of it */
    add_member(study, 1, 2);
    assert_ok(aann_study_finish(study, AANN_OK, &error));
    assert_int_equal(count_members(area->path), 3);

    assert_ok(aann_study_begin(study, &error));
    add_member(study, 1, 3);
    aann_member_row nobody = {.family = 77, .origin = "search"};
    aann_network *network = make_network(1, 1);
    assert_int_not_equal(aann_study_add_member(study, &nobody, network, &error), AANN_OK);
    aann_network_destroy(network);
    /* Also where the caller forgot that a part has failed. */
    assert_int_not_equal(aann_study_finish(study, AANN_OK, &error), AANN_OK);
    assert_int_equal(count_members(area->path), 3);
    add_member(study, 1, 3);
    assert_int_equal(count_members(area->path), 4);
    aann_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_family, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_family_refused, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_member, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_save, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_checkpoint_and_trace_replaced, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_not_found, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_together, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_member_refused, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_reader_cannot_write, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_many, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_one_transaction, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_one_file, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: contents", tests, NULL, NULL);
}
