/* The tables of a study file and the numbers that mark it as one. */
#ifndef AANN_STUDY_SCHEMA_H
#define AANN_STUDY_SCHEMA_H

#include "aann/study.h"

enum {
    AANN_STUDY_APPLICATION_ID = 0x61616e6e, /* "aann": bytes 68..71 of the file, see file(1) */
    AANN_STUDY_SCHEMA_VERSION = 2           /* PRAGMA user_version of what this version writes */
};

/* Reads the marks. AANN_ERROR_FORMAT if this is not a study, AANN_ERROR_VERSION if a newer aann
 * wrote it. *version is the schema's version, or 0 for a database with nothing in it at all. */
aann_status aann_study_schema_check(aann_study *study, int *version, aann_error *error);

/* Brings a study that was opened for writing from `version` (0: empty) to the current schema, in
 * one transaction. */
aann_status aann_study_schema_upgrade(aann_study *study, int version, aann_error *error);

#endif
