/* Words before the search's state, little-endian: a version, the phase; of the phases before the
 * candidates accepted, samples evaluated, and for every layer that there can be candidates decided
 * and accepted; a checksum of these. Where the phase's network has other counts than the family's,
 * which a study's networks must have, it comes next: its packed weights, and a checksum of them.
 *
 * The version stands where a search's state has its own. It is a layout that no search has, so that
 * an aann without phases refuses the checkpoint: it would search on with other options. */
#include "family/phase_state.h"

#include <inttypes.h>
#include <string.h>

#include "aann/search.h"
#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"
#include "search/saved_words.h"

enum { WORDS = 5 + 2 * AANN_MAX_LAYERS, HEADER = 8 * WORDS, CHECKED = HEADER - 8 };

static const uint64_t phased_layout = 1000;
static const uint64_t developing_layout = 1001;

static uint64_t version(bool developing)
{
    return (uint64_t)AANN_SEARCH_ALGORITHM << 32 | (developing ? developing_layout : phased_layout);
}

/* Bytes of a network and its checksum. */
static size_t network_size(const aann_spec *spec)
{
    return aann_network_packed_size(spec) + sizeof(uint64_t);
}

static void save_network(const aann_network *network, uint8_t *to)
{
    const size_t packed = aann_network_packed_size(aann_network_spec(network));
    uint8_t *checksum = to + packed;
    aann_network_pack(network, to);
    aann_save_word(&checksum, aann_hash64(to, packed));
}

aann_status aann_phase_state_wrap(const aann_phase_place *place, const aann_network *network,
                                  void **state, size_t *size, aann_error *error)
{
    const size_t before =
        HEADER + (place->developing ? network_size(aann_network_spec(network)) : 0);
    uint8_t *wrapped = aann_reallocate(*state, *size + before, 1);
    if (wrapped == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a checkpoint");
    }
    memmove(wrapped + before, wrapped, *size);
    uint8_t *to = wrapped;
    aann_save_word(&to, version(place->developing));
    aann_save_word(&to, (uint64_t)place->phase);
    aann_save_word(&to, place->accepted);
    aann_save_word(&to, place->evaluated_samples);
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        aann_save_word(&to, place->layer_candidates[i]);
        aann_save_word(&to, place->layer_accepted[i]);
    }
    aann_save_word(&to, aann_hash64(wrapped, CHECKED));
    if (place->developing) {
        save_network(network, to);
    }
    *state = wrapped;
    *size += before;
    return AANN_OK;
}

aann_status aann_phase_state_unwrap(const void *checkpoint, size_t size, aann_phase_place *place,
                                    const void **state, size_t *state_size, aann_error *error)
{
    const uint8_t *from = checkpoint;
    if (size < HEADER) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the checkpoint is damaged");
    }
    const uint64_t found = aann_load_word(&from);
    const uint64_t phase = aann_load_word(&from);
    place->accepted = aann_load_word(&from);
    place->evaluated_samples = aann_load_word(&from);
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        place->layer_candidates[i] = aann_load_word(&from);
        place->layer_accepted[i] = aann_load_word(&from);
    }
    if (aann_load_word(&from) != aann_hash64(checkpoint, CHECKED)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the checkpoint is damaged, or that of a search without phases");
    }
    place->developing = found == version(true);
    if (found != version(place->developing)) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "the checkpoint has version %016" PRIx64 ", this aann reads %016" PRIx64
                         ": continue it with the aann that saved it",
                         found, version(false));
    }
    place->phase = phase <= INT32_MAX ? (int32_t)phase : INT32_MAX;
    *state = from;
    *state_size = size - HEADER;
    return AANN_OK;
}

aann_status aann_phase_state_network(const aann_spec *spec, const void **state, size_t *state_size,
                                     aann_network **network, aann_error *error)
{
    const uint8_t *packed = *state;
    const size_t size = aann_network_packed_size(spec);
    *network = NULL;
    if (*state_size < network_size(spec)) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the checkpoint is damaged");
    }
    const uint8_t *checksum = packed + size;
    if (aann_load_word(&checksum) != aann_hash64(packed, size)) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the checkpoint is damaged (its network)");
    }
    aann_status status = aann_network_create(spec, network, error);
    if (status == AANN_OK) {
        status = aann_network_unpack(*network, packed, size, error);
    }
    if (status != AANN_OK) {
        aann_network_destroy(*network);
        *network = NULL;
        return aann_fail_prefix(error, status, "the checkpoint is damaged");
    }
    *state = packed + network_size(spec);
    *state_size -= network_size(spec);
    return AANN_OK;
}
