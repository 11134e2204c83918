/* Linear centred kernel alignment (CKA; Kornblith, Norouzi, Lee, Hinton: "Similarity of neural
 * network representations revisited", ICML 2019).
 *
 * A layer's representation of n samples is a matrix X [n][units]. Its kernel K = X X^T says how
 * similar each two samples look to that layer, whatever its units are called and however many there
 * are. After centring,
 *     CKA(K, L) = <K, L> / sqrt(<K, K> <L, L>).
 * Centred once and scaled to length 1, a network's kernel is a vector, and the CKA of a pair one
 * inner product. A kernel is symmetric: the upper triangle is enough, with all but its diagonal
 * weighted by the square root of 2.
 *
 * The plain estimate grows with units per sample, up to 1 for unrelated networks. The unbiased one
 * (HSIC_1 of Song, Smola, Gretton, Bedo, Borgwardt: "Feature selection via dependence
 * maximization", JMLR 2012) leaves out the diagonal and centres so that the expectation for
 * independent representations is 0. (Székely and Rizzo: "Partial distance correlation with methods
 * for dissimilarities", Annals of Statistics 2014, write it as an inner product of "U-centred"
 * matrices, which is what is done here.) */
#include <math.h>
#include <stdlib.h>

#include "aann/geometry.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "geometry/distances.h"

enum {
    FEWEST_SAMPLES = 4,
    LANES = 8,
    CHUNK = 65536 /* products of activations whose sum fits 32 bits */
};

aann_similarity_options aann_similarity_options_default(void)
{
    return (aann_similarity_options){.unbiased = false, .threads = 1};
}

typedef struct similarity_job {
    int32_t count;   /* networks */
    int64_t samples; /* n */
    size_t width;    /* values of a sample's representation */
    bool unbiased;
    int8_t *activations; /* [n][width], of one network; NULL: */
    int32_t *logits;     /* [n][width] */
    double *kernel;      /* [n][n], of one network */
    double *row_sums;    /* [n] */
    double *vectors;     /* [count][length] upper triangles, of length 1 */
    size_t length;       /* n (n + 1) / 2 */
    double *similarity;
} similarity_job;

static double product_of_activations(const int8_t *a, const int8_t *b, size_t width)
{
    int64_t sum = 0;
    for (size_t first = 0; first < width; first += CHUNK) {
        const size_t end = width - first < CHUNK ? width : first + CHUNK;
        int32_t part = 0;
        for (size_t i = first; i < end; i++) {
            part += a[i] * b[i];
        }
        sum += part;
    }
    return (double)sum;
}

static double product_of_logits(const int32_t *a, const int32_t *b, size_t width)
{
    double sum = 0.0;
    for (size_t i = 0; i < width; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

static void kernel_row(void *context, int32_t worker, int64_t i)
{
    (void)worker;
    const similarity_job *job = context;
    const size_t n = (size_t)job->samples;
    const size_t width = job->width;
    for (size_t j = (size_t)i; j < n; j++) {
        const double product = job->activations != NULL
                                   ? product_of_activations(job->activations + (size_t)i * width,
                                                            job->activations + j * width, width)
                                   : product_of_logits(job->logits + (size_t)i * width,
                                                       job->logits + j * width, width);
        job->kernel[(size_t)i * n + j] = product;
        job->kernel[j * n + (size_t)i] = product;
    }
}

/* Row sums, without the diagonal where it does not count; returns their sum. */
static double sum_rows(const similarity_job *job)
{
    const size_t n = (size_t)job->samples;
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < n; j++) {
            sum += i == j && job->unbiased ? 0.0 : job->kernel[i * n + j];
        }
        job->row_sums[i] = sum;
        total += sum;
    }
    return total;
}

/* The centred kernel's upper triangle, of length 1; NAN throughout if nothing varies. */
static void centre(const similarity_job *job, double *vector)
{
    const size_t n = (size_t)job->samples;
    const double total = sum_rows(job);
    const double samples = (double)n;
    const double per_row = job->unbiased ? samples - 2.0 : samples;
    const double per_cell = job->unbiased ? (samples - 1.0) * (samples - 2.0) : samples * samples;
    const double root_two = 1.41421356237309504880;
    double largest = 0.0; /* of the kernel before centring: what rounding errors are relative to */
    double squares = 0.0;
    size_t next = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++) {
            const double plain = job->kernel[i * n + j];
            double value =
                plain - (job->row_sums[i] + job->row_sums[j]) / per_row + total / per_cell;
            value = i == j ? (job->unbiased ? 0.0 : value) : value * root_two;
            vector[next++] = value;
            squares += value * value;
            largest = fabs(plain) > largest ? fabs(plain) : largest;
        }
    }
    const double length = sqrt(squares);
    const bool varies = length > 1e-12 * largest * samples;
    for (size_t i = 0; i < next; i++) {
        vector[i] = varies ? vector[i] / length : (double)NAN;
    }
}

