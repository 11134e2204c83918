/* A walk: segment after segment, each from one recorded member to the next.
 *
 * A segment is a confined search (search/confine.c) that begins at the last member and ends when
 * plan.every swaps are accepted and the network passes the threshold. It is a function of (start,
 * last member, data, plan, number of the segment), so only the members need to be stored, and a
 * walk can be extended at any time. Within a segment the study has the unfinished member,
 * AANN_MEMBER_RUNNING, with a checkpoint: the bound, the number of accepted swaps at the next
 * score, and the search's own state.
 *
 * The bound. The threshold is on the validation split, which the search never reads; the bound is
 * on the training loss. Which loss corresponds to an accuracy differs between tasks and drifts on a
 * long walk, so each score updates the bound: with the share e of the validation split that is
 * answered wrong at training loss l, and the share e* that the threshold allows,
 *     bound = l sqrt(e* / e),
 * the geometric mean of l and of the loss at which the share would be e* if the two were
 * proportional. A walk that is well above its threshold gets a higher bound. One that fell below it
 * gets a bound below its loss; it may then not raise the loss until it is within the bound
 * (repair), and is scored again some swaps later. Recorded members always pass. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/check.h"
#include "family/meter.h"
#include "family/origin.h"
#include "family/patience.h"
#include "family/score.h"
#include "family/walk_plan.h"

enum { LOOKS_APART = 8, HEADER = 24, HEADER_VERSION = 1 };

/* A walk and its current segment. */
typedef struct walk_run {
    aann_study *study;
    const aann_walk_plan *walk;
    const aann_family_data *data;
    const aann_family_work *work;
    aann_spec spec;
    aann_family_plan plan;
    aann_search_options options;
    aann_member_row start_row;
    aann_network *start;
    aann_scorer scorer;
    double begin; /* of this session */
    /* The segment. */
    aann_search *search;
    aann_member_row row; /* the unfinished member */
    double bound;
    uint64_t target; /* accepted swaps at the next score */
    aann_meter meter;
    double next_checkpoint;
} walk_run;

/* ---- reporting and pausing ------------------------------------------------------------------- */

static void report(walk_run *run, bool stopped)
{
    if (run->work->report == NULL) {
        return;
    }
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    aann_member_report line = aann_meter_report(&run->meter, &run->row, &progress);
    const double done = (double)progress.accepted;
    line.stopped = stopped;
    line.step = progress.accepted;
    line.steps = run->target;
    line.temperature = 0.0;
    if (done > 0.0) {
        line.seconds_left = line.seconds * ((double)run->target - done) / done;
    }
    run->work->report(run->work->context, &line, 1);
}

static bool must_stop(const walk_run *run)
{
    return aann_work_must_stop(run->work, run->begin);
}

static bool pause_wanted(void *context)
{
    walk_run *run = context;
    if (aann_meter_is_due(&run->meter)) {
        report(run, false);
    }
    return aann_clock_seconds() >= run->next_checkpoint || must_stop(run);
}

/* ---- the bound ------------------------------------------------------------------------------- */

/* The share that is answered wrong, at least half a sample. */
static double share_wrong(double accuracy, int64_t samples)
{
    const double least = 0.5 / (double)samples;
    return 1.0 - accuracy > least ? 1.0 - accuracy : least;
}

static double find_bound(const walk_run *run, double loss, double accuracy)
{
    const aann_walk_plan *walk = run->walk;
    double bound = walk->loss > 0.0 ? walk->loss : INFINITY;
    if (walk->threshold > 0.0) {
        const int64_t samples = aann_family_data_validation(run->data)->count;
        const double room = share_wrong(walk->threshold, samples) / share_wrong(accuracy, samples);
        bound = fmin(bound, loss * sqrt(room));
    }
    return bound;
}

static aann_status confine(walk_run *run, aann_error *error)
{
    const aann_confinement confinement = {.loss_limit = run->bound, .anchor = run->start};
    return aann_search_confine(run->search, &confinement, error);
}

/* ---- storing --------------------------------------------------------------------------------- */

static void put_u64(uint8_t *to, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        to[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint64_t take_u64(const uint8_t *from)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value |= (uint64_t)from[i] << (8 * i);
    }
    return value;
}

/* Brings the row up to date. */
static void update_row(walk_run *run)
{
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    run->row.steps = progress.step;
    run->row.accepted = progress.accepted;
    run->row.swaps_from_parent = (int64_t)progress.accepted;
    run->row.train_loss = progress.train_loss;
    run->row.train_accuracy = run->options.regression ? NAN
                                                      : (double)aann_search_correct(run->search) /
                                                            (double)progress.samples;
    run->row.seconds = aann_meter_seconds(&run->meter);
}

