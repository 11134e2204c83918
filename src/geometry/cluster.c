/* Average linkage clustering (UPGMA; Sokal and Michener 1958): the two closest clusters become one,
 * until one is left; the distance of clusters is the mean over their points, which follows from
 * those of the parts:
 *     d(A + B, C) = (|A| d(A, C) + |B| d(B, C)) / (|A| + |B|).
 * Plain: each step looks at all pairs, count^3 / 6 comparisons in all, a fifth of a second for a
 * thousand. Ties go to the pair with the lowest indices. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/geometry.h"
#include "core/error.h"
#include "core/memory.h"

/* A cluster lives in the slot of its lowest point. */
typedef struct slot {
    int32_t id;   /* 0..count-1: a point; count + k: made by step k */
    int32_t size; /* 0: the slot is empty */
    int32_t last; /* the last leaf; leaves are chained by `next` */
} slot;

typedef struct clustering {
    int32_t count;
    double *distances; /* [count][count] between slots; both halves are kept */
    slot *slots;       /* [count] */
    int32_t *next;     /* [count] the leaf to the right */
} clustering;

static void find_closest(const clustering *c, int32_t *left, int32_t *right)
{
    double least = INFINITY;
    *left = -1;
    *right = -1;
    for (int32_t i = 0; i < c->count; i++) {
        if (c->slots[i].size == 0) {
            continue;
        }
        const double *row = c->distances + (size_t)i * (size_t)c->count;
        for (int32_t j = i + 1; j < c->count; j++) {
            if (c->slots[j].size != 0 && (row[j] < least || *left < 0)) {
                least = row[j];
                *left = i;
                *right = j;
            }
        }
    }
}

static void join(clustering *c, int32_t left, int32_t right, int32_t id)
{
    slot *a = &c->slots[left];
    slot *b = &c->slots[right];
    const double size_a = a->size;
    const double size_b = b->size;
    const size_t count = (size_t)c->count;
    for (size_t k = 0; k < count; k++) {
        double *to_a = &c->distances[(size_t)left * count + k];
        const double mean =
            (size_a * *to_a + size_b * c->distances[(size_t)right * count + k]) / (size_a + size_b);
        *to_a = mean;
        c->distances[k * count + (size_t)left] = mean;
    }
    c->next[a->last] = right;
    a->last = b->last;
    a->size += b->size;
    a->id = id;
    b->size = 0;
}

static void run(clustering *c, aann_merge *merges, int32_t *order)
{
    for (int32_t i = 0; i < c->count; i++) {
        c->slots[i] = (slot){.id = i, .size = 1, .last = i};
        c->next[i] = -1;
    }
    for (int32_t step = 0; step + 1 < c->count; step++) {
        int32_t left = 0;
        int32_t right = 0;
        find_closest(c, &left, &right);
        const double height = c->distances[(size_t)left * (size_t)c->count + (size_t)right];
        if (merges != NULL) {
            merges[step] = (aann_merge){.left = c->slots[left].id,
                                        .right = c->slots[right].id,
                                        .height = height,
                                        .size = c->slots[left].size + c->slots[right].size};
        }
        join(c, left, right, c->count + step);
    }
    /* All is in slot 0 now, and its first leaf is point 0. */
    int32_t place = 0;
    for (int32_t leaf = 0; order != NULL && leaf >= 0; leaf = c->next[leaf]) {
        order[place++] = leaf;
    }
}

aann_status aann_cluster_average(const double *distances, int32_t count, aann_merge *merges,
                                 int32_t *order, aann_error *error)
{
    if (count < 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "clusters of %d points", count);
    }
    clustering c = {.count = count};
    size_t cells = 0;
    if (aann_multiply_sizes((size_t)count, (size_t)count, &cells)) {
        c.distances = aann_allocate(cells, sizeof *c.distances);
    }
    c.slots = aann_allocate((size_t)count, sizeof *c.slots);
    c.next = aann_allocate((size_t)count, sizeof *c.next);
    aann_status status = AANN_OK;
    if (c.distances == NULL || c.slots == NULL || c.next == NULL) {
        status =
            aann_fail(error, AANN_ERROR_MEMORY, "out of memory for clustering %d points", count);
    } else {
        memcpy(c.distances, distances, cells * sizeof *c.distances);
        run(&c, merges, order);
    }
    free(c.distances);
    free(c.slots);
    free(c.next);
    return status;
}
