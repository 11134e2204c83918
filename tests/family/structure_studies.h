/* The studies that fuzz_structure.c changes: small ones of every kind, searched for a moment, kept as
 * the bytes of a database. */
#ifndef AANN_TESTS_STRUCTURE_STUDIES_H
#define AANN_TESTS_STRUCTURE_STUDIES_H

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "aann/connect.h"
#include "aann/family.h"
#include "aann/phases.h"
#include "aann/sample.h"
#include "aann/walk.h"
#include "family/phase_density.h"
#include "family/phase_state.h"
#include "family/phases.h"
#include "study/database.h"
#include "support/fuzz.h"
#include "support/fuzz_bytes.h"

enum { STUDIES = 9, SAMPLES = 40, MEMBERS = 3 };

/* What stands before the state of a search in phases (family/phase_state.c); where the phase has its
 * own density, a network comes next. */
enum { PHASE_BYTES = 8 * (5 + 2 * AANN_MAX_LAYERS), PHASED_LAYOUT = 1000, DEVELOPING_LAYOUT };

/* What a study is of, and the data that belong to it. */
typedef struct structure_study {
    const char *spec;
    aann_shape input;
    bool regression;
    aann_search_method method;
    const char *phases; /* NULL: one search */
    bool sample;        /* drawn at random, not searched */
    aann_dataset *set;
    aann_family_data *data;
    unsigned char *bytes;
    sqlite3_int64 size;
} structure_study;

static inline structure_study *structure_table(void)
{
    static const char two_phases[] =
        "steps=30 first_samples=16; steps=30 temperature=0.001 informed_steps=7";
    static const char with_density[] =
        "steps=20 density=80; steps=20 density=30,60,50 by_use=0.5; steps=20 by_use=1";
    static structure_study table[STUDIES] = {
        {.spec = "6@50-5@40-3@30", .input = {1, 4, 4}},
        {.spec = "3C3@50-MP2-3@40", .input = {1, 6, 6}},
        {.spec = "5@50-2@40", .input = {6, 1, 1}, .regression = true},
        {.spec = "4@50-3@40", .input = {1, 4, 4}, .method = AANN_METHOD_GENETIC},
        {.spec = "4@50-3@40", .input = {1, 4, 4}, .method = AANN_METHOD_RANDOM},
        {.spec = "2C3>>1@50-3@40", .input = {2, 5, 5}},
        {.spec = "5@50-4@40-3@30", .input = {1, 4, 4}, .phases = two_phases},
        {.spec = "4@50-3@40", .input = {1, 4, 4}, .sample = true},
        {.spec = "5@50-4@40-3@30", .input = {1, 4, 4}, .phases = with_density},
    };
    return table;
}

/* Values and answers that follow from their place: a task that can be learnt in part. */
static inline void make_data(structure_study *of)
{
    const int64_t values = aann_shape_size(of->input);
    require(values > 1);
    uint8_t *inputs = calloc(SAMPLES, (size_t)values);
    uint8_t labels[SAMPLES];
    float targets[2 * SAMPLES];
    require(inputs != NULL);
    for (int64_t i = 0; i < SAMPLES * values; i++) {
        inputs[i] = (uint8_t)(i * i * 31 % 251);
    }
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = (uint8_t)(inputs[i * values] % 3);
        targets[2 * i] = (float)inputs[i * values] / 255.0F;
        targets[2 * i + 1] = (float)inputs[i * values + 1] / -255.0F;
    }
    static const char *const names[] = {"one", "two", "three"};
    static const float mean[] = {0.0F, 1.0F}, scale[] = {2.0F, 0.5F};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){.values = inputs,
                                      .type = AANN_ELEMENT_UINT8,
                                      .dimension_count = 2,
                                      .dimensions = {SAMPLES, values}};
    arrays.shape = of->input;
    arrays.tabular = of->regression;
    if (of->regression) {
        arrays.targets = (aann_array_view){.values = targets,
                                           .type = AANN_ELEMENT_FLOAT32,
                                           .dimension_count = 2,
                                           .dimensions = {SAMPLES, 2}};
        arrays.target_mean = mean;
        arrays.target_scale = scale;
    } else {
        arrays.labels = (aann_array_view){.values = labels,
                                          .type = AANN_ELEMENT_UINT8,
                                          .dimension_count = 1,
                                          .dimensions = {SAMPLES}};
        arrays.class_names = names;
        arrays.class_count = 3;
    }
    aann_error error;
    require(aann_dataset_create(&arrays, &of->set, &error) == AANN_OK);
    free(inputs);
    aann_family_source source = aann_family_source_default();
    source.train_set = of->set;
    source.test_set = of->set;
    source.validation = 8;
    source.provenance = "{\"made\": true}";
    require(aann_family_data_load(&source, &of->data, &error) == AANN_OK);
}

