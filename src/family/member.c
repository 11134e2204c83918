/* One member, from its start or its last checkpoint to its end.
 *
 * A member is searched in phases (aann/phases.h), usually in one: each is a search of the library
 * that starts from the network of the one before. Steps, accepted candidates and samples are
 * counted through all of them. A phase whose networks have other counts than the family's is
 * developing: its network is in the checkpoint, and the study's is the last that had the family's
 * counts.
 *
 * The search runs from mark to mark; a mark is every hundredth of the step budget. There a line of
 * history is kept, and the validation split is scored, if that is worth its time (score_is_due).
 * Between marks the search asks several times a second whether to pause: for a checkpoint, or
 * because everything is to stop. None of this changes what the search decides, so the marks, and
 * whether the threshold was passed at one, are the same however often a run was interrupted. Lines
 * of history are stored together with the checkpoint that comes after them: a killed scheduler
 * loses both or neither, and makes them again. */
#include "family/member.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/marks.h"
#include "family/meter.h"
#include "family/open_search.h"
#include "family/phase_density.h"
#include "family/phase_state.h"
#include "family/phases.h"
#include "family/score.h"

/* What one member's thread works with. */
typedef struct member_run {
    aann_scheduler *scheduler;
    aann_member_job *job;
    int32_t threads;
    aann_phase_place place;
    aann_search *search; /* of this phase */
    aann_network *kept;  /* developing: the last network with the family's counts */
    aann_scorer scorer;
    aann_trace_row *rows; /* [row_count]: not stored yet */
    size_t row_count;
    aann_meter meter;
    double next_checkpoint;
    double train_accuracy;
    double validation_loss;
    double validation_accuracy;
} member_run;

/* ---- phases ---------------------------------------------------------------------------------- */

/* Candidates decided before this phase. */
static uint64_t phase_begin(const member_run *run)
{
    return run->place.phase == 0 ? 0
                                 : aann_plan_phase_end(run->scheduler->plan, run->place.phase - 1);
}

static uint64_t phase_end(const member_run *run)
{
    return aann_plan_phase_end(run->scheduler->plan, run->place.phase);
}

/* The progress of this phase's search, counted from the beginning of the first. */
static void get_progress(const member_run *run, aann_search_progress *progress)
{
    aann_search_progress_get(run->search, progress);
    progress->step += phase_begin(run);
    progress->accepted += run->place.accepted;
    progress->evaluated_samples += run->place.evaluated_samples;
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        progress->layer_candidates[i] += run->place.layer_candidates[i];
        progress->layer_accepted[i] += run->place.layer_accepted[i];
    }
}

/* A network with the family's counts: that of the search, unless it is developing. */
static const aann_network *family_network(const member_run *run)
{
    return run->place.developing ? run->kept : aann_search_network(run->search);
}

/* ---- reporting ------------------------------------------------------------------------------- */

static void publish(member_run *run, bool stopped)
{
    aann_search_progress progress;
    get_progress(run, &progress);
    const aann_search_options *options = &run->scheduler->plan->search;
    aann_member_report report = aann_meter_report(&run->meter, &run->job->row, &progress);
    report.stopped = stopped;
    report.steps = options->steps;
    report.phase = run->place.phase;
    report.phases = aann_plan_phase_count(run->scheduler->plan);
    report.train_accuracy = run->train_accuracy;
    report.validation_accuracy = run->validation_accuracy;
    report.validation_loss = run->validation_loss;
    if (options->reward_tracks > 0) {
        report.reward = 1000.0 * (1.0 - progress.train_loss);
    }
    if (report.candidates_per_second > 0.0) {
        report.seconds_left =
            (double)(options->steps - progress.step) / report.candidates_per_second;
    }
    pthread_mutex_lock(&run->scheduler->mutex);
    run->job->report = report;
    run->job->started = true;
    pthread_cond_signal(&run->scheduler->changed);
    pthread_mutex_unlock(&run->scheduler->mutex);
}

/* ---- when to pause --------------------------------------------------------------------------- */

static bool out_of_time(const member_run *run)
{
    const double limit = run->scheduler->member_seconds;
    return limit > 0.0 && aann_meter_seconds(&run->meter) >= limit;
}

