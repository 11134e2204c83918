/* The distance that chance gives: two independent networks, each uniform among those with the
 * counts.
 *
 * A layer has N weights; n_v of them have value v in {-1, 0, +1}. Let I_i be 1 where both networks
 * have the same value at position i. Given the first network, a position of the second has value v
 * with probability n_v / N, and two positions have values v and w with probability n_v (n_w - [v =
 * w]) / (N (N - 1)). The agreement A = sum_i I_i has
 *     E[A]          = sum_v n_v^2 / N
 *     E[A (A - 1)]  = sum_{v,w} (n_v (n_w - [v = w]))^2 / (N (N - 1)).
 * With S2 = sum n_v^2 and S3 = sum n_v^3 the second sum is S2^2 - 2 S3 + S2, and what remains of
 *     Var A = E[A (A - 1)] + E[A] - E[A]^2
 * is (S2 - 2 S3 / N + (S2 / N)^2) / (N - 1). The distance is N - A. Layers are independent: means
 * and variances add.
 *
 * In shares q_v = n_v / N, so that nothing overflows and little cancels:
 * mean = N (1 - sum q_v^2),   variance = N^2 / (N - 1) (sum q_v^2 - 2 sum q_v^3 + (sum
 * q_v^2)^2). */
#include "aann/geometry.h"

aann_chance aann_chance_of_counts(aann_counts counts)
{
    const double total = (double)(counts.minus + counts.zero + counts.plus);
    if (total < 2.0) {
        return (aann_chance){0};
    }
    const double shares[3] = {(double)counts.minus / total, (double)counts.zero / total,
                              (double)counts.plus / total};
    double squares = 0.0;
    double spread = 0.0; /* sum q^2 - 2 q^3 + q^2 S, term by term */
    for (int i = 0; i < 3; i++) {
        squares += shares[i] * shares[i];
    }
    for (int i = 0; i < 3; i++) {
        spread += shares[i] * shares[i] * (1.0 - 2.0 * shares[i] + squares);
    }
    return (aann_chance){.mean = total * (1.0 - squares),
                         .variance = total * total / (total - 1.0) * spread};
}

aann_chance aann_chance_of_layer(const aann_spec *spec, int32_t layer)
{
    return aann_chance_of_counts(aann_spec_counts(spec, layer));
}

aann_chance aann_chance_of_spec(const aann_spec *spec)
{
    aann_chance chance = {0};
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const aann_chance part = aann_chance_of_layer(spec, layer);
        chance.mean += part.mean;
        chance.variance += part.variance;
    }
    return chance;
}
