/* The temperature of a candidate, and its threshold: Metropolis acceptance with the random number
 * drawn first. */
#include "core/exact_math.h"
#include "search/search.h"

double aann_search_temperature(const aann_search *search, uint64_t step)
{
    if (search->confined) {
        return 0.0;
    }
    const double left = 1.0 - (double)step / (double)search->options.steps;
    double factor = left;
    for (int32_t power = 1; power < (int32_t)search->options.cooling; power++) {
        factor *= left;
    }
    return search->options.temperature * factor;
}

double aann_search_threshold(const aann_search *search, uint64_t step)
{
    aann_random_stream stream = aann_random_start(search->key, step, AANN_PURPOSE_THRESHOLD);
    return -aann_search_temperature(search, step) * aann_log(aann_random_unit(&stream));
}
