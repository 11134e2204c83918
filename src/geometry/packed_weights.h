/* Weights as codes in 64-bit words, for counting differences fast. */
#ifndef AANN_GEOMETRY_PACKED_WEIGHTS_H
#define AANN_GEOMETRY_PACKED_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

enum { AANN_WEIGHTS_PER_WORD = 32 };

/* Words for `count` weights. */
size_t aann_packed_weights_needed(size_t count);

/* Packs weights[count] into words[aann_packed_weights_needed(count)]: the low two bits of each; the
 * rest of the last word is 0. */
void aann_packed_weights_pack(const int8_t *weights, size_t count, uint64_t *words);

/* How many of the codes in a[count] and b[count] (words) differ. */
int64_t aann_packed_weights_distance(const uint64_t *a, const uint64_t *b, size_t count);

#endif
