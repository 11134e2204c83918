/* Four floats at once: a vector type that gcc and clang have on every machine, and that obeys the
 * ordinary operators lane by lane. Each lane rounds as a float does, so results are those of plain
 * C. */
#ifndef AANN_CAR_FLOAT4_H
#define AANN_CAR_FLOAT4_H

#include <stdint.h>
#include <string.h>

typedef float aann_float4 __attribute__((vector_size(16)));
typedef int32_t aann_float4_integers __attribute__((vector_size(16)));

static inline aann_float4 aann_float4_load(const float *values)
{
    aann_float4 four;
    memcpy(&four, values, sizeof four);
    return four;
}

static inline void aann_float4_store(float *values, aann_float4 four)
{
    memcpy(values, &four, sizeof four);
}

static inline aann_float4 aann_float4_of(float value)
{
    return (aann_float4){value, value, value, value};
}

/* Lane by lane: a where the condition (0 or -1) holds, b elsewhere. */
static inline aann_float4 aann_float4_choose(aann_float4_integers condition, aann_float4 a,
                                             aann_float4 b)
{
    return (aann_float4)(((aann_float4_integers)a & condition) |
                         ((aann_float4_integers)b & ~condition));
}

#endif
