/* How far apart members are: in their wiring, after matching units, and in what they answer; and a
 * map of them. The numbers are those of `aann geometry`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "report/view.h"

/* Work that matching is allowed to take, in about nanoseconds of one processor; with the estimate of
 * pair_work this is some twenty seconds. */
static const double matching_limit = 2e10;

static const char too_large[] = "Matching the units of networks of this size takes too long for a "
                                "report: aann geometry does it.";

/* ---- all pairs ------------------------------------------------------------------------------- */

/* total[count][count] as real numbers. */
static double *as_reals(const int64_t *total, int32_t count)
{
    const size_t cells = (size_t)count * (size_t)count;
    double *values = aann_allocate(cells, sizeof *values);
    for (size_t i = 0; values != NULL && i < cells; i++) {
        values[i] = (double)total[i];
    }
    return values;
}

/* Numbers of pairs i < j of matrix[stride][stride], the first `count` rows: [count (count - 1) /
 * 2]. */
static double *pairs_of(const double *matrix, int32_t count, int32_t stride, int64_t *pairs)
{
    *pairs = (int64_t)count * (count - 1) / 2;
    double *values = aann_allocate((size_t)*pairs, sizeof *values);
    int64_t next = 0;
    for (int32_t i = 0; values != NULL && i < count; i++) {
        for (int32_t j = i + 1; j < count; j++) {
            values[next++] = matrix[(size_t)i * (size_t)stride + (size_t)j];
        }
    }
    return values;
}

static aann_status put_histogram(aann_json *json, const char *key, const double *matrix,
                                 int32_t count, aann_error *error)
{
    int64_t pairs = 0;
    aann_bins parts;
    int64_t counts[AANN_MAX_BINS];
    aann_summary summary;
    double *values = pairs_of(matrix, count, count, &pairs);
    aann_status status = values != NULL ? AANN_OK : aann_report_no_memory(error);
    if (status == AANN_OK) {
        status = aann_bins_choose(values, pairs, 0, &parts, error);
    }
    if (status == AANN_OK) {
        status = aann_summary_of_values(values, pairs, &summary, error);
    }
    if (status == AANN_OK) {
        aann_bins_count(values, pairs, parts.low, parts.high, parts.bins, counts);
        aann_json_open(json, key, '{');
        aann_json_real(json, "low", parts.low, AANN_JSON_EXACT);
        aann_json_real(json, "high", parts.high, AANN_JSON_EXACT);
        aann_json_integers(json, "count", counts, parts.bins);
        aann_json_integer(json, "pairs", pairs);
        aann_json_real(json, "mean", summary.mean, AANN_JSON_EXACT);
        aann_json_real(json, "deviation", summary.deviation, AANN_JSON_EXACT);
        aann_json_real(json, "minimum", summary.minimum, AANN_JSON_EXACT);
        aann_json_real(json, "median", summary.median, AANN_JSON_EXACT);
        aann_json_real(json, "maximum", summary.maximum, AANN_JSON_EXACT);
        aann_json_close(json, '}');
    }
    free(values);
    return status;
}

/* ---- the map --------------------------------------------------------------------------------- */

/* From the roots of the distances, as aann_measures_take does it. */
static aann_status put_map(aann_report_view *view, const double *distances, aann_error *error)
{
    const size_t count = (size_t)view->compared_count;
    aann_json *json = &view->json;
    double eigenvalues[2], share = 0.0;
    double *roots = aann_allocate(count * count, sizeof *roots);
    double *points = aann_allocate_zeroed(count, 2 * sizeof *points);
    aann_status status = roots != NULL && points != NULL ? AANN_OK : aann_report_no_memory(error);
    for (size_t i = 0; status == AANN_OK && i < count * count; i++) {
        roots[i] = sqrt(distances[i]);
    }
    if (status == AANN_OK) {
        status = aann_map_scale(roots, view->compared_count, 2, points, eigenvalues, &share, error);
    }
    if (status == AANN_OK) {
        const double sum = eigenvalues[0] + eigenvalues[1];
        aann_json_open(json, "map", '{');
        aann_report_ids(view, view->compared_count);
        for (int axis = 0; axis < 2; axis++) {
            aann_json_open(json, axis == 0 ? "x" : "y", '[');
            for (size_t i = 0; i < count; i++) {
                aann_json_real(json, NULL, points[2 * i + (size_t)axis], 6);
            }
            aann_json_close(json, ']');
        }
        aann_json_open(json, "share", '[');
        for (int axis = 0; axis < 2; axis++) {
            aann_json_real(json, NULL, sum > 0.0 ? share * eigenvalues[axis] / sum : 0.0, 6);
        }
        aann_json_close(json, ']');
        aann_json_real(json, "share_of_both", share, AANN_JSON_EXACT);
        aann_json_close(json, '}');
    }
    free(roots);
    free(points);
    return status;
}

