/* The studies that fuzz_structure.c changes: small ones of every kind, searched for a moment, kept as
 * the bytes of a database. */
#ifndef AANN_TESTS_STRUCTURE_STUDIES_H
#define AANN_TESTS_STRUCTURE_STUDIES_H

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "aann/family.h"
#include "aann/walk.h"
#include "study/database.h"

enum { STUDIES = 6, SAMPLES = 40, MEMBERS = 3 };

/* What a study is of, and the data that belong to it. */
typedef struct structure_study {
    const char *spec;
    aann_shape input;
    bool regression;
    aann_search_method method;
    aann_dataset *set;
    aann_family_data *data;
    unsigned char *bytes;
    sqlite3_int64 size;
} structure_study;

static inline void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static inline structure_study *structure_table(void)
{
    static structure_study table[STUDIES] = {
        {"6@50-5@40-3@30", {1, 4, 4}, false, AANN_METHOD_SENSE, NULL, NULL, NULL, 0},
        {"3C3@50-MP2-3@40", {1, 6, 6}, false, AANN_METHOD_SENSE, NULL, NULL, NULL, 0},
        {"5@50-2@40", {6, 1, 1}, true, AANN_METHOD_SENSE, NULL, NULL, NULL, 0},
        {"4@50-3@40", {1, 4, 4}, false, AANN_METHOD_GENETIC, NULL, NULL, NULL, 0},
        {"4@50-3@40", {1, 4, 4}, false, AANN_METHOD_RANDOM, NULL, NULL, NULL, 0},
        {"2C3>>1@50-3@40", {2, 5, 5}, false, AANN_METHOD_SENSE, NULL, NULL, NULL, 0},
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

static inline void search_a_little(const structure_study *of, aann_study *study)
{
    aann_error error;
    aann_spec spec;
    require(aann_spec_parse(of->spec, aann_family_data_train(of->data)->shape, &spec, &error) ==
            AANN_OK);
    aann_family_plan plan = aann_family_plan_default();
    plan.search.steps = 60;
    plan.search.method = of->method;
    plan.search.population = 4;
    plan.search.tournament = 2;
    plan.members = 2;
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    work.parallel = 1;
    int64_t id = 0;
    aann_status status = aann_family_run(study, &spec, of->data, &plan, &work, &id, &error);
    require(status == AANN_OK);
    aann_walk_plan walk = aann_walk_plan_default();
    walk.start = 1;
    walk.members = 2;
    walk.every = 2;
    walk.steps = 50;
    walk.loss = 100.0;
    int moments = 1;
    work.interrupted = stop_at_once;
    work.context = &moments;
    work.checkpoint_seconds = 1e-6;
    status = aann_walk_run(study, &walk, of->data, &work, &error);
    require(status == AANN_OK || status == AANN_INTERRUPTED);
    require(aann_family_grow(study, id, 4, &error) == AANN_OK);
    moments = 2;
    status = aann_family_resume(study, id, of->data, &work, &error);
    require(status == AANN_OK || status == AANN_INTERRUPTED);
    const int64_t ids[] = {1, 2};
    const char *const splits[] = {"validation", "test"};
    for (int i = 0; i < 2; i++) {
        aann_predictions_request request = aann_predictions_request_default();
        request.ids = ids;
        request.count = 2;
        request.split = splits[i];
        request.samples = aann_family_data_split(of->data, splits[i]);
        request.keep = true;
        aann_predictions predictions;
        require(aann_predictions_get(study, &request, &predictions, &error) == AANN_OK);
        aann_predictions_destroy(&predictions);
    }
}

/* A search's state of this member's network in the middle, in case it was too quick to be caught. */
static inline void leave_a_state(const structure_study *of, aann_study *study)
{
    aann_error error;
    aann_member member;
    require(aann_member_open(study, 2, &member, &error) == AANN_OK);
    member.plan.search.regression = of->regression;
    aann_search *search = NULL;
    require(aann_search_create(&member.spec, aann_family_data_train(of->data), &member.plan.search,
                               1, NULL, &search, &error) == AANN_OK);
    require(aann_search_run(search, 30, NULL, NULL, &error) == AANN_OK);
    void *state = NULL;
    size_t size = 0;
    require(aann_search_save(search, &state, &size, &error) == AANN_OK);
    member.row.state = AANN_MEMBER_RUNNING;
    member.row.steps = 30;
    require(aann_study_save_member(study, &member.row, aann_search_network(search), state, size,
                                   NULL, 0, &error) == AANN_OK);
    aann_free(state);
    aann_search_destroy(search);
    aann_member_destroy(&member);
}

static inline void make_studies(void)
{
    structure_study *table = structure_table();
    for (int i = 0; i < STUDIES; i++) {
        aann_error error;
        aann_study *study = NULL;
        make_data(&table[i]);
        require(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error) == AANN_OK);
        search_a_little(&table[i], study);
        leave_a_state(&table[i], study);
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
