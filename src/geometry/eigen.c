/* Symmetric eigenvalue problem: Householder reflections make the matrix tridiagonal, implicit QR
 * steps with Wilkinson's shift make it diagonal (Golub and Van Loan, "Matrix computations",
 * algorithms 8.3.1 to 8.3.3).
 *
 * About 9 size^3 operations for all vectors, so a family of a thousand takes seconds. Distances of
 * independent members are nearly equal, and so are the eigenvalues. Power iteration for a few
 * vectors would converge very slowly there; this method does not depend on it. Only +, -, *, / and
 * sqrt in a fixed order: the same bits on every machine. */
#include "geometry/eigen.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { STEPS_PER_VALUE = 60 };

/* The reflection I - beta v v^T that takes x[length] onto the first axis; x becomes v (with v[0] =
 * 1). Returns the remaining component of x there. */
static double reflector(double *x, size_t length, double *beta)
{
    double tail = 0.0;
    for (size_t i = 1; i < length; i++) {
        tail += x[i] * x[i];
    }
    const double head = x[0];
    x[0] = 1.0;
    if (tail == 0.0) {
        *beta = 0.0;
        return head;
    }
    const double norm = sqrt(head * head + tail);
    const double first = head <= 0.0 ? head - norm : -tail / (head + norm);
    *beta = 2.0 * first * first / (tail + first * first);
    for (size_t i = 1; i < length; i++) {
        x[i] /= first;
    }
    return norm;
}

/* Lower right part of the matrix, from row and column `from` on: A -= v w^T + w v^T, with w from A,
 * v and beta. */
static void update(double *matrix, size_t size, size_t from, const double *v, double beta,
                   double *w)
{
    double product = 0.0;
    for (size_t i = from; i < size; i++) {
        const double *row = matrix + i * size;
        double sum = 0.0;
        for (size_t j = from; j < size; j++) {
            sum += row[j] * v[j];
        }
        w[i] = beta * sum;
        product += w[i] * v[i];
    }
    for (size_t i = from; i < size; i++) {
        w[i] -= 0.5 * beta * product * v[i];
    }
    for (size_t i = from; i < size; i++) {
        double *row = matrix + i * size;
        for (size_t j = from; j < size; j++) {
            row[j] -= v[i] * w[j] + w[i] * v[j];
        }
    }
}

/* diagonal[size] and beside[size - 1]; row k of the matrix keeps the k-th reflection from column k
 * + 1 on, and its beta on the diagonal. */
static void tridiagonalise(double *matrix, size_t size, double *diagonal, double *beside)
{
    double *w = beside; /* not yet needed beyond k */
    for (size_t k = 0; k + 1 < size; k++) {
        double *row = matrix + k * size;
        diagonal[k] = row[k];
        double beta = 0.0;
        const double left = reflector(row + k + 1, size - k - 1, &beta);
        update(matrix, size, k + 1, row, beta, w);
        row[k] = beta;
        beside[k] = left;
    }
    diagonal[size - 1] = matrix[size * size - 1];
}

/* Turns the reflections into the rows of their product. Row i of the result is the i-th basis
 * vector's image: T = Q A Q^T. */
static void accumulate(double *matrix, size_t size, double *v)
{
    for (size_t k = size; k-- > 0;) {
        double *row = matrix + k * size;
        if (k + 1 == size) {
            row[k] = 1.0;
            continue;
        }
        const double beta = row[k];
        memcpy(v + k + 1, row + k + 1, (size - k - 1) * sizeof *v);
        for (size_t j = k + 1; j < size; j++) {
            row[j] = 0.0;
            matrix[j * size + k] = 0.0;
        }
        row[k] = 1.0;
        /* Rows from k + 1 on are reflected from the right: each is in the space of columns k + 1
         * ... */
        for (size_t i = k + 1; i < size; i++) {
            double *other = matrix + i * size;
            double sum = 0.0;
            for (size_t j = k + 1; j < size; j++) {
                sum += other[j] * v[j];
            }
            for (size_t j = k + 1; j < size; j++) {
                other[j] -= beta * sum * v[j];
            }
        }
    }
}

static void rotate_rows(double *upper, double *lower, size_t size, double c, double s)
{
    for (size_t i = 0; i < size; i++) {
        const double u = upper[i];
        const double l = lower[i];
        upper[i] = c * u + s * l;
        lower[i] = c * l - s * u;
    }
}

/* One implicit QR step on rows first..last of the tridiagonal matrix. */
static void step(double *diagonal, double *beside, double *vectors, size_t size, size_t first,
                 size_t last)
{
    const double half = 0.5 * (diagonal[last - 1] - diagonal[last]);
    const double off = beside[last - 1];
    const double root = sqrt(half * half + off * off);
    const double shift = diagonal[last] - off * off / (half + (half >= 0.0 ? root : -root));
    double x = diagonal[first] - shift;
    double z = beside[first];
    for (size_t k = first; k < last; k++) {
        const double norm = sqrt(x * x + z * z);
        const double c = norm > 0.0 ? x / norm : 1.0;
        const double s = norm > 0.0 ? z / norm : 0.0;
        if (k > first) {
            beside[k - 1] = norm;
        }
        const double a = diagonal[k];
        const double b = beside[k];
        const double d = diagonal[k + 1];
        diagonal[k] = c * c * a + 2.0 * c * s * b + s * s * d;
        diagonal[k + 1] = s * s * a - 2.0 * c * s * b + c * c * d;
        beside[k] = (c * c - s * s) * b + c * s * (d - a);
        if (k + 1 < last) {
            z = s * beside[k + 1];
            beside[k + 1] *= c;
            x = beside[k];
        }
        rotate_rows(vectors + k * size, vectors + (k + 1) * size, size, c, s);
    }
}

static bool diagonalise(double *diagonal, double *beside, double *vectors, size_t size)
{
    double scale = 0.0;
    for (size_t i = 0; i < size; i++) {
        scale = fmax(scale, fabs(diagonal[i]) + (i + 1 < size ? fabs(beside[i]) : 0.0));
    }
    if (!(scale <= DBL_MAX)) {
        return false;
    }
    const double negligible = DBL_EPSILON * scale;
    size_t left = STEPS_PER_VALUE * size;
    size_t last = size - 1;
    while (last > 0) {
        if (fabs(beside[last - 1]) <= negligible) {
            beside[--last] = 0.0;
            continue;
        }
        size_t first = last - 1;
        while (first > 0 && fabs(beside[first - 1]) > negligible) {
            first--;
        }
        if (left-- == 0) {
            return false;
        }
        step(diagonal, beside, vectors, size, first, last);
    }
    return true;
}

bool aann_eigen_symmetric(double *matrix, int32_t size, double *values, double *scratch)
{
    const size_t n = (size_t)size;
    if (n == 0) {
        return true;
    }
    double *beside = scratch;
    tridiagonalise(matrix, n, values, beside);
    accumulate(matrix, n, scratch + n);
    return diagonalise(values, beside, matrix, n);
}