/* ---- matched units --------------------------------------------------------------------------- */

/* What matching one pair takes, in about nanoseconds, within a factor of two or three: for each
 * hidden layer, some times, rows are put together and compared in words, and assigned. */
static double pair_work(const aann_spec *spec)
{
    static const double rounds = 8.0;
    double work = 1e4;
    for (int32_t i = 0; i + 1 < spec->layer_count; i++) {
        const double units = spec->layers[i].units;
        const double row =
            spec->layers[i].fan_in + (double)spec->layers[i + 1].weight_count / units;
        work += rounds * (2.0 * units * row + units * units * (4.0 + row / 64.0) +
                          units * units * units / 8.0);
    }
    return work;
}

typedef struct matching_job {
    const aann_report_view *view;
    int32_t count;
    double *matched; /* [count][count] */
    int32_t row;
    aann_status *statuses; /* [count] */
} matching_job;

static void match_pair(void *context, int32_t worker, int64_t column)
{
    (void)worker;
    matching_job *job = context;
    const size_t i = (size_t)job->row;
    const size_t j = (size_t)column;
    aann_matching matching;
    job->statuses[j] =
        aann_matching_find(job->view->networks[i], job->view->networks[j], &matching, NULL);
    if (job->statuses[j] == AANN_OK) {
        job->matched[i * (size_t)job->count + j] = (double)matching.total;
        job->matched[j * (size_t)job->count + i] = (double)matching.total;
        aann_matching_destroy(&matching);
    }
}

static aann_status match_rows(matching_job *job, aann_threads *threads, aann_error *error)
{
    aann_status status = AANN_OK;
    for (job->row = 0; status == AANN_OK && job->row + 1 < job->count; job->row++) {
        status = aann_report_step(job->view, "matching units", job->row, job->count);
        if (status == AANN_OK) {
            aann_threads_run(threads, job->row + 1, job->count, match_pair, job);
        }
        for (int32_t j = job->row + 1; status == AANN_OK && j < job->count; j++) {
            status = job->statuses[j] == AANN_OK ? AANN_OK : aann_report_no_memory(error);
        }
    }
    return status;
}

/* Puts "matched" and "matched_chance" for the first members, as many as the limit allows, and
 * returns their matrix, or NULL if there are too few. */
static aann_status put_matched(aann_report_view *view, int32_t shown, int32_t *count,
                               double **matched, aann_error *error)
{
    enum { CHANCE_PAIRS = 45, ENOUGH = 2 };
    const double pairs = matching_limit / pair_work(&view->family.spec) - CHANCE_PAIRS;
    aann_json *json = &view->json;
    *count = shown;
    while (*count >= ENOUGH && 0.5 * *count * (*count - 1) > pairs) {
        (*count)--;
    }
    if (*count < ENOUGH) {
        *count = 0;
        aann_json_absent(json, "matched", too_large);
        return AANN_OK;
    }
    const size_t cells = (size_t)*count * (size_t)*count;
    aann_threads *threads = NULL;
    matching_job job = {.view = view,
                        .count = *count,
                        .matched = aann_allocate_zeroed(cells, sizeof *job.matched),
                        .statuses = aann_allocate_zeroed((size_t)*count, sizeof *job.statuses)};
    *matched = job.matched;
    aann_status status = job.matched != NULL && job.statuses != NULL
                             ? aann_threads_create(view->options->threads, &threads, error)
                             : aann_report_no_memory(error);
    if (status == AANN_OK) {
        status = match_rows(&job, threads, error);
    }
    aann_matched_chance chance;
    if (status == AANN_OK) {
        status = aann_chance_matched(&view->family.spec, view->options->threads, &chance, error);
    }
    if (status == AANN_OK) {
        aann_json_integer(json, "matched_count", *count);
        aann_json_reals(json, "matched", job.matched, (int64_t)cells, AANN_JSON_EXACT);
        aann_json_open(json, "matched_chance", '{');
        aann_json_real(json, "mean", chance.total.mean, AANN_JSON_EXACT);
        aann_json_real(json, "sd", sqrt(chance.total.variance), AANN_JSON_EXACT);
        aann_json_close(json, '}');
    }
    free(job.statuses);
    aann_threads_destroy(threads);
    return status;
}

/* ---- answers --------------------------------------------------------------------------------- */

