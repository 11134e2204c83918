/* CKA against its definition in features, ||Y^T X||^2 / (||X^T X|| ||Y^T Y||), and the unbiased
 * estimate against the formula of HSIC_1; on activations from the reference evaluation. */
#include "geometry/support_geometry.h"

enum { NETWORKS = 4, SAMPLES = 24 };

/* The layer's outputs, double [SAMPLES][width]. */
static double *representation(const aann_network *network, const aann_samples *samples,
                              int32_t layer, size_t *width)
{
    const aann_spec *spec = aann_network_spec(network);
    const bool last = layer == spec->layer_count - 1;
    *width =
        last ? (size_t)spec->output_count : (size_t)aann_shape_size(spec->layers[layer].output);
    double *values = malloc(SAMPLES * *width * sizeof *values);
    int8_t *activations[AANN_MAX_LAYERS] = {0};
    int32_t logits[64];
    for (int32_t i = 0; i + 1 < spec->layer_count; i++) {
        activations[i] = malloc((size_t)aann_shape_size(spec->layers[i].output));
    }
    const size_t size = (size_t)aann_shape_size(spec->input);
    for (size_t i = 0; i < SAMPLES; i++) {
        aann_error error;
        assert_ok(aann_network_reference_trace(network, samples->inputs + i * size, activations,
                                               logits, &error));
        for (size_t k = 0; k < *width; k++) {
            values[i * *width + k] = last ? logits[k] : activations[layer][k];
        }
    }
    for (int32_t i = 0; i + 1 < spec->layer_count; i++) {
        free(activations[i]);
    }
    return values;
}

static void centre_columns(double *values, size_t width)
{
    for (size_t k = 0; k < width; k++) {
        double mean = 0.0;
        for (size_t i = 0; i < SAMPLES; i++) {
            mean += values[i * width + k] / SAMPLES;
        }
        for (size_t i = 0; i < SAMPLES; i++) {
            values[i * width + k] -= mean;
        }
    }
}

/* ||Y^T X||^2 */
static double cross(const double *x, size_t width_x, const double *y, size_t width_y)
{
    double sum = 0.0;
    for (size_t a = 0; a < width_x; a++) {
        for (size_t b = 0; b < width_y; b++) {
            double product = 0.0;
            for (size_t i = 0; i < SAMPLES; i++) {
                product += x[i * width_x + a] * y[i * width_y + b];
            }
            sum += product * product;
        }
    }
    return sum;
}

static void kernel_of(const double *values, size_t width, double kernel[SAMPLES][SAMPLES])
{
    for (size_t i = 0; i < SAMPLES; i++) {
        for (size_t j = 0; j < SAMPLES; j++) {
            kernel[i][j] = 0.0;
            for (size_t k = 0; i != j && k < width; k++) {
                kernel[i][j] += values[i * width + k] * values[j * width + k];
            }
        }
    }
}

/* tr(KL) + 1'K1 1'L1 / ((n-1)(n-2)) - 2 / (n-2) 1'KL1, for kernels without diagonals. */
static double unbiased_hsic(const double *x, size_t width_x, const double *y, size_t width_y)
{
    static double k[SAMPLES][SAMPLES];
    static double l[SAMPLES][SAMPLES];
    kernel_of(x, width_x, k);
    kernel_of(y, width_y, l);
    const double n = SAMPLES;
    double trace = 0.0;
    double sum_k = 0.0;
    double sum_l = 0.0;
    double chain = 0.0;
    for (size_t i = 0; i < SAMPLES; i++) {
        double row_k = 0.0;
        double row_l = 0.0;
        for (size_t j = 0; j < SAMPLES; j++) {
            trace += k[i][j] * l[j][i];
            row_k += k[j][i];
            row_l += l[i][j];
        }
        sum_k += row_k;
        sum_l += row_l;
        chain += row_k * row_l;
    }
    return (trace + sum_k * sum_l / ((n - 1.0) * (n - 2.0)) - 2.0 / (n - 2.0) * chain) /
           (n * (n - 3.0));
}

static double expected_similarity(double *x, size_t width_x, double *y, size_t width_y,
                                  bool unbiased)
{
    if (unbiased) {
        return unbiased_hsic(x, width_x, y, width_y) /
               sqrt(unbiased_hsic(x, width_x, x, width_x) * unbiased_hsic(y, width_y, y, width_y));
    }
    centre_columns(x, width_x);
    centre_columns(y, width_y);
    return cross(x, width_x, y, width_y) /
           sqrt(cross(x, width_x, x, width_x) * cross(y, width_y, y, width_y));
}

static void test_similarity(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks =
        random_networks("4C3@40>>2-MP2-9@50>>2-5", (aann_shape){1, 7, 7}, 21, NETWORKS);
    const aann_spec *spec = aann_network_spec(networks[0]);
    aann_samples *samples = make_samples(spec, SAMPLES, 22);
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        for (int unbiased = 0; unbiased <= 1; unbiased++) {
            aann_similarity_options options = aann_similarity_options_default();
            options.unbiased = unbiased;
            double found[NETWORKS * NETWORKS];
            double again[NETWORKS * NETWORKS];
            assert_ok(aann_similarity_measure((const aann_network *const *)networks, NETWORKS,
                                              samples, layer, &options, found, &error));
            options.threads = 2;
            assert_ok(aann_similarity_measure((const aann_network *const *)networks, NETWORKS,
                                              samples, layer, &options, again, &error));
            assert_memory_equal(found, again, sizeof found);
            for (int32_t i = 0; i < NETWORKS * NETWORKS; i++) {
                size_t width = 0;
                double *x = representation(networks[i / NETWORKS], samples, layer, &width);
                double *y = representation(networks[i % NETWORKS], samples, layer, &width);
                assert_near(found[i], expected_similarity(x, width, y, width, unbiased), 1e-10);
                free(x);
                free(y);
            }
        }
    }
    free_samples(samples);
    free_networks(networks, NETWORKS);
}

/* Names of units do not matter, and a network that ignores its input is like nothing. */
static void test_invariance(void **state)
{
    (void)state;
    aann_error error;
    aann_random_stream stream = test_stream(9);
    aann_network **networks = random_networks("6C3@40-MP2-9@50-5", (aann_shape){1, 7, 7}, 31, 1);
    aann_network *renamed = renamed_network(networks[0], &stream);
    aann_network *silent = NULL;
    assert_ok(aann_network_create(aann_network_spec(renamed), &silent, &error));
    aann_samples *samples = make_samples(aann_network_spec(renamed), SAMPLES, 32);
    const aann_network *const three[3] = {networks[0], renamed, silent};
    const aann_similarity_options options = aann_similarity_options_default();
    for (int32_t layer = 0; layer < 2; layer++) {
        double found[9];
        assert_ok(aann_similarity_measure(three, 3, samples, layer, &options, found, &error));
        assert_near(found[1], 1.0, 1e-12);
        assert_true(isnan(found[2]) && isnan(found[8]));
    }
    double none[9];
    assert_int_equal(aann_similarity_measure(three, 3, samples, 3, &options, none, &error),
                     AANN_ERROR_ARGUMENT);
    samples->count = 3;
    assert_int_equal(aann_similarity_measure(three, 3, samples, 0, &options, none, &error),
                     AANN_ERROR_ARGUMENT);
    free_samples(samples);
    aann_network_destroy(silent);
    aann_network_destroy(renamed);
    free_networks(networks, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_similarity),
                                       cmocka_unit_test(test_invariance)};
    return cmocka_run_group_tests_name("geometry: similarity", tests, NULL, NULL);
}
