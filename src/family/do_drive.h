/* Tracks that another process has given to drive. */
#ifndef AANN_FAMILY_DO_DRIVE_H
#define AANN_FAMILY_DO_DRIVE_H

#include "aann/drive.h"
#include "family/hands.h"

/* A part of a drive; the weights of `networks` networks of the spec follow, a byte each: lesions
 * have other counts than the spec, which no packed network can have. The answer is laps[count]. */
typedef struct aann_drive_task_header {
    char spec[AANN_MAX_SPEC_LENGTH];
    aann_shape input;
    int32_t networks;
    double excitatory_share;
    aann_car_outputs outputs;
    int32_t picture;
    int32_t domain_randomize;
    uint64_t first;
    int64_t count;
} aann_drive_task_header;

enum { AANN_DRIVE_TASK_NETWORKS = 1024 };

/* Weights of a network of this spec. */
size_t aann_drive_task_weights(const aann_spec *spec);

aann_status aann_task_do_drive(const aann_task_run *run, aann_error *error);

#endif
