/* Paths: steps nearer to the goal, and repairs between them.
 *
 * On a straight path in random order, the loss climbs halfway to that of a random network: the
 * weights of two networks do not work together. Two things keep it low. Of several swaps that
 * reduce the distance, the one that costs least comes next (search/best_swap.c). And while the loss
 * is above that of both ends, the search itself repairs (search/confine.c): it accepts swaps that
 * lower the loss and do not increase the distance, so that one difference replaces another and the
 * path leaves the straight lines between the ends. The distance never grows and every step lowers
 * it, so the path ends.
 *
 * The networks get worse as fewer swaps are left to choose from, so the path grows alternately from
 * both ends: a leg leads from one end's present network towards the other's, as far as the next
 * waypoint; then the other end continues. This avoids, for most of the way, the climb of a path
 * from one end. The worst point is where the halves meet, and no better than from one end (MNIST,
 * 10,000 samples: 0.24 against 0.23). Each leg is a new search, so there is memory for one at a
 * time. In the end the second half is reversed. */
#include "aann/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/check.h"
#include "family/meter.h"
#include "family/origin.h"
#include "family/path_watch.h"
#include "family/score.h"
#include "search/best_swap.h"
#include "search/mismatch.h"

static const int64_t most_repairs = 1000000000000000;
enum { MOST_POINTS = 10000, ARRANGE_INTERVAL = 20000, MOST_CANDIDATES = 256 };
enum { REPAIR_SHARE = 4, MOST_REPAIR_TIMES = 16 };

aann_path_options aann_path_options_default(void)
{
    return (aann_path_options){
        .seed = 1, .points = 10, .candidates = 32, .finalists = 4, .repairs = 100};
}

/* What finding one path works with. */
typedef struct path_run {
    const aann_family_data *data;
    const aann_path_options *options;
    const aann_family_work *work;
    const aann_network *goal; /* of the leg, or of the straight path */
    aann_search_options search_options;
    aann_random_key key;
    aann_scorer scorer;
    aann_search *search; /* NULL: a straight path */
    aann_mismatch differences;
    aann_path *path;
    int64_t whole; /* distance of the ends */
    double level;  /* loss above which is repaired */
    int64_t swaps; /* of the side that moves */
    int side;      /* 0 or 1: which one */
    aann_path_watch watch;
    aann_meter meter;
    bool stopped; /* the caller asked, or the time is over */
} path_run;

/* ---- checks ---------------------------------------------------------------------------------- */

static aann_status check_options(const aann_path_options *options, aann_error *error)
{
    if (options->points < 1 || options->points > MOST_POINTS || options->candidates < 1 ||
        options->candidates > MOST_CANDIDATES || options->finalists < 1 || options->repairs < 0 ||
        options->repairs > most_repairs) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "a path of %d points, %d candidates, %d finalists and %lld repairs: expected 1 to %d, 1 to "
            "%d, 1 and more, 0 to %lld",
            options->points, options->candidates, options->finalists, (long long)options->repairs,
            MOST_POINTS, MOST_CANDIDATES, (long long)most_repairs);
    }
    return AANN_OK;
}

static aann_status check_ends(const aann_network *from, const aann_network *to, aann_error *error)
{
    const aann_spec *a = aann_network_spec(from);
    const aann_spec *b = aann_network_spec(to);
    bool same = a->layer_count == b->layer_count;
    for (int32_t i = 0; same && i < a->layer_count; i++) {
        const aann_counts left = aann_network_counts(from, i);
        const aann_counts right = aann_network_counts(to, i);
        same = a->layers[i].units == b->layers[i].units &&
               a->layers[i].fan_in == b->layers[i].fan_in && left.minus == right.minus &&
               left.zero == right.zero && left.plus == right.plus;
    }
    return same ? AANN_OK
                : aann_fail(
                      error, AANN_ERROR_ARGUMENT,
                      "there is no path: the networks differ in their layers or in their counts");
}

/* ---- points ---------------------------------------------------------------------------------- */

/* Updates the path's worst values with those of a network. */
static aann_status note_worst(path_run *run, const aann_network *network, double loss,
                              double accuracy, aann_error *error)
{
    run->path->worst_loss = fmax(run->path->worst_loss, loss);
    run->path->worst_accuracy = fmin(run->path->worst_accuracy, accuracy);
    return aann_path_watch_loss(&run->watch, network, loss, run->swaps, run->side, error);
}

