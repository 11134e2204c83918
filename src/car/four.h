/* Four floats at once: a vector type that gcc and clang have on every machine, and that obeys the ordinary operators lane by
 * lane. Each lane rounds as a float does, so results are those of plain C. */
#ifndef AANN_CAR_FOUR_H
#define AANN_CAR_FOUR_H

#include <stdint.h>
#include <string.h>

typedef float car_four __attribute__((vector_size(16)));
typedef int32_t car_four_integers __attribute__((vector_size(16)));

static inline car_four car_four_load(const float *values)
{
    car_four four;
    memcpy(&four, values, sizeof four);
    return four;
}

static inline void car_four_store(float *values, car_four four)
{
    memcpy(values, &four, sizeof four);
}

static inline car_four car_four_of(float value)
{
    return (car_four){value, value, value, value};
}

/* Lane by lane: a where the condition (0 or -1) holds, b elsewhere. */
static inline car_four car_four_choose(car_four_integers condition, car_four a, car_four b)
{
    return (car_four)(((car_four_integers)a & condition) | ((car_four_integers)b & ~condition));
}

#endif
