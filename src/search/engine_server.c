/* An engine that is told what to do. What has no answer can fail as well: the next answer says so. */
#include "search/engine_server.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "engine/dispatch.h"
#include "engine/engine.h"
#include "search/engine_changes.h"
#include "search/shared_words.h"
#include "search/swap.h"

typedef struct server {
    const aann_team *team;
    const aann_samples *samples;
    const char *isa;
    aann_threads *threads;
    aann_spec spec;
    aann_engine *engine;
    aann_candidate *candidates; /* [capacity] */
    int32_t capacity;
    int64_t load_limit; /* samples for which the engine has room */
    aann_status status; /* of what was done since the last answer */
    aann_error error;
    aann_shared_head head;
    const uint8_t *content; /* [size] behind the head */
    size_t size;
} server;

/* ---- answers --------------------------------------------------------------------------------- */

static aann_status answer(server *s, aann_status status, const void *content, size_t size,
                          aann_error *error)
{
    aann_shared_head head = {.word = s->status != AANN_OK ? s->status : status};
    if (head.word != AANN_OK) {
        content = s->error.message;
        size = sizeof s->error.message;
    }
    uint8_t *bytes = aann_allocate(sizeof head + size, 1);
    if (bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an answer");
    }
    memcpy(bytes, &head, sizeof head);
    if (size > 0) {
        memcpy(bytes + sizeof head, content, size);
    }
    const aann_status told = s->team->tell(s->team->context, 0, bytes, sizeof head + size, error);
    free(bytes);
    return told;
}

static void note(server *s, aann_status status, const aann_error *error)
{
    if (s->status == AANN_OK && status != AANN_OK) {
        s->status = status;
        s->error = *error;
    }
}

/* ---- opening --------------------------------------------------------------------------------- */

static aann_status open_engine(server *s, aann_error *error)
{
    aann_shared_open open;
    aann_kernels kernels;
    if (s->engine != NULL || s->size != sizeof open) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "an engine is opened twice, or by another version");
    }
    memcpy(&open, s->content, sizeof open);
    open.spec[sizeof open.spec - 1] = '\0';
    if (open.sample_count != s->samples->count) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "there are %lld samples here, and %lld at rank 0",
                         (long long)s->samples->count, (long long)open.sample_count);
    }
    aann_status status = aann_spec_parse(open.spec, open.input, &s->spec, error);
    if (status == AANN_OK) {
        status = aann_spec_set_excitatory_share(&s->spec, open.excitatory_share, error);
    }
    if (status == AANN_OK) {
        status = aann_kernels_choose(s->isa, &kernels, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    s->load_limit = open.load_of_one < s->samples->count ? open.load_of_one : s->samples->count;
    const aann_loss_options loss = {open.regression != 0, open.scale, open.target_weight};
    return aann_engine_create(&s->spec, s->samples, open.load_of_one, &loss, &kernels, s->threads,
                              &s->engine, error);
}

/* ---- samples --------------------------------------------------------------------------------- */

/* The network, order and placements of a message, copied to where they may lie. */
typedef struct named_samples {
    aann_network *network;
    int32_t *order;
    aann_placement *placements; /* NULL: they are not moved */
} named_samples;

static void clear_named(named_samples *named)
{
    aann_network_destroy(named->network);
    free(named->order);
    free(named->placements);
}

static aann_status read_named(server *s, named_samples *named, aann_error *error)
{
    const size_t packed = aann_network_packed_size(&s->spec);
    const int64_t count = s->head.a;
    const size_t each = sizeof *named->order + (s->head.b != 0 ? sizeof *named->placements : 0);
    if (count < 0 || count > s->samples->count || s->size != packed + (size_t)count * each) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a message with %lld samples is cut",
                         (long long)count);
    }
    const uint8_t *from = s->content + packed;
    named->order = aann_allocate((size_t)count, sizeof *named->order);
    named->placements =
        s->head.b != 0 ? aann_allocate((size_t)count, sizeof *named->placements) : NULL;
    if (named->order == NULL || (s->head.b != 0 && named->placements == NULL)) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for samples");
    }
    memcpy(named->order, from, (size_t)count * sizeof *named->order);
    if (named->placements != NULL) {
        memcpy(named->placements, from + (size_t)count * sizeof *named->order,
               (size_t)count * sizeof *named->placements);
    }
    for (int64_t i = 0; i < count; i++) {
        if (named->order[i] < 0 || named->order[i] >= s->samples->count) {
            return aann_fail(error, AANN_ERROR_FORMAT, "there is no sample %d", named->order[i]);
        }
    }
    const aann_status status = aann_network_create(&s->spec, &named->network, error);
    return status == AANN_OK ? aann_network_unpack(named->network, s->content, packed, error)
                             : status;
}