/* Of the members that are shown; they are the first voters unless answers are missing. */
static aann_status put_answers(aann_report_view *view, int32_t shown, aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    aann_json *json = &view->json;
    bool same = answers->count >= shown && answers->classes != NULL;
    for (int32_t i = 0; same && i < shown; i++) {
        same = answers->members[i] == i;
    }
    if (!same) {
        aann_json_null(json, "answers");
        aann_json_null(json, "errors");
        return AANN_OK;
    }
    aann_agreement agreement;
    const aann_status status = aann_agreement_measure(
        answers->classes, answers->labels, shown, answers->predictions.sample_count,
        answers->predictions.outputs, view->options->threads, &agreement, error);
    if (status == AANN_OK) {
        const int64_t cells = (int64_t)shown * shown;
        aann_json_reals(json, "answers", agreement.agreement, cells, 6);
        if (agreement.error_overlap != NULL) {
            aann_json_reals(json, "errors", agreement.error_overlap, cells, 6);
        } else {
            aann_json_null(json, "errors");
        }
        aann_agreement_destroy(&agreement);
    }
    return status;
}

/* ---- the part -------------------------------------------------------------------------------- */

static void put_raw(aann_report_view *view, const double *distances, int32_t shown)
{
    aann_json *json = &view->json;
    const aann_chance chance = aann_chance_of_spec(&view->family.spec);
    aann_report_ids(view, shown);
    aann_json_open(json, "raw", '[');
    for (int32_t i = 0; i < shown; i++) {
        for (int32_t j = 0; j < shown; j++) {
            aann_json_real(json, NULL,
                           distances[(size_t)i * (size_t)view->compared_count + (size_t)j],
                           AANN_JSON_EXACT);
        }
    }
    aann_json_close(json, ']');
    aann_json_open(json, "raw_chance", '{');
    aann_json_real(json, "mean", chance.mean, AANN_JSON_EXACT);
    aann_json_real(json, "sd", sqrt(chance.variance), AANN_JSON_EXACT);
    aann_json_close(json, '}');
}

/* [shown]: places in the matrices, in the order of a tree of the distances. */
static aann_status put_order(aann_report_view *view, const double *distances, int32_t shown,
                             aann_error *error)
{
    const size_t count = (size_t)shown;
    double *matrix = aann_allocate(count * count, sizeof *matrix);
    int32_t *order = aann_allocate(count, sizeof *order);
    aann_status status = matrix != NULL && order != NULL ? AANN_OK : aann_report_no_memory(error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        memcpy(matrix + i * count, distances + i * (size_t)view->compared_count,
               count * sizeof *matrix);
    }
    if (status == AANN_OK) {
        status = aann_cluster_average(matrix, shown, NULL, order, error);
    }
    if (status == AANN_OK) {
        aann_json_open(&view->json, "order", '[');
        for (int32_t i = 0; i < shown; i++) {
            aann_json_integer(&view->json, NULL, order[i]);
        }
        aann_json_close(&view->json, ']');
    }
    free(matrix);
    free(order);
    return status;
}

static aann_status put_all(aann_report_view *view, const double *distances, aann_error *error)
{
    const int32_t shown =
        view->compared_count < AANN_REPORT_COMPARED ? view->compared_count : AANN_REPORT_COMPARED;
    aann_json *json = &view->json;
    double *matched = NULL;
    int32_t matched_count = 0;
    aann_status status = aann_report_step(view, "drawing a map", 0, 1);
    if (status == AANN_OK) {
        status = put_map(view, distances, error);
    }
    aann_json_open(json, "distances", '{');
    put_raw(view, distances, shown);
    if (status == AANN_OK) {
        status = put_order(view, distances, shown, error);
    }
    if (status == AANN_OK) {
        status = put_matched(view, shown, &matched_count, &matched, error);
    }
    if (status == AANN_OK) {
        status = put_answers(view, shown, error);
    }
    aann_json_open(json, "histogram", '{');
    if (status == AANN_OK) {
        status = put_histogram(json, "raw", distances, view->compared_count, error);
    }
    if (status == AANN_OK && matched != NULL) {
        status = put_histogram(json, "matched", matched, matched_count, error);
    }
    aann_json_close(json, '}');
    aann_json_close(json, '}');
    free(matched);
    return status;
}

aann_status aann_report_put_distances(aann_report_view *view, aann_error *error)
{
    aann_json *json = &view->json;
    if (view->compared_count < 2) {
        aann_json_null(json, "map");
        aann_json_null(json, "distances");
        return AANN_OK;
    }
    aann_status status = aann_report_step(view, "comparing wirings", 0, 1);
    aann_distances found = {0};
    double *distances = NULL;
    if (status == AANN_OK) {
        status =
            aann_distances_measure((const aann_network *const *)view->networks,
                                   view->compared_count, view->options->threads, &found, error);
    }
    if (status == AANN_OK) {
        distances = as_reals(found.total, view->compared_count);
        aann_distances_destroy(&found);
        status = distances != NULL ? put_all(view, distances, error) : aann_report_no_memory(error);
    }
    free(distances);
    return status;
}
