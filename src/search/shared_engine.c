/* The process that decides. Whatever it sends is a head and arrays; only what has an answer is waited
 * for, and while the others evaluate, so does it. */
#include "search/shared_engine.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "search/engine_changes.h"
#include "search/shared_words.h"

struct aann_shared_engine {
    const aann_team *team;
    aann_spec spec;
    aann_engine *own;
    aann_threads *threads;
    size_t packed_size; /* of the network */
    int64_t count;      /* samples loaded by all */
    int64_t room;       /* blocks for which there is memory below */
    int16_t *owner;     /* [blocks] */
    int64_t *local;     /* [blocks]: its number in the owner's engine */
    int32_t *order;     /* [64 * blocks]: the samples of one process */
    aann_placement *placements;
    int64_t places[AANN_TEAM_LIMIT]; /* blocks of each process */
    aann_status status;              /* the first failure where none can be returned */
    aann_error error;
};

/* ---- messages -------------------------------------------------------------------------------- */

/* A head and up to three arrays as one message. */
typedef struct part {
    const void *bytes;
    size_t size;
} part;

static aann_status tell(aann_shared_engine *shared, int32_t rank, aann_shared_head head,
                        const part parts[3], aann_error *error)
{
    size_t size = sizeof head;
    for (int i = 0; i < 3; i++) {
        size += parts[i].size;
    }
    uint8_t *bytes = aann_allocate(size, 1);
    if (bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a message");
    }
    memcpy(bytes, &head, sizeof head);
    uint8_t *to = bytes + sizeof head;
    for (int i = 0; i < 3; i++) {
        if (parts[i].size > 0) {
            memcpy(to, parts[i].bytes, parts[i].size);
            to += parts[i].size;
        }
    }
    const aann_status status = shared->team->tell(shared->team->context, rank, bytes, size, error);
    free(bytes);
    return status;
}

static aann_status tell_all(aann_shared_engine *shared, aann_shared_head head, const part parts[3],
                            aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t rank = 1; status == AANN_OK && rank < shared->team->count; rank++) {
        status = tell(shared, rank, head, parts, error);
    }
    return status;
}

/* Waits for the answer of a rank: content[size] behind its head. *bytes is for free. */
static aann_status hear(aann_shared_engine *shared, int32_t rank, size_t expected, void **bytes,
                        const uint8_t **content, aann_error *error)
{
    size_t size = 0;
    aann_shared_head head;
    *bytes = NULL;
    aann_status status = shared->team->hear(shared->team->context, rank, bytes, &size, error);
    if (status != AANN_OK) {
        return status;
    }
    if (size < sizeof head) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "rank %d gives no answer", rank);
    } else {
        memcpy(&head, *bytes, sizeof head);
        *content = (const uint8_t *)*bytes + sizeof head;
        if (head.word != AANN_OK) {
            char text[AANN_MESSAGE_SIZE] = "";
            memcpy(text, *content,
                   size - sizeof head < sizeof text ? size - sizeof head : sizeof text - 1);
            text[sizeof text - 1] = '\0';
            status = aann_fail(error, (aann_status)head.word, "rank %d: %.400s", rank, text);
        } else if (size - sizeof head != expected) {
            status = aann_fail(error, AANN_ERROR_FORMAT, "rank %d answers %zu bytes, not %zu", rank,
                               size - sizeof head, expected);
        }
    }
    if (status != AANN_OK) {
        free(*bytes);
        *bytes = NULL;
    }
    return status;
}

/* ---- its life -------------------------------------------------------------------------------- */

int64_t aann_shared_engine_load_of_one(int64_t largest_load, int32_t processes)
{
    const int64_t blocks = (largest_load + AANN_BLOCK - 1) / AANN_BLOCK;
    return (blocks + processes - 1) / processes * AANN_BLOCK;
}

