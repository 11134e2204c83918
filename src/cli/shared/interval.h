/* Intervals of accuracies: Wilson's, at 95 percent, for text and JSON. */
#ifndef AANN_CLI_SHARED_INTERVAL_H
#define AANN_CLI_SHARED_INTERVAL_H

#include "cli/shared/json.h"

/* [low, high], or null where there is no accuracy or no number of samples. */
json_t *cli_json_interval(double accuracy, int64_t count);

/* "95.18 to 95.99 %"; "-" likewise. */
enum { CLI_INTERVAL_SIZE = 32 };
const char *cli_interval(double accuracy, int64_t count, char text[CLI_INTERVAL_SIZE]);

#endif
