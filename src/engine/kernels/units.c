/* The kernels of a unit, for both widths of the sums: 16 bits where the counts prove that they
 * suffice, else 32. What they compute is the same, and so is the source: units_template.h. */
#include "engine/kernels/units.h"

#include <stddef.h>

#include "engine/kernels/vectors.h"

#define SUM int16_t
#define NAME(x) x##_narrow
#include "engine/kernels/units_template.h"
#undef SUM
#undef NAME

#define SUM int32_t
#define NAME(x) x##_wide
#include "engine/kernels/units_template.h"
#undef SUM
#undef NAME

const aann_unit_kernels *AANN_KERNEL(aann_unit_kernels_narrow)(void)
{
    return &kernels_narrow;
}

const aann_unit_kernels *AANN_KERNEL(aann_unit_kernels_wide)(void)
{
    return &kernels_wide;
}
