/* Handing tasks to other processes: what the family's code knows of them.
 *
 * A task is one piece of work that needs nothing but some bytes and the data set: a member, a walk, a
 * path, some tracks to drive. Another process works on a copy and sends back what it has, again and again;
 * only the process that gave the task writes the study. src/distributed/ moves the bytes. */
#ifndef AANN_FAMILY_HANDS_H
#define AANN_FAMILY_HANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/family.h"

typedef enum aann_task_kind {
    AANN_TASK_MEMBER = 1, /* an excerpt of a study with one unfinished member; see task_member.c */
    AANN_TASK_WALK,       /* an excerpt with an unfinished walk; see task_walk.c */
    AANN_TASK_DRIVE,      /* networks, and the tracks that they drive */
    AANN_TASK_CONNECT     /* an excerpt with two members, for a path; see task_connect.c */
} aann_task_kind;

/* A task that is given away. The functions are called by the thread that calls aann_hands.look. */
typedef struct aann_task {
    aann_task_kind kind;
    void *context;

    /* The data of the family, for the own process; others load them again. NULL: none are needed. */
    const aann_family_data *data;

    /* The bytes to start from, malloc'ed; called once, when somebody is free. */
    aann_status (*pack)(void *context, void **bytes, size_t *size, aann_error *error);

    /* Takes what the other has: each time that it would store something, and at the end. */
    aann_status (*take)(void *context, const void *bytes, size_t size, aann_error *error);

    /* NULL: no reports */
    void (*report)(void *context, const aann_member_report *report);

    /* Set when it is over, and nobody works on it any more. */
    bool ended;
    /* AANN_INTERRUPTED if it was stopped and can be resumed. What `take` fails with is here before
     * the end. */
    aann_status status;
    aann_error error;
} aann_task;

/* Other processes, and for kinds that the caller does not run itself the own one, too. */
typedef struct aann_hands {
    void *context;

    /* Whether somebody can have a task of this kind, of which `left` are to be given in all. */
    bool (*is_free)(void *context, aann_task_kind kind, size_t left);
    /* Gives a task away; it stays where it is until it has ended. */
    aann_status (*give)(void *context, aann_task *task, aann_error *error);
    /* Delivers to the tasks what has come. Failures of tasks are theirs. If this itself fails, all
     * tasks have ended with its failure. */
    aann_status (*look)(void *context, aann_error *error);
    /* Asks all tasks to end where they can be resumed. */
    void (*stop)(void *context);

    /* If all processes search one member together, each with a part of its samples: the team, and
     * what tells them of which family, by an excerpt of a study. NULL: each has its members. */
    const struct aann_team *team;
    aann_status (*open_team)(void *context, const void *bytes, size_t size, aann_error *error);
} aann_hands;

/* Gives away tasks[count], one after the other as somebody is free, until all have ended; stops
 * them if the work must stop since `start`. Returns the first failure, or AANN_INTERRUPTED. */
aann_status aann_tasks_run(aann_task *const *tasks, size_t count, const aann_family_work *work,
                           double start, aann_error *error);

/* ---- what other processes do ----------------------------------------------------------------- */

/* How a task is run by another process. */
typedef struct aann_task_run {
    aann_task_kind kind;
    const void *bytes; /* [size]: from pack */
    size_t size;
    int32_t threads;
    const char *isa;
    void *context;

    /* The data of a stored family; they belong to whoever answers. */
    aann_status (*data)(void *context, const aann_family_row *family, const aann_family_data **data,
                        aann_error *error);
    /* Sends what there is, for take. */
    void (*send)(void *context, const void *bytes, size_t size);
    void (*report)(void *context, const aann_member_report *report);
    bool (*interrupted)(void *context);
} aann_task_run;

#endif
