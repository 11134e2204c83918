/* Eigenvectors, maps, clusters and summaries against their definitions. */
#include "geometry/support_geometry.h"

#include "geometry/eigen.h"

/* A symmetric matrix of numbers in (-1, 1]; of low rank, if `rank` is below its size. */
static void random_matrix(double *matrix, int32_t size, int32_t rank, aann_random_stream *stream)
{
    memset(matrix, 0, (size_t)size * (size_t)size * sizeof *matrix);
    for (int32_t r = 0; r < rank; r++) {
        double vector[64];
        for (int32_t i = 0; i < size; i++) {
            vector[i] = 2.0 * aann_random_unit(stream) - 1.0;
        }
        for (int32_t i = 0; i < size * size; i++) {
            matrix[i] += (r % 2 ? -1.0 : 1.0) * vector[i / size] * vector[i % size];
        }
    }
}

static void check_eigen(const double *matrix, int32_t size)
{
    double vectors[64 * 64];
    double values[64];
    double scratch[128];
    memcpy(vectors, matrix, (size_t)size * (size_t)size * sizeof *matrix);
    assert_true(aann_eigen_symmetric(vectors, size, values, scratch));
    for (int32_t v = 0; v < size; v++) {
        const double *vector = vectors + v * size;
        for (int32_t i = 0; i < size; i++) {
            double image = 0.0;
            double product = 0.0;
            for (int32_t j = 0; j < size; j++) {
                image += matrix[i * size + j] * vector[j];
                product += vectors[i * size + j] * vector[j];
            }
            assert_near(image, values[v] * vector[i], 1e-12 * size);
            assert_near(product, i == v ? 1.0 : 0.0, 1e-12 * size);
        }
    }
}

static void test_eigen(void **state)
{
    (void)state;
    aann_random_stream stream = test_stream(6);
    static double matrix[64 * 64];
    for (int32_t size = 1; size <= 64; size = size < 8 ? size + 1 : size * 2) {
        random_matrix(matrix, size, size + 3, &stream);
        check_eigen(matrix, size);
        random_matrix(matrix, size, 2, &stream);
        check_eigen(matrix, size);
        for (int32_t i = 0; i < size * size; i++) { /* one value, many times over */
            matrix[i] = i / size == i % size ? 2.0 : 0.0;
        }
        check_eigen(matrix, size);
        memset(matrix, 0, sizeof matrix);
        check_eigen(matrix, size);
    }
    double nan_matrix[4] = {1.0, (double)NAN, (double)NAN, 1.0};
    double values[2];
    double scratch[4];
    assert_false(aann_eigen_symmetric(nan_matrix, 2, values, scratch));
}

/* Points of the plane come back as they were, but for rotation; their axes in order of spread. */
static void test_points_come_back(void **state)
{
    (void)state;
    enum { COUNT = 40 };
    aann_random_stream stream = test_stream(7);
    double points[COUNT][2];
    static double distances[COUNT * COUNT];
    for (int32_t i = 0; i < COUNT; i++) {
        points[i][0] = aann_random_unit(&stream);
        points[i][1] = 3.0 * aann_random_unit(&stream);
    }
    for (int32_t i = 0; i < COUNT * COUNT; i++) {
        distances[i] = hypot(points[i / COUNT][0] - points[i % COUNT][0],
                             points[i / COUNT][1] - points[i % COUNT][1]);
    }
    double map[COUNT][2];
    double values[2];
    double share = 0.0;
    aann_error error;
    assert_ok(aann_map_scale(distances, COUNT, 2, &map[0][0], values, &share, &error));
    for (int32_t i = 0; i < COUNT * COUNT; i++) {
        const double distance =
            hypot(map[i / COUNT][0] - map[i % COUNT][0], map[i / COUNT][1] - map[i % COUNT][1]);
        assert_near(distance, distances[i], 1e-12);
    }
    assert_near(share, 1.0, 1e-12);
    double sums[4] = {0.0};
    double extremes[2] = {0.0};
    for (int32_t i = 0; i < COUNT; i++) {
        sums[0] += map[i][0];
        sums[1] += map[i][0] * map[i][1];
        sums[2] += map[i][0] * map[i][0];
        sums[3] += map[i][1] * map[i][1];
        for (int d = 0; d < 2; d++) {
            extremes[d] = fabs(map[i][d]) > fabs(extremes[d]) ? map[i][d] : extremes[d];
        }
    }
    assert_near(sums[0], 0.0, 1e-12);
    assert_near(sums[1], 0.0, 1e-12);
    assert_near(sums[2], values[0], 1e-11);
    assert_near(sums[3], values[1], 1e-11);
    assert_true(values[0] > values[1]);
    assert_true(extremes[0] > 0.0 && extremes[1] > 0.0);
    assert_int_equal(aann_map_scale(distances, COUNT, 0, &map[0][0], values, NULL, &error),
                     AANN_ERROR_ARGUMENT);
}