static aann_status score_point(path_run *run, const aann_network *network, aann_path_point *point,
                               aann_error *error)
{
    aann_status status =
        aann_scorer_score(&run->scorer, network, aann_family_data_validation(run->data),
                          &point->validation_loss, &point->validation_accuracy, error);
    if (status != AANN_OK) {
        return status;
    }
    point->test_loss = NAN;
    point->test_accuracy = NAN;
    if (run->search == NULL) {
        return aann_scorer_score(&run->scorer, network, aann_family_data_train(run->data),
                                 &point->train_loss, &point->train_accuracy, error);
    }
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    point->train_loss = progress.train_loss;
    point->train_accuracy =
        run->search_options.regression
            ? NAN
            : (double)aann_search_correct(run->search) / (double)progress.samples;
    return aann_scorer_score(&run->scorer, network, aann_family_data_test(run->data),
                             &point->test_loss, &point->test_accuracy, error);
}

static aann_status add_point(path_run *run, const aann_network *network, aann_path_point *point,
                             aann_error *error)
{
    aann_path *path = run->path;
    *point = (aann_path_point){.swaps = run->swaps, .distance = run->differences.count};
    aann_status status = aann_network_copy(network, &point->network, error);
    if (status != AANN_OK) {
        return status;
    }
    status = score_point(run, network, point, error);
    path->worst_validation_accuracy =
        fmin(path->worst_validation_accuracy, point->validation_accuracy);
    return status == AANN_OK
               ? note_worst(run, network, point->train_loss, point->train_accuracy, error)
               : status;
}

/* Waypoint number `done` is due at this distance or below. */
static int64_t point_distance(const path_run *run, int64_t done)
{
    const int64_t parts = run->options->points + 1;
    return run->whole / parts * (parts - done) + run->whole % parts * (parts - done) / parts;
}

/* ---- walking --------------------------------------------------------------------------------- */

static void report(path_run *run)
{
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    const aann_member_row row = aann_member_row_begin(0, 0, run->options->seed, "path");
    aann_member_report line = aann_meter_report(&run->meter, &row, &progress);
    const double left = (double)run->differences.count;
    const double done = (double)run->whole - left;
    line.step = (uint64_t)(run->whole - run->differences.count);
    line.steps = (uint64_t)run->whole;
    line.accepted = (uint64_t)run->swaps;
    if (done > 0.0) {
        line.seconds_left = line.seconds * left / done;
    }
    run->work->report(run->work->context, &line, 1);
}

static bool must_stop(path_run *run)
{
    if (run->work->report != NULL && run->search != NULL && aann_meter_is_due(&run->meter)) {
        report(run);
    }
    run->stopped = run->stopped || aann_work_must_stop(run->work, run->meter.start);
    return run->stopped;
}

/* Stopping during repairs changes no path: one that is stopped is not kept. */
static bool stop_wanted(void *context)
{
    return must_stop(context);
}

/* Checks the step to the present network, and updates the worst values. */
static aann_status note_present(path_run *run, aann_error *error)
{
    const aann_network *network = aann_search_network(run->search);
    const aann_status status = aann_path_watch_step(&run->watch, network, error);
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    return status == AANN_OK ? note_worst(run, network, progress.train_loss,
                                          run->search_options.regression
                                              ? NAN
                                              : (double)aann_search_correct(run->search) /
                                                    (double)progress.samples,
                                          error)
                             : status;
}

/* Makes one step that reduces the distance. */
static aann_status step(path_run *run, aann_network *straight, aann_error *error)
{
    const aann_network *network = straight != NULL ? straight : aann_search_network(run->search);
    const int32_t count = straight != NULL ? 1 : run->options->candidates;
    aann_random_stream stream =
        aann_random_start(run->key, (uint64_t)run->path->steps, AANN_PURPOSE_PATH);
    aann_swap swaps[MOST_CANDIDATES];
    for (int32_t i = 0; i < count; i++) {
        aann_mismatch_draw(&run->differences, network, run->goal, &stream, &swaps[i]);
    }
    run->path->steps++;
    run->swaps++;
    if (straight != NULL) {
        aann_swap_apply(&swaps[0], straight);
        return aann_path_watch_step(&run->watch, straight, error);
    }
    int32_t chosen;
    const aann_status status =
        aann_search_choose(run->search, swaps, count, run->options->finalists, &chosen, error);
    return status == AANN_OK ? note_present(run, error) : status;
}

