/* Random orders, by exchanges from the front (Fisher and Yates). */
#include "geometry/shuffle.h"

void aann_shuffle_order(aann_random_stream *stream, int32_t count, int32_t *order)
{
    for (int32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (int32_t i = 0; i + 1 < count; i++) {
        const int32_t other = i + (int32_t)aann_random_below(stream, (uint32_t)(count - i));
        const int32_t kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}
