/* A part of a study in memory, as bytes that another process can work on: what one member or walk
 * needs, with the ids of the study that it comes from. */
#ifndef AANN_STUDY_EXCERPT_H
#define AANN_STUDY_EXCERPT_H

#include <stddef.h>
#include <stdint.h>

#include "aann/study.h"

/* Copies a family's row, and of members ids[count] (of that family) row, weights and checkpoint, to
 * a study in memory; histories stay behind. bytes[*size] is malloc'ed. */
aann_status aann_study_excerpt(aann_study *study, int64_t family, const int64_t *ids, size_t count,
                               void **bytes, size_t *size, aann_error *error);

/* A study in memory as bytes[*size], malloc'ed, and a study in memory of such bytes; close it with
 * aann_study_close. Parents need not be in it. */
aann_status aann_study_image_save(aann_study *study, void **bytes, size_t *size, aann_error *error);
aann_status aann_study_image_open(const void *bytes, size_t size, aann_study **study,
                                  aann_error *error);

/* `saved` is called after each transaction that was committed, by the thread that wrote; NULL:
 * nobody is told. */
void aann_study_on_save(aann_study *study, void (*saved)(void *context), void *context);

#endif