static aann_status checkpoint(walk_run *run, aann_error *error)
{
    void *saved = NULL;
    size_t size = 0;
    aann_status status = aann_search_save(run->search, &saved, &size, error);
    uint8_t *state = status == AANN_OK ? aann_allocate(size + HEADER, 1) : NULL;
    if (status == AANN_OK && state == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a checkpoint");
    }
    if (status == AANN_OK) {
        uint64_t bits;
        memcpy(&bits, &run->bound, sizeof bits);
        put_u64(state, HEADER_VERSION);
        put_u64(state + 8, bits);
        put_u64(state + 16, run->target);
        memcpy(state + HEADER, saved, size);
        update_row(run);
        status = aann_study_save_member(run->study, &run->row, aann_search_network(run->search),
                                        state, size + HEADER, NULL, 0, error);
    }
    free(saved);
    free(state);
    run->next_checkpoint = aann_clock_seconds() + run->work->checkpoint_seconds;
    return status;
}

/* Finishes the member, as done or failed. */
static aann_status finish(walk_run *run, aann_member_state state, aann_error *error)
{
    const aann_network *network = aann_search_network(run->search);
    aann_member_row *row = &run->row;
    aann_status status = aann_scorer_score(&run->scorer, network, aann_family_data_test(run->data),
                                           &row->test_loss, &row->test_accuracy, error);
    if (status != AANN_OK) {
        return status;
    }
    update_row(run);
    row->state = state;
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    const aann_trace_row line = {
        .step = progress.step,
        .seconds = row->seconds,
        .temperature = 0.0,
        .train_loss = row->train_loss,
        .train_accuracy = row->train_accuracy,
        .validation_loss = row->validation_loss,
        .validation_accuracy = row->validation_accuracy,
        .accepted = progress.accepted,
        .evaluated_samples = progress.evaluated_samples,
    };
    status = aann_study_save_member(run->study, row, network, NULL, 0, &line, 1, error);
    report(run, true);
    return status;
}

/* ---- a segment ------------------------------------------------------------------------------- */

/* A segment's random numbers belong to the start's weights, not to its number in some study. */
static uint64_t segment_number(const walk_run *run)
{
    return run->start_row.hash + (uint64_t)run->row.index;
}

/* Begins a segment from the previous member, whose score gives the first bound. */
static aann_status begin_segment(walk_run *run, const aann_network *from, aann_error *error)
{
    aann_status status =
        aann_search_create(&run->spec, aann_family_data_train(run->data), &run->options,
                           segment_number(run), from, &run->search, error);
    double accuracy = NAN;
    double loss = NAN;
    if (status == AANN_OK) {
        status = aann_scorer_score(&run->scorer, from, aann_family_data_validation(run->data),
                                   &loss, &accuracy, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    run->bound = find_bound(run, progress.train_loss, accuracy);
    run->target = (uint64_t)run->walk->every;
    return confine(run, error);
}

static aann_status resume_segment(walk_run *run, const aann_network *network, const uint8_t *state,
                                  size_t size, aann_error *error)
{
    if (size < HEADER || take_u64(state) != HEADER_VERSION) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the checkpoint of member %lld is damaged, or of another version of aann",
                         (long long)run->row.id);
    }
    const uint64_t bits = take_u64(state + 8);
    memcpy(&run->bound, &bits, sizeof bits);
    run->target = take_u64(state + 16);
    const aann_search_saved saved = {network, state + HEADER, size - HEADER};
    const aann_status status =
        aann_search_resume(&run->spec, aann_family_data_train(run->data), &run->options,
                           segment_number(run), &saved, &run->search, error);
    return status == AANN_OK ? confine(run, error) : status;
}

/* Opens the segment of run->row where it stands in the study. */
static aann_status open_segment(walk_run *run, aann_error *error)
{
    void *state = NULL;
    size_t size = 0;
    aann_network *network = NULL;
    aann_status status = aann_study_checkpoint(run->study, run->row.id, &state, &size, error);
    if (status == AANN_OK) {
        status = aann_study_network(run->study, run->row.id, &network, error);
    }
    run->meter = aann_meter_start(run->row.seconds);
    run->next_checkpoint = aann_clock_seconds() + run->work->checkpoint_seconds;
    if (status == AANN_OK) {
        status = state != NULL ? resume_segment(run, network, state, size, error)
                               : begin_segment(run, network, error);
    }
    if (status == AANN_OK) {
        aann_search_progress progress;
        aann_search_progress_get(run->search, &progress);
        aann_meter_set(&run->meter, &progress);
    }
    free(state);
    aann_network_destroy(network);
    return status;
}

/* Scores the network where enough swaps are accepted or all candidates are used up; *ended if the
 * segment is over. */