static bool stop_at_once(void *context)
{
    int *left = context;
    return (*left)-- <= 0;
}

static inline aann_spec structure_spec(const structure_study *of)
{
    aann_error error;
    aann_spec spec;
    require(aann_spec_parse(of->spec, aann_family_data_train(of->data)->shape, &spec, &error) ==
            AANN_OK);
    return spec;
}

static inline aann_family_work structure_work(void)
{
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    work.parallel = 1;
    return work;
}

static inline aann_family_plan structure_plan(const structure_study *of)
{
    aann_error error;
    aann_family_plan plan = aann_family_plan_default();
    plan.search.steps = 60;
    plan.search.method = of->method;
    plan.search.population = 4;
    plan.search.tournament = 2;
    plan.members = 2;
    require(of->phases == NULL || aann_phases_set(&plan, of->phases, &error) == AANN_OK);
    return plan;
}

/* A walk from member 1 that was interrupted, and members that were added and not begun. */
static inline void walk_and_grow(const structure_study *of, aann_study *study, int64_t family)
{
    aann_error error;
    int moments = 1;
    aann_family_work work = structure_work();
    aann_walk_plan walk = aann_walk_plan_default();
    walk.start = 1;
    walk.members = 2;
    walk.every = 2;
    walk.steps = 50;
    walk.loss = 100.0;
    work.interrupted = stop_at_once;
    work.context = &moments;
    work.checkpoint_seconds = 1e-6;
    aann_status status = aann_walk_run(study, &walk, of->data, &work, &error);
    require(status == AANN_OK || status == AANN_INTERRUPTED);
    require(aann_family_grow(study, family, 4, &error) == AANN_OK);
    moments = 2;
    status = aann_family_resume(study, family, of->data, &work, &error);
    require(status == AANN_OK || status == AANN_INTERRUPTED);
}

/* The path between members 1 and 2, with its top. */
static inline void connect_members(const structure_study *of, aann_study *study, int64_t family)
{
    aann_error error;
    const aann_family_work work = structure_work();
    aann_connect_plan plan = aann_connect_plan_default();
    plan.path.repairs = 2;
    plan.members = 2;
    plan.doublings = 1;
    require(aann_connect_run(study, family, &plan, of->data, &work, &error) == AANN_OK);
}

static inline void keep_predictions(const structure_study *of, aann_study *study, int32_t count)
{
    static const int64_t ids[] = {1, 2};
    static const char *const splits[] = {"validation", "test"};
    aann_error error;
    for (int i = 0; i < 2; i++) {
        aann_predictions_request request = aann_predictions_request_default();
        request.ids = ids;
        request.count = count;
        request.split = splits[i];
        request.samples = aann_family_data_split(of->data, splits[i]);
        request.keep = true;
        aann_predictions predictions;
        require(aann_predictions_get(study, &request, &predictions, &error) == AANN_OK);
        aann_predictions_destroy(&predictions);
    }
}

static inline void search_a_little(const structure_study *of, aann_study *study)
{
    aann_error error;
    const aann_spec spec = structure_spec(of);
    const aann_family_plan plan = structure_plan(of);
    const aann_family_work work = structure_work();
    int64_t family = 0;
    require(aann_family_run(study, &spec, of->data, &plan, &work, &family, &error) == AANN_OK);
    walk_and_grow(of, study, family);
    if (of == structure_table()) {
        connect_members(of, study, family);
    }
    keep_predictions(of, study, 2);
}

/* Member 1 is drawn, and the chains are on their way to member 2. */
static inline void draw_a_little(const structure_study *of, aann_study *study)
{
    enum { ROUNDS_BEFORE = 12 + 4 + 6 };
    aann_error error;
    const aann_spec spec = structure_spec(of);
    const aann_family_plan plan = structure_plan(of);
    aann_family_work work = structure_work();
    aann_sample_plan sample = aann_sample_plan_default();
    sample.sampler.ladders = 1;
    sample.sampler.rungs = 3;
    sample.sampler.temperature = 0.01;
    sample.sampler.sweep = 4;
    sample.sampler.pilot_rounds = 12;
    sample.sampler.burn_in = 4;
    sample.sampler.rounds = 16;
    sample.members = 4;
    int64_t family = 0;
    int moments = ROUNDS_BEFORE; /* one is asked before each round */
    work.interrupted = stop_at_once;
    work.context = &moments;
    require(aann_sample_add(study, &spec, of->data, &plan, &sample, &family, &error) == AANN_OK);
    require(aann_sample_run(study, family, of->data, &work, &error) == AANN_INTERRUPTED);
    keep_predictions(of, study, 1);
}

/* Searches a little in this phase of member 2, with any network of the phase's counts; the state, with
 * the network of a phase that has its own density. */