/* The nearer the ends are to each other, the fewer swaps are left, and the more a repair gains. */
static uint64_t repair_candidates(const path_run *run)
{
    const int64_t near =
        run->whole / (REPAIR_SHARE * (run->differences.count > 0 ? run->differences.count : 1));
    const int64_t times = near < 1 ? 1 : near > MOST_REPAIR_TIMES ? MOST_REPAIR_TIMES : near;
    return (uint64_t)(run->options->repairs * times);
}

/* Accepts swaps that lower the loss until it is as low as at the ends or the candidates are used
 * up. */
static aann_status repair(path_run *run, aann_error *error)
{
    aann_search_progress progress;
    aann_search_progress_get(run->search, &progress);
    aann_search_limits limits = aann_search_limits_default();
    limits.step = progress.step + repair_candidates(run);
    limits.loss = run->level;
    while (progress.step < limits.step && progress.train_loss > run->level && !must_stop(run)) {
        limits.accepted = progress.accepted + 1;
        aann_status status = aann_search_run_until(run->search, &limits, stop_wanted, run, error);
        status = status == AANN_INTERRUPTED ? AANN_OK : status; /* noticed again by walk_leg */
        const uint64_t before = progress.accepted;
        aann_search_progress_get(run->search, &progress);
        if (status != AANN_OK) {
            return status;
        }
        if (progress.accepted > before) {
            run->path->repairs++;
            run->swaps++;
            status = note_present(run, error);
            if (status != AANN_OK) {
                return status;
            }
        }
    }
    return run->stopped ? AANN_INTERRUPTED : AANN_OK;
}

/* ---- a straight path ------------------------------------------------------------------------- */

static aann_status go_straight(path_run *run, aann_network *network, aann_error *error)
{
    aann_path *path = run->path;
    aann_status status = add_point(run, network, &path->points[path->point_count++], error);
    while (status == AANN_OK && run->differences.count > 0) {
        if (must_stop(run)) {
            return AANN_INTERRUPTED;
        }
        status = step(run, network, error);
        aann_mismatch_find(network, run->goal, &run->differences);
        if (status == AANN_OK &&
            run->differences.count <= point_distance(run, (int64_t)path->point_count)) {
            status = add_point(run, network, &path->points[path->point_count++], error);
        }
    }
    return status;
}

/* ---- a path from both ends ------------------------------------------------------------------- */

/* One end's half of the path: its waypoints, the end itself first. */
typedef struct path_side {
    aann_path_point *points; /* [point_count] */
    size_t point_count;
} path_side;

static const aann_network *front(const path_side *side)
{
    return side->points[side->point_count - 1].network;
}

static void clear_side(path_side *side)
{
    for (size_t i = 0; side->points != NULL && i < side->point_count; i++) {
        aann_network_destroy(side->points[i].network);
    }
    free(side->points);
    *side = (path_side){0};
}

/* Each leg's random numbers belong to the networks between which it leads. */
static aann_status open_leg(path_run *run, const aann_network *from, const aann_network *to,
                            aann_error *error)
{
    const uint64_t number = aann_network_hash(from) + 3 * aann_network_hash(to);
    const aann_confinement confinement = {.loss_limit = 0.0, .anchor = to, .towards = true};
    run->goal = to;
    run->key = aann_random_key_create(run->options->seed, number);
    aann_mismatch_find(from, to, &run->differences);
    aann_status status =
        aann_search_create(aann_network_spec(from), aann_family_data_train(run->data),
                           &run->search_options, number, from, &run->search, error);
    if (status == AANN_OK) {
        status = aann_path_watch_leg(&run->watch, from, error);
    }
    return status == AANN_OK ? aann_search_confine(run->search, &confinement, error) : status;
}

/* Walks from the side's front towards the other's until only `until` weights differ; the waypoint
 * there is the new front. */
static aann_status walk_leg(path_run *run, path_side *side, int64_t until, aann_error *error)
{
    aann_status status = AANN_OK;
    while (status == AANN_OK && run->differences.count > until) {
        if (must_stop(run)) {
            return AANN_INTERRUPTED;
        }
        status = step(run, NULL, error);
        if (status == AANN_OK) {
            status = repair(run, error);
        }
        aann_mismatch_find(aann_search_network(run->search), run->goal, &run->differences);
    }
    if (status == AANN_OK) {
        status = add_point(run, aann_search_network(run->search),
                           &side->points[side->point_count++], error);
    }
    return status;
}

/* One leg: `side` moves. */
static aann_status leg(path_run *run, path_side *side, const path_side *other, int64_t until,
                       aann_error *error)
{
    run->swaps = side->points[side->point_count - 1].swaps;
    aann_status status = open_leg(run, front(side), front(other), error);
    if (status == AANN_OK) {
        status = walk_leg(run, side, until, error);
    }
    aann_search_destroy(run->search);
    run->search = NULL;
    return status;
}

