/* The tables of a study, and how a study of any age gets them.
 *
 * docs/study-file.md explains the tables to people who look with the sqlite3 shell. Three rules:
 *   - what a list of members needs lies apart from the blobs, so that listing 10,000 members reads kilobytes;
 *   - texts where a person reads (state, hash), integers and reals where a program computes;
 *   - a released script below never changes: the next schema is one more script. */
#include "study/schema.h"

#include <string.h>

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

    /* 2: a trace by layer; what a report needs besides members; results of measurements. */
    "ALTER TABLE trace ADD COLUMN layers TEXT;" /* NULL: not known */
    "CREATE TABLE truth ("
    "  family INTEGER NOT NULL REFERENCES family(id),"
    "  split TEXT NOT NULL,"
    "  samples TEXT NOT NULL,"
    "  sample_count INTEGER NOT NULL,"
    "  targets INTEGER NOT NULL," /* 0: labels of classes */
    "  width INTEGER NOT NULL CHECK (width IN (2, 4)),"
    "  packed BLOB NOT NULL,"
    "  PRIMARY KEY (family, split)"
    ") STRICT;"
    "CREATE TABLE finding ("
    "  family INTEGER NOT NULL REFERENCES family(id),"
    "  name TEXT NOT NULL,"
    "  saved INTEGER NOT NULL,"
    "  content TEXT NOT NULL,"
    "  PRIMARY KEY (family, name)"
    ") STRICT;"
    "PRAGMA user_version = 2;",
};

/* ---- what a study may hold ------------------------------------------------------------------- */

static const char *column(sqlite3_stmt *row, int index)
{
    const unsigned char *text = sqlite3_column_text(row, index);
    return text != NULL ? (const char *)text : "";
}

/* One row (type, name, sql) of each side, both in order of type and name; NULL: no more. */
static aann_status compare_objects(const aann_study *study, sqlite3_stmt *found,
                                   sqlite3_stmt *wanted, aann_error *error)
{
    int order = found == NULL    ? 1
                : wanted == NULL ? -1
                                 : strcmp(column(found, 0), column(wanted, 0));
    if (order == 0) {
        order = strcmp(column(found, 1), column(wanted, 1));
    }
    if (order == 0 && strcmp(column(found, 2), column(wanted, 2)) == 0) {
        return AANN_OK;
    }
    sqlite3_stmt *named = order > 0 ? wanted : found;
    return aann_fail(error, AANN_ERROR_FORMAT, "%s: is not an aann study: the %s %.60s %s",
                     study->path, column(named, 0), column(named, 1),
                     order > 0   ? "is missing"
                     : order < 0 ? "is no part of one"
                                 : "is defined in another way");
}

/* Compares everything that `study` defines with what the scripts up to its version define: tables,
 * and the indices that SQLite makes for them. A stranger's study could bring views that never end,
 * or triggers that delete; nothing of that kind is looked at, it is refused by name. What ANALYZE
 * leaves is allowed. */
static aann_status compare_schemas(aann_study *study, sqlite3 *expected, aann_error *error)
{
    static const char query[] =
        "SELECT type, name, coalesce(sql, '') FROM sqlite_schema"
        " WHERE coalesce(sql, '') NOT IN ('CREATE TABLE sqlite_stat1(tbl,idx,stat)',"
        " 'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)') ORDER BY type, name";
    sqlite3_stmt *found = NULL, *wanted = NULL;
    aann_status status = aann_study_prepare(study, query, &found, error);
    if (status == AANN_OK && sqlite3_prepare_v2(expected, query, -1, &wanted, NULL) != SQLITE_OK) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    bool more = true;
    while (status == AANN_OK && more) {
        status = aann_study_step(study, found, &more, error);
        const bool expects_more = sqlite3_step(wanted) == SQLITE_ROW;
        if (status == AANN_OK && (more || expects_more)) {
            status =
                compare_objects(study, more ? found : NULL, expects_more ? wanted : NULL, error);
        }
    }
    sqlite3_finalize(found);
    sqlite3_finalize(wanted);
    return status;
}

static aann_status check_objects(aann_study *study, int version, aann_error *error)
{
    sqlite3 *expected = NULL;
    bool good = sqlite3_open_v2(":memory:", &expected, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                NULL) == SQLITE_OK;
    for (int step = 0; good && step < version; step++) {
        good = sqlite3_exec(expected, upgrades[step], NULL, NULL, NULL) == SQLITE_OK;
    }
    const aann_status status =
        good ? compare_schemas(study, expected, error)
             : aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory for its schema", study->path);
    sqlite3_close(expected);
    return status;
}

static aann_status check_version(const aann_study *study, int64_t application, int64_t version,
                                 aann_error *error)
{
    if (application != AANN_STUDY_APPLICATION_ID) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "%s: is an SQLite database of another program, not an aann study",
                         study->path);
    }
    if (version > AANN_STUDY_SCHEMA_VERSION) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "%s: was written by a newer aann (schema %d; this one knows up to %d)",
                         study->path, (int)version, (int)AANN_STUDY_SCHEMA_VERSION);
    }
    if (version < 1) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is damaged (schema %d)", study->path,
                         (int)version);
    }
    return AANN_OK;
}

aann_status aann_study_schema_check(aann_study *study, int *version, aann_error *error)
{
    int64_t application = 0;
    int64_t objects = 0;
    int64_t found = 0;
    *version = 0;
    /* One read transaction, so that all of it belongs together while somebody creates the study. */
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
    *version = (int)found; /* 32 bits in the file */
    const bool is_new = application == 0 && found == 0 && objects == 0;
    if (status == AANN_OK && !is_new) {
        status = check_version(study, application, found, error);
        if (status == AANN_OK) {
            status = check_objects(study, *version, error);
        }
    }
    sqlite3_exec(study->database, "ROLLBACK", NULL, NULL, NULL);
    return status;
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
    status = aann_study_finish(study, status, error);
    study->version = status == AANN_OK ? AANN_STUDY_SCHEMA_VERSION : version;
    return status;
}
