/* How the members of existence relate: how far apart they are beside what chance and structure
 * alone would give, what they answer together, and below which loss paths join them. Independent
 * members only: a walk or a path in the study changes nothing here. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/ensemble.h"
#include "cli/paper/paper.h"
#include "cli/shared/message.h"

static aann_status no_memory(aann_error *error)
{
    return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for relations");
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct members {
    int64_t *ids;
    aann_network **networks;
    int32_t count;
} members;

static void close_members(members *m)
{
    for (int32_t i = 0; m->networks != NULL && i < m->count; i++) {
        aann_network_destroy(m->networks[i]);
    }
    free(m->networks);
    free(m->ids);
}

static aann_status open_members(const paper *p, members *m, aann_error *error)
{
    const paper_family *family = paper_existence(p);
    m->count = family->count;
    m->ids = malloc((size_t)m->count * sizeof *m->ids);
    m->networks = calloc((size_t)m->count, sizeof *m->networks);
    if (m->ids == NULL || m->networks == NULL) {
        return no_memory(error);
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < m->count && status == AANN_OK; i++) {
        m->ids[i] = family->rows[i].id;
        status = aann_study_network(p->study, m->ids[i], &m->networks[i], error);
    }
    return status;
}

/* Computed, and not kept: a study of networks stays small. */
static aann_status predict(const paper *p, const members *m, const char *split,
                           const aann_samples *samples, aann_predictions *predictions,
                           aann_error *error)
{
    aann_predictions_request request = aann_predictions_request_default();
    request.ids = m->ids;
    request.count = m->count;
    request.split = split;
    request.samples = samples;
    request.threads = p->threads;
    return aann_predictions_get(p->study, &request, predictions, error);
}

/* ---- ensembles ------------------------------------------------------------------------------- */

/* Whether all members together, and the member that is best on the validation split, are right on
 * the same samples. */
static aann_status compare_together(const aann_predictions *judged, const int32_t *labels,
                                    int32_t best, paper_relations *r, aann_error *error)
{
    int32_t *answers = malloc((size_t)judged->sample_count * sizeof *answers);
    if (answers == NULL) {
        return no_memory(error);
    }
    const aann_status status = aann_ensemble_answer(judged, AANN_ENSEMBLE_SUM, answers, error);
    const int32_t *logits = judged->logits + best * judged->sample_count * judged->outputs;
    int64_t right = 0;
    for (int64_t s = 0; status == AANN_OK && s < judged->sample_count; s++) {
        const bool alone =
            aann_logits_answer(logits + s * judged->outputs, judged->outputs) == labels[s];
        const bool together = answers[s] == labels[s];
        right += alone;
        r->only_alone += alone && !together;
        r->only_together += together && !alone;
    }
    r->best_alone = (double)right / (double)judged->sample_count;
    free(answers);
    return status;
}

static aann_status grow(const paper *p, const aann_predictions *judged,
                        const aann_predictions *validation, paper_relations *r, aann_error *error)
{
    enum { ORDERS = 200 };
    const int32_t count = judged->member_count;
    const int32_t *labels = p->judged->labels;
    int32_t *order = malloc((size_t)count * sizeof *order);
    r->greedy = malloc((size_t)count * sizeof *r->greedy);
    r->random = malloc((size_t)count * sizeof *r->random);
    aann_status status =
        order == NULL || r->greedy == NULL || r->random == NULL ? no_memory(error) : AANN_OK;
    if (status == AANN_OK) {
        status = aann_ensemble_choose(validation, aann_family_data_validation(p->data)->labels,
                                      AANN_ENSEMBLE_SUM, count, order, NULL, error);
    }
    if (status == AANN_OK) {
        status =
            aann_ensemble_grow(judged, labels, AANN_ENSEMBLE_SUM, order, count, r->greedy, error);
    }
    if (status == AANN_OK) {
        const aann_ensemble_spread spread = {.mean = r->random};
        status = aann_ensemble_sample(judged, labels, AANN_ENSEMBLE_SUM,
                                      (uint64_t)p->settings->seed, ORDERS, count, &spread, error);
    }
    if (status == AANN_OK) {
        const paper_family *family = paper_existence(p);
        const int32_t best = (int32_t)(paper_best(family, count) - family->rows);
        status = compare_together(judged, labels, best, r, error);
    }
    r->ensemble_count = status == AANN_OK ? count : 0;
    free(order);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static aann_status measure(const paper *p, const members *m, const aann_predictions *judged,
                           paper_relations *r, aann_error *error)
{
    aann_measures_options options = aann_measures_options_default();
    options.restarts = p->settings->restarts;
    options.nulls = true;
    options.references = true;
    options.similarity_samples = p->settings->similarity_samples;
    if (options.similarity_samples > p->judged->count) {
        options.similarity_samples = (int32_t)p->judged->count;
    }
    options.threads = p->threads;
    return aann_measures_take((const aann_network *const *)m->networks, m->count,
                              p->regression ? NULL : judged, p->judged, &options, &r->measures,
                              error);
}

static aann_status relate_members(const paper *p, paper_relations *r, aann_error *error)
{
    members m = {.count = 0};
    aann_predictions judged = {0}, validation = {0};
    const aann_samples *chosen_on = aann_family_data_validation(p->data);
    aann_status status = open_members(p, &m, error);
    if (status == AANN_OK && !p->regression) {
        status = predict(p, &m, p->settings->split, p->judged, &judged, error);
    }
    if (status == AANN_OK) {
        status = measure(p, &m, &judged, r, error);
    }
    if (status == AANN_OK && !p->regression && chosen_on != NULL && chosen_on != p->judged) {
        status = predict(p, &m, "validation", chosen_on, &validation, error);
        if (status == AANN_OK) {
            status = grow(p, &judged, &validation, r, error);
        }
    }
    aann_predictions_destroy(&judged);
    aann_predictions_destroy(&validation);
    close_members(&m);
    return status;
}

static aann_connect_plan connect_plan(const paper *p)
{
    aann_connect_plan plan = aann_connect_plan_default();
    plan.seed = (uint64_t)p->settings->seed;
    plan.members = p->settings->connect_members;
    plan.neighbours = 1;
    plan.doublings = p->settings->connect_doublings;
    return plan;
}

static aann_status join(paper *p, paper_relations *r, aann_error *error)
{
    const aann_connect_plan plan = connect_plan(p);
    const int64_t family = paper_existence(p)->id;
    aann_family_work work = p->session.work;
    work.report = NULL; /* its rows are of paths, not of members */
    if (!p->session.quiet) {
        fprintf(stderr, "joining %d members by paths\n", plan.members);
    }
    aann_status status = aann_connect_run(p->study, family, &plan, p->data, &work, error);
    if (status == AANN_INTERRUPTED) {
        p->stopped = true;
        return AANN_OK;
    }
    if (status == AANN_OK) {
        status = aann_connections_read(p->study, family, &plan, &r->connections, error);
        r->connected = status == AANN_OK;
    }
    return status;
}

aann_status paper_relate(paper *p, paper_relations *r, aann_error *error)
{
    *r = (paper_relations){.ensemble_count = 0};
    aann_status status = AANN_OK;
    if (p->settings->connect_members > 1) {
        status = join(p, r, error);
    }
    return status == AANN_OK && p->settings->relations && !p->stopped ? relate_members(p, r, error)
                                                                      : status;
}

void paper_relations_clear(paper_relations *r)
{
    aann_measures_destroy(&r->measures);
    aann_connections_destroy(&r->connections);
    free(r->greedy);
    free(r->random);
    *r = (paper_relations){.ensemble_count = 0};
}
