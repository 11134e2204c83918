/* A network that is quickly evaluated and does something at the wheel. */
#ifndef AANN_TESTS_DRIVE_SUPPORT_DRIVER_H
#define AANN_TESTS_DRIVE_SUPPORT_DRIVER_H

#include "aann/drive.h"

/* 3C9vs8-MP2-3, random. */
aann_network *small_driver(uint64_t seed);
aann_car_outputs small_outputs(void);

#endif
