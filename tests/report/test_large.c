/* Families of a hundred and of a thousand members: what is shown, how large the page is, and that the
 * making ends soon when it is asked to. ctest-needs: family */
#include <jansson.h>

#include "aann/report.h"
#include "family/family_test.h"

enum { SAMPLES = 300, VALUES = 16, CLASSES = 3 };

static const aann_shape shape = {VALUES, 1, 1};

static void make_samples(int8_t *inputs, int32_t *labels, int32_t first)
{
    for (int32_t i = 0; i < SAMPLES; i++) {
        for (int32_t v = 0; v < VALUES; v++) {
            inputs[i * VALUES + v] = (int8_t)(((i + first) * (v + 3) * 31 + v * v) % 255 - 127);
        }
        labels[i] = (i + first) % CLASSES;
    }
}

static aann_family_data *make_data(void)
{
    static int8_t inputs[2][SAMPLES * VALUES];
    static int32_t labels[2][SAMPLES];
    aann_error error;
    aann_samples samples[2];
    aann_family_samples given = aann_family_samples_default();
    aann_family_data *data = NULL;
    for (int32_t i = 0; i < 2; i++) {
        make_samples(inputs[i], labels[i], 1000 * i);
        samples[i] = (aann_samples){.shape = shape,
                                    .count = SAMPLES,
                                    .inputs = inputs[i],
                                    .labels = labels[i],
                                    .class_count = CLASSES};
    }
    given.train = &samples[0];
    given.test = &samples[1];
    assert_ok(aann_family_data_create(&given, &data, &error));
    return data;
}

/* Random networks as finished members: a search would find better ones, and take longer. */
static aann_study *make_study(const aann_family_data *data, int32_t count)
{
    enum { STEPS = 1000, ROWS = 20 };
    aann_error error;
    aann_spec spec;
    aann_network *network = NULL;
    aann_family_plan plan = aann_family_plan_default();
    int64_t id = 0;
    plan.name = "many";
    plan.members = 1;
    plan.search.steps = STEPS;
    assert_ok(aann_spec_parse("12-8-3", shape, &spec, &error));
    aann_study *study = NULL;
    assert_ok(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error));
    assert_ok(aann_family_add(study, &spec, data, &plan, &id, &error));
    aann_member_row *rows = calloc((size_t)count, sizeof *rows);
    aann_member_record *records = calloc((size_t)count, sizeof *records);
    aann_trace_row *trace = calloc(ROWS, sizeof *trace);
    assert_non_null(rows);
    assert_non_null(records);
    assert_non_null(trace);
    for (int32_t r = 0; r < ROWS; r++) {
        trace[r] = (aann_trace_row){.step = (uint64_t)(r + 1) * (STEPS / ROWS),
                                    .temperature = 0.01,
                                    .train_loss = 2.0 / (r + 2),
                                    .train_accuracy = 0.5,
                                    .accepted = (uint64_t)r * 10};
    }
    assert_ok(aann_network_create(&spec, &network, &error));
    for (int32_t i = 0; i < count; i++) {
        rows[i] = (aann_member_row){.family = id,
                                    .index = i + 1,
                                    .seed = 1,
                                    .state = AANN_MEMBER_DONE,
                                    .origin = "search",
                                    .steps = STEPS,
                                    .accepted = 190,
                                    .train_loss = 0.1,
                                    .train_accuracy = 0.5,
                                    .validation_loss = (double)NAN,
                                    .validation_accuracy = (double)NAN,
                                    .test_loss = 0.2,
                                    .test_accuracy = (double)((i + 20) % count) / count,
                                    .seconds = 1.0};
        assert_ok(aann_network_copy(network, (aann_network **)&records[i].network, &error));
        aann_network_randomise((aann_network *)records[i].network, 7, (uint64_t)i);
        records[i].member = &rows[i];
        records[i].rows = trace;
        records[i].row_count = ROWS;
    }
    assert_ok(aann_study_save_members(study, records, (size_t)count, &error));
    for (int32_t i = 0; i < count; i++) {
        aann_network_destroy((aann_network *)records[i].network);
    }
    aann_network_destroy(network);
    free(rows);
    free(records);
    free(trace);
    return study;
}

static json_t *read_json(const aann_report *report)
{
    json_error_t problem;
    json_t *found = json_loads(aann_report_json(report), 0, &problem);
    assert_non_null(found);
    return found;
}

static size_t size_of(const json_t *object, const char *part, const char *key)
{
    return json_array_size(json_object_get(json_object_get(object, part), key));
}

/* The best member is shown in every part, however late it was found. */
static void assert_best_is_everywhere(const json_t *found, int64_t best)
{
    static const char *const parts[] = {"distances", "confusion", "weights",
                                        "wiring",    "samples",   "errors"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const json_t *ids = json_object_get(json_object_get(found, parts[i]), "id");
        bool there = false;
        for (size_t m = 0; m < json_array_size(ids); m++) {
            there = there || json_integer_value(json_array_get(ids, m)) == best;
        }
        if (!there) {
            fail_msg("%s does not show member %lld", parts[i], (long long)best);
        }
    }
    const json_t *wired = json_object_get(json_object_get(found, "wiring"), "id");
    assert_int_equal(json_integer_value(json_array_get(wired, 0)), best);
}

