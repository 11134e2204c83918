/* Paths between members that other processes find. */
#ifndef AANN_FAMILY_TASK_CONNECT_H
#define AANN_FAMILY_TASK_CONNECT_H

#include "family/connect_attempt.h"
#include "family/hands.h"

/* Who hears of an attempt: its place in the list, and its report, or NULL when its top is stored. */
typedef void aann_attempt_listener(void *context, size_t place, const aann_member_report *report);

/* Finds searches[count] at the same time, with work->hands. The top of each is stored as it comes,
 * so that their ids are in the order in which they are found. */
aann_status aann_attempts_hand_out(aann_study *study, const aann_attempt_search *searches,
                                   size_t count, const aann_family_data *data,
                                   const aann_family_work *work, double start,
                                   aann_attempt_listener *listener, void *context,
                                   aann_error *error);

#endif