aann_status aann_shared_engine_create(const aann_team *team, const aann_spec *spec,
                                      const aann_samples *samples, const aann_loss_options *loss,
                                      int64_t load_of_one, aann_engine *own, aann_threads *threads,
                                      aann_shared_engine **result, aann_error *error)
{
    *result = NULL;
    if (team->count < 2 || team->count > AANN_TEAM_LIMIT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%d processes share the samples: expected 2 to %d", team->count,
                         (int)AANN_TEAM_LIMIT);
    }
    aann_shared_engine *shared = aann_allocate_zeroed(1, sizeof *shared);
    aann_shared_open *open = aann_allocate_zeroed(1, sizeof *open);
    aann_status status =
        shared != NULL && open != NULL
            ? AANN_OK
            : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a shared engine");
    if (status == AANN_OK) {
        shared->team = team;
        shared->spec = *spec;
        shared->own = own;
        shared->threads = threads;
        shared->packed_size = aann_network_packed_size(spec);
        open->input = spec->input;
        open->excitatory_share = spec->layers[0].excitatory_share;
        open->regression = loss->regression;
        open->scale = loss->scale;
        open->sample_count = samples->count;
        open->load_of_one = load_of_one;
        for (int32_t i = 0; loss->target_weight != NULL && i < AANN_MAX_TARGETS; i++) {
            open->target_weight[i] = loss->target_weight[i];
        }
        status = aann_spec_format(spec, open->spec, sizeof open->spec, error);
    }
    if (status == AANN_OK) {
        const part parts[3] = {{open, sizeof *open}};
        status = tell_all(shared, (aann_shared_head){.word = AANN_SHARED_OPEN}, parts, error);
    }
    free(open);
    if (status != AANN_OK) {
        free(shared);
        return status;
    }
    *result = shared;
    return AANN_OK;
}

static void clear_room(aann_shared_engine *shared)
{
    free(shared->owner);
    free(shared->local);
    free(shared->order);
    free(shared->placements);
}

void aann_shared_engine_destroy(aann_shared_engine *shared)
{
    const part nothing[3] = {{0}};
    if (shared == NULL) {
        return;
    }
    (void)tell_all(shared, (aann_shared_head){.word = AANN_SHARED_CLOSE}, nothing, NULL);
    clear_room(shared);
    free(shared);
}

static uint8_t *packed(const aann_shared_engine *shared, const aann_network *network,
                       aann_error *error)
{
    uint8_t *bytes = aann_allocate(shared->packed_size, 1);
    if (bytes == NULL) {
        (void)aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a network");
    } else {
        aann_network_pack(network, bytes);
    }
    return bytes;
}

/* ---- ranking --------------------------------------------------------------------------------- */

/* The first sample of a process's share: whole blocks, one share behind the other. */
static int64_t share_start(const aann_shared_engine *shared, int64_t count, int32_t rank)
{
    const int64_t blocks = (count + AANN_BLOCK - 1) / AANN_BLOCK;
    const int64_t start = blocks * rank / shared->team->count * AANN_BLOCK;
    return start < count ? start : count;
}

/* Sends the samples order[count] to a rank, with the network that they are for. */
static aann_status tell_samples(aann_shared_engine *shared, int32_t rank, int64_t word,
                                const uint8_t *network, const int32_t *order,
                                const aann_placement *placements, int64_t count, aann_error *error)
{
    const part parts[3] = {
        {network, shared->packed_size},
        {order, (size_t)count * sizeof *order},
        {placements, placements != NULL ? (size_t)count * sizeof *placements : 0}};
    return tell(shared, rank, (aann_shared_head){.word = word, .a = count, .b = placements != NULL},
                parts, error);
}

aann_status aann_shared_engine_rank(aann_shared_engine *shared, const aann_network *network,
                                    const int32_t *order, const aann_placement *placements,
                                    int64_t count, int32_t *losses, aann_error *error)
{
    const int32_t ranks = shared->team->count;
    uint8_t *bytes = packed(shared, network, error);
    aann_status status = bytes != NULL ? AANN_OK : AANN_ERROR_MEMORY;
    for (int32_t rank = 1; status == AANN_OK && rank < ranks; rank++) {
        const int64_t first = share_start(shared, count, rank);
        const int64_t end = share_start(shared, count, rank + 1);
        status = tell_samples(shared, rank, AANN_SHARED_RANK, bytes, order + first,
                              placements != NULL ? placements + first : NULL, end - first, error);
    }
    free(bytes);
    if (status != AANN_OK) {
        return status;
    }
    const int64_t own = share_start(shared, count, 1);
    status = aann_engine_rank(shared->own, network, order, placements, own, losses, error);
    for (int32_t rank = 1; rank < ranks;
         rank++) { /* all answer, whatever became of the own share */
        const int64_t first = share_start(shared, count, rank);
        const size_t size = (size_t)(share_start(shared, count, rank + 1) - first) * sizeof *losses;
        void *answer = NULL;
        const uint8_t *content = NULL;
        aann_error other;
        const aann_status heard = hear(shared, rank, size, &answer, &content, &other);
        if (heard == AANN_OK) {
            memcpy(losses + first, content, size);
        } else if (status == AANN_OK) {
            status = heard;
            *error = other;
        }
        free(answer);
    }
    return status;
}

/* ---- loading --------------------------------------------------------------------------------- */

