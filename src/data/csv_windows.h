/* Windows: samples of consecutive rows of a table, such as the readings of sensors. */
#ifndef AANN_DATA_CSV_WINDOWS_H
#define AANN_DATA_CSV_WINDOWS_H

#include "aann/data.h"

/* Replaces the rows of a table by windows of `length` rows, a new one every `step` rows (0: every
 * `length`): floats {columns, 1, length}, of `limit` bytes at most. A window lies within one group,
 * and has one label. */
aann_status aann_csv_cut_windows(aann_dataset *dataset, int32_t length, int32_t step, int64_t limit,
                                 aann_error *error);

#endif
