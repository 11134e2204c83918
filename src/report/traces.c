/* Learning curves: of some members each, of many members their quantiles as well. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "report/view.h"

enum { POINTS = 120, BAND_POINTS = 60, QUANTILES = 5 };

static const double quantile_shares[QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};
static const char *const quantile_names[QUANTILES] = {"q05", "q25", "q50", "q75", "q95"};

/* A trace, and which of its rows are drawn. */
typedef struct curve {
    int64_t id;
    aann_trace_row *rows;
    size_t count;
} curve;

/* ---- one member ------------------------------------------------------------------------------ */

static size_t drawn_count(const curve *c)
{
    return c->count < POINTS ? c->count : POINTS;
}

/* The row at point `i`: the first and the last row are always drawn. */
static const aann_trace_row *drawn(const curve *c, size_t i)
{
    const size_t points = drawn_count(c);
    return &c->rows[points > 1 ? i * (c->count - 1) / (points - 1) : 0];
}

typedef double (*row_number)(const aann_trace_row *row);

static double loss_of(const aann_trace_row *row)
{
    return row->train_loss;
}
static double accuracy_of(const aann_trace_row *row)
{
    return row->train_accuracy;
}
static double validation_of(const aann_trace_row *row)
{
    return row->validation_accuracy;
}
static double validation_loss_of(const aann_trace_row *row)
{
    return row->validation_loss;
}
static double temperature_of(const aann_trace_row *row)
{
    return row->temperature;
}

/* A list of numbers; null if none of them is one. */
static void put_numbers(aann_json *json, const char *key, const curve *c, row_number number)
{
    bool any = false;
    for (size_t i = 0; i < drawn_count(c); i++) {
        any = any || isfinite(number(drawn(c, i)));
    }
    if (!any) {
        aann_json_null(json, key);
        return;
    }
    aann_json_open(json, key, '[');
    for (size_t i = 0; i < drawn_count(c); i++) {
        aann_json_real(json, NULL, number(drawn(c, i)), AANN_REPORT_DRAWN_DIGITS);
    }
    aann_json_close(json, ']');
}

/* Accepted candidates of those since the point before. */
static void put_acceptance(aann_json *json, const curve *c)
{
    uint64_t step = 0;
    uint64_t accepted = 0;
    aann_json_open(json, "acceptance", '[');
    for (size_t i = 0; i < drawn_count(c); i++) {
        const aann_trace_row *row = drawn(c, i);
        const double share = row->step > step && row->accepted >= accepted
                                 ? (double)(row->accepted - accepted) / (double)(row->step - step)
                                 : (double)NAN;
        aann_json_real(json, NULL, share, 4);
        step = row->step;
        accepted = row->accepted;
    }
    aann_json_close(json, ']');
}

/* Accepted candidates of one layer, of those decided since the point before. Unknown where the study
 * is older than such counts, and where the layer got too few candidates since then to say anything:
 * a thirtieth of all that it got. The next point counts them, too. */
static void put_layer(aann_json *json, const curve *c, int32_t layer)
{
    enum { PARTS = 30 };
    const aann_trace_row *last = &c->rows[c->count - 1];
    const uint64_t enough =
        layer < last->layer_count ? last->layer_candidates[layer] / PARTS + 1 : 1;
    uint64_t candidates = 0;
    uint64_t accepted = 0;
    bool known = true; /* the counts at the point before */
    aann_json_open(json, NULL, '[');
    for (size_t i = 0; i < drawn_count(c); i++) {
        const aann_trace_row *row = drawn(c, i);
        const bool there = layer < row->layer_count;
        const uint64_t now = there ? row->layer_candidates[layer] : 0;
        const uint64_t kept = there ? row->layer_accepted[layer] : 0;
        const bool good =
            there && known && now >= candidates && now - candidates >= enough && kept >= accepted;
        aann_json_real(json, NULL,
                       good ? (double)(kept - accepted) / (double)(now - candidates) : (double)NAN,
                       4);
        if (good || there != known) { /* else this point's candidates belong to the next */
            candidates = now;
            accepted = kept;
        }
        known = there;
    }
    aann_json_close(json, ']');
}

