/* Agreement of answers, pair by pair.
 *
 * With n samples, let s be those that get the same answer, e_i and e_j the errors, b the samples
 * that both get wrong, and f_ic how often i answers c:
 *     agreement      s / n
 *     answer kappa   (s/n - p) / (1 - p),  p = sum_c f_ic f_jc / n^2                     (Cohen 1960)
 *     error overlap  b / (e_i + e_j - b)
 *     error kappa    (o - p) / (1 - p),  o = (n - e_i - e_j + 2 b) / n,
 *                    p = (1 - e_i/n) (1 - e_j/n) + (e_i/n) (e_j/n)                       (Geirhos et al. 2020)
 * All but the last division is counting, so errors are kept as bits, and answers as 16-bit
 * numbers. */
#include <math.h>
#include <stdlib.h>

#include "aann/geometry.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"

enum { BITS = 64, BLOCK = 32768 /* samples whose count fits 16 bits */ };

typedef struct agreement_job {
    const uint16_t *answers; /* [count][samples] */
    int64_t samples;
    int32_t classes;
    int64_t *frequencies; /* [count][classes] */
    int64_t *errors;      /* [count] */
    uint64_t *wrong;      /* [count][words] one bit per sample; NULL without labels */
    size_t words;
    aann_agreement *result;
} agreement_job;

static int64_t count_same(const uint16_t *a, const uint16_t *b, int64_t samples)
{
    int64_t same = 0;
    for (int64_t first = 0; first < samples; first += BLOCK) {
        const int64_t end = samples - first < BLOCK ? samples : first + BLOCK;
        uint16_t block = 0;
        for (int64_t i = first; i < end; i++) {
            block = (uint16_t)(block + (a[i] == b[i]));
        }
        same += block;
    }
    return same;
}

static int64_t count_bits(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int64_t)((x * 0x0101010101010101u) >> 56);
}

static int64_t count_both(const uint64_t *a, const uint64_t *b, size_t words)
{
    int64_t both = 0;
    for (size_t i = 0; i < words; i++) {
        both += count_bits(a[i] & b[i]);
    }
    return both;
}

static double kappa(double observed, double expected)
{
    return expected < 1.0 ? (observed - expected) / (1.0 - expected) : (double)NAN;
}

static double expected_same(const agreement_job *job, int32_t i, int32_t j)
{
    const int64_t *a = job->frequencies + (size_t)i * (size_t)job->classes;
    const int64_t *b = job->frequencies + (size_t)j * (size_t)job->classes;
    const double samples = (double)job->samples;
    double sum = 0.0;
    for (int32_t c = 0; c < job->classes; c++) {
        sum += (double)a[c] / samples * ((double)b[c] / samples);
    }
    return sum;
}

static void set_pair(double *matrix, int32_t count, int32_t i, int32_t j, double value)
{
    matrix[(size_t)i * (size_t)count + (size_t)j] = value;
    matrix[(size_t)j * (size_t)count + (size_t)i] = value;
}

static void compare_errors(const agreement_job *job, int32_t i, int32_t j)
{
    aann_agreement *result = job->result;
    const double samples = (double)job->samples;
    const int64_t both = count_both(job->wrong + (size_t)i * job->words,
                                    job->wrong + (size_t)j * job->words, job->words);
    const int64_t either = job->errors[i] + job->errors[j] - both;
    const double error_i = (double)job->errors[i] / samples;
    const double error_j = (double)job->errors[j] / samples;
    const double observed = (double)(job->samples - either + both) / samples;
    const double expected = (1.0 - error_i) * (1.0 - error_j) + error_i * error_j;
    set_pair(result->error_overlap, result->count, i, j,
             either > 0 ? (double)both / (double)either : (double)NAN);
    set_pair(result->error_kappa, result->count, i, j, kappa(observed, expected));
}

static void compare_row(void *context, int32_t worker, int64_t index)
{
    (void)worker;
    const agreement_job *job = context;
    aann_agreement *result = job->result;
    const int32_t i = (int32_t)index;
    for (int32_t j = i; j < result->count; j++) {
        const int64_t same =
            count_same(job->answers + (size_t)i * (size_t)job->samples,
                       job->answers + (size_t)j * (size_t)job->samples, job->samples);
        const double agreement = (double)same / (double)job->samples;
        set_pair(result->agreement, result->count, i, j, agreement);
        set_pair(result->answer_kappa, result->count, i, j,
                 kappa(agreement, expected_same(job, i, j)));
        if (job->wrong != NULL) {
            compare_errors(job, i, j);
        }
    }
}

