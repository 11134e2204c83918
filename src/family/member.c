/* One member, from its start or its last checkpoint to its end.
 *
 * The search runs from mark to mark; a mark is every hundredth of the step budget. There a line of
 * history is kept, and the validation split is scored, if that is worth its time (score_is_due).
 * Between marks the search asks several times a second whether to pause: for a checkpoint, or
 * because everything is to stop. None of this changes what the search decides, so the marks, and
 * whether the threshold was passed at one, are the same however often a run was interrupted. Lines
 * of history are stored together with the checkpoint that comes after them: a killed process loses
 * both or neither, and makes them again. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/scheduler.h"
#include "family/score.h"

enum { MARKS = 100, MARKS_PER_SCORE = 5, CANDIDATES_PER_SCORE = 5000 };
static const double seconds_between_reports = 0.1;
static const double seconds_of_rate = 3.0; /* over which rates are averaged */

/* What one member's thread works with. */
typedef struct member_run {
    aann_scheduler *process;
    aann_member_job *job;
    aann_search *search;
    aann_scorer scorer;
    aann_trace_row *rows; /* [row_count]: not stored yet */
    size_t row_count;
    double session_start;   /* when this session of the member began */
    double earlier_seconds; /* of the sessions before */
    double next_checkpoint;
    double last_report;
    uint64_t last_step;
    uint64_t last_samples;
    double rate; /* candidates per second, averaged */
    double sample_rate;
    double train_accuracy;
    double validation_loss;
    double validation_accuracy;
} member_run;

double aann_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- reporting ----------------------------------------------------------------------------------- */

static double seconds_so_far(const member_run *run)
{
    return run->earlier_seconds + aann_now() - run->session_start;
}

/* Averages over the last seconds, whatever the distance between two calls. */
static void update_rates(member_run *run, const aann_search_progress *progress, double now)
{
    const double elapsed = now - run->last_report;
    if (elapsed <= 0.0) {
        return;
    }
    const double rate = (double)(progress->step - run->last_step) / elapsed;
    const double sample_rate = (double)(progress->evaluated_samples - run->last_samples) / elapsed;
    const double weight = run->rate > 0.0 ? 1.0 - exp(-elapsed / seconds_of_rate) : 1.0;
    run->rate += weight * (rate - run->rate);
    run->sample_rate += weight * (sample_rate - run->sample_rate);
    run->last_report = now;
    run->last_step = progress->step;
    run->last_samples = progress->evaluated_samples;
}

static void publish(member_run *run, bool stopped)
{
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    update_rates(run, &progress, aann_now());
    const aann_member_row *row = &run->job->row;
    const uint64_t steps = run->process->plan->search.steps;
    const aann_member_report report = {
        .id = row->id,
        .index = row->index,
        .state = row->state,
        .stopped = stopped,
        .step = progress.step,
        .steps = steps,
        .accepted = progress.accepted,
        .candidates_per_second = run->rate,
        .samples_per_second = run->sample_rate,
        .temperature = progress.temperature,
        .train_loss = progress.train_loss,
        .train_accuracy = run->train_accuracy,
        .validation_accuracy = run->validation_accuracy,
        .test_accuracy = row->test_accuracy,
        .validation_loss = run->validation_loss,
        .test_loss = row->test_loss,
        .reward = run->process->plan->search.reward_tracks > 0
                      ? 1000.0 * (1.0 - progress.train_loss)
                      : NAN,
        .seconds = seconds_so_far(run),
        .seconds_left = run->rate > 0.0 ? (double)(steps - progress.step) / run->rate : NAN,
    };
    pthread_mutex_lock(&run->process->mutex);
    run->job->report = report;
    run->job->started = true;
    pthread_cond_signal(&run->process->changed);
    pthread_mutex_unlock(&run->process->mutex);
}

/* ---- when to pause ------------------------------------------------------------------------------- */

static bool out_of_time(const member_run *run)
{
    const double limit = run->process->member_seconds;
    return limit > 0.0 && seconds_so_far(run) >= limit;
}

static bool must_stop(const member_run *run)
{
    return atomic_load_explicit(&run->process->stop, memory_order_relaxed);
}

