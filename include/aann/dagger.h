/* DAgger (Ross, Gordon, Bagnell 2011): rounds of corrections for a family of drivers.
 *
 * In each round the members drive, the expert says what it would do in their place, and the search
 * goes on from the members with these frames. A round makes a family of its own. Its frames are
 * kept beside the study, as STUDY.correctionsF.npz, F being the id of the family that is searched on
 * them, because the study refers to them.
 *
 *     aann_dagger_options options = aann_dagger_options_default();
 *     options.rounds = 2;
 *     options.name = "drivers";
 *     int64_t family_id = 0; // the last one of the study
 *     aann_dagger_run(study, &family_id, &options, &work, &error);
 *
 * Weights are a function of the first family and the options; threads, and interruptions that
 * aann_family_resume makes up for, change nothing. */
#ifndef AANN_DAGGER_H
#define AANN_DAGGER_H

#include <stdint.h>

#include "aann/export.h"
#include "aann/family.h"
#include "aann/recording.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aann_dagger_stage {
    AANN_DAGGER_RECORDS, /* the members are about to drive */
    AANN_DAGGER_RECORDED,
    AANN_DAGGER_SEARCHES, /* the search is about to go on */
    AANN_DAGGER_SEARCHED
} aann_dagger_stage;

/* Where the rounds are, for those who watch. */
typedef struct aann_dagger_progress {
    aann_dagger_stage stage;

    /* 1 to the number of rounds */
    int32_t round;

    /* the members that are corrected */
    const aann_family *members;

    /* where the frames are, or will be */
    const char *path;

    /* the name of the family that is searched on them */
    const char *name;

    /* the first of the tracks that are driven */
    uint64_t first_track;

    /* NULL before AANN_DAGGER_RECORDED */
    const aann_recording *recording;

    /* of the family that was searched; 0 before AANN_DAGGER_SEARCHED */
    int64_t family_id;
} aann_dagger_progress;

/* Always start from aann_dagger_options_default(). */
typedef struct aann_dagger_options {
    /* 1 and more (2) */
    int32_t rounds;

    /* families are called "NAME, corrected 1", ...; NULL: the first family's name */
    const char *name;

    /* tracks, numbers of episodes, and the expert's style: the steady teacher at 100 m/s^2, within
     * 2 m of the middle of the road, on 240 tracks, and 240 for the members, each on its share.
     * Round r drives tracks demonstration.first_track + 10000 r and following. `interrupted` is
     * that of the work. */
    aann_recording_options recording;

    /* of every search: not hot enough to forget (temperature 4e-5), on most of the frames at once
     * (first_samples 16384). output_scale is the family's; the target weights balance the data. */
    aann_search_options search;

    /* told about every stage, from the calling thread; NULL: nobody */
    void (*progress)(void *context, const aann_dagger_progress *progress);
    void *context;
} aann_dagger_options;

AANN_API aann_dagger_options aann_dagger_options_default(void);

/* Corrects family *family_id (0: the last one) of a study that is open for writing, in rounds;
 * *family_id becomes the last family that was stored. AANN_INTERRUPTED when the work was stopped or
 * out of time: the rounds that are left are not stored anywhere; aann_family_resume finishes the
 * family, and aann_dagger_run goes on from it. Errors: argument (no drivers, more than
 * AANN_MAX_STARTS members), and those of recording and search. */
AANN_API aann_status aann_dagger_run(aann_study *study, int64_t *family_id,
                                     const aann_dagger_options *options,
                                     const aann_family_work *work, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
