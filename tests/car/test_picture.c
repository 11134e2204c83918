/* Pictures, against Gymnasium's: within small differences, as the drawing is not the same. The
 * score in the lower left corner is not drawn, so it is not compared. */
#include "drive.h"

enum { SCORE_WIDTH = 12, BAR_TOP = 84 };

typedef struct difference {
    double view, bars; /* mean absolute differences of a channel */
    int view_worst;
} difference;

static difference compare(const uint8_t *a, const uint8_t *b)
{
    double view = 0.0, bars = 0.0;
    int worst = 0;
    for (int y = 0; y < AANN_CAR_HEIGHT; y++) {
        for (int i = 0; i < AANN_CAR_WIDTH * 3; i++) {
            const int d = abs(a[y * AANN_CAR_WIDTH * 3 + i] - b[y * AANN_CAR_WIDTH * 3 + i]);
            if (y < BAR_TOP) {
                view += d;
                worst = d > worst ? d : worst;
            } else if (i >= SCORE_WIDTH * 3) {
                bars += d;
            }
        }
    }
    return (difference){view / (BAR_TOP * AANN_CAR_WIDTH * 3),
                        bars / ((AANN_CAR_HEIGHT - BAR_TOP) * (AANN_CAR_WIDTH - SCORE_WIDTH) * 3),
                        worst};
}

/* Drives to the given step of a recorded drive, and draws. */
static void draw_step(const char *drive, int step, uint8_t *pixels)
{
    aann_car *car = drive_make_car();
    golden_file golden = drive_open(drive, car);
    double row[GOLDEN_COLUMNS];
    for (int i = 0; i < step; i++) {
        assert_true(golden_row(&golden, row, GOLDEN_COLUMNS));
        const aann_car_action action = drive_action(row);
        aann_car_step(car, &action, NULL);
    }
    aann_car_render(car, pixels);
    golden_close(&golden);
    aann_car_destroy(car);
}

static void pictures_are_nearly_gymnasiums(void **state)
{
    (void)state;
    enum { NPY_HEADER = 128 };
    golden_file list = golden_open("frames.csv"), pictures = golden_open("frames.npy");
    assert_int_equal(fseek(pictures.file, NPY_HEADER, SEEK_SET), 0);
    static uint8_t wanted[AANN_CAR_PIXELS], found[AANN_CAR_PIXELS];
    char line[GOLDEN_LINE_SIZE];
    int frames = 0;
    double view = 0.0, bars = 0.0;
    while (golden_line(&list, line)) {
        char *comma = strchr(line, ',');
        assert_non_null(comma);
        *comma = '\0';
        const int step = atoi(comma + 1);
        assert_int_equal(fread(wanted, 1, sizeof wanted, pictures.file), sizeof wanted);
        draw_step(line, step, found);
        const difference d = compare(wanted, found);
        if (d.view > 0.3 || d.bars > 0.1) {
            fail_msg(
                "%s after %d steps: mean difference %.3f in the view (0.3 allowed), %.3f in the bars "
                "(0.1 allowed)",
                line, step, d.view, d.bars);
        }
        view += d.view;
        bars += d.bars;
        frames++;
    }
    assert_true(frames >= 15);
    print_message("%d frames: mean difference %.3f in the view, %.3f in the bars\n", frames,
                  view / frames, bars / frames);
    assert_true(view / frames < 0.12);
    assert_true(bars / frames < 0.03);
    golden_close(&list);
    golden_close(&pictures);
}

/* Drawing leaves the drive as it is, and depends on nothing but the state. */
static void drawing_changes_nothing(void **state)
{
    (void)state;
    aann_car *plain = drive_make_car(), *drawn = drive_make_car();
    static uint8_t a[AANN_CAR_PIXELS], b[AANN_CAR_PIXELS];
    aann_car_reset(plain, 21);
    aann_car_reset(drawn, 21);
    for (int step = 0; step < 120; step++) {
        const aann_car_action action = {
            .steer = step % 40 < 20 ? 0.2 : -0.2, .gas = 0.5, .brake = 0.0};
        aann_car_step(plain, &action, NULL);
        aann_car_step(drawn, &action, NULL);
        aann_car_render(drawn, b);
    }
    memset(a, 7, sizeof a);
    aann_car_render(plain, a);
    assert_memory_equal(a, b, sizeof a);
    aann_car_state one, other;
    aann_car_state_get(plain, &one);
    aann_car_state_get(drawn, &other);
    assert_true(one.x == other.x && one.y == other.y && one.total_reward == other.total_reward);
    aann_car_destroy(plain);
    aann_car_destroy(drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pictures_are_nearly_gymnasiums),
                                       cmocka_unit_test(drawing_changes_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
