/* The marks of a member: every hundredth of its steps, where a line of its history is kept. */
#ifndef AANN_FAMILY_MARKS_H
#define AANN_FAMILY_MARKS_H

#include "aann/family.h"

enum { AANN_MARKS = 100 };

/* The step of the first mark after `step`. */
uint64_t aann_mark_next(uint64_t steps, uint64_t step);

/* Whether the validation split is scored at the mark of this step. */
bool aann_mark_score_is_due(const aann_family_plan *plan, uint64_t step);

/* Whether the search's own loss is an estimate: it compares candidates on a part of the samples, and
 * perhaps on moved ones. A finished member is measured on all of them, as they are. */
bool aann_plan_compares_a_part(const aann_family_plan *plan);

#endif
