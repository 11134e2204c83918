/* A search in phases, and searches planned by an effort or a time.
 *
 * A member can be searched in several phases. Each is a search with its own steps, temperature,
 * samples and so on, which starts from the network that the phase before ended with. Phases are
 * part of a plan (aann_family_plan.phases), are stored with the family, and determine the result
 * like the other options: a member that is interrupted in any phase, or between two, is resumed to
 * the same bits.
 *
 *     aann_family_plan plan = aann_family_plan_default();
 *     aann_error error;
 *     aann_phases_set(&plan, "steps=1e6 jitter=1; steps=5e5 temperature=1e-5 copies=4", &error);
 *
 * An effort plans the search, phases included: 1 is quick, 5 is good, 9 takes hours.
 *
 *     aann_effort_plan(5, data, &spec, &plan, &error);
 *
 * Thread safety: plans are plain values. */
#ifndef AANN_PHASES_H
#define AANN_PHASES_H

#include "aann/family.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Replaces the plan's phases by those of a text, and sets plan->search.steps to the sum of their
 * steps. An empty text: no phases, and the steps stay.
 *
 * A semicolon or a new line ends a phase; # begins a comment that ends with its line. A phase is a
 * list of NAME=VALUE with spaces between them: names and values as aann_search_options_set takes
 * them, from the groups Budget, Search, Samples, Layers and Development, but without seed and
 * loss_scale, which belong to the whole search. Every phase names its steps. What a phase does not
 * name is as in plan->search, so that these options are set first; but from the second phase on all
 * samples are used from the beginning (first_samples=0). A phase with a density has networks with
 * other counts than the family's; the last phase has none. A mistake is AANN_ERROR_ARGUMENT and
 * leaves the plan unchanged. */
AANN_API aann_status aann_phases_set(aann_family_plan *plan, const char *text, aann_error *error);

/* Writes the phases as such a text, "" if there are none; free with aann_free. With the same options
 * in plan->search aann_phases_set reads it back to the bit. */
AANN_API aann_status aann_phases_format(const aann_family_plan *plan, char **text,
                                        aann_error *error);

/* The options with which a phase is searched: those of phases[phase], the others of `search`, and a
 * seed for this phase (the first has that of `search`). Without phases, phase 0 is `search`.
 * density and by_use say how the phase begins (aann/development.h); aann_search_create takes the
 * options without a density. */
AANN_API aann_search_options aann_phases_options(const aann_family_plan *plan, int32_t phase);

enum { AANN_LARGEST_EFFORT = 9 };

/* Plans the search of a member for an effort from 1 to AANN_LARGEST_EFFORT: what it costs doubles,
 * roughly, with each. Pictures and signals with classes are searched in phases, in which they are
 * moved; for others only the steps differ, from a sixteenth to sixteen times plan->search.steps.
 * The options of plan->search stay, but for those that phases are made of (steps, temperature,
 * samples); so set these in the phases, afterwards, if you want others. Nothing but the shape of
 * the samples and the kind of the task is looked at. */
AANN_API aann_status aann_effort_plan(int32_t effort, const aann_family_data *data,
                                      const aann_spec *spec, aann_family_plan *plan,
                                      aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
