/* Measures in a short run how many candidates fit into a time.
 *
 * The rate of the first seconds differs from the mean rate: later, more candidates are rejected
 * early, but more samples are in use, and regrouping them takes time. On the MNIST network these
 * effects about cancel; the factor leaves a margin. It need not be exact: the time limit cuts off a
 * budget that is too large, a budget that is too small ends early, and the study records the
 * budget. */
#include "family/calibrate.h"

#include <math.h>

#include "core/clock.h"
#include "family/meter.h"
#include "family/open_search.h"

static const double share_to_use = 0.85;   /* of the time, so that nearly every member ends cold */
static const double mean_over_first = 0.5; /* mean rate over the rate of the calibration */
static const double longest_calibration = 2.0; /* seconds */
static const double longest_by_driving = 30.0; /* a candidate takes about a second */
static const double share_to_calibrate = 0.05;

typedef struct stop_watch {
    double end;
    const aann_family_work *work;
    bool interrupted; /* the caller asked to stop */
} stop_watch;

static bool time_is_over(void *context)
{
    stop_watch *watch = context;
    const aann_family_work *work = watch->work;
    watch->interrupted = work->interrupted != NULL && work->interrupted(work->context);
    return watch->interrupted || aann_clock_seconds() >= watch->end;
}

aann_status aann_cost_measure(const aann_spec *spec, const aann_family_data *data,
                              const aann_family_plan *plan, const aann_family_work *work,
                              int32_t threads, double member_seconds, aann_cost *cost,
                              aann_error *error)
{
    aann_search_options options = plan->search;
    options.steps = 200000;
    options.threads = threads;
    options.isa = work->isa;
    aann_search *search = NULL;
    const double begin = aann_clock_seconds();
    const aann_status status = aann_member_search_open(
        spec, data, &options, 0, plan->start_count > 0 ? plan->starts[0] : NULL, NULL, 0, &search,
        error);
    if (status != AANN_OK) {
        return status;
    }
    const double start = aann_clock_seconds();
    const double longest = options.reward_tracks > 0 ? longest_by_driving : longest_calibration;
    stop_watch watch = {start + fmin(longest, share_to_calibrate * member_seconds), work, false};
    const aann_status ran = aann_search_run(search, options.steps, time_is_over, &watch, error);
    const double seconds = aann_clock_seconds() - start;
    aann_search_progress progress;
    aann_search_progress_get(search, &progress);
    aann_search_destroy(search);
    *cost = (aann_cost){
        .opening = start - begin,
        .rate = (double)progress.step / fmax(seconds, 1e-6),
    };
    return ran == AANN_INTERRUPTED && !watch.interrupted ? AANN_OK : ran;
}

aann_status aann_calibrate(const aann_spec *spec, const aann_family_data *data,
                           const aann_family_plan *plan, const aann_family_work *work,
                           int32_t threads, double member_seconds, uint64_t *steps,
                           aann_error *error)
{
    aann_cost cost;
    const aann_status status =
        aann_cost_measure(spec, data, plan, work, threads, member_seconds, &cost, error);
    if (status != AANN_OK) {
        return status;
    }
    /* the first state has to be computed again */
    const double left = fmax(member_seconds - 2.0 * cost.opening, 0.0);
    *steps = (uint64_t)fmax(1.0, share_to_use * mean_over_first * cost.rate * left);
    return AANN_OK;
}
