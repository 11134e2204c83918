/* The life of a search: creation, saving and resuming.
 *
 * The saved state holds what the next decision depends on besides the network and the options:
 * counters, the layers' records, and the network by which the samples were last arranged, which
 * determines the arrangement. It is little-endian, written field by field, with a version and a
 * checksum. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/dale.h"
#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"
#include "network/network.h"
#include "search/create.h"
#include "search/lesion_engines.h"
#include "search/saved_version.h"
#include "search/saved_words.h"
#include "search/search.h"
#include "search/static_objective.h"
#include "search/team.h"

/* The largest budget of a search. */
static const double steps_limit = 1e15;

/* Makes the samples that the search uses: *augmented, or if that is NULL the caller's. */
static aann_status augment(const aann_samples *train, const aann_search_options *options,
                           uint64_t member, aann_samples **augmented, aann_error *error)
{
    *augmented = NULL;
    const aann_status status = aann_search_options_check(options, error);
    if (status != AANN_OK || options->copies == 1) {
        return status;
    }
    const aann_augmentation wanted = {options->copies, options->copy_shift, options->copy_warp};
    return aann_samples_augment(train, &wanted, options->seed, member, augmented, error);
}

/* Gives the augmented samples to the search that reads them; a baseline has copied what it
 * needs. */
static aann_status keep_augmented(aann_status status, aann_samples *augmented, aann_search *search)
{
    if (status == AANN_OK && search->baseline == NULL) {
        search->augmented = augmented;
    } else {
        aann_samples_destroy(augmented);
    }
    return status;
}

static aann_status make_static(const void *context, const aann_spec *spec,
                               const aann_search_options *options, aann_random_key key,
                               aann_threads *threads, aann_search_objective *objective,
                               aann_error *error)
{
    aann_static_objective *statics = NULL;
    const aann_samples *train = context;
    const aann_status status =
        aann_static_objective_create(spec, train, options, key, threads, &statics, error);
    if (status == AANN_OK) {
        *objective = aann_static_objective_view(statics);
    }
    return status;
}

/* Those of a phase are the family's to carry out, before it creates the search. */
static aann_status refuse_phase_options(const aann_search_options *options, aann_error *error)
{
    bool density = false;
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        density = density || options->density[i] != 0.0;
    }
    return density ? aann_fail(error, AANN_ERROR_ARGUMENT,
                               "density of a single search: only phases of a family have one")
                   : AANN_OK;
}

/* Creates all that does not depend on the network. */
static aann_status create(const aann_spec *spec, const aann_objective_maker *maker,
                          const aann_search_options *options, uint64_t member, aann_search **result,
                          aann_error *error)
{
    *result = NULL;
    aann_status status = aann_search_options_check(options, error);
    if (status == AANN_OK) {
        status = refuse_phase_options(options, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    if (options->regression && spec->output_count > AANN_MAX_TARGETS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%d regression outputs: at most %d",
                         spec->output_count, AANN_MAX_TARGETS);
    }
    aann_search *search = aann_allocate_zeroed(1, sizeof *search);
    if (search == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a search");
    }
    search->spec = *spec;
    search->options = *options;
    if (options->method == AANN_METHOD_HILL) {
        search->options.temperature = 0.0;
    }
    search->key = aann_random_key_create(options->seed, member);
    search->trials = aann_allocate(AANN_MAX_BATCH, sizeof *search->trials);
    search->results = aann_allocate((size_t)AANN_MAX_BATCH * 64, sizeof *search->results);
    if (search->trials == NULL || search->results == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a batch of candidates");
    }
    if (status == AANN_OK) {
        status = aann_informed_create(spec, options, &search->informed, error);
    }
    if (status == AANN_OK) {
        status = aann_threads_create(options->threads, &search->threads, error);
    }
    if (status == AANN_OK) {
        status = maker->make(maker->context, spec, options, search->key, search->threads,
                             &search->objective, error);
    }
    if (status == AANN_OK && search->objective.stop_on != NULL) {
        search->objective.stop_on(search->objective.context, &search->stop);
    }
    if (status != AANN_OK) {
        aann_search_destroy(search);
        return status;
    }
    *result = search;
    return AANN_OK;
}

/* Random sampling and the genetic algorithm have no incremental engine: they evaluate whole
 * networks. */
static aann_status create_baseline(const aann_spec *spec, const aann_samples *train,
                                   const aann_search_options *options, uint64_t member,
                                   const aann_network *start, const aann_search_saved *saved,
                                   aann_search **result, aann_error *error)
{
    *result = NULL;
    aann_search *search = aann_allocate_zeroed(1, sizeof *search);
    if (search == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a search");
    }
    aann_status status = aann_search_options_check(options, error);
    if (status == AANN_OK) {
        status = refuse_phase_options(options, error);
    }
    if (status == AANN_OK) {
        status =
            aann_baseline_create(spec, train, options, member, start, &search->baseline, error);
    }
    if (status == AANN_OK && saved != NULL) {
        status = aann_baseline_restore(search->baseline, saved->state, saved->size, error);
    }
    if (status != AANN_OK) {
        aann_search_destroy(search);
        return status;
    }
    *result = search;
    return AANN_OK;
}

static aann_status no_network(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "a saved search without its network (NULL): expected what aann_search_network "
                     "was when it was saved");
}