static aann_status rank_samples(server *s, aann_error *error)
{
    named_samples named = {0};
    aann_error own = {.message = ""};
    const int64_t count = s->head.a;
    int32_t *losses = NULL;
    aann_status status = read_named(s, &named, &own);
    if (status == AANN_OK) {
        losses = aann_allocate((size_t)count, sizeof *losses);
        status = losses != NULL ? aann_engine_rank(s->engine, named.network, named.order,
                                                   named.placements, count, losses, &own)
                                : aann_fail(&own, AANN_ERROR_MEMORY, "out of memory for losses");
    }
    note(s, status, &own);
    const aann_status told = answer(s, status, losses, (size_t)count * sizeof *losses, error);
    free(losses);
    clear_named(&named);
    return told;
}

static aann_status load_samples(server *s, aann_error *error)
{
    named_samples named = {0};
    aann_error own = {.message = ""};
    aann_status status = read_named(s, &named, &own);
    if (status == AANN_OK && s->head.a > s->load_limit) {
        status = aann_fail(&own, AANN_ERROR_FORMAT, "%lld samples to load, and room for %lld",
                           (long long)s->head.a, (long long)s->load_limit);
    }
    if (status == AANN_OK) {
        status = aann_engine_load(s->engine, named.network, named.order, named.placements,
                                  s->head.a, &own);
    }
    note(s, status, &own);
    clear_named(&named);
    return answer(s, status, NULL, 0, error);
}

/* ---- candidates ------------------------------------------------------------------------------ */

static aann_status prepare(server *s, aann_error *error)
{
    const int32_t count = (int32_t)s->head.a;
    aann_status status = AANN_OK;
    if (s->head.a < 0 || s->size != (size_t)s->head.a * sizeof(aann_swap)) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a message with candidates is cut");
    }
    if (count > s->capacity) {
        aann_candidate *grown =
            aann_reallocate(s->candidates, (size_t)count, sizeof *s->candidates);
        if (grown == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d candidates", count);
        }
        memset(grown + s->capacity, 0, (size_t)(count - s->capacity) * sizeof *grown);
        s->candidates = grown;
        s->capacity = count;
    }
    for (int32_t pass = 0; pass < 2; pass++) { /* all are admitted before the first is prepared */
        for (int32_t i = 0; i < count && status == AANN_OK; i++) {
            aann_swap swap;
            memcpy(&swap, s->content + (size_t)i * sizeof swap, sizeof swap);
            status = pass == 0 ? aann_engine_admit(s->engine, &swap, error)
                               : aann_engine_prepare(s->engine, &swap, &s->candidates[i], error);
        }
    }
    return status;
}

static int64_t block_count(const server *s)
{
    return (aann_engine_sample_count(s->engine) + AANN_BLOCK - 1) / AANN_BLOCK;
}

/* Whether all of these candidates and blocks are there. */
static bool are_there(const server *s, const int32_t *candidates, int64_t count,
                      const int64_t *blocks, int64_t listed)
{
    const int64_t all = block_count(s);
    bool good = true;
    for (int64_t i = 0; i < count; i++) {
        good = good && candidates[i] >= 0 && candidates[i] < s->capacity;
    }
    for (int64_t i = 0; i < listed; i++) {
        good = good && blocks[i] >= 0 && blocks[i] < all;
    }
    return good;
}

static aann_status find_changes(server *s, aann_error *error)
{
    const int64_t count = s->head.a, blocks = s->head.b;
    const bool good = count > 0 && blocks > 0 && count <= s->capacity &&
                      blocks <= s->samples->count &&
                      s->size == (size_t)count * sizeof(int32_t) + (size_t)blocks * sizeof(int64_t);
    int32_t *candidates = good ? aann_allocate((size_t)count, sizeof *candidates) : NULL;
    int64_t *list = good ? aann_allocate((size_t)blocks, sizeof *list) : NULL;
    aann_block_change *results =
        good ? aann_allocate_zeroed((size_t)(count * blocks), sizeof *results) : NULL;
    aann_error own = {.message = ""};
    aann_status status = AANN_OK;
    if (candidates == NULL || list == NULL || results == NULL) {
        status = aann_fail(&own, good ? AANN_ERROR_MEMORY : AANN_ERROR_FORMAT,
                           good ? "out of memory for changes" : "a question about blocks is cut");
    } else {
        memcpy(candidates, s->content, (size_t)count * sizeof *candidates);
        memcpy(list, s->content + (size_t)count * sizeof *candidates,
               (size_t)blocks * sizeof *list);
    }
    if (status == AANN_OK && !are_there(s, candidates, count, list, blocks)) {
        status = aann_fail(&own, AANN_ERROR_FORMAT, "a question about blocks that are not here");
    }
    if (status == AANN_OK) {
        const aann_engine_question question = {.engine = s->engine,
                                               .prepared = s->candidates,
                                               .candidates = candidates,
                                               .candidate_count = (int32_t)count,
                                               .blocks = list,
                                               .block_count = blocks,
                                               .results = results};
        aann_engine_question_answer(&question, s->threads);
    }
    note(s, status, &own);
    const aann_status told =
        answer(s, status, results, good ? (size_t)(count * blocks) * sizeof *results : 0, error);
    free(candidates);
    free(list);
    free(results);
    return told;
}

