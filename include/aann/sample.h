/* A family that is a sample: its members are drawn at random among all networks with the spec's
 * counts, each with a probability proportional to exp(-loss / temperature) (aann/sampler.h), and not
 * found by a search, which prefers what it finds easily.
 *
 * The members of a ladder are equally far apart in time, at its coldest temperature; origin
 * "sample", `seed` that of the ladders, `index` counts through ladder after ladder. A sample is a
 * function of (spec, data, plans): threads, interruptions and kills change nothing.
 *
 *     aann_sample_plan sample = aann_sample_plan_default();
 *     sample.sampler.temperature = 1e-3;
 *     sample.members = 40;
 *     int64_t id;
 *     aann_sample_add(study, &spec, data, &plan, &sample, &id, &error);
 *     aann_sample_run(study, id, data, &work, &error);
 *
 * Thread safety: as the study, one thread at a time. */
#ifndef AANN_SAMPLE_H
#define AANN_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/family.h"
#include "aann/sampler.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Always start from aann_sample_plan_default(). */
typedef struct aann_sample_plan {
    /* the loss and its scales, threads and isa are ignored: they are the family's and the work's */
    aann_sampler_options sampler;

    /* to record: a multiple of sampler.ladders, at most sampler.rounds for each ladder */
    int32_t members;
} aann_sample_plan;

AANN_API aann_sample_plan aann_sample_plan_default(void);

/* Adds a family to a study open for writing, with its first member, which has not begun. `plan`
 * gives its name and how losses are scaled. */
AANN_API aann_status aann_sample_add(aann_study *study, const aann_spec *spec,
                                     const aann_family_data *data, const aann_family_plan *plan,
                                     const aann_sample_plan *sample, int64_t *family_id,
                                     aann_error *error);

/* Draws the members that are missing. AANN_INTERRUPTED if it was stopped or out of time:
 * aann_family_resume, or this function, continues. In reports, step and steps count rounds of all
 * ladders. AANN_ERROR_NOT_FOUND if the family is no sample. */
AANN_API aann_status aann_sample_run(aann_study *study, int64_t family_id,
                                     const aann_family_data *data, const aann_family_work *work,
                                     aann_error *error);

/* What the chains said at the end (aann/sampler.h), at the temperature of the members. */
typedef struct aann_sample_result {
    aann_sample_plan plan;

    /* all members are drawn; otherwise nothing below is known */
    bool complete;

    /* rounds between two members of a ladder */
    double rounds_apart;

    aann_rung_diagnosis coldest;

    /* whether chains mix at all temperatures */
    bool mixed;
    uint64_t descents;
} aann_sample_result;

/* Reads it from a stored family. AANN_ERROR_NOT_FOUND if the family is no sample. */
AANN_API aann_status aann_sample_result_read(const aann_family_row *family,
                                             aann_sample_result *result, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
