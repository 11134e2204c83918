/* Members in parallel: the data that the threads of a family's search share. */
#ifndef AANN_FAMILY_SCHEDULER_H
#define AANN_FAMILY_SCHEDULER_H

#include <pthread.h>
#include <stdatomic.h>

#include "aann/family.h"
#include "family/hands.h"
#include "family/patience.h"

typedef struct aann_scheduler aann_scheduler;

/* One member to be searched. The row belongs to the thread that runs it; the report is read by
 * others, under the scheduler's mutex. */
typedef struct aann_member_job {
    aann_member_row row;
    aann_member_report report;
    bool started;
    bool reported;       /* its last report was handed out */
    aann_search *search; /* running: stopped with the scheduler; NULL: none */
} aann_member_job;

/* Searches one member from where it is in the study until it is finished or the scheduler stops.
 * `threads` evaluate its candidates. */
typedef aann_status (*aann_member_searcher)(aann_scheduler *scheduler, aann_member_job *job,
                                            int32_t threads, aann_error *error);

/* A job as a task of another process, in place. */
typedef struct aann_member_task {
    aann_task task;
    aann_scheduler *scheduler;
    aann_member_job *job;
} aann_member_task;

typedef void (*aann_member_task_maker)(aann_member_task *member, aann_scheduler *scheduler,
                                       aann_member_job *job);

struct aann_scheduler {
    aann_study *study;
    const aann_spec *spec;
    const aann_family_data *data;
    const aann_family_plan *plan;
    const aann_family_work *work;
    const struct aann_team *team; /* that searches one member after the other together; or NULL */
    aann_member_searcher search;
    aann_member_task_maker make_task;
    int32_t member_threads; /* of each member; extra_threads members get one more */
    int32_t extra_threads;
    double member_seconds; /* a member that takes longer is finished where it is; 0: no limit */
    aann_member_job *jobs; /* [job_count] */
    size_t job_count;
    pthread_mutex_t study_mutex; /* for the study; another's transaction can hold it for long */
    pthread_mutex_t mutex;       /* for the reports, the searches, the error and what follows */
    pthread_cond_t changed;
    size_t next_job;
    int32_t active;          /* threads that have not ended */
    aann_member_task *tasks; /* [job_count]: of jobs that other processes have; NULL: none */
    size_t task_count;
    aann_status status;
    aann_error error;  /* the first that happened */
    _Atomic bool stop; /* all members stop where they can be resumed */
    aann_patience patience;
};

/* Runs all jobs and reports from the calling thread. Returns the first failure; AANN_OK also if
 * jobs were stopped. */
aann_status aann_scheduler_run(aann_scheduler *scheduler, aann_error *error);

/* The search that the job's thread runs from now on (NULL: none), to be stopped with the others. */
void aann_scheduler_set_search(aann_scheduler *scheduler, aann_member_job *job,
                               aann_search *search);

/* The number of threads, and of parallel members, that `work` gives for this many members of a
 * plan. */
void aann_scheduler_share(const aann_family_work *work, const aann_spec *spec,
                          const aann_samples *train, const aann_family_plan *plan, int32_t members,
                          int32_t *threads, int32_t *parallel);

#endif
