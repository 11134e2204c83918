/* Searches planned by an effort, or by the number of candidates that fit into a time.
 *
 * Pictures and signals with classes are moved: each regrouping of a search moves every sample by up
 * to a 28th of its side, which costs nothing and keeps what is learnt from being about single
 * samples. A long search has two phases. In the first, at the usual temperature, the network finds
 * its form. Where that has frozen, what is left are many small gains, which are told from noise on
 * more samples: the second phase compares candidates on four times as many, warps them too, and
 * anneals from a tenth of the temperature. The longer a search, the more often it regroups: what is
 * gained on a working set by too many candidates is not gained on other samples. docs/search.md has
 * the figures.
 *
 * Rows of features, targets, drives for reward and baselines have no such moves: there an effort is
 * a number of steps. */
#include "family/effort.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "core/real_text.h"
#include "family/samples.h"

static const aann_effort_size sizes[AANN_LARGEST_EFFORT] = {{4e4, 8},   {9e4, 12},    {2e5, 25},
                                                            {6e5, 50},  {2e6, 50},    {4e6, 100},
                                                            {7e6, 175}, {1.7e7, 425}, {6e7, 1500}};

/* From this budget on there are two phases, and the second takes half of the time. */
static const double second_from = 1e6;
static const double second_share = 0.5;

/* Time of a candidate of the second phase, over that of one of the first. */
static const double second_cost = 1.6;

/* Regroupings of a phase with jitter, the fewest and the most; candidates of the first phase for
 * which long searches have another one; the share of the time that they may take where there is
 * little, and what one takes on average, while the samples in use grow, of one of all samples. */
static const double usual_regroupings = 50.0;
static const double fewest_regroupings = 4.0;
static const double most_regroupings = 1e6;
static const double candidates_a_regrouping = 2e4;
static const double share_to_regroup = 0.3;
static const double growing_share = 0.7;

/* Share of the time for which steps are planned. */
static const double share_to_use = 0.85;

/* Candidates per second of a whole search, over those of its first seconds, in which many are
 * accepted. The MNIST network has twice as many; a margin. */
static const double rate_over_first = 1.6;

enum {
    SIDE_OF_A_STEP = 28, /* samples are moved by a row for so many */
    SMALLEST_MOVED = 20, /* smaller pictures lose what they show when they are moved by a row */
    USUAL_EFFORT = 5
};

bool aann_effort_moves(const aann_family_data *data, const aann_spec *spec,
                       const aann_family_plan *plan)
{
    const aann_search_options *search = &plan->search;
    return data->train->targets == NULL && search->reward_tracks == 0 &&
           (spec->input.height > 1 || spec->input.width > 1) &&
           (search->method == AANN_METHOD_SENSE || search->method == AANN_METHOD_HILL);
}

/* By how many rows and columns samples are moved. */
static int32_t choose_jitter(const aann_spec *spec)
{
    const int32_t side =
        spec->input.height > spec->input.width ? spec->input.height : spec->input.width;
    return side < SMALLEST_MOVED ? 0 : (side + SIDE_OF_A_STEP / 2) / SIDE_OF_A_STEP;
}

/* The largest search, of one or two phases, that fits into the seconds that are left. */
static aann_effort_size fit_phases(double left, const aann_cost *cost, bool two)
{
    const double rate = rate_over_first * cost->rate;
    const double first = rate * left * (two ? 1.0 - second_share : 1.0);
    const double wanted = fmax(usual_regroupings, first / candidates_a_regrouping);
    const double fitting = share_to_regroup * left / fmax(cost->opening, 1e-6) / (two ? 2.0 : 1.0);
    const double regroupings =
        fmax(fewest_regroupings, fmin(fmin(fitting, wanted), most_regroupings));
    const double rest = left - (growing_share + (two ? 1.0 : 0.0)) * regroupings * cost->opening;
    return (aann_effort_size){
        .candidates = fmax(rate * rest, 1.0),
        .regroupings = (int32_t)regroupings,
    };
}

aann_effort_size aann_effort_fit(double seconds, const aann_cost *cost)
{
    const double left = fmax(share_to_use * seconds - 2.0 * cost->opening, 0.0);
    aann_effort_size size = fit_phases(left, cost, true);
    if (size.candidates < second_from) {
        size = fit_phases(left, cost, false);
        size.candidates = fmin(size.candidates, second_from - 1.0);
    }
    return size;
}

/* How often a phase regroups, unless that is as usual; returns how much was written. */
static int write_interval(char *text, size_t size, double steps, int32_t regroupings)
{
    return regroupings == (int32_t)usual_regroupings
               ? 0
               : snprintf(text, size, " arrange_interval=%.0f", ceil(steps / regroupings));
}

aann_status aann_effort_phases(const aann_effort_size *size, const aann_spec *spec,
                               aann_family_plan *plan, aann_error *error)
{
    char text[512];
    const int32_t jitter = choose_jitter(spec);
    const bool two = size->candidates >= second_from;
    const double first =
        fmax(1.0, floor(two ? (1.0 - second_share) * size->candidates : size->candidates));
    char temperature[AANN_REAL_TEXT_SIZE]; /* with a point in every locale */
    aann_real_to_text(0.1 * plan->search.temperature, AANN_REAL_DIGITS_LIMIT, temperature);
    int length = snprintf(text, sizeof text, "steps=%.0f jitter=%" PRId32 "%s", first, jitter,
                          jitter == 0 ? " warp=0.05" : "");
    length += write_interval(text + length, sizeof text - (size_t)length, first, size->regroupings);
    if (two) {
        const double second = floor(second_share * size->candidates / second_cost);
        length += snprintf(text + length, sizeof text - (size_t)length,
                           "; steps=%.0f temperature=%s jitter=%" PRId32
                           " warp=0.1 working_samples=32768",
                           second, temperature, jitter);
        (void)write_interval(text + length, sizeof text - (size_t)length, second,
                             size->regroupings);
    }
    return aann_phases_set(plan, text, error);
}

aann_status aann_effort_plan(int32_t effort, const aann_family_data *data, const aann_spec *spec,
                             aann_family_plan *plan, aann_error *error)
{
    if (effort < 1 || effort > AANN_LARGEST_EFFORT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "effort is %" PRId32 ": expected 1 to %d",
                         effort, AANN_LARGEST_EFFORT);
    }
    if (aann_effort_moves(data, spec, plan)) {
        return aann_effort_phases(&sizes[effort - 1], spec, plan, error);
    }
    const double steps = ldexp((double)plan->search.steps, effort - USUAL_EFFORT);
    plan->phase_count = 0;
    plan->search.steps = (uint64_t)fmax(1.0, fmin(steps, 1e15));
    return AANN_OK;
}
