/* Changes to a study that leave it well-formed: right check sums and hashes, the schema as it is, and
 * facts that do not fit each other. Bytes of the fuzzer decide which. */
#ifndef AANN_TESTS_STRUCTURE_CHANGES_H
#define AANN_TESTS_STRUCTURE_CHANGES_H

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <zlib.h>

#include "family/structure_studies.h"
#include "support/fuzz_bytes.h"

/* ---- JSON ------------------------------------------------------------------------------------ */

static inline json_t *odd_json(structure_bytes *from)
{
    static const char *const texts[] = {"",        "train",       "validation", "test",
                                        "sense",   "genetic",     "random",     "byte",
                                        "feature", "global",      "/dev/null",  "one",
                                        "\x1b[2J", "mnist:train", "auto",       "0000000000000000"};
    const uint8_t kind = next_byte(from);
    switch (kind % 8) {
    case 0: return json_null();
    case 1: return json_string(texts[next_byte(from) % 16]);
    case 2: return json_boolean((kind & 8) != 0);
    case 3: return json_real(fmin(odd_real(from), 1e308));
    case 4: return json_pack("[I,I]", (json_int_t)odd_integer(from), (json_int_t)odd_integer(from));
    case 5: return json_object();
    default: return json_integer((json_int_t)odd_integer(from));
    }
}