/* Arranges the samples by one network and makes another the current one. */
static aann_status load(aann_search *search, const aann_network *arranged_by,
                        const aann_network *network, aann_error *error)
{
    search->samples = aann_search_samples(search, search->arranged_epoch);
    aann_status status = aann_network_check_sparse(network, &search->spec, error);
    if (status == AANN_OK) {
        status = aann_network_check_sparse(arranged_by, &search->spec, error);
    }
    if (status == AANN_OK) {
        status = aann_dale_check(network, search->options.dale, error);
    }
    if (status == AANN_OK) {
        status = aann_network_copy(arranged_by, &search->arranged_by, error);
    }
    if (status == AANN_OK) {
        status = search->objective.arrange(search->objective.context, search->arranged_by,
                                           aann_search_ranked_in(search, search->arranged_epoch),
                                           network, search->arranged_epoch, search->samples, error);
    }
    if (status == AANN_OK) {
        status =
            aann_plan_make(&search->objective, search->options.first_check, &search->plan, error);
        search->loss_known = false;
    }
    return status;
}

aann_status aann_team_options_check(const aann_search_options *options, aann_error *error)
{
    return options->copies > 1 || options->lesion_noise > 0.0 || options->informed_steps > 0 ||
                   options->reward_tracks > 0 || aann_baseline_is_for(options->method)
               ? aann_fail(error, AANN_ERROR_ARGUMENT,
                           "processes that share the samples: expected no copies of samples, no "
                           "lesion noise, no informed proposals, and a search on samples by sense "
                           "or hill climbing")
               : AANN_OK;
}