static aann_status score_segment(walk_run *run, const aann_search_progress *progress, bool *ended,
                                 aann_error *error)
{
    aann_member_row *row = &run->row;
    const aann_status status = aann_scorer_score(
        &run->scorer, aann_search_network(run->search), aann_family_data_validation(run->data),
        &row->validation_loss, &row->validation_accuracy, error);
    if (status != AANN_OK) {
        return status;
    }
    const bool accurate =
        run->walk->threshold <= 0.0 || row->validation_accuracy >= run->walk->threshold;
    const bool passes = accurate && progress->accepted > 0;
    if (passes || progress->step >= run->walk->steps) {
        *ended = true;
        return finish(run, passes ? AANN_MEMBER_DONE : AANN_MEMBER_FAILED, error);
    }
    const uint64_t more = (uint64_t)run->walk->every / LOOKS_APART;
    run->target = progress->accepted + (more > 0 ? more : 1);
    run->bound = find_bound(run, progress->train_loss, row->validation_accuracy);
    return confine(run, error);
}

/* Runs to the end of the segment, or until the walk must stop (AANN_INTERRUPTED). */
static aann_status go(walk_run *run, aann_error *error)
{
    bool ended = false;
    aann_status status = AANN_OK;
    while (status == AANN_OK && !ended) {
        aann_search_limits limits = aann_search_limits_default();
        limits.accepted = run->target;
        status = aann_search_run_until(run->search, &limits, pause_wanted, run, error);
        status = status == AANN_INTERRUPTED ? AANN_OK : status; /* paused: see below */
        aann_search_progress progress;
        aann_search_progress_get(run->search, &progress);
        if (status != AANN_OK) {
            break;
        }
        if (progress.accepted >= run->target || progress.step >= run->walk->steps) {
            status = score_segment(run, &progress, &ended, error);
        } else if (must_stop(run)) {
            status = checkpoint(run, error);
            status = status == AANN_OK ? AANN_INTERRUPTED : status;
            report(run, true);
        } else if (aann_clock_seconds() >= run->next_checkpoint) {
            status = checkpoint(run, error);
        }
    }
    aann_search_destroy(run->search);
    run->search = NULL;
    return status;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* Adds the next member, with the weights of the last one. */
static aann_status add_member(walk_run *run, const aann_member_row *last, int32_t index,
                              aann_error *error)
{
    aann_network *network = NULL;
    aann_status status = aann_study_network(run->study, last->id, &network, error);
    run->row = aann_member_row_begin(last->family, index, run->walk->seed, "walk");
    run->row.parent = last->id;
    if (status == AANN_OK) {
        status = aann_study_add_member(run->study, &run->row, network, error);
    }
    aann_network_destroy(network);
    return status;
}

static bool is_short(const walk_run *run, const aann_member_row *member)
{
    return member->state == AANN_MEMBER_FAILED || member->swaps_from_parent < run->walk->every;
}

static aann_status walk_on(walk_run *run, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    aann_status status = aann_walk_members(run->study, run->walk, &members, &count, error);
    aann_member_row last = count > 0 ? members[count - 1] : run->start_row;
    free(members);
    int32_t index = (int32_t)count;
    bool half_made = count > 0 && last.state == AANN_MEMBER_RUNNING;
    bool stuck = count > 0 && !half_made && is_short(run, &last);
    while (status == AANN_OK && !stuck && (half_made || index < run->walk->members)) {
        if (half_made) {
            run->row = last;
        } else {
            status = add_member(run, &last, index++, error);
        }
        half_made = false;
        if (status == AANN_OK) {
            status = open_segment(run, error);
        }
        if (status == AANN_OK) {
            status = go(run, error);
        }
        last = run->row;
        stuck = is_short(run, &last);
        if (status == AANN_OK && !stuck && index < run->walk->members && must_stop(run)) {
            status = AANN_INTERRUPTED;
        }
    }
    return status;
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* The start must pass the walk's threshold and be within its loss limit. */
static aann_status check_start(walk_run *run, aann_error *error)
{
    const aann_walk_plan *walk = run->walk;
    const long long id = (long long)walk->start;
    double loss = NAN;
    double accuracy = NAN;
    aann_status status = AANN_OK;
    if (run->start_row.state == AANN_MEMBER_RUNNING) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "member %lld is not finished: aann_family_resume goes on", id);
    }
    if (walk->threshold > 0.0) {
        status = aann_family_check_threshold(walk->threshold, run->data, error);
        if (status == AANN_OK) {
            status =
                aann_scorer_score(&run->scorer, run->start, aann_family_data_validation(run->data),
                                  &loss, &accuracy, error);
        }
        if (status == AANN_OK && accuracy < walk->threshold) {
            return aann_fail(
                error, AANN_ERROR_ARGUMENT,
                "member %lld has %.2f %% on the validation split, below the threshold of %.2f %%",
                id, 100.0 * accuracy, 100.0 * walk->threshold);
        }
    }
    if (status == AANN_OK && walk->loss > 0.0) {
        status = aann_scorer_score(&run->scorer, run->start, aann_family_data_train(run->data),
                                   &loss, &accuracy, error);
        if (status == AANN_OK && loss > walk->loss) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "member %lld has training loss %g, above the bound of %g", id, loss,
                             walk->loss);
        }
    }
    return status;
}

