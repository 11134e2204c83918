/* Many cars driven side by side by one network.
 *
 * The fast evaluation takes 64 samples at a time, so 64 cars are driven in step: 64 pictures, one pass of the network, 64
 * actions. A car that has finished takes the next track. Every lane is a drive of its own: its reward does not depend on what
 * the others do, nor on which thread has it. */
#ifndef AANN_CLI_FLEET_H
#define AANN_CLI_FLEET_H

#include "aann/car_driver.h"
#include "aann/network.h"

typedef struct cli_lap {
    double reward;
    int32_t steps;
    bool finished;
} cli_lap;

typedef struct cli_driver {
    const aann_network *network;
    aann_car_outputs outputs;
} cli_driver;

/* Drives tracks first..first+count-1, shared out among threads. drives[count]. */
aann_status cli_fleet_drive(const cli_driver *driver, uint64_t first, int64_t count, int32_t threads,
                            const char *isa, cli_lap *drives, aann_error *error);

#endif
