/* A report whose n-th allocation fails: it is made as if nothing had been, or fails and leaves
 * nothing; the study and an earlier report stay as they were. ctest-needs: family
 *
 * ctest-timeout: 300 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aann/report.h"
#include "report/support_family.h"
#include "support/failing_memory.h"

#ifdef HAS_OTHER_MALLOC
int main(void)
{
    printf("skipped: malloc is the sanitizer's here, or another library's\n");
    return 77;
}
#else

enum { MEMBERS = 4, MADE = 1000000000 };

typedef struct fixture {
    aann_family_data *data;
    aann_study *study;
    aann_report_options options;
    char *expected; /* the JSON of a report */
} fixture;

static void set_up(fixture *f)
{
    aann_error error;
    aann_report *report = NULL;
    f->data = make_data();
    f->study = make_study(f->data, MEMBERS);
    f->options = aann_report_options_default();
    f->options.data = f->data;
    f->options.made = MADE;
    f->options.experiment = "[{\"question\": \"Why?\"}]";
    assert_ok(aann_report_create(f->study, &f->options, &report, &error));
    f->expected = strdup(aann_report_json(report));
    assert_non_null(f->expected);
    aann_report_destroy(report);
}

static void tear_down(fixture *f)
{
    free(f->expected);
    aann_study_close(f->study);
    aann_family_data_destroy(f->data);
}

/* The n-th allocation of the making of a report. */
static aann_status create(const fixture *f, long n, aann_report **report, aann_error *error)
{
    allocations = 0;
    failing = n;
    const aann_status status = aann_report_create(f->study, &f->options, report, error);
    failing = 0;
    return status;
}

static void making(void **state)
{
    (void)state;
    fixture f;
    aann_error error;
    aann_report *report = NULL;
    set_up(&f);
    assert_ok(create(&f, 0, &report, &error));
    aann_report_destroy(report);
    const long count = allocations;
    long failed = 0;
    long different = 0;
    assert_true(count > 100);
    for (long n = 1; n <= count; n++) {
        if (create(&f, n, &report, &error) != AANN_OK) {
            failed++;
            assert_null(report);
            assert_true(error.message[0] != '\0');
            continue;
        }
        different += strcmp(aann_report_json(report), f.expected) != 0;
        aann_report_destroy(report);
    }
    print_message("%ld allocations, %ld reports failed, %ld different\n", count, failed, different);
    assert_true(failed > 50);
    assert_int_equal(different, 0);
    assert_ok(create(&f, 0, &report, &error)); /* with memory again */
    assert_string_equal(aann_report_json(report), f.expected);
    aann_report_destroy(report);
    tear_down(&f);
}

/* Reads a file of less than `size` bytes. */
static void read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void saving(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    fixture f;
    aann_error error;
    aann_report *report = NULL;
    const aann_report_live live = {.running = true, .refresh_seconds = 5.0};
    char path[] = "/tmp/aann-report-XXXXXX";
    char *before = malloc(SIZE);
    char *after = malloc(SIZE);
    assert_non_null(before);
    assert_non_null(after);
    close(mkstemp(path));
    set_up(&f);
    assert_ok(create(&f, 0, &report, &error));
    assert_ok(aann_report_save(report, path, NULL, &error));
    read_file(path, before, SIZE);
    long failed = 0;
    allocations = LONG_MAX;
    for (long n = 1; allocations >= n; n++) {
        assert_ok(aann_report_save(report, path, NULL, &error));
        allocations = 0;
        failing = n;
        const aann_status status = aann_report_save(report, path, &live, &error);
        failing = 0;
        read_file(path, after, SIZE);
        failed += status != AANN_OK;
        if (status != AANN_OK) {
            assert_string_equal(after, before);
        } else {
            assert_non_null(strstr(after, "\"live\":{\"running\":true,\"refresh_seconds\":5}"));
        }
    }
    assert_true(failed > 3);
    unlink(path);
    free(before);
    free(after);
    aann_report_destroy(report);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(making),
        cmocka_unit_test(saving),
    };
    return cmocka_run_group_tests_name("report: without memory", tests, NULL, NULL);
}
#endif