/* Goes down to a value that the bytes choose, and replaces, removes or doubles it. */
static inline void change_json(json_t *value, structure_bytes *from, int depth)
{
    static const char *const keys[] = {
        "walks",     "starts",  "members",     "reward_tracks", "copies",  "population",
        "threshold", "classes", "target_mean", "target_scale",  "encoded", "provenance",
        "features",  "maximum", "minimum",     "columns",       "phases",  "sample",
        "rungs",     "ladders", "rounds",      "connections",   "repairs", "shard",
        "density",   "by_use",  "dale",        "lesion_noise"};
    const uint8_t choice = next_byte(from);
    const uint8_t action = next_byte(from);
    if (json_is_object(value)) {
        size_t wanted = json_object_size(value) > 0 ? choice % json_object_size(value) : 0;
        void *at = json_object_iter(value);
        while (at != NULL && wanted-- > 0) {
            at = json_object_iter_next(value, at);
        }
        if (at == NULL || action % 16 == 0) {
            json_object_set_new(value, keys[next_byte(from) % 28], odd_json(from));
            return;
        }
        json_t *inner = json_object_iter_value(at);
        if (depth < 6 && (json_is_object(inner) || json_is_array(inner)) && action % 4 != 1) {
            change_json(inner, from, depth + 1);
        } else if (action % 16 == 3) {
            json_object_del(value, json_object_iter_key(at));
        } else {
            json_object_set_new(value, json_object_iter_key(at), odd_json(from));
        }
    } else if (json_is_array(value)) {
        const size_t size = json_array_size(value);
        json_t *inner = size > 0 ? json_array_get(value, choice % size) : NULL;
        if (inner == NULL || action % 8 == 0) {
            json_array_append_new(value, odd_json(from));
        } else if (action % 8 == 1) {
            json_array_remove(value, choice % size);
        } else if (action % 8 == 2) {
            for (int i = next_byte(from); i > 0; i--) {
                json_array_append_new(value, json_deep_copy(inner));
            }
        } else if (depth < 6 && (json_is_object(inner) || json_is_array(inner))) {
            change_json(inner, from, depth + 1);
        } else {
            json_array_set_new(value, choice % size, odd_json(from));
        }
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */

static inline sqlite3_stmt *prepare(aann_study *study, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    require(sqlite3_prepare_v2(study->database, sql, -1, &statement, NULL) == SQLITE_OK);
    return statement;
}

static inline void run(sqlite3_stmt *statement)
{
    (void)sqlite3_step(statement); /* a constraint may say no */
    sqlite3_finalize(statement);
}

static inline void change_family_json(aann_study *study, const char *column, structure_bytes *from)
{
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT %s FROM family", column);
    sqlite3_stmt *read = prepare(study, sql);
    json_t *json = sqlite3_step(read) == SQLITE_ROW
                       ? json_loads((const char *)sqlite3_column_text(read, 0), 0, NULL)
                       : NULL;
    sqlite3_finalize(read);
    if (json == NULL) {
        return;
    }
    change_json(json, from, 0);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (text != NULL) {
        snprintf(sql, sizeof sql, "UPDATE family SET %s = ?", column);
        sqlite3_stmt *write = prepare(study, sql);
        sqlite3_bind_text(write, 1, text, -1, SQLITE_TRANSIENT);
        run(write);
        free(text);
    }
}

static inline void change_number(aann_study *study, structure_bytes *from)
{
    static const char *const columns[][2] = {{"family", "input_channels"},
                                             {"family", "input_height"},
                                             {"family", "input_width"},
                                             {"family", "created"},
                                             {"member", "family"},
                                             {"member", "member_index"},
                                             {"member", "seed"},
                                             {"member", "parent"},
                                             {"member", "swaps_from_parent"},
                                             {"member", "steps"},
                                             {"member", "accepted"},
                                             {"prediction", "sample_count"},
                                             {"prediction", "outputs"},
                                             {"prediction", "width"},
                                             {"trace", "step"},
                                             {"trace", "accepted"},
                                             {"trace", "evaluated_samples"},
                                             {"weights", "member"},
                                             {"checkpoint", "member"},
                                             {"member", "id"},
                                             {"family", "id"},
                                             {"checkpoint", "saved"}};
    const uint8_t choice = next_byte(from) % (sizeof columns / sizeof columns[0]);
    const uint8_t row = next_byte(from);
    char sql[160];
    snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET %s = ?1 WHERE %s = %d", columns[choice][0],
             columns[choice][1],
             columns[choice][0][0] == 'm'   ? "id"
             : columns[choice][0][0] == 'f' ? "1"
                                            : "member",
             columns[choice][0][0] == 'f' ? 1 : 1 + row % (MEMBERS + 1));
    sqlite3_stmt *write = prepare(study, sql);
    sqlite3_bind_int64(write, 1, odd_integer(from));
    run(write);
}

static inline void change_real(aann_study *study, structure_bytes *from)
{
    static const char *const columns[] = {
        "train_loss", "train_accuracy", "validation_loss", "validation_accuracy",
        "test_loss",  "test_accuracy",  "seconds"};
    char sql[160];
    const uint8_t choice = next_byte(from);
    if (choice % 8 == 7) {
        snprintf(sql, sizeof sql, "UPDATE family SET excitatory_share = ?1");
    } else {
        snprintf(sql, sizeof sql, "UPDATE %s SET %s = ?1", choice & 8 ? "trace" : "member",
                 choice & 8 ? columns[choice % 4] : columns[choice % 7]);
    }
    sqlite3_stmt *write = prepare(study, sql);
    sqlite3_bind_double(write, 1, odd_real(from));
    run(write);
}

static inline void change_text(aann_study *study, structure_bytes *from)
{
    static const char *const columns[][2] = {{"family", "name"},        {"family", "task"},
                                             {"family", "software"},    {"member", "state"},
                                             {"member", "origin"},      {"prediction", "split"},
                                             {"prediction", "samples"}, {"member", "hash"}};
    static const char *const texts[] = {
        "classification",
        "regression",
        "running",
        "done",
        "failed",
        "search",
        "walk",
        "path",
        "import",
        "test",
        "validation",
        "",
        "0123456789abcdef",
        "train",
        "\x1b]0;x\x07",
        "a text that is longer than the thirty-two bytes of an origin"};
    const uint8_t choice = next_byte(from) % 8;
    char sql[160];
    snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET %s = ?1", columns[choice][0],
             columns[choice][1]);
    sqlite3_stmt *write = prepare(study, sql);
    sqlite3_bind_text(write, 1, texts[next_byte(from) % 16], -1, SQLITE_STATIC);
    run(write);
}

/* ---- spec and weights ------------------------------------------------------------------------ */

