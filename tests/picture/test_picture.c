/* Pictures: the right kind of file, the same bytes again from another process whose locale has a
 * decimal comma, and one line where it fails.
 *
 * With arguments, draws one of each kind into the folder: test_picture FOLDER ENDING [LOCALE]. The
 * test runs itself twice like that, since what cairo numbers in a process shall not show in a file;
 * LOCALE is a folder for a locale, see comma_locale.h. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "aann/picture.h"
#include "support/comma_locale.h"
#include "support/test.h"

static const char *const kinds[] = {"lines", "histogram", "matrix", "map", "bars"};
enum { KINDS = 5, PATH_SIZE = 512, POINTS = 60, ROWS = 30 };

static char program[PATH_SIZE];

static aann_status draw_lines(const char *path, aann_error *error)
{
    double x[POINTS], y[POINTS], low[POINTS], high[POINTS], other[POINTS];
    for (int i = 0; i < POINTS; i++) {
        x[i] = 100.0 * i;
        y[i] = 98.0 - 60.0 / (1 + i);
        low[i] = y[i] - 0.5 - 10.0 / (1 + i);
        high[i] = y[i] + 0.5;
        other[i] = i % 7 == 0 ? (double)NAN : 90.0 - 50.0 / (1 + i);
    }
    const aann_picture_series series[3] = {
        {.name = "ensemble", .x = x, .y = y, .low = low, .high = high, .count = POINTS},
        {.name = "single members", .x = x, .y = other, .count = POINTS, .mark = AANN_MARK_DASHES},
        {.name = "measured", .x = x, .y = low, .count = 9, .mark = AANN_MARK_POINTS}};
    const aann_picture_frame frame = {.title = "Accuracy against size",
                                      .subtitle = "a subtitle, with numbers: 1 to 60",
                                      .x_label = "candidates",
                                      .y_label = "accuracy (%)"};
    return aann_picture_lines(path, &frame, series, 3, error);
}

static aann_status draw_histogram(const char *path, aann_error *error)
{
    int64_t counts[25];
    for (int i = 0; i < 25; i++) {
        counts[i] = (int64_t)lround(300.0 * exp(-0.02 * (i - 12) * (i - 12)));
    }
    const aann_picture_line lines[2] = {{"chance: mean 5,480", 5480.0}, {"another line", 5100.0}};
    const aann_picture_frame frame = {.title = "Distances", .x_label = "weights that differ"};
    return aann_picture_histogram(path, &frame, counts, 25, 5050.0, 5300.0, lines, 2, error);
}

static aann_status draw_matrix(const char *path, aann_error *error)
{
    double values[ROWS * ROWS];
    int32_t order[ROWS];
    for (int i = 0; i < ROWS * ROWS; i++) {
        values[i] = i / ROWS == i % ROWS ? 0.0 : 5000.0 + 20.0 * abs(i / ROWS - i % ROWS);
    }
    for (int i = 0; i < ROWS; i++) {
        order[i] = (i * 7 + 3) % ROWS;
    }
    const aann_picture_frame frame = {
        .title = "Distances, ordered", .x_label = "member", .y_label = "member"};
    return aann_picture_matrix(path, &frame, values, order, ROWS, "distance", error);
}

static aann_status draw_map(const char *path, aann_error *error)
{
    double x[POINTS], y[POINTS], values[POINTS];
    const char *names[POINTS] = {"1", "2", "three"};
    for (int i = 0; i < POINTS; i++) {
        x[i] = 3.0 * sin(1.7 * i);
        y[i] = cos(2.9 * i);
        values[i] = 95.0 + 0.05 * i;
    }
    const aann_picture_frame frame = {.title = "A map", .x_label = "axis 1", .y_label = "axis 2"};
    return aann_picture_map(path, &frame, x, y, values, names, POINTS, "accuracy (%)", error);
}

static aann_status draw_bars(const char *path, aann_error *error)
{
    const aann_picture_bar bars[4] = {
        {"as found", 95.3, 94.9, 95.8},
        {"16C5 shuffled", 41.0, 22.0, 60.0},
        {"a rather long name of something shuffled", 11.2, (double)NAN, (double)NAN},
        {"not measured", (double)NAN, (double)NAN, (double)NAN}};
    const aann_picture_frame frame = {.title = "Bars", .x_label = "accuracy (%)"};
    return aann_picture_bars(path, &frame, bars, 4, 2, error);
}

static int draw_all(const char *folder, const char *ending)
{
    static aann_status (*const draw[KINDS])(const char *, aann_error *) = {
        draw_lines, draw_histogram, draw_matrix, draw_map, draw_bars};
    for (int kind = 0; kind < KINDS; kind++) {
        char path[PATH_SIZE];
        aann_error error;
        snprintf(path, sizeof path, "%s/%s.%s", folder, kinds[kind], ending);
        if (draw[kind](path, &error) != AANN_OK) {
            fprintf(stderr, "%s\n", error.message);
            return 1;
        }
    }
    return 0;
}

/* The file's bytes, and their number. */
static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char *bytes = malloc(1 << 22);
    *size = fread(bytes, 1, 1 << 22, file);
    fclose(file);
    return bytes;
}

