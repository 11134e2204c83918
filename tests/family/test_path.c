/* Paths on networks so small that everything can be recomputed: ends, counts, distances, barrier;
 * and on any number of threads.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include "aann/evaluate.h"
#include "aann/geometry.h"
#include "aann/path.h"
#include "family/family_test.h"
#include "family/path_watch.h"
#include "network/network.h"
#include "search/mismatch.h"

static int64_t distance(const aann_network *a, const aann_network *b)
{
    aann_error error;
    const aann_network *pair[2] = {a, b};
    aann_distances distances;
    assert_ok(aann_distances_measure(pair, 2, 1, &distances, &error));
    const int64_t total = distances.total[1];
    aann_distances_destroy(&distances);
    return total;
}

static aann_network *random_network(const aann_spec *spec, uint64_t seed)
{
    aann_error error;
    aann_network *network;
    assert_ok(aann_network_create(spec, &network, &error));
    aann_network_randomise(network, seed, 0);
    return network;
}

/* A network that has learnt something. */
static aann_network *learnt_network(const aann_spec *spec, const aann_family_data *data,
                                    uint64_t member)
{
    aann_error error;
    aann_search *search;
    aann_network *network;
    aann_search_options options = sample_plan(1).search;
    options.steps = 3000;
    assert_ok(aann_search_create(spec, aann_family_data_train(data), &options, member, NULL,
                                 &search, &error));
    assert_ok(aann_search_run(search, options.steps, NULL, NULL, &error));
    assert_ok(aann_network_copy(aann_search_network(search), &network, &error));
    aann_search_destroy(search);
    return network;
}

static void assert_same_counts(const aann_network *a, const aann_network *b)
{
    for (int32_t i = 0; i < aann_network_spec(a)->layer_count; i++) {
        const aann_counts left = aann_network_counts(a, i);
        const aann_counts right = aann_network_counts(b, i);
        assert_memory_equal(&left, &right, sizeof left);
    }
}

/* Loss and accuracy by the reference evaluation, sample by sample. */
static void reference_score(const aann_network *network, const aann_samples *samples, double scale,
                            double *loss, double *accuracy)
{
    aann_error error;
    const int32_t outputs = aann_network_spec(network)->output_count;
    const size_t size = (size_t)aann_shape_size(samples->shape);
    int32_t *logits = malloc((size_t)samples->count * (size_t)outputs * sizeof *logits);
    for (int64_t i = 0; i < samples->count; i++) {
        assert_ok(aann_network_reference_logits(network, samples->inputs + (size_t)i * size,
                                                logits + (size_t)i * (size_t)outputs, &error));
    }
    aann_score score;
    assert_ok(aann_logits_score(samples, logits, outputs, scale, NULL, &score, &error));
    *loss = score.loss;
    *accuracy = score.accuracy;
    free(logits);
}

static void find(const aann_family_data *data, const aann_network *from, const aann_network *to,
                 const aann_path_options *options, int32_t threads, bool straight, aann_path *path)
{
    aann_error error;
    const aann_family_plan plan = sample_plan(1);
    aann_family_work work = aann_family_work_default();
    work.threads = threads;
    assert_ok((straight ? aann_path_straight : aann_path_find)(data, &plan.search, from, to,
                                                               options, &work, path, &error));
}

/* Every swap of the differences puts something right, keeps the counts, and the last one ends at
 * the goal. */
static void test_differences(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    const aann_spec spec = sample_spec();
    for (uint64_t seed = 1; seed <= 5; seed++) {
        aann_network *network = random_network(&spec, seed);
        aann_network *goal = random_network(&spec, seed + 100);
        aann_mismatch differences;
        assert_ok(aann_mismatch_create(&spec, &differences, &error));
        aann_random_stream stream =
            aann_random_start(aann_random_key_create(seed, 0), 0, AANN_PURPOSE_TEST);
        aann_mismatch_find(network, goal, &differences);
        int64_t left = differences.count;
        const int64_t first = left;
        int64_t swaps = 0;
        assert_int_equal(left, distance(network, goal));
        while (left > 0) {
            aann_swap swap;
            aann_mismatch_draw(&differences, network, goal, &stream, &swap);
            aann_swap_apply(&swap, network);
            aann_mismatch_find(network, goal, &differences);
            assert_true(differences.count < left && differences.count >= left - 2);
            left = differences.count;
            swaps++;
        }
        assert_same_counts(network, goal);
        assert_int_equal(aann_network_hash(network), aann_network_hash(goal));
        assert_true(swaps <= first * 2 / 3 + 1); /* two swaps for three differences at worst */
        aann_mismatch_clear(&differences);
        aann_network_destroy(network);
        aann_network_destroy(goal);
    }
}

