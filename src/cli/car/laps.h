/* How drives went: a line per lap and a summary, or one JSON object. */
#ifndef AANN_CLI_CAR_LAPS_H
#define AANN_CLI_CAR_LAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/drive.h"

/* "track 7: 912.3 in 790 steps". */
void cli_lap_print(uint64_t track, const aann_lap *lap);

/* Of laps[count], at least one: mean, standard deviation and minimum of the reward, the share of
 * 900 and more, and how many were finished; as JSON also every lap's reward and steps. */
void cli_laps_print(const aann_lap *laps, int64_t count, bool json);

#endif