static void test_same_bytes_again(void **state)
{
    (void)state;
    static const char *const endings[2] = {"png", "svg"};
    char folder[] = "/tmp/aann-picture-XXXXXX";
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < 4; i++) {
        char command[3 * PATH_SIZE];
        snprintf(command, sizeof command, "mkdir -p '%s/%d' && '%s' '%s/%d' %s %s", folder, i / 2,
                 program, folder, i / 2, endings[i % 2], i / 2 == 0 ? "" : folder);
        assert_int_equal(system(command), 0);
    }
    for (int i = 0; i < 2 * KINDS; i++) {
        unsigned char *bytes[2];
        size_t sizes[2];
        for (int run = 0; run < 2; run++) {
            char path[PATH_SIZE];
            snprintf(path, sizeof path, "%s/%d/%s.%s", folder, run, kinds[i / 2], endings[i % 2]);
            bytes[run] = read_file(path, &sizes[run]);
        }
        assert_true(sizes[0] > 1000 && sizes[0] == sizes[1]);
        assert_memory_equal(bytes[0], bytes[1], sizes[0]);
        assert_memory_equal(bytes[0], i % 2 == 0 ? "\x89PNG\r\n" : "<?xml ", 6);
        free(bytes[0]);
        free(bytes[1]);
    }
    char command[PATH_SIZE];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

static void test_failures(void **state)
{
    (void)state;
    aann_error error;
    assert_int_equal(draw_map("/tmp/picture.jpeg", &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, ".png or .svg"));
    assert_int_equal(draw_map("/nonexistent/folder/picture.png", &error), AANN_ERROR_IO);
    assert_non_null(strstr(error.message, "/nonexistent/folder/picture.png: "));
    if (access("/dev/full", W_OK) ==
        0) { /* a disk without room, through a name with the right ending */
        char folder[] = "/tmp/aann-picture-XXXXXX";
        char path[PATH_SIZE];
        assert_non_null(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/full.svg", folder);
        assert_int_equal(symlink("/dev/full", path), 0);
        assert_int_equal(draw_map(path, &error), AANN_ERROR_IO);
        assert_int_equal(access(path, F_OK), -1);
        rmdir(folder);
    }
    const aann_picture_frame frame = {0};
    const int64_t counts[1] = {1};
    assert_int_equal(
        aann_picture_histogram("/tmp/x.png", &frame, counts, 1, 2.0, 2.0, NULL, 0, &error),
        AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_picture_bars("/tmp/x.png", &frame, NULL, 0, 1, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_picture_matrix("/tmp/x.png", &frame, NULL, NULL, 0, NULL, &error),
                     AANN_ERROR_ARGUMENT);
}

/* No numbers at all still make a picture. */
static void test_nothing(void **state)
{
    (void)state;
    char path[] = "/tmp/aann-picture-XXXXXX.png";
    assert_true(mkstemps(path, 4) >= 0);
    aann_error error;
    const aann_picture_frame frame = {.title = "nothing"};
    const double nan_matrix[1] = {(double)NAN};
    assert_ok(aann_picture_lines(path, &frame, NULL, 0, &error));
    assert_int_equal(aann_picture_map(path, &frame, NULL, NULL, NULL, NULL, 0, NULL, &error),
                     AANN_OK);
    assert_int_equal(aann_picture_matrix(path, &frame, nan_matrix, NULL, 1, "none", &error),
                     AANN_OK);
    unlink(path);
}

int main(int count, char **arguments)
{
    if (count == 4 && !enter_comma_locale(arguments[3])) {
        printf("no locale with a decimal comma can be made here: drawn in the plain one\n");
    }
    if (count == 3 || count == 4) {
        return draw_all(arguments[1], arguments[2]);
    }
    snprintf(program, sizeof program, "%s", arguments[0]);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bytes_again),
                                       cmocka_unit_test(test_failures),
                                       cmocka_unit_test(test_nothing)};
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