static int64_t best_member(const json_t *found)
{
    const json_t *list = json_object_get(json_object_get(found, "members"), "list");
    double highest = -1.0;
    int64_t best = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *member = json_array_get(list, i);
        const json_t *score = json_object_get(member, "test");
        if (json_is_number(score) && json_number_value(score) > highest) {
            highest = json_number_value(score);
            best = json_integer_value(json_object_get(member, "id"));
        }
    }
    return best;
}

static void check(int32_t count)
{
    enum { MEGABYTES = 3 };
    aann_error error;
    aann_family_data *data = make_data();
    aann_study *study = make_study(data, count);
    aann_report_options options = aann_report_options_default();
    aann_report *report = NULL;
    char *page = NULL;
    size_t size = 0;
    options.data = data;
    options.threads = 2;
    assert_ok(aann_report_create(study, &options, &report, &error));
    assert_ok(aann_report_page(report, NULL, &page, &size, &error));
    assert_true(size == strlen(page) && size < MEGABYTES * 1000000);
    json_t *found = read_json(report);
    assert_int_equal(size_of(found, "members", "list"), count + 1); /* and one that has not begun */
    assert_int_equal(size_of(found, "map", "x"), count);
    assert_int_equal(size_of(found, "distances", "raw"),
                     AANN_REPORT_COMPARED * AANN_REPORT_COMPARED);
    assert_int_equal(size_of(found, "confusion", "counts"), AANN_REPORT_COMPARED);
    assert_int_equal(size_of(found, "errors", "id"),
                     count < AANN_REPORT_VOTERS ? count : AANN_REPORT_VOTERS);
    assert_int_equal(size_of(found, "wiring", "id"), AANN_REPORT_WIRED);
    assert_int_equal(size_of(found, "traces", "members"), AANN_REPORT_WIRED);
    const json_t *bands = json_object_get(json_object_get(found, "traces"), "bands");
    assert_int_equal(json_integer_value(json_object_get(bands, "members")), count);
    assert_true(size_of(bands, "loss", "q50") > 10);
    assert_best_is_everywhere(found, best_member(found));
    json_decref(found);
    aann_free(page);
    aann_report_destroy(report);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

static void a_hundred(void **state)
{
    (void)state;
    check(100);
}

static void a_thousand(void **state)
{
    (void)state;
    check(1000);
}

/* ---- being interrupted ----------------------------------------------------------------------- */

typedef struct asked {
    int32_t count;
    int32_t limit;
    int32_t told;
} asked;

static bool asks(void *context)
{
    asked *a = context;
    return ++a->count >= a->limit;
}

static void tells(void *context, const char *what, double share)
{
    asked *a = context;
    assert_non_null(what);
    assert_true(share >= 0.0 && share <= 1.0);
    a->told++;
}

/* At every place where it asks. */
static void it_can_be_interrupted(void **state)
{
    (void)state;
    aann_error error;
    aann_family_data *data = make_data();
    aann_study *study = make_study(data, 5);
    aann_report_options options = aann_report_options_default();
    asked a = {.limit = INT32_MAX};
    aann_report *report = NULL;
    options.data = data;
    options.interrupted = asks;
    options.progress = tells;
    options.context = &a;
    assert_ok(aann_report_create(study, &options, &report, &error));
    aann_report_destroy(report);
    const int32_t places = a.count;
    assert_true(places > 10 && a.told == places);
    for (int32_t place = 1; place <= places; place++) {
        a = (asked){.limit = place};
        assert_int_equal(aann_report_create(study, &options, &report, &error), AANN_INTERRUPTED);
        assert_null(report);
        assert_int_equal(a.count, place); /* and it does not ask again */
    }
    aann_study_close(study);
    aann_family_data_destroy(data);
}

static void wrong_arguments(void **state)
{
    (void)state;
    aann_error error;
    aann_family_data *data = make_data();
    aann_study *study = make_study(data, 2);
    aann_report *report = NULL;
    aann_report_options options = aann_report_options_default();
    options.data = data;
    options.split = "validation";
    assert_int_equal(aann_report_create(study, &options, &report, &error), AANN_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "has no validation split"));
    options.split = NULL;
    options.threads = 0;
    assert_int_equal(aann_report_create(study, &options, &report, &error), AANN_ERROR_ARGUMENT);
    options.threads = 1;
    options.experiment = "[1, 2";
    assert_int_equal(aann_report_create(study, &options, &report, &error), AANN_ERROR_ARGUMENT);
    options.experiment = "[{\"question\": \"</script>\"}]";
    assert_ok(aann_report_create(study, &options, &report, &error));
    assert_non_null(strstr(aann_report_json(report), "\\u003c/script\\u003e"));
    assert_null(strchr(aann_report_json(report), '<'));
    aann_report_destroy(report);
    aann_report_destroy(NULL);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred),
        cmocka_unit_test(a_thousand),
        cmocka_unit_test(it_can_be_interrupted),
        cmocka_unit_test(wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