static void check_points(const aann_path *path, const aann_network *from, const aann_network *to,
                         const aann_samples *train, bool is_straight)
{
    const double scale = sample_plan(1).search.loss_scale;
    double worst_loss = 0.0;
    double worst_accuracy = 1.0;
    assert_int_equal(aann_network_hash(path->points[0].network), aann_network_hash(from));
    assert_int_equal(aann_network_hash(path->points[path->point_count - 1].network),
                     aann_network_hash(to));
    for (size_t i = 0; i < path->point_count; i++) {
        const aann_path_point *point = &path->points[i];
        double loss;
        double accuracy;
        assert_same_counts(point->network, from);
        reference_score(point->network, train, scale, &loss, &accuracy);
        assert_true(fabs(loss - point->train_loss) < 1e-4);
        assert_true(fabs(accuracy - point->train_accuracy) < 1e-9);
        worst_loss = fmax(worst_loss, loss);
        worst_accuracy = fmin(worst_accuracy, accuracy);
        if (i > 0) {
            const aann_path_point *before = &path->points[i - 1];
            const int64_t swaps = point->swaps - before->swaps;
            assert_true(swaps > 0);
            assert_true(distance(before->network, point->network) <= 2 * swaps);
        }
    }
    if (is_straight) {
        assert_true(fabs(path->worst_loss - worst_loss) < 1e-4);
        assert_true(fabs(path->worst_accuracy - worst_accuracy) < 1e-9);
    } else {
        assert_true(path->worst_loss >= worst_loss - 1e-4 &&
                    path->worst_accuracy <= worst_accuracy + 1e-9);
    }
    const int64_t swaps = path->points[path->point_count - 1].swaps;
    assert_int_equal(swaps, path->steps + path->repairs);
    assert_int_equal(path->checked, swaps);
    double loss;
    double accuracy;
    reference_score(path->top.network, train, scale, &loss, &accuracy);
    assert_same_counts(path->top.network, from);
    assert_true(path->top.train_loss == path->worst_loss);
    assert_true(fabs(loss - path->worst_loss) < 1e-4);
    assert_true(fabs(accuracy - path->top.train_accuracy) < 1e-9);
    assert_true(path->top.train_accuracy >= path->worst_accuracy);
    assert_int_equal(path->top.distance, distance(path->top.network, to));
    assert_true(path->top.swaps >= 0 && path->top.swaps <= swaps);
    /* No more differences than its swaps make, from both ends. */
    assert_true(distance(path->top.network, from) <= 2 * path->top.swaps);
    assert_true(path->top.distance <= 2 * (swaps - path->top.swaps));
}

static void test_path(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_family_data *data = sample_data();
    const aann_samples *train = aann_family_data_train(data);
    const aann_spec spec = sample_spec();
    aann_network *from = learnt_network(&spec, data, 1);
    aann_network *to = learnt_network(&spec, data, 2);
    aann_path_options options = aann_path_options_default();
    options.points = 6;
    options.repairs = 40;
    aann_path path;
    aann_path straight;
    find(data, from, to, &options, 1, false, &path);
    check_points(&path, from, to, train, false);
    assert_true(path.point_count >= 7 && path.point_count <= 9);
    assert_true(path.repairs > 0);
    find(data, from, to, &options, 2, true, &straight);
    check_points(&straight, from, to, train, true);
    assert_true(path.worst_loss <= straight.worst_loss);
    print_message("worst loss %.4f, straight %.4f; %lld steps, %lld repairs\n", path.worst_loss,
                  straight.worst_loss, (long long)path.steps, (long long)path.repairs);
    aann_path_destroy(&straight);
    aann_path again;
    find(data, from, to, &options, 3, false, &again);
    assert_int_equal(again.point_count, path.point_count);
    for (size_t i = 0; i < path.point_count; i++) {
        assert_int_equal(aann_network_hash(again.points[i].network),
                         aann_network_hash(path.points[i].network));
        assert_int_equal(again.points[i].swaps, path.points[i].swaps);
    }
    assert_true(again.worst_loss == path.worst_loss && again.worst_accuracy == path.worst_accuracy);
    aann_path_destroy(&again);
    aann_path_destroy(&path);
    aann_network_destroy(from);
    aann_network_destroy(to);
    aann_family_data_destroy(data);
}

