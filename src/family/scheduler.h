/* A family while it is being searched: what the threads share. */
#ifndef AANN_FAMILY_SCHEDULER_H
#define AANN_FAMILY_SCHEDULER_H

#include <pthread.h>
#include <stdatomic.h>

#include "aann/family.h"

/* One member to be searched. The row belongs to the thread that runs it; the report is read by
 * others, under the run's mutex. */
typedef struct aann_member_job {
    aann_member_row row;
    aann_member_report report;
    bool started;
    bool reported; /* its last report was handed out */
} aann_member_job;

typedef struct aann_scheduler {
    aann_study *study;
    const aann_spec *spec;
    const aann_family_data *data;
    const aann_family_plan *plan;
    const aann_family_work *work;
    int32_t member_threads; /* of each member; extra_threads members get one more */
    int32_t extra_threads;
    double member_seconds; /* a member that takes longer ends where it is, as finished; 0: never */
    aann_member_job *jobs; /* [job_count] */
    size_t job_count;
    pthread_mutex_t mutex; /* for the study, the reports, the error and what follows */
    pthread_cond_t changed;
    size_t next_job;
    int32_t active; /* threads that have not ended */
    aann_status status;
    aann_error error;  /* the first that happened */
    _Atomic bool stop; /* all members stop where they can be resumed */
} aann_scheduler;

/* A member of which nothing is known yet but where it comes from. */
aann_member_row aann_unscored_member(int64_t family, int64_t index, uint64_t seed,
                                     const char *origin);

/* Seconds of a clock that never jumps. */
double aann_now(void);

/* Searches one member from where it is in the study until it is finished or the process is told to
 * stop; stores checkpoints and the result. `threads` evaluate its candidates. */
aann_status aann_member_search(aann_scheduler *process, aann_member_job *job, int32_t threads,
                               aann_error *error);

/* A member's search, on the samples or for reward, whichever its options ask for: as
 * aann_search_create (state NULL) and aann_search_resume. */
aann_status aann_open_search(const aann_spec *spec, const aann_family_data *data,
                             const aann_search_options *options, uint64_t index,
                             const aann_network *network, const void *state, size_t size,
                             aann_search **search, aann_error *error);

/* Runs all jobs, reporting from the calling thread. Returns the first failure. */
aann_status aann_scheduler_run(aann_scheduler *process, aann_error *error);

/* Fails if the samples do not fit the network. */
aann_status aann_check_samples(const aann_spec *spec, const aann_family_data *data,
                               aann_error *error);

/* Fails unless the network is of this spec, with its counts of -1, 0 and +1. */
aann_status aann_check_start(const aann_spec *spec, const aann_network *start, aann_error *error);

/* Adds the family's row: all that determines its result. */
aann_status aann_store_family(aann_study *study, const aann_spec *spec,
                              const aann_family_data *data, const aann_family_plan *plan,
                              int64_t *id, aann_error *error);

/* How many threads, and how many members at a time, `work` means for so many members that search on
 * `copies` of every sample. */
void aann_share_threads(const aann_family_work *work, const aann_spec *spec,
                        const aann_samples *train, int32_t copies, int32_t members,
                        int32_t *threads, int32_t *parallel);

/* A step budget that takes about so many seconds per member: see calibrate.c. */
aann_status aann_calibrate(const aann_spec *spec, const aann_family_data *data,
                           const aann_family_plan *plan, const aann_family_work *work,
                           int32_t threads, double member_seconds, uint64_t *steps,
                           aann_error *error);

#endif