static bool must_stop(const member_run *run)
{
    return atomic_load_explicit(&run->scheduler->stop, memory_order_relaxed);
}

static bool pause_wanted(void *context)
{
    member_run *run = context;
    if (aann_meter_is_due(&run->meter)) {
        publish(run, false);
    }
    return must_stop(run) || aann_clock_seconds() >= run->next_checkpoint || out_of_time(run);
}

/* ---- scores ---------------------------------------------------------------------------------- */

static aann_status score_validation(member_run *run, const aann_network *network, aann_error *error)
{
    return aann_scorer_score(&run->scorer, network,
                             aann_family_data_validation(run->scheduler->data),
                             &run->validation_loss, &run->validation_accuracy, error);
}

static double train_accuracy(const member_run *run, const aann_search_progress *progress)
{
    return run->scheduler->plan->search.regression
               ? NAN
               : (double)aann_search_correct(run->search) / (double)progress->samples;
}

/* Candidates by layer, where they belong to one: those of a random or genetic search do not. */
static void note_layers(const aann_spec *spec, const aann_search_progress *progress,
                        aann_trace_row *row)
{
    uint64_t decided = 0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        row->layer_candidates[i] = progress->layer_candidates[i];
        row->layer_accepted[i] = progress->layer_accepted[i];
        decided += progress->layer_candidates[i];
    }
    row->layer_count = decided > 0 ? spec->layer_count : 0;
}

/* Keeps a line of history, with the score of the validation split if it is due. */
static aann_status mark(member_run *run, aann_error *error)
{
    aann_search_progress progress;
    get_progress(run, &progress);
    const bool due = aann_mark_score_is_due(run->scheduler->plan, progress.step);
    const aann_status status =
        due ? score_validation(run, aann_search_network(run->search), error) : AANN_OK;
    if (status != AANN_OK) {
        return status;
    }
    run->train_accuracy = train_accuracy(run, &progress);
    aann_trace_row *row = &run->rows[run->row_count++];
    *row = (aann_trace_row){
        .step = progress.step,
        .seconds = aann_meter_seconds(&run->meter),
        .temperature = progress.temperature,
        .train_loss = progress.train_loss,
        .train_accuracy = run->train_accuracy,
        .validation_loss = due ? run->validation_loss : NAN,
        .validation_accuracy = due ? run->validation_accuracy : NAN,
        .accepted = progress.accepted,
        .evaluated_samples = progress.evaluated_samples,
    };
    note_layers(run->scheduler->spec, &progress, row);
    return AANN_OK;
}

/* ---- storing --------------------------------------------------------------------------------- */

/* Brings the member's row up to date and stores it; without a state the member is finished. */
static aann_status store(member_run *run, const void *state, size_t size, aann_error *error)
{
    aann_search_progress progress;
    get_progress(run, &progress);
    aann_member_row *row = &run->job->row;
    row->steps = progress.step;
    row->accepted = progress.accepted;
    row->train_loss = progress.train_loss;
    row->train_accuracy = train_accuracy(run, &progress);
    if (state == NULL && aann_plan_compares_a_part(run->scheduler->plan)) {
        const aann_status scored = aann_scorer_score(&run->scorer, family_network(run),
                                                     aann_family_data_train(run->scheduler->data),
                                                     &row->train_loss, &row->train_accuracy, error);
        if (scored != AANN_OK) {
            return scored;
        }
    }
    row->validation_loss = run->validation_loss;
    row->validation_accuracy = run->validation_accuracy;
    row->seconds = aann_meter_seconds(&run->meter);
    pthread_mutex_lock(&run->scheduler->study_mutex);
    const aann_status status =
        aann_study_save_member(run->scheduler->study, row, family_network(run), state, size,
                               run->rows, run->row_count, error);
    pthread_mutex_unlock(&run->scheduler->study_mutex);
    run->row_count = status == AANN_OK ? 0 : run->row_count;
    return status;
}

