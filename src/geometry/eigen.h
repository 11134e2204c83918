/* Eigenvalues and eigenvectors of symmetric matrices. */
#ifndef AANN_GEOMETRY_EIGEN_H
#define AANN_GEOMETRY_EIGEN_H

#include <stdbool.h>
#include <stdint.h>

/* Replaces the symmetric matrix[size][size] by its eigenvectors, one per row, of length 1, in no
 * order; values[size] are their eigenvalues. scratch[2 * size]. False if the iteration does not
 * converge (a value that is not finite). */
bool aann_eigen_symmetric(double *matrix, int32_t size, double *values, double *scratch);

#endif