static aann_status make_room(aann_shared_engine *shared, int64_t blocks, aann_error *error)
{
    if (blocks <= shared->room) {
        return AANN_OK;
    }
    clear_room(shared);
    shared->room = 0;
    shared->owner = aann_allocate((size_t)blocks, sizeof *shared->owner);
    shared->local = aann_allocate((size_t)blocks, sizeof *shared->local);
    shared->order = aann_allocate((size_t)blocks * AANN_BLOCK, sizeof *shared->order);
    shared->placements = aann_allocate((size_t)blocks * AANN_BLOCK, sizeof *shared->placements);
    if (shared->owner == NULL || shared->local == NULL || shared->order == NULL ||
        shared->placements == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %lld blocks",
                         (long long)blocks);
    }
    shared->room = blocks;
    return AANN_OK;
}

/* Deals out the blocks as a search takes them (sequential.c): of the strata in turn. Within a process
 * they keep their order, so that the one that is not full stays the last. */
static void deal(aann_shared_engine *shared, const aann_stratum *strata, int32_t stratum_count,
                 int64_t blocks)
{
    int64_t next[AANN_MAX_STRATA];
    int64_t place = 0;
    for (int32_t s = 0; s < stratum_count; s++) {
        next[s] = strata[s].first_block;
    }
    for (bool more = true; more;) {
        more = false;
        for (int32_t s = 0; s < stratum_count; s++) {
            if (next[s] < strata[s].end_block) {
                shared->owner[next[s]++] = (int16_t)(place++ % shared->team->count);
                more = true;
            }
        }
    }
    memset(shared->places, 0, sizeof shared->places);
    for (int64_t block = 0; block < blocks; block++) {
        shared->local[block] = shared->places[shared->owner[block]]++;
    }
}

/* Gathers the samples of one process; returns their number. */
static int64_t gather(aann_shared_engine *shared, int32_t rank, const int32_t *order,
                      const aann_placement *placements, int64_t count)
{
    int64_t gathered = 0;
    for (int64_t block = 0; block * AANN_BLOCK < count; block++) {
        if (shared->owner[block] != rank) {
            continue;
        }
        const int64_t first = block * AANN_BLOCK;
        const int64_t samples = count - first < AANN_BLOCK ? count - first : AANN_BLOCK;
        memcpy(shared->order + gathered, order + first, (size_t)samples * sizeof *order);
        if (placements != NULL) {
            memcpy(shared->placements + gathered, placements + first,
                   (size_t)samples * sizeof *placements);
        }
        gathered += samples;
    }
    return gathered;
}

aann_status aann_shared_engine_load(aann_shared_engine *shared, const aann_network *network,
                                    const int32_t *order, const aann_placement *placements,
                                    int64_t count, const aann_stratum *strata,
                                    int32_t stratum_count, aann_error *error)
{
    const int64_t blocks = (count + AANN_BLOCK - 1) / AANN_BLOCK;
    if (blocks < shared->team->count) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "%lld samples are %lld blocks of %d: expected one for each of %d processes",
            (long long)count, (long long)blocks, (int)AANN_BLOCK, shared->team->count);
    }
    uint8_t *bytes = packed(shared, network, error);
    aann_status status = bytes != NULL ? make_room(shared, blocks, error) : AANN_ERROR_MEMORY;
    const aann_placement *moved = placements != NULL ? shared->placements : NULL;
    if (status == AANN_OK) {
        deal(shared, strata, stratum_count, blocks);
    }
    for (int32_t rank = 1; status == AANN_OK && rank < shared->team->count; rank++) {
        const int64_t samples = gather(shared, rank, order, placements, count);
        status = tell_samples(shared, rank, AANN_SHARED_LOAD, bytes, shared->order, moved, samples,
                              error);
    }
    free(bytes);
    if (status != AANN_OK) {
        return status;
    }
    const int64_t samples = gather(shared, 0, order, placements, count);
    status = aann_engine_load(shared->own, network, shared->order, moved, samples, error);
    for (int32_t rank = 1; rank < shared->team->count; rank++) {
        void *answer = NULL;
        const uint8_t *content = NULL;
        aann_error other;
        const aann_status heard = hear(shared, rank, 0, &answer, &content, &other);
        if (heard != AANN_OK && status == AANN_OK) {
            status = heard;
            *error = other;
        }
        free(answer);
    }
    shared->count = count;
    return status;
}

int64_t aann_shared_engine_sample_count(const aann_shared_engine *shared)
{
    return shared->count;
}

/* ---- candidates ------------------------------------------------------------------------------ */

