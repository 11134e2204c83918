/* The inside of a saved car, for tests. */
#ifndef AANN_CAR_STATE_H
#define AANN_CAR_STATE_H

#include <stddef.h>
#include <stdint.h>

/* Where the checksum of the bytes behind it stands. */
enum { AANN_CAR_SAVED_CHECKSUM = 16, AANN_CAR_SAVED_HEAD = 24 };

/* A 64-bit checksum against accidents (FNV-1a); not against intent. */
uint64_t aann_car_checksum(const void *bytes, size_t size);

#endif