/* Between networks that have learnt nothing, which a sanitizer need not wait for. */
static void test_threads(void **state)
{
    (void)state;
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_network *from = random_network(&spec, 1);
    aann_network *to = random_network(&spec, 2);
    aann_path_options options = aann_path_options_default();
    options.points = 2;
    options.repairs = 10;
    options.candidates = 4;
    options.finalists = 2;
    for (int straight = 0; straight < 2; straight++) {
        aann_path path, again;
        find(data, from, to, &options, 3, straight == 1, &path);
        find(data, from, to, &options, under_thread_sanitizer ? 2 : 1, straight == 1, &again);
        assert_true(path.worst_loss == again.worst_loss && path.steps == again.steps);
        assert_int_equal(path.repairs, again.repairs);
        aann_path_destroy(&path);
        aann_path_destroy(&again);
    }
    aann_network_destroy(from);
    aann_network_destroy(to);
    aann_family_data_destroy(data);
}

/* A path between two networks one swap apart can only be that swap; it is found, and both ends are
 * the barrier. */
static void test_neighbours(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_network *from = random_network(&spec, 3);
    aann_network *to = random_network(&spec, 3);
    int8_t *weights = aann_network_weights_mutable(to, 1);
    int32_t other = 1;
    while (weights[other] == weights[0]) {
        other++;
    }
    const int8_t kept = weights[0];
    weights[0] = weights[other];
    weights[other] = kept;
    aann_path_options options = aann_path_options_default();
    aann_path path;
    find(data, from, to, &options, 1, false, &path);
    assert_int_equal(path.steps, 1);
    assert_int_equal(path.repairs, 0);
    assert_int_equal(path.points[0].distance, 2);
    assert_true(path.worst_loss ==
                fmax(path.points[0].train_loss, path.points[path.point_count - 1].train_loss));
    aann_path_destroy(&path);
    find(data, from, from, &options, 1, false, &path); /* to itself */
    assert_int_equal(path.steps, 0);
    aann_path_destroy(&path);
    aann_network_destroy(from);
    aann_network_destroy(to);
    aann_family_data_destroy(data);
}

/* A step that is not one swap is noticed: nothing changed, two swaps, a changed count, weights of two
 * layers. */
static void test_watch(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    const aann_spec spec = sample_spec();
    aann_network *network = random_network(&spec, 5);
    aann_path_watch watch = aann_path_watch_start();
    assert_ok(aann_path_watch_leg(&watch, network, &error));
    int8_t *first = aann_network_weights_mutable(network, 1);
    int32_t other = 1;
    while (first[other] == first[0]) {
        other++;
    }
    const int8_t kept = first[0];
    first[0] = first[other];
    first[other] = kept;
    assert_ok(aann_path_watch_step(&watch, network, &error));
    assert_int_equal(watch.checked, 1);
    assert_int_equal(aann_path_watch_step(&watch, network, &error), AANN_ERROR_FORMAT);
    first[0] = (int8_t)(first[0] == 1 ? 0 : first[0] + 1);
    assert_int_equal(aann_path_watch_step(&watch, network, &error), AANN_ERROR_FORMAT);
    int8_t *last = aann_network_weights_mutable(network, 2);
    const int8_t moved = first[0];
    int32_t place = 0;
    while (last[place] == moved) {
        place++;
    }
    first[0] = last[place];
    last[place] = moved;
    assert_int_equal(aann_path_watch_step(&watch, network, &error), AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "not one swap"));
    assert_ok(aann_path_watch_loss(&watch, network, 1.0, 7, 1, &error));
    assert_ok(aann_path_watch_loss(&watch, network, 1.0, 8, 0, &error));
    assert_true(watch.top_swaps == 7 && watch.top_side == 1); /* the first of equal ones */
    aann_path_watch_clear(&watch);
    aann_network_destroy(network);
}

