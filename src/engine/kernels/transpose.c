/* From samples, one after the other, to rows of 64 lanes: a transposition of bytes, 16 x 16 at a
 * time. */
#include <string.h>

#include "engine/kernels/units.h"

enum { TILE = 16 };

typedef uint8_t tile_row __attribute__((vector_size(TILE)));

/* The low, or the high halves of a and b, byte by byte in turn. */
static inline tile_row interleave_low(tile_row a, tile_row b)
{
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

static inline tile_row interleave_high(tile_row a, tile_row b)
{
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                   31);
}

/* to[2i], to[2i + 1] = from[i] and from[i + 8] in turn. Four times this is a transposition. */
static inline void interleave(const tile_row *from, tile_row *to)
{
    for (int32_t i = 0; i < TILE / 2; i++) {
        to[2 * i] = interleave_low(from[i], from[i + TILE / 2]);
        to[2 * i + 1] = interleave_high(from[i], from[i + TILE / 2]);
    }
}

/* 16 values from `first` on of 16 samples, into bytes `lane`..`lane + 15` of 16 rows. */
static inline void transpose_tile(const int8_t *const *samples, int32_t first, int32_t lane,
                                  const int32_t *to, uint8_t *map)
{
    tile_row a[TILE];
    tile_row b[TILE];
    for (int32_t i = 0; i < TILE; i++) {
        memcpy(&a[i], samples[lane + i] + first, sizeof a[i]);
    }
    interleave(a, b);
    interleave(b, a);
    interleave(a, b);
    interleave(b, a);
    for (int32_t i = 0; i < TILE; i++) {
        const tile_row row = a[i] + 127;
        memcpy(map + to[first + i] + lane, &row, sizeof row);
    }
}

void AANN_KERNEL(aann_transpose)(const int8_t *const *samples, int32_t count, const int32_t *to,
                                 uint8_t *map)
{
    for (int32_t i = 0; i < (count < TILE ? count : 0); i++) {
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            map[to[i] + lane] = (uint8_t)(samples[lane][i] + 127);
        }
    }
    for (int32_t i = 0; count >= TILE && i < count; i += TILE) {
        const int32_t first = i + TILE <= count ? i : count - TILE; /* the last tile overlaps */
        for (int32_t lane = 0; lane < AANN_BLOCK; lane += TILE) {
            transpose_tile(samples, first, lane, to, map);
        }
    }
}