/* Corners of a regular simplex: all eigenvalues but one are equal, the map shows 2 of 9 of them. */
static void test_equal_distances(void **state)
{
    (void)state;
    enum { COUNT = 10 };
    double distances[COUNT * COUNT];
    double map[COUNT][2];
    double values[2];
    double share = 0.0;
    aann_error error;
    for (int32_t i = 0; i < COUNT * COUNT; i++) {
        distances[i] = i / COUNT == i % COUNT ? 0.0 : 4.0;
    }
    assert_ok(aann_map_scale(distances, COUNT, 2, &map[0][0], values, &share, &error));
    assert_near(values[0], 8.0, 1e-12);
    assert_near(values[1], 8.0, 1e-12);
    assert_near(share, 2.0 / 9.0, 1e-12);
}

/* Mean distance between all points of two clusters, straight from the definition. */
static double mean_between(const double *distances, int32_t count, const int32_t *cluster,
                           int32_t a, int32_t b)
{
    double sum = 0.0;
    double pairs = 0.0;
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < count; j++) {
            if (cluster[i] == a && cluster[j] == b) {
                sum += distances[i * count + j];
                pairs += 1.0;
            }
        }
    }
    return sum / pairs;
}

static void test_clusters(void **state)
{
    (void)state;
    enum { COUNT = 25 };
    aann_random_stream stream = test_stream(8);
    double distances[COUNT * COUNT] = {0.0};
    for (int32_t i = 0; i < COUNT; i++) {
        for (int32_t j = i + 1; j < COUNT; j++) {
            distances[i * COUNT + j] = distances[j * COUNT + i] = aann_random_unit(&stream);
        }
    }
    aann_merge merges[COUNT - 1];
    int32_t order[COUNT];
    aann_error error;
    assert_ok(aann_cluster_average(distances, COUNT, merges, order, &error));
    int32_t cluster[COUNT];
    for (int32_t i = 0; i < COUNT; i++) {
        cluster[i] = i;
    }
    for (int32_t step = 0; step < COUNT - 1; step++) {
        /* No two clusters are closer than those that are merged. */
        const double height =
            mean_between(distances, COUNT, cluster, merges[step].left, merges[step].right);
        assert_near(merges[step].height, height, 1e-13);
        for (int32_t i = 0; i < COUNT; i++) {
            for (int32_t j = i + 1; j < COUNT; j++) {
                if (cluster[i] != cluster[j]) {
                    assert_true(mean_between(distances, COUNT, cluster, cluster[i], cluster[j]) >=
                                height - 1e-13);
                }
            }
        }
        int32_t size = 0;
        for (int32_t i = 0; i < COUNT; i++) {
            if (cluster[i] == merges[step].left || cluster[i] == merges[step].right) {
                cluster[i] = COUNT + step;
                size++;
            }
        }
        assert_int_equal(size, merges[step].size);
        /* The points of a cluster stand together in the order. */
        int32_t changes = 0;
        for (int32_t place = 0; place < COUNT; place++) {
            const bool inside = cluster[order[place]] == COUNT + step;
            const bool before = place > 0 && cluster[order[place - 1]] == COUNT + step;
            changes += inside && !before;
        }
        assert_int_equal(changes, 1);
    }
    bool seen[COUNT] = {false};
    for (int32_t i = 0; i < COUNT; i++) {
        assert_false(seen[order[i]]);
        seen[order[i]] = true;
    }
}

