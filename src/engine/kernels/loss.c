/* The loss kernels: softmax cross-entropy and squared error over the 64 lanes of a block.
 *
 * A loss is an integer in units of 2^-20, so that sums of losses are exact in any order and a
 * search gives the same bits on any number of threads. Within a lane the arithmetic is IEEE single
 * precision in one fixed order, without fused multiply-add, with the powers and logarithms of this
 * file: the same bits on every instruction set.
 *
 * Softmax: with exponents t_c = scale * (output_c - reference), the loss is ln(sum_c 2^t_c) - ln2 *
 * t_label. The reference is the sample's largest output as of the last commit, so the powers of
 * outputs that a candidate does not change can be kept, and a candidate for the output layer costs
 * one or two powers instead of all. */
#include <string.h>

#include "engine/kernels/units.h"

/* Loss units per unit of loss, and per power of two. */
static const float loss_unit = 1048576.0F;
static const float loss_unit_ln2 = 726817.498F; /* 2^20 ln 2 */

static inline int32_t bits_of(float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float float_of(int32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 2^t for |t| <= 120: the nearest integer goes into the exponent, the rest (at most 1/2) into a
 * polynomial of degree 5 with relative error 9.2e-8 (fitted for the smallest maximum, exact at
 * 0). */
static inline float power_of_two(float t)
{
    const float shifted =
        t + 12582912.0F; /* 1.5 * 2^23: leaves the rounded integer in the low bits */
    const float rest = t - (shifted - 12582912.0F);
    float power = 0x1.5bba14p-10F;
    power = power * rest + 0x1.3cea88p-7F;
    power = power * rest + 0x1.c6b752p-5F;
    power = power * rest + 0x1.ebf9bcp-3F;
    power = power * rest + 0x1.62e42ap-1F;
    power = power * rest + 1.0F;
    return float_of((int32_t)((uint32_t)bits_of(power) + ((uint32_t)bits_of(shifted) << 23)));
}

/* log2 of a normal positive number: the exponent plus the mantissa's in [1/sqrt 2, sqrt 2), by the
 * series of 2 artanh((m - 1) / (m + 1)), whose first term left out is below 1.5e-8. */
static inline float logarithm_of_two(float value)
{
    const int32_t above = bits_of(value) - 0x3f3504f3; /* sqrt(1/2) */
    const int32_t exponent = above >> 23;
    const float mantissa =
        float_of((int32_t)((uint32_t)bits_of(value) - ((uint32_t)exponent << 23)));
    const float ratio = (mantissa - 1.0F) / (mantissa + 1.0F);
    const float square = ratio * ratio;
    float series = square * 0x1.a61762p-2F + 0x1.2776c6p-1F; /* 2/ln2 / 7, 2/ln2 / 5 */
    series = series * square + 0x1.ec709ep-1F;               /* 2/ln2 / 3 */
    series = series * square + 0x1.715476p+1F;               /* 2/ln2 */
    return (float)exponent + ratio * series;
}

static inline int32_t clamp(int32_t value, int32_t limit)
{
    const int32_t above = value < -limit ? -limit : value;
    return above > limit ? limit : above;
}

/* Loss of every lane from the sum of powers and the label's difference to the reference. */
static inline void finish_cross_entropy(const float *restrict powers,
                                        const int32_t *restrict label_differences,
                                        const int32_t *restrict labels, int32_t limit, float scale,
                                        int32_t *restrict losses)
{
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        const float label = (float)clamp(label_differences[lane], limit) * scale;
        const float loss = (logarithm_of_two(powers[lane]) - label) * loss_unit_ln2;
        losses[lane] = (int32_t)loss & ~(labels[lane] >> 31);
    }
}

/* Adds the power of one output that changed, and what that changes for lanes with this label. */
static inline void add_changed_power(const int32_t *restrict outputs, const int32_t *restrict by,
                                     const int32_t *restrict reference,
                                     const int32_t *restrict labels, int32_t output_index,
                                     int32_t shift, int32_t limit, float scale,
                                     float *restrict powers, int32_t *restrict label_differences)
{
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        const int32_t before = outputs[lane] >> shift;
        const int32_t after = (outputs[lane] + by[lane]) >> shift;
        powers[lane] += power_of_two((float)clamp(after - reference[lane], limit) * scale);
        label_differences[lane] += (after - before) & -(int32_t)(labels[lane] == output_index);
    }
}

/* The power of one output, kept for later, and the difference of lanes with this label. */
static inline void add_kept_power(const int32_t *restrict outputs,
                                  const int32_t *restrict reference, const int32_t *restrict labels,
                                  int32_t output_index, int32_t shift, int32_t limit, float scale,
                                  float *restrict kept, float *restrict powers,
                                  int32_t *restrict label_differences)
{
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        const int32_t difference = (outputs[lane] >> shift) - reference[lane];
        kept[lane] = power_of_two((float)clamp(difference, limit) * scale);
        powers[lane] += kept[lane];
        label_differences[lane] |= difference & -(int32_t)(labels[lane] == output_index);
    }
}

