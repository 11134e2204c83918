/* Weights: 2 bits each. The family's spec gives their meaning, the member's hash verifies them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "study/database.h"
#include "study/members.h"

aann_status aann_study_check_network(aann_study *study, int64_t family, const aann_network *network,
                                     aann_error *error)
{
    aann_family_row stored;
    aann_status status = aann_study_family(study, family, &stored, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_spec *spec = aann_network_spec(network);
    char text[AANN_MAX_SPEC_LENGTH];
    status = aann_spec_format(spec, text, sizeof text, error);
    if (status == AANN_OK &&
        (strcmp(text, stored.spec) != 0 || spec->input.channels != stored.input.channels ||
         spec->input.height != stored.input.height || spec->input.width != stored.input.width)) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%s: a network %s does not belong into family %lld (%s)", study->path,
                           text, (long long)family, stored.spec);
    }
    aann_family_row_destroy(&stored);
    return status == AANN_OK ? aann_network_check_counts(network, error) : status;
}

aann_status aann_study_store_weights(aann_study *study, int64_t id, const aann_network *network,
                                     aann_error *error)
{
    const size_t size = aann_network_packed_size(aann_network_spec(network));
    uint8_t *packed = aann_allocate(size, 1);
    if (packed == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", study->path);
    }
    aann_network_pack(network, packed);
    sqlite3_stmt *statement = NULL;
    aann_status status = aann_study_prepare(
        study, "INSERT OR REPLACE INTO weights (member, packed) VALUES (?, ?)", &statement, error);
    if (status == AANN_OK) {
        sqlite3_bind_int64(statement, 1, id);
        sqlite3_bind_blob64(statement, 2, packed, size, SQLITE_STATIC);
        status = aann_study_run(study, statement, error);
    }
    sqlite3_finalize(statement);
    free(packed);
    return status;
}

/* An empty network of the family whose spec is in columns 0..4: spec, input shape, excitatory
 * share. The packed weights are in column 5. */
static aann_status create_network(const aann_study *study, sqlite3_stmt *statement,
                                  aann_network **network, aann_error *error)
{
    char *text = NULL;
    aann_status status = aann_study_column_text(study, statement, 0, &text, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_shape input = {sqlite3_column_int(statement, 1), sqlite3_column_int(statement, 2),
                              sqlite3_column_int(statement, 3)};
    aann_spec spec;
    status = aann_spec_parse(text, input, &spec, error);
    free(text);
    if (status == AANN_OK) {
        status = aann_spec_set_excitatory_share(&spec, sqlite3_column_double(statement, 4), error);
    }
    if (status != AANN_OK) {
        /* A wrong argument that comes from a file is a damaged file. */
        return aann_fail_prefix(error, status == AANN_ERROR_ARGUMENT ? AANN_ERROR_FORMAT : status,
                                "%s: is damaged", study->path);
    }
    /* Before anything is allocated: a spec that is damaged may describe an enormous network. */
    if ((size_t)sqlite3_column_bytes(statement, 5) != aann_network_packed_size(&spec)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "%s: is damaged (%d bytes of weights for %s, not %zu)", study->path,
                         sqlite3_column_bytes(statement, 5), spec.text,
                         aann_network_packed_size(&spec));
    }
    return aann_network_create(&spec, network, error);
}

/* Fills the network from column 5 and compares it with the hash in column 6. */
static aann_status fill_network(const aann_study *study, sqlite3_stmt *statement, int64_t id,
                                aann_network *network, aann_error *error)
{
    const void *packed = sqlite3_column_blob(statement, 5);
    const size_t size = (size_t)sqlite3_column_bytes(statement, 5);
    const aann_status status = aann_network_unpack(network, packed, size, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "%s: the weights of member %lld", study->path,
                                (long long)id);
    }
    char hash[17];
    snprintf(hash, sizeof hash, "%016" PRIx64, aann_network_hash(network));
    const char *stored = (const char *)sqlite3_column_text(statement, 6);
    if (stored == NULL || strcmp(stored, hash) != 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "%s: the weights of member %lld are damaged (hash %s, not %s)",
                         study->path, (long long)id, hash, stored != NULL ? stored : "none");
    }
    return AANN_OK;
}

aann_status aann_study_network(aann_study *study, int64_t id, aann_network **network,
                               aann_error *error)
{
    *network = NULL;
    sqlite3_stmt *statement = NULL;
    /* One query, so that weights and hash are of the same moment while a writer goes on. */
    aann_status status = aann_study_select_member(
        study,
        "SELECT spec, input_channels, input_height, input_width, excitatory_share, packed, hash"
        " FROM member JOIN family ON family.id = member.family"
        " JOIN weights ON weights.member = member.id WHERE member.id = ?",
        id, &statement, error);
    aann_network *created = NULL;
    if (status == AANN_OK) {
        status = create_network(study, statement, &created, error);
    }
    if (status == AANN_OK) {
        status = fill_network(study, statement, id, created, error);
    }
    sqlite3_finalize(statement);
    if (status != AANN_OK) {
        aann_network_destroy(created);
        return status;
    }
    *network = created;
    return AANN_OK;
}
