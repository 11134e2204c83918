/* The clock of a running search: time, speed, and reports. */
#ifndef AANN_FAMILY_METER_H
#define AANN_FAMILY_METER_H

#include <stdbool.h>

#include "aann/family.h"

/* The meter of one member, walk or path. */
typedef struct aann_meter {
    double start;           /* of this session */
    double earlier_seconds; /* of the sessions before */
    double last_report;
    uint64_t last_step;
    uint64_t last_samples;
    double candidates_per_second; /* averaged over the last seconds, as is the next */
    double samples_per_second;
} aann_meter;

/* Seconds between two reports. */
double aann_report_interval(void);

/* Whether work->seconds are over since `start`, or the caller asks to stop. */
bool aann_work_must_stop(const aann_family_work *work, double start);

/* Starts the clock of a session. */
aann_meter aann_meter_start(double earlier_seconds);

/* Sets where the search is now; rates count from here. Without this call they count from 0. */
void aann_meter_set(aann_meter *meter, const aann_search_progress *progress);

/* Seconds over all sessions. */
double aann_meter_seconds(const aann_meter *meter);

/* Whether it is time for the next report. */
bool aann_meter_is_due(const aann_meter *meter);

/* The report of a member whose search is at `progress`: rates and times of the meter, losses and
 * accuracies of the row. The rest (budget, reward, time left) is the caller's. */
aann_member_report aann_meter_report(aann_meter *meter, const aann_member_row *row,
                                     const aann_search_progress *progress);

#endif