static inline void change_spec(aann_study *study, structure_bytes *from)
{
    static const char *const specs[] = {
        "3@50",          "6@50-3@30",      "6@10-5@90-3@30",      "2@50-2@40", "3C3@50-MP2-3@40",
        "3C3s2@50-3@40", "2C1>>3@50-3",    "4C2@20-MP2-4C2@20-3", "300-3",     "1-1-1-1-1-1",
        "1000000000-3",  "9C5-MP2-8C3-10", "5@50>>24-2@40",       "4@0-3@0",   "4@100-3@100",
        "16777216-3"};
    sqlite3_stmt *write = prepare(study, "UPDATE family SET spec = ?1, input_channels = ?2,"
                                         " input_height = ?3, input_width = ?4");
    sqlite3_bind_text(write, 1, specs[next_byte(from) % 16], -1, SQLITE_STATIC);
    const uint8_t sizes = next_byte(from);
    sqlite3_bind_int(write, 2, 1 + sizes % 4);
    sqlite3_bind_int(write, 3, 1 + sizes / 4 % 8);
    sqlite3_bind_int(write, 4, 1 + sizes / 32);
    run(write);
}

/* The spec as the study has it now, if it is one of a network that fits here. */
static inline bool spec_of(aann_study *study, aann_spec *spec)
{
    aann_error error;
    aann_family_row *rows = NULL;
    size_t count = 0;
    bool good = aann_study_families(study, &rows, &count, &error) == AANN_OK && count > 0 &&
                aann_family_spec(&rows[0], spec, &error) == AANN_OK &&
                aann_network_packed_size(spec) < 20000;
    aann_family_rows_destroy(rows, count);
    return good;
}

