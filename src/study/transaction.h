/* Transactions: what is stored together appears together, or not at all. */
#ifndef AANN_STUDY_TRANSACTION_H
#define AANN_STUDY_TRANSACTION_H

#include "aann/study.h"

/* Begin, then finish with the status of the work: it is committed if that is AANN_OK, and rolled
 * back if not. Returns that status, or what made the commit fail.
 *
 * Transactions nest: the calls that write a study begin their own, so that several of them between
 * a begin and a finish become one. If one of them fails, the whole does. */
aann_status aann_study_begin(aann_study *study, aann_error *error);
aann_status aann_study_finish(aann_study *study, aann_status status, aann_error *error);

#endif
