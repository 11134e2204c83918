/* NumPy's random numbers, against NumPy's own. */
#include <inttypes.h>

#include "car/random.h"
#include "golden.h"

static void check_seed(golden_file *golden, char *line)
{
    char *place = line;
    const uint64_t seed = strtoull(place, &place, 10);
    aann_car_random random;
    aann_car_random_seed(&random, seed);
    for (int i = 0; i < 4; i++) {
        const uint64_t wanted = strtoull(place + 1, &place, 10),
                       found = aann_car_random_next64(&random);
        if (wanted != found) {
            fail_msg("%s:%d: number %d is %" PRIu64 "; NumPy has %" PRIu64, golden->path,
                     golden->line, i, found, wanted);
        }
    }
    aann_car_random_seed(&random, seed);
    for (int i = 0; i < 4;
         i++) { /* whole numbers take half a draw and leave the other half for the next one */
        golden_same(golden, "uniform", i, strtod(place + 1, &place),
                    aann_car_random_uniform(&random, 0.0, 1.0));
        golden_same(golden, "integer", i, strtod(place + 1, &place),
                    aann_car_random_below(&random, 3));
    }
}

static void numbers_are_numpys(void **state)
{
    (void)state;
    golden_file golden = golden_open("random.csv");
    char line[GOLDEN_LINE_SIZE];
    int seeds = 0;
    while (golden_line(&golden, line)) {
        check_seed(&golden, line);
        seeds++;
    }
    assert_true(seeds >= 7);
    golden_close(&golden);
}

/* The rejection that makes all values equally likely is rare: with a large count it is not. */
static void large_counts_stay_below(void **state)
{
    (void)state;
    aann_car_random random;
    aann_car_random_seed(&random, 1);
    for (int i = 0; i < 10000; i++) {
        assert_true(aann_car_random_below(&random, 3000000000u) < 3000000000u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_numpys),
                                       cmocka_unit_test(large_counts_stay_below)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
