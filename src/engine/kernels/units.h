/* The functions that table.c gathers, one set of names per instruction set. */
#ifndef AANN_ENGINE_KERNELS_UNITS_H
#define AANN_ENGINE_KERNELS_UNITS_H

#include "engine/kernels/kernels.h"

const aann_unit_kernels *AANN_KERNEL(aann_unit_kernels_narrow)(void);
const aann_unit_kernels *AANN_KERNEL(aann_unit_kernels_wide)(void);

void AANN_KERNEL(aann_add_rows)(uint16_t *rows, const int16_t *change, int32_t row_count);
void AANN_KERNEL(aann_change_rows)(const uint8_t *rows, const int32_t *places, const uint16_t *old,
                                   const int32_t *which, int32_t count, int16_t *change);
void AANN_KERNEL(aann_change_bytes)(uint8_t *rows, uint8_t *second, const int32_t *places,
                                    const uint16_t *old, const int32_t *which, int32_t count);
void AANN_KERNEL(aann_find_nonzero)(const uint16_t *rows, int32_t row_count, uint64_t *nonzero);
uint16_t AANN_KERNEL(aann_read_rows)(const uint16_t *rows, size_t row_count);
void AANN_KERNEL(aann_accumulate_changes)(const int16_t *change, const int32_t *places,
                                          int32_t plus_count, int32_t place_count,
                                          int32_t *outputs);
void AANN_KERNEL(aann_change_output)(const uint16_t *block, const aann_tap *taps, int32_t tap_count,
                                     int32_t *outputs);

void AANN_KERNEL(aann_cross_entropy_change)(const aann_loss_block *block, const int32_t *change,
                                            const uint8_t *changed, aann_block_change *result);
void AANN_KERNEL(aann_cross_entropy)(const aann_loss_block *block, aann_loss_kept *kept);
void AANN_KERNEL(aann_squared_error_change)(const aann_loss_block *block, const int32_t *change,
                                            const uint8_t *changed, aann_block_change *result);
void AANN_KERNEL(aann_squared_error)(const aann_loss_block *block, aann_loss_kept *kept);

void AANN_KERNEL(aann_forward_narrow)(const aann_forward_taps *taps, const aann_forward_rows *rows);
void AANN_KERNEL(aann_forward_wide)(const aann_forward_taps *taps, const aann_forward_rows *rows);
void AANN_KERNEL(aann_forward_continued)(const aann_forward_taps *taps,
                                         const aann_forward_rows *rows);
void AANN_KERNEL(aann_forward_variants)(const aann_forward_taps *shared,
                                        const aann_forward_variant *variants, int32_t count,
                                        const aann_forward_rows *rows);
void AANN_KERNEL(aann_forward_outputs)(const aann_forward_taps *taps, const uint8_t *input,
                                       int32_t *outputs);
void AANN_KERNEL(aann_forward_dense)(const uint8_t *input, const int8_t *weights, int32_t count,
                                     int32_t units, int32_t *sums);
void AANN_KERNEL(aann_transpose)(const int8_t *const *samples, int32_t count, const int32_t *to,
                                 uint8_t *map);

#endif
