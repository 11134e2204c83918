/* Scoring takes as long as some hundred candidates. With a threshold every mark is scored; without,
 * marks are scored less often, but at least twenty times in all. */
#include "family/marks.h"

#include "family/phases.h"

enum { MARKS_PER_SCORE = 5, CANDIDATES_PER_SCORE = 5000 };

/* Where mark i is: steps * i / MARKS, in a form that does not overflow. */
static uint64_t mark_place(uint64_t steps, uint64_t i)
{
    return steps / AANN_MARKS * i + steps % AANN_MARKS * i / AANN_MARKS;
}

uint64_t aann_mark_next(uint64_t steps, uint64_t step)
{
    uint64_t i = 1;
    while (i < AANN_MARKS && mark_place(steps, i) <= step) {
        i++;
    }
    return mark_place(steps, i);
}

bool aann_mark_score_is_due(const aann_family_plan *plan, uint64_t step)
{
    const uint64_t steps = plan->search.steps;
    if (plan->threshold > 0.0 || steps / AANN_MARKS >= CANDIDATES_PER_SCORE) {
        return true;
    }
    for (uint64_t i = MARKS_PER_SCORE; i <= AANN_MARKS; i += MARKS_PER_SCORE) {
        if (mark_place(steps, i) == step) {
            return true;
        }
    }
    return false;
}

bool aann_plan_compares_a_part(const aann_family_plan *plan)
{
    bool part = false;
    for (int32_t i = 0; i < aann_plan_phase_count(plan); i++) {
        part = part || aann_phases_options(plan, i).working_samples > 0;
    }
    return part && plan->search.reward_tracks == 0 &&
           (plan->search.method == AANN_METHOD_SENSE || plan->search.method == AANN_METHOD_HILL);
}