static void test_summary(void **state)
{
    (void)state;
    const double values[6] = {4.0, (double)NAN, 1.0, 10.0, 5.0, (double)NAN};
    aann_summary summary;
    aann_error error;
    assert_ok(aann_summary_of_values(values, 6, &summary, &error));
    assert_int_equal(summary.count, 4);
    assert_near(summary.mean, 5.0, 0.0);
    assert_near(summary.deviation, sqrt(14.0), 1e-15);
    assert_near(summary.minimum, 1.0, 0.0);
    assert_near(summary.median, 4.5, 0.0);
    assert_near(summary.maximum, 10.0, 0.0);
    assert_ok(aann_summary_of_values(values + 1, 1, &summary, &error));
    assert_true(summary.count == 0 && isnan(summary.mean) && isnan(summary.median));
    const double matrix[9] = {0.0, 1.0, 2.0, 1.0, 0.0, 6.0, 2.0, 6.0, 0.0};
    assert_ok(aann_summary_of_pairs(matrix, 3, &summary, &error));
    assert_near(summary.mean, 3.0, 0.0);
    assert_near(summary.median, 2.0, 0.0);
    int64_t bins[3];
    aann_bins_count(values, 6, 1.0, 10.0, 3, bins);
    assert_true(bins[0] == 1 && bins[1] == 2 && bins[2] == 1);
    aann_bins_count(values, 6, 4.5, 4.6, 2, bins);
    assert_true(bins[0] == 2 && bins[1] == 2);
}

/* A histogram of one of each possible value is flat, whatever the step and however many parts. */
static void test_parts(void **state)
{
    (void)state;
    enum { COUNT = 120 };
    const double steps[] = {1.0, 2.0, 0.0001, 100.0 / 1797.0};
    aann_error error;
    aann_bins parts;
    int64_t counts[AANN_MAX_BINS];
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
        double values[COUNT + 1];
        for (int32_t i = 0; i < COUNT; i++) {
            values[i] = 4000.0 * steps[s] + (i * 7 % COUNT) * steps[s];
        }
        values[COUNT] = (double)NAN;
        for (int32_t wanted = 0; wanted <= 70; wanted++) {
            assert_ok(aann_bins_choose(values, COUNT + 1, wanted, &parts, &error));
            assert_true(parts.bins >= 1 && parts.bins <= (wanted == 0 ? 10 : wanted));
            aann_bins_count(values, COUNT + 1, parts.low, parts.high, parts.bins, counts);
            int64_t sum = 0;
            for (int32_t bin = 0; bin < parts.bins; bin++) {
                assert_true(counts[bin] == counts[0] ||
                            (bin == parts.bins - 1 && counts[bin] < counts[0]));
                sum += counts[bin];
            }
            assert_int_equal(sum, COUNT);
        }
    }
    /* The unit is in no gap: 2, 3 and 4. */
    const double gaps[] = {0.0, 2.0, 5.0, 9.0, (double)INFINITY};
    assert_ok(aann_bins_choose(gaps, 5, 5, &parts, &error));
    assert_true(parts.bins == 5 && parts.low == -0.5 && parts.high == 9.5);
    const double uneven[] = {1.0, 2.0, 3.7123457, 9.0, 4.1};
    assert_ok(aann_bins_choose(uneven, 5, 0, &parts, &error));
    assert_true(parts.bins == 8 && parts.low == 1.0 && parts.high == 9.0);
    assert_ok(aann_bins_choose(uneven, 1, 0, &parts, &error));
    assert_true(parts.bins == 1 && parts.low < 1.0 && parts.high > 1.0);
    const double nothing = (double)NAN;
    assert_ok(aann_bins_choose(&nothing, 1, 0, &parts, &error));
    assert_int_equal(parts.bins, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_eigen),
        cmocka_unit_test(test_points_come_back),
        cmocka_unit_test(test_equal_distances),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_summary),
    };
    return cmocka_run_group_tests_name("geometry: maps", tests, NULL, NULL);
}
