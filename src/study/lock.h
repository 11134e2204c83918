/* The writer's lock of a study: one process writes, readers are not affected. */
#ifndef AANN_STUDY_LOCK_H
#define AANN_STUDY_LOCK_H

#include "aann/status.h"

/* A plain value; descriptor -1 means that nothing is held. */
typedef struct aann_study_lock {
    int descriptor;
    char *path; /* of the lock file, malloc'ed */
} aann_study_lock;

/* A lock that holds nothing: release leaves it alone. */
aann_study_lock aann_study_lock_none(void);

/* Takes the lock of the study at `study_path` without waiting. AANN_ERROR_LOCKED names the process
 * that has it. */
aann_status aann_study_lock_take(const char *study_path, aann_study_lock *lock, aann_error *error);

/* Gives it back. Call it after the database is closed. */
void aann_study_lock_release(aann_study_lock *lock);

#endif