/* A renamed network is the same function, as far away as the matching says. */
static void test_matching_apply(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_family_data *data = sample_data();
    const aann_samples *train = aann_family_data_train(data);
    const aann_spec spec = sample_spec();
    aann_network *a = random_network(&spec, 1);
    aann_network *b = random_network(&spec, 2);
    aann_matching matching;
    aann_network *renamed;
    assert_ok(aann_matching_find(a, b, &matching, &error));
    assert_ok(aann_matching_apply(&matching, b, &renamed, &error));
    assert_int_equal(distance(a, renamed), matching.total);
    assert_same_counts(b, renamed);
    for (int64_t i = 0; i < 20; i++) {
        int32_t left[10];
        int32_t right[10];
        const int8_t *input = train->inputs + (size_t)i * 784;
        assert_ok(aann_network_reference_logits(b, input, left, &error));
        assert_ok(aann_network_reference_logits(renamed, input, right, &error));
        assert_memory_equal(left, right, sizeof left);
    }
    aann_matching_destroy(&matching);
    aann_network_destroy(renamed);
    aann_network_destroy(a);
    aann_network_destroy(b);
    aann_family_data_destroy(data);
}

static void test_refused(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    aann_error error;
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_spec denser = spec;
    assert_ok(aann_spec_set_sparsity(&denser, -1.0, (const double[]){50.0, 50.0, 50.0}, 3, &error));
    aann_network *from = random_network(&spec, 1);
    aann_network *other = random_network(&denser, 1);
    const aann_family_plan plan = sample_plan(1);
    const aann_family_work work = aann_family_work_default();
    aann_path_options options = aann_path_options_default();
    aann_path path;
    assert_int_equal(
        aann_path_find(data, &plan.search, from, other, &options, &work, &path, &error),
        AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "counts"));
    assert_null(path.points);
    options.candidates = 0;
    assert_int_equal(aann_path_find(data, &plan.search, from, from, &options, &work, &path, &error),
                     AANN_ERROR_ARGUMENT);
    options = aann_path_options_default();
    options.repairs = INT64_MAX; /* times 16 where the ends are near: more than 64 bits */
    assert_int_equal(aann_path_find(data, &plan.search, from, from, &options, &work, &path, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "repairs"));
    aann_network_destroy(from);
    aann_network_destroy(other);
    aann_family_data_destroy(data);
}

/* Asked for the second time. */
static bool interrupt_soon(void *context)
{
    int32_t *questions = context;
    return (*questions)++ == 1;
}

/* A path that is stopped is none: nothing is left of it, and its status says so. */
static void test_interrupted(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_network *from = random_network(&spec, 1);
    aann_network *to = random_network(&spec, 2);
    const aann_family_plan plan = sample_plan(1);
    const aann_path_options options = aann_path_options_default();
    for (int i = 0; i < 2; i++) {
        int32_t questions = 0;
        aann_family_work work = aann_family_work_default();
        work.interrupted = interrupt_soon;
        work.context = &questions;
        aann_path path;
        const aann_status status =
            i == 0
                ? aann_path_find(data, &plan.search, from, to, &options, &work, &path, &error)
                : aann_path_straight(data, &plan.search, from, to, &options, &work, &path, &error);
        assert_int_equal(status, AANN_INTERRUPTED);
        assert_null(path.points);
        assert_int_equal(questions, 2); /* once is enough */
    }
    aann_network_destroy(from);
    aann_network_destroy(to);
    aann_family_data_destroy(data);
}

/* The chance level of ten equal classes, and of one target. */
static void test_constant_answer(void **state)
{
    (void)state;
    skip_one_thread_under_tsan();
    int32_t labels[20];
    for (int32_t i = 0; i < 20; i++) {
        labels[i] = i % 10;
    }
    const aann_search_options options = aann_search_options_default();
    const aann_samples classes = {.count = 20, .labels = labels, .class_count = 10};
    double loss;
    double accuracy;
    aann_samples_constant_score(&classes, &options, &loss, &accuracy);
    assert_true(fabs(loss - log(10.0)) < 1e-12 && fabs(accuracy - 0.1) < 1e-12);
    float targets[4] = {1.0F, -1.0F, 1.0F, -1.0F};
    const aann_samples numbers = {.count = 4, .targets = targets, .target_count = 1};
    aann_samples_constant_score(&numbers, &options, &loss, &accuracy);
    assert_true(fabs(loss - 1.0) < 1e-12 && isnan(accuracy) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences), cmocka_unit_test(test_path),
        cmocka_unit_test(test_neighbours),  cmocka_unit_test(test_matching_apply),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_constant_answer),
        cmocka_unit_test(test_watch),       cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
