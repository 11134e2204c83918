/* What is done to the members of existence: shuffled wiring, lesions, one weight for all synapses.
 * Every evaluation becomes a point; tables, pictures and the report are made of points. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "aann/lesion.h"
#include "aann/path.h"
#include "cli/paper/paper.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"

/* What evaluating takes, for one spec. */
typedef struct bench {
    const paper *p;
    aann_evaluator *evaluator;
    int32_t *logits;
} bench;

static aann_status open_bench(const paper *p, const aann_spec *spec, bench *b, aann_error *error)
{
    *b = (bench){.p = p};
    b->logits = malloc((size_t)p->measured.count * (size_t)spec->output_count * sizeof *b->logits);
    if (b->logits == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for the outputs of a member");
    }
    return aann_evaluator_create_empty(spec, p->threads, p->session.work.isa, &b->evaluator, error);
}

static void close_bench(bench *b)
{
    aann_evaluator_destroy(b->evaluator);
    free(b->logits);
}

/* Evaluates the network, and adds the point with what came out. */
static aann_status add_point(bench *b, const aann_network *network, paper_point point,
                             paper_points *points, aann_error *error)
{
    const paper *p = b->p;
    const aann_search_options *search = &paper_existence(p)->search;
    aann_score score = {0};
    if (cli_stop_asked()) {
        return cli_set_error(error, AANN_ERROR_IO, "stopped; everything found is stored");
    }
    aann_status status = aann_evaluator_set_network(b->evaluator, network, error);
    if (status == AANN_OK) {
        status = aann_evaluator_logits(b->evaluator, &p->measured, 0, p->measured.count, b->logits,
                                       error);
    }
    if (status == AANN_OK) {
        status = aann_logits_score(&p->measured, b->logits, p->spec.output_count,
                                   p->regression ? search->output_scale : search->loss_scale,
                                   search->target_weight, &score, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    if (points->count == points->room) {
        const int64_t room = points->room > 0 ? 2 * points->room : 64;
        paper_point *list = realloc(points->list, (size_t)room * sizeof *list);
        if (list == NULL) {
            return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for what was measured");
        }
        points->list = list;
        points->room = room;
    }
    point.accuracy = score.accuracy;
    point.loss = score.loss;
    points->list[points->count++] = point;
    return AANN_OK;
}

static aann_status measure_nulls(bench *b, const aann_network *network, int64_t member,
                                 paper_points *points, aann_error *error)
{
    const paper *p = b->p;
    aann_status status = AANN_OK;
    for (int32_t layer = AANN_EVERY_LAYER; layer < p->spec.layer_count; layer++) {
        for (int32_t draw = 0; draw < p->settings->null_draws && status == AANN_OK; draw++) {
            aann_network *copy = NULL;
            status = aann_network_copy(network, &copy, error);
            if (status == AANN_OK) {
                aann_network_shuffle(copy, layer, (uint64_t)p->settings->seed, (uint64_t)draw);
                status = add_point(b, copy,
                                   (paper_point){.member = member, .layer = layer, .draw = draw},
                                   points, error);
            }
            aann_network_destroy(copy);
        }
    }
    return status;
}

static aann_status measure_lesion(bench *b, const aann_network *network, paper_point point,
                                  paper_points *points, aann_error *error)
{
    aann_network *copy = NULL;
    aann_status status = aann_network_copy(network, &copy, error);
    if (status == AANN_OK) {
        status = aann_lesion_apply(copy, point.layer, point.x, (uint64_t)b->p->settings->seed,
                                   (uint64_t)point.draw, &point.deleted, error);
    }
    if (status == AANN_OK) {
        status = add_point(b, copy, point, points, error);
    }
    aann_network_destroy(copy);
    return status;
}

static aann_status measure_lesions(bench *b, const aann_network *network, int64_t member,
                                   paper_points *points, aann_error *error)
{
    const paper_settings *s = b->p->settings;
    aann_status status = AANN_OK;
    for (int32_t layer = AANN_EVERY_LAYER; layer < b->p->spec.layer_count; layer++) {
        for (int32_t draw = 0; draw < s->lesion_draws; draw++) {
            for (int32_t i = 0; i < s->lesions.count && status == AANN_OK; i++) {
                const paper_point point = {
                    .member = member, .layer = layer, .draw = draw, .x = s->lesions.values[i]};
                status = measure_lesion(b, network, point, points, error);
            }
        }
    }
    return status;
}

/* Each weight has another spec (its size is a shift) and so needs its own evaluator. */
static aann_status measure_shared(const paper *p, const aann_network *network, int64_t member,
                                  paper_points *points, aann_error *error)
{
    const paper_numbers *values = &p->settings->shared_weights;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < 2 * values->count && status == AANN_OK; i++) {
        const paper_point point = {.member = member,
                                   .layer = AANN_EVERY_LAYER,
                                   .x = values->values[i / 2],
                                   .keep_signs = i % 2 == 1};
        aann_network *copy = NULL;
        bench b = {.p = p};
        status = aann_shared_weight_apply(network, point.x, point.keep_signs, &copy, error);
        if (status == AANN_OK) {
            status = open_bench(p, aann_network_spec(copy), &b, error);
        }
        if (status == AANN_OK) {
            status = add_point(&b, copy, point, points, error);
        }
        close_bench(&b);
        aann_network_destroy(copy);
    }
    return status;
}

static aann_status measure_member(bench *b, const aann_network *network, int64_t member,
                                  paper_measures *m, aann_error *error)
{
    aann_status status = add_point(
        b, network, (paper_point){.member = member, .layer = AANN_EVERY_LAYER}, &m->intact, error);
    if (status == AANN_OK) {
        status = measure_nulls(b, network, member, &m->nulls, error);
    }
    if (status == AANN_OK) {
        status = measure_lesions(b, network, member, &m->lesions, error);
    }
    return status == AANN_OK ? measure_shared(b->p, network, member, &m->shared, error) : status;
}

static aann_status measure_distances(const paper *p, aann_network *const *networks, int32_t count,
                                     paper_measures *m, aann_error *error)
{
    aann_distances distances;
    m->chance = aann_chance_of_spec(&p->spec);
    aann_status status = aann_distances_measure((const aann_network *const *)networks, count,
                                                p->threads, &distances, error);
    if (status != AANN_OK) {
        return status;
    }
    double *values = malloc((size_t)count * (size_t)count * sizeof *values);
    if (values == NULL) {
        status = cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for distances");
    } else {
        for (int64_t i = 0; i < (int64_t)count * count; i++) {
            values[i] = (double)distances.total[i];
        }
        status = aann_summary_of_pairs(values, count, &m->distance, error);
    }
    free(values);
    aann_distances_destroy(&distances);
    return status;
}

aann_status paper_measure(paper *p, paper_measures *m, aann_error *error)
{
    const paper_family *existence = paper_existence(p);
    aann_network **networks = calloc((size_t)existence->count, sizeof *networks);
    bench b = {.p = p};
    aann_status status = networks == NULL
                             ? cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for networks")
                             : open_bench(p, &p->spec, &b, error);
    for (int32_t i = 0; i < existence->count && status == AANN_OK; i++) {
        status = aann_study_network(p->study, existence->rows[i].id, &networks[i], error);
        if (status == AANN_OK) {
            status = measure_member(&b, networks[i], existence->rows[i].id, m, error);
        }
    }
    if (status == AANN_OK) {
        status = measure_distances(p, networks, existence->count, m, error);
    }
    double loss;
    aann_samples_constant_score(&p->measured, &existence->search, &loss, &m->guess);
    m->guess *= 100.0; /* percent */
    close_bench(&b);
    for (int32_t i = 0; networks != NULL && i < existence->count; i++) {
        aann_network_destroy(networks[i]);
    }
    free(networks);
    return status;
}

void paper_measures_clear(paper_measures *m)
{
    free(m->intact.list);
    free(m->nulls.list);
    free(m->lesions.list);
    free(m->shared.list);
    *m = (paper_measures){.guess = (double)NAN};
}

/* ---- summaries ----------------------------------------------------------------------------------- */

static double score_of_point(const paper *p, const paper_point *point)
{
    return p->regression ? point->loss : 100.0 * point->accuracy;
}

double paper_score_of_member(const paper *p, const aann_member_row *member)
{
    const bool test = strcmp(p->settings->split, "test") == 0;
    if (p->regression) {
        return test ? member->test_loss : member->validation_loss;
    }
    return 100.0 * (test ? member->test_accuracy : member->validation_accuracy);
}

static double validation_of_member(const paper *p, const aann_member_row *member)
{
    return p->regression ? member->validation_loss : 100.0 * member->validation_accuracy;
}

const char *paper_score_label(const paper *p)
{
    const bool test = strcmp(p->settings->split, "test") == 0;
    return p->regression
               ? (test ? "loss on the test split" : "loss on the validation split")
               : (test ? "accuracy on the test split (%)" : "accuracy on the validation split (%)");
}

aann_status paper_summarise(const paper *p, const paper_points *points, int32_t layer, double x,
                            bool keep_signs, aann_summary *summary, aann_error *error)
{
    double *values = malloc((size_t)(points->count > 0 ? points->count : 1) * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    int64_t count = 0;
    for (int64_t i = 0; i < points->count; i++) {
        const paper_point *point = &points->list[i];
        if (point->layer == layer && point->x == x && point->keep_signs == keep_signs) {
            values[count++] = score_of_point(p, point);
        }
    }
    const aann_status status = aann_summary_of_values(values, count, summary, error);
    free(values);
    return status;
}

aann_status paper_summarise_family(const paper *p, const paper_family *family, paper_split split,
                                   aann_summary *summary, aann_error *error)
{
    double *values = malloc((size_t)family->count * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    for (int32_t i = 0; i < family->count; i++) {
        values[i] = split == PAPER_JUDGED ? paper_score_of_member(p, &family->rows[i])
                                          : validation_of_member(p, &family->rows[i]);
    }
    const aann_status status = aann_summary_of_values(values, family->count, summary, error);
    free(values);
    return status;
}

const aann_member_row *paper_best(const paper *p, const paper_family *family)
{
    const bool validated = aann_family_data_validation(p->data) != NULL;
    const aann_member_row *best = &family->rows[0];
    for (int32_t i = 1; i < family->count; i++) {
        const aann_member_row *other = &family->rows[i];
        const double difference = p->regression || !validated
                                      ? (validated ? best->validation_loss - other->validation_loss
                                                   : best->train_loss - other->train_loss)
                                      : other->validation_accuracy - best->validation_accuracy;
        best = difference > 0.0 ? other : best;
    }
    return best;
}

aann_status paper_effort(const paper *p, int64_t member, double *samples, aann_error *error)
{
    aann_trace_row *rows = NULL;
    size_t count = 0;
    *samples = (double)NAN;
    const aann_status status = aann_study_trace(p->study, member, &rows, &count, error);
    if (status == AANN_OK && count > 0) {
        *samples = (double)rows[count - 1].evaluated_samples;
    }
    free(rows);
    return status;
}

const char *paper_layer_name(const paper *p, int32_t layer, char text[48])
{
    if (layer < 0) {
        snprintf(text, 48, "all layers");
    } else {
        aann_layer_name(&p->spec.layers[layer], text, 48);
    }
    return text;
}
