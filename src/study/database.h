/* What the files of src/study share: the handle, statements, transactions, and how SQLite's
 * failures become ours. */
#ifndef AANN_STUDY_DATABASE_H
#define AANN_STUDY_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "aann/study.h"
#include "core/error.h"
#include "study/lock.h"
#include "study/place.h"
#include "study/transaction.h"

/* How long to wait for other programs' transactions: a sqlite3 shell, a reader's recovery. */
enum { AANN_STUDY_BUSY_MILLISECONDS = 10000 };

/* A study belongs to one thread at a time; open it once more for another thread. */
struct aann_study {
    sqlite3 *database;
    char *path;           /* for messages, as the caller gave it */
    int version;          /* of the schema, when it was opened */
    bool writable;        /* opened to be written, and holding the lock */
    aann_study_lock lock; /* of the writer */
    /* Of the writer: the file it opened, and whether the log holds what the file does not. */
    aann_study_place place;
    bool log_pending;
    aann_study_patience patience; /* with others' transactions */

    /* Told of every commit (excerpt.h); NULL: nobody. */
    void (*saved)(void *context);
    void *saved_context;

    /* Transactions begun and not finished, and whether a part of them failed. */
    int32_t depth;
    bool failed;
};

/* Turns a result code of SQLite into a status and one line "path: what went wrong". */
aann_status aann_study_fail(const aann_study *study, int code, aann_error *error);

/* Runs statements that return nothing. */
aann_status aann_study_execute(aann_study *study, const char *sql, aann_error *error);

/* Compiles one statement; finish it with sqlite3_finalize (NULL is allowed). */
aann_status aann_study_prepare(aann_study *study, const char *sql, sqlite3_stmt **statement,
                               aann_error *error);

/* Steps to the next row: *row tells whether there was one. */
aann_status aann_study_step(aann_study *study, sqlite3_stmt *statement, bool *row,
                            aann_error *error);

/* Compiles `sql`, whose only parameter is a member's id, and steps to its row;
 * AANN_ERROR_NOT_FOUND without one. Finish it with sqlite3_finalize, after a failure too. */
aann_status aann_study_select_member(aann_study *study, const char *sql, int64_t id,
                                     sqlite3_stmt **statement, aann_error *error);

/* Runs a statement that returns no rows, and resets it. */
aann_status aann_study_run(aann_study *study, sqlite3_stmt *statement, aann_error *error);

/* The first column of the first row of `sql`; 0 without a row. */
aann_status aann_study_read_number(aann_study *study, const char *sql, int64_t *number,
                                   aann_error *error);

/* Unsigned 64-bit values are stored as the signed number with the same bits. */
void aann_study_bind_u64(sqlite3_stmt *statement, int parameter, uint64_t value);
uint64_t aann_study_column_u64(sqlite3_stmt *statement, int column);

/* A double, with NAN as NULL. (Binding needs no function: SQLite stores NAN as NULL.) */
double aann_study_column_double(sqlite3_stmt *statement, int column);

/* A copy of a text; NULL in the file, or a NUL inside, is AANN_ERROR_FORMAT. */
aann_status aann_study_column_text(const aann_study *study, sqlite3_stmt *statement, int column,
                                   char **text, aann_error *error);

/* Rows of a query. */
typedef struct aann_study_rows {
    void *list; /* [count], of the caller's type; malloc'ed */
    size_t count;
} aann_study_rows;

/* Makes `row` out of the query's present row. On failure there is nothing in it to be freed. */
typedef aann_status aann_study_row_reader(const aann_study *study, sqlite3_stmt *statement,
                                          void *row, aann_error *error);

/* Reads all rows of a prepared query, row_size bytes each. After a failure `rows` has those before
 * it. */
aann_status aann_study_read_rows(aann_study *study, sqlite3_stmt *statement, size_t row_size,
                                 aann_study_row_reader *read, aann_study_rows *rows,
                                 aann_error *error);

#endif
