/* A family of random networks, and its data. */
#ifndef AANN_TESTS_REPORT_SUPPORT_FAMILY_H
#define AANN_TESTS_REPORT_SUPPORT_FAMILY_H

#include "aann/report.h"
#include "family/family_test.h"

enum { SAMPLES = 300, VALUES = 16, CLASSES = 3 };

static const aann_shape shape = {VALUES, 1, 1};

static inline void make_samples(int8_t *inputs, int32_t *labels, int32_t first)
{
    for (int32_t i = 0; i < SAMPLES; i++) {
        for (int32_t v = 0; v < VALUES; v++) {
            inputs[i * VALUES + v] = (int8_t)(((i + first) * (v + 3) * 31 + v * v) % 255 - 127);
        }
        labels[i] = (i + first) % CLASSES;
    }
}

static inline aann_family_data *make_data(void)
{
    static int8_t inputs[2][SAMPLES * VALUES];
    static int32_t labels[2][SAMPLES];
    aann_error error;
    aann_samples samples[2];
    aann_family_samples given = aann_family_samples_default();
    aann_family_data *data = NULL;
    for (int32_t i = 0; i < 2; i++) {
        make_samples(inputs[i], labels[i], 1000 * i);
        samples[i] = (aann_samples){.shape = shape,
                                    .count = SAMPLES,
                                    .inputs = inputs[i],
                                    .labels = labels[i],
                                    .class_count = CLASSES};
    }
    given.train = &samples[0];
    given.test = &samples[1];
    assert_ok(aann_family_data_create(&given, &data, &error));
    return data;
}

/* Random networks as finished members: a search would find better ones, and take longer. */
static inline aann_study *make_study(const aann_family_data *data, int32_t count)
{
    enum { STEPS = 1000, ROWS = 20 };
    aann_error error;
    aann_spec spec;
    aann_network *network = NULL;
    aann_family_plan plan = aann_family_plan_default();
    int64_t id = 0;
    plan.name = "many";
    plan.members = 1;
    plan.search.steps = STEPS;
    /* Without memory, jansson reads a number like 0.8 not to the last bit, and does not say so. */
    plan.search.within_unit = 0.5;
    assert_ok(aann_spec_parse("12-8-3", shape, &spec, &error));
    aann_study *study = NULL;
    assert_ok(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error));
    assert_ok(aann_family_add(study, &spec, data, &plan, &id, &error));
    aann_member_row *rows = calloc((size_t)count, sizeof *rows);
    aann_member_record *records = calloc((size_t)count, sizeof *records);
    aann_trace_row *trace = calloc(ROWS, sizeof *trace);
    assert_non_null(rows);
    assert_non_null(records);
    assert_non_null(trace);
    for (int32_t r = 0; r < ROWS; r++) {
        trace[r] = (aann_trace_row){.step = (uint64_t)(r + 1) * (STEPS / ROWS),
                                    .temperature = 0.01,
                                    .train_loss = 2.0 / (r + 2),
                                    .train_accuracy = 0.5,
                                    .accepted = (uint64_t)r * 10};
    }
    assert_ok(aann_network_create(&spec, &network, &error));
    for (int32_t i = 0; i < count; i++) {
        rows[i] = (aann_member_row){.family = id,
                                    .index = i + 1,
                                    .seed = 1,
                                    .state = AANN_MEMBER_DONE,
                                    .origin = "search",
                                    .steps = STEPS,
                                    .accepted = 190,
                                    .train_loss = 0.1,
                                    .train_accuracy = (double)((i + 20) % count) / count,
                                    .validation_loss = (double)NAN,
                                    .validation_accuracy = (double)NAN,
                                    .test_loss = 0.2,
                                    .test_accuracy = (double)((i + 50) % count) / count,
                                    .seconds = 1.0};
        assert_ok(aann_network_copy(network, (aann_network **)&records[i].network, &error));
        aann_network_randomise((aann_network *)records[i].network, 7, (uint64_t)i);
        records[i].member = &rows[i];
        records[i].rows = trace;
        records[i].row_count = ROWS;
    }
    assert_ok(aann_study_save_members(study, records, (size_t)count, &error));
    for (int32_t i = 0; i < count; i++) {
        aann_network_destroy((aann_network *)records[i].network);
    }
    aann_network_destroy(network);
    free(rows);
    free(records);
    free(trace);
    return study;
}

#endif
