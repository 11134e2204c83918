/* Which kind of task it is. */
#include "family/task_do.h"

#include "core/error.h"
#include "family/do_connect.h"
#include "family/do_drive.h"
#include "family/do_member.h"
#include "family/do_walk.h"

aann_status aann_task_do(const aann_task_run *run, aann_error *error)
{
    switch (run->kind) {
    case AANN_TASK_MEMBER: return aann_task_do_member(run, error);
    case AANN_TASK_WALK: return aann_task_do_walk(run, error);
    case AANN_TASK_DRIVE: return aann_task_do_drive(run, error);
    case AANN_TASK_CONNECT: return aann_task_do_connect(run, error);
    }
    return aann_fail(error, AANN_ERROR_VERSION, "a task of kind %d, which this version has not",
                     (int)run->kind);
}