/* New weights for one member, with the right hash; of the spec's counts, or of others. */
static inline void change_weights(aann_study *study, structure_bytes *from)
{
    aann_error error;
    aann_spec spec;
    aann_network *network = NULL;
    if (!spec_of(study, &spec) || aann_network_create(&spec, &network, &error) != AANN_OK) {
        return;
    }
    const int member = 1 + next_byte(from) % (MEMBERS + 1);
    aann_network_randomise(network, next_byte(from), 1);
    const int changes = next_byte(from) % 8;
    for (int i = 0; i < changes; i++) {
        const int32_t layer = next_byte(from) % spec.layer_count;
        const size_t weights = (size_t)spec.layers[layer].weight_count;
        int8_t *copy = malloc(weights);
        require(copy != NULL);
        memcpy(copy, aann_network_weights(network, layer), weights);
        copy[next_word(from) % weights] = (int8_t)(next_byte(from) % 3 - 1);
        (void)aann_network_set_weights(network, layer, copy, &error);
        free(copy);
    }
    const size_t size = aann_network_packed_size(&spec);
    uint8_t *packed = malloc(size);
    require(packed != NULL);
    aann_network_pack(network, packed);
    char hash[20];
    snprintf(hash, sizeof hash, "%016" PRIx64, aann_network_hash(network));
    sqlite3_stmt *write =
        prepare(study, "INSERT OR REPLACE INTO weights (member, packed) VALUES (?1, ?2)");
    sqlite3_bind_int(write, 1, member);
    sqlite3_bind_blob(write, 2, packed, (int)size, SQLITE_TRANSIENT);
    run(write);
    write = prepare(study, "UPDATE member SET hash = ?2 WHERE id = ?1");
    sqlite3_bind_int(write, 1, member);
    sqlite3_bind_text(write, 2, hash, -1, SQLITE_TRANSIENT);
    run(write);
    free(packed);
    aann_network_destroy(network);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* Another network in the checkpoint of a phase with its own density: of the phase's counts, which are
 * 70, 40 and 50 percent sparse in structure_studies.h, or of others. */
static inline void change_phase_network(aann_study *study, uint8_t *state, size_t size,
                                        structure_bytes *from)
{
    aann_error error;
    aann_spec spec;
    aann_network *network = NULL;
    static const double of_phase[] = {70.0, 40.0, 50.0};
    const uint8_t choice = next_byte(from);
    if ((state[0] | state[1] << 8) != DEVELOPING_LAYOUT || !spec_of(study, &spec) ||
        size < PHASE_BYTES + aann_network_packed_size(&spec)) {
        return;
    }
    const bool fits = choice < 128 && spec.layer_count == 3;
    if (aann_spec_set_sparsity(&spec, choice % 100, of_phase, fits ? 3 : 0, &error) == AANN_OK &&
        aann_network_create(&spec, &network, &error) == AANN_OK) {
        aann_network_randomise(network, choice, 1);
        aann_network_pack(network, state + PHASE_BYTES);
    }
    aann_network_destroy(network);
}

static inline void change_state(aann_study *study, structure_bytes *from)
{
    aann_error error;
    void *stored = NULL;
    size_t size = 0;
    const int64_t source = 1 + next_byte(from) % (MEMBERS + 1);
    if (aann_study_checkpoint(study, source, &stored, &size, &error) != AANN_OK || stored == NULL) {
        aann_free(stored);
        return;
    }
    uint8_t *state = calloc(size + 512, 1);
    require(state != NULL);
    memcpy(state, stored, size);
    aann_free(stored);
    const uint8_t kind = next_byte(from);
    if (kind % 16 == 3 && size > PHASE_BYTES) {
        change_phase_network(study, state, size, from);
    } else if (kind % 4 == 0) { /* one number */
        const size_t at = size >= 16 ? 8 * (next_byte(from) % (size / 8 - 1)) : 0;
        uint64_t word = (uint64_t)odd_integer(from);
        if (kind & 4) {
            const double real = odd_real(from);
            memcpy(&word, &real, sizeof word);
        }
        for (size_t i = 0; i < 8 && at + i < size; i++) {
            state[at + i] = (uint8_t)(word >> 8 * i);
        }
    } else if (kind % 4 == 1) { /* another size */
        size = next_byte(from) & 1 ? size + next_byte(from) : size - next_word(from) % (size + 1);
    } else { /* some bytes, mostly weights */
        for (int i = 1 + kind / 4 % 8; i > 0 && size > 8; i--) {
            state[(size - 1) - next_word(from) % size] = next_byte(from);
        }
    }
    sign_state(state, size, structure_packed_size(study));
    sqlite3_stmt *write = prepare(
        study, "INSERT OR REPLACE INTO checkpoint (member, saved, state) VALUES (?1, 0, ?2)");
    sqlite3_bind_int(write, 1, 1 + next_byte(from) % (MEMBERS + 1));
    sqlite3_bind_blob(write, 2, state, (int)size, SQLITE_TRANSIENT);
    run(write);
    free(state);
}

/* ---- predictions and traces ------------------------------------------------------------------ */

/* Logits of any number, rightly compressed. */
static inline void change_prediction(aann_study *study, structure_bytes *from)
{
    uint8_t plain[600];
    uint8_t packed[1200];
    const size_t size = next_byte(from) * 2 + next_byte(from) % 3;
    for (size_t i = 0; i < sizeof plain; i++) {
        plain[i] = i < 24 ? next_byte(from) : (uint8_t)i;
    }
    uLongf packed_size = sizeof packed;
    require(compress(packed, &packed_size, plain, size) == Z_OK);
    sqlite3_stmt *write = prepare(
        study, "UPDATE prediction SET logits = ?1, width = ?2, sample_count = ?3, outputs = ?4");
    sqlite3_bind_blob(write, 1, packed, (int)packed_size, SQLITE_TRANSIENT);
    sqlite3_bind_int(write, 2, next_byte(from) & 1 ? 2 : 4);
    const uint8_t count = next_byte(from);
    sqlite3_bind_int64(write, 3, count == 0 ? odd_integer(from) : count & 1 ? 8 : SAMPLES);
    sqlite3_bind_int64(write, 4, count == 0 ? odd_integer(from) : 2 + count / 2 % 2);
    run(write);
}

/* What schema 2 added: counts by layer in a trace, and what the samples of a split really are. */
static inline void change_layers(aann_study *study, structure_bytes *from)
{
    static const char many[] = "[[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],"
                               "[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1],[1,1]]";
    static const char *const texts[] = {"",
                                        "[]",
                                        "[[1,1]]",
                                        "[[9,3],[7,7],[5,0]]",
                                        "[[9,3],[7,8],[5,0]]",
                                        "[[18446744073709551615,18446744073709551615]]",
                                        "[[18446744073709551616,1]]",
                                        many,
                                        "[[1,1]",
                                        "[[1,1]],",
                                        "\x1b[2J"};
    const uint8_t choice = next_byte(from);
    char text[32];
    size_t length = 0;
    while (choice >= 128 && length + 1 < sizeof text && from->at < from->end) {
        text[length++] = (char)(next_byte(from) % 64 + ' ' + choice % 32);
    }
    text[length] = '\0';
    sqlite3_stmt *write = prepare(study, "UPDATE trace SET layers = ?1 WHERE member = ?2");
    sqlite3_bind_text(write, 1, choice >= 128 ? text : texts[choice % 11], -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(write, 2, 1 + next_byte(from) % (MEMBERS + 1));
    run(write);
}

static inline void change_truth(aann_study *study, structure_bytes *from)
{
    uint8_t plain[320];
    uint8_t packed[640];
    const uint8_t kind = next_byte(from);
    const size_t size = kind % 4 == 0 ? next_byte(from) : (size_t)(kind & 4 ? 80 : 320);
    for (size_t i = 0; i < sizeof plain; i++) {
        plain[i] = i < 16 ? next_byte(from) : (uint8_t)(i % 2 == 0 ? i % 3 : 0);
    }
    uLongf packed_size = sizeof packed;
    require(compress(packed, &packed_size, plain, size) == Z_OK);
    sqlite3_stmt *write =
        prepare(study, "UPDATE truth SET packed = ?1, width = ?2, targets = ?3, sample_count = ?4");
    sqlite3_bind_blob(write, 1, packed, (int)packed_size, SQLITE_TRANSIENT);
    sqlite3_bind_int(write, 2, kind & 8 ? 2 : 4);
    sqlite3_bind_int64(write, 3, kind & 16 ? odd_integer(from) : kind & 32 ? 2 : 0);
    sqlite3_bind_int64(write, 4, kind & 64 ? odd_integer(from) : kind & 128 ? 8 : SAMPLES);
    run(write);
}

static inline void remove_or_copy_rows(aann_study *study, structure_bytes *from)
{
    static const char *const actions[] = {
        "DELETE FROM weights WHERE member = 1",
        "DELETE FROM weights WHERE member = 2",
        "DELETE FROM checkpoint",
        "DELETE FROM member WHERE id = 1",
        "DELETE FROM member WHERE id = 3",
        "DELETE FROM family",
        "DELETE FROM trace",
        "UPDATE member SET state = 'running'",
        "UPDATE member SET state = 'done'",
        "UPDATE weights SET packed = zeroblob(length(packed))",
        "UPDATE weights SET packed = x''",
        "UPDATE checkpoint SET state = x''",
        "UPDATE member SET steps = 0",
        "UPDATE member SET family = 2 WHERE id = 2",
        "UPDATE member SET parent = id",
        "UPDATE member SET parent = 3 - id, origin = 'walk' WHERE id < 3",
        "UPDATE member SET origin = 'top', state = 'done', seed = 1, steps = 2 * id",
        "UPDATE member SET origin = 'top', parent = 2, member_index = 1 WHERE id > 2",
        "UPDATE member SET member_index = parent, parent = member_index WHERE origin = 'top'",
        "UPDATE member SET origin = 'sample', state = 'running'",
        "UPDATE member SET member_index = member_index + 2",
        "UPDATE trace SET layers = NULL",
        "DELETE FROM truth",
        "UPDATE truth SET split = 'train' WHERE split = 'test'"};
    run(prepare(study, actions[next_byte(from) % 24]));
}

static inline void change_study(aann_study *study, structure_bytes *from)
{
    sqlite3_exec(study->database, "PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1",
                 NULL, NULL, NULL);
    int changes = 1 + next_byte(from) % 6;
    for (; changes > 0; changes--) {
        switch (next_byte(from) % 14) {
        case 0: change_number(study, from); break;
        case 1: change_real(study, from); break;
        case 2: change_text(study, from); break;
        case 3: change_spec(study, from); break;
        case 4:
        case 5: change_weights(study, from); break;
        case 6:
        case 7: change_state(study, from); break;
        case 8: change_prediction(study, from); break;
        case 9: change_family_json(study, "options", from); break;
        case 10: change_family_json(study, "data", from); break;
        case 11: change_layers(study, from); break;
        case 12: change_truth(study, from); break;
        default: remove_or_copy_rows(study, from); break;
        }
    }
    sqlite3_exec(study->database, "PRAGMA ignore_check_constraints = 0; PRAGMA foreign_keys = 1",
                 NULL, NULL, NULL);
}

#endif