/* A list for each layer with weights; null if no row has counts by layer. */
static void put_layers(aann_json *json, const curve *c)
{
    int32_t layers = 0;
    for (size_t i = 0; i < drawn_count(c); i++) {
        layers = drawn(c, i)->layer_count > layers ? drawn(c, i)->layer_count : layers;
    }
    if (layers == 0) {
        aann_json_null(json, "acceptance_layers");
        return;
    }
    aann_json_open(json, "acceptance_layers", '[');
    for (int32_t layer = 0; layer < layers; layer++) {
        put_layer(json, c, layer);
    }
    aann_json_close(json, ']');
}

static void put_curve(aann_json *json, const curve *c)
{
    aann_json_open(json, NULL, '{');
    aann_json_integer(json, "id", c->id);
    aann_json_open(json, "step", '[');
    for (size_t i = 0; i < drawn_count(c); i++) {
        aann_json_unsigned(json, NULL, drawn(c, i)->step);
    }
    aann_json_close(json, ']');
    put_numbers(json, "loss", c, loss_of);
    put_numbers(json, "accuracy", c, accuracy_of);
    put_numbers(json, "validation", c, validation_of);
    put_numbers(json, "validation_loss", c, validation_loss_of);
    put_numbers(json, "temperature", c, temperature_of);
    put_acceptance(json, c);
    put_layers(json, c);
    aann_json_close(json, '}');
}

/* ---- many members ---------------------------------------------------------------------------- */

/* What each member had at each of BAND_POINTS steps. */
typedef struct bands {
    uint64_t last_step;
    int32_t members;
    double *loss;     /* [BAND_POINTS][members]; NAN where a member is not there yet */
    double *accuracy; /* likewise, as is the next */
    double *validation;
} bands;

static uint64_t band_step(const bands *b, int32_t point)
{
    const uint64_t points = (uint64_t)point + 1; /* in two parts, so that nothing overflows */
    return b->last_step / BAND_POINTS * points + b->last_step % BAND_POINTS * points / BAND_POINTS;
}

/* The last row of a member at or before each step. */
static void fill_member(bands *b, int32_t member, const curve *c)
{
    size_t row = 0;
    for (int32_t point = 0; point < BAND_POINTS; point++) {
        const uint64_t step = band_step(b, point);
        while (row + 1 < c->count && c->rows[row + 1].step <= step) {
            row++;
        }
        const bool there = c->count > 0 && c->rows[row].step <= step &&
                           (step <= c->rows[c->count - 1].step ||
                            step - c->rows[c->count - 1].step <= b->last_step / BAND_POINTS);
        const size_t cell = (size_t)point * (size_t)b->members + (size_t)member;
        b->loss[cell] = there ? c->rows[row].train_loss : (double)NAN;
        b->accuracy[cell] = there ? c->rows[row].train_accuracy : (double)NAN;
        b->validation[cell] = there ? c->rows[row].validation_accuracy : (double)NAN;
    }
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return x < y ? -1 : x > y ? 1 : 0;
}

/* Moves the finite numbers to the front, sorted; returns how many. */
static int32_t sort_finite(double *values, int32_t count)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        if (isfinite(values[i])) {
            values[kept++] = values[i];
        }
    }
    qsort(values, (size_t)kept, sizeof *values, compare_numbers);
    return kept;
}

