/* Families of a hundred and of a thousand members: what is shown, how large the page is, and that the
 * making ends soon when it is asked to. ctest-needs: family */
#include <jansson.h>

#include "aann/report.h"
#include "report/support_family.h"

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

/* On the training set: there is no validation split, and the test set chooses nothing. */
static int64_t best_member(const json_t *found)
{
    const json_t *list = json_object_get(json_object_get(found, "members"), "list");
    double highest = -1.0;
    int64_t best = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *member = json_array_get(list, i);
        const json_t *score = json_object_get(member, "train");
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

typedef struct reading {
    double last; /* share of the members */
    bool is_comparing;
} reading;

static void notes(void *context, const char *what, double share)
{
    reading *r = context;
    r->is_comparing = strcmp(what, "comparing wirings") == 0;
    r->last = strcmp(what, "reading members") == 0 ? share : r->last;
}

static bool compares(void *context)
{
    const reading *r = context;
    return r->is_comparing;
}

/* Members that are all in memory together, in matrices of that many rows, are the first ones. It
 * ends before the map, which takes seconds. */
static void more_than_are_shown(void **state)
{
    (void)state;
    enum { MORE = AANN_REPORT_MEMBERS + 1000, EVERY = 16 };
    aann_error error;
    aann_family_data *data = make_data();
    aann_study *study = make_study(data, MORE);
    aann_report_options options = aann_report_options_default();
    aann_report *report = NULL;
    reading r = {.last = -1.0};
    options.progress = notes;
    options.interrupted = compares;
    options.context = &r;
    assert_int_equal(aann_report_create(study, &options, &report, &error), AANN_INTERRUPTED);
    assert_true(r.is_comparing);
    const double members = (AANN_REPORT_MEMBERS - 1) / EVERY * EVERY;
    assert_float_equal(r.last, members / AANN_REPORT_MEMBERS, 1e-12);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* Data of another family: more classes than outputs, other inputs, numbers instead of classes. */
static void other_data(void **state)
{
    (void)state;
    aann_error error;
    aann_family_data *data = make_data();
    aann_study *study = make_study(data, 2);
    aann_report *report = NULL;
    aann_report_options options = aann_report_options_default();
    static int8_t inputs[SAMPLES * VALUES];
    static int32_t labels[SAMPLES];
    static float targets[SAMPLES * CLASSES];
    make_samples(inputs, labels, 0);
    labels[7] = CLASSES;
    const aann_samples others[] = {
        {.shape = shape, .labels = labels, .class_count = CLASSES + 1},
        {.shape = {VALUES / 2, 1, 1}, .labels = labels, .class_count = CLASSES + 1},
        {.shape = shape, .targets = targets, .target_count = CLASSES},
    };
    static const char *const expected[] = {"classes up to 3", "samples are 8x1x1",
                                           "answers with classes"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        aann_samples samples = others[i];
        aann_family_samples given = aann_family_samples_default();
        aann_family_data *other = NULL;
        samples.count = SAMPLES;
        samples.inputs = inputs;
        given.train = &samples;
        given.test = &samples;
        assert_ok(aann_family_data_create(&given, &other, &error));
        options.data = other;
        assert_int_equal(aann_report_create(study, &options, &report, &error), AANN_ERROR_ARGUMENT);
        assert_null(report);
        assert_non_null(strstr(error.message, expected[i]));
        aann_family_data_destroy(other);
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
        cmocka_unit_test(a_hundred),           cmocka_unit_test(a_thousand),
        cmocka_unit_test(more_than_are_shown), cmocka_unit_test(it_can_be_interrupted),
        cmocka_unit_test(other_data),          cmocka_unit_test(wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
