/* Neighbours at inverse temperatures b and b' with mean losses u and u' exchange with a probability
 * that falls with
 *     length = sqrt((b' - b) (u - u')):
 * for normally distributed losses it is erfc(length / 2), 0.48 at length 1. Lengths add up along
 * the ladder, so equal pieces of the whole give equal rates. Only operations that IEEE 754 defines
 * to the last bit are used: temperatures are part of what determines a result. */
#include "manifold/spacing.h"

#include <math.h>
#include <string.h>

#include "aann/sampler.h"

/* Between neighbours at the wanted rate, and at least, where losses hardly differ. */
static const double wanted_length = 1.1;
static const double shortest_length = 0.02;

/* The ratio whose power is `product`, by bisection. */
static double find_ratio(double product, int32_t power)
{
    double low = 1.0;
    double high = product;
    for (int32_t step = 0; step < 100; step++) {
        const double middle = 0.5 * (low + high);
        double value = 1.0;
        for (int32_t i = 0; i < power && value <= product; i++) {
            value *= middle;
        }
        if (value > product) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return low;
}

void aann_spacing_guess(double deviation, double coldest, double *beta, int32_t rungs)
{
    const double first = deviation * coldest > 2.0 ? 1.0 / deviation : 0.5 * coldest;
    const double ratio = find_ratio(coldest / first, rungs - 2);
    beta[0] = 0.0;
    beta[1] = first;
    for (int32_t i = 2; i < rungs; i++) {
        beta[i] = beta[i - 1] * ratio;
    }
    beta[rungs - 1] = coldest;
}

static double length(const double *beta, const double *loss, int32_t i)
{
    const double square = (beta[i + 1] - beta[i]) * (loss[i] - loss[i + 1]);
    return square > shortest_length * shortest_length ? sqrt(square) : shortest_length;
}

int32_t aann_spacing_rungs(const double *beta, const double *loss, int32_t rungs, int32_t limit)
{
    double total = 0.0;
    for (int32_t i = 0; i + 1 < rungs; i++) {
        total += length(beta, loss, i);
    }
    const double wanted = 2.0 + total / wanted_length;
    return wanted < 3.0 ? 3 : wanted < limit ? (int32_t)wanted : limit;
}

void aann_spacing_even(const double *beta, const double *loss, int32_t rungs, double *next,
                       int32_t next_rungs)
{
    double old[AANN_RUNG_LIMIT];
    double at[AANN_RUNG_LIMIT] = {0};
    memcpy(old, beta, (size_t)rungs * sizeof *old);
    for (int32_t i = 0; i + 1 < rungs; i++) {
        at[i + 1] = at[i] + length(old, loss, i);
    }
    next[0] = old[0];
    for (int32_t i = 1, piece = 0; i + 1 < next_rungs; i++) {
        const double wanted = at[rungs - 1] * i / (next_rungs - 1);
        while (piece + 2 < rungs && at[piece + 1] < wanted) {
            piece++;
        }
        const double share = (wanted - at[piece]) / (at[piece + 1] - at[piece]);
        next[i] = old[piece] + share * (old[piece + 1] - old[piece]);
    }
    next[next_rungs - 1] = old[rungs - 1];
}