static inline void sum_changes(const int32_t *restrict losses, const int32_t *restrict before,
                               aann_block_change *result)
{
    enum { PARTS = 16 };
    float squares[PARTS] = {0};
    int64_t sum = 0;
    for (int32_t first = 0; first < AANN_BLOCK; first += PARTS) {
        for (int32_t part = 0; part < PARTS; part++) {
            const float change =
                (float)(losses[first + part] - before[first + part]) * (1.0F / 1048576.0F);
            squares[part] += change * change;
        }
    }
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        sum += losses[lane] - before[lane];
    }
    for (int32_t half = PARTS / 2; half > 0; half /= 2) {
        for (int32_t part = 0; part < half; part++) {
            squares[part] += squares[part + half];
        }
    }
    result->sum = sum;
    result->squares = squares[0];
}

void AANN_KERNEL(aann_cross_entropy_change)(const aann_loss_block *block, const int32_t *change,
                                            const uint8_t *changed, aann_block_change *result)
{
    float powers[AANN_BLOCK] = {0};
    int32_t label_differences[AANN_BLOCK];
    memcpy(label_differences, block->label_differences, sizeof label_differences);
    for (int32_t c = 0; c < block->output_count; c++) {
        const size_t row = (size_t)c * AANN_BLOCK;
        if (changed[c] != 0) {
            add_changed_power(block->outputs + row, change + row, block->reference, block->labels,
                              c, block->output_shift, block->output_limit, block->scale, powers,
                              label_differences);
            continue;
        }
        const float *restrict kept = block->exponentials + row;
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            powers[lane] += kept[lane];
        }
    }
    int32_t losses[AANN_BLOCK];
    finish_cross_entropy(powers, label_differences, block->labels, block->output_limit,
                         block->scale, losses);
    sum_changes(losses, block->losses, result);
}

/* reference = the largest output of each lane. */
static inline void find_reference(const int32_t *restrict outputs, int32_t output_count,
                                  int32_t shift, int32_t *restrict reference)
{
    int32_t largest[AANN_BLOCK];
    memcpy(largest, outputs, sizeof largest);
    for (int32_t c = 1; c < output_count; c++) {
        const int32_t *restrict row = outputs + (size_t)c * AANN_BLOCK;
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            largest[lane] = row[lane] > largest[lane] ? row[lane] : largest[lane];
        }
    }
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        reference[lane] = largest[lane] >> shift;
    }
}

void AANN_KERNEL(aann_cross_entropy)(const aann_loss_block *block, aann_loss_kept *kept)
{
    find_reference(block->outputs, block->output_count, block->output_shift, kept->reference);
    float powers[AANN_BLOCK] = {0};
    int32_t label_differences[AANN_BLOCK] = {0};
    for (int32_t c = 0; c < block->output_count; c++) {
        const size_t row = (size_t)c * AANN_BLOCK;
        add_kept_power(block->outputs + row, kept->reference, block->labels, c, block->output_shift,
                       block->output_limit, block->scale, kept->exponentials + row, powers,
                       label_differences);
    }
    memcpy(kept->label_differences, label_differences, sizeof label_differences);
    finish_cross_entropy(powers, label_differences, block->labels, block->output_limit,
                         block->scale, kept->losses);
}

/* Adds one output's weighted squared error; sums are before the shift. */
static inline void add_squared_error(const aann_loss_block *block, int32_t output_index,
                                     const int32_t *restrict sums, float *restrict errors)
{
    const float *restrict targets = block->targets + (size_t)output_index * AANN_BLOCK;
    const float weight = block->target_weights[output_index];
    const int32_t shift = block->output_shift, limit = block->output_limit;
    const float scale = block->scale;
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        const int32_t output = clamp(sums[lane] >> shift, limit);
        const float error = (float)output * scale - targets[lane];
        errors[lane] += error * error * weight;
    }
}

static inline void finish_squared_error(const aann_loss_block *block, const float *restrict errors,
                                        int32_t *restrict losses)
{
    const int32_t *restrict labels = block->labels;
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        losses[lane] = (int32_t)(errors[lane] * loss_unit) & ~(labels[lane] >> 31);
    }
}

void AANN_KERNEL(aann_squared_error_change)(const aann_loss_block *block, const int32_t *change,
                                            const uint8_t *changed, aann_block_change *result)
{
    float errors[AANN_BLOCK] = {0};
    for (int32_t c = 0; c < block->output_count; c++) {
        int32_t sums[AANN_BLOCK];
        memcpy(sums, block->outputs + (size_t)c * AANN_BLOCK, sizeof sums);
        if (changed[c] != 0) {
            for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
                sums[lane] += change[(size_t)c * AANN_BLOCK + (size_t)lane];
            }
        }
        add_squared_error(block, c, sums, errors);
    }
    int32_t losses[AANN_BLOCK];
    finish_squared_error(block, errors, losses);
    sum_changes(losses, block->losses, result);
}

void AANN_KERNEL(aann_squared_error)(const aann_loss_block *block, aann_loss_kept *kept)
{
    float errors[AANN_BLOCK] = {0};
    for (int32_t c = 0; c < block->output_count; c++) {
        add_squared_error(block, c, block->outputs + (size_t)c * AANN_BLOCK, errors);
    }
    finish_squared_error(block, errors, kept->losses);
}