/* Lane by lane, then lane after lane: an order that vector instructions can keep. */
static double inner_product(const double *a, const double *b, size_t length)
{
    double lanes[LANES] = {0.0};
    size_t i = 0;
    for (; i + LANES <= length; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            lanes[lane] += a[i + lane] * b[i + lane];
        }
    }
    double sum = 0.0;
    for (size_t lane = 0; lane < LANES; lane++) {
        sum += lanes[lane];
    }
    for (; i < length; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void compare_row(void *context, int32_t worker, int64_t index)
{
    (void)worker;
    const similarity_job *job = context;
    const size_t count = (size_t)job->count;
    const size_t i = (size_t)index;
    for (size_t j = i; j < count; j++) {
        const double product = inner_product(job->vectors + i * job->length,
                                             job->vectors + j * job->length, job->length);
        job->similarity[i * count + j] = product;
        job->similarity[j * count + i] = product;
    }
}

static aann_status represent(similarity_job *job, aann_evaluator *evaluator,
                             const aann_network *network, const aann_samples *samples,
                             int32_t layer, aann_error *error)
{
    const aann_status status = aann_evaluator_set_network(evaluator, network, error);
    if (status != AANN_OK) {
        return status;
    }
    if (job->activations != NULL) {
        return aann_evaluator_activations(evaluator, samples, 0, samples->count, layer,
                                          job->activations, error);
    }
    return aann_evaluator_logits(evaluator, samples, 0, samples->count, job->logits, error);
}

static aann_status allocate(similarity_job *job, const aann_spec *spec, int32_t layer,
                            aann_error *error)
{
    const size_t n = (size_t)job->samples;
    const bool last = layer == spec->layer_count - 1;
    job->width =
        last ? (size_t)spec->output_count : (size_t)aann_shape_size(spec->layers[layer].output);
    size_t cells = 0;
    size_t values = 0;
    size_t vectors = 0;
    bool good =
        aann_multiply_sizes(n, n + 1, &cells) && aann_multiply_sizes(n, job->width, &values);
    job->length = cells / 2;
    good = good && aann_multiply_sizes((size_t)job->count, job->length, &vectors);
    if (good) {
        job->kernel = aann_allocate(cells, sizeof *job->kernel);
        job->row_sums = aann_allocate(n, sizeof *job->row_sums);
        job->vectors = aann_allocate(vectors, sizeof *job->vectors);
        if (last) {
            job->logits = aann_allocate(values, sizeof *job->logits);
        } else {
            job->activations = aann_allocate(values, sizeof *job->activations);
        }
        good = job->kernel != NULL && job->row_sums != NULL && job->vectors != NULL &&
               (job->logits != NULL || job->activations != NULL);
    }
    return good ? AANN_OK
                : aann_fail(error, AANN_ERROR_MEMORY,
                            "out of memory for the kernels of %d networks on %lld samples",
                            job->count, (long long)job->samples);
}

static aann_status check(const aann_network *const *networks, int32_t count,
                         const aann_samples *samples, int32_t layer, aann_error *error)
{
    const aann_status status = aann_networks_check_alike(networks, count, error);
    if (status != AANN_OK) {
        return status;
    }
    const int32_t layers = aann_network_spec(networks[0])->layer_count;
    if (layer < 0 || layer >= layers) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "layer %d: there are 0..%d", layer,
                         layers - 1);
    }
    if (samples->count < FEWEST_SAMPLES) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "similarity on %lld samples; at least %d are needed",
                         (long long)samples->count, (int)FEWEST_SAMPLES);
    }
    return AANN_OK;
}

/* NOLINTBEGIN(readability-non-const-parameter): the threads write `similarity`, through the job */
aann_status aann_similarity_measure(const aann_network *const *networks, int32_t count,
                                    const aann_samples *samples, int32_t layer,
                                    const aann_similarity_options *options, double *similarity,
                                    aann_error *error)
/* NOLINTEND(readability-non-const-parameter) */
{
    aann_status status = check(networks, count, samples, layer, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_spec *spec = aann_network_spec(networks[0]);
    similarity_job job = {.count = count,
                          .samples = samples->count,
                          .unbiased = options->unbiased,
                          .similarity = similarity};
    aann_evaluator *evaluator = NULL;
    aann_threads *pool = NULL;
    status = aann_evaluator_create_empty(spec, options->threads, NULL, &evaluator, error);
    if (status == AANN_OK) {
        status = aann_threads_create(options->threads, &pool, error);
    }
    if (status == AANN_OK) {
        status = allocate(&job, spec, layer, error);
    }
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        status = represent(&job, evaluator, networks[i], samples, layer, error);
        if (status == AANN_OK) {
            aann_threads_run(pool, 0, job.samples, kernel_row, &job);
            centre(&job, job.vectors + (size_t)i * job.length);
        }
    }
    if (status == AANN_OK) {
        aann_threads_run(pool, 0, count, compare_row, &job);
    }
    free(job.kernel);
    free(job.row_sums);
    free(job.vectors);
    free(job.logits);
    free(job.activations);
    aann_evaluator_destroy(evaluator);
    aann_threads_destroy(pool);
    return status;
}
