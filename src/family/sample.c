/* Drawing the members of a sample.
 *
 * The next member is in the study before it is drawn, AANN_MEMBER_RUNNING, with the whole sampler as
 * its checkpoint. Recording it and adding the next one is one transaction, so a study is always at
 * one moment of the ladders. */
#include "aann/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/check.h"
#include "family/create.h"
#include "family/meter.h"
#include "family/origin.h"
#include "family/patience.h"
#include "family/sample_plan.h"
#include "family/score.h"
#include "family/stored.h"
#include "study/transaction.h"

/* ---- a new one ------------------------------------------------------------------------------- */

/* The first member: a random network, until there is a better one. */
static aann_status add_first(aann_study *study, const aann_spec *spec,
                             const aann_sample_plan *sample, int64_t family_id, aann_error *error)
{
    aann_network *network = NULL;
    aann_member_row row = aann_member_row_begin(family_id, 0, sample->sampler.seed, "sample");
    aann_status status = aann_network_create(spec, &network, error);
    if (status == AANN_OK) {
        aann_network_randomise(network, sample->sampler.seed, 0);
        status = aann_study_add_member(study, &row, network, error);
    }
    aann_network_destroy(network);
    return status;
}

static aann_status store(aann_study *study, const aann_spec *spec, const aann_family_data *data,
                         const aann_family_plan *plan, const aann_sample_plan *sample,
                         int64_t *family_id, aann_error *error)
{
    aann_family_row family = {0};
    char *options = NULL;
    aann_status status = aann_family_create(study, spec, data, plan, family_id, error);
    if (status == AANN_OK) {
        status = aann_study_family(study, *family_id, &family, error);
    }
    if (status == AANN_OK) {
        status = aann_sample_options(family.options, sample, NULL, &options, error);
        aann_family_row_destroy(&family);
    }
    if (status == AANN_OK) {
        status = aann_study_save_options(study, *family_id, options, error);
    }
    free(options);
    return status == AANN_OK ? add_first(study, spec, sample, *family_id, error) : status;
}

aann_status aann_sample_add(aann_study *study, const aann_spec *spec, const aann_family_data *data,
                            const aann_family_plan *wanted, const aann_sample_plan *sample,
                            int64_t *family_id, aann_error *error)
{
    *family_id = 0;
    aann_family_plan plan = *wanted;
    const aann_family_work work = aann_family_work_default();
    plan.members = 1;
    plan.start_count = 0;
    plan.threshold = 0.0;
    plan.choose_steps = false;
    plan.search.regression = aann_family_data_train(data)->target_count > 0;
    aann_status status = aann_sample_plan_check(sample, error);
    if (status == AANN_OK) {
        status = aann_family_check(spec, data, &plan, &work, error);
    }
    if (status == AANN_OK) {
        status = aann_study_begin(study, error);
    }
    if (status == AANN_OK) {
        status = store(study, spec, data, &plan, sample, family_id, error);
        status = aann_study_finish(study, status, error);
    }
    *family_id = status == AANN_OK ? *family_id : 0;
    return status;
}

/* ---- drawing --------------------------------------------------------------------------------- */

typedef struct sample_run {
    aann_study *study;
    const aann_family_data *data;
    const aann_family_work *work;
    aann_stored_family family;
    aann_sample_plan plan;
    aann_sampler_options options; /* with the family's loss */
    aann_sampler *sampler;
    aann_scorer scorer;
    aann_member_row row; /* the member to be drawn */
    aann_meter meter;
    double begin;
    double next_checkpoint;
} sample_run;

static void report(sample_run *run, bool stopped)
{
    if (run->work->report == NULL) {
        return;
    }
    aann_sampler_progress sampler;
    aann_sampler_progress_get(run->sampler, &sampler);
    const aann_search_progress progress = {
        .step = sampler.candidates,
        .evaluated_samples =
            sampler.candidates * (uint64_t)aann_family_data_train(run->data)->count,
        .train_loss = sampler.loss,
    };
    aann_member_report line = aann_meter_report(&run->meter, &run->row, &progress);
    line.stopped = stopped;
    line.step = sampler.round;
    line.steps = sampler.rounds;
    line.temperature = run->options.temperature;
    line.train_loss = sampler.loss;
    if (sampler.round > 0) {
        line.seconds_left =
            line.seconds * (double)(sampler.rounds - sampler.round) / (double)sampler.round;
    }
    run->work->report(run->work->context, &line, 1);
}

static bool must_stop(const sample_run *run)
{
    return aann_work_must_stop(run->work, run->begin);
}

