/* Members: one row each, apart from their weights, checkpoint and trace. */
#include "study/members.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "study/database.h"
#include "study/trace.h"

/* ---- members --------------------------------------------------------------------------------- */

/* The words for aann_member_state in the file, in the order of the enumeration. */
static const char *const state_words[] = {"running", "done", "failed"};
enum { STATE_COUNT = sizeof state_words / sizeof state_words[0] };

static aann_status check_member(const aann_study *study, const aann_member_row *member,
                                aann_error *error)
{
    if ((int)member->state < 0 || (int)member->state >= STATE_COUNT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: a member cannot be in state %d",
                         study->path, (int)member->state);
    }
    if (memchr(member->origin, 0, sizeof member->origin) == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: a member's origin has no end",
                         study->path);
    }
    return AANN_OK;
}

enum { HASH_TEXT_SIZE = 17 };

/* Parameters 1..17, the same for a new member and for one that is saved again. The text stays where
 * it is until the statement has run: a copy of SQLite's could fail, and NULL be stored. */
static void bind_member(sqlite3_stmt *statement, const aann_member_row *member, uint64_t hash,
                        char hash_text[HASH_TEXT_SIZE])
{
    snprintf(hash_text, HASH_TEXT_SIZE, "%016" PRIx64, hash);
    sqlite3_bind_int64(statement, 1, member->family);
    sqlite3_bind_int64(statement, 2, member->index);
    aann_study_bind_u64(statement, 3, member->seed);
    sqlite3_bind_text(statement, 4, state_words[member->state], -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, member->origin, -1, SQLITE_STATIC);
    if (member->parent != 0) {
        sqlite3_bind_int64(statement, 6, member->parent);
    }
    sqlite3_bind_int64(statement, 7, member->swaps_from_parent);
    aann_study_bind_u64(statement, 8, member->steps);
    aann_study_bind_u64(statement, 9, member->accepted);
    sqlite3_bind_text(statement, 10, hash_text, -1, SQLITE_STATIC);
    sqlite3_bind_double(statement, 11, member->train_loss);
    sqlite3_bind_double(statement, 12, member->train_accuracy);
    sqlite3_bind_double(statement, 13, member->validation_loss);
    sqlite3_bind_double(statement, 14, member->validation_accuracy);
    sqlite3_bind_double(statement, 15, member->test_loss);
    sqlite3_bind_double(statement, 16, member->test_accuracy);
    sqlite3_bind_double(statement, 17, member->seconds);
}

static aann_status insert_member(aann_study *study, const aann_member_row *member, uint64_t hash,
                                 int64_t *id, aann_error *error)
{
    char hash_text[HASH_TEXT_SIZE];
    sqlite3_stmt *statement = NULL;
    aann_status status =
        aann_study_prepare(study,
                           "INSERT INTO member (family, member_index, seed, state, origin, "
                           "parent, swaps_from_parent, steps, accepted,"
                           " hash, train_loss, train_accuracy, validation_loss, "
                           "validation_accuracy, test_loss, test_accuracy, seconds)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           &statement, error);
    if (status == AANN_OK) {
        bind_member(statement, member, hash, hash_text);
        status = aann_study_run(study, statement, error);
        *id = sqlite3_last_insert_rowid(study->database);
    }
    sqlite3_finalize(statement);
    return status;
}

static aann_status update_member(aann_study *study, const aann_member_row *member, uint64_t hash,
                                 aann_error *error)
{
    char hash_text[HASH_TEXT_SIZE];
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study,
        "UPDATE member SET (member_index, seed, state, origin, parent, swaps_from_parent, "
        "steps, accepted, hash,"
        " train_loss, train_accuracy, validation_loss, validation_accuracy, test_loss, "
        "test_accuracy, seconds)"
        " = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
        " WHERE family = ?1 AND id = ?18",
        &statement, error);
    if (status == AANN_OK) {
        bind_member(statement, member, hash, hash_text);
        sqlite3_bind_int64(statement, 18, member->id);
        status = aann_study_run(study, statement, error);
    }
    sqlite3_finalize(statement);
    if (status == AANN_OK && sqlite3_changes(study->database) == 0) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no member %lld in family %lld",
                         study->path, (long long)member->id, (long long)member->family);
    }
    return status;
}

/* One member, inside a transaction; *id is its number, given if it is new. */
static aann_status store_record(aann_study *study, const aann_member_record *record, int64_t *id,
                                aann_error *error)
{
    const aann_member_row *member = record->member;
    const uint64_t hash = aann_network_hash(record->network);
    *id = member->id;
    aann_status status = aann_study_check_network(study, member->family, record->network, error);
    if (status == AANN_OK) {
        status = member->id == 0 ? insert_member(study, member, hash, id, error)
                                 : update_member(study, member, hash, error);
    }
    if (status == AANN_OK) {
        status = aann_study_store_weights(study, *id, record->network, error);
    }
    if (status == AANN_OK && (member->id != 0 || record->state != NULL)) {
        status = aann_study_store_checkpoint(study, *id, record->state, record->state_size, error);
    }
    return status == AANN_OK
               ? aann_study_store_trace(study, *id, record->rows, record->row_count, error)
               : status;
}

aann_status aann_study_save_members(aann_study *study, const aann_member_record *records,
                                    size_t count, aann_error *error)
{
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        status = check_member(study, records[i].member, error);
    }
    int64_t *ids = status == AANN_OK ? aann_allocate(count, sizeof *ids) : NULL;
    if (status == AANN_OK && ids == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    if (status == AANN_OK) {
        status = aann_study_begin(study, error);
    }
    if (status != AANN_OK) {
        free(ids);
        return status;
    }
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        status = store_record(study, &records[i], &ids[i], error);
    }
    status = aann_study_finish(study, status, error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        records[i].member->id = ids[i];
        records[i].member->hash = aann_network_hash(records[i].network);
    }
    free(ids);
    return status;
}

