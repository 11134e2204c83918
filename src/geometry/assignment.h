/* The linear assignment problem. */
#ifndef AANN_GEOMETRY_ASSIGNMENT_H
#define AANN_GEOMETRY_ASSIGNMENT_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of scratch memory, aligned for int64_t, for a problem of size x size. */
size_t aann_assignment_scratch(int32_t size);

/* Assigns every row a different column so that the sum of cost[row][column] is minimal:
 * columns[size] are the rows' columns. Returns that sum. costs are [size][size], below 2^60 / size
 * in magnitude. */
int64_t aann_assignment_solve(const int64_t *costs, int32_t size, void *scratch, int32_t *columns);

#endif
