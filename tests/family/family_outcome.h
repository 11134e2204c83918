/* What a family came to, bit for bit: members and histories; and runs of it, whole or in many
 * sessions. */
#ifndef AANN_TESTS_FAMILY_OUTCOME_H
#define AANN_TESTS_FAMILY_OUTCOME_H

#include "aann/phases.h"
#include "family/family_test.h"
#include "family/phases.h"

enum { OUTCOME_MARKS = 100, OUTCOME_MEMBERS = 3 };

typedef struct outcome {
    size_t count; /* of members */
    aann_member_row members[OUTCOME_MEMBERS];
    aann_trace_row traces[OUTCOME_MEMBERS][OUTCOME_MARKS];
} outcome;

static inline void read_outcome(aann_study *study, int64_t family, size_t count, outcome *result)
{
    aann_error error;
    aann_member_row *members = members_of(study, family, count);
    result->count = count;
    for (size_t i = 0; i < count; i++) {
        aann_trace_row *rows = NULL;
        size_t row_count = 0;
        result->members[i] = members[i];
        assert_ok(aann_study_trace(study, members[i].id, &rows, &row_count, &error));
        assert_int_equal(row_count, OUTCOME_MARKS);
        memcpy(result->traces[i], rows, sizeof result->traces[i]);
        free(rows);
    }
    free(members);
}

static inline void assert_same_number(double a, double b)
{
    assert_true(a == b || (isnan(a) && isnan(b)));
}

static inline void assert_same_mark(const aann_trace_row *a, const aann_trace_row *b)
{
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->accepted, b->accepted);
    assert_int_equal(a->evaluated_samples, b->evaluated_samples);
    assert_true(a->train_loss == b->train_loss);
    assert_true(a->temperature == b->temperature);
    assert_same_number(a->validation_accuracy, b->validation_accuracy);
    assert_int_equal(a->layer_count, b->layer_count);
    for (int32_t layer = 0; layer < a->layer_count; layer++) {
        assert_int_equal(a->layer_candidates[layer], b->layer_candidates[layer]);
        assert_int_equal(a->layer_accepted[layer], b->layer_accepted[layer]);
    }
}

/* Everything but seconds. */
static inline void assert_same_outcome(const outcome *a, const outcome *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const aann_member_row *left = &a->members[i];
        const aann_member_row *right = &b->members[i];
        assert_int_equal(left->hash, right->hash);
        assert_int_equal(left->state, right->state);
        assert_int_equal(left->steps, right->steps);
        assert_int_equal(left->accepted, right->accepted);
        assert_true(left->train_loss == right->train_loss);
        assert_same_number(left->validation_accuracy, right->validation_accuracy);
        assert_true(left->test_loss == right->test_loss);
        assert_true(left->test_accuracy == right->test_accuracy);
        for (size_t mark = 0; mark < OUTCOME_MARKS; mark++) {
            assert_same_mark(&a->traces[i][mark], &b->traces[i][mark]);
        }
    }
}

/* The family of the plan, in a study of its own. */
static inline void run_whole(void **state, const char *name, const aann_family_plan *plan,
                             int32_t threads, int32_t parallel, outcome *result)
{
    aann_error error;
    char path[TEST_PATH];
    aann_study *study = open_study(in_folder(state, name, path), AANN_STUDY_CREATE);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_family_work work = aann_family_work_default();
    work.threads = threads;
    work.parallel = parallel;
    int64_t family;
    assert_ok(aann_family_run(study, &spec, data, plan, &work, &family, &error));
    read_outcome(study, family, (size_t)plan->members, result);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* ---- sessions -------------------------------------------------------------------------------- */

/* Stops at the Nth question, which may come at any moment. */
static inline bool stop_soon(void *context)
{
    int *left = context;
    return (*left)-- <= 0;
}

/* The phase that a member which has come to this step is in. */
static inline int32_t phase_at(const aann_family_plan *plan, uint64_t step)
{
    int32_t phase = 0;
    while (phase + 1 < plan->phase_count && step >= aann_plan_phase_end(plan, phase)) {
        phase++;
    }
    return phase;
}

/* The plan's only member in sessions that end at any moment, with other threads each time; after
 * each, `look` (or NULL) sees the study. */
static inline void run_in_sessions(void **state, const char *name, const aann_family_plan *plan,
                                   void (*look)(aann_study *study, const aann_family_plan *plan,
                                                const aann_member_row *member),
                                   outcome *result)
{
    aann_error error;
    char path[TEST_PATH];
    in_folder(state, name, path);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    int64_t family = 0;
    int sessions = 0;
    result->count = 0;
    int32_t seen = 0; /* a bit for every phase in which a session ended */
    for (aann_status status = AANN_INTERRUPTED; status == AANN_INTERRUPTED; sessions++) {
        assert_true(sessions < 2000);
        int moments = sessions % 3 + sessions / 20; /* a slow machine gets more of them */
        aann_family_work work = aann_family_work_default();
        work.threads = 1 + sessions % 2;
        work.checkpoint_seconds = sessions % 2 == 0 ? 0.001 : 30.0;
        work.interrupted = stop_soon;
        work.context = &moments;
        aann_study *study = open_study(path, AANN_STUDY_CREATE);
        status = family == 0 ? aann_family_run(study, &spec, data, plan, &work, &family, &error)
                             : aann_family_resume(study, family, data, &work, &error);
        assert_true(status == AANN_OK || status == AANN_INTERRUPTED);
        aann_member_row *members = members_of(study, family, 1);
        seen |= 1 << phase_at(plan, members[0].steps);
        if (look != NULL) {
            look(study, plan, &members[0]);
        }
        free(members);
        if (status == AANN_OK) {
            read_outcome(study, family, 1, result);
        }
        aann_study_close(study);
    }
    print_message("%d sessions, phases %x\n", sessions, (unsigned)seen);
    assert_true(sessions > 3 || seen > 1); /* a slow machine stops in fewer phases */
    aann_family_data_destroy(data);
}

#endif