/* The two ends themselves. */
static aann_status begin_sides(path_run *run, const aann_network *ends[2], path_side sides[2],
                               aann_error *error)
{
    aann_status status = AANN_OK;
    run->level = 0.0;
    for (int i = 0; status == AANN_OK && i < 2; i++) {
        sides[i].points =
            aann_allocate_zeroed((size_t)run->options->points + 2, sizeof *sides[i].points);
        if (sides[i].points == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a path");
        }
        run->side = i;
        status = open_leg(run, ends[i], ends[1 - i], error);
        run->whole = run->differences.count;
        if (status == AANN_OK) {
            status = add_point(run, ends[i], &sides[i].points[sides[i].point_count++], error);
            run->level = fmax(run->level, sides[i].points[0].train_loss);
        }
        aann_search_destroy(run->search);
        run->search = NULL;
    }
    return status;
}

/* Joins the first side's points and the second's in reverse order, and reverses the second's
 * counts. The networks move to the path. */
static void join_sides(path_run *run, path_side sides[2])
{
    aann_path *path = run->path;
    const aann_path_point *meeting = &sides[0].points[sides[0].point_count - 1];
    const aann_path_point *last = &sides[1].points[sides[1].point_count - 1];
    const int64_t swaps = meeting->swaps + last->swaps;
    if (run->watch.top_side == 1) {
        run->watch.top_swaps = swaps - run->watch.top_swaps;
    }
    for (size_t i = 0; i < sides[0].point_count; i++) {
        path->points[path->point_count++] = sides[0].points[i];
        sides[0].points[i].network = NULL;
    }
    for (size_t i = sides[1].point_count; i-- > 0;) {
        aann_path_point *point = &sides[1].points[i];
        if (i + 1 == sides[1].point_count &&
            aann_network_hash(point->network) ==
                aann_network_hash(path->points[path->point_count - 1].network)) {
            continue; /* the meeting place is the same network */
        }
        path->points[path->point_count] = *point;
        path->points[path->point_count++].swaps = swaps - point->swaps;
        point->network = NULL;
    }
}

static aann_status go_from_both_ends(path_run *run, const aann_network *from,
                                     const aann_network *to, aann_error *error)
{
    path_side sides[2] = {0};
    const aann_network *ends[2] = {from, to};
    aann_status status = begin_sides(run, ends, sides, error);
    const int64_t legs = run->whole > 0 ? (int64_t)run->options->points + 1 : 0;
    for (int64_t i = 0; status == AANN_OK && i < legs; i++) {
        run->side = (int)(i % 2);
        status = leg(run, &sides[i % 2], &sides[1 - i % 2], point_distance(run, i + 1), error);
    }
    if (status == AANN_OK) {
        join_sides(run, sides);
    }
    clear_side(&sides[0]);
    clear_side(&sides[1]);
    return status;
}

/* ---- finding --------------------------------------------------------------------------------- */

/* The family's options, but on all samples as they are, without annealing, and with no end. */
static aann_search_options path_search_options(const aann_family_data *data,
                                               const aann_search_options *search,
                                               const aann_path_options *options,
                                               const aann_family_work *work)
{
    aann_search_options wanted = *search;
    wanted.seed = options->seed;
    wanted.steps = 1000000000000;
    wanted.arrange_interval = ARRANGE_INTERVAL;
    wanted.method = AANN_METHOD_SENSE; /* however its members were found */
    wanted.temperature = 0.0;
    wanted.first_samples = 0;
    wanted.working_samples = 0;
    wanted.jitter = 0;
    wanted.warp = 0.0;
    wanted.copies = 1;
    wanted.lesion_noise = 0.0;
    wanted.dale = 0.0; /* the way between two wirings may leave the law of both */
    wanted.regression = aann_family_data_train(data)->target_count > 0;
    wanted.threads = work->threads > 0 ? work->threads : aann_processor_count();
    wanted.isa = work->isa;
    return wanted;
}

/* Moves the worst network to the path and scores it on all splits. Its training loss comes from
 * the search, which evaluates changes; here the whole network is evaluated, and both must agree. */