static inline aann_search *search_a_phase(const structure_study *of, const aann_member *member,
                                          aann_phase_place *place, void **state, size_t *size)
{
    aann_error error;
    aann_spec spec;
    aann_search *search = NULL;
    const aann_search_options options = aann_phase_search_options(&member->plan, place->phase);
    require(aann_phase_spec(&member->plan, &member->spec, place->phase, &spec, &error) == AANN_OK);
    require(aann_search_create(&spec, aann_family_data_train(of->data), &options, 1, NULL, &search,
                               &error) == AANN_OK);
    require(aann_search_run(search, options.steps / 2, NULL, NULL, &error) == AANN_OK);
    require(aann_search_save(search, state, size, &error) == AANN_OK);
    place->developing = aann_phase_has_density(&member->plan, place->phase);
    require(of->phases == NULL || aann_phase_state_wrap(place, aann_search_network(search), state,
                                                        size, &error) == AANN_OK);
    return search;
}

/* A search's state of this member's network in the middle, in case it was too quick to be caught. */
static inline void leave_a_state(const structure_study *of, aann_study *study)
{
    aann_error error;
    aann_member member;
    require(aann_member_open(study, 2, &member, &error) == AANN_OK);
    member.plan.search.regression = of->regression;
    void *state = NULL;
    size_t size = 0;
    const int32_t phase = of->phases != NULL ? 1 : 0;
    aann_phase_place place = {.phase = phase, .accepted = 5, .evaluated_samples = 600};
    aann_search *search = search_a_phase(of, &member, &place, &state, &size);
    member.row.state = AANN_MEMBER_RUNNING;
    const aann_search_options options = aann_phases_options(&member.plan, phase);
    member.row.steps = aann_plan_phase_end(&member.plan, phase) - options.steps / 2;
    require(aann_study_save_member(study, &member.row,
                                   place.developing ? member.network : aann_search_network(search),
                                   state, size, NULL, 0, &error) == AANN_OK);
    aann_free(state);
    aann_search_destroy(search);
    aann_member_destroy(&member);
}

/* Bytes of a network of the study's specification, as it is now; 0 without a good one. */
static inline size_t structure_packed_size(aann_study *study)
{
    aann_error error;
    aann_spec spec;
    aann_family_row *rows = NULL;
    size_t count = 0;
    const bool good = aann_study_families(study, &rows, &count, &error) == AANN_OK && count > 0 &&
                      aann_family_spec(&rows[0], &spec, &error) == AANN_OK;
    aann_family_rows_destroy(rows, count);
    return good ? aann_network_packed_size(&spec) : 0;
}

/* Bytes before a search's state: of the phase, and of the network if it has its own density. */
static inline size_t bytes_before_search(const uint8_t *state, size_t size, size_t packed)
{
    const int layout = size > PHASE_BYTES ? state[0] | state[1] << 8 : 0;
    const size_t network = packed + sizeof(uint64_t);
    if (layout != PHASED_LAYOUT && layout != DEVELOPING_LAYOUT) {
        return 0;
    }
    return layout == DEVELOPING_LAYOUT && size - PHASE_BYTES >= network ? PHASE_BYTES + network
                                                                        : PHASE_BYTES;
}

/* Makes the check sums right: those of what stands before a search's state, too. */
static inline void sign_state(uint8_t *state, size_t size, size_t packed)
{
    const size_t before = bytes_before_search(state, size, packed);
    if (before > 0) {
        make_check_sum(state, PHASE_BYTES);
        make_check_sum(state + PHASE_BYTES, before - PHASE_BYTES);
    }
    make_check_sum(state + before, size - before);
}

static inline void make_studies(void)
{
    structure_study *table = structure_table();
    for (int i = 0; i < STUDIES; i++) {
        aann_error error;
        aann_study *study = NULL;
        make_data(&table[i]);
        require(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error) == AANN_OK);
        if (table[i].sample) {
            draw_a_little(&table[i], study);
        } else {
            search_a_little(&table[i], study);
            leave_a_state(&table[i], study);
        }
        table[i].bytes = sqlite3_serialize(study->database, "main", &table[i].size, 0);
        require(table[i].bytes != NULL);
        aann_study_close(study);
    }
}

/* A study in memory that holds what this one of the table does. It is the same handle every time, since
 * opening takes longer than most of what is tested; a call that left a transaction open is noticed here. */
static inline aann_study *open_copy(const structure_study *of)
{
    static aann_study *study = NULL;
    aann_error error;
    if (study == NULL) {
        require(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error) == AANN_OK);
    }
    unsigned char *bytes = sqlite3_malloc64((sqlite3_uint64)of->size);
    require(bytes != NULL && of->bytes != NULL && sqlite3_get_autocommit(study->database) != 0);
    memcpy(bytes, of->bytes, (size_t)of->size);
    require(sqlite3_deserialize(study->database, "main", bytes, of->size, of->size,
                                SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) ==
            SQLITE_OK);
    return study;
}

#endif
