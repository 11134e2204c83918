/* Tracks that other processes drive. */
#ifndef AANN_FAMILY_TASK_DRIVE_H
#define AANN_FAMILY_TASK_DRIVE_H

#include "aann/drive.h"
#include "family/hands.h"

/* As aann_drive_tracks, a few tracks at a time, with work->hands. */
aann_status aann_drive_hand_out(const aann_driver *driver, uint64_t first, int64_t count,
                                const aann_family_work *work, aann_lap *laps, aann_error *error);

#endif
