/* Memory for drawing exact pictures. */
#ifndef AANN_CAR_EXACT_TABLES_H
#define AANN_CAR_EXACT_TABLES_H

#include "car/exact_parts.h"

/* Makes it ready, or returns NULL if there is no memory; free it with aann_car_exact_destroy. The
 * glyphs, of which NULL leaves the score's corner black, are copied. */
aann_car_exact *aann_car_exact_create(const aann_car_glyphs *glyphs);

/* NULL is allowed. */
void aann_car_exact_destroy(aann_car_exact *exact);

/* The kernels that this processor has, best first; NULL behind the last. */
aann_car_exact_painter *aann_car_exact_painter_at(int32_t index);

#endif