static aann_status find_loss(server *s, aann_error *error)
{
    const int64_t block = s->head.a;
    int64_t found[2] = {0, 0};
    aann_error own = {.message = ""};
    aann_status status = AANN_OK;
    if (block < 0 || block >= block_count(s)) {
        status = aann_fail(&own, AANN_ERROR_FORMAT, "there is no block %lld", (long long)block);
    } else {
        found[0] = aann_engine_block_loss(s->engine, block);
        found[1] = aann_engine_block_correct(s->engine, block);
    }
    note(s, status, &own);
    return answer(s, status, found, sizeof found, error);
}

/* ---- the service ----------------------------------------------------------------------------- */

static aann_status obey(server *s, bool *closes, aann_error *error)
{
    aann_error own = {.message = ""};
    const int64_t word = s->head.word;
    *closes = word == AANN_SHARED_CLOSE;
    if (word == AANN_SHARED_OPEN && s->status == AANN_OK) {
        note(s, open_engine(s, &own), &own);
        return AANN_OK;
    }
    if (*closes || word == AANN_SHARED_OPEN) {
        return AANN_OK;
    }
    if (s->engine == NULL || s->status != AANN_OK) { /* say so where an answer is expected */
        note(s, aann_fail(&own, AANN_ERROR_FORMAT, "no engine is open"), &own);
        return word == AANN_SHARED_PREPARE || word == AANN_SHARED_COMMIT
                   ? AANN_OK
                   : answer(s, AANN_OK, NULL, 0, error);
    }
    switch ((aann_shared_word)word) {
    case AANN_SHARED_RANK: return rank_samples(s, error);
    case AANN_SHARED_LOAD: return load_samples(s, error);
    case AANN_SHARED_PREPARE: note(s, prepare(s, &own), &own); return AANN_OK;
    case AANN_SHARED_COMMIT:
        if (s->head.a >= 0 && s->head.a < s->capacity) {
            aann_engine_commit(s->engine, &s->candidates[s->head.a]);
        }
        return AANN_OK;
    case AANN_SHARED_CHANGES: return find_changes(s, error);
    case AANN_SHARED_LOSS: return find_loss(s, error);
    default: break;
    }
    return aann_fail(error, AANN_ERROR_VERSION, "rank 0 asks for %lld, which nobody here knows",
                     (long long)word);
}

static aann_status serve(server *s, aann_error *error)
{
    bool closes = false;
    aann_status status = AANN_OK;
    while (status == AANN_OK && !closes) {
        void *bytes = NULL;
        size_t size = 0;
        status = s->team->hear(s->team->context, 0, &bytes, &size, error);
        if (status == AANN_OK && size < sizeof s->head) {
            status = aann_fail(error, AANN_ERROR_FORMAT, "rank 0 sends %zu bytes", size);
        }
        if (status == AANN_OK) {
            memcpy(&s->head, bytes, sizeof s->head);
            s->content = (const uint8_t *)bytes + sizeof s->head;
            s->size = size - sizeof s->head;
            status = obey(s, &closes, error);
        }
        free(bytes);
    }
    return status;
}

aann_status aann_engine_serve(const aann_team *team, const aann_samples *samples,
                              const aann_error *failure, int32_t threads, const char *isa,
                              aann_error *error)
{
    server s = {.team = team, .samples = samples, .isa = isa};
    if (failure != NULL) {
        note(&s, failure->status, failure);
    }
    aann_status status = aann_threads_create(threads > 0 ? threads : 1, &s.threads, error);
    if (status == AANN_OK) {
        status = serve(&s, error);
    }
    for (int32_t i = 0; i < s.capacity; i++) {
        aann_candidate_clear(&s.candidates[i]);
    }
    free(s.candidates);
    aann_engine_destroy(s.engine);
    aann_threads_destroy(s.threads);
    return status;
}