/* Stores the plan; a walk that is there already may only become longer. */
static aann_status store_plan(walk_run *run, const aann_family_row *family, aann_error *error)
{
    const aann_walk_plan *walk = run->walk;
    aann_walk_plan *plans = NULL;
    size_t count = 0;
    char *changed = NULL;
    aann_status status = aann_walk_plans_parse(family->options, &plans, &count, error);
    bool stored = false;
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        const aann_walk_plan *old = &plans[i];
        if (old->start != walk->start || old->seed != walk->seed) {
            continue;
        }
        stored = walk->members <= old->members;
        if (old->every != walk->every || old->steps != walk->steps ||
            old->threshold != walk->threshold || old->loss != walk->loss) {
            status = aann_fail(
                error, AANN_ERROR_ARGUMENT,
                "member %lld has a walk with seed %llu and other settings (every %lld, steps %llu, "
                "threshold %g, loss %g): another walk needs another seed",
                (long long)old->start, (unsigned long long)old->seed, (long long)old->every,
                (unsigned long long)old->steps, old->threshold, old->loss);
        }
    }
    if (status == AANN_OK && !stored) {
        status = aann_walk_plans_add(family->options, walk, &changed, error);
    }
    if (status == AANN_OK && !stored) {
        status = aann_study_save_options(run->study, family->id, changed, error);
    }
    free(plans);
    free(changed);
    return status;
}

/* The search's options for a walk: the family's, but on all samples from the first, as they are,
 * without annealing. */
static aann_search_options walk_options(const walk_run *run)
{
    aann_search_options options = run->plan.search;
    options.seed = run->walk->seed;
    options.steps = run->walk->steps;
    options.method = AANN_METHOD_SENSE; /* however its members were found */
    options.temperature = 0.0;
    options.first_samples = 0;
    options.working_samples = 0; /* a bound is kept on all samples */
    options.jitter = 0;
    options.warp = 0.0;
    options.copies = 1;
    options.lesion_noise = 0.0;
    options.threads = run->work->threads > 0 ? run->work->threads : aann_processor_count();
    options.isa = run->work->isa;
    return options;
}

/* Prepares all that takes little time. */
static aann_status prepare(walk_run *run, const aann_family_row *family, aann_error *error)
{
    aann_status status = aann_family_spec(family, &run->spec, error);
    if (status == AANN_OK) {
        status = aann_family_plan_parse(family->options, &run->plan, error);
    }
    if (status == AANN_OK) {
        status = aann_walk_plan_check(run->walk, run->plan.search.regression, error);
    }
    if (status == AANN_OK) {
        status = aann_family_check_samples(&run->spec, run->data, error);
    }
    if (status == AANN_OK) {
        status = aann_study_network(run->study, run->walk->start, &run->start, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    run->options = walk_options(run);
    return aann_scorer_create(&run->spec, run->data, run->walk->loss > 0.0, &run->options,
                              run->options.threads, run->work->isa, &run->scorer, error);
}

aann_status aann_walk_run(aann_study *study, const aann_walk_plan *plan,
                          const aann_family_data *data, const aann_family_work *work,
                          aann_error *error)
{
    walk_run run = {
        .study = study, .walk = plan, .data = data, .work = work, .begin = aann_clock_seconds()};
    aann_family_row family = {0};
    aann_patience patience;
    aann_patience_begin(&patience, study, work, false);
    aann_status status = aann_study_member(study, plan->start, &run.start_row, error);
    if (status == AANN_OK) {
        status = aann_study_family(study, run.start_row.family, &family, error);
    }
    if (status == AANN_OK) {
        status = prepare(&run, &family, error);
    }
    if (status == AANN_OK) {
        status = check_start(&run, error);
    }
    if (status == AANN_OK) {
        status = store_plan(&run, &family, error);
    }
    if (status == AANN_OK) {
        status = walk_on(&run, error);
    }
    aann_patience_end(&patience);
    aann_scorer_clear(&run.scorer);
    aann_network_destroy(run.start);
    aann_family_row_destroy(&family);
    return status;
}