static bool pause_wanted(void *context)
{
    member_run *run = context;
    const double now = aann_now();
    if (now - run->last_report >= seconds_between_reports) {
        publish(run, false);
    }
    return must_stop(run) || now >= run->next_checkpoint || out_of_time(run);
}

/* ---- marks -------------------------------------------------------------------------------------- */

/* Where mark i is: steps * i / MARKS, in a form that does not overflow. */
static uint64_t mark_place(uint64_t steps, uint64_t i)
{
    return steps / MARKS * i + steps % MARKS * i / MARKS;
}

/* The first mark after `step`. */
static uint64_t next_mark(uint64_t steps, uint64_t step)
{
    uint64_t i = 1;
    while (i < MARKS && mark_place(steps, i) <= step) {
        i++;
    }
    return mark_place(steps, i);
}

/* ---- scores -------------------------------------------------------------------------------------- */

static aann_status score_validation(member_run *run, aann_error *error)
{
    return aann_scorer_score(&run->scorer, aann_search_network(run->search),
                             aann_family_data_validation(run->process->data), &run->validation_loss,
                             &run->validation_accuracy, error);
}

static double train_accuracy(const member_run *run, const aann_search_progress *progress)
{
    return run->process->plan->search.regression
               ? NAN
               : (double)aann_search_correct(run->search) / (double)progress->samples;
}

/* Scoring takes as long as some hundred candidates. Where a threshold is waited for, every mark is
 * scored; else no more often than every so many candidates, but twenty times in all. */
static bool score_is_due(const aann_family_plan *plan, uint64_t step)
{
    const uint64_t steps = plan->search.steps;
    if (plan->threshold > 0.0 || steps / MARKS >= CANDIDATES_PER_SCORE) {
        return true;
    }
    for (uint64_t i = MARKS_PER_SCORE; i <= MARKS; i += MARKS_PER_SCORE) {
        if (mark_place(steps, i) == step) {
            return true;
        }
    }
    return false;
}

/* Keeps a line of history, with the score of the validation split if it is due. */
static aann_status mark(member_run *run, aann_error *error)
{
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    const bool due = score_is_due(run->process->plan, progress.step);
    const aann_status status = due ? score_validation(run, error) : AANN_OK;
    if (status != AANN_OK) {
        return status;
    }
    run->train_accuracy = train_accuracy(run, &progress);
    run->rows[run->row_count++] = (aann_trace_row){
        .step = progress.step,
        .seconds = seconds_so_far(run),
        .temperature = progress.temperature,
        .train_loss = progress.train_loss,
        .train_accuracy = run->train_accuracy,
        .validation_loss = due ? run->validation_loss : NAN,
        .validation_accuracy = due ? run->validation_accuracy : NAN,
        .accepted = progress.accepted,
        .evaluated_samples = progress.evaluated_samples,
    };
    return AANN_OK;
}

/* ---- storing ------------------------------------------------------------------------------------- */

/* Brings the member's row up to date and stores it; without a state the member is finished. */
static aann_status store(member_run *run, const void *state, size_t size, aann_error *error)
{
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    aann_member_row *row = &run->job->row;
    row->steps = progress.step;
    row->accepted = progress.accepted;
    row->train_loss = progress.train_loss;
    row->train_accuracy = train_accuracy(run, &progress);
    row->validation_loss = run->validation_loss;
    row->validation_accuracy = run->validation_accuracy;
    row->seconds = seconds_so_far(run);
    pthread_mutex_lock(&run->process->mutex);
    const aann_status status =
        aann_study_save_member(run->process->study, row, aann_search_network(run->search), state,
                               size, run->rows, run->row_count, error);
    pthread_mutex_unlock(&run->process->mutex);
    run->row_count = status == AANN_OK ? 0 : run->row_count;
    return status;
}

static aann_status checkpoint(member_run *run, aann_error *error)
{
    void *state = NULL;
    size_t size = 0;
    aann_status status = aann_search_save(run->search, &state, &size, error);
    if (status == AANN_OK) {
        status = store(run, state, size, error);
    }
    free(state);
    run->next_checkpoint = aann_now() + run->process->work->checkpoint_seconds;
    return status;
}

