/* Intervals of accuracies, or of their mean, which no whole number of samples has to give. */
#include "cli/shared/interval.h"

#include <math.h>
#include <stdio.h>

#include "aann/intervals.h"

static const double confidence = 0.95;

static aann_interval interval_of(double accuracy, int64_t count)
{
    return isfinite(accuracy) && count > 0 ? aann_interval_at_share(accuracy, count, confidence)
                                           : (aann_interval){NAN, NAN};
}

json_t *cli_json_interval(double accuracy, int64_t count)
{
    const aann_interval interval = interval_of(accuracy, count);
    return isfinite(interval.low) ? json_pack("[f, f]", interval.low, interval.high) : json_null();
}

const char *cli_interval(double accuracy, int64_t count, char text[CLI_INTERVAL_SIZE])
{
    const aann_interval interval = interval_of(accuracy, count);
    if (!isfinite(interval.low)) {
        return "-";
    }
    snprintf(text, CLI_INTERVAL_SIZE, "%.2f to %.2f %%", 100.0 * interval.low,
             100.0 * interval.high);
    return text;
}
