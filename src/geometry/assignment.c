/* Linear assignment by shortest augmenting paths, O(size^3) (Hungarian method in the form of Jonker
 * and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment
 * problems", Computing 38, 1987).
 *
 * Rows are assigned one after the other. Every row and column has a price; cost - row price -
 * column price is the reduced cost, never negative, and 0 for assigned pairs. To assign a row,
 * Dijkstra's algorithm finds the cheapest path, in reduced costs, of moves of assigned rows that
 * frees a column; then the prices are updated so that these properties still hold. Costs are
 * integers: the result is exact, and the same on every machine. */
#include "geometry/assignment.h"

#include <stdbool.h>
#include <string.h>

typedef struct solver {
    int32_t size;
    const int64_t *costs;
    int64_t *row_price;    /* [size] */
    int64_t *column_price; /* [size] */
    int64_t *reach;        /* [size] cheapest way found to each column */
    int32_t *column_row;   /* [size] row that has the column, -1: free */
    int32_t *came_from;    /* [size] row from which the cheapest way enters the column */
    int32_t *settled;      /* [size] 1: the way is final */
} solver;

size_t aann_assignment_scratch(int32_t size)
{
    return (size_t)size * (3 * sizeof(int64_t) + 3 * sizeof(int32_t));
}

static solver lay_out(const int64_t *costs, int32_t size, void *scratch)
{
    solver s = {.size = size, .costs = costs};
    s.row_price = scratch;
    s.column_price = s.row_price + size;
    s.reach = s.column_price + size;
    s.column_row = (int32_t *)(void *)(s.reach + size);
    s.came_from = s.column_row + size;
    s.settled = s.came_from + size;
    return s;
}

/* Ways to all columns through `row`, which is reached at price `here`. */
static void extend(solver *s, int32_t row, int64_t here)
{
    const int64_t *costs = s->costs + (size_t)row * (size_t)s->size;
    const int64_t base = here - s->row_price[row];
    for (int32_t column = 0; column < s->size; column++) {
        const int64_t way = base + costs[column] - s->column_price[column];
        if (!s->settled[column] && way < s->reach[column]) {
            s->reach[column] = way;
            s->came_from[column] = row;
        }
    }
}

/* The nearest column whose way is not final; the first of equal ones. */
static int32_t nearest(const solver *s)
{
    int32_t best = -1;
    for (int32_t column = 0; column < s->size; column++) {
        if (!s->settled[column] && (best < 0 || s->reach[column] < s->reach[best])) {
            best = column;
        }
    }
    return best;
}

/* Finds the cheapest way from `row` to a free column, and returns that column. */
static int32_t find_way(solver *s, int32_t row)
{
    for (int32_t column = 0; column < s->size; column++) {
        s->reach[column] = INT64_MAX;
        s->settled[column] = 0;
    }
    extend(s, row, 0);
    for (;;) {
        const int32_t column = nearest(s);
        s->settled[column] = 1;
        if (s->column_row[column] < 0) {
            return column;
        }
        extend(s, s->column_row[column], s->reach[column]);
    }
}

static void place(solver *s, int32_t row)
{
    int32_t column = find_way(s, row);
    const int64_t length = s->reach[column];
    s->row_price[row] += length;
    for (int32_t other = 0; other < s->size; other++) {
        if (s->settled[other] && other != column) {
            s->row_price[s->column_row[other]] += length - s->reach[other];
            s->column_price[other] -= length - s->reach[other];
        }
    }
    /* Back along the way, every row moves on by one column; `row` takes the one that this frees. */
    while (true) {
        const int32_t mover = s->came_from[column];
        s->column_row[column] = mover;
        if (mover == row) {
            return;
        }
        int32_t old = 0;
        while (old == column || s->column_row[old] != mover) {
            old++;
        }
        column = old;
    }
}

int64_t aann_assignment_solve(const int64_t *costs, int32_t size, void *scratch, int32_t *columns)
{
    solver s = lay_out(costs, size, scratch);
    memset(scratch, 0, aann_assignment_scratch(size));
    for (int32_t column = 0; column < size; column++) {
        s.column_row[column] = -1;
    }
    for (int32_t row = 0; row < size; row++) {
        place(&s, row);
    }
    int64_t sum = 0;
    for (int32_t column = 0; column < size; column++) {
        columns[s.column_row[column]] = column;
        sum += costs[(size_t)s.column_row[column] * (size_t)size + (size_t)column];
    }
    return sum;
}