static aann_status checkpoint(member_run *run, aann_error *error)
{
    void *state = NULL;
    size_t size = 0;
    aann_status status = aann_search_save(run->search, &state, &size, error);
    if (status == AANN_OK && run->scheduler->plan->phase_count > 0) {
        status = aann_phase_state_wrap(&run->place, aann_search_network(run->search), &state, &size,
                                       error);
    }
    if (status == AANN_OK) {
        status = store(run, state, size, error);
    }
    free(state);
    run->next_checkpoint = aann_clock_seconds() + run->scheduler->work->checkpoint_seconds;
    return status;
}

/* Finishes the member: the only place that scores the test set. */
static aann_status finish(member_run *run, bool passed, aann_error *error)
{
    aann_member_row *row = &run->job->row;
    aann_status status = aann_scorer_score(&run->scorer, family_network(run),
                                           aann_family_data_test(run->scheduler->data),
                                           &row->test_loss, &row->test_accuracy, error);
    if (status != AANN_OK) {
        return status;
    }
    row->state = passed ? AANN_MEMBER_DONE : AANN_MEMBER_FAILED;
    status = store(run, NULL, 0, error);
    if (status != AANN_OK) {
        row->state = AANN_MEMBER_RUNNING;
    }
    return status;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Opens the search of the place's phase, from a state of it, or if that is NULL from the network. */
static aann_status open_phase(member_run *run, const aann_network *network, const void *state,
                              size_t size, aann_error *error)
{
    const aann_scheduler *scheduler = run->scheduler;
    aann_search_options options = aann_phase_search_options(scheduler->plan, run->place.phase);
    options.threads = run->threads;
    options.isa = scheduler->work->isa;
    options.team = scheduler->team;
    const aann_spec *spec = run->place.developing ? aann_network_spec(network) : scheduler->spec;
    return aann_member_search_open(spec, scheduler->data, &options, (uint64_t)run->job->row.index,
                                   network, state, size, &run->search, error);
}

/* Makes the network that a phase begins with from that of the phase before, and counts the samples
 * on which synapses were tried. */
static aann_status develop(member_run *run, int32_t phase, const aann_network *network,
                           bool (*interrupted)(void *context), aann_network **developed,
                           aann_error *error)
{
    const aann_scheduler *scheduler = run->scheduler;
    const aann_phase_growth growth = {.plan = scheduler->plan,
                                      .phase = phase,
                                      .family = scheduler->spec,
                                      .data = scheduler->data,
                                      .member = (uint64_t)run->job->row.index,
                                      .threads = run->threads,
                                      .isa = scheduler->work->isa,
                                      .interrupted = interrupted,
                                      .context = run};
    uint64_t evaluated = 0;
    const aann_status status = aann_phase_develop(&growth, network, developed, &evaluated, error);
    run->place.evaluated_samples += status == AANN_OK ? evaluated : 0;
    return status;
}

/* The member's first search. */
static aann_status open_first_phase(member_run *run, const aann_network *start, aann_error *error)
{
    aann_network *first = NULL;
    run->place.developing = aann_phase_has_density(run->scheduler->plan, 0);
    aann_status status = develop(run, 0, start, NULL, &first, error);
    if (status == AANN_OK) {
        status = open_phase(run, first, NULL, 0, error);
    }
    aann_network_destroy(first);
    return status;
}

/* Goes on with a search from its checkpoint: with the study's network, or if it is developing with
 * that in the checkpoint. */
static aann_status reopen_phase(member_run *run, const aann_network *stored, const void *state,
                                size_t size, aann_error *error)
{
    if (!run->place.developing) {
        return open_phase(run, stored, state, size, error);
    }
    aann_spec spec;
    aann_network *network = NULL;
    aann_status status =
        aann_phase_spec(run->scheduler->plan, run->scheduler->spec, run->place.phase, &spec, error);
    if (status == AANN_OK) {
        status = aann_phase_state_network(&spec, &state, &size, &network, error);
    }
    if (status == AANN_OK) {
        status = open_phase(run, network, state, size, error);
    }
    aann_network_destroy(network);
    return status;
}

/* Whether a search in these phases can have been at this place. */
static bool place_is_possible(const member_run *run)
{
    const aann_phase_place *place = &run->place;
    if (place->phase >= run->scheduler->plan->phase_count) {
        return false;
    }
    const uint64_t steps = phase_begin(run);
    bool good = place->accepted <= steps && place->evaluated_samples <= INT64_MAX &&
                place->developing == aann_phase_has_density(run->scheduler->plan, place->phase);
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        good = good && place->layer_candidates[i] <= steps &&
               place->layer_accepted[i] <= place->layer_candidates[i];
    }
    return good;
}