static bool pause_wanted(void *context)
{
    sample_run *run = context;
    if (aann_meter_is_due(&run->meter)) {
        report(run, false);
    }
    return aann_clock_seconds() >= run->next_checkpoint || must_stop(run);
}

/* The round, counted over all ladders, at which a member is drawn. */
static uint64_t due_round(const sample_run *run, int64_t member)
{
    const aann_sampler_options *options = &run->options;
    const int64_t each = run->plan.members / options->ladders;
    const uint64_t ladder = (uint64_t)(options->burn_in + options->rounds);
    aann_sampler_progress progress;
    aann_sampler_progress_get(run->sampler, &progress);
    const uint64_t pilot = progress.rounds - (uint64_t)options->ladders * ladder;
    return pilot + (uint64_t)(member / each) * ladder + (uint64_t)options->burn_in +
           (uint64_t)((member % each + 1) * options->rounds / each);
}

static void update_row(sample_run *run)
{
    aann_sampler_progress progress;
    aann_sampler_progress_get(run->sampler, &progress);
    run->row.steps = progress.candidates;
    run->row.seconds = aann_meter_seconds(&run->meter);
}

static aann_status checkpoint(sample_run *run, aann_error *error)
{
    void *state = NULL;
    size_t size = 0;
    aann_network *network = NULL;
    aann_status status = aann_sampler_save(run->sampler, &state, &size, error);
    if (status == AANN_OK) {
        status = aann_study_network(run->study, run->row.id, &network, error);
    }
    if (status == AANN_OK) {
        update_row(run);
        status =
            aann_study_save_member(run->study, &run->row, network, state, size, NULL, 0, error);
    }
    aann_network_destroy(network);
    aann_free(state);
    run->next_checkpoint = aann_clock_seconds() + run->work->checkpoint_seconds;
    return status;
}

static aann_status score(sample_run *run, const aann_network *network, aann_error *error)
{
    aann_member_row *row = &run->row;
    aann_status status = aann_scorer_score(&run->scorer, network, aann_family_data_train(run->data),
                                           &row->train_loss, &row->train_accuracy, error);
    if (status == AANN_OK) {
        status = aann_scorer_score(&run->scorer, network, aann_family_data_validation(run->data),
                                   &row->validation_loss, &row->validation_accuracy, error);
    }
    if (status == AANN_OK) {
        status = aann_scorer_score(&run->scorer, network, aann_family_data_test(run->data),
                                   &row->test_loss, &row->test_accuracy, error);
    }
    return status;
}

/* Stores what the chains said, together with the last member: with it, a sample is complete. */
static aann_status store_result(sample_run *run, aann_error *error)
{
    char *options = NULL;
    aann_sampler_diagnosis *diagnosis = aann_allocate(1, sizeof *diagnosis);
    if (diagnosis == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a diagnosis");
    }
    aann_status status = aann_sampler_diagnose(run->sampler, diagnosis, error);
    if (status == AANN_OK) {
        status =
            aann_sample_options(run->family.row.options, &run->plan, diagnosis, &options, error);
    }
    if (status == AANN_OK) {
        status = aann_study_save_options(run->study, run->family.row.id, options, error);
    }
    free(options);
    free(diagnosis);
    return status;
}

/* Stores the drawn member, and the next one or the result, in one transaction. */
static aann_status store_records(sample_run *run, const aann_member_record *records, bool ended,
                                 aann_error *error)
{
    aann_status status = aann_study_begin(run->study, error);
    if (status != AANN_OK) {
        return status;
    }
    if (ended) {
        status = store_result(run, error);
    }
    if (status == AANN_OK) {
        status = aann_study_save_members(run->study, records, ended ? 1 : 2, error);
    }
    return aann_study_finish(run->study, status, error);
}

/* Stores the present network of the coldest temperature as the member, and begins the next. */
static aann_status record(sample_run *run, bool *ended, aann_error *error)
{
    aann_sampler_progress progress;
    aann_sampler_progress_get(run->sampler, &progress);
    const aann_network *network = aann_sampler_network(run->sampler, progress.rungs - 1);
    void *state = NULL;
    size_t size = 0;
    aann_status status = score(run, network, error);
    update_row(run);
    run->row.state = AANN_MEMBER_DONE;
    aann_member_row next = aann_member_row_begin(run->family.row.id, run->row.index + 1,
                                                 run->plan.sampler.seed, "sample");
    *ended = next.index >= run->plan.members;
    if (status == AANN_OK && !*ended) {
        status = aann_sampler_save(run->sampler, &state, &size, error);
    }
    if (status == AANN_OK) {
        const aann_member_record records[2] = {
            {.member = &run->row, .network = network},
            {.member = &next, .network = network, .state = state, .state_size = size},
        };
        status = store_records(run, records, *ended, error);
    }
    aann_free(state);
    if (status == AANN_OK) {
        report(run, true);
        run->row = *ended ? run->row : next;
        run->next_checkpoint = aann_clock_seconds() + run->work->checkpoint_seconds;
    }
    return status;
}