aann_status aann_study_add_member(aann_study *study, aann_member_row *member,
                                  const aann_network *network, aann_error *error)
{
    const int64_t id = member->id;
    const aann_member_record record = {.member = member, .network = network};
    member->id = 0;
    const aann_status status = aann_study_save_members(study, &record, 1, error);
    member->id = status == AANN_OK ? member->id : id;
    return status;
}

aann_status aann_study_save_member(aann_study *study, aann_member_row *member,
                                   const aann_network *network, const void *state,
                                   size_t state_size, const aann_trace_row *rows, size_t row_count,
                                   aann_error *error)
{
    if (member->id == 0) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no member 0", study->path);
    }
    const aann_member_record record = {member, network, state, state_size, rows, row_count};
    return aann_study_save_members(study, &record, 1, error);
}

/* The state, origin and hash of a row: the columns that can hold nonsense. */
static aann_status read_words(const aann_study *study, sqlite3_stmt *statement,
                              aann_member_row *member, aann_error *error)
{
    const char *state = (const char *)sqlite3_column_text(statement, 4);
    const char *origin = (const char *)sqlite3_column_text(statement, 5);
    const char *hash = (const char *)sqlite3_column_text(statement, 10);
    int word = 0;
    while (state != NULL && word < STATE_COUNT && strcmp(state, state_words[word]) != 0) {
        word++;
    }
    const bool hash_is_right =
        hash != NULL && strspn(hash, "0123456789abcdef") == 16 && hash[16] == 0;
    if (state == NULL || word == STATE_COUNT || origin == NULL ||
        strlen(origin) >= sizeof member->origin || !hash_is_right) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%s: is damaged (the row of member %lld)",
                         study->path, (long long)member->id);
    }
    member->state = (aann_member_state)word;
    member->hash = strtoull(hash, NULL, 16);
    snprintf(member->origin, sizeof member->origin, "%s", origin);
    return AANN_OK;
}

static aann_status read_member(const aann_study *study, sqlite3_stmt *statement, void *read,
                               aann_error *error)
{
    aann_member_row *member = read;
    *member = (aann_member_row){
        .id = sqlite3_column_int64(statement, 0),
        .family = sqlite3_column_int64(statement, 1),
        .index = sqlite3_column_int64(statement, 2),
        .seed = aann_study_column_u64(statement, 3),
        .parent = sqlite3_column_int64(statement, 6),
        .swaps_from_parent = sqlite3_column_int64(statement, 7),
        .steps = aann_study_column_u64(statement, 8),
        .accepted = aann_study_column_u64(statement, 9),
        .train_loss = aann_study_column_double(statement, 11),
        .train_accuracy = aann_study_column_double(statement, 12),
        .validation_loss = aann_study_column_double(statement, 13),
        .validation_accuracy = aann_study_column_double(statement, 14),
        .test_loss = aann_study_column_double(statement, 15),
        .test_accuracy = aann_study_column_double(statement, 16),
        .seconds = aann_study_column_double(statement, 17),
    };
    return read_words(study, statement, member, error);
}

/* All members with first <= id <= last of the families first_family..last_family, in order. */
static aann_status read_members(aann_study *study, const int64_t ids[2], const int64_t families[2],
                                aann_member_row **members, size_t *count, aann_error *error)
{
    aann_study_rows found = {0};
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study,
        "SELECT id, family, member_index, seed, state, origin, parent, swaps_from_parent, steps, accepted, "
        "hash,"
        " train_loss, train_accuracy, validation_loss, validation_accuracy, test_loss, test_accuracy, seconds"
        " FROM member WHERE id BETWEEN ? AND ? AND family BETWEEN ? AND ? ORDER BY id",
        &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, ids[0]);
        sqlite3_bind_int64(statement, 2, ids[1]);
        sqlite3_bind_int64(statement, 3, families[0]);
        sqlite3_bind_int64(statement, 4, families[1]);
        status =
            aann_study_read_rows(study, statement, sizeof **members, read_member, &found, error);
    }
    sqlite3_finalize(statement);
    if (status != AANN_OK) {
        free(found.list);
        found = (aann_study_rows){0};
    }
    *members = found.list;
    *count = found.count;
    return status;
}

aann_status aann_study_members(aann_study *study, int64_t family, aann_member_row **members,
                               size_t *count, aann_error *error)
{
    const int64_t all[2] = {1, INT64_MAX};
    const int64_t one[2] = {family, family};
    if (family != 0) {
        /* "No such family" and "a family without members" are different answers. */
        aann_family_row stored;
        const aann_status status = aann_study_family(study, family, &stored, error);
        if (status != AANN_OK) {
            *members = NULL;
            *count = 0;
            return status;
        }
        aann_family_row_destroy(&stored);
    }
    return read_members(study, all, family == 0 ? all : one, members, count, error);
}

aann_status aann_study_member(aann_study *study, int64_t id, aann_member_row *member,
                              aann_error *error)
{
    const int64_t all[2] = {1, INT64_MAX};
    const int64_t one[2] = {id, id};
    aann_member_row *found = NULL;
    size_t count = 0;
    const aann_status status = read_members(study, one, all, &found, &count, error);
    if (status == AANN_OK && count == 1) {
        *member = found[0];
    }
    free(found);
    if (status == AANN_OK && count == 0) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no member %lld", study->path,
                         (long long)id);
    }
    return status;
}