/* The place that a checkpoint names; the state of its search remains. */
static aann_status read_place(member_run *run, const void **state, size_t *size, aann_error *error)
{
    if (*state == NULL || run->scheduler->plan->phase_count == 0) {
        return AANN_OK;
    }
    const aann_status status =
        aann_phase_state_unwrap(*state, *size, &run->place, state, size, error);
    if (status != AANN_OK) {
        return status;
    }
    return place_is_possible(run)
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "the checkpoint is damaged (its phase is none that the search has)");
}

/* Opens the search from its last checkpoint, or from the start if there is none. */
static aann_status open_search(member_run *run, aann_error *error)
{
    aann_scheduler *scheduler = run->scheduler;
    const aann_member_row *row = &run->job->row;
    aann_network *network = NULL;
    void *checkpoint = NULL;
    size_t size = 0;
    pthread_mutex_lock(&scheduler->study_mutex);
    aann_status status =
        aann_study_checkpoint(scheduler->study, row->id, &checkpoint, &size, error);
    if (status == AANN_OK) {
        status = aann_study_network(scheduler->study, row->id, &network, error);
    }
    pthread_mutex_unlock(&scheduler->study_mutex);
    if (status == AANN_OK) {
        const void *state = checkpoint;
        status = read_place(run, &state, &size, error);
        if (status == AANN_OK) {
            status = state == NULL ? open_first_phase(run, network, error)
                                   : reopen_phase(run, network, state, size, error);
        }
        if (status == AANN_ERROR_FORMAT || status == AANN_ERROR_VERSION) {
            aann_fail_prefix(error, status, "member %lld", (long long)row->id);
        }
    }
    run->kept = network;
    free(checkpoint);
    return status;
}

/* The place of the next phase, with the counts of those before it. */
static aann_phase_place next_place(const member_run *run)
{
    aann_search_progress progress;
    get_progress(run, &progress);
    aann_phase_place place = {
        .phase = run->place.phase + 1,
        .developing = aann_phase_has_density(run->scheduler->plan, run->place.phase + 1),
        .accepted = progress.accepted,
        .evaluated_samples = progress.evaluated_samples,
    };
    memcpy(place.layer_candidates, progress.layer_candidates, sizeof place.layer_candidates);
    memcpy(place.layer_accepted, progress.layer_accepted, sizeof place.layer_accepted);
    return place;
}

/* Ends the search, whose network stays where it has the family's counts. */
static aann_status end_phase(member_run *run, aann_error *error)
{
    if (!run->place.developing) {
        aann_network *kept = NULL;
        const aann_status status =
            aann_network_copy(aann_search_network(run->search), &kept, error);
        if (status != AANN_OK) {
            return status;
        }
        aann_network_destroy(run->kept);
        run->kept = kept;
    }
    aann_scheduler_set_search(run->scheduler, run->job, NULL);
    aann_search_destroy(run->search);
    run->search = NULL;
    return AANN_OK;
}

static bool development_stops(void *context)
{
    return must_stop(context);
}

/* Where a phase has ended, begins the next. What the checkpoint of this moment holds is the phase
 * that has ended, which comes here again; also if the change of the network's counts is stopped. */