/* The end: the only time that the test set is looked at. */
static aann_status finish(member_run *run, bool passed, aann_error *error)
{
    aann_member_row *row = &run->job->row;
    aann_status status = aann_scorer_score(&run->scorer, aann_search_network(run->search),
                                           aann_family_data_test(run->process->data),
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

/* ---- the run ------------------------------------------------------------------------------------- */

static bool passes(const member_run *run)
{
    const double threshold = run->process->plan->threshold;
    return threshold <= 0.0 || run->validation_accuracy >= threshold;
}

/* From mark to mark. Returns with the member finished, or stored where it stopped. */
static aann_status go(member_run *run, aann_error *error)
{
    const aann_family_plan *plan = run->process->plan;
    const uint64_t steps = plan->search.steps;
    for (;;) {
        aann_search_progress progress;
        aann_search_progress_get(run->search, &progress);
        const uint64_t target = next_mark(steps, progress.step);
        aann_status status = aann_search_run(run->search, target, pause_wanted, run, error);
        status = status == AANN_INTERRUPTED ? AANN_OK : status;
        aann_search_progress_get(run->search, &progress);
        const bool at_mark = progress.step == target;
        if (status == AANN_OK && at_mark) {
            status = mark(run, error);
        }
        if (status != AANN_OK) {
            return status;
        }
        const bool at_end = progress.step >= steps || out_of_time(run);
        if (at_end || (at_mark && plan->threshold > 0.0 && passes(run))) {
            if (!at_mark) {
                status = score_validation(run, error);
            }
            return status == AANN_OK ? finish(run, passes(run), error) : status;
        }
        if (must_stop(run)) {
            return checkpoint(run, error);
        }
        if (aann_now() >= run->next_checkpoint) {
            status = checkpoint(run, error);
            if (status != AANN_OK) {
                return status;
            }
        }
    }
}

/* The search from its last checkpoint, or from the start if there is none. */
static aann_status open_search(member_run *run, int32_t threads, aann_error *error)
{
    aann_scheduler *process = run->process;
    const aann_member_row *row = &run->job->row;
    aann_search_options options = process->plan->search;
    options.threads = threads;
    options.isa = process->work->isa;
    aann_network *network = NULL;
    void *state = NULL;
    size_t size = 0;
    pthread_mutex_lock(&process->mutex);
    aann_status status = aann_study_checkpoint(process->study, row->id, &state, &size, error);
    if (status == AANN_OK) {
        status = aann_study_network(process->study, row->id, &network, error);
    }
    pthread_mutex_unlock(&process->mutex);
    if (status == AANN_OK) {
        status = aann_open_search(process->spec, process->data, &options, (uint64_t)row->index,
                                  network, state, size, &run->search, error);
        if (status == AANN_ERROR_FORMAT) {
            aann_fail_prefix(error, status, "member %lld", (long long)row->id);
        }
    }
    aann_network_destroy(network);
    free(state);
    return status;
}

static aann_status open_run(member_run *run, int32_t threads, aann_error *error)
{
    const aann_scheduler *process = run->process;
    run->rows = aann_allocate(MARKS + 1, sizeof *run->rows);
    if (run->rows == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the history of a member");
    }
    const aann_status status =
        aann_scorer_create(process->spec, process->data, false, &process->plan->search, threads,
                           process->work->isa, &run->scorer, error);
    return status == AANN_OK ? open_search(run, threads, error) : status;
}

aann_status aann_member_search(aann_scheduler *process, aann_member_job *job, int32_t threads,
                               aann_error *error)
{
    const double now = aann_now();
    member_run run = {
        .process = process,
        .job = job,
        .session_start = now,
        .earlier_seconds = job->row.seconds,
        .next_checkpoint = now + process->work->checkpoint_seconds,
        .train_accuracy = job->row.train_accuracy,
        .validation_loss = job->row.validation_loss,
        .validation_accuracy = job->row.validation_accuracy,
    };
    aann_status status = open_run(&run, threads, error);
    if (status == AANN_OK) {
        aann_search_progress progress;
        aann_search_progress_get(run.search, &progress);
        run.last_report = aann_now();
        run.last_step = progress.step;
        run.last_samples = progress.evaluated_samples;
        status = go(&run, error);
        publish(&run, true);
    }
    aann_search_destroy(run.search);
    aann_scorer_clear(&run.scorer);
    free(run.rows);
    return status;
}
