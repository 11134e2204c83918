/* The kernels of one instruction set, gathered in the table that the engine calls through. */
#include "engine/kernels/table.h"

#include "engine/kernels/units.h"

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

aann_kernels AANN_KERNEL(aann_kernels_create)(void)
{
    return (aann_kernels){
        .name = TEXT(AANN_ISA),
        .narrow = *AANN_KERNEL(aann_unit_kernels_narrow)(),
        .wide = *AANN_KERNEL(aann_unit_kernels_wide)(),
        .add_rows = AANN_KERNEL(aann_add_rows),
        .change_rows = AANN_KERNEL(aann_change_rows),
        .change_bytes = AANN_KERNEL(aann_change_bytes),
        .find_nonzero = AANN_KERNEL(aann_find_nonzero),
        .read_rows = AANN_KERNEL(aann_read_rows),
        .accumulate_changes = AANN_KERNEL(aann_accumulate_changes),
        .change_output = AANN_KERNEL(aann_change_output),
        .cross_entropy_change = AANN_KERNEL(aann_cross_entropy_change),
        .cross_entropy = AANN_KERNEL(aann_cross_entropy),
        .squared_error_change = AANN_KERNEL(aann_squared_error_change),
        .squared_error = AANN_KERNEL(aann_squared_error),
        .forward = {.narrow = AANN_KERNEL(aann_forward_narrow),
                    .wide = AANN_KERNEL(aann_forward_wide),
                    .continued = AANN_KERNEL(aann_forward_continued),
                    .variants = AANN_KERNEL(aann_forward_variants),
                    .outputs = AANN_KERNEL(aann_forward_outputs),
                    .dense = AANN_KERNEL(aann_forward_dense),
                    .transpose = AANN_KERNEL(aann_transpose)},
    };
}