static aann_status draw(sample_run *run, aann_error *error)
{
    bool ended = false;
    aann_status status = AANN_OK;
    while (status == AANN_OK && !ended) {
        const uint64_t due = due_round(run, run->row.index);
        status = aann_sampler_run(run->sampler, due, pause_wanted, run, error);
        if (status == AANN_OK) {
            status = record(run, &ended, error);
        } else if (status == AANN_INTERRUPTED) {
            status = checkpoint(run, error);
            if (status == AANN_OK && must_stop(run)) {
                report(run, true);
                status = AANN_INTERRUPTED;
            }
        }
    }
    return status;
}

/* ---- where it stands ------------------------------------------------------------------------- */

/* The member to be drawn; its id stays 0 if there is none. */
static aann_status find_member(sample_run *run, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    const aann_status status =
        aann_study_members(run->study, run->family.row.id, &members, &count, error);
    for (size_t i = 0; i < count; i++) {
        const bool here = members[i].state == AANN_MEMBER_RUNNING &&
                          strcmp(members[i].origin, "sample") == 0 && members[i].index >= 0 &&
                          members[i].index < run->plan.members;
        run->row = here ? members[i] : run->row;
    }
    free(members);
    return status;
}

static aann_status open_sampler(sample_run *run, aann_error *error)
{
    void *state = NULL;
    size_t size = 0;
    const aann_samples *train = aann_family_data_train(run->data);
    aann_status status = aann_study_checkpoint(run->study, run->row.id, &state, &size, error);
    if (status == AANN_OK) {
        status = state == NULL ? aann_sampler_create(&run->family.spec, train, &run->options,
                                                     &run->sampler, error)
                               : aann_sampler_resume(&run->family.spec, train, &run->options, state,
                                                     size, &run->sampler, error);
    }
    if (state != NULL && (status == AANN_ERROR_FORMAT || status == AANN_ERROR_VERSION ||
                          status == AANN_ERROR_ARGUMENT)) { /* a state of other settings */
        aann_fail_prefix(error, status, "member %lld", (long long)run->row.id);
    }
    aann_free(state);
    return status;
}

static void complete_options(sample_run *run)
{
    const aann_search_options *search = &run->family.plan.plan.search;
    run->options = run->plan.sampler;
    run->options.regression = search->regression;
    run->options.loss_scale = search->loss_scale;
    run->options.output_scale = search->output_scale;
    memcpy(run->options.target_weight, search->target_weight, sizeof search->target_weight);
    run->options.threads = run->work->threads;
    run->options.isa = run->work->isa;
}

static aann_status prepare(sample_run *run, aann_error *error)
{
    aann_sample_result stored;
    aann_status status = aann_sample_result_read(&run->family.row, &stored, error);
    run->plan = stored.plan;
    if (status == AANN_OK) {
        status = aann_family_check(&run->family.spec, run->data, &run->family.plan.plan, run->work,
                                   error);
    }
    if (status == AANN_OK) {
        status = find_member(run, error);
    }
    if (status != AANN_OK || run->row.id == 0) {
        return status;
    }
    complete_options(run);
    status = aann_scorer_create(&run->family.spec, run->data, true, &run->family.plan.plan.search,
                                1, run->work->isa, &run->scorer, error);
    return status == AANN_OK ? open_sampler(run, error) : status;
}

aann_status aann_sample_run(aann_study *study, int64_t family_id, const aann_family_data *data,
                            const aann_family_work *work, aann_error *error)
{
    const double now = aann_clock_seconds();
    sample_run run = {.study = study,
                      .data = data,
                      .work = work,
                      .begin = now,
                      .next_checkpoint = now + work->checkpoint_seconds};
    aann_patience patience;
    aann_status status = aann_stored_family_read(study, family_id, &run.family, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_patience_begin(&patience, study, work, false);
    status = prepare(&run, error);
    if (status == AANN_OK && run.row.id != 0) {
        run.meter = aann_meter_start(run.row.seconds);
        status = draw(&run, error);
    }
    aann_patience_end(&patience);
    aann_sampler_destroy(run.sampler);
    aann_scorer_clear(&run.scorer);
    aann_family_row_destroy(&run.family.row);
    return status;
}
