/* Where a study lies: noticing that its file was moved, deleted or replaced while it is open.
 *
 * A writer keeps its file open, so it would not notice, and would go on writing into a file that is
 * gone or has another name. Worse, SQLite finds a log by the name of its file: what lies at
 * "<study>-wal" is worked into whatever lies at "<study>" by then, another study included. */
#ifndef AANN_STUDY_PLACE_H
#define AANN_STUDY_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/status.h"

/* Which file it is. A plain value; path NULL: not known, and always in place. */
typedef struct aann_study_place {
    char *path; /* real, without symbolic links; allocated */
    uint64_t device;
    uint64_t inode;
} aann_study_place;

/* The file at `study_path`, which must exist. A file with several names (hard links) is refused:
 * each name would have its own log and its own lock. */
aann_status aann_study_place_find(const char *study_path, aann_study_place *place,
                                  aann_error *error);
void aann_study_place_clear(aann_study_place *place);

/* Does the name still lead to the file? */
bool aann_study_place_holds(const aann_study_place *place);

/* The line for whoever finds out that it does not: AANN_ERROR_IO. `study_path` as the user knows
 * it. */
aann_status aann_study_place_fail(const aann_study_place *place, const char *study_path,
                                  aann_error *error);

/* After the database of a study that is not in place any more was closed without a checkpoint:
 * takes its log away from the name, so that nothing else is mistaken for its owner. With
 * `log_pending`, the log holds changes that are not in the file: it is kept, as
 * "<study>-wal-unsaved". */
void aann_study_place_leave(const aann_study_place *place, bool log_pending);

#endif