static aann_status take_top(path_run *run, const aann_network *to, aann_error *error)
{
    static const double rounding = 1e-4;
    aann_path_point *top = &run->path->top;
    *top = (aann_path_point){.network = run->watch.top, .swaps = run->watch.top_swaps};
    run->watch.top = NULL;
    run->path->checked = run->watch.checked;
    aann_mismatch_find(top->network, to, &run->differences);
    top->distance = run->differences.count;
    const struct {
        const aann_samples *samples;
        double *loss, *accuracy;
    } splits[] = {
        {aann_family_data_train(run->data), &top->train_loss, &top->train_accuracy},
        {aann_family_data_validation(run->data), &top->validation_loss, &top->validation_accuracy},
        {aann_family_data_test(run->data), &top->test_loss, &top->test_accuracy},
    };
    aann_status status = AANN_OK;
    for (int i = 0; status == AANN_OK && i < 3; i++) {
        status = aann_scorer_score(&run->scorer, top->network, splits[i].samples, splits[i].loss,
                                   splits[i].accuracy, error);
    }
    if (status == AANN_OK &&
        !(fabs(top->train_loss - run->path->worst_loss) <= rounding * (1.0 + top->train_loss))) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "the top of a path has loss %.9g, but %.9g was found on the way: this is a "
            "fault of aann, please report it",
            top->train_loss, run->path->worst_loss);
    }
    top->train_loss = run->path->worst_loss;
    return status;
}

static aann_status find(path_run *run, const aann_network *from, const aann_network *to,
                        bool straight, aann_error *error)
{
    const aann_spec *spec = aann_network_spec(from);
    aann_network *network = NULL;
    run->path->points =
        aann_allocate_zeroed((size_t)run->options->points + 3, sizeof *run->path->points);
    if (run->path->points == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a path");
    }
    aann_status status = aann_mismatch_create(spec, &run->differences, error);
    if (status == AANN_OK) {
        status =
            aann_scorer_create(spec, run->data, true, &run->search_options,
                               run->search_options.threads, run->work->isa, &run->scorer, error);
    }
    if (status == AANN_OK && straight) {
        run->goal = to;
        run->key = aann_random_key_create(run->options->seed,
                                          aann_network_hash(from) + 3 * aann_network_hash(to));
        aann_mismatch_find(from, to, &run->differences);
        run->whole = run->differences.count;
        status = aann_path_watch_leg(&run->watch, from, error);
    }
    if (status == AANN_OK && straight) {
        status = aann_network_copy(from, &network, error);
    }
    if (status == AANN_OK) {
        status =
            straight ? go_straight(run, network, error) : go_from_both_ends(run, from, to, error);
    }
    if (status == AANN_OK) {
        status = take_top(run, to, error);
    }
    aann_network_destroy(network);
    aann_scorer_clear(&run->scorer);
    aann_mismatch_clear(&run->differences);
    return status;
}

static aann_status run_path(const aann_family_data *data, const aann_search_options *search,
                            const aann_network *from, const aann_network *to,
                            const aann_path_options *options, const aann_family_work *work,
                            bool straight, aann_path *path, aann_error *error)
{
    *path = (aann_path){.worst_loss = 0.0, .worst_accuracy = NAN, .worst_validation_accuracy = NAN};
    path_run run = {.data = data,
                    .options = options,
                    .work = work,
                    .path = path,
                    .watch = aann_path_watch_start(),
                    .meter = aann_meter_start(0.0)};
    aann_status status = check_options(options, error);
    if (status == AANN_OK) {
        status = check_ends(from, to, error);
    }
    if (status == AANN_OK) {
        status = aann_family_check_samples(aann_network_spec(from), data, error);
    }
    if (status == AANN_OK) {
        run.search_options = path_search_options(data, search, options, work);
        status = find(&run, from, to, straight, error);
    }
    aann_path_watch_clear(&run.watch);
    if (status != AANN_OK) {
        aann_path_destroy(path);
    }
    return status;
}

aann_status aann_path_find(const aann_family_data *data, const aann_search_options *search,
                           const aann_network *from, const aann_network *to,
                           const aann_path_options *options, const aann_family_work *work,
                           aann_path *path, aann_error *error)
{
    return run_path(data, search, from, to, options, work, false, path, error);
}

aann_status aann_path_straight(const aann_family_data *data, const aann_search_options *search,
                               const aann_network *from, const aann_network *to,
                               const aann_path_options *options, const aann_family_work *work,
                               aann_path *path, aann_error *error)
{
    return run_path(data, search, from, to, options, work, true, path, error);
}

void aann_path_destroy(aann_path *path)
{
    for (size_t i = 0; i < path->point_count; i++) {
        aann_network_destroy(path->points[i].network);
    }
    aann_network_destroy(path->top.network);
    free(path->points);
    *path = (aann_path){0};
}
