/* Bennett's ratio: with equally many draws at both temperatures, the difference d of the free
 * energies is where
 *     sum over draws of the hotter of 1 / (1 + exp(w - d))
 *   = sum over draws of the colder of 1 / (1 + exp(d - w)),      w = (beta' - beta) loss.
 * The left side rises with d, the right one falls, so bisection finds it.
 *
 * MBAR takes all temperatures together: with D(l) = sum over j of exp(f_j - beta_j l),
 *     f_k = -ln sum over draws of exp(-beta_k l) / D(l),
 * iterated from Bennett's values. A draw of loss l then stands for 1 / D(l) networks, up to a
 * constant. Differences that stretch over the whole ladder converge slowly, but these are small from
 * the beginning. */
#include "manifold/mbar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/sampler.h"
#include "core/memory.h"

enum { BISECTIONS = 100, ITERATION_LIMIT = 2000 };

static const double tolerance = 1e-7;

static double bennett_difference(const double *hotter, const double *colder, int64_t rounds,
                                 double step, double difference)
{
    double sum = 0.0;
    for (int64_t i = 0; i < rounds; i++) {
        sum += 1.0 / (1.0 + exp(step * hotter[i] - difference));
        sum -= 1.0 / (1.0 + exp(difference - step * colder[i]));
    }
    return sum;
}

void aann_bennett_ratios(const aann_draws *draws, double *log_sum)
{
    log_sum[0] = 0.0;
    for (int32_t k = 0; k + 1 < draws->rungs; k++) {
        const double *hotter = draws->losses + k * draws->rounds;
        const double *colder = hotter + draws->rounds;
        const double step = draws->beta[k + 1] - draws->beta[k];
        double low = hotter[0];
        double high = hotter[0];
        for (int64_t i = 0; i < 2 * draws->rounds; i++) { /* both are beside each other */
            low = fmin(low, hotter[i]);
            high = fmax(high, hotter[i]);
        }
        low = low * step - 1.0;
        high = high * step + 1.0;
        for (int32_t i = 0; i < BISECTIONS; i++) {
            const double middle = 0.5 * (low + high);
            if (bennett_difference(hotter, colder, draws->rounds, step, middle) > 0.0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        log_sum[k + 1] = log_sum[k] - 0.5 * (low + high);
    }
}

double aann_mbar_log_weight(const aann_draws *draws, const double *log_sum, double loss)
{
    double terms[AANN_RUNG_LIMIT];
    double largest = -INFINITY;
    for (int32_t k = 0; k < draws->rungs; k++) {
        terms[k] = -log_sum[k] - (draws->beta[k] - draws->beta[0]) * loss;
        largest = fmax(largest, terms[k]);
    }
    double sum = 0.0;
    for (int32_t k = 0; k < draws->rungs; k++) {
        sum += exp(terms[k] - largest);
    }
    return -largest - log(sum);
}

/* Draws of nearly the same loss count as one. How near follows from how steeply their weight falls
 * with the loss there: within a group it changes by a tenth. */
typedef struct draw_group {
    double loss; /* mean */
    double count;
} draw_group;

static const double group_width = 0.1;

static int compare_losses(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;
    return *left < *right ? -1 : *left > *right;
}

/* The inverse temperature at which this loss is usual: how steeply the weight rises with it. */
static double local_beta(const aann_draws *draws, const double *log_sum, double loss)
{
    const double weight = aann_mbar_log_weight(draws, log_sum, loss);
    double sum = 0.0;
    for (int32_t k = 0; k < draws->rungs; k++) {
        const double beta = draws->beta[k] - draws->beta[0];
        sum += beta * exp(weight - log_sum[k] - beta * loss);
    }
    return sum;
}

/* Groups sorted losses; `groups` may have the place of every loss. Returns their number. */
static int64_t group_losses(const aann_draws *draws, const double *log_sum, const double *sorted,
                            int64_t count, draw_group *groups)
{
    int64_t groups_made = 0;
    for (int64_t i = 0; i < count;) {
        const double width = group_width / (local_beta(draws, log_sum, sorted[i]) + 1e-9);
        double sum = 0.0;
        int64_t end = i;
        for (; end < count && sorted[end] - sorted[i] <= width; end++) {
            sum += sorted[end];
        }
        const double size = (double)(end - i);
        groups[groups_made++] = (draw_group){sum / size, size};
        i = end;
    }
    return groups_made;
}

/* One iteration; returns the largest change. */
static double iterate(const aann_draws *draws, const draw_group *groups, int64_t count,
                      double *log_sum)
{
    double sums[AANN_RUNG_LIMIT] = {0};
    double largest[AANN_RUNG_LIMIT] = {0};
    for (int32_t k = 0; k < draws->rungs; k++) {
        largest[k] = -INFINITY;
    }
    for (int64_t i = 0; i < count; i++) {
        const double loss = groups[i].loss;
        const double weight = aann_mbar_log_weight(draws, log_sum, loss);
        for (int32_t k = 0; k < draws->rungs; k++) {
            const double term = weight - (draws->beta[k] - draws->beta[0]) * loss;
            if (term > largest[k]) {
                sums[k] *= exp(largest[k] - term);
                largest[k] = term;
            }
            sums[k] += groups[i].count * exp(term - largest[k]);
        }
    }
    double change = 0.0;
    const double first = largest[0] + log(sums[0]);
    for (int32_t k = 0; k < draws->rungs; k++) {
        const double next = largest[k] + log(sums[k]) - first;
        change = fmax(change, fabs(next - log_sum[k]));
        log_sum[k] = next;
    }
    return change;
}

bool aann_mbar_solve(const aann_draws *draws, double *log_sum)
{
    const int64_t count = draws->rungs * draws->rounds;
    double *sorted = aann_allocate((size_t)count, sizeof *sorted);
    draw_group *groups = aann_allocate((size_t)count, sizeof *groups);
    const bool there = sorted != NULL && groups != NULL;
    if (there) {
        memcpy(sorted, draws->losses, (size_t)count * sizeof *sorted);
        qsort(sorted, (size_t)count, sizeof *sorted, compare_losses);
        const int64_t group_count = group_losses(draws, log_sum, sorted, count, groups);
        double change = INFINITY;
        for (int32_t i = 0; i < ITERATION_LIMIT && change > tolerance; i++) {
            change = iterate(draws, groups, group_count, log_sum);
        }
    }
    free(sorted);
    free(groups);
    return there;
}
