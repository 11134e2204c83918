/* The history of a member's search. */
#ifndef AANN_STUDY_TRACE_H
#define AANN_STUDY_TRACE_H

#include "aann/study.h"

/* Stores rows[count] inside a transaction; a row of a step that is there already takes its place. */
aann_status aann_study_store_trace(aann_study *study, int64_t id, const aann_trace_row *rows,
                                   size_t count, aann_error *error);

#endif
