/* Strata: cutting and shuffling. The samples of a stratum are in random order, so its first blocks
 * are a fair sample of it. */
#include "search/strata.h"

/* The sensitivity of a sample without loss. */
static const double minimum_sensitivity = 0.004;

double aann_strata_sensitivity(double loss)
{
    return loss / (1.0 + loss) + minimum_sensitivity;
}

int32_t aann_strata_cut(aann_rank_sensitivity sensitivity, const void *context, int64_t count,
                        int64_t block_size, int32_t wanted, aann_stratum strata[AANN_MAX_STRATA])
{
    double total = 0.0;
    for (int64_t i = 0; i < count; i++) {
        total += sensitivity(context, i);
    }
    const int64_t block_count = (count + block_size - 1) / block_size;
    double sum = 0.0;
    int64_t first = 0;
    int32_t made = 0;
    for (int64_t block = 0; block < block_count; block++) {
        const int64_t end = (block + 1) * block_size < count ? (block + 1) * block_size : count;
        for (int64_t i = block * block_size; i < end; i++) {
            sum += sensitivity(context, i);
        }
        const bool full = sum >= total * (made + 1) / wanted;
        if (block + 1 == block_count || (full && made + 1 < wanted)) {
            const int64_t samples = end - first * block_size;
            strata[made++] = (aann_stratum){first, block + 1, samples, samples};
            first = block + 1;
        }
    }
    return made;
}

void aann_strata_shuffle(aann_random_key key, uint64_t number, int32_t *order, int64_t count)
{
    aann_random_stream stream = aann_random_start(key, number, AANN_PURPOSE_DATA);
    aann_random_shuffle(&stream, order, count);
}

void aann_strata_shuffle_each(aann_random_key key, uint64_t epoch, const aann_stratum *strata,
                              int32_t stratum_count, int64_t block_size, int32_t *order)
{
    for (int32_t s = 0; s < stratum_count; s++) {
        aann_strata_shuffle(key, (epoch + 1) * AANN_MAX_STRATA + (uint64_t)s,
                            order + strata[s].first_block * block_size, strata[s].samples);
    }
}