aann_status aann_shared_engine_prepare(aann_shared_engine *shared, const aann_swap *swaps,
                                       int32_t count, aann_error *error)
{
    const part parts[3] = {{swaps, (size_t)count * sizeof *swaps}};
    if (shared->status != AANN_OK) {
        *error = shared->error;
        return shared->status;
    }
    return tell_all(shared, (aann_shared_head){.word = AANN_SHARED_PREPARE, .a = count}, parts,
                    error);
}

aann_status aann_shared_engine_commit(aann_shared_engine *shared, int32_t candidate,
                                      aann_error *error)
{
    const part nothing[3] = {{0}};
    return tell_all(shared, (aann_shared_head){.word = AANN_SHARED_COMMIT, .a = candidate}, nothing,
                    error);
}

/* Sorts blocks[count] out: of one process, its numbers and their places; returns how many. */
static int64_t choose(const aann_shared_engine *shared, int32_t rank, const int64_t *blocks,
                      int64_t count, int64_t *local, int64_t *places)
{
    int64_t chosen = 0;
    for (int64_t i = 0; i < count; i++) {
        if (shared->owner[blocks[i]] == rank) {
            local[chosen] = shared->local[blocks[i]];
            places[chosen++] = i;
        }
    }
    return chosen;
}

aann_status aann_shared_engine_changes(aann_shared_engine *shared, const aann_candidate *prepared,
                                       const int32_t *candidates, int32_t candidate_count,
                                       const int64_t *blocks, int64_t block_count,
                                       aann_block_change *results, aann_error *error)
{
    int64_t *local = aann_allocate((size_t)block_count * 2, sizeof *local);
    if (local == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for blocks");
    }
    int64_t *places = local + block_count;
    aann_status status = AANN_OK;
    for (int32_t rank = 1; status == AANN_OK && rank < shared->team->count; rank++) {
        const int64_t chosen = choose(shared, rank, blocks, block_count, local, places);
        const part parts[3] = {{candidates, (size_t)candidate_count * sizeof *candidates},
                               {local, (size_t)chosen * sizeof *local}};
        if (chosen > 0) {
            status =
                tell(shared, rank, (aann_shared_head){AANN_SHARED_CHANGES, candidate_count, chosen},
                     parts, error);
        }
    }
    if (status == AANN_OK) {
        const int64_t own = choose(shared, 0, blocks, block_count, local, places);
        const aann_engine_question question = {.engine = shared->own,
                                               .prepared = prepared,
                                               .candidates = candidates,
                                               .candidate_count = candidate_count,
                                               .blocks = local,
                                               .block_count = own,
                                               .places = places,
                                               .results = results};
        aann_engine_question_answer(&question, shared->threads);
    }
    for (int32_t rank = 1; status == AANN_OK && rank < shared->team->count; rank++) {
        const int64_t chosen = choose(shared, rank, blocks, block_count, local, places);
        const size_t row = (size_t)candidate_count * sizeof *results;
        void *answer = NULL;
        const uint8_t *content = NULL;
        if (chosen > 0) {
            status = hear(shared, rank, (size_t)chosen * row, &answer, &content, error);
        }
        for (int64_t i = 0; status == AANN_OK && i < chosen; i++) {
            memcpy(&results[places[i] * candidate_count], content + (size_t)i * row, row);
        }
        free(answer);
    }
    free(local);
    return status;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* {loss, correct} of a block of another process. */
static void ask_block(aann_shared_engine *shared, int64_t block, int64_t found[2])
{
    const part nothing[3] = {{0}};
    const int32_t rank = shared->owner[block];
    void *answer = NULL;
    const uint8_t *content = NULL;
    aann_error error;
    found[0] = found[1] = 0;
    aann_status status =
        tell(shared, rank, (aann_shared_head){.word = AANN_SHARED_LOSS, .a = shared->local[block]},
             nothing, &error);
    if (status == AANN_OK) {
        status = hear(shared, rank, 2 * sizeof(int64_t), &answer, &content, &error);
    }
    if (status == AANN_OK) {
        memcpy(found, content, 2 * sizeof(int64_t));
    } else if (shared->status == AANN_OK) {
        shared->status = status;
        shared->error = error;
    }
    free(answer);
}

int64_t aann_shared_engine_block_loss(aann_shared_engine *shared, int64_t block)
{
    int64_t found[2];
    if (shared->owner[block] == 0) {
        return aann_engine_block_loss(shared->own, shared->local[block]);
    }
    ask_block(shared, block, found);
    return found[0];
}

int32_t aann_shared_engine_block_correct(aann_shared_engine *shared, int64_t block)
{
    int64_t found[2];
    if (shared->owner[block] == 0) {
        return aann_engine_block_correct(shared->own, shared->local[block]);
    }
    ask_block(shared, block, found);
    return (int32_t)found[1];
}