static double quantile(const double *sorted, int32_t count, double share)
{
    if (count == 0) {
        return (double)NAN;
    }
    const double place = share * (count - 1);
    const int32_t low = (int32_t)place;
    const int32_t high = low + 1 < count ? low + 1 : low;
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

static void put_band(aann_json *json, const char *key, const bands *b, double *cells)
{
    double found[QUANTILES][BAND_POINTS];
    for (int32_t point = 0; point < BAND_POINTS; point++) {
        double *values = cells + (size_t)point * (size_t)b->members;
        const int32_t count = sort_finite(values, b->members);
        for (int q = 0; q < QUANTILES; q++) {
            found[q][point] = quantile(values, count, quantile_shares[q]);
        }
    }
    aann_json_open(json, key, '{');
    for (int q = 0; q < QUANTILES; q++) {
        aann_json_reals(json, quantile_names[q], found[q], BAND_POINTS, AANN_REPORT_DRAWN_DIGITS);
    }
    aann_json_close(json, '}');
}

static aann_status read_curve(aann_report_view *view, int32_t member, curve *c, aann_error *error)
{
    *c = (curve){.id = view->family.members[member].id};
    const aann_status status = aann_study_trace(view->study, c->id, &c->rows, &c->count, error);
    return status == AANN_OK && member % 16 == 0
               ? aann_report_step(view, "reading learning curves", member,
                                  view->family.member_count)
               : status;
}

static aann_status put_bands(aann_report_view *view, aann_error *error)
{
    aann_json *json = &view->json;
    bands b = {.members = view->compared_count};
    for (int32_t i = 0; i < b.members; i++) {
        const uint64_t steps = aann_report_compared(view, i)->steps;
        b.last_step = steps > b.last_step ? steps : b.last_step;
    }
    b.loss = aann_allocate((size_t)b.members, BAND_POINTS * sizeof *b.loss);
    b.accuracy = aann_allocate((size_t)b.members, BAND_POINTS * sizeof *b.accuracy);
    b.validation = aann_allocate((size_t)b.members, BAND_POINTS * sizeof *b.validation);
    aann_status status = b.loss != NULL && b.accuracy != NULL && b.validation != NULL
                             ? AANN_OK
                             : aann_report_no_memory(error);
    for (int32_t i = 0; status == AANN_OK && i < b.members; i++) {
        curve c;
        status = read_curve(view, view->compared[i], &c, error);
        if (status == AANN_OK) {
            fill_member(&b, i, &c);
        }
        aann_free(c.rows);
    }
    if (status == AANN_OK) {
        aann_json_open(json, "bands", '{');
        aann_json_integer(json, "members", b.members);
        aann_json_open(json, "step", '[');
        for (int32_t point = 0; point < BAND_POINTS; point++) {
            aann_json_unsigned(json, NULL, band_step(&b, point));
        }
        aann_json_close(json, ']');
        put_band(json, "loss", &b, b.loss);
        if (view->regression) {
            aann_json_null(json, "accuracy");
            aann_json_null(json, "validation");
        } else {
            put_band(json, "accuracy", &b, b.accuracy);
            put_band(json, "validation", &b, b.validation);
        }
        aann_json_close(json, '}');
    }
    free(b.loss);
    free(b.accuracy);
    free(b.validation);
    return status;
}

/* ---- the part -------------------------------------------------------------------------------- */

/* Members that have begun: all of them, or if they are many those whose wiring is shown and those
 * that run. list[AANN_REPORT_CURVES] are places in the family; returns how many there are. */
static int32_t choose(const aann_report_view *view, int32_t *list, bool *many)
{
    int32_t begun = 0;
    int32_t count = 0;
    for (int32_t i = 0; i < view->family.member_count; i++) {
        if (view->family.members[i].steps > 0 && begun++ < AANN_REPORT_CURVES) {
            list[count++] = i;
        }
    }
    *many = begun > AANN_REPORT_CURVES;
    if (!*many) {
        return count;
    }
    count = 0;
    for (int32_t i = 0; i < view->wired_count; i++) {
        list[count++] = view->compared[view->wired[i]];
    }
    for (int32_t i = 0; i < view->family.member_count && count < AANN_REPORT_CURVES; i++) {
        if (view->family.members[i].state == AANN_MEMBER_RUNNING &&
            view->family.members[i].steps > 0 && !view->compares_unfinished) {
            list[count++] = i;
        }
    }
    return count;
}

aann_status aann_report_put_traces(aann_report_view *view, aann_error *error)
{
    aann_json *json = &view->json;
    int32_t list[AANN_REPORT_CURVES];
    bool many = false;
    const int32_t shown = choose(view, list, &many);
    aann_status status = AANN_OK;
    aann_json_open(json, "traces", '{');
    aann_json_open(json, "members", '[');
    for (int32_t i = 0; status == AANN_OK && i < shown; i++) {
        curve c;
        status = read_curve(view, list[i], &c, error);
        if (status == AANN_OK && c.count > 0) {
            put_curve(json, &c);
        }
        aann_free(c.rows);
    }
    aann_json_close(json, ']');
    if (status == AANN_OK && many) {
        status = put_bands(view, error);
    } else {
        aann_json_null(json, "bands");
    }
    aann_json_close(json, '}');
    return status;
}
