/* Tracks, against Gymnasium's: every point, every kerb. What the car drives on is single precision,
 * and equal to the bit. Behind it stand doubles, whose last bits are the C library's there and our
 * own here: they may be a few units in the last place apart. */
#include <math.h>

#include "car/track.h"
#include "golden.h"

static void check_number(const golden_file *golden, const char *what, int index, double wanted,
                         double found)
{
    static const double tolerance = 2e-12; /* the worst of 20,000 tracks was 9e-13 */
    golden_same(golden, what, index, (double)(float)wanted, (double)(float)found);
    if (!(fabs(wanted - found) <= tolerance)) {
        golden_same(golden, what, index, wanted, found);
    }
}

static void check_track(uint64_t seed)
{
    char name[64];
    snprintf(name, sizeof name, "track_%llu.csv", (unsigned long long)seed);
    golden_file golden = golden_open(name);
    static aann_car_circuit track;
    aann_car_random random;
    aann_car_random_seed(&random, seed);
    while (!aann_car_track_generate(&track, &random)) {
    }
    double row[5];
    int32_t i = 0;
    for (; golden_row(&golden, row, 5); i++) {
        assert_true(i < track.count);
        check_number(&golden, "alpha", i, row[0], track.points[i].alpha);
        check_number(&golden, "beta", i, row[1], track.points[i].beta);
        check_number(&golden, "x", i, row[2], track.points[i].x);
        check_number(&golden, "y", i, row[3], track.points[i].y);
        golden_same(&golden, "kerb", i, row[4], track.border[i]);
    }
    assert_int_equal(i, track.count);
    golden_close(&golden);
}

static void tracks_are_gymnasiums(void **state)
{
    (void)state;
    check_track(0);
    check_track(1);
    check_track(36); /* its first attempt does not close */
    check_track(4294967303u);
}

/* Whatever the seed, a track is a loop of sensible length whose neighbours are a step apart. */
static void tracks_are_loops(void **state)
{
    (void)state;
    static aann_car_circuit track;
    for (uint64_t seed = 1000; seed < 1200; seed++) {
        aann_car_random random;
        aann_car_random_seed(&random, seed);
        int attempts = 0;
        while (!aann_car_track_generate(&track, &random)) {
            assert_true(++attempts < 100);
        }
        assert_in_range(track.count, 150, 500);
        for (int32_t i = 1; i < track.count; i++) {
            const aann_car_point *a = &track.points[i - 1], *b = &track.points[i];
            const double square = (a->x - b->x) * (a->x - b->x) + (a->y - b->y) * (a->y - b->y);
            assert_true(square > 12.24 && square < 12.26); /* 3.5 m */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tracks_are_gymnasiums),
                                       cmocka_unit_test(tracks_are_loops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
