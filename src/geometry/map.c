/* Classical multidimensional scaling (Torgerson 1952; Gower 1966).
 *
 * If distances d_ij are those of points with centre 0, then B = -1/2 J D2 J, where D2 holds the
 * squares and J subtracts row and column means, holds their inner products. The eigenvectors of B
 * with the largest eigenvalues, scaled by the roots of these, are the coordinates that keep most of
 * B. Distances that no points can have give negative eigenvalues; those dimensions are 0. */
#include <math.h>
#include <stdlib.h>

#include "aann/geometry.h"
#include "core/error.h"
#include "core/memory.h"
#include "geometry/eigen.h"

/* products[count][count] from distances; means[count] is scratch. */
static void centre(const double *distances, size_t count, double *products, double *means)
{
    double mean = 0.0;
    for (size_t i = 0; i < count; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < count; j++) {
            const double distance = distances[i * count + j];
            products[i * count + j] = distance * distance;
            sum += distance * distance;
        }
        means[i] = sum / (double)count;
        mean += means[i];
    }
    mean /= (double)count;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            double *product = &products[i * count + j];
            *product = -0.5 * (*product - means[i] - means[j] + mean);
        }
    }
}

/* Index of the largest value below (value, index) `last` in the order "largest first, then lowest
 * index". */
static size_t next_largest(const double *values, size_t count, size_t last)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++) {
        const bool after =
            last == count || values[i] < values[last] || (values[i] <= values[last] && i > last);
        if (after && (best == count || values[i] > values[best])) {
            best = i;
        }
    }
    return best;
}

/* The sign that makes the largest coordinate (the first of equal ones) positive. */
static double sign_of(const double *vector, size_t count)
{
    size_t largest = 0;
    for (size_t i = 1; i < count; i++) {
        largest = fabs(vector[i]) > fabs(vector[largest]) ? i : largest;
    }
    return vector[largest] < 0.0 ? -1.0 : 1.0;
}

static void place(const double *vectors, const double *values, size_t count, size_t dimensions,
                  double *coordinates, double *eigenvalues, double *share)
{
    double shown = 0.0;
    double all = 0.0;
    for (size_t i = 0; i < count; i++) {
        all += values[i] > 0.0 ? values[i] : 0.0;
    }
    size_t which = count;
    for (size_t d = 0; d < dimensions; d++) {
        which = next_largest(values, count, which);
        const double value = values[which];
        const double *vector = vectors + which * count;
        const double scale = value > 0.0 ? sign_of(vector, count) * sqrt(value) : 0.0;
        for (size_t i = 0; i < count; i++) {
            coordinates[i * dimensions + d] = scale * vector[i];
        }
        eigenvalues[d] = value;
        shown += value > 0.0 ? value : 0.0;
    }
    if (share != NULL) {
        *share = all > 0.0 ? shown / all : (double)NAN;
    }
}

aann_status aann_map_scale(const double *distances, int32_t count, int32_t dimensions,
                           double *coordinates, double *eigenvalues, double *share,
                           aann_error *error)
{
    if (dimensions < 1 || dimensions > count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "a map of %d points in %d dimensions", count,
                         dimensions);
    }
    const size_t size = (size_t)count;
    size_t cells = 0;
    double *products =
        aann_multiply_sizes(size, size, &cells) ? aann_allocate(cells, sizeof *products) : NULL;
    double *values = aann_allocate(size, 3 * sizeof *values); /* and twice as much scratch */
    aann_status status = AANN_OK;
    if (products == NULL || values == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a map of %d points", count);
    } else {
        centre(distances, size, products, values);
        if (aann_eigen_symmetric(products, count, values, values + size)) {
            place(products, values, size, (size_t)dimensions, coordinates, eigenvalues, share);
        } else {
            status =
                aann_fail(error, AANN_ERROR_ARGUMENT, "a map of distances that are not finite");
        }
    }
    free(products);
    free(values);
    return status;
}