/* Opens a search on the samples and their copies, from the start or from the saved state. */
static aann_status open_on_samples(const aann_spec *spec, const aann_samples *train,
                                   const aann_search_options *options, uint64_t member,
                                   const aann_network *start, const aann_search_saved *saved,
                                   aann_search **result, aann_error *error)
{
    *result = NULL;
    if (saved != NULL && saved->network == NULL) {
        return no_network(error);
    }
    aann_samples *augmented = NULL;
    aann_status status = options->team != NULL ? aann_team_options_check(options, error) : AANN_OK;
    if (status == AANN_OK) {
        status = augment(train, options, member, &augmented, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const aann_samples *samples = augmented == NULL ? train : augmented;
    const aann_objective_maker maker = {make_static, samples};
    if (aann_baseline_is_for(options->method)) {
        status = create_baseline(spec, samples, options, member, start, saved, result, error);
    } else if (saved != NULL) {
        status = aann_search_resume_on(spec, &maker, options, member, saved, result, error);
    } else {
        status = aann_search_create_on(spec, &maker, options, member, start, result, error);
    }
    return keep_augmented(status, augmented, *result);
}

aann_status aann_search_create(const aann_spec *spec, const aann_samples *train,
                               const aann_search_options *options, uint64_t member,
                               const aann_network *start, aann_search **result, aann_error *error)
{
    return open_on_samples(spec, train, options, member, start, NULL, result, error);
}

aann_status aann_search_create_on(const aann_spec *spec, const aann_objective_maker *maker,
                                  const aann_search_options *options, uint64_t member,
                                  const aann_network *start, aann_search **result,
                                  aann_error *error)
{
    aann_status status = create(spec, maker, options, member, result, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_search *search = *result;
    aann_layers_start(search);
    aann_network *random = NULL;
    if (start == NULL) {
        status = aann_network_create(spec, &random, error);
        if (status == AANN_OK) {
            status = aann_dale_randomise(random, options->dale, options->seed, member, error);
        }
    }
    if (status == AANN_OK) {
        const aann_network *first = start == NULL ? random : start;
        status = load(search, first, first, error);
    }
    aann_network_destroy(random);
    if (status != AANN_OK) {
        aann_search_destroy(search);
        *result = NULL;
    }
    return status;
}

void aann_search_destroy(aann_search *search)
{
    if (search == NULL) {
        return;
    }
    aann_baseline_destroy(search->baseline);
    if (search->objective.destroy != NULL) {
        search->objective.destroy(search->objective.context);
    }
    aann_samples_destroy(search->augmented);
    aann_threads_destroy(search->threads);
    aann_network_destroy(search->arranged_by);
    aann_network_destroy(search->anchor);
    aann_plan_clear(&search->plan);
    aann_informed_clear(&search->informed);
    free(search->trials);
    free(search->results);
    free(search);
}

/* ---- the saved state ------------------------------------------------------------------------- */

static aann_saved_layout layout(const aann_search *search)
{
    return search->options.informed_steps > 0   ? AANN_LAYOUT_INFORMED
           : search->options.lesion_noise > 0.0 ? AANN_LAYOUT_LESIONS
                                                : AANN_LAYOUT_PLAIN;
}

static size_t state_size(const aann_search *search)
{
    const size_t words =
        5 + 5 * (size_t)search->spec.layer_count + 1; /* header, layers, checksum */
    return words * sizeof(uint64_t) + aann_network_packed_size(&search->spec) +
           aann_informed_saved_size(&search->spec, &search->options) +
           aann_lesion_engines_saved_size(&search->spec, &search->options);
}

aann_status aann_search_save(const aann_search *search, void **state, size_t *size,
                             aann_error *error)
{
    if (search->baseline != NULL) {
        return aann_baseline_save(search->baseline, state, size, error);
    }
    *size = state_size(search);
    *state = aann_allocate_zeroed(*size, 1);
    if (*state == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a checkpoint");
    }
    uint8_t *to = *state;
    aann_save_word(&to, aann_saved_version(layout(search)));
    aann_save_word(&to, search->step);
    aann_save_word(&to, search->accepted);
    aann_save_word(&to, search->evaluated_samples);
    aann_save_word(&to, search->arranged_epoch);
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        const aann_layer_record *layer = &search->layers[i];
        aann_save_real(&to, layer->share);
        aann_save_real(&to, layer->gain);
        aann_save_real(&to, layer->cost);
        aann_save_word(&to, layer->candidates);
        aann_save_word(&to, layer->accepted);
    }
    aann_network_pack(search->arranged_by, to);
    to += aann_network_packed_size(&search->spec);
    aann_informed_save(search, &to);
    if (search->objective.save != NULL) {
        search->objective.save(search->objective.context, &to);
    }
    aann_save_word(&to, aann_hash64(*state, *size - sizeof(uint64_t)));
    return AANN_OK;
}

/* Checks that a search can have reached these numbers. The checksum does not prove it: a hostile
 * checkpoint can have a right one. */
static aann_status check_record(const aann_search *search, aann_error *error)
{
    bool good = search->accepted <= search->step && search->step <= (uint64_t)steps_limit &&
                search->arranged_epoch <= search->step;
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        const aann_layer_record *layer = &search->layers[i];
        good = good && layer->share >= 0.0 && layer->share <= 1.0 + 1e-6 && isfinite(layer->gain) &&
               layer->gain >= 0.0 && isfinite(layer->cost) && layer->cost >= 0.0 &&
               layer->accepted <= layer->candidates && layer->candidates <= search->step;
    }
    return good ? AANN_OK
                : aann_fail(error, AANN_ERROR_FORMAT,
                            "the checkpoint is damaged (its numbers are none that a search has)");
}

/* Reads the state into the search; *arranged_by is created. */
static aann_status read_state(aann_search *search, const void *state, size_t size,
                              aann_network **arranged_by, aann_error *error)
{
    const uint8_t *from = state;
    const uint8_t *checksum = from + size - sizeof(uint64_t);
    if (size < 2 * sizeof(uint64_t) ||
        aann_load_word(&checksum) != aann_hash64(state, size - sizeof(uint64_t))) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the checkpoint is damaged");
    }
    aann_status status = aann_saved_version_check(aann_load_word(&from), layout(search), error);
    if (status != AANN_OK) {
        return status;
    }
    if (size != state_size(search)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the checkpoint is damaged, or that of a search of another network");
    }
    search->step = aann_load_word(&from);
    search->accepted = aann_load_word(&from);
    search->evaluated_samples = aann_load_word(&from);
    search->arranged_epoch = aann_load_word(&from);
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        aann_layer_record *layer = &search->layers[i];
        layer->share = aann_load_real(&from);
        layer->gain = aann_load_real(&from);
        layer->cost = aann_load_real(&from);
        layer->candidates = aann_load_word(&from);
        layer->accepted = aann_load_word(&from);
    }
    status = check_record(search, error);
    if (status == AANN_OK) {
        status = aann_network_create(&search->spec, arranged_by, error);
    }
    if (status == AANN_OK) {
        status =
            aann_network_unpack(*arranged_by, from, aann_network_packed_size(&search->spec), error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "the checkpoint is damaged");
        }
    }
    if (status == AANN_OK) {
        from += aann_network_packed_size(&search->spec);
        status = aann_informed_load(search, &from, error);
    }
    if (status == AANN_OK && search->objective.restore != NULL) {
        status = search->objective.restore(search->objective.context, &from, error);
    }
    return status;
}

aann_status aann_search_resume(const aann_spec *spec, const aann_samples *train,
                               const aann_search_options *options, uint64_t member,
                               const aann_search_saved *saved, aann_search **result,
                               aann_error *error)
{
    return open_on_samples(spec, train, options, member, saved->network, saved, result, error);
}

aann_status aann_search_resume_on(const aann_spec *spec, const aann_objective_maker *maker,
                                  const aann_search_options *options, uint64_t member,
                                  const aann_search_saved *saved, aann_search **result,
                                  aann_error *error)
{
    *result = NULL;
    if (saved->network == NULL) {
        return no_network(error);
    }
    aann_status status = create(spec, maker, options, member, result, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_network *arranged_by = NULL;
    status = saved->size < sizeof(uint64_t)
                 ? aann_fail(error, AANN_ERROR_FORMAT, "the checkpoint is empty")
                 : read_state(*result, saved->state, saved->size, &arranged_by, error);
    if (status == AANN_OK) {
        status = load(*result, arranged_by, saved->network, error);
    }
    if (status == AANN_OK) {
        aann_informed_resume(*result);
    }
    aann_network_destroy(arranged_by);
    if (status != AANN_OK) {
        aann_search_destroy(*result);
        *result = NULL;
    }
    return status;
}
