/* The tables of a study, and how a study of any age gets them.
 *
 * docs/study-file.md explains the tables to people who look with the sqlite3 shell. Three rules:
 *   - what a list of members needs lies apart from the blobs, so that listing 10,000 members reads kilobytes;
 *   - texts where a person reads (state, hash), integers and reals where a program computes;
 *   - a released script below never changes: the next schema is one more script. */
#include "study/schema.h"

#include "study/database.h"

/* upgrades[v] leads from version v to version v + 1. */
static const char *const upgrades[AANN_STUDY_SCHEMA_VERSION] = {
    "CREATE TABLE family ("
    "  id INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL,"
    "  task TEXT NOT NULL,"
    "  spec TEXT NOT NULL,"
    "  input_channels INTEGER NOT NULL,"
    "  input_height INTEGER NOT NULL,"
    "  input_width INTEGER NOT NULL,"
    "  excitatory_share REAL NOT NULL,"
    "  data TEXT NOT NULL,"
    "  options TEXT NOT NULL,"
    "  software TEXT NOT NULL,"
    "  created INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE member ("
    "  id INTEGER PRIMARY KEY,"
    "  family INTEGER NOT NULL REFERENCES family(id),"
    "  member_index INTEGER NOT NULL,"
    "  seed INTEGER NOT NULL,"
    "  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),"
    "  origin TEXT NOT NULL,"
    "  parent INTEGER REFERENCES member(id)," /* NULL: from nobody */
    "  swaps_from_parent INTEGER NOT NULL,"
    "  steps INTEGER NOT NULL,"
    "  accepted INTEGER NOT NULL,"
    "  hash TEXT NOT NULL CHECK (length(hash) = 16),"
    "  train_loss REAL,"
    "  train_accuracy REAL,"
    "  validation_loss REAL,"
    "  validation_accuracy REAL,"
    "  test_loss REAL,"
    "  test_accuracy REAL,"
    "  seconds REAL NOT NULL"
    ") STRICT;"
    "CREATE TABLE weights ("
    "  member INTEGER PRIMARY KEY REFERENCES member(id),"
    "  packed BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE checkpoint ("
    "  member INTEGER PRIMARY KEY REFERENCES member(id),"
    "  saved INTEGER NOT NULL,"
    "  state BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE trace ("
    "  member INTEGER NOT NULL REFERENCES member(id),"
    "  step INTEGER NOT NULL,"
    "  seconds REAL,"
    "  temperature REAL,"
    "  train_loss REAL,"
    "  train_accuracy REAL,"
    "  validation_loss REAL,"
    "  validation_accuracy REAL,"
    "  accepted INTEGER NOT NULL,"
    "  evaluated_samples INTEGER NOT NULL,"
    "  PRIMARY KEY (member, step)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE prediction ("
    "  member INTEGER NOT NULL REFERENCES member(id),"
    "  split TEXT NOT NULL,"
    "  samples TEXT NOT NULL,"
    "  hash TEXT NOT NULL CHECK (length(hash) = 16),"
    "  sample_count INTEGER NOT NULL,"
    "  outputs INTEGER NOT NULL,"
    "  width INTEGER NOT NULL CHECK (width IN (2, 4)),"
    "  logits BLOB NOT NULL,"
    "  PRIMARY KEY (member, split)"
    ") STRICT;"
    "PRAGMA application_id = 1633775214;" /* 0x61616e6e; a pragma takes no parameters */
    "PRAGMA user_version = 1;",
};

aann_status aann_study_schema_check(aann_study *study, int *version, aann_error *error)
{
    int64_t application = 0;
    int64_t objects = 0;
    int64_t found = 0;
    *version = 0;
    /* One read transaction, so that the three numbers belong together while somebody creates the
     * study. */
    aann_status status = aann_study_execute(study, "BEGIN", error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_study_read_number(study, "PRAGMA application_id", &application, error);
    if (status == AANN_OK) {
        status = aann_study_read_number(study, "PRAGMA user_version", &found, error);
    }
    if (status == AANN_OK) {
        status =
            aann_study_read_number(study, "SELECT count(*) FROM sqlite_schema", &objects, error);
    }
    sqlite3_exec(study->database, "ROLLBACK", NULL, NULL, NULL);
    if (status != AANN_OK) {
        return status;
    }
    *version = (int)found; /* 32 bits in the file */
    if (application == 0 && *version == 0 && objects == 0) {
        return AANN_OK;
    }
    if (application != AANN_STUDY_APPLICATION_ID) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "%s: is an SQLite database of another program, not an aann study",
                         study->path);
    }
    if (*version > AANN_STUDY_SCHEMA_VERSION) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "%s: was written by a newer aann (schema %d; this one knows up to %d)",
                         study->path, *version, (int)AANN_STUDY_SCHEMA_VERSION);
    }
    if (*version < 1) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is damaged (schema %d)", study->path,
                         *version);
    }
    return AANN_OK;
}

aann_status aann_study_schema_upgrade(aann_study *study, int version, aann_error *error)
{
    if (version >= AANN_STUDY_SCHEMA_VERSION) {
        return AANN_OK;
    }
    aann_status status = aann_study_begin(study, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int step = version; status == AANN_OK && step < AANN_STUDY_SCHEMA_VERSION; step++) {
        status = aann_study_execute(study, upgrades[step], error);
    }
    return aann_study_finish(study, status, error);
}