static aann_status begin_next_phase(member_run *run, aann_error *error)
{
    const aann_scheduler *scheduler = run->scheduler;
    aann_search_progress progress;
    get_progress(run, &progress);
    if (progress.step < phase_end(run) || progress.step >= scheduler->plan->search.steps) {
        return AANN_OK;
    }
    aann_network *network = NULL;
    aann_status status = develop(run, run->place.phase + 1, aann_search_network(run->search),
                                 development_stops, &network, error);
    const aann_phase_place place = next_place(run);
    if (status == AANN_OK) {
        status = end_phase(run, error);
    }
    if (status == AANN_OK) {
        run->place = place;
        status = open_phase(run, network, NULL, 0, error);
    }
    aann_network_destroy(network);
    if (status == AANN_OK) {
        aann_scheduler_set_search(run->scheduler, run->job, run->search);
    }
    return status == AANN_INTERRUPTED ? AANN_OK : status;
}

static aann_status open_run(member_run *run, aann_error *error)
{
    const aann_scheduler *scheduler = run->scheduler;
    run->rows = aann_allocate(AANN_MARKS + 1, sizeof *run->rows);
    if (run->rows == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the history of a member");
    }
    const aann_status status = aann_scorer_create(
        scheduler->spec, scheduler->data, aann_plan_compares_a_part(scheduler->plan),
        &scheduler->plan->search, run->threads, scheduler->work->isa, &run->scorer, error);
    return status == AANN_OK ? open_search(run, error) : status;
}

/* ---- the run --------------------------------------------------------------------------------- */

static bool passes(const member_run *run)
{
    const double threshold = run->scheduler->plan->threshold;
    return threshold <= 0.0 || run->validation_accuracy >= threshold;
}

/* Runs from mark to mark, through all phases. On return the member is finished, or stored where it stopped. */
static aann_status go(member_run *run, aann_error *error)
{
    const aann_family_plan *plan = run->scheduler->plan;
    const uint64_t steps = plan->search.steps;
    for (;;) {
        aann_search_progress progress;
        aann_status status = begin_next_phase(run, error);
        if (status != AANN_OK) {
            return status;
        }
        get_progress(run, &progress);
        const uint64_t target = aann_mark_next(steps, progress.step);
        const uint64_t until = target < phase_end(run) ? target : phase_end(run);
        status = aann_search_run(run->search, until - phase_begin(run), pause_wanted, run, error);
        status = status == AANN_INTERRUPTED ? AANN_OK : status; /* paused: see below */
        get_progress(run, &progress);
        const bool at_mark = progress.step == target;
        if (status == AANN_OK && at_mark) {
            status = mark(run, error);
        }
        if (status != AANN_OK) {
            return status;
        }
        const bool at_end = progress.step >= steps || out_of_time(run);
        const bool may_pass = at_mark && plan->threshold > 0.0 && !run->place.developing;
        if (at_end || (may_pass && passes(run))) {
            if (!at_mark || !aann_mark_score_is_due(plan, progress.step)) {
                status = score_validation(run, aann_search_network(run->search), error);
            }
            return status == AANN_OK ? finish(run, passes(run), error) : status;
        }
        if (must_stop(run)) {
            return checkpoint(run, error);
        }
        if (aann_clock_seconds() >= run->next_checkpoint) {
            status = checkpoint(run, error);
            if (status != AANN_OK) {
                return status;
            }
        }
    }
}

aann_status aann_member_search(aann_scheduler *scheduler, aann_member_job *job, int32_t threads,
                               aann_error *error)
{
    member_run run = {
        .scheduler = scheduler,
        .job = job,
        .threads = threads,
        .meter = aann_meter_start(job->row.seconds),
        .next_checkpoint = aann_clock_seconds() + scheduler->work->checkpoint_seconds,
        .train_accuracy = job->row.train_accuracy,
        .validation_loss = job->row.validation_loss,
        .validation_accuracy = job->row.validation_accuracy,
    };
    aann_status status = open_run(&run, error);
    if (status == AANN_OK) {
        aann_search_progress progress;
        get_progress(&run, &progress);
        aann_meter_set(&run.meter, &progress);
        aann_scheduler_set_search(scheduler, job, run.search);
        status = go(&run, error);
        aann_scheduler_set_search(scheduler, job, NULL);
        if (run.search != NULL) {
            publish(&run, true);
        }
    }
    aann_search_destroy(run.search);
    aann_network_destroy(run.kept);
    aann_scorer_clear(&run.scorer);
    free(run.rows);
    return status;
}
