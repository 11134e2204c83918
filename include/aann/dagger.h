/* DAgger (Ross, Gordon, Bagnell 2011): rounds of corrections for a family of drivers.
 *
 * In each round the members drive, the expert gives the action that it would take in their place,
 * and the search continues from the members with these frames. Each round makes a new family. Its
 * frames are stored beside the study, which refers to them, as STUDY.correctionsF.npz, where F is
 * the id of the new family.
 *
 *     aann_dagger_options options = aann_dagger_options_default();
 *     options.rounds = 2;
 *     options.name = "drivers";
 *     int64_t family_id = 0; // the last one of the study
 *     aann_dagger_run(study, &family_id, &options, &work, &error);
 *
 * Weights are a function of the first family and the options. Threads change nothing, nor do
 * interruptions after which aann_family_resume finishes the family. */
#ifndef AANN_DAGGER_H
#define AANN_DAGGER_H

#include <stdint.h>

#include "aann/family.h"
#include "aann/recording.h"
#include "aann/status.h"
#include "aann/study.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aann_dagger_stage {
    AANN_DAGGER_RECORDS,  /* the members are about to drive */
    AANN_DAGGER_RECORDED, /* the frames are stored */
    AANN_DAGGER_SEARCHES, /* the search is about to begin */
    AANN_DAGGER_SEARCHED  /* the new family is done */
} aann_dagger_stage;

/* The progress of the rounds. Everything is owned by the library and valid during the call. */
typedef struct aann_dagger_progress {
    aann_dagger_stage stage;

    /* 1 to the number of rounds */
    int32_t round;

    /* the members that drive and are corrected */
    const aann_family *members;

    /* file of the frames */
    const char *path;

    /* name of the new family */
    const char *name;

    /* first track of the round */
    uint64_t first_track;

    /* NULL before AANN_DAGGER_RECORDED */
    const aann_recording *recording;

    /* id of the new family; 0 before AANN_DAGGER_SEARCHED */
    int64_t family_id;
} aann_dagger_progress;

/* Always start from aann_dagger_options_default(). */
typedef struct aann_dagger_options {
    /* at least 1 (2) */
    int32_t rounds;

    /* the families are named "NAME, corrected 1", ...; NULL: the first family's name */
    const char *name;

    /* tracks, numbers of episodes, and the expert's style. The default is the steady teacher at 100
     * m/s^2, within 2 m of the middle of the road: 240 tracks for the expert, and 240 for the
     * members, each on its share. Round r drives the tracks from demonstration.first_track + 10000
     * r on. `interrupted` is that of the work */
    aann_recording_options recording;

    /* options of every search. The default temperature (4e-5) is too low to forget what the members
     * know; first_samples (16384) is most of the frames. output_scale is the family's; the target
     * weights balance the data */
    aann_search_options search;

    /* called at every stage, by the calling thread; NULL: no reports */
    void (*progress)(void *context, const aann_dagger_progress *progress);
    void *context;
} aann_dagger_options;

AANN_API aann_dagger_options aann_dagger_options_default(void);

/* Runs the rounds for family *family_id (0: the last one) of a study that is open for writing;
 * *family_id becomes the last stored family. Returns AANN_INTERRUPTED if it was stopped or out of
 * time. The remaining rounds are then not stored anywhere: finish the family with
 * aann_family_resume, and call aann_dagger_run again for it. Errors: argument (no drivers, more
 * than AANN_MAX_STARTS members), and those of recording and search. */
AANN_API aann_status aann_dagger_run(aann_study *study, int64_t *family_id,
                                     const aann_dagger_options *options,
                                     const aann_family_work *work, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