/* Counts what each member contributes alone. */
static void count_members(const agreement_job *job, const int32_t *labels)
{
    for (int32_t member = 0; member < job->result->count; member++) {
        const uint16_t *answers = job->answers + (size_t)member * (size_t)job->samples;
        for (int64_t i = 0; i < job->samples; i++) {
            job->frequencies[(size_t)member * (size_t)job->classes + answers[i]]++;
            if (labels != NULL && answers[i] != labels[i]) {
                job->wrong[(size_t)member * job->words + (size_t)(i / BITS)] |= (uint64_t)1
                                                                                << (i % BITS);
                job->errors[member]++;
            }
        }
        if (labels != NULL) {
            const int64_t correct = job->samples - job->errors[member];
            job->result->accuracy[member] = (double)correct / (double)job->samples;
        }
    }
}

static bool allocate_matrices(aann_agreement *agreement, bool labels)
{
    size_t cells = 0;
    if (!aann_multiply_sizes((size_t)agreement->count, (size_t)agreement->count, &cells)) {
        return false;
    }
    agreement->agreement = aann_allocate(cells, sizeof(double));
    agreement->answer_kappa = aann_allocate(cells, sizeof(double));
    bool good = agreement->agreement != NULL && agreement->answer_kappa != NULL;
    if (good && labels) {
        agreement->error_overlap = aann_allocate(cells, sizeof(double));
        agreement->error_kappa = aann_allocate(cells, sizeof(double));
        agreement->accuracy = aann_allocate((size_t)agreement->count, sizeof(double));
        good = agreement->error_overlap != NULL && agreement->error_kappa != NULL &&
               agreement->accuracy != NULL;
    }
    return good;
}

static bool allocate_job(agreement_job *job, bool labels)
{
    const size_t count = (size_t)job->result->count;
    size_t frequencies = 0;
    size_t bits = 0;
    if (!aann_multiply_sizes(count, (size_t)job->classes, &frequencies) ||
        !aann_multiply_sizes(count, job->words, &bits)) {
        return false;
    }
    job->frequencies = aann_allocate_zeroed(frequencies, sizeof *job->frequencies);
    job->errors = aann_allocate_zeroed(count, sizeof *job->errors);
    job->wrong = labels ? aann_allocate_zeroed(bits, sizeof *job->wrong) : NULL;
    return job->frequencies != NULL && job->errors != NULL && (!labels || job->wrong != NULL);
}

/* All functions above index by answers and labels, so this checks their ranges. */
static aann_status check(const uint16_t *answers, const int32_t *labels, int32_t count,
                         int64_t samples, int32_t classes, aann_error *error)
{
    if (count < 1 || samples < 1 || classes < 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "agreement of %d members on %lld samples of %d classes", count,
                         (long long)samples, classes);
    }
    for (int64_t i = 0; i < (int64_t)count * samples; i++) {
        if (answers[i] >= classes) {
            return aann_fail(error, AANN_ERROR_ARGUMENT, "answer %d of %d classes", answers[i],
                             classes);
        }
    }
    for (int64_t i = 0; labels != NULL && i < samples; i++) {
        if (labels[i] < 0 || labels[i] >= classes) {
            return aann_fail(error, AANN_ERROR_ARGUMENT, "label %d of %d classes", labels[i],
                             classes);
        }
    }
    return AANN_OK;
}

aann_status aann_agreement_measure(const uint16_t *answers, const int32_t *labels, int32_t count,
                                   int64_t samples, int32_t classes, int32_t threads,
                                   aann_agreement *agreement, aann_error *error)
{
    *agreement = (aann_agreement){.count = count};
    aann_threads *pool = NULL;
    aann_status status = check(answers, labels, count, samples, classes, error);
    if (status == AANN_OK) {
        status = aann_threads_create(threads, &pool, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    agreement_job job = {.answers = answers,
                         .samples = samples,
                         .classes = classes,
                         .words = (size_t)((samples + BITS - 1) / BITS),
                         .result = agreement};
    if (allocate_matrices(agreement, labels != NULL) && allocate_job(&job, labels != NULL)) {
        count_members(&job, labels);
        aann_threads_run(pool, 0, count, compare_row, &job);
    } else {
        status =
            aann_fail(error, AANN_ERROR_MEMORY, "out of memory for comparing %d members", count);
        aann_agreement_destroy(agreement);
    }
    free(job.frequencies);
    free(job.errors);
    free(job.wrong);
    aann_threads_destroy(pool);
    return status;
}

void aann_agreement_destroy(aann_agreement *agreement)
{
    free(agreement->agreement);
    free(agreement->answer_kappa);
    free(agreement->error_overlap);
    free(agreement->error_kappa);
    free(agreement->accuracy);
    *agreement = (aann_agreement){0};
}
